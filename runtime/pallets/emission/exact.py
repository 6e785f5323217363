"""Exact fixed-point arithmetic on whole arrays: numbers with 32 fraction bits, none of them negative, as uint64.

An operation is right for every number that its docstring allows, and the same on any machine: nothing here is a
float. Arrays of Python integers (dtype object) may be of any size, and are slow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
"""Values of I32F32 as raw bits."""

FRAC = 32
ONE = 1 << FRAC
I64_MAX = (1 << 63) - 1
U16_MAX = 65_535


def zeros(*shape: int) -> Array:
    """An array of zeros."""
    return np.zeros(shape, dtype=np.uint64)


def vector(values: list[int]) -> Array:
    """Some bits as an array."""
    return np.array(values, dtype=np.uint64)


def is_wide(*arrays: Array | np.uint64) -> bool:
    """Whether any of these arrays holds Python integers."""
    return any(array.dtype == object for array in arrays)


def multiply(a: Array, b: Array | np.uint64) -> Array:
    """`a * b` rounded down; `a` below 2^16 and `b` at most 1. Python integers saturate instead."""
    if is_wide(a, b):
        wide: Array = np.minimum(a.astype(object) * b.astype(object) >> FRAC, I64_MAX)
        return wide
    high = (a >> 16) * b
    low = ((a & 0xFFFF) * b) >> 16
    product: Array = (high + low) >> 16
    return product


def divide(a: Array, b: Array) -> Array:
    """`a / b` rounded down; 0 where `b` is 0, for `a` is 0 there. Of any 64 bits."""
    if is_wide(a, b):
        wide: Array = (a.astype(object) << FRAC) // np.maximum(b.astype(object), 1)
        return wide
    divisors = np.broadcast_to(np.maximum(b, 1), a.shape)
    quotient: Array = (a << FRAC) // divisors
    for place in zip(*np.nonzero(a >> FRAC), strict=True):  # what does not fit when shifted: ones, above all
        quotient[place] = (int(a[place]) << FRAC) // int(divisors[place])
    return quotient


def normalize(values: Array) -> Array:
    """Each value's part of their sum; unchanged where that is 0. Source: inplace_normalize"""
    return divide(values, values.sum(keepdims=True))


def normalize_rows(matrix: Array) -> Array:
    """Each value's part of the sum of its row. Source: inplace_row_normalize_sparse"""
    return divide(matrix, matrix.sum(axis=1, keepdims=True))


def normalize_columns(matrix: Array) -> Array:
    """Each value's part of the sum of its column. Source: inplace_col_normalize_sparse"""
    return divide(matrix, matrix.sum(axis=0, keepdims=True))


def upscale_columns(matrix: Array) -> Array:
    """Each value's part of the largest in its column. Source: inplace_col_max_upscale_sparse"""
    return divide(matrix, matrix.max(axis=0, keepdims=True, initial=0))


def from_u16(values: Array | int) -> Any:
    """A count of 65,535 as a part, rounded down. Source: u16_proportion_to_fixed"""
    return (values << FRAC) // U16_MAX


def to_u16(values: Array) -> Array:
    """A part as a count of 65,535, rounded down. Source: fixed_proportion_to_u16"""
    counts: Array = np.minimum(values, ONE) * U16_MAX >> FRAC
    return counts
