"""What every test may ask for: a runtime in its first block, a chain, the development keys."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from support.chain import Chain, key_of, make_runtime

from chain.keys import Keypair
from runtime.taonet import Taonet

# the same examples in every run; HYPOTHESIS_PROFILE=explore looks for new ones
settings.register_profile("seeded", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "seeded"))


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
