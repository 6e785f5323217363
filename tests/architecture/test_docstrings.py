"""The docstring of a call says which events and errors it has, and its body has them.

What is listed has to be reachable from the body through methods of the same pallet, of the pallets that it knows, or
functions of its module. What the body or a private method that it calls deposits or raises has to be listed. What lies
behind a public method, such as the dust of a transfer, may be left out; so may errors that the body catches.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from runtime.frame.construct import construct_of
from runtime.frame.pallet import Pallet
from runtime.taonet import Taonet

CONSTRUCT = construct_of(Taonet)
OF_FRAME = {
    "BadOrigin",
    "CannotLookup",
    "TokenError",
    "ArithmeticFault",
    "ConsumerRemaining",
    "NoProviders",
    "TooManyConsumers",
}
"""Errors that belong to no pallet; a docstring may name them."""


@dataclass
class Effects:
    """Names of events and errors."""

    events: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)

    def __ior__(self, other: Effects) -> Effects:
        self.events |= other.events
        self.errors |= other.errors
        return self


def wire_members(pallet: type[Pallet]) -> Effects:
    """The events and errors of the wire pallet that a section belongs to."""
    wire = next(w for w in CONSTRUCT.wire if pallet in w.sections)
    return Effects({n for s in wire.sections for n in s.events}, {n for s in wire.sections for n in s.errors})


def every_member() -> Effects:
    found = Effects()
    for section in CONSTRUCT.order:
        found |= Effects(set(section.events), set(section.errors))
    return found


SECTIONS = {s.__name__: Effects(set(s.events), set(s.errors)) for s in CONSTRUCT.order}
"""What each section declares; an event and an error may share a name."""
CATCHING = {"PalletError", "ModuleError", "DispatchError", "ChainError", "Exception"}


@cache
def parsed(function: Any) -> ast.FunctionDef | None:
    function = inspect.unwrap(getattr(function, "__func__", function))
    if not inspect.isfunction(function):
        return None
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    return node if isinstance(node, ast.FunctionDef) else None


def attribute_chain(node: ast.expr) -> list[str]:
    """`self.balances.transfer` as its names; nothing for another expression."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else []


def aliases_of(tree: ast.AST) -> dict[str, list[str]]:
    """Local names that stand for something of the pallet: `pools = self.pools`."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target, value = node.targets[0], node.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            pairs = list(zip(target.elts, value.elts, strict=True))
        for name, meaning in pairs:
            names = attribute_chain(meaning)
            if isinstance(name, ast.Name) and names[:1] == ["self"]:
                found[name.id] = names
    return found


def caught_in(tree: ast.AST) -> set[int]:
    """The nodes whose errors do not get out."""
    return {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        and any(
            handler.type is None or CATCHING & {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
            for handler in node.handlers
        )
        for statement in node.body
        for inner in ast.walk(statement)
    }


@dataclass
class Walk:
    """One search for effects; `private_only` follows calls of the pallet's private methods only."""

    private_only: bool
    seen: set[Any] = field(default_factory=set)
    known: Effects = field(default_factory=every_member)

    def of(self, pallet: type[Pallet], function: Any) -> Effects:
        """What a method or a function of the pallet's module deposits and raises."""
        tree, found = parsed(function), Effects()
        if tree is None or (pallet, tree) in self.seen:
            return found
        self.seen.add((pallet, tree))
        aliases, caught = aliases_of(tree), caught_in(tree)
        for node in ast.walk(tree):
            inner = Effects()
            if isinstance(node, ast.Attribute):
                inner |= self._named(pallet, self._resolve(attribute_chain(node), aliases))
            elif isinstance(node, ast.Call):
                inner |= self._called(pallet, self._resolve(attribute_chain(node.func), aliases))
            found |= Effects(inner.events, set() if id(node) in caught else inner.errors)
        return found

    @staticmethod
    def _resolve(names: list[str], aliases: dict[str, list[str]]) -> list[str]:
        return [*aliases.get(names[0], names[:1]), *names[1:]] if names else []

    def _named(self, pallet: type[Pallet], names: list[str]) -> Effects:
        """The event or error that an attribute is: `self.Transfer`, `Errors.AmountTooLow`."""
        if not names or (names[0] != "self" and names[0] not in SECTIONS):
            return Effects()
        if len(names) == 2 and names[0] == "self" and names[1] in pallet.storage:
            return Effects()
        last, known = {names[-1]}, SECTIONS.get(names[0], self.known)
        return Effects(last & known.events, last & known.errors)

    def _called(self, pallet: type[Pallet], names: list[str]) -> Effects:
        if len(names) == 2 and names[0] == "self":
            if self.private_only and not names[1].startswith("_"):
                return Effects()
            return self.of(pallet, inspect.getattr_static(pallet, names[1], None))
        if self.private_only:
            return Effects()
        if len(names) == 1:
            return self.of(pallet, vars(sys.modules[pallet.__module__]).get(names[0]))
        if len(names) >= 3 and names[0] == "self":
            for name in names[1:-1]:
                other = CONSTRUCT.wiring[pallet].get(name)
                if other is None:
                    return Effects()
                pallet = other
            return self.of(pallet, inspect.getattr_static(pallet, names[-1], None))
        return Effects()


def listed(docs: str, title: str) -> set[str]:
    """The names in a section of a docstring."""
    sections = re.split(r"(?:^|\s)(Origin|Emits|Raises|Source|Units|Shape|Invariant):", docs)
    text = " ".join(sections[n + 1] for n in range(1, len(sections), 2) if sections[n] == title)
    return set(re.findall(r"\b[A-Z][A-Za-z0-9]+(?:_)?\b", text.split(". ")[0]))


def calls() -> list[Any]:
    found = []
    for section in CONSTRUCT.order:
        for definition in section.calls.values():
            wire = next(w.name for w in CONSTRUCT.wire if section in w.sections)
            found.append(pytest.param(section, definition, id=f"{wire}.{definition.name}"))
    return found


@pytest.mark.parametrize(("pallet", "definition"), calls())
def test_a_call_says_who_may_make_it(pallet: type[Pallet], definition: Any) -> None:
    docs = inspect.getdoc(definition.function) or ""

    assert docs[0].isupper()
    # of a call that always fails nobody needs to know who may make it
    assert "Origin:" in docs or "Raises: Deprecated" in docs


@pytest.mark.parametrize(("pallet", "definition"), calls())
def test_what_a_call_lists_it_may_do(pallet: type[Pallet], definition: Any) -> None:
    docs, known = inspect.getdoc(definition.function) or "", every_member()
    reachable = Walk(private_only=False).of(pallet, definition.function)

    events, errors = listed(docs, "Emits"), listed(docs, "Raises")

    assert events <= known.events, f"no event has the name {events - known.events}"
    assert errors <= known.errors | OF_FRAME, f"no error has the name {errors - known.errors}"
    assert events <= reachable.events, f"{events - reachable.events} are listed and never deposited"
    assert errors - OF_FRAME <= reachable.errors, f"{errors - reachable.errors} are listed and never raised"


@pytest.mark.parametrize(("pallet", "definition"), calls())
def test_what_a_call_does_it_lists(pallet: type[Pallet], definition: Any) -> None:
    docs, own = inspect.getdoc(definition.function) or "", wire_members(pallet)
    done = Walk(private_only=True).of(pallet, definition.function)

    assert done.events & own.events <= listed(docs, "Emits"), "deposits what it does not list"
    assert done.errors & own.errors <= listed(docs, "Raises"), "raises what it does not list"
