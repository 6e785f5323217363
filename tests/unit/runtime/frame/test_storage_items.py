"""Storage values and maps: where they stand in the state, and how they read and write."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from hashlib import blake2b
from typing import Any

import pytest
from support.toy import Book, Toy, make_toy
from xxhash import xxh64_intdigest

from chain.errors import DecodeError
from chain.state import State


def xx(data: bytes, rounds: int) -> bytes:
    return b"".join(xxh64_intdigest(data, seed).to_bytes(8, "little") for seed in range(rounds))


def blake(data: bytes, size: int) -> bytes:
    return blake2b(data, digest_size=size).digest()


def prefix(item: str) -> bytes:
    return xx(b"Library", 2) + xx(item.encode(), 2)


@pytest.fixture
def toy() -> Toy:
    return make_toy()


# -- values


def test_a_value_stands_under_the_hashes_of_pallet_and_name(toy: Toy) -> None:
    toy.shelf.Count = 7

    assert toy.state.get(prefix("Count")) == b"\7\0\0\0"


def test_an_absent_value_reads_as_its_default(toy: Toy) -> None:
    assert toy.shelf.Count == 0
    assert toy.shelf.Best == Book()
    assert toy.state.get(prefix("Count")) is None


def test_a_default_may_come_from_a_constant() -> None:
    assert make_toy().shelf.Room == 30
    assert make_toy(Size=5).shelf.Room == 50


def test_an_optional_value_reads_none_and_is_removed_by_none(toy: Toy) -> None:
    assert toy.shelf.Lent is None

    toy.shelf.Lent = Book(3)
    assert toy.shelf.Lent == Book(3)

    toy.shelf.Lent = None
    assert toy.shelf.Lent is None
    assert toy.state.get(prefix("Lent")) is None


def test_deleting_a_value_brings_its_default_back(toy: Toy) -> None:
    toy.shelf.Count = 7

    del toy.shelf.Count

    assert toy.shelf.Count == 0
    assert toy.state.get(prefix("Count")) is None


def test_a_value_equal_to_its_default_is_stored_all_the_same(toy: Toy) -> None:
    toy.shelf.Count = 0

    assert toy.state.get(prefix("Count")) == bytes(4)


def test_a_forgotten_write_back_raises(toy: Toy) -> None:
    book = toy.shelf.Best

    with pytest.raises(FrozenInstanceError):
        book.pages = 5  # type: ignore[misc]

    assert toy.shelf.Best == Book()


def test_what_another_instance_wrote_is_read(toy: Toy) -> None:
    toy.shelf.Count = 1
    other = Toy(toy.state)

    other.shelf.Count = 2

    assert toy.shelf.Count == 2


def test_a_read_after_a_rollback_gives_the_old_value(toy: Toy) -> None:
    toy.shelf.Count = 1
    toy.shelf.Books[1] = Book(1)

    def write_and_fail() -> None:
        with toy.state.transaction():
            toy.shelf.Count = 2
            toy.shelf.Books[1] = Book(2)
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()

    assert (toy.shelf.Count, toy.shelf.Books[1]) == (1, Book(1))


def test_more_items_than_the_bound_cannot_be_stored(toy: Toy) -> None:
    with pytest.raises(OverflowError):
        toy.shelf.Names = (b"a", b"b", b"c")


def test_a_number_that_does_not_fit_cannot_be_stored(toy: Toy) -> None:
    for value in (-1, 1 << 32):
        with pytest.raises(OverflowError):
            toy.shelf.Count = value

    assert toy.shelf.Count == 0


def test_bytes_that_are_no_value_raise_when_they_are_read(toy: Toy) -> None:
    toy.state.set(prefix("Count"), b"\7")

    with pytest.raises(DecodeError):
        _ = toy.shelf.Count


@pytest.mark.parametrize("name", ["Cuont", "Size", "Added", "Full", "X"])
def test_an_attribute_that_is_no_storage_item_cannot_be_assigned(toy: Toy, name: str) -> None:
    with pytest.raises(AttributeError, match=f"Shelf declares no storage item {name}"):
        setattr(toy.shelf, name, 1)


def test_a_map_cannot_be_assigned_as_a_whole(toy: Toy) -> None:
    with pytest.raises(AttributeError, match="Books is a map"):
        toy.shelf.Books = {}  # type: ignore[assignment]

    assert toy.shelf.Books[1].title == b"blank"


def test_a_pallet_keeps_nothing_outside_of_its_storage(toy: Toy) -> None:
    with pytest.raises(AttributeError, match="Shelf declares no storage item cached"):
        toy.shelf.cached = 1  # type: ignore[attr-defined]


def test_a_runtime_that_moves_to_another_state_knows_nothing_of_the_last(toy: Toy) -> None:
    here = State.empty()
    there, shelf = make_toy(), toy.shelf
    shelf.Count, shelf.Books[1] = 7, Book(7)
    shelf.memo["seen"] = 7
    there.shelf.Count, there.shelf.Books[1] = 8, Book(8)

    toy.move_to(there.state)
    assert (shelf.Count, shelf.Books[1], shelf.memo) == (8, Book(8), {})
    assert toy.state.changes() == {}

    toy.move_to(here)
    assert (shelf.Count, 1 in shelf.Books) == (0, False)


# -- maps

KEY = (258).to_bytes(4, "little")
HASHED = {
    "ByBlake2_128": blake(KEY, 16),
    "ByBlake2_256": blake(KEY, 32),
    "ByBlake2_128Concat": blake(KEY, 16) + KEY,
    "ByTwox128": xx(KEY, 2),
    "ByTwox256": xx(KEY, 4),
    "ByTwox64Concat": xx(KEY, 1) + KEY,
    "ByIdentity": KEY,
}


@pytest.mark.parametrize("name", HASHED)
def test_a_map_hashes_its_keys_with_its_hasher(toy: Toy, name: str) -> None:
    items: Any = getattr(toy.shelf, name)

    items[258] = 9

    assert items[258] == 9
    assert items.key(258) == prefix(name) + HASHED[name]
    assert toy.state.get(prefix(name) + HASHED[name]) == b"\x09"


@pytest.mark.parametrize("name", HASHED)
def test_keys_are_given_back_where_the_hasher_keeps_them(toy: Toy, name: str) -> None:
    items: Any = getattr(toy.shelf, name)
    items[258], items[1] = 9, 8

    if "Concat" in name or name == "ByIdentity":
        assert dict(items.items()) == {258: 9, 1: 8}
        assert set(items.keys()) == {258, 1}
    else:
        with pytest.raises(TypeError, match="cannot be read back"):
            list(items.keys())
    assert sorted(items.values()) == [8, 9]


def test_a_missing_key_reads_as_the_default_and_get_tells_that_it_is_missing(toy: Toy) -> None:
    assert toy.shelf.Books[4] == Book(1, b"blank")
    assert toy.shelf.Books.get(4) is None
    assert 4 not in toy.shelf.Books


def test_a_missing_key_of_a_map_without_default_raises(toy: Toy) -> None:
    with pytest.raises(KeyError):
        _ = toy.shelf.Owners[4]

    assert toy.shelf.Owners.get(4) is None


def test_a_key_is_deleted(toy: Toy) -> None:
    toy.shelf.Books[4] = Book(7)

    del toy.shelf.Books[4]
    del toy.shelf.Books[5]

    assert 4 not in toy.shelf.Books
    assert toy.shelf.Books[4] == Book(1, b"blank")


def test_a_double_map_hashes_each_part_for_itself(toy: Toy) -> None:
    toy.shelf.Pages[2, 3] = b"text"

    second = (3).to_bytes(4, "little")
    assert toy.state.get(prefix("Pages") + b"\2\0" + xx(second, 1) + second) == b"\x10text"


def test_a_double_map_is_walked_under_its_first_part(toy: Toy) -> None:
    for key in ((1, 1), (1, 2), (2, 1)):
        toy.shelf.Pages[key] = b"%d%d" % key

    assert dict(toy.shelf.Pages.items(1)) == {1: b"11", 2: b"12"}
    assert list(toy.shelf.Pages.keys(2)) == [1]
    assert set(toy.shelf.Pages.keys()) == {(1, 1), (1, 2), (2, 1)}
    assert sorted(toy.shelf.Pages.values(1)) == [b"11", b"12"]


def test_a_map_of_three_parts_is_walked_under_one_or_two(toy: Toy) -> None:
    toy.shelf.Marks[1, 2, b"a"] = 10
    toy.shelf.Marks[1, 2, b"b"] = 11
    toy.shelf.Marks[1, 3, b"a"] = 12
    toy.shelf.Marks[2, 2, b"a"] = 13

    assert dict(toy.shelf.Marks.items(1)) == {(2, b"a"): 10, (2, b"b"): 11, (3, b"a"): 12}
    assert dict(toy.shelf.Marks.items(1, 2)) == {b"a": 10, b"b": 11}
    assert len(list(toy.shelf.Marks.keys())) == 4


def test_a_key_that_is_a_tuple_may_be_hashed_as_one(toy: Toy) -> None:
    toy.shelf.ByPair[3, 4] = 5

    assert toy.state.get(prefix("ByPair") + b"\3\4") == b"\5"
    assert dict(toy.shelf.ByPair.items()) == {(3, 4): 5}


def test_keys_come_in_the_order_of_their_storage_keys(toy: Toy) -> None:
    for number in (256, 1, 2, 257):
        toy.shelf.Owners[number] = bytes(32)  # type: ignore[assignment]

    # little-endian: 256 is 00 01
    assert list(toy.shelf.Owners.keys()) == [256, 1, 257, 2]


def test_a_map_is_cleared_wholly_in_part_or_up_to_a_limit(toy: Toy) -> None:
    for key in ((1, 1), (1, 2), (1, 3), (2, 1)):
        toy.shelf.Pages[key] = b"x"
    toy.shelf.Count = 5

    assert toy.shelf.Pages.clear(1, limit=2) == 2
    assert len(list(toy.shelf.Pages.keys())) == 2
    assert toy.shelf.Pages.clear(1) == 1
    assert list(toy.shelf.Pages.keys()) == [(2, 1)]
    assert toy.shelf.Pages.clear() == 1
    assert toy.shelf.Pages.clear() == 0
    assert toy.shelf.Count == 5


def test_an_item_is_appended_without_reading_the_vector(toy: Toy) -> None:
    for number in (1, 300):
        toy.shelf.Log.append(2, number.to_bytes(2, "little"))

    assert toy.shelf.Log[2] == (1, 300)


def test_values_may_be_deleted_while_a_map_is_walked(toy: Toy) -> None:
    for number in range(5):
        toy.shelf.Books[number] = Book(number)

    for number in toy.shelf.Books.keys():  # noqa: SIM118
        del toy.shelf.Books[number]

    assert list(toy.shelf.Books.keys()) == []


def test_a_map_forgets_hashed_keys_beyond_its_bound_and_still_finds_them(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.frame.storage.MEMO_LIMIT", 2)

    for number in range(5):
        toy.shelf.Books[number] = Book(number)

    assert [toy.shelf.Books[n].pages for n in range(5)] == [0, 1, 2, 3, 4]


def test_a_key_of_a_wrong_type_raises(toy: Toy) -> None:
    with pytest.raises((AttributeError, TypeError, ValueError)):
        _ = toy.shelf.Books["one"]  # type: ignore[index]
    with pytest.raises(OverflowError):
        _ = toy.shelf.Books[70_000]


@pytest.mark.parametrize("key", [(), (1,), (1, 2, 3)])
def test_a_double_map_needs_just_its_parts(toy: Toy, key: tuple[int, ...]) -> None:
    with pytest.raises(TypeError, match="a key of 2 parts"):
        toy.shelf.Pages[key] = b""  # type: ignore[index]
    with pytest.raises(TypeError, match="a key of 2 parts"):
        list(toy.shelf.Pages.keys(1, 2, 3))
