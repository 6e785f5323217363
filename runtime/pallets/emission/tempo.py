"""When a subnet's epoch is due.

Source: SubtensorModule::should_run_epoch; economics 4.7
"""

from __future__ import annotations

MAX_TEMPO = 50_400
"""The longest tempo in blocks, and how long an epoch can be missed."""


def is_epoch_due(tempo: int, pending_at: int, blocks_since_step: int, last_epoch_block: int, block: int) -> bool:
    """Whether an epoch should run in `block`: asked for, missed for too long, or `tempo` blocks after the last."""
    if tempo == 0:
        return False
    if 0 < pending_at <= block or blocks_since_step > MAX_TEMPO:
        return True
    return max(block - last_epoch_block, 0) >= tempo


def calculate_next_epoch(tempo: int, pending_at: int, last_epoch_block: int) -> int | None:
    """The block in which the next epoch is expected; None for a tempo of 0. Source: get_next_epoch_start_block"""
    if tempo == 0:
        return None
    automatic = last_epoch_block + tempo
    return min(automatic, pending_at) if pending_at else automatic


def calculate_blocks_until_epoch(tempo: int, last_epoch_block: int, block: int) -> int | None:
    """Blocks until the next automatic epoch; None for a tempo of 0. Source: blocks_until_next_auto_epoch"""
    return None if tempo == 0 else max(last_epoch_block + tempo - block, 0)
