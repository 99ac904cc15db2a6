"""Second records of some customers: most were merged into the first by a person of this tool, the others still stand here."""

from __future__ import annotations

from cshub.testing.company import Account, Company, Twin

from .merging import merge_records
from .portal import Portal
from .records import Record
from .times import to_ms


def seed_twins(portal: Portal, company: Company, ids: dict[str, str]) -> None:
    """Make the twins this tool has. Adds their ids to `ids`, and puts the survivor's where a merge made a new one."""
    table = portal.tables["companies"]
    accounts = {account.key: account for account in company.accounts}
    for twin in (each for each in company.twins if each.system == "sales"):
        record = _record(portal, twin, accounts[twin.account], ids)
        table.put(record)
        ids[twin.key] = str(record.id)
        if twin.is_merged:
            survivor = merge_records(portal, table, int(ids[twin.account]), record.id)
            survivor.modified_ms = to_ms(max(twin.changed_at, accounts[twin.account].changed_at))
            ids[twin.key] = ids[twin.account] = str(survivor.id)
    table.load(())


def _record(portal: Portal, twin: Twin, account: Account, ids: dict[str, str]) -> Record:
    values = {
        "name": twin.name,
        "lifecyclestage": "customer",
        "type": "CUSTOMER",
        "hubspot_owner_id": ids[account.owner],
    }
    if twin.domain:
        values |= {"domain": twin.domain, "website": twin.domain}
    return Record(portal.new_id("companies"), values, to_ms(twin.created_at), to_ms(twin.changed_at))
