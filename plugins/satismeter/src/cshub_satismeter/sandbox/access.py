"""Which key opens which generation: Bearer everywhere, and what older clients still send to the older paths."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Literal, TypeAlias

from .project import Project
from .refusals import unauthorized

#: `open` takes calls without a key: the body carries the public one.
Gate: TypeAlias = Literal["v3", "old", "v2", "open"]


def check_key(project: Project, gate: Gate, headers: Mapping[str, str]) -> None:
    """Raise Refused with 401 unless the request carries the key in a way this generation takes."""
    if gate != "open" and project.key not in _keys(gate, headers):
        raise unauthorized()


def _keys(gate: Gate, headers: Mapping[str, str]) -> set[str]:
    kind, _, text = headers.get("authorization", "").partition(" ")
    keys = {text.strip()} if kind.lower() == "bearer" else set()
    if gate in ("old", "v2"):
        keys.add(headers.get("authkey", ""))
    if gate == "old" and kind.lower() == "basic":
        keys.add(_user(text))
    return keys


def _user(text: str) -> str:
    try:
        user, _, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return "" if password else user
