"""Weights and registrations that may not be: the chain's error reaches the client, and only fee and nonce change."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from support.chain import key_of
from support.process import NodeProcess, RpcFailure, running
from support.subnet import MINERS, SUBNET, VALIDATORS, found_subnet, set_rules, submit
from support.wallet import CONSTRUCT

from chain.hashing import twox_128
from chain.keys import Keypair
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.weights.commits import commit_hash
from runtime.units import NetUid

MODULE = "0x" + twox_128(b"SubtensorModule").hex()
EVENTS = CONSTRUCT.accessor("System", "Events")
BOB, VALIDATOR, MINER = key_of("Bob"), VALIDATORS[0], VALIDATORS[-1]
SALTS = itertools.count()
NOWHERE = NetUid(9)
Pairs = dict[str, str]


@pytest.fixture(scope="module")
def subnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node whose subnet has five validators with permits; the sixth has too little stake for one."""
    with running(tmp_path_factory.mktemp("refusals"), "--sealing", "manual") as node:
        found_subnet(node, MINERS[:3])
        set_rules(node, MaxAllowedValidators=5)
        for elsewhere in (ROOT, NOWHERE):
            set_rules(node, elsewhere, CommitRevealWeightsEnabled=False)
        for _ in range(10):
            node.call("dev_newBlock")
        yield node


def say(**changes: Any) -> dict[str, Any]:
    """Weights that would be accepted, but for the changes."""
    return {"netuid": SUBNET, "dests": (1, 2), "weights": (1, 1), "version_key": 0, **changes}


def economy(node: NodeProcess) -> Pairs:
    return dict(node.call("state_getPairs", MODULE))


def changed(node: NodeProcess) -> set[str]:
    """The keys of SubtensorModule that the next block changes."""
    before = economy(node)
    node.call("dev_newBlock")
    return {key for key, _ in before.items() ^ economy(node).items()}


def nonce(node: NodeProcess, who: Keypair) -> int:
    found: int = node.call("system_accountNextIndex", who.address)
    return found


def failures(node: NodeProcess) -> list[str]:
    """The names of the errors of the last block's extrinsics."""
    raw = node.call("state_getStorage", "0x" + EVENTS.prefix.hex())
    records, _ = EVENTS.value.decode(bytes.fromhex(raw[2:]), 0)
    failed = [r.event.dispatch_error for r in records if type(r.event).__name__ == "ExtrinsicFailed"]
    return [type(error).__name__ for error in failed]


def ensure_fails(node: NodeProcess, who: Keypair, path: str, error: str, **arguments: Any) -> None:
    """The call is included, fails with the error, and changes nothing that the same block without it leaves."""
    snapshot, before = node.call("dev_snapshot"), nonce(node, who)
    idle = changed(node)
    node.call("dev_revert", snapshot)
    submit(node, who, path, **arguments)

    touched = changed(node)

    assert failures(node) == [error]
    assert touched <= idle
    assert nonce(node, who) == before + 1


def ensure_refused(node: NodeProcess, who: Keypair, path: str, code: int, **arguments: Any) -> None:
    """The pool refuses the call, with the code that clients look for."""
    before = nonce(node, who)

    with pytest.raises(RpcFailure) as failure:
        submit(node, who, path, **arguments)

    assert (failure.value.code, failure.value.message) == (1010, "Invalid Transaction")
    assert failure.value.data == f"Custom error: {code}"
    assert nonce(node, who) == before


@pytest.mark.parametrize(
    ("who", "changes", "error"),
    [
        (VALIDATOR, {"dests": (1, 99)}, "UidVecContainInvalidOne"),
        (VALIDATOR, {"dests": (1, 1)}, "DuplicateUids"),
        (VALIDATOR, {"dests": (1, 2, 3)}, "WeightVecNotEqualSize"),
        (VALIDATOR, {"dests": tuple(range(11)), "weights": (1,) * 11}, "UidsLengthExceedUidsInSubNet"),
        (VALIDATOR, {"netuid": ROOT}, "CanNotSetRootNetworkWeights"),
        (VALIDATOR, {"netuid": NOWHERE}, "MechanismDoesNotExist"),
        (BOB, {}, "HotKeyNotRegisteredInSubNet"),
        (MINER, {}, "NeuronNoValidatorPermit"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_weights_that_may_not_be_set(subnet: NodeProcess, who: Keypair, changes: dict[str, Any], error: str) -> None:
    ensure_fails(subnet, who, "set_weights", error, **say(**changes))


def test_weights_of_zeros_are_kept_and_count_for_nothing(subnet: NodeProcess) -> None:
    submit(subnet, VALIDATOR, "set_weights", **say(weights=(0, 0)))
    subnet.call("dev_newBlock")

    assert failures(subnet) == []


def test_a_stale_version_key(subnet: NodeProcess) -> None:
    set_rules(subnet, WeightsVersionKey=7)
    ensure_fails(subnet, VALIDATOR, "set_weights", "IncorrectWeightVersionKey", **say(version_key=6))
    set_rules(subnet, WeightsVersionKey=0)


def test_weights_too_early(subnet: NodeProcess) -> None:
    submit(subnet, VALIDATOR, "set_weights", **say())
    subnet.call("dev_newBlock")
    set_rules(subnet, WeightsSetRateLimit=100)

    ensure_refused(subnet, VALIDATOR, "set_weights", 6, **say())

    set_rules(subnet, WeightsSetRateLimit=0)


def test_too_little_stake(subnet: NodeProcess) -> None:
    subnet.call("dev_setStorage", {"SubtensorModule": {"StakeThreshold": 10**15}})

    ensure_refused(subnet, VALIDATOR, "set_weights", 1, **say())

    subnet.call("dev_setStorage", {"SubtensorModule": {"StakeThreshold": 0}})


@pytest.fixture
def committed(subnet: NodeProcess) -> Iterator[dict[str, Any]]:
    """What a validator committed to in this epoch."""
    set_rules(subnet, CommitRevealWeightsEnabled=True)
    hidden = {"uids": (1, 2), "values": (3, 4), "salt": (next(SALTS),), "version_key": 0}
    digest = commit_hash(VALIDATOR.account, SUBNET, *hidden.values())
    submit(subnet, VALIDATOR, "commit_weights", netuid=SUBNET, commit_hash=digest)
    subnet.call("dev_newBlock")
    assert failures(subnet) == []
    yield {"netuid": SUBNET, **hidden}
    set_rules(subnet, CommitRevealWeightsEnabled=False)


def until_epoch(node: NodeProcess, epochs: int = 1) -> None:
    node.call("dev_advanceEpoch", SUBNET, epochs)


def test_weights_in_the_open_where_they_have_to_be_committed(subnet: NodeProcess, committed: dict[str, Any]) -> None:
    ensure_fails(subnet, VALIDATOR, "set_weights", "CommitRevealEnabled", **say())


def test_a_wrong_salt(subnet: NodeProcess, committed: dict[str, Any]) -> None:
    until_epoch(subnet)

    ensure_refused(subnet, VALIDATOR, "reveal_weights", 16, **{**committed, "salt": (9999,)})


def test_a_reveal_too_early(subnet: NodeProcess, committed: dict[str, Any]) -> None:
    until_epoch(subnet)
    set_rules(subnet, RevealPeriodEpochs=3)

    ensure_refused(subnet, VALIDATOR, "reveal_weights", 17, **committed)

    set_rules(subnet, RevealPeriodEpochs=1)


def test_a_reveal_happens_once(subnet: NodeProcess, committed: dict[str, Any]) -> None:
    until_epoch(subnet)
    submit(subnet, VALIDATOR, "reveal_weights", **committed)
    subnet.call("dev_newBlock")
    assert failures(subnet) == []

    ensure_refused(subnet, VALIDATOR, "reveal_weights", 16, **committed)


def test_a_commit_expires(subnet: NodeProcess, committed: dict[str, Any]) -> None:
    until_epoch(subnet, 3)

    ensure_refused(subnet, VALIDATOR, "reveal_weights", 17, **committed)


def test_a_registration_above_its_limit(subnet: NodeProcess) -> None:
    newcomer = {"netuid": SUBNET, "hotkey": key_of("newcomer").account, "limit_price": 1}

    ensure_fails(subnet, BOB, "register_limit", "RegistrationPriceLimitExceeded", **newcomer)


def test_a_subnet_without_room(subnet: NodeProcess) -> None:
    set_rules(subnet, MaxAllowedUids=0)
    newcomer = {"netuid": SUBNET, "hotkey": key_of("newcomer").account}

    ensure_fails(subnet, BOB, "burned_register", "NoNeuronIdAvailable", **newcomer)

    set_rules(subnet, MaxAllowedUids=256)


def test_only_root_dissolves_a_subnet(subnet: NodeProcess) -> None:
    ensure_fails(subnet, BOB, "root_dissolve_network", "BadOrigin", netuid=SUBNET)
