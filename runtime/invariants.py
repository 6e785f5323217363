"""What must hold after every block, checked on what the block changed.

Rules of numbers and raw storage only; all amounts are rao.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from chain.errors import BrokenInvariant
from chain.hashing import blake2_128, twox_128
from chain.state import State
from chain.types import AccountId
from runtime.pallets.subtensor.types import is_subnet_account, netuid_of, subnet_account
from runtime.units import MAX_SUPPLY, NetUid, TaoBalance

Changes = Mapping[bytes, bytes | None]
"""What a block wrote, by storage key; None where it deleted."""

ACCOUNT_PREFIX = twox_128(b"System") + twox_128(b"Account")
ISSUANCE_KEY = twox_128(b"Balances") + twox_128(b"TotalIssuance")
MODULE = twox_128(b"SubtensorModule")
SUBNET_TAO_PREFIX = MODULE + twox_128(b"SubnetTAO")
TOTAL_SHARES_PREFIX = MODULE + twox_128(b"TotalHotkeySharesV2")
SHARES_PREFIX = MODULE + twox_128(b"AlphaV2")
ACCOUNT_SIZE = 32
HASHED_ACCOUNT_SIZE = 48
"""An account and its hash in a storage key, in bytes."""
SHARE_TOLERANCE = Fraction(1, 10**15)
"""By what part of a pool's shares, besides one share, their sum may be off: each change drops digits behind the 21st,
and they show when most of the pool is gone."""


def _funds(raw: bytes | None) -> int:
    """Free and reserved of an encoded account; they stand behind four u32."""
    if raw is None:
        return 0
    return int.from_bytes(raw[16:24], "little") + int.from_bytes(raw[24:32], "little")


def check_issuance(state: State, changes: Changes, issuance: int) -> None:
    """The issuance moved by what the accounts moved by, and is within the cap. Raises: BrokenInvariant.

    Since it held in the block before, the issuance is then the sum of all accounts.
    """
    before = state.original(ISSUANCE_KEY)
    moved = issuance - (0 if before is None else int.from_bytes(before, "little"))
    of_accounts = 0
    for key, raw in changes.items():
        if key.startswith(ACCOUNT_PREFIX):
            of_accounts += _funds(raw) - _funds(state.original(key))
    if moved != of_accounts:
        raise BrokenInvariant(
            f"issuance = sum of accounts: the issuance moved by {moved} rao and the accounts by {of_accounts}"
        )
    if issuance > MAX_SUPPLY:
        raise BrokenInvariant(f"supply within the cap: {issuance} rao are issued, {MAX_SUPPLY} are allowed")


def check_pools(state: State, changes: Changes, existential_deposit: TaoBalance) -> None:
    """The TAO in each pool that changed is on the subnet's account. Raises: BrokenInvariant.

    A registration that takes the owner's whole balance may leave a pool short by the existential deposit, as on the
    real chain: the owner has to stay alive.
    """
    for netuid in sorted(set(_changed_subnets(changes))):
        raw = state.get(SUBNET_TAO_PREFIX + netuid.to_bytes(2, "little"))
        pool = 0 if raw is None else int.from_bytes(raw, "little")
        account = subnet_account(netuid)
        held = _funds(state.get(ACCOUNT_PREFIX + blake2_128(account) + account))
        if pool > held + existential_deposit:
            raise BrokenInvariant(
                f"pools are backed: subnet {netuid} counts {pool} rao of TAO and its account has {held}"
            )


def check_shares(state: State, changes: Changes) -> None:
    """The shares in each pool that changed moved by what its coldkeys' shares moved by. Raises: BrokenInvariant."""
    moved: dict[bytes, Fraction] = defaultdict(Fraction)
    totals: dict[bytes, tuple[Fraction, Fraction]] = {}
    for key, raw in changes.items():
        if key.startswith(SHARES_PREFIX):
            rest = key[len(SHARES_PREFIX) :]
            moved[rest[:HASHED_ACCOUNT_SIZE] + rest[-2:]] += _shares(raw) - _shares(state.original(key))
        elif key.startswith(TOTAL_SHARES_PREFIX):
            totals[key[len(TOTAL_SHARES_PREFIX) :]] = _shares(state.original(key)), _shares(raw)
    for pool in sorted(moved.keys() | totals.keys()):
        before, after = totals.get(pool, (Fraction(0), Fraction(0)))
        if abs(after - before - moved[pool]) > 1 + SHARE_TOLERANCE * max(before, after):
            netuid = int.from_bytes(pool[-2:], "little")
            hotkey = pool[HASHED_ACCOUNT_SIZE - ACCOUNT_SIZE : HASHED_ACCOUNT_SIZE].hex()
            raise BrokenInvariant(f"shares = pool: of hotkey 0x{hotkey} on subnet {netuid} they moved apart")


def _changed_subnets(changes: Changes) -> Iterator[NetUid]:
    for key in changes:
        if key.startswith(SUBNET_TAO_PREFIX):
            yield NetUid(int.from_bytes(key[-2:], "little"))
        elif key.startswith(ACCOUNT_PREFIX):
            account = AccountId(key[-ACCOUNT_SIZE:])
            if is_subnet_account(account):
                yield netuid_of(account)


def _shares(raw: bytes | None) -> Fraction:
    """A SafeFloat: a mantissa of 16 bytes, an exponent of 8."""
    if raw is None:
        return Fraction(0)
    exponent = int.from_bytes(raw[16:24], "little", signed=True)
    return int.from_bytes(raw[:16], "little") * Fraction(10) ** exponent
