"""How a write reaches a record: values are checked, kept as text, logged, and move the stamp only when they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cshub.testing.sandbox import JSON, WriteEntry

from .catalog import STAGES
from .pipelines import PIPELINES, pipeline_of
from .portal import Portal
from .records import Record, Table, Version
from .refusals import ValueProblem, bad_request, conflict, invalid_values
from .times import iso
from .values import Unfit, problem, same, stored

Who = Literal["api", "human"]


def create(portal: Portal, table: Table, values: Mapping[str, JSON], by: Who = "api") -> Record:
    """Make a record. Raises Refused."""
    now = portal.clock.now_ms()
    clean = checked(portal, table, values, None, by)
    require(table, clean)
    record = Record(portal.new_id(table.name), {}, now, now)
    filled = {name: value for name, value in clean.items() if value}
    record.values = filled | _derived(table, filled, now)
    _log(portal, table, record, {name: (None, value) for name, value in filled.items()}, by)
    portal.born(table, record)
    _follow(portal, table, record, filled)
    return record


def update(portal: Portal, table: Table, record: Record, values: Mapping[str, JSON], by: Who = "api") -> bool:
    """Write values into a record; whether any of them differed. Raises Refused."""
    clean = checked(portal, table, values, record, by)
    schema = table.schema.properties
    changed = {name: value for name, value in clean.items() if not same(schema[name], record.values.get(name), value)}
    _log(portal, table, record, {name: (record.values.get(name), value or None) for name, value in clean.items()}, by)
    if not changed:
        return False
    now = max(portal.clock.now_ms(), record.modified_ms + 1)
    _keep_history(record, changed, now)
    for name in changed:
        table.forget_unique(record, name)
    merged = record.values | changed
    record.values = {name: value for name, value in (merged | _derived(table, merged, now)).items() if value}
    record.modified_ms = now
    table.remember_unique(record)
    portal.publish(table, record)
    _follow(portal, table, record, changed)
    return True


def checked(portal: Portal, table: Table, values: Mapping[str, JSON], record: Record | None, by: Who) -> dict[str, str]:
    """The values as HubSpot keeps them. Raises Refused with every problem at once."""
    clean: dict[str, str] = {}
    problems: list[ValueProblem] = []
    for name, value in values.items():
        try:
            clean[name] = _checked(portal, table, name, value, record, by)
        except Unfit as unfit:
            problems.append(problem(name, unfit))
    if problems:
        raise invalid_values(problems)
    if by == "api":
        _forbid_backward(clean, record)
    _forbid_twice(table, clean, record)
    return clean


def _checked(portal: Portal, table: Table, name: str, value: JSON, record: Record | None, by: Who) -> str:
    prop = table.schema.properties.get(name)
    if prop is None:
        raise Unfit("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if prop.read_only and by == "api":
        raise Unfit("READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set')
    text = stored(prop, value, record.values.get(name) if record else None)
    if name in ("email", "domain"):
        text = text.strip().lower()
    if name == "hubspot_owner_id" and text and text not in {owner.id for owner in portal.owners}:
        raise Unfit("INVALID_OWNER_ID", f"Owner {text} does not exist")
    if name in ("dealstage", "hs_pipeline_stage") and text:
        _check_stage(table, text)
    return text


def _check_stage(table: Table, stage_id: str) -> None:
    if not any(line.stage(stage_id) for line in PIPELINES.get(table.name, ())):
        raise Unfit("INVALID_OPTION", f"{stage_id} is not a stage of any pipeline")


def require(table: Table, clean: Mapping[str, str]) -> None:
    """Raise Refused when a new record lacks what its type cannot do without."""
    if table.name == "companies" and not (clean.get("name") or clean.get("domain")):
        raise bad_request("Property values were not valid: a company needs a name or a domain")
    if table.name in ("tasks", "notes") and not clean.get("hs_timestamp"):
        raise bad_request("Error creating engagement. Some required properties were not set: [hs_timestamp]")


def _forbid_backward(clean: dict[str, str], record: Record | None) -> None:
    """`lifecyclestage` only moves forward: HubSpot keeps the later stage and says nothing."""
    new, old = clean.get("lifecyclestage"), record.values.get("lifecyclestage") if record else None
    if new and old in STAGES and STAGES.index(new) < STAGES.index(old):
        clean["lifecyclestage"] = old


def _forbid_twice(table: Table, clean: Mapping[str, str], record: Record | None) -> None:
    for name in table.schema.unique_names():
        value = clean.get(name)
        holder = table.holder(name, value) if value else None
        if holder is None or (record and holder == record.id):
            continue
        if name == "email":
            raise conflict(f"Contact already exists. Existing ID: {holder}")
        raise conflict(f"A record with {name} {value!r} already exists. Existing ID: {holder}")


def _derived(table: Table, values: Mapping[str, str], now_ms: int) -> dict[str, str]:
    if table.name == "companies":
        domain = values.get("domain")
        return {"website": domain} if domain and not values.get("website") else {}
    if table.name == "contacts":
        return {"hs_email_domain": values.get("email", "").partition("@")[2]}
    if table.name == "deals":
        return _derived_deal(values)
    return _derived_ticket(values, now_ms) if table.name == "tickets" else {}


def _derived_deal(values: Mapping[str, str]) -> dict[str, str]:
    line = pipeline_of("deals", values.get("pipeline", "default"))
    stage = line.stage(values.get("dealstage", "")) if line else None
    if line is None or stage is None:
        return {"pipeline": values.get("pipeline", "default")}
    closed = stage.says("isClosed")
    won = "true" if closed == "true" and float(stage.says("probability")) > 0 else "false"
    return {"pipeline": line.id, "hs_is_closed": closed, "hs_is_closed_won": won}


def _derived_ticket(values: Mapping[str, str], now_ms: int) -> dict[str, str]:
    pipeline, stage_id = values.get("hs_pipeline", "0"), values.get("hs_pipeline_stage", "1")
    line = pipeline_of("tickets", pipeline)
    stage = line.stage(stage_id) if line else None
    is_closed = stage is not None and stage.says("ticketState") == "CLOSED"
    closed_at = values.get("closed_date") or iso(now_ms) if is_closed else ""
    return {"hs_pipeline": pipeline, "hs_pipeline_stage": stage_id, "closed_date": closed_at}


def _keep_history(record: Record, changed: Mapping[str, str], now_ms: int) -> None:
    for name, value in changed.items():
        versions = record.history.setdefault(name, [Version(record.values.get(name, ""), record.created_ms)])
        versions.append(Version(value, now_ms))


def _log(
    portal: Portal, table: Table, record: Record, fields: Mapping[str, tuple[str | None, str | None]], by: Who
) -> None:
    at = portal.clock.now()
    for name, (old, new) in fields.items():
        entry = WriteEntry(at=at, object=table.name, id=str(record.id), field=name, old=old, new=new, by=by)
        portal.writes.add(entry)


def _follow(portal: Portal, table: Table, record: Record, changed: Mapping[str, str]) -> None:
    """A contact's `associatedcompanyid` is an association written as a property."""
    company = changed.get("associatedcompanyid", "") if table.name == "contacts" else ""
    if company.isdigit() and int(company) in portal.tables["companies"].live:
        portal.links.add("contacts", record.id, "companies", int(company))
