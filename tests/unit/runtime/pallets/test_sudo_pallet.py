"""Sudo: one account may act as root or as anyone."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import (
    ROOT,
    Chain,
    call,
    dispatch,
    emits,
    events,
    free,
    key_of,
    localnet_patch,
    refused,
    reverts,
    sign,
    unchanged,
)

from chain.keys import Keypair
from chain.scale.hints import Err, Ok
from chain.types import ZERO_HASH, BlockNumber, Index
from runtime.frame.errors import BadOrigin, CannotLookup, TokenError
from runtime.frame.weight import DispatchClass, Pays, PostInfo, Weight
from runtime.pallets.sudo import Sudo
from runtime.taonet import Taonet


def remark(runtime: Taonet) -> Any:
    return call(runtime, "System.remark", remark=b"")


def arguments_of(runtime: Taonet) -> dict[str, dict[str, Any]]:
    return {
        "sudo": {"call": remark(runtime)},
        "sudo_unchecked_weight": {"call": remark(runtime), "weight": Weight(5, 6)},
        "set_key": {"new": key_of("Bob")},
        "sudo_as": {"who": key_of("Bob"), "call": remark(runtime)},
        "remove_key": {},
    }


NAMES = ("sudo", "sudo_unchecked_weight", "set_key", "sudo_as", "remove_key")


@pytest.mark.parametrize("name", NAMES)
def test_only_the_key_may(runtime: Taonet, bob: Keypair, name: str) -> None:
    with unchanged(runtime), reverts(Sudo.RequireSudo):
        dispatch(runtime, bob, f"Sudo.{name}", **arguments_of(runtime)[name])
    with unchanged(runtime), reverts(BadOrigin()):
        dispatch(runtime, None, f"Sudo.{name}", **arguments_of(runtime)[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_key_and_root_may_and_pay_nothing(runtime: Taonet, alice: Keypair, name: str) -> None:
    for who in (ROOT, alice):
        assert dispatch(runtime, who, f"Sudo.{name}", **arguments_of(runtime)[name]) == PostInfo(pays=Pays.No)
        runtime.sudo.Key = alice.account


def test_a_call_is_made_as_root(runtime: Taonet, alice: Keypair, bob: Keypair) -> None:
    inner = call(runtime, "Balances.force_set_balance", who=bob, new_free=1000)

    dispatch(runtime, alice, "Sudo.sudo", call=inner)

    assert free(runtime, bob) == 1000
    assert events(runtime)[-1] == Sudo.Sudid(sudo_result=Ok(None))


def test_a_call_that_fails_is_told_and_the_outer_one_succeeds(runtime: Taonet, alice: Keypair, bob: Keypair) -> None:
    inner = call(runtime, "Balances.transfer_keep_alive", dest=bob, value=1)

    with emits(runtime, Sudo.Sudid(sudo_result=Err(BadOrigin()))):
        dispatch(runtime, alice, "Sudo.sudo", call=inner)


def test_root_is_not_filtered(runtime: Taonet, alice: Keypair) -> None:
    batch = call(runtime, "Utility.batch", calls=(remark(runtime),))
    nested = call(runtime, "Utility.batch", calls=(batch,))

    dispatch(runtime, alice, "Sudo.sudo", call=nested)

    assert events(runtime)[-1] == Sudo.Sudid(sudo_result=Ok(None))


def test_a_call_on_behalf_of_an_account_meets_neither_its_filter_nor_its_guards(
    runtime: Taonet, alice: Keypair, bob: Keypair
) -> None:
    runtime.coldkey_swap.ColdkeySwapAnnouncements[bob.account] = (BlockNumber(1), ZERO_HASH)
    nested = call(runtime, "Utility.batch", calls=(call(runtime, "Utility.batch", calls=()),))

    dispatch(runtime, alice, "Sudo.sudo_as", who=bob, call=nested)

    assert events(runtime)[-1] == Sudo.SudoAsDone(sudo_result=Ok(None))


def test_a_call_is_made_on_behalf_of_an_account(runtime: Taonet, alice: Keypair, bob: Keypair) -> None:
    inner = call(runtime, "Balances.transfer_keep_alive", dest=alice, value=1000)
    before = free(runtime, bob)

    dispatch(runtime, alice, "Sudo.sudo_as", who=bob, call=inner)

    assert free(runtime, bob) == before - 1000
    assert events(runtime)[-1] == Sudo.SudoAsDone(sudo_result=Ok(None))


def test_what_fails_on_behalf_of_an_account_is_told(runtime: Taonet, alice: Keypair, nobody: Keypair) -> None:
    inner = call(runtime, "Balances.transfer_keep_alive", dest=alice, value=1000)

    with emits(runtime, Sudo.SudoAsDone(sudo_result=Err(TokenError("FundsUnavailable")))):
        dispatch(runtime, alice, "Sudo.sudo_as", who=nobody, call=inner)


@pytest.mark.parametrize(("name", "field"), [("set_key", "new"), ("sudo_as", "who")])
def test_only_plain_accounts_can_be_looked_up(runtime: Taonet, alice: Keypair, name: str, field: str) -> None:
    with unchanged(runtime), reverts(CannotLookup()):
        dispatch(runtime, alice, f"Sudo.{name}", **{**arguments_of(runtime)[name], field: Index(None)})


def test_the_key_is_handed_on(runtime: Taonet, alice: Keypair, bob: Keypair) -> None:
    with emits(runtime, Sudo.KeyChanged(old=alice.account, new=bob.account)):
        dispatch(runtime, alice, "Sudo.set_key", new=bob)

    with reverts(Sudo.RequireSudo):
        dispatch(runtime, alice, "Sudo.sudo", call=remark(runtime))
    dispatch(runtime, bob, "Sudo.sudo", call=remark(runtime))


def test_the_key_is_thrown_away_for_good(runtime: Taonet, alice: Keypair) -> None:
    with emits(runtime, Sudo.KeyRemoved()):
        dispatch(runtime, alice, "Sudo.remove_key")

    assert runtime.sudo.Key is None
    with reverts(Sudo.RequireSudo):
        dispatch(runtime, alice, "Sudo.sudo", call=remark(runtime))
    with emits(runtime, Sudo.KeyChanged(old=None, new=alice.account)):
        dispatch(runtime, ROOT, "Sudo.set_key", new=alice)


# -- weight and class


def test_weight_and_class_are_those_of_the_call_and_a_little_more(runtime: Taonet) -> None:
    def info(name: str, **arguments: Any) -> tuple[int, DispatchClass]:
        found = runtime.dispatch_info(call(runtime, f"Sudo.{name}", **arguments))
        return found.weight.ref_time, found.class_

    inner = call(runtime, "System.set_storage", items=())
    own, guard = runtime.dispatch_info(inner), runtime.guards[0].weight.ref_time

    sudo = (own.weight.ref_time + 10_729_000 + 25_000_000 + guard, DispatchClass.Operational)
    sudo_as = (own.weight.ref_time + 11_003_000 + 25_000_000 + guard, DispatchClass.Operational)
    assert info("sudo", call=inner) == sudo
    assert info("sudo_as", who=key_of("Bob"), call=inner) == sudo_as
    assert info("sudo_unchecked_weight", call=inner, weight=Weight(7)) == (7 + guard, DispatchClass.Operational)
    assert info("sudo", call=remark(runtime))[1] is DispatchClass.Normal


# -- the pool


def test_calls_of_sudo_are_kept_out_unless_the_key_signed_them(runtime: Taonet, bob: Keypair) -> None:
    raw = sign(runtime, bob, call(runtime, "Sudo.sudo", call=remark(runtime)))

    with unchanged(runtime), refused("BadSigner"):
        runtime.apply_extrinsic(raw)


def test_without_a_key_nobody_may_send_them() -> None:
    patch = localnet_patch()
    del patch["sudo"]
    chain = Chain(patch)
    raw = chain.sign(key_of("Alice"), "Sudo.remove_key")

    with refused("BadSigner"):
        chain.at_head().validate_transaction("External", raw, chain.hashes[-1])


def test_a_batch_with_a_call_of_sudo_is_let_in_and_fails_inside(runtime: Taonet, bob: Keypair) -> None:
    inner = call(runtime, "Sudo.sudo", call=remark(runtime))

    runtime.apply_extrinsic(sign(runtime, bob, call(runtime, "Utility.batch", calls=(inner,))))

    interrupted = next(e for e in events(runtime) if isinstance(e, runtime.utility.BatchInterrupted))
    assert interrupted.error == Sudo.RequireSudo()
