"""What a time-locked commit says when it is opened.

Source: pallet_subtensor::coinbase::reveal_commits
"""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors import DecodeError
from chain.scale.hints import codec_of, u16, u64
from chain.types import AccountId

Numbers = tuple[u16, ...]
WITH_HOTKEY = codec_of(tuple[bytes, Numbers, Numbers, u64])
WITHOUT_HOTKEY = codec_of(tuple[Numbers, Numbers, u64])
ACCOUNT_SIZE = 32


@dataclass(frozen=True, slots=True)
class Payload:
    """Weights, and the version of the rules by which they were made."""

    uids: tuple[int, ...]
    values: tuple[int, ...]
    version_key: int


def read_payload(data: bytes, hotkey: AccountId) -> Payload | None:
    """The weights of a hotkey; None where they are another's or cannot be read.

    Bytes that do not begin with a hotkey are read in the older form, which names none.
    """
    try:
        named, *rest = WITH_HOTKEY.decode(data, 0)[0]
        if len(named) >= ACCOUNT_SIZE:
            return Payload(*rest) if named[:ACCOUNT_SIZE] == hotkey else None
    except DecodeError:
        pass
    try:
        return Payload(*WITHOUT_HOTKEY.decode(data, 0)[0])
    except DecodeError:
        return None
