"""The site of the docs: it builds without a warning, leads to every page, and needs nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md"))
IN_STYLES = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")
"""What a style sheet loads."""


class Page(HTMLParser):
    """What a page loads, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.loaded += styles_load(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the tag names."""
        values = dict(attrs)
        if tag == "a":
            self.links.append(values.get("href") or "")
        elif tag == "link":
            self.loaded.append(values.get("href") or "")
        self.loaded += [value for name in ("src", "srcset", "poster", "data") if (value := values.get(name))]


def styles_load(text: str) -> list[str]:
    return [quoted or imported for quoted, imported in IN_STYLES.findall(text)]


def loads(site: Path) -> Iterator[tuple[Path, str]]:
    """Each file of the site with each address that it loads."""
    for path in sorted(site.rglob("*.html")):
        yield from ((path, address) for address in Page(path.read_text()).loaded)
    for path in sorted(site.rglob("*.css")):
        yield from ((path, address) for address in styles_load(path.read_text()))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from this tree; a warning fails the build."""
    folder = tmp_path_factory.mktemp("site")
    line = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


def test_every_page_is_in_the_navigation(site: Path) -> None:
    missing = (site / "404.html").read_text()  # a page of no place: it names all others from the root

    navigation = Page(missing[missing.index('aria-label="Navigation menu"') : missing.index("</nav>")])

    assert sorted(link.removeprefix("/") for link in navigation.links) == PAGES


def test_what_it_loads_comes_with_it(site: Path) -> None:
    found = list(loads(site))
    assert {Path(urlsplit(address).path).suffix for _, address in found} >= {".css", ".js", ".woff2", ".ico"}

    for path, address in found:
        parts = urlsplit(address)
        if parts.scheme == "data":
            continue
        base = site if parts.path.startswith("/") else path.parent
        assert (parts.scheme, parts.netloc) == ("", ""), f"{path} loads {address}"
        assert (base / parts.path.lstrip("/")).is_file(), f"{path} loads {address}, which is not there"
