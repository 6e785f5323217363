"""Making calls: rollback, guards, filters, weights, fees, events, errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from support.chain import ROOT, events, raises_error, reverts, unchanged
from support.toy import Book, Shelf, Toy, make_toy

from chain.block import Header
from chain.errors import DecodeError, DispatchError
from chain.scale.hints import decode
from chain.state import State
from chain.types import H256, ZERO_HASH, AccountId, Digest
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import (
    ArithmeticFault,
    BadOrigin,
    CannotLookup,
    ConsumerRemaining,
    Corruption,
    Exhausted,
    ModuleErrorCode,
    NoProviders,
    Other,
    RootNotAllowed,
    TokenError,
    TooManyConsumers,
    TransactionalError,
    TrieError,
    Unavailable,
    UnknownModuleError,
    post_info_of,
)
from runtime.frame.origin import Origin, ensure_none, ensure_root, ensure_signed
from runtime.frame.weight import DispatchClass, DispatchInfo, Pays, PostInfo, Weight, weigh
from runtime.pallets.system import ApplyExtrinsic, EventRecord, Phase

WHO = AccountId(bytes([7]) * 32)
SIGNED = Origin.signed(WHO)
TOPIC, OTHER_TOPIC = H256(bytes([1]) * 32), H256(bytes([2]) * 32)


@pytest.fixture
def toy() -> Toy:
    """The toy runtime in its first block."""
    toy = make_toy()
    toy.initialize_block(Header(ZERO_HASH, 1, ZERO_HASH, ZERO_HASH, Digest()))
    return toy


# -- rollback


def test_a_call_that_succeeds_keeps_what_it_wrote(toy: Toy) -> None:
    post = toy.dispatch(toy.find_call("Library", "add", number=1, pages=9), SIGNED)

    assert post == PostInfo()
    assert toy.shelf.Books[1] == Book(9)
    assert events(toy)[-1] == Shelf.Added(number=1, by=WHO)


def test_a_call_that_fails_leaves_nothing_behind_not_even_its_events(toy: Toy) -> None:
    for number in range(3):
        toy.dispatch(toy.find_call("Library", "add", number=number, pages=1), SIGNED)

    with unchanged(toy), reverts(Shelf.Full):
        toy.dispatch(toy.find_call("Library", "add", number=3, pages=1), SIGNED)


def test_a_nested_call_that_fails_takes_the_outer_one_with_it(toy: Toy) -> None:
    add = toy.find_call("Library", "add", number=1, pages=1)
    burn = toy.find_call("Library", "burn", number=2)

    with unchanged(toy), reverts(Shelf.Unknown):
        toy.dispatch(toy.find_call("Library", "both", first=add, second=burn, tag=b"abcd"), SIGNED)


def test_an_origin_that_may_not_is_refused(toy: Toy) -> None:
    for origin in (ROOT, Origin.none()):
        with unchanged(toy), reverts(BadOrigin()):
            toy.dispatch(toy.find_call("Library", "add", number=1, pages=1), origin)


def test_origins_are_told_apart() -> None:
    checks: dict[Any, Origin] = {ensure_signed: SIGNED, ensure_root: ROOT, ensure_none: Origin.none()}

    for check, right in checks.items():
        for origin in checks.values():
            if origin is right:
                check(origin)
            else:
                with raises_error(BadOrigin()):
                    check(origin)
    assert ensure_signed(SIGNED) == WHO
    assert (SIGNED.signer, ROOT.signer) == (WHO, None)


# -- filters


def test_an_origin_may_be_narrowed_and_the_narrowing_adds_up(toy: Toy) -> None:
    add, burn = toy.find_call("Library", "add", number=1, pages=1), toy.find_call("Library", "burn", number=1)
    no_burning = SIGNED.allowing(lambda call: not call.is_("Library", "burn"))
    nothing = no_burning.allowing(lambda call: not call.is_("Library", "add"))

    toy.dispatch(add, no_burning)
    for origin, call in ((no_burning, burn), (nothing, add), (nothing, burn)):
        with unchanged(toy), reverts(toy.system.CallFiltered):
            toy.dispatch(call, origin)


def test_a_filter_reaches_nested_calls(toy: Toy) -> None:
    add, burn = toy.find_call("Library", "add", number=1, pages=1), toy.find_call("Library", "burn", number=1)
    both = toy.find_call("Library", "both", first=add, second=burn, tag=bytes(4))

    with unchanged(toy), reverts(toy.system.CallFiltered):
        toy.dispatch(both, SIGNED.allowing(lambda call: not call.is_("Library", "burn")))


def test_a_filter_may_be_passed_by(toy: Toy) -> None:
    add = toy.find_call("Library", "add", number=1, pages=1)

    toy.dispatch(add, SIGNED.allowing(lambda call: False), bypass_filter=True)

    assert toy.shelf.Count == 1


# -- guards


@dataclass
class NoBurning:
    """Refuses what it looks at, and counts."""

    weight: Weight
    applies_to: frozenset[tuple[str, str]] | None
    seen: list[RuntimeCall]

    def check(self, runtime: Any, signer: bytes, call: RuntimeCall) -> None:
        self.seen.append(call)
        if call.is_("Library", "burn"):
            raise Shelf.Full


class Guarded(Toy):
    """The toy runtime with two guards, of which one looks at one call only."""

    guards = (
        NoBurning(Weight(100, 5), frozenset({("Library", "burn")}), []),
        NoBurning(Weight(7, 1), None, []),
    )


@pytest.fixture
def guarded() -> Guarded:
    for guard in Guarded.guards:
        guard.seen.clear()
    return Guarded(State.empty())


def test_a_guard_refuses_a_call_by_an_account_and_lets_root_pass(guarded: Guarded) -> None:
    burn = guarded.find_call("Library", "burn", number=1)

    with unchanged(guarded), reverts(Shelf.Full):
        guarded.dispatch(burn, SIGNED)
    with reverts(BadOrigin()):
        guarded.dispatch(burn, ROOT)


def test_guards_look_only_at_their_calls_and_at_nested_ones_too(guarded: Guarded) -> None:
    add, burn = guarded.find_call("Library", "add", number=1, pages=1), guarded.find_call("Library", "burn", number=1)
    both = guarded.find_call("Library", "both", first=add, second=burn, tag=bytes(4))

    with unchanged(guarded), reverts(Shelf.Full):
        guarded.dispatch(both, SIGNED)

    assert [guard.seen for guard in Guarded.guards] == [[burn], [both, add]]


def test_a_calls_weight_includes_the_guards_that_look_at_it(guarded: Guarded) -> None:
    info = guarded.dispatch_info

    assert info(guarded.find_call("Library", "add", number=1, pages=1)).weight == Weight(1007, 11)
    assert info(guarded.find_call("Library", "burn", number=5)).weight == Weight(5 + 107, 6)


def test_a_call_that_a_guard_refuses_weighs_what_the_guards_weigh(guarded: Guarded) -> None:
    burn = guarded.find_call("Library", "burn", number=500)

    with pytest.raises(DispatchError) as caught:
        guarded.dispatch(burn, SIGNED)

    assert post_info_of(caught.value) == PostInfo(Weight(107, 6))


# -- weight, class, fee


def test_weight_class_and_fee_may_depend_on_the_arguments(toy: Toy) -> None:
    add, burn = toy.find_call("Library", "add", number=1, pages=1), toy.find_call("Library", "burn", number=40)

    assert toy.dispatch_info(add) == DispatchInfo(Weight(1000, 10), DispatchClass.Normal, Pays.Yes)
    assert toy.dispatch_info(burn) == DispatchInfo(Weight(40), DispatchClass.Normal, Pays.No)


def test_what_a_call_says_of_itself_counts_if_it_is_less() -> None:
    info = DispatchInfo(Weight(10, 10))

    assert PostInfo().weight(info) == Weight(10, 10)
    assert PostInfo(Weight(4, 20)).weight(info) == Weight(4, 10)


@pytest.mark.parametrize(
    ("declared", "outcome", "due"),
    [
        (Pays.Yes, Pays.Yes, Pays.Yes),
        (Pays.Yes, Pays.No, Pays.No),
        (Pays.No, Pays.Yes, Pays.No),
        (Pays.No, Pays.No, Pays.No),
    ],
)
def test_a_fee_is_due_only_if_declaration_and_outcome_say_so(declared: Pays, outcome: Pays, due: Pays) -> None:
    assert PostInfo(pays=outcome).pays_fee(DispatchInfo(Weight(), pays=declared)) is due


def test_weights_saturate() -> None:
    most = (1 << 64) - 1

    assert Weight(most, 1) + Weight(1, most) == Weight(most, most)
    assert Weight(most // 2, 3) * 3 == Weight(most, 9)
    assert Weight(1, 5).saturating_sub(Weight(2, 3)) == Weight(0, 2)


def test_weights_are_compared_part_by_part() -> None:
    assert Weight(1, 5).any_gt(Weight(2, 4))
    assert not Weight(2, 4).any_gt(Weight(2, 4))
    assert Weight(1, 5).least(Weight(2, 4)) == Weight(1, 4)


def test_storage_access_is_weighed() -> None:
    assert weigh(10, 3, reads=2, writes=1) == Weight(10 + 2 * 25_000_000 + 100_000_000, 3)


# -- events


def test_events_stand_in_the_block_with_their_phase(toy: Toy) -> None:
    toy.shelf.deposit(Shelf.Cleared())

    assert toy.system.Events[-1] == EventRecord(ApplyExtrinsic(0), Shelf.Cleared(), ())


def test_an_event_is_listed_under_its_topics(toy: Toy) -> None:
    before = len(events(toy))

    toy.shelf.deposit(Shelf.Cleared(), (TOPIC,))
    toy.shelf.deposit(Shelf.Added(number=1, by=WHO))
    toy.shelf.deposit(Shelf.Cleared(), (TOPIC, OTHER_TOPIC))

    assert toy.system.EventTopics[TOPIC] == ((1, before), (1, before + 2))
    assert toy.system.EventTopics[OTHER_TOPIC] == ((1, before + 2),)
    assert toy.system.Events[-1].topics == (TOPIC, OTHER_TOPIC)


def test_the_next_block_forgets_events_and_topics(toy: Toy) -> None:
    toy.shelf.deposit(Shelf.Cleared(), (TOPIC,))

    toy.initialize_block(Header(ZERO_HASH, 2, ZERO_HASH, ZERO_HASH, Digest()))

    assert events(toy) == []
    assert list(toy.system.EventTopics.keys()) == []


def test_outside_of_a_block_there_are_no_events() -> None:
    toy = make_toy()

    with unchanged(toy):
        toy.shelf.deposit(Shelf.Cleared())


def test_events_carry_the_index_of_pallet_and_variant(toy: Toy) -> None:
    codec = toy.construct.event

    assert codec.encode(Shelf.Cleared()) == b"\x09\x03"
    assert codec.encode(Shelf.Added(number=258, by=WHO)) == b"\x09\x00\x02\x01" + WHO
    assert codec.decode(b"\x09\x03", 0) == (Shelf.Cleared(), 2)


@pytest.mark.parametrize("raw", [b"", b"\x09", b"\x09\x01", b"\x08\x00", b"\x09\x00\x02\x01"])
def test_bytes_that_are_no_event_are_refused(toy: Toy, raw: bytes) -> None:
    with pytest.raises(DecodeError):
        toy.construct.event.decode(raw, 0)


def test_phases_are_told_apart() -> None:
    assert [type(decode(Phase, raw)).__name__ for raw in (b"\0\1\0\0\0", b"\1", b"\2")] == [
        "ApplyExtrinsic",
        "Finalization",
        "Initialization",
    ]


# -- errors


@pytest.mark.parametrize(
    ("error", "raw"),
    [
        (Other(), "00"),
        (CannotLookup(), "01"),
        (BadOrigin(), "02"),
        (Shelf.Full(), "030900000000"),
        (Shelf.Unknown(), "030907000000"),
        (ConsumerRemaining(), "04"),
        (NoProviders(), "05"),
        (TooManyConsumers(), "06"),
        (TokenError("FundsUnavailable"), "0700"),
        (TokenError("Blocked"), "0709"),
        (ArithmeticFault("Underflow"), "0800"),
        (ArithmeticFault("DivisionByZero"), "0802"),
        (TransactionalError("NoLayer"), "0901"),
        (Exhausted(), "0a"),
        (Corruption(), "0b"),
        (Unavailable(), "0c"),
        (RootNotAllowed(), "0d"),
        (TrieError("DecodeError"), "0e0d"),
    ],
)
def test_errors_are_the_variants_of_dispatch_error(toy: Toy, error: DispatchError, raw: str) -> None:
    codec = toy.construct.dispatch_error

    assert codec.encode(error).hex() == raw
    assert codec.decode(bytes.fromhex(raw), 0) == (error, len(raw) // 2)


def test_an_error_of_a_pallet_that_is_not_there_keeps_its_numbers(toy: Toy) -> None:
    raw = bytes.fromhex("03630102 0304".replace(" ", ""))

    error, end = toy.construct.dispatch_error.decode(raw, 0)

    assert isinstance(error, UnknownModuleError)
    assert (error.code, end) == (ModuleErrorCode(99, b"\1\2\3\4"), 6)
    assert toy.construct.dispatch_error.encode(error) == raw


@pytest.mark.parametrize("raw", ["", "0f", "03", "03090000", "07", "070a", "0803", "0e0e"])
def test_bytes_that_are_no_error_are_refused(toy: Toy, raw: str) -> None:
    with pytest.raises(DecodeError):
        toy.construct.dispatch_error.decode(bytes.fromhex(raw), 0)


def test_errors_are_equal_if_they_say_the_same() -> None:
    assert BadOrigin() == BadOrigin()
    assert BadOrigin() != CannotLookup()
    assert TokenError("Frozen") != TokenError("Blocked")
    assert Shelf.Full() == Shelf.Full()
    assert Shelf.Full() != Shelf.Unknown()
    assert len({BadOrigin(), BadOrigin(), Shelf.Full(), Shelf.Full()}) == 2


# -- calls on the wire


def test_a_call_is_its_two_indices_and_its_arguments(toy: Toy) -> None:
    codec, call = toy.construct.call, toy.find_call("Library", "add", number=258, pages=1)

    assert codec.encode(call) == b"\x09\x00\x02\x01\x04"
    assert codec.decode(b"\x09\x00\x02\x01\x04", 0) == (call, 5)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "call: the bytes end where a call should be named"),
        ("09", "call: the bytes end where a call should be named"),
        ("0800", "call: no pallet has index 8"),
        ("0901", "call: Library has no call 1"),
        ("090002", "Library.add.number: u16 needs 2 bytes, 1 remain"),
        ("0900020103", "Library.add.pages: the bytes end inside a compact integer"),
        ("09050904010009000100", "Library.both.second.Library.add.pages: "),
        ("0905090401000904010061", "Library.both.tag: 4 bytes needed, 1 remain"),
    ],
)
def test_bytes_that_are_no_call_are_refused_with_the_path_of_the_field(toy: Toy, raw: str, message: str) -> None:
    with pytest.raises(DecodeError) as caught:
        toy.construct.call.decode(bytes.fromhex(raw), 0)

    assert str(caught.value).startswith(message)


def test_calls_nest_eight_deep_and_no_deeper(toy: Toy) -> None:
    leaf = toy.find_call("Library", "burn", number=1)
    call = leaf
    for _ in range(7):
        call = toy.find_call("Library", "both", first=call, second=leaf, tag=bytes(4))
    deeper = toy.find_call("Library", "both", first=leaf, second=call, tag=bytes(4))
    codec = toy.construct.call

    assert codec.decode(codec.encode(call), 0)[0] == call
    with pytest.raises(DecodeError, match="calls are nested more than 8 deep"):
        codec.decode(codec.encode(deeper), 0)
    # and the depth is counted anew for the next one
    assert codec.decode(codec.encode(call), 0)[0] == call
