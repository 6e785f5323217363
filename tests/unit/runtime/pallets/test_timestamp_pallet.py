"""Timestamp and Aura: the time of a block, and the slot it lies in."""

from __future__ import annotations

import pytest
from support.chain import FIRST_SLOT, ROOT, Chain, bare, call, dispatch, key_of, localnet_patch, reverts, unchanged

from chain.block import Header
from chain.errors import InvalidBlock
from chain.keys import Keypair
from chain.types import ZERO_HASH, Digest, FourBytes, PreRuntime
from runtime.frame.errors import BadOrigin
from runtime.frame.weight import DispatchClass
from runtime.taonet import Taonet

NOW = FIRST_SLOT * 250


def begun(chain: Chain, slot: int = FIRST_SLOT) -> Taonet:
    """The runtime in the next block, without inherents."""
    runtime = chain.at_head()
    runtime.initialize_block(chain.next_header(slot))
    return runtime


# -- timestamp


def test_a_block_sets_its_time(chain: Chain) -> None:
    runtime = begun(chain)

    runtime.apply_extrinsic(bare(runtime, call(runtime, "Timestamp.set", now=NOW)))

    assert (runtime.timestamp.Now, runtime.timestamp.DidUpdate) == (NOW, True)


def test_a_block_may_not_set_its_time_twice(runtime: Taonet) -> None:
    with unchanged(runtime), pytest.raises(InvalidBlock, match="sets its time twice"):
        dispatch(runtime, None, "Timestamp.set", now=NOW + 125)


def test_a_block_has_to_set_its_time(chain: Chain) -> None:
    runtime = begun(chain)

    with pytest.raises(InvalidBlock, match="does not set its time"):
        runtime.finalize_block()


def test_the_note_that_the_time_is_set_is_gone_after_the_block(runtime: Taonet) -> None:
    runtime.finalize_block()

    assert runtime.timestamp.DidUpdate is False
    assert runtime.timestamp.Now == NOW


@pytest.mark.parametrize(("later_ms", "is_valid"), [(124, False), (0, False), (-1, False), (125, True)])
def test_time_moves_on_by_the_minimum_period(chain: Chain, later_ms: int, is_valid: bool) -> None:
    runtime = begun(chain)
    runtime.timestamp.Now = NOW - later_ms

    if is_valid:
        dispatch(runtime, None, "Timestamp.set", now=NOW)
    else:
        with unchanged(runtime), pytest.raises(InvalidBlock, match="less than 125 ms after"):
            dispatch(runtime, None, "Timestamp.set", now=NOW)


def test_only_nobody_sets_the_time(runtime: Taonet, alice: Keypair) -> None:
    for who in (alice, ROOT):
        with unchanged(runtime), reverts(BadOrigin()):
            dispatch(runtime, who, "Timestamp.set", now=NOW)


def test_setting_the_time_is_mandatory_and_weighs_what_the_chain_recorded(runtime: Taonet) -> None:
    info = runtime.dispatch_info(call(runtime, "Timestamp.set", now=1))

    guard = runtime.guards[0].weight.ref_time
    # the receipt of spec 419 has the guard's two reads in it and nothing else of the guard
    assert info.class_ is DispatchClass.Mandatory
    assert info.weight.ref_time - guard + 50_000_000 + 108_157_000 == 311_973_000
    assert info.weight.proof_size - runtime.guards[0].weight.proof_size == 1493


# -- aura


@pytest.mark.parametrize("now_ms", [NOW - 1, NOW + 250, 0])
def test_the_time_has_to_lie_in_the_slot(chain: Chain, now_ms: int) -> None:
    runtime = begun(chain)

    with unchanged(runtime), pytest.raises(InvalidBlock, match="does not lie in slot"):
        dispatch(runtime, None, "Timestamp.set", now=now_ms)


@pytest.mark.parametrize("now_ms", [NOW, NOW + 249])
def test_any_millisecond_of_the_slot_will_do(chain: Chain, now_ms: int) -> None:
    runtime = begun(chain)

    dispatch(runtime, None, "Timestamp.set", now=now_ms)

    assert runtime.timestamp.Now == now_ms


@pytest.mark.parametrize("slot", [FIRST_SLOT, FIRST_SLOT - 1, 0])
def test_a_slot_has_to_be_later_than_the_parents(chain: Chain, slot: int) -> None:
    chain.advance()

    with pytest.raises(InvalidBlock, match="is not later than the parent's"):
        begun(chain, slot)


def test_slots_may_be_left_out(chain: Chain) -> None:
    chain.advance()

    assert begun(chain, FIRST_SLOT + 1000).aura.CurrentSlot == FIRST_SLOT + 1000


@pytest.mark.parametrize(("slot", "name"), [(0, "One"), (1, "Two"), (2, "Three"), (3, "One")])
def test_authorities_take_slots_in_turn(slot: int, name: str) -> None:
    chain = Chain(localnet_patch(authorities=("One", "Two", "Three")))
    slot += FIRST_SLOT - FIRST_SLOT % 3
    header = chain.next_header(slot)

    runtime = begun(chain, slot)

    assert runtime.author_key(header) == key_of(name).public
    assert runtime.aura.author() == key_of(name).account


def test_a_header_without_a_slot_is_nobodys(runtime: Taonet) -> None:
    def of(*logs: PreRuntime) -> Header:
        return Header(ZERO_HASH, 1, ZERO_HASH, ZERO_HASH, Digest(logs))

    assert runtime.author_key(of()) is None
    assert runtime.author_key(of(PreRuntime(FourBytes(b"babe"), bytes(8)))) is None
    assert runtime.author_key(of(PreRuntime(FourBytes(b"aura"), bytes(7)))) is None
    assert runtime.author_key(of(PreRuntime(FourBytes(b"aura"), bytes(8)))) is not None


def test_without_authorities_nobody_authors() -> None:
    patch = localnet_patch(authorities=())

    assert begun(Chain(patch)).aura.author() is None
    assert Chain(patch).at_head().author_key(Chain(patch).next_header()) is None
