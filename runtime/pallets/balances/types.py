"""The types of the Balances pallet."""

from __future__ import annotations

import enum
from typing import Annotated, Any

from chain.errors import DecodeError
from chain.scale.codec import Codec, split_path
from chain.scale.hints import Fixed, ScaleEnum, struct
from chain.scale.registry import TypeDef, TypeRegistry
from runtime.units import TaoBalance

LockIdentifier = Annotated[bytes, Fixed(8)]


class Preservation(enum.Enum):
    """What may become of the account that pays. Source: frame_support::traits::tokens::Preservation"""

    Expendable = 0
    Protect = 1
    Preserve = 2


class Reasons(enum.Enum):
    """What a lock forbids. Source: pallet_balances::Reasons"""

    Fee = 0
    Misc = 1
    All = 2

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_balances::types::Reasons")


class BalanceStatus(enum.Enum):
    """Where repatriated funds go. Source: frame_support::traits::BalanceStatus"""

    Free = 0
    Reserved = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("frame_support::traits::tokens::misc::BalanceStatus")


class AdjustmentDirection(enum.Enum):
    """Which way the issuance is forced. Source: pallet_balances::AdjustmentDirection"""

    Increase = 0
    Decrease = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_balances::types::AdjustmentDirection")


@struct("pallet_balances::types::BalanceLock")
class BalanceLock:
    """Funds that may not be withdrawn for some reasons; locks overlay each other."""

    id: LockIdentifier
    amount: TaoBalance
    reasons: Reasons


@struct("pallet_balances::types::ReserveData")
class ReserveData:
    """Funds set aside under a name."""

    id: LockIdentifier
    amount: TaoBalance


class PreimageHoldReason(enum.Enum):
    """Why Preimage holds funds."""

    Preimage = 0

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_preimage::pallet::HoldReason")


class SafeModeHoldReason(enum.Enum):
    """Why SafeMode holds funds."""

    EnterOrExtend = 0

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_safe_mode::pallet::HoldReason")


class ContractsHoldReason(enum.Enum):
    """Why Contracts holds funds."""

    CodeUploadDepositReserve = 0
    StorageDepositReserve = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_contracts::pallet::HoldReason")


class RuntimeHoldReason(ScaleEnum, path="node_subtensor_runtime::RuntimeHoldReason"):
    """Which pallet holds funds, and why."""


class Preimage(RuntimeHoldReason, index=14):
    value: PreimageHoldReason


class SafeMode(RuntimeHoldReason, index=20):
    value: SafeModeHoldReason


class Contracts(RuntimeHoldReason, index=29):
    value: ContractsHoldReason


class RuntimeFreezeReason:
    """Why funds are frozen. No pallet of this chain freezes any, so the type has no values."""

    @staticmethod
    def scale_codec(codecs: Any) -> Codec:
        return NeverCodec(split_path("node_subtensor_runtime::RuntimeFreezeReason"))


class NeverCodec(Codec):
    """A type without values: nothing can be encoded, and no bytes decode."""

    min_size = 1

    def __init__(self, path: tuple[str, ...]) -> None:
        self.path = path

    def encode(self, value: Any) -> bytes:
        raise TypeError(f"{self.path[-1]} has no values")

    def decode(self, data: bytes, at: int) -> tuple[Any, int]:
        raise DecodeError(f"{self.path[-1]} has no values")

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.variant()


@struct("frame_support::traits::tokens::misc::IdAmount")
class HoldAmount:
    """Funds held for a reason."""

    id: RuntimeHoldReason
    amount: TaoBalance


@struct("frame_support::traits::tokens::misc::IdAmount")
class FreezeAmount:
    """Funds frozen for a reason."""

    id: RuntimeFreezeReason
    amount: TaoBalance
