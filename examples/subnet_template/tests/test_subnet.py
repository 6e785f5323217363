"""The subnet against a chain: who earns, who is refused, and what the programs say when something is wrong.

`chain` is a chain in this process, `node` one that serves on a port; both begin each test with `subnet.json`.
"""

from __future__ import annotations

import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Program
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from protocol import (
    PATH,
    VERSION,
    Challenge,
    Proof,
    ProtocolFault,
    check_challenge,
    decode,
    encode,
    is_solved,
    sign,
    signer_of,
    solve,
)
from substrateinterface import Keypair, SubstrateInterface
from validator import HIGHEST_WEIGHT, Scores

SCENARIO = str(Path(__file__).parents[1] / "subnet.json")
VALIDATOR, MINERS = 1, (3, 4, 5, 6)
"""Their uids; //Validator1_hk has the first, //Miner1_hk to //Miner4_hk the others."""

Start = Callable[..., Program]
pytestmark = pytest.mark.taonet(scenario=SCENARIO)


def start_subnet(start: Start, *miners: str) -> list[Program]:
    """A validator that has set weights, and the miners that it asked: these files, as //Miner1_hk and so on."""
    serving = [start(file, f"//Miner{number}_hk") for number, file in enumerate(miners, 1)]
    for miner in serving:
        miner.wait_for("serving on")
    validator = start("validator.py", "//Validator1_hk", "--poll", "0.1")
    validator.wait_for("weights set")
    return [validator, *serving]


def challenge_for(miner: str, *, bits: int = 8) -> Challenge:
    return Challenge(secrets.token_hex(16), bits, miner, int(time.time()))


def ask(port: str, key: Keypair, challenge: Challenge) -> tuple[bytes, dict[str, str]]:
    """What a miner answers, with its headers. Raises: HTTPError."""
    body = encode(challenge)
    request = urllib.request.Request(f"http://127.0.0.1:{port}{PATH}", body, sign(key, body))
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read(), dict(answer.headers)


# -- the whole subnet


def test_the_honest_miner_earns_and_the_lazy_one_does_not(node: Any, start: Start) -> None:
    validator, honest, lazy = start_subnet(start, "miner.py", "tests/lazy_miner.py")

    node.call("dev_advanceEpoch", 1)
    validator.wait_for("weights set", times=2)
    node.call("dev_advanceEpoch", 1)

    with SubstrateInterface(url=node.url) as chain:
        incentive = chain.query("SubtensorModule", "Incentive", [1]).value
        dividends = chain.query("SubtensorModule", "Dividends", [1]).value
    assert [incentive[uid] for uid in MINERS] == [65535, 0, 0, 0]
    assert dividends[VALIDATOR] > 0
    assert "answered" in lazy.log, "the lazy miner was asked too"
    assert [program.stop() for program in (validator, honest, lazy)] == [0, 0, 0]


def test_a_miner_that_stops_loses_its_score_little_by_little(node: Any, start: Start) -> None:
    validator, _, other = start_subnet(start, "miner.py", "miner.py")

    other.stop()
    node.call("dev_advanceEpoch", 1)
    weights = validator.wait_for(r"weights set in block \d+: \[(.*)\]", times=2)[1].split(", ")

    assert weights[MINERS[0]] == str(HIGHEST_WEIGHT)
    assert 0 < int(weights[MINERS[1]]) < HIGHEST_WEIGHT
    assert "did not answer" in validator.log


def test_a_miner_works_for_validators_only(node: Any, start: Start) -> None:
    miner = start("miner.py", "//Miner1_hk")
    port = miner.wait_for(r"serving on 127\.0\.0\.1:(\d+)")[1]
    address = Keypair.create_from_uri("//Miner1_hk").ss58_address
    challenge = challenge_for(address)

    body, headers = ask(port, Keypair.create_from_uri("//Validator1_hk"), challenge)
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(port, Keypair.create_from_uri("//Miner2_hk"), challenge)

    assert is_solved(challenge, decode(Proof, body))
    assert signer_of(headers, body) == address
    with refused.value as error:
        assert (error.code, "has no validator permit" in error.read().decode()) == (403, True)


def test_a_miner_refuses_what_is_for_another(node: Any, start: Start) -> None:
    port = start("miner.py", "//Miner1_hk").wait_for(r"serving on 127\.0\.0\.1:(\d+)")[1]
    validator = Keypair.create_from_uri("//Validator1_hk")

    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(port, validator, challenge_for(validator.ss58_address))

    with refused.value as error:
        assert (error.code, "the challenge is for" in error.read().decode()) == (400, True)


def test_weights_that_the_chain_refuses_do_not_end_a_validator(node: Any, start: Start) -> None:
    higher = VERSION + 1
    node.call("dev_setStorage", {"SubtensorModule": {"WeightsVersionKey": [[[1], higher]]}})
    start("miner.py", "//Miner1_hk").wait_for("serving on")

    validator = start("validator.py", "//Validator1_hk", "--poll", "0.1")
    validator.wait_for("weights not set, .*IncorrectWeightVersionKey")
    node.call("dev_setStorage", {"SubtensorModule": {"WeightsVersionKey": [[[1], VERSION]]}})
    node.call("dev_advanceEpoch", 1)

    validator.wait_for("weights set")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("validator.py", "//Miner1_hk"), "has no validator permit on subnet 1"),
        (("validator.py", "//Stranger"), "is not registered on subnet 1"),
        (("validator.py", "//Validator1_hk", "--netuid", "7"), "there is no subnet 7"),
        (("miner.py", "//Stranger"), "is not registered on subnet 1"),
        (("miner.py", "no key"), "neither a secret URI"),
        (("miner.py", "//Miner1_hk", "--port", "70000"), "port 70000 cannot be served"),
    ],
)
def test_who_cannot_take_part_is_told_why_in_one_line(start: Start, line: tuple[str, ...], told: str) -> None:
    program = start(*line)

    assert program.wait() == 1
    assert told in program.log
    assert len(program.log.splitlines()) == 1


# -- rules of the chain, in this process


def test_weights_set_too_often_are_refused(chain: Any) -> None:
    weights = {"netuid": 1, "dests": [3, 4], "weights": [2, 1], "version_key": 0}
    chain.submit("SubtensorModule.set_weights", "//Validator1_hk", **weights)

    with chain.reverts("SettingWeightsTooFast"):
        chain.submit("SubtensorModule.set_weights", "//Validator1_hk", **weights)
    chain.advance(2)

    chain.submit("SubtensorModule.set_weights", "//Validator1_hk", **weights)


@settings(max_examples=10)
@given(weights=st.lists(st.integers(0, HIGHEST_WEIGHT), min_size=len(MINERS), max_size=len(MINERS)))
def test_whoever_has_more_weight_earns_no_less(chain: Any, weights: list[int]) -> None:
    assume(any(weights))

    chain.submit(
        "SubtensorModule.set_weights", "//Validator1_hk", netuid=1, dests=list(MINERS), weights=weights, version_key=0
    )
    chain.advance_epoch(1)

    incentive = chain.query("SubtensorModule.Incentive", 1)
    earned = [incentive[uid] for _, uid in sorted(zip(weights, MINERS, strict=True))]
    assert earned == sorted(earned)
    assert earned[-1] > 0


# -- the task and the scores, without a chain


@given(seed=st.text("0123456789abcdef", min_size=32, max_size=32), bits=st.integers(1, 10))
def test_a_proof_is_worth_nothing_for_another_seed(seed: str, bits: int) -> None:
    challenge = Challenge(seed, bits, "5Miner", 0)

    proof = solve(challenge)

    assert is_solved(challenge, proof)
    assert not is_solved(Challenge(seed[::-1] + "0", bits, "5Miner", 0), proof)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"miner": "5Other"}, "is for 5Other"),
        ({"bits": 25}, "25 is not from 0 to 24"),
        ({"time": 939}, "older than 60"),
    ],
)
def test_a_challenge_that_breaks_a_rule_is_refused(change: dict[str, Any], told: str) -> None:
    fields = {"seed": "00", "bits": 8, "miner": "5Miner", "time": 940, **change}
    check_challenge(Challenge("00", 8, "5Miner", 940), "5Miner", now=1000)

    with pytest.raises(ProtocolFault, match=told):
        check_challenge(Challenge(**fields), "5Miner", now=1000)


@pytest.mark.parametrize(
    "body", [b"", b"[" * 4000, b"{}", b'{"seed": "00", "nonce": "1"}', b'{"seed": "00", "nonce": true}']
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolFault):
        decode(Proof, body)


def test_a_message_that_was_changed_is_not_signed(accounts: Any) -> None:
    key = Keypair.create_from_uri("//Alice")
    headers = sign(key, b"what was said")

    assert signer_of(headers, b"what was said") == key.ss58_address == accounts["Alice"].address
    with pytest.raises(ProtocolFault):
        signer_of(headers, b"what was not")


@given(results=st.lists(st.dictionaries(st.sampled_from("abcd"), st.sampled_from([0.0, 1.0])), min_size=1))
def test_weights_are_in_range_and_only_for_those_who_were_asked(results: list[dict[str, float]]) -> None:
    scores = Scores()
    for result in results:
        scores.update(result)

    weights = dict(zip("abcd", scores.weights("abcd"), strict=True))

    assert all(0 <= weight <= HIGHEST_WEIGHT for weight in weights.values())
    assert all(weights[name] == 0 for name in "abcd" if name not in results[-1])
    assert (max(weights.values()) == HIGHEST_WEIGHT) == any(weights.values())
