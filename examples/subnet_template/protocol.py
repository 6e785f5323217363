"""The task of this subnet: for a random seed, find a number whose hash begins with so many zero bits.

To find it takes about 2**bits hashes, to check it takes one. The miner's address is part of what is hashed, so an
answer is worth nothing to anybody else. Questions and answers are JSON, signed by the hotkey that sends them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar, get_type_hints

from substrateinterface import Keypair

VERSION = 1
"""The version of these rules, which is set along with weights; a subnet's owner may refuse older ones."""
PATH = "/challenge"
MAX_BITS = 24
"""How hard a challenge may be."""
MAX_AGE_SECONDS = 60
"""How old a challenge may be, so that nobody makes miners work by sending it again later."""
MAX_BODY = 4096
"""How many bytes a message may have."""
HOTKEY, SIGNATURE = "X-Hotkey", "X-Signature"


class ProtocolFault(Exception):
    """A message that breaks the rules; the text says which."""


@dataclass(frozen=True)
class Challenge:
    """What a validator asks a miner; `time` is in seconds since 1970."""

    seed: str
    bits: int
    miner: str
    time: int


@dataclass(frozen=True)
class Proof:
    """What the miner answers."""

    seed: str
    nonce: int


Message = TypeVar("Message", Challenge, Proof)


def encode(message: Challenge | Proof) -> bytes:
    """The bytes of a message, which are signed and sent."""
    return json.dumps(asdict(message)).encode()


def decode(kind: type[Message], body: bytes) -> Message:
    """The message in a body. Raises: ProtocolFault where a field is missing, unknown, or of another type."""
    try:
        values: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise ProtocolFault("the body is not JSON") from None
    names = {field.name for field in fields(kind)}
    if not isinstance(values, dict) or set(values) != names:
        raise ProtocolFault(f"a {kind.__name__} has the fields {', '.join(sorted(names))}")
    for name, wanted in get_type_hints(kind).items():
        if type(values[name]) is not wanted:
            raise ProtocolFault(f"{name}: {values[name]!r} is not of type {wanted.__name__}")
    return kind(**values)


def check_challenge(challenge: Challenge, miner: str, now: float | None = None) -> None:
    """Whether a miner should work for a challenge. Raises: ProtocolFault."""
    if challenge.miner != miner:
        raise ProtocolFault(f"the challenge is for {challenge.miner}, this is {miner}")
    if not 0 <= challenge.bits <= MAX_BITS:
        raise ProtocolFault(f"bits: {challenge.bits} is not from 0 to {MAX_BITS}")
    if abs((time.time() if now is None else now) - challenge.time) > MAX_AGE_SECONDS:
        raise ProtocolFault(f"the challenge is older than {MAX_AGE_SECONDS} seconds, or the clocks differ")


def solve(challenge: Challenge) -> Proof:
    """The honest answer: the first number that is right."""
    nonce = 0
    while not _is_right(challenge, nonce):
        nonce += 1
    return Proof(challenge.seed, nonce)


def is_solved(challenge: Challenge, proof: Proof) -> bool:
    """Whether a proof is right, and for this challenge."""
    return proof.seed == challenge.seed and _is_right(challenge, proof.nonce)


def _is_right(challenge: Challenge, nonce: int) -> bool:
    text = f"{challenge.seed}:{challenge.miner}:{nonce}"
    digest = hashlib.blake2b(text.encode(), digest_size=32).digest()
    return int.from_bytes(digest, "big") >> (256 - challenge.bits) == 0


def sign(key: Keypair, body: bytes) -> dict[str, str]:
    """The headers that say whose message a body is."""
    return {HOTKEY: key.ss58_address, SIGNATURE: key.sign(body).hex()}


def signer_of(headers: Mapping[str, str], body: bytes) -> str:
    """The address whose key has signed a body. Raises: ProtocolFault."""
    hotkey, signature = headers.get(HOTKEY, ""), headers.get(SIGNATURE, "")
    try:
        is_signed = Keypair(ss58_address=hotkey).verify(body, bytes.fromhex(signature))
    except (ValueError, TypeError):
        is_signed = False
    if not is_signed:
        raise ProtocolFault(f"{HOTKEY} and {SIGNATURE} do not sign the body")
    return hotkey
