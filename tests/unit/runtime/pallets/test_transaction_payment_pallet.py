"""Fees: how they add up, who pays, what is given back, who is paid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.chain import (
    ROOT,
    Chain,
    call,
    dispatch,
    events,
    free,
    key_of,
    localnet_patch,
    make_runtime,
    refused,
    sign,
    submit,
    sum_of_accounts,
    unchanged,
)

from chain.keys import Keypair
from runtime.frame.call import RuntimeCall
from runtime.frame.weight import DispatchClass, DispatchInfo, Pays, PostInfo, Weight
from runtime.pallets.balances import Balances
from runtime.pallets.balances.types import Reasons
from runtime.pallets.system import AccountData, AccountInfo, System
from runtime.pallets.transaction_payment import (
    FeeDetails,
    InclusionFee,
    Releases,
    TransactionPayment,
    length_to_fee,
    weight_to_fee,
)
from runtime.taonet import Taonet
from runtime.units import TaoBalance

ED = 500


def rao(amount: int) -> TaoBalance:
    return TaoBalance(amount)


def fee_of(runtime: Taonet, raw: bytes, what: RuntimeCall, tip: int = 0) -> int:
    return runtime.transaction_payment.fee(len(raw), runtime.dispatch_info(what), tip)


# -- the rules


@pytest.mark.parametrize(
    ("ref_time_ps", "fee_rao"),
    [
        (0, 0),
        (999, 0),
        (1000, 0),  # a half goes down
        (1001, 1),
        (2000, 1),
        (3000, 1),
        (3001, 2),
        (108_157_000, 54_078),
        (214_051_000, 107_025),
        (224_051_000, 112_025),
        (10**9, 500_000),
    ],
)
def test_weight_is_priced_to_the_nearest_rao_and_a_half_goes_down(ref_time_ps: int, fee_rao: int) -> None:
    assert weight_to_fee(ref_time_ps) == fee_rao


def test_a_byte_costs_a_rao() -> None:
    assert [length_to_fee(n) for n in (0, 1, 144)] == [0, 1, 144]


@pytest.mark.parametrize(
    ("ref_time_ps", "length", "fee_rao"), [(214_051_000, 144, 161_247), (224_051_000, 144, 166_247)]
)
def test_the_fees_of_the_chains_receipts(runtime: Taonet, ref_time_ps: int, length: int, fee_rao: int) -> None:
    info = DispatchInfo(Weight(ref_time_ps))

    assert runtime.transaction_payment.fee(length, info, 0) == fee_rao


def test_a_fee_has_parts(runtime: Taonet) -> None:
    details = runtime.transaction_payment.fee_details(100, Weight(4000), DispatchClass.Normal, 7, Pays.Yes)

    assert details == FeeDetails(InclusionFee(rao(54_078), rao(100), rao(2)), rao(7))
    assert details.total() == 54_187


def test_a_call_that_pays_nothing_costs_its_tip(runtime: Taonet) -> None:
    details = runtime.transaction_payment.fee_details(100, Weight(4000), DispatchClass.Normal, 7, Pays.No)

    assert details == FeeDetails(None, rao(7))
    assert details.total() == 7


def test_no_extrinsic_costs_more_than_a_full_block(runtime: Taonet) -> None:
    payment = runtime.transaction_payment
    full = Weight(runtime.system.BlockWeights.max_block.ref_time)

    beyond = payment.fee_details(0, Weight(1 << 63), DispatchClass.Normal, 0, Pays.Yes)

    assert beyond == payment.fee_details(0, full, DispatchClass.Normal, 0, Pays.Yes)


def test_genesis_notes_the_version_of_the_pallet(runtime: Taonet) -> None:
    assert runtime.transaction_payment.StorageVersion is Releases.V2


# -- paying


def test_the_payer_pays_and_the_author_is_paid(runtime: Taonet, alice: Keypair, bob: Keypair, one: Keypair) -> None:
    what = call(runtime, "Balances.transfer_keep_alive", dest=bob, value=1000)
    raw = sign(runtime, alice, what, tip=77)
    fee = fee_of(runtime, raw, what, 77)
    before = [free(runtime, who) for who in (alice, bob, one)]
    seen = len(events(runtime))

    assert runtime.apply_extrinsic(raw).error is None

    assert [free(runtime, who) for who in (alice, bob, one)] == [
        before[0] - fee - 1000,
        before[1] + 1000,
        before[2] + fee,
    ]
    info = runtime.dispatch_info(what)
    told = System.ExtrinsicSuccess
    assert events(runtime)[seen:-1] == [
        Balances.Withdraw(who=alice.account, amount=rao(fee)),
        Balances.Transfer(from_=alice.account, to=bob.account, amount=rao(1000)),
        Balances.Deposit(who=alice.account, amount=rao(0)),
        Balances.Deposit(who=one.account, amount=rao(fee)),
        TransactionPayment.TransactionFeePaid(who=alice.account, actual_fee=rao(fee), tip=rao(77)),
    ]
    last = events(runtime)[-1]
    assert isinstance(last, told)
    assert last.dispatch_info.weight == info.weight + Weight(108_157_000)


def test_a_failed_call_costs_what_one_that_succeeds_costs(runtime: Taonet, alice: Keypair, nobody: Keypair) -> None:
    what = call(runtime, "Balances.transfer_keep_alive", dest=nobody, value=1)
    raw = sign(runtime, alice, what)
    before = free(runtime, alice)

    assert runtime.apply_extrinsic(raw).error is not None

    assert free(runtime, alice) == before - fee_of(runtime, raw, what)


def test_weight_that_was_not_used_is_given_back(runtime: Taonet, alice: Keypair, nobody: Keypair, one: Keypair) -> None:
    failing = call(runtime, "Balances.transfer_keep_alive", dest=nobody, value=1)
    what = call(runtime, "Utility.batch", calls=(failing,) * 5)
    raw = sign(runtime, alice, what)
    before, author_before = free(runtime, alice), free(runtime, one)
    most = fee_of(runtime, raw, what)

    runtime.apply_extrinsic(raw)

    paid = before - free(runtime, alice)
    told = [e for e in events(runtime) if isinstance(e, TransactionPayment.TransactionFeePaid)][-1]
    back = [e for e in events(runtime) if isinstance(e, Balances.Deposit)][-2]
    assert paid == told.actual_fee == free(runtime, one) - author_before
    assert paid < most
    assert back == Balances.Deposit(who=alice.account, amount=rao(most - paid))
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)


def test_a_call_that_turned_out_free_is_paid_back_but_for_the_tip(runtime: Taonet, alice: Keypair) -> None:
    before = free(runtime, alice)

    submit(runtime, alice, "Sudo.sudo", call=call(runtime, "System.remark", remark=b""), tip=9)

    assert before - free(runtime, alice) == 9
    assert events(runtime)[-2] == TransactionPayment.TransactionFeePaid(
        who=alice.account, actual_fee=rao(9), tip=rao(9)
    )


def test_a_call_that_is_declared_free_is_told_with_a_fee_of_nothing(nobody: Keypair) -> None:
    class Free(Taonet):
        """A runtime in which remarks are free."""

        def dispatch_info(self, call: RuntimeCall) -> DispatchInfo:
            return replace(super().dispatch_info(call), pays=Pays.No)

    runtime = make_runtime(cls=Free)
    seen = len(events(runtime))

    submit(runtime, nobody, "System.remark", remark=b"")

    kinds = [type(e) for e in events(runtime)[seen:]]
    assert kinds == [TransactionPayment.TransactionFeePaid, System.ExtrinsicSuccess]
    # the account that does not exist has a nonce now
    assert runtime.system.Account[nobody.account] == AccountInfo(nonce=1)


# -- who cannot pay


def at_deposit_and(runtime: Taonet, who: Keypair, more: int) -> None:
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=who, new_free=ED + more)


@pytest.mark.parametrize("short", [0, 1])
def test_the_payer_keeps_the_existential_deposit(runtime: Taonet, nobody: Keypair, short: int) -> None:
    what = call(runtime, "System.remark", remark=b"")
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=nobody, new_free=10**9)
    raw = sign(runtime, nobody, what)
    at_deposit_and(runtime, nobody, fee_of(runtime, raw, what) - short)

    if short:
        with unchanged(runtime), refused("Payment"):
            runtime.apply_extrinsic(raw)
    else:
        runtime.apply_extrinsic(raw)
        assert free(runtime, nobody) == ED


def test_the_tip_has_to_be_paid_too(runtime: Taonet, nobody: Keypair) -> None:
    what = call(runtime, "System.remark", remark=b"")
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=nobody, new_free=10**9)
    raw = sign(runtime, nobody, what, tip=1000)
    at_deposit_and(runtime, nobody, fee_of(runtime, raw, what, 999))

    with unchanged(runtime), refused("Payment"):
        runtime.apply_extrinsic(raw)


def test_what_is_locked_pays_no_fee(runtime: Taonet, bob: Keypair) -> None:
    raw = sign(runtime, bob, call(runtime, "System.remark", remark=b""))
    runtime.holding.set_lock(b"lock0000", bob.account, rao(10**18), Reasons.All)

    with unchanged(runtime), refused("Payment"):
        runtime.apply_extrinsic(raw)


def test_an_account_that_does_not_exist_pays_nothing(runtime: Taonet, nobody: Keypair) -> None:
    with unchanged(runtime), refused("Payment"):
        runtime.apply_extrinsic(sign(runtime, nobody, call(runtime, "System.remark", remark=b"")))


def test_who_gives_everything_away_gets_nothing_back(runtime: Taonet, nobody: Keypair, one: Keypair) -> None:
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=nobody, new_free=10**9)
    failing = call(runtime, "Balances.transfer_keep_alive", dest=key_of("Unknown"), value=1)
    everything = call(runtime, "Balances.transfer_all", dest=key_of("Bob"), keep_alive=False)
    what = call(runtime, "Utility.batch", calls=(everything, failing, failing))
    raw = sign(runtime, nobody, what)
    before, most = free(runtime, one), fee_of(runtime, raw, what)

    runtime.apply_extrinsic(raw)

    assert nobody.account not in runtime.system.Account
    assert free(runtime, one) == before + most
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)


def test_an_account_that_cannot_take_it_all_back_is_given_what_it_can_take(runtime: Taonet, one: Keypair) -> None:
    alice, most = key_of("Alice"), (1 << 64) - 1
    full = call(runtime, "Balances.force_set_balance", who=alice, new_free=most - 5)

    submit(runtime, alice, "Sudo.sudo", call=full)

    assert free(runtime, alice) == most


# -- who is paid


def test_without_an_author_the_fee_leaves_the_issuance() -> None:
    runtime = make_runtime(localnet_patch(authorities=()))
    alice = key_of("Alice")
    issuance, before = runtime.balances.TotalIssuance, free(runtime, alice)

    submit(runtime, alice, "System.remark", remark=b"")

    fee = before - free(runtime, alice)
    assert runtime.balances.TotalIssuance == issuance - fee == sum_of_accounts(runtime)


def test_an_author_without_account_is_given_one() -> None:
    chain = Chain(localnet_patch(authorities=("Nobody",)))
    runtime = chain.begin()

    submit(runtime, key_of("Alice"), "System.remark", remark=b"")

    assert free(runtime, key_of("Nobody")) > ED
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)


def test_an_author_that_is_full_is_not_paid_and_the_block_goes_on(runtime: Taonet, one: Keypair) -> None:
    info = runtime.system.Account[one.account]
    runtime.system.Account[one.account] = replace(info, data=AccountData(rao((1 << 64) - 1)))
    issuance, before = runtime.balances.TotalIssuance, free(runtime, key_of("Alice"))

    assert submit(runtime, key_of("Alice"), "System.remark", remark=b"").error is None

    fee = before - free(runtime, key_of("Alice"))
    assert runtime.balances.TotalIssuance == issuance - fee


def test_an_author_who_sends_pays_himself(runtime: Taonet, one: Keypair) -> None:
    before = free(runtime, one)

    submit(runtime, one, "System.remark", remark=b"", tip=5)

    assert free(runtime, one) == before


# -- what the pool is told


@pytest.mark.parametrize(
    ("path", "arguments", "priority"),
    [
        ("System.remark", {"remark": b""}, 1),
        ("System.set_storage", {"items": ()}, 10_000_000_000),
    ],
)
def test_priority_depends_on_the_class_and_not_on_the_tip(
    chain: Chain, alice: Keypair, path: str, arguments: dict[str, object], priority: int
) -> None:
    raw = chain.sign(alice, path, tip=10**9, **arguments)

    assert chain.at_head().validate_transaction("External", raw, chain.hashes[-1]).priority == priority


def test_what_a_call_says_of_itself_never_raises_the_fee(runtime: Taonet) -> None:
    payment, info = runtime.transaction_payment, DispatchInfo(Weight(4000))

    assert payment.fee(0, info, 0, PostInfo(Weight(10**12))) == payment.fee(0, info, 0)
