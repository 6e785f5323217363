"""A block built call by call, each call's outcome known before the next: what scenarios and tests make blocks with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from chain.errors import DispatchError
from chain.scale.compact import decode_compact
from chain.types import H256, AccountId
from node.dev.accounts import unsigned_by
from node.node import Node
from node.values.given import call_of, split_name
from runtime.frame.call import RuntimeCall
from runtime.frame.pallet import Event
from runtime.pallets.system import EVENTS_KEY, EventRecord
from runtime.pallets.transaction_payment import TransactionPayment
from runtime.taonet import Taonet


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a call: in which block it is, at which place, its events, its fee in rao, why it failed."""

    index: int
    events: tuple[Event, ...]
    error: DispatchError | None
    fee: int

    def find(self, name: str) -> Event:
        """The first event with this name. Raises: LookupError that says which there are."""
        for event in self.events:
            if type(event).__name__ == name:
                return event
        raise LookupError(f"no event {name}; there are {', '.join(type(e).__name__ for e in self.events) or 'none'}")


class BlockBuilder:
    """The next block of a node. Nothing of it is kept before `seal`."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.receipts: list[Receipt] = []
        self._began = time.monotonic()
        self._draft = node.author.begin(node.chain.best.hash)
        self._record = self.runtime.construct.codecs.of(EventRecord)
        self._told = 0
        """How many bytes of the block's events were read."""
        self._new_events()

    @property
    def runtime(self) -> Taonet:
        """The runtime in the middle of the block."""
        return self._draft.runtime

    def call(self, name: str, arguments: dict[str, Any]) -> RuntimeCall:
        """The call `Pallet.name`. Raises: ValueFault."""
        return call_of(self.runtime.construct.call, *split_name(name), arguments)

    def sudo(self, call: RuntimeCall) -> tuple[AccountId, RuntimeCall]:
        """The sudo key, and the call as it makes it. Raises: LookupError on a chain without that key."""
        key = self.runtime.sudo.Key
        if key is None:
            raise LookupError("this chain has no sudo key")
        return key, call_of(self.runtime.construct.call, "Sudo", "sudo", {"call": call})

    def add(self, who: AccountId, call: RuntimeCall, tip: int = 0) -> Receipt:
        """Make a call as an account, without its key. Raises: TransactionError for one that may not be included."""
        return self.add_raw(unsigned_by(self.runtime, who, call, tip=tip))

    def add_raw(self, extrinsic: bytes) -> Receipt:
        """Apply an extrinsic. Raises: TransactionError for one that may not be included."""
        runtime = self.runtime
        error = runtime.apply_extrinsic(extrinsic).error
        self._draft.body.append(extrinsic)
        events = self._new_events()
        error = error or _error_within(events)
        receipt = Receipt(len(self._draft.body) - 1, events, error, _fee_of(events))
        self.receipts.append(receipt)
        return receipt

    def _new_events(self) -> tuple[Event, ...]:
        raw = self.runtime.state.get(EVENTS_KEY) or b"\0"
        start = decode_compact(raw, 0)[1]
        at, found = start + self._told, []
        while at < len(raw):
            record, at = self._record.decode(raw, at)
            found.append(record.event)
        self._told = at - start
        return tuple(found)

    def seal(self) -> H256:
        """Make the block; its hash. Raises: InvalidBlock."""
        return self.node.author.finish(self._draft, self._began)


def _error_within(events: tuple[Event, ...]) -> DispatchError | None:
    """Why a call within the call failed: of sudo, which itself succeeds whatever becomes of what it makes."""
    for event in events:
        result = getattr(event, "sudo_result", None)
        if result is not None and isinstance(getattr(result, "error", None), DispatchError):
            found: DispatchError = result.error
            return found
    return None


def _fee_of(events: tuple[Event, ...]) -> int:
    paid = TransactionPayment.TransactionFeePaid
    return next((int(event.actual_fee) for event in events if isinstance(event, paid)), 0)
