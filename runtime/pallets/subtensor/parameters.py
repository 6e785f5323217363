"""The parameters of the TAO economy: constants, what root sets for all, what owners set for a subnet."""

from __future__ import annotations

from chain.scale.hints import i16, u8, u16, u32, u64
from chain.types import BlockNumber
from runtime.fixed import I64F64, I96F32, U64F64, u64f64
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Constant, Identity, Setting, StorageMap, StorageValue, Twox64Concat
from runtime.pallets.emission.price_ema import DEFAULT_MOVING_ALPHA
from runtime.pallets.emission.root_claim import DEFAULT_CLAIM_THRESHOLD
from runtime.pallets.subnets.burn_price import DEFAULT_BURN_INCREASE
from runtime.pallets.subtensor.types import PalletId, RecycleOrBurnEnum
from runtime.perthings import Percent
from runtime.units import NetUid, TaoBalance


class Switches(Pallet):
    """Constants whose names are also those of storage items. A section of SubtensorModule."""

    LiquidAlphaOn = Constant[bool](False)
    """Whether a new subnet has liquid alpha."""

    Yuma3On = Constant[bool](False)
    """Whether a subnet of the genesis runs the third form of the consensus."""


class Parameters(Pallet):
    """Constants, what root sets for all, what owners set for a subnet. A section of SubtensorModule."""

    InitialIssuance = Constant[TaoBalance](TaoBalance(0))
    """What was issued before the chain began, in rao."""

    InitialMinAllowedWeights = Constant[u16](1024)
    """What min allowed weights begins with."""

    InitialEmissionValue = Constant[u16](0)
    """A value of an older emission; unused."""

    InitialTempo = Constant[u16](360)
    """What tempo begins with."""

    InitialDifficulty = Constant[u64](10_000_000)
    """What difficulty begins with."""

    InitialMaxDifficulty = Constant[u64](4_611_686_018_427_387_903)
    """What max difficulty begins with."""

    InitialMinDifficulty = Constant[u64](10_000_000)
    """What min difficulty begins with."""

    InitialRAORecycledForRegistration = Constant[TaoBalance](TaoBalance(0))
    """What rao recycled for registration begins with."""

    InitialBurn = Constant[TaoBalance](TaoBalance(100_000_000))
    """What burn begins with."""

    InitialMaxBurn = Constant[TaoBalance](TaoBalance(100_000_000_000))
    """What max burn begins with."""

    InitialMinBurn = Constant[TaoBalance](TaoBalance(500_000))
    """What min burn begins with."""

    InitialMinStake = Constant[TaoBalance](TaoBalance(2_000_000))
    """The least stake, in rao."""

    MinBurnUpperBound = Constant[TaoBalance](TaoBalance(1_000_000_000))
    """What the least price of a registration must stay below, in rao."""

    MaxBurnLowerBound = Constant[TaoBalance](TaoBalance(100_000_000))
    """What the greatest price of a registration must stay above, in rao."""

    MinTempo = Constant[u16](360)
    """The least tempo an owner may choose, in blocks."""

    MaxTempo = Constant[u16](50_400)
    """The greatest tempo an owner may choose, in blocks."""

    MinActivityCutoffFactorMilli = Constant[u32](1000)
    """The least activity cutoff factor, in thousandths of a tempo."""

    MaxActivityCutoffFactorMilli = Constant[u32](50_000)
    """The greatest activity cutoff factor, in thousandths of a tempo."""

    InitialAdjustmentInterval = Constant[u16](100)
    """What adjustment interval begins with."""

    InitialBondsMovingAverage = Constant[u64](900_000)
    """What bonds moving average begins with."""

    InitialBondsPenalty = Constant[u16](65_535)
    """What bonds penalty begins with."""

    InitialBondsResetOn = Constant[bool](False)
    """What bonds reset on begins with."""

    InitialTargetRegistrationsPerInterval = Constant[u16](2)
    """What target registrations per interval begins with."""

    InitialRho = Constant[u16](10)
    """What rho begins with."""

    InitialAlphaSigmoidSteepness = Constant[i16](1000)
    """What alpha sigmoid steepness begins with."""

    InitialKappa = Constant[u16](32_767)
    """What kappa begins with."""

    InitialMinAllowedUids = Constant[u16](64)
    """What min allowed uids begins with."""

    InitialMaxAllowedUids = Constant[u16](256)
    """What max allowed uids begins with."""

    InitialValidatorPruneLen = Constant[u64](1)
    """What validator prune len begins with."""

    InitialScalingLawPower = Constant[u16](50)
    """What scaling law power begins with."""

    InitialImmunityPeriod = Constant[u16](4096)
    """What immunity period begins with."""

    InitialActivityCutoff = Constant[u16](5000)
    """What activity cutoff begins with."""

    InitialMaxRegistrationsPerBlock = Constant[u16](1)
    """What max registrations per block begins with."""

    InitialPruningScore = Constant[u16](65_535)
    """The score of a new neuron; unused."""

    InitialMaxAllowedValidators = Constant[u16](128)
    """What max allowed validators begins with."""

    InitialDefaultDelegateTake = Constant[u16](11_796)
    """What default delegate take begins with."""

    InitialMinDelegateTake = Constant[u16](0)
    """What min delegate take begins with."""

    InitialDefaultChildKeyTake = Constant[u16](0)
    """What default child key take begins with."""

    InitialMinChildKeyTake = Constant[u16](0)
    """What min child key take begins with."""

    InitialMaxChildKeyTake = Constant[u16](11_796)
    """What max child key take begins with."""

    InitialWeightsVersionKey = Constant[u64](0)
    """What weights version key begins with."""

    InitialServingRateLimit = Constant[u64](50)
    """What serving rate limit begins with."""

    InitialTxRateLimit = Constant[u64](1000)
    """What tx rate limit begins with."""

    InitialTxDelegateTakeRateLimit = Constant[u64](216_000)
    """What tx delegate take rate limit begins with."""

    InitialTxChildKeyTakeRateLimit = Constant[u64](216_000)
    """What tx child key take rate limit begins with."""

    InitialAdjustmentAlpha = Constant[u64](0)
    """What adjustment alpha begins with."""

    InitialNetworkImmunityPeriod = Constant[u64](1_296_000)
    """What network immunity period begins with."""

    InitialNetworkMinLockCost = Constant[TaoBalance](TaoBalance(1_000_000_000_000))
    """What network min lock cost begins with."""

    InitialSubnetOwnerCut = Constant[u16](11_796)
    """What subnet owner cut begins with."""

    InitialNetworkLockReductionInterval = Constant[u64](100_800)
    """What network lock reduction interval begins with."""

    InitialNetworkRateLimit = Constant[u64](7200)
    """What network rate limit begins with."""

    KeySwapCost = Constant[TaoBalance](TaoBalance(100_000_000))
    """What swapping a key costs, in rao."""

    AlphaHigh = Constant[u16](58_982)
    """The upper alpha of a new subnet, over 65,535."""

    AlphaLow = Constant[u16](45_875)
    """The lower alpha of a new subnet, over 65,535."""

    InitialColdkeySwapAnnouncementDelay = Constant[BlockNumber](BlockNumber(36_000))
    """What coldkey swap announcement delay begins with."""

    InitialColdkeySwapReannouncementDelay = Constant[BlockNumber](BlockNumber(7200))
    """What coldkey swap reannouncement delay begins with."""

    InitialDissolveNetworkScheduleDuration = Constant[BlockNumber](BlockNumber(36_000))
    """What dissolve network schedule duration begins with."""

    InitialTaoWeight = Constant[u64](971_718_665_099_567_868)
    """What tao weight begins with."""

    InitialEmaPriceHalvingPeriod = Constant[u64](201_600)
    """What ema price halving period begins with."""

    InitialStartCallDelay = Constant[u64](0)
    """What start call delay begins with."""

    KeySwapOnSubnetCost = Constant[TaoBalance](TaoBalance(1_000_000))
    """What swapping a hotkey on one subnet costs, in rao."""

    HotkeySwapOnSubnetInterval = Constant[u64](7200)
    """How many blocks lie between two swaps of a hotkey on a subnet."""

    LeaseDividendsDistributionInterval = Constant[BlockNumber](BlockNumber(100))
    """In how many blocks a lease pays its contributors once."""

    MaxImmuneUidsPercentage = Constant[Percent](Percent(80))
    """How many neurons of a subnet may be immune, in percent."""

    SubtensorPalletId = Constant[PalletId](PalletId(b"subtensr"))
    """What the accounts of subnets are derived from."""

    BurnAccountId = Constant[PalletId](PalletId(b"burntnsr"))
    """What the account that burned TAO goes to is derived from."""

    MechanismCountSetRateLimit = Setting[u64](7200)
    """How many blocks lie between two changes of a subnet's number of mechanisms by its owner."""

    MechanismEmissionRateLimit = Setting[u64](7200)
    """How many blocks lie between two divisions of a subnet's emission among its mechanisms by its owner."""

    MaxUidsTrimmingRateLimit = Setting[u64](216_000)
    """How many blocks lie between two trims of a subnet by its owner."""

    InitialMaxEpochsPerBlock = Constant[u8](2)
    """What max epochs per block begins with."""

    AdminFreezeWindow = StorageValue[u16](default=10)
    """How many blocks before an epoch the hyperparameters of a subnet may not be changed."""

    OwnerHyperparamRateLimit = StorageValue[u16](default=2)
    """How many tempos an owner waits between two changes of one hyperparameter."""

    TaoWeight = StorageValue[u64](default=971_718_665_099_567_868)
    """How much a rao of root stake counts in a subnet, over 2^64 - 1."""

    CKBurn = StorageValue[u64](default=0)
    """The part of a child's dividend that is burned where child and parent have different owners, over 2^64 - 1."""

    MaxDelegateTake = StorageValue[u16](default=11_796)
    """The most a delegate may take, over 65,535."""

    MinDelegateTake = StorageValue[u16](default=0)
    """The least a delegate may take, over 65,535."""

    MaxChildkeyTake = StorageValue[u16](default=11_796)
    """The most a child may take, over 65,535."""

    MinChildkeyTake = StorageValue[u16](default=0)
    """The least a child may take, over 65,535."""

    MinChildkeyTakePerSubnet = StorageMap[NetUid, u16](Identity, default=0)
    """The least a child may take in a subnet, over 65,535."""

    SubnetLimit = StorageValue[u16](default=128)
    """How many subnets there may be besides the root network."""

    SubnetMovingAlpha = StorageValue[I96F32](default=DEFAULT_MOVING_ALPHA)
    """How fast the moving price follows the price."""

    EMAPriceHalvingBlocks = StorageMap[NetUid, u64](Identity, default=201_600)
    """After how many blocks of trading the moving price follows at half its speed."""

    NetworkImmunityPeriod = StorageValue[u64](default=1_296_000)
    """How old a subnet must be before it may be pruned, in blocks."""

    StartCallDelay = StorageValue[u64](default=0)
    """How long a subnet waits before it may start, in blocks."""

    NetworkMinLockCost = StorageValue[TaoBalance](default=TaoBalance(1_000_000_000_000))
    """The least lock of a subnet, in rao."""

    NetworkLockReductionInterval = StorageValue[u64](default=100_800)
    """In how many blocks the lock falls by one minimum."""

    SubnetOwnerCut = StorageValue[u16](default=11_796)
    """The owner's part of a subnet's emission, over 65,535."""

    OwnerCutEnabled = StorageMap[NetUid, bool](Identity, default=True)
    """Whether the owner of a subnet gets its part."""

    NetworkRateLimit = StorageValue[u64](default=7200)
    """How many blocks lie between two registrations of subnets."""

    NominatorMinRequiredStake = StorageValue[u64](default=0)
    """How much of the minimum stake a nominator must keep, in millionths."""

    WeightsVersionKeyRateLimit = StorageValue[u64](default=5)
    """How many tempos lie between two changes of the version key."""

    TransferToggle = StorageMap[NetUid, bool](Identity, default=True)
    """Whether stake on a subnet may be given to another coldkey."""

    Tempo = StorageMap[NetUid, u16](Identity, default=lambda section: section.InitialTempo)
    """How many blocks lie between two epochs of a subnet."""

    ActivityCutoffFactorMilli = StorageMap[NetUid, u32](Identity, default=13_889)
    """After how many thousandths of a tempo a validator counts as inactive."""

    RecycleOrBurn = StorageMap[NetUid, RecycleOrBurnEnum](Identity, default=RecycleOrBurnEnum.Burn)
    """What becomes of the incentive of the owner's own miners."""

    ServingRateLimit = StorageMap[NetUid, u64](Identity, default=50)
    """How many blocks lie between two changes of a serving endpoint."""

    Rho = StorageMap[NetUid, u16](Identity, default=10)
    """A parameter of an older consensus; unused."""

    AlphaSigmoidSteepness = StorageMap[NetUid, i16](Identity, default=1000)
    """How steep the sigmoid of liquid alpha is."""

    Kappa = StorageMap[NetUid, u16](Identity, default=32_767)
    """The part of stake that must agree in consensus, over 65,535."""

    MinAllowedUids = StorageMap[NetUid, u16](Identity, default=64)
    """The least number of neurons a subnet may be trimmed to."""

    MaxAllowedUids = StorageMap[NetUid, u16](Identity, default=256)
    """How many neurons a subnet may have."""

    ImmunityPeriod = StorageMap[NetUid, u16](Identity, default=4096)
    """How many blocks a new neuron may not be replaced."""

    ActivityCutoff = StorageMap[NetUid, u16](Identity, default=5000)
    """After how many blocks a validator counted as inactive; unused by the epoch."""

    MinActivityCutoff = StorageValue[u16](default=360)
    """The least activity cutoff that may be set, in blocks."""

    MaxWeightsLimit = StorageMap[NetUid, u16](Identity, default=65_535)
    """The greatest weight a validator may give; a constant now."""

    WeightsVersionKey = StorageMap[NetUid, u64](Identity, default=0)
    """The least version of a validator that may set weights."""

    MinAllowedWeights = StorageMap[NetUid, u16](Identity, default=1024)
    """How many weights a validator must set at least."""

    MaxAllowedValidators = StorageMap[NetUid, u16](Identity, default=128)
    """How many validators have a permit."""

    AdjustmentInterval = StorageMap[NetUid, u16](Identity, default=100)
    """In how many blocks the difficulty was adjusted; unused."""

    BondsMovingAverage = StorageMap[NetUid, u64](Identity, default=900_000)
    """How slowly bonds follow weights, in millionths."""

    BondsPenalty = StorageMap[NetUid, u16](Identity, default=65_535)
    """How much bonds suffer from weights above consensus, over 65,535."""

    BondsResetOn = StorageMap[NetUid, bool](Identity, default=False)
    """Whether a miner may have its bonds reset."""

    WeightsSetRateLimit = StorageMap[NetUid, u64](Identity, default=100)
    """How many blocks lie between two settings of weights."""

    ValidatorPruneLen = StorageMap[NetUid, u64](Identity, default=1)
    """A parameter of an older consensus; unused."""

    ScalingLawPower = StorageMap[NetUid, u16](Identity, default=50)
    """A parameter of an older consensus; unused."""

    TargetRegistrationsPerInterval = StorageMap[NetUid, u16](Identity, default=2)
    """How many registrations an interval of the root network aims at."""

    AdjustmentAlpha = StorageMap[NetUid, u64](Identity, default=0)
    """How slowly the difficulty was adjusted; unused."""

    CommitRevealWeightsEnabled = StorageMap[NetUid, bool](Identity, default=True)
    """Whether weights are committed before they are revealed."""

    RevealPeriodEpochs = StorageMap[NetUid, u64](Twox64Concat, default=1)
    """After how many epochs a commit is revealed."""

    Difficulty = StorageMap[NetUid, u64](Identity, default=10_000_000)
    """The difficulty of a registration by work; unused."""

    MinBurn = StorageMap[NetUid, TaoBalance](Identity, default=TaoBalance(500_000))
    """The least price of a registration, in rao."""

    MaxBurn = StorageMap[NetUid, TaoBalance](Identity, default=TaoBalance(100_000_000_000))
    """The greatest price of a registration, in rao."""

    MinDifficulty = StorageMap[NetUid, u64](Identity, default=10_000_000)
    """The least difficulty; unused."""

    MaxDifficulty = StorageMap[NetUid, u64](Identity, default=4_611_686_018_427_387_903)
    """The greatest difficulty; unused."""

    MaxRegistrationsPerBlock = StorageMap[NetUid, u16](Identity, default=1)
    """How many registrations a block of the root network may have."""

    NetworkRegistrationAllowed = StorageMap[NetUid, bool](Identity, default=True)
    """Whether a subnet takes registrations."""

    NetworkPowRegistrationAllowed = StorageMap[NetUid, bool](Identity, default=True)
    """Whether a subnet took registrations by work; unused."""

    MaxEpochsPerBlock = StorageValue[u8](default=lambda section: section.InitialMaxEpochsPerBlock)
    """How many epochs may run in one block."""

    TxRateLimit = StorageValue[u64](default=1000)
    """How many blocks lie between two swaps of a coldkey's hotkeys."""

    TxDelegateTakeRateLimit = StorageValue[u64](default=216_000)
    """How many blocks lie between two raises of a delegate's take."""

    TxChildkeyTakeRateLimit = StorageValue[u64](default=lambda section: section.InitialTxChildKeyTakeRateLimit)
    """How many blocks lie between two raises of a child's take."""

    LiquidAlphaOn = StorageMap[NetUid, bool](Blake2_128Concat, default=False)
    """Whether bonds follow weights at a speed of their own."""

    Yuma3On = StorageMap[NetUid, bool](Blake2_128Concat, default=False)
    """Whether the subnet runs the third form of the consensus."""

    AlphaValues = StorageMap[NetUid, tuple[u16, u16]](Identity, default=(45_875, 58_982))
    """The least and the greatest speed of liquid alpha, over 65,535."""

    StakeThreshold = StorageValue[u64](default=0)
    """The stake that setting weights needs, in rao."""

    ImmuneOwnerUidsLimit = StorageMap[NetUid, u16](Identity, default=1)
    """How many of the owner's neurons are never replaced."""

    MinNonImmuneUids = StorageMap[NetUid, u16](Identity, default=10)
    """How many neurons of a subnet must be replaceable."""

    BurnHalfLife = StorageMap[NetUid, u16](Identity, default=360)
    """In how many blocks the price of a registration halves."""

    BurnIncreaseMult = StorageMap[NetUid, U64F64](Identity, default=DEFAULT_BURN_INCREASE)
    """By what a registration multiplies the price of the next."""

    SubnetEmissionEnabled = StorageMap[NetUid, bool](Identity, default=True)
    """Whether a subnet takes part in the TAO emission."""

    RootClaimableThreshold = StorageMap[NetUid, I96F32](Blake2_128Concat, default=DEFAULT_CLAIM_THRESHOLD)
    """The least root dividend that can be claimed, in rao of alpha."""

    NumRootClaim = StorageValue[u64](default=5)
    """How many coldkeys have their root dividends claimed in each block."""

    OwnerCutAutoLockEnabled = StorageMap[NetUid, bool](Identity, default=False)
    """Whether the owner's part is locked."""

    MaturityRate = StorageValue[u64](default=934_866)
    """In how many blocks conviction grows by all but 1/e."""

    UnlockRate = StorageValue[u64](default=934_866)
    """In how many blocks a lock decays to 1/e."""

    NetworkRegistrationStartBlock = StorageValue[u64](default=0)
    """The first block in which subnets may be registered."""

    TaoInRefundDeploymentBlock = StorageValue[u64](default=0)
    """Subnets registered after this block give their pool's alpha a part of what is paid out."""

    CommitRevealWeightsVersion = StorageValue[u16](default=4)
    """The version of timelocked commits that is in force."""

    MaxMechanismCount = StorageValue[u8](default=2)
    """How many mechanisms a subnet may have."""

    DissolveNetworkScheduleDuration = StorageValue[BlockNumber](
        default=lambda section: section.InitialDissolveNetworkScheduleDuration
    )
    """How many blocks lay between a call for the end of a subnet and the end; unused."""

    ColdkeySwapAnnouncementDelay = StorageValue[BlockNumber](
        default=lambda section: section.InitialColdkeySwapAnnouncementDelay
    )
    """How many blocks lie between the announcement of a coldkey's swap and the swap."""

    ColdkeySwapReannouncementDelay = StorageValue[BlockNumber](
        default=lambda section: section.InitialColdkeySwapReannouncementDelay
    )
    """How many blocks after that delay a coldkey's swap may be announced again or cleared."""

    NetTaoFlowEnabled = StorageValue[bool](default=True)
    """Whether emission by flows takes off what the chain brought; emission goes by prices."""

    TaoFlowCutoff = StorageValue[I64F64](default=I64F64(0))
    """The flow up to which emission by flows gives nothing, in rao; emission goes by prices."""

    FlowNormExponent = StorageValue[U64F64](default=u64f64.one)
    """The power to which emission by flows raises them; emission goes by prices."""

    FlowEmaSmoothingFactor = StorageValue[u64](default=29_597_889_189_277)
    """What a block's flow counts in its moving average, over 2^63 - 1; emission goes by prices."""

    def forget(self, netuid: NetUid) -> None:
        """Forget what an owner set. Some settings outlive a subnet. Source: SubtensorModule::remove_network"""
        for item in (
            self.Tempo,
            self.Kappa,
            self.Difficulty,
            self.MaxAllowedUids,
            self.ImmunityPeriod,
            self.ActivityCutoff,
            self.ActivityCutoffFactorMilli,
            self.MinAllowedWeights,
            self.NetworkRegistrationAllowed,
            self.NetworkPowRegistrationAllowed,
            self.TransferToggle,
            self.ServingRateLimit,
            self.Rho,
            self.AlphaSigmoidSteepness,
            self.MaxAllowedValidators,
            self.BondsMovingAverage,
            self.BondsPenalty,
            self.BondsResetOn,
            self.WeightsSetRateLimit,
            self.ValidatorPruneLen,
            self.ScalingLawPower,
            self.TargetRegistrationsPerInterval,
            self.CommitRevealWeightsEnabled,
            self.BurnHalfLife,
            self.BurnIncreaseMult,
            self.MinBurn,
            self.MaxBurn,
            self.MinDifficulty,
            self.MaxDifficulty,
            self.EMAPriceHalvingBlocks,
            self.MaxRegistrationsPerBlock,
            self.WeightsVersionKey,
            self.LiquidAlphaOn,
            self.Yuma3On,
            self.AlphaValues,
            self.OwnerCutAutoLockEnabled,
            self.ImmuneOwnerUidsLimit,
            self.RevealPeriodEpochs,
        ):
            del item[netuid]
