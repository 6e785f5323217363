"""The two databases: what they promise alike, and what can go wrong on a disk."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.database import FORMAT_KEY, Database, LevelDatabase, MemoryDatabase, plyvel
from chain.errors import DatabaseError

ENTRIES = {b"a": b"", b"b": b"2", b"b\x00": b"3", b"b\xff": b"4", b"c": b"5"}

WRITE_FOREVER = """
import sys
from chain.database import LevelDatabase
database = LevelDatabase(sys.argv[1])
last = database.get(b"last")
n = int(last) if last else 0
while True:
    n += 1
    batch = {b"k%d" % k: b"%d " % n * 50 for k in range(200)} | {b"n%d" % n: b"", b"n%d" % (n - 1): None}
    database.write(batch | {b"last": b"%d" % n}, sync=n % 3 == 0)
    if n % 3 == 0:
        print(n, flush=True)
"""

HOLD = """
import sys
from chain.database import LevelDatabase
database = LevelDatabase(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""

FILL = """
import resource, sys
from chain.database import LevelDatabase
from chain.errors import DatabaseError
database = LevelDatabase(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, resource.RLIM_INFINITY))   # as good as a full disk
written = 0
for _ in range(2):
    try:
        while True:
            database.write({b"%d" % written: b"v" * 10_000}, sync=True)
            written += 1
    except DatabaseError as error:
        print(error)
    assert database.get(b"0") == b"v" * 10_000
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
database.write({b"after": b"a"}, sync=True)
assert len(list(database.iterate())) >= written + 1
print("usable", written)
"""


@pytest.fixture(params=["memory", "level"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    opened: Database = MemoryDatabase() if request.param == "memory" else LevelDatabase(tmp_path / "db")
    yield opened
    opened.close()


def child(script: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_a_batch_writes_and_deletes(database: Database) -> None:
    database.write(ENTRIES)

    database.write({b"a": None, b"b": b"new", b"absent": None}, sync=True)

    assert [database.get(key) for key in (b"a", b"b", b"c", b"d")] == [None, b"new", b"5", None]


def test_entries_come_in_order_within_a_prefix(database: Database) -> None:
    database.write(dict(reversed(ENTRIES.items())))

    assert list(database.iterate()) == list(ENTRIES.items())
    assert [key for key, _ in database.iterate(b"b")] == [b"b", b"b\x00", b"b\xff"]
    assert [key for key, _ in database.iterate(b"b", after=b"b")] == [b"b\x00", b"b\xff"]
    assert [key for key, _ in database.iterate(b"b", after=b"a")] == [b"b", b"b\x00", b"b\xff"]
    assert [key for key, _ in database.iterate(b"b", after=b"c")] == []
    assert list(database.iterate(b"d")) == []


def test_entries_come_in_reverse_order_below_a_key(database: Database) -> None:
    database.write(ENTRIES)

    assert list(database.iterate(reverse=True)) == list(reversed(ENTRIES.items()))
    assert [key for key, _ in database.iterate(b"b", reverse=True)] == [b"b\xff", b"b\x00", b"b"]
    assert [key for key, _ in database.iterate(b"b", after=b"b\xff", reverse=True)] == [b"b\x00", b"b"]
    assert [key for key, _ in database.iterate(b"b", after=b"z", reverse=True)] == [b"b\xff", b"b\x00", b"b"]
    assert [key for key, _ in database.iterate(b"b", after=b"b", reverse=True)] == []


def test_an_iteration_shows_the_entries_as_they_were_at_its_start(database: Database) -> None:
    database.write(ENTRIES)

    entries = database.iterate()
    database.write({b"a": None, b"bb": b"new"})

    assert list(entries) == list(ENTRIES.items())
    assert [key for key, _ in database.iterate(b"b")] == [b"b", b"b\x00", b"bb", b"b\xff"]


def test_two_databases_agree_on_random_batches(tmp_path: Path) -> None:
    dice = random.Random("databases")
    memory, level = MemoryDatabase(), LevelDatabase(tmp_path)
    for _ in range(100):
        keys = [dice.randbytes(dice.randint(1, 2)).replace(b"\xff", b"\xfe") for _ in range(10)]
        batch = {key: dice.choice([None, key * 3]) for key in keys}
        memory.write(batch)
        level.write(batch)
        prefix, after, reverse = keys[0][:1], dice.choice([None, keys[1]]), dice.random() < 0.5

        assert list(memory.iterate(prefix, after, reverse)) == list(level.iterate(prefix, after, reverse))
        assert list(memory.iterate(b"", after, reverse)) == list(level.iterate(b"", after, reverse))
    level.close()


def test_a_database_in_memory_goes_back_to_a_checkpoint_as_often_as_one_likes() -> None:
    database = MemoryDatabase()
    database.write(ENTRIES)
    place = database.checkpoint()

    for _ in range(3):
        database.write({next(iter(ENTRIES)): None, b"z": b"z"})
        assert list(database.iterate()) == [*list(ENTRIES.items())[1:], (b"z", b"z")]
        assert database.rollback(place)
        assert list(database.iterate()) == list(ENTRIES.items())
        assert database.get(b"z") is None


def test_checkpoints_nest() -> None:
    database = MemoryDatabase()
    outer = database.checkpoint()
    database.write({b"a": b"1"})
    inner = database.checkpoint()
    database.write({b"a": b"2", b"b": b"2"})

    database.rollback(inner)
    assert list(database.iterate()) == [(b"a", b"1")]
    database.rollback(outer)

    assert list(database.iterate()) == []


def test_layers_of_a_database_in_memory_are_one_map() -> None:
    dice = random.Random("layers")
    layered, plain = MemoryDatabase(), MemoryDatabase()
    for number in range(200):
        batch = {dice.randbytes(1) + dice.randbytes(dice.randint(0, 1)): dice.choice([None, b"x"]) for _ in range(10)}
        layered.write(batch)
        plain.write(batch)
        if number % 20 == 0:
            layered.checkpoint()
        if number % 30 == 0:
            place = layered.checkpoint()
            layered.write(dict.fromkeys(batch, b"gone") | {b"new": b"gone"})
            layered.rollback(place)

        assert list(layered.iterate()) == list(plain.iterate())
        assert all(layered.get(key) == plain.get(key) for key in batch)


def test_a_database_on_disk_keeps_what_was_written_since_a_checkpoint(tmp_path: Path) -> None:
    database = LevelDatabase(tmp_path)
    place = database.checkpoint()
    database.write(ENTRIES)

    forgotten = database.rollback(place)

    assert not forgotten
    assert list(database.iterate()) == list(ENTRIES.items())
    database.close()


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    first = LevelDatabase(tmp_path / "a" / "db")
    first.write(ENTRIES)
    first.close()
    first.close()

    second = LevelDatabase(tmp_path / "a" / "db", create=False)

    assert list(second.iterate()) == list(ENTRIES.items())
    second.close()


@pytest.mark.slow
def test_a_killed_node_has_each_batch_whole_or_not_at_all_and_all_that_was_synced(tmp_path: Path) -> None:
    dice = random.Random("kill")
    reached = 0
    for _ in range(6):
        writer = child(WRITE_FOREVER, tmp_path)
        assert writer.stdout is not None
        acknowledged = int(writer.stdout.readline())
        time.sleep(dice.uniform(0, 0.15))
        writer.kill()
        acknowledged = max([acknowledged, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        writer.communicate()

        database = LevelDatabase(tmp_path)
        last = database.get(b"last")
        assert last is not None
        assert int(last) >= acknowledged > reached
        assert {value for _, value in database.iterate(b"k")} == {(last + b" ") * 50}
        assert [key for key, _ in database.iterate(b"n")] == [b"n" + last]
        database.close()
        reached = acknowledged


def test_a_folder_that_another_process_has_open_is_in_use(tmp_path: Path) -> None:
    holder = child(HOLD, tmp_path)
    assert holder.stdout is not None
    holder.stdout.readline()

    with pytest.raises(DatabaseError, match=f"{tmp_path}: cannot be opened: in use by another node"):
        LevelDatabase(tmp_path)

    holder.communicate()
    LevelDatabase(tmp_path).close()


def test_a_second_attempt_in_one_process_leaves_the_folder_locked_for_others(tmp_path: Path) -> None:
    database = LevelDatabase(tmp_path)

    with pytest.raises(DatabaseError, match="in use by this node already"):
        LevelDatabase(tmp_path)
    other = subprocess.run([sys.executable, "-c", HOLD, str(tmp_path)], capture_output=True, text=True, input="")

    assert "in use by another node" in other.stderr
    database.close()


def test_a_full_disk_is_told_and_the_database_stays_usable(tmp_path: Path) -> None:
    filler = child(FILL, tmp_path)
    output, _ = filler.communicate()

    assert filler.returncode == 0
    assert f"database {tmp_path}: cannot be " in output
    assert "File too large" in output
    written = int(output.split("usable ")[1])
    assert written > 40
    database = LevelDatabase(tmp_path)
    assert all(database.get(b"%d" % n) == b"v" * 10_000 for n in range(written))
    assert database.get(b"after") == b"a"
    database.close()


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    foreign = plyvel.DB(str(tmp_path), create_if_missing=True)
    foreign.put(b"key", b"value")
    foreign.close()

    with pytest.raises(DatabaseError, match="not a taonet database"):
        LevelDatabase(tmp_path)

    foreign = plyvel.DB(str(tmp_path))
    assert list(foreign) == [(b"key", b"value")]
    foreign.close()


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("...")

    with pytest.raises(DatabaseError, match=r"it holds .thesis\.txt."):
        LevelDatabase(tmp_path)

    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_a_database_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    newer = plyvel.DB(str(tmp_path), create_if_missing=True)
    newer.put(FORMAT_KEY, b"2")
    newer.close()

    with pytest.raises(DatabaseError, match="written in format 2; this program reads format 1"):
        LevelDatabase(tmp_path)


def test_a_path_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(DatabaseError, match="not a folder"):
        LevelDatabase(tmp_path / "file")
    with pytest.raises(DatabaseError, match="Not a directory"):
        LevelDatabase(tmp_path / "file" / "db")


def test_a_missing_folder_is_not_made_where_that_is_not_wanted(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no such folder"):
        LevelDatabase(tmp_path / "db", create=False)

    assert os.listdir(tmp_path) == []


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A folder that may be read and not written; nothing is forbidden to root, who steps down for that time."""
    user = os.geteuid()
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    if user == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(user)
    shutil.rmtree(folder)


def test_a_folder_without_permission_is_told(forbidden: Path) -> None:
    with pytest.raises(DatabaseError, match=f"{forbidden}: cannot be opened: .*ermission"):
        LevelDatabase(forbidden)
    with pytest.raises(DatabaseError, match=f"{forbidden}/db: cannot be opened: .*ermission"):
        LevelDatabase(forbidden / "db")


@pytest.mark.parametrize("content", [b"junk", b"MANIFEST-999999\n", b""])
def test_a_broken_current_file_is_told_as_corrupt(tmp_path: Path, content: bytes) -> None:
    LevelDatabase(tmp_path).close()
    (tmp_path / "CURRENT").write_bytes(content)

    with pytest.raises(DatabaseError, match=f"{tmp_path}: cannot be opened: its files are corrupt"):
        LevelDatabase(tmp_path)


def test_a_changed_byte_in_a_table_is_told_as_corrupt(tmp_path: Path) -> None:
    database = LevelDatabase(tmp_path)
    database.write({b"k%d" % n: os.urandom(1000) for n in range(100)})
    database.close()
    LevelDatabase(tmp_path).close()  # recovery moves the log into a table
    for table in tmp_path.glob("*.ldb"):
        data = bytearray(table.read_bytes())
        data[2000] ^= 1
        table.write_bytes(data)
    database = LevelDatabase(tmp_path)

    with pytest.raises(DatabaseError, match="cannot be read: its files are corrupt"):
        list(database.iterate())
    with pytest.raises(DatabaseError, match="cannot be read: its files are corrupt"):
        [database.get(b"k%d" % n) for n in range(100)]
    database.close()


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = LevelDatabase(tmp_path)
    database.close()

    for action in (lambda: database.get(b""), lambda: database.write({b"a": b""}), lambda: database.iterate()):
        with pytest.raises(DatabaseError, match=f"{tmp_path}: cannot be .*: it is closed"):
            action()
