"""The properties every HubSpot account has (a selection), and those the seeded account made for itself."""

from __future__ import annotations

from collections.abc import Iterator

from .schema import Option, Property, Schema

#: name · type · field type · marks: r read-only, c calculated, u unique. One group per object type.
COMMON = """
createdate                    datetime    date       r
hs_object_id                  number      number     r
hs_lastmodifieddate           datetime    date       r
hs_merged_object_ids          enumeration checkbox   r
hubspot_owner_id              enumeration select
hs_created_by_user_id         number      number     r
hs_object_source              string      text       r
hs_unique_creation_key        string      text       r
notes_last_contacted          datetime    date       r
notes_last_updated            datetime    date       r
hs_last_sales_activity_timestamp datetime date       r
num_notes                     number      number     r
"""

COMPANIES = """
name                          string      text
domain                        string      text
website                       string      text
hs_additional_domains         enumeration checkbox   r
description                   string      textarea
industry                      string      text
type                          enumeration select
lifecyclestage                enumeration radio
phone                         string      phonenumber
address                       string      text
city                          string      text
state                         string      text
zip                           string      text
country                       string      text
annualrevenue                 number      number
numberofemployees             number      number
founded_year                  string      text
is_public                     bool        booleancheckbox
hs_num_child_companies        number      number     rc
hs_parent_company_id          number      number     r
hs_csm_sentiment              enumeration select
hs_customer_success_ticket_sentiment enumeration select r
hs_current_customer           enumeration select     r
num_associated_contacts       number      number     rc
num_associated_deals          number      number     rc
hs_num_open_deals             number      number     rc
"""

CONTACTS = """
email                         string      text       u
hs_additional_emails          enumeration checkbox
firstname                     string      text
lastname                      string      text
jobtitle                      string      text
phone                         string      phonenumber
mobilephone                   string      phonenumber
company                       string      text
website                       string      text
country                       string      text
lifecyclestage                enumeration radio
associatedcompanyid           number      number
lastmodifieddate              datetime    date       r
hs_lead_status                enumeration radio
hs_email_optout               bool        booleancheckbox r
hs_email_domain               string      text       r
hs_email_last_open_date       datetime    date       r
hs_analytics_last_visit_timestamp datetime date      r
num_associated_deals          number      number     rc
"""

DEALS = """
dealname                      string      text
amount                        number      number
deal_currency_code            enumeration select
dealstage                     enumeration radio
pipeline                      enumeration select
closedate                     datetime    date
dealtype                      enumeration radio
description                   string      textarea
hs_is_closed                  bool        booleancheckbox rc
hs_is_closed_won              bool        booleancheckbox rc
hs_deal_stage_probability     number      number     rc
hs_mrr                        number      number
hs_arr                        number      number
num_associated_contacts       number      number     rc
"""

TICKETS = """
subject                       string      text
content                       string      textarea
hs_pipeline                   enumeration select
hs_pipeline_stage             enumeration select
hs_ticket_priority            enumeration select
hs_ticket_category            enumeration checkbox
source_type                   enumeration select
closed_date                   datetime    date       r
time_to_close                 number      number     r
time_to_first_agent_reply     number      number     r
first_agent_reply_date        datetime    date       r
hs_is_closed                  bool        booleancheckbox rc
"""

TASKS = """
hs_timestamp                  datetime    date
hs_task_subject               string      text
hs_task_body                  string      textarea
hs_task_status                enumeration select
hs_task_priority              enumeration select
hs_task_type                  enumeration select
hs_createdate                 datetime    date       r
"""

NOTES = """
hs_timestamp                  datetime    date
hs_note_body                  string      textarea
hs_createdate                 datetime    date       r
"""

FEEDBACK = """
hs_survey_type                enumeration select     r
hs_survey_id                  number      number     r
hs_value                      number      number     r
hs_response_group             enumeration select     r
hs_content                    string      textarea   r
hs_submission_timestamp       datetime    date       r
hs_sentiment                  enumeration select     r
"""

BUILT_IN = {
    "companies": COMPANIES,
    "contacts": CONTACTS,
    "deals": DEALS,
    "tickets": TICKETS,
    "tasks": TASKS,
    "notes": NOTES,
    "feedback_submissions": FEEDBACK,
}
GROUPS = {
    "companies": "companyinformation",
    "contacts": "contactinformation",
    "deals": "dealinformation",
    "tickets": "ticketinformation",
    "tasks": "task",
    "notes": "note",
    "feedback_submissions": "feedback_submission_information",
}
STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)

OPTIONS: dict[str, tuple[str, ...]] = {
    "lifecyclestage": STAGES,
    "type": ("PROSPECT", "PARTNER", "RESELLER", "VENDOR", "OTHER", "CUSTOMER", "COMPETITOR"),
    "hs_csm_sentiment": ("at_risk", "neutral", "healthy"),
    "hs_current_customer": ("yes", "no", "unknown"),
    "dealtype": ("newbusiness", "existingbusiness"),
    "deal_currency_code": ("EUR", "USD", "GBP"),
    "hs_ticket_priority": ("LOW", "MEDIUM", "HIGH", "URGENT"),
    "hs_ticket_category": ("PRODUCT_ISSUE", "BILLING_ISSUE", "FEATURE_REQUEST", "GENERAL_INQUIRY"),
    "source_type": ("CHAT", "EMAIL", "FORM", "PHONE"),
    "hs_task_status": ("NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED", "COMPLETED"),
    "hs_task_priority": ("NONE", "LOW", "MEDIUM", "HIGH"),
    "hs_task_type": ("TODO", "CALL", "EMAIL"),
    "hs_survey_type": ("NPS", "CSAT", "CES", "CUSTOM"),
}

#: What the seeded account made for itself.
OWN_GROUP = "customer_data"
OWN: dict[str, tuple[tuple[str, str, str, bool], ...]] = {
    "companies": (
        ("customer_id", "string", "text", True),
        ("mrr", "number", "number", False),
        ("renewal_date", "date", "date", False),
        ("salesforceaccountid", "string", "text", False),
    ),
    "contacts": (("contact_external_id", "string", "text", True),),
}

#: Shown when a client asks for no properties.
DEFAULTS: dict[str, tuple[str, ...]] = {
    "companies": ("name", "domain"),
    "contacts": ("email", "firstname", "lastname"),
    "deals": ("amount", "closedate", "dealname", "dealstage", "pipeline"),
    "tickets": ("subject", "content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority", "hs_ticket_category"),
}


def schema_of(object_type: str, *, own: bool) -> Schema:
    """The schema of a fresh account; with `own` also the properties the seeded account made."""
    schema = Schema()
    schema.add(_built_in(object_type))
    if own:
        schema.add(own_property(*row) for row in OWN.get(object_type, ()))
    return schema


def own_property(name: str, kind: str = "string", field_type: str = "text", unique: bool = False) -> Property:  # noqa: FBT001, FBT002 - rows of a table
    """A property somebody of the account made."""
    label = name.replace("_", " ").capitalize()
    return Property(name=name, label=label, type=kind, field_type=field_type, group=OWN_GROUP, unique=unique, own=True)


def _built_in(object_type: str) -> Iterator[Property]:
    for line in (COMMON + BUILT_IN[object_type]).split("\n"):
        if line.strip():
            name, kind, field_type, *marks = line.split()
            yield _property(object_type, name, kind, field_type, marks[0] if marks else "")


def _property(object_type: str, name: str, kind: str, field_type: str, marks: str) -> Property:
    options = OPTIONS.get(name, ())
    return Property(
        name=name,
        label=name.removeprefix("hs_").replace("_", " ").capitalize(),
        type=kind,
        field_type=field_type,
        group=GROUPS[object_type],
        options=tuple(Option(label=value.title(), value=value, order=order) for order, value in enumerate(options)),
        read_only="r" in marks,
        calculated="c" in marks,
        unique="u" in marks,
    )
