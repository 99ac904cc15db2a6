"""The logs of what was deleted and updated: their windows and how far they reach."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce.sandbox import Salesforce, create

from .conftest import Connect, refusal

START, END = "2026-09-15T09:30:00+00:00", "2026-09-15T09:32:59Z"


def test_deleted_records_are_listed_by_their_date(
    sandbox: Sandbox[Salesforce], client: httpx.Client, clock: SandboxClock
) -> None:
    first, second = (sandbox.vendor.add("Account", {"Name": name}) for name in "AB")
    sandbox.vendor.remove("Account", first)
    clock.advance(600)
    sandbox.vendor.remove("Account", second)
    body = client.get("/sobjects/Account/deleted/", params={"start": START, "end": END}).json()
    assert body == {
        "deletedRecords": [{"id": first, "deletedDate": "2026-09-15T09:30:00.000+0000"}],
        "earliestDateAvailable": "2026-08-31T09:40:00.000+0000",
        "latestDateCovered": "2026-09-15T09:32:00.000+0000",
    }


def test_updated_records_are_listed_by_their_stamp(
    sandbox: Sandbox[Salesforce], client: httpx.Client, clock: SandboxClock
) -> None:
    first, second = (sandbox.vendor.add("Account", {"Name": name}) for name in "AB")
    clock.advance(600)
    sandbox.vendor.edit("Account", second, {"Name": "C"})
    body = client.get("/sobjects/Account/updated/", params={"start": START, "end": END}).json()
    assert body == {"ids": [first], "latestDateCovered": "2026-09-15T09:32:00.000+0000"}
    later = client.get("/sobjects/Account/updated/", params={"start": START, "end": "2026-09-15T12:00:00Z"}).json()
    assert (later["ids"], later["latestDateCovered"]) == ([first, second], "2026-09-15T09:40:00.000+0000")


@pytest.mark.parametrize(
    ("which", "start", "end"),
    [
        ("deleted", "2026-08-01T00:00:00Z", END),
        ("updated", "2026-08-01T00:00:00Z", END),
        ("deleted", END, START),
        ("updated", START, "2026-09-15T09:30:59Z"),
        ("updated", "yesterday", END),
        ("updated", "2026-09-15T09:00:00 00:00", END),
    ],
)
def test_windows_that_are_none(client: httpx.Client, which: str, start: str, end: str) -> None:
    answer = client.get(f"/sobjects/Account/{which}/", params={"start": start, "end": end})
    assert refusal(answer)[:2] == (400, "INVALID_REPLICATION_DATE")


def test_the_delete_log_may_be_purged_earlier(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, deleted_days=1))
    params = {"start": "2026-09-13T00:00:00Z", "end": END}
    assert refusal(http.get("/sobjects/Account/deleted/", params=params))[1] == "INVALID_REPLICATION_DATE"


def test_setup_objects_keep_no_log(client: httpx.Client) -> None:
    answer = client.get("/sobjects/PermissionSet/updated/", params={"start": START, "end": END})
    assert refusal(answer)[:2] == (400, "INVALID_TYPE")
