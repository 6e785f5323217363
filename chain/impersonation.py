"""Mock signatures: on a chain whose state may be written by hand, accounts that the state lists may act without a key.

Which accounts these are stands in the state, so a block with mock signatures executes again like any other.

Source: the mock signature host of Chopsticks
"""

from __future__ import annotations

from chain.overrides import DEV_KEY
from chain.state import State
from chain.types import AccountId, Bytes64, MultiSignature, Sr25519

IMPERSONATED = DEV_KEY + b":impersonated:"
"""Stands before the accounts that may act without a key; alone, it lets everybody."""
MARK = bytes.fromhex("deadbeef")
FILL = b"\xcd"
MOCK_SIGNATURE = Sr25519(Bytes64(MARK + FILL * 60))


def is_mock(signature: MultiSignature) -> bool:
    """Whether a signature is a mock one: 0xdeadbeef and then 0xcd only, of any scheme."""
    value: bytes = signature.value  # type: ignore[attr-defined]
    return value.startswith(MARK) and not value[len(MARK) :].strip(FILL)


def may_impersonate(state: State, who: AccountId) -> bool:
    """Whether a mock signature is as good as the account's own."""
    if state.get(DEV_KEY) is None:
        return False
    return state.get(IMPERSONATED) is not None or state.get(IMPERSONATED + who) is not None


def impersonation(who: AccountId | None) -> dict[bytes, bytes]:
    """The write that lets an account act without a key, or everybody for None."""
    return {IMPERSONATED + (who or b""): b"\1"}
