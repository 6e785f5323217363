"""`issuance`: how the chain's curve emits over the years, when it halves, and who gets what.

Between two halvings all blocks are alike, so a span of them is one multiplication. Where a span ends is found by asking
the chain's own rule, and that both ways agree is proved by a test that steps through every block.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from node.lab.columns import BLOCK, BLOCKS, NUMBER, PART, TAO, TEXT, Column, Figure, Row
from node.lab.experiment import BLOCKS_PER_YEAR, SECONDS_PER_BLOCK, Chart, Experiment, Line, Outcome, tick
from node.lab.parameters import date, number
from runtime.fixed import u96f32
from runtime.pallets.emission.issuance import calculate_block_emission, calculate_halvings, calculate_mint
from runtime.pallets.emission.split import Split, calculate_split
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import MAX_SUPPLY, TaoBalance

PARTS = PART.per


@dataclass(frozen=True, slots=True)
class Settings:
    """What the curve begins with."""

    issued: int = number("0", TAO, "What is issued before the first block.", most="20999999.999999999")
    recycled: int = number("0", PART, "The part of each block's emission that is recycled at once.", most="1")
    every: int = number("7200", BLOCKS, "How many blocks there are between two rows.", least="1", most="10000000000")
    start: str = date("2026-01-01", "The day on which the first block is made, at midnight.")


COLUMNS = (
    Column("block", BLOCK, "The block after which this holds."),
    Column("date", TEXT, "When it was made, in UTC, at 12 seconds a block."),
    Column("issuance_rao", TAO, "All that is issued."),
    Column("emission_rao", TAO, "What this block emitted."),
    Column("halvings", NUMBER, "How many halvings are behind the next block."),
    Column("minted_rao", TAO, "What was emitted since the start."),
    Column("recycled_rao", TAO, "What of it was recycled."),
    Column("owner_rao", TAO, "The owner's part of what was emitted, 18 %."),
    Column("miners_rao", TAO, "The miners' part, 41 %."),
    Column("validators_rao", TAO, "The validators' part, 41 %, with that of their stakers."),
)


@dataclass(frozen=True, slots=True)
class Span:
    """Blocks in a row that emit the same."""

    emission: TaoBalance
    recycled: int
    """Of each block's emission, in rao."""
    blocks: int | None
    """None where it never ends."""

    @property
    def split(self) -> Split:
        """Who gets a block's emission; without root's part, which comes out of the validators'."""
        return calculate_split(u96f32.from_int(self.emission), Parameters.InitialSubnetOwnerCut, u96f32.zero)


@dataclass(slots=True)
class Curve:
    """The state of the issuance, stepped by spans."""

    issuance: TaoBalance
    recycled_part: int
    block: int = 0
    minted: int = 0
    recycled: int = 0
    owner: int = 0
    miners: int = 0
    validators: int = 0

    def span(self) -> Span:
        """The blocks from here on that emit what the next one does."""
        issuance = self.issuance
        emission = calculate_mint(calculate_block_emission(issuance), issuance)
        recycled = emission * self.recycled_part // PARTS
        rise = emission - recycled
        if not rise:
            return Span(emission, recycled, None)
        ahead = range(issuance, MAX_SUPPLY + 1)
        changed = bisect_left(ahead, True, key=lambda i: emission_at(TaoBalance(i)) != emission)
        return Span(emission, recycled, -(-changed // rise))

    def advance(self, span: Span, blocks: int) -> None:
        """Go `blocks` of a span ahead."""
        split = span.split
        self.block += blocks
        self.issuance = TaoBalance(self.issuance + blocks * (span.emission - span.recycled))
        self.minted += blocks * span.emission
        self.recycled += blocks * span.recycled
        self.owner += blocks * split.owner
        self.miners += blocks * split.server
        self.validators += blocks * split.validator


def emission_at(issuance: TaoBalance) -> TaoBalance:
    """What a block mints at an issuance, by the chain's rules."""
    return calculate_mint(calculate_block_emission(issuance), issuance)


def simulate(settings: Settings, length: int, seed: int) -> Outcome:
    """Emit for `length` blocks."""
    curve, rows, halvings = Curve(TaoBalance(settings.issued), settings.recycled), [], []
    while curve.block < length:
        span = curve.span()
        end = length if span.blocks is None else min(length, curve.block + span.blocks)
        if curve.block:
            halvings.append(curve.block + 1)
        while curve.block < end:
            stop = min(end, (curve.block // settings.every + 1) * settings.every)
            curve.advance(span, stop - curve.block)
            if stop % settings.every == 0 or stop == length:
                rows.append(make_row(curve, span, settings.start))
        tick(end)
    return Outcome(rows, sum_up(curve, halvings, settings))


def make_row(curve: Curve, span: Span, start: str) -> Row:
    """What holds after the curve's block."""
    return (
        curve.block,
        date_of(start, curve.block),
        curve.issuance,
        span.emission,
        calculate_halvings(curve.issuance),
        curve.minted,
        curve.recycled,
        curve.owner,
        curve.miners,
        curve.validators,
    )


def date_of(start: str, block: int) -> str:
    """When a block is made, in UTC, if block 1 is made at the midnight that begins `start`."""
    begun = datetime.datetime.fromisoformat(start)
    return (begun + datetime.timedelta(seconds=(block - 1) * SECONDS_PER_BLOCK)).isoformat()


def sum_up(curve: Curve, halvings: Sequence[int], settings: Settings) -> list[Figure]:
    """What a run comes to, each halving with its block and date."""
    figures = [
        Figure("issuance_rao", curve.issuance, TAO),
        Figure("left_rao", MAX_SUPPLY - curve.issuance, TAO),
        Figure("minted_rao", curve.minted, TAO),
        Figure("recycled_rao", curve.recycled, TAO),
        Figure("owner_rao", curve.owner, TAO),
        Figure("miners_rao", curve.miners, TAO),
        Figure("validators_rao", curve.validators, TAO),
        Figure("halvings", len(halvings), NUMBER),
    ]
    for number_, block in enumerate(halvings, 1):
        figures.append(Figure(f"halving_{number_}_block", block, BLOCK))
        figures.append(Figure(f"halving_{number_}_date", date_of(settings.start, block), TEXT))
    return figures


def count_rows(settings: Settings, length: int) -> int:
    """How many rows there are: one every so many blocks, and the last."""
    return -(-length // settings.every)


def check(settings: Settings, length: int) -> None:
    """All settings go together."""


def draw(rows: Sequence[Row]) -> list[Chart]:
    """Issuance, emission, and who got what."""
    years = [int(row[0]) / BLOCKS_PER_YEAR for row in rows]

    def line(label: str, column: str) -> Line:
        place = EXPERIMENT.place(column)
        return Line(label, years, [TAO.scale(row[place]) for row in rows])

    parts = (line("owner", "owner_rao"), line("miners", "miners_rao"), line("validators", "validators_rao"))
    return [
        Chart("What is issued", "years", "TAO", (line("issuance", "issuance_rao"),)),
        Chart("What a block emits", "years", "TAO a block", (line("emission", "emission_rao"),)),
        Chart("Who gets what is emitted", "years", "TAO", parts),
    ]


EXPERIMENT = Experiment(
    name="issuance",
    question="How much is issued by when, when does it halve, and who gets it?",
    settings=Settings,
    columns=COLUMNS,
    default_length=10 * BLOCKS_PER_YEAR,
    most_length=1000 * BLOCKS_PER_YEAR,
    simulate=simulate,
    check=check,
    draw=draw,
    headlines=("issuance_rao", "minted_rao", "halvings"),
    count_rows=count_rows,
)
