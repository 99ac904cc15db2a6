"""A sound connector for the shop. Each step is a method of its own, so that `broken.py` can break one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, SecretStr

from cshub import (
    ACCOUNT,
    JSON,
    OWNER,
    Answer,
    Bearer,
    Check,
    Client,
    Connector,
    Context,
    Explain,
    FieldSpec,
    FieldType,
    Incremental,
    Outcome,
    Page,
    Provision,
    Provisioned,
    RecordWrite,
    Reject,
    Retry,
    Row,
    Snapshot,
    StoreError,
    Stream,
    TargetField,
    Value,
    VendorTrouble,
    WriteBatch,
    WriteState,
    walk_cursor,
)

CUSTOMERS = Incremental(name="customers", kind=ACCOUNT, shape="1", sweeps=True)
STAFF = Snapshot(name="staff", kind=OWNER, shape="1")
OVERLAP = timedelta(minutes=10)
BATCH = 50
STATES = {"ok": WriteState.WRITTEN, "refused": WriteState.REJECTED, "gone": WriteState.GONE}


class ShopSettings(BaseModel):
    """A shop to read from and write to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: SecretStr


class Unfit(Exception):
    """This item cannot become a row."""


class ShopConnection:
    """One shop, as source and destination."""

    explain: ClassVar[Explain | None] = None
    retry: ClassVar[Retry] = Retry()

    def __init__(self, settings: ShopSettings, context: Context) -> None:
        self.settings = settings
        self.context = context
        self.client: Client = context.client(
            origin="https://api.shop.test", auth=Bearer(settings.token), explain=self.explain, retry=self.retry
        )

    # --- reading

    def check(self) -> Check:
        said = self.client.get("/me", label="me").object()
        return Check(org=str(said["shop"]), account="the shop")

    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        place = self.load(cursor)
        since = place.get("since") if stream.name == "customers" else None
        begun = str(place.get("begun") or until.isoformat())
        for items, after in self.walk(f"/{stream.name}", since, place.get("after")):
            yield self.page(stream, items, self.cursor(since, begun, after), until)

    def load(self, cursor: bytes | None) -> dict[str, str | None]:
        if cursor is None:
            return {}
        try:
            place: dict[str, str | None] = json.loads(cursor)
        except ValueError as error:
            raise StoreError("the saved position cannot be read", where=self.context.connection) from error
        return place

    def cursor(self, since: str | None, begun: str, after: str | None) -> bytes:
        if after is not None:
            return json.dumps({"since": since, "begun": begun, "after": after}).encode()
        return json.dumps({"since": (datetime.fromisoformat(begun) - OVERLAP).isoformat()}).encode()

    def walk(self, path: str, since: str | None, start: str | None) -> Iterator[tuple[Sequence[JSON], str | None]]:
        return walk_cursor(lambda after: self.fetch(path, since, after), self.items, start)

    def fetch(self, path: str, since: str | None, after: str | None) -> Answer:
        return self.client.get(path, params={"since": since, "after": after}, label=f"{path[1:]} list")

    def items(self, answer: Answer) -> tuple[list[JSON], str | None]:
        said = answer.object()
        items, following = said.get("items"), said.get("next")
        if not isinstance(items, list):
            raise answer.error("answered without items")
        return items, str(following) if following is not None else None

    def page(self, stream: Stream, items: Sequence[JSON], cursor: bytes, until: datetime) -> Page:
        rows: list[Row] = []
        rejects: list[Reject] = []
        gone: list[str] = []
        for item in items:
            try:
                if isinstance(item, dict) and item.get("deleted"):
                    gone.append(str(item["id"]))
                else:
                    rows.append(self.row(stream, item, until))
            except Unfit as reason:
                rejects.append(Reject(id=None, reason=str(reason), payload=json.dumps(item)))
        return Page(rows=rows, rejects=rejects, tombstones=gone, cursor=cursor)

    def row(self, stream: Stream, item: JSON, until: datetime) -> Row:
        if not isinstance(item, dict) or not isinstance(item.get("id"), str):
            raise Unfit("the item has no id")
        stamp = item.get("changed_at")
        changed_at = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
        return stream.kind.row(id=str(item["id"]), changed_at=changed_at, name=item.get("name") or None)

    def ids(self, stream: Stream, cursor: bytes | None) -> Iterator[tuple[Sequence[str], bytes]]:
        for items, after in self.walk(f"/{stream.name}", None, self.load(cursor).get("after")):
            listed = [str(item["id"]) for item in items if isinstance(item, dict)]
            yield listed, json.dumps({"after": after}).encode()

    # --- writing

    def describe(self, target: str) -> Sequence[TargetField]:
        said = self.client.get(f"/{target}/fields", label="fields list").object()
        items = said["items"]
        assert isinstance(items, list)
        return [target_field(item) for item in items if isinstance(item, dict)]

    def provision(self, target: str, fields: Sequence[FieldSpec]) -> Sequence[Provisioned]:
        there = {field.name: field for field in self.describe(target)}
        return [self.provided(target, spec, there.get(spec.name)) for spec in fields]

    def provided(self, target: str, spec: FieldSpec, found: TargetField | None) -> Provisioned:
        if found is None:
            body: JSON = {
                "name": spec.name,
                "label": spec.label,
                "type": spec.type.value,
                "options": [value for value, _ in spec.options],
            }
            self.client.post(f"/{target}/fields", json=body, label="fields make")
            return Provisioned(field=spec.name, state=Provision.CREATED)
        if found.type is not spec.type:
            message = f"{spec.name} is a {found.vendor_type}; rename it in the shop"
            return Provisioned(field=spec.name, state=Provision.WRONG_TYPE, message=message)
        return Provisioned(field=spec.name, state=Provision.EXISTS)

    def read(self, target: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        body: JSON = {"ids": [*ids]}
        items = self.client.post(f"/{target}/read", json=body, label="read").object()["items"]
        assert isinstance(items, list)
        found = [item for item in items if isinstance(item, dict)]
        return {str(item["id"]): {name: self.text(item.get(name)) for name in fields} for item in found}

    def text(self, value: JSON) -> Value:
        return None if value is None else str(value)

    def write(self, batch: WriteBatch) -> Iterator[Outcome]:
        broken = False
        for chunk in self.chunks(batch.records):
            try:
                outcomes = [] if broken else self.send(batch.target, chunk)
            except VendorTrouble as error:
                broken = True
                yield from self.lost(chunk, error)
                continue
            yield from outcomes or [Outcome(id=record.id, state=WriteState.FAILED) for record in chunk]

    def chunks(self, records: Sequence[RecordWrite]) -> list[Sequence[RecordWrite]]:
        return [records[start : start + BATCH] for start in range(0, len(records), BATCH)]

    def lost(self, chunk: Sequence[RecordWrite], error: VendorTrouble) -> list[Outcome]:
        return [Outcome(id=record.id, state=WriteState.UNKNOWN, message=str(error)) for record in chunk]

    def send(self, target: str, chunk: Sequence[RecordWrite]) -> list[Outcome]:
        body: JSON = {"records": [{"id": record.id, "values": self.values(record)} for record in chunk]}
        results = self.client.post(f"/{target}/write", json=body, label="write").object()["results"]
        assert isinstance(results, list)
        return [self.outcome(item) for item in results if isinstance(item, dict)]

    def values(self, record: RecordWrite) -> dict[str, JSON]:
        return dict(record.values)

    def outcome(self, item: dict[str, JSON]) -> Outcome:
        message = item.get("message")
        state = STATES[str(item["status"])]
        return Outcome(id=str(item["id"]), state=state, message=str(message) if message else None)

    def close(self) -> None:
        self.client.close()


def target_field(item: dict[str, JSON]) -> TargetField:
    """A field of the shop as cshub knows fields."""
    options = item.get("options")
    return TargetField(
        name=str(item["name"]),
        label=str(item["label"]),
        type=FieldType(str(item["type"])),
        vendor_type=str(item["type"]),
        writable=True,
        options=tuple(str(option) for option in options) if isinstance(options, list) else (),
    )


def streams(settings: ShopSettings) -> Sequence[Stream]:
    """Customers by time of change, staff as a whole."""
    return [CUSTOMERS, STAFF]


CONNECTOR = Connector(
    name="shop", doc="A shop", settings=ShopSettings, streams=streams, open=ShopConnection, target="customers"
)
