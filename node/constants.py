"""The runtime's constants as people name them: `SubtensorModule.InitialTempo`, `InitialTempo`, or `Tempo`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from chain.errors import ChainError
from node.values.names import nearest
from runtime.frame.construct import constants_of
from runtime.taonet import Taonet

FIRST_VALUE = "Initial"
"""What the names of constants begin with that new subnets take a parameter from."""


class ConstantError(ChainError):
    """A constant that does not exist, or a value that is no whole number; the message suggests the nearest name."""


@cache
def _by_short_name() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for full in constants_of(Taonet):
        name = full.partition(".")[2]
        for short in {full, name, name.removeprefix(FIRST_VALUE)}:
            found.setdefault(short, []).append(full)
    return found


def find_constant(name: str) -> str:
    """The full name of a constant. Raises: ConstantError for an unknown name, or one that several pallets have."""
    known = _by_short_name()
    found = known.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        raise ConstantError(f"constant {name} is in several pallets: {', '.join(sorted(found))}")
    raise ConstantError(f"the runtime has no constant {name}{nearest(name, known)}")


def resolve_constants(given: Mapping[str, int]) -> dict[str, int]:
    """Constants by their full names. Raises: ConstantError."""
    return {find_constant(name): value for name, value in given.items()}


def read_constants(rows: Iterable[str]) -> dict[str, int]:
    """Constants from the command line, `NAME=VALUE` each. Raises: ConstantError."""
    found = {}
    for row in rows:
        name, sign, value = row.partition("=")
        try:
            found[find_constant(name.strip())] = int(value, 0)
        except ValueError:
            what = f"{value!r} is no whole number" if sign else "there is no value"
            raise ConstantError(f"{row}: {what}; write it as Tempo=10") from None
    return found
