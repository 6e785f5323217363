"""Type hints in the words of the reference."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from node.reference.types import in_words
from node.rpc.parameters import U16, Address, Hash, Hex, NumberOrHex


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (U16, "16-bit number"),
        (Address, "SS58 address"),
        (Hash | list[Hash], "0x hash or [0x hash, ...]"),
        (list[NumberOrHex], "[number or 0x number, ...]"),
        (list[dict[str, Any]], "[object, ...]"),
        (Literal["value", "hash"], '`"value"` or `"hash"`'),
        (str | None, "string or null"),
    ],
)
def test_a_hint_has_words(hint: Any, words: str) -> None:
    assert in_words(hint) == words


def test_an_optional_parameter_is_told_without_its_null() -> None:
    assert in_words(Hex | int | None, is_optional=True) == "0x bytes or number"


def test_a_hint_without_words_is_named() -> None:
    with pytest.raises(TypeError, match="no words for the type <class 'float'>"):
        in_words(float)
