"""What traders do, block by block."""

from __future__ import annotations

from node.lab.flows import CONSTANT, NO_TRADE, RANDOM, SHOCK, Shock, Trade, make_flow

USUAL = Trade(100, 40)
ONCE = Shock(6, Trade(7, 9))


def trades(kind: str, blocks: int, interval: int = 3) -> list[Trade]:
    flow = make_flow(kind, USUAL, interval, ONCE, 1)
    return [flow(block) for block in range(1, blocks + 1)]


def test_constant_trades_come_every_so_many_blocks() -> None:
    assert trades(CONSTANT, 7) == [NO_TRADE, NO_TRADE, USUAL, NO_TRADE, NO_TRADE, USUAL, NO_TRADE]


def test_a_shock_comes_once_besides() -> None:
    shocked = trades(SHOCK, 9)

    assert shocked[5] == Trade(107, 49)
    assert [*shocked[:5], USUAL, *shocked[6:]] == trades(CONSTANT, 9)


def test_random_trades_are_between_nothing_and_twice_the_usual() -> None:
    drawn = trades(RANDOM, 3000, interval=1)

    assert {trade.tao for trade in drawn} == set(range(201))
    assert {trade.alpha for trade in drawn} == set(range(81))
    assert abs(sum(trade.tao for trade in drawn) / 3000 - 100) < 5
