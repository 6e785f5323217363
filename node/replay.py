"""Epochs as JSON lines: what goes in, and what Yuma consensus makes of it.

A line is an object with the fields of `SCALARS`, `VECTORS` and `ROWS`; whole numbers that JSON's readers may not hold
can be strings. The answer has the fields of `EpochOutcome`, rows of bonds as lists of pairs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from chain.errors import ChainError
from runtime.fixed import I64F64
from runtime.pallets.emission.yuma import EpochInput, EpochOutcome, epoch
from runtime.pallets.weights.rows import Row, pack, unpack

U16, U64, U128 = (1 << 16) - 1, (1 << 64) - 1, (1 << 127) - 1

SCALARS: dict[str, tuple[int, int]] = {
    "current_block": (0, U64),
    "tempo": (0, U16),
    "activity_cutoff": (0, U64),
    "stake_threshold": (0, U64),
    "max_allowed_validators": (0, U16),
    "kappa": (0, U16),
    "bonds_penalty": (0, U16),
    "alpha_low": (0, U16),
    "alpha_high": (0, U16),
    "alpha_sigmoid_steepness": (-(1 << 15), (1 << 15) - 1),
    "bonds_moving_average": (0, U64),
    "last_mechanism_step_block": (0, U64),
    "rao_emission": (0, U64),
}
"""The whole numbers of an epoch and their bounds."""
FLAGS = ("commit_reveal", "yuma3", "liquid_alpha")
VECTORS = {"last_update": U64, "block_at_registration": U64, "total_stake_bits": U128, "commit_blocks": U64}
"""Vectors of whole numbers by uid, and the largest number in each. Stake has 64 fraction bits."""
ROWS = ("weights", "bonds")
"""Rows of pairs of a uid and a value by uid."""
FIELDS = ("n", "owner_uid", "validator_permits", *SCALARS, *FLAGS, *VECTORS, *ROWS)

MAX_NEURONS = 4096


class ReplayError(ChainError):
    """A line that is no epoch; the message names the line and the field."""


def replay(lines: Iterable[str]) -> Iterator[str]:
    """The outcome of each epoch, one line each. Raises: ReplayError at the first line that is none."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                given = read_epoch(json.loads(line))
            except (ValueError, RecursionError) as error:
                raise ReplayError(f"line {number} is not JSON: {error}") from None
            except ReplayError as error:
                raise ReplayError(f"line {number}: {error}") from None
            yield json.dumps(show_outcome(epoch(given)), separators=(",", ":"))


def read_epoch(given: Any) -> EpochInput:
    """The epoch in a parsed line. Raises: ReplayError that names the field."""
    if not isinstance(given, dict):
        raise ReplayError("an epoch is a JSON object")
    missing, unknown = sorted(set(FIELDS) - set(given)), sorted(set(given) - set(FIELDS))
    if missing or unknown:
        raise ReplayError(f"{missing[0]} is missing" if missing else f"there is no field {unknown[0]}")
    n = _number(given["n"], "n", 0, MAX_NEURONS)
    scalars = {name: _number(given[name], name, *bounds) for name, bounds in SCALARS.items()}
    flags = {name: _flag(given[name], name) for name in FLAGS}
    vectors = {name: _vector(given[name], name, n, most) for name, most in VECTORS.items()}
    rows = {name: _rows(given[name], name, n) for name in ROWS}
    owner = given["owner_uid"]
    if scalars["alpha_low"] > scalars["alpha_high"]:
        raise ReplayError(f"alpha_low: {scalars['alpha_low']} is more than alpha_high")
    return EpochInput(
        current_block=scalars["current_block"],
        tempo=scalars["tempo"],
        activity_cutoff=scalars["activity_cutoff"],
        last_update=vectors["last_update"],
        block_at_registration=vectors["block_at_registration"],
        stake=[I64F64(bits) for bits in vectors["total_stake_bits"]],
        stake_threshold=scalars["stake_threshold"],
        owner_uid=None if owner is None else _number(owner, "owner_uid", 0, n - 1),
        validator_permits=[
            _flag(flag, "validator_permits") for flag in _list(given["validator_permits"], "validator_permits", n)
        ],
        max_allowed_validators=scalars["max_allowed_validators"],
        weights=rows["weights"],
        bonds=rows["bonds"],
        commit_blocks=vectors["commit_blocks"] if flags["commit_reveal"] else None,
        kappa=scalars["kappa"],
        bonds_penalty=scalars["bonds_penalty"],
        bonds_moving_average=scalars["bonds_moving_average"],
        is_yuma3=flags["yuma3"],
        is_liquid_alpha=flags["liquid_alpha"],
        alpha_low=scalars["alpha_low"],
        alpha_high=scalars["alpha_high"],
        alpha_sigmoid_steepness=scalars["alpha_sigmoid_steepness"],
        last_mechanism_step_block=scalars["last_mechanism_step_block"],
        emission=scalars["rao_emission"],
    )


def show_outcome(outcome: EpochOutcome) -> dict[str, Any]:
    """An outcome as JSON has it."""
    shown: dict[str, Any] = {field.name: list(getattr(outcome, field.name)) for field in fields(outcome)}
    return shown | {"bonds": [[list(pair) for pair in unpack(row)] for row in outcome.bonds]}


def _number(value: Any, name: str, least: int, most: int) -> int:
    if isinstance(value, str):
        try:
            value = int(value)
        except ValueError:
            raise ReplayError(f"{name}: {value!r} is not a whole number") from None
    if type(value) is not int:
        raise ReplayError(f"{name}: {value!r} is not a whole number")
    if not least <= value <= most:
        raise ReplayError(f"{name}: {value} is not between {least} and {most}")
    return value


def _flag(value: Any, name: str) -> bool:
    if type(value) is not bool:
        raise ReplayError(f"{name}: {value!r} is neither true nor false")
    return value


def _list(value: Any, name: str, length: int) -> list[Any]:
    if not isinstance(value, list):
        raise ReplayError(f"{name} is not a list")
    if len(value) != length:
        raise ReplayError(f"{name} has {len(value)} entries for {length} neurons")
    return value


def _vector(value: Any, name: str, length: int, most: int) -> list[int]:
    return [_number(item, f"{name}[{uid}]", 0, most) for uid, item in enumerate(_list(value, name, length))]


def _rows(value: Any, name: str, length: int) -> list[Row]:
    rows = []
    for uid, row in enumerate(_list(value, name, length)):
        where = f"{name}[{uid}]"
        if not isinstance(row, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in row):
            raise ReplayError(f"{where} is not a list of pairs")
        pairs = [(_number(target, where, 0, U16), _number(weight, where, 0, U16)) for target, weight in row]
        if len({target for target, _ in pairs}) != len(pairs):
            raise ReplayError(f"{where} names a uid twice")
        rows.append(pack(pairs))
    return rows
