"""The author's seal."""

from __future__ import annotations

import pytest
from support.chain import Chain, key_of

from chain.block import Header
from chain.errors import InvalidBlock
from chain.impersonation import impersonation
from chain.overrides import DEV_KEY
from chain.seal import check_seal, mock_seal, seal
from chain.state import State
from chain.types import FourBytes, Other, Seal

ONE, TWO = key_of("One"), key_of("Two")
STATE = State.empty()


@pytest.fixture
def header() -> Header:
    return Chain().next_header()


def test_a_sealed_header_gives_back_what_was_sealed(header: Header) -> None:
    sealed = seal(header, ONE)

    assert check_seal(sealed, ONE.public, STATE) == header
    assert sealed.hash() != header.hash()


def test_a_seal_of_another_key_is_refused(header: Header) -> None:
    with pytest.raises(InvalidBlock, match="not of the authority whose slot it is"):
        check_seal(seal(header, TWO), ONE.public, STATE)


def test_a_header_that_was_changed_after_it_was_sealed_is_refused(header: Header) -> None:
    sealed = seal(header, ONE)
    changed = header.with_log(Other(b"more")).with_log(sealed.digest.logs[-1])

    with pytest.raises(InvalidBlock, match="not of the authority whose slot it is"):
        check_seal(changed, ONE.public, STATE)


def test_a_header_of_nobodys_slot_is_refused(header: Header) -> None:
    with pytest.raises(InvalidBlock, match="names no slot, or there are no authorities"):
        check_seal(seal(header, ONE), None, STATE)


@pytest.mark.parametrize("last", [Other(b""), Seal(FourBytes(b"babe"), bytes(64)), Seal(FourBytes(b"aura"), bytes(63))])
def test_a_header_without_a_seal_is_refused(header: Header, last: Other | Seal) -> None:
    for broken in (header, header.with_log(last)):
        with pytest.raises(InvalidBlock, match="the header has no seal"):
            check_seal(broken, ONE.public, STATE)


def test_a_mock_seal_counts_only_where_the_state_says_so(header: Header) -> None:
    state = State.empty()
    sealed = mock_seal(header)
    with pytest.raises(InvalidBlock, match="not of the authority whose slot it is"):
        check_seal(sealed, ONE.public, state)

    for key, value in {DEV_KEY: b"\1", **impersonation(ONE.account)}.items():
        state.set(key, value)

    assert check_seal(sealed, ONE.public, state) == header
    with pytest.raises(InvalidBlock, match="not of the authority whose slot it is"):
        check_seal(sealed, TWO.public, state)
