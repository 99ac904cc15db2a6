"""What people do by hand, and what the logs say about it."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox
from cshub_intercom.sandbox import Intercom


def test_texts_become_what_their_field_is(sandbox: Sandbox[Intercom]) -> None:
    vendor = sandbox.vendor
    vendor.workspace.catalog.add("contact", "score", "integer")
    vendor.workspace.catalog.add("contact", "share", "float")
    vendor.workspace.catalog.add("contact", "vip", "boolean")
    values = {"signed_up_at": "5", "unsubscribed_from_emails": "true", "score": "7", "share": "0.5"}
    vendor.add("contacts", values | {"custom_attributes.vip": "true", "name": ""})
    row = vendor.dump("contacts")[0]
    assert (row["signed_up_at"], row["unsubscribed_from_emails"], row["name"]) == (5, True, None)
    assert row["custom_attributes"] == {"score": 7, "share": 0.5, "vip": True}


def test_the_write_log_tells_old_and_new_and_who(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    company = sandbox.vendor.add("companies", {"name": "A", "company_id": "C-1"})
    body = {"name": "B", "custom_attributes": {"health": 87}}
    for _ in range(2):
        client.put(f"/companies/{company}", json=body)
    written = [(entry.object, entry.id, entry.field, entry.old, entry.new) for entry in sandbox.writes.by("api")]
    assert written == [
        ("companies", company, "name", "A", "B"),
        ("companies", company, "custom_attributes.health", None, "87"),
        ("companies", company, "name", "B", "B"),
        ("companies", company, "custom_attributes.health", "87", "87"),
    ]
    assert len(sandbox.writes.changes()) == 2
    assert {entry.field for entry in sandbox.writes.by("human")} == {"name", "company_id"}


def test_an_edit_moves_the_stamp(sandbox: Sandbox[Intercom]) -> None:
    for kind, field in (
        ("contacts", "name"),
        ("companies", "name"),
        ("conversations", "title"),
        ("tickets", "subject"),
    ):
        id = sandbox.vendor.add(kind, {field: "A"})
        before = sandbox.vendor.dump(kind)[0]["updated_at"]
        sandbox.clock.advance(5)
        sandbox.vendor.edit(kind, id, {field: "A"})
        assert sandbox.vendor.dump(kind)[0]["updated_at"] == before
        sandbox.vendor.edit(kind, id, {field: "B"})
        assert sandbox.vendor.dump(kind)[0]["updated_at"] == int(str(before)) + 5


def test_mistakes_are_told(sandbox: Sandbox[Intercom]) -> None:
    with pytest.raises(KeyError):
        sandbox.vendor.add("planets", {"name": "Mars"})
    with pytest.raises(KeyError):
        sandbox.vendor.edit("contacts", "none", {"name": "A"})
    with pytest.raises(KeyError):
        sandbox.vendor.remove("contacts", "none")
    with pytest.raises(ValueError, match="'nosuch' does not exist"):
        sandbox.vendor.add("contacts", {"nosuch": "1"})
    with pytest.raises(ValueError, match="there is no company x"):
        sandbox.vendor.add("contacts", {"companies": "x"})
    assert set(sandbox.vendor.objects().values()) == {0}


def test_records_are_dumped_in_order_of_their_ids(sandbox: Sandbox[Intercom]) -> None:
    ids = [sandbox.vendor.add("tickets", {"subject": str(n)}) for n in range(5)]
    assert [row["id"] for row in sandbox.vendor.dump("tickets")] == sorted(ids, key=int)
