"""Pulses of the beacon: which are stored, how long, and who counts as the beacon."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from py_arkworks_bls12381 import G1Point, G2Point, Scalar
from support.chain import ROOT, dispatch, emits, make_runtime, reverts, unchanged
from support.economy import ALICE
from support.timelock import (
    WORKER,
    beacon,
    install_beacon,
    pulse_of,
    pulses_payload,
    signature_of,
    write_pulses,
)

from chain.types import BlockNumber, Bytes32
from runtime.frame.errors import BadOrigin
from runtime.frame.weight import weigh
from runtime.pallets.drand.bls import PointUnreadable, is_available, is_signed, round_message
from runtime.pallets.drand.pallet import Drand
from runtime.pallets.drand.types import QUICKNET, BeaconConfigurationPayload, Pulse, Sr25519Signer
from runtime.taonet import Taonet

QUICKNET_1000 = bytes.fromhex(
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
)
"""What quicknet signed round 1000 with."""
INFINITY = bytes.fromhex("c0" + "00" * 47)


@pytest.fixture
def runtime() -> Taonet:
    """The tests' beacon counts."""
    runtime = make_runtime()
    install_beacon(runtime)
    return runtime


def stored(runtime: Taonet) -> list[int]:
    return sorted(runtime.drand.Pulses)


# -- pulses


def test_the_chain_begins_with_quicknet_and_no_round() -> None:
    drand = make_runtime().drand

    assert drand.BeaconConfig == QUICKNET
    assert (drand.LastStoredRound, drand.OldestStoredRound, drand.NextUnsignedAt) == (0, 0, 0)


def test_a_pulse_of_quicknet_is_taken_as_it_is() -> None:
    runtime = make_runtime()
    pulse = Pulse(1000, b"not looked at", QUICKNET_1000)

    with emits(runtime, Drand.NewPulse(rounds=(1000,))):
        write_pulses(runtime, pulse)

    assert runtime.drand.Pulses[1000] == pulse
    assert (runtime.drand.LastStoredRound, runtime.drand.OldestStoredRound) == (1000, 1000)
    assert runtime.drand.NextUnsignedAt == runtime.system.Number


def test_several_pulses_come_at_once_in_order(runtime: Taonet) -> None:
    with emits(runtime, Drand.NewPulse(rounds=(5, 6, 9))):
        write_pulses(runtime, pulse_of(5), pulse_of(6), pulse_of(9))

    assert stored(runtime) == [5, 6, 9]
    assert (runtime.drand.LastStoredRound, runtime.drand.OldestStoredRound) == (9, 5)


def test_later_pulses_leave_the_oldest_round_as_it_is(runtime: Taonet) -> None:
    write_pulses(runtime, pulse_of(5))
    write_pulses(runtime, pulse_of(6))

    assert (runtime.drand.LastStoredRound, runtime.drand.OldestStoredRound) == (6, 5)


def test_pulses_that_the_beacon_did_not_sign_are_passed_over(runtime: Taonet) -> None:
    forged = (
        pulse_of(5, signature_of(6)),
        pulse_of(6, signature_of(6, Scalar(2))),
        pulse_of(7, INFINITY),
    )

    with emits(runtime, Drand.NewPulse(rounds=(8,))):
        write_pulses(runtime, *forged, pulse_of(8))
    assert stored(runtime) == [8]

    with emits(runtime):
        write_pulses(runtime, pulse_of(9, signature_of(10)))
    assert stored(runtime) == [8]


def test_bytes_behind_a_signature_are_not_looked_at(runtime: Taonet) -> None:
    write_pulses(runtime, pulse_of(5, signature_of(5) + b"more"))

    assert stored(runtime) == [5]


@pytest.mark.parametrize("signature", [b"", signature_of(5)[:47], bytes(48), b"\x9f" + b"\xff" * 47])
def test_a_signature_that_is_no_point_fails_the_whole_call(runtime: Taonet, signature: bytes) -> None:
    with unchanged(runtime), reverts(Drand.PulseVerificationError):
        write_pulses(runtime, pulse_of(4), pulse_of(5, signature))


def test_a_beacon_without_a_readable_key_verifies_nothing(runtime: Taonet) -> None:
    runtime.drand.BeaconConfig = beacon(b"\x01" * 96)

    with unchanged(runtime), reverts(Drand.PulseVerificationError):
        write_pulses(runtime, pulse_of(5))


def test_rounds_do_not_go_back(runtime: Taonet) -> None:
    write_pulses(runtime, pulse_of(5))

    for numbers in ((5,), (4,), (6, 6), (8, 7)):
        with unchanged(runtime), reverts(Drand.InvalidRoundNumber):
            write_pulses(runtime, *(pulse_of(number) for number in numbers))


def test_a_forged_pulse_of_an_old_round_is_passed_over_too(runtime: Taonet) -> None:
    write_pulses(runtime, pulse_of(5))

    write_pulses(runtime, pulse_of(4, signature_of(9)), pulse_of(6))

    assert stored(runtime) == [5, 6]


def test_pulses_are_brought_by_nobody(runtime: Taonet) -> None:
    payload = pulses_payload(runtime, pulse_of(5))

    for who in (ALICE, ROOT):
        with reverts(BadOrigin):
            dispatch(runtime, who, "Drand.write_pulse", pulses_payload=payload, signature=None)


@pytest.mark.parametrize("missing", ["py_arkworks_bls12381", "Crypto.Cipher.AES"])
def test_without_any_part_of_the_extra_no_pulse_can_be_verified(
    runtime: Taonet, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    assert is_available()
    monkeypatch.setitem(sys.modules, missing, None)

    assert not is_available()
    with unchanged(runtime), reverts(Drand.PulseVerificationError):
        write_pulses(runtime, pulse_of(5))


# -- old rounds


def fill(runtime: Taonet, rounds: range) -> None:
    for number in rounds:
        runtime.drand.Pulses[number] = pulse_of(1)
    runtime.drand.OldestStoredRound, runtime.drand.LastStoredRound = rounds[0], rounds[-1]


def test_a_round_that_is_older_than_a_week_of_rounds_goes(runtime: Taonet) -> None:
    fill(runtime, range(10, 13))

    write_pulses(runtime, pulse_of(10 + 216_000 - 1))
    assert runtime.drand.OldestStoredRound == 10

    write_pulses(runtime, pulse_of(10 + 216_000))
    assert runtime.drand.OldestStoredRound == 11
    assert stored(runtime)[:2] == [11, 12]


def test_one_call_removes_a_hundred_rounds_at_most(runtime: Taonet) -> None:
    fill(runtime, range(10, 130))

    write_pulses(runtime, pulse_of(10**6))

    assert runtime.drand.OldestStoredRound == 110
    assert stored(runtime)[0] == 110


def test_without_an_oldest_round_nothing_is_removed(runtime: Taonet) -> None:
    fill(runtime, range(10, 13))
    runtime.drand.OldestStoredRound = 0

    write_pulses(runtime, pulse_of(10**6))

    assert runtime.drand.OldestStoredRound == 0
    assert stored(runtime) == [10, 11, 12, 10**6]


def test_an_oldest_round_after_the_last_removes_nothing(runtime: Taonet) -> None:
    runtime.drand.OldestStoredRound = 10**6

    write_pulses(runtime, pulse_of(5))

    assert (stored(runtime), runtime.drand.OldestStoredRound) == ([5], 10**6)


# -- root


def config_payload(runtime: Taonet) -> BeaconConfigurationPayload:
    return BeaconConfigurationPayload(BlockNumber(0), beacon(b"key"), Sr25519Signer(Bytes32(WORKER.public)))


def test_root_says_which_beacon_counts(runtime: Taonet) -> None:
    with emits(runtime, Drand.BeaconConfigChanged()):
        dispatch(runtime, ROOT, "Drand.set_beacon_config", config_payload=config_payload(runtime), signature=None)

    assert runtime.drand.BeaconConfig == beacon(b"key")
    assert runtime.drand.NextUnsignedAt == runtime.system.Number + 1


def test_root_says_which_round_is_the_oldest(runtime: Taonet) -> None:
    with emits(runtime, Drand.SetOldestStoredRound(77)):
        dispatch(runtime, ROOT, "Drand.set_oldest_stored_round", oldest_round=77)

    assert runtime.drand.OldestStoredRound == 77


def test_others_than_root_set_nothing(runtime: Taonet) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("set_beacon_config", {"config_payload": config_payload(runtime), "signature": None}),
        ("set_oldest_stored_round", {"oldest_round": 1}),
    ]
    for name, arguments in calls:
        for who in (ALICE, None):
            with unchanged(runtime), reverts(BadOrigin):
                dispatch(runtime, who, f"Drand.{name}", **arguments)


def test_calls_weigh_what_the_chain_says(runtime: Taonet) -> None:
    weights = {c.name: c.weight for c in Drand.calls.values()}

    assert weights == {
        "write_pulse": weigh(4_294_000_000, reads=3, writes=4),
        "set_beacon_config": weigh(8_766_000, writes=2),
        "set_oldest_stored_round": weigh(5_370_000, writes=1),
    }


# -- the curve


def test_quicknet_s_signature_is_of_its_round_by_its_key() -> None:
    key = QUICKNET.public_key

    assert is_signed(key, round_message(1000), QUICKNET_1000)
    assert not is_signed(key, round_message(1001), QUICKNET_1000)
    assert not is_signed(bytes(G2Point().to_compressed_bytes()), round_message(1000), QUICKNET_1000)


def test_points_of_the_curve_outside_of_the_group_are_no_points() -> None:
    outside = next(
        candidate
        for x in range(1, 50)
        if (candidate := bytes([0x80]) + x.to_bytes(47, "big")) and is_outside(candidate)
    )

    with pytest.raises(PointUnreadable):
        is_signed(QUICKNET.public_key, b"", outside)


def is_outside(raw: bytes) -> bool:
    """Whether bytes are a point of the curve that is not in the group."""
    try:
        return not G1Point.from_compressed_bytes_unchecked(raw).is_in_subgroup()
    except ValueError:
        return False
