"""Which pages there are, and how each is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from node.reference import cli, rpc

FOLDER = Path(__file__).parents[2] / "docs" / "reference"

PAGES: Mapping[str, Callable[[], str]] = {"rpc.md": rpc.page, "cli.md": cli.page}
"""The text of each page, by the name of its file in the folder."""
