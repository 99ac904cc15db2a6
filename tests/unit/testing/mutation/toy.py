"""A vendor of one list that merges and restores, and a connector for it, which may have a flaw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from cshub import CONTACT, Check, Connector, Context, Page, Snapshot, Stream
from cshub.testing.mutation import Changing, Mutable
from cshub.testing.sandbox import (
    JSON,
    Fault,
    PageShape,
    Request,
    Response,
    Sandbox,
    SandboxClock,
    WriteLog,
    json_response,
)

Flaw = Literal["none", "misses", "keeps", "old", "silent"]


class Toy:
    """People by id, who may be gone, or somebody else now."""

    page_shape = PageShape(rows=("people",), cursor=("next",), link=("link",))

    def __init__(self) -> None:
        self.writes = WriteLog()
        self.people: dict[str, str] = {}
        self.gone: dict[str, str] = {}
        self.merged: dict[str, str] = {}
        self._made = 0

    def answer(self, request: Request) -> Response:
        return json_response({"people": self.dump("people"), "merged": self.merged})

    def complain(self, fault: Fault, request: Request) -> Response:
        return Response(status=500)

    def objects(self) -> dict[str, int]:
        return {"people": len(self.people)}

    def dump(self, object_type: str) -> list[dict[str, JSON]]:
        return [{"id": id, "name": name} for id, name in self.people.items()]

    def add(self, object_type: str, values: Mapping[str, str]) -> str:
        self._made += 1
        self.people[str(self._made)] = values["name"]
        return str(self._made)

    def edit(self, object_type: str, record_id: str, values: Mapping[str, str]) -> None:
        self.people[record_id] = values["name"]

    def remove(self, object_type: str, record_id: str) -> None:
        self.gone[record_id] = self.people.pop(record_id)

    def merge(self, object_type: str, record_id: str, into: str) -> str:
        del self.people[record_id]
        self.merged = {gone: into if to == record_id else to for gone, to in self.merged.items()} | {record_id: into}
        return into

    def restore(self, object_type: str, record_id: str) -> None:
        if len(self.gone) > 3:
            raise ValueError("too late")
        self.people[record_id] = self.gone.pop(record_id)


class ToySettings(BaseModel):
    """How the connector goes wrong."""

    flaw: Flaw = "none"


class ToySource:
    """Reads everything, always."""

    def __init__(self, settings: ToySettings, context: Context) -> None:
        self._flaw = settings.flaw
        self._client = context.client(origin="https://toy.example")

    def check(self) -> Check:
        return Check(org="toy", account="toy")

    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        said = self._client.get("/people", label="people list").object()
        people, merged = said["people"], said["merged"]
        assert isinstance(people, list)
        assert isinstance(merged, dict)
        named = [(str(one["id"]), str(one["name"])) for one in people if isinstance(one, dict)]
        if self._flaw == "misses":
            named = named[1:]
        if self._flaw == "old":
            named = [(id, "as ever") for id, _ in named]
        if self._flaw == "keeps":
            named.append(("0", "nobody"))
        rows = [CONTACT.row(id=id, changed_at=None, name=name) for id, name in named]
        pairs = [] if self._flaw == "silent" else [(gone, str(into)) for gone, into in merged.items()]
        yield Page(rows=rows, merges=pairs, cursor=b"1")

    def close(self) -> None:
        self._client.close()


PEOPLE = Changing(
    object="people",
    stream="people",
    create=lambda n, living: {"name": f"new {n}"},
    edit=lambda n, living: {"name": f"changed {n}"},
    truth=lambda record: [(str(record["id"]), {"name": record["name"]})],
)


def toy(flaw: Flaw = "none", *objects: Changing) -> Mutable:
    """The vendor with a connector of this flaw."""
    return Mutable(
        connector=Connector(
            name="toy",
            doc="a toy",
            settings=ToySettings,
            streams=lambda settings: [Snapshot(name="people", kind=CONTACT, shape="1")],
            open=ToySource,
        ),
        sandbox=_sandbox,
        settings=lambda credentials: {"flaw": flaw},
        objects=objects or (PEOPLE,),
        settle_s=60.0,
    )


def _sandbox(clock: SandboxClock) -> Sandbox[Toy]:
    return Sandbox(Toy(), name="toy", credentials={}, clock=clock)
