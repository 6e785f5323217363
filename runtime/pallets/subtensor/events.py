"""The events of SubtensorModule, by their wire indices. Every section deposits them from here."""

from __future__ import annotations

from typing import Annotated

from chain.errors import DispatchError
from chain.scale.hints import Compact, Named, i16, u8, u16, u32, u64
from chain.types import H256, AccountId, BlockNumber, Bytes20
from runtime.fixed import U64F64
from runtime.frame.pallet import Event, Pallet
from runtime.pallets.subtensor.types import RootClaimTypeEnum
from runtime.pallets.sudo import DispatchResult
from runtime.units import AlphaBalance, NetUid, TaoBalance

H160 = Annotated[Bytes20, Named("primitive_types::H160")]


class Events(Pallet):
    """What happened in the TAO economy. A section of SubtensorModule."""

    class NetworkAdded(Event, index=0, unnamed=True):
        """A subnet was registered."""

        netuid: NetUid
        mechanism: u16

    class NetworkRemoved(Event, index=1, unnamed=True):
        """A subnet was dissolved."""

        netuid: NetUid

    class StakeAdded(Event, index=2, unnamed=True):
        """A coldkey staked TAO to a hotkey: TAO paid, alpha bought, fee in rao."""

        coldkey: AccountId
        hotkey: AccountId
        tao: TaoBalance
        alpha: AlphaBalance
        netuid: NetUid
        fee: u64

    class StakeRemoved(Event, index=3, unnamed=True):
        """A coldkey took stake from a hotkey: TAO received, alpha sold, fee in alpha rao."""

        coldkey: AccountId
        hotkey: AccountId
        tao: TaoBalance
        alpha: AlphaBalance
        netuid: NetUid
        fee: u64

    class StakeMoved(Event, index=4, unnamed=True):
        """A coldkey moved stake to another hotkey; its worth in TAO."""

        coldkey: AccountId
        origin_hotkey: AccountId
        origin_netuid: NetUid
        destination_hotkey: AccountId
        destination_netuid: NetUid
        tao: TaoBalance

    class WeightsSet(Event, index=5, unnamed=True):
        """A validator set its weights."""

        netuid_index: NetUid
        uid: u16

    class NeuronRegistered(Event, index=6, unnamed=True):
        """A hotkey got a uid in a subnet."""

        netuid: NetUid
        uid: u16
        hotkey: AccountId

    class BulkNeuronsRegistered(Event, index=7, unnamed=True):
        """Many neurons were registered at once."""

        netuid: u16
        count: u16

    class BulkBalancesSet(Event, index=8, unnamed=True):
        """Many balances were set at once."""

        netuid: u16
        count: u16

    class MaxAllowedUidsSet(Event, index=9, unnamed=True):
        """Max allowed uids of a subnet was set."""

        netuid: NetUid
        value: u16

    class MaxWeightLimitSet(Event, index=10, unnamed=True):
        """Max weight limit of a subnet was set."""

        netuid: NetUid
        value: u16

    class DifficultySet(Event, index=11, unnamed=True):
        """Difficulty of a subnet was set."""

        netuid: NetUid
        value: u64

    class AdjustmentIntervalSet(Event, index=12, unnamed=True):
        """Adjustment interval of a subnet was set."""

        netuid: NetUid
        value: u16

    class RegistrationPerIntervalSet(Event, index=13, unnamed=True):
        """Registration per interval of a subnet was set."""

        netuid: NetUid
        value: u16

    class MaxRegistrationsPerBlockSet(Event, index=14, unnamed=True):
        """Max registrations per block of a subnet was set."""

        netuid: NetUid
        value: u16

    class ActivityCutoffSet(Event, index=15, unnamed=True):
        """Activity cutoff of a subnet was set."""

        netuid: NetUid
        value: u16

    class RhoSet(Event, index=16, unnamed=True):
        """Rho of a subnet was set."""

        netuid: NetUid
        value: u16

    class AlphaSigmoidSteepnessSet(Event, index=17, unnamed=True):
        """Alpha sigmoid steepness of a subnet was set."""

        netuid: NetUid
        value: i16

    class KappaSet(Event, index=18, unnamed=True):
        """Kappa of a subnet was set."""

        netuid: NetUid
        value: u16

    class MinAllowedWeightSet(Event, index=19, unnamed=True):
        """Min allowed weight of a subnet was set."""

        netuid: NetUid
        value: u16

    class ValidatorPruneLenSet(Event, index=20, unnamed=True):
        """Validator prune len of a subnet was set."""

        netuid: NetUid
        value: u64

    class ScalingLawPowerSet(Event, index=21, unnamed=True):
        """Scaling law power of a subnet was set."""

        netuid: NetUid
        value: u16

    class WeightsSetRateLimitSet(Event, index=22, unnamed=True):
        """Weights set rate limit of a subnet was set."""

        netuid: NetUid
        value: u64

    class ImmunityPeriodSet(Event, index=23, unnamed=True):
        """Immunity period of a subnet was set."""

        netuid: NetUid
        value: u16

    class BondsMovingAverageSet(Event, index=24, unnamed=True):
        """Bonds moving average of a subnet was set."""

        netuid: NetUid
        value: u64

    class BondsPenaltySet(Event, index=25, unnamed=True):
        """Bonds penalty of a subnet was set."""

        netuid: NetUid
        value: u16

    class BondsResetOnSet(Event, index=26, unnamed=True):
        """Bonds reset on of a subnet was set."""

        netuid: NetUid
        value: bool

    class MaxAllowedValidatorsSet(Event, index=27, unnamed=True):
        """Max allowed validators of a subnet was set."""

        netuid: NetUid
        value: u16

    class AxonServed(Event, index=28, unnamed=True):
        """A neuron told where it serves."""

        netuid: NetUid
        hotkey: AccountId

    class PrometheusServed(Event, index=29, unnamed=True):
        """A neuron told where its metrics are."""

        netuid: NetUid
        hotkey: AccountId

    class DelegateAdded(Event, index=30, unnamed=True):
        """A hotkey became a delegate."""

        coldkey: AccountId
        hotkey: AccountId
        take: u16

    class DefaultTakeSet(Event, index=31, unnamed=True):
        """Default take was set."""

        value: u16

    class WeightsVersionKeySet(Event, index=32, unnamed=True):
        """Weights version key of a subnet was set."""

        netuid: NetUid
        value: u64

    class MinDifficultySet(Event, index=33, unnamed=True):
        """Min difficulty of a subnet was set."""

        netuid: NetUid
        value: u64

    class MaxDifficultySet(Event, index=34, unnamed=True):
        """Max difficulty of a subnet was set."""

        netuid: NetUid
        value: u64

    class ServingRateLimitSet(Event, index=35, unnamed=True):
        """Serving rate limit of a subnet was set."""

        netuid: NetUid
        value: u64

    class BurnSet(Event, index=36, unnamed=True):
        """Burn of a subnet was set."""

        netuid: NetUid
        value: TaoBalance

    class MaxBurnSet(Event, index=37, unnamed=True):
        """Max burn of a subnet was set."""

        netuid: NetUid
        value: TaoBalance

    class MinBurnSet(Event, index=38, unnamed=True):
        """Min burn of a subnet was set."""

        netuid: NetUid
        value: TaoBalance

    class MaxEpochsPerBlockSet(Event, index=39, unnamed=True):
        """Max epochs per block was set."""

        value: u8

    class TxRateLimitSet(Event, index=40, unnamed=True):
        """Tx rate limit was set."""

        value: u64

    class TxDelegateTakeRateLimitSet(Event, index=41, unnamed=True):
        """Tx delegate take rate limit was set."""

        value: u64

    class TxChildKeyTakeRateLimitSet(Event, index=42, unnamed=True):
        """Tx child key take rate limit was set."""

        value: u64

    class AdminFreezeWindowSet(Event, index=43, unnamed=True):
        """Admin freeze window was set."""

        value: u16

    class OwnerHyperparamRateLimitSet(Event, index=44, unnamed=True):
        """Owner hyperparam rate limit was set."""

        value: u16

    class MinChildKeyTakeSet(Event, index=45, unnamed=True):
        """Min child key take was set."""

        value: u16

    class MinChildKeyTakePerSubnetSet(Event, index=46, unnamed=True):
        """Min child key take per subnet of a subnet was set."""

        netuid: NetUid
        value: u16

    class MaxChildKeyTakeSet(Event, index=47, unnamed=True):
        """Max child key take was set."""

        value: u16

    class ChildKeyTakeSet(Event, index=48, unnamed=True):
        """Child key take was set."""

        hotkey: AccountId
        take: u16

    class Sudid(Event, index=49, unnamed=True):
        """A call was made as root."""

        result: DispatchResult

    class RegistrationAllowed(Event, index=50, unnamed=True):
        """Registration was switched on or off in a subnet."""

        netuid: NetUid
        value: bool

    class PowRegistrationAllowed(Event, index=51, unnamed=True):
        """Registration by work was switched on or off in a subnet."""

        netuid: NetUid
        value: bool

    class TempoSet(Event, index=52, unnamed=True):
        """Tempo of a subnet was set."""

        netuid: NetUid
        value: u16

    class RAORecycledForRegistrationSet(Event, index=53, unnamed=True):
        """Rao recycled for registration of a subnet was set."""

        netuid: NetUid
        value: TaoBalance

    class StakeThresholdSet(Event, index=54, unnamed=True):
        """Stake threshold was set."""

        value: u64

    class AdjustmentAlphaSet(Event, index=55, unnamed=True):
        """Adjustment alpha of a subnet was set."""

        netuid: NetUid
        value: u64

    class Faucet(Event, index=56, unnamed=True):
        """The faucet gave TAO to an account."""

        account: AccountId
        amount: u64

    class SubnetOwnerCutSet(Event, index=57, unnamed=True):
        """Subnet owner cut was set."""

        value: u16

    class NetworkRateLimitSet(Event, index=58, unnamed=True):
        """Network rate limit was set."""

        value: u64

    class NetworkImmunityPeriodSet(Event, index=59, unnamed=True):
        """Network immunity period was set."""

        value: u64

    class StartCallDelaySet(Event, index=60, unnamed=True):
        """Start call delay was set."""

        value: u64

    class NetworkMinLockCostSet(Event, index=61, unnamed=True):
        """Network min lock cost was set."""

        value: TaoBalance

    class SubnetLimitSet(Event, index=62, unnamed=True):
        """Subnet limit was set."""

        value: u16

    class NetworkLockCostReductionIntervalSet(Event, index=63, unnamed=True):
        """Network lock cost reduction interval was set."""

        value: u64

    class TakeDecreased(Event, index=64, unnamed=True):
        """A delegate's take fell."""

        coldkey: AccountId
        hotkey: AccountId
        take: u16

    class TakeIncreased(Event, index=65, unnamed=True):
        """A delegate's take rose."""

        coldkey: AccountId
        hotkey: AccountId
        take: u16

    class HotkeySwapped(Event, index=66):
        """A coldkey replaced one of its hotkeys by another."""

        coldkey: AccountId
        old_hotkey: AccountId
        new_hotkey: AccountId

    class MaxDelegateTakeSet(Event, index=67, unnamed=True):
        """Max delegate take was set."""

        value: u16

    class MinDelegateTakeSet(Event, index=68, unnamed=True):
        """Min delegate take was set."""

        value: u16

    class ColdkeySwapAnnounced(Event, index=69):
        """A coldkey announced that another will take its place."""

        who: AccountId
        new_coldkey_hash: H256

    class ColdkeySwapReset(Event, index=70):
        """A coldkey's swap was reset by root."""

        who: AccountId

    class ColdkeySwapped(Event, index=71):
        """A coldkey took the place of another."""

        old_coldkey: AccountId
        new_coldkey: AccountId

    class ColdkeySwapDisputed(Event, index=72):
        """A coldkey's swap was disputed."""

        coldkey: AccountId

    class AllBalanceUnstakedAndTransferredToNewColdkey(Event, index=73):
        """A coldkey unstaked all and gave it to another."""

        current_coldkey: AccountId
        new_coldkey: AccountId
        total_balance: TaoBalance

    class ArbitrationPeriodExtended(Event, index=74):
        """The time to dispute was extended."""

        coldkey: AccountId

    class SetChildrenScheduled(Event, index=75, unnamed=True):
        """Children of a hotkey will be set in a later block."""

        hotkey: AccountId
        netuid: NetUid
        cooldown_block: u64
        children: tuple[tuple[u64, AccountId], ...]

    class SetChildren(Event, index=76, unnamed=True):
        """Children of a hotkey were set."""

        hotkey: AccountId
        netuid: NetUid
        children: tuple[tuple[u64, AccountId], ...]

    class ChainIdentitySet(Event, index=77, unnamed=True):
        """A coldkey set its identity."""

        coldkey: AccountId

    class SubnetIdentitySet(Event, index=78, unnamed=True):
        """The identity of a subnet was set."""

        netuid: NetUid

    class SubnetIdentityRemoved(Event, index=79, unnamed=True):
        """The identity of a subnet was removed."""

        netuid: NetUid

    class DissolveNetworkScheduled(Event, index=80):
        """A subnet will be dissolved in a later block."""

        account: AccountId
        netuid: NetUid
        execution_block: BlockNumber

    class ColdkeySwapAnnouncementDelaySet(Event, index=81, unnamed=True):
        """Coldkey swap announcement delay was set."""

        value: BlockNumber

    class ColdkeySwapReannouncementDelaySet(Event, index=82, unnamed=True):
        """Coldkey swap reannouncement delay was set."""

        value: BlockNumber

    class DissolveNetworkScheduleDurationSet(Event, index=83, unnamed=True):
        """Dissolve network schedule duration was set."""

        value: BlockNumber

    class CRV3WeightsCommitted(Event, index=84, unnamed=True):
        """A validator committed weights that a randomness beacon will reveal (old form)."""

        account: AccountId
        netuid_index: NetUid
        hash: H256

    class WeightsCommitted(Event, index=85, unnamed=True):
        """A validator committed to its weights."""

        account: AccountId
        netuid_index: NetUid
        hash: H256

    class WeightsRevealed(Event, index=86, unnamed=True):
        """A validator revealed its weights."""

        account: AccountId
        netuid_index: NetUid
        hash: H256

    class WeightsBatchRevealed(Event, index=87, unnamed=True):
        """A validator revealed several commits."""

        account: AccountId
        netuid: NetUid
        hashes: tuple[H256, ...]

    class BatchWeightsCompleted(Event, index=88, unnamed=True):
        """Every item of a batch of weights was tried."""

        netuids: tuple[Compact[NetUid], ...]
        account: AccountId

    class BatchCompletedWithErrors(Event, index=89):
        """Some item of a batch of weights failed."""

    class BatchWeightItemFailed(Event, index=90, unnamed=True):
        """An item of a batch of weights failed."""

        netuid: NetUid
        error: DispatchError

    class StakeTransferred(Event, index=91, unnamed=True):
        """A coldkey gave stake to another coldkey; its worth in TAO."""

        origin_coldkey: AccountId
        destination_coldkey: AccountId
        hotkey: AccountId
        origin_netuid: NetUid
        destination_netuid: NetUid
        tao: TaoBalance

    class StakeSwapped(Event, index=92, unnamed=True):
        """A coldkey moved stake to another subnet; its worth in TAO."""

        coldkey: AccountId
        hotkey: AccountId
        origin_netuid: NetUid
        destination_netuid: NetUid
        tao: TaoBalance

    class TransferToggle(Event, index=93, unnamed=True):
        """Transfers of stake were switched on or off in a subnet."""

        netuid: NetUid
        value: bool

    class SubnetOwnerHotkeySet(Event, index=94, unnamed=True):
        """The owner's hotkey of a subnet was set."""

        netuid: NetUid
        hotkey: AccountId

    class FirstEmissionBlockNumberSet(Event, index=95, unnamed=True):
        """A subnet starts; the block of its first emission."""

        netuid: NetUid
        block: u64

    class AlphaRecycled(Event, index=96, unnamed=True):
        """Stake was recycled: its alpha is no longer issued."""

        coldkey: AccountId
        hotkey: AccountId
        amount: AlphaBalance
        netuid: NetUid

    class AlphaBurned(Event, index=97, unnamed=True):
        """Stake was burned: its alpha stays issued and belongs to nobody."""

        coldkey: AccountId
        hotkey: AccountId
        amount: AlphaBalance
        netuid: NetUid

    class EvmKeyAssociated(Event, index=98):
        """A hotkey was associated with an EVM key."""

        netuid: NetUid
        hotkey: AccountId
        evm_key: H160
        block_associated: u64

    class CRV3WeightsRevealed(Event, index=99, unnamed=True):
        """Weights were revealed by a randomness beacon (old form)."""

        netuid: NetUid
        account: AccountId

    class CommitRevealPeriodsSet(Event, index=100, unnamed=True):
        """Commit reveal periods of a subnet was set."""

        netuid: NetUid
        value: u64

    class CommitRevealEnabled(Event, index=101, unnamed=True):
        """Commit and reveal was switched on or off in a subnet."""

        netuid: NetUid
        value: bool

    class HotkeySwappedOnSubnet(Event, index=102):
        """A coldkey replaced a hotkey by another on one subnet."""

        coldkey: AccountId
        old_hotkey: AccountId
        new_hotkey: AccountId
        netuid: NetUid

    class SubnetLeaseCreated(Event, index=103):
        """A crowdloan registered a subnet as a lease."""

        beneficiary: AccountId
        lease_id: u32
        netuid: NetUid
        end_block: BlockNumber | None

    class SubnetLeaseTerminated(Event, index=104):
        """A lease ended and its subnet went to the beneficiary."""

        beneficiary: AccountId
        netuid: NetUid

    class SymbolUpdated(Event, index=105):
        """The symbol of a subnet was set."""

        netuid: NetUid
        symbol: bytes

    class CommitRevealVersionSet(Event, index=106, unnamed=True):
        """Commit reveal version was set."""

        value: u16

    class TimelockedWeightsCommitted(Event, index=107, unnamed=True):
        """A validator committed weights that a randomness beacon will reveal."""

        account: AccountId
        netuid_index: NetUid
        hash: H256
        reveal_round: u64

    class TimelockedWeightsRevealed(Event, index=108, unnamed=True):
        """Weights were revealed by a randomness beacon."""

        netuid_index: NetUid
        account: AccountId

    class AutoStakeAdded(Event, index=109):
        """An incentive was staked to the hotkey that its owner chose."""

        netuid: NetUid
        destination: AccountId
        hotkey: AccountId
        owner: AccountId
        incentive: AlphaBalance

    class IncentiveAlphaEmittedToMiners(Event, index=110):
        """An epoch paid the miners: alpha by uid."""

        netuid: NetUid
        emissions: tuple[AlphaBalance, ...]

    class MinAllowedUidsSet(Event, index=111, unnamed=True):
        """Min allowed uids of a subnet was set."""

        netuid: NetUid
        value: u16

    class AutoStakeDestinationSet(Event, index=112):
        """A coldkey chose the hotkey that its incentives are staked to."""

        coldkey: AccountId
        netuid: NetUid
        hotkey: AccountId

    class MinNonImmuneUidsSet(Event, index=113, unnamed=True):
        """Min non immune uids of a subnet was set."""

        netuid: NetUid
        value: u16

    class RootClaimed(Event, index=114):
        """A coldkey claimed its root dividends."""

        coldkey: AccountId

    class RootClaimTypeSet(Event, index=115):
        """A coldkey chose what becomes of its root dividends."""

        coldkey: AccountId
        root_claim_type: RootClaimTypeEnum

    class VotingPowerTrackingEnabled(Event, index=116):
        """Voting power is tracked in a subnet from now on."""

        netuid: NetUid

    class VotingPowerTrackingDisableScheduled(Event, index=117):
        """Tracking of voting power will end in a later block."""

        netuid: NetUid
        disable_at_block: u64

    class VotingPowerTrackingDisabled(Event, index=118):
        """Voting power is no longer tracked in a subnet."""

        netuid: NetUid

    class VotingPowerEmaAlphaSet(Event, index=119):
        """Voting power ema alpha of a subnet was set."""

        netuid: NetUid
        alpha: u64

    class SubnetLeaseDividendsDistributed(Event, index=120):
        """A contributor of a lease got its part of the owner's cut."""

        lease_id: u32
        contributor: AccountId
        alpha: AlphaBalance

    class AddStakeBurn(Event, index=121):
        """TAO was staked and the alpha burned."""

        netuid: NetUid
        hotkey: AccountId
        amount: TaoBalance
        alpha: AlphaBalance

    class ColdkeySwapCleared(Event, index=122):
        """A coldkey's announcement was cleared."""

        who: AccountId

    class TransactionFeePaidWithAlpha(Event, index=123):
        """A transaction fee was paid by selling alpha."""

        who: AccountId
        netuid: NetUid
        alpha_fee: AlphaBalance
        tao_amount: TaoBalance

    class BurnHalfLifeSet(Event, index=124):
        """Burn half life of a subnet was set."""

        netuid: NetUid
        burn_half_life: u16

    class BurnIncreaseMultSet(Event, index=125):
        """Burn increase mult of a subnet was set."""

        netuid: NetUid
        burn_increase_mult: U64F64

    class AutoParentDelegationEnabledSet(Event, index=126):
        """Auto parent delegation enabled was set."""

        hotkey: AccountId
        enabled: bool

    class StakeLocked(Event, index=127):
        """A coldkey locked alpha to a hotkey."""

        coldkey: AccountId
        hotkey: AccountId
        netuid: NetUid
        amount: AlphaBalance

    class StakeUnlocked(Event, index=128):
        """Locked alpha came free."""

        coldkey: AccountId
        hotkey: AccountId
        netuid: NetUid
        amount: AlphaBalance

    class LockMoved(Event, index=129):
        """A lock moved to another hotkey."""

        coldkey: AccountId
        origin_hotkey: AccountId
        destination_hotkey: AccountId
        netuid: NetUid

    class ActivityCutoffFactorMilliSet(Event, index=130):
        """Activity cutoff factor milli of a subnet was set."""

        netuid: NetUid
        factor_milli: u32

    class EpochTriggered(Event, index=131):
        """The owner of a subnet asked for an epoch."""

        netuid: NetUid
        by: AccountId
        fires_at: u64

    class EpochDeferred(Event, index=132):
        """An epoch was put off to the next block, since too many were due."""

        netuid: NetUid
        from_block: u64
        to_block: u64

    class EpochSkipped(Event, index=133):
        """An epoch was skipped, since the neurons of the subnet are inconsistent."""

        netuid: NetUid
        block: u64

    class SubnetOwnerChanged(Event, index=134):
        """A subnet has another owner, by conviction."""

        netuid: NetUid
        old_coldkey: AccountId
        new_coldkey: AccountId

    class PerpetualLockUpdated(Event, index=135):
        """A coldkey's lock decays, or does not, from now on."""

        coldkey: AccountId
        netuid: NetUid
        enabled: bool

    class RejectLockedAlphaUpdated(Event, index=136):
        """A coldkey takes locked alpha, or does not, from now on."""

        coldkey: AccountId
        enabled: bool
