"""Accounts with several owners: approvals in any order, deposits, and the call that is made at last."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import (
    FAST,
    Chain,
    account_of,
    call,
    dispatch,
    emits,
    events,
    free,
    key_of,
    make_runtime,
    reserved,
    reverts,
    submit,
    sum_of_accounts,
    unchanged,
)

from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.scale.hints import Ok
from chain.types import AccountId, BlockNumber, Bytes32, Id
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import BadOrigin, TokenError, post_info_of
from runtime.frame.weight import DispatchClass, Pays, PostInfo, Weight
from runtime.pallets.balances import Balances
from runtime.pallets.multisig import Multisig, Operation, Timepoint, multi_account
from runtime.pallets.system import System
from runtime.taonet import Taonet
from runtime.units import TAO, TaoBalance

OWNERS = sorted((key_of(n) for n in ("Bob", "Charlie", "Dave")), key=lambda key: key.account)
FIRST, SECOND, THIRD = OWNERS
OUTSIDER = key_of("Alice")
TWO_OF_THREE = multi_account(tuple(k.account for k in OWNERS), 2)
DEPOSIT = 132_000_000 + 2 * 32_000_000
PLENTY = Weight(10**12, 10**6)
AMOUNT = TAO(3)


@pytest.fixture
def runtime() -> Taonet:
    """The account of the three has ten TAO."""
    return funded(make_runtime())


def funded(runtime: Taonet) -> Taonet:
    dispatch(runtime, OUTSIDER, "Balances.transfer_keep_alive", dest=Id(TWO_OF_THREE), value=TAO(10))
    return runtime


def others(who: Keypair) -> tuple[AccountId, ...]:
    return tuple(k.account for k in OWNERS if k is not who)


def payment(runtime: Taonet, amount: int = AMOUNT) -> RuntimeCall:
    return call(runtime, "Balances.transfer_keep_alive", dest=OUTSIDER, value=amount)


def hash_of(runtime: Taonet, what: RuntimeCall) -> Bytes32:
    return Bytes32(blake2_256(runtime.construct.call.encode(what)))


def as_multi(
    runtime: Taonet, who: Keypair, since: Timepoint | None, what: RuntimeCall | None = None, **more: Any
) -> PostInfo:
    given: dict[str, Any] = {"threshold": 2, "other_signatories": others(who), "max_weight": PLENTY, **more}
    what = what or payment(runtime)
    return dispatch(runtime, who, "Multisig.as_multi", maybe_timepoint=since, call=what, **given)


def approve(
    runtime: Taonet, who: Keypair, since: Timepoint | None, what: RuntimeCall | None = None, **more: Any
) -> PostInfo:
    given: dict[str, Any] = {"threshold": 2, "other_signatories": others(who), "max_weight": Weight(), **more}
    hashed = hash_of(runtime, what or payment(runtime))
    return dispatch(runtime, who, "Multisig.approve_as_multi", maybe_timepoint=since, call_hash=hashed, **given)


def cancel(runtime: Taonet, who: Keypair, since: Timepoint, **more: Any) -> None:
    given: dict[str, Any] = {"threshold": 2, "other_signatories": others(who), **more}
    hashed = hash_of(runtime, payment(runtime))
    dispatch(runtime, who, "Multisig.cancel_as_multi", timepoint=since, call_hash=hashed, **given)


def poke(runtime: Taonet, who: Keypair, **more: Any) -> PostInfo:
    given: dict[str, Any] = {"threshold": 2, "other_signatories": others(who), **more}
    return dispatch(runtime, who, "Multisig.poke_deposit", call_hash=hash_of(runtime, payment(runtime)), **given)


def alone(runtime: Taonet, who: Keypair, what: RuntimeCall, group: tuple[AccountId, ...]) -> PostInfo:
    return dispatch(runtime, who, "Multisig.as_multi_threshold_1", other_signatories=group, call=what)


def now(runtime: Taonet) -> Timepoint:
    return Timepoint(runtime.system.Number, runtime.system.extrinsic_index())


def known(runtime: Taonet, what: RuntimeCall | None = None, account: AccountId = TWO_OF_THREE) -> Operation | None:
    return runtime.multisig.Multisigs.get((account, hash_of(runtime, what or payment(runtime))))


# -- approvals


def test_the_first_approval_reserves_a_deposit_and_is_remembered(runtime: Taonet) -> None:
    before, hashed = free(runtime, SECOND), hash_of(runtime, payment(runtime))

    with emits(runtime, Balances.Reserved, Multisig.NewMultisig(SECOND.account, TWO_OF_THREE, hashed)):
        post = as_multi(runtime, SECOND, None)

    assert known(runtime) == Operation(now(runtime), TaoBalance(DEPOSIT), SECOND.account, (SECOND.account,))
    assert (before - free(runtime, SECOND), reserved(runtime, SECOND)) == (DEPOSIT, DEPOSIT)
    assert post == PostInfo(create_weight(runtime))
    assert sum_of_accounts(runtime) == runtime.balances.TotalIssuance


def create_weight(runtime: Taonet) -> Weight:
    length = len(runtime.construct.call.encode(payment(runtime)))
    return Weight(29_976_762 + 2 * 144_320 + length * 1_819 + 125_000_000, 6811)


def test_the_last_approval_makes_the_call_and_frees_the_deposit(runtime: Taonet) -> None:
    since, hashed, before = now(runtime), hash_of(runtime, payment(runtime)), free(runtime, OUTSIDER)
    as_multi(runtime, FIRST, None)
    executed = Multisig.MultisigExecuted(THIRD.account, since, TWO_OF_THREE, hashed, Ok(None))

    with emits(runtime, Balances.Unreserved, Balances.Transfer, executed):
        as_multi(runtime, THIRD, since)

    assert known(runtime) is None
    assert reserved(runtime, FIRST) == 0
    assert free(runtime, OUTSIDER) - before == AMOUNT


def test_a_third_of_three_is_recorded_in_ascending_order_and_does_not_make_the_call(runtime: Taonet) -> None:
    account = multi_account(tuple(k.account for k in OWNERS), 3)
    since, hashed = now(runtime), hash_of(runtime, payment(runtime))
    as_multi(runtime, THIRD, None, threshold=3)

    with emits(runtime, Multisig.MultisigApproval(FIRST.account, since, account, hashed)):
        post = as_multi(runtime, FIRST, since, threshold=3)

    found = known(runtime, account=account)
    assert found is not None
    assert found.approvals == (FIRST.account, THIRD.account)
    assert found.deposit == DEPOSIT + 32_000_000
    length = len(runtime.construct.call.encode(payment(runtime)))
    assert post == PostInfo(Weight(14_821_348 + 2 * 127_874 + length * 1_968 + 125_000_000, 6811))


def test_approvals_by_hash_count_but_never_make_the_call(runtime: Taonet) -> None:
    since = now(runtime)
    first = approve(runtime, FIRST, None)
    approve(runtime, SECOND, since)

    with unchanged(runtime), reverts(Multisig.AlreadyApproved()):
        approve(runtime, THIRD, since)
    as_multi(runtime, SECOND, since)

    assert first == PostInfo(Weight(29_976_762 + 2 * 144_320 + 125_000_000, 6811))
    assert known(runtime) is None
    assert isinstance(events(runtime)[-1], Multisig.MultisigExecuted)


def test_nobody_approves_twice(runtime: Taonet) -> None:
    since = now(runtime)
    as_multi(runtime, FIRST, None)

    with unchanged(runtime), reverts(Multisig.AlreadyApproved()):
        as_multi(runtime, FIRST, since)


def test_a_call_that_fails_is_reported_in_the_event_and_is_used_up(runtime: Taonet) -> None:
    since, too_much = now(runtime), payment(runtime, TAO(11))
    as_multi(runtime, FIRST, None, too_much)

    as_multi(runtime, SECOND, since, too_much)

    executed = events(runtime)[-1]
    assert isinstance(executed, Multisig.MultisigExecuted)
    assert executed.result.error == TokenError("FundsUnavailable")
    assert known(runtime, too_much) is None
    assert reserved(runtime, FIRST) == 0


# -- timepoints


def test_a_first_approval_has_no_timepoint_and_a_later_one_has_the_right_one(runtime: Taonet) -> None:
    since = now(runtime)
    with unchanged(runtime), reverts(Multisig.UnexpectedTimepoint()):
        as_multi(runtime, FIRST, since)
    as_multi(runtime, FIRST, None)

    with unchanged(runtime), reverts(Multisig.NoTimepoint()):
        as_multi(runtime, SECOND, None)
    with unchanged(runtime), reverts(Multisig.WrongTimepoint()):
        as_multi(runtime, SECOND, Timepoint(since.height, since.index + 1))
    with unchanged(runtime), reverts(Multisig.WrongTimepoint()):
        approve(runtime, SECOND, Timepoint(BlockNumber(since.height + 1), since.index))


# -- owners


@pytest.mark.parametrize(
    ("group", "error"),
    [
        ((), Multisig.TooFewSignatories),
        ((THIRD.account, SECOND.account), Multisig.SignatoriesOutOfOrder),
        ((SECOND.account, SECOND.account), Multisig.SignatoriesOutOfOrder),
        ((FIRST.account, SECOND.account), Multisig.SenderInSignatories),
        (tuple(AccountId(bytes([n]) * 32) for n in range(1, 101)), Multisig.TooManySignatories),
    ],
)
def test_owners_are_given_without_the_caller_in_ascending_order(runtime: Taonet, group: Any, error: Any) -> None:
    since = now(runtime)
    calls = (
        lambda: as_multi(runtime, FIRST, None, other_signatories=group),
        lambda: approve(runtime, FIRST, None, other_signatories=group),
        lambda: cancel(runtime, FIRST, since, other_signatories=group),
        lambda: poke(runtime, FIRST, other_signatories=group),
        lambda: alone(runtime, FIRST, payment(runtime), group),
    )
    for make in calls:
        with unchanged(runtime), reverts(error()):
            make()


@pytest.mark.parametrize("threshold", [0, 1])
def test_fewer_than_two_approvals_are_no_multisig(runtime: Taonet, threshold: int) -> None:
    since = now(runtime)
    with unchanged(runtime), reverts(Multisig.MinimumThreshold()):
        as_multi(runtime, FIRST, None, threshold=threshold)
    with unchanged(runtime), reverts(Multisig.MinimumThreshold()):
        approve(runtime, FIRST, None, threshold=threshold)
    with unchanged(runtime), reverts(Multisig.MinimumThreshold()):
        cancel(runtime, FIRST, since, threshold=threshold)
    with unchanged(runtime), reverts(Multisig.MinimumThreshold()):
        poke(runtime, FIRST, threshold=threshold)


def test_who_cannot_pay_the_deposit_cannot_begin(runtime: Taonet) -> None:
    poor = key_of("Nobody")
    group = tuple(sorted((FIRST.account, SECOND.account)))

    with unchanged(runtime), reverts(Balances.InsufficientBalance()):
        as_multi(runtime, poor, None, other_signatories=group)


# -- weight


def test_the_call_may_not_weigh_more_than_the_caller_allows(runtime: Taonet) -> None:
    since, info = now(runtime), runtime.dispatch_info(payment(runtime))
    as_multi(runtime, FIRST, None)

    with unchanged(runtime), reverts(Multisig.MaxWeightTooLow()):
        as_multi(runtime, SECOND, since, max_weight=Weight(info.weight.ref_time - 1, info.weight.proof_size))
    with unchanged(runtime), reverts(Multisig.MaxWeightTooLow()):
        as_multi(runtime, SECOND, since, max_weight=Weight(info.weight.ref_time, info.weight.proof_size - 1))
    as_multi(runtime, SECOND, since, max_weight=info.weight)

    assert known(runtime) is None


def test_a_call_is_announced_with_the_dearest_of_what_it_may_become(runtime: Taonet) -> None:
    what, group = payment(runtime), others(FIRST)
    length = len(runtime.construct.call.encode(what))
    given: dict[str, Any] = {"threshold": 2, "other_signatories": group, "maybe_timepoint": None}
    own = runtime.guard_weight(runtime.construct.call.find("Multisig", "as_multi"))

    whole = runtime.dispatch_info(call(runtime, "Multisig.as_multi", call=what, max_weight=PLENTY, **given))
    hashed = hash_of(runtime, what)
    approval = runtime.dispatch_info(
        call(runtime, "Multisig.approve_as_multi", call_hash=hashed, max_weight=PLENTY, **given)
    )

    complete = Weight(34_745_418 + 2 * 193_313 + length * 2_057 + 300_000_000, 6811)
    assert whole.weight == complete + PLENTY + own
    assert approval.weight == Weight(27_463_275 + 2 * 139_226 + 125_000_000, 6811) + PLENTY + own


def test_what_a_call_did_not_use_is_given_back(runtime: Taonet) -> None:
    refund = call(runtime, "Utility.batch", calls=(payment(runtime),) * 2)
    since, length = now(runtime), len(runtime.construct.call.encode(refund))
    as_multi(runtime, FIRST, None, refund)

    post = as_multi(runtime, SECOND, since, refund)

    own = Weight(34_745_418 + 2 * 193_313 + length * 2_057 + 300_000_000, 6811)
    used = runtime.dispatch_info(refund).weight.saturating_sub(
        runtime.guard_weight(runtime.construct.call.find("Utility", "batch"))
    )
    assert post == PostInfo(own + used)


# -- cancel and poke


def test_who_began_may_cancel(runtime: Taonet) -> None:
    since, hashed, before = now(runtime), hash_of(runtime, payment(runtime)), free(runtime, FIRST)
    as_multi(runtime, FIRST, None)
    cancelled = Multisig.MultisigCancelled(FIRST.account, since, TWO_OF_THREE, hashed)

    with emits(runtime, Balances.Unreserved, cancelled):
        cancel(runtime, FIRST, since)

    assert known(runtime) is None
    assert free(runtime, FIRST) == before


def test_nobody_else_may_cancel_nor_at_another_time_nor_what_is_not_there(runtime: Taonet) -> None:
    since = now(runtime)
    with unchanged(runtime), reverts(Multisig.NotFound()):
        cancel(runtime, FIRST, since)
    as_multi(runtime, FIRST, None)

    with unchanged(runtime), reverts(Multisig.NotOwner()):
        cancel(runtime, SECOND, since)
    with unchanged(runtime), reverts(Multisig.WrongTimepoint()):
        cancel(runtime, FIRST, Timepoint(since.height, since.index + 1))


def test_a_deposit_that_costs_the_same_is_not_changed_and_the_poke_is_paid(runtime: Taonet) -> None:
    as_multi(runtime, FIRST, None)

    with unchanged(runtime), emits(runtime):
        post = poke(runtime, FIRST)

    assert post.pays is Pays.Yes


@pytest.mark.parametrize("factor", [16_000_000, 64_000_000])
def test_a_deposit_is_brought_to_what_it_costs_now_for_free(factor: int) -> None:
    runtime = funded(make_runtime(constants={**FAST, "Multisig.DepositFactor": TaoBalance(factor)}))
    as_multi(runtime, FIRST, None)
    hashed, found = hash_of(runtime, payment(runtime)), known(runtime)
    assert found is not None
    runtime.multisig.Multisigs[TWO_OF_THREE, hashed] = Operation(
        found.when, TaoBalance(DEPOSIT), FIRST.account, found.approvals
    )
    change = 2 * factor - 64_000_000
    have_reserved(runtime, -change)

    moved = Balances.Reserved if change > 0 else Balances.Unreserved
    new = TaoBalance(132_000_000 + 2 * factor)
    poked = Multisig.DepositPoked(FIRST.account, hashed, TaoBalance(DEPOSIT), new)
    with emits(runtime, moved, poked):
        post = poke(runtime, FIRST)

    assert post.pays is Pays.No
    assert reserved(runtime, FIRST) == new
    assert known(runtime) == Operation(found.when, new, FIRST.account, found.approvals)


def have_reserved(runtime: Taonet, change: int) -> None:
    """Change what the first owner has reserved."""
    if change > 0:
        runtime.balances.reserve(FIRST.account, TaoBalance(change))
    else:
        runtime.balances.unreserve(FIRST.account, TaoBalance(-change))


def test_only_who_began_may_poke(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Multisig.NotFound()):
        poke(runtime, FIRST)
    as_multi(runtime, FIRST, None)

    with unchanged(runtime), reverts(Multisig.NotOwner()):
        poke(runtime, SECOND)


# -- one of several


def test_one_owner_of_an_account_of_threshold_1_makes_a_call_at_once(runtime: Taonet) -> None:
    group = others(SECOND)
    account = multi_account(tuple(k.account for k in OWNERS), 1)
    dispatch(runtime, OUTSIDER, "Balances.transfer_keep_alive", dest=Id(account), value=TAO(10))
    before = free(runtime, account)

    post = alone(runtime, SECOND, payment(runtime), group)

    assert before - free(runtime, account) == AMOUNT
    assert post == PostInfo(None)
    assert len(list(runtime.multisig.Multisigs)) == 0


def test_the_outcome_of_a_call_of_threshold_1_is_the_outcome(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(TokenError("FundsUnavailable")):
        alone(runtime, SECOND, payment(runtime), others(SECOND))


def test_a_failed_call_of_threshold_1_weighs_what_it_used(runtime: Taonet) -> None:
    batch = call(runtime, "Utility.batch_all", calls=(payment(runtime),) * 2)
    length = len(runtime.construct.call.encode(batch))

    with pytest.raises(TokenError) as caught:
        alone(runtime, SECOND, batch, others(SECOND))

    with pytest.raises(TokenError) as inner:
        dispatch(runtime, key_of("Nobody"), "Utility.batch_all", calls=(payment(runtime),) * 2)
    used, whole = post_info_of(inner.value), post_info_of(caught.value)
    assert used is not None
    assert used.actual_weight is not None
    assert whole == PostInfo(Weight(20_470_382 + 397 * length + 50_000_000, 3997) + used.actual_weight)


def test_a_call_of_threshold_1_has_the_class_of_the_call(runtime: Taonet) -> None:
    remark = call(runtime, "System.set_heap_pages", pages=1)
    what = call(runtime, "Multisig.as_multi_threshold_1", other_signatories=others(FIRST), call=remark)

    info, inner = runtime.dispatch_info(what), runtime.dispatch_info(remark)

    own = runtime.guard_weight(what.bound)
    length = len(runtime.construct.call.encode(remark))
    assert info.class_ is DispatchClass.Operational
    assert info.weight == Weight(20_470_382 + 397 * length + 50_000_000 + 125_000_000, 3997) + inner.weight + own


# -- the chain's filters


@pytest.mark.parametrize("name", ["as_multi", "approve_as_multi", "cancel_as_multi", "poke_deposit"])
def test_only_accounts_own_accounts(runtime: Taonet, name: str) -> None:
    given: dict[str, Any] = {"threshold": 2, "other_signatories": others(FIRST)}
    if name == "as_multi":
        given |= {"maybe_timepoint": None, "call": payment(runtime), "max_weight": PLENTY}
    else:
        given["call_hash"] = hash_of(runtime, payment(runtime))
    if name == "approve_as_multi":
        given |= {"maybe_timepoint": None, "max_weight": PLENTY}
    if name == "cancel_as_multi":
        given["timepoint"] = now(runtime)
    with unchanged(runtime), reverts(BadOrigin()):
        dispatch(runtime, None, f"Multisig.{name}", **given)


def test_what_nobody_may_do_several_may_not_do_either(runtime: Taonet) -> None:
    nested = call(runtime, "Utility.batch", calls=(call(runtime, "Utility.batch", calls=()),))
    since = now(runtime)
    as_multi(runtime, FIRST, None, nested)

    as_multi(runtime, SECOND, since, nested)

    executed = events(runtime)[-1]
    assert isinstance(executed, Multisig.MultisigExecuted)
    assert executed.result.error == System.CallFiltered()


# -- whole blocks


def test_two_of_three_move_tao_through_blocks(chain: Chain) -> None:
    chain.advance(chain.sign(OUTSIDER, "Balances.transfer_keep_alive", dest=Id(TWO_OF_THREE), value=TAO(10)))
    runtime = chain.at_head()
    given: dict[str, Any] = {"threshold": 2, "call": payment(runtime), "max_weight": PLENTY}
    first = chain.sign(FIRST, "Multisig.as_multi", other_signatories=others(FIRST), maybe_timepoint=None, **given)
    begun = chain.advance(first)
    since = Timepoint(BlockNumber(2), 1)
    wrong = Timepoint(BlockNumber(2), 0)

    refused = chain.advance(
        chain.sign(SECOND, "Multisig.as_multi", other_signatories=others(SECOND), maybe_timepoint=wrong, **given)
    )
    made = chain.advance(
        chain.sign(THIRD, "Multisig.as_multi", other_signatories=others(THIRD), maybe_timepoint=since, **given)
    )

    assert begun.outcomes[0].error is None
    assert refused.outcomes[0].error == Multisig.WrongTimepoint()
    assert made.outcomes[0].error is None
    after = chain.at_head()
    assert free(after, TWO_OF_THREE) == TAO(7)
    assert list(after.multisig.Multisigs) == []
    assert reserved(after, FIRST) == 0


def test_the_timepoint_counts_extrinsics_of_the_block(runtime: Taonet) -> None:
    before = runtime.system.extrinsic_index()
    submit(runtime, OUTSIDER, "System.remark", remark=b"")

    as_multi(runtime, FIRST, None)

    found = known(runtime)
    assert found is not None
    assert found.when == Timepoint(runtime.system.Number, before + 1)
    assert account_of(FIRST) == found.depositor
