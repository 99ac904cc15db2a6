"""The API version asked for, and what differs between versions. Compared as numbers: 2.9 is older than 2.16."""

from __future__ import annotations

import re
from typing import NamedTuple

_FORM = re.compile(r"(?P<major>[0-9]{1,2})\.(?P<minor>[0-9]{1,2})")


class Version(NamedTuple):
    """A version of Intercom's API.

    See https://developers.intercom.com/docs/references/changelog.
    """

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read `2.16`. Raises ValueError for anything else, and for versions without contacts (before 2.0)."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no version of Intercom's API; write one like '2.16'")
        version = cls(int(found["major"]), int(found["minor"]))
        if version < (2, 0):
            raise ValueError(f"version {version} knows no contacts; take 2.0 or later")
        return version

    @property
    def searches_contacts_to_the_second(self) -> bool:
        """Up to 2.16 a search for contacts compares calendar days in the workspace's time zone."""
        return self >= (2, 17)

    @property
    def tells_merges(self) -> bool:
        """Whether contacts carry what was merged into them, when asked."""
        return self >= (2, 16)

    @property
    def lists_deleted_conversations(self) -> bool:
        """Whether there is a list of deleted conversations."""
        return self >= (2, 16)
