"""The daemon's times. A crontab is only looked at here, so that a slip in it is found before the daemon starts."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from .blocks import SafetyBlock, ScheduleBlock
from .check import check
from .draft import Draft
from .nodes import Block, Value
from .result import Safety, Schedule

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 7))
_PART = re.compile(r"(?:\*|(?P<low>[0-9]{1,2})(?:-(?P<high>[0-9]{1,2}))?)(?:/(?P<step>[0-9]{1,2}))?")
_NAMES = {name: str(number) for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))} | {
    name: str(number)
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
#: What a remark about a key that only a later version acts on advises meanwhile.
LATER = "until then `approve: plan` lets a person look at every plan before it is written"
_EXAMPLE = 'five fields, like "0 3 * * 0": at 3:00 on Sundays'


def read_schedule(draft: Draft) -> Schedule:
    """The schedule, with its crontab looked at field by field."""
    block = draft.section("schedule") or Block(place=draft.root.place)
    core = check(block, ScheduleBlock, draft.problems, ("schedule",))
    if core is None:
        return Schedule()
    sweep = block.get("sweep")
    if isinstance(sweep, Value) and core.sweep is not None and (mistake := crontab_mistake(core.sweep)):
        draft.problems.add(sweep.place, ("schedule", "sweep"), mistake, _EXAMPLE)
    for key, pause in (("pull", core.pull), ("score", core.score)):
        node = block.get(key)
        if node is not None and pause.total_seconds() <= 0:
            draft.problems.add(node.place, ("schedule", key), "needs more than no time", "like 15m")
    return Schedule(pull=core.pull, score=core.score, sweep=core.sweep, jitter=core.jitter)


def read_safety(draft: Draft) -> Safety:
    """The limits of the breaker, which this version only reads."""
    section = draft.section("safety")
    if section is not None:
        draft.problems.remark(section.place, ("safety",), "is not acted on by this version", LATER)
    block = section or Block(place=draft.root.place)
    core = check(block, SafetyBlock, draft.problems, ("safety",))
    return Safety(max_band_flips=core.max_band_flips) if core else Safety()


def read_timezone(draft: Draft) -> str:
    """The IANA name of the zone in which days begin."""
    node = draft.root.get("timezone")
    if node is None:
        return "UTC"
    if not isinstance(node, Value) or not isinstance(node.value, str):
        draft.problems.add(node.place, ("timezone",), "needs the name of a time zone", "like Europe/Prague or UTC")
    elif not _is_zone(node.text):
        zones = dict.fromkeys(available_timezones())
        draft.known(node.text, zones, node, ("timezone",), what="time zone")
    return node.text if isinstance(node, Value) else "UTC"


def _is_zone(name: str) -> bool:
    """Whether this machine knows the zone; UTC needs no table of zones."""
    try:
        return name == "UTC" or bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def crontab_mistake(text: str) -> str | None:
    """What is wrong with a crontab, None when nothing is."""
    fields = text.lower().split()
    if len(fields) != len(_FIELDS):
        return f"needs 5 fields, has {len(fields)}"
    for field, (name, low, high) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if not _fits(part, low, high):
                return f"{part!r} is no {name}"
    return None


def _fits(part: str, low: int, high: int) -> bool:
    found = _PART.fullmatch(re.sub(r"[a-z]{3}", lambda word: _NAMES.get(word[0], word[0]), part))
    if not found or found["step"] in ("0", "00"):
        return False
    ends = [int(end) for end in (found["low"], found["high"]) if end is not None]
    return all(low <= end <= high for end in ends) and ends == sorted(ends)
