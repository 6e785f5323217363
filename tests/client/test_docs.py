"""Every command and every program on the pages of docs/ runs, and prints what the page says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.guides import DOCS, ROOT, blocks, matches, run_guide, shell_environment

PAGES = ("index.md", "tour.md", "howto/test-your-subnet.md", "howto/reproduce-an-epoch.md", "howto/watch-a-halving.md")
IN_THE_TREE = "howto/write-a-pallet.md"
"""A page that changes the program itself, and so runs in a copy of it."""
ELSEWHERE = {
    "clients.md": "tests/client/test_clients_guide.py",
    "lab.md": "tests/architecture/test_lab_guide.py",
    "operations.md": "tests/client/test_image.py",
}
"""Pages whose blocks another test runs."""
PACKAGES = ("chain", "runtime", "node", "genesis")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_from_its_first_block_to_its_last(page: str, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    environment = shell_environment(tmp_path / "programs")
    activate = folder / ".venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.touch()  # its programs are on the path already

    run_guide(page, folder, environment)


def test_a_page_that_changes_the_program_runs_in_a_copy_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    shutil.copy(ROOT / "taonet_client.py", folder)
    environment = shell_environment(tmp_path / "programs", root=folder)

    run_guide(IN_THE_TREE, folder, environment)


def test_no_page_has_a_block_that_nothing_runs() -> None:
    known = {*PAGES, IN_THE_TREE, *ELSEWHERE}
    pages = {path.relative_to(DOCS).as_posix(): path.read_text() for path in DOCS.rglob("*.md")}
    with_blocks = {name for name, text in pages.items() if blocks(text) and not name.startswith("reference/")}

    assert with_blocks == known
    assert all((ROOT / test).exists() for test in ELSEWHERE.values())


@pytest.mark.parametrize(
    ("told", "shown", "alike"),
    [
        ("a...c", "a b c", True),
        ("a...c", "a b d", False),
        ("a", "a\n", True),
        ("a", "a\nb", False),
        ("...b", "a\nb", True),
        ("[1.5]", "[155]", False),
    ],
)
def test_what_is_printed_is_compared_with_what_the_page_says(told: str, shown: str, alike: bool) -> None:
    assert matches(told, shown) is alike
