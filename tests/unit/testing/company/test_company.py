"""The seeded company is the same for the same seed, and its stories show in its facts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest

from cshub.testing.company import Company, generate

NOW = datetime(2026, 9, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def company() -> Company:
    return generate(now=NOW)


def test_equal_arguments_give_equal_companies(company: Company) -> None:
    assert generate(now=NOW) == company
    assert generate(now=NOW, seed=8) != company


def test_there_are_as_many_customers_as_asked_for(company: Company) -> None:
    assert len(company.customers) == 500
    assert len(generate(now=NOW, customers=60).customers) == 60


def test_not_every_account_is_a_customer(company: Company) -> None:
    assert Counter(account.kind for account in company.accounts) == {
        "customer": 500,
        "prospect": 120,
        "partner": 40,
        "competitor": 20,
    }


def test_some_domains_are_missing_and_some_are_shared(company: Company) -> None:
    domains = Counter(account.domain for account in company.accounts)
    assert 15 < domains.pop(None) < 60
    assert sum(count > 1 for count in domains.values()) > 10


def test_names_are_unique(company: Company) -> None:
    assert len({account.name for account in company.accounts}) == len(company.accounts)


def test_parents_are_customers_made_before_their_children(company: Company) -> None:
    place = {account.key: number for number, account in enumerate(company.accounts)}
    children = [account for account in company.accounts if account.parent]
    assert len(children) > 20
    assert all(place[child.parent] < place[child.key] for child in children if child.parent)


def test_some_people_use_free_mail_some_stand_twice_and_some_are_not_linked(company: Company) -> None:
    people = company.contacts
    assert sum((person.email or "").endswith("gmail.com") for person in people) > 10
    assert sum(person.duplicate_of is not None for person in people) > 20
    assert sum(not person.linked for person in people) > 100
    emails = [person.email for person in people if person.email]
    assert len(set(emails)) == len(emails)


def test_an_account_at_risk_shows_it(company: Company) -> None:
    risky = {account.key for account in company.told("at_risk")}
    healthy = {account.key for account in company.told("healthy")}
    grave = Counter(t.account for t in company.tickets if t.is_open and t.priority in ("urgent", "high"))
    assert mean(grave[key] for key in risky) > 2
    assert mean(grave[key] for key in healthy) < 0.1
    seen = [person.last_seen_at for person in company.contacts if person.account in risky and person.last_seen_at]
    assert max(seen) < NOW - timedelta(days=45)


def test_the_truth_knows_where_everything_belongs(company: Company) -> None:
    keys = {account.key for account in company.accounts}
    assert set(company.truth.values()) <= keys
    parts = (company.contacts, company.deals, company.tickets, company.responses, company.twins)
    assert len(company.truth) == sum(map(len, parts))


def test_the_tools_disagree_about_some_accounts(company: Company) -> None:
    assert 10 < sum(account.support_name != account.name for account in company.customers) < 60
    assert 50 < sum(not account.is_synced for account in company.customers) < 150
    domains = {account.key: account.domain for account in company.accounts}
    assert sum(account.domain == domains[account.parent] for account in company.customers if account.parent) > 10


def test_some_records_stand_twice_and_some_of_those_were_merged(company: Company) -> None:
    assert {twin.system for twin in company.twins} == {"crm", "sales", "support"}
    assert {twin.is_merged for twin in company.twins} == {True, False}
    assert {twin.account for twin in company.twins} <= {account.key for account in company.customers}


def test_what_people_answer_fits_their_accounts_story(company: Company) -> None:
    risky = {account.key for account in company.told("at_risk")}
    nps = [response for response in company.responses if response.metric == "nps"]
    assert len(nps) > 300
    assert all((response.value <= 6) == (response.account in risky) or response.value == 6 for response in nps)
    assert any(response.changed_at > response.answered_at for response in company.responses)


def test_nothing_lies_in_the_future(company: Company) -> None:
    parts = (*company.accounts, *company.contacts, *company.deals, *company.tickets, *company.responses, *company.twins)
    assert max(part.changed_at for part in parts) <= NOW
