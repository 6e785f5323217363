"""Pulses in extrinsics that nobody signed: which the pool takes, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import Chain, bare, call, key_of, make_runtime, refused, sign
from support.economy import ALICE
from support.timelock import WORKER, beacon, install_beacon, pulse_of, pulses_payload, unsigned_pulse, write_pulses

from chain.hashing import blake2_256
from chain.scale.hints import codec_of
from chain.transaction import ValidTransaction
from chain.types import H256, BlockNumber, Bytes32
from runtime.fixed import U64_MAX
from runtime.frame.errors import BadOrigin
from runtime.pallets.drand.pallet import Drand
from runtime.pallets.drand.types import (
    BeaconConfigurationPayload,
    Ed25519Signer,
    Pulse,
    PulsesPayload,
    Sr25519Signer,
)
from runtime.taonet import Taonet

PARENT = H256(bytes(32))
PREFIX = bytes([19 << 2]) + b"DrandOffchainWorker"
NUMBER = 1000
QUICKNET_1000 = Pulse(
    NUMBER,
    b"",
    bytes.fromhex("b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"),
)


@pytest.fixture
def runtime() -> Taonet:
    """The tests' beacon counts."""
    runtime = make_runtime()
    install_beacon(runtime)
    return runtime


def ask(runtime: Taonet, raw: bytes) -> ValidTransaction:
    return runtime.validate_transaction("Local", raw, PARENT)


def config(runtime: Taonet, block: int = 1, **changes: Any) -> bytes:
    """An unsigned extrinsic that brings another beacon."""
    payload = BeaconConfigurationPayload(BlockNumber(block), beacon(), Sr25519Signer(Bytes32(WORKER.public)))
    signature = changes.get("signature", WORKER.sign(codec_of(BeaconConfigurationPayload).encode(payload)))
    return bare(runtime, call(runtime, "Drand.set_beacon_config", config_payload=payload, signature=signature))


def test_a_pulse_is_valid_for_three_blocks_and_not_told_to_others(runtime: Taonet) -> None:
    found = ask(runtime, unsigned_pulse(runtime, pulse_of(NUMBER)))

    provided = PREFIX + blake2_256(b"drand" + NUMBER.to_bytes(8, "little"))
    assert found == ValidTransaction(U64_MAX, (), (provided,), 3, propagate=False)


def test_of_very_late_rounds_the_earlier_goes_first(runtime: Taonet) -> None:
    late = U64_MAX - 5

    assert ask(runtime, unsigned_pulse(runtime, pulse_of(late))).priority == 2**20 + 5
    assert ask(runtime, unsigned_pulse(runtime, pulse_of(late + 1))).priority == 2**20 + 4


def test_whoever_has_a_pulse_may_bring_it(runtime: Taonet) -> None:
    key = key_of("Bob")
    payload = PulsesPayload(BlockNumber(1), (pulse_of(NUMBER),), Sr25519Signer(Bytes32(key.public)))

    assert ask(runtime, unsigned_pulse(runtime, payload=payload, signer=key)).longevity == 3


def test_a_pulse_needs_the_signature_of_its_bringer(runtime: Taonet) -> None:
    ed = key_of("One", "ed25519")
    as_ed = PulsesPayload(BlockNumber(1), (pulse_of(NUMBER),), Ed25519Signer(Bytes32(ed.public)))

    with refused("BadSigner"):
        ask(runtime, unsigned_pulse(runtime, pulse_of(NUMBER), signature=None))
    with refused("BadProof"):
        ask(runtime, unsigned_pulse(runtime, pulse_of(NUMBER), signer=ALICE))
    with refused("BadProof"):
        ask(runtime, unsigned_pulse(runtime, pulse_of(NUMBER), signature=ed.sign(b"")))
    with refused("BadProof"):  # a good signature, but of another scheme than the one that counts
        ask(runtime, unsigned_pulse(runtime, payload=as_ed, signer=ed))


def test_one_extrinsic_brings_one_pulse(runtime: Taonet) -> None:
    for pulses in ((), (pulse_of(NUMBER), pulse_of(NUMBER + 1))):
        with refused("Call"):
            ask(runtime, unsigned_pulse(runtime, *pulses))


def test_a_pulse_of_a_block_to_come_is_for_later(runtime: Taonet) -> None:
    def at(block: int) -> PulsesPayload:
        return PulsesPayload(BlockNumber(block), (pulse_of(NUMBER),), Sr25519Signer(Bytes32(WORKER.public)))

    ask(runtime, unsigned_pulse(runtime, payload=at(2)))  # the pool looks at block 2
    with refused("Future"):
        ask(runtime, unsigned_pulse(runtime, payload=at(3)))


def test_a_round_that_is_known_is_stale(runtime: Taonet) -> None:
    write_pulses(runtime, pulse_of(NUMBER))

    for number in (NUMBER - 1, NUMBER):
        with refused("Stale"):
            ask(runtime, unsigned_pulse(runtime, pulse_of(number)))
    ask(runtime, unsigned_pulse(runtime, pulse_of(NUMBER + 1)))


def test_pulses_wait_for_the_block_from_which_on_they_are_taken(runtime: Taonet) -> None:
    runtime.drand.NextUnsignedAt = BlockNumber(3)

    with refused("Stale"):
        ask(runtime, unsigned_pulse(runtime, pulse_of(NUMBER)))


def test_another_beacon_may_be_brought_and_is_refused_in_the_block(runtime: Taonet) -> None:
    found = ask(runtime, config(runtime))

    public = b"\x01" + WORKER.public
    provided = PREFIX + blake2_256(bytes([1, 0, 0, 0, len(public) << 2]) + public)
    assert found == ValidTransaction(2**20, (), (provided,), 1, propagate=True)
    assert runtime.apply_extrinsic(config(runtime)).error == BadOrigin()


def test_another_beacon_needs_a_signature_and_waits_as_well(runtime: Taonet) -> None:
    with refused("BadSigner"):
        ask(runtime, config(runtime, signature=None))
    with refused("BadProof"):
        ask(runtime, config(runtime, signature=ALICE.sign(b"")))
    with refused("Future"):
        ask(runtime, config(runtime, block=3))
    runtime.drand.NextUnsignedAt = BlockNumber(2)
    with refused("Stale"):
        ask(runtime, config(runtime, block=1))


def test_other_calls_need_a_signer(runtime: Taonet) -> None:
    with refused("Call"):
        ask(runtime, bare(runtime, call(runtime, "Drand.set_oldest_stored_round", oldest_round=1)))
    with refused("NoUnsignedValidator"):
        ask(runtime, bare(runtime, call(runtime, "System.remark", remark=b"")))


def test_what_the_pool_refuses_cannot_be_in_a_block(runtime: Taonet) -> None:
    with refused("BadSigner"):
        runtime.apply_extrinsic(unsigned_pulse(runtime, pulse_of(NUMBER), signature=None))


def test_a_signed_pulse_goes_first_and_is_refused(runtime: Taonet) -> None:
    payload = pulses_payload(runtime, pulse_of(NUMBER))
    pulse = sign(runtime, ALICE, call(runtime, "Drand.write_pulse", pulses_payload=payload, signature=None))
    other = sign(runtime, ALICE, call(runtime, "System.remark", remark=b""))

    assert ask(runtime, pulse).priority == ask(runtime, other).priority + 10_000
    assert runtime.apply_extrinsic(pulse).error == BadOrigin()


def test_a_pulse_of_quicknet_comes_in_a_block_that_others_can_execute() -> None:
    chain = Chain()
    raw = unsigned_pulse(chain.begin(), QUICKNET_1000)

    built = chain.advance(raw)

    assert [outcome.error for outcome in built.outcomes] == [None]
    assert Drand.NewPulse(rounds=(NUMBER,)) in [record.event for record in built.events]
    assert chain.at_head().drand.Pulses[NUMBER] == QUICKNET_1000
