"""The beginning of a plugin: a package that runs, with a sandbox and its contract test. The command is `cshub plugin new`."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from ..errors import ConfigError

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_ENDING = ".tmpl"


def write(name: str, folder: Path) -> list[Path]:
    """Write the package `cshub_<name>` into `folder`; the files, sorted. Pass `help_desk` for a vendor called Help Desk.

    Raises ConfigError, with nothing written, for a name no module can have and for a file that is there already.
    """
    if not _NAME.fullmatch(name):
        hint = "use lower-case letters, digits and underscores, as in help_desk"
        raise ConfigError(f"{name!r} is no name for a plugin", hint=hint)
    words = _words(name)
    texts = {folder / path: text for path, text in _filled(files(__package__) / "templates" / "plugin", "", words)}
    if there := [path for path in texts if path.exists()]:
        raise ConfigError(f"{there[0]} exists already", hint="choose another folder; nothing was written")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return sorted(texts)


def _words(name: str) -> dict[str, str]:
    """The name in the spellings the templates use."""
    parts = name.split("_")
    return {
        "name": name,
        "NAME": name.upper(),
        "Name": "".join(part.capitalize() for part in parts),
        "Title": " ".join(part.capitalize() for part in parts),
        "dashed": "-".join(parts),
    }


def _filled(folder: Traversable, path: str, words: dict[str, str]) -> list[tuple[str, str]]:
    """Every file below a folder of templates with its path, names and text filled in."""
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        inside = f"{path}{entry.name.replace('NAME', words['name']).removesuffix(_ENDING)}"
        if entry.is_dir():
            found += _filled(entry, f"{inside}/", words)
        else:
            found.append((inside, Template(entry.read_text(encoding="utf-8")).substitute(words)))
    return found
