"""Writing to the sandbox: one outcome per record, whatever happens. The traps W2, W4 and W5 stand under their names."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from cshub import (
    CredentialsError,
    Outcome,
    PermissionMissing,
    RecordWrite,
    RequestRefused,
    WriteBatch,
    WriteState,
)
from cshub.testing.sandbox import Fault, FaultKind

from .conftest import GENERATIONS, Account, Open, Reader


def write(account: Account, records: Iterable[tuple[str, dict[str, str | None]]], **given: object) -> list[Outcome]:
    rows = tuple(RecordWrite(id=id, values=values) for id, values in records)
    return list(account.connect(**given).write(WriteBatch(target="companies", records=rows)))


def states(outcomes: list[Outcome]) -> dict[str, WriteState]:
    assert len({each.id for each in outcomes}) == len(outcomes)
    return {each.id: each.state for each in outcomes}


def companies(account: Account, count: int) -> list[str]:
    return [account.add("companies", name=f"c{number}") for number in range(count)]


def updates(account: Account) -> list[str]:
    return [path for path in account.paths if path.endswith("batch/update")]


@pytest.mark.parametrize("generation", [*GENERATIONS, "2026-03"])
def test_records_are_written_a_hundred_at_a_time(open_account: Open, generation: str) -> None:
    account = open_account(generation=generation)
    ids = companies(account, 250)
    account.tick(minutes=1)
    outcomes = write(account, [(id, {"description": f"health of {id}"}) for id in ids])
    assert set(states(outcomes).values()) == {WriteState.WRITTEN}
    assert {each.changed_at for each in outcomes} == {account.clock.now()}
    assert len(updates(account)) == 3
    assert account.connect().read("companies", ids[:1], ["description"]) == {
        ids[0]: {"description": f"health of {ids[0]}"}
    }


def test_only_the_given_fields_are_sent_as_text_and_none_clears(account: Account) -> None:
    (id,) = companies(account, 1)
    write(account, [(id, {"description": "x", "industry": None})])
    (sent,) = [json.loads(each.body) for each in account.wire.exchanges if each.path.endswith("batch/update")]
    assert sent["inputs"] == [{"id": id, "objectWriteTraceId": id, "properties": {"description": "x", "industry": ""}}]
    write(account, [(id, {"description": None})])
    assert account.connect().read("companies", [id], ["description"]) == {id: {"description": None}}


def test_w2_each_record_has_its_own_outcome(account: Account) -> None:
    good, bad, gone = companies(account, 3)
    account.sandbox.vendor.remove("companies", gone)
    outcomes = write(
        account, [(good, {"description": "x"}), (bad, {"numberofemployees": "many"}), (gone, {"description": "x"})]
    )
    assert states(outcomes) == {good: WriteState.WRITTEN, bad: WriteState.REJECTED, gone: WriteState.GONE}
    assert all(each.message for each in outcomes if each.state is not WriteState.WRITTEN)


@pytest.mark.parametrize("place", [0, 37, 99])
def test_w4_one_bad_record_of_a_hundred_is_isolated_in_nine_calls(open_account: Open, place: int) -> None:
    account = open_account(batch_errors="whole")
    ids = companies(account, 100)
    rows = [(id, {"numberofemployees": "many" if at == place else str(at)}) for at, id in enumerate(ids)]
    found = states(write(account, rows))
    assert [id for id, state in found.items() if state is WriteState.REJECTED] == [ids[place]]
    assert list(found.values()).count(WriteState.WRITTEN) == 99
    assert len(updates(account)) <= 9
    assert len(account.sandbox.writes.changes()) == 99


def test_a_property_hubspot_does_not_have_is_named_in_one_call_more(open_account: Open) -> None:
    account = open_account(batch_errors="whole")
    ids = companies(account, 100)
    rows = [(id, {"nosuch": "1"} if at % 2 else {"description": "x"}) for at, id in enumerate(ids)]
    outcomes = write(account, rows)
    assert list(states(outcomes).values()).count(WriteState.WRITTEN) == 50
    assert {"nosuch" in (each.message or "") for each in outcomes if each.state is WriteState.REJECTED} == {True}
    assert len(updates(account)) == 2


@pytest.mark.parametrize("errors", ["partial", "whole"])
def test_w5_a_merged_record_is_told_with_its_survivor(open_account: Open, errors: str) -> None:
    account = open_account(batch_errors=errors)
    first, second, other = companies(account, 3)
    body = {"primaryObjectId": first, "objectIdToMerge": second}
    survivor = str(account.api("POST", "/crm/objects/2026-09/companies/merge", body).json()["id"])
    outcomes = {
        each.id: each for each in write(account, [(second, {"description": "x"}), (other, {"description": "x"})])
    }
    assert outcomes[second].state is WriteState.GONE
    assert outcomes[second].survivor == survivor
    assert outcomes[other].state is WriteState.WRITTEN


def test_w5_a_deleted_record_is_gone_without_one(account: Account) -> None:
    (id,) = companies(account, 1)
    account.sandbox.vendor.remove("companies", id)
    (outcome,) = write(account, [(id, {"description": "x"})])
    assert (outcome.state, outcome.survivor) == (WriteState.GONE, None)


def test_a_record_named_twice_is_written_twice_in_order(account: Account) -> None:
    (id,) = companies(account, 1)
    outcomes = write(account, [(id, {"description": "first"}), (id, {"description": "second"})])
    assert [each.state for each in outcomes] == [WriteState.WRITTEN] * 2
    assert account.connect().read("companies", [id], ["description"]) == {id: {"description": "second"}}


def test_a_lost_answer_leaves_its_records_unknown_and_the_rest_unsent(account: Account) -> None:
    ids = companies(account, 250)
    account.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, on="*/batch/update", skip=1))
    found = states(write(account, [(id, {"description": "x"}) for id in ids]))
    assert [found[id] for id in ids] == [WriteState.WRITTEN] * 100 + [WriteState.UNKNOWN] * 100 + [
        WriteState.FAILED
    ] * 50


def test_a_refused_limit_leaves_its_records_certainly_unwritten(account: Account) -> None:
    ids = companies(account, 3)
    account.sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMITED, on="*/batch/update"))
    assert set(states(write(account, [(id, {"description": "x"}) for id in ids])).values()) == {WriteState.FAILED}


def test_an_accepted_call_that_says_nothing_wrote_nothing(account: Account) -> None:
    ids = companies(account, 2)
    account.wire.instead = {"batch/update": {"status": "COMPLETE", "results": [], "startedAt": "x", "completedAt": "x"}}
    outcomes = write(account, [(id, {"description": "x"}) for id in ids])
    assert {(each.state, each.code) for each in outcomes} == {(WriteState.FAILED, "NOTHING_WRITTEN")}


def test_a_record_the_answer_forgets_is_unknown(account: Account) -> None:
    first, second = companies(account, 2)
    kept = {"id": first, "properties": {}, "updatedAt": "2026-09-15T09:30:00Z"}
    account.wire.instead = {"batch/update": {"status": "COMPLETE", "results": [kept]}}
    found = states(write(account, [(id, {"description": "x"}) for id in (first, second)]))
    assert found == {first: WriteState.WRITTEN, second: WriteState.UNKNOWN}


@pytest.mark.parametrize(
    ("kind", "error"), [(FaultKind.UNAUTHORIZED, CredentialsError), (FaultKind.MISSING_SCOPE, PermissionMissing)]
)
def test_credentials_and_rights_are_errors_of_the_whole_batch(
    account: Account, kind: FaultKind, error: type[Exception]
) -> None:
    ids = companies(account, 1)
    account.sandbox.faults.add(Fault(kind=kind, on="*/batch/update"))
    with pytest.raises(error):
        write(account, [(ids[0], {"description": "x"})])


def test_an_unknown_object_is_refused(account: Account) -> None:
    batch = WriteBatch(target="nosuch", records=(RecordWrite(id="1", values={}),))
    account.wire.instead = {"batch/update": (404, {"message": "resource not found"})}
    with pytest.raises(RequestRefused, match="resource not found"):
        list(account.connect().write(batch))


def test_reading_leaves_out_what_is_gone_and_looks_past_the_index(open_account: Open) -> None:
    account = open_account(search_lag_s=3600)
    ids = companies(account, 120)
    account.sandbox.vendor.remove("companies", ids[5])
    account.sandbox.vendor.edit("companies", ids[7], {"numberofemployees": "72.0", "description": "ä\n🚀"})
    found = account.connect().read("companies", ids, ["numberofemployees", "description"])
    assert set(found) == set(ids) - {ids[5]}
    assert found[ids[7]] == {"numberofemployees": "72", "description": "ä\n🚀"}


def test_our_own_write_comes_back_as_the_same_row_with_the_owned_value(account: Account) -> None:
    account.owned["companies"] = ("description", "numberofemployees")
    (id,) = companies(account, 1)
    reader = Reader(account, "companies")
    reader.pull()
    before = reader.rows[id]
    account.tick(hours=1)
    write(account, [(id, {"description": "written", "numberofemployees": "72"})])
    pages = reader.pull()
    after = reader.rows[id]
    assert (after[0], *after[2:]) == (before[0], *before[2:])
    assert after[1] > before[1]  # type: ignore[operator]  # both are times
    owned = {(each.target, each.id, each.field): each.value for page in pages for each in page.owned}
    assert owned == {("companies", id, "description"): "written", ("companies", id, "numberofemployees"): "72"}


def test_owned_fields_do_not_cost_a_pull_without_news_anything(account: Account) -> None:
    account.owned["companies"] = ("description",)
    companies(account, 3)
    reader = Reader(account, "companies")
    reader.pull()
    account.forget()
    reader.pull()
    assert [path.rpartition("/")[2] for path in account.paths] == ["search"]
