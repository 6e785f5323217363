"""A coldkey whose swap is announced or disputed may do next to nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
from support.chain import Chain, call, dispatch, emits, events, refused, reverts, sign, unchanged

from chain.keys import Keypair
from chain.scale.hints import Err
from chain.types import H256, ZERO_HASH, BlockNumber
from runtime.frame.weight import PostInfo
from runtime.pallets.proxy.pallet import Proxy
from runtime.pallets.proxy.types import ProxyType
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.utility import AS_DERIVATIVE, Utility, batch_weight, derivative_account
from runtime.taonet import Taonet

ANNOUNCED, DISPUTED = Errors.ColdkeySwapAnnounced, Errors.ColdkeySwapDisputed


def announce(runtime: Taonet, who: Keypair) -> None:
    runtime.coldkey_swap.ColdkeySwapAnnouncements[who.account] = (BlockNumber(50), H256(bytes(32)))


def dispute(runtime: Taonet, who: Keypair) -> None:
    announce(runtime, who)
    runtime.coldkey_swap.ColdkeySwapDisputes[who.account] = BlockNumber(1)


def test_others_are_not_hindered(runtime: Taonet, alice: Keypair, bob: Keypair) -> None:
    announce(runtime, alice)

    dispatch(runtime, bob, "System.remark", remark=b"")


@pytest.mark.parametrize(
    ("path", "arguments"),
    [("System.remark", {"remark": b""}), ("Utility.batch", {"calls": ()}), ("Sudo.remove_key", {})],
)
def test_an_announced_coldkey_may_make_no_ordinary_call(
    runtime: Taonet, alice: Keypair, path: str, arguments: dict[str, object]
) -> None:
    announce(runtime, alice)

    with unchanged(runtime), reverts(ANNOUNCED):
        dispatch(runtime, alice, path, **arguments)


def test_a_dispute_goes_before_an_announcement(runtime: Taonet, alice: Keypair) -> None:
    dispute(runtime, alice)

    with unchanged(runtime), reverts(DISPUTED):
        dispatch(runtime, alice, "System.remark", remark=b"")


def test_a_dispute_of_nothing_hinders_nobody(runtime: Taonet, alice: Keypair) -> None:
    runtime.coldkey_swap.ColdkeySwapDisputes[alice.account] = BlockNumber(1)

    dispatch(runtime, alice, "System.remark", remark=b"")


@pytest.mark.parametrize(("state", "code"), [(announce, 0), (dispute, 21)])
def test_the_pool_refuses_such_a_coldkey_with_the_chains_code(
    runtime: Taonet, bob: Keypair, state: object, code: int
) -> None:
    raw = sign(runtime, bob, call(runtime, "System.remark", remark=b""))
    state(runtime, bob)  # type: ignore[operator]

    refusal: AbstractContextManager[None] = refused("Custom", code)
    with unchanged(runtime), refusal:
        runtime.apply_extrinsic(raw)


def test_the_pool_asks_the_guard_of_the_head(chain: Chain, bob: Keypair) -> None:
    raw = chain.sign(bob, "System.remark", remark=b"")
    runtime = chain.at_head()
    announce(runtime, bob)

    with refused("Custom", 0):
        runtime.validate_transaction("External", raw, chain.hashes[-1])


def test_a_proxy_of_such_a_coldkey_fails_inside(runtime: Taonet, alice: Keypair, bob: Keypair) -> None:
    dispatch(runtime, bob, "Proxy.add_proxy", delegate=alice, proxy_type=ProxyType.Any, delay=0)
    announce(runtime, bob)
    transfer = call(runtime, "Balances.transfer_keep_alive", dest=alice, value=1000)

    with emits(runtime, Proxy.ProxyExecuted(Err(ANNOUNCED()))):
        dispatch(runtime, alice, "Proxy.proxy", real=bob, force_proxy_type=None, call=transfer)


def test_a_batch_counts_a_call_that_the_guard_refused_with_the_guards_weight_only(
    runtime: Taonet, alice: Keypair
) -> None:
    derived = derivative_account(alice.account, 0)
    runtime.coldkey_swap.ColdkeySwapAnnouncements[derived] = (BlockNumber(50), ZERO_HASH)
    inner = call(runtime, "System.remark", remark=bytes(1000))
    as_derivative = call(runtime, "Utility.as_derivative", index=0, call=inner)

    post = dispatch(runtime, alice, "Utility.batch", calls=(as_derivative,))

    assert isinstance(events(runtime)[-1], Utility.BatchInterrupted)
    assert post == PostInfo(batch_weight(1) + AS_DERIVATIVE + runtime.guards[0].weight)


def test_an_announcement_may_be_of_the_zero_hash(runtime: Taonet, bob: Keypair) -> None:
    runtime.coldkey_swap.ColdkeySwapAnnouncements[bob.account] = (BlockNumber(0), ZERO_HASH)

    with reverts(ANNOUNCED):
        dispatch(runtime, bob, "System.remark", remark=b"")
