"""Who pays for a call through proxies: the signer, unless the account that it is made for wants to."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from support.chain import Chain, call, dispatch, free, key_of, make_runtime, refused, submit

from chain.keys import Keypair
from chain.types import Raw
from runtime.frame.call import RuntimeCall
from runtime.pallets.proxy.fees import find_payer
from runtime.pallets.proxy.types import ProxyType
from runtime.pallets.transaction_payment import TransactionPayment
from runtime.taonet import Taonet

ALICE, BOB, CHARLIE, DAVE = (key_of(name) for name in ("Alice", "Bob", "Charlie", "Dave"))


def let_act(runtime: Taonet, real: Keypair, delegate: Keypair, *, pays: bool) -> None:
    """Let one account act for another, which may pay for that."""
    dispatch(runtime, real, "Proxy.add_proxy", delegate=delegate, proxy_type=ProxyType.Any, delay=0)
    dispatch(runtime, real, "Proxy.set_real_pays_fee", delegate=delegate, pays_fee=pays)


def through(runtime: Taonet, real: Keypair, *inner: RuntimeCall, batch: str | None = None) -> RuntimeCall:
    what = call(runtime, "System.remark", remark=b"") if not inner else inner[0]
    if batch is not None:
        what = call(runtime, f"Utility.{batch}", calls=inner)
    return call(runtime, "Proxy.proxy", real=real, force_proxy_type=None, call=what)


@dataclass(frozen=True)
class Willing:
    """Whether Bob pays for Charlie, and Alice for Bob."""

    bob: bool
    alice: bool


@pytest.mark.parametrize(
    ("willing", "payer"),
    [
        (Willing(bob=False, alice=False), CHARLIE),
        (Willing(bob=False, alice=True), CHARLIE),
        (Willing(bob=True, alice=False), BOB),
        (Willing(bob=True, alice=True), ALICE),
    ],
)
@pytest.mark.parametrize("batch", [None, "batch", "batch_all", "force_batch"])
def test_the_fee_goes_as_deep_as_accounts_are_willing(willing: Willing, payer: Keypair, batch: str | None) -> None:
    runtime = make_runtime()
    let_act(runtime, BOB, CHARLIE, pays=willing.bob)
    let_act(runtime, ALICE, BOB, pays=willing.alice)
    inner = through(runtime, ALICE)
    what = through(runtime, BOB, inner) if batch is None else through(runtime, BOB, inner, inner, batch=batch)

    assert find_payer(runtime, CHARLIE.account, what) == payer.account


def test_the_third_proxy_is_not_asked(runtime: Taonet) -> None:
    let_act(runtime, BOB, CHARLIE, pays=True)
    let_act(runtime, ALICE, BOB, pays=True)
    let_act(runtime, DAVE, ALICE, pays=True)
    what = through(runtime, BOB, through(runtime, ALICE, through(runtime, DAVE)))

    assert find_payer(runtime, CHARLIE.account, what) == ALICE.account


def test_a_batch_for_several_accounts_is_paid_by_who_acts_for_them(runtime: Taonet) -> None:
    let_act(runtime, BOB, CHARLIE, pays=True)
    for real in (ALICE, DAVE):
        let_act(runtime, real, BOB, pays=True)
    for inner in (
        (through(runtime, ALICE), through(runtime, DAVE)),
        (through(runtime, ALICE), call(runtime, "System.remark", remark=b"")),
        (),
    ):
        what = call(
            runtime,
            "Proxy.proxy",
            real=BOB,
            force_proxy_type=None,
            call=call(runtime, "Utility.batch", calls=inner),
        )
        assert find_payer(runtime, CHARLIE.account, what) == BOB.account


def test_other_calls_are_paid_by_who_signs_them(runtime: Taonet) -> None:
    let_act(runtime, ALICE, BOB, pays=True)
    remark = call(runtime, "System.remark", remark=b"")
    announced = call(runtime, "Proxy.proxy_announced", delegate=BOB, real=ALICE, force_proxy_type=None, call=remark)
    nowhere = call(runtime, "Proxy.proxy", real=Raw(ALICE.account), force_proxy_type=None, call=remark)

    for what in (remark, announced, nowhere, call(runtime, "Utility.batch", calls=(through(runtime, ALICE),))):
        assert find_payer(runtime, BOB.account, what) == BOB.account


def test_a_willing_account_pays_fee_and_tip_of_its_proxy(chain: Chain) -> None:
    chain.advance(chain.sign(ALICE, "Proxy.add_proxy", delegate=BOB, proxy_type=ProxyType.Any, delay=0))
    chain.advance(chain.sign(ALICE, "Proxy.set_real_pays_fee", delegate=BOB, pays_fee=True))
    before = chain.at_head()
    remark = call(before, "System.remark", remark=b"")

    built = chain.advance(chain.sign(BOB, "Proxy.proxy", real=ALICE, force_proxy_type=None, call=remark, tip=1000))

    after = chain.at_head()
    paid = next(r.event for r in built.events if isinstance(r.event, TransactionPayment.TransactionFeePaid))
    assert (paid.who, paid.tip) == (ALICE.account, 1000)
    assert free(before, ALICE) - free(after, ALICE) == paid.actual_fee
    assert free(before, BOB) == free(after, BOB)
    assert after.system.Account[BOB.account].nonce == 1


def test_a_call_that_ends_the_willingness_is_still_paid_for(chain: Chain) -> None:
    chain.advance(chain.sign(ALICE, "Proxy.add_proxy", delegate=BOB, proxy_type=ProxyType.Any, delay=0))
    chain.advance(chain.sign(ALICE, "Proxy.set_real_pays_fee", delegate=BOB, pays_fee=True))
    bobs = free(chain.at_head(), BOB)
    stop = call(chain.at_head(), "Proxy.set_real_pays_fee", delegate=BOB, pays_fee=False)

    built = chain.advance(chain.sign(BOB, "Proxy.proxy", real=ALICE, force_proxy_type=None, call=stop))

    paid = next(r.event for r in built.events if isinstance(r.event, TransactionPayment.TransactionFeePaid))
    assert paid.who == ALICE.account
    assert free(chain.at_head(), BOB) == bobs
    assert not chain.at_head().proxy.pays_fee_of(ALICE.account, BOB.account)


def test_a_willing_account_that_cannot_pay_keeps_the_call_out(runtime: Taonet) -> None:
    let_act(runtime, DAVE, BOB, pays=True)
    rest = free(runtime, DAVE) - 500
    dispatch(runtime, DAVE, "Balances.transfer_keep_alive", dest=CHARLIE, value=rest)

    with refused("Payment"):
        submit(
            runtime,
            BOB,
            "Proxy.proxy",
            real=DAVE,
            force_proxy_type=None,
            call=call(runtime, "System.remark", remark=b""),
        )
