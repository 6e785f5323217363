"""The libraries of the explorer page: what is not as it was pinned is not used."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from node.explorer import vendor
from node.explorer.packages import FILES, PACKAGES, File, Package
from node.explorer.vendor import VendorError, ensure_integrity, install, missing, plain

SOURCE = b'import{options}from"preact";\n//# sourceMappingURL=hooks.mjs.map\n'
INSTALLED = b'import{options}from"./preact.js";'


def tarball(**members: bytes) -> bytes:
    """An npm package of these files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


TARBALL = tarball(hooks=SOURCE)
FILE = File("hooks", "hooks.js", hashlib.sha256(INSTALLED).hexdigest())
PACKAGE = Package(
    "demo", "1.0.0", "sha512-" + base64.b64encode(hashlib.sha512(TARBALL).digest()).decode(), files=(FILE,)
)


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The packages that were asked for; there is one, of one file."""
    asked: list[str] = []

    def download(package: Package) -> bytes:
        asked.append(package.url)
        return TARBALL

    monkeypatch.setattr(vendor, "PACKAGES", (PACKAGE,))
    monkeypatch.setattr(vendor, "FILES", PACKAGE.files)
    monkeypatch.setattr(vendor, "_download", download)
    return asked


def test_what_is_missing_is_downloaded_once(downloads: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "vendor"

    install(folder)
    install(folder)

    assert downloads == ["https://registry.npmjs.org/demo/-/demo-1.0.0.tgz"]
    assert (folder / "hooks.js").read_bytes() == INSTALLED
    assert [path.name for path in folder.iterdir()] == ["hooks.js"]
    assert missing(folder) == []


def test_what_was_changed_is_put_right(downloads: list[str], tmp_path: Path) -> None:
    (tmp_path / "hooks.js").write_text("alert(1)")
    assert missing(tmp_path) == [FILE]

    install(tmp_path)

    assert (tmp_path / "hooks.js").read_bytes() == INSTALLED


def test_another_package_under_the_name_is_refused(downloads: list[str], tmp_path: Path) -> None:
    other = tarball(hooks=b"alert(1)")

    with pytest.raises(VendorError, match="its integrity is sha512-"):
        ensure_integrity(PACKAGE, other)


def test_without_a_network_the_command_says_so(
    downloads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(package: Package) -> bytes:
        raise VendorError(f"{package.url}: no network")

    monkeypatch.setattr(vendor, "_download", fail)
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)

    assert vendor.main() == 1
    assert "the explorer page is not complete: https://registry.npmjs.org/demo" in capsys.readouterr().err


def test_imports_become_paths_and_maps_are_not_named() -> None:
    assert plain(SOURCE) == INSTALLED


def test_each_library_is_pinned_and_comes_with_its_licence() -> None:
    for package in PACKAGES:
        assert package.integrity.startswith("sha512-")
        assert any("LICENSE" in file.name for file in package.files)
    assert len({file.name for file in FILES}) == len(FILES)
    assert all(len(file.sha256) == 64 for file in FILES)
