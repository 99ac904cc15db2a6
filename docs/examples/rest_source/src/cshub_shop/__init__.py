"""A REST source: the customers of a shop system."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from pydantic import BaseModel, ConfigDict, SecretStr

import cshub

CUSTOMERS = cshub.Snapshot(name="customers", kind=cshub.ACCOUNT, shape="1")


class Settings(BaseModel):
    """What the YAML says about a shop."""

    model_config = ConfigDict(extra="forbid")
    token: SecretStr


class Shop:
    """One shop, read whole each time."""

    def __init__(self, settings: Settings, context: cshub.Context) -> None:
        self.client = context.client(origin="https://api.shop.example", auth=cshub.Bearer(settings.token))

    def check(self) -> cshub.Check:
        return cshub.Check(org=str(self.client.get("/me", label="me").object()["shop"]), account="the shop")

    def pull(self, stream: cshub.Stream, cursor: bytes | None, until: datetime) -> Iterator[cshub.Page]:
        for items, after in cshub.walk_cursor(self.fetch, read, json.loads(cursor) if cursor else None):
            good = [it for it in items if isinstance(it, dict) and isinstance(it.get("id"), str)]
            rows = [cshub.ACCOUNT.row(id=str(it["id"]), changed_at=None, name=it.get("name") or None) for it in good]
            bad = [cshub.Reject(id=None, reason="it has no id", payload=str(it)) for it in items if it not in good]
            yield cshub.Page(rows=rows, rejects=bad, cursor=json.dumps(after).encode())

    def fetch(self, after: str | None) -> cshub.Answer:
        return self.client.get("/customers", params={"after": after}, label="customers list")

    def close(self) -> None:
        self.client.close()


def read(answer: cshub.Answer) -> tuple[list[cshub.JSON], str | None]:
    """The items of a page, and the cursor of the next."""
    said = answer.object()
    if not isinstance(items := said.get("items"), list):
        raise answer.error("answered without items")
    return items, str(said["next"]) if said.get("next") else None


@cshub.hookimpl
def register_connectors() -> list[cshub.Connector[Settings]]:
    """The connector `shop`."""
    return [cshub.Connector(name="shop", doc="a shop", settings=Settings, streams=lambda _: [CUSTOMERS], open=Shop)]
