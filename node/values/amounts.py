"""Amounts as people write them: `5 TAO`, `0.000000001 TAO`, `12 rao`, `3 alpha@1`. All are whole numbers of rao."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from node.values.names import ValueFault, nearest
from runtime.units import RAO_PER_TAO

UNITS = ("TAO", "rao", "alpha")
COMMAS = re.compile(r"\d{1,3}(,\d{3})*(\.\d+)?")
"""Commas as they part thousands: `1,000.5`."""
AMOUNT = re.compile(r"^\s*(?P<number>[^\sA-Za-z@]+)\s*(?P<unit>[A-Za-z]+)(?:@(?P<netuid>\S+))?\s*$")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount: rao of TAO, or rao of the alpha of a subnet."""

    rao: int
    unit: str
    """TAO, rao or alpha."""
    netuid: int | None = None


def parse_amount(text: str) -> Amount | None:
    """An amount with its unit; None for what does not look like one.

    Raises: ValueFault for an unknown unit, misplaced commas, more than nine decimals, less than nothing, alpha without
    a subnet.
    """
    found = AMOUNT.match(text)
    if found is None:
        return None
    if "," in found["number"] and not COMMAS.fullmatch(found["number"]):
        raise ValueFault(f"{text!r}: a comma parts thousands, a point the decimals: write 1,000.5")
    try:
        number = Decimal(found["number"].replace(",", "").replace("_", ""))
    except InvalidOperation:
        return None
    unit = next((known for known in UNITS if known.lower() == found["unit"].lower()), None)
    if unit is None:
        raise ValueFault(f"{text!r}: no unit {found['unit']}, write 5 TAO or 3 alpha@1{nearest(found['unit'], UNITS)}")
    if not number.is_finite() or number < 0:
        raise ValueFault(f"{text!r}: an amount is not less than nothing")
    rao = number if unit == "rao" else number * RAO_PER_TAO
    if rao != rao.to_integral_value():
        least = "a rao is whole" if unit == "rao" else f"a rao is 0.000000001 {unit}"
        raise ValueFault(f"{text!r} is no whole number of rao: {least}")
    return Amount(int(rao), unit, _netuid(text, unit, found["netuid"]))


def _netuid(text: str, unit: str, netuid: str | None) -> int | None:
    if unit != "alpha":
        if netuid is not None:
            raise ValueFault(f"{text!r}: {unit} is of no subnet")
        return None
    if netuid is None or not netuid.isdecimal():
        raise ValueFault(f"{text!r}: alpha is of a subnet: write 3 alpha@1")
    return int(netuid)


def fit_amount(amount: Amount, type_name: str, netuids: Collection[int], where: str) -> int:
    """The rao that an argument of a type is given; `netuids` are the subnets that the call names.

    Raises: ValueFault where the argument is no amount, or one of something else.
    """
    if "AlphaBalance" in type_name:
        wanted = f"alpha: write 3 alpha@{next(iter(netuids), 1)}"
    elif "TaoBalance" in type_name:
        wanted = "TAO: write 5 TAO"
    elif type_name == "u64":
        wanted = ""
    else:
        raise ValueFault(f"{where} is a {type_name}, not an amount")
    if wanted and amount.unit != "rao" and not wanted.startswith(amount.unit):
        raise ValueFault(f"{where} is an amount of {wanted}")
    if amount.netuid is not None and netuids and amount.netuid not in netuids:
        raise ValueFault(f"{where}: alpha of subnet {amount.netuid}, but the call is about subnet {min(netuids)}")
    return amount.rao


def read_tao(value: int | str, where: str) -> int:
    """The rao of an amount of TAO: rao as they are, or a text such as `5 TAO`. Raises: ValueFault."""
    if isinstance(value, int):
        return value
    amount = parse_amount(value)
    if amount is not None:
        return fit_amount(amount, "TaoBalance", (), where)
    if not value.isdecimal():
        raise ValueFault(f"{where}: {value!r} is no amount; write 5 TAO")
    return int(value)


def show_tao(rao: int) -> str:
    """An amount in TAO, with as many decimals as needed."""
    whole, rest = divmod(abs(rao), RAO_PER_TAO)
    return f"{'-' if rao < 0 else ''}{whole:,}" + (f".{rest:09d}".rstrip("0") if rest else "")
