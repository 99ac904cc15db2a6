"""Salesforce record ids: 15 characters in which case counts, or 18 with a check that makes case superfluous. Ours are always 18.

See https://help.salesforce.com/s/articleView?id=000383278 for the check.
"""

from __future__ import annotations

import re

_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_SHORT = 15
_GROUP = 5
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

ACCOUNT_PREFIX = "001"
CONTACT_PREFIX = "003"


def is_id(text: object) -> bool:
    """Whether this could be the id of a record at all; anything else must not reach a query."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def full(text: str) -> str:
    """The id in its 18-character form. Raises ValueError for what is no id."""
    if _ID.fullmatch(text) is None:
        raise ValueError(f"{text[:40]!r} is not a Salesforce id")
    return text if len(text) > _SHORT else text + "".join(map(_check, (text[:5], text[5:10], text[10:])))


def _check(group: str) -> str:
    """The check character of five: bit i says whether character i is a capital."""
    return _CHECK[sum((group[place] in _CAPITALS) << place for place in range(_GROUP))]


_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
