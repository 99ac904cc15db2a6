"""The traps of reading Salesforce, S1–S8, each under its name, before the stateful double (S9–S11: test_whole_readings.py)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cshub import ConfigError, RateLimited, RecordWrite, WriteBatch, WriteState
from cshub_salesforce.sandbox import Limits
from cshub_salesforce.sandbox.fields import text

from .conftest import DAYS, Desk, Open, Reader, living


def test_s1_rows_with_an_equal_stamp_all_arrive(open_desk: Open) -> None:
    desk = open_desk(page_rows=100)
    reader = Reader(desk, "contacts")
    reader.pull()
    desk.tick(hours=1)
    for number in range(950):
        desk.org.add("Contact", LastName=f"c{number}")
    desk.tick(hours=1)
    for _ in range(12):  # a new process for each page: only the cursor leads on
        reader.pull(at_most=1)
    assert set(reader.rows) == living(desk, "Contact")
    assert len(reader.rows) == 950


def test_s1_many_thousand_equal_stamps_end_and_give_each_row_once(desk: Desk) -> None:
    reader = Reader(desk, "contacts")
    reader.pull()
    desk.tick(hours=1)
    for number in range(4_500):
        desk.org.add("Contact", LastName=f"c{number}")
    desk.tick(hours=1)
    reader.pull()
    assert len(reader.ids()) == 4_500
    assert set(reader.rows) == living(desk, "Contact")
    reader.pull()
    assert reader.ids() == []


def test_s2_a_row_that_becomes_visible_late_arrives(desk: Desk) -> None:
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(minutes=30)
    desk.org.switch(visibility_lag_s=480)  # a long transaction: it ends after four to eight minutes
    late = desk.org.add("Account", Name="late")
    desk.org.switch(visibility_lag_s=0)
    desk.tick(minutes=2)
    fresh = desk.org.add("Account", Name="fresh")
    desk.tick(minutes=1)
    reader.pull()
    assert reader.ids() == [fresh], "rows are read up to now"
    desk.tick(minutes=5)
    reader.pull()
    assert reader.ids() == [late], "and what was given already is not given again"


def test_s2_a_record_that_changes_twice_in_one_second_arrives_as_it_is(desk: Desk) -> None:
    id = desk.org.add("Account", Name="a")
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.org.edit("Account", id, Name="b")  # after it was read, within the same second
    reader.pull()
    assert reader.column("name", id) == "b"
    desk.org.edit("Account", id, Name="c")
    desk.tick(minutes=1)
    reader.pull()
    assert reader.column("name", id) == "c"
    reader.pull()
    assert reader.ids() == []


def test_s2_a_pull_cut_short_in_the_overlap_does_not_move_past_what_is_settled(open_desk: Open) -> None:
    desk = open_desk(page_rows=2)
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(minutes=30)
    desk.org.switch(visibility_lag_s=480)
    late = desk.org.add("Account", Name="late")
    desk.org.switch(visibility_lag_s=0)
    for number in range(5):
        desk.tick(seconds=30)
        desk.org.add("Account", Name=f"a{number}")
    reader.pull(at_most=2)
    assert len(reader.rows) == 4
    desk.tick(minutes=6)
    reader.pull()
    assert late in reader.rows
    assert set(reader.rows) == living(desk, "Account")


def test_s3_calculated_fields_are_read_again_on_a_schedule_of_their_own(desk: Desk) -> None:
    day = str((desk.clock.now() + timedelta(days=100)).date())
    id = desk.org.add("Account", Name="a", Renewal_Date__c=day)
    desk.tick(minutes=1)
    reader = Reader(desk, "accounts", settings={"accounts": DAYS})
    reader.pull()
    assert reader.extra(id) == {"days": 100}
    desk.tick(hours=23)
    reader.pull()
    assert reader.extra(id) == {"days": 100}, "a formula moves no stamp"
    desk.tick(hours=2)
    reader.pull()
    assert reader.extra(id) == {"days": desk.org.record("Account", id)["Days_To_Renewal__c"]} != {"days": 100}
    desk.tick(hours=1)
    reader.pull()
    assert reader.ids() == [], "then it is quiet for another day"


def test_s3_a_stream_without_calculated_fields_is_not_read_whole(desk: Desk) -> None:
    desk.org.add("Account", Name="a", Renewal_Date__c="2027-01-01")
    desk.tick(minutes=1)
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(days=3)
    reader.pull()
    assert reader.ids() == []


def test_s4_a_mapped_field_that_is_not_there_is_named_with_its_key_and_the_nearest(desk: Desk) -> None:
    reader = Reader(desk, "accounts", settings={"accounts": {"mrr": "MRRR__c"}})
    with pytest.raises(ConfigError) as caught:
        reader.pull()
    assert "accounts.mrr" in str(caught.value)
    assert "Account has no field MRRR__c" in str(caught.value)
    assert "did you mean MRR__c?" in str(caught.value)


def test_s4_a_new_field_is_seen_by_the_next_pull_without_a_restart(desk: Desk) -> None:
    source = desk.connect(accounts={"seats": "Seats__c"})
    stream = desk.stream("accounts", accounts={"seats": "Seats__c"})
    with pytest.raises(ConfigError):
        list(source.pull(stream, None, desk.clock.now()))
    desk.org.make("Account", text("Seats__c", "Seats"))
    desk.org.add("Account", Name="a", Seats__c="7")
    (row,) = [row for page in source.pull(stream, None, desk.clock.now()) for row in page.rows]
    assert row[-1] == {"seats": "7"}


def test_s4_a_usual_field_that_comes_to_light_has_everything_read_again(desk: Desk) -> None:
    desk.org.vendor.hide_field("Account.Website")
    id = desk.org.add("Account", Name="a", Website="https://www.acme.example/x")
    reader = Reader(desk, "accounts")
    reader.pull()
    assert reader.column("domains", id) is None
    desk.org.vendor.show_field("Account.Website")
    desk.tick(days=1)
    reader.pull()
    assert reader.column("domains", id) == ("acme.example",)


def test_s5_a_stamp_that_cannot_be_filtered_is_replaced_by_the_next_best(desk: Desk) -> None:
    desk.org.change("Account", "SystemModstamp", filterable=False)
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(hours=1)
    id = desk.org.add("Account", Name="a")
    desk.org.forget()
    reader.pull()
    assert reader.ids() == [id]
    assert "LastModifiedDate >=" in desk.org.queries[0]
    assert "SystemModstamp" not in desk.org.queries[0]


def test_s5_without_any_stamp_everything_is_read_on_the_schedule(open_desk: Open) -> None:
    desk = open_desk(hidden_fields=["Account.SystemModstamp", "Account.LastModifiedDate"])
    first = desk.org.add("Account", Name="a")
    reader = Reader(desk, "accounts")
    reader.pull()
    assert reader.ids() == [first]
    second = desk.org.add("Account", Name="b")
    desk.tick(hours=1)
    assert len(reader.pull()) == 1
    assert reader.ids() == []
    desk.tick(days=1)
    reader.pull()
    assert reader.ids() == [first, second]


def test_s6_history_is_read_from_its_beginning(open_desk: Open) -> None:
    then = "1999-03-01T00:00:00.000+0000"
    desk = open_desk(seed_accounts=[{"Name": "old", "CreatedDate": then, "SystemModstamp": then}])
    reader = Reader(desk, "accounts")
    reader.pull()
    assert set(reader.rows) == living(desk, "Account")
    assert len(reader.rows) == 1
    assert "WHERE" not in desk.org.queries[-1]


def test_s7_deleted_rows_are_tombstones_and_come_back_when_restored(desk: Desk) -> None:
    id = desk.org.add("Account", Name="a")
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(hours=1)
    desk.org.remove("Account", id)
    desk.tick(minutes=1)
    reader.pull()
    assert reader.gone() == [id]
    reader.pull()
    assert reader.gone() == [], "told once"
    desk.org.restore("Account", id)
    reader.pull()
    assert reader.ids() == [id]
    desk.org.remove("Account", id)
    desk.org.restore("Account", id)  # within the same second
    reader.pull()
    assert set(reader.rows) == {id}


def test_s7_what_goes_along_with_an_account_is_told_and_comes_back_with_it(desk: Desk) -> None:
    account = desk.org.add("Account")
    contact = desk.org.add("Contact", AccountId=account)
    case = desk.org.add("Case", AccountId=account)
    contacts, cases = Reader(desk, "contacts"), Reader(desk, "tickets")
    contacts.pull(), cases.pull()
    assert cases.column("account_id", case) == account
    desk.tick(hours=1)
    desk.org.remove("Account", account)
    contacts.pull(), cases.pull()
    assert contacts.gone() == [contact]
    assert cases.column("account_id", case) is None, "a case only loses its account"
    desk.tick(hours=1)
    desk.org.restore("Account", account)
    contacts.pull()
    assert contacts.ids() == [contact]


def test_s7_a_merged_row_leads_to_the_one_it_lives_on_as(desk: Desk) -> None:
    loser, winner = desk.org.add("Account", Name="loser"), desk.org.add("Account", Name="winner")
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(hours=1)
    desk.org.merge("Account", loser, into=winner)
    reader.pull()
    assert [pair for page in reader.pages for pair in page.merges] == [(loser, winner)]
    assert reader.gone() == []


@pytest.mark.parametrize("keeps", [True, False])
def test_s7_a_merged_row_may_come_back(open_desk: Open, keeps: bool) -> None:
    desk = open_desk(undelete_keeps_master=keeps)
    loser, winner = desk.org.add("Account", Name="loser"), desk.org.add("Account", Name="winner")
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(hours=1)
    desk.org.merge("Account", loser, into=winner)
    desk.tick(minutes=1)
    reader.pull()
    assert set(reader.rows) == {winner}
    desk.tick(minutes=1)
    desk.org.restore("Account", loser)
    reader.pull()
    assert reader.ids() == [loser]
    assert reader.column("name", loser) == "loser"


def test_s7_what_left_the_recycle_bin_unseen_is_missing_from_a_sweep(desk: Desk) -> None:
    gone, stays = desk.org.add("Account", Name="gone"), desk.org.add("Account", Name="stays")
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(hours=1)
    desk.org.remove("Account", gone)
    desk.tick(days=16)  # nobody pulled for as long as the bin keeps
    reader.pull()
    assert reader.gone() == []
    assert [id for ids, _ in desk.connect().ids(reader.stream, None) for id in ids] == [stays]


def test_s8_reading_stops_before_the_reserve_and_goes_on_later(open_desk: Open) -> None:
    desk = open_desk(limits=Limits(daily=30, concurrent=None), page_rows=2)
    for number in range(60):
        desk.org.add("Account", Name=f"a{number}")
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}})
    with pytest.raises(RateLimited, match="24 of the org's 30"):
        reader.pull()
    landed = len(reader.rows)
    assert landed == 46, "a describe and 23 pages: what came before is landed"
    assert desk.org.vendor.meter.used == 24
    desk.tick(hours=25)
    reader.pull()
    assert set(reader.rows) == living(desk, "Account")
    assert len(reader.ids()) == 60 - landed, "and only the rest is read"


def test_s8_writing_may_use_the_reserve(open_desk: Open) -> None:
    desk = open_desk(limits=Limits(daily=30, used=25, concurrent=None))
    id = desk.org.add("Account")
    adapter = desk.connect()
    with pytest.raises(RateLimited, match="of the org's 30"):
        list(adapter.pull(desk.stream("accounts"), None, desk.clock.now()))
    batch = WriteBatch(target="Account", records=(RecordWrite(id=id, values={"Note__c": "x"}),))
    assert [each.state for each in adapter.write(batch)] == [WriteState.WRITTEN]


def test_s8_the_used_up_day_is_told_from_a_busy_moment(open_desk: Open) -> None:
    desk = open_desk(limits=Limits(daily=30, concurrent=5))
    desk.org.add("Account", Name="a")
    reader = Reader(desk, "accounts", settings={"reserve": 0})
    desk.org.vendor.meter.running = 5
    desk.clock.follow(lambda _: setattr(desk.org.vendor.meter, "running", 0))
    reader.pull()
    assert len(reader.rows) == 1
    assert desk.clock.waited_s == pytest.approx(5.0)
    while desk.org.vendor.meter.used < 30:  # other apps
        desk.org.vendor.meter.count()
    with pytest.raises(RateLimited, match="24 hours"):
        reader.pull()
