"""Writes `docs/reference` from the code; with `--check` it writes nothing and fails when a page is out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from .pages import commands, errors, hooks, kinds, settings

REFERENCE = Path(__file__).resolve().parent / "reference"

PAGES: dict[str, Callable[[], str]] = {
    "commands": commands.page,
    "errors": errors.page,
    "hooks": hooks.page,
    "kinds": kinds.page,
    "settings": settings.page,
}


def main() -> int:
    """Write every page, or with `--check` name those that differ and return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    check = parser.parse_args().check
    stale = [name for name, page in PAGES.items() if differs(REFERENCE / f"{name}.md", page(), write=not check)]
    if check and stale:
        print(f"out of date: {', '.join(stale)} in docs/reference; run `make docs`", file=sys.stderr)
        return 1
    return 0


def differs(path: Path, text: str, *, write: bool) -> bool:
    """True when the file does not hold the text; then it is written, if wanted."""
    text = f"<!-- Written by `make docs` from the code: edit the docstrings instead. -->\n\n{text.rstrip()}\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    if write:
        path.write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__":
    raise SystemExit(main())
