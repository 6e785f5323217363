"""Types of SubtensorModule's storage, calls and events."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, NewType

from chain.scale.codec import split_path
from chain.scale.hints import Fixed, Named, ScaleEnum, struct
from chain.types import AccountId, BlockNumber
from runtime.perthings import Percent
from runtime.units import NetUid, TaoBalance

PalletId = NewType("PalletId", Annotated[bytes, Fixed(8), Named("frame_support::PalletId")])

ROOT = NetUid(0)
ZERO_ACCOUNT = AccountId(bytes(32))
EMPTY_MAP: Mapping[Any, Any] = MappingProxyType({})


SUBNET_MARK = b"modlsubtensr"
"""What the accounts of subnets begin with."""


def subnet_account(netuid: NetUid) -> AccountId:
    """The account that holds a subnet's TAO: `modl` ++ `subtensr` ++ netuid, zeros behind."""
    return AccountId((SUBNET_MARK + netuid.to_bytes(2, "little")).ljust(32, b"\0"))


BURN_ACCOUNT = AccountId(b"modlburntnsr".ljust(32, b"\0"))
"""Where burned TAO goes."""


def is_subnet_account(account: AccountId) -> bool:
    """Whether an account is a subnet's own."""
    return account.startswith(SUBNET_MARK) and not any(account[len(SUBNET_MARK) + 2 :])


def netuid_of(account: AccountId) -> NetUid:
    """The subnet whose account this is."""
    return NetUid(int.from_bytes(account[len(SUBNET_MARK) : len(SUBNET_MARK) + 2], "little"))


class RecycleOrBurnEnum(enum.Enum):
    """What becomes of the incentive of the owner's own miners."""

    Burn = 0
    Recycle = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_subtensor::pallet::RecycleOrBurnEnum")


class RootClaimTypeEnum(ScaleEnum, path="pallet_subtensor::pallet::RootClaimTypeEnum"):
    """What becomes of a coldkey's root dividends."""


class Swap(RootClaimTypeEnum, index=0):
    """They are sold and staked on the root network."""


class Keep(RootClaimTypeEnum, index=1):
    """They stay where they are."""


class KeepSubnets(RootClaimTypeEnum, index=2, unnamed=False):
    """Those of some subnets stay, the others are sold."""

    subnets: frozenset[NetUid]


class Hyperparameter(enum.Enum):
    """A parameter that an owner changes, each limited on its own."""

    Unknown = 0
    ServingRateLimit = 1
    MaxDifficulty = 2
    AdjustmentAlpha = 3
    MaxWeightLimit = 4
    ImmunityPeriod = 5
    MinAllowedWeights = 6
    Kappa = 7
    Rho = 8
    ActivityCutoff = 9
    PowRegistrationAllowed = 10
    MinBurn = 11
    MaxBurn = 12
    BondsMovingAverage = 13
    BondsPenalty = 14
    CommitRevealEnabled = 15
    LiquidAlphaEnabled = 16
    AlphaValues = 17
    WeightCommitInterval = 18
    TransferEnabled = 19
    AlphaSigmoidSteepness = 20
    Yuma3Enabled = 21
    BondsResetEnabled = 22
    ImmuneNeuronLimit = 23
    RecycleOrBurn = 24
    MaxAllowedUids = 25
    BurnHalfLife = 26
    BurnIncreaseMult = 27
    SubnetEmissionEnabled = 28
    MinChildkeyTake = 29
    ActivityCutoffFactorMilli = 30
    TriggerEpoch = 31

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_subtensor::utils::rate_limiting::Hyperparameter")


class RateLimitKey(ScaleEnum, path="pallet_subtensor::RateLimitKey", params={"AccountId": AccountId}):
    """Something whose use is limited."""


class SetSNOwnerHotkey(RateLimitKey, index=0):
    netuid: NetUid


class OwnerHyperparamUpdate(RateLimitKey, index=1):
    netuid: NetUid
    parameter: Hyperparameter


class NetworkLastRegistered(RateLimitKey, index=2):
    pass


class LastTxBlock(RateLimitKey, index=3):
    account: AccountId


class LastTxBlockChildKeyTake(RateLimitKey, index=4):
    account: AccountId


class LastTxBlockDelegateTake(RateLimitKey, index=5):
    account: AccountId


class AddStakeBurn(RateLimitKey, index=6):
    netuid: NetUid


@struct("pallet_subtensor::pallet::SubnetIdentityV3")
class SubnetIdentity:
    """What the owner of a subnet tells of it."""

    subnet_name: bytes
    github_repo: bytes
    subnet_contact: bytes
    subnet_url: bytes
    discord: bytes
    description: bytes
    logo_url: bytes
    additional: bytes

    def is_valid(self) -> bool:
        """Whether every field is within its length. Source: SubtensorModule::is_valid_subnet_identity"""
        limits = {
            "subnet_name": 256,
            "github_repo": 1024,
            "subnet_contact": 1024,
            "subnet_url": 1024,
            "discord": 256,
            "description": 1024,
            "logo_url": 1024,
            "additional": 1024,
        }
        lengths = {name: len(getattr(self, name)) for name in limits}
        return all(lengths[name] <= limit for name, limit in limits.items()) and sum(lengths.values()) <= sum(
            limits.values()
        )


@struct("pallet_subtensor::subnets::leasing::SubnetLease")
class SubnetLease:
    """A subnet that a crowdloan registered."""

    beneficiary: AccountId
    coldkey: AccountId
    hotkey: AccountId
    emissions_share: Percent
    end_block: BlockNumber | None
    netuid: NetUid
    cost: TaoBalance
