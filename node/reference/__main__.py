"""`python -m node.reference` writes the pages of docs/reference anew."""

from __future__ import annotations

from node.reference.pages import FOLDER, PAGES


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
