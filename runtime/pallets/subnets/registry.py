"""Which subnets there are, and who owns them."""

from __future__ import annotations

from chain.scale.hints import u8, u16, u64
from chain.types import AccountId
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin, Root, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Identity, StorageMap, StorageValue, Twox64Concat
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import (
    ROOT,
    ZERO_ACCOUNT,
    NetworkLastRegistered,
    RateLimitKey,
    SubnetIdentity,
    is_subnet_account,
    subnet_account,
)
from runtime.pallets.system import System
from runtime.units import NetUid, TaoBalance


class Registry(Pallet):
    """The subnets. A section of SubtensorModule."""

    system: System
    parameters: Parameters

    TotalNetworks = StorageValue[u16](default=0)
    """How many subnets there are, the root network included."""

    NetworksAdded = StorageMap[NetUid, bool](Identity, default=False)
    """Whether there is a subnet."""

    NetworkRegisteredAt = StorageMap[NetUid, u64](Identity, default=0)
    """The block in which a subnet was registered."""

    RegisteredSubnetCounter = StorageMap[NetUid, u64](Identity, default=0)
    """How many subnets had this netuid before and with this one."""

    NetworkLastLockCost = StorageValue[TaoBalance](default=TaoBalance(1_000_000_000_000))
    """The last lock that was paid, in rao."""

    SubnetLocked = StorageMap[NetUid, TaoBalance](Identity, default=TaoBalance(0))
    """What the owner of a subnet locked, in rao."""

    SubnetMechanism = StorageMap[NetUid, u16](Identity, default=0)
    """How a subnet trades: 0 one to one, 1 by its pool."""

    SubnetOwner = StorageMap[NetUid, AccountId](Identity, default=ZERO_ACCOUNT)
    """The coldkey that owns a subnet."""

    SubnetOwnerHotkey = StorageMap[NetUid, AccountId](Identity, default=ZERO_ACCOUNT)
    """The hotkey of a subnet's owner."""

    FirstEmissionBlockNumber = StorageMap[NetUid, u64](Identity)
    """The first block in which a subnet emits; absent before it starts."""

    SubtokenEnabled = StorageMap[NetUid, bool](Identity, default=False)
    """Whether a subnet's alpha is traded."""

    TokenSymbol = StorageMap[NetUid, bytes](Identity, default="𝜏".encode())
    """The symbol of a subnet's alpha."""

    SubnetIdentitiesV3 = StorageMap[NetUid, SubnetIdentity](Blake2_128Concat)
    """What the owner of a subnet tells of it."""

    LastRateLimitedBlock = StorageMap[RateLimitKey, u64](Identity, default=0)
    """The block of the last use of something that is limited."""

    TransactionKeyLastBlock = StorageMap[tuple[AccountId, NetUid, u16], u64](
        Blake2_128Concat, Identity, Identity, default=0
    )
    """The block of the last call of a kind by a hotkey on a subnet."""

    LastTxBlock = StorageMap[AccountId, u64](Identity, default=0)
    """The block of a coldkey's last swap of a hotkey; kept for old entries."""

    MechanismCountCurrent = StorageMap[NetUid, u8](Twox64Concat, default=1)
    """How many mechanisms a subnet has."""

    MechanismEmissionSplit = StorageMap[NetUid, tuple[u16, ...]](Twox64Concat)
    """How the emission is divided among the mechanisms, over 65,535; absent for even parts."""

    def netuids(self) -> list[NetUid]:
        """All subnets in the order of their storage keys, root first."""
        if self.state.touched(self.NetworksAdded.prefix):
            return list(self.NetworksAdded)
        # a block asks many times, and nearly none adds or removes a subnet
        known: tuple[NetUid, ...] | None = self.memo.get("netuids")
        if known is None:
            known = self.memo["netuids"] = tuple(self.NetworksAdded)
        return list(known)

    def block(self) -> int:
        """The number of this block."""
        return int(self.system.Number)

    def is_too_early(self, last: int, limit_blocks: int) -> bool:
        """Whether something was done, in block `last`, less than its limit ago. Source: check_passes_rate_limit"""
        return last > 0 and self.block() - last < limit_blocks

    def is_dynamic(self, netuid: NetUid) -> bool:
        """Whether alpha of the subnet is traded in a pool; on root and in stable subnets it is worth one TAO."""
        return self.SubnetMechanism[netuid] == 1

    def emits(self, netuid: NetUid) -> bool:
        """Whether the subnet takes part in emission. Source: SubtensorModule::get_subnets_to_emit_to"""
        return (
            netuid != ROOT
            and netuid in self.FirstEmissionBlockNumber
            and self.SubtokenEnabled[netuid]
            and self.parameters.NetworkRegistrationAllowed[netuid]
        )

    def account(self, netuid: NetUid) -> AccountId:
        """The account that holds a subnet's TAO. Raises: SubnetNotExists."""
        if netuid != ROOT and netuid not in self.NetworksAdded:
            raise Errors.SubnetNotExists
        return subnet_account(netuid)

    def ensure_exists(self, netuid: NetUid) -> None:
        """Raises: SubnetNotExists."""
        if not self.NetworksAdded[netuid]:
            raise Errors.SubnetNotExists

    def ensure_subtoken_enabled(self, netuid: NetUid) -> None:
        """Raises: SubtokenDisabled."""
        if not self.SubtokenEnabled[netuid]:
            raise Errors.SubtokenDisabled

    def ensure_owner(self, origin: Origin, netuid: NetUid) -> AccountId:
        """The coldkey that made the call, if it owns the subnet. Raises: BadOrigin."""
        who = ensure_signed(origin)
        if self.SubnetOwner[netuid] != who:
            raise BadOrigin
        return who

    def ensure_owner_or_root(self, origin: Origin, netuid: NetUid) -> AccountId | None:
        """The subnet's owner that made the call, None for root. Raises: BadOrigin."""
        return None if isinstance(origin.caller, Root) else self.ensure_owner(origin, netuid)

    def set_owner_hotkey(self, netuid: NetUid, hotkey: AccountId) -> None:
        """Name the hotkey of a subnet's owner. Emits: SubnetOwnerHotkeySet.  Raises: CannotUseSystemAccount."""
        if is_subnet_account(hotkey):
            raise Errors.CannotUseSystemAccount
        self.SubnetOwnerHotkey[netuid] = hotkey
        self.deposit(Events.SubnetOwnerHotkeySet(netuid, hotkey))

    def last_lock_block(self) -> int:
        """The block in which a subnet was last registered."""
        return self.LastRateLimitedBlock[NetworkLastRegistered()]

    def forget(self, netuid: NetUid) -> None:
        """Remove what is kept of a subnet. Source: SubtensorModule::remove_network"""
        for item in (
            self.SubnetOwner,
            self.NetworksAdded,
            self.NetworkRegisteredAt,
            self.SubnetMechanism,
            self.SubnetOwnerHotkey,
            self.SubnetLocked,
            self.FirstEmissionBlockNumber,
            self.SubtokenEnabled,
            self.TokenSymbol,
            self.MechanismCountCurrent,
            self.MechanismEmissionSplit,
        ):
            del item[netuid]
        for key in [key for key in self.TransactionKeyLastBlock if key[1] == netuid]:
            del self.TransactionKeyLastBlock[key]
