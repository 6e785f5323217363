"""Crowdloans: what may be asked for, how much of a contribution is taken, and who may end it.

Source: pallet_crowdloan; economics section 10
"""

from __future__ import annotations

from enum import Enum, auto

from runtime.fixed import U64_MAX
from runtime.refusal import Refused
from runtime.units import TAO, TaoBalance

MINIMUM_DEPOSIT = TAO(10)
ABSOLUTE_MINIMUM_CONTRIBUTION = TaoBalance(100_000_000)
MINIMUM_BLOCK_DURATION = 50_400
MAXIMUM_BLOCK_DURATION = 432_000
REFUND_CONTRIBUTORS_LIMIT = 50
MAX_CONTRIBUTORS = 500


class CrowdloanRefusal(Enum):
    """Why a crowdloan, or something about it, does not happen."""

    DepositTooLow = auto()
    CapTooLow = auto()
    MinimumContributionTooLow = auto()
    InvalidFinalizationConfig = auto()
    CannotEndInPast = auto()
    BlockDurationTooShort = auto()
    BlockDurationTooLong = auto()
    ContributionPeriodEnded = auto()
    CapRaised = auto()
    ContributionTooLow = auto()
    MaxContributorsReached = auto()
    MaxContributionReached = auto()
    Overflow = auto()
    NoContribution = auto()
    DepositCannotBeWithdrawn = auto()
    MinimumContributionTooHigh = auto()
    MaximumContributionTooLow = auto()


def ensure(holds: bool, otherwise: CrowdloanRefusal) -> None:
    """Refuse unless something holds."""
    if not holds:
        raise Refused(otherwise)


def ensure_terms(
    deposit: TaoBalance,
    min_contribution: TaoBalance,
    cap: TaoBalance,
    has_call: bool,
    has_target: bool,
    minimum_deposit: TaoBalance = MINIMUM_DEPOSIT,
    least_contribution: TaoBalance = ABSOLUTE_MINIMUM_CONTRIBUTION,
) -> None:
    """Refuse terms that ask too little, or that do not end in exactly one of a call and a transfer.

    Source: pallet_crowdloan::create
    """
    ensure(deposit >= minimum_deposit, CrowdloanRefusal.DepositTooLow)
    ensure(cap > deposit, CrowdloanRefusal.CapTooLow)
    ensure(min_contribution >= least_contribution, CrowdloanRefusal.MinimumContributionTooLow)
    ensure(has_call != has_target, CrowdloanRefusal.InvalidFinalizationConfig)


def ensure_end(
    block: int,
    end: int,
    minimum_blocks: int = MINIMUM_BLOCK_DURATION,
    maximum_blocks: int = MAXIMUM_BLOCK_DURATION,
) -> None:
    """Refuse an end that is past, too near or too far. Source: pallet_crowdloan::ensure_valid_end"""
    ensure(block < end, CrowdloanRefusal.CannotEndInPast)
    ensure(end - block >= minimum_blocks, CrowdloanRefusal.BlockDurationTooShort)
    ensure(end - block <= maximum_blocks, CrowdloanRefusal.BlockDurationTooLong)


def ensure_open(
    block: int, end: int, raised: TaoBalance, cap: TaoBalance, min_contribution: TaoBalance, amount: TaoBalance
) -> None:
    """Refuse a contribution that comes too late or is too small."""
    ensure(block < end, CrowdloanRefusal.ContributionPeriodEnded)
    ensure(raised < cap, CrowdloanRefusal.CapRaised)
    ensure(amount >= min_contribution, CrowdloanRefusal.ContributionTooLow)


def calculate_contribution(
    amount: TaoBalance,
    raised: TaoBalance,
    cap: TaoBalance,
    contributors: int,
    contributed: TaoBalance,
    max_contribution: TaoBalance | None,
    max_contributors: int = MAX_CONTRIBUTORS,
) -> TaoBalance:
    """How much of an offer is taken, in rao: up to the cap, and to what one account may give.

    A full crowdloan takes nothing even from those who are in it.

    Source: pallet_crowdloan::contribute
    """
    ensure(contributors < max_contributors, CrowdloanRefusal.MaxContributorsReached)
    taken = min(amount, TaoBalance(cap - raised))
    if max_contribution is not None:
        ensure(contributed < max_contribution, CrowdloanRefusal.MaxContributionReached)
        taken = min(taken, TaoBalance(max_contribution - contributed))
    ensure(raised + taken <= U64_MAX, CrowdloanRefusal.Overflow)
    return taken


def calculate_withdrawal(contributed: TaoBalance, deposit: TaoBalance, is_creator: bool) -> TaoBalance:
    """What an account gets back, in rao: all of it, for the creator what is above the deposit.

    Source: pallet_crowdloan::withdraw
    """
    ensure(contributed > 0, CrowdloanRefusal.NoContribution)
    if not is_creator:
        return contributed
    ensure(contributed > deposit, CrowdloanRefusal.DepositCannotBeWithdrawn)
    return contributed - deposit


def ensure_minimum(
    minimum: TaoBalance, maximum: TaoBalance | None, least: TaoBalance = ABSOLUTE_MINIMUM_CONTRIBUTION
) -> None:
    """Refuse a new minimum that is too low, or above the maximum. Source: update_min_contribution"""
    ensure(minimum >= least, CrowdloanRefusal.MinimumContributionTooLow)
    ensure(maximum is None or minimum <= maximum, CrowdloanRefusal.MinimumContributionTooHigh)


def ensure_maximum(maximum: TaoBalance, minimum: TaoBalance, by_creator: TaoBalance) -> None:
    """Refuse a new maximum below the minimum or below what the creator gave. Source: set_max_contribution"""
    ensure(maximum >= max(minimum, by_creator), CrowdloanRefusal.MaximumContributionTooLow)


def ensure_cap(cap: TaoBalance, raised: TaoBalance) -> None:
    """Refuse a new cap below what is raised. Source: update_cap"""
    ensure(cap >= raised, CrowdloanRefusal.CapTooLow)
