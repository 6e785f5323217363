"""Half-bytes: the alphabet in which a base-16 trie spells its keys.

A path is a `bytes` with one nibble (0 to 15) in each byte. That is twice as long as the key, but an index gives a
child's number, a slice gives a partial key, and `<` gives the order of keys, all in C.
"""

from __future__ import annotations

from binascii import hexlify, unhexlify

_DIGITS = b"0123456789abcdef"
HEX_TO_NIBBLES = bytes.maketrans(_DIGITS, bytes(range(16)))
NIBBLES_TO_HEX = bytes.maketrans(bytes(range(16)), _DIGITS)
NIBBLE = tuple(bytes((n,)) for n in range(16))


def unpack(key: bytes) -> bytes:
    """The path of a key: two nibbles for each byte, high one first."""
    return hexlify(key).translate(HEX_TO_NIBBLES)


def pack(path: bytes) -> bytes:
    """Two nibbles in each byte; the first nibble of an odd path has a byte of its own, as partial keys are written."""
    digits = path.translate(NIBBLES_TO_HEX)
    return unhexlify(b"0" + digits if len(path) & 1 else digits)


def common_length(a: bytes, b: bytes, start: int = 0) -> int:
    """How many nibbles `a` and `b` share from `start` on."""
    end = min(len(a), len(b))
    x, y = a[start:end], b[start:end]
    if x == y:
        return end - start
    # the highest differing bit tells the first differing byte; a loop in Python is ten times slower on long keys
    difference = int.from_bytes(x, "big") ^ int.from_bytes(y, "big")
    return end - start - (difference.bit_length() + 7) // 8
