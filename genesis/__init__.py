"""Chain specs as data. `load` gives the text of one."""

from importlib.resources import files


def load(name: str) -> str:
    """The JSON text of the chain spec `name`. Raises: FileNotFoundError."""
    return (files(__package__) / f"{name}.json").read_text()
