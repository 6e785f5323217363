"""Dry runs: what an extrinsic would do in the next block, with nothing kept."""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from chain.errors import DispatchError, TransactionError
from chain.impersonation import impersonation
from chain.types import H256, AccountId
from node.dev.accounts import unsigned_by
from node.node import Node
from node.values.shown import error_doc, error_json, event_json, extrinsic_json
from node.values.storage import entry_of
from runtime.frame.call import RuntimeCall
from runtime.taonet import Taonet

ROOT = Path(__file__).parents[2]
BOOKKEEPING = ("Events", "EventCount", "BlockWeight", "AllExtrinsicsLen", "ExtrinsicCount")
"""What System writes for every extrinsic, and so says nothing of this one."""


@dataclass(frozen=True, slots=True)
class Place:
    """The line of a pallet that raised an error."""

    file: str
    line: int
    function: str
    code: str

    def to_json(self) -> dict[str, Any]:
        return {"file": self.file, "line": self.line, "function": self.function, "code": self.code}


def place_of(error: BaseException) -> Place | None:
    """Where an error was raised: the last line of the runtime on its way, None for one that was never raised."""
    found: Place | None = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        path = Path(code.co_filename)
        if path.is_relative_to(ROOT / "runtime" / "pallets"):
            line = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            found = Place(str(path.relative_to(ROOT)), trace.tb_lineno, code.co_qualname, line)
        trace = trace.tb_next
    return found


def dry_run(node: Node, extrinsic: bytes, at: H256 | None = None) -> dict[str, Any]:
    """What an extrinsic would do in a block after `at`: outcome, fee, events, and the storage that it changes.

    Raises: CannotAuthor, UnknownBlock, StateDiscarded.
    """
    return _run(node.author.begin(at or node.chain.best.hash).runtime, extrinsic)


def dry_run_call(node: Node, who: AccountId, call: RuntimeCall, at: H256 | None = None) -> dict[str, Any]:
    """The same of a call that an account would make, though nobody has signed it."""
    runtime = node.author.begin(at or node.chain.best.hash).runtime
    for key, value in impersonation(who).items():
        runtime.state.set(key, value)
    return _run(runtime, unsigned_by(runtime, who, call))


def _run(runtime: Taonet, extrinsic: bytes) -> dict[str, Any]:
    told, before = len(runtime.system.Events), runtime.state.changes()
    shown: dict[str, Any] = {"extrinsic": extrinsic_json(runtime, extrinsic)}
    try:
        error = runtime.apply_extrinsic(extrinsic).error
    except TransactionError as refused:
        return shown | {"outcome": "refused", "error": _refusal(refused), "fee": 0, "events": [], "storage": {}}
    events = [event_json(runtime, record) for record in runtime.system.Events[told:]]
    paid = next((e["fields"] for e in events if e["name"] == "TransactionFeePaid"), {"actual_fee": 0})
    return shown | {
        "outcome": "success" if error is None else "failed",
        "error": None if error is None else _failure(runtime, error),
        "fee": paid["actual_fee"],
        "events": events,
        "storage": _changes(runtime, before),
    }


def _refusal(error: TransactionError) -> dict[str, Any]:
    cause = error.__context__
    why = error_doc(cause) if isinstance(cause, DispatchError) else ""
    place = place_of(cause) if isinstance(cause, DispatchError) else place_of(error)
    return {"pallet": None, "name": str(error), "doc": why, "raised_at": None if place is None else place.to_json()}


def _failure(runtime: Taonet, error: DispatchError) -> dict[str, Any]:
    place = place_of(error)
    return {**error_json(runtime.construct, error), "raised_at": None if place is None else place.to_json()}


def _changes(runtime: Taonet, before: dict[bytes, bytes | None]) -> dict[str, dict[str, list[Any]]]:
    """What differs, by pallet and item: keys, value before, value after."""
    found: dict[str, dict[str, list[Any]]] = {}
    for key, after in sorted(runtime.state.changes().items()):
        old = before[key] if key in before else runtime.state.original(key)
        entry = entry_of(runtime.construct, key)
        if old == after or entry.pallet is None or (entry.pallet == "System" and entry.item in BOOKKEEPING):
            continue
        assert entry.item is not None
        row = {"key": list(entry.keys), "before": entry.value(old), "after": entry.value(after)}
        found.setdefault(entry.pallet, {}).setdefault(entry.item, []).append(row)
    return found
