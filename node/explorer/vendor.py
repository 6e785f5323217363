"""The libraries of the explorer page, from npm: pinned releases, checked, only the files that the page loads.

`python -m node.explorer.vendor` puts them where they are missing or not what they should be.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from node.explorer.packages import FILES, PACKAGES, File, Package

FOLDER = Path(__file__).parent / "static" / "vendor"
SECONDS = 60
MAX_BYTES = 10 * 1024 * 1024
BARE_IMPORT = b'from"preact"', b'from"./preact.js"'
"""What hooks.js says, and what it has to say where there is no build step and no import map."""
MAP_COMMENT = b"\n//# sourceMappingURL="


class VendorError(Exception):
    """A library that cannot be had, or is not what it should be."""


def missing(folder: Path = FOLDER) -> list[File]:
    """The files that are not there, or not as they should be."""
    return [file for file in FILES if not _is_right(folder / file.name, file)]


def _is_right(path: Path, file: File) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    except OSError:
        return False


def install(folder: Path | None = None) -> None:
    """Put all files into the folder, the page's without one. Raises: VendorError."""
    folder = folder or FOLDER
    lacking = frozenset(missing(folder))
    for package in PACKAGES:
        wanted = [file for file in package.files if file in lacking]
        if wanted:
            _unpack(package, _download(package), wanted, folder)


def _download(package: Package) -> bytes:
    try:
        with urllib.request.urlopen(package.url, timeout=SECONDS) as answer:
            data: bytes = answer.read(MAX_BYTES)
    except (urllib.error.URLError, OSError) as error:
        raise VendorError(f"{package.url}: {error}") from None
    return data


def _unpack(package: Package, tarball: bytes, wanted: list[File], folder: Path) -> None:
    ensure_integrity(package, tarball)
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for file in wanted:
            member = archive.extractfile(f"package/{file.member}")
            if member is None:
                raise VendorError(f"{package.name} {package.version} has no file {file.member}")
            _write(folder / file.name, plain(member.read()))


def ensure_integrity(package: Package, tarball: bytes) -> None:
    """Raises: VendorError where a package is not what was pinned."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    if found != package.integrity:
        raise VendorError(f"{package.url}: its integrity is {found}, not {package.integrity}")


def plain(source: bytes) -> bytes:
    """A library's source as the page loads it: imports are paths, and no map of a source that is not here is named."""
    return source.replace(*BARE_IMPORT).partition(MAP_COMMENT)[0]


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: another process may read it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def main() -> int:
    """Put what is missing; say so where that cannot be done."""
    try:
        install()
    except VendorError as error:
        print(f"the explorer page is not complete: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
