"""What the lab writes is exact, and is there as a whole or not at all."""

from __future__ import annotations

import csv
import errno
import io
import os
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

import pyarrow
import pyarrow.parquet
import pytest

from node.lab.catalog import EXPERIMENTS
from node.lab.columns import NUMBER, TAO, TEXT, Column, Row
from node.lab.errors import LabError
from node.lab.executor import InProcess
from node.lab.output import ensure_writable, find_writer, replacing, write_csv, write_parquet
from node.lab.runs import make_plan, run_all

COLUMNS = (
    Column("block", NUMBER, "The block."),
    Column("price_bits", NUMBER, "A price.", is_wide=True),
    Column("tao_rao", TAO, "TAO in the pool."),
    Column("date", TEXT, "When."),
)
ROWS: list[Row] = [(1, 10**38 - 1, (1 << 63) - 1, "2026-01-01"), (2, (1 << 64) + 1, 0, 'a "day", or two')]


def as_csv(rows: list[Row]) -> bytes:
    stream = io.BytesIO()
    write_csv(stream, COLUMNS, rows)
    return stream.getvalue()


def as_parquet(rows: list[Row]) -> pyarrow.Table:
    stream = io.BytesIO()
    write_parquet(stream, COLUMNS, rows)
    return pyarrow.parquet.read_table(io.BytesIO(stream.getvalue()))


def test_csv_has_every_digit() -> None:
    head, *rows = csv.reader(io.StringIO(as_csv(ROWS).decode()))

    assert head == ["block", "price_bits", "tao_rao", "date"]
    assert [(int(a), int(b), int(c), d) for a, b, c, d in rows] == ROWS


def test_parquet_has_every_digit() -> None:
    table = as_parquet(ROWS)

    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS
    assert table.schema.field("tao_rao").type == pyarrow.int64()
    assert table.schema.field("price_bits").type == pyarrow.decimal128(38, 0)
    assert table.column("price_bits")[0].as_py() == Decimal(10**38 - 1)


def test_a_number_that_does_not_fit_its_column_is_not_cut() -> None:
    with pytest.raises((OverflowError, pyarrow.ArrowInvalid)):
        as_parquet([(1, 10**38, 0, "")])
    with pytest.raises((OverflowError, pyarrow.ArrowInvalid)):
        as_parquet([(1 << 63, 0, 0, "")])


def test_columns_of_parquet_say_their_unit() -> None:
    assert as_parquet(ROWS).schema.field("tao_rao").metadata == {b"unit": b"rao", b"description": b"TAO in the pool."}


def test_a_table_without_rows_has_its_columns() -> None:
    assert as_csv([]) == b"block,price_bits,tao_rao,date\n"
    assert as_parquet([]).column_names == ["block", "price_bits", "tao_rao", "date"]


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_both_formats_say_the_same_of_each_experiment(experiment: str) -> None:
    plan = make_plan(EXPERIMENTS[experiment], {"every": "2"}, {}, 5)
    rows = list(plan.rows(run_all(plan, InProcess(lambda steps: None), lambda run: None)))
    text, table = io.BytesIO(), io.BytesIO()

    write_csv(text, plan.columns, rows)
    write_parquet(table, plan.columns, rows)

    read = pyarrow.parquet.read_table(io.BytesIO(table.getvalue())).to_pylist()
    assert [tuple(row.values()) for row in read] == rows
    assert list(csv.reader(io.StringIO(text.getvalue().decode())))[1:] == [[str(v) for v in row] for row in rows]


def test_a_file_takes_the_place_of_the_old_one_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("old")

    with replacing(path) as stream:
        stream.write(b"new")
        assert path.read_text() == "old"

    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["rows.csv"]


def test_a_file_that_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"

    with pytest.raises(TypeError), replacing(path) as stream:
        stream.writelines([b"half", "not bytes"])  # type: ignore[list-item]

    assert os.listdir(tmp_path) == []


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "rows.csv")

    with replacing(tmp_path / "link.csv") as stream:
        stream.write(b"new")

    assert (tmp_path / "rows.csv").read_text() == "new"
    assert (tmp_path / "link.csv").is_symlink()


def test_looking_whether_a_file_can_be_written_leaves_it(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("old")

    ensure_writable(tmp_path / "rows.csv")

    assert (tmp_path / "rows.csv").read_text() == "old"
    assert os.listdir(tmp_path) == ["rows.csv"]


def test_a_file_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"none/rows\.csv cannot be written: No such file or directory$"):
        ensure_writable(tmp_path / "none" / "rows.csv")
    with pytest.raises(LabError, match=r"cannot be written: it is a folder$"):
        ensure_writable(tmp_path)


def test_the_suffix_chooses_the_format() -> None:
    assert find_writer(Path("a.csv")) is write_csv
    assert find_writer(Path("a.parquet")) is write_parquet
    with pytest.raises(LabError, match=r"^a\.xlsx is neither \.csv nor \.parquet$"):
        find_writer(Path("a.xlsx"))


def test_a_disk_that_is_full_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    def write(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with (
        pytest.raises(LabError, match=r"rows\.csv cannot be written: No space left on device$"),
        replacing(tmp_path / "rows.csv") as stream,
    ):
        write(stream)

    assert os.listdir(tmp_path) == []
