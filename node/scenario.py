"""Scenarios: chains with a history, as data. A scenario is a chain spec and the calls that are made before it begins.

    {"chain": "localnet", "preset": "fast", "constants": {}, "balances": [["//Owner", 5000000000000]],
     "steps": [{"as": "//Owner", "call": "SubtensorModule.register_network", "args": {"hotkey": "//Owner_hk"}},
               {"sudo": "AdminUtils.sudo_set_tempo", "args": {"netuid": 2, "tempo": 20}},
               {"for": "n", "in": [0, 16], "steps": [...]}, {"blocks": 5}, {"epochs": 2, "netuid": 2}]}

Calls are made without keys, in blocks whose times do not depend on the clock: a scenario is the same chain each time,
down to its state root. docs/scenarios.md tells how to write one.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import genesis
from chain.errors import ChainError, InvalidTransaction
from chain.impersonation import impersonation
from chain.overrides import DEV_KEY
from node.chain_spec import ChainSpec, parse
from node.clock import StoppedClock
from node.dev.building import BlockBuilder
from node.dev.time import advance_epoch, make_blocks
from node.node import Node
from node.values.given import account_of
from node.values.names import ValueFault, nearest
from node.values.shown import error_doc

logger = logging.getLogger("substrate")

FIELDS = ("_why", "chain", "preset", "constants", "balances", "steps")
KINDS = {
    "call": {"as", "args"},
    "sudo": {"args"},
    "blocks": set[str](),
    "epochs": {"netuid"},
    "for": {"in", "steps"},
}
"""The kinds of step, each with the fields that go with it."""
PLAYED = DEV_KEY + b":scenario"
"""Where a chain notes which scenario was played on it, to the end."""
START_MS = 1_767_225_600_000
"""When a scenario begins: at the beginning of 2026."""
DEFAULT = "localnet"
HOLE = re.compile(r"\{(\w+)\}")


class ScenarioError(ChainError):
    """A scenario that cannot be played; the message names it and the step."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A chain spec, and the steps that are made before the chain is anybody's."""

    name: str
    spec: ChainSpec
    steps: tuple[Mapping[str, Any], ...] = ()
    keyless: bool = False
    """Whether everybody may go on acting without a key afterwards."""


def load_scenario(
    name: str, *, preset: str | None = None, constants: Mapping[str, int] | None = None, where: Path | None = None
) -> Scenario:
    """One of the program's own scenarios, or a file. Raises: ScenarioError, ChainSpecError."""
    known = genesis.scenarios()
    if name in known:
        text = genesis.load(name)
    else:
        path = (where or Path()) / name
        if not path.exists():
            raise ScenarioError(f"no scenario {name}{nearest(name, known)}; there are {', '.join(known)}, or a file")
        try:
            text = path.read_text(errors="replace")
        except OSError as error:
            raise ScenarioError(f"scenario {name}: cannot be read: {error.strerror}") from None
    try:
        body: Any = json.loads(text)
    except ValueError as error:
        raise ScenarioError(f"scenario {name}: not JSON: {error}") from None
    if not isinstance(body, dict):
        raise ScenarioError(f"scenario {name}: not an object")
    if "genesis" in body:
        return Scenario(name, parse(text, name, preset=preset, constants=constants))
    unknown = [field for field in body if field not in FIELDS]
    if unknown:
        raise ScenarioError(f"scenario {name}: unknown field {unknown[0]!r}{nearest(unknown[0], FIELDS)}")
    spec = _spec_of(name, body, preset, constants or {})
    steps = body.get("steps", [])
    _check_steps(name, steps, "steps")
    return Scenario(name, replace(spec, impersonation=bool(steps)), tuple(steps))


def _spec_of(name: str, body: dict[str, Any], preset: str | None, constants: Mapping[str, int]) -> ChainSpec:
    base = body.get("chain", DEFAULT)
    if base not in genesis.specs():
        raise ScenarioError(f"scenario {name}: no chain {base!r}{nearest(str(base), genesis.specs())}")
    chain = json.loads(genesis.load(base))
    chain["id"] = Path(name).stem
    chain["name"] = f"taonet {Path(name).stem}"
    own = body.get("constants", {})
    balances = body.get("balances", [])
    if not isinstance(own, dict) or not isinstance(balances, list):
        raise ScenarioError(f"scenario {name}: constants are an object, balances a list of [address, rao]")
    own = {constant: value for constant, value in own.items() if constant != "_why"}
    if "preset" in body:
        chain["genesis"]["preset"] = body["preset"]
    given = {str(row[0]) for row in balances if isinstance(row, list) and row}
    rows = chain["genesis"]["patch"]["balances"]["balances"]
    chain["genesis"]["patch"]["balances"]["balances"] = [row for row in rows if row[0] not in given] + balances
    return parse(json.dumps(chain), f"of scenario {name}", preset=preset, constants={**own, **constants})


def _check_steps(name: str, steps: Any, where: str) -> None:
    if not isinstance(steps, list):
        raise ScenarioError(f"scenario {name}: {where} is not a list")
    for number, step in enumerate(steps):
        place = f"{where}[{number}]"
        kinds = [kind for kind in KINDS if isinstance(step, dict) and kind in step]
        if len(kinds) != 1:
            raise ScenarioError(f"scenario {name}: {place} is none of {', '.join(KINDS)}")
        [kind] = kinds
        known = {kind, "_why", *KINDS[kind]}
        unknown = [field for field in step if field not in known]
        if unknown:
            raise ScenarioError(f"scenario {name}: {place}: unknown field {unknown[0]!r}{nearest(unknown[0], known)}")
        missing = sorted(KINDS[kind] - {"args"} - set(step))
        if missing:
            raise ScenarioError(f"scenario {name}: {place}: field {missing[0]!r} is missing")
        if kind == "for":
            _check_steps(name, step["steps"], f"{place}.steps")


def play(node: Node, scenario: Scenario) -> None:
    """Make the blocks of a scenario on a node of its chain. Raises: ScenarioError that names the step."""
    if not scenario.steps:
        return
    author = node.author
    clock, author.clock = author.clock, StoppedClock(shown_ms=START_MS)
    shield, author.shield = author.shield, None
    level, author.log_level = author.log_level, logging.DEBUG
    author.mock_seals = True
    began = time.monotonic()
    try:
        _Player(node, scenario).play()
        ended = {} if scenario.keyless else dict.fromkeys(impersonation(None))
        node.write_storage({**ended, PLAYED: scenario.name.encode()})
    finally:
        author.clock, author.shield, author.log_level = clock, shield, level
        author.mock_seals = False
    took = time.monotonic() - began
    logger.info("🎬 Played scenario %s: %d blocks in %.1f s", scenario.name, node.chain.best.number, took)


def is_unfinished(node: Node) -> bool:
    """Whether the program ended while a scenario was played on this chain."""
    return node.runtime().state.get(PLAYED) is None


class _Player:
    def __init__(self, node: Node, scenario: Scenario) -> None:
        self._node, self._scenario = node, scenario
        self._block: BlockBuilder | None = None

    def play(self) -> None:
        for place, step in _unrolled(self._scenario.steps, "steps"):
            try:
                self._step(step)
            except ScenarioError as error:
                raise ScenarioError(f"scenario {self._scenario.name}: {place}: {error}") from None
            except (ChainError, LookupError) as error:
                raise ScenarioError(f"scenario {self._scenario.name}: {place}: {_named(step)}: {error}") from None
        self._seal()

    def _step(self, step: Mapping[str, Any]) -> None:
        if "blocks" in step:
            self._advance(make_blocks(self._node, self._whole(step, "blocks")))
        elif "epochs" in step:
            self._advance(advance_epoch(self._node, self._whole(step, "netuid"), self._whole(step, "epochs")))
        else:
            self._call(step)

    def _advance(self, blocks: Iterator[bytes]) -> None:
        self._seal()
        for _ in blocks:
            pass

    @staticmethod
    def _whole(step: Mapping[str, Any], field: str) -> int:
        if type(step[field]) is not int or step[field] < 0:
            raise ScenarioError(f"{field}: {step[field]!r} is not a whole number")
        return int(step[field])

    def _call(self, step: Mapping[str, Any]) -> None:
        if self._block is None:
            self._block = BlockBuilder(self._node)
        call = self._block.call(step.get("call") or step["sudo"], _with_ranges(step.get("args", {})))
        who = None if "sudo" in step else account_of(step["as"], "as")
        try:
            self._add(who, call)
        except InvalidTransaction as error:
            if error != InvalidTransaction("ExhaustsResources") or not self._block.receipts:
                raise
            self._seal()
            self._block = BlockBuilder(self._node)
            self._add(who, call)

    def _add(self, who: Any, call: Any) -> None:
        assert self._block is not None
        sender, made = self._block.sudo(call) if who is None else (who, call)
        error = self._block.add(sender, made).error
        if error is not None:
            raise ScenarioError(f"{call.bound.pallet}.{call.bound.name}: {error}: {error_doc(error)}")

    def _seal(self) -> None:
        if self._block is not None:
            self._block.seal()
            self._block = None


def _named(step: Mapping[str, Any]) -> str:
    return str(step.get("call") or step.get("sudo") or next(iter(step)))


def _unrolled(steps: Sequence[Mapping[str, Any]], where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The steps with their places, loops written out and their variables filled in."""
    for number, step in enumerate(steps):
        place = f"{where}[{number}]"
        if "for" not in step:
            yield place, step
            continue
        for value in _values(step["in"], place):
            filled = [_fill(inner, str(step["for"]), value) for inner in step["steps"]]
            yield from _unrolled(filled, f"{place}({value}).steps")


def _values(given: Any, place: str) -> Sequence[Any]:
    """What a loop goes over: a list of names, or from a number up to below another."""
    if isinstance(given, list) and len(given) == 2 and all(type(value) is int for value in given):
        return range(given[0], given[1])
    if isinstance(given, list):
        return given
    raise ValueFault(f"{place}: `in` is neither a list of names nor [first, end]")


def _with_ranges(value: Any) -> Any:
    """Arguments with `{"$range": [first, end]}` written out as the whole numbers from first up to below end."""
    if isinstance(value, dict):
        if set(value) == {"$range"}:
            return list(_values(value["$range"], "$range"))
        return {key: _with_ranges(inner) for key, inner in value.items()}
    return [_with_ranges(inner) for inner in value] if isinstance(value, list) else value


def _fill(value: Any, name: str, with_: Any) -> Any:
    """A step with `{name}` replaced; a text that is nothing else becomes the value itself."""
    if isinstance(value, dict):
        return {key: _fill(inner, name, with_) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, name, with_) for inner in value]
    if isinstance(value, str):
        if value == f"{{{name}}}":
            return with_
        return HOLE.sub(lambda found: str(with_) if found[1] == name else found[0], value)
    return value
