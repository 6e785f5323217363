"""The node: a chain, a pool, an author and what clients are told. What every RPC method is given first."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from chain.block import Header
from chain.blockchain import Blockchain, Head, Imported
from chain.errors import DecodeError
from chain.keys import Keypair
from chain.transaction import ValidTransaction
from chain.types import H256, Id, MultiAddress
from node.author import Author, short_hash
from node.chain_spec import ChainSpec
from node.clock import Clock
from node.dev.snapshots import NodeSnapshot, Snapshots
from node.pool import Pool
from node.rpc.subscriptions import Topic
from runtime.extensions import nonce_tag
from runtime.taonet import Taonet

if TYPE_CHECKING:
    from node.sealing import Sealer

logger = logging.getLogger("substrate")

VERSION = "0.1.0"
REVALIDATED_PER_BLOCK = 64
"""How many waiting extrinsics are validated again after each block, so that a full pool does not stall the node."""
CLIENT_NAME = "taonet"


@dataclass(slots=True)
class Keystore:
    """The keys that the node can sign with, by type (`aura`, `gran`) and public key."""

    keys: dict[tuple[bytes, bytes], Keypair] = field(default_factory=dict)

    def add(self, kind: bytes, key: Keypair) -> None:
        """Keep a key."""
        self.keys[kind, key.public] = key

    def has(self, kind: bytes, public: bytes) -> bool:
        """Whether the key is here."""
        return (kind, public) in self.keys

    def get(self, public: bytes) -> Keypair | None:
        """The authoring key with this public key."""
        return self.keys.get((b"aura", public))


class Node:
    """One chain and everything around it, in one event loop."""

    def __init__(self, spec: ChainSpec, chain: Blockchain, keystore: Keystore, clock: Clock | None = None) -> None:
        self.spec, self.chain, self.keystore = spec, chain, keystore
        self._viewed: tuple[H256, Taonet] | None = None
        self.pool = Pool(self._validate, tip=self._tip, tags=self._tags)
        self.author = Author(chain, self.pool, keystore, clock or Clock())
        self.imported: Topic[Imported] = Topic()
        self.finalized: Topic[tuple[Head, ...]] = Topic()
        self.unfinalized: dict[H256, Header] = {}
        """The blocks that are not final, of all forks, parents before children."""
        self._find_unfinalized()
        self.failure: Exception | None = None
        """What made the node stop, if something did."""
        self.sealer: Sealer | None = None
        """What makes blocks by itself, if anything does."""
        self.snapshots = Snapshots(self)
        chain.on_import.append(self._after_import)
        chain.on_finalized.append(self._after_finalized)

    @property
    def clock(self) -> Clock:
        """What time it is for the author of the next block."""
        return self.author.clock

    def _find_unfinalized(self) -> None:
        """Begin with those of the best chain: of others nothing is remembered over a restart."""
        for number in range(self.chain.finalized.number + 1, self.chain.best.number + 1):
            block = self.chain.hash_of(number)
            if block is not None:
                self.unfinalized[block] = self.chain.expect_header(block)

    # -- blocks -------------------------------------------------------------------------------------------------

    def make_block(
        self,
        *,
        parent: H256 | None = None,
        extrinsics: Sequence[bytes] | None = None,
        timestamp_ms: int | None = None,
        finalize: bool = True,
        seconds: float | None = None,
    ) -> H256:
        """Make the next block. Raises: CannotAuthor, TransactionError, InvalidBlock."""
        return self.author.author(
            parent=parent, extrinsics=extrinsics, timestamp_ms=timestamp_ms, finalize=finalize, seconds=seconds
        )

    def write_storage(self, changes: Mapping[bytes, bytes | None], number: int | None = None) -> H256:
        """Make a block without extrinsics whose state holds `changes`; `number` may jump ahead.

        Raises: CannotAuthor, InvalidBlock on a chain whose state may not be written by hand.
        """
        return self.author.author(extrinsics=(), overrides=changes, number=number)

    def runtime(self, block: H256 | None = None) -> Taonet:
        """The runtime over the state after a block, the best one without any. Raises: UnknownBlock, StateDiscarded."""
        runtime = self.chain.runtime(block or self.chain.best.hash)
        assert isinstance(runtime, Taonet)
        return runtime

    def header(self, block: H256 | None = None) -> Header:
        """The header of a block, of the best one without any. Raises: UnknownBlock."""
        return self.chain.expect_header(block or self.chain.best.hash)

    def set_head(self, block: H256) -> None:
        """Make any kept block the head; what came after it is left. Raises: UnknownBlock, StateDiscarded."""
        left = self._blocks_left_by(block)
        self.chain.set_head(block)
        for hash_, extrinsics in left:
            self.pool.on_retracted(hash_, extrinsics)
        self.unfinalized.clear()
        header = self.chain.expect_header(block)
        self.pool.on_block((), block, header.number, is_finalized=False)
        while self.pool.revalidate(REVALIDATED_PER_BLOCK):
            pass
        self.imported.publish(Imported(block, header, True, {}))
        self.finalized.publish((Head(block, header.number),))

    def snapshot(self) -> NodeSnapshot:
        """All that the node is now: chain, pool and clock, to come back to."""
        return NodeSnapshot(self.chain.snapshot(), self.pool.snapshot(), self.clock.now_ms(), dict(self.unfinalized))

    def restore(self, snapshot: NodeSnapshot) -> None:
        """Be what the node was then. Raises: StateDiscarded where that state was pruned since."""
        self.chain.restore(snapshot.chain)
        self.pool.restore(snapshot.pool)
        self.clock.set_ms(snapshot.now_ms)
        self.unfinalized = dict(snapshot.unfinalized)
        best = self.chain.best
        self.imported.publish(Imported(best.hash, self.chain.expect_header(best.hash), True, {}))
        self.finalized.publish((self.chain.finalized,))

    def _blocks_left_by(self, block: H256) -> list[tuple[H256, tuple[bytes, ...]]]:
        """The blocks of the best chain that are none of the chain that ends in `block`, the last first."""
        kept = block
        while not self.chain.is_canonical(kept):
            kept = self.chain.expect_header(kept).parent_hash
        left = takewhile(lambda entry: entry[0] != kept, self.chain.ancestry(self.chain.best.hash))
        return [(found, stored.extrinsics) for found, stored in left]

    # -- the pool -----------------------------------------------------------------------------------------------

    def _validate(self, extrinsic: bytes, source: str) -> ValidTransaction:
        best = self.chain.best.hash
        return self._latest().validate_transaction(source, extrinsic, best)

    def _latest(self) -> Taonet:
        """The runtime over the best block's state, the same one as long as that is the best."""
        best = self.chain.best.hash
        if self._viewed is not None:
            if self._viewed[0] == best:
                return self._viewed[1]
            self.chain.give_back(self._viewed[1])
        runtime = self.chain.borrow(best)
        assert isinstance(runtime, Taonet)
        self._viewed = best, runtime
        return runtime

    def _explicit(self, extrinsic: bytes) -> tuple[MultiAddress | None, dict[str, Any]]:
        """Who sent an extrinsic and the explicit values of its extensions; nothing for one that nobody signed."""
        runtime = self._latest()
        try:
            decoded = runtime.construct.format.decode(extrinsic)
        except DecodeError:
            return None, {}
        return decoded.address, dict(zip(runtime.pipeline.explicit, decoded.extensions, strict=False))

    def _tip(self, extrinsic: bytes) -> int:
        tip: int = self._explicit(extrinsic)[1].get("ChargeTransactionPayment", 0)
        return tip

    def _tags(self, extrinsic: bytes) -> tuple[bytes, ...]:
        address, values = self._explicit(extrinsic)
        return (nonce_tag(address.value, values["CheckNonce"]),) if isinstance(address, Id) else ()

    def _after_import(self, block: Imported) -> None:
        self.unfinalized[block.hash] = block.header
        # Substrate's line; scripts wait for its `Imported #1`
        mark, level = "🏆" if block.is_best else "🆕", self.author.log_level
        if logger.isEnabledFor(level):
            parent = short_hash(block.header.parent_hash)
            logger.log(level, "%s Imported #%d (%s → %s)", mark, block.header.number, parent, short_hash(block.hash))
        if block.is_best:
            stored = self.chain.block(block.hash)
            assert stored is not None
            final = self.chain.finalized.hash == block.hash
            self.pool.on_block(stored.extrinsics, block.hash, block.header.number, is_finalized=final)
            self.pool.revalidate(REVALIDATED_PER_BLOCK)
        self.imported.publish(block)

    def _after_finalized(self, heads: tuple[Head, ...]) -> None:
        final = heads[-1].number
        self.unfinalized = {block: header for block, header in self.unfinalized.items() if header.number > final}
        for head in heads:
            self.pool.on_finalized(head.hash)
        self.finalized.publish(heads)
