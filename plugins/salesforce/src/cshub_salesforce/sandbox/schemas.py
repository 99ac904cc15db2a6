"""Describes and limits: what the caller may see of the org's shape, answered with 304 where nothing changed."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .describe import describe_briefly, describe_object
from .refusals import refused


def describe_all(call: Call) -> Response:
    """Every object the caller sees."""
    if not _changed(call):
        return Response(status=304)
    sobjects: list[JSON] = [describe_briefly(table, call.version) for table in call.sight.tables]
    return json_response({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": sobjects}, headers=_stamp(call))


def basics(call: Call) -> Response:
    """An object in brief."""
    brief = describe_briefly(call.table(), call.version)
    return json_response({"objectDescribe": brief, "recentItems": []})


def describe(call: Call) -> Response:
    """An object with its fields."""
    table = call.table()
    if not _changed(call):
        return Response(status=304)
    return json_response(describe_object(call.sight, table, call.version), headers=_stamp(call))


def limits(call: Call) -> Response:
    """The limits page, for those who may view the setup."""
    if not call.org.behaviour.view_setup:
        raise refused(403, "INSUFFICIENT_ACCESS", "You don't have permission to view setup and configuration.")
    return json_response(call.site.meter.table())


def record_count(call: Call) -> Response:
    """How many live records objects have, roughly in life and exactly here."""
    asked = call.request.args("sObjects")
    tables = [table for table in call.sight.tables if not asked or table.name in asked]
    counts: list[JSON] = [{"count": sum(1 for _ in table.live), "name": table.name} for table in tables]
    return json_response({"sObjects": counts})


def _changed(call: Call) -> bool:
    since = call.request.headers.get("if-modified-since")
    if not since:
        return True
    try:
        instant = parsedate_to_datetime(since)
    except ValueError:
        return True
    return call.org.schema_ms > instant.timestamp() * 1000


def _stamp(call: Call) -> tuple[tuple[str, str], ...]:
    instant = datetime.fromtimestamp(call.org.schema_ms / 1000, UTC)
    return (("Last-Modified", format_datetime(instant, usegmt=True)),)
