"""Where the real clients are installed, each in an environment of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[2] / ".clients"
PSI = CLIENTS / "psi" / "bin" / "python"
"""The Python that has substrate-interface."""

WITH_PSI = [
    pytest.mark.xdist_group("real-clients"),
    pytest.mark.skipif(not PSI.exists(), reason="substrate-interface is not installed: run `make clients`"),
]
"""Marks of a module whose tests need it."""
