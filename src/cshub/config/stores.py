"""Which store: what the environment says, else the file; a profile has one of its own."""

from __future__ import annotations

import re

from .draft import Draft
from .nodes import Place, Value

DEFAULT = "sqlite:///cshub.db"
_SQLITE = re.compile(r"sqlite:///(?P<path>.+)")
_POSTGRES = re.compile(r"postgres(?:ql)?://.+")
_PASSWORD = re.compile(r"://[^/@:]*:[^@]+@")
_HINT = "write sqlite:///cshub.db, or env:NAME for a database with a password"


def read_store(draft: Draft, *, environ: str | None, profile: str | None, overlaid: bool) -> str:
    """The store's URL. `environ` is CSHUB_STORE; `overlaid` says that the profile's own file names a store."""
    if environ:
        place = Place("CSHUB_STORE", 1, 1)
        return _checked(draft, environ, Value(place=place, value=environ, text=environ), ("CSHUB_STORE",))
    node = draft.root.get("store")
    written = _written(draft, node) if isinstance(node, Value) and node.value is not None else DEFAULT
    if not isinstance(node, Value) and node is not None:
        draft.problems.add(node.place, ("store",), "needs the URL of a database", _HINT)
    if profile is None or overlaid:
        return written
    return _own(written, profile)


def _written(draft: Draft, node: Value) -> str:
    if node.text.startswith("env:"):
        found = draft.references.text(node, ("store",))
        return _checked(draft, found, node, ("store",)) if found else DEFAULT
    if _PASSWORD.search(node.text):
        hint = "write the whole URL into the environment, and store: env:NAME here"
        draft.problems.add(node.place, ("store",), "a secret may not stand in this file", hint)
        return DEFAULT
    return _checked(draft, node.text, node, ("store",))


def _checked(draft: Draft, url: str, node: Value, steps: tuple[str, ...]) -> str:
    if _POSTGRES.fullmatch(url):
        draft.problems.add(
            node.place, steps, "this version keeps its store in SQLite alone", "write sqlite:///cshub.db"
        )
    elif not _SQLITE.fullmatch(url):
        draft.problems.add(node.place, steps, "is no URL of a store", _HINT)
    return url


def _own(url: str, profile: str) -> str:
    """The profile's store beside the usual one: `cshub.db` → `cshub.staging.db`."""
    found = _SQLITE.fullmatch(url)
    if found is None:  # complained about already
        return url
    stem, dot, suffix = found["path"].rpartition(".")
    return f"sqlite:///{stem}.{profile}.{suffix}" if dot and "/" not in suffix else f"{url}.{profile}"
