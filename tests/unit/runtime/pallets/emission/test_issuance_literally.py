"""The issuance curve against the chain's own steps: logarithm, floor, doubling, quotient.

Source: economics section 2
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runtime.fixed import i96f32
from runtime.pallets.emission.issuance import calculate_block_emission
from runtime.units import MAX_SUPPLY, TaoBalance

thresholds = st.integers(1, 54).map(lambda k: MAX_SUPPLY - (MAX_SUPPLY >> k))


def emission_step_by_step(issuance: int) -> int:
    """What the chain computes below the cap, all in I96F32."""
    half_supply = i96f32.from_int(10_500_000_000_000_000)
    supply = i96f32.mul(i96f32.from_int(2), half_supply)
    issued = i96f32.safe_div(i96f32.from_int(issuance), supply)
    inverse = i96f32.safe_div(i96f32.one, i96f32.sub(i96f32.one, issued))
    logarithm = i96f32.log2(inverse)
    assert logarithm is not None
    multiplier = i96f32.from_int(1 << i96f32.to_u64(logarithm))
    return i96f32.to_u64(i96f32.mul(i96f32.safe_div(i96f32.one, multiplier), i96f32.from_int(10**9)))


@given(st.one_of(st.integers(0, MAX_SUPPLY - 1), thresholds, thresholds.map(lambda t: t - 1)))
def test_the_shift_is_what_the_logarithm_gives(issuance: int) -> None:
    assert calculate_block_emission(TaoBalance(issuance)) == emission_step_by_step(issuance)
