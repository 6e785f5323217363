"""Blocks and their states: store, choose best and finalized, import and re-execute.

Everything that one block adds goes into one atomic batch: header, body, justifications, state nodes, indexes and
head pointers. So whatever happens, a stored block is whole.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from chain.block import Block, Header, decode_body, encode_body
from chain.database import Database
from chain.errors import DatabaseError, InvalidBlock, StateDiscarded, UnknownBlock
from chain.overrides import is_override
from chain.pruning import Pruning
from chain.scale.hints import codec_of, decode, encode
from chain.seal import check_seal
from chain.state import State
from chain.transition import Transition, TransitionFactory
from chain.trie.tree import Commit, Trie
from chain.types import H256, ZERO_HASH

T = TypeVar("T")

HEADER, BODY, JUSTIFICATIONS, NUMBER, NODE, META = (bytes([c]) for c in b"hbjnsm")
BEST, FINALIZED, GENESIS = (META + name for name in (b"best", b"finalized", b"genesis"))
HEADERS_KEPT = 1024
"""How many headers stay decoded: going back to a snapshot frees them, so not more than that takes a millisecond."""
TRIES_KEPT = 16
"""How many states are kept loaded besides the best one's."""
SPARE_RUNTIMES = 2
"""How many runtimes wait for the next block: making one costs as much as a third of an idle block."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A block that became part of the chain, and what it changed."""

    hash: H256
    header: Header
    is_best: bool
    changes: Mapping[bytes, bytes | None]


@dataclass(frozen=True, slots=True)
class Head:
    """A block that a pointer stands at."""

    hash: H256
    number: int


@dataclass(frozen=True, slots=True)
class ChainSnapshot:
    """Where a chain was: its heads, the state of the best block, and the place in the database."""

    best: Head
    finalized: Head
    trie: Trie
    checkpoint: int


def number_key(number: int) -> bytes:
    """Where the canonical hash of a number stands; in the order of the numbers."""
    return NUMBER + number.to_bytes(8, "big")


class Blockchain:
    """The blocks of one chain in one database."""

    def __init__(
        self, database: Database, runtime: TransitionFactory, pruning: int | None = None, *, checks: bool = True
    ) -> None:
        """`checks` says whether the invariants of the runtime are checked after each block."""
        self.database, self._runtime, self._checks = database, runtime, checks
        self._tries: OrderedDict[bytes, Trie] = OrderedDict()
        self._headers: OrderedDict[bytes, Header] = OrderedDict()
        self._spare: list[Transition] = []
        self.on_import: list[Callable[[Imported], None]] = []
        self.on_finalized: list[Callable[[tuple[Head, ...]], None]] = []
        self.best = self.finalized = Head(ZERO_HASH, -1)
        self.genesis_hash = ZERO_HASH
        self.pruning = Pruning(database, pruning)
        genesis = database.get(GENESIS)
        if genesis is not None:
            self.genesis_hash = H256(genesis)
            self.best, self.finalized = self._head(BEST), self._head(FINALIZED)
            self.pruning.load(self.hash_of, self.best.number)

    def _head(self, pointer: bytes) -> Head:
        raw = self.database.get(pointer)
        header = None if raw is None else self.header(H256(raw))
        if raw is None or header is None:
            raise DatabaseError(f"the database has no block under its pointer {pointer[1:].decode()!r}")
        return Head(H256(raw), header.number)

    # -- reading ------------------------------------------------------------------------------------------------

    def header(self, block: H256) -> Header | None:
        """The header with this hash, None if there is none."""
        known = self._headers.get(block)
        if known is not None:
            return known
        raw = self.database.get(HEADER + block)
        if raw is None:
            return None
        header: Header = codec_of(Header).decode(raw, 0)[0]
        self._remember(self._headers, block, header, HEADERS_KEPT)
        return header

    def expect_header(self, block: H256) -> Header:
        """The header with this hash. Raises: UnknownBlock."""
        found = self.header(block)
        if found is None:
            raise UnknownBlock(f"Unknown block 0x{block.hex()}")
        return found

    def block(self, block: H256) -> Block | None:
        """The block with this hash, None if there is none."""
        header, body = self.header(block), self.database.get(BODY + block)
        if header is None or body is None:
            return None
        raw = self.database.get(JUSTIFICATIONS + block)
        return Block(header, decode_body(body, 0)[0], None if raw is None else decode(tuple[bytes, ...], raw))

    def ancestry(self, block: H256) -> Iterator[tuple[H256, Block]]:
        """A block and those before it with their hashes, the last first, as far back as they are stored."""
        while (found := self.block(block)) is not None:
            yield block, found
            block = found.header.parent_hash

    def hash_of(self, number: int) -> H256 | None:
        """The hash of the block with this number on the best chain, None if there is none."""
        if not 0 <= number <= self.best.number:  # what stands above is of a chain that was left
            return None
        raw = self.database.get(number_key(number))
        return None if raw is None else H256(raw)

    def is_canonical(self, block: H256) -> bool:
        """Whether the block is on the best chain."""
        header = self.header(block)
        return header is not None and self.hash_of(header.number) == block

    def trie(self, block: H256) -> Trie:
        """The state after a block, as a trie. Raises: UnknownBlock, StateDiscarded."""
        header = self.expect_header(block)
        if self.pruning.discarded(block, header, self):
            raise StateDiscarded(f"State already discarded for 0x{block.hex()}")
        known = self._tries.get(header.state_root)
        if known is not None:
            self._tries.move_to_end(header.state_root)
            return known
        trie = Trie(self._node, header.state_root)
        self._remember(self._tries, header.state_root, trie, TRIES_KEPT)
        return trie

    def state(self, block: H256) -> State:
        """A layer of writes over the state after a block. Raises: UnknownBlock, StateDiscarded."""
        return State(self.trie(block))

    def runtime(self, block: H256) -> Transition:
        """The runtime over the state after a block. Raises: UnknownBlock, StateDiscarded."""
        return self._runtime(self.state(block))

    def borrow(self, block: H256) -> Transition:
        """What `runtime` gives, for one who gives it back: it may be one that was given back before.

        Raises: UnknownBlock, StateDiscarded.
        """
        trie = self.trie(block)
        while self._spare:
            runtime = self._spare.pop()
            if runtime.runs(trie):
                runtime.move_to(trie)
                return runtime
        return self._runtime(State(trie))

    def give_back(self, runtime: Transition) -> None:
        """Let a runtime be borrowed again; who gives it back uses it no more."""
        if len(self._spare) < SPARE_RUNTIMES:
            self._spare.append(runtime)

    def _node(self, key: bytes) -> bytes | None:
        return self.database.get(NODE + key)

    @staticmethod
    def _remember(cache: OrderedDict[bytes, T], key: bytes, value: T, limit: int) -> None:
        cache[key] = value
        if len(cache) > limit:
            cache.popitem(last=False)

    # -- writing ------------------------------------------------------------------------------------------------

    def create(self, state: State, header: Header | None = None, genesis_hash: H256 | None = None) -> H256:
        """Begin the chain with a genesis state, or in the middle: with the header of a later block and its state.

        Raises: DatabaseError if the database has a chain, InvalidBlock for a state that is not the header's.
        """
        if self.database.get(GENESIS) is not None:
            raise DatabaseError("the database has a chain already")
        commit = state.commit()
        if header is None:
            # the extrinsics root of a block without extrinsics is that of the empty trie
            header = Header(ZERO_HASH, 0, H256(commit.root), H256(Trie.empty().root))
        elif header.state_root != commit.root:
            raise InvalidBlock(f"state_root is 0x{commit.root.hex()}, the header says 0x{header.state_root.hex()}")
        base = header.hash()
        self.genesis_hash = genesis_hash or base
        first: dict[bytes, bytes] = {GENESIS: self.genesis_hash, number_key(0): self.genesis_hash}
        self._store(Block(header, ()), base, commit, first, finalize=True)
        return base

    @property
    def begins_in_the_middle(self) -> bool:
        """Whether the blocks between the genesis and the first one here are somewhere else."""
        return self.header(self.genesis_hash) is None

    def import_block(self, block: Block, *, finalize: bool = True) -> H256:
        """Execute a block that came from outside, check every field of its header, store it.

        Raises: InvalidBlock, UnknownBlock for a missing parent, StateDiscarded for a parent without state.
        A block that is stored already is left as it is.
        """
        block_hash = block.header.hash()
        if self.header(block_hash) is not None:
            return block_hash
        parent = self.header(block.header.parent_hash)
        if parent is None:
            raise UnknownBlock(f"Unknown block 0x{block.header.parent_hash.hex()}: the parent is not stored")
        expected = parent.number + 1
        if block.header.number != expected and not (block.header.number > expected and is_override(block.header)):
            raise InvalidBlock(f"number is {expected}, the header says {block.header.number}")
        runtime = self.borrow(block.header.parent_hash)
        unsealed = check_seal(block.header, runtime.author_key(block.header), runtime.state)
        runtime.execute_block(Block(unsealed, block.extrinsics))
        self.insert(block, runtime, finalize=finalize)
        self.give_back(runtime)
        return block_hash

    def insert(self, block: Block, runtime: Transition, *, finalize: bool = True) -> H256:
        """Store a block that `runtime` has just executed. Raises: BrokenInvariant, with nothing stored."""
        if self._checks:
            runtime.invariants()
        block_hash = block.header.hash()
        commit = runtime.state.commit()
        is_best = block.header.number > self.best.number
        self._store(block, block_hash, commit, {}, finalize=finalize and is_best)
        imported = Imported(block_hash, block.header, is_best, runtime.state.changes())
        for listener in self.on_import:
            listener(imported)
        if finalize and is_best:
            self._tell_finalized((self.finalized,))
        return block_hash

    def _store(
        self, block: Block, block_hash: H256, commit: Commit, more: Mapping[bytes, bytes], *, finalize: bool
    ) -> None:
        header = block.header
        batch: dict[bytes, bytes | None] = {NODE + key: raw for key, raw in commit.inserted.items()}
        batch[HEADER + block_hash] = header.encode()
        batch[BODY + block_hash] = encode_body(block.extrinsics)
        if block.justifications is not None:
            batch[JUSTIFICATIONS + block_hash] = encode(tuple[bytes, ...], block.justifications)
        batch |= more
        best, finalized = self.best, self.finalized
        if header.number > self.best.number:
            best = Head(block_hash, header.number)
            batch |= self._canonical(best, header)
            if finalize:
                finalized = best
                batch[FINALIZED] = finalized.hash
        batch |= self.pruning.record(header.number, block_hash, commit)
        batch |= self.pruning.prune(finalized.number, self.hash_of)
        self.database.write(batch, sync=finalize)
        # nothing in memory changes before the batch is written: a full disk leaves the chain as it was
        self.best, self.finalized = best, finalized
        self.pruning.written()
        commit.trie.mark_saved()
        self._remember(self._headers, block_hash, header, HEADERS_KEPT)
        self._remember(self._tries, header.state_root, commit.trie, TRIES_KEPT)

    def _canonical(self, best: Head, header: Header) -> dict[bytes, bytes | None]:
        """The index entries with which `best` is the head of the best chain."""
        batch: dict[bytes, bytes | None] = {BEST: best.hash, number_key(best.number): best.hash}
        parent_hash = header.parent_hash
        while parent_hash != ZERO_HASH:
            parent = self.header(parent_hash)
            if parent is None or self.hash_of(parent.number) == parent_hash:
                break
            batch[number_key(parent.number)] = parent_hash
            parent_hash = parent.parent_hash
        before = self.header(header.parent_hash)
        below = header.number - 1 if before is None else before.number
        if best.number > below + 1:
            # numbers that the new chain jumps over hold nothing of the old one
            for key, _ in self.database.iterate(NUMBER, after=number_key(below)):
                if key < number_key(best.number):
                    batch[key] = None
        return batch

    def finalize(self, block: H256, justification: bytes | None = None) -> None:
        """Make a block and all before it final. Raises: UnknownBlock, InvalidBlock if it is not on the best chain."""
        header = self.expect_header(block)
        if not self.is_canonical(block):
            raise InvalidBlock("a block that is not on the best chain cannot be finalized")
        if header.number < self.finalized.number:
            raise InvalidBlock(f"block {self.finalized.number} is final already")
        batch: dict[bytes, bytes | None] = {FINALIZED: block}
        if justification is not None:
            batch[JUSTIFICATIONS + block] = encode(tuple[bytes, ...], (justification,))
        heads = tuple(self._heads(self.finalized.number + 1, header.number))
        batch |= self.pruning.prune(header.number, self.hash_of)
        self.database.write(batch, sync=True)
        self.finalized = Head(block, header.number)
        self.pruning.written()
        self._tell_finalized(heads)

    def _heads(self, first: int, last: int) -> list[Head]:
        found = [(self.hash_of(number), number) for number in range(first, last + 1)]
        return [Head(block, number) for block, number in found if block is not None]

    def _tell_finalized(self, heads: tuple[Head, ...]) -> None:
        for listener in self.on_finalized:
            listener(heads)

    def set_head(self, block: H256) -> None:
        """Make any kept block best and final, whatever came after it. Raises: UnknownBlock, StateDiscarded."""
        header = self.expect_header(block)
        self.trie(block)
        head = Head(block, header.number)
        self.database.write(self._canonical(head, header) | {FINALIZED: block}, sync=True)
        self.best = self.finalized = head
        self.pruning.load(self.hash_of, head.number)

    def snapshot(self) -> ChainSnapshot:
        """Where the chain is now, to come back to. It costs the same whatever the chain holds."""
        return ChainSnapshot(self.best, self.finalized, self.trie(self.best.hash), self.database.checkpoint())

    def restore(self, snapshot: ChainSnapshot) -> None:
        """Go back to where the chain was; the blocks since then, and later snapshots, are gone.

        Raises: StateDiscarded where the state of that block was pruned since.
        """
        best, number = snapshot.best.hash, snapshot.best.number
        if not self.database.rollback(snapshot.checkpoint) and number < self.pruning.first_kept:
            raise StateDiscarded(f"State already discarded for 0x{best.hex()}: block {number} was pruned")
        header = self.expect_header(best)
        heads: dict[bytes, bytes | None] = {BEST: best, FINALIZED: snapshot.finalized.hash}
        self.database.write(self._canonical(snapshot.best, header) | heads, sync=True)
        self._headers.clear()
        self._tries.clear()
        self._remember(self._tries, header.state_root, snapshot.trie, TRIES_KEPT)
        self.best, self.finalized = snapshot.best, snapshot.finalized
        self.pruning = Pruning(self.database, self.pruning.keep)
        self.pruning.load(self.hash_of, number)
