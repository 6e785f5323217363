"""Rows of weights and bonds as they are stored: pairs of a uid and a value over 65,535."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Annotated, NewType

from chain.scale.hints import Packed, u16

Row = NewType("Row", Annotated[bytes, Packed(tuple[u16, u16])])
"""The pairs of a row, four bytes each, in the order in which they were set."""

EMPTY = Row(b"")
PAIR = struct.Struct("<HH")


def pack(pairs: Iterable[tuple[int, int]]) -> Row:
    """A row of these pairs."""
    return Row(b"".join(PAIR.pack(uid, value) for uid, value in pairs))


def unpack(row: Row) -> list[tuple[int, int]]:
    """The pairs of a row."""
    return list(PAIR.iter_unpack(row))


def with_zero(row: Row, uid: int) -> Row:
    """The row with a value of 0 for one uid; the same object where nothing changes."""
    wanted, at = uid.to_bytes(2, "little"), row.find(uid.to_bytes(2, "little"))
    while at % PAIR.size and at >= 0:
        at = row.find(wanted, at + 1)
    if at < 0 or not any(row[at + 2 : at + 4]):
        return row
    return Row(row[: at + 2] + b"\0\0" + row[at + 4 :])
