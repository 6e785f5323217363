"""The errors of SubtensorModule, by their wire indices. Every section raises them from here."""

from __future__ import annotations

from runtime.frame.pallet import Pallet, PalletError


class Errors(Pallet):
    """What can be wrong with a call of the TAO economy. A section of SubtensorModule."""

    class RootNetworkDoesNotExist(PalletError, index=0):
        """The root network does not exist."""

    class InvalidIpType(PalletError, index=1):
        """The IP type is neither 4 nor 6."""

    class InvalidIpAddress(PalletError, index=2):
        """The IP address is not one of that type, or cannot be reached."""

    class InvalidPort(PalletError, index=3):
        """The port is 0."""

    class HotKeyNotRegisteredInSubNet(PalletError, index=4):
        """The hotkey has no neuron in the subnet."""

    class HotKeyAccountNotExists(PalletError, index=5):
        """The hotkey is not known to the chain."""

    class HotKeyNotRegisteredInNetwork(PalletError, index=6):
        """The hotkey is registered in no subnet."""

    class NonAssociatedColdKey(PalletError, index=7):
        """The coldkey does not own the hotkey."""

    class NotEnoughStake(PalletError, index=8):
        """The stake is smaller than what the call needs."""

    class NotEnoughStakeToWithdraw(PalletError, index=9):
        """The stake is smaller than the amount to withdraw."""

    class NotEnoughStakeToSetWeights(PalletError, index=10):
        """The stake is below what setting weights needs."""

    class NotEnoughStakeToSetChildkeys(PalletError, index=11):
        """The stake is below what setting children needs."""

    class NotEnoughBalanceToStake(PalletError, index=12):
        """The free balance is smaller than the amount to stake."""

    class BalanceWithdrawalError(PalletError, index=13):
        """The balance could not be taken from the coldkey."""

    class ZeroBalanceAfterWithdrawn(PalletError, index=14):
        """Nothing would be left of what was withdrawn."""

    class NeuronNoValidatorPermit(PalletError, index=15):
        """The neuron has no validator permit."""

    class WeightVecNotEqualSize(PalletError, index=16):
        """There are not as many weights as uids."""

    class DuplicateUids(PalletError, index=17):
        """A uid stands twice in the list."""

    class UidVecContainInvalidOne(PalletError, index=18):
        """A uid in the list belongs to no neuron."""

    class WeightVecLengthIsLow(PalletError, index=19):
        """The list has fewer weights than the subnet allows."""

    class TooManyRegistrationsThisBlock(PalletError, index=20):
        """The block has as many registrations as it may."""

    class HotKeyAlreadyRegisteredInSubNet(PalletError, index=21):
        """The hotkey has a neuron in the subnet already."""

    class NewHotKeyIsSameWithOld(PalletError, index=22):
        """The new hotkey is the old one."""

    class NewHotKeyNotCleanForRootSwap(PalletError, index=23):
        """The new hotkey is in use, so that it cannot take part in the root network's swap."""

    class InvalidWorkBlock(PalletError, index=24):
        """The block that the work refers to is too old, or still to come."""

    class InvalidDifficulty(PalletError, index=25):
        """The work is not as hard as it must be."""

    class InvalidSeal(PalletError, index=26):
        """The work's seal does not fit its nonce and block."""

    class MaxWeightExceeded(PalletError, index=27):
        """A weight is above the limit."""

    class HotKeyAlreadyDelegate(PalletError, index=28):
        """The hotkey is a delegate already."""

    class SettingWeightsTooFast(PalletError, index=29):
        """Weights were set too recently."""

    class IncorrectWeightVersionKey(PalletError, index=30):
        """The validator's version is older than the subnet's."""

    class ServingRateLimitExceeded(PalletError, index=31):
        """The serving endpoint was changed too recently."""

    class UidsLengthExceedUidsInSubNet(PalletError, index=32):
        """There are more uids in the list than neurons in the subnet."""

    class NetworkTxRateLimitExceeded(PalletError, index=33):
        """A subnet was registered too recently."""

    class DelegateTxRateLimitExceeded(PalletError, index=34):
        """The delegate's take was changed too recently."""

    class HotKeySetTxRateLimitExceeded(PalletError, index=35):
        """The hotkey was set or swapped too recently."""

    class StakingRateLimitExceeded(PalletError, index=36):
        """Stake was moved too recently."""

    class SubNetRegistrationDisabled(PalletError, index=37):
        """The subnet takes no registrations."""

    class TooManyRegistrationsThisInterval(PalletError, index=38):
        """The interval has as many registrations as it may."""

    class TransactorAccountShouldBeHotKey(PalletError, index=39):
        """The call must come from the hotkey itself."""

    class FaucetDisabled(PalletError, index=40):
        """This chain was built without the faucet."""

    class NotSubnetOwner(PalletError, index=41):
        """The caller does not own the subnet."""

    class RegistrationNotPermittedOnRootSubnet(PalletError, index=42):
        """The call is not for the root network."""

    class StakeTooLowForRoot(PalletError, index=43):
        """The stake is below that of every member of the root network."""

    class AllNetworksInImmunity(PalletError, index=44):
        """No subnet may be pruned yet."""

    class NotEnoughBalanceToPaySwapHotKey(PalletError, index=45):
        """The coldkey cannot pay for swapping the hotkey."""

    class NotRootSubnet(PalletError, index=46):
        """The call is for the root network only."""

    class CanNotSetRootNetworkWeights(PalletError, index=47):
        """The root network has no weights."""

    class NoNeuronIdAvailable(PalletError, index=48):
        """There is no place in the subnet and no neuron to replace."""

    class DelegateTakeTooLow(PalletError, index=49):
        """The take is below the minimum."""

    class DelegateTakeTooHigh(PalletError, index=50):
        """The take is above the maximum."""

    class NoWeightsCommitFound(PalletError, index=51):
        """There is no commit to reveal."""

    class InvalidRevealCommitHashNotMatch(PalletError, index=52):
        """What is revealed does not fit the hash that was committed."""

    class CommitRevealEnabled(PalletError, index=53):
        """The subnet takes weights by commit and reveal only."""

    class CommitRevealDisabled(PalletError, index=54):
        """The subnet takes no commits."""

    class LiquidAlphaDisabled(PalletError, index=55):
        """Liquid alpha is off in the subnet."""

    class AlphaHighTooLow(PalletError, index=56):
        """The upper alpha is too low."""

    class AlphaLowOutOfRange(PalletError, index=57):
        """The lower alpha is out of its range."""

    class ColdKeyAlreadyAssociated(PalletError, index=58):
        """The new coldkey is in use already."""

    class NotEnoughBalanceToPaySwapColdKey(PalletError, index=59):
        """The coldkey cannot pay for its swap."""

    class InvalidChild(PalletError, index=60):
        """The hotkey cannot be its own child."""

    class DuplicateChild(PalletError, index=61):
        """A child stands twice in the list."""

    class ProportionOverflow(PalletError, index=62):
        """The proportions add up to more than all of the stake."""

    class TooManyChildren(PalletError, index=63):
        """A hotkey can have five children at most."""

    class TxRateLimitExceeded(PalletError, index=64):
        """The call was made too recently."""

    class ColdkeySwapAnnouncementNotFound(PalletError, index=65):
        """No swap of the coldkey was announced."""

    class ColdkeySwapTooEarly(PalletError, index=66):
        """The announced swap may not be made yet."""

    class ColdkeySwapReannouncedTooEarly(PalletError, index=67):
        """The swap was announced too recently to announce another."""

    class AnnouncedColdkeyHashDoesNotMatch(PalletError, index=68):
        """The new coldkey is not the one that was announced."""

    class ColdkeySwapAlreadyDisputed(PalletError, index=69):
        """The swap is disputed already."""

    class NewColdKeyIsHotkey(PalletError, index=70):
        """The new coldkey is a hotkey."""

    class InvalidChildkeyTake(PalletError, index=71):
        """The childkey take is out of its range."""

    class TxChildkeyTakeRateLimitExceeded(PalletError, index=72):
        """The childkey take was raised too recently."""

    class InvalidIdentity(PalletError, index=73):
        """A field of the identity is too long."""

    class MechanismDoesNotExist(PalletError, index=74):
        """The subnet has no such mechanism."""

    class StakeUnavailable(PalletError, index=75):
        """The alpha is locked, or more than there is."""

    class SubnetNotExists(PalletError, index=76):
        """There is no such subnet."""

    class TooManyUnrevealedCommits(PalletError, index=77):
        """The hotkey has as many unrevealed commits as it may."""

    class ExpiredWeightCommit(PalletError, index=78):
        """The commit can no longer be revealed."""

    class RevealTooEarly(PalletError, index=79):
        """The commit cannot be revealed yet."""

    class InputLengthsUnequal(PalletError, index=80):
        """The lists have different lengths."""

    class CommittingWeightsTooFast(PalletError, index=81):
        """Weights were committed too recently."""

    class AmountTooLow(PalletError, index=82):
        """The amount is below the minimum."""

    class InsufficientLiquidity(PalletError, index=83):
        """The pool holds too little for the amount."""

    class SlippageTooHigh(PalletError, index=84):
        """The price would move beyond the limit."""

    class TransferDisallowed(PalletError, index=85):
        """The subnet lets no stake be transferred."""

    class ActivityCutoffTooLow(PalletError, index=86):
        """The activity cutoff is below the minimum."""

    class CallDisabled(PalletError, index=87):
        """The call is switched off."""

    class FirstEmissionBlockNumberAlreadySet(PalletError, index=88):
        """The subnet has started already."""

    class NeedWaitingMoreBlocksToStarCall(PalletError, index=89):
        """The subnet may not start yet."""

    class NotEnoughAlphaOutToRecycle(PalletError, index=90):
        """There is less alpha outside the pool than is to be recycled."""

    class CannotBurnOrRecycleOnRootSubnet(PalletError, index=91):
        """The root network's stake can be neither burned nor recycled."""

    class UnableToRecoverPublicKey(PalletError, index=92):
        """No public key can be recovered from the signature."""

    class InvalidRecoveredPublicKey(PalletError, index=93):
        """The recovered public key is not the one given."""

    class SubtokenDisabled(PalletError, index=94):
        """The subnet's token is not traded yet."""

    class HotKeySwapOnSubnetIntervalNotPassed(PalletError, index=95):
        """The hotkey was swapped on the subnet too recently."""

    class SameNetuid(PalletError, index=96):
        """Origin and destination are the same."""

    class InsufficientBalance(PalletError, index=97):
        """The free balance is smaller than the amount."""

    class InvalidLeaseBeneficiary(PalletError, index=98):
        """The lease's beneficiary is not the crowdloan's creator."""

    class LeaseCannotEndInThePast(PalletError, index=99):
        """The lease would end in a block that has passed."""

    class LeaseNetuidNotFound(PalletError, index=100):
        """The leased subnet was not found."""

    class LeaseDoesNotExist(PalletError, index=101):
        """There is no such lease."""

    class LeaseHasNoEndBlock(PalletError, index=102):
        """The lease has no end."""

    class LeaseHasNotEnded(PalletError, index=103):
        """The lease has not ended."""

    class Overflow(PalletError, index=104):
        """A number grew too large."""

    class BeneficiaryDoesNotOwnHotkey(PalletError, index=105):
        """The beneficiary does not own the hotkey."""

    class ExpectedBeneficiaryOrigin(PalletError, index=106):
        """Only the lease's beneficiary may call this."""

    class AdminActionProhibitedDuringWeightsWindow(PalletError, index=107):
        """Nothing may be changed in the last blocks before an epoch."""

    class SymbolDoesNotExist(PalletError, index=108):
        """There is no such symbol."""

    class SymbolAlreadyInUse(PalletError, index=109):
        """Another subnet has the symbol."""

    class IncorrectCommitRevealVersion(PalletError, index=110):
        """The version of commit and reveal is not the one in force."""

    class InvalidRevealRound(PalletError, index=111):
        """The reveal round has passed."""

    class RevealPeriodTooLarge(PalletError, index=112):
        """The reveal period is too long."""

    class RevealPeriodTooSmall(PalletError, index=113):
        """The reveal period is too short."""

    class InvalidValue(PalletError, index=114):
        """The value is out of its range."""

    class SubnetLimitReached(PalletError, index=115):
        """There are as many subnets as there may be, and none to prune."""

    class CannotAffordLockCost(PalletError, index=116):
        """The coldkey cannot pay the lock."""

    class EvmKeyAssociateRateLimitExceeded(PalletError, index=117):
        """An EVM key was associated too recently."""

    class SameAutoStakeHotkeyAlreadySet(PalletError, index=118):
        """The hotkey is the destination already."""

    class UidMapCouldNotBeCleared(PalletError, index=119):
        """The uids could not be renumbered."""

    class TrimmingWouldExceedMaxImmunePercentage(PalletError, index=120):
        """Trimming would touch too many neurons that are immune."""

    class ChildParentInconsistency(PalletError, index=121):
        """The hotkey would be child and parent of the same account."""

    class InvalidNumRootClaim(PalletError, index=122):
        """The number of automatic claims is out of its range."""

    class InvalidRootClaimThreshold(PalletError, index=123):
        """The claim threshold is out of its range."""

    class InvalidSubnetNumber(PalletError, index=124):
        """The number of subnets in the list is out of its range."""

    class TooManyUIDsPerMechanism(PalletError, index=125):
        """The subnet would have too many uids over all its mechanisms."""

    class VotingPowerTrackingNotEnabled(PalletError, index=126):
        """Voting power is not tracked in the subnet."""

    class InvalidVotingPowerEmaAlpha(PalletError, index=127):
        """The smoothing of voting power is out of its range."""

    class Deprecated(PalletError, index=128):
        """The call does nothing any more."""

    class AddStakeBurnRateLimitExceeded(PalletError, index=129):
        """Stake was bought and burned too recently."""

    class ColdkeySwapAnnounced(PalletError, index=130):
        """The coldkey announced its swap and may not do this until then."""

    class ColdkeySwapDisputed(PalletError, index=131):
        """The coldkey's swap is disputed; it may do nothing."""

    class ColdkeySwapClearTooEarly(PalletError, index=132):
        """The announcement cannot be cleared yet."""

    class DisabledTemporarily(PalletError, index=133):
        """The call is switched off for now."""

    class RegistrationPriceLimitExceeded(PalletError, index=134):
        """The price of a registration is above the caller's limit."""

    class LockHotkeyMismatch(PalletError, index=135):
        """The coldkey has locked alpha to another hotkey."""

    class InsufficientStakeForLock(PalletError, index=136):
        """The coldkey has less alpha on the subnet than it wants to lock."""

    class NoExistingLock(PalletError, index=137):
        """There is no lock."""

    class ActiveLockExists(PalletError, index=138):
        """There is a lock already."""

    class CannotUseSystemAccount(PalletError, index=139):
        """The account belongs to a subnet."""

    class UnlockAmountTooHigh(PalletError, index=140):
        """The amount is more than what is locked."""

    class TempoOutOfBounds(PalletError, index=141):
        """The tempo is out of its range."""

    class ActivityCutoffFactorMilliOutOfBounds(PalletError, index=142):
        """The activity cutoff factor is out of its range."""

    class EpochTriggerAlreadyPending(PalletError, index=143):
        """An epoch was triggered already."""

    class AutoEpochAlreadyImminent(PalletError, index=144):
        """The next epoch is too near to trigger one."""

    class DynamicTempoBlockedByCommitReveal(PalletError, index=145):
        """The tempo cannot be moved while weights are committed and revealed."""

    class AccountRejectsLockedAlpha(PalletError, index=146):
        """The account takes no locked alpha."""
