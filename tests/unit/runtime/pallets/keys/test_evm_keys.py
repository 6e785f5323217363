"""A neuron's Ethereum address, proven by a signature of its key."""

from __future__ import annotations

from collections.abc import Iterator

import coincurve
import pytest
from support.chain import FAST, call, dispatch, emits, make_runtime, refused, reverts, sign
from support.economy import ALICE, BOB, DAVE, EVE, SUBNET, dissolve, enroll, ensure_sound, register, skip_blocks

from chain.hashing import keccak_256
from runtime.pallets.keys.evm import message_digest
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.taonet import Taonet

SECRET = coincurve.PrivateKey(b"\x11" * 32)
ADDRESS = bytes.fromhex("19e7e376e7c213b7e7e7e46cc70a5dd086daff2a")
"""The address of that key, as every Ethereum wallet shows it."""
INTERVAL = 7200


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Bob has a neuron with Eve's key in Alice's subnet; addresses can be changed once a day."""
    runtime = make_runtime(constants={**FAST, "SubtensorModule.EvmKeyAssociateRateLimit": INTERVAL})
    assert register(runtime, ALICE, DAVE) == SUBNET
    enroll(runtime, BOB, EVE)
    skip_blocks(runtime, INTERVAL)
    yield runtime
    ensure_sound(runtime)


def signature(runtime: Taonet, block: int = 9, offset: int = 0) -> bytes:
    raw = SECRET.sign_recoverable(message_digest(EVE.account, block), hasher=None)
    return raw[:64] + bytes([raw[64] + offset])


def associate(runtime: Taonet, signed: bytes, address: bytes = ADDRESS, *, block: int = 9, who: object = EVE) -> None:
    dispatch(
        runtime,
        who,  # type: ignore[arg-type]
        "SubtensorModule.associate_evm_key",
        netuid=SUBNET,
        evm_key=address,
        block_number=block,
        signature=signed,
    )


def test_keccak_is_not_sha_3() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@pytest.mark.parametrize("offset", [0, 27])
def test_an_address_that_signed_is_associated(runtime: Taonet, offset: int) -> None:
    with emits(runtime, Events.EvmKeyAssociated(SUBNET, EVE.account, ADDRESS, runtime.registry.block())):
        associate(runtime, signature(runtime, offset=offset))
    assert runtime.evm_keys.AssociatedEvmAddress[SUBNET, 1] == (ADDRESS, runtime.registry.block())


def test_a_signature_of_something_else_proves_another_address(runtime: Taonet) -> None:
    with reverts(Errors.InvalidRecoveredPublicKey):
        associate(runtime, signature(runtime), block=10)


def test_an_address_that_did_not_sign_is_refused(runtime: Taonet) -> None:
    with reverts(Errors.InvalidRecoveredPublicKey):
        associate(runtime, signature(runtime), bytes(20))


@pytest.mark.parametrize("signed", [bytes(65), b"\xff" * 65], ids=["zeros", "ones"])
def test_bytes_that_are_no_signature_prove_nothing(runtime: Taonet, signed: bytes) -> None:
    with reverts(Errors.InvalidIdentity):
        associate(runtime, signed)


def test_an_address_is_changed_once_in_the_interval(runtime: Taonet) -> None:
    associate(runtime, signature(runtime))
    skip_blocks(runtime, INTERVAL - 1)
    with reverts(Errors.EvmKeyAssociateRateLimitExceeded):
        associate(runtime, signature(runtime))
    skip_blocks(runtime, 1)
    associate(runtime, signature(runtime))


def test_only_neurons_have_addresses(runtime: Taonet) -> None:
    with reverts(Errors.HotKeyNotRegisteredInSubNet):
        associate(runtime, signature(runtime), who=ALICE)


def test_the_address_goes_with_the_neuron(runtime: Taonet) -> None:
    associate(runtime, signature(runtime))
    runtime.neurons.replace(SUBNET, 1, BOB.account, runtime.registry.block())
    assert (SUBNET, 1) not in runtime.evm_keys.AssociatedEvmAddress


def test_the_address_goes_with_the_subnet(runtime: Taonet) -> None:
    associate(runtime, signature(runtime))
    dissolve(runtime, SUBNET)
    assert list(runtime.evm_keys.AssociatedEvmAddress) == []


def test_the_pool_refuses_who_is_no_neuron(runtime: Taonet) -> None:
    what = call(
        runtime,
        "SubtensorModule.associate_evm_key",
        netuid=SUBNET,
        evm_key=ADDRESS,
        block_number=9,
        signature=signature(runtime),
    )
    with refused("Custom", 19):
        runtime.apply_extrinsic(sign(runtime, ALICE, what))
