"""The author's seal: a signature of the header by the authority whose slot it is.

Source: sc_consensus_aura
"""

from __future__ import annotations

from chain.block import Header
from chain.errors import InvalidBlock
from chain.impersonation import MOCK_SIGNATURE, is_mock, may_impersonate
from chain.keys import Keypair, verify
from chain.state import State
from chain.types import AccountId, Bytes64, FourBytes, Seal, Sr25519

AURA = FourBytes(b"aura")


def seal(header: Header, key: Keypair) -> Header:
    """The header with the seal of `key` as its last digest entry."""
    signature = key.sign(header.hash())
    assert isinstance(signature, Sr25519)
    return header.with_log(Seal(AURA, signature.value))


def mock_seal(header: Header) -> Header:
    """The header with the seal of an author who may act without a key; unlike a signature, always the same."""
    return header.with_log(Seal(AURA, MOCK_SIGNATURE.value))


def check_seal(header: Header, author: bytes | None, state: State) -> Header:
    """The header that was sealed, if `author` sealed it; `state` says whether he may without a key.

    Raises: InvalidBlock.
    """
    unsealed, found = header.without_seal()
    if found is None or found.engine != AURA or len(found.data) != 64:
        raise InvalidBlock("the header has no seal")
    if author is None:
        raise InvalidBlock("the header names no slot, or there are no authorities")
    signature = Sr25519(Bytes64(found.data))
    if is_mock(signature) and may_impersonate(state, AccountId(author)):
        return unsealed
    if not verify(signature, unsealed.hash(), author):
        raise InvalidBlock("the seal is not of the authority whose slot it is")
    return unsealed
