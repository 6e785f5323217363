"""State written by hand, on chains made for it: the block says in its digest what was written, so that it can be
executed again like any other, and moved to another data folder.
"""

from __future__ import annotations

from collections.abc import Mapping

from chain.block import Header
from chain.errors import DecodeError, InvalidBlock
from chain.scale.hints import decode, encode
from chain.state import State
from chain.types import FourBytes, PreRuntime

ENGINE = FourBytes(b"devw")
DEV_KEY = b":dev"
"""Stands in the state of chains whose state may be written by hand."""

Overrides = tuple[tuple[bytes, bytes | None], ...]


def override_log(changes: Mapping[bytes, bytes | None]) -> PreRuntime:
    """The digest entry of a block whose state holds `changes`."""
    return PreRuntime(ENGINE, encode(Overrides, tuple(sorted(changes.items()))))


def is_override(header: Header) -> bool:
    """Whether the block's state was written by hand; such a block may also jump ahead in its number."""
    return header.pre_runtime(ENGINE) is not None


def read_overrides(header: Header, state: State) -> Overrides:
    """What the block writes by hand. Raises: InvalidBlock on a chain that does not allow it."""
    raw = header.pre_runtime(ENGINE)
    if raw is None:
        return ()
    if state.get(DEV_KEY) is None:
        raise InvalidBlock("the state of this chain may not be written by hand")
    try:
        found: Overrides = decode(Overrides, raw)
    except DecodeError as error:
        raise InvalidBlock(f"the writes in the digest cannot be read: {error}") from None
    return found


def apply_overrides(overrides: Overrides, state: State) -> None:
    """Write what the block writes by hand."""
    for key, value in overrides:
        if value is None:
            state.delete(key)
        else:
            state.set(key, value)
