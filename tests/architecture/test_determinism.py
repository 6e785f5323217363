"""Nothing in `runtime/` may differ between machines: no float, no true division, no set order, no hash, no clock."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "runtime"
FILES = sorted(RUNTIME.rglob("*.py"))
MODULES = {
    "asyncio",
    "concurrent",
    "datetime",
    "decimal",
    "locale",
    "multiprocessing",
    "os",
    "pathlib",
    "platform",
    "random",
    "secrets",
    "socket",
    "statistics",
    "tempfile",
    "threading",
    "time",
    "uuid",
}
"""Modules whose answers depend on the machine, the moment or floats."""
EXACT = {"isqrt", "gcd", "lcm", "comb", "prod"}
"""What the module math has for integers."""
CALLS = {"hash", "id", "float", "complex", "round", "open", "input", "globals", "locals"}
SETS = {"set", "frozenset"}
ORDERED = {"list", "tuple", "iter", "enumerate", "zip", "map", "filter", "next", "dict", "reversed"}
"""Functions whose result depends on the order of what they are given."""

Finding = Iterator[tuple[int, str]]


def floats(tree: ast.AST) -> Finding:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield node.lineno, f"the number {node.value!r}"


def divisions(tree: ast.AST) -> Finding:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield node.lineno, "a true division"


def imports(tree: ast.AST) -> Finding:
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            if node.module == "math":
                yield from ((node.lineno, f"math.{a.name}") for a in node.names if a.name not in EXACT)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math":
            yield from [] if node.attr in EXACT else [(node.lineno, f"math.{node.attr}")]
        yield from ((node.lineno, f"import {n}") for n in names if n.partition(".")[0] in MODULES)  # type: ignore[attr-defined]


def calls(tree: ast.AST) -> Finding:
    """Banned functions; `hash` may be used by `__hash__`, whose value never gets into the state."""
    exempt = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__hash__"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and id(node) not in exempt:
            yield from [(node.lineno, f"a call of {node.func.id}")] if node.func.id in CALLS else []


def is_set(node: ast.expr) -> bool:
    """Whether an expression is a set, as far as its form tells."""
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in SETS
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"union", "intersection", "difference", "symmetric_difference"}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub | ast.BitXor):
        return any(is_set(side) or _is_view(side) for side in (node.left, node.right))
    return False


def _is_view(node: ast.expr) -> bool:
    """Whether an expression is what a dict gives of its keys; two of them make a set."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"keys", "items"}


def set_orders(tree: ast.AST) -> Finding:
    for node in ast.walk(tree):
        walked: list[ast.expr] = []
        if isinstance(node, ast.For | ast.comprehension):
            walked = [node.iter]
        elif isinstance(node, ast.Starred):
            walked = [node.value]
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            walked = node.args if name in ORDERED | {"join", "pop"} else []
        yield from ((w.lineno, "the order of a set") for w in walked if is_set(w))


CHECKS: dict[str, Callable[[ast.AST], Finding]] = {
    "floats": floats,
    "true divisions": divisions,
    "modules of the machine": imports,
    "functions of the machine": calls,
    "the order of sets": set_orders,
}


@pytest.mark.parametrize("name", CHECKS)
def test_the_runtime_is_free_of(name: str) -> None:
    found = [
        f"{path.relative_to(RUNTIME.parent)}:{line}: {what}"
        for path in FILES
        for line, what in CHECKS[name](ast.parse(path.read_text()))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("floats", "x = 1.0"),
        ("floats", "x = 1e9"),
        ("floats", "x = 2j"),
        ("true divisions", "x = a / b"),
        ("true divisions", "x /= 2"),
        ("modules of the machine", "import time"),
        ("modules of the machine", "def f():\n    from os import environ"),
        ("modules of the machine", "import os.path as p"),
        ("modules of the machine", "import math\nx = math.sqrt(2)"),
        ("modules of the machine", "from math import log"),
        ("functions of the machine", "x = hash(y)"),
        ("functions of the machine", "x = sorted(y, key=lambda z: id(z))"),
        ("functions of the machine", "x = float(y)"),
        ("the order of sets", "for x in {1, 2}: pass"),
        ("the order of sets", "y = [x for x in set(z)]"),
        ("the order of sets", "y = tuple(frozenset(z) - {1})"),
        ("the order of sets", "y = b''.join({x for x in z})"),
        ("the order of sets", "y = (*{1, 2}, 3)"),
        ("the order of sets", "y = list(a.union(b))"),
        ("the order of sets", "for x in a.keys() | b.keys(): pass"),
    ],
)
def test_the_checks_find_what_they_look_for(name: str, source: str) -> None:
    assert list(CHECKS[name](ast.parse(source)))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("floats", "x = 10**9"),
        ("true divisions", "x = a // b"),
        ("modules of the machine", "import math\nx = math.isqrt(2)"),
        ("functions of the machine", "class A:\n    def __hash__(self):\n        return hash(self.x)"),
        ("the order of sets", "for x in sorted({1, 2}): pass"),
        ("the order of sets", "for x in sorted(a.keys() | b.keys()): pass"),
        ("the order of sets", "for x in a.keys(): pass"),
        ("the order of sets", "x = len(set(y))"),
        ("the order of sets", "x = 1 in {1, 2}"),
        ("the order of sets", "x = {y for y in z}"),
    ],
)
def test_the_checks_let_pass_what_is_harmless(name: str, source: str) -> None:
    assert not list(CHECKS[name](ast.parse(source)))
