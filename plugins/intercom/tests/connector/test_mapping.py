"""Intercom objects → rows, by tables. Answers leave keys out, say null, and write ids as text or number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cshub import KINDS
from cshub_intercom.mapping import domain, mapper, owner
from cshub_intercom.objects import OBJECTS
from cshub_intercom.records import Unmappable
from cshub_intercom.settings import IntercomSettings

from .scripted import nested

AT = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
AT_S = int(AT.timestamp())


def row(block: str, item: Mapping[str, Any], **settings: object) -> dict[str, Any]:
    """The row by names, what is None left out."""
    given = IntercomSettings.model_validate({"token": "x", **settings})
    object_type = OBJECTS[block]
    made = mapper(object_type, given).row({"id": "1", "updated_at": AT_S, **item})
    names = ("id", "changed_at", *object_type.kind.names)
    values = dict(zip(names, made, strict=False)) | dict(made[-1] or {})
    return {name: value for name, value in values.items() if value not in (None, ())}


BARE = {"id": "1", "changed_at": AT}


@pytest.mark.parametrize("block", ["companies", "contacts"])
def test_an_object_of_nothing_but_its_id_is_a_row(block: str) -> None:
    assert row(block, {}) == BARE


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"name": "Acme", "website": "https://www.Acme.example/about"}, {"name": "Acme", "domains": ("acme.example",)}),
        ({"name": "", "website": ""}, {}),
        ({"company_id": "T-7"}, {"external_id": "T-7"}),
        ({"company_id": 7}, {"external_id": "7"}),
        ({"company_id": "6762f0941bb69f9f2193bb25-qualification-company"}, {}),
        ({"company_id": "acme-qualification-company"}, {"external_id": "acme-qualification-company"}),
        ({"created_at": AT_S}, {"created_at": AT}),
        ({"monthly_spend": 99, "plan": {}, "size": 4, "custom_attributes": {"tier": "gold"}}, {}),
    ],
)
def test_companies(item: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    assert row("companies", item) == BARE | expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"email": " Ada@Acme.Example ", "name": "Ada"}, {"email": "ada@acme.example", "name": "Ada"}),
        ({"email": None, "name": None, "external_id": "U-1", "role": "lead"}, {"external_id": "U-1", "role": "lead"}),
        ({"last_seen_at": AT_S}, {"last_seen_at": AT}),
        ({"last_seen_at": "2026-09-15T11:30:00.000+02:00"}, {"last_seen_at": AT}),
        ({"owner_id": "12"}, {"owner": "12"}),
        ({"owner_id": 12}, {"owner": "12"}),
        ({"owner_id": 0}, {}),
        ({"companies": nested("1", "companies", ["c1"])}, {"account_id": "c1"}),
        ({"companies": nested("1", "companies", ["c1", "c2"])}, {}),
        ({"companies": nested("1", "companies", [])}, {}),
        ({"companies": None}, {}),
        ({"phone": "1", "location": {"city": "Paris"}, "custom_attributes": {"plan": "x"}}, {}),
    ],
)
def test_contacts(item: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    assert row("contacts", item) == BARE | expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"source": {"type": "conversation", "body": "words", "subject": None}}, {"channel": "chat"}),
        ({"source": {"type": "email"}}, {"channel": "email"}),
        ({"source": {"type": "phone_call"}}, {"channel": "phone"}),
        ({"source": {"type": "unknown"}}, {}),
        ({"source": {"type": None}}, {}),
        ({"source": None}, {}),
        ({"state": "open", "open": True}, {"is_open": True}),
        ({"state": "snoozed", "open": False}, {"is_open": True}),
        ({"state": "closed", "open": False}, {"is_open": False}),
        ({"open": False}, {"is_open": False}),
        ({"state": "parked", "open": True}, {"is_open": True}),
        ({"admin_assignee_id": 0}, {}),
        ({"admin_assignee_id": None}, {}),
        ({"admin_assignee_id": 991}, {"assignee": "991"}),
        ({"admin_assignee_id": "0"}, {}),
        ({"created_at": AT_S}, {"opened_at": AT}),
        ({"statistics": None, "conversation_rating": None, "sla_applied": None}, {}),
        (
            {"state": "closed", "statistics": {"time_to_admin_reply": 61, "last_close_at": AT_S}},
            {"is_open": False, "first_reply_s": 61, "closed_at": AT},
        ),
        ({"state": "open", "statistics": {"last_close_at": AT_S, "count_reopens": 1}}, {"is_open": True, "reopens": 1}),
        (
            {"statistics": {"median_time_to_reply": 5, "time_to_first_close": 6, "time_to_last_close": 7}},
            {"median_reply_s": 5, "first_close_s": 6, "last_close_s": 7},
        ),
        ({"statistics": {"handling_time": None}, "waiting_since": AT_S}, {"waiting_since": AT}),
        ({"conversation_rating": {"rating": 4, "remark": "words"}}, {"rating": 4}),
        ({"conversation_rating": {"rating": None, "created_at": AT_S}}, {}),
        ({"conversation_rating": {"created_at": AT_S}}, {}),
        ({"conversation_rating": {"rating": 0}}, {}),
        (
            {"sla_applied": {"type": "conversation_sla_summary", "sla_name": "Gold", "sla_status": "missed"}},
            {"sla_name": "Gold", "sla_status": "missed"},
        ),
        ({"company": {"type": "company", "id": "c1", "company_id": "T-7"}}, {"account_id": "c1"}),
        ({"company": None}, {}),
        ({"contacts": {"contacts": [{"id": "k1"}, {"id": "k2"}]}}, {"contact_id": "k1"}),
        ({"contacts": {"contacts": []}}, {}),
        ({"title": "words", "ai_agent": None, "topics": {}, "custom_attributes": {"a": True}}, {}),
    ],
)
def test_conversations(item: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    assert row("conversations", item) == BARE | expected


@pytest.mark.parametrize(
    ("said", "version", "expected"),
    [
        ("none", "2.16", "normal"),
        ("low", "2.16", "low"),
        ("medium", "2.16", "normal"),
        ("high", "2.16", "high"),
        ("urgent", "2.16", "urgent"),
        ("not_priority", "2.15", "normal"),
        ("priority", "2.15", "high"),
        ("new word", "2.17", None),
        (None, "2.16", None),
    ],
)
def test_priorities_by_version(said: str | None, version: str, expected: str | None) -> None:
    assert row("conversations", {"priority": said}, version=version).get("priority") == expected


def test_priorities_may_be_said_otherwise() -> None:
    found = row("conversations", {"priority": "priority"}, priorities={"priority": "urgent"})
    assert found["priority"] == "urgent"


def part(state: str, before: str, at: int) -> dict[str, Any]:
    return {"ticket_state": state, "previous_ticket_state": before, "created_at": at}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"open": True, "ticket_state": {"category": "submitted"}}, {"is_open": True, "ticket_state": "submitted"}),
        ({"ticket_state": {"category": "resolved"}}, {"is_open": False, "ticket_state": "resolved"}),
        ({"ticket_state": "in_progress"}, {"is_open": True, "ticket_state": "in_progress"}),
        ({"ticket_state": "resolved", "open": False}, {"is_open": False, "ticket_state": "resolved"}),
        (
            {"ticket_type": {"id": "1", "name": "Bug"}, "category": "Tracker"},
            {"ticket_type": "Bug", "category": "Tracker"},
        ),
        ({"contacts": {"contacts": [{"id": "k1"}]}, "created_at": AT_S}, {"contact_id": "k1", "opened_at": AT}),
        ({"admin_assignee_id": "0"}, {}),
        ({"channel": "email", "admin_assignee_id": 5}, {"channel": "email", "assignee": "5"}),
        (
            {
                "open": False,
                "ticket_parts": {
                    "ticket_parts": [
                        part("resolved", "in_progress", AT_S - 99),
                        part("in_progress", "resolved", AT_S - 50),
                        part("resolved", "in_progress", AT_S),
                        part("resolved", "resolved", AT_S + 70),
                        {"part_type": "comment", "body": "words", "created_at": AT_S + 80},
                    ]
                },
            },
            {"is_open": False, "closed_at": AT},
        ),
        ({"open": True, "ticket_parts": {"ticket_parts": [part("resolved", "x", AT_S)]}}, {"is_open": True}),
    ],
)
def test_tickets(item: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    assert row("tickets", item) == BARE | {"id": "ticket:1"} | expected


def test_a_ticket_and_a_conversation_of_one_number_are_two_rows() -> None:
    assert row("tickets", {"id": 7})["id"] != row("conversations", {"id": 7})["id"]


@pytest.mark.parametrize(
    ("fields", "item", "expected"),
    [
        ({"mrr": "monthly_spend"}, {"monthly_spend": 120}, {"mrr": 120}),
        ({"mrr": "custom_attributes.MRR (EUR)"}, {"custom_attributes": {"MRR (EUR)": "99.5"}}, {"mrr": 99.5}),
        (
            {"renewal_date": "custom_attributes.renewal"},
            {"custom_attributes": {"renewal": AT_S}},
            {"renewal_date": date(2026, 9, 15)},
        ),
        (
            {"renewal_date": "custom_attributes.renewal"},
            {"custom_attributes": {"renewal": "2026-09-15"}},
            {"renewal_date": date(2026, 9, 15)},
        ),
        ({"tier": "custom_attributes.tier"}, {"custom_attributes": {"tier": "gold"}}, {"tier": "gold"}),
        ({"plan": "plan.name"}, {"plan": {"type": "plan", "id": "1", "name": "Pro"}}, {"plan": "Pro"}),
        ({"plan": "plan.name"}, {"plan": {}}, {}),
        ({"users": "user_count"}, {"user_count": 8}, {"users": 8}),
        (
            {"seats": {"field": "custom_attributes.seats", "type": "integer"}},
            {"custom_attributes": {"seats": "8"}},
            {"seats": 8},
        ),
        (
            {"vip": {"field": "custom_attributes.vip", "type": "flag"}},
            {"custom_attributes": {"vip": True}},
            {"vip": True},
        ),
        (
            {"ends": {"field": "custom_attributes.end", "type": "date"}},
            {"custom_attributes": {"end": AT_S}},
            {"ends": "2026-09-15"},
        ),
        (
            {"labels": "tags"},
            {"tags": {"type": "tag.list", "tags": [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]}},
            {"labels": ("a", "b")},
        ),
        ({"labels": "tags"}, {"tags": {"tags": []}}, {}),
        ({"external_id": "custom_attributes.tenant"}, {"company_id": "T-7"}, {}),
        (
            {"domains": "custom_attributes.web"},
            {"custom_attributes": {"web": "www.acme.example"}},
            {"domains": ("acme.example",)},
        ),
    ],
)
def test_fields_named_in_yaml(fields: Mapping[str, Any], item: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    assert row("companies", item, companies=fields) == BARE | expected


@pytest.mark.parametrize(
    ("fields", "item", "reason"),
    [
        (
            {"mrr": "custom_attributes.mrr"},
            {"custom_attributes": {"mrr": "lots"}},
            "custom_attributes.mrr holds 'lots', which is not a number",
        ),
        ({"mrr": "custom_attributes.mrr"}, {"custom_attributes": {"mrr": True}}, "not a number"),
        ({"mrr": "custom_attributes.mrr"}, {"custom_attributes": {"mrr": 10**400}}, "not a number"),
        ({"tier": "custom_attributes"}, {"custom_attributes": {}}, "holds an object where text belongs"),
        ({"n": {"field": "size", "type": "integer"}}, {"size": 1.5}, "not a whole number"),
        ({"n": {"field": "size", "type": "flag"}}, {"size": 1}, "neither true nor false"),
        ({"n": {"field": "size", "type": "list"}}, {"size": 1}, "where a list belongs"),
        ({}, {"created_at": "soon"}, "created_at holds 'soon', which is not a time"),
        ({}, {"created_at": 10**20}, "not a time"),
        ({}, {"updated_at": {}}, "updated_at holds an object, which is not a time"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(
    fields: Mapping[str, Any], item: Mapping[str, Any], reason: str
) -> None:
    with pytest.raises(Unmappable, match=reason):
        row("companies", item, companies=fields)


def test_an_object_that_tells_no_time_of_change_is_a_row() -> None:
    assert row("contacts", {"updated_at": None}) == {"id": "1"}


def test_dates_decades_ahead_are_times() -> None:
    found = row("contacts", {"signed_up_at": 4_102_444_800}, contacts={"signed_up": "signed_up_at"})
    assert found["signed_up"] == datetime(2100, 1, 1, tzinfo=UTC)


def test_an_admin_is_an_owner() -> None:
    assert owner({"id": 7, "email": "A@B.example", "name": "A"}) == ("7", None, "a@b.example", "A", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://Acme.example:80/x", "acme.example"),
        ("www.acme.example.", "acme.example"),
        ("//a.example", "a.example"),
        ("", None),
    ],
)
def test_domains(text: str, expected: str | None) -> None:
    assert domain(text) == expected


@pytest.mark.parametrize("block", list(OBJECTS))
def test_default_fields_are_columns_and_extras_are_not(block: str) -> None:
    object_type = OBJECTS[block]
    assert KINDS[object_type.kind.name] is object_type.kind
    assert set(object_type.fields) <= set(object_type.kind.names)
    assert not set(object_type.extras) & set(object_type.kind.names)
