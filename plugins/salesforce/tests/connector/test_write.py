"""Writing: one outcome per record whatever Salesforce says. The traps W2, W4 and W5 stand under their names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

from cshub import CredentialsError, Outcome, PermissionMissing, RecordWrite, WriteBatch, WriteState
from cshub_salesforce.ids import full
from cshub_salesforce.sandbox import ValidationRule

from .conftest import Desk, Open, Reader, refuse
from .org import error, failed


def write(desk: Desk, records: Iterable[tuple[str, dict[str, str | None]]]) -> list[Outcome]:
    rows = tuple(RecordWrite(id=id, values=values) for id, values in records)
    return list(desk.connect().write(WriteBatch(target="Account", records=rows)))


def states(outcomes: list[Outcome]) -> dict[str, WriteState]:
    assert len({each.id for each in outcomes}) == len(outcomes)
    return {each.id: each.state for each in outcomes}


def updates(desk: Desk) -> list[list[dict[str, Any]]]:
    """The records of each call that wrote."""
    return [json.loads(each.content)["records"] for each in desk.org.requests if each.method == "PATCH"]


def accounts(desk: Desk, number: int) -> list[str]:
    return [desk.org.add("Account", Name=f"a{place}") for place in range(number)]


def told(desk: Desk, tell: Callable[[dict[str, Any]], dict[str, Any] | None], *, times: int = 99) -> None:
    """Have records of a write answered as `tell` says; where it says nothing, as usual."""
    left = [times]

    def look(request: httpx.Request) -> httpx.Response | None:
        if request.method != "PATCH" or not left[0]:
            return None
        left[0] -= 1
        records = json.loads(request.content)["records"]
        return httpx.Response(200, json=[tell(each) or desk.org.write(request, each) for each in records])

    desk.org.instead.append(look)


def test_records_are_written_two_hundred_at_a_time(desk: Desk) -> None:
    ids = accounts(desk, 450)
    outcomes = write(desk, [(id, {"Note__c": f"tier {id}"}) for id in ids])
    assert set(states(outcomes).values()) == {WriteState.WRITTEN}
    assert [len(each) for each in updates(desk)] == [200, 200, 50]
    assert desk.connect().read("Account", ids, ["Note__c"]) == {id: {"Note__c": f"tier {id}"} for id in ids}


def test_only_the_given_fields_are_sent_by_their_types_and_attributes_first(desk: Desk) -> None:
    (id,) = accounts(desk, 1)
    write(desk, [(id[:15], {"MRR__c": "72.5", "Note__c": "72", "Active__c": "true", "Renewal__c": None})])
    ((sent,),) = updates(desk)
    assert list(sent.items()) == [
        ("attributes", {"type": "Account"}),
        ("id", id),
        ("MRR__c", 72.5),
        ("Note__c", "72"),
        ("Active__c", True),
        ("Renewal__c", None),
    ]


def test_the_whole_batch_is_not_rolled_back_and_warnings_of_duplicates_do_not_stop_it(desk: Desk) -> None:
    write(desk, [(id, {"Note__c": "x"}) for id in accounts(desk, 1)])
    (request,) = (each for each in desk.org.requests if each.method == "PATCH")
    assert json.loads(request.content)["allOrNone"] is False
    assert request.headers["sforce-duplicate-rule-header"] == "allowSave=true"


REFUSALS = [
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", WriteState.REJECTED),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", WriteState.REJECTED),
    ("STRING_TOO_LONG", WriteState.REJECTED),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", WriteState.REJECTED),
    ("DUPLICATES_DETECTED", WriteState.REJECTED),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", WriteState.REJECTED),
    ("JSON_PARSER_ERROR", WriteState.REJECTED),
    ("DUPLICATE_VALUE", WriteState.REJECTED),
    ("UNKNOWN_EXCEPTION", WriteState.FAILED),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", WriteState.FAILED),
]


@pytest.mark.parametrize(("code", "state"), REFUSALS)
def test_w2_each_record_has_its_own_outcome(desk: Desk, code: str, state: WriteState) -> None:
    good, bad, other = accounts(desk, 3)
    told(desk, lambda record: failed(code, "no") if record["id"] == bad else None)
    outcomes = write(desk, [(id, {"Note__c": "x"}) for id in (good, bad, other)])
    assert states(outcomes) == {good: WriteState.WRITTEN, bad: state, other: WriteState.WRITTEN}
    (refused,) = (each for each in outcomes if each.id == bad)
    assert (refused.code, refused.message) == (code, "no")
    assert len(updates(desk)) == 1


def test_w2_one_bad_record_of_two_hundred_costs_no_other_and_no_call(desk: Desk) -> None:
    ids = accounts(desk, 200)
    tiers = {id: "Platinum" if place == 77 else "Gold" for place, id in enumerate(ids)}
    outcomes = write(desk, [(id, {"Tier__c": tier}) for id, tier in tiers.items()])
    found = list(states(outcomes).values())
    assert (found.count(WriteState.WRITTEN), found.count(WriteState.REJECTED)) == (199, 1)
    (refused,) = (each for each in outcomes if each.state is WriteState.REJECTED)
    assert (refused.id, refused.code) == (ids[77], "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    assert "Platinum" in (refused.message or "")
    assert len(updates(desk)) == 1
    assert [each["Tier__c"] for each in desk.org.vendor.dump("Account")].count("Gold") == 199


def test_w2_a_rule_of_the_customers_refuses_its_record_in_its_words(open_desk: Open) -> None:
    rule = ValidationRule(object="Account", when="Active__c = TRUE AND Note__c != null", message="It is frozen.")
    desk = open_desk(validation_rules=[rule])
    free, frozen = desk.org.add("Account"), desk.org.add("Account", Active__c=True)
    outcomes = {each.id: each for each in write(desk, [(id, {"Note__c": "x"}) for id in (free, frozen)])}
    assert outcomes[free].state is WriteState.WRITTEN
    told = outcomes[frozen]
    assert (told.state, told.code, told.message) == (
        WriteState.REJECTED,
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "It is frozen.",
    )


@pytest.mark.parametrize("same", ["error", "allowed"])
def test_a_record_named_twice_is_written_whether_salesforce_minds_or_not(open_desk: Open, same: str) -> None:
    desk = open_desk(same_id_twice=same)
    (id,) = accounts(desk, 1)
    outcomes = write(desk, [(id, {"Note__c": "first"}), (id[:15], {"Note__c": "second"})])
    assert [each.state for each in outcomes] == [WriteState.WRITTEN] * 2
    assert desk.org.record("Account", id)["Note__c"] == "second"


@pytest.mark.parametrize("rule", ["alert", "off"])
def test_a_rule_about_duplicates_that_only_warns_stops_nothing(open_desk: Open, rule: str) -> None:
    desk = open_desk(duplicate_rule="off")
    ids = [desk.org.add("Account", Name="the same") for _ in range(2)]
    desk.org.switch(duplicate_rule=rule)
    assert set(states(write(desk, [(id, {"Note__c": "x"}) for id in ids])).values()) == {WriteState.WRITTEN}


def test_w4_a_lock_that_passes_is_waited_for(desk: Desk) -> None:
    ids = accounts(desk, 3)
    locked = desk.org.vendor.org.locked
    locked.add(ids[1])
    desk.clock.follow(lambda _: locked.clear() if sum(desk.clock.slept) > 2 else None)
    assert set(states(write(desk, [(id, {"Note__c": "x"}) for id in ids])).values()) == {WriteState.WRITTEN}
    assert [[each["id"] for each in call] for call in updates(desk)] == [ids, [ids[1]], [ids[1]]]


def test_w4_an_org_full_of_locks_is_written_whole(open_desk: Open) -> None:
    desk = open_desk(lock_share=0.0)
    ids = accounts(desk, 300)
    desk.org.switch(lock_share=0.15)
    found = states(write(desk, [(id, {"Note__c": "x"}) for id in ids]))
    assert set(found.values()) <= {WriteState.WRITTEN, WriteState.FAILED}
    assert list(found.values()).count(WriteState.FAILED) <= 2
    written = {str(each["id"]) for each in desk.org.vendor.dump("Account") if each["Note__c"] == "x"}
    assert written == {id for id, state in found.items() if state is WriteState.WRITTEN}


def test_w6_our_own_write_comes_back_with_the_value_we_wrote(desk: Desk) -> None:
    desk.owned["Account"] = ("Score__c",)
    (id,) = accounts(desk, 1)
    reader = Reader(desk, "accounts")
    reader.pull()
    before = reader.rows[id]
    desk.tick(hours=1)
    write(desk, [(id, {"Score__c": "71.5"})])
    desk.tick(hours=1)
    (page,) = reader.pull()
    assert [(each.id, each.field, each.value) for each in page.owned] == [(id, "Score__c", "71.5")]
    assert reader.rows[id][2:] == before[2:], "the row differs in its time of change alone, which its hash leaves out"


def test_a_field_one_may_only_see_is_told_by_record(desk: Desk) -> None:
    (id,) = accounts(desk, 1)
    (outcome,) = write(desk, [(id, {"Days_To_Renewal__c": "3"})])
    assert (outcome.state, outcome.code) == (WriteState.REJECTED, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_an_object_one_may_only_read_is_the_administrators_turn(open_desk: Open) -> None:
    desk = open_desk(read_only_objects=["Account"])
    (id,) = accounts(desk, 1)
    (outcome,) = write(desk, [(id, {"Note__c": "x"})])
    assert outcome.state is WriteState.REJECTED
    assert outcome.code == "INSUFFICIENT_ACCESS_OR_READONLY"


LOCKS = [
    failed("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
    failed("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "MyTrigger: System.DmlException: UNABLE_TO_LOCK_ROW, unable …"),
]


@pytest.mark.parametrize("lock", LOCKS)
def test_w4_only_locked_records_are_written_again_after_a_while(desk: Desk, lock: dict[str, Any]) -> None:
    ids = accounts(desk, 5)
    told(desk, lambda record: lock if record["id"] in ids[1:3] else None, times=2)
    assert set(states(write(desk, [(id, {"Note__c": "x"}) for id in ids])).values()) == {WriteState.WRITTEN}
    assert [[each["id"] for each in call] for call in updates(desk)] == [ids, ids[1:3], ids[1:3]]
    assert desk.clock.slept == [1.0, 3.0]


def test_w4_a_record_that_stays_locked_fails_and_stops_no_other(desk: Desk) -> None:
    ids = accounts(desk, 3)
    told(desk, lambda record: LOCKS[0] if record["id"] == ids[1] else None)
    outcomes = write(desk, [(id, {"Note__c": "x"}) for id in ids])
    assert states(outcomes) == {ids[0]: WriteState.WRITTEN, ids[1]: WriteState.FAILED, ids[2]: WriteState.WRITTEN}
    assert len(updates(desk)) == 4


def test_w4_records_go_in_the_order_of_their_ids(desk: Desk) -> None:
    ids = accounts(desk, 300)
    write(desk, [(id, {"Note__c": "x"}) for id in reversed(ids)])
    assert [each["id"] for call in updates(desk) for each in call] == ids


def test_w5_a_merged_record_is_told_with_its_survivor(desk: Desk) -> None:
    first, second, third, other = accounts(desk, 4)
    desk.org.merge("Account", first, second)
    desk.org.merge("Account", second, third)
    outcomes = {each.id: each for each in write(desk, [(id, {"Note__c": "x"}) for id in (first, other)])}
    assert (outcomes[first].state, outcomes[first].survivor) == (WriteState.GONE, third)
    assert outcomes[other].state is WriteState.WRITTEN


@pytest.mark.parametrize("code", ["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND"])
def test_w5_a_deleted_record_is_gone_without_one(desk: Desk, code: str) -> None:
    (id,) = accounts(desk, 1)
    desk.org.remove("Account", id)
    told(desk, lambda _: failed(code, "…"))
    (outcome,) = write(desk, [(id, {"Note__c": "x"})])
    assert (outcome.state, outcome.survivor, outcome.code) == (WriteState.GONE, None, code)


def test_w5_a_record_nobody_knows_is_gone(desk: Desk) -> None:
    (outcome,) = write(desk, [(full("001dM0000009999"), {"Note__c": "x"})])
    assert outcome.state is WriteState.GONE


def test_w5_a_record_that_is_there_after_all_has_only_failed(desk: Desk) -> None:
    (id,) = accounts(desk, 1)
    told(desk, lambda _: failed("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"))
    (outcome,) = write(desk, [(id, {"Note__c": "x"})])
    assert outcome.state is WriteState.FAILED


def test_what_is_no_id_is_gone_and_never_sent(desk: Desk) -> None:
    (outcome,) = write(desk, [("999999999999", {"Note__c": "x"})])
    assert (outcome.state, outcome.code) == (WriteState.GONE, "MALFORMED_ID")
    assert desk.org.requests == []


def test_a_record_named_twice_is_written_twice_in_order(desk: Desk) -> None:
    (id,) = accounts(desk, 1)
    outcomes = write(desk, [(id, {"Note__c": "first"}), (id[:15], {"Note__c": "second"})])
    assert [(each.id, each.state) for each in outcomes] == [(id, WriteState.WRITTEN), (id[:15], WriteState.WRITTEN)]
    assert desk.org.record("Account", id)["Note__c"] == "second"


def whole(desk: Desk, bad: set[str], message: str) -> None:
    """Have every call that holds a bad record or field refused as a whole."""

    def look(request: httpx.Request) -> httpx.Response | None:
        if request.method != "PATCH":
            return None
        records = json.loads(request.content)["records"]
        hit = any(each["id"] in bad or bad & each.keys() for each in records)
        return error(400, "INVALID_FIELD", message) if hit else None

    desk.org.instead.append(look)


def test_a_field_that_is_not_there_rejects_those_that_carry_it_in_one_call_more(desk: Desk) -> None:
    ids = accounts(desk, 100)
    whole(desk, {"Nope__c"}, "No such column 'Nope__c' on sobject of type Account")
    rows = [(id, {"Nope__c": "x"} if place % 2 else {"Note__c": "x"}) for place, id in enumerate(ids)]
    found = list(states(write(desk, rows)).values())
    assert (found.count(WriteState.WRITTEN), found.count(WriteState.REJECTED)) == (50, 50)
    assert len(updates(desk)) == 2


@pytest.mark.parametrize("place", [0, 37, 199])
def test_w4_a_bad_record_that_spoils_the_whole_call_is_found_by_halves(desk: Desk, place: int) -> None:
    ids = accounts(desk, 200)
    whole(desk, {ids[place]}, "something about one of them")
    found = states(write(desk, [(id, {"Note__c": "x"}) for id in ids]))
    assert [id for id, state in found.items() if state is WriteState.REJECTED] == [ids[place]]
    assert list(found.values()).count(WriteState.WRITTEN) == 199
    assert len(updates(desk)) <= 17


def test_a_whole_call_that_meets_a_lock_is_sent_again(desk: Desk) -> None:
    ids = accounts(desk, 3)
    refuse(desk, "composite/sobjects", "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access")
    assert set(states(write(desk, [(id, {"Note__c": "x"}) for id in ids])).values()) == {WriteState.WRITTEN}


def test_a_lost_answer_leaves_its_records_unknown_and_the_rest_unsent(desk: Desk) -> None:
    ids = accounts(desk, 450)
    calls = [0]

    def look(request: httpx.Request) -> httpx.Response | None:
        calls[0] += request.method == "PATCH"
        return httpx.Response(503, content=b"<html>") if calls[0] > 1 else None

    desk.org.instead.append(look)
    found = states(write(desk, [(id, {"Note__c": "x"}) for id in ids]))
    expected = [WriteState.WRITTEN] * 200 + [WriteState.UNKNOWN] * 200 + [WriteState.FAILED] * 50
    assert [found[id] for id in ids] == expected


def test_a_used_up_day_leaves_records_certainly_unwritten(desk: Desk) -> None:
    ids = accounts(desk, 3)
    refuse(desk, "composite/sobjects", "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
    assert set(states(write(desk, [(id, {"Note__c": "x"}) for id in ids])).values()) == {WriteState.FAILED}


@pytest.mark.parametrize("said", [[], {}, "x", [{"success": True}], [{"success": "yes"}, None]])
def test_an_answer_that_does_not_fit_leaves_records_unknown(desk: Desk, said: object) -> None:
    ids = accounts(desk, 2)
    desk.org.instead.append(lambda request: httpx.Response(200, json=said) if request.method == "PATCH" else None)
    assert set(states(write(desk, [(id, {"Note__c": "x"}) for id in ids])).values()) == {WriteState.UNKNOWN}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(401, "INVALID_SESSION_ID", CredentialsError), (403, "INSUFFICIENT_ACCESS", PermissionMissing)],
)
def test_credentials_and_rights_are_errors_of_the_whole_batch(
    desk: Desk, status: int, code: str, kind: type[Exception]
) -> None:
    (id,) = accounts(desk, 1)
    refuse(desk, "composite/sobjects", code, "no", status=status, times=9)
    with pytest.raises(kind):
        write(desk, [(id, {"Note__c": "x"})])


def test_an_empty_batch_asks_nothing(desk: Desk) -> None:
    assert write(desk, []) == []
    assert desk.org.requests == []


def test_reading_leaves_out_what_is_gone_and_keeps_the_ids_it_was_asked_for(desk: Desk) -> None:
    ids = accounts(desk, 400)
    desk.org.remove("Account", ids[5])
    desk.org.edit("Account", ids[7], MRR__c=72.0, Note__c="ä\n🚀")
    asked = [*ids[:7], ids[7][:15], *ids[8:], "999999999999"]
    found = desk.connect().read("Account", asked, ["MRR__c", "Note__c", "Gone__c"])
    assert set(found) == set(asked) - {ids[5], "999999999999"}
    assert found[ids[7][:15]] == {"MRR__c": "72", "Note__c": "ä\n🚀", "Gone__c": None}
    assert len(desk.org.queries) == 3
