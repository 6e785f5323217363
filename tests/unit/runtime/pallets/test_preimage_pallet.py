"""Preimages: who pays for them, who may remove them, what the chain asks for, and calls that are kept for later."""

from __future__ import annotations

import pytest
from support.chain import (
    ROOT,
    call,
    dispatch,
    emits,
    events,
    free,
    key_of,
    reserved,
    reverts,
    sum_of_accounts,
    unchanged,
)

from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.types import H256
from runtime.frame.errors import BadOrigin, Corruption, Exhausted, TokenError, Unavailable
from runtime.frame.origin import Origin
from runtime.frame.weight import Pays, Weight
from runtime.pallets.balances.types import HoldAmount
from runtime.pallets.preimage import (
    HOLD,
    MAX_SIZE,
    Inline,
    Legacy,
    Lookup,
    OldRequested,
    OldUnrequested,
    Preimage,
    Requested,
    Unrequested,
)
from runtime.taonet import Taonet
from runtime.units import TaoBalance

DATA = b"a preimage"
HASH = H256(blake2_256(DATA))
DEPOSIT = 104_000_000 + 1_000_000 * len(DATA)
CALL_BYTES = 200


def note(runtime: Taonet, who: Keypair | Origin, data: bytes = DATA) -> Pays:
    return dispatch(runtime, who, "Preimage.note_preimage", bytes=data).pays


def unnote(runtime: Taonet, who: Keypair | Origin, hash: H256 = HASH) -> None:
    dispatch(runtime, who, "Preimage.unnote_preimage", hash=hash)


def request(runtime: Taonet, hash: H256 = HASH) -> None:
    dispatch(runtime, ROOT, "Preimage.request_preimage", hash=hash)


def unrequest(runtime: Taonet, hash: H256 = HASH) -> None:
    dispatch(runtime, ROOT, "Preimage.unrequest_preimage", hash=hash)


def status(runtime: Taonet, hash: H256 = HASH) -> object:
    return runtime.preimage.RequestStatusFor.get(hash)


def stored(runtime: Taonet, data: bytes = DATA) -> bytes | None:
    return runtime.preimage.PreimageFor.get((H256(blake2_256(data)), len(data)))


# -- notes and their deposits


def test_a_note_is_stored_for_a_held_deposit(runtime: Taonet, bob: Keypair) -> None:
    before = free(runtime, bob)

    with emits(runtime, Preimage.Noted(HASH)):
        pays = note(runtime, bob)

    assert pays is Pays.Yes
    assert stored(runtime) == DATA
    assert status(runtime) == Unrequested((bob.account, TaoBalance(DEPOSIT)), len(DATA))
    assert (free(runtime, bob), reserved(runtime, bob)) == (before - DEPOSIT, DEPOSIT)
    assert runtime.holding.Holds[bob.account] == (HoldAmount(HOLD, TaoBalance(DEPOSIT)),)
    assert sum_of_accounts(runtime) == runtime.balances.TotalIssuance


def test_a_note_of_root_is_free_and_asked_for(runtime: Taonet) -> None:
    pays = note(runtime, ROOT)

    assert pays is Pays.No
    assert status(runtime) == Requested(None, 1, len(DATA))


def test_who_cannot_pay_the_deposit_cannot_note(runtime: Taonet, nobody: Keypair) -> None:
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=nobody, new_free=DEPOSIT)

    with unchanged(runtime), reverts(TokenError("FundsUnavailable")):
        note(runtime, nobody)


def test_what_is_noted_is_not_noted_again(runtime: Taonet, bob: Keypair, charlie: Keypair) -> None:
    note(runtime, bob)

    with unchanged(runtime), reverts(Preimage.AlreadyNoted()):
        note(runtime, charlie)


def test_root_takes_over_what_somebody_noted(runtime: Taonet, bob: Keypair) -> None:
    note(runtime, bob)

    note(runtime, ROOT)

    assert status(runtime) == Requested((bob.account, TaoBalance(DEPOSIT)), 1, len(DATA))


def test_four_megabytes_are_stored_and_not_a_byte_more(runtime: Taonet, bob: Keypair) -> None:
    with unchanged(runtime), reverts(Preimage.TooBig()):
        note(runtime, bob, bytes(MAX_SIZE + 1))

    note(runtime, bob, bytes(MAX_SIZE))

    assert stored(runtime, bytes(MAX_SIZE)) == bytes(MAX_SIZE)


def test_nobody_notes_nothing(runtime: Taonet) -> None:
    with reverts(BadOrigin()):
        note(runtime, Origin.none())
    with reverts(BadOrigin()):
        unnote(runtime, Origin.none())


def test_a_note_weighs_by_its_length(runtime: Taonet) -> None:
    guards = runtime.guard_weight(call(runtime, "Preimage.note_preimage", bytes=b"").bound)

    weight = runtime.dispatch_info(call(runtime, "Preimage.note_preimage", bytes=bytes(1000))).weight

    assert weight.saturating_sub(guards) == Weight(129_485_531 + 2_133_000 + 5 * 25_000_000 + 3 * 100_000_000, 6012)


# -- removing


def test_who_noted_gets_the_deposit_back(runtime: Taonet, bob: Keypair) -> None:
    before = free(runtime, bob)
    note(runtime, bob)

    with emits(runtime, Preimage.Cleared(HASH)):
        unnote(runtime, bob)

    assert (free(runtime, bob), reserved(runtime, bob)) == (before, 0)
    assert (status(runtime), stored(runtime)) == (None, None)
    assert bob.account not in runtime.holding.Holds


def test_only_who_noted_and_root_remove_it(runtime: Taonet, bob: Keypair, charlie: Keypair) -> None:
    note(runtime, bob)

    with unchanged(runtime), reverts(Preimage.NotAuthorized()):
        unnote(runtime, charlie)

    unnote(runtime, ROOT)
    assert reserved(runtime, bob) == 0


def test_what_is_not_there_is_not_removed(runtime: Taonet, bob: Keypair) -> None:
    with unchanged(runtime), reverts(Preimage.NotNoted()):
        unnote(runtime, bob)


def test_what_the_chain_needs_stays_though_its_deposit_goes_back(runtime: Taonet, bob: Keypair) -> None:
    note(runtime, bob)
    request(runtime)

    unnote(runtime, bob)

    assert status(runtime) == Requested(None, 1, len(DATA))
    assert stored(runtime) == DATA
    assert reserved(runtime, bob) == 0


def test_what_belongs_to_the_chain_is_removed_by_root_only(runtime: Taonet, bob: Keypair) -> None:
    note(runtime, ROOT)

    with unchanged(runtime), reverts(Preimage.NotAuthorized()):
        unnote(runtime, bob)

    unnote(runtime, ROOT)
    assert (status(runtime), stored(runtime)) == (None, None)


# -- requests


def test_only_root_asks_for_preimages(runtime: Taonet, bob: Keypair) -> None:
    with reverts(BadOrigin()):
        dispatch(runtime, bob, "Preimage.request_preimage", hash=HASH)
    with reverts(BadOrigin()):
        dispatch(runtime, bob, "Preimage.unrequest_preimage", hash=HASH)


def test_what_the_chain_asks_for_is_noted_for_nothing(runtime: Taonet, bob: Keypair) -> None:
    with emits(runtime, Preimage.Requested(HASH)):
        request(runtime)

    pays = note(runtime, bob)

    assert pays is Pays.No
    assert reserved(runtime, bob) == 0
    assert status(runtime) == Requested(None, 1, len(DATA))


def test_only_the_first_request_is_told(runtime: Taonet) -> None:
    request(runtime)

    with emits(runtime):
        request(runtime)

    assert status(runtime) == Requested(None, 2, None)


def test_the_last_request_removes_what_nobody_paid_for(runtime: Taonet) -> None:
    note(runtime, ROOT)
    request(runtime)

    with emits(runtime):
        unrequest(runtime)
    with emits(runtime, Preimage.Cleared(HASH)):
        unrequest(runtime)

    assert (status(runtime), stored(runtime)) == (None, None)


def test_what_was_never_noted_is_forgotten_in_silence(runtime: Taonet) -> None:
    request(runtime)

    with emits(runtime):
        unrequest(runtime)

    assert status(runtime) is None


def test_the_last_request_gives_back_what_somebody_paid_for(runtime: Taonet, bob: Keypair) -> None:
    note(runtime, bob)
    request(runtime)

    with emits(runtime):
        unrequest(runtime)

    assert status(runtime) == Unrequested((bob.account, TaoBalance(DEPOSIT)), len(DATA))
    with reverts(Preimage.NotRequested()):
        unrequest(runtime)


def test_what_was_not_asked_for_cannot_be_asked_for_no_more(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Preimage.NotRequested()):
        unrequest(runtime)


# -- deposits from before


def old_deposit(runtime: Taonet, who: Keypair, amount: int = 5_000) -> None:
    runtime.balances.reserve(who.account, TaoBalance(amount))
    runtime.preimage.StatusFor[HASH] = OldUnrequested((who.account, TaoBalance(amount)), len(DATA))
    runtime.preimage.PreimageFor[HASH, len(DATA)] = DATA


def test_a_reserved_deposit_becomes_a_held_one(runtime: Taonet, bob: Keypair, charlie: Keypair) -> None:
    old_deposit(runtime, bob)

    post = dispatch(runtime, charlie, "Preimage.ensure_updated", hashes=(HASH,))

    assert post.pays is Pays.No
    assert HASH not in runtime.preimage.StatusFor
    assert status(runtime) == Unrequested((bob.account, TaoBalance(DEPOSIT)), len(DATA))
    assert reserved(runtime, bob) == DEPOSIT


@pytest.mark.parametrize("length", [None, len(DATA)])
def test_an_old_request_keeps_its_count(runtime: Taonet, bob: Keypair, length: int | None) -> None:
    runtime.balances.reserve(bob.account, TaoBalance(7_000))
    runtime.preimage.StatusFor[HASH] = OldRequested((bob.account, TaoBalance(7_000)), 3, length)

    dispatch(runtime, bob, "Preimage.ensure_updated", hashes=(HASH,))

    ticket = None if length is None else (bob.account, TaoBalance(DEPOSIT))
    assert status(runtime) == Requested(ticket, 3, length)
    assert reserved(runtime, bob) == (0 if length is None else DEPOSIT)


def test_an_old_request_without_deposit_is_taken_as_it_is(runtime: Taonet, bob: Keypair) -> None:
    runtime.preimage.StatusFor[HASH] = OldRequested(None, 2, None)

    request(runtime)

    assert status(runtime) == Requested(None, 3, None)


def test_a_hash_whose_deposit_cannot_be_held_is_forgotten(runtime: Taonet, nobody: Keypair) -> None:
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=nobody, new_free=10_000)
    old_deposit(runtime, nobody)

    dispatch(runtime, key_of("Bob"), "Preimage.ensure_updated", hashes=(HASH,))

    assert status(runtime) is None
    assert (free(runtime, nobody), reserved(runtime, nobody)) == (10_000, 0)


@pytest.mark.parametrize(("needless", "pays"), [(1, Pays.No), (2, Pays.Yes)])
def test_updating_is_free_where_nine_in_ten_needed_it(runtime: Taonet, bob: Keypair, needless: int, pays: Pays) -> None:
    old = [H256(bytes([n]) * 32) for n in range(10)]
    for one in old[needless:]:
        runtime.preimage.StatusFor[one] = OldRequested(None, 1, None)

    post = dispatch(runtime, bob, "Preimage.ensure_updated", hashes=tuple(old))

    assert post.pays is pays


def test_up_to_1024_hashes_are_updated_at_once(runtime: Taonet, bob: Keypair) -> None:
    with reverts(Preimage.TooFew()):
        dispatch(runtime, bob, "Preimage.ensure_updated", hashes=())
    with reverts(Preimage.TooMany()):
        dispatch(runtime, bob, "Preimage.ensure_updated", hashes=(HASH,) * 1025)
    with reverts(BadOrigin()):
        dispatch(runtime, ROOT, "Preimage.ensure_updated", hashes=(HASH,))

    assert dispatch(runtime, bob, "Preimage.ensure_updated", hashes=(HASH,) * 1024).pays is Pays.Yes


def test_every_use_of_a_hash_turns_its_old_deposit_first(runtime: Taonet, bob: Keypair) -> None:
    def old() -> None:
        runtime.preimage.RequestStatusFor.clear()
        runtime.preimage.StatusFor[HASH] = OldRequested(None, 2, len(DATA))

    old()
    note(runtime, bob)
    assert status(runtime) == Requested(None, 2, len(DATA))
    old()
    unnote(runtime, ROOT)
    assert status(runtime) == Requested(None, 1, len(DATA))
    old()
    unrequest(runtime)
    assert status(runtime) == Requested(None, 1, len(DATA))
    old()
    assert runtime.preimage.length(HASH) == len(DATA)
    assert list(runtime.preimage.StatusFor) == []


def test_updating_weighs_by_the_hashes(runtime: Taonet) -> None:
    what = call(runtime, "Preimage.ensure_updated", hashes=(HASH,) * 7)

    assert runtime.dispatch_info(what).weight.saturating_sub(runtime.guard_weight(what.bound)) == Weight(
        61_821_000 + 7 * 58_427_064 + 23 * 25_000_000 + 28 * 100_000_000, 6012 + 7 * 2812
    )


# -- calls kept for later


@pytest.mark.parametrize(("length", "kind"), [(125, Inline), (126, Lookup)])
def test_a_call_of_up_to_128_bytes_is_kept_as_it_is(runtime: Taonet, length: int, kind: type) -> None:
    what = call(runtime, "System.remark", remark=bytes(length - 1))  # three bytes come before the remark's own

    kept = runtime.preimage.bound(what)

    assert type(kept) is kind
    assert len(runtime.construct.call.encode(what)) == length + 3
    assert runtime.preimage.peek(kept) == what


def test_a_long_call_is_needed_until_it_is_realized(runtime: Taonet) -> None:
    what = call(runtime, "System.remark", remark=bytes(CALL_BYTES))
    data = runtime.construct.call.encode(what)
    kept = runtime.preimage.bound(what)

    found = runtime.preimage.realize(kept)

    assert kept == Lookup(H256(blake2_256(data)), len(data))
    assert found == what
    assert status(runtime, H256(blake2_256(data))) is None
    assert Preimage.Cleared(H256(blake2_256(data))) in events(runtime)
    with reverts(Unavailable()):
        runtime.preimage.peek(kept)


def test_the_same_call_kept_twice_is_needed_twice(runtime: Taonet) -> None:
    what = call(runtime, "System.remark", remark=bytes(CALL_BYTES))
    kept = runtime.preimage.bound(what)
    request(runtime, kept.hash)  # type: ignore[attr-defined]

    runtime.preimage.drop(kept)

    assert runtime.preimage.peek(kept) == what


def test_a_call_of_unknown_length_is_found_by_its_hash(runtime: Taonet, bob: Keypair) -> None:
    what = call(runtime, "System.remark", remark=b"later")
    data = runtime.construct.call.encode(what)
    kept = Legacy(H256(blake2_256(data)))
    with reverts(Unavailable()):
        runtime.preimage.peek(kept)

    note(runtime, bob, data)

    assert runtime.preimage.peek(kept) == what
    runtime.preimage.drop(kept)  # it was not asked for: nothing to be done
    assert stored(runtime, data) == data


def test_what_is_no_call_is_corrupt(runtime: Taonet) -> None:
    with reverts(Corruption()):
        runtime.preimage.peek(Inline(b"\xff\xff"))


def test_dropping_a_short_call_changes_nothing(runtime: Taonet) -> None:
    kept = runtime.preimage.bound(call(runtime, "System.remark", remark=b"short"))

    with unchanged(runtime):
        runtime.preimage.drop(kept)


def test_a_call_that_is_too_long_cannot_be_kept(runtime: Taonet) -> None:
    with reverts(Exhausted()):
        runtime.preimage.bound(call(runtime, "System.remark", remark=bytes(MAX_SIZE)))
