"""What the numbers of the lab are: units, columns of rows, and figures that sum a run up.

Every number is a whole one in its exact unit; the shown unit is for readers only.
"""

from __future__ import annotations

from dataclasses import dataclass

Value = int | str
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """What a whole number counts, and how people read it."""

    name: str
    """What one is."""
    shown: str
    """What people see."""
    per: int = 1
    """How many make one that is shown: a power of ten where people type it."""
    decimals: int = 0
    """How many decimals a table shows."""

    def show(self, value: Value) -> str:
        """A value for tables, rounded toward zero; text stays as it is."""
        if isinstance(value, str):
            return value
        scaled = abs(value) * 10**self.decimals // self.per
        whole, rest = divmod(scaled, 10**self.decimals)
        sign = "-" if value < 0 and scaled else ""
        return f"{sign}{whole:,}" + (f".{rest:0{self.decimals}d}" if self.decimals else "")

    def scale(self, value: Value) -> float:
        """A value for charts, in the shown unit."""
        return int(value) / self.per


TEXT = Unit("", "")
NUMBER = Unit("", "")
BLOCK = Unit("block", "")
BLOCKS = Unit("blocks", "blocks")
EPOCH = Unit("epoch", "")
EPOCHS = Unit("epochs", "epochs")
TAO = Unit("rao", "TAO", 10**9, 3)
ALPHA = Unit("rao of alpha", "alpha", 10**9, 3)
PRICE = Unit("rao per alpha", "TAO per alpha", 10**9, 6)
PART = Unit("parts of 10^9", "", 10**9, 6)
SHARE = Unit("parts of 65,535", "", 65_535, 4)
U16 = Unit("parts of 65,535", "parts of 65,535")
MILLIONTHS = Unit("parts of 10^6", "parts of 10^6")
PRICE_BITS = Unit("2^-64 TAO per alpha", "TAO per alpha", 1 << 64, 9)
AVERAGE_BITS = Unit("2^-32 TAO per alpha", "TAO per alpha", 1 << 32, 9)
WEIGHT = Unit("parts of 10^18", "", 10**18, 6)


def label_of(name: str) -> str:
    """The name of an exact number without its unit, which readers see in another one."""
    return name.removesuffix("_rao").removesuffix("_ppb").removesuffix("_bits").replace("_", " ")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an experiment's rows."""

    name: str
    unit: Unit
    doc: str
    is_wide: bool = False
    """Whether its whole numbers may pass 64 bits."""
    in_table: bool = True
    """Whether the table on the terminal has room for it."""

    @property
    def label(self) -> str:
        """The name for readers."""
        return label_of(self.name)

    @property
    def is_text(self) -> bool:
        """Whether it holds words or dates."""
        return self.unit is TEXT


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that sums a run up."""

    name: str
    value: Value
    unit: Unit

    @property
    def label(self) -> str:
        """The name for readers."""
        return label_of(self.name)

    @property
    def heading(self) -> str:
        """The name and the unit for readers, above numbers without one."""
        return f"{self.label}, {self.unit.shown}" if self.unit.shown else self.label

    @property
    def number(self) -> str:
        """The value for readers."""
        return self.unit.show(self.value)

    @property
    def shown(self) -> str:
        """The value and its unit for readers."""
        return f"{self.number} {self.unit.shown}".rstrip()
