"""Types in the words of those who write JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from node.rpc.follow import Follow
from node.rpc.parameters import U8, U16, U64, Address, Hash, Hex, NumberOrHex, Raw, Signed

WORDS: dict[Any, str] = {
    Hex: "0x bytes",
    bytes: "0x bytes",
    Hash: "0x hash",
    int: "number",
    NumberOrHex: "number or 0x number",
    U8: "8-bit number",
    U16: "16-bit number",
    U64: "64-bit number",
    Raw: "[8-bit number, ...]",
    Address: "SS58 address",
    Signed: "number, negative ones too",
    bool: "boolean",
    str: "string",
    dict: "object",
    NoneType: "null",
    Any: "anything",
}


def in_words(hint: Any, *, is_optional: bool = False) -> str:
    """A type hint as a caller knows it; without its null where that means only that nothing is given.

    Raises: TypeError for a hint that there are no words for.
    """
    if hint in WORDS:
        return WORDS[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(in_words(each) for each in arguments if not (is_optional and each is NoneType))
    if origin is Literal:
        return " or ".join(f"`{json.dumps(choice)}`" for choice in arguments)
    if origin is list:
        return f"[{in_words(arguments[0])}, ...]"
    if origin is dict:
        return "object"
    raise TypeError(f"no words for the type {hint}")


def is_telling(hint: Any) -> bool:
    """Whether the hint of a result says more than that there is one; a stream has its notifications."""
    return hint is not Any and hint is not Follow and get_origin(hint) is not AsyncIterator
