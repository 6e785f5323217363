"""Weights as they are stored: the largest becomes 65,535, the others follow.

Source: vec_max_upscale_to_u16, check_vec_max_limited; consensus section 1
"""

from __future__ import annotations

from collections.abc import Sequence

from runtime.fixed import U16_MAX, i32f32

FRAC, HALF = i32f32.frac, 1 << i32f32.frac - 1
THRESHOLD = i32f32.from_int(32_768)
"""Above this a number times 65,535 does not fit, so the factor comes first, with its own rounding."""
WHOLE = i32f32.from_int(U16_MAX)


def upscale_fixed(values: Sequence[int]) -> list[int]:
    """I32F32 that are not negative, scaled so that the largest is 65,535 and rounded to the nearest."""
    largest = max(values, default=0)
    if largest == 0:
        return [0] * len(values)
    # neither way can pass the bounds of the format, so plain integers do
    if largest > THRESHOLD:
        factor = (WHOLE << FRAC) // largest
        return [min((value * factor >> FRAC) + HALF >> FRAC, U16_MAX) for value in values]
    return [min((value * WHOLE // largest) + HALF >> FRAC, U16_MAX) for value in values]


def upscale(weights: Sequence[int]) -> Sequence[int]:
    """Weights scaled so that the largest is 65,535. Source: vec_u16_max_upscale_to_u16"""
    if max(weights, default=0) == U16_MAX:
        return weights  # the factor is exactly 1
    return upscale_fixed([weight << FRAC for weight in weights])


def is_max_limited(weights: Sequence[int], limit: int) -> bool:
    """Whether no weight is more than `limit` of 65,535 of them all."""
    total = i32f32.from_int(sum(weights))
    if total == 0:
        return True
    largest = i32f32.safe_div(i32f32.from_int(max(weights)), total)
    return largest <= i32f32.safe_div(i32f32.from_int(limit), WHOLE)
