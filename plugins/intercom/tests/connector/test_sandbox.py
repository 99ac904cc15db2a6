"""The traps once more, on the stateful double: its quirks on, readings beside a workspace that lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Unpack

import httpx
import pytest

from cshub import Incremental, Page, Row, Snapshot, VendorTrouble
from cshub.testing import ManualClock, context
from cshub.testing.sandbox import Fault, FaultKind, Sandbox, SandboxClock
from cshub_intercom import connector
from cshub_intercom.sandbox import Intercom, Switches, create
from cshub_intercom.settings import IntercomSettings
from plugins.intercom.tests.openapi_judge import OpenApiJudge

from .conftest import Strict

START = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
STREAMS = ("companies", "contacts", "conversations", "tickets", "admins", "associations")


@dataclass(slots=True)
class Desk:
    """A double with a connector on it, and a reading of each stream that goes on from pull to pull."""

    sandbox: Sandbox[Intercom]
    clock: ManualClock
    official: OpenApiJudge | None
    given: Mapping[str, object]
    cursors: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    wire: Strict | None = None

    def settings(self) -> IntercomSettings:
        return IntercomSettings.model_validate({"token": self.sandbox.credentials["INTERCOM_TOKEN"], **self.given})

    def connect(self) -> connector.Intercom:
        settings = self.settings()
        judge = self.official if settings.version == "2.16" else None
        self.wire = Strict(httpx.WSGITransport(app=self.sandbox), judge)  # type: ignore[arg-type]  # a sandbox is a WSGI application
        return connector.Intercom(settings, context(connection="support", transport=self.wire, clock=self.clock))

    def stream(self, name: str) -> Incremental | Snapshot:
        return next(each for each in connector.streams(self.settings()) if each.name == name)

    def pull(self, name: str) -> list[Page]:
        pages = []
        whole = isinstance(self.stream(name), Snapshot)
        known: dict[str, Row] = {} if whole else self.rows.setdefault(name, {})
        for page in self.connect().pull(self.stream(name), self.cursors.get(name), self.clock.now()):
            pages.append(page)
            self.cursors[name] = page.cursor
            known.update((str(row[0]), row) for row in page.rows)
            for gone in (*page.tombstones, *(old for old, _ in page.merges)):
                known.pop(gone, None)
        self.rows[name] = known
        return pages

    def sweep(self, name: str) -> set[str]:
        return {id for lot, _ in self.connect().ids(self.stream(name), None) for id in lot}

    def living(self, name: str) -> dict[str, Any]:
        return {str(each["id"]): each for each in self.sandbox.vendor.dump(name)}

    def column(self, stream: str, name: str, id: str) -> object:
        return self.rows[stream][id][2 + self.stream(stream).kind.names.index(name)]

    @property
    def paths(self) -> list[str]:
        return [] if self.wire is None else [f"{each.method} {each.path}" for each in self.wire.exchanges]


def desk(
    official: OpenApiJudge | None, given: Mapping[str, object] | None = None, **switches: Unpack[Switches]
) -> Desk:
    clock = ManualClock(START)
    time = SandboxClock(START, ticking=False)
    clock.follow(time.advance)
    told: Switches = {"limits": "off", **switches}
    sandbox = create(customers=40, clock=time, **told)
    return Desk(sandbox, clock, official, given or {})


def stamp_of(row: Row) -> int:
    assert isinstance(row[1], datetime)
    return int(row[1].timestamp())


def hours(there: Desk, count: float) -> None:
    there.clock.advance(timedelta(hours=count).total_seconds())


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"moving": True, "last_page": "null"},
        {"gt_is_gte": True, "list_order": "updated_at", "attached_key": "companies"},
        {"null_statistics": True, "company_on_conversations": True, "honest_has_more": True},
        {"version": "2.9", "timezone": "Pacific/Auckland"},
    ],
    ids=["usual", "moving", "worded", "empty", "old"],
)
def test_every_stream_is_read_whole_and_once(official: OpenApiJudge | None, switches: Switches) -> None:
    there = desk(official, **switches)
    for name in STREAMS:
        there.pull(name)
    for name in ("contacts", "conversations"):
        assert set(there.rows[name]) == set(there.living(name))
    assert set(there.rows["tickets"]) == {f"ticket:{id}" for id in there.living("tickets")}
    inhabited = {id for id, each in there.living("companies").items() if each["user_count"]}
    assert set(there.rows["companies"]) >= inhabited
    assert there.rows["admins"]
    hours(there, 3)
    for name in ("contacts", "conversations", "tickets"):
        there.pull(name)
        newest = {id: each["updated_at"] for id, each in there.living(name).items()}
        known = {str(row[0]).removeprefix("ticket:"): stamp_of(row) for row in there.rows[name].values()}
        older = [id for id, at in newest.items() if known.get(id) != at]
        assert len(older) <= ("moving" in switches), "a record moves after the last page as well"


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Pacific/Auckland"])
@pytest.mark.parametrize("version", ["2.15", "2.16", "2.17"])
def test_i2_an_edit_at_any_hour_of_any_zone_arrives(official: OpenApiJudge | None, zone: str, version: str) -> None:
    there = desk(official, {"version": version, "recheck": "30d"}, timezone=zone)
    there.pull("contacts")
    for number, id in enumerate(sorted(there.living("contacts"))[:20]):
        hours(there, 1.7)
        there.sandbox.vendor.edit("contacts", id, {"name": f"New {number}"})
        hours(there, 0.1)
        pages = there.pull("contacts")
        assert [row[0] for page in pages for row in page.rows] == [id]
        assert there.column("contacts", "name", id) == f"New {number}"


@pytest.mark.parametrize("end", ["empty", "404"])
def test_i1_a_scroll_is_read_whole_without_another_call_in_between(official: OpenApiJudge | None, end: Any) -> None:
    there = desk(official, {"read_companies": "scroll"}, scroll_page=7, scroll_end=end)
    there.pull("companies")
    assert set(there.rows["companies"]) == set(there.living("companies"))
    first, *rest = there.paths
    assert first == "POST /companies/list"
    assert set(rest) == {"GET /companies/scroll"}


@pytest.mark.parametrize("freed", [True, False])
def test_i1_a_scroll_broken_by_a_500_is_begun_anew(official: OpenApiJudge | None, *, freed: bool) -> None:
    there = desk(official, {"read_companies": "scroll"}, scroll_page=7, scroll_freed_by_500=freed)
    fault = Fault(kind=FaultKind.SERVER_ERROR, on="GET /companies/scroll", skip=2, times=1, status=500)
    there.sandbox.faults.add(fault)
    there.pull("companies")
    assert set(there.rows["companies"]) == set(there.living("companies"))
    assert (there.clock.waited_s > 60) is not freed


def test_i1_a_scroll_that_always_breaks_ends_in_trouble(official: OpenApiJudge | None) -> None:
    there = desk(official, {"read_companies": "scroll"}, scroll_page=7)
    there.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, on="GET /companies/scroll", skip=1))
    with pytest.raises(VendorTrouble):
        there.pull("companies")


def test_i3_i6_changes_of_conversations_and_tickets_arrive_and_nothing_else(official: OpenApiJudge | None) -> None:
    there = desk(official)
    hours(there, 1)
    for name in ("conversations", "tickets"):
        there.pull(name)
        id = min(id for id, each in there.living(name).items() if each["open"])
        hours(there, 2)
        there.sandbox.vendor.edit(name, id, {"state": "resolved" if name == "tickets" else "closed"})
        hours(there, 1)
        pages = there.pull(name)
        row = f"ticket:{id}" if name == "tickets" else id
        assert [each[0] for page in pages for each in page.rows] == [row]
        assert there.column(name, "is_open", row) is False


@pytest.mark.parametrize("limit", [0, 3, 10])
def test_i4_links_are_whole_however_short_the_stubs(official: OpenApiJudge | None, limit: int) -> None:
    there = desk(official, stub_limit=limit)
    companies = sorted(there.living("companies"))[:9]
    contact = there.sandbox.vendor.add("contacts", {"companies": ",".join(companies)})
    hours(there, 1)
    there.pull("associations")
    found = {row[5] for row in there.rows["associations"].values() if row[3] == contact}
    assert found == set(companies)
    assert len(there.rows["associations"]) > len(companies)


@pytest.mark.parametrize("merged_answer", ["410", "404"])
def test_i5_a_contact_that_vanishes_meanwhile_does_not_end_the_run(
    official: OpenApiJudge | None, merged_answer: Any
) -> None:
    there = desk(official, stub_limit=0, merged_answer=merged_answer)
    there.pull("contacts")
    linked = sorted(row[0] for row in there.rows["contacts"].values() if row[7] is not None)
    gone, target = str(linked[0]), str(linked[1])
    original = there.sandbox.vendor.answer

    def merging(request: Any) -> Any:
        answer = original(request)
        if request.path == "/contacts" and gone in there.living("contacts"):
            there.sandbox.vendor.merge("contacts", gone, target)
        return answer

    there.sandbox.vendor.answer = merging  # type: ignore[method-assign]  # the merge falls between the list and its children
    there.cursors.clear()
    pages = there.pull("contacts")
    merges = [pair for page in pages for pair in page.merges]
    tombstones = [id for page in pages for id in page.tombstones]
    assert (merges, tombstones) == (([(gone, target)], []) if merged_answer == "410" else ([], [gone]))


def test_what_was_removed_is_told_or_swept(official: OpenApiJudge | None) -> None:
    there = desk(official)
    for name in ("contacts", "conversations", "tickets"):
        there.pull(name)
    gone = {name: min(there.living(name)) for name in ("contacts", "conversations", "tickets")}
    hours(there, 2)
    for name, id in gone.items():
        there.sandbox.vendor.remove(name, id)
    hours(there, 25)
    tombstones = [id for page in there.pull("conversations") for id in page.tombstones]
    assert tombstones == [gone["conversations"]]
    for name in ("contacts", "conversations"):
        assert there.sweep(name) == set(there.living(name))
    assert there.sweep("tickets") == {f"ticket:{id}" for id in there.living("tickets")}


def test_the_vendors_limits_are_kept_within(official: OpenApiJudge | None) -> None:
    there = desk(official, {"calls_per_10s": 100_000}, limits="vendor")
    for name in STREAMS:
        there.pull(name)
        assert {each.status for each in there.wire.exchanges if there.wire} == {200}


@pytest.mark.parametrize(
    ("denied", "streams"),
    [("conversations", {"conversations"}), ("companies", {"companies"}), ("tickets", {"tickets"})],
)
def test_a_check_names_what_the_token_may_not_read(
    official: OpenApiJudge | None, denied: str, streams: set[str]
) -> None:
    there = desk(official, denied=[denied])
    assert set(there.connect().check().missing_scopes) == streams


def test_a_healthy_workspace_is_well(official: OpenApiJudge | None) -> None:
    found = desk(official).connect().check()
    assert found.missing_scopes == {}
    assert all(each.ok for each in found.findings)
