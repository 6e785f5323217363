"""Time-locked fields of commitments, revealed by the chain when the beacon's pulse of their round is there."""

from __future__ import annotations

import sys

import pytest
from support.chain import Chain, call, dispatch, emits, key_of, snapshot, unchanged
from support.economy import CHARLIE, EVE, FIRST, SUBNET, enroll, make_economy
from support.timelock import (
    WORKER,
    beacon,
    install_beacon,
    lock,
    pulse_of,
    signature_of,
    unsigned_pulse,
    write_pulses,
)

from chain.keys import Keypair
from chain.types import BlockNumber, Bytes32
from runtime.frame.weight import Weight
from runtime.pallets.commitments.pallet import Commitments
from runtime.pallets.commitments.types import CommitmentInfo, Data, Raw, TimelockEncrypted
from runtime.pallets.drand.types import BeaconConfigurationPayload, Sr25519Signer
from runtime.taonet import Taonet

ROUND, LATER = 1000, 1001
WHO = EVE.account
KEY = (SUBNET, WHO)
REVEALED = Commitments.CommitmentRevealed(SUBNET, WHO)
READ, WRITE = 25_000_000, 100_000_000


@pytest.fixture
def runtime() -> Taonet:
    """Eve mines on the subnet; the tests' beacon counts."""
    runtime = make_economy()
    enroll(runtime, CHARLIE, EVE)
    install_beacon(runtime)
    return runtime


def commit(runtime: Taonet, *fields: Data, who: Keypair = EVE) -> None:
    dispatch(runtime, who, "Commitments.set_commitment", netuid=SUBNET, info=CommitmentInfo(fields))


def locked(text: bytes, number: int = ROUND) -> TimelockEncrypted:
    return TimelockEncrypted(lock(text, number), number)


def begin_block(runtime: Taonet) -> Weight:
    runtime.system.Number = BlockNumber(runtime.system.Number + 1)
    return runtime.commitments.on_initialize(runtime.system.Number)


def reveals(runtime: Taonet) -> tuple[tuple[bytes, int], ...] | None:
    return runtime.commitments.RevealedCommitments.get(KEY)


def fields(runtime: Taonet) -> tuple[Data, ...] | None:
    known = runtime.commitments.CommitmentOf.get(KEY)
    return None if known is None else known.info.fields


def test_an_idle_block_reads_one_key(runtime: Taonet) -> None:
    with unchanged(runtime):
        weight = runtime.commitments.on_initialize(runtime.system.Number)

    assert weight == Weight(READ)


def test_nothing_is_revealed_before_the_pulse_and_nothing_written(runtime: Taonet) -> None:
    commit(runtime, locked(b"secret"), Raw(b"open"))

    with unchanged(runtime):
        weight = runtime.commitments.on_initialize(runtime.system.Number)

    assert weight == Weight(3 * READ)


def test_a_field_is_revealed_when_its_pulse_is_there(runtime: Taonet) -> None:
    commit(runtime, locked(b"secret"))
    write_pulses(runtime, pulse_of(ROUND))

    with emits(runtime, REVEALED):
        weight = begin_block(runtime)

    assert reveals(runtime) == ((b"secret", runtime.system.Number),)
    assert fields(runtime) is None
    assert runtime.commitments.TimelockedIndex == frozenset()
    assert weight == Weight(3 * READ + (READ + WRITE) + WRITE + (READ + WRITE))


def test_other_fields_stay(runtime: Taonet) -> None:
    waiting = locked(b"later", LATER)
    commit(runtime, Raw(b"open"), locked(b"secret"), waiting)
    write_pulses(runtime, pulse_of(ROUND))

    with emits(runtime, REVEALED):
        begin_block(runtime)
    assert fields(runtime) == (Raw(b"open"), waiting)
    assert runtime.commitments.TimelockedIndex == {KEY}

    write_pulses(runtime, pulse_of(LATER))
    with emits(runtime, REVEALED):
        begin_block(runtime)

    assert fields(runtime) == (Raw(b"open"),)
    assert runtime.commitments.TimelockedIndex == frozenset()
    assert [text for text, _ in reveals(runtime) or ()] == [b"secret", b"later"]


@pytest.mark.parametrize(
    "field",
    [
        TimelockEncrypted(b"no text", ROUND),
        TimelockEncrypted(lock(b"of another round", LATER), ROUND),
        TimelockEncrypted(lock(b"", ROUND), ROUND),
    ],
    ids=["no text", "another round", "empty"],
)
def test_a_field_that_does_not_open_is_dropped(runtime: Taonet, field: Data) -> None:
    commit(runtime, field, Raw(b"open"))
    write_pulses(runtime, pulse_of(ROUND))

    with emits(runtime):
        begin_block(runtime)

    assert (fields(runtime), reveals(runtime)) == ((Raw(b"open"),), None)
    assert runtime.commitments.TimelockedIndex == frozenset()


def test_a_signature_written_as_text_is_read_behind_its_0x(runtime: Taonet) -> None:
    commit(runtime, locked(b"secret"))
    runtime.drand.Pulses[ROUND] = pulse_of(ROUND, b"0x" + signature_of(ROUND))

    begin_block(runtime)

    assert reveals(runtime) == ((b"secret", runtime.system.Number),)


def test_the_last_ten_are_kept(runtime: Taonet) -> None:
    write_pulses(runtime, pulse_of(ROUND))
    runtime.commitments.MaxSpace = 100_000
    for number in range(6):
        commit(runtime, locked(b"a%d" % number), locked(b"b%d" % number))
        begin_block(runtime)

    texts = [text for text, _ in reveals(runtime) or ()]

    assert texts == [b"%s%d" % (kind, number) for number in range(1, 6) for kind in (b"a", b"b")]


def test_an_index_without_a_commitment_is_forgotten(runtime: Taonet) -> None:
    runtime.commitments.TimelockedIndex = frozenset({(FIRST, WHO)})
    commit(runtime, Raw(b"open"))
    runtime.commitments.TimelockedIndex = frozenset({(FIRST, WHO), KEY})

    weight = begin_block(runtime)

    assert runtime.commitments.TimelockedIndex == frozenset()
    assert weight == Weight(READ + 2 * (READ + READ + WRITE))
    assert fields(runtime) == (Raw(b"open"),)


def test_without_the_extra_everything_stays_locked(runtime: Taonet, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(runtime, locked(b"secret"))
    write_pulses(runtime, pulse_of(ROUND))
    monkeypatch.setitem(sys.modules, "py_arkworks_bls12381", None)
    before = snapshot(runtime.state)

    runtime.commitments.on_initialize(runtime.system.Number)

    assert snapshot(runtime.state) == before


def test_a_commitment_is_made_and_revealed_through_blocks(chain: Chain) -> None:
    alice, hotkey, key = key_of("Alice"), key_of("Dave"), (SUBNET, key_of("Dave").account)
    payload = BeaconConfigurationPayload(BlockNumber(1), beacon(), Sr25519Signer(Bytes32(WORKER.public)))
    change = call(chain.at_head(), "Drand.set_beacon_config", config_payload=payload, signature=None)
    chain.advance(
        chain.sign(alice, "SubtensorModule.register_network", hotkey=hotkey.account),
        chain.sign(alice, "Sudo.sudo", call=change, nonce=1),
    )
    info = CommitmentInfo((Raw(b"open"), locked(b"secret")))
    made = chain.advance(chain.sign(hotkey, "Commitments.set_commitment", netuid=SUBNET, info=info))
    assert made.outcomes[0].error is None
    assert chain.at_head().commitments.CommitmentOf[key].info == info

    chain.advance(unsigned_pulse(chain.at_head(), pulse_of(ROUND)))
    built = chain.advance()

    after = chain.at_head().commitments
    assert after.RevealedCommitments[key] == ((b"secret", 4),)
    assert after.CommitmentOf[key].info == CommitmentInfo((Raw(b"open"),))
    assert Commitments.CommitmentRevealed(*key) in [record.event for record in built.events]
