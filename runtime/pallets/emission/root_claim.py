"""Root dividends: a rate per rao of root stake that grows, and what a coldkey has claimed of it.

Source: pallet_subtensor::staking::claim_root; economics 4.10
"""

from __future__ import annotations

from runtime.fixed import I96F32, i96f32
from runtime.units import AlphaBalance, TaoBalance

DEFAULT_CLAIM_THRESHOLD = i96f32.from_int(500_000)
"""The least claim, in rao. Source: RootClaimableThreshold"""


def calculate_rate_increase(amount: AlphaBalance, root_stake: TaoBalance) -> I96F32 | None:
    """By how much `amount` rao raise the rate of a hotkey with this root stake; None if they are more than it.

    What is more than the whole root stake goes to the hotkey's owner instead.

    Source: SubtensorModule::increase_root_claimable_for_hotkey_and_subnet
    """
    return None if amount > root_stake else i96f32.ratio(amount, root_stake)


def calculate_claimed(rate: I96F32, root_stake: int) -> int:
    """What a rate gives on root stake, in whole rao: by so much `RootClaimed` follows stake that comes or goes.

    Source: SubtensorModule::add_stake_adjust_root_claimed_for_hotkey_and_coldkey
    """
    return i96f32.to_u128(i96f32.mul(rate, i96f32.from_int(root_stake)))


def calculate_owed(rate: I96F32, root_stake: TaoBalance, claimed: int) -> I96F32:
    """What a coldkey may still claim, in rao with fractions; negative where more was claimed already.

    Source: SubtensorModule::get_root_owed_for_hotkey_coldkey_float
    """
    return i96f32.sub(i96f32.mul(rate, i96f32.from_int(root_stake)), i96f32.from_int(claimed))


def calculate_claim(owed: I96F32, threshold: I96F32) -> AlphaBalance:
    """What is claimed of what is owed, in whole rao; 0 below the threshold.

    Source: SubtensorModule::root_claim_on_subnet
    """
    return AlphaBalance(0 if owed < threshold else i96f32.to_u64(owed))
