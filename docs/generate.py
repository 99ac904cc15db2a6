"""Writes `docs/reference` from the code; with `--check` it writes nothing and fails when a page is out of date."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent / "reference"

#: Each is written by the module of that name in `docs/pages`.
PAGES = ("commands", "errors", "hooks", "kinds", "settings")


def main() -> int:
    """Write every page, or with `--check` name those that differ and return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    check = parser.parse_args().check
    stale = [name for name in PAGES if differs(name, write=not check)]
    if check and stale:
        print(f"out of date: {', '.join(stale)} in docs/reference; run `make docs`", file=sys.stderr)
        return 1
    return 0


def differs(name: str, *, write: bool) -> bool:
    """True when the page does not say what the code says; then it is written, if wanted."""
    path = REFERENCE / f"{name}.md"
    page: str = import_module(f".pages.{name}", __package__).page()
    text = f"<!-- Written by `make docs` from the code: edit the docstrings instead. -->\n\n{page.rstrip()}\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    if write:
        path.write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__":
    raise SystemExit(main())
