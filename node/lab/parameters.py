"""The parameters of an experiment, declared once as the fields of a frozen dataclass.

    @dataclass(frozen=True, slots=True)
    class Settings:
        buy: int = number("10", TAO, "What a purchase spends.", most="21000000")

A number is typed in its shown unit and kept in its exact one, so `buy` is 10^10 rao.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from node.lab.columns import TEXT, Column, Unit, Value
from node.lab.errors import LabError

S = TypeVar("S")
DECIMAL = re.compile(r"([0-9]{1,20})(?:\.([0-9]{1,20}))?")
SUFFIXES = {"rao": "_rao", "rao of alpha": "_rao", "parts of 10^9": "_ppb"}
"""What a column of a varied parameter has behind its name, so that its unit can be seen."""
FIRST_YEAR, LAST_YEAR = 1970, 3000


@dataclass(frozen=True, slots=True)
class Parameter:
    """What may be set, in which unit and within what bounds."""

    name: str
    default: Value
    doc: str
    unit: Unit = TEXT
    least: int = 0
    most: int = 0
    choices: tuple[str, ...] = ()
    """The words that are allowed; none of them for a date."""

    def read(self, text: str) -> Value:
        """The value that was typed. Raises: LabError that names the parameter."""
        if not self.is_text:
            return read_number(self.name, text, self.unit, self.least, self.most)
        if not self.choices:
            return self._read_date(text)
        if text not in self.choices:
            raise LabError(f"{self.name}: {text!r} is none of {', '.join(self.choices)}")
        return text

    def _read_date(self, text: str) -> str:
        try:
            year = datetime.date.fromisoformat(text).year
        except ValueError:
            raise LabError(f"{self.name}: {text!r} is not a date such as 2026-01-31") from None
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise LabError(f"{self.name}: {text!r} is not between the years {FIRST_YEAR} and {LAST_YEAR}")
        return text

    def show(self, value: Value) -> str:
        """A value as it would be typed."""
        if isinstance(value, str):
            return value
        whole, rest = divmod(value, self.unit.per)
        digits = len(str(self.unit.per)) - 1
        return f"{whole}" + (f".{rest:0{digits}d}".rstrip("0") if rest else "")

    @property
    def is_text(self) -> bool:
        """Whether it is a word or a date."""
        return self.unit is TEXT

    @property
    def column(self) -> Column:
        """The column of its values where several runs differ in it."""
        return Column(self.name + SUFFIXES.get(self.unit.name, ""), self.unit, self.doc)


def read_number(name: str, text: str, unit: Unit, least: int, most: int) -> int:
    """A number that was typed in a unit's shown form, as a whole number of its exact one. Raises: LabError"""
    found, digits = DECIMAL.fullmatch(text), len(str(unit.per)) - 1
    if found is None:
        raise LabError(f"{name}: {text!r} is not a number")
    whole, part = found[1], (found[2] or "").rstrip("0")
    if len(part) > digits:
        wanted = f"has more than {digits} decimals" if digits else "is not a whole number"
        raise LabError(f"{name}: {text!r} {wanted}")
    value = int(whole + part.ljust(digits, "0"))
    if not least <= value <= most:
        low, high = Parameter(name, 0, "", unit).show(least), Parameter(name, 0, "", unit).show(most)
        raise LabError(f"{name}: {text} is not between {low} and {high}" + (f" {unit.shown}" if unit.shown else ""))
    return value


# -- declaring


def number(default: str, unit: Unit, doc: str, *, least: str = "0", most: str) -> Any:
    """A field that is a number; default and bounds are typed as people would."""
    low, high = (read_number("", text, unit, 0, 10**30) for text in (least, most))
    value = read_number(doc, default, unit, low, high)
    return field(default=value, metadata={"parameter": Parameter("", value, doc, unit, low, high)})


def choice(default: str, doc: str, choices: Sequence[str]) -> Any:
    """A field that is one of some words."""
    return field(default=default, metadata={"parameter": Parameter("", default, doc, choices=tuple(choices))})


def date(default: str, doc: str) -> Any:
    """A field that is a date, as in 2026-01-31."""
    return field(default=default, metadata={"parameter": Parameter("", default, doc)})


def parameters_of(settings: Any) -> dict[str, Parameter]:
    """The parameters that a dataclass declares, by name."""
    found = {}
    for item in fields(settings):
        given: Parameter = item.metadata["parameter"]
        found[item.name] = Parameter(
            item.name, given.default, given.doc, given.unit, given.least, given.most, given.choices
        )
    return found


def values_of(settings: Any) -> Mapping[str, Value]:
    """Each parameter's value in some settings."""
    return {name: getattr(settings, name) for name in parameters_of(settings)}
