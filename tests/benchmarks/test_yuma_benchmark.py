"""What an epoch costs. The yardstick is one sr25519 verification, about 35 us here, and the plain-Python oracle."""

from __future__ import annotations

from typing import Any

import pytest
from support import yuma_oracle
from support.chain import key_of
from support.economy import SUBNET, make_economy
from support.yardstick import best_of, verifications
from support.yuma import full_epoch

from runtime.pallets.emission.yuma import EpochInput, epoch
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance

pytestmark = pytest.mark.slow

ROUNDS = 10
UIDS = 256


@pytest.mark.parametrize(
    ("validators", "is_liquid_alpha", "bound"),
    [(64, False, 278), (64, True, 556), (256, False, 694), (256, True, 1111)],
    ids=["64 x 256", "64 x 256, liquid alpha", "256 x 256", "256 x 256, liquid alpha"],
)
def test_a_full_epoch_costs_less_than_so_many_signature_checks(
    calm: None, benchmark: Any, validators: int, is_liquid_alpha: bool, bound: int
) -> None:
    """The bounds are 10, 20, 25 and 40 ms at 36 us a verification."""
    made = full_epoch(validators, UIDS, is_liquid_alpha=is_liquid_alpha)

    benchmark.pedantic(lambda: epoch(made), rounds=ROUNDS, warmup_rounds=1)
    taken, yardstick = benchmark.stats.stats.min, verifications(1_000) / 1_000
    oracle = best_of(1, lambda: yuma_oracle.epoch(made))
    benchmark.extra_info["epoch / verification"] = taken / yardstick
    benchmark.extra_info["oracle / epoch"] = oracle / taken

    assert taken < bound * yardstick
    assert taken < oracle / 5


def test_an_epoch_grows_no_faster_than_its_matrix(calm: None, benchmark: Any) -> None:
    small, large = full_epoch(64, UIDS), full_epoch(256, UIDS)
    epoch(large)

    def measure() -> tuple[float, float]:
        return best_of(ROUNDS, lambda: epoch(small)), best_of(ROUNDS, lambda: epoch(large))

    few, many = benchmark.pedantic(measure, rounds=1)
    benchmark.extra_info["256 / 64 validators"] = many / few

    assert many < 4 * 1.25 * few


def full_subnet(made: EpochInput) -> Taonet:
    """A subnet whose neurons have these stakes, weights and bonds."""
    runtime = make_economy()
    for uid in range(1, made.n):
        hotkey = key_of(f"neuron {uid}").account
        runtime.ownership.create_account(key_of("Bob").account, hotkey)
        runtime.neurons.append(SUBNET, hotkey, 0)
    for uid in range(made.n):
        hotkey = runtime.neurons.Keys[SUBNET, uid]
        runtime.stakes.add(hotkey, key_of("Bob").account, SUBNET, AlphaBalance(TAO(1) * made.validator_permits[uid]))
        runtime.matrix.Weights[SUBNET, uid], runtime.matrix.Bonds[SUBNET, uid] = made.weights[uid], made.bonds[uid]
    runtime.neurons.ValidatorPermit[SUBNET] = tuple(made.validator_permits)
    runtime.neurons.LastUpdate[SUBNET] = (runtime.registry.block(),) * made.n
    runtime.neurons.BlockAtRegistration[SUBNET, 0] = 0
    return runtime


def test_reading_and_writing_an_epoch_costs_less_than_the_epoch_may(calm: None, benchmark: Any) -> None:
    runtime = full_subnet(full_epoch(64, UIDS))

    benchmark.pedantic(lambda: runtime.epochs.run(SUBNET, AlphaBalance(TAO(1))), rounds=ROUNDS, warmup_rounds=1)
    taken, yardstick = benchmark.stats.stats.min, verifications(1_000) / 1_000
    benchmark.extra_info["stored epoch / verification"] = taken / yardstick

    assert any(runtime.neurons.Incentive[SUBNET])
    assert taken < 278 * yardstick
