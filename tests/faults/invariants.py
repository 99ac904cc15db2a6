"""The promises of cshub as questions to a store and a CRM: I1 to I9. Each answer is a sentence per breach; none is good.

Everything is read beside cshub: the file with plain SQLite, the CRM over HTTP.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from cshub.model import RunReport
from tests.faults import rows
from tests.faults.portal import Portal, Written

OBJECT = "companies"
PREFIX = "cshub_"
EXIT_CODES = {"ok": {0}, "partial": {3, 5, 6}, "failed": {1, 2, 3, 5, 6}, "interrupted": {130}, "died": {-9}}
_RUN_TABLES = ("link", "customer", "review", "merge", "alert", "plan", "write_ledger", "reject", "score", "run_stream")
_KINDS = ("account", "contact", "deal", "ticket", "response", "event", "owner", "association")


def opened(store: Path) -> sqlite3.Connection:
    """The store, to be read only."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=5)
    db.row_factory = sqlite3.Row
    return db


def after_a_crash(store: Path, portal: Portal) -> list[str]:
    """What must hold at any moment, however a run ended."""
    with closing(opened(store)) as db:
        found = {
            "I2": [*_runs_known(db), *rows.cursors(db, portal)],
            "I4": list(no_row_without_change(db, portal)),
            "I5": list(intact(db)),
            "I9": list(sums(db)),
        }
    return _named(found)


def after_a_clean_run(store: Path, portal: Portal) -> list[str]:
    """What must hold as soon as a run has ended well."""
    with closing(opened(store)) as db:
        found = {
            "I1": list(rows.every_record(db, portal)),
            "I2": [*_runs_known(db), *rows.cursors(db, portal)],
            "I3": list(fields_confirmed(db, portal)),
            "I4": list(ledger_tells(db, portal)),
            "I5": list(intact(db)),
            "I8": list(states(db)),
            "I9": list(sums(db)),
        }
    return _named(found)


def _named(found: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{rule}: {text}" for rule, texts in found.items() for text in texts]


# I2


def _runs_known(db: sqlite3.Connection) -> Iterator[str]:
    """I2: no row without a run."""
    tables = (*_KINDS, *(f"{kind}_history" for kind in _KINDS), *_RUN_TABLES)
    for table in tables:
        strays = f"select count(*) from {table} where run is null or run not in (select id from run)"
        ((count,),) = db.execute(strays).fetchall()
        if count:
            yield f"{count} rows of {table} have no run"


# I3 and I4


def fields_confirmed(db: sqlite3.Connection, portal: Portal) -> Iterator[str]:
    """I3: what the CRM holds is what the ledger last confirmed, or an open drift stands beside it; nothing is left in between."""
    confirmed = {(row["id"], row["field"]): row["new"] for row in _ledger(db)}
    drifts = {(row["id"], row["field"]) for row in db.execute("select id, field from drift where state = 'open'")}
    human = {(one.id, one.field) for one in portal.written() if one.by == "human"}
    for id, record in portal.records(OBJECT).items():
        for field in (name for name in record if name.startswith(PREFIX)):
            place, value = (id, field), canonical(record[field])
            if place in confirmed and value != confirmed[place] and place not in drifts:
                yield f"{OBJECT} {id}.{field} is {value!r}; the ledger last confirmed {confirmed[place]!r}"
            if place not in confirmed and value is not None and place not in drifts | human:
                yield f"{OBJECT} {id}.{field} is {value!r}, which nobody confirmed"
    ((count,),) = db.execute("select count(*) from write_intent").fetchall()
    if count:
        yield f"{count} writes have an intent and no outcome"


def ledger_tells(db: sqlite3.Connection, portal: Portal) -> Iterator[str]:
    """I4: one row of the ledger per change of a field, in order; the vendor's own log agrees."""
    told: dict[tuple[str, str], list[str | None]] = defaultdict(list)
    for row in _ledger(db):
        told[row["id"], row["field"]].append(row["new"])
    seen = _changes(portal)
    for place in sorted(told.keys() | seen.keys()):
        ours, theirs = told.get(place, []), [canonical(one.new) for one in seen.get(place, [])]
        if ours != theirs:
            yield f"{OBJECT} {'.'.join(place)}: the ledger tells {ours}, the vendor's log {theirs}"


def no_row_without_change(db: sqlite3.Connection, portal: Portal) -> Iterator[str]:
    """I4 at any moment: what the ledger tells did happen, in that order; what is missing at its end has an open intent."""
    intents = {(row["id"], row["field"]): row["new"] for row in db.execute("select id, field, new from write_intent")}
    told: dict[tuple[str, str], list[str | None]] = defaultdict(list)
    for row in _ledger(db):
        told[row["id"], row["field"]].append(row["new"])
    seen = _changes(portal)
    for place in sorted(told.keys() | seen.keys()):
        ours, theirs = told.get(place, []), [canonical(one.new) for one in seen.get(place, [])]
        rest = theirs[len(ours) :]
        if ours != theirs[: len(ours)] or (rest and rest != [intents.get(place, "nothing intended")]):
            yield f"{OBJECT} {'.'.join(place)}: the ledger tells {ours}, the vendor's log {theirs}"


def _ledger(db: sqlite3.Connection) -> list[sqlite3.Row]:
    return db.execute("select id, field, new from write_ledger where outcome = 'written' order by number").fetchall()


def _changes(portal: Portal) -> dict[tuple[str, str], list[Written]]:
    found: dict[tuple[str, str], list[Written]] = defaultdict(list)
    for one in portal.written():
        if one.by == "api" and one.field.startswith(PREFIX) and one.old != one.new:
            found[one.id, one.field].append(one)
    return found


def canonical(value: str | None) -> str | None:
    """A value as HubSpot keeps it in the spelling of the ledger: instants without fractions, numbers without idle zeros."""
    if not value:
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", value):
        return f"{value[:19]}Z"
    if re.fullmatch(r"-?\d+\.\d+", value):
        return value.rstrip("0").rstrip(".")
    return value


# I5


def intact(db: sqlite3.Connection) -> Iterator[str]:
    """I5: the store's own check is clean."""
    yield from (text for (text,) in db.execute("pragma integrity_check") if text != "ok")


# I6


def idle(report: RunReport, before: Sequence[Written], after: Sequence[Written]) -> list[str]:
    """I6, about the run after a clean one: it read nothing new, scored nobody, planned and wrote nothing."""
    counts = {
        f"{stage} {name}": report.stages.get(stage, {}).get(name, 0)
        for stage, names in _CHANGES.items()
        for name in names
    }
    found = [f"{count} {name} in a run after a clean one" for name, count in counts.items() if count]
    if len(after) != len(before):
        found.append(f"{len(after) - len(before)} fields were written in a run after a clean one")
    if report.state != "ok":
        found.append(f"the run after a clean one ended {report.state}: {'; '.join(report.errors)}")
    return _named({"I6": found})


_CHANGES = {
    "pull": ("new", "changed", "deleted", "rejected"),
    "link": ("changed",),
    "score": ("due", "saved"),
    "act": ("opened", "closed", "delivered"),
    "plan": ("fields",),
    "apply": ("planned", "written"),
}


# I7


def secrets(folder: Path, texts: Sequence[str], values: Sequence[str]) -> list[str]:
    """I7: no byte of a secret, as it is, in Base64 at any offset, or encoded for a URL, in any file or text."""
    places = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    places |= {f"output {number}": text.encode() for number, text in enumerate(texts, 1)}
    found = [
        f"a secret stands in {place} as {form}"
        for value in values
        for form, needle in _forms(value).items()
        for place, content in places.items()
        if needle in content
    ]
    return _named({"I7": found})


def _forms(value: str) -> dict[str, bytes]:
    forms = {"plain text": value.encode(), "a URL's part": quote(value, safe="").encode()}
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + value.encode())
        # What depends on the bytes beside the secret is cut off at both ends.
        forms[f"Base64 at offset {offset}"] = coded[(offset * 8 + 5) // 6 : (offset + len(value)) * 8 // 6]
    return forms


# I8


def states(db: sqlite3.Connection) -> Iterator[str]:
    """I8: no run is left running, and none that lost something says that it went well."""
    for row in db.execute("select id, state, report from run"):
        if row["state"] == "running":
            yield f"run {row['id']} is over and still says it is running"
        lost = db.execute("select count(*) from run_stream where run = ? and state <> 'ok'", [row["id"]]).fetchone()[0]
        report = json.loads(row["report"]) if row["report"] else {}
        refused = report.get("stages", {}).get("apply", {}).get("rejected", 0)
        if row["state"] == "ok" and (lost or refused or report.get("errors")):
            yield f"run {row['id']} says ok, with {lost} streams lost and {refused} writes refused: {report.get('errors')}"


def ended(store: Path, exit_code: int, *, run: int | None = None) -> list[str]:
    """I8: a process's exit code (-9: killed) says what its run says; the newest unless `run` is given."""
    with closing(opened(store)) as db:
        newest = "select id, state from run where id = coalesce(?, (select max(id) from run))"
        row = db.execute(newest, [run]).fetchone()
    if row is None or exit_code in EXIT_CODES.get(row["state"], {-9}):
        return []
    return _named({"I8": [f"run {row['id']} ended {row['state']}, its process with {exit_code}"]})


# I9


def sums(db: sqlite3.Connection) -> Iterator[str]:
    """I9: what was extracted, and what was planned, is accounted for."""
    for row in db.execute("select * from run_stream"):
        parts = sum(row[name] for name in ("new", "changed", "unchanged", "deleted", "rejected"))
        if row["extracted"] != parts:
            yield f"run {row['run']}, {row['stream']}: {row['extracted']} extracted, {parts} accounted for"
    for number, text in db.execute("select id, report from run where report is not null"):
        stage = json.loads(text)["stages"].get("apply")
        if stage and stage["planned"] != stage["written"] + stage["rejected"] + stage["skipped"]:
            yield f"run {number}: {stage}"
    left = "select p.id, count(*) from plan as p inner join plan_write as w on w.plan = p.id"
    for plan, count in db.execute(f"{left} where p.state = 'applied' and w.state = 'planned' group by p.id"):
        yield f"plan {plan} is applied, with {count} lines to go"


def converge(run: Callable[[], RunReport], store: Path, portal: Portal) -> list[str]:
    """Run again after a fault, and once more: everything holds after the first, nothing moves in the second."""
    report = run()
    found = [] if report.state == "ok" else [f"I6: the clean run ended {report.state}: {'; '.join(report.errors)}"]
    found += after_a_clean_run(store, portal)
    before = portal.written()
    second = run()
    return [*found, *idle(second, before, portal.written()), *after_a_clean_run(store, portal)]
