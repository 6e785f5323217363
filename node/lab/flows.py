"""What traders do in a pool: the same again and again, at random, or one large trade besides."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from node.lab.errors import LabError

CONSTANT, RANDOM, SHOCK = "constant", "random", "shock"
KINDS = (CONSTANT, RANDOM, SHOCK)


@dataclass(frozen=True, slots=True)
class Trade:
    """What is spent on alpha and then sold in one block, in rao; 0 for nothing."""

    tao: int = 0
    alpha: int = 0


NO_TRADE = Trade()
Flow = Callable[[int], Trade]
"""The trades of a block by its number; it is asked for each block once, in order."""


@dataclass(frozen=True, slots=True)
class Shock:
    """One large trade."""

    block: int
    trade: Trade


def make_flow(kind: str, usual: Trade, interval: int, shock: Shock, seed: int) -> Flow:
    """A flow of trades every `interval` blocks; random ones are between nothing and twice the usual."""
    chance = random.Random(seed)

    def constant(block: int) -> Trade:
        return usual if block % interval == 0 else NO_TRADE

    def at_random(block: int) -> Trade:
        if block % interval:
            return NO_TRADE
        return Trade(chance.randrange(2 * usual.tao + 1), chance.randrange(2 * usual.alpha + 1))

    def shocked(block: int) -> Trade:
        trade = constant(block)
        if block != shock.block:
            return trade
        return Trade(trade.tao + shock.trade.tao, trade.alpha + shock.trade.alpha)

    return {CONSTANT: constant, RANDOM: at_random, SHOCK: shocked}[kind]


def ensure_shock(shock: Shock, length: int) -> None:
    """Refuse a shock that cannot be seen. Raises: LabError"""
    if shock.block > length:
        raise LabError(f"shock_at: {shock.block} is after the last block, {length}")
    if shock.trade == NO_TRADE:
        raise LabError("flow: a shock needs shock_buy or shock_sell")
