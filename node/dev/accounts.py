"""Accounts on a devnet: TAO for them, and acting in their name. Both are writes by hand, told in a block's digest."""

from __future__ import annotations

from collections.abc import Callable

from chain.errors import ChainError
from chain.impersonation import MOCK_SIGNATURE, impersonation
from chain.types import H256, AccountId, Era
from node.node import Node
from runtime.extensions import Mode
from runtime.frame.call import RuntimeCall
from runtime.taonet import Taonet
from runtime.units import MAX_SUPPLY, TaoBalance


class FundingError(ChainError):
    """An account cannot be given that much; the message says why."""


def write_by_rules(node: Node, change: Callable[[Taonet], None]) -> H256:
    """Make a block without extrinsics whose state has what `change` does to it; the rules of the block come first.

    Raises: what `change` raises, CannotAuthor, InvalidBlock on a chain whose state may not be written by hand.
    """
    runtime = node.author.begin(node.chain.best.hash, overrides={}).runtime
    before = runtime.state.changes()
    change(runtime)
    after = runtime.state.changes()
    changed = {key: value for key, value in after.items() if key not in before or before[key] != value}
    return node.author.author(extrinsics=(), overrides=changed, timestamp_ms=runtime.timestamp.Now)


def fund(node: Node, who: AccountId, amount_rao: int) -> H256:
    """Make new TAO for an account; the issuance grows by it, so the halvings come so much earlier.

    Raises: FundingError for less than an account needs, or more than may ever exist.
    """

    def give(runtime: Taonet) -> None:
        balances, issued = runtime.balances, runtime.balances.TotalIssuance
        least = balances.ExistentialDeposit
        if amount_rao < 0 or balances.system.Account[who].data.free + amount_rao < least:
            raise FundingError(f"{amount_rao} rao: an account holds at least {least}")
        if issued + amount_rao > MAX_SUPPLY:
            raise FundingError(f"{amount_rao} rao beside the {issued} there are pass the cap of {MAX_SUPPLY}")
        balances.increase(who, TaoBalance(amount_rao))
        balances.change_issuance(amount_rao)
        runtime.tao.TotalIssuance = TaoBalance(runtime.tao.TotalIssuance + amount_rao)

    return write_by_rules(node, give)


def impersonate(node: Node, who: AccountId | None, enabled: bool) -> H256:
    """Let an account act without a key (everybody for None), or end that."""
    write = impersonation(who)
    return node.write_storage(write if enabled else dict.fromkeys(write))


def unsigned_by(runtime: Taonet, who: AccountId, call: RuntimeCall, nonce: int | None = None, tip: int = 0) -> bytes:
    """An extrinsic of an account with a mock signature, for ever valid; without a nonce, with the account's next."""
    values = {
        "CheckMortality": Era(),
        "CheckNonce": runtime.system.Account[who].nonce if nonce is None else nonce,
        "ChargeTransactionPayment": tip,
        "CheckMetadataHash": Mode.Disabled,
    }
    encoder = runtime.construct.format
    explicit = encoder.encode_explicit([values[name] for name in runtime.pipeline.explicit])
    return encoder.encode_signed(who, MOCK_SIGNATURE, explicit, runtime.construct.call.encode(call))
