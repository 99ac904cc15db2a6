"""How a request shows who sends it. Fetching tokens is `tokens.py`'s part."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Protocol

from pydantic import SecretStr

from ..errors import CredentialsError


class Auth(Protocol):
    """Puts credentials on requests; every value it stamps is treated as a secret from then on."""

    def stamp(self, headers: MutableMapping[str, str]) -> None:
        """Add the credentials to these headers."""

    def refresh(self, reason: str) -> bool:
        """The vendor refused what this thread stamped last. True: there is something newer, try once more."""


class Bearer:
    """A token that somebody pasted; when the vendor refuses it, only a person can help."""

    def __init__(self, token: SecretStr | str) -> None:
        value = token if isinstance(token, str) else token.get_secret_value()
        self._value = bearer_value(value)

    def stamp(self, headers: MutableMapping[str, str]) -> None:
        """Add `Authorization: Bearer …`."""
        headers["Authorization"] = self._value

    def refresh(self, reason: str) -> bool:
        """A pasted token cannot be renewed."""
        return False


def bearer_value(token: str) -> str:
    """The header's value; a token that cannot stand in a header (a line break copied along) is a CredentialsError."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise CredentialsError("the token is empty or holds a space or a line break", hint="paste it again")
    return f"Bearer {token}"
