"""Compact integers: one to sixty-seven bytes, the low two bits of the first tell the width.

Source: SCALE, "compact/general integers".
"""

from __future__ import annotations

from chain.errors import DecodeError

_SHORT = tuple(bytes([n << 2]) for n in range(64))


def encode_compact(n: int) -> bytes:
    """The shortest compact form of `n`. Raises: ValueError for a negative or over-long number."""
    if n < 64:
        if n < 0:
            raise ValueError(f"a compact integer is not negative: {n}")
        return _SHORT[n]
    if n < 1 << 14:
        return (n << 2 | 1).to_bytes(2, "little")
    if n < 1 << 30:
        return (n << 2 | 2).to_bytes(4, "little")
    size = (n.bit_length() + 7) // 8
    if size > 67:
        raise ValueError("a compact integer has at most 67 bytes")
    return bytes([(size - 4) << 2 | 3]) + n.to_bytes(size, "little")


def decode_compact(data: bytes, at: int) -> tuple[int, int]:
    """The compact integer at `at` and the position behind it.

    Raises: DecodeError where the bytes end early or a shorter form exists.
    """
    try:
        first = data[at]
    except IndexError:
        raise DecodeError("the bytes end where a compact integer should be") from None
    mode = first & 3
    if mode == 0:
        return first >> 2, at + 1
    if mode == 3:
        size = (first >> 2) + 4
        end = at + 1 + size
        raw = data[at + 1 : end]
        n = int.from_bytes(raw, "little")
        # the top byte must carry something, and a value below 2^30 has a shorter mode
        minimal = len(raw) == size and (raw[-1] != 0 if size > 4 else n >= 1 << 30)
    else:
        end = at + (1 << mode)
        raw = data[at:end]
        n = int.from_bytes(raw, "little") >> 2
        minimal = n >= (1 << 6 if mode == 1 else 1 << 14)
        size = 1 << mode
    if len(raw) != size:
        raise DecodeError("the bytes end inside a compact integer")
    if not minimal:
        raise DecodeError("a compact integer is not in its shortest form")
    return n, end
