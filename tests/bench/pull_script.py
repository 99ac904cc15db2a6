"""The fastest script with the same libraries: httpx, orjson, sqlite3. `python pull_script.py PORT FOLDER`.

It keeps what a connector keeps (typed columns, a content hash, an upsert that leaves equal rows alone), but no history, no resumption,
no rejects, no retries.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import time
from pathlib import Path

import httpx
import orjson

NAMES = "associatedcompanyid,email,firstname,jobtitle,lastmodifieddate,lastname,notes_last_contacted"
UPSERT = """
insert into contact (id, account, email, name, role, seen, changed, hash) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (id) do update set account = excluded.account, email = excluded.email, name = excluded.name,
role = excluded.role, seen = excluded.seen, changed = excluded.changed, hash = excluded.hash
where hash <> excluded.hash
"""


def row(record: dict[str, object]) -> tuple[object, ...]:
    """One contact as stored."""
    found = record["properties"]
    values = (
        found["associatedcompanyid"],
        found["email"],
        f"{found['firstname']} {found['lastname']}",
        found["jobtitle"],
        found["notes_last_contacted"],
    )
    return (
        record["id"],
        *values,
        found["lastmodifieddate"],
        hashlib.blake2b(repr(values).encode(), digest_size=16).digest(),
    )


def main(port: int, folder: Path) -> None:
    """Read every page, or ask the search for what is new."""
    store = sqlite3.connect(folder / "script.db", isolation_level=None)
    store.execute("pragma journal_mode = wal")
    store.execute("pragma synchronous = full")
    store.execute(
        "create table if not exists contact (id text primary key, account, email, name, role, seen, changed, hash)"
    )
    store.execute("create table if not exists state (cursor)")
    begun = time.perf_counter()
    count = 0
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": "Bearer x"}) as client:
        if store.execute("select count(*) from state").fetchone()[0]:
            client.post("/crm/objects/2026-09/contacts/search", json={"limit": 200}).raise_for_status()
            return
        after: str | None = ""
        while after is not None:
            path = f"/crm/objects/2026-09/contacts?limit=100&properties={NAMES}" + (f"&after={after}" if after else "")
            page = orjson.loads(client.get(path).content)
            store.execute("begin immediate")
            store.executemany(UPSERT, map(row, page["results"]))
            store.execute("commit")
            count += len(page["results"])
            after = page["paging"]["next"]["after"] if "paging" in page else None
    store.execute("insert into state values ('done')")
    print(f"{count / (time.perf_counter() - begun):.0f} records/s")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
