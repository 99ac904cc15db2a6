"""A backtest finds what was planted and nothing else, and catches a leak."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from cshub.config import load
from cshub.engine import Hub
from cshub.engine.leaks import check_leaks
from cshub.engine.replay import Moment
from cshub.errors import ConfigError
from cshub.model import CustomerView, FunctionMetric, Group, Shape, Signal
from cshub.store import Cut
from tests.unit.engine.village import MONTH, YAML, Village


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A year in which a third fell silent and left. Only for tests that change a copy of its configuration."""
    village = Village(tmp_path_factory.mktemp("lived"))
    village.live()
    return village


@pytest.fixture
def village(lived: Village) -> Village:
    """The same with a configuration of its own."""
    own = copy(lived)
    own.yaml = YAML
    return own


@pytest.fixture
def lone(lived: Village, tmp_path: Path) -> Village:
    """The same in a folder of its own, for tests that go on living."""
    own = copy(lived)
    copytree(lived.folder, tmp_path / "own")
    own.folder, own.clock = tmp_path / "own", copy(lived.clock)
    return own


def told(village: Village, *arguments: str) -> Any:  # Any: JSON
    given = () if "--split" in arguments else ("--split", "2025-04-01T00:00")
    return village.json("backtest", *given, *arguments)


def test_a_planted_signal_is_found(village: Village) -> None:
    found = told(village)
    (lead,) = found["leads"]
    figures = lead["figures"]
    assert found["mode"] == "observed"
    assert figures["auc"]["value"] > 0.95
    assert figures["auc"]["interval"][0] > 0.9
    assert figures["recall"]["value"] > 0.6
    assert lead["verdict"].startswith("better than chance")


def test_a_score_that_knows_nothing_is_no_better_than_chance(tmp_path: Path) -> None:
    village = Village(tmp_path, silence=None)
    village.live()
    (lead,) = told(village)["leads"]
    low, high = lead["figures"]["auc"]["interval"]
    assert low < 0.5 < high
    assert lead["verdict"] == "not shown to be better than chance"


def test_units_are_those_that_were_there_and_whose_outcome_is_known(village: Village) -> None:
    found = told(village)
    (lead,) = found["leads"]
    split, reach = datetime.fromisoformat(lead["split"]), timedelta(days=60)
    end = datetime.fromisoformat(found["end"])
    taken = [at for text in found["moments"] if split <= (at := datetime.fromisoformat(text)) <= end - reach]
    days = {number: at.replace(hour=0, minute=0) for number, at in village.left.items()}
    there = [(at, number) for at in taken for number in range(80) if number not in days or days[number] > at]
    assert lead["figures"]["n"] == len(there)
    assert lead["figures"]["churns"] == sum(number in days and days[number] <= at + reach for at, number in there)


def test_the_split_is_in_time_and_no_outcome_reaches_over_it(village: Village) -> None:
    (lead,) = told(village, "--split", "2025-08-01T00:00")["leads"]
    (none,) = told(village, "--split", "2025-01-15T00:00")["leads"]
    assert lead["before"]["n"] > 0
    assert none["before"] is None
    assert none["figures"]["n"] > lead["figures"]["n"]


def test_the_same_seed_gives_the_same_figures(village: Village) -> None:
    assert told(village, "--seed", "4") == told(village, "--seed", "4")


def test_under_twenty_that_left_there_is_a_list_and_no_verdict(village: Village) -> None:
    village.edit("leads: [60d]", "leads: [30d]")
    text = village.cshub("backtest", "--split", "2025-10-01T00:00").output
    assert "30 d: no verdict, " in text
    assert "Who left:" in text
    last = max(village.left, key=lambda number: village.left[number])
    assert f"Customer {last} " in text
    (lead,) = told(village, "--split", "2025-10-01T00:00")["leads"]
    assert lead["verdict"] is None


def test_facts_that_were_read_later_are_not_known_unless_event_time_alone_counts(lone: Village) -> None:
    strict = told(lone)["leads"][0]["figures"]["auc"]["value"]
    with (lone.folder / "logins.csv").open("a", encoding="utf-8", newline="") as file:
        late = [
            (f"C{number}", "login", f"{at - timedelta(days=day):%Y-%m-%d}")
            for number, at in lone.left.items()
            for day in range(1, 75)
        ]
        csv.writer(file).writerows(late)
    lone.logins = [
        *lone.logins,
        *((int(one[1:]), datetime.fromisoformat(f"{day}T00:00+00:00")) for one, _, day in late),
    ]
    lone.pull()
    assert told(lone)["leads"][0]["figures"]["auc"]["value"] == strict
    optimistic = lone.cshub("backtest", "--known", "event")
    assert "event time only, optimistic" in optimistic.output
    assert told(lone, "--known", "event")["leads"][0]["figures"]["auc"]["value"] < strict - 0.2


def test_days_before_the_first_reading_are_told_to_be_optimistic(tmp_path: Path) -> None:
    village = Village(tmp_path, customers=30)
    village.clock.instant += 12 * MONTH
    village.pull()
    found = told(village)
    assert found["mode"] == "event"
    assert "optimistic" in found["known"]


def test_a_field_made_of_the_leaving_is_suspected_and_ends_with_1(village: Village) -> None:
    village.edit("stage: stage,", "stage: stage, flag: stage,")
    village.edit("  stage: {value: account.stage}", "  flag: {value: account.flag}")
    village.edit("good: 10}", "good: 10}\n      flag: {values: {churned: 0, customer: 100}}")
    village.edit("{when: \"stage == 'churned'\", date: left_on}", "{file: left.csv, key: id, when: \"gone == 'yes'\"}")
    lines = [("id", "gone"), *((f"C{n}", "yes" if n in village.left else "no") for n in range(80))]
    with (village.folder / "left.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    with village.hub() as hub, hub.store.db.transaction() as tx:
        tx.run("update account set extra = json_set(coalesce(extra, '{}'), '$.flag', stage)")
    result = village.cshub("backtest")
    assert result.exit_code == 1
    assert "Suspect    ✖ flag alone tells who left (AUC 1.000)" in result.output
    assert "No verdict: facts of a later day leak" in result.output
    village.edit("  leads: [60d]", "  leads: [60d]\n  banned: [account.flag]")
    result = village.cshub("backtest")
    assert "a snapshot" in result.output
    assert "✖ flag" not in result.output


def test_what_the_labels_are_made_of_is_banned_by_itself(village: Village) -> None:
    village.edit("good: 10}", "good: 10}\n      stage: {values: {churned: 0, customer: 100}}")
    found = told(village)
    assert found["banned"] == ["account.left_on", "account.stage"]
    assert list(found["signals"]) == ["logins_30d"]


def test_a_banned_kind_is_not_known(village: Village) -> None:
    village.edit("  leads: [60d]", "  leads: [60d]\n  banned: [event]")
    (lead,) = told(village)["leads"]
    assert lead["figures"]["auc"]["value"] == 0.5


def later_logins(view: CustomerView) -> float:
    """A metric that looks into the future, where it can."""
    return float(sum(str(row["at"]) > str(view.as_of) for row in view.rows["event"]))


def leaky(hub: Hub) -> Hub:
    """A hub whose scorecard rests on such a metric."""
    metric = FunctionMetric(name="later", doc="", needs=("event",), function=later_logins)
    shape = Shape(name="linear", options={"from": (0, 0), "to": (5, 100)})
    card = hub.config.scorecards["default"]
    root = Group(name="all", signals=(Signal(metric="later", shape=shape),))
    config = replace(
        hub.config, metrics={"later": metric}, scorecards={"default": replace(card, root=root, hash="leaky")}
    )
    return replace(hub, config=config)


@pytest.mark.parametrize("only_past", [True, False])
def test_an_injected_leak_is_caught(village: Village, only_past: bool) -> None:
    at = village.clock.instant.replace(minute=0) - 3 * MONTH
    with village.hub() as hub:
        moment = Moment(as_of=at, cut=Cut(at=at), fresh=True, only_past=only_past)
        found = check_leaks(leaky(hub), moment, seed=1)
    assert found.injected == 600
    assert bool(found.moved) is not only_past


def test_who_left_the_customer_list_is_taken_where_nothing_is_declared(lone: Village) -> None:
    lone.yaml = YAML.partition("backtest:")[0].replace("where: all", "where: \"stage == 'customer'\"")
    lone.yaml += "backtest: {leads: [30d]}\n"
    lone.pull()
    lone.clock.instant += timedelta(days=29)
    lone.pull()
    found = told(lone, "--split", "2025-12-25T00:00")
    (lead,) = found["leads"]
    assert found["labels"].startswith("left the customer list")
    assert found["banned"] == ["account.stage"]
    assert (lead["figures"]["churns"], lead["figures"]["n"]) == (len(lone.left), lone.customers)


def test_by_counts_every_unit_once(village: Village) -> None:
    (lead,) = told(village, "--by", "tier")["leads"]
    assert set(lead["parts"]) == {"big", "small"}
    assert sum(part["n"] for part in lead["parts"].values()) == lead["figures"]["n"]


def test_the_pulse_is_a_baseline_where_there_is_one(village: Village) -> None:
    village.edit("  leads: [60d]", "  leads: [60d]\n  pulse: logins_30d")
    (lead,) = told(village)["leads"]
    pulse = next(one for one in lead["baselines"] if "pulse" in one["name"])
    assert pulse["auc"] == pytest.approx(lead["figures"]["auc"]["value"], abs=0.02)


def test_the_risk_is_held_against_who_left(village: Village) -> None:
    assert told(village)["leads"][0]["calibration"] is None
    rule = '{when: "logins_30d < 2", severity: 90, text: "nobody logs in"}'
    village.edit("backtest:\n", f"risk:\n  rules:\n    silent: {rule}\nbacktest:\n")
    (lead,) = told(village)["leads"]
    found = lead["calibration"]
    assert 0 < found["brier"] < found["base"]
    assert sum(one["n"] for one in found["bins"]) == lead["figures"]["n"]
    assert sum(one["churned"] for one in found["bins"]) == lead["figures"]["churns"]
    assert "read as a probability at 60 d: Brier 0." in village.cshub("backtest").output


def test_every_customer_is_judged_by_the_bands_of_its_own_card(village: Village) -> None:
    alone = told(village)["leads"][0]["figures"]
    card = "{model: weighted, signals: {logins_30d: {weight: 1, bad: 0, good: 10}}, bands: {low: 0, top: 35}"
    village.edit("backtest:\n", f"  odd: {card}, when: \"tier == 'big'\"}}\nbacktest:\n")
    found = told(village)
    assert list(found["scorecards"]) == ["default", "odd"]
    assert found["leads"][0]["figures"]["red"] == alone["red"]
    assert found["leads"][0]["figures"]["recall"]["value"] == alone["recall"]["value"]


def test_nothing_is_kept(village: Village) -> None:
    def stored() -> Iterator[object]:
        with village.hub() as hub, hub.store.db.read() as reader:
            for table in ("score", "score_history", "run", "watermark", "sequence", "scorecard", "due"):
                yield reader.all(f"select * from {table}")

    before = list(stored())
    told(village)
    assert list(stored()) == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("date: left_on", "date: left_onn", "did you mean left_on?"),
        ("date: left_on", "date: tier", "no field of the account with a date"),
        ("leads: [60d]", "leads: [60]", "needs a unit"),
        ("leads: [60d]", "banned: [evnt]", "did you mean event?"),
        ("leads: [60d]", "banned: [event.nme]", "did you mean name?"),
        ("leads: [60d]", "every: 1m", "needs an hour or more"),
        ("date: left_on", "file: x.csv", "key: is missing"),
        ("stage == 'churned'", "stag == 'churned'", "did you mean stage"),
    ],
)
def test_a_mistake_in_the_section_is_found_by_validate(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in YAML
    path = tmp_path / "cshub.yaml"
    path.write_text(YAML.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, environ={})
    text = "\n".join(f"{one.path}: {one.message} {one.hint}" for one in caught.value.problems)
    assert said in text
