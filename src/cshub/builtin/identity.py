"""The built-in identity rules: a person's map, cross-references between CRMs, external ids, domains, e-mail domains. Pure functions row → keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from cshub import IdentityRule, hookimpl

#: Kinds whose rows name an account by a fact about it; accounts have those facts themselves.
ROWS = ("contact", "deal", "ticket", "response", "event")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
PUBLIC_MAIL = Path(__file__).with_name("public_mail.txt")


@hookimpl
def register_identity_rules(config: Mapping[str, object]) -> Iterable[IdentityRule]:
    """The rules for `identity.rules`. `cross_reference` in this plugin's block names, by connection, extra fields that hold another's ids."""
    return (
        IdentityRule(
            name="map",
            doc="what a person wrote down in the file named by `identity.map`; it goes before everything else",
            columns=dict.fromkeys(("account", *ROWS), ()),
            keys=no_keys,
        ),
        cross_reference(_references(config)),
        IdentityRule(
            name="external_id",
            doc="your own product's id of the account is the same",
            columns={"account": ("external_id",), **dict.fromkeys(ROWS, ("account_external_id",))},
            keys=external_id_keys,
        ),
        IdentityRule(
            name="domain",
            doc="a web domain is the same, as far as it can be registered (shop.acme.co.uk is acme.co.uk)",
            columns={"account": ("domains",), **dict.fromkeys(ROWS, ("account_domain",))},
            keys=domain_keys,
        ),
        IdentityRule(
            name="email_domain",
            doc="the domain of the e-mail address is one of the account's; public mail services do not count",
            columns={"account": ("domains",), "contact": ("email",), **dict.fromkeys(ROWS[1:], ("contact_email",))},
            keys=email_domain_keys,
        ),
    )


def no_keys(kind: str, row: Mapping[str, object]) -> Iterable[str]:
    """None: what a person said is about one record, so linking looks it up by the record, not by anything in it."""
    return ()


def cross_reference(references: Mapping[str, Mapping[str, str]]) -> IdentityRule:
    """One CRM's record holds the id of another's. `references`: connection → extra field → the connection whose account ids it holds."""

    def keys(kind: str, row: Mapping[str, object]) -> Iterable[str]:
        if kind == "account":
            yield _own(row)
        for field, connection in references.get(str(row["connection"]), {}).items():
            if id := _text(row, field):
                yield from (f"{connection}:{form}" for form in forms_of_id(id))

    fields = {field for by_field in references.values() for field in by_field}
    return IdentityRule(
        name="cross_reference",
        doc="one CRM's record holds the id of the other's (`cross_reference` of the plugin `identity` says in which field)",
        columns=dict.fromkeys(("account", *ROWS), ("connection", "id", *sorted(fields))),
        keys=keys,
    )


def forms_of_id(id: str) -> Iterable[str]:
    """The id, and for 15 letters and digits also what it would be as a Salesforce id of 18, in which its records are kept.

    Reports and formula fields show the short form, in which upper and lower case differ; the three characters more say, five
    characters at a time, which of them are upper case.
    """
    yield id
    if len(id) == 15 and id.isascii() and id.isalnum():
        fives = (id[start : start + 5] for start in (0, 5, 10))
        bits = (sum(1 << place for place, letter in enumerate(five) if letter.isupper()) for five in fives)
        yield id + "".join(_SUFFIX[number] for number in bits)


def external_id_keys(kind: str, row: Mapping[str, object]) -> Iterable[str]:
    """The external id, without surrounding blanks; upper and lower case differ."""
    id = _text(row, "external_id" if kind == "account" else "account_external_id")
    return (id,) if id else ()


def domain_keys(kind: str, row: Mapping[str, object]) -> Iterable[str]:
    """Registrable domains of an account, or of the account a row names."""
    found = _domains(row) if kind == "account" else (_text(row, "account_domain"),)
    return filter(None, map(registrable, found))


def email_domain_keys(kind: str, row: Mapping[str, object]) -> Iterable[str]:
    """Registrable domains of an account, or of a person's e-mail address, public mail services left out."""
    if kind == "account":
        found = tuple(_domains(row))
    else:
        _, at, host = _text(row, "email" if kind == "contact" else "contact_email").rpartition("@")
        found = (host,) if at else ()
    return (domain for domain in map(registrable, found) if domain and not is_public_mail(domain))


@lru_cache(maxsize=65536)
def registrable(host: str) -> str:
    """The part of a host or web address that somebody registered, in ASCII; empty where there is none (`localhost`, `co.uk`, an IP address).

    After the public suffix list (https://publicsuffix.org), private suffixes such as github.io included.
    """
    name = _host(host)
    if not name or name.replace(".", "").isdigit():
        return ""
    return str(_suffixes().privatesuffix(name) or "")


def is_public_mail(domain: str) -> bool:
    """True for domains where anybody can have an address, so that they say nothing about the employer."""
    return domain in _public_mail()


@cache
def _public_mail() -> frozenset[str]:
    lines = PUBLIC_MAIL.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _host(text: str) -> str:
    """The host of a domain, host or web address as people type them."""
    try:
        host = urlsplit(text if "//" in text else f"//{text.strip()}").hostname or ""
        return host.strip(". ").encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        return ""


def _domains(row: Mapping[str, object]) -> Iterable[str]:
    found = row.get("domains")
    return (str(domain) for domain in found) if isinstance(found, list | tuple) else ()


def _own(row: Mapping[str, object]) -> str:
    return f"{row['connection']}:{row['id']}"


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def _references(config: Mapping[str, object]) -> dict[str, dict[str, str]]:
    block = config.get("cross_reference")
    if not isinstance(block, Mapping):
        return {}
    return {
        str(connection): {str(field): str(other) for field, other in fields.items()}
        for connection, fields in block.items()
        if isinstance(fields, Mapping)
    }
