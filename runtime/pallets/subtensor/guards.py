"""Checks before a call of SubtensorModule runs. The pool makes them too, so that what they refuse costs no fee."""

from __future__ import annotations

from typing import Any

from chain.errors import DispatchError, InvalidTransaction
from chain.types import AccountId
from runtime.frame.call import RuntimeCall
from runtime.frame.extensions import TransactionContext, TransactionExtension
from runtime.frame.weight import weigh
from runtime.pallets.keys.coldkey_swap import ColdkeySwap
from runtime.pallets.keys.evm import EvmKeys
from runtime.pallets.staking.takes import Takes
from runtime.pallets.subnets.pallet import Subnets
from runtime.pallets.subnets.serving import Serving
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.weights.validators import Validators

MODULE = "SubtensorModule"

DURING_SWAP = frozenset(
    {
        (MODULE, "announce_coldkey_swap"),
        (MODULE, "swap_coldkey_announced"),
        (MODULE, "dispute_coldkey_swap"),
        (MODULE, "clear_coldkey_swap_announcement"),
        ("MevShield", "submit_encrypted"),
    }
)
"""What a coldkey may still do while its swap is announced."""


class CheckColdkeySwap:
    """Keeps a coldkey whose swap is announced from doing anything else, and a disputed one from doing anything.

    Source: pallet_subtensor::CheckColdkeySwap
    """

    weight = weigh(17_583_000, 4198, reads=2)
    applies_to: frozenset[tuple[str, str]] | None = None

    def check(self, runtime: Any, signer: bytes, call: RuntimeCall) -> None:
        """Raises: ColdkeySwapDisputed, ColdkeySwapAnnounced."""
        swaps: ColdkeySwap = runtime.coldkey_swap
        account = AccountId(signer)
        if account not in swaps.ColdkeySwapAnnouncements:
            return
        if account in swaps.ColdkeySwapDisputes:
            raise Errors.ColdkeySwapDisputed
        if (call.bound.pallet, call.bound.name) not in DURING_SWAP:
            raise Errors.ColdkeySwapAnnounced


SETTING = ("set_weights", "set_mechanism_weights")
COMMITTING = ("commit_weights", "commit_mechanism_weights")


class CheckRateLimits:
    """Keeps subnets from being registered too fast, and weights from being set or committed too fast.

    Source: pallet_subtensor::CheckRateLimits
    """

    weight = weigh(35_376_000, 4484, reads=7)
    applies_to: frozenset[tuple[str, str]] | None = frozenset(
        (MODULE, name) for name in ("register_network", *SETTING, *COMMITTING)
    )

    def check(self, runtime: Any, signer: bytes, call: RuntimeCall) -> None:
        """Raises: NetworkTxRateLimitExceeded, CommittingWeightsTooFast, SettingWeightsTooFast."""
        if call.bound.name == "register_network":
            subnets: Subnets = runtime.subnets
            subnets.ensure_rate_limit()
        else:
            self._check_weights(runtime, AccountId(signer), call)

    def _check_weights(self, runtime: Any, hotkey: AccountId, call: RuntimeCall) -> None:
        """Raises: CommittingWeightsTooFast; SettingWeightsTooFast where weights are set in the open."""
        validators: Validators = runtime.validators
        netuid, name = call.argument("netuid"), call.bound.name
        if name in SETTING and validators.parameters.CommitRevealWeightsEnabled[netuid]:
            return
        uid = validators.neurons.Uids.get((netuid, hotkey))
        mechanism = call.argument("mecid") if "mechanism" in name else 0
        if uid is not None and not validators.is_within_rate_limit(netuid, mechanism, uid):
            raise Errors.CommittingWeightsTooFast if name in COMMITTING else Errors.SettingWeightsTooFast


class CheckDelegateTake:
    """Takes within their bounds, by the owners of hotkeys.

    Source: pallet_subtensor::CheckDelegateTake
    """

    weight = weigh(15_378_000, 4186, reads=3)
    applies_to: frozenset[tuple[str, str]] | None = frozenset({(MODULE, "increase_take"), (MODULE, "decrease_take")})

    def check(self, runtime: Any, signer: bytes, call: RuntimeCall) -> None:
        """Raises: DelegateTakeTooLow, DelegateTakeTooHigh, HotKeyAccountNotExists, NonAssociatedColdKey."""
        takes: Takes = runtime.takes
        takes.ensure_within_bounds(call.argument("take"))
        takes.ensure_owner(AccountId(signer), call.argument("hotkey"))


SERVING = frozenset({(MODULE, "serve_axon"), (MODULE, "serve_axon_tls"), (MODULE, "serve_prometheus")})


class CheckServingEndpoints:
    """Endpoints that can be reached, of neurons, and not told too often.

    Source: pallet_subtensor::CheckServingEndpoints
    """

    weight = weigh(19_035_000, 4112, reads=3)
    applies_to: frozenset[tuple[str, str]] | None = SERVING

    def check(self, runtime: Any, signer: bytes, call: RuntimeCall) -> None:
        """Raises: HotKeyNotRegisteredInNetwork, InvalidIpAddress, ServingRateLimitExceeded, InvalidPort, ..."""
        serving: Serving = runtime.serving
        ensure = serving.ensure_metrics if call.bound.name == "serve_prometheus" else serving.ensure_axon
        ip, port, ip_type = call.argument("ip"), call.argument("port"), call.argument("ip_type")
        ensure(AccountId(signer), call.argument("netuid"), ip, port, ip_type)


class CheckEvmKeyAssociation:
    """Neurons that may change their Ethereum address.

    Source: pallet_subtensor::CheckEvmKeyAssociation
    """

    weight = weigh(15_448_000, 4117, reads=2)
    applies_to: frozenset[tuple[str, str]] | None = frozenset({(MODULE, "associate_evm_key")})

    def check(self, runtime: Any, signer: bytes, call: RuntimeCall) -> None:
        """Raises: HotKeyNotRegisteredInSubNet, EvmKeyAssociateRateLimitExceeded."""
        keys: EvmKeys = runtime.evm_keys
        keys.ensure_rate(AccountId(signer), call.argument("netuid"))


CUSTOM_CODES: dict[type[DispatchError], int] = {
    Errors.ColdkeySwapAnnounced: 0,
    Errors.AmountTooLow: 1,
    Errors.NotEnoughStakeToSetWeights: 1,
    Errors.NotEnoughBalanceToStake: 2,
    Errors.SubnetNotExists: 3,
    Errors.HotKeyAccountNotExists: 4,
    Errors.NotEnoughStakeToWithdraw: 5,
    Errors.CommittingWeightsTooFast: 6,
    Errors.SettingWeightsTooFast: 6,
    Errors.NetworkTxRateLimitExceeded: 6,
    Errors.InsufficientLiquidity: 7,
    Errors.SlippageTooHigh: 8,
    Errors.TransferDisallowed: 9,
    Errors.HotKeyNotRegisteredInNetwork: 10,
    Errors.InvalidIpAddress: 11,
    Errors.ServingRateLimitExceeded: 12,
    Errors.InvalidPort: 13,
    Errors.InvalidRevealRound: 15,
    Errors.NoWeightsCommitFound: 16,
    Errors.RevealTooEarly: 17,
    Errors.InputLengthsUnequal: 18,
    Errors.HotKeyNotRegisteredInSubNet: 19,
    Errors.EvmKeyAssociateRateLimitExceeded: 20,
    Errors.ColdkeySwapDisputed: 21,
    Errors.NonAssociatedColdKey: 25,
    Errors.DelegateTakeTooLow: 26,
    Errors.DelegateTakeTooHigh: 27,
}
"""Which custom code the pool answers for a guard's error. Source: CustomTransactionError"""
BAD_REQUEST = 255


class SubtensorTransactionExtension(TransactionExtension):
    """Runs the guards already in the pool, so that what they refuse costs nobody a fee."""

    identifier = "SubtensorTransactionExtension"
    path = "pallet_subtensor::extensions::subtensor::SubtensorTransactionExtension"

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `Custom` with the code of the guard's error."""
        try:
            self.runtime.check_guards(context.who, context.call)
        except DispatchError as error:
            raise InvalidTransaction("Custom", CUSTOM_CODES.get(type(error), BAD_REQUEST)) from None
