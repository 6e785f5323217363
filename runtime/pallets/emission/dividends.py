"""What validators get: alpha and root parts of their dividends, takes, and what the incentive of owners withholds.

Source: pallet_subtensor::coinbase::run_coinbase calculate_dividend_distribution; economics 4.8
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.fixed import U16_MAX, U96F32, u96f32
from runtime.units import AlphaBalance, TaoBalance


@dataclass(frozen=True, slots=True)
class Earner:
    """A hotkey with dividends: their sum, and the stakes that divide it."""

    dividend: U96F32
    """From the epoch and from children, in rao."""
    alpha_stake: AlphaBalance
    root_stake: TaoBalance


@dataclass(frozen=True, slots=True)
class Payout:
    """What a hotkey gets of a subnet's alpha, in rao with fractions, before its take."""

    alpha: U96F32
    root: U96F32


def sum_dividends(amounts: Sequence[AlphaBalance]) -> U96F32:
    """What a hotkey gets from several children, and itself, in rao."""
    return u96f32.saturate(sum(u96f32.from_int(amount) for amount in amounts))


def calculate_validator_alpha(validator: AlphaBalance, server: AlphaBalance, incentive: int) -> AlphaBalance:
    """What is divided among validators: the miners' part too while miners earn nothing. All rao.

    Source: SubtensorModule::distribute_emission
    """
    return validator if incentive else AlphaBalance(validator + server)


def calculate_root_part(earner: Earner, tao_weight: U96F32) -> U96F32:
    """How much of a dividend was earned by root stake: its weighted part of the whole stake, in rao."""
    root = u96f32.mul(u96f32.from_int(earner.root_stake), tao_weight)
    proportion = u96f32.safe_div(root, u96f32.add(u96f32.from_int(earner.alpha_stake), root))
    return u96f32.mul(earner.dividend, proportion)


def calculate_payouts(
    earners: Sequence[Earner], validator_alpha: AlphaBalance, root_alpha: AlphaBalance, tao_weight: U96F32
) -> list[Payout]:
    """Divide a subnet's alpha by the alpha and root parts of the dividends.

    Shares come before products, so that each payout loses up to `amount / 2^32`: the chain's order.

    Source: SubtensorModule::calculate_dividend_distribution
    """
    root_parts = [calculate_root_part(earner, tao_weight) for earner in earners]
    alpha_parts = [u96f32.sub(earner.dividend, root) for earner, root in zip(earners, root_parts, strict=True)]
    alphas, roots = divide(validator_alpha, alpha_parts), divide(root_alpha, root_parts)
    return [Payout(alpha, root) for alpha, root in zip(alphas, roots, strict=True)]


def divide(amount: AlphaBalance, parts: Sequence[U96F32]) -> list[U96F32]:
    """An amount by the share of each part in their sum, in rao."""
    whole, total = u96f32.from_int(amount), u96f32.saturate(sum(parts))
    return [u96f32.mul(whole, u96f32.safe_div(part, total)) for part in parts]


@dataclass(frozen=True, slots=True)
class Taken:
    """A payout after the validator's take, each rounded down to rao."""

    take: AlphaBalance
    """For the hotkey's owner."""
    rest: AlphaBalance
    """For everybody who stakes on it."""


def calculate_take(payout: U96F32, take: int) -> Taken:
    """Divide a payout between a validator and its nominators; `take` is parts of 65535, `Delegates`.

    Source: SubtensorModule::distribute_dividends_and_incentives
    """
    taken = u96f32.mul(u96f32.ratio(take, U16_MAX), payout)
    rest = u96f32.sub(payout, taken)
    return Taken(AlphaBalance(u96f32.to_u64(taken)), AlphaBalance(u96f32.to_u64(rest)))


def calculate_miner_burned(withheld: AlphaBalance, incentive: AlphaBalance) -> U96F32:
    """The part of the incentive that owners' own miners did not get, 0 without incentive. Source: MinerBurned"""
    return u96f32.ratio(withheld, incentive)
