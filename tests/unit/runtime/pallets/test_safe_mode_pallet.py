"""Safe mode: who enters and leaves it, what may be called in it, and deposits where the chain would take them."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import (
    ROOT,
    Chain,
    call,
    dispatch,
    emits,
    free,
    key_of,
    reserved,
    reverts,
    submit,
    sum_of_accounts,
    unchanged,
)

from chain.errors import DispatchError
from chain.keys import Keypair
from chain.types import BlockNumber
from runtime.frame.errors import BadOrigin
from runtime.frame.weight import Weight
from runtime.pallets.balances.types import HoldAmount
from runtime.pallets.safe_mode import ALLOWED, HOLD, ExitReason, SafeMode
from runtime.pallets.system import System
from runtime.taonet import Taonet
from runtime.units import TAO, TaoBalance

NOW = BlockNumber(1)
UNTIL = BlockNumber(7201)
DEPOSIT = TaoBalance(TAO(5))
NOOP = Weight(733_000 + 25_000_000, 1489)


def enter(runtime: Taonet) -> None:
    dispatch(runtime, ROOT, "SafeMode.force_enter")


@pytest.fixture
def open_to_all(runtime: Taonet, monkeypatch: pytest.MonkeyPatch) -> Taonet:
    """A chain where accounts enter for 10 blocks, extend by 5, and have their deposits back after 3."""
    for name, value in {
        "EnterDuration": 10,
        "ExtendDuration": 5,
        "EnterDepositAmount": DEPOSIT,
        "ExtendDepositAmount": DEPOSIT,
        "ReleaseDelay": 3,
    }.items():
        monkeypatch.setitem(runtime.safe_mode.__dict__, name, value)
    return runtime


# -- root


def test_root_enters_extends_and_leaves(runtime: Taonet) -> None:
    with emits(runtime, SafeMode.Entered(UNTIL)):
        enter(runtime)
    assert runtime.safe_mode.EnteredUntil == UNTIL

    with emits(runtime, SafeMode.Extended(BlockNumber(UNTIL + 3600))):
        dispatch(runtime, ROOT, "SafeMode.force_extend")
    assert runtime.safe_mode.EnteredUntil == UNTIL + 3600

    with emits(runtime, SafeMode.Exited(ExitReason.Force)):
        dispatch(runtime, ROOT, "SafeMode.force_exit")
    assert runtime.safe_mode.EnteredUntil is None


def test_what_is_entered_is_not_entered_again_nor_left_twice(runtime: Taonet) -> None:
    for name in ("force_extend", "force_exit"):
        with unchanged(runtime), reverts(SafeMode.Exited_()):
            dispatch(runtime, ROOT, f"SafeMode.{name}")
    enter(runtime)

    with unchanged(runtime), reverts(SafeMode.Entered_()):
        enter(runtime)


@pytest.mark.parametrize(
    "name", ["force_enter", "force_extend", "force_exit", "force_slash_deposit", "force_release_deposit"]
)
def test_only_root_forces(runtime: Taonet, bob: Keypair, name: str) -> None:
    given: dict[str, Any] = {"account": bob.account, "block": NOW} if name.endswith("deposit") else {}
    with unchanged(runtime), reverts(BadOrigin()):
        dispatch(runtime, bob, f"SafeMode.{name}", **given)


def test_safe_mode_ends_after_its_last_block(runtime: Taonet) -> None:
    enter(runtime)
    with unchanged(runtime):
        assert runtime.safe_mode.on_initialize(UNTIL) == NOOP

    with emits(runtime, SafeMode.Exited(ExitReason.Timeout)):
        weight = runtime.safe_mode.on_initialize(BlockNumber(UNTIL + 1))

    assert runtime.safe_mode.EnteredUntil is None
    assert weight == Weight(4_926_000 + 125_000_000, 1489)
    with unchanged(runtime):
        assert runtime.safe_mode.on_initialize(BlockNumber(UNTIL + 2)) == NOOP


# -- what may be called


@pytest.mark.parametrize(
    ("path", "given", "allowed"),
    [
        ("System.remark", {"remark": b""}, True),
        ("SafeMode.enter", {}, True),
        ("Sudo.remove_key", {}, True),
        ("Multisig.as_multi_threshold_1", {"other_signatories": ()}, True),
        ("Timestamp.set", {"now": 0}, True),
        ("SubtensorModule.set_weights", {"netuid": 1, "dests": (), "weights": (), "version_key": 0}, True),
        ("SubtensorModule.start_call", {"netuid": 1}, False),
        ("Commitments.set_max_space", {"new_limit": 0}, False),
        ("Balances.transfer_all", {"dest": key_of("Alice"), "keep_alive": True}, False),
        ("Utility.batch", {"calls": ()}, False),
    ],
)
def test_only_some_calls_may_be_made_in_safe_mode(
    runtime: Taonet, path: str, given: dict[str, Any], allowed: bool
) -> None:
    if path.startswith("Multisig"):
        given = {**given, "call": call(runtime, "System.remark", remark=b"")}
    what = call(runtime, path, **given)
    assert runtime.allows(what)

    enter(runtime)

    assert runtime.allows(what) is allowed


def test_axons_and_commitments_may_be_set_in_safe_mode() -> None:
    assert ALLOWED["SubtensorModule"] == ("set_weights", "serve_axon")
    assert ALLOWED["Commitments"] == ("set_commitment",)


def test_a_refused_call_has_the_error_of_the_base_filter(runtime: Taonet, bob: Keypair) -> None:
    enter(runtime)

    with unchanged(runtime), reverts(System.CallFiltered()):
        dispatch(runtime, bob, "Balances.transfer_keep_alive", dest=key_of("Alice"), value=1)


def test_several_and_root_are_not_held_back(runtime: Taonet, alice: Keypair) -> None:
    transfer = call(runtime, "Balances.force_transfer", source=key_of("Bob"), dest=alice, value=TAO(1))
    enter(runtime)
    before = free(runtime, key_of("Bob"))

    submit(runtime, alice, "Sudo.sudo", call=transfer)

    assert before - free(runtime, key_of("Bob")) == TAO(1)


def test_what_several_call_is_filtered_too(runtime: Taonet, bob: Keypair) -> None:
    transfer = call(runtime, "Balances.transfer_keep_alive", dest=bob, value=1)
    enter(runtime)

    with unchanged(runtime), reverts(System.CallFiltered()):
        dispatch(
            runtime, bob, "Multisig.as_multi_threshold_1", other_signatories=(key_of("Eve").account,), call=transfer
        )


# -- deposits


def test_this_chain_lets_no_account_enter_extend_or_ask_for_a_deposit(runtime: Taonet, bob: Keypair) -> None:
    with unchanged(runtime), reverts(SafeMode.NotConfigured()):
        dispatch(runtime, bob, "SafeMode.enter")
    with unchanged(runtime), reverts(SafeMode.Exited_()):
        dispatch(runtime, bob, "SafeMode.extend")
    with unchanged(runtime), reverts(SafeMode.NoDeposit()):
        dispatch(runtime, bob, "SafeMode.release_deposit", account=bob.account, block=NOW)
    runtime.safe_mode.Deposits[bob.account, NOW] = DEPOSIT
    with unchanged(runtime), reverts(SafeMode.NotConfigured()):
        dispatch(runtime, bob, "SafeMode.release_deposit", account=bob.account, block=NOW)
    enter(runtime)

    with unchanged(runtime), reverts(SafeMode.Entered_()):
        dispatch(runtime, bob, "SafeMode.enter")
    with unchanged(runtime), reverts(SafeMode.NotConfigured()):
        dispatch(runtime, bob, "SafeMode.extend")


@pytest.mark.parametrize("name", ["enter", "extend", "release_deposit"])
def test_nobody_needs_no_deposit(runtime: Taonet, bob: Keypair, name: str) -> None:
    given: dict[str, Any] = {"account": bob.account, "block": NOW} if name == "release_deposit" else {}
    with unchanged(runtime), reverts(BadOrigin()):
        dispatch(runtime, ROOT, f"SafeMode.{name}", **given)


def test_an_account_enters_and_another_extends_for_a_held_deposit(
    open_to_all: Taonet, bob: Keypair, charlie: Keypair
) -> None:
    placed = SafeMode.DepositPlaced(bob.account, DEPOSIT)
    with emits(open_to_all, placed, SafeMode.Entered(BlockNumber(11))):
        dispatch(open_to_all, bob, "SafeMode.enter")
    with emits(open_to_all, SafeMode.DepositPlaced, SafeMode.Extended(BlockNumber(16))):
        dispatch(open_to_all, charlie, "SafeMode.extend")

    assert open_to_all.holding.Holds[bob.account] == (HoldAmount(HOLD, DEPOSIT),)
    assert dict(open_to_all.safe_mode.Deposits.items()) == {
        (bob.account, NOW): DEPOSIT,
        (charlie.account, NOW): DEPOSIT,
    }
    with unchanged(open_to_all), reverts(SafeMode.AlreadyDeposited()):
        dispatch(open_to_all, bob, "SafeMode.extend")


def test_who_cannot_pay_the_deposit_does_not_enter(open_to_all: Taonet, nobody: Keypair) -> None:
    with unchanged(open_to_all), reverts(SafeMode.CurrencyError()):
        dispatch(open_to_all, nobody, "SafeMode.enter")


def release(runtime: Taonet, who: Any, account: Keypair, name: str = "release_deposit") -> None:
    dispatch(runtime, who, f"SafeMode.{name}", account=account.account, block=NOW)


def test_a_deposit_comes_back_some_blocks_later_outside_of_safe_mode(
    open_to_all: Taonet, bob: Keypair, charlie: Keypair
) -> None:
    runtime, before = open_to_all, free(open_to_all, bob)
    dispatch(runtime, bob, "SafeMode.enter")
    runtime.system.Number = BlockNumber(NOW + 3)
    with unchanged(runtime), reverts(SafeMode.Entered_()):
        release(runtime, charlie, bob)
    dispatch(runtime, ROOT, "SafeMode.force_exit")
    with unchanged(runtime), reverts(SafeMode.CannotReleaseYet()):
        release(runtime, charlie, bob)
    runtime.system.Number = BlockNumber(NOW + 4)

    with emits(runtime, SafeMode.DepositReleased(bob.account, DEPOSIT)):
        release(runtime, charlie, bob)

    assert (free(runtime, bob), reserved(runtime, bob)) == (before, 0)
    with unchanged(runtime), reverts(SafeMode.NoDeposit()):
        release(runtime, charlie, bob)


def test_root_gives_a_deposit_back_at_once(open_to_all: Taonet, bob: Keypair) -> None:
    dispatch(open_to_all, bob, "SafeMode.enter")

    with emits(open_to_all, SafeMode.DepositReleased(bob.account, DEPOSIT)):
        release(open_to_all, ROOT, bob, "force_release_deposit")

    assert reserved(open_to_all, bob) == 0


def test_a_deposit_that_is_no_longer_held_comes_back_as_far_as_it_is(open_to_all: Taonet, bob: Keypair) -> None:
    dispatch(open_to_all, bob, "SafeMode.enter")
    open_to_all.holding.release(HOLD, bob.account, TaoBalance(TAO(2)))

    with emits(open_to_all, SafeMode.DepositReleased(bob.account, TaoBalance(TAO(3)))):
        release(open_to_all, ROOT, bob, "force_release_deposit")


def test_a_deposit_that_cannot_be_moved_stays(
    open_to_all: Taonet, bob: Keypair, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch(open_to_all, bob, "SafeMode.enter")

    def refuse(*_: Any) -> None:
        raise DispatchError

    monkeypatch.setitem(open_to_all.holding.__dict__, "release", refuse)
    with unchanged(open_to_all), reverts(SafeMode.CurrencyError()):
        release(open_to_all, ROOT, bob, "force_release_deposit")


def test_a_slashed_deposit_is_burned(open_to_all: Taonet, bob: Keypair) -> None:
    runtime, issued = open_to_all, open_to_all.balances.TotalIssuance
    dispatch(runtime, bob, "SafeMode.enter")

    with emits(runtime, SafeMode.DepositSlashed(bob.account, DEPOSIT)):
        release(runtime, ROOT, bob, "force_slash_deposit")

    assert reserved(runtime, bob) == 0
    assert runtime.balances.TotalIssuance == issued - DEPOSIT == sum_of_accounts(runtime)
    with unchanged(runtime), reverts(SafeMode.NoDeposit()):
        release(runtime, ROOT, bob, "force_slash_deposit")


# -- whole blocks


def test_a_block_in_safe_mode_takes_a_fee_for_what_it_refuses(chain: Chain) -> None:
    alice, bob = key_of("Alice"), key_of("Bob")
    runtime = chain.at_head()
    chain.advance(chain.sign(alice, "Sudo.sudo", call=call(runtime, "SafeMode.force_enter")))
    before = free(chain.at_head(), bob)

    refused = chain.advance(chain.sign(bob, "Balances.transfer_keep_alive", dest=alice, value=TAO(1)))
    chain.advance(chain.sign(alice, "Sudo.sudo", call=call(runtime, "SafeMode.force_exit")))
    made = chain.advance(chain.sign(bob, "Balances.transfer_keep_alive", dest=alice, value=TAO(1)))

    assert refused.outcomes[0].error == System.CallFiltered()
    assert made.outcomes[0].error is None
    assert TAO(1) < before - free(chain.at_head(), bob) < TAO(1) + TAO(1) // 100
