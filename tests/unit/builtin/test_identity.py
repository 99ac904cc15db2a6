from __future__ import annotations

from collections.abc import Mapping

import pytest

import cshub
from cshub.builtin.identity import PUBLIC_MAIL, register_identity_rules


def rules(config: Mapping[str, object] | None = None) -> dict[str, cshub.IdentityRule]:
    return {rule.name: rule for rule in register_identity_rules(config or {})}


def keys(rule: str, kind: str, config: Mapping[str, object] | None = None, **row: object) -> list[str]:
    values = {"connection": "crm", "id": "1", **row}
    return sorted(rules(config)[rule].keys(kind, values))


def test_the_rules_come_in_the_order_they_are_usually_tried() -> None:
    assert list(rules()) == ["map", "cross_reference", "external_id", "domain", "email_domain"]


def test_every_rule_knows_accounts_and_every_kind_that_belongs_to_a_customer() -> None:
    wanted = {"account", "contact", "deal", "ticket", "response", "event"}
    assert {name: set(rule.columns) for name, rule in rules().items()} == dict.fromkeys(rules(), wanted)


def test_a_rule_names_every_column_that_it_reads() -> None:
    read: set[tuple[str, str]] = set()

    class Watching(dict[str, object]):
        def get(self, name: str, default: object = None) -> object:
            read.add((kind, name))
            return super().get(name, default)

    for rule in rules().values():
        for kind, columns in rule.columns.items():
            read.clear()
            list(rule.keys(kind, Watching(connection="crm", id="1")))
            assert read <= {(kind, column) for column in columns}


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("acme.com", ["acme.com"]),
        ("www.shop.acme.co.uk", ["acme.co.uk"]),
        ("https://www.Acme.com/about?x=1", ["acme.com"]),
        ("acme.com:8080", ["acme.com"]),
        (" acme.com. ", ["acme.com"]),
        ("münchen.de", ["xn--mnchen-3ya.de"]),
        ("acme.github.io", ["acme.github.io"]),
        ("co.uk", []),
        ("localhost", []),
        ("192.168.0.1", []),
        ("http://[broken", []),
        ("", []),
        (None, []),
    ],
)
def test_a_domain_is_the_part_somebody_registered(typed: str | None, key: list[str]) -> None:
    assert keys("domain", "ticket", account_domain=typed) == key


def test_an_account_gives_all_of_its_domains() -> None:
    assert set(keys("domain", "account", domains=("acme.com", "www.acme.com", "acme.de"))) == {"acme.com", "acme.de"}


def test_an_account_without_domains_gives_none() -> None:
    assert keys("domain", "account", domains=None) == []


@pytest.mark.parametrize(
    ("email", "key"),
    [
        ("jo@mail.acme.com", ["acme.com"]),
        ("jo@gmail.com", []),
        ("jo@mail.yahoo.co.uk", []),
        ("acme.com", []),
        ("", []),
        (None, []),
    ],
)
def test_an_email_address_gives_the_employers_domain(email: str | None, key: list[str]) -> None:
    assert keys("email_domain", "contact", email=email) == key
    assert keys("email_domain", "ticket", contact_email=email) == key


def test_an_account_on_a_public_mail_domain_claims_nobody_by_email() -> None:
    assert keys("email_domain", "account", domains=("gmail.com", "acme.com")) == ["acme.com"]


def test_external_ids_lose_blanks_and_nothing_else() -> None:
    assert keys("external_id", "account", external_id=" Ab1 ") == ["Ab1"]
    assert keys("external_id", "event", account_external_id="ab1") == ["ab1"]
    assert keys("external_id", "event", account_external_id=" ") == []


def test_the_external_id_of_a_person_is_not_that_of_an_account() -> None:
    assert keys("external_id", "contact", external_id="Ab1", account_external_id=None) == []


def test_what_people_said_is_not_looked_for_in_the_row() -> None:
    assert keys("map", "account") == keys("map", "ticket") == []


@pytest.mark.parametrize(
    ("short", "long"),
    [
        # the example that Salesforce's own help gives
        ("001A0000006Vm9u", "001A0000006Vm9uIAC"),
        ("001a0000006vm9u", "001a0000006vm9uAAA"),
    ],
)
def test_a_cross_reference_knows_the_short_form_of_a_salesforce_id(short: str, long: str) -> None:
    config = {"cross_reference": {"sales": {"sf_id": "crm"}}}
    found = keys("cross_reference", "contact", config, connection="sales", id="9", sf_id=short)
    assert found == [f"crm:{short}", f"crm:{long}"]


@pytest.mark.parametrize("id", ["97000000192", "001A0000006Vm9uIAC", "short id of 15!", ""])
def test_no_other_id_has_a_second_form(id: str) -> None:
    config = {"cross_reference": {"sales": {"sf_id": "crm"}}}
    found = keys("cross_reference", "contact", config, connection="sales", id="9", sf_id=id)
    assert found == ([f"crm:{id}"] if id else [])


def test_a_cross_reference_meets_the_account_it_names() -> None:
    config = {"cross_reference": {"sales": {"sf_id": "crm"}}}
    assert keys("cross_reference", "account", config) == ["crm:1"]
    assert keys("cross_reference", "account", config, connection="sales", id="9", sf_id="1") == ["crm:1", "sales:9"]
    assert keys("cross_reference", "account", config, connection="sales", id="9", sf_id=None) == ["sales:9"]
    assert rules(config)["cross_reference"].columns["account"] == ("connection", "id", "sf_id")


@pytest.mark.parametrize("config", [{}, {"cross_reference": None}, {"cross_reference": {"sales": "sf_id"}}])
def test_without_cross_references_an_account_knows_only_itself(config: Mapping[str, object]) -> None:
    assert keys("cross_reference", "account", config, sf_id="1") == ["crm:1"]


def test_the_public_mail_domains_are_sorted_registrable_and_there_once() -> None:
    listed = [line for line in PUBLIC_MAIL.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert listed == sorted(set(listed))
    assert [domain for domain in listed if keys("domain", "ticket", account_domain=domain) != [domain]] == []
    assert len(listed) >= 150
