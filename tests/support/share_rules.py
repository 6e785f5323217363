"""What our rules give for the inputs of the chain's own tests of share pools."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.economics_rules import gives

from runtime.pallets.staking.safe_float import SafeFloat, normalize
from runtime.pallets.staking.share_pool import Position, add_for_all, add_for_one, remove_for_one, value_of
from runtime.units import AlphaBalance

# -- shares


def number(mantissa: int, exponent: int) -> SafeFloat:
    found = normalize(mantissa, exponent)
    assert found is not None
    return found


@gives(78, 79, 80, 81, 82, 83)
def normal_form(given: dict[str, Any]) -> Any:
    found = number(given["mantissa"], given["exponent"])
    return [found.mantissa, found.exponent]


@gives(85, 86, 87, 89, 90, 91, 92, 93, 95, 96, 97)
def sum_of_two(given: dict[str, Any]) -> Any:
    found = number(*given["a"]).add(number(*given["b"]))
    assert found is not None
    return [found.mantissa, found.exponent]


@gives(98)
def values(given: dict[str, Any]) -> Any:
    value, denominator = AlphaBalance(given["shared_value"]), number(given["denominator"], 0)
    return [value_of(Position(value, denominator, number(share, 0))) for share in given["shares"]]


class Holders:
    """A pool with two holders, driven as the chain's tests drive theirs."""

    def __init__(self) -> None:
        self.pool = Position(AlphaBalance(0))
        self.shares = [SafeFloat(0, 0), SafeFloat(0, 0)]

    def one(self, who: int, change: int) -> None:
        position = replace(self.pool, share=self.shares[who])
        step = add_for_one if change >= 0 else remove_for_one
        self.pool = step(position, AlphaBalance(abs(change)))
        self.shares[who] = self.pool.share

    def both(self, change: int) -> None:
        self.one(0, change)
        self.one(1, change)

    def all(self, change: int) -> None:
        self.pool = replace(self.pool, value=add_for_all(self.pool.value, AlphaBalance(change)))

    def worth(self) -> list[int]:
        return [value_of(replace(self.pool, share=share)) for share in self.shares]


@gives(100)
def high_precision(given: dict[str, Any]) -> Any:
    holders = Holders()
    holders.both(1)
    holders.all(999_999_999_999_998)
    holders.both(-499_999_999_999_990)
    holders.all(999_999_999_999_980)
    holders.both(10**12)
    return holders.worth()


@gives(101)
def many_small_unstakes(given: dict[str, Any]) -> Any:
    holders = Holders()
    holders.both(1)
    holders.all(10**15)
    for _ in range(1000):
        holders.both(-5 * 10**8)
    holders.all(10**15)
    holders.both(10**12)
    return holders.worth()


@gives(102)
def loss(given: dict[str, Any]) -> Any:
    position = Position(AlphaBalance(given["shared_value"]), number(1, -14), number(1, -15))
    before = value_of(position)
    return {"before": before, "diff": before - value_of(remove_for_one(position, AlphaBalance(-given["update"])))}


@gives(103, 104, 105, 106, 107)
def unstake_most(given: dict[str, Any]) -> Any:
    holders = Holders()
    holders.one(0, given["stake"])
    holders.one(0, -given["unstake"])
    return holders.worth()[0]


@gives(109, 111, 112, 113)
def unstake_and_inject(given: dict[str, Any]) -> Any:
    holders = Holders()
    for who in range(given["coldkeys"]):
        holders.one(who, given["stake"])
        holders.one(who, -given["unstake"])
    holders.all(given["inject_to_hotkey"])
    return holders.worth()


@gives(116, 117, 118)
def inject_and_join(given: dict[str, Any]) -> Any:
    holders = Holders()
    holders.one(0, given["stake1"])
    holders.all(given["inject"])
    holders.one(1, given["stake2"])
    return holders.worth()
