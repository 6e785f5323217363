"""A section of SubtensorModule: coldkeys that are being swapped."""

from __future__ import annotations

from typing import Any

from chain.errors import DispatchError, InvalidTransaction
from chain.types import H256, AccountId, BlockNumber
from runtime.frame.call import RuntimeCall
from runtime.frame.extensions import TransactionContext, TransactionExtension
from runtime.frame.pallet import Pallet, PalletError
from runtime.frame.storage import StorageMap, Twox64Concat
from runtime.frame.weight import weigh

DURING_SWAP = frozenset(
    {
        ("SubtensorModule", "announce_coldkey_swap"),
        ("SubtensorModule", "swap_coldkey_announced"),
        ("SubtensorModule", "dispute_coldkey_swap"),
        ("SubtensorModule", "clear_coldkey_swap_announcement"),
        ("MevShield", "submit_encrypted"),
    }
)
"""What a coldkey may still do while its swap is announced."""


class Keys(Pallet):
    """Coldkeys that are being swapped. A section of SubtensorModule."""

    ColdkeySwapAnnouncements = StorageMap[AccountId, tuple[BlockNumber, H256]](Twox64Concat)
    """Coldkey -> block from which it may be swapped, hash of the new one."""

    ColdkeySwapDisputes = StorageMap[AccountId, BlockNumber](Twox64Concat)
    """Coldkey -> block in which its swap was disputed."""

    class ColdkeySwapAnnounced(PalletError, index=130):
        """The coldkey announced its swap and may not do this until then."""

    class ColdkeySwapDisputed(PalletError, index=131):
        """The coldkey's swap is disputed; it may do nothing."""


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
            raise keys.ColdkeySwapDisputed
        if account in keys.ColdkeySwapAnnouncements and (call.bound.pallet, call.bound.name) not in DURING_SWAP:
            raise keys.ColdkeySwapAnnounced


CUSTOM_CODES: dict[type[DispatchError], int] = {Keys.ColdkeySwapAnnounced: 0, Keys.ColdkeySwapDisputed: 21}
"""Which custom code the pool answers for a guard's error. Source: CustomTransactionError"""


class SubtensorTransactionExtension(TransactionExtension):
    """Runs the guards already in the pool, so that what they refuse costs nobody a fee."""

    identifier = "SubtensorTransactionExtension"
    path = "pallet_subtensor::extensions::subtensor::SubtensorTransactionExtension"

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `Custom` with the code of the guard's error."""
        try:
            self.runtime.check_guards(context.who, context.call)
        except DispatchError as error:
            code = CUSTOM_CODES.get(type(error), 255)
            raise InvalidTransaction("Custom", code) from None
