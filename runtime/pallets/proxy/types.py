"""The types of the Proxy pallet."""

from __future__ import annotations

import enum

from chain.scale.codec import split_path
from chain.scale.hints import struct
from chain.types import H256, AccountId, BlockNumber


class ProxyType(enum.Enum):
    """What a proxy may do. Source: subtensor_runtime_common::ProxyType"""

    Any = 0
    Owner = 1
    NonCritical = 2
    NonTransfer = 3
    Senate = 4
    NonFungible = 5
    Triumvirate = 6
    Governance = 7
    Staking = 8
    Registration = 9
    Transfer = 10
    SmallTransfer = 11
    RootWeights = 12
    ChildKeys = 13
    SudoUncheckedSetCode = 14
    SwapHotkey = 15
    SubnetLeaseBeneficiary = 16
    RootClaim = 17

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("subtensor_runtime_common::ProxyType")


class DepositKind(enum.Enum):
    """What a deposit was taken for."""

    Proxies = 0
    Announcements = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_subtensor_proxy::DepositKind")


@struct(
    "pallet_subtensor_proxy::ProxyDefinition",
    params={"AccountId": AccountId, "ProxyType": ProxyType, "BlockNumber": BlockNumber},
)
class ProxyDefinition:
    """Who may act for an account, in what, and how many blocks after he said so."""

    delegate: AccountId
    proxy_type: ProxyType
    delay: BlockNumber

    def order(self) -> tuple[bytes, int, int]:
        """Where this stands in a list of proxies."""
        return self.delegate, self.proxy_type.value, self.delay


@struct(
    "pallet_subtensor_proxy::Announcement",
    params={"AccountId": AccountId, "Hash": H256, "BlockNumber": BlockNumber},
)
class Announcement:
    """A call that a proxy is going to make, and since when that is known."""

    real: AccountId
    call_hash: H256
    height: BlockNumber
