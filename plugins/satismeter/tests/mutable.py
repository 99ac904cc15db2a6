"""What people do to SatisMeter's responses and to themselves, and what cshub's rows must hold of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from cshub.testing.mutation import Changing, Living, Mutable, Verb
from cshub.testing.sandbox import JSON
from cshub_satismeter import CONNECTOR
from cshub_satismeter.sandbox import create

#: Everything is read anew after a week, and so much more for the pulls of a sweep.
SETTLE_S = 8 * 86_400.0
METRICS = ("nps", "csat", "ces")
#: Nothing deleted comes back, and nothing can be merged.
VERBS: frozenset[Verb] = frozenset({"create", "edit", "remove"})


def answer(n: int) -> dict[str, str]:
    """One answer of the survey that asks for everything: a rating within every scale, or words."""
    words = {"comment": f"Words {n}"}
    return words if n % 7 == 6 else {METRICS[n % 3]: str(1 + n % 5)}


def response(n: int, living: Living) -> dict[str, str]:
    """Somebody begins to answer, often without a rating yet; an old response is recorded late now and then."""
    people = living.get("users", ())
    who = {"user": people[n % len(people)]} if people else {}
    return {"campaign": "relationship", **who, **({} if n % 4 == 3 else answer(n))}


def later(n: int, living: Living) -> dict[str, str]:
    """The person goes on, corrects a rating, takes one back, takes all back, or closes the survey."""
    if n % 5 == 3:
        return {METRICS[n % 3]: ""}
    if n % 11 == 4:
        return dict.fromkeys(METRICS, "")
    return {**answer(n), **({"dismissed": "true"} if n % 13 == 0 else {})}


def rows(record: Mapping[str, JSON]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """A row for each answer with a metric we read, and what is known of the person."""
    user, answers = record["user"], record["answers"]
    assert isinstance(user, dict)
    assert isinstance(answers, list)
    traits = user["traits"]
    assert isinstance(traits, dict)
    words = next((each["value"] for each in answers if isinstance(each, dict) and each.get("name") == "SM_comment"), "")
    for each in answers:
        assert isinstance(each, dict)
        if each.get("metric") in METRICS:
            yield (
                f"{record['id']}:{each['id']}",
                {
                    "metric": each["metric"],
                    "value": each["value"],
                    "answered_at": round(datetime.fromisoformat(str(record["created"])).timestamp() * 1000),
                    "contact_email": user["email"],
                    "account_external_id": traits.get("companyId"),
                    "extra": json.dumps({"comment": words}, ensure_ascii=False, separators=(",", ":"))
                    if words
                    else None,
                },
            )


PEOPLE = Changing(
    object="users",
    create=lambda n, living: {"userId": f"u-{n}", "email": f"p{n}@people.example", "companyId": f"C-{n}"},
    edit=lambda n, living: {"companyId": f"C-{n}"} if n % 2 else {"email": f"moved{n}@people.example"},
    verbs=VERBS,
)


def responses(*verbs: Verb) -> Changing:
    """Responses to which only this is done; all that SatisMeter knows where nothing is named."""
    allowed = frozenset(verbs) or VERBS
    return Changing(object="responses", stream="responses", create=response, edit=later, truth=rows, verbs=allowed)


def satismeter(*objects: Changing, given: Mapping[str, object] | None = None, **switches: object) -> Mutable:
    """An empty project with the switches of its sandbox; `given` are settings of the connection."""
    told = {"customers": 0, "empty": True, **switches}
    told |= {"empty": not told["customers"]}
    return Mutable(
        connector=CONNECTOR,
        sandbox=lambda clock: partial(create, clock=clock, **told)(),  # type: ignore[arg-type]  # switches by name
        settings=lambda credentials: {
            "token": credentials["SATISMETER_TOKEN"],
            "project": credentials["SATISMETER_PROJECT"],
            "account_external_id": "traits.companyId",
            "fields": {"comment": "comment"},
            "calls_per_second": 50,
            **(given or {}),
        },
        objects=objects or (PEOPLE, responses()),
        settle_s=SETTLE_S,
    )
