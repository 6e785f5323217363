"""What is written: CSV by the standard library, Parquet by pyarrow; a file is there as a whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from node.lab.columns import Column, Row
from node.lab.errors import LabError

Writer = Callable[[BinaryIO, Sequence[Column], Iterable[Row]], None]

WIDE_DIGITS = 38
"""How many digits a decimal128 has; the widest number of the lab, a price with 64 fraction bits, has as many."""


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` that takes its place if all goes well, and is gone if not. Raises: LabError"""
    with _beside(path) as (stream, target):
        yield stream
        stream.flush()
        Path(stream.name).replace(target)


def ensure_writable(path: Path) -> None:
    """Find out before anything is simulated whether a file could be written. Raises: LabError"""
    with _beside(path):
        pass


@contextmanager
def _beside(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file beside another, which is gone in the end unless it was moved, and where it may be moved to."""
    beside = None
    try:
        target = path.resolve()
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        name = target.with_name(f".{target.name}.{os.getpid()}.part")
        with name.open("xb") as stream:
            beside = name
            yield stream, target
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def find_writer(path: Path) -> Writer:
    """What writes a file with this suffix. Raises: LabError for another one, or without pyarrow."""
    if path.suffix == ".csv":
        return write_csv
    if path.suffix == ".parquet":
        load_pyarrow()
        return write_parquet
    raise LabError(f"{path} is neither .csv nor .parquet")


def load_pyarrow() -> tuple[Any, Any]:
    """pyarrow, and its part for Parquet. Raises: LabError where it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise LabError("Parquet needs pyarrow: pip install 'taonet[plot]'") from None
    return pyarrow, pyarrow.parquet


def write_csv(stream: BinaryIO, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """The rows as CSV in UTF-8, below the names of the columns."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows(rows)
    text.detach()


def write_parquet(stream: BinaryIO, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """The rows as Parquet: whole numbers of 64 bits, or decimals without a fraction where they may be longer.

    Each column says its unit and what it is.
    """
    pyarrow, parquet = load_pyarrow()
    arrays, schema = [], []
    for column, values in zip(columns, _transpose(rows, len(columns)), strict=True):
        if column.is_wide:
            kind, values = pyarrow.decimal128(WIDE_DIGITS, 0), [Decimal(value) for value in values]
        else:
            kind = pyarrow.string() if column.is_text else pyarrow.int64()
        arrays.append(pyarrow.array(values, type=kind))
        about = {"unit": column.unit.name, "description": column.doc}
        schema.append(pyarrow.field(column.name, kind, nullable=False, metadata=about))
    parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(schema)), stream)


def _transpose(rows: Iterable[Row], width: int) -> list[list[Any]]:
    columns: list[list[Any]] = [[] for _ in range(width)]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns
