"""Crowdloans for tests: Alice's, to which Bob, Charlie and others give."""

from __future__ import annotations

from typing import Any

from support.chain import ROOT, dispatch, key_of

from chain.keys import Keypair
from chain.types import AccountId, BlockNumber
from runtime.frame.call import RuntimeCall
from runtime.frame.origin import Origin
from runtime.pallets.crowdloan.pallet import CrowdloanInfo
from runtime.taonet import Taonet
from runtime.units import TAO, TaoBalance

ALICE, BOB, CHARLIE, DAVE = (key_of(name) for name in ("Alice", "Bob", "Charlie", "Dave"))
TARGET = key_of("Target").account
"""An account that has nothing before."""
FUNDS = AccountId((b"modlbt/cloan" + bytes(4)).ljust(32, b"\0"))
"""The account of crowdloan 0."""
LEAST = TaoBalance(100_000_000)


def create(runtime: Taonet, who: Keypair | Origin = ALICE, **terms: Any) -> None:
    """Begin a crowdloan: ten TAO of a hundred, for 50 blocks, for the target, unless a term says otherwise."""
    chosen = {
        "deposit": TAO(10),
        "min_contribution": LEAST,
        "cap": TAO(100),
        "end": BlockNumber(runtime.system.Number + 50),
        "call": None,
        "target_address": TARGET,
        **terms,
    }
    dispatch(runtime, who, "Crowdloan.create", **chosen)


def create_with_call(runtime: Taonet, what: RuntimeCall, who: Keypair = ALICE, **terms: Any) -> None:
    """Begin a crowdloan that makes a call in the end."""
    create(runtime, who, call=what, target_address=None, **terms)


def contribute(runtime: Taonet, who: Keypair | Origin, amount: int, number: int = 0) -> None:
    """Give to a crowdloan."""
    dispatch(runtime, who, "Crowdloan.contribute", crowdloan_id=number, amount=amount)


def manage(runtime: Taonet, name: str, who: Keypair | Origin = ALICE, number: int = 0, **arguments: Any) -> Any:
    """Make a call about a crowdloan."""
    return dispatch(runtime, who, f"Crowdloan.{name}", crowdloan_id=number, **arguments)


def loan_of(runtime: Taonet, number: int = 0) -> CrowdloanInfo:
    """A crowdloan."""
    return runtime.crowdloan.Crowdloans[number]


def contributions(runtime: Taonet, number: int = 0) -> dict[bytes, int]:
    """What each account has in a crowdloan, in rao."""
    return dict(runtime.crowdloan.Contributions.items(number))


def fund(runtime: Taonet, who: Keypair, amount: int) -> None:
    """Give an account so many rao out of nothing."""
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=who, new_free=amount)
    runtime.tao.TotalIssuance = runtime.balances.TotalIssuance


def crowd(runtime: Taonet, size: int, amount: int, number: int = 0) -> list[Keypair]:
    """So many accounts that each give the same to a crowdloan."""
    keys = [key_of(f"Crowd{n}") for n in range(size)]
    for key in keys:
        fund(runtime, key, amount + 1_000_000)
        contribute(runtime, key, amount, number)
    return keys
