from __future__ import annotations

from typing import Any, Literal

import pytest

from node.rpc.errors import RpcError
from node.rpc.parameters import U8, U16, U64, Address, Hash, Hex, NumberOrHex, Parameters, Raw, decoder

HASH = "0x" + "11" * 32


def call(node: Any, name: str, data: Hex, at: Hash | None = None, page_size: int = 10) -> None: ...


@pytest.fixture
def parameters() -> Parameters:
    return Parameters(call)


def test_positions_are_decoded_by_the_type_hints(parameters: Parameters) -> None:
    assert parameters.decode(["f", "0x0102", HASH, 5]) == ["f", b"\1\2", bytes([0x11]) * 32, 5]


def test_trailing_optional_parameters_may_be_missing_or_null(parameters: Parameters) -> None:
    assert parameters.decode(["f", ""]) == ["f", b""]
    assert parameters.decode(["f", "", None, None]) == ["f", b"", None, 10]


def test_an_object_names_the_parameters_in_either_spelling(parameters: Parameters) -> None:
    expected = ["f", b"\xff", None, 3]

    assert parameters.decode({"name": "f", "data": "ff", "page_size": 3}) == expected
    assert parameters.decode({"pageSize": 3, "data": "0xff", "name": "f"}) == expected


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        (None, "missing parameter `name`"),
        ([], "missing parameter `name`"),
        (["f"], "missing parameter `data`"),
        ({"data": "00"}, "missing parameter `name`"),
        ({"name": "f", "data": "00", "nope": 1}, "unknown parameter `nope`"),
        (["f", "", None, 1, 2], "expected at most 4 parameters, got 5"),
        ("f", "expected an array or an object"),
        ([1, ""], "`name`: expected a string"),
        (["f", "0x1"], '`data`: expected hexadecimal bytes, such as "0x00"'),
        (["f", "0x0 0"], '`data`: expected hexadecimal bytes, such as "0x00"'),
        (["f", "é"], '`data`: expected hexadecimal bytes, such as "0x00"'),
        (["f", "", "0x11"], "`at`: expected a hash of 32 bytes, got 1"),
        (["f", "", None, -1], "`page_size`: expected a whole number, not negative"),
        (["f", "", None, True], "`page_size`: expected a whole number, not negative"),
        (["f", "", None, 1.0], "`page_size`: expected a whole number, not negative"),
    ],
)
def test_wrong_parameters_are_named(parameters: Parameters, params: Any, reason: str) -> None:
    with pytest.raises(RpcError) as refused:
        parameters.decode(params)

    assert refused.value.to_json() == {"code": -32602, "message": "Invalid params", "data": reason}


@pytest.mark.parametrize(
    ("hint", "value", "expected"),
    [
        (NumberOrHex, 7, 7),
        (NumberOrHex, "0x1a", 26),
        (NumberOrHex | list[NumberOrHex] | None, [1, "0x2"], [1, 2]),
        (NumberOrHex | list[NumberOrHex] | None, None, None),
        (list[Hex], ["0x00", "01"], [b"\0", b"\1"]),
        (dict[str, Any], {"a": 1}, {"a": 1}),
        (Literal["hash", "value"], "hash", "hash"),
        (bool, False, False),
        (Any, [{}], [{}]),
    ],
)
def test_each_hint_has_its_decoder(hint: Any, value: Any, expected: Any) -> None:
    assert decoder(hint)(value) == expected


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (NumberOrHex, "26"),
        (NumberOrHex, "0x"),
        (NumberOrHex, "0x1_0"),
        (NumberOrHex, "0x-1"),
        (list[Hex], "0x00"),
        (list[Hex], [1]),
        (dict[str, Any], []),
        (Literal["hash"], "value"),
        (bool, 1),
        (int | None, "1"),
    ],
)
def test_each_decoder_refuses_what_is_not_of_its_type(hint: Any, value: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decoder(hint)(value)


def test_a_hint_without_a_decoder_is_refused_when_the_method_is_registered() -> None:
    def wrong(node: Any, at: complex) -> None: ...

    with pytest.raises(TypeError, match="no decoder for the type"):
        Parameters(wrong)


@pytest.mark.parametrize(("hint", "bits"), [(U8, 8), (U16, 16), (U64, 64)])
def test_a_bounded_number_is_within_its_bits(hint: Any, bits: int) -> None:
    assert [decoder(hint)(value) for value in (0, 2**bits - 1)] == [0, 2**bits - 1]
    for value in (-1, 2**bits, 1.0, "1", True, None):
        with pytest.raises(ValueError, match=f"a whole number of {bits} bits"):
            decoder(hint)(value)


def test_raw_bytes_are_an_array_of_numbers() -> None:
    assert decoder(Raw)([0, 255]) == b"\0\xff"
    for value in ("0x00", [256], [-1], ["1"], [True], None):
        with pytest.raises(ValueError, match="an array of bytes"):
            decoder(Raw)(value)


def test_an_address_is_the_account_that_it_names() -> None:
    alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

    assert decoder(Address)(alice).hex().startswith("d43593c7")
    for value in ("5Grwva", 7, None):
        with pytest.raises(ValueError, match="a"):
            decoder(Address)(value)
