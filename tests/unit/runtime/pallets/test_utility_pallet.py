"""Utility: batches, calls as somebody else, calls with a fallback; their events and weights."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import (
    FAST,
    ROOT,
    call,
    dispatch,
    emits,
    events,
    free,
    key_of,
    make_runtime,
    reverts,
    submit,
    unchanged,
)

from chain.errors import DispatchError
from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.scale.hints import Err, Ok
from chain.types import ZERO_HASH, BlockNumber
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import BadOrigin, TokenError, post_info_of
from runtime.frame.origin import NoOrigin, Root, Signed, SystemOrigin
from runtime.frame.weight import ZERO_WEIGHT, DispatchClass, Pays, PostInfo, Weight
from runtime.pallets.system import System
from runtime.pallets.utility import (
    AS_DERIVATIVE,
    IF_ELSE,
    Utility,
    batch_all_weight,
    batch_weight,
    derivative_account,
    force_batch_weight,
)
from runtime.taonet import Taonet

BATCHES = ("batch", "batch_all", "force_batch")
OWN_WEIGHT = {"batch": batch_weight, "batch_all": batch_all_weight, "force_batch": force_batch_weight}
FUNDS_UNAVAILABLE = TokenError("FundsUnavailable")
DONE, FAILED, COMPLETED = Utility.ItemCompleted(), Utility.ItemFailed(error=FUNDS_UNAVAILABLE), Utility.BatchCompleted()


def good(runtime: Taonet, note: bytes = b"x") -> RuntimeCall:
    return call(runtime, "System.remark_with_event", remark=note)


def bad(runtime: Taonet) -> RuntimeCall:
    """A transfer of more than Alice has."""
    return call(runtime, "Balances.transfer_keep_alive", dest=key_of("Bob"), value=10**15 + 1)


def weight_of(runtime: Taonet, *calls: RuntimeCall) -> Weight:
    return sum((runtime.dispatch_info(c).weight for c in calls), ZERO_WEIGHT)


def remarked(who: Keypair, note: bytes = b"x") -> System.Remarked:
    return System.Remarked(sender=who.account, hash=blake2_256(note))  # type: ignore[arg-type]


def calls_with_origin(runtime: Taonet) -> dict[str, dict[str, Any]]:
    inner, origin = good(runtime), SystemOrigin(Root())
    return {
        "batch": {"calls": ()},
        "batch_all": {"calls": ()},
        "force_batch": {"calls": ()},
        "as_derivative": {"index": 0, "call": inner},
        "if_else": {"main": inner, "fallback": inner},
        "dispatch_as": {"as_origin": origin, "call": inner},
        "dispatch_as_fallible": {"as_origin": origin, "call": inner},
        "with_weight": {"call": inner, "weight": Weight(1)},
    }


@pytest.mark.parametrize("name", ["batch", "batch_all", "force_batch", "as_derivative", "if_else"])
def test_nobody_may_not(runtime: Taonet, name: str) -> None:
    with unchanged(runtime), reverts(BadOrigin()):
        dispatch(runtime, None, f"Utility.{name}", **calls_with_origin(runtime)[name])


@pytest.mark.parametrize("name", ["dispatch_as", "dispatch_as_fallible", "with_weight"])
def test_only_root_acts_as_anyone(runtime: Taonet, alice: Keypair, name: str) -> None:
    for who in (alice, None):
        with unchanged(runtime), reverts(BadOrigin()):
            dispatch(runtime, who, f"Utility.{name}", **calls_with_origin(runtime)[name])


# -- batches


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_makes_its_calls_in_order(runtime: Taonet, alice: Keypair, name: str) -> None:
    calls = (good(runtime, b"1"), good(runtime, b"2"))

    with emits(runtime, remarked(alice, b"1"), DONE, remarked(alice, b"2"), DONE, COMPLETED):
        post = dispatch(runtime, alice, f"Utility.{name}", calls=calls)

    assert post == PostInfo(OWN_WEIGHT[name](2) + weight_of(runtime, *calls))


@pytest.mark.parametrize("name", BATCHES)
def test_an_empty_batch_completes(runtime: Taonet, alice: Keypair, name: str) -> None:
    with emits(runtime, COMPLETED):
        assert dispatch(runtime, alice, f"Utility.{name}", calls=()) == PostInfo(OWN_WEIGHT[name](0))


def test_a_batch_stops_at_the_first_call_that_fails_and_keeps_what_was_done(runtime: Taonet, alice: Keypair) -> None:
    calls = (good(runtime), bad(runtime), good(runtime))
    interrupted = Utility.BatchInterrupted(index_=1, error=FUNDS_UNAVAILABLE)

    with emits(runtime, remarked(alice), DONE, interrupted):
        post = dispatch(runtime, alice, "Utility.batch", calls=calls)

    assert post == PostInfo(batch_weight(2) + weight_of(runtime, *calls[:2]))


def test_a_batch_of_all_or_nothing_undoes_everything(runtime: Taonet, alice: Keypair) -> None:
    calls = (good(runtime), bad(runtime), good(runtime))

    with unchanged(runtime), pytest.raises(DispatchError) as caught:
        dispatch(runtime, alice, "Utility.batch_all", calls=calls)

    assert caught.value == FUNDS_UNAVAILABLE
    assert post_info_of(caught.value) == PostInfo(batch_all_weight(2) + weight_of(runtime, *calls[:2]))


def test_a_forced_batch_goes_on_after_what_fails(runtime: Taonet, alice: Keypair) -> None:
    calls = (bad(runtime), good(runtime), bad(runtime))

    with emits(runtime, FAILED, remarked(alice), DONE, FAILED, Utility.BatchCompletedWithErrors()):
        post = dispatch(runtime, alice, "Utility.force_batch", calls=calls)

    assert post == PostInfo(force_batch_weight(3) + weight_of(runtime, *calls))


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_has_a_limit(alice: Keypair, name: str) -> None:
    runtime = make_runtime(constants={**FAST, "Utility.batched_calls_limit": 2})

    dispatch(runtime, alice, f"Utility.{name}", calls=(good(runtime),) * 2)
    with unchanged(runtime), reverts(Utility.TooManyCalls):
        dispatch(runtime, alice, f"Utility.{name}", calls=(good(runtime),) * 3)


@pytest.mark.parametrize("outer", BATCHES)
@pytest.mark.parametrize("inner", BATCHES)
def test_a_batch_holds_no_batch(runtime: Taonet, alice: Keypair, outer: str, inner: str) -> None:
    nested = call(runtime, f"Utility.{inner}", calls=(good(runtime),))

    with unchanged(runtime), reverts(System.CallFiltered):
        dispatch(runtime, alice, f"Utility.{outer}", calls=(nested,))


def test_a_derivative_account_makes_a_batch_even_within_one(runtime: Taonet, alice: Keypair) -> None:
    hidden = call(runtime, "Utility.as_derivative", index=0, call=call(runtime, "Utility.batch", calls=()))

    with emits(runtime, Utility.BatchCompleted(), Utility.ItemCompleted(), Utility.BatchCompleted()):
        dispatch(runtime, alice, "Utility.batch", calls=(hidden,))


def test_batch_all_does_not_hide_in_itself_behind_another_call(runtime: Taonet, alice: Keypair) -> None:
    inner = call(runtime, "Utility.batch_all", calls=(good(runtime),))
    hidden = call(runtime, "Utility.if_else", main=inner, fallback=good(runtime, b"fallback"))

    with emits(
        runtime,
        remarked(alice, b"fallback"),
        Utility.IfElseFallbackCalled(main_error=System.CallFiltered()),
        DONE,
        COMPLETED,
    ):
        dispatch(runtime, alice, "Utility.batch_all", calls=(hidden,))


def test_root_nests_batches_as_it_likes(runtime: Taonet) -> None:
    remark = call(runtime, "System.remark", remark=b"")
    inner = call(runtime, "Utility.batch_all", calls=(remark,))

    with emits(runtime, DONE, COMPLETED, DONE, COMPLETED):
        dispatch(runtime, ROOT, "Utility.batch_all", calls=(inner,))


def test_a_batch_makes_calls_as_whoever_sent_it(runtime: Taonet, alice: Keypair) -> None:
    needs_root = call(runtime, "System.set_storage", items=())

    with emits(runtime, Utility.BatchInterrupted(index_=0, error=BadOrigin())):
        dispatch(runtime, alice, "Utility.batch", calls=(needs_root,))
    with emits(runtime, DONE, COMPLETED):
        dispatch(runtime, ROOT, "Utility.batch", calls=(needs_root,))


def test_unused_weight_inside_of_a_batch_is_given_back(runtime: Taonet, alice: Keypair) -> None:
    inner = call(runtime, "Utility.if_else", main=good(runtime), fallback=good(runtime))

    post = dispatch(runtime, alice, "Utility.batch", calls=(inner,))

    assert post.actual_weight == batch_weight(1) + IF_ELSE + weight_of(runtime, good(runtime))


# -- derivative accounts


def test_a_derivative_account_is_the_hash_of_its_owner_and_number(alice: Keypair) -> None:
    expected = blake2_256(b"modlpy/utilisuba" + alice.account + b"\x02\x01")

    assert derivative_account(alice.account, 258) == expected
    assert derivative_account(alice.account, 0) != derivative_account(alice.account, 1)


def test_a_call_is_made_as_a_derivative_account(runtime: Taonet, alice: Keypair) -> None:
    derived = derivative_account(alice.account, 7)
    told = System.Remarked(sender=derived, hash=blake2_256(b"x"))  # type: ignore[arg-type]

    with emits(runtime, told):
        post = dispatch(runtime, alice, "Utility.as_derivative", index=7, call=good(runtime))

    assert post == PostInfo(AS_DERIVATIVE + weight_of(runtime, good(runtime)))


def test_a_derivative_account_that_fails_takes_the_call_with_it(runtime: Taonet, alice: Keypair) -> None:
    with unchanged(runtime), pytest.raises(DispatchError) as caught:
        dispatch(runtime, alice, "Utility.as_derivative", index=7, call=bad(runtime))

    assert caught.value == FUNDS_UNAVAILABLE
    assert post_info_of(caught.value) == PostInfo(AS_DERIVATIVE + weight_of(runtime, bad(runtime)))


def test_root_has_no_derivative_accounts(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(BadOrigin()):
        dispatch(runtime, ROOT, "Utility.as_derivative", index=0, call=good(runtime))


# -- if_else


def test_the_fallback_is_not_needed(runtime: Taonet, alice: Keypair) -> None:
    with emits(runtime, remarked(alice), Utility.IfElseMainSuccess()):
        post = dispatch(runtime, alice, "Utility.if_else", main=good(runtime), fallback=bad(runtime))

    assert post == PostInfo(IF_ELSE + weight_of(runtime, good(runtime)))


def test_the_fallback_is_made(runtime: Taonet, alice: Keypair) -> None:
    told = Utility.IfElseFallbackCalled(main_error=FUNDS_UNAVAILABLE)

    with emits(runtime, remarked(alice), told):
        post = dispatch(runtime, alice, "Utility.if_else", main=bad(runtime), fallback=good(runtime))

    assert post == PostInfo(IF_ELSE + weight_of(runtime, good(runtime), bad(runtime)))


def test_the_fallback_fails_too(runtime: Taonet, alice: Keypair) -> None:
    needs_root = call(runtime, "System.set_storage", items=())

    with unchanged(runtime), pytest.raises(DispatchError) as caught:
        dispatch(runtime, alice, "Utility.if_else", main=bad(runtime), fallback=needs_root)

    assert caught.value == BadOrigin()
    assert post_info_of(caught.value) == PostInfo(IF_ELSE + weight_of(runtime, needs_root, bad(runtime)))


# -- as any origin


@pytest.mark.parametrize(
    ("as_origin", "result"),
    [
        (SystemOrigin(Signed(key_of("Bob").account)), Ok(None)),
        (SystemOrigin(Root()), Err(BadOrigin())),
        (SystemOrigin(NoOrigin()), Err(BadOrigin())),
    ],
)
def test_root_makes_a_call_as_any_origin(runtime: Taonet, as_origin: SystemOrigin, result: Any) -> None:
    dispatch(runtime, ROOT, "Utility.dispatch_as", as_origin=as_origin, call=good(runtime))

    assert events(runtime)[-1] == Utility.DispatchedAs(result=result)


def test_root_makes_a_call_that_the_account_s_guards_would_refuse(runtime: Taonet, bob: Keypair) -> None:
    origin = SystemOrigin(Signed(bob.account))
    runtime.coldkey_swap.ColdkeySwapAnnouncements[bob.account] = (BlockNumber(1), ZERO_HASH)

    with emits(runtime, remarked(bob), Utility.DispatchedAs(result=Ok(None))):
        dispatch(runtime, ROOT, "Utility.dispatch_as", as_origin=origin, call=good(runtime))


def test_root_makes_a_call_as_any_origin_and_fails_with_it(runtime: Taonet, bob: Keypair) -> None:
    origin = SystemOrigin(Signed(bob.account))

    with emits(runtime, remarked(bob), Utility.DispatchedAs(result=Ok(None))):
        dispatch(runtime, ROOT, "Utility.dispatch_as_fallible", as_origin=origin, call=good(runtime))
    with unchanged(runtime), reverts(FUNDS_UNAVAILABLE):
        dispatch(runtime, ROOT, "Utility.dispatch_as_fallible", as_origin=origin, call=bad(runtime))


def test_root_says_what_a_call_weighs(runtime: Taonet, bob: Keypair) -> None:
    inner = call(runtime, "Balances.force_set_balance", who=bob, new_free=1000)

    assert dispatch(runtime, ROOT, "Utility.with_weight", call=inner, weight=Weight(5)) == PostInfo()
    assert free(runtime, bob) == 1000
    info = runtime.dispatch_info(call(runtime, "Utility.with_weight", call=inner, weight=Weight(5, 6)))
    assert info.weight == Weight(5, 6) + runtime.guards[0].weight


@pytest.mark.parametrize("name", ["with_weight", "dispatch_as_fallible"])
def test_what_a_forwarded_failure_says_of_its_weight_is_not_passed_on(runtime: Taonet, name: str) -> None:
    failing = call(runtime, "Utility.batch_all", calls=(bad(runtime),))
    arguments = {"with_weight": {"weight": Weight(5)}, "dispatch_as_fallible": {"as_origin": SystemOrigin(Root())}}

    with pytest.raises(DispatchError) as caught:
        dispatch(runtime, ROOT, f"Utility.{name}", call=failing, **arguments[name])

    assert post_info_of(caught.value) is None


# -- class and fee


def test_a_batch_is_operational_unless_a_call_is_normal(runtime: Taonet) -> None:
    normal, operational = good(runtime), call(runtime, "System.set_storage", items=())

    def class_of(*calls: RuntimeCall) -> DispatchClass:
        found = {runtime.dispatch_info(call(runtime, f"Utility.{n}", calls=calls)).class_ for n in BATCHES}
        assert len(found) == 1
        return found.pop()

    assert class_of(operational, operational) is DispatchClass.Operational
    assert class_of(operational, normal) is DispatchClass.Normal
    assert class_of() is DispatchClass.Operational


@pytest.mark.parametrize(
    "name", ["as_derivative", "dispatch_as", "dispatch_as_fallible", "with_weight", "sudo", "sudo_as"]
)
@pytest.mark.parametrize("operational", [True, False])
def test_a_call_around_another_is_of_its_class(runtime: Taonet, name: str, operational: bool) -> None:
    inner = call(runtime, "System.set_storage", items=()) if operational else good(runtime)
    arguments = calls_with_origin(runtime).get(name, {"who": key_of("Bob")} if name == "sudo_as" else {})
    pallet = "Sudo" if name.startswith("sudo") else "Utility"

    info = runtime.dispatch_info(call(runtime, f"{pallet}.{name}", **{**arguments, "call": inner}))

    assert info.class_ is (DispatchClass.Operational if operational else DispatchClass.Normal)


def test_if_else_is_operational_if_both_are(runtime: Taonet) -> None:
    normal, operational = good(runtime), call(runtime, "System.set_storage", items=())

    def class_of(main: RuntimeCall, fallback: RuntimeCall) -> DispatchClass:
        return runtime.dispatch_info(call(runtime, "Utility.if_else", main=main, fallback=fallback)).class_

    assert class_of(operational, operational) is DispatchClass.Operational
    assert class_of(operational, normal) is DispatchClass.Normal
    assert class_of(normal, operational) is DispatchClass.Normal


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_pays_if_a_call_pays(runtime: Taonet, name: str) -> None:
    assert runtime.dispatch_info(call(runtime, f"Utility.{name}", calls=(good(runtime),))).pays is Pays.Yes
    assert runtime.dispatch_info(call(runtime, f"Utility.{name}", calls=())).pays is Pays.No


def test_a_failed_batch_all_is_charged_for_what_ran(runtime: Taonet, alice: Keypair) -> None:
    calls = (bad(runtime), *(good(runtime) for _ in range(50)))

    submit(runtime, alice, "Utility.batch_all", calls=calls)

    failed = events(runtime)[-1]
    assert isinstance(failed, System.ExtrinsicFailed)
    assert failed.dispatch_error == FUNDS_UNAVAILABLE
    assert failed.dispatch_info.weight == batch_all_weight(1) + weight_of(runtime, calls[0]) + Weight(108_157_000)
