"""Chain specs and scenarios as data. `load` gives the text of one."""

import json
from functools import cache
from importlib.resources import files


def load(name: str) -> str:
    """The JSON text of the chain spec or scenario `name`. Raises: FileNotFoundError."""
    return (files(__package__) / f"{name}.json").read_text()


@cache
def scenarios() -> tuple[str, ...]:
    """The names of all that is here; a chain spec is a scenario in which nothing has happened yet."""
    names = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


@cache
def specs() -> tuple[str, ...]:
    """The names of the chain specs."""
    return tuple(name for name in scenarios() if "genesis" in json.loads(load(name)))
