"""The few things that a chain asks of a runtime."""

from __future__ import annotations

from typing import Protocol

from chain.block import Block, Header
from chain.state import Base, State
from chain.transaction import ValidTransaction
from chain.types import H256


class Transition(Protocol):
    """A runtime over one state."""

    state: State

    def runs(self, base: Base) -> bool:
        """Whether the `:code` of another state asks for this very runtime."""

    def move_to(self, base: Base) -> None:
        """Stand over another state that this runtime runs, as if it had just been made."""

    def execute_block(self, block: Block) -> None:
        """Execute a block whose header has no seal, and check what it claims. Raises: InvalidBlock."""

    def initialize_block(self, header: Header) -> None:
        """Begin a block. Raises: InvalidBlock."""

    def finalize_block(self) -> Header:
        """End the block; the header has no seal yet."""

    def validate_transaction(self, source: str, raw: bytes, block_hash: H256) -> ValidTransaction:
        """Whether an extrinsic could go into the block after `block_hash`. Raises: TransactionError."""

    def author_key(self, header: Header) -> bytes | None:
        """The sr25519 key whose turn the header's slot is, asked of the parent's state; None if nobody's."""

    def invariants(self) -> None:
        """Check what must hold after every block. Raises: BrokenInvariant that names itself."""


class TransitionFactory(Protocol):
    """Makes the runtime that a state asks for."""

    def __call__(self, state: State) -> Transition:
        """The runtime of the state's `:code` over the state. Raises: InvalidBlock where this node has no such one."""
