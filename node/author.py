"""The author: makes a block of what the pool holds, seals it, stores it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chain.block import Block, Header
from chain.blockchain import Blockchain
from chain.errors import ChainError, DecodeError, InvalidBlock, InvalidTransaction, TransactionError
from chain.hashing import twox_128
from chain.impersonation import may_impersonate
from chain.keys import Keypair
from chain.overrides import override_log
from chain.seal import mock_seal, seal
from chain.transition import Transition
from chain.types import H256, ZERO_HASH, AccountId, Digest
from node.clock import Clock
from node.metrics.histogram import Histogram
from node.pool import Pool
from node.shield import ShieldKeys
from runtime.executive import pre_runtime_slot
from runtime.pallets.mev_shield.ciphertext import ShieldedTransaction, parse, unshield
from runtime.pallets.mev_shield.pallet import IDENTIFIER as SHIELD
from runtime.pallets.timestamp import IDENTIFIER as TIMESTAMP
from runtime.taonet import Taonet

logger = logging.getLogger("sc_basic_authorship")

MAX_SKIPPED = 8
"""How many extrinsics that do not fit are passed over before the block counts as full."""


class CannotAuthor(ChainError):
    """No block can be made now; the message says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A block in the making: begun, its inherents applied."""

    runtime: Taonet
    body: list[bytes]
    key: Keypair | None
    """What will seal it; None for a mock seal."""
    pending_key: bytes | None
    """The key of the MEV shield whose extrinsics can be opened in it."""


class KeySource(Protocol):
    """Where the author's keys are."""

    def get(self, public: bytes) -> Keypair | None:
        """The key with this public key, None if it is not here."""


class Author:
    """Makes blocks with the keys of authorities."""

    def __init__(self, chain: Blockchain, pool: Pool, keys: KeySource, clock: Clock) -> None:
        self.chain, self.pool, self.keys, self.clock = chain, pool, keys, clock
        self.shield: ShieldKeys | None = ShieldKeys()
        """The author's keys of the MEV shield; None for an author who has none."""
        self.mock_seals = False
        """Whether blocks get a mock seal where the state allows it, so that the same calls give the same hashes."""
        self.log_level = logging.INFO
        """How loud each block is told of."""
        self.seconds = Histogram()
        """How long making each block took."""
        self.last_size = 0
        """How many extrinsics the last block has that was made."""

    def author(
        self,
        *,
        parent: H256 | None = None,
        extrinsics: Sequence[bytes] | None = None,
        timestamp_ms: int | None = None,
        finalize: bool = True,
        seconds: float | None = None,
        overrides: Mapping[bytes, bytes | None] | None = None,
        number: int | None = None,
    ) -> H256:
        """Make the next block, of `extrinsics` or else of what the pool has ready, within `seconds`.

        `overrides` are written into its state last; `number` is its number where it is not the parent's plus one.

        Raises: CannotAuthor, TransactionError for one of `extrinsics` that may not be included, InvalidBlock.
        """
        began = time.monotonic()
        parent_hash = parent or self.chain.best.hash
        draft = self.begin(parent_hash, timestamp_ms, overrides, number, runtime=self.chain.borrow(parent_hash))
        runtime, body = draft.runtime, draft.body
        if extrinsics is None:
            body += self._from_pool(runtime, draft.pending_key, None if seconds is None else began + seconds)
        else:
            for raw in extrinsics:
                runtime.apply_extrinsic(raw)
                body.append(raw)
        block_hash = self.finish(draft, began, finalize=finalize)
        self.chain.give_back(runtime)
        return block_hash

    def finish(self, draft: Draft, began: float, *, finalize: bool = True) -> H256:
        """Seal and store a block that was begun at `began`, in seconds of the monotonic clock. Raises: InvalidBlock."""
        header = draft.runtime.finalize_block()
        header = mock_seal(header) if draft.key is None else seal(header, draft.key)
        block_hash = header.hash()
        seconds = time.monotonic() - began
        self.seconds.observe(seconds)
        self.last_size = len(draft.body)
        logger.log(
            self.log_level,
            "🎁 Prepared block for proposing at %d (%d ms) hash: 0x%s; parent_hash: %s; extrinsics_count: %d",
            header.number,
            seconds * 1000,
            block_hash.hex(),
            short_hash(header.parent_hash),
            len(draft.body),
        )
        self.chain.insert(Block(header, tuple(draft.body)), draft.runtime, finalize=finalize)
        return block_hash

    def begin(
        self,
        parent_hash: H256,
        timestamp_ms: int | None = None,
        overrides: Mapping[bytes, bytes | None] | None = None,
        number: int | None = None,
        *,
        runtime: Transition | None = None,
    ) -> Draft:
        """The block after `parent_hash`, with its inherents and nothing else.

        `runtime` stands over the parent's state; without one the block gets one of its own.

        Raises: CannotAuthor, InvalidBlock.
        """
        parent_header = self.chain.expect_header(parent_hash)
        runtime = runtime or self.chain.runtime(parent_hash)
        assert isinstance(runtime, Taonet)
        now_ms, key = self._turn(runtime, timestamp_ms)
        sealing = None if self.mock_seals and may_impersonate(runtime.state, AccountId(key.public)) else key
        slot = now_ms // runtime.aura.SlotDuration
        logger.debug("Starting consensus session on top of parent 0x%s (#%d)", parent_hash.hex(), parent_header.number)
        digest = Digest((pre_runtime_slot(slot), *(() if overrides is None else (override_log(overrides),))))
        blank = Header(parent_hash, number or parent_header.number + 1, ZERO_HASH, ZERO_HASH, digest)
        runtime.initialize_block(blank)
        pending_key = runtime.mev_shield.PendingKey
        known = {TIMESTAMP: now_ms.to_bytes(8, "little")}
        if self.shield is not None:
            known[SHIELD] = self.shield.announce()
        body = list(runtime.inherent_extrinsics(known))
        for raw in body:
            runtime.apply_extrinsic(raw)
        return Draft(runtime, body, sealing, pending_key)

    def _turn(self, runtime: Taonet, timestamp_ms: int | None) -> tuple[int, Keypair]:
        """The time of the next block, and the key whose slot that is. Raises: CannotAuthor."""
        duration, before = runtime.aura.SlotDuration, runtime.timestamp.Now
        earliest = (runtime.aura.CurrentSlot + 1) * duration if before else 0
        earliest = max(earliest, before + runtime.timestamp.MinimumPeriod if before else 0)
        now_ms = max(self.clock.now_ms(), earliest) if timestamp_ms is None else timestamp_ms
        if timestamp_ms is not None and now_ms < earliest:
            raise CannotAuthor(f"time {now_ms} is too early: the next block may be at {earliest} ms")
        authorities = runtime.aura.Authorities
        for slot in range(now_ms // duration, now_ms // duration + max(len(authorities), 1)):
            key = self.keys.get(authorities[slot % len(authorities)]) if authorities else None
            if key is not None:
                return max(now_ms, slot * duration), key
            if timestamp_ms is not None:
                break
        raise CannotAuthor("none of the authorities' keys is here" if timestamp_ms is None else "the slot is not ours")

    def _from_pool(self, runtime: Taonet, pending_key: bytes | None, deadline: float | None) -> list[bytes]:
        included: list[bytes] = []
        unfit: list[bytes] = []
        skipped = 0
        queue = self.pool.ready()
        for transaction in queue:
            if deadline is not None and time.monotonic() > deadline:
                break
            shielded = shielded_in(runtime, transaction.extrinsic)
            if shielded is not None and (pending_key is None or twox_128(pending_key) != shielded.key_hash):
                queue.skip()  # it waits for an author who can open it
                continue
            try:
                runtime.apply_extrinsic(transaction.extrinsic)
            except (TransactionError, InvalidBlock) as error:
                queue.skip()
                if error == InvalidTransaction("ExhaustsResources"):
                    skipped += 1
                    if skipped > MAX_SKIPPED:
                        break
                elif error != InvalidTransaction("Future"):
                    logger.debug("[0x%s] Invalid transaction: %s", transaction.hash.hex(), error)
                    unfit.append(transaction.hash)
            else:
                included.append(transaction.extrinsic)
                if shielded is not None:
                    included += self._opened(runtime, shielded)
        self.pool.remove(unfit)
        return included

    def _opened(self, runtime: Taonet, shielded: ShieldedTransaction) -> list[bytes]:
        """The extrinsic that was encrypted, once it is in the block behind its carrier; nothing if it cannot be."""
        secret = None if self.shield is None else self.shield.secret(shielded.key_hash)
        inner = None if secret is None else unshield(secret, shielded)
        if inner is None:
            logger.debug("an encrypted extrinsic could not be opened")
            return []
        try:
            runtime.apply_extrinsic(inner)
        except (TransactionError, InvalidBlock) as error:
            logger.debug("an encrypted extrinsic is invalid: %s", error)
            return []
        return [inner]


def shielded_in(runtime: Taonet, extrinsic: bytes) -> ShieldedTransaction | None:
    """What an extrinsic carries encrypted; None for any other."""
    bound = runtime.construct.call.find("MevShield", "submit_encrypted")
    if bytes([bound.pallet_index, bound.definition.index]) not in extrinsic:
        return None  # so that the others are decoded once only
    try:
        call = runtime.construct.format.decode(extrinsic).call
    except DecodeError:
        return None
    return parse(call.argument("ciphertext")) if call.bound is bound else None


def short_hash(block: bytes) -> str:
    """A hash as Substrate's log lines show it."""
    text = block.hex()
    return f"0x{text[:4]}…{text[-4:]}"
