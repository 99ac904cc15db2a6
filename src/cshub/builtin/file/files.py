"""The files a pattern names, how to tell whether one has changed, and how to open one. Nothing here knows what a record means."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from cshub import ConfigError, PermissionMissing, VendorTrouble

from .lines import Lines
from .records import Record, read_csv, read_header, read_jsonl
from .settings import FileSettings

_JSON_ENDINGS = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file as it was when it was looked for. `name` is its path from the configuration's folder.

    `looks` are eight bytes that change with size, time of change or the file itself; `changed_at_s` is its time of
    change in epoch seconds.
    """

    name: str
    path: Path
    size: int
    looks: bytes
    changed_at_s: float


def find(settings: FileSettings, folder: str, where: str) -> list[Found]:
    """The files of the pattern, sorted by name. Raises ConfigError when there is none."""
    names = sorted(glob.glob(settings.path, root_dir=folder, recursive=True))  # noqa: PTH207 - Path.glob refuses absolute patterns
    found = [look(Path(folder) / name, name, where) for name in names if (Path(folder) / name).is_file()]
    if not found:
        hint = f"looked from {Path(folder).resolve()}; correct `path` or put the files there"
        raise ConfigError(f"no file is named {settings.path!r}", where=where, hint=hint)
    return found


def look(path: Path, name: str, where: str) -> Found:
    """The file as it is now. Raises VendorTrouble when it has gone."""
    try:
        seen = path.stat()
    except OSError as error:
        raise VendorTrouble(f"{name} cannot be looked at: {error.strerror}", where=where) from error
    looks = blake2b(f"{seen.st_ino} {seen.st_size} {seen.st_mtime_ns}".encode(), digest_size=8).digest()
    return Found(name=name, path=path, size=seen.st_size, looks=looks, changed_at_s=seen.st_mtime)


@contextmanager
def opened(file: Found, settings: FileSettings, where: str, *, hold: bool = False) -> Iterator[Lines]:
    """The lines of a file; `hold` as `Lines` knows it. Raises PermissionMissing or VendorTrouble when it cannot be read."""
    try:
        with file.path.open("rb") as stream:
            yield Lines(stream, settings.encoding, hold=hold)
    except PermissionError as error:
        hint = "let the user that runs cshub read it"
        raise PermissionMissing(f"{file.name} may not be read", where=where, hint=hint) from error
    except OSError as error:
        raise VendorTrouble(f"{file.name} cannot be read: {error.strerror or error}", where=where) from error


def is_csv(file: Found, settings: FileSettings) -> bool:
    """Whether the file is CSV, as the settings or its name say."""
    if settings.format == "auto":
        return not file.name.lower().endswith(_JSON_ENDINGS)
    return settings.format == "csv"


def header_of(file: Found, lines: Lines, settings: FileSettings, where: str) -> list[str]:
    """The CSV header, or nothing for JSON Lines. Raises ConfigError when a column of the settings is not in it."""
    if not is_csv(file, settings):
        return []
    place = f"{where}: {file.name}"
    header = read_header(lines, delimiter_of(file, settings), place)
    wanted = dict.fromkeys((*settings.keys, *(given.column for given in settings.sources.values())))
    if header and (missing := [name for name in wanted if name not in header]):
        hint = "correct `columns` and `key`, or `delimiter`"
        message = f"has no column {', '.join(map(repr, missing))}; it has {', '.join(map(repr, header))}"
        raise ConfigError(message, where=place, hint=hint)
    return header


def records_of(file: Found, lines: Lines, header: list[str], settings: FileSettings) -> Iterator[Record]:
    """The records after where `lines` stands."""
    return read_csv(lines, header, delimiter_of(file, settings)) if is_csv(file, settings) else read_jsonl(lines)


def delimiter_of(file: Found, settings: FileSettings) -> str:
    """What stands between two fields."""
    return settings.delimiter or ("\t" if file.name.lower().endswith(".tsv") else ",")
