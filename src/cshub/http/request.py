"""A request before it is sent: its target and body as bytes. Where it may go is `origin.py`'s part."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Required, TypeAlias, TypedDict
from urllib.parse import quote, urlencode

import orjson

from .answer import JSON

Param: TypeAlias = str | int | float | bool | None
Params: TypeAlias = Mapping[str, Param | Sequence[Param]]
#: What `json=` takes: read-only shapes are as good as lists and dicts.
Body: TypeAlias = "Mapping[str, Body] | Sequence[Body] | JSON"


class Ask(TypedDict, total=False):
    """What `Client.send` is told besides method and path; only `label` must be there.

    `label` is what the call is named in errors and counters (its first word). `group` is the part of the budget it
    counts to. `repeatable` (true): it may be sent again although it may have been carried out. `accept` lists statuses
    besides 2xx that the caller wants to see.
    """

    params: Params | None
    json: Body
    form: Mapping[str, str] | None
    group: str
    label: Required[str]
    repeatable: bool
    headers: Mapping[str, str] | None
    accept: Collection[int]


@dataclass(slots=True, kw_only=True)
class Call:
    """One thing asked of a vendor, however often it is sent. `renewed`: fresh credentials were already tried."""

    method: str
    target: str
    body: bytes | None
    headers: Mapping[str, str]
    group: str
    label: str
    repeatable: bool
    accept: Collection[int]
    renewed: bool = False

    def welcomes(self, status: int) -> bool:
        """Whether an answer with this status is what the caller wants."""
        return 200 <= status < 300 or status in self.accept


def called(method: str, target: str, ask: Ask) -> Call:
    """The call as bytes, ready to be sent any number of times."""
    body, kind = encoded(ask.get("json"), ask.get("form"))
    return Call(
        method=method,
        target=with_params(target, ask.get("params")),
        body=body,
        headers={**kind, **(ask.get("headers") or {})},
        group=ask.get("group", "default"),
        label=ask["label"],
        repeatable=ask.get("repeatable", True),
        accept=ask.get("accept", ()),
    )


def with_params(target: str, params: Params | None) -> str:
    """The target with a query added; None is left out, booleans are `true` and `false`, a sequence repeats its key."""
    pairs = [(key, text) for key, value in (params or {}).items() for text in _texts(value)]
    if not pairs:
        return target
    return f"{target}{'&' if '?' in target else '?'}{urlencode(pairs, quote_via=quote, safe='')}"


def encoded(json: Body, form: Mapping[str, str] | None) -> tuple[bytes | None, dict[str, str]]:
    """The body and the header that says what it is; no body for neither."""
    if json is not None:
        return orjson.dumps(json), {"Content-Type": "application/json"}
    if form is not None:
        return urlencode(form).encode("ascii"), {"Content-Type": "application/x-www-form-urlencoded"}
    return None, {}


def _texts(value: Param | Sequence[Param]) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, str | int | float):
        return [str(value)]
    return [text for item in value for text in _texts(item)]
