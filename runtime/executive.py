"""How a block is executed, step by step.

Source: frame_executive::Executive
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chain.block import Block, Header
from chain.errors import (
    DecodeError,
    DispatchError,
    InvalidBlock,
    InvalidTransaction,
    TransactionError,
    UnknownTransaction,
)
from chain.extrinsic import Extrinsic, signed_payload
from chain.hashing import twox_128
from chain.impersonation import is_mock, may_impersonate
from chain.keys import verify
from chain.overrides import Overrides, apply_overrides, read_overrides
from chain.scale.hints import encode
from chain.state import Base, State
from chain.transaction import ValidTransaction
from chain.trie.root import ordered_root
from chain.types import H256, BlockNumber, Digest, FourBytes, PreRuntime
from runtime.extensions import check_extrinsic, count_extrinsic, give_back
from runtime.frame.construct import Construct, Runtime
from runtime.frame.errors import CannotLookup, post_info_of
from runtime.frame.extensions import Pipeline, TransactionContext
from runtime.frame.origin import Origin, lookup
from runtime.frame.pallet import Event
from runtime.frame.weight import ZERO_WEIGHT, DispatchClass, DispatchEventInfo, DispatchInfo, PostInfo
from runtime.pallets.system import (
    EXTRINSIC_INDEX_KEY,
    PHASE_FINALIZATION,
    PHASE_INITIALIZATION,
    LastRuntimeUpgradeInfo,
    System,
    encode_topics,
    phase_of_extrinsic,
)
from runtime.pallets.timestamp import Timestamp

VERSION_POSTFIX = twox_128(b":__STORAGE_VERSION__:")
"""What follows the pallet's prefix in the key of its storage version."""
EXTRINSICS_ROOT_VERSION = 0
"""The trie version of the extrinsics root. Source: system version 1"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an extrinsic in the block: None, or why its call failed."""

    error: DispatchError | None


class Executive(Runtime):
    """A runtime that executes blocks. A subclass lists the pallets; these it needs."""

    system: System
    timestamp: Timestamp

    def __init__(self, state: State, construct: Construct | None = None) -> None:
        super().__init__(state, construct)
        self.pipeline = Pipeline.of(self)
        self._forget_block()

    def move_to(self, base: Base) -> None:
        """Stand over another state, outside of any block."""
        super().move_to(base)
        self._forget_block()

    def _forget_block(self) -> None:
        self._phase: bytes | None = None
        self._index = 0
        self._extrinsics: list[bytes] = []
        self._inherents_over = False
        self._overrides: Overrides = ()

    # -- what pallets ask of a runtime --------------------------------------------------------------------------

    def deposit_event(self, event: Event, topics: tuple[H256, ...] = ()) -> None:
        """Record an event in the block; outside of one (at genesis) there are no events."""
        if self._phase is not None:
            raw = self._phase + self.construct.event_encoders[type(event)](event) + encode_topics(topics)
            self.system.append_event(raw, topics)

    def call_filtered(self) -> DispatchError:
        """The error of a call that a filter refuses."""
        return self.system.CallFiltered()

    def metadata_hash(self) -> bytes | None:
        """The hash that a signer may commit to, None without one."""
        return None

    # -- a block ------------------------------------------------------------------------------------------------

    def initialize_block(self, header: Header) -> None:
        """Begin a block: bookkeeping, then each pallet's `on_initialize`. Raises: InvalidBlock."""
        system = self.system
        number = BlockNumber(header.number)
        if number <= system.Number:
            raise InvalidBlock(f"block {number} does not come after block {system.Number}")
        pre_runtime = Digest(tuple(log for log in header.digest.logs if isinstance(log, PreRuntime)))
        self._forget_block()
        self._phase = PHASE_INITIALIZATION
        self._overrides = read_overrides(header, self.state)
        system.initialize(number, header.parent_hash, pre_runtime)
        self._note_runtime_upgrade()
        weight = system.BlockWeights.base_block
        for section in self.construct.initializers:
            weight = weight + (self.sections[section].on_initialize(number) or ZERO_WEIGHT)
        system.register_extra_weight(weight, DispatchClass.Mandatory)
        self._phase = phase_of_extrinsic(0)

    def _note_runtime_upgrade(self) -> None:
        version, last = self.system.Version, self.system.LastRuntimeUpgrade
        if last is None or last.spec_version != version.spec_version:
            self.system.LastRuntimeUpgrade = LastRuntimeUpgradeInfo(version.spec_version, version.spec_name)

    def apply_extrinsic(self, raw: bytes) -> Outcome:
        """Apply an extrinsic. A call that fails has its fee and its nonce taken, and nothing else.

        Raises: TransactionError for an extrinsic that may not be in the block; the state is as before.
        """
        try:
            extrinsic = self.construct.format.decode(raw)
        except DecodeError:
            raise InvalidTransaction("Call") from None
        with self.state.transaction():
            outcome = self._apply(extrinsic)
        self._inherents_over = self._inherents_over or not self._is_inherent(extrinsic)
        self._extrinsics.append(raw)
        self._index += 1
        self._phase = phase_of_extrinsic(self._index)
        self.state.set(EXTRINSIC_INDEX_KEY, self._index.to_bytes(4, "little"))
        return outcome

    def _apply(self, extrinsic: Extrinsic) -> Outcome:
        call = extrinsic.call
        info = self.dispatch_info(call)
        if extrinsic.signature is None:
            return self._apply_bare(extrinsic, info)
        context = self.check(extrinsic, info)
        for extension in self.pipeline.validate:
            extension.validate(context)
        for extension in self.pipeline.prepare:
            extension.prepare(context)
        error, post = self._dispatch(call, Origin.signed(context.who))
        self._refuse_failed_inherent(info, error)
        for extension in self.pipeline.post_dispatch:
            extension.post_dispatch(context, post, error)
        self._note_applied(info, post, error)
        return Outcome(error)

    def _is_inherent(self, extrinsic: Extrinsic) -> bool:
        """Whether the extrinsic is one that authors put first, signed by nobody."""
        return extrinsic.signature is None and extrinsic.call.bound.definition.inherent

    def _apply_bare(self, extrinsic: Extrinsic, info: DispatchInfo) -> Outcome:
        inherent = self._is_inherent(extrinsic)
        if inherent and self._inherents_over:
            raise InvalidTransaction("BadMandatory")
        if not inherent:
            self.validate_unsigned(extrinsic)
        check_extrinsic(self.system, info, len(extrinsic.raw))
        count_extrinsic(self.system, info, len(extrinsic.raw))
        error, post = self._dispatch(extrinsic.call, Origin.none())
        self._refuse_failed_inherent(info, error)
        give_back(self.system, info, post)
        self._note_applied(info, post, error)
        return Outcome(error)

    @staticmethod
    def _refuse_failed_inherent(info: DispatchInfo, error: DispatchError | None) -> None:
        """Calls that count whatever the block's limits may not fail."""
        if error is not None and info.class_ is DispatchClass.Mandatory:
            raise InvalidTransaction("BadMandatory")

    def _dispatch(self, call: Any, origin: Origin) -> tuple[DispatchError | None, PostInfo]:
        try:
            return None, self.dispatch(call, origin)
        except DispatchError as error:
            return error, post_info_of(error) or PostInfo()

    def _note_applied(self, info: DispatchInfo, post: PostInfo, error: DispatchError | None) -> None:
        base = self.system.BlockWeights.per_class.of(info.class_).base_extrinsic
        told = DispatchEventInfo(post.weight(info) + base, info.class_, post.pays_fee(info))
        if error is None:
            self.system.deposit(self.system.ExtrinsicSuccess(dispatch_info=told))
        else:
            self.system.deposit(self.system.ExtrinsicFailed(dispatch_error=error, dispatch_info=told))

    def check(self, extrinsic: Extrinsic, info: DispatchInfo) -> TransactionContext:
        """Who signed the extrinsic. Raises: TransactionError for a bad signature or an address without account."""
        assert extrinsic.address is not None
        assert extrinsic.signature is not None
        try:
            who = lookup(extrinsic.address)
        except CannotLookup:
            raise UnknownTransaction("CannotLookup") from None
        values = dict(zip(self.pipeline.explicit, extrinsic.extensions, strict=True))
        implicit = self.pipeline.signed_bytes(values)
        if is_mock(extrinsic.signature) and may_impersonate(self.state, who):
            pass
        elif not verify(extrinsic.signature, signed_payload(extrinsic.call_bytes, extrinsic.explicit, implicit), who):
            raise InvalidTransaction("BadProof")
        return TransactionContext(who, extrinsic.call, info, len(extrinsic.raw), values)

    def finalize_block(self) -> Header:
        """End the block: each pallet's `on_finalize`, then the roots; the header has no seal yet."""
        self._phase = PHASE_FINALIZATION
        number = self.system.Number
        for section in self.construct.finalizers:
            self.sections[section].on_finalize(number)
        self.system.close()
        apply_overrides(self._overrides, self.state)
        self.derive()
        extrinsics_root = H256(ordered_root(self._extrinsics, EXTRINSICS_ROOT_VERSION))
        header = self.system.finalize(H256(self.state.root()), extrinsics_root)
        self._phase = None
        return header

    def next_due(self) -> int | None:
        """The first block above this one in which something happens by itself; None if nothing ever will."""
        number = int(self.system.Number)
        found = (self.sections[section].next_due(number) for section in self.construct.waiting)
        return min((block for block in found if block is not None), default=None)

    def derive(self) -> None:
        """Write what is kept for clients only and follows from the rest of the state; the last that a block does."""

    def execute_block(self, block: Block) -> None:
        """Execute a whole block whose header has no seal, and check what it claims. Raises: InvalidBlock."""
        header = block.header
        self.initialize_block(header)
        for position, raw in enumerate(block.extrinsics):
            try:
                self.apply_extrinsic(raw)
            except TransactionError as error:
                raise InvalidBlock(f"extrinsic {position} may not be included: {error}") from None
        computed = self.finalize_block()
        for name in ("parent_hash", "number", "state_root", "extrinsics_root", "digest"):
            claimed, found = getattr(header, name), getattr(computed, name)
            if claimed != found:
                raise InvalidBlock(f"{name} is {_show(found)}, the header says {_show(claimed)}")

    @property
    def overridden(self) -> bool:
        """Whether the block's state was written by hand."""
        return bool(self._overrides)

    # -- the pool -----------------------------------------------------------------------------------------------

    def validate_transaction(self, source: str, raw: bytes, block_hash: H256) -> ValidTransaction:
        """Whether an extrinsic could go into the block after `block_hash`; the state is left as it is.

        Raises: TransactionError.  Source: TaggedTransactionQueue::validate_transaction
        """
        try:
            extrinsic = self.construct.format.decode(raw)
        except DecodeError:
            raise InvalidTransaction("Call") from None
        info = self.dispatch_info(extrinsic.call)
        if info.class_ is DispatchClass.Mandatory:
            raise InvalidTransaction("MandatoryValidation")
        try:
            with self.state.transaction():
                # as in the next block, whose parent is known
                number = self.system.Number
                self.system.BlockHash[number] = block_hash
                self.system.Number = BlockNumber(number + 1)
                valid = self._validate(extrinsic, info)
                raise _Undo
        except _Undo:
            return valid

    def begin_dry_run(self, block_hash: H256) -> None:
        """Bring the state to where an extrinsic of the next block would find it, as far as the checks look."""
        number = self.system.Number
        self.system.BlockHash[number] = block_hash
        self.system.Number = BlockNumber(number + 1)
        self._phase = phase_of_extrinsic(0)

    def _validate(self, extrinsic: Extrinsic, info: DispatchInfo) -> ValidTransaction:
        if extrinsic.signature is None:
            return self.validate_unsigned(extrinsic)
        context = self.check(extrinsic, info)
        for extension in self.pipeline.validate:
            extension.validate(context)
        return context.validity()

    def validate_unsigned(self, extrinsic: Extrinsic) -> ValidTransaction:
        """Whether a bare extrinsic that is no inherent may be included; a pallet that takes some overrides this.

        Raises: UnknownTransaction `NoUnsignedValidator`.
        """
        raise UnknownTransaction("NoUnsignedValidator")

    def author_key(self, header: Header) -> bytes | None:
        """The sr25519 key whose turn the header's slot is; a runtime with authorities overrides this."""
        return None

    def write_storage_versions(self) -> None:
        """Note at genesis which form the storage of each pallet has.

        Source: frame_support::traits::StorageVersion, which every pallet puts at genesis
        """
        for wire in self.construct.wire:
            version = max(section.storage_version for section in wire.sections)
            self.state.set(twox_128(wire.name.encode()) + VERSION_POSTFIX, version.to_bytes(2, "little"))

    def invariants(self) -> None:
        """Check what must hold after every block; a runtime that promises something overrides this."""

    # -- inherents ----------------------------------------------------------------------------------------------

    def inherent_extrinsics(self, data: dict[bytes, bytes]) -> Iterable[bytes]:
        """The extrinsics that the author puts first, from what he knows (`timstap0`: milliseconds as u64)."""
        now = int.from_bytes(data[b"timstap0"], "little")
        yield self.bare("Timestamp", "set", now=now)

    def bare(self, pallet: str, name: str, /, **arguments: Any) -> bytes:
        """A call in an extrinsic that nobody signed."""
        return self.construct.format.encode_bare(self.construct.call.encode(self.find_call(pallet, name, **arguments)))


class _Undo(Exception):
    """Ends a storage layer whose writes are not wanted."""


def _show(value: Any) -> str:
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    return f"0x{encode(Digest, value).hex()}" if isinstance(value, Digest) else str(value)


def pre_runtime_slot(slot: int) -> PreRuntime:
    """The digest entry that an author begins a block with."""
    return PreRuntime(FourBytes(b"aura"), slot.to_bytes(8, "little"))
