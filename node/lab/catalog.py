"""The experiments that there are."""

from __future__ import annotations

from typing import Any

from node.lab import attack, issuance, pool
from node.lab.errors import LabError, suggest
from node.lab.experiment import Experiment

EXPERIMENTS: dict[str, Experiment[Any]] = {
    module.EXPERIMENT.name: module.EXPERIMENT for module in (issuance, pool, attack)
}


def find_experiment(name: str) -> Experiment[Any]:
    """The experiment of that name. Raises: LabError with the nearest one."""
    if name not in EXPERIMENTS:
        raise LabError(f"there is no experiment {name!r}: {suggest(name, EXPERIMENTS)}")
    return EXPERIMENTS[name]
