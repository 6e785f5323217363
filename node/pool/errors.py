"""Why the pool does not take an extrinsic, and what the author RPC answers then.

Source: sc_transaction_pool_api::error, sc_rpc_api::author::error
"""

from __future__ import annotations

from chain.errors import ChainError, DecodeError, InvalidTransaction, UnknownTransaction
from node.rpc.errors import RpcError


class PoolError(ChainError):
    """The pool does not take the extrinsic. Source: sc_transaction_pool_api::error::Error"""

    code = 1040
    message = "Transaction pool error"
    data: str | None = None

    def __init__(self, message: str | None = None, data: str | None = None) -> None:
        self.message = message or self.message
        self.data = data or self.data
        super().__init__(self.message)


class TemporarilyBanned(PoolError):
    """It was found invalid, or removed, a short while ago."""

    code = 1012
    message = "Transaction is temporarily banned"


class AlreadyImported(PoolError):
    """It is in the pool."""

    code = 1013
    message = "Transaction Already Imported"


class TooLowPriority(PoolError):
    """Another with the same tag is in the pool, and this one does not pay more."""

    code = 1014
    data = "The transaction has too low priority to replace another transaction already in the pool."


class CycleDetected(PoolError):
    """It and those that wait for it replace each other."""

    code = 1015
    message = "Cycle Detected"


class ImmediatelyDropped(PoolError):
    """The pool is full of better ones."""

    code = 1016
    message = "Immediately Dropped"
    data = "The transaction couldn't enter the pool because of the limit"


class NoTagsProvided(PoolError):
    """It provides no tag, so nothing says when it is included."""

    code = 1019
    message = "No tags provided"
    data = "Transaction does not provide any tags, so the pool can't identify it"


class RejectedFutureTransaction(PoolError):
    """It cannot go now, and the pool takes only those that can."""

    code = 1021
    message = "The pool is not accepting future transactions"


INVALID_TEXTS = {
    "Call": "Transaction call is not expected",
    "Payment": "Inability to pay some fees (e.g. account balance too low)",
    "Future": "Transaction will be valid in the future",
    "Stale": "Transaction is outdated",
    "BadProof": "Transaction has a bad signature",
    "AncientBirthBlock": "Transaction has an ancient birth block",
    "ExhaustsResources": "Transaction would exhaust the block limits",
    "BadMandatory": "A call was labelled as mandatory, but resulted in an Error.",
    "MandatoryValidation": "Transaction dispatch is mandatory; transactions must not be validated.",
    "BadSigner": "Invalid signing address",
    "IndeterminateImplicit": "The implicit data was unable to be calculated",
    "UnknownOrigin": "The transaction extension did not authorize any origin",
}
"""Source: sp_runtime::transaction_validity, From<InvalidTransaction> for &str"""


def rpc_error(error: Exception) -> RpcError:
    """The answer of the author RPC to a refused extrinsic. Source: sc_rpc_api::author::error"""
    if isinstance(error, PoolError):
        return RpcError(error.code, error.message, error.data)
    if isinstance(error, InvalidTransaction):
        text = f"Custom error: {error.code}" if error.kind == "Custom" else INVALID_TEXTS[error.kind]
        return RpcError(1010, "Invalid Transaction", text)
    if isinstance(error, UnknownTransaction):
        return RpcError(1011, "Unknown Transaction Validity", str(error))
    if isinstance(error, DecodeError):
        return RpcError(1001, f"Extrinsic has invalid format: {error}")
    return RpcError(1002, f"Verification Error: {error}", str(error))
