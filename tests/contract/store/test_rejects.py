from __future__ import annotations

from dataclasses import replace

from cshub.connector import Reject
from cshub.store import KeptReject
from tests.contract.store.world import Crm, contact, page

BROKEN = Reject(id="1", reason="no e-mail", payload="{}")


def listed(crm: Crm, state: str = "open") -> list[KeptReject]:
    return list(crm.store.rejects.list(state=state))


def reject(crm: Crm, *rejects: Reject) -> None:
    crm.land(page(rejects=rejects))


def test_a_reject_is_kept_with_its_reason_and_payload(crm: Crm) -> None:
    crm.begin()
    reject(crm, BROKEN)
    (kept,) = listed(crm)
    assert (kept.id, kept.reason, kept.payload, kept.run, kept.rejected_at) == (
        "1",
        "no e-mail",
        "{}",
        crm.run,
        crm.now,
    )


def test_the_same_reject_again_is_counted_and_not_kept_twice(crm: Crm) -> None:
    crm.begin()
    reject(crm, BROKEN)
    reject(crm, BROKEN, Reject(id=None, reason="?", payload="x"), Reject(id=None, reason="?", payload="x"))
    assert len(listed(crm)) == 2


def test_another_reason_takes_the_place_of_the_old_one(crm: Crm) -> None:
    crm.begin()
    reject(crm, BROKEN)
    reject(crm, replace(BROKEN, reason="no name"))
    assert [kept.reason for kept in listed(crm)] == ["no name"]


def test_a_reject_is_settled_when_its_record_lands(crm: Crm) -> None:
    crm.begin()
    reject(crm, BROKEN)
    crm.land(page(contact("1")))
    assert (listed(crm), [kept.id for kept in listed(crm, "resolved")]) == ([], ["1"])


def test_a_dropped_reject_stays_dropped_when_it_fails_in_the_same_way(crm: Crm) -> None:
    crm.begin()
    reject(crm, BROKEN)
    assert crm.store.rejects.drop(listed(crm)[0].number)
    reject(crm, BROKEN)
    assert listed(crm) == []


def test_a_dropped_reject_is_open_again_when_it_fails_otherwise(crm: Crm) -> None:
    crm.begin()
    reject(crm, BROKEN)
    crm.store.rejects.drop(listed(crm)[0].number)
    reject(crm, replace(BROKEN, reason="no name"))
    assert [kept.reason for kept in listed(crm)] == ["no name"]


def test_retrying_reads_the_stream_in_full_the_next_time(crm: Crm) -> None:
    crm.read()
    reject(crm, BROKEN)
    assert crm.store.rejects.retry(listed(crm)[0].number)
    assert crm.begin().phase == "full"


def test_what_is_not_open_can_be_neither_retried_nor_dropped(crm: Crm) -> None:
    assert (crm.store.rejects.retry(7), crm.store.rejects.drop(7), crm.store.rejects.get(7)) == (False, False, None)


def test_open_rejects_are_counted_by_stream(crm: Crm) -> None:
    crm.begin()
    reject(crm, BROKEN, replace(BROKEN, id="2"))
    assert crm.store.rejects.open_counts() == {("crm", "contacts"): 2}


def test_secrets_are_taken_out_before_anything_is_kept(crm: Crm) -> None:
    crm.begin()
    into = replace(crm.into(), redact=lambda text: text.replace("s3cret", "***"))
    crm.store.landing.land(
        into, [page(rejects=(Reject(id="1", reason="bad s3cret", payload="token=s3cret"),))], now=crm.now
    )
    assert [(kept.reason, kept.payload) for kept in listed(crm)] == [("bad ***", "token=***")]


def test_what_a_database_cannot_hold_is_made_visible(crm: Crm) -> None:
    crm.begin()
    reject(crm, Reject(id="a\ud800", reason="odd", payload="x\0y"))
    (kept,) = listed(crm)
    assert (kept.id, kept.payload) == ("a\\ud800", "x␀y")


def test_a_long_payload_is_cut(crm: Crm) -> None:
    crm.begin()
    reject(crm, replace(BROKEN, payload="x" * 100_000))
    kept = crm.store.rejects.get(listed(crm)[0].number)
    assert kept is not None
    assert len(kept.payload) == 4000
