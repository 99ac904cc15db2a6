"""Profiles: `cshub.<profile>.yaml` laid over the file, key by key, each value keeping the place it was written at."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import ConfigError
from ..expr.problem import did_you_mean
from .nodes import Block, Entry, Step

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
#: A metric is replaced whole: half of one and half of another make no sense.
_WHOLE = ("metrics",)


def overlay_path(path: Path, profile: str) -> Path:
    """The profile's file beside `path`. Raises ConfigError when there is none, naming those there are."""
    if not _NAME.fullmatch(profile):
        raise ConfigError("a profile's name is letters, digits, - and _", hint="for example --profile staging")
    overlay = path.with_name(f"{path.stem}.{profile}{path.suffix}")
    if overlay.is_file():
        return overlay
    there = [other.name.split(".")[-2] for other in path.parent.glob(f"{path.stem}.*{path.suffix}")]
    raise ConfigError(f"there is no profile {profile}: no file {overlay.name}", hint=did_you_mean(profile, there))


def laid_over(base: Block, over: Block, steps: tuple[Step, ...] = ()) -> Block:
    """`base` with what `over` says instead: mappings are merged, lists and values replaced, new keys come last."""
    entries = {entry.key: entry for entry in base}
    for entry in over:
        entries[entry.key] = _merged(entries.get(entry.key), entry, (*steps, entry.key))
    return Block(place=base.place, entries=tuple(entries.values()))


def _merged(old: Entry | None, new: Entry, steps: tuple[Step, ...]) -> Entry:
    whole = len(steps) > 1 and steps[0] in _WHOLE
    if old is None or whole or not (isinstance(old.node, Block) and isinstance(new.node, Block)):
        return new
    return Entry(key=old.key, place=old.place, node=laid_over(old.node, new.node, steps))
