"""Fees of calls through proxies: an account may pay for those who act for it."""

from __future__ import annotations

from typing import Any

from chain.types import AccountId
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import CannotLookup
from runtime.frame.extensions import TransactionContext
from runtime.frame.origin import lookup
from runtime.pallets.transaction_payment import ChargeTransactionPayment


def find_payer(runtime: Any, signer: AccountId, call: RuntimeCall) -> AccountId:
    """Who pays for a call: the account that it is made for, if it wants to, up to two proxies deep; else the signer.

    Source: ChargeTransactionPaymentWrapper::extract_real_fee_payer
    """
    first = willing_account(runtime, signer, call)
    if first is None:
        return signer
    inner = call.argument("call")
    if not inner.is_("Utility", "batch", "batch_all", "force_batch"):
        return willing_account(runtime, first, inner) or first
    accounts = {account_of(c) for c in inner.argument("calls")}
    if len(accounts) != 1 or None in accounts:
        return first
    return willing_account(runtime, first, inner.argument("calls")[0]) or first


def willing_account(runtime: Any, delegate: AccountId, call: RuntimeCall) -> AccountId | None:
    """The account that a proxy acts for in a call, if it pays the proxy's fees."""
    real = account_of(call)
    return real if real is not None and runtime.proxy.pays_fee_of(real, delegate) else None


def account_of(call: RuntimeCall) -> AccountId | None:
    """The account that a call through a proxy is made for; None where it is no such call."""
    if not call.is_("Proxy", "proxy"):
        return None
    try:
        return lookup(call.argument("real"))
    except CannotLookup:
        return None


class ChargeProxiedPayment(ChargeTransactionPayment):
    """Takes the fee from who pays for the call, which may be another than who signed it."""

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `Payment` where the fee cannot be paid."""
        # found once: the call may change who would pay
        context.payer = find_payer(self.runtime, context.who, context.call)
        super().validate(context)
