"""The MEV shield: extrinsics that only the author of their block can read, so that nobody trades ahead of them.

Authors announce a key in each block that they make. It is of use two blocks later: the keys move from `NextKey`, for
which clients encrypt, to `PendingKey`, with which the next author opens, to `CurrentKey`.
"""

from __future__ import annotations

from typing import Annotated

from chain.errors import DispatchError, InvalidTransaction
from chain.hashing import blake2_256, twox_128
from chain.scale.hints import Bounded, encode, struct, u32, u64
from chain.types import H256, AccountId, BlockNumber
from runtime.frame.call import call
from runtime.frame.extensions import TransactionContext, TransactionExtension
from runtime.frame.origin import Origin, ensure_none, ensure_root, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Identity, StorageMap, StorageValue, Twox64Concat
from runtime.frame.weight import Weight, weigh
from runtime.pallets.aura import Aura, AuraId
from runtime.pallets.mev_shield.ciphertext import ENCAPSULATION_KEY_LENGTH, parse
from runtime.pallets.system import System

ShieldEncKey = Annotated[bytes, Bounded(2048)]
EncryptedCall = Annotated[bytes, Bounded(8192)]

IDENTIFIER = b"shieldpk"
"""The key of this pallet's inherent data: the author's encapsulation key, or none."""
PENDING_BLOCKS, NEXT_BLOCKS = 2, 3
"""After how many blocks the pending key and the next key can be used no more."""
MAX_ON_INITIALIZE_WEIGHT = 2_000_000_000_000
"""The most that stored calls may weigh in a block: half of it, in ps."""
FAILED_PARSING = 23
"""Which custom code the pool answers for a ciphertext that ends too early. Source: CustomTransactionError"""


@struct("pallet_shield::pallet::PendingExtrinsic")
class PendingExtrinsic:
    """A call that was stored encrypted."""

    who: AccountId
    encrypted_call: EncryptedCall
    submitted_at: BlockNumber


class MevShield(Pallet):
    """Keys of authors, and what was encrypted for them."""

    system: System
    aura: Aura

    CurrentKey = StorageValue[ShieldEncKey | None]()
    """The key with which the author of this block could open."""

    PendingKey = StorageValue[ShieldEncKey | None]()
    """The key with which the author of the next block can open."""

    NextKey = StorageValue[ShieldEncKey | None]()
    """The key to encrypt with: that of the author after the next."""

    AuthorKeys = StorageMap[AuraId, ShieldEncKey](Twox64Concat)
    """The key that each author announced last."""

    PendingKeyExpiresAt = StorageValue[BlockNumber | None]()
    """The block from which on the pending key is of no use."""

    NextKeyExpiresAt = StorageValue[BlockNumber | None]()
    """The block from which on the next key is of no use."""

    HasMigrationRun = StorageMap[Annotated[bytes, Bounded(128)], bool](Identity, default=False)
    """The migrations that were made."""

    MaxPendingExtrinsicsLimit = StorageValue[u32](default=100)
    """How many stored calls may wait."""

    ExtrinsicLifetime = StorageValue[u32](default=10)
    """How many blocks a stored call may wait."""

    OnInitializeWeight = StorageValue[u64](default=500_000_000_000)
    """How much the stored calls of a block may weigh, in ps."""

    MaxExtrinsicWeight = StorageValue[u64](default=50_000_000_000)
    """How much a stored call may weigh, in ps."""

    PendingExtrinsics = StorageMap[u32, PendingExtrinsic](Identity)
    """The stored calls that wait, by their numbers."""

    CounterForPendingExtrinsics = StorageValue[u32](default=0)
    """How many stored calls wait."""

    NextPendingExtrinsicIndex = StorageValue[u32](default=0)
    """The number of the next stored call."""

    class EncryptedSubmitted(Event, index=0):
        """Something encrypted was included, which the author opens behind it."""

        id: H256
        who: AccountId

    class ExtrinsicStored(Event, index=1):
        """A call was stored encrypted."""

        index_: u32
        who: AccountId

    class ExtrinsicDecodeFailed(Event, index=2):
        """A stored call could not be opened, and is gone."""

        index_: u32

    class ExtrinsicDispatchFailed(Event, index=3):
        """A stored call was made and failed."""

        index_: u32
        error: DispatchError

    class ExtrinsicDispatched(Event, index=4):
        """A stored call was made."""

        index_: u32

    class ExtrinsicExpired(Event, index=5):
        """A stored call waited too long, and is gone."""

        index_: u32

    class ExtrinsicPostponed(Event, index=6):
        """A stored call does not fit into this block."""

        index_: u32

    class MaxPendingExtrinsicsNumberSet(Event, index=7):
        """Root said how many stored calls may wait."""

        value: u32

    class OnInitializeWeightSet(Event, index=8):
        """Root said how much the stored calls of a block may weigh."""

        value: u64

    class ExtrinsicLifetimeSet(Event, index=9):
        """Root said how long a stored call may wait."""

        value: u32

    class MaxExtrinsicWeightSet(Event, index=10):
        """Root said how much a stored call may weigh."""

        value: u64

    class ExtrinsicWeightExceeded(Event, index=11):
        """A stored call weighs too much, and is gone."""

        index_: u32

    class BadEncKeyLen(PalletError, index=0):
        """An encapsulation key has another length."""

    class Unreachable(PalletError, index=1):
        """The block has no author."""

    class TooManyPendingExtrinsics(PalletError, index=2):
        """As many stored calls wait as may."""

    class WeightExceedsAbsoluteMax(PalletError, index=3):
        """Stored calls may never weigh so much."""

    @call(0, weight=weigh(33_661_000, 5555, reads=4, writes=6), inherent=True)
    def announce_next_key(self, origin: Origin, enc_key: ShieldEncKey | None) -> None:
        """Let the keys move on, and keep the key that the author announces; without one it can open nothing.

        Origin: none.  Raises: Unreachable, BadEncKeyLen.  Source: pallet_shield::announce_next_key
        """
        ensure_none(origin)
        slot, now = self.aura.slot_of_digest(), self.system.Number
        author = None if slot is None else self.aura.authority_of(slot)
        if slot is None or author is None:
            raise self.Unreachable
        later = self.aura.authority_of(slot + 2)
        self.CurrentKey = self.PendingKey
        self.PendingKey = self.NextKey
        self.NextKey = None if later is None else self.AuthorKeys.get(later)
        if enc_key is None:
            del self.AuthorKeys[author]
        elif len(enc_key) != ENCAPSULATION_KEY_LENGTH:
            raise self.BadEncKeyLen
        else:
            self.AuthorKeys[author] = enc_key
        self.PendingKeyExpiresAt = None if self.PendingKey is None else BlockNumber(now + PENDING_BLOCKS)
        self.NextKeyExpiresAt = None if self.NextKey is None else BlockNumber(now + NEXT_BLOCKS)

    @call(1, weight=weigh(207_223_000))
    def submit_encrypted(self, origin: Origin, ciphertext: EncryptedCall) -> None:
        """Include something encrypted for the author, who opens it and puts it behind this extrinsic.

        Origin: signed.  Emits: EncryptedSubmitted.  Source: pallet_shield::submit_encrypted
        """
        who = ensure_signed(origin)
        identifier = H256(blake2_256(encode(tuple[AccountId, EncryptedCall], (who, ciphertext))))
        self.deposit(self.EncryptedSubmitted(id=identifier, who=who))

    @call(2, weight=weigh(20_000_000_000))
    def store_encrypted(self, origin: Origin, encrypted_call: EncryptedCall) -> None:
        """Store an encrypted call for the next block.

        Origin: signed.  Emits: ExtrinsicStored.  Raises: TooManyPendingExtrinsics.
        Source: pallet_shield::store_encrypted
        """
        who = ensure_signed(origin)
        if self.CounterForPendingExtrinsics >= self.MaxPendingExtrinsicsLimit:
            raise self.TooManyPendingExtrinsics
        index = self.NextPendingExtrinsicIndex
        self.PendingExtrinsics[index] = PendingExtrinsic(who, encrypted_call, self.system.Number)
        self.CounterForPendingExtrinsics += 1
        self.NextPendingExtrinsicIndex = index + 1
        self.deposit(self.ExtrinsicStored(index, who))

    @call(3, weight=weigh(4_206_000, writes=1))
    def set_max_pending_extrinsics_number(self, origin: Origin, value: u32) -> None:
        """Say how many stored calls may wait.

        Origin: root.  Emits: MaxPendingExtrinsicsNumberSet.  Source: pallet_shield::set_max_pending_extrinsics_number
        """
        ensure_root(origin)
        self.MaxPendingExtrinsicsLimit = value
        self.deposit(self.MaxPendingExtrinsicsNumberSet(value))

    @call(4, weight=weigh(4_327_000, writes=1))
    def set_on_initialize_weight(self, origin: Origin, value: u64) -> None:
        """Say how much the stored calls of a block may weigh, in ps.

        Origin: root.  Emits: OnInitializeWeightSet.  Raises: WeightExceedsAbsoluteMax.
        Source: pallet_shield::set_on_initialize_weight
        """
        ensure_root(origin)
        if value > MAX_ON_INITIALIZE_WEIGHT:
            raise self.WeightExceedsAbsoluteMax
        self.OnInitializeWeight = value
        self.deposit(self.OnInitializeWeightSet(value))

    @call(5, weight=weigh(4_116_000, writes=1))
    def set_stored_extrinsic_lifetime(self, origin: Origin, value: u32) -> None:
        """Say how many blocks a stored call may wait.

        Origin: root.  Emits: ExtrinsicLifetimeSet.  Source: pallet_shield::set_stored_extrinsic_lifetime
        """
        ensure_root(origin)
        self.ExtrinsicLifetime = value
        self.deposit(self.ExtrinsicLifetimeSet(value))

    @call(6, weight=weigh(4_227_000, writes=1))
    def set_max_extrinsic_weight(self, origin: Origin, value: u64) -> None:
        """Say how much a stored call may weigh, in ps.

        Origin: root.  Emits: MaxExtrinsicWeightSet.  Raises: WeightExceedsAbsoluteMax.
        Source: pallet_shield::set_max_extrinsic_weight
        """
        ensure_root(origin)
        if value > MAX_ON_INITIALIZE_WEIGHT:
            raise self.WeightExceedsAbsoluteMax
        self.MaxExtrinsicWeight = value
        self.deposit(self.MaxExtrinsicWeightSet(value))

    def on_initialize(self, block: BlockNumber) -> Weight:
        """Take the stored calls out: what waited too long, and the rest, which this runtime has no key to open.

        Source: pallet_shield::process_pending_extrinsics, whose decryptor at this version opens nothing
        """
        weight, waiting = weigh(0, reads=2), self.CounterForPendingExtrinsics
        if not waiting:
            return weight
        following = self.NextPendingExtrinsicIndex
        for index in range(max(following - waiting, 0), following):
            pending = self.PendingExtrinsics[index]
            del self.PendingExtrinsics[index]
            self.CounterForPendingExtrinsics -= 1
            weight = weight + weigh(0, reads=1, writes=2)
            is_late = block - pending.submitted_at > self.ExtrinsicLifetime
            self.deposit(self.ExtrinsicExpired(index) if is_late else self.ExtrinsicDecodeFailed(index))
        return weight

    def next_due(self, after: int) -> int | None:
        """The next block while calls are stored."""
        return after + 1 if self.CounterForPendingExtrinsics else None

    def is_shielded_using_current_key(self, key_hash: bytes) -> bool:
        """Whether the author of the next block can open what was encrypted for the key with this hash."""
        pending = self.PendingKey
        return pending is not None and twox_128(pending) == key_hash


class CheckShieldedTxValidity(TransactionExtension):
    """Encrypted extrinsics must at least look like one."""

    identifier = "CheckShieldedTxValidity"
    path = "pallet_shield::extension::CheckShieldedTxValidity"

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `Custom` 23 for a ciphertext that ends too early."""
        if context.call.is_("MevShield", "submit_encrypted") and parse(context.call.argument("ciphertext")) is None:
            raise InvalidTransaction("Custom", FAILED_PARSING)
