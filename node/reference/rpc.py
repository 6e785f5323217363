"""The page of the JSON-RPC methods: docs/reference/rpc.md."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator
from itertools import groupby

from node.reference.types import in_words, is_telling
from node.rpc import methods as registry
from node.rpc.methods import Method, Methods
from node.rpc.parameters import Parameter, hints_of
from node.service import NAMESPACES
from runtime.frame.construct import construct_of
from runtime.taonet import Taonet

INTRODUCTION = """\
# JSON-RPC methods

Made of the code in `node/rpc` by `make docs`. [JSON-RPC](../rpc.md) tells what holds for all: limits, errors, how bytes
are written.

Parameters go into an array in this order, or into an object by name; each name is known in camelCase too. An optional
one may be left out or null. "0x bytes" are text, "0x" and hexadecimal digits, and a "0x hash" is 32 bytes. Methods "on
this machine only" answer no caller from elsewhere.
"""

PREFIX = re.compile(r"`(\w+)_\*`")
"""What the docstring of a namespace says that its methods begin with."""

RUNTIME_APIS = """\
## Runtime APIs

What `state_call`, `chainHead_v1_call` and `archive_v1_call` may name. Arguments and results are in SCALE, of the types
that the metadata tells.

| method | what it does or gives |
|---|---|"""


def page() -> str:
    """The whole page, as Markdown."""
    sections = [INTRODUCTION, *_namespaces(), RUNTIME_APIS]
    return "\n".join(sections) + "\n" + "".join(_runtime_apis())


def _namespaces() -> Iterator[str]:
    every = Methods.of(None, NAMESPACES).all
    for module, methods in groupby(every, key=lambda method: method.function.__module__):
        if module == registry.__name__:
            yield "## rpc\n"
        else:
            docs = _first_paragraph(sys.modules[module].__doc__)
            yield f"## {', '.join(PREFIX.findall(docs))}\n\n{docs}\n"
        yield from (_method(method) for method in methods)


def _first_paragraph(docs: str | None) -> str:
    return inspect.cleandoc(docs or "").partition("\n\n")[0]


def _method(method: Method) -> str:
    docs = inspect.getdoc(method.function) or ""
    facts = [f"- {fact}" for fact in _facts(method)]
    return "\n".join([f"### `{method.name}`\n", docs, *([""] if facts else []), *facts]) + "\n"


def _facts(method: Method) -> Iterator[str]:
    if method.unsafe:
        yield "On this machine only."
    yield from (_parameter(parameter) for parameter in method.parameters.declared)
    hint = hints_of(method.function, ["return"])["return"]
    if is_telling(hint):
        yield f"Gives: {in_words(hint)}."
    if method.notification is not None:
        yield f"Subscription: each notification is `{method.notification}`; {_names(method.unsubscribe)} ends it."
    if method.aliases:
        yield f"Also called {_names(method.aliases)}."


def _parameter(parameter: Parameter) -> str:
    if parameter.is_required:
        return f"`{parameter.name}`: {in_words(parameter.hint)}."
    default = "" if parameter.default is None else f", `{json.dumps(parameter.default)}` without it"
    return f"`{parameter.name}`, optional: {in_words(parameter.hint, is_optional=True)}{default}."


def _names(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _runtime_apis() -> Iterator[str]:
    codecs = construct_of(Taonet).codecs
    for api in Taonet.apis:
        for method in api.methods(codecs):
            docs = _first_paragraph(method.docs).replace("\n", " ")
            yield f"| `{api.__name__}_{method.name}` | {docs} |\n"
