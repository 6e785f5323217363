"""Parents and children: stake that is inherited, and dividends that go back to those who lent it.

Proportions are parts of 2^64 - 1.

Source: SubtensorModule::get_parent_child_dividends_distribution, get_inherited_for_hotkey_on_subnet; economics 4.9
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.fixed import I64F64, U16_MAX, U64_MAX, U96F32, i64f64, u96f32
from runtime.units import AlphaBalance, TaoBalance


@dataclass(frozen=True, slots=True)
class Stakes:
    """What a hotkey holds itself."""

    alpha: AlphaBalance
    root: TaoBalance


@dataclass(frozen=True, slots=True)
class Parent:
    """Who lends stake to a child: its own stakes, the part that it lends, and whether both have one owner."""

    stakes: Stakes
    proportion: int
    has_same_owner: bool


@dataclass(frozen=True, slots=True)
class Division:
    """A child's dividend, divided; each part rounded down to rao."""

    parents: list[AlphaBalance]
    child: AlphaBalance
    recycled: list[AlphaBalance]
    """What is burned of each parent's part, in the parents' order."""


def to_proportion(stored: int) -> U96F32:
    """Parts of 2^64 - 1 as a number."""
    return u96f32.ratio(stored, U64_MAX)


def calculate_contribution(stakes: Stakes, proportion: U96F32, tao_weight: U96F32) -> U96F32:
    """What a part of somebody's stake counts, in rao: alpha, and root weighted."""
    alpha = u96f32.mul(u96f32.from_int(stakes.alpha), proportion)
    root = u96f32.mul(u96f32.mul(u96f32.from_int(stakes.root), proportion), tao_weight)
    return u96f32.add(alpha, root)


def calculate_own_contribution(stakes: Stakes, children: Sequence[int], tao_weight: U96F32) -> int:
    """What stays with a hotkey that lends these proportions to children, in rao; rounded, other than parents'.

    Source: SubtensorModule::get_self_contribution
    """
    left = u96f32.one
    for proportion in children:
        left = u96f32.sub(left, to_proportion(proportion))
    return u96f32.to_u64(calculate_contribution(stakes, left, tao_weight))


def calculate_childkey_take(take: int, minimum: int, minimum_of_subnet: int) -> int:
    """The take in force, parts of 65535. Source: SubtensorModule::get_childkey_take"""
    return max(take, minimum, minimum_of_subnet)


def divide_dividend(
    dividend: AlphaBalance,
    own_contribution: int,
    parents: Sequence[Parent],
    childkey_take: int,
    childkey_burn: int,
    tao_weight: U96F32,
) -> Division:
    """Divide a child's dividend by what it and its parents contribute.

    From parents of another owner the child keeps `childkey_take` parts of 65535, and `childkey_burn` parts of
    2^64 - 1 are recycled.

    Source: SubtensorModule::get_parent_child_dividends_distribution
    """
    take, burn = u96f32.ratio(childkey_take, U16_MAX), u96f32.ratio(childkey_burn, U64_MAX)
    whole = left = u96f32.from_int(dividend)
    contributions = [calculate_contribution(p.stakes, to_proportion(p.proportion), tao_weight) for p in parents]
    total = u96f32.saturate(u96f32.from_int(own_contribution) + sum(contributions))
    to_parents, recycled, taken = [], [], u96f32.zero
    for parent, contribution in zip(parents, contributions, strict=True):
        part = u96f32.mul(whole, u96f32.safe_div(contribution, total))
        left = u96f32.sub(left, part)
        burned = u96f32.zero
        if not parent.has_same_owner:
            burned, kept = u96f32.mul(burn, part), u96f32.mul(take, part)
            part = u96f32.sub(u96f32.sub(part, burned), kept)
            taken = u96f32.add(taken, kept)
        to_parents.append(AlphaBalance(u96f32.to_u64(part)))
        recycled.append(AlphaBalance(u96f32.to_u64(burned)))
    return Division(to_parents, AlphaBalance(u96f32.to_u64(u96f32.add(left, taken))), recycled)


def calculate_inherited(own: int, children: Sequence[int], parents: Sequence[tuple[int, int]]) -> int:
    """A hotkey's stake for consensus, in rao: its own, less what it lends, plus what (stake, proportion) lend it.

    Source: SubtensorModule::get_inherited_for_hotkey_on_subnet, get_tao_inherited_for_hotkey_on_subnet
    """
    mine = u96f32.from_int(own)
    lent = u96f32.saturate(sum(u96f32.mul(mine, to_proportion(proportion)) for proportion in children))
    inherited = u96f32.saturate(
        sum(u96f32.mul(u96f32.from_int(stake), to_proportion(proportion)) for stake, proportion in parents)
    )
    return u96f32.to_u64(u96f32.add(u96f32.sub(mine, lent), inherited))


def calculate_stake_weight(alpha: AlphaBalance, tao: TaoBalance, tao_weight: U96F32) -> I64F64:
    """What inherited alpha and root TAO count in consensus, in rao.

    Source: SubtensorModule::get_stake_weights_for_hotkey_on_subnet
    """
    weighted = i64f64.mul(i64f64.from_int(tao), i64f64.convert(tao_weight, u96f32))
    return i64f64.add(i64f64.from_int(alpha), weighted)
