"""What must hold after every block, checked on what the block changed.

Rules of numbers and raw storage only; all amounts are rao.
"""

from __future__ import annotations

from chain.errors import BrokenInvariant
from chain.hashing import twox_128
from chain.state import State
from runtime.units import MAX_SUPPLY

ACCOUNT_PREFIX = twox_128(b"System") + twox_128(b"Account")
ISSUANCE_KEY = twox_128(b"Balances") + twox_128(b"TotalIssuance")


def _funds(raw: bytes | None) -> int:
    """Free and reserved of an encoded account; they stand behind four u32."""
    if raw is None:
        return 0
    return int.from_bytes(raw[16:24], "little") + int.from_bytes(raw[24:32], "little")


def check_issuance(state: State, issuance: int) -> None:
    """The issuance moved by what the accounts moved by, and is within the cap. Raises: BrokenInvariant.

    Since it held in the block before, the issuance is then the sum of all accounts.
    """
    before = state.original(ISSUANCE_KEY)
    moved = issuance - (0 if before is None else int.from_bytes(before, "little"))
    of_accounts = 0
    for key, raw in state.changes().items():
        if key.startswith(ACCOUNT_PREFIX):
            of_accounts += _funds(raw) - _funds(state.original(key))
    if moved != of_accounts:
        raise BrokenInvariant(
            f"issuance = sum of accounts: the issuance moved by {moved} rao and the accounts by {of_accounts}"
        )
    if issuance > MAX_SUPPLY:
        raise BrokenInvariant(f"supply within the cap: {issuance} rao are issued, {MAX_SUPPLY} are allowed")
