"""The support cases of the seeded company as conversations and tickets, with times, ratings and promises that fit them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from cshub.testing.company import Company, Story, Ticket
from cshub.testing.sandbox import JSON

from .records import Record
from .times import seconds
from .workspace import CONVERSATIONS, TICKETS, Workspace

PRIORITY = {"low": "low", "normal": "medium", "high": "high", "urgent": "urgent"}
#: The lowest and highest rating by story.
MARKS: Mapping[Story, tuple[int, int]] = {"healthy": (4, 5), "steady": (3, 5), "at_risk": (1, 3)}
#: Every so many: cases asked for a rating, of those asked again without an answer, without a source, with an AI agent,
#: snoozed, without a teammate.
RATED, PENDING, SOURCELESS, AGENTS, SNOOZED, UNASSIGNED = 3, 4, 15, 10, 5, 7
PROMISED_S = 4 * 3600


def seed_cases(workspace: Workspace, company: Company, ids: dict[str, str]) -> None:
    """Make a conversation or ticket of each case kept at support: chats are conversations, mails one or the other."""
    stories = {account.key: account.story for account in company.accounts}
    cases = [case for case in company.tickets if case.system == "support"]
    for place, case in enumerate(cases):
        is_ticket = case.channel == "email" and place % 2 == 0
        made = _ticket(workspace, case, ids) if is_ticket else _conversation(workspace, case, place, ids)
        if not is_ticket and not case.is_open and place % RATED == 0:
            _rate(workspace, made, case, stories[case.account])
        ids[case.key] = made.id


def _conversation(workspace: Workspace, case: Ticket, place: int, ids: Mapping[str, str]) -> Record:
    opened = seconds(case.opened_at)
    state = "closed" if not case.is_open else "snoozed" if place % SNOOZED == 0 else "open"
    is_mail = case.channel == "email"
    values: dict[str, JSON] = {
        "state": state,
        "title": case.subject if is_mail else None,
        "subject": case.subject if is_mail else None,
        "body": f"<p>{case.subject}</p>",
        "channel": "email" if is_mail else "conversation",
        "priority": PRIORITY[case.priority],
        "read": not case.is_open,
        "admin": None if place % UNASSIGNED == 0 else int(ids[case.owner]),
        "team": int(workspace.teams[place % 2].id),
        "waiting_since": opened if case.is_open and case.first_reply_s is None else None,
        "snoozed_until": seconds(case.opened_at + timedelta(days=30)) if state == "snoozed" else None,
        "statistics": _statistics(case),
        "sla": _sla(case, place),
        "sourceless": place % SOURCELESS == SOURCELESS - 1,
        "ai_agent": _agent(case) if place % AGENTS == 0 else None,
        "contact_ids": _contacts(case, ids),
    }
    record = _put(workspace, CONVERSATIONS, values, case)
    record.values["parts"] = _parts(workspace, case)
    # Flags among the attributes break the file's own schema, and were recorded.
    record.custom = {"Copilot used": place % 2 == 0, "Topic": case.subject}
    if case.priority == "urgent":
        record.tags.append("105")
    return record


def _ticket(workspace: Workspace, case: Ticket, ids: Mapping[str, str]) -> Record:
    waiting = "in_progress" if case.first_reply_s is not None else "submitted"
    values: dict[str, JSON] = {
        "subject": case.subject,
        "body": f"{case.subject}, says the customer.",
        "state": waiting if case.is_open else "resolved",
        "category": "Customer",
        "number": workspace.new_id("shown"),
        "channel": "email",
        "admin": int(ids[case.owner]),
        "contact_ids": _contacts(case, ids),
    }
    return _put(workspace, TICKETS, values, case)


def _contacts(case: Ticket, ids: Mapping[str, str]) -> list[JSON]:
    return [ids[case.contact]] if case.contact and case.contact in ids else []


def _put(workspace: Workspace, object_type: str, values: Mapping[str, JSON], case: Ticket) -> Record:
    kept: dict[str, JSON] = {name: value for name, value in values.items() if value is not None}
    opened = seconds(case.opened_at)
    record = Record(workspace.new_id(object_type), kept, opened, seconds(case.changed_at))
    workspace.tables[object_type].live[record.id] = record
    return record


def _statistics(case: Ticket) -> dict[str, JSON]:
    """Seconds for how long, Unix seconds for when; null for what did not happen."""
    opened = seconds(case.opened_at)
    replied = None if case.first_reply_s is None else opened + case.first_reply_s
    closed = seconds(case.closed_at) if case.closed_at else None
    spent = None if closed is None else closed - opened
    return {
        "time_to_assignment": 30,
        "time_to_admin_reply": case.first_reply_s,
        "time_to_first_close": spent,
        "time_to_last_close": spent,
        "median_time_to_reply": case.first_reply_s,
        "first_contact_reply_at": opened,
        "first_assignment_at": opened + 30,
        "first_admin_reply_at": replied,
        "first_close_at": closed,
        "last_assignment_at": opened + 30,
        "last_contact_reply_at": opened,
        "last_admin_reply_at": replied,
        "last_close_at": closed,
        "last_closed_by_id": None,
        "count_reopens": 0,
        "count_assignments": 1,
        "count_conversation_parts": 2,
        "assigned_team_first_response_time": None,
        "handling_time": None if spent is None else spent // 10,
        "adjusted_handling_time": None,
    }


def _sla(case: Ticket, place: int) -> JSON:
    if place % 2:
        return None
    # A missed one shows only when a teammate replies at last.
    status = "active" if case.first_reply_s is None else "hit" if case.first_reply_s <= PROMISED_S else "missed"
    return {"type": "conversation_sla_summary", "sla_name": "First reply", "sla_status": status}


def _agent(case: Ticket) -> JSON:
    return {
        "source_type": "workflow",
        "source_title": "Fin",
        "last_answer_type": "ai_answer",
        "resolution_state": "escalated" if case.is_open else "assumed_resolution",
        "rating": None if case.is_open else 4,
        "rating_remark": None,
        "created_at": seconds(case.opened_at),
        "updated_at": seconds(case.changed_at),
        "content_sources": {"type": "content_source.list", "content_sources": [], "total_count": 0},
    }


def _parts(workspace: Workspace, case: Ticket) -> list[JSON]:
    admins = [admin for admin in workspace.admins if not admin.left]
    reply = None if case.first_reply_s is None else seconds(case.opened_at) + case.first_reply_s
    if reply is None:
        return []
    return [
        {
            "type": "conversation_part",
            "id": workspace.new_id("other"),
            "part_type": "comment",
            "body": "<p>We are looking into it.</p>",
            "created_at": reply,
            "updated_at": reply,
            "notified_at": reply,
            "assigned_to": None,
            "author": admins[0].as_author(),
            "attachments": [],
            "external_id": None,
            "redacted": False,
            "email_message_metadata": None,
            "state": "open" if case.is_open else "closed",
            "tags": [],
            "event_details": None,
            "app_package_code": None,
        }
    ]


def _rate(workspace: Workspace, record: Record, case: Ticket, story: Story) -> None:
    closed = seconds(case.closed_at or case.changed_at)
    mark = workspace.random.randint(*MARKS[story])
    ratings: list[JSON] = [{"requested_at": closed, "replied_at": closed, "rating": mark, "remark": "Thanks."}]
    if int(record.id) % PENDING == 0:
        # Before 2.15 this request hides the score that was given.
        ratings.append({"requested_at": closed + 1, "rating": None, "remark": None})
    record.values["ratings"] = ratings
