"""Epochs for tests: at random, and full of weights."""

from __future__ import annotations

import random

from runtime.fixed import I64F64, U64_MAX
from runtime.pallets.emission.yuma import EpochInput
from runtime.pallets.weights.rows import Row, pack


def random_epoch(seed: int, n: int) -> EpochInput:
    """An epoch of `n` neurons in which anything may be: empty, unsorted, outdated, without permit, at a border."""
    r = random.Random(seed)
    density = r.choice([0.2, 0.8, 1.0])

    def row() -> Row:
        columns = [uid for uid in range(n + 2) if r.random() < (density if uid < n else 0.05)]
        if r.random() < 0.3:
            r.shuffle(columns)
        return pack((uid, r.choice([0, 1, 65_535, r.randrange(65_536), r.randrange(65_536)])) for uid in columns)

    commits = [r.choice([U64_MAX, 990, 998]) for _ in range(n)]
    return EpochInput(
        current_block=1000,
        tempo=r.choice([1, 10, 360, 65_535]),
        activity_cutoff=r.choice([1, 100, 5000]),
        last_update=[r.choice([500, 990, 999, 1000]) for _ in range(n)],
        block_at_registration=[r.choice([0, 0, 0, 995, 999, 1000]) for _ in range(n)],
        stake=[I64F64(r.choice([0, 1 << 64, r.randrange(10**15) << 64, r.randrange(1 << 110)])) for _ in range(n)],
        stake_threshold=r.choice([0, 0, 10**12]),
        owner_uid=r.choice([None, 0, n - 1]),
        validator_permits=[r.random() < 0.6 for _ in range(n)],
        max_allowed_validators=r.choice([1, 2, 64, max(n // 2, 1)]),
        weights=[row() for _ in range(n)],
        bonds=[row() for _ in range(n)],
        commit_blocks=r.choice([None, commits]),
        kappa=r.choice([32_767, 0, 65_535, r.randrange(65_536)]),
        bonds_penalty=r.choice([0, 65_535, 32_767, r.randrange(65_536)]),
        bonds_moving_average=r.choice([900_000, 0, 1_000_000, 975_000, r.randrange(10**6), 1_200_000]),
        is_yuma3=r.random() < 0.7,
        is_liquid_alpha=r.random() < 0.7,
        alpha_low=r.randrange(1638, 40_000),
        alpha_high=r.randrange(40_000, 65_536),
        alpha_sigmoid_steepness=r.choice([1000, 0, -1000, 32_767, -32_768, r.randrange(-32_768, 32_768)]),
        last_mechanism_step_block=r.choice([0, 990, 996]),
        emission=r.choice([0, 1, 10**9, U64_MAX, r.randrange(10**12)]),
    )


def full_epoch(validators: int, n: int, *, is_liquid_alpha: bool = False, is_yuma3: bool = True) -> EpochInput:
    """An epoch in which each of the first uids has weights on, and bonds to, every neuron."""
    r = random.Random(validators * n)

    def rows() -> list[Row]:
        full = [pack((uid, r.randrange(1, 65_536)) for uid in range(n)) for _ in range(validators)]
        return full + [Row(b"")] * (n - validators)

    return EpochInput(
        current_block=1000,
        tempo=360,
        activity_cutoff=5000,
        last_update=[999] * n,
        block_at_registration=[0] * n,
        stake=[I64F64(r.randrange(10**15) << 64 if uid < validators else 0) for uid in range(n)],
        stake_threshold=0,
        owner_uid=None,
        validator_permits=[uid < validators for uid in range(n)],
        max_allowed_validators=validators,
        weights=rows(),
        bonds=rows(),
        commit_blocks=None,
        kappa=32_767,
        bonds_penalty=65_535,
        bonds_moving_average=900_000,
        is_yuma3=is_yuma3,
        is_liquid_alpha=is_liquid_alpha,
        alpha_low=45_875,
        alpha_high=58_982,
        alpha_sigmoid_steepness=1000,
        last_mechanism_step_block=900,
        emission=10**12,
    )
