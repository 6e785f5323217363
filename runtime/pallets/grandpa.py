"""Who finalizes blocks: the authorities of the finality gadget and their changes.

Source: pallet_grandpa. Blocks of this chain are final at once; the pallet keeps what clients ask of it.
"""

from __future__ import annotations

from typing import Annotated, Any, NewType

from chain.scale.hints import Bounded, Fixed, Named, ScaleEnum, encode, struct, u32, u64
from chain.types import H256, BlockNumber, Consensus, FourBytes
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_none, ensure_root, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Constant, StorageMap, StorageValue, Twox64Concat
from runtime.frame.weight import weigh
from runtime.pallets.balances.holding import WEAK
from runtime.pallets.balances.types import NeverCodec
from runtime.pallets.system import System

ENGINE = FourBytes(b"FRNK")
GrandpaId = NewType("GrandpaId", Annotated[bytes, Fixed(32), Named("sp_consensus_grandpa::app::Public")])
GrandpaSignature = NewType(
    "GrandpaSignature", Annotated[bytes, Fixed(64), Named("sp_consensus_grandpa::app::Signature")]
)
AuthorityList = tuple[tuple[GrandpaId, u64], ...]
WeakAuthorities = Annotated[tuple[tuple[GrandpaId, u64], ...], Bounded(32, WEAK)]


class StoredState(ScaleEnum, path="pallet_grandpa::StoredState"):
    """Whether finality works."""


class Live(StoredState, index=0):
    pass


class PendingPause(StoredState, index=1, unnamed=False):
    scheduled_at: BlockNumber
    delay: BlockNumber


class StatePaused(StoredState, index=2, name="Paused"):
    pass


class PendingResume(StoredState, index=3, unnamed=False):
    scheduled_at: BlockNumber
    delay: BlockNumber


@struct("pallet_grandpa::StoredPendingChange")
class StoredPendingChange:
    """A change of authorities that waits for its block."""

    scheduled_at: BlockNumber
    delay: BlockNumber
    next_authorities: WeakAuthorities
    forced: BlockNumber | None


@struct("finality_grandpa::Prevote")
class Prevote:
    """A vote of the first round."""

    target_hash: H256
    target_number: u32


@struct("finality_grandpa::Precommit")
class Precommit:
    """A vote of the second round."""

    target_hash: H256
    target_number: u32


@struct("finality_grandpa::Equivocation")
class PrevoteEquivocation:
    """Two prevotes of one authority in one round."""

    round_number: u64
    identity: GrandpaId
    first: tuple[Prevote, GrandpaSignature]
    second: tuple[Prevote, GrandpaSignature]


@struct("finality_grandpa::Equivocation")
class PrecommitEquivocation:
    """Two precommits of one authority in one round."""

    round_number: u64
    identity: GrandpaId
    first: tuple[Precommit, GrandpaSignature]
    second: tuple[Precommit, GrandpaSignature]


class Equivocation(ScaleEnum, path="sp_consensus_grandpa::Equivocation"):
    """Two votes of one authority in one round."""


class PrevoteTwice(Equivocation, index=0, name="Prevote"):
    value: PrevoteEquivocation


class PrecommitTwice(Equivocation, index=1, name="Precommit"):
    value: PrecommitEquivocation


@struct("sp_consensus_grandpa::EquivocationProof")
class EquivocationProof:
    """What shows that an authority voted twice."""

    set_id: u64
    equivocation: Equivocation


class Void:
    """A type without values: this chain takes no proofs of key ownership, so the calls that need one never decode."""

    @staticmethod
    def scale_codec(codecs: Any) -> NeverCodec:
        return NeverCodec(("sp_core", "Void"))


class Grandpa(Pallet):
    """The authorities of the finality gadget and their changes."""

    storage_version = 5

    system: System

    MaxAuthorities = Constant[u32](32)
    """How many authorities there may be."""

    MaxNominators = Constant[u32](20)
    """How many nominators a session may have; used for weights only."""

    MaxSetIdSessionEntries = Constant[u64](0)
    """How many old sets can still be reported; none."""

    State = StorageValue[StoredState](default=Live())
    """Whether finality works."""

    PendingChange = StorageValue[StoredPendingChange | None]()
    """A change of authorities that waits for its block."""

    NextForced = StorageValue[BlockNumber | None]()
    """The block from which a forced change may be scheduled again."""

    Stalled = StorageValue[tuple[BlockNumber, BlockNumber] | None]()
    """`(delay, best finalized block)` when finality was declared to have stalled."""

    CurrentSetId = StorageValue[u64](default=0)
    """How often the authorities changed."""

    SetIdSession = StorageMap[u64, u32](Twox64Concat)
    """Authority set -> session."""

    Authorities = StorageValue[WeakAuthorities](default=())
    """The ed25519 keys that finalize blocks, and their weights."""

    class NewAuthorities(Event, index=0):
        """New authority set has been applied."""

        authority_set: AuthorityList

    class Paused(Event, index=1):
        """Current authority set has been paused."""

    class Resumed(Event, index=2):
        """Current authority set has been resumed."""

    class PauseFailed(PalletError, index=0):
        """Attempt to signal GRANDPA pause when the authority set isn't live."""

    class ResumeFailed(PalletError, index=1):
        """Attempt to signal GRANDPA resume when the authority set isn't paused."""

    class ChangePending(PalletError, index=2):
        """Attempt to signal GRANDPA change with one already pending."""

    class TooSoon(PalletError, index=3):
        """Cannot signal forced change so soon after last."""

    class InvalidKeyOwnershipProof(PalletError, index=4):
        """A key ownership proof provided as part of an equivocation report is invalid."""

    class InvalidEquivocationProof(PalletError, index=5):
        """An equivocation proof provided as part of an equivocation report is invalid."""

    class DuplicateOffenceReport(PalletError, index=6):
        """A given equivocation report is valid but already previously reported."""

    @call(0, weight=weigh(35_000_000 + 95_000_000 + 25_000_000, reads=9, writes=3))
    def report_equivocation(self, origin: Origin, equivocation_proof: EquivocationProof, key_owner_proof: Void) -> None:
        """Report that an authority voted twice; no proof of key ownership exists here, so this never decodes.

        Origin: signed.  Raises: InvalidKeyOwnershipProof.  Source: pallet_grandpa::report_equivocation
        """
        ensure_signed(origin)
        raise self.InvalidKeyOwnershipProof

    @call(1, weight=weigh(35_000_000 + 95_000_000 + 25_000_000, reads=9, writes=3))
    def report_equivocation_unsigned(
        self, origin: Origin, equivocation_proof: EquivocationProof, key_owner_proof: Void
    ) -> None:
        """Report that an authority voted twice, as the block's author; never decodes, as the signed form.

        Origin: none.  Raises: InvalidKeyOwnershipProof.  Source: pallet_grandpa::report_equivocation_unsigned
        """
        ensure_none(origin)
        raise self.InvalidKeyOwnershipProof

    @call(2, weight=weigh(3_000_000, writes=1))
    def note_stalled(self, origin: Origin, delay: BlockNumber, best_finalized_block_number: BlockNumber) -> None:
        """Note that finality has stalled; the next change of authorities is forced.

        Origin: root.  Source: pallet_grandpa::note_stalled
        """
        ensure_root(origin)
        self.Stalled = (delay, best_finalized_block_number)

    def schedule_change(
        self, next_authorities: AuthorityList, in_blocks: BlockNumber, forced: BlockNumber | None
    ) -> None:
        """Change the authorities after `in_blocks` blocks. Raises: ChangePending, TooSoon.

        Source: pallet_grandpa::schedule_change
        """
        now = self.system.Number
        if self.PendingChange is not None:
            raise self.ChangePending
        if forced is not None:
            next_forced = self.NextForced
            if next_forced is not None and next_forced > now:
                raise self.TooSoon
            self.NextForced = BlockNumber(now + in_blocks * 2)
        self.PendingChange = StoredPendingChange(now, in_blocks, next_authorities, forced)

    def schedule_pause(self, in_blocks: BlockNumber) -> None:
        """Pause finality after `in_blocks` blocks. Raises: PauseFailed."""
        if not isinstance(self.State, Live):
            raise self.PauseFailed
        self.State = PendingPause(scheduled_at=self.system.Number, delay=in_blocks)

    def schedule_resume(self, in_blocks: BlockNumber) -> None:
        """Resume finality after `in_blocks` blocks. Raises: ResumeFailed."""
        if not isinstance(self.State, StatePaused):
            raise self.ResumeFailed
        self.State = PendingResume(scheduled_at=self.system.Number, delay=in_blocks)

    def next_due(self, after: int) -> int | None:
        """The next block while authorities change, or the gadget pauses or resumes."""
        is_changing = self.PendingChange is not None or isinstance(self.State, PendingPause | PendingResume)
        return after + 1 if is_changing else None

    def on_finalize(self, block: BlockNumber) -> None:
        """Announce what was scheduled in this block, apply what is due in it."""
        change = self.PendingChange
        if change is not None:
            self._announce_change(change, block)
        state = self.State
        if isinstance(state, PendingPause):
            if block == state.scheduled_at:
                self._log(4, encode(u32, state.delay))
            if block == state.scheduled_at + state.delay:
                self.State = StatePaused()
                self.deposit(self.Paused())
        elif isinstance(state, PendingResume):
            if block == state.scheduled_at:
                self._log(5, encode(u32, state.delay))
            if block == state.scheduled_at + state.delay:
                self.State = Live()
                self.deposit(self.Resumed())

    def _announce_change(self, change: StoredPendingChange, block: BlockNumber) -> None:
        if block == change.scheduled_at:
            body = encode(AuthorityList, change.next_authorities) + encode(u32, change.delay)
            if change.forced is None:
                self._log(1, body)
            else:
                self._log(2, encode(u32, change.forced) + body)
        if block == change.scheduled_at + change.delay:
            self.Authorities = change.next_authorities
            self.CurrentSetId = self.CurrentSetId + 1
            self.deposit(self.NewAuthorities(authority_set=change.next_authorities))
            self.PendingChange = None

    def _log(self, index: int, body: bytes) -> None:
        self.system.deposit_log(Consensus(ENGINE, bytes([index]) + body))

    def build_genesis(self, config: Any) -> None:
        """Begin with these authorities, each of weight 1, in set 0 of session 0."""
        self.Authorities = tuple((key, 1) for key in config)
        self.SetIdSession[0] = 0
