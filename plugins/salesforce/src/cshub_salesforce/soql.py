"""The one place where SOQL is put together: every value is escaped here, every name checked. What to ask for is decided elsewhere.

See https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from cshub import PluginError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
#: `%` and `_` mean something in LIKE alone, which is never used here.
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def name(text: str) -> str:
    """An object's or field's name, which cannot be escaped. Raises PluginError for anything else: settings and describe were to refuse it."""
    if not _NAME.fullmatch(text):
        raise PluginError(f"{text[:40]!r} is no name of a Salesforce object or field")
    return text


def literal(text: str) -> str:
    """Text as a quoted literal, whatever stands in it."""
    return f"'{_CONTROL.sub(_unicode, text.translate(_ESCAPES))}'"


def moment(at: datetime) -> str:
    """An instant as an unquoted literal in UTC; a part of a second only where there is one."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds") + "Z"


def select(fields: Iterable[str], sobject: str, where: str = "", order: Sequence[str] = (), limit: int = 0) -> str:
    """A query. `where` is made by the functions of this module; a `limit` of 0 is none."""
    parts = ["SELECT", ", ".join(map(name, fields)), "FROM", name(sobject)]
    parts += [f"WHERE {where}"] if where else []
    parts += [f"ORDER BY {', '.join(map(name, order))}"] if order else []
    parts += [f"LIMIT {limit}"] if limit else []
    return " ".join(parts)


def count(sobject: str, where: str = "") -> str:
    """A query for a number of records, which stands in `totalSize`."""
    return " ".join(("SELECT COUNT() FROM", name(sobject), *(["WHERE", where] if where else [])))


def every(*conditions: str) -> str:
    """All of these conditions, without those that are empty."""
    kept = [condition for condition in conditions if condition]
    return kept[0] if len(kept) == 1 else " AND ".join(f"({condition})" for condition in kept)


def equals(field: str, value: str) -> str:
    """Whether a text field or id is this."""
    return f"{name(field)} = {literal(value)}"


def flagged(field: str, *, as_: bool) -> str:
    """Whether a checkbox stands so."""
    return f"{name(field)} = {str(as_).upper()}"


def one_of(field: str, values: Iterable[str]) -> str:
    """Whether a text field or id is among these."""
    return f"{name(field)} IN ({','.join(map(literal, values))})"


def after_id(id: str | None) -> str:
    """Records behind this one in the order of ids; all for None."""
    return f"Id > {literal(id)}" if id else ""


def since(field: str, at: datetime, id: str | None) -> str:
    """Records changed at `at` or later; of that very instant only those behind `id`, if one is given."""
    field, stamp = name(field), moment(at)
    if id is None:
        return f"{field} >= {stamp}"
    return f"({field} = {stamp} AND Id > {literal(id)}) OR {field} > {stamp}"


def _unicode(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04X}"
