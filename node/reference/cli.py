"""The page of the commands: docs/reference/cli.md."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from typer.models import ArgumentInfo, OptionInfo, ParamMeta
from typer.utils import get_params_from_function

from node.cli import app

INTRODUCTION = """\
# Commands

Made of the code in `node/commands` by `make docs`. `taonet COMMAND --help` tells the same of a command.
"""

WORDS = {str: "text", Path: "path", int: "whole number"}


def page() -> str:
    """The whole page, as Markdown."""
    commands = (command.callback for command in app.registered_commands)
    return "\n".join([INTRODUCTION, *(_command(function) for function in commands if function is not None)])


def _command(function: Callable[..., Any]) -> str:
    name = function.__name__.replace("_", "-")
    declared = list(get_params_from_function(function).values())
    arguments = [each for each in declared if isinstance(each.default, ArgumentInfo)]
    options = [each for each in declared if isinstance(each.default, OptionInfo)]
    usage = " ".join(["taonet", name, *(["[OPTIONS]"] if options else []), *map(_usage, arguments)])
    lines = [f"## `taonet {name}`\n", f"{inspect.getdoc(function)}\n", f"```text\n{usage}\n```\n"]
    lines += [_argument(each) for each in arguments] + [""] * bool(arguments)
    if options:
        lines += ["| option | takes | default | what it is |", "|---|---|---|---|", *map(_option, options), ""]
    return "\n".join(lines)


def _shown(argument: ParamMeta) -> str:
    return str(argument.default.metavar or argument.name.upper()).strip(".[]")


def _is_many(parameter: ParamMeta) -> bool:
    return list in {get_origin(each) for each in _members(parameter)}


def _usage(argument: ParamMeta) -> str:
    shown = _shown(argument)
    if argument.default.default is not ...:
        shown = f"[{shown}]"
    return f"{shown}..." if _is_many(argument) else shown


def _argument(argument: ParamMeta) -> str:
    default = _default(argument)
    without = f" Without it {default}." if default else ""
    return f"- `{_shown(argument)}`: {argument.default.help}{without}"


def _option(option: ParamMeta) -> str:
    names = ", ".join(f"`{name}`" for name in option.default.param_decls)
    variable = f" Environment variable: `{option.default.envvar}`." if option.default.envvar else ""
    cells = (names, _takes(option), _default(option), f"{option.default.help}{variable}")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _takes(option: ParamMeta) -> str:
    hint = next(each for each in _members(option) if each is not NoneType)
    if hint is bool:
        return ""
    words = WORDS[get_args(hint)[0] if _is_many(option) else hint]
    if option.default.metavar:
        words = f"`{option.default.metavar}`"
    return f"{words}{_bounds(option.default)}{', several times too' if _is_many(option) else ''}"


def _bounds(option: OptionInfo) -> str:
    if option.min is None:
        return ""
    return f" from {option.min:g}" if option.max is None else f" from {option.min:g} to {option.max:g}"


def _default(parameter: ParamMeta) -> str:
    default = parameter.default.default
    return "" if default in (None, False, ...) else f"`{default}`"


def _members(parameter: ParamMeta) -> Iterator[Any]:
    """The members of the hint if it is a union, else the hint."""
    hint = parameter.annotation
    members = get_args(hint)
    return iter(members if NoneType in members else (hint,))
