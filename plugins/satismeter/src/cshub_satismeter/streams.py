"""The one list SatisMeter is read as, under given settings. Pure and offline; reading it is done elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cshub import RESPONSE, Incremental, Stream

from .mapping import VERSION
from .settings import SatisMeterSettings

#: Settings that decide which rows there are and what they say.
_MEANING = {"project", "account_external_id", "fields", "questions", "campaigns", "start"}


def streams(settings: SatisMeterSettings) -> Sequence[Stream]:
    """The responses to all surveys of the project."""
    extras = {name: type for name, (_, type) in settings.extras().items()}
    return (Incremental(name="responses", kind=RESPONSE, shape=_shape(settings), extras=extras, sweeps=True),)


def _shape(settings: SatisMeterSettings) -> str:
    """Changes with anything that gives the same response other rows."""
    given = settings.model_dump(mode="json", include=_MEANING)
    given["campaigns"] = None if given["campaigns"] is None else sorted(given["campaigns"])
    return json.dumps({"version": VERSION, "settings": given}, sort_keys=True, separators=(",", ":"))
