"""The shipped configuration (a lifecycle, segments, two scorecards, risk) over some days: each day replayed gives, to the byte, what was stored."""

from __future__ import annotations

import random
import sqlite3
import zlib
from pathlib import Path

from cshub.config import load
from cshub.engine import Surroundings, open_hub
from cshub.engine.hub import hour
from cshub.engine.replay import Moment, replay
from cshub.http import WSGITransport
from cshub.store import Store
from cshub.store.replay import cut_of_run
from tests.journey.desk import Desk, FollowingClock

KEPT = """select h.customer, h.scorecard, h.scorecard_hash, h.micro, h.band, h.band_since, h.band_state, h.previous_band,
    h.coverage, h.reason, h.data_as_of, h.valid_until, h.risk_micro, h.trend, h.change_micro, h.children, h.detail_hash, d.detail
    from score_history as h inner join score_detail as d on d.number = h.detail_number where h.as_of = :at order by h.customer"""
STOOD = "select customer, sort, name, since from membership where since <= :at and (until is null or until > :at) order by 1, 2, 3"
GONE = "    churned:    {when: \"industry == 'GONE'\"}\n    ignored:    {when: \"industry == 'NOBODY'\"}\n"


def kept(store: Store, at: int) -> tuple[list[object], list[object]]:
    """The scores that were saved for an hour, and where customers stood after it."""
    with store.db.read() as reader:
        rows, stood = reader.all(KEPT, {"at": at}), reader.all(STOOD, {"at": at})
    return [(*cells, zlib.decompress(detail)) for *cells, detail in rows], list(stood)  # type: ignore[arg-type]  # a blob


def live(desk: Desk, chance: random.Random) -> None:
    """A day of edits at the vendor: revenue, renewals, customers that churn, are ignored and come back, tickets, people seen."""
    vendor = desk.sandbox.vendor
    for _ in range(4):
        company = chance.choice(vendor.dump("companies"))["id"]
        assert isinstance(company, str)
        values = {"mrr": str(chance.randrange(100, 9000)), "renewal_date": f"2026-0{chance.randrange(3, 9)}-01"}
        vendor.edit(
            "companies", company, {**values, "industry": chance.choice(["GONE", "NOBODY", "BANKING", "BANKING"])}
        )
    for kind, name, choices in (
        ("tickets", "hs_ticket_priority", ("URGENT", "LOW")),
        ("contacts", "notes_last_contacted", (f"{desk.clock.now():%Y-%m-%dT%H:%M:%S}.000Z",)),
    ):
        for one in chance.sample(vendor.dump(kind), 6):
            vendor.edit(kind, str(one["id"]), {name: chance.choice(choices)})


def test_every_replayed_day_is_what_was_stored_that_day(tmp_path: Path) -> None:
    desk, chance = Desk(tmp_path, customers=30), random.Random(5)
    desk.replace("    onboarding: {when", f"{GONE}    onboarding: {{when")
    desk.set_up()
    for _ in range(12):
        desk.clock.advance(chance.choice([1, 3, 9]) * 86_400)
        live(desk, chance)
        desk.clock.advance(60)
        desk.ok("run")
    with sqlite3.connect(tmp_path / "cshub.db") as db:
        runs = db.execute("select id from run where command = 'run' order by id").fetchall()
        assert {stage for (stage,) in db.execute("select distinct name from membership")} >= {
            "churned", "ignored", "adopting", "enterprise", "quiet", "default", "onboarding",
        }  # fmt: skip
    around = Surroundings(
        clock=FollowingClock(desk.clock),
        transport=lambda connection: WSGITransport(desk.sandbox),  # type: ignore[arg-type]  # a WSGI application
    )
    saved = 0
    with open_hub(load(desk.config, environ=desk.environ), around) as hub:
        for (run,) in runs:
            record = hub.store.runs.get(run)
            assert record is not None
            as_of = hour(record.as_of)
            at = int(as_of.timestamp() * 1000)
            stored = kept(hub.store, at)
            saved += len(stored[0])
            with replay(hub, hub.config, Moment(as_of=as_of, cut=cut_of_run(hub.store, run))) as then:
                assert kept(then.store, at) == stored
    assert len(runs) == 13
    assert saved > 100
