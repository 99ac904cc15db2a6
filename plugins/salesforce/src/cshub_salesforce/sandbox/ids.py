"""Salesforce's record ids: 15 characters in which case matters, and the check that makes them 18 in which it does not."""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
#: The first three characters of an id say its type.
PREFIXES = {
    "Account": "001",
    "Contact": "003",
    "Opportunity": "006",
    "Case": "500",
    "Task": "00T",
    "User": "005",
    "Group": "00G",
    "Organization": "00D",
    "PermissionSet": "0PS",
    "PermissionSetAssignment": "0Pa",
    "FieldPermissions": "01k",
    "ObjectPermissions": "110",
    "CustomField": "00N",
}
POD = "WX0"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?", re.IGNORECASE)


def check_of(short: str) -> str:
    """The three characters that follow an id of 15."""
    return "".join(_check(short[start : start + 5]) for start in (0, 5, 10))


def full_id(text: object) -> str | None:
    """The id in its 18-character form; None when the text is no id."""
    if not isinstance(text, str) or not _SHAPE.fullmatch(text):
        return None
    short = text[:15]
    if len(text) == 15:
        return short + check_of(short)
    return _restored(short, text[15:].upper())


def make_id(object_type: str, number: int) -> str:
    """The id of the record with this number; larger numbers make larger ids."""
    digits = ""
    for _ in range(9):
        number, place = divmod(number, len(ALPHABET))
        digits = ALPHABET[place] + digits
    short = PREFIXES[object_type] + POD + digits
    return short + check_of(short)


def _check(part: str) -> str:
    return CHECKS[sum(1 << place for place, letter in enumerate(part) if "A" <= letter <= "Z")]


def _restored(short: str, check: str) -> str:
    """The id with its letters in the case that the check tells: 18 characters may arrive in any case."""
    letters = [
        letter.upper() if CHECKS.index(check[place // 5]) >> place % 5 & 1 else letter.lower()
        for place, letter in enumerate(short)
    ]
    return "".join(letters) + check
