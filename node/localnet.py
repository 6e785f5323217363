"""`taonet localnet`: the node that the test suites of Bittensor's clients start for each test, and end soon after."""

from __future__ import annotations

from node.chain_spec import load
from node.sealing import Sealing
from node.service import Running, Settings

CHOICES = {"true": ("fast", 250, 7), "false": ("mainnet", 12_000, 2)}
"""By the argument: the preset, the milliseconds between blocks, and how many blocks finality is behind.

The real network's finality takes two blocks and a round of votes, some 1.5 s; suites count on what passes meanwhile.
"""


def localnet_settings(blocks: str, port: int) -> Settings:
    """A fresh chain in memory, of fast blocks or of real ones, on the two ports of the nodes that suites know."""
    preset, period_ms, lag = CHOICES[blocks]
    return Settings(
        spec=load("localnet", preset=preset),
        sealing=Sealing("interval", period_ms),
        finality_lag=lag,
        ports=(port, port + 1),
    )


def announce_first_block(settings: Settings, running: Running) -> None:
    """Make block 1 at once and say so in one line, for which the suites wait; nothing is printed after it."""
    first = running.node.make_block(finalize=False)
    print(f"Imported #1 (0x{first.hex()})", flush=True)
