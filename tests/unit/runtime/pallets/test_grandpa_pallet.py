"""Grandpa: changes of the authorities that finalize, pauses, and what is announced of them."""

from __future__ import annotations

import pytest
from support.chain import ROOT, dispatch, emits, key_of, raises_error, reverts, unchanged

from chain.errors import DecodeError
from chain.keys import Keypair
from chain.scale.hints import encode
from chain.types import BlockNumber, Consensus, FourBytes
from runtime.frame.errors import BadOrigin
from runtime.frame.pallet import Event
from runtime.pallets.grandpa import AuthorityList, Grandpa, Live, StatePaused
from runtime.taonet import Taonet

NEXT = ((key_of("Two", "ed25519").public, 1), (key_of("Three", "ed25519").public, 5))
LIST = encode(AuthorityList, NEXT)


def finalize(runtime: Taonet, number: int) -> list[Event]:
    """The end of block `number` for this pallet; what it announces in the digest is in `logs`."""
    runtime.system.Number = BlockNumber(number)
    runtime.grandpa.on_finalize(BlockNumber(number))
    return []


def announced(runtime: Taonet) -> list[bytes]:
    """What the digest says to the finality gadget."""
    logs = runtime.system.Digest.logs
    return [log.data for log in logs if isinstance(log, Consensus) and log.engine == FourBytes(b"FRNK")]


def test_genesis_has_the_authorities_each_of_weight_one_in_set_zero(runtime: Taonet) -> None:
    assert runtime.grandpa.Authorities == ((key_of("One", "ed25519").public, 1),)
    assert runtime.grandpa.CurrentSetId == 0
    assert runtime.grandpa.SetIdSession[0] == 0
    assert runtime.grandpa.State == Live()


def test_a_change_is_announced_at_once_and_applied_after_its_delay(runtime: Taonet) -> None:
    grandpa = runtime.grandpa
    grandpa.schedule_change(NEXT, BlockNumber(2), None)

    with emits(runtime):
        finalize(runtime, 1)
        finalize(runtime, 2)
    assert announced(runtime) == [b"\1" + LIST + (2).to_bytes(4, "little")]
    with emits(runtime, Grandpa.NewAuthorities(authority_set=NEXT)):
        finalize(runtime, 3)
    assert (grandpa.Authorities, grandpa.CurrentSetId, grandpa.PendingChange) == (NEXT, 1, None)


def test_a_change_without_delay_is_applied_in_its_block(runtime: Taonet) -> None:
    runtime.grandpa.schedule_change(NEXT, BlockNumber(0), None)

    with emits(runtime, Grandpa.NewAuthorities):
        finalize(runtime, 1)

    assert len(announced(runtime)) == 1


def test_only_one_change_may_be_pending(runtime: Taonet) -> None:
    runtime.grandpa.schedule_change(NEXT, BlockNumber(2), None)

    with unchanged(runtime), reverts(Grandpa.ChangePending):
        runtime.grandpa.schedule_change(NEXT, BlockNumber(2), None)


def test_a_forced_change_says_so_and_the_next_has_to_wait_twice_its_delay(runtime: Taonet) -> None:
    grandpa = runtime.grandpa
    grandpa.schedule_change(NEXT, BlockNumber(5), BlockNumber(7))
    finalize(runtime, 1)
    assert announced(runtime) == [b"\2" + (7).to_bytes(4, "little") + LIST + (5).to_bytes(4, "little")]
    finalize(runtime, 6)

    runtime.system.Number = BlockNumber(10)
    with unchanged(runtime), reverts(Grandpa.TooSoon):
        grandpa.schedule_change(NEXT, BlockNumber(5), BlockNumber(7))
    runtime.system.Number = BlockNumber(11)
    grandpa.schedule_change(NEXT, BlockNumber(5), BlockNumber(7))


def test_finality_is_paused_and_resumed(runtime: Taonet) -> None:
    grandpa = runtime.grandpa

    grandpa.schedule_pause(BlockNumber(1))
    with reverts(Grandpa.PauseFailed):
        grandpa.schedule_pause(BlockNumber(1))
    finalize(runtime, 1)
    with emits(runtime, Grandpa.Paused()):
        finalize(runtime, 2)
    assert grandpa.State == StatePaused()

    grandpa.schedule_resume(BlockNumber(1))
    finalize(runtime, 2)
    with emits(runtime, Grandpa.Resumed()):
        finalize(runtime, 3)
    assert grandpa.State == Live()
    assert announced(runtime) == [b"\4\1\0\0\0", b"\5\1\0\0\0"]


def test_what_is_live_cannot_be_resumed(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Grandpa.ResumeFailed):
        runtime.grandpa.schedule_resume(BlockNumber(1))


def test_root_notes_that_finality_stalled(runtime: Taonet, alice: Keypair) -> None:
    for who in (alice, None):
        with unchanged(runtime), reverts(BadOrigin()):
            dispatch(runtime, who, "Grandpa.note_stalled", delay=3, best_finalized_block_number=9)

    dispatch(runtime, ROOT, "Grandpa.note_stalled", delay=3, best_finalized_block_number=9)

    assert runtime.grandpa.Stalled == (3, 9)


@pytest.mark.parametrize("index", [0, 1])
def test_reports_of_equivocations_never_decode(runtime: Taonet, index: int) -> None:
    vote = bytes(32) + bytes(4) + bytes(64)
    proof = bytes(8) + b"\0" + bytes(8) + bytes(32) + vote + vote

    with pytest.raises(DecodeError, match="Void has no values"):
        runtime.construct.call.decode(bytes([4, index]) + proof + bytes(100), 0)


def test_reports_of_equivocations_are_refused_however_they_come(runtime: Taonet, alice: Keypair) -> None:
    names = ("report_equivocation", "report_equivocation_unsigned")
    origins = {"report_equivocation": alice, "report_equivocation_unsigned": None}

    for name in names:
        for who in (alice, None, ROOT):
            error = Grandpa.InvalidKeyOwnershipProof() if who is origins[name] else BadOrigin()
            with raises_error(error):
                dispatch(runtime, who, f"Grandpa.{name}", equivocation_proof=None, key_owner_proof=None)
