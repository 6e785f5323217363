"""Checks before a call of SubtensorModule runs. The pool makes them too, so that what they refuse costs no fee."""

from __future__ import annotations

from typing import Any

from chain.errors import DispatchError, InvalidTransaction
from chain.types import AccountId
from runtime.frame.call import RuntimeCall
from runtime.frame.extensions import TransactionContext, TransactionExtension
from runtime.frame.weight import weigh
from runtime.pallets.keys.evm import EvmKeys
from runtime.pallets.keys.pallet import Keys
from runtime.pallets.staking.takes import Takes
from runtime.pallets.subnets.pallet import Subnets
from runtime.pallets.subnets.serving import Serving
from runtime.pallets.subtensor.errors import Errors

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
        keys: Keys = runtime.keys
        account = AccountId(signer)
        if account in keys.ColdkeySwapDisputes:
            raise Errors.ColdkeySwapDisputed
        if account in keys.ColdkeySwapAnnouncements and (call.bound.pallet, call.bound.name) not in DURING_SWAP:
            raise Errors.ColdkeySwapAnnounced


class CheckRateLimits:
    """Keeps subnets from being registered too fast.

    Source: pallet_subtensor::CheckRateLimits
    """

    weight = weigh(35_376_000, 4484, reads=7)
    applies_to: frozenset[tuple[str, str]] | None = frozenset({(MODULE, "register_network")})

    def check(self, runtime: Any, signer: bytes, call: RuntimeCall) -> None:
        """Raises: NetworkTxRateLimitExceeded."""
        subnets: Subnets = runtime.subnets
        subnets.ensure_rate_limit()


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
