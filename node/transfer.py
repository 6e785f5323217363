"""Blocks in a file: a count as u64, then each block with its length as u32. Source: Substrate's binary export"""

from __future__ import annotations

from typing import BinaryIO

from chain.block import Block
from chain.database import Database
from chain.errors import ChainError, DecodeError
from node.chain_spec import ChainSpec
from node.service import open_chain

MAX_BLOCK_BYTES = 64 << 20


class BlockFileError(ChainError):
    """A file that holds no blocks, or ends inside one."""


def write_blocks(database: Database, spec: ChainSpec, stream: BinaryIO, first: int, last: int | None) -> int:
    """Write the blocks `first` to `last` of the best chain, and tell how many. Raises: DatabaseError, OSError."""
    chain = open_chain(database, spec)
    end = chain.best.number if last is None else min(last, chain.best.number)
    hashes = [found for number in range(first, end + 1) if (found := chain.hash_of(number)) is not None]
    stream.write(len(hashes).to_bytes(8, "little"))
    for found in hashes:
        block = chain.block(found)
        assert block is not None
        raw = block.encode()
        stream.write(len(raw).to_bytes(4, "little") + raw)
    return len(hashes)


def read_blocks(database: Database, spec: ChainSpec, stream: BinaryIO, pruning: int | None) -> tuple[int, int]:
    """Execute and store the blocks of a file; how many there were, and the number of the best block.

    Raises: BlockFileError, InvalidBlock, UnknownBlock, DatabaseError.
    """
    chain = open_chain(database, spec, pruning)
    count = int.from_bytes(_read(stream, 8, "the count of blocks"), "little")
    for position in range(count):
        size = int.from_bytes(_read(stream, 4, f"the length of block {position}"), "little")
        if size > MAX_BLOCK_BYTES:
            raise BlockFileError(f"block {position} of the file claims {size} bytes; is this a file of blocks?")
        try:
            block = Block.decode(_read(stream, size, f"block {position}"))
        except DecodeError as error:
            raise BlockFileError(f"block {position} of the file cannot be read: {error}") from None
        chain.import_block(block)
    return count, chain.best.number


def _read(stream: BinaryIO, size: int, what: str) -> bytes:
    raw = stream.read(size)
    if len(raw) != size:
        raise BlockFileError(f"the file ends inside {what}")
    return raw
