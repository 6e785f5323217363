"""Trie nodes: how they live in memory, how they are written, and under which key they are stored.

A node is written as: header, partial key, then

    leaf      value
    branch    bitmap of children (two bytes, little-endian), value if any, one reference for each child

The header's high bits tell the kind, its low bits how many nibbles the partial key has (more go on in the next bytes):

    0b01......  leaf                        0b10......  branch
    0b001.....  leaf, hashed value          0b11......  branch with value
    0b00000000  the empty trie              0b0001....  branch, hashed value

A value stands in its node behind its length. In state version 1 a value of 33 bytes or more is a database entry of its
own, and only its hash stands in the node. A reference is the compact length and the bytes of the child's encoding when
that is under 32 bytes (the child is inlined), else of its hash: so a reference of 33 bytes is a hash, a shorter one a
whole node.

Source: sp_trie::NodeCodec, sp_trie::trie_constants.
"""

from __future__ import annotations

from binascii import unhexlify
from typing import final

from chain.errors import DecodeError
from chain.hashing import blake2_256
from chain.scale.compact import decode_compact, encode_compact
from chain.trie.nibbles import NIBBLES_TO_HEX, pack, unpack

EMPTY_NODE = b"\x00"
EMPTY_ROOT = blake2_256(EMPTY_NODE)
HASHED_VALUE_LENGTH = 33
"""Values at least this long, in bytes, are stored under their hash in state version 1."""
REFERENCE_LENGTH = 33
"""A reference this long, in bytes, is a hash behind its length; shorter ones are inlined nodes."""

LEAF, BRANCH, BRANCH_VALUE = (0b01000000, 6), (0b10000000, 6), (0b11000000, 6)
LEAF_HASHED, BRANCH_HASHED = (0b00100000, 5), (0b00010000, 4)


@final
class Leaf:
    """The end of a key.

    `value` is None while a hashed value is not loaded; `value_hash` is None where the value stands in the node.
    `reference` is what the parent holds: b"" until the node is sealed, that is encoded at its place.
    """

    __slots__ = ("partial", "reference", "value", "value_hash")

    def __init__(self, partial: bytes, value: bytes | None, value_hash: bytes | None, reference: bytes = b"") -> None:
        self.partial = partial
        self.value = value
        self.value_hash = value_hash
        self.reference = reference

    def encode(self) -> bytes:
        """The node as it is hashed and stored."""
        partial = self.partial
        if self.value_hash is not None:
            return _header(LEAF_HASHED, len(partial)) + pack(partial) + self.value_hash
        assert self.value is not None, "a leaf has a value"
        return _header(LEAF, len(partial)) + pack(partial) + encode_compact(len(self.value)) + self.value


@final
class Branch:
    """A fork, with up to 16 children and perhaps a value.

    `references[n]` is b"" where there is no child; `nodes[n]` is None where the child is not loaded. `head` is the
    encoding up to the references: b"" where it must be built anew.
    """

    __slots__ = ("head", "nodes", "partial", "reference", "references", "value", "value_hash")

    def __init__(
        self,
        partial: bytes,
        value: bytes | None,
        value_hash: bytes | None,
        references: list[bytes],
        nodes: list[Node | None],
        head: bytes = b"",
        reference: bytes = b"",
    ) -> None:
        self.partial = partial
        self.value = value
        self.value_hash = value_hash
        self.references = references
        self.nodes = nodes
        self.head = head
        self.reference = reference

    @property
    def has_value(self) -> bool:
        """Whether a key ends here."""
        return self.value is not None or self.value_hash is not None

    def encode(self) -> bytes:
        """The node as it is hashed and stored."""
        head = self.head
        if not head:
            head = self.head = self._encode_head()
        return head + b"".join(self.references)

    def _encode_head(self) -> bytes:
        bitmap = 0
        for n, reference in enumerate(self.references):
            if reference:
                bitmap |= 1 << n
        if self.value_hash is not None:
            kind, value = BRANCH_HASHED, self.value_hash
        elif self.value is not None:
            kind, value = BRANCH_VALUE, encode_compact(len(self.value)) + self.value
        else:
            kind, value = BRANCH, b""
        return _header(kind, len(self.partial)) + pack(self.partial) + bitmap.to_bytes(2, "little") + value


Node = Leaf | Branch


def reference_to(encoding: bytes) -> bytes:
    """What a parent writes for a child with that encoding: the encoding itself where it is short, else its hash."""
    length = len(encoding)
    return encode_compact(length) + encoding if length < 32 else b"\x80" + blake2_256(encoding)


def decode_node(data: bytes) -> Node | None:
    """The node that `data` encodes; None for the empty trie. Raises: DecodeError."""
    if data == EMPTY_NODE:
        return None
    try:
        (kind, size), at = _read_header(data)
        end = at + (size + 1) // 2
        partial = unpack(_take(data, at, end))
        if size & 1:
            if partial[0]:
                raise DecodeError("a partial key is padded with something else than zero")
            partial = partial[1:]
        node = (
            _read_leaf(data, end, kind, partial)
            if kind in (LEAF, LEAF_HASHED)
            else _read_branch(data, end, kind, partial)
        )
    except IndexError:
        raise DecodeError("the bytes end inside a trie node") from None
    return node


def place_of(path: bytes) -> bytes:
    """The place of a node, `path` being the nibbles above it: 0x00 and the path packed, or 0x1 and the path if odd.

    Nodes are stored under place + hash. So no two places of a trie share an entry, and a node that a block replaced can
    be pruned without counting who else points to it. Neighbours in the trie are neighbours in the database.
    """
    digits = path.translate(NIBBLES_TO_HEX)
    return unhexlify(b"1" + digits if len(path) & 1 else b"00" + digits)


def node_key(path: bytes, hash_: bytes) -> bytes:
    """The database key of the node with that hash, `path` being the nibbles above it."""
    return place_of(path) + hash_


def value_key(key: bytes, hash_: bytes) -> bytes:
    """The database key of a value that is stored under its hash: 0x20, the whole storage key, the hash."""
    return b"\x20" + key + hash_


def _header(kind: tuple[int, int], size: int) -> bytes:
    bits, width = kind
    most = (1 << width) - 1
    if size < most:
        return bytes((bits | size,))
    full, rest = divmod(size - most, 255)
    return bytes((bits | most, *(255,) * full, rest))


def _read_header(data: bytes) -> tuple[tuple[tuple[int, int], int], int]:
    first = data[0]
    for kind in (LEAF, BRANCH, BRANCH_VALUE, LEAF_HASHED, BRANCH_HASHED):
        bits, width = kind
        if first >> width == bits >> width:
            break
    else:
        raise DecodeError(f"0x{first:02x} starts no trie node")
    size = most = (1 << width) - 1
    if first & most < most:
        return (kind, first & most), 1
    at = 1
    while (more := data[at]) == 255:
        size += 255
        at += 1
    return (kind, size + more), at + 1


def _read_leaf(data: bytes, at: int, kind: tuple[int, int], partial: bytes) -> Leaf:
    value, value_hash, end = _read_value(data, at, kind is LEAF_HASHED)
    if end != len(data):
        raise DecodeError("bytes follow a trie leaf")
    return Leaf(partial, value, value_hash)


def _read_branch(data: bytes, at: int, kind: tuple[int, int], partial: bytes) -> Branch:
    bitmap = int.from_bytes(_take(data, at, at + 2), "little")
    if not bitmap:
        raise DecodeError("a trie branch has no children")
    at += 2
    value = value_hash = None
    if kind is not BRANCH:
        value, value_hash, at = _read_value(data, at, kind is BRANCH_HASHED)
    head = data[:at]
    references = [b""] * 16
    for n in range(16):
        if bitmap >> n & 1:
            length, start = decode_compact(data, at)
            if not 0 < length <= 32:
                raise DecodeError("a trie child is a hash or a shorter node")
            references[n] = _take(data, at, start + length)
            at = start + length
    if at != len(data):
        raise DecodeError("bytes follow a trie branch")
    return Branch(partial, value, value_hash, references, [None] * 16, head)


def _read_value(data: bytes, at: int, hashed: bool) -> tuple[bytes | None, bytes | None, int]:
    if hashed:
        return None, _take(data, at, at + 32), at + 32
    length, start = decode_compact(data, at)
    return _take(data, start, start + length), None, start + length


def _take(data: bytes, start: int, end: int) -> bytes:
    if end > len(data):
        raise IndexError(end)
    return data[start:end]
