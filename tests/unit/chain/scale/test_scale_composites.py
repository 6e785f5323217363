"""Structs and enums: fields, variants, paths of what is refused, and what the compiled code must not change."""

from __future__ import annotations

import enum
from dataclasses import FrozenInstanceError, dataclass
from typing import Annotated, Any, NewType, get_type_hints

import pytest

from chain.errors import DecodeError
from chain.scale.hints import (
    Bits,
    Bounded,
    Codecs,
    Compact,
    Fixed,
    Named,
    ScaleEnum,
    codec_of,
    declare_variant,
    decode,
    encode,
    hints_of,
    i16,
    struct,
    type_name,
    u8,
    u16,
    u32,
    u64,
    u128,
    u256,
)
from chain.types import Era
from runtime.pallets.balances.types import RuntimeFreezeReason
from runtime.pallets.grandpa import Void

Ratio = NewType("Ratio", Annotated[u128, Named("fixed::U64F64", "bits")])


@struct("test::Plain")
class Plain:
    """Only numbers of fixed width, so that one read gets them all."""

    a: u8
    b: bool
    c: i16
    d: u256
    e: Annotated[bytes, Fixed(3)]


@struct("test::Mixed")
class Mixed:
    """Fixed and other fields in turn."""

    a: u8
    b: str
    c: Plain
    d: tuple[u16, bool]
    e: Compact[u32]
    f: bool
    g: Ratio
    from_: u8 | None = None


@struct("test::Empty")
class Empty:
    """No fields."""


class Shape(ScaleEnum, path="test::Shape"):
    """A shape."""


class Dot(Shape, index=0):
    pass


class Circle(Shape, index=2):
    radius: u16


class Box(Shape, index=7, unnamed=False):
    width: u8
    inner: Shape
    mixed: Annotated[tuple[Shape, ...], Bounded(3)]


class Colour(enum.Enum):
    """A colour."""

    Red = 0
    Blue = 5


PLAIN = Plain(1, True, -2, 1 << 255, b"xyz")
MIXED = Mixed(9, "τ", PLAIN, (3, False), 70_000, True, Ratio(1 << 64), 4)


def refusal(hint: Any, raw: bytes) -> str:
    with pytest.raises(DecodeError) as caught:
        decode(hint, raw)
    return str(caught.value)


# -- structs


def test_a_struct_is_its_fields_in_order() -> None:
    raw = b"\1\1\xfe\xff" + (1 << 255).to_bytes(32, "little") + b"xyz"

    assert encode(Plain, PLAIN) == raw
    assert decode(Plain, raw) == PLAIN


def test_a_struct_of_all_sorts_of_fields() -> None:
    raw = encode(Mixed, MIXED)

    assert raw == (
        b"\x09\x08\xcf\x84"
        + encode(Plain, PLAIN)
        + b"\3\0\0"
        + b"\xc2\x45\x04\x00"
        + b"\1"
        + (1 << 64).to_bytes(16, "little")
        + b"\1\4"
    )
    assert decode(Mixed, raw) == MIXED


def test_a_struct_without_fields_is_nothing() -> None:
    assert encode(Empty, Empty()) == b""
    assert decode(Empty, b"") == Empty()


def test_a_decoded_struct_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        decode(Plain, encode(Plain, PLAIN)).a = 2


def test_every_position_at_which_a_struct_may_end_is_refused() -> None:
    raw = encode(Mixed, MIXED)

    for size in range(len(raw)):
        with pytest.raises(DecodeError) as caught:
            decode(Mixed, raw[:size])
        assert caught.value.path


@pytest.mark.parametrize(
    ("at", "byte", "message"),
    [
        (1, b"\x02", "b: the bytes end inside a compact integer"),
        (2, b"\xff", "b: text is not UTF-8"),
        (5, b"\x02", "c.b: a bool is 0 or 1, not 2"),
        (45, b"\x07", "d.1: a bool is 0 or 1, not 7"),
        (50, b"\xff", "f: a bool is 0 or 1, not 255"),
        (67, b"\x02", "from: an option begins with 0 or 1"),
    ],
)
def test_a_refusal_names_the_path_of_the_field(at: int, byte: bytes, message: str) -> None:
    raw = encode(Mixed, MIXED)
    if at == 1:
        raw = raw[:1] + byte

    assert refusal(Mixed, raw if at == 1 else raw[:at] + byte + raw[at + 1 :]) == message


@pytest.mark.parametrize(
    "wrong",
    [
        Plain(256, True, 0, 0, b"xyz"),
        Plain(-1, True, 0, 0, b"xyz"),
        Plain(0, True, 1 << 15, 0, b"xyz"),
        Plain(0, True, 0, 1 << 256, b"xyz"),
        Plain(0, True, 0, -1, b"xyz"),
    ],
)
def test_a_field_that_does_not_fit_is_not_encoded(wrong: Plain) -> None:
    with pytest.raises(OverflowError):
        encode(Plain, wrong)


@pytest.mark.parametrize("size", [0, 2, 4])
def test_bytes_of_another_size_are_not_encoded(size: int) -> None:
    with pytest.raises(ValueError, match="expected 3 bytes"):
        encode(Plain, Plain(0, True, 0, 0, bytes(size)))


@pytest.mark.parametrize("pair", [(3,), (3, False, 1), ()])
def test_a_tuple_of_another_size_inside_of_a_struct_is_not_encoded(pair: Any) -> None:
    with pytest.raises(ValueError, match="2 items"):
        encode(Mixed, Mixed(9, "", PLAIN, pair, 1, True, Ratio(0)))


def test_a_trailing_underscore_is_not_part_of_the_name() -> None:
    assert [f.wire_name for f in Codecs().fields_of(Mixed)][-1] == "from"


def test_a_struct_inside_of_a_vector() -> None:
    hint = tuple[Plain, ...]

    assert decode(hint, encode(hint, (PLAIN, PLAIN))) == (PLAIN, PLAIN)
    assert refusal(hint, b"\x08" + encode(Plain, PLAIN) * 2 + b"\0") == "1 bytes are left over"
    broken = b"\x08" + encode(Plain, PLAIN) + b"\1\7" + bytes(37)
    assert refusal(hint, broken) == "[1].b: a bool is 0 or 1, not 7"


# -- enums


@pytest.mark.parametrize(
    ("shape", "raw"),
    [
        (Dot(), "00"),
        (Circle(258), "020201"),
        (Box(1, Circle(2), (Dot(), Box(3, Dot(), ()))), "07010202000800" + "07030000"),
    ],
)
def test_a_variant_is_its_index_and_its_fields(shape: Shape, raw: str) -> None:
    assert encode(Shape, shape).hex() == raw
    assert decode(Shape, bytes.fromhex(raw)) == shape


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "the bytes end where a variant should be named"),
        ("01", "test::Shape has no variant 1"),
        ("0200", "Circle.radius: u16 needs 2 bytes, 1 remain"),
        ("070107", "Box.inner.Box.width: u8 needs 1 bytes, 0 remain"),
        ("07010010", "Box.mixed: 4 items announced, 0 bytes remain"),
        ("0701001000000000", "Box.mixed: 4 items, at most 3 are allowed"),
        ("070100080003", "Box.mixed.[1]: test::Shape has no variant 3"),
    ],
)
def test_a_refusal_names_the_variant(raw: str, message: str) -> None:
    assert refusal(Shape, bytes.fromhex(raw)) == message


def test_what_is_no_variant_is_not_encoded() -> None:
    with pytest.raises(KeyError):
        encode(Shape, PLAIN)


def test_an_enum_needs_a_path_and_a_variant_an_index() -> None:
    with pytest.raises(TypeError, match="Broken needs `path`"):

        class Broken(ScaleEnum):
            pass


def test_variants_may_come_from_a_table() -> None:
    class Table(ScaleEnum, path="test::Table"):
        pass

    one, two = declare_variant(Table, "One", 1), declare_variant(Table, "Two", 2, u16)

    assert [encode(Table, v) for v in (one(), two(5))] == [b"\1", b"\2\5\0"]
    assert decode(Table, b"\2\5\0") == two(5)
    assert refusal(Table, b"\2\5") == "Two.value: u16 needs 2 bytes, 1 remain"


def test_a_plain_enum_is_the_number_of_its_member() -> None:
    assert [encode(Colour, c) for c in Colour] == [b"\0", b"\5"]
    assert decode(Colour, b"\5") is Colour.Blue
    assert refusal(Colour, b"\1") == "Colour has no variant 1"
    assert refusal(Colour, b"") == "the bytes end where a variant should be named"
    with pytest.raises(KeyError):
        encode(Colour, 5)


# -- named and special types


def test_a_named_fixed_point_number_is_its_bits() -> None:
    assert encode(Ratio, 1 << 63) == (1 << 63).to_bytes(16, "little")
    assert decode(Ratio, bytes(16)) == 0


@pytest.mark.parametrize("hint", [Void, RuntimeFreezeReason, tuple[u8, Void]])
def test_a_type_without_values_never_decodes_and_is_never_encoded(hint: Any) -> None:
    assert refusal(hint, bytes(100)).endswith("has no values")
    with pytest.raises(TypeError, match="has no values"):
        encode(hint, (0, None))


def test_a_vector_of_a_type_without_values_may_be_empty() -> None:
    assert decode(tuple[Void, ...], b"\0") == ()


def test_an_optional_of_a_type_without_values_may_be_absent() -> None:
    assert decode(Void | None, b"\0") is None


# -- eras


@pytest.mark.parametrize(
    ("period", "phase", "raw"),
    [
        (0, 0, "00"),
        (4, 0, "0100"),
        (4, 3, "3100"),
        (64, 25, "9501"),
        (128, 127, "f607"),
        (4096, 1, "1b00"),
        (8192, 2, "1c00"),
        (65536, 65520, "ffff"),
    ],
)
def test_an_era_is_one_byte_or_two(period: int, phase: int, raw: str) -> None:
    assert encode(Era, Era(period, phase)).hex() == raw
    assert decode(Era, bytes.fromhex(raw)) == Era(period, phase)


@pytest.mark.parametrize("raw", ["", "01", "10", "ff", "1000", "4100", "9601 00"[:4], "f500"[:2]])
def test_bytes_that_are_no_era_are_refused(raw: str) -> None:
    if raw == "9601":
        assert decode(Era, bytes.fromhex(raw)) == Era(128, 25)
        return
    with pytest.raises(DecodeError):
        decode(Era, bytes.fromhex(raw))


def test_every_two_bytes_are_an_era_that_is_written_back_or_none() -> None:
    for number in range(1 << 16):
        raw = number.to_bytes(2, "little")
        try:
            era, end = codec_of(Era).decode(raw, 0)
        except DecodeError:
            continue
        assert encode(Era, era) == raw[:end]


@pytest.mark.parametrize(
    ("period", "current", "era"),
    [
        (64, 5209, Era(64, 25)),
        (1, 7, Era(4, 3)),
        (5, 7, Era(8, 7)),
        (0, 7, Era(4, 3)),
        (1 << 20, 70_001, Era(65_536, 4464)),
        (8192, 8193, Era(8192, 0)),
    ],
)
def test_an_era_is_made_for_a_period_and_a_block(period: int, current: int, era: Era) -> None:
    assert Era.mortal(period, current) == era


@pytest.mark.parametrize(
    ("era", "current", "birth", "death"),
    [
        (Era(), 100, 0, (1 << 64) - 1),
        (Era(64, 25), 25, 25, 89),
        (Era(64, 25), 88, 25, 89),
        (Era(64, 25), 89, 89, 153),
        (Era(64, 25), 3, 25, 89),
        (Era(4, 0), 0, 0, 4),
    ],
)
def test_an_era_is_born_and_dies(era: Era, current: int, birth: int, death: int) -> None:
    assert (era.birth(current), era.death(current)) == (birth, death)


# -- hints


@pytest.mark.parametrize("hint", [int, float, object, list[u8], dict[str, u8], Annotated[int, "x"], u64 | u8 | None])
def test_a_hint_without_a_codec_is_refused(hint: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        Codecs().of(hint)


def test_a_class_without_a_path_has_that_of_its_module() -> None:
    @dataclass
    class Local:
        pass

    assert Codecs().of(Local).path == (__name__, "Local")


def test_the_same_hint_has_the_same_codec() -> None:
    codecs = Codecs()

    assert codecs.of(tuple[u8, ...]) is codecs.of(tuple[u8, ...])
    assert codecs.of(NewType("Number", u8)) is codecs.of(u8)


def test_bits_are_marked() -> None:
    assert decode(Annotated[tuple[bool, ...], Bits()], b"\x08\2") == (False, True)


# -- what a struct is in Python


def test_structs_are_equal_by_their_fields_and_of_one_class_only() -> None:
    one, same, other = (Plain(1, True, -2, value, b"abc") for value in (3, 3, 4))

    assert (one == same, one == other, one == (1, True, -2, 3, b"abc")) == (True, False, False)
    assert (Empty() == Empty(), Empty() == one) == (True, False)
    assert {one: "found"}[same] == "found"
    assert len({Empty(), Empty()}) == 1


def test_a_struct_is_shown_with_its_fields() -> None:
    assert repr(Plain(1, True, -2, 3, b"abc")) == "Plain(a=1, b=True, c=-2, d=3, e=b'abc')"
    assert repr(Empty()) == "Empty()"


@pytest.mark.parametrize("owner", [Plain, Mixed, Empty, Box, RuntimeFreezeReason, Codecs.find, decode])
def test_hints_are_what_typing_makes_of_them(owner: Any) -> None:
    assert hints_of(owner) == get_type_hints(owner, include_extras=True)


def test_a_hint_may_name_something_of_its_class_body() -> None:
    class Local:
        Number = u8
        inner: Number

    assert hints_of(Local) == {"inner": u8}


def test_what_has_no_docstring_has_no_signature_in_its_place() -> None:
    @struct("some::Plain")
    class Plain:
        number: u8

    class Choice(ScaleEnum, path="some::Choice"):
        pass

    class First(Choice, index=0):
        number: u8

    second = declare_variant(Choice, "Second", 1, u8)

    assert [cls.__doc__ for cls in (Plain, First, second)] == ["", "", ""]


def test_a_variant_from_a_table_names_the_type_of_its_field() -> None:
    class Choice(ScaleEnum, path="some::OtherChoice"):
        pass

    declare_variant(Choice, "Only", 0, u8)

    [only] = codec_of(Choice).list_variants()
    assert [field.type_name for field in only.fields] == ["u8"]


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        ("AccountId", "AccountId"),
        ("bytes", "Vec<u8>"),
        ("Compact[NetUid]", "Compact<NetUid>"),
        ("tuple[Compact[NetUid], ...]", "Vec<Compact<NetUid>>"),
        ("tuple[tuple[u64, AccountId], ...]", "Vec<(u64, AccountId)>"),
        ("tuple[u16, ...] | None", "Option<Vec<u16>>"),
        ("Some[bytes | None] | None", "Option<Option<Vec<u8>>>"),
        ("Annotated[bytes, Fixed(4)]", "[u8; 4]"),
        ("Annotated[tuple[AccountId, ...], Fixed(SIZE)]", "[AccountId; SIZE]"),
        ("Annotated[bytes, Bounded(64)]", "Vec<u8>"),
        ("Annotated[str, Named('Cow')]", "str"),
        ("frozenset[NetUid]", "BTreeSet<NetUid>"),
        ("Mapping[u16, tuple[()]]", "BTreeMap<u16, ()>"),
        ("None", "()"),
    ],
)
def test_a_hint_is_shown_in_the_chains_spelling(hint: str, name: str) -> None:
    assert type_name(hint) == name
