"""What every test may ask for: a runtime in its first block, a chain, the development keys."""

from __future__ import annotations

import pytest
from hypothesis import settings
from support.chain import Chain, key_of, make_runtime

from chain.keys import Keypair
from runtime.taonet import Taonet

settings.register_profile("taonet", deadline=None)
settings.load_profile("taonet")


@pytest.fixture
def chain() -> Chain:
    """The local network before its first block."""
    return Chain()


@pytest.fixture
def runtime() -> Taonet:
    """The local network's runtime in its first block, the time set."""
    return make_runtime()


@pytest.fixture
def alice() -> Keypair:
    """The sudo key; a million TAO."""
    return key_of("Alice")


@pytest.fixture
def bob() -> Keypair:
    """A million TAO."""
    return key_of("Bob")


@pytest.fixture
def charlie() -> Keypair:
    """A million TAO."""
    return key_of("Charlie")


@pytest.fixture
def one() -> Keypair:
    """The author of every block; two thousand TAO."""
    return key_of("One")


@pytest.fixture
def nobody() -> Keypair:
    """A key whose account does not exist."""
    return key_of("Nobody")
