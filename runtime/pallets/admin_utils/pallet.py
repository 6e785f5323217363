"""What all calls of AdminUtils share: errors and events."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager

from chain.scale.codec import split_path
from chain.scale.hints import u16
from runtime.fixed import U64F64
from runtime.frame.origin import Origin
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Blake2_128Concat, StorageMap
from runtime.pallets.subnets.owner_limits import OwnerLimits
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.types import ROOT
from runtime.units import NetUid


class PrecompileEnum(enum.Enum):
    """A precompile of the EVM."""

    BalanceTransfer = 0
    Staking = 1
    Subnet = 2
    Metagraph = 3
    Neuron = 4
    UidLookup = 5
    Alpha = 6
    Crowdloan = 7
    Proxy = 8
    Leasing = 9
    AddressMapping = 10
    VotingPower = 11

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_admin_utils::pallet::PrecompileEnum")


class Admin(Pallet):
    """The errors and events of the calls that set parameters. A section of AdminUtils."""

    registry: Registry
    limits: OwnerLimits

    PrecompileEnable = StorageMap[PrecompileEnum, bool](Blake2_128Concat, default=True)
    """Whether a precompile of the EVM may be used; there is no EVM here."""

    class PrecompileUpdated(Event, index=0):
        """A precompile of the EVM was enabled or disabled."""

        precompile_id: PrecompileEnum
        enabled: bool

    class Yuma3EnableToggled(Event, index=1):
        """A subnet runs the third form of the consensus from now on, or no longer."""

        netuid: NetUid
        enabled: bool

    class BondsResetToggled(Event, index=2):
        """Miners of a subnet may have their bonds reset from now on, or no longer."""

        netuid: NetUid
        enabled: bool

    class BurnHalfLifeSet(Event, index=3):
        """The half life of a subnet's registration price was set, in blocks."""

        netuid: NetUid
        burn_half_life: u16

    class BurnIncreaseMultSet(Event, index=4):
        """The factor by which a registration raises the price of the next was set."""

        netuid: NetUid
        burn_increase_mult: U64F64

    class SubnetEmissionEnabledSet(Event, index=5):
        """A subnet takes part in the TAO emission from now on, or no longer."""

        netuid: NetUid
        enabled: bool

    class SubnetDoesNotExist(PalletError, index=0):
        """There is no such subnet."""

    class MaxValidatorsLargerThanMaxUIds(PalletError, index=1):
        """More validators than neurons."""

    class MaxAllowedUIdsLessThanCurrentUIds(PalletError, index=2):
        """The subnet has more neurons already."""

    class BondsMovingAverageMaxReached(PalletError, index=3):
        """Only root may let bonds follow weights so slowly."""

    class NegativeSigmoidSteepness(PalletError, index=4):
        """Only root may set a negative steepness."""

    class ValueNotInBounds(PalletError, index=5):
        """The value is outside of its bounds."""

    class MinAllowedUidsGreaterThanCurrentUids(PalletError, index=6):
        """The subnet does not have more neurons than that."""

    class MinAllowedUidsGreaterThanMaxAllowedUids(PalletError, index=7):
        """The subnet may not have more neurons than that."""

    class MaxAllowedUidsLessThanMinAllowedUids(PalletError, index=8):
        """The subnet must have more neurons."""

    class MaxAllowedUidsGreaterThanDefaultMaxAllowedUids(PalletError, index=9):
        """No subnet may have so many neurons."""

    class InvalidValue(PalletError, index=10):
        """The value makes no sense."""

    class NotPermittedOnRootSubnet(PalletError, index=11):
        """The root network has no such parameter."""

    class POWRegistrationDisabled(PalletError, index=12):
        """There is no registration by work any more."""

    class Deprecated(PalletError, index=13):
        """The call is no more."""

    @contextmanager
    def change_rarely(self, origin: Origin, netuid: NetUid, kind: int, limit_blocks: int) -> Iterator[None]:
        """Around a change that an owner makes once in so many blocks, and nobody just before an epoch.

        It is noted by the owner's coldkey and the kind of call.

        Raises: BadOrigin, TxRateLimitExceeded, AdminActionProhibitedDuringWeightsWindow.
        Source: TransactionType::rate_limit_on_subnet
        """
        owner, last = self.registry.ensure_owner_or_root(origin, netuid), self.registry.TransactionKeyLastBlock
        if owner is not None:
            self.limits.ensure_passed(last[owner, netuid, kind], limit_blocks)
        self.limits.ensure_window_open(netuid)
        yield
        if owner is not None:
            last[owner, netuid, kind] = self.registry.block()

    def ensure_exists(self, netuid: NetUid) -> None:
        """Raises: SubnetDoesNotExist."""
        if not self.registry.NetworksAdded[netuid]:
            raise self.SubnetDoesNotExist

    def ensure_exists_beside_root(self, netuid: NetUid) -> None:
        """Raises: SubnetDoesNotExist, NotPermittedOnRootSubnet."""
        self.ensure_exists(netuid)
        if netuid == ROOT:
            raise self.NotPermittedOnRootSubnet
