"""Where bytes are kept: one ordered map from key to value, written one atomic batch at a time.

Source: kvdb::KeyValueDB, in spirit.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from chain.errors import DatabaseError

if sys.version_info >= (3, 13):  # for which plyvel has no wheels
    import plyvel_next as plyvel
else:
    import plyvel

FORMAT_KEY = b"\xfftaonet"
"""Marks a folder as ours and tells how it is written; no other key may start with 0xff."""
FORMAT_VERSION = b"1"

CACHE_BYTES = 64 << 20
WRITE_BUFFER_BYTES = 16 << 20
OWN_FILES = ("*.ldb", "*.sst", "*.log", "CURRENT", "LOCK", "LOG", "LOG.old", "MANIFEST-*", "*.dbtmp", "lost")
"""The names of the files that LevelDB makes."""


class Database(Protocol):
    """An ordered map of bytes. Raises: DatabaseError from every method."""

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""

    def write(self, batch: Mapping[bytes, bytes | None], sync: bool = False) -> None:
        """Write a batch, None being a deletion: whole or not at all. With `sync`, it is on the disk on return."""

    def iterate(
        self, prefix: bytes = b"", after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """The entries whose keys start with `prefix`, in order; `after` skips all up to and with that key.

        It shows the entries as they were when it was called, whatever is written meanwhile.
        """

    def checkpoint(self) -> int:
        """A place to come back to."""

    def rollback(self, checkpoint: int) -> bool:
        """Forget all that was written since a checkpoint, and whether that is so: a database on disk keeps it."""

    def close(self) -> None:
        """Give the store back. Closing twice does no harm."""


_open_folders: set[Path] = set()
"""The folders open in this process. LevelDB must not see another attempt: refusing it, it drops the lock."""


Column = dict[bytes, bytes | None]
FREED_PER_WRITE = 4
"""How many forgotten entries are freed for each that is written: freeing all of them at once would take a while."""


class MemoryDatabase:
    """A database that ends with the process. It can go back to what it held, at a cost that does not depend on that."""

    def __init__(self) -> None:
        # The newest layer last; above the first, None stands for a deletion. In a layer there is one dict for each
        # first byte, so that the sorted keys of a small column survive writes to a large one.
        self._layers: list[dict[bytes, Column]] = [{}]
        self._sorted: dict[bytes, list[bytes]] = {}
        self._forgotten: list[Column] = []

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""
        name = key[:1]
        for layer in reversed(self._layers):
            column = layer.get(name)
            if column is not None and key in column:
                return column[key]
        return None

    def write(self, batch: Mapping[bytes, bytes | None], sync: bool = False) -> None:
        """Write a batch, None being a deletion."""
        top, is_first = self._layers[-1], len(self._layers) == 1
        for key, value in batch.items():
            name = key[:1]
            if name in self._sorted and (value is None) == (self.get(key) is not None):
                del self._sorted[name]
            column = top.get(name)
            if column is None:
                column = top[name] = {}
            if value is None and is_first:
                column.pop(key, None)
            else:
                column[key] = value
        if self._forgotten:
            self._free(FREED_PER_WRITE * len(batch))

    def iterate(
        self, prefix: bytes = b"", after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """The entries whose keys start with `prefix`, in order; `after` skips all up to and with that key."""
        every = {name for layer in self._layers for name in layer}
        names = [prefix[:1]] if prefix else sorted(every, reverse=reverse)
        found: list[tuple[bytes, bytes]] = []
        for name in names:
            keys = self._sorted.get(name)
            if keys is None:
                written = {key for layer in self._layers for key in layer.get(name, ())}
                keys = self._sorted[name] = sorted(key for key in written if self.get(key) is not None)
            end = _end_of(prefix)
            lo = bisect_left(keys, prefix)
            hi = len(keys) if end is None else bisect_left(keys, end)
            if after is not None and reverse:
                hi = min(hi, bisect_left(keys, after))
            elif after is not None:
                lo = max(lo, bisect_right(keys, after))
            chosen = keys[lo:hi]
            pairs = ((key, self.get(key)) for key in (reversed(chosen) if reverse else chosen))
            found += [(key, value) for key, value in pairs if value is not None]
        return iter(found)

    def checkpoint(self) -> int:
        """A place to come back to."""
        if len(self._layers) == 1 or self._layers[-1]:
            self._layers.append({})
        return len(self._layers) - 1

    def rollback(self, checkpoint: int) -> bool:
        """Forget all that was written since a checkpoint, and later checkpoints with it; the checkpoint stays."""
        left = self._layers[checkpoint:]
        self._layers[checkpoint:] = [{}]
        for layer in left:
            for name, column in layer.items():
                self._sorted.pop(name, None)
                self._forgotten.append(column)
        return True

    def _free(self, count: int) -> None:
        while count > 0 and self._forgotten:
            column = self._forgotten[-1]
            for _ in range(min(count, len(column))):
                column.popitem()
                count -= 1
            if not column:
                self._forgotten.pop()

    def close(self) -> None:
        """Nothing to give back."""


class LevelDatabase:
    """A database in a folder of its own, by LevelDB. One process at a time may open it."""

    def __init__(self, path: str | Path, create: bool = True) -> None:
        self.path = Path(path)
        self._closed = False
        self._failed = False
        _check_folder(self.path, create)
        self._folder = self.path.resolve()
        if self._folder in _open_folders:
            raise DatabaseError(f"database {self.path}: cannot be opened: in use by this node already")
        self._level: Any = self._open()
        _open_folders.add(self._folder)
        self._check_format()

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""
        if self._failed and self._level.closed:
            self._reopen()
        try:
            value: bytes | None = self._level.get(key, verify_checksums=True)
        except (plyvel.Error, RuntimeError) as error:
            raise self._error("cannot be read", error) from error
        return value

    def write(self, batch: Mapping[bytes, bytes | None], sync: bool = False) -> None:
        """Write a batch, None being a deletion: whole or not at all. With `sync`, it is on the disk on return.

        After a DatabaseError the batch may be there all the same, but never in part. The next write opens the store
        anew, for LevelDB's log may end in half a record, and what is appended behind that would be lost. Until then
        reads are served as before.
        """
        if self._failed:
            self._reopen()
        try:
            writer = self._level.write_batch(sync=sync)
            for key, value in batch.items():
                if value is None:
                    writer.delete(key)
                else:
                    writer.put(key, value)
            writer.write()
        except (plyvel.Error, RuntimeError) as error:
            self._failed = not self._closed
            raise self._error("cannot be written", error) from error

    def iterate(
        self, prefix: bytes = b"", after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """The entries whose keys start with `prefix`, in order; `after` skips all up to and with that key."""
        bounds: dict[str, Any] = {"stop": _end_of(prefix) or FORMAT_KEY}
        if reverse:
            # no start: going backwards, plyvel passes over an only entry that equals it; `_entries` stops there
            bounds["stop"] = min(bounds["stop"], after) if after is not None else bounds["stop"]
        elif after is not None and after >= prefix:
            bounds |= {"start": after, "include_start": False}
        else:
            bounds["start"] = prefix
        if self._failed and self._level.closed:
            self._reopen()
        try:
            iterator = self._level.iterator(reverse=reverse, verify_checksums=True, **bounds)
        except (plyvel.Error, RuntimeError) as error:
            raise self._error("cannot be read", error) from error
        return self._entries(iterator, prefix)

    def memory_bytes(self) -> int:
        """About how much memory LevelDB uses: its cache of blocks and its write buffers."""
        return int(self._level.get_property(b"leveldb.approximate-memory-usage"))

    def checkpoint(self) -> int:
        """A place to come back to."""
        return 0

    def rollback(self, checkpoint: int) -> bool:
        """Nothing is forgotten: what is on the disk stays there."""
        return False

    def close(self) -> None:
        """Give the folder back. Closing twice does no harm."""
        if not self._closed:
            self._closed = True
            self._level.close()
            _open_folders.discard(self._folder)

    def _entries(self, iterator: Any, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        try:
            for key, value in iterator:
                if not key.startswith(prefix):
                    return
                yield key, value
        except (plyvel.Error, RuntimeError) as error:
            raise self._error("cannot be read", error) from error

    def _open(self) -> Any:
        try:
            return plyvel.DB(
                str(self.path),
                create_if_missing=True,
                lru_cache_size=CACHE_BYTES,
                write_buffer_size=WRITE_BUFFER_BYTES,
                bloom_filter_bits=10,
            )
        except plyvel.Error as error:
            raise self._error("cannot be opened", error) from error

    def _reopen(self) -> None:
        self._level.close()
        self._level = self._open()
        self._failed = False

    def _check_format(self) -> None:
        try:
            version = self.get(FORMAT_KEY)
            if version == FORMAT_VERSION:
                return
            if version is not None:
                raise DatabaseError(
                    f"database {self.path}: written in format {version.decode(errors='replace')}; "
                    f"this program reads format {FORMAT_VERSION.decode()}"
                )
            with self._level.iterator(include_value=False) as keys:
                if next(keys, None) is not None:
                    raise DatabaseError(f"database {self.path}: not a taonet database (no format marker)")
            self.write({FORMAT_KEY: FORMAT_VERSION}, sync=True)
        except BaseException:
            self.close()
            raise

    def _error(self, what: str, error: Exception) -> DatabaseError:
        raw = error.args[0] if error.args else error
        text = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
        if self._closed:
            reason = "it is closed"
        elif "lock" in text.lower() and ("temporarily unavailable" in text or "already held" in text):
            reason = "in use by another node"
        elif isinstance(error, plyvel.CorruptionError) or "orruption" in text:
            reason = f"its files are corrupt ({text})"
        elif "No space left" in text:
            reason = f"the disk is full ({text})"
        elif "ermission denied" in text:
            reason = f"no permission ({text})"
        else:
            reason = text
        return DatabaseError(f"database {self.path}: {what}: {reason}")


def _check_folder(path: Path, create: bool) -> None:
    """Refuse a path that is not a folder of ours, before LevelDB drops its own files there."""
    try:
        if not path.exists():
            if not create:
                raise DatabaseError(f"database {path}: no such folder")
            path.mkdir(parents=True, exist_ok=True)
        if not path.is_dir():
            raise DatabaseError(f"database {path}: not a folder")
        strange = sorted(
            entry.name for entry in path.iterdir() if not any(entry.match(pattern) for pattern in OWN_FILES)
        )
    except OSError as error:
        raise DatabaseError(f"database {path}: cannot be opened: {error.strerror or error}") from error
    if strange:
        raise DatabaseError(f"database {path}: not a database folder: it holds {strange[0]!r}")


def _end_of(prefix: bytes) -> bytes | None:
    """The first key behind all that start with `prefix`; None where there is no such key."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes((stem[-1] + 1,)) if stem else None
