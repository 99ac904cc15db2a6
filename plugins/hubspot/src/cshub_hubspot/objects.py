"""The HubSpot objects that are read, as one table: kind, cursor property, scopes, usual properties, links. No behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cshub import ACCOUNT, CONTACT, DEAL, RESPONSE, TICKET, Kind

#: Limits of the API as documented; `tests/test_limits.py` checks them against the official specification.
LIST_LIMIT = 100
SEARCH_LIMIT = 200
SEARCH_CAP = 10_000
SEARCH_BODY = 3_000
BATCH_LIMIT = 100
LINK_LIMIT = 1_000
OWNER_LIMIT = 500
#: Names of properties in one URL; HubSpot answers 414 somewhere above.
URL_BYTES = 5_000

MERGED = "hs_merged_object_ids"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """One CRM object. `changed` is the property its changes are found by, `fields` column → property unless YAML says otherwise.

    `also` are further properties its mapping looks at; `links` the objects its rows refer to through associations.
    """

    name: str
    kind: Kind
    settings: str
    scopes: tuple[str, ...]
    fields: Mapping[str, str]
    changed: str = "hs_lastmodifieddate"
    links: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


COMPANIES = ObjectType(
    name="companies",
    kind=ACCOUNT,
    settings="accounts",
    scopes=("crm.objects.companies.read",),
    fields={
        "name": "name",
        "domains": "domain",
        "parent": "hs_parent_company_id",
        "owner": "hubspot_owner_id",
        "stage": "lifecyclestage",
        "created_at": "createdate",
    },
    also=("hs_additional_domains",),
)
#: Contacts alone keep their time of change under another name; asking for the wrong one finds nothing.
CONTACTS = ObjectType(
    name="contacts",
    kind=CONTACT,
    settings="contacts",
    scopes=("crm.objects.contacts.read",),
    fields={"email": "email", "name": "firstname", "role": "jobtitle", "account_id": "associatedcompanyid"},
    changed="lastmodifieddate",
    also=("lastname",),
)
DEALS = ObjectType(
    name="deals",
    kind=DEAL,
    settings="deals",
    scopes=("crm.objects.deals.read",),
    fields={
        "purpose": "dealtype",
        "amount": "amount",
        "stage": "dealstage",
        "is_closed": "hs_is_closed",
        "is_won": "hs_is_closed_won",
        "close_date": "closedate",
    },
    links=("companies", "contacts"),
    also=("pipeline",),
)
TICKETS = ObjectType(
    name="tickets",
    kind=TICKET,
    settings="tickets",
    scopes=("tickets",),
    fields={
        "is_open": "hs_pipeline_stage",
        "priority": "hs_ticket_priority",
        "opened_at": "createdate",
        "closed_at": "closed_date",
    },
    links=("companies", "contacts"),
    also=("hs_pipeline", "closed_date"),
)

#: Only accounts with Service Hub have it. Which property holds the mark is not documented: the settings may name another.
FEEDBACK = ObjectType(
    name="feedback_submissions",
    kind=RESPONSE,
    settings="responses",
    scopes=("crm.objects.feedback_submissions.read",),
    fields={"metric": "hs_survey_type", "value": "hs_value", "answered_at": "hs_submission_timestamp"},
    links=("companies", "contacts"),
)

#: What every account has, and those that are read when the settings ask for them.
OBJECTS: Mapping[str, ObjectType] = {each.name: each for each in (COMPANIES, CONTACTS, DEALS, TICKETS)}
READABLE: Mapping[str, ObjectType] = {**OBJECTS, FEEDBACK.name: FEEDBACK}
#: Association types that mark the main company of a record, in both directions.
PRIMARY = frozenset({1, 2, 5, 6, 25, 26})
