"""Keeping secrets out of whatever people read: by value, in any spelling. Where secrets come from is not known here."""

from __future__ import annotations

import base64
import html
import logging
import re
import threading
from collections.abc import Iterable

from pydantic import SecretStr

MASK = "[secret]"
#: Shorter values are no secrets, and masking them would eat ordinary words.
_SHORTEST = 4
#: Tokens come and go while a daemon lives; the newest this many are remembered besides those given at the start.
_REMEMBERED = 16
#: Values that are secret because of the name in front of them: a token endpoint's answer is not known by value yet.
_NAMED = re.compile(
    r"(?i)((?:(?:access|refresh|id)_?token|client_secret|assertion|password|api_?key)\\?\"?\s*[:=]\s*\\?\"?"
    r"|\bbearer\s+(?=[^\s\"\\]{16}))[^\s\"\\&,;}\[]{4,}"
)
_LOUD = ("httpx", "httpcore", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))
#: One character, written as two escaped UTF-16 units, takes twelve.
_LONGEST_SPELLING = 12


class Redactor:
    """Replaces every known secret in a text by `[secret]`; safe to share between threads."""

    def __init__(self, secrets: Iterable[SecretStr | str] = ()) -> None:
        self._lock = threading.Lock()
        self._given = tuple(dict.fromkeys(_plain(secret) for secret in secrets))
        self._learnt: tuple[str, ...] = ()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secret: SecretStr | str) -> None:
        """Remember one more secret, such as a freshly fetched token; a known one costs next to nothing."""
        value = _plain(secret)
        if value in self._learnt or value in self._given:
            return
        with self._lock:
            self._learnt = (*self._learnt, value)[-_REMEMBERED:]
            self._pattern = None

    def clean(self, text: str) -> str:
        """The text without secrets: plain, percent-encoded, JSON- or HTML-escaped (mixed too), or inside base64."""
        if not text:
            return text
        with self._lock:
            pattern = self._pattern = self._pattern or _pattern_of((*self._given, *self._learnt))
        return _NAMED.sub(rf"\g<1>{MASK}", pattern.sub(MASK, text))

    def excerpt(self, content: bytes, length: int = 120) -> str:
        """The first `length` characters of a body in one line, cleaned before they are cut."""
        longest = max((_LONGEST_SPELLING * len(secret) for secret in (*self._given, *self._learnt)), default=1)
        window = 4096 + longest
        text = self.clean(content[:window].decode("utf-8", "replace"))
        if len(content) > window:
            text = text[:-longest]  # the window's end may have cut a secret, whose front then stands there unmasked
        return " ".join(text.split())[:length]


def redact(text: str, secrets: Iterable[SecretStr | str]) -> str:
    """The text with every spelling of every secret replaced by `[secret]`."""
    return Redactor(secrets).clean(text)


def silence_loggers() -> None:
    """Turn off the loggers of httpx and httpcore, which print URLs and headers, whatever level somebody sets."""
    for name in _LOUD:
        logging.getLogger(name).disabled = True


def _plain(secret: SecretStr | str) -> str:
    return secret.get_secret_value() if isinstance(secret, SecretStr) else secret


def _pattern_of(secrets: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all secrets, the longest first, so that no tail of one is left by another."""
    known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)
    spellings = [_escaped(secret) for secret in known]
    spellings += [re.escape(core) for secret in known for core in _base64_cores(secret)]
    return re.compile("|".join(spellings) or r"(?!)")


def _escaped(secret: str) -> str:
    """A pattern for the secret in which every character may be written plainly or in any common escape."""
    return "".join(_spellings(character) for character in secret)


def _spellings(character: str) -> str:
    """All ways one character is written by URL, JSON and HTML encoders."""
    percent = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    units = character.encode("utf-16-be", "surrogatepass")
    escaped = "".join(rf"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
    ways = [re.escape(character), f"(?i:{percent})", f"(?i:{escaped})"]
    if character in "\"'\\/":
        ways.append(re.escape("\\" + character))
    if character in "\"'&<>":
        ways.append(re.escape(html.escape(character)))
    if character == " ":
        ways.append(r"\+")
    return f"(?:{'|'.join(ways)})"


def _base64_cores(secret: str) -> set[str]:
    """The letters that base64 always gives this secret, wherever it stands in the encoded text (three alignments)."""
    raw = secret.encode("utf-8", "surrogatepass")
    cores = set()
    for before in range(3):
        length = before + len(raw)
        text = base64.b64encode(bytes(before) + raw).decode("ascii")
        core = text[-(-before * 8 // 6) : length * 8 // 6]
        if len(core) > _SHORTEST:
            cores |= {core, core.translate(str.maketrans("+/", "-_"))}
    return cores
