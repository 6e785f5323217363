"""System: accounts and the reasons why they exist, block bookkeeping, events, raw storage."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from chain.block import Header
from chain.errors import DispatchError
from chain.hashing import blake2_256, twox_128
from chain.scale.compact import decode_compact, encode_compact
from chain.scale.hints import Compact, Named, ScaleEnum, encode, struct, u16, u32, u64, u128
from chain.types import (
    H256,
    ZERO_HASH,
    AccountId,
    BlockNumber,
    Digest,
    DigestItem,
    RuntimeEnvironmentUpdated,
    RuntimeVersion,
    Seal,
)
from runtime.code import CODE_KEY, RuntimeCode
from runtime.frame.call import call
from runtime.frame.errors import ConsumerRemaining, NoProviders, TooManyConsumers
from runtime.frame.origin import Origin, Root, ensure_root, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Blake2_128Concat, Constant, StorageMap, StorageValue, Twox64Concat
from runtime.frame.weight import (
    DB_READ_PS,
    DB_WRITE_PS,
    ZERO_WEIGHT,
    DispatchClass,
    DispatchEventInfo,
    Pays,
    PostInfo,
    Weight,
    weigh,
)
from runtime.units import TaoBalance

EXTRINSIC_INDEX_KEY = b":extrinsic_index"
HEAP_PAGES_KEY = b":heappages"
EVENTS_KEY = twox_128(b"System") + twox_128(b"Events")
NEW_LOGIC = 1 << 127
"""The flag of an account whose reserves and freezes count as consumers. Source: pallet_balances::ExtraFlags"""


@struct("pallet_balances::types::AccountData")
class AccountData:
    """What an account owns, in rao."""

    free: TaoBalance = TaoBalance(0)
    reserved: TaoBalance = TaoBalance(0)
    frozen: TaoBalance = TaoBalance(0)
    flags: Annotated[u128, Named("pallet_balances::types::ExtraFlags")] = NEW_LOGIC


@struct("frame_system::AccountInfo")
class AccountInfo:
    """An account: how many extrinsics it sent, why it exists, what needs it to, what it owns."""

    nonce: u32 = 0
    consumers: u32 = 0
    providers: u32 = 0
    sufficients: u32 = 0
    data: AccountData = AccountData()


def of_class(parts: Any, class_: DispatchClass) -> Any:
    """The part of a `PerDispatchClass` that a dispatch class has."""
    if class_ is DispatchClass.Normal:
        return parts.normal
    return parts.operational if class_ is DispatchClass.Operational else parts.mandatory


@struct("frame_support::dispatch::PerDispatchClass")
class WeightByClass:
    """A weight for each dispatch class."""

    normal: Weight = ZERO_WEIGHT
    operational: Weight = ZERO_WEIGHT
    mandatory: Weight = ZERO_WEIGHT

    of = of_class

    def total(self) -> Weight:
        return self.normal + self.operational + self.mandatory


@struct("frame_support::dispatch::PerDispatchClass")
class LengthByClass:
    """A number of bytes for each dispatch class."""

    normal: u32
    operational: u32
    mandatory: u32

    of = of_class


@struct("frame_system::limits::WeightsPerClass")
class WeightsPerClass:
    """The limits of one dispatch class; None is no limit."""

    base_extrinsic: Weight
    max_extrinsic: Weight | None
    max_total: Weight | None
    reserved: Weight | None


@struct("frame_support::dispatch::PerDispatchClass")
class LimitsByClass:
    """The limits of each dispatch class."""

    normal: WeightsPerClass
    operational: WeightsPerClass
    mandatory: WeightsPerClass

    of = of_class


@struct("frame_system::limits::BlockWeights")
class BlockWeightLimits:
    """How much a block and an extrinsic may weigh."""

    base_block: Weight
    max_block: Weight
    per_class: LimitsByClass


@struct("frame_system::limits::BlockLength")
class BlockLengthLimits:
    """How long the extrinsics of a block may be together, in bytes."""

    max: LengthByClass


@struct("sp_weights::RuntimeDbWeight")
class DbWeightOf:
    """What a storage read and a storage write weigh, in picoseconds."""

    read: u64
    write: u64


@struct("frame_system::LastRuntimeUpgradeInfo")
class LastRuntimeUpgradeInfo:
    """The runtime that executed the last block."""

    spec_version: Compact[u32]
    spec_name: Annotated[str, Named("Cow")]


@struct("frame_system::CodeUpgradeAuthorization")
class CodeUpgradeAuthorization:
    """A runtime that anyone may install."""

    code_hash: H256
    check_version: bool


BlockDigest = Digest


class Phase(ScaleEnum, path="frame_system::Phase"):
    """When in a block something happened."""


class ApplyExtrinsic(Phase, index=0):
    value: u32


class Finalization(Phase, index=1):
    pass


class Initialization(Phase, index=2):
    pass


@struct("frame_system::EventRecord", params={"E": Event, "T": H256})
class EventRecord:
    """An event, when in the block it happened, and the topics it is listed under."""

    phase: Phase
    event: Event
    topics: tuple[H256, ...]


PHASE_INITIALIZATION = encode(Phase, Initialization())
PHASE_FINALIZATION = encode(Phase, Finalization())

BASE_EXTRINSIC = Weight(108_157_000)
_MAX_PROOF = (1 << 64) - 1


class System(Pallet):
    """Accounts, blocks and events: what every other pallet stands on."""

    BlockWeights = Constant[BlockWeightLimits](
        BlockWeightLimits(
            base_block=Weight(431_614_000),
            max_block=Weight(4_000_000_000_000, _MAX_PROOF),
            per_class=LimitsByClass(
                normal=WeightsPerClass(
                    BASE_EXTRINSIC,
                    Weight(2_599_891_843_000, 11_990_383_647_911_208_550),
                    Weight(3_000_000_000_000, 13_835_058_055_282_163_711),
                    ZERO_WEIGHT,
                ),
                operational=WeightsPerClass(
                    BASE_EXTRINSIC,
                    Weight(3_599_891_843_000, 16_602_069_666_338_596_454),
                    Weight(4_000_000_000_000, _MAX_PROOF),
                    Weight(1_000_000_000_000, 4_611_686_018_427_387_904),
                ),
                mandatory=WeightsPerClass(BASE_EXTRINSIC, None, None, None),
            ),
        )
    )
    """Block and extrinsic weights: base values and limits, in picoseconds and bytes."""

    BlockLength = Constant[BlockLengthLimits](BlockLengthLimits(LengthByClass(7_864_320, 10_485_760, 10_485_760)))
    """The maximum length of a block, in bytes."""

    BlockHashCount = Constant[BlockNumber](BlockNumber(2400))
    """How many blocks back a block's hash can be looked up; an extrinsic's era may not reach further."""

    DbWeight = Constant[DbWeightOf](DbWeightOf(DB_READ_PS, DB_WRITE_PS))
    """What a storage read and a storage write weigh, in picoseconds."""

    Version = Constant[RuntimeVersion](RuntimeVersion("node-subtensor", "node-subtensor", 1, 425, 1, (), 1, 1))
    """The version of this runtime."""

    SS58Prefix = Constant[u16](42)
    """The prefix of this chain's addresses."""

    Account = StorageMap[AccountId, AccountInfo](Blake2_128Concat, default=AccountInfo())
    """Everything known of an account."""

    ExtrinsicCount = StorageValue[u32 | None]()
    """How many extrinsics the block has so far. Absent between blocks."""

    InherentsApplied = StorageValue[bool](default=False)
    """Whether all inherents of the block are applied."""

    BlockWeight = StorageValue[WeightByClass](default=WeightByClass())
    """What the block weighs so far."""

    AllExtrinsicsLen = StorageValue[u32 | None]()
    """How long the block's extrinsics are together, in bytes. Absent between blocks."""

    BlockHash = StorageMap[BlockNumber, H256](Twox64Concat, default=ZERO_HASH)
    """The hashes of the last blocks by number."""

    ExtrinsicData = StorageMap[u32, bytes](Twox64Concat, default=b"")
    """The extrinsics of the block by index. Empty between blocks."""

    Number = StorageValue[BlockNumber](default=BlockNumber(0))
    """The number of the block that is being executed."""

    ParentHash = StorageValue[H256](default=ZERO_HASH)
    """The hash of the block before."""

    Digest = StorageValue[Digest](default=Digest())
    """The digest of the block, without its seal."""

    Events = StorageValue[tuple[EventRecord, ...]](default=())
    """What happened in the block."""

    EventCount = StorageValue[u32](default=0)
    """How many events the block has."""

    EventTopics = StorageMap[H256, tuple[tuple[BlockNumber, u32], ...]](Blake2_128Concat, default=())
    """Topic -> block numbers and positions of the events listed under it."""

    LastRuntimeUpgrade = StorageValue[LastRuntimeUpgradeInfo | None]()
    """The runtime that executed the last block."""

    UpgradedToU32RefCount = StorageValue[bool](default=False)
    """Whether account references are u32. Always, here."""

    UpgradedToTripleRefCount = StorageValue[bool](default=False)
    """Whether account references are of three kinds. Always, here."""

    ExecutionPhase = StorageValue[Phase | None]()
    """When in the block we are. Absent between blocks."""

    AuthorizedUpgrade = StorageValue[CodeUpgradeAuthorization | None]()
    """The runtime that anyone may install, if one is authorized."""

    ExtrinsicWeightReclaimed = StorageValue[Weight](default=ZERO_WEIGHT)
    """The weight given back by the extrinsic that is being applied. Zero between extrinsics."""

    class ExtrinsicSuccess(Event, index=0):
        """An extrinsic completed successfully."""

        dispatch_info: DispatchEventInfo

    class ExtrinsicFailed(Event, index=1):
        """An extrinsic failed."""

        dispatch_error: DispatchError
        dispatch_info: DispatchEventInfo

    class CodeUpdated(Event, index=2):
        """The runtime's code was replaced."""

    class NewAccount(Event, index=3):
        """An account came into being."""

        account: AccountId

    class KilledAccount(Event, index=4):
        """An account ceased to be."""

        account: AccountId

    class Remarked(Event, index=5):
        """Somebody left a remark on the chain; the hash is BLAKE2b-256 of it."""

        sender: AccountId
        hash: H256

    class UpgradeAuthorized(Event, index=6):
        """A runtime may now be installed by anyone."""

        code_hash: H256
        check_version: bool

    class RejectedInvalidAuthorizedUpgrade(Event, index=7):
        """A runtime that was authorized could not be installed."""

        code_hash: H256
        error: DispatchError

    class InvalidSpecName(PalletError, index=0):
        """The name of the specification does not match between the current runtime and the new runtime."""

    class SpecVersionNeedsToIncrease(PalletError, index=1):
        """The specification version may not decrease between the current runtime and the new runtime."""

    class FailedToExtractRuntimeVersion(PalletError, index=2):
        """The code is no runtime that this node can run."""

    class NonDefaultComposite(PalletError, index=3):
        """The account still holds data, so that it cannot be removed."""

    class NonZeroRefCount(PalletError, index=4):
        """Something still refers to the account, so that it cannot be removed."""

    class CallFiltered(PalletError, index=5):
        """The origin filter refuses the call."""

    class MultiBlockMigrationsOngoing(PalletError, index=6):
        """A migration is under way, so that no runtime can be installed."""

    class NothingAuthorized(PalletError, index=7):
        """No upgrade is authorized."""

    class Unauthorized(PalletError, index=8):
        """The code is not the one that was authorized."""

    MAX_CONSUMERS = 16
    """How many things may need one account to exist. Source: frame_system::Config::MaxConsumers"""

    # -- calls --------------------------------------------------------------------------------------------------

    @call(0, weight=lambda self, remark: Weight(2_119_000 + 390 * len(remark)))
    def remark(self, origin: Origin, remark: bytes) -> None:
        """Leave `remark` on the chain; it has no effect.

        Origin: any but none.  Source: frame_system::remark
        """
        ensure_signed_or_root(origin)

    @call(1, weight=weigh(4_782_000, 1485, reads=1, writes=2), class_=DispatchClass.Operational)
    def set_heap_pages(self, origin: Origin, pages: u64) -> None:
        """Set the number of memory pages of the runtime's execution environment; this runtime has no use for it.

        Origin: root.  Source: frame_system::set_heap_pages
        """
        ensure_root(origin)
        self.state.set(HEAP_PAGES_KEY, pages.to_bytes(8, "little"))
        self.deposit_log(RuntimeEnvironmentUpdated())

    @call(2, weight=weigh(87_586_619_000, 1485, reads=1, writes=2), class_=DispatchClass.Operational)
    def set_code(self, origin: Origin, code: bytes) -> None:
        """Install a runtime with a higher specification version.

        Origin: root.  Emits: CodeUpdated.
        Raises: FailedToExtractRuntimeVersion, InvalidSpecName, SpecVersionNeedsToIncrease.
        Source: frame_system::set_code; the code is a runtime description, see `runtime.code`
        """
        ensure_root(origin)
        self._check_version(code)
        self._install(code)

    @call(3, weight=weigh(87_586_619_000, 1485, reads=1, writes=2), class_=DispatchClass.Operational)
    def set_code_without_checks(self, origin: Origin, code: bytes) -> None:
        """Install a runtime whatever its version.

        Origin: root.  Emits: CodeUpdated.  Raises: FailedToExtractRuntimeVersion.
        Source: frame_system::set_code_without_checks; code that no node could run is refused
        """
        ensure_root(origin)
        self._install(code)

    @call(
        4,
        weight=lambda self, items: weigh(2_175_000 + 841_511 * len(items), writes=len(items)),
        class_=DispatchClass.Operational,
    )
    def set_storage(self, origin: Origin, items: tuple[tuple[bytes, bytes], ...]) -> None:
        """Write raw storage.

        Origin: root.  Source: frame_system::set_storage
        """
        ensure_root(origin)
        for key, value in items:
            self.state.set(key, value)

    @call(
        5,
        weight=lambda self, keys: weigh(2_255_000 + 662_473 * len(keys), writes=len(keys)),
        class_=DispatchClass.Operational,
    )
    def kill_storage(self, origin: Origin, keys: tuple[bytes, ...]) -> None:
        """Remove raw storage.

        Origin: root.  Source: frame_system::kill_storage
        """
        ensure_root(origin)
        for key in keys:
            self.state.delete(key)

    @call(
        6,
        weight=lambda self, prefix, subkeys: weigh(
            4_270_000 + 1_389_650 * (subkeys + 1),
            128 + 70 * (subkeys + 1),
            reads=subkeys + 1,
            writes=subkeys + 1,
        ),
        class_=DispatchClass.Operational,
    )
    def kill_prefix(self, origin: Origin, prefix: bytes, subkeys: u32) -> None:
        """Remove all raw storage under `prefix`; `subkeys` is how much the caller expects, for the weight.

        Origin: root.  Source: frame_system::kill_prefix
        """
        ensure_root(origin)
        self.state.clear_prefix(prefix)

    @call(7, weight=lambda self, remark: Weight(8_097_000 + 1_455 * len(remark)))
    def remark_with_event(self, origin: Origin, remark: bytes) -> None:
        """Leave `remark` on the chain and tell its hash.

        Origin: signed.  Emits: Remarked.  Source: frame_system::remark_with_event
        """
        sender = ensure_signed(origin)
        self.deposit(self.Remarked(sender=sender, hash=H256(blake2_256(remark))))

    @call(9, weight=weigh(33_027_000, writes=1), class_=DispatchClass.Operational)
    def authorize_upgrade(self, origin: Origin, code_hash: H256) -> None:
        """Let anyone install the runtime with this hash, if its version is higher.

        Origin: root.  Emits: UpgradeAuthorized.  Source: frame_system::authorize_upgrade
        """
        ensure_root(origin)
        self._authorize(code_hash, check_version=True)

    @call(10, weight=weigh(33_027_000, writes=1), class_=DispatchClass.Operational)
    def authorize_upgrade_without_checks(self, origin: Origin, code_hash: H256) -> None:
        """Let anyone install the runtime with this hash, whatever its version.

        Origin: root.  Emits: UpgradeAuthorized.  Source: frame_system::authorize_upgrade_without_checks
        """
        ensure_root(origin)
        self._authorize(code_hash, check_version=False)

    @call(11, weight=weigh(118_101_992_000, 1518, reads=2, writes=3), class_=DispatchClass.Operational)
    def apply_authorized_upgrade(self, origin: Origin, code: bytes) -> PostInfo:
        """Install the runtime that was authorized.

        Origin: any.  Emits: CodeUpdated, RejectedInvalidAuthorizedUpgrade.  Raises: NothingAuthorized, Unauthorized.
        Source: frame_system::apply_authorized_upgrade
        """
        authorized = self.AuthorizedUpgrade
        if authorized is None:
            raise self.NothingAuthorized
        if blake2_256(code) != authorized.code_hash:
            raise self.Unauthorized
        self.AuthorizedUpgrade = None
        try:
            if authorized.check_version:
                self._check_version(code)
            self._install(code)
        except PalletError as error:
            # not the caller's fault
            self.deposit(self.RejectedInvalidAuthorizedUpgrade(code_hash=authorized.code_hash, error=error))
        return PostInfo(pays=Pays.No)

    def _authorize(self, code_hash: H256, *, check_version: bool) -> None:
        self.AuthorizedUpgrade = CodeUpgradeAuthorization(code_hash, check_version)
        self.deposit(self.UpgradeAuthorized(code_hash=code_hash, check_version=check_version))

    def _check_version(self, code: bytes) -> None:
        described = RuntimeCode.parse(code)
        if described is None:
            raise self.FailedToExtractRuntimeVersion
        if described.spec_name != self.Version.spec_name:
            raise self.InvalidSpecName
        if described.spec_version <= self.Version.spec_version:
            raise self.SpecVersionNeedsToIncrease

    def _install(self, code: bytes) -> None:
        described = RuntimeCode.parse(code)
        if described is None or not self.runtime.can_run(described):
            raise self.FailedToExtractRuntimeVersion
        self.state.set(CODE_KEY, code)
        self.deposit_log(RuntimeEnvironmentUpdated())
        self.deposit(self.CodeUpdated())

    # -- accounts -----------------------------------------------------------------------------------------------

    def inc_providers(self, who: AccountId) -> None:
        """Give the account a reason to exist; it comes into being with the first one."""
        account = self.Account[who]
        if account.providers == 0 and account.sufficients == 0:
            self.Account[who] = replace(account, providers=1)
            self.deposit(self.NewAccount(account=who))
        else:
            self.Account[who] = replace(account, providers=account.providers + 1)

    def dec_providers(self, who: AccountId) -> None:
        """Take a reason to exist from the account; it goes with the last one.

        Raises: ConsumerRemaining where something still needs it.
        """
        account = self.Account[who]
        providers = max(account.providers, 1)
        if providers == 1 and account.sufficients == 0:
            if account.consumers:
                raise ConsumerRemaining
            del self.Account[who]
            self.deposit(self.KilledAccount(account=who))
        elif providers == 1 and account.consumers:
            raise ConsumerRemaining
        else:
            self.Account[who] = replace(account, providers=providers - 1)

    def inc_sufficients(self, who: AccountId) -> None:
        """Give the account a reason to exist that needs no deposit."""
        account = self.Account[who]
        if account.providers == 0 and account.sufficients == 0:
            self.deposit(self.NewAccount(account=who))
        self.Account[who] = replace(account, sufficients=account.sufficients + 1)

    def dec_sufficients(self, who: AccountId) -> None:
        """Take back a reason that needs no deposit; the account goes with the last one."""
        account = self.Account[who]
        if account.sufficients <= 1 and account.providers == 0:
            del self.Account[who]
            self.deposit(self.KilledAccount(account=who))
        else:
            self.Account[who] = replace(account, sufficients=max(account.sufficients - 1, 0))

    def inc_consumers(self, who: AccountId, *, limited: bool = True) -> None:
        """Say that something needs the account. Raises: NoProviders, TooManyConsumers."""
        account = self.Account[who]
        if account.providers == 0:
            raise NoProviders
        if limited and account.consumers >= self.MAX_CONSUMERS:
            raise TooManyConsumers
        self.Account[who] = replace(account, consumers=account.consumers + 1)

    def dec_consumers(self, who: AccountId) -> None:
        """Say that something needs the account no more."""
        account = self.Account[who]
        self.Account[who] = replace(account, consumers=max(account.consumers - 1, 0))

    def can_dec_provider(self, who: AccountId) -> bool:
        """Whether the account may lose a reason to exist."""
        account = self.Account[who]
        return account.consumers == 0 or account.providers > 1

    def build_genesis(self, config: Any) -> None:
        """Begin as the chain does: the hash before genesis is 69 thirty-two times."""
        self.state.set(EXTRINSIC_INDEX_KEY, bytes(4))
        self.BlockHash[BlockNumber(0)] = self.ParentHash = H256(bytes([69]) * 32)
        self.UpgradedToU32RefCount = self.UpgradedToTripleRefCount = True
        self.LastRuntimeUpgrade = LastRuntimeUpgradeInfo(self.Version.spec_version, self.Version.spec_name)

    # -- the block ----------------------------------------------------------------------------------------------

    def initialize(self, number: BlockNumber, parent_hash: H256, digest: BlockDigest) -> None:
        """Begin a block: what the last one left of itself goes. Source: frame_system::Pallet::initialize"""
        self.state.set(EXTRINSIC_INDEX_KEY, bytes(4))
        self.Number, self.Digest, self.ParentHash = number, digest, parent_hash
        self.BlockHash[BlockNumber(number - 1)] = parent_hash
        del self.BlockWeight
        del self.Events, self.EventCount
        for topic in list(self.EventTopics.keys()):
            del self.EventTopics[topic]

    def finalize(self, state_root: H256, extrinsics_root: H256) -> Header:
        """The header of the block, its bookkeeping having been put away by `close`."""
        return Header(self.ParentHash, self.Number, state_root, extrinsics_root, self.Digest)

    def close(self) -> None:
        """Put the block's bookkeeping away, so that the state root can be taken."""
        self.state.delete(EXTRINSIC_INDEX_KEY)
        del self.AllExtrinsicsLen, self.ExtrinsicCount
        events = self.state.get(EVENTS_KEY)
        self.EventCount = 0 if events is None else decode_compact(events, 0)[0]
        oldest = self.Number - self.BlockHashCount - 1
        if oldest > 0:  # the genesis hash is kept for ever
            del self.BlockHash[BlockNumber(oldest)]

    def extrinsic_index(self) -> int:
        """The number of the extrinsic in its block; 0 before the first, and where there is no block."""
        raw = self.state.get(EXTRINSIC_INDEX_KEY)
        return 0 if raw is None else int.from_bytes(raw, "little")

    def register_extra_weight(self, weight: Weight, class_: DispatchClass) -> None:
        """Add weight that belongs to no extrinsic."""
        self.BlockWeight = add_weight(self.BlockWeight, weight, class_)

    def deposit_log(self, item: DigestItem) -> None:
        """Add an entry to the block's digest."""
        if isinstance(item, Seal):
            raise ValueError("the seal is added by the author, outside the runtime")
        self.Digest = Digest((*self.Digest.logs, item))

    def append_event(self, raw: bytes, topics: tuple[H256, ...]) -> None:
        """Record an encoded event record, and list it under its topics."""
        if topics:
            stored = self.state.get(EVENTS_KEY)
            position = 0 if stored is None else decode_compact(stored, 0)[0]
            for topic in topics:
                self.EventTopics.append(topic, self.Number.to_bytes(4, "little") + position.to_bytes(4, "little"))
        self.state.append(EVENTS_KEY, raw)


def add_weight(used: WeightByClass, weight: Weight, class_: DispatchClass) -> WeightByClass:
    """The block's weights with `weight` more in one class."""
    if class_ is DispatchClass.Normal:
        return WeightByClass(used.normal + weight, used.operational, used.mandatory)
    if class_ is DispatchClass.Operational:
        return WeightByClass(used.normal, used.operational + weight, used.mandatory)
    return WeightByClass(used.normal, used.operational, used.mandatory + weight)


def ensure_signed_or_root(origin: Origin) -> AccountId | None:
    """The account that signed, None for root. Raises: BadOrigin."""
    if isinstance(origin.caller, Root):
        return None
    return ensure_signed(origin)


def phase_of_extrinsic(index: int) -> bytes:
    """The encoded phase of the extrinsic at `index` of the block."""
    return b"\0" + index.to_bytes(4, "little")


def encode_topics(topics: tuple[H256, ...]) -> bytes:
    """The topics at the end of an event record."""
    return encode_compact(len(topics)) + b"".join(topics) if topics else b"\0"
