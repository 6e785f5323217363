"""From pallet classes to a runtime: places on the wire, clashes, constants, wiring."""

from __future__ import annotations

import pytest
from support.toy import Reader, Shelf, Toy, make_toy

from chain.scale.hints import u8, u32
from chain.state import State
from chain.types import RuntimeVersion
from runtime.frame.call import call
from runtime.frame.construct import Runtime, construct_of, pallet
from runtime.frame.metadata import encode_metadata
from runtime.frame.origin import Origin
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Constant, Identity, StorageMap, StorageValue
from runtime.frame.weight import Weight
from runtime.pallets.system import System
from runtime.pallets.timestamp import Timestamp
from runtime.taonet import Taonet

VERSION = RuntimeVersion("bare", "bare", 1, 1, 1, (), 1, 1)


class Base(Pallet):
    """One item of each kind."""

    Value = StorageValue[u8](default=0)
    Limit = Constant[u8](1)

    class Happened(Event, index=0):
        """It did."""

    class Failed(PalletError, index=0):
        """It did not."""

    @call(0, weight=Weight(1))
    def act(self, origin: Origin) -> None:
        """Do it."""


class SameValue(Pallet):
    Value = StorageMap[u8, u8](Identity, default=0)


class SameConstant(Pallet):
    Limit = Constant[u32](2)


class SameEvent(Pallet):
    class Happened(Event, index=1):
        pass


class SameEventIndex(Pallet):
    class Other(Event, index=0):
        pass


class SameError(Pallet):
    class Failed(PalletError, index=1):
        pass


class SameErrorIndex(Pallet):
    class Other(PalletError, index=0):
        pass


class SameCall(Pallet):
    @call(1, weight=Weight(1))
    def act(self, origin: Origin) -> None:
        pass


class SameCallIndex(Pallet):
    @call(0, weight=Weight(1))
    def other(self, origin: Origin) -> None:
        pass


class Lonely(Pallet):
    base: Base


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (SameValue, "sections of Both share storage: Value"),
        (SameConstant, "sections of Both share constants: Limit"),
        (SameEvent, "sections of Both share events: Happened"),
        (SameEventIndex, "sections of Both share index of events: 0"),
        (SameError, "sections of Both share errors: Failed"),
        (SameErrorIndex, "sections of Both share index of errors: 0"),
        (SameCall, "sections of Both share calls: act"),
        (SameCallIndex, "sections of Both share index of calls: 0"),
    ],
)
def test_sections_that_claim_the_same_name_or_index_are_refused(section: type[Pallet], message: str) -> None:
    cls = type(
        "Clash",
        (Runtime,),
        {
            "version": VERSION,
            "__annotations__": {"base": Base, "other": section},
            "base": pallet(1, "Both"),
            "other": pallet(1, "Both"),
        },
    )

    with pytest.raises(TypeError, match=message):
        construct_of(cls)


def runtime_of(**slots: tuple[type[Pallet], object]) -> type[Runtime]:
    """A runtime class with these pallets."""
    annotations = {name: cls for name, (cls, _) in slots.items()}
    body = {name: slot for name, (_, slot) in slots.items()}
    return type("Made", (Runtime,), {"version": VERSION, "__annotations__": annotations, **body})


def test_pallets_that_share_an_index_under_two_names_are_refused() -> None:
    cls = runtime_of(base=(Base, pallet(1, "A")), other=(SameValue, pallet(1, "B")))

    with pytest.raises(TypeError, match="pallets A and B share index 1"):
        construct_of(cls)


def test_pallets_that_share_a_name_under_two_indices_are_refused() -> None:
    cls = runtime_of(base=(Base, pallet(1, "A")), other=(SameValue, pallet(2, "A")))

    with pytest.raises(TypeError, match="two pallets share a name"):
        construct_of(cls)


def test_a_pallet_that_stands_in_a_runtime_twice_is_refused() -> None:
    cls = runtime_of(base=(Base, pallet(1, "A")), again=(Base, pallet(2, "B")))

    with pytest.raises(TypeError, match="Base stands in the runtime twice"):
        construct_of(cls)


def test_a_pallet_that_knows_one_that_is_not_there_is_refused() -> None:
    cls = runtime_of(lonely=(Lonely, pallet(1)))

    with pytest.raises(TypeError, match=r"Lonely\.base is a Base, which the runtime does not have"):
        construct_of(cls)


def test_two_calls_of_a_pallet_with_one_index_are_refused() -> None:
    with pytest.raises(TypeError, match="two calls of Twice share an index"):

        class Twice(Pallet):
            @call(0, weight=Weight(1))
            def one(self, origin: Origin) -> None: ...

            @call(0, weight=Weight(1))
            def two(self, origin: Origin) -> None: ...


def test_pallets_are_ordered_by_index_whatever_the_order_of_the_class_body() -> None:
    cls = runtime_of(late=(SameValue, pallet(9)), early=(Base, pallet(2)))

    assert construct_of(cls).order == (Base, SameValue)


def test_a_pallet_is_given_those_it_knows() -> None:
    toy = make_toy()

    toy.shelf.Count = 3

    assert toy.reader.shelf is toy.shelf
    assert toy.reader.total() == 3
    assert toy.shelf.runtime is toy


def test_sections_of_one_wire_pallet_share_its_storage_prefix() -> None:
    construct = construct_of(Taonet)

    emission, keys = (
        construct.accessor("SubtensorModule", n).prefix for n in ("BlockEmission", "ColdkeySwapAnnouncements")
    )

    assert emission[:16] == keys[:16]
    assert construct.accessor("Balances", "Locks").prefix[:16] == construct.accessor("Balances", "Account").prefix[:16]


@pytest.mark.parametrize(
    ("pallet_name", "item", "message"),
    [("Nothing", "Value", "no pallet Nothing"), ("Library", "Nothing", "pallet Library has no storage item Nothing")],
)
def test_an_unknown_storage_item_is_named(pallet_name: str, item: str, message: str) -> None:
    with pytest.raises(KeyError, match=message):
        construct_of(Toy).accessor(pallet_name, item)


def test_a_subclass_of_a_runtime_has_its_pallets() -> None:
    class Later(Taonet):
        version = RuntimeVersion("node-subtensor", "node-subtensor", 1, 426, 1, (), 1, 1)

    later = Later(State.empty())

    assert later.system.Version.spec_version == 426
    assert later.construct.order == construct_of(Taonet).order


# -- constants


def test_a_preset_replaces_a_constant_for_one_runtime_only() -> None:
    small, other = make_toy(Size=1), make_toy()

    assert (small.shelf.Size, other.shelf.Size, Shelf.Size) == (1, 3, 3)  # type: ignore[comparison-overlap]


def test_a_replaced_constant_is_published() -> None:
    assert encode_metadata(make_toy(Size=77).construct, 15) != encode_metadata(make_toy().construct, 15)
    assert (77).to_bytes(4, "little") in encode_metadata(make_toy(Size=77).construct, 15)


@pytest.mark.parametrize("name", ["Library.Nothing", "Nothing.Size", "Size", "Library.Count", ""])
def test_a_constant_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"the runtime has no constant {name}"):
        construct_of(Toy, {name: 1})


@pytest.mark.parametrize("value", [-1, 1 << 32, "three", None, 1.5])
def test_a_constant_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"constant Library\.Size cannot be"):
        construct_of(Toy, {"Library.Size": value})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("System.BlockWeights", "cannot be 0"),
        ("Aura.SlotDuration", r"Aura\.SlotDuration cannot be 0"),
        ("Balances.ExistentialDeposit", r"Balances\.ExistentialDeposit cannot be 0"),
    ],
)
def test_a_constant_that_its_pallet_cannot_work_with_is_refused(name: str, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        construct_of(Taonet, {name: 0})


def test_a_construct_is_made_once_for_the_same_constants() -> None:
    assert construct_of(Toy, {"Library.Size": 4}) is construct_of(Toy, {"Library.Size": 4})
    assert construct_of(Toy) is not construct_of(Toy, {"Library.Size": 4})


def test_a_constant_cannot_be_assigned() -> None:
    with pytest.raises(AttributeError):
        make_toy().shelf.Size = 4  # type: ignore[misc]


# -- calls by name


def test_a_call_is_found_by_wire_names_and_named_arguments() -> None:
    made = make_toy().find_call("Library", "add", pages=7, number=2)

    assert made.args == (2, 7)
    assert made.argument("pages") == 7
    assert made.is_("Library")
    assert made.is_("Library", "burn", "add")
    assert not made.is_("Library", "burn")
    assert repr(made) == "Library.add(number=2, pages=7)"


def test_a_call_with_wrong_arguments_is_refused() -> None:
    toy = make_toy()

    for arguments in ({}, {"number": 1}, {"number": 1, "pages": 2, "more": 3}):
        with pytest.raises(TypeError, match=r"Library\.add takes number, pages"):
            toy.find_call("Library", "add", **arguments)


@pytest.mark.parametrize("path", [("Library", "sell"), ("Books", "add"), ("Reader", "add")])
def test_a_call_that_does_not_exist_is_refused(path: tuple[str, str]) -> None:
    with pytest.raises(KeyError):
        make_toy().find_call(*path)


def test_an_argument_that_a_call_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError):
        make_toy().find_call("Library", "burn", number=2).argument("pages")


def test_the_pallets_of_a_runtime_are_its_attributes() -> None:
    toy = make_toy()

    assert [type(p) for p in (toy.system, toy.timestamp, toy.shelf, toy.reader)] == [System, Timestamp, Shelf, Reader]
