"""The query calls: SOQL over the records, over deleted ones too, over the tooling objects, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .fields import Row
from .locators import Answered
from .records import Table
from .refusals import bad
from .showing import selected_row
from .sight import Sight, no_type
from .soql import Query, Selection, parse, select

LEAST_PAGE, MOST_PAGE = 200, 2_000


def query(call: Call) -> Response:
    """Live rows."""
    return _first(call, call.sight, everything=False)


def query_all(call: Call) -> Response:
    """Deleted, merged and archived rows too."""
    return _first(call, call.sight, everything=True)


def tooling_query(call: Call) -> Response:
    """The Tooling API's objects."""
    return _first(call, call.site.tooling, everything=False, tooling=True)


def more(call: Call) -> Response:
    """The page that a locator names."""
    name, answered, row = call.site.locators.find(call.params["locator"])
    return json_response(_page(call, name, answered, row))


def selected_rows(sight: Sight, parsed: Query, *, everything: bool) -> tuple[Selection, list[Row]]:
    """The selection of a query and the rows it finds. Raises Refused."""
    table = sight.table(parsed.object)
    if table is None:
        raise no_type(parsed.soql, parsed.object_at, parsed.object)
    selection = select(sight, table.name, parsed)
    return selection, selection.find(visible_rows(sight, table, everything=everything))


def visible_rows(sight: Sight, table: Table, *, everything: bool) -> Iterator[Row]:
    """What queries see of a table now, in order of ids."""
    now = sight.org.clock.now_ms()
    archived = table.type.fields.get("IsArchived")
    for key in sorted(table.records):
        row = table.records[key].seen(now)
        if row is None:
            continue
        if everything or not (row.get("IsDeleted") or (archived and sight.value(table.name, row, archived))):
            yield row


def _first(call: Call, sight: Sight, *, everything: bool, tooling: bool = False) -> Response:
    soql = call.request.arg("q")
    if not soql:
        raise bad("MALFORMED_QUERY", "A query string has to be specified")
    parsed = parse(soql)
    selection, rows = selected_rows(sight, parsed, everything=everything)
    if parsed.is_count:
        return json_response({"totalSize": len(rows), "done": True, "records": []})
    answered = Answered(
        selection=selection,
        ids=tuple(str(row["Id"]) for row in rows),
        page_rows=_page_rows(call, len(selection.chains)),
        version=call.version,
        expires_ms=call.org.clock.now_ms() + round(call.org.behaviour.locator_s * 1000),
        everything=everything,
        tooling=tooling,
    )
    return json_response(_page(call, call.site.locators.keep(answered), answered, 0))


def _page_rows(call: Call, width: int) -> int:
    """How many rows a page has: what was asked for is a hint, and wide rows get fewer."""
    behaviour = call.org.behaviour
    asked = MOST_PAGE
    for option in call.request.headers.get("sforce-query-options", "").split(","):
        name, _, number = option.strip().partition("=")
        if name.lower() == "batchsize" and number.strip().isdigit():
            asked = min(MOST_PAGE, max(LEAST_PAGE, int(number)))
    most = behaviour.page_rows // 2 if width >= behaviour.wide_fields else behaviour.page_rows
    return max(1, min(asked, most))


def _page(call: Call, name: str, answered: Answered, start: int) -> JSON:
    sight = call.site.tooling if answered.tooling else call.sight
    end = start + answered.page_rows
    rows = (sight.seen(key) for key in answered.ids[start:end])
    # A row that was deleted since the query is left out of its page.
    shown: list[JSON] = [
        selected_row(sight, answered.selection, row, call.version)
        for row in rows
        if row and (answered.everything or not row.get("IsDeleted"))
    ]
    where = "tooling/query" if answered.tooling else "query"
    page: dict[str, JSON] = {"totalSize": len(answered.ids), "done": end >= len(answered.ids)}
    if not page["done"]:
        page["nextRecordsUrl"] = f"{call.base}/{where}/{name}-{end}"
    return {**page, "records": shown}
