"""Every call the connector makes, one function each, and the parts of an answer they share. What to do with it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cshub import JSON, Answer, Params

from .client import Clients
from .objects import LIST_LIMIT, OWNER_LIMIT
from .paths import Paths


class Api:
    """HubSpot's API as far as it is used here. Errors are raised as `explain` says; a 2xx answer comes back."""

    def __init__(self, clients: Clients, paths: Paths, stream: str | None = None) -> None:
        self._client = clients.main
        self._clients = clients
        self._paths = paths
        self._stream = stream

    @property
    def granted(self) -> frozenset[str] | None:
        """The rights of the token, None where HubSpot does not tell them."""
        return self._clients.granted()

    def on_behalf_of(self, stream: str) -> Api:
        """The same, with every call counted for this stream and not for the object it is about."""
        return Api(self._clients, self._paths, stream)

    def page(
        self,
        object_type: str,
        properties: Iterable[str],
        after: str | None,
        *,
        archived: bool = False,
        limit: int = LIST_LIMIT,
    ) -> Answer:
        """One page of all records, by id; archived ones are a list of their own."""
        params: Params = {
            "limit": limit,
            "properties": ",".join(properties),
            "after": after,
            "archived": archived or None,
        }
        return self._client.get(self._paths.records(object_type), params=params, label=self._label(object_type, "list"))

    def search(self, object_type: str, body: JSON) -> Answer:
        """Records by a filter. Searches have a rate limit of their own."""
        path = self._paths.records(object_type, "search")
        return self._client.post(path, json=body, group="search", label=self._label(object_type, "search"))

    def batch_read(self, object_type: str, ids: Sequence[str], properties: Sequence[str]) -> Answer:
        """At most 100 records by id, past any index; those that are gone stand under `errors`."""
        body: JSON = {"inputs": [{"id": id} for id in ids], "properties": [*properties]}
        path = self._paths.records(object_type, "batch/read")
        return self._client.post(path, json=body, label=self._label(object_type, "batch read"))

    def batch_update(self, object_type: str, inputs: list[JSON], *, accept: Collection[int]) -> Answer:
        """Change at most 100 records. The values are absolute, so the same call may be sent again."""
        path = self._paths.records(object_type, "batch/update")
        return self._client.post(
            path, json={"inputs": inputs}, accept=accept, label=self._label(object_type, "batch update")
        )

    def record(self, object_type: str, id: str, properties: Iterable[str]) -> Answer:
        """One record, or a 404. The id of a record that was merged away still gives the one it lives on in."""
        path = self._paths.record(object_type, id)
        params = {"properties": ",".join(properties)}
        return self._client.get(path, params=params, accept=(404,), label=self._label(object_type, "record"))

    def links(self, from_type: str, to_type: str, inputs: list[JSON]) -> Answer:
        """The associations of at most 1 000 records."""
        path = self._paths.associations(from_type, to_type)
        return self._client.post(path, json={"inputs": inputs}, label=self._label(from_type, f"links to {to_type}"))

    def owners(self, after: str | None, *, archived: bool, limit: int = OWNER_LIMIT) -> Answer:
        """One page of owners; archived ones are a list of their own."""
        params = {"limit": limit, "after": after, "archived": archived}
        return self._client.get(self._paths.owners(), params=params, label="owners list")

    def pipelines(self, object_type: str) -> Answer:
        """All pipelines of an object with their stages."""
        return self._client.get(self._paths.pipelines(object_type), label=self._label(object_type, "pipelines"))

    def properties(self, object_type: str) -> Answer:
        """Every property of an object; hundreds of kilobytes."""
        return self._client.get(self._paths.properties(object_type), label=self._label(object_type, "properties"))

    def create_group(self, object_type: str, body: JSON) -> Answer:
        """Make a property group; 409 says that it exists."""
        path = self._paths.groups(object_type)
        return self._client.post(path, json=body, accept=(409,), label=self._label(object_type, "group"))

    def create_property(self, object_type: str, body: JSON) -> Answer:
        """Make a property; 409 says that it exists, so asking again does no harm."""
        path = self._paths.properties(object_type)
        return self._client.post(path, json=body, accept=(400, 409), label=self._label(object_type, "property"))

    def account(self) -> Answer:
        """Details of the account behind the token."""
        return self._client.get(self._paths.account(), label="account details")

    def _label(self, object_type: str, what: str) -> str:
        """What a call is named: its first word is the stream it is counted for."""
        return f"{object_type} {what}" if self._stream is None else f"{self._stream} {object_type} {what}"

    def close(self) -> None:
        """Let go of the connections."""
        for client in self._clients.all:
            client.close()


def listed(answer: Answer) -> tuple[list[JSON], str | None]:
    """The elements of a list's page, and `paging.next.after`, None at the end of the list."""
    said = answer.object()
    return _results(said, answer), next_after(said, answer)


def results(answer: Answer) -> list[JSON]:
    """The elements of a batch answer."""
    return _results(answer.object(), answer)


def next_after(said: Mapping[str, JSON], answer: Answer) -> str | None:
    """`paging.next.after` of an answer or of one of its elements; without `paging` the list ends."""
    paging = said.get("paging")
    step = paging.get("next") if isinstance(paging, dict) else None
    if step is None:
        return None
    after = step.get("after") if isinstance(step, dict) else None
    if not isinstance(after, str | int) or after == "" or "://" in str(after):
        raise answer.error("named a next page without the cursor where it starts")
    return str(after)


def _results(said: Mapping[str, JSON], answer: Answer) -> list[JSON]:
    found = said.get("results")
    if not isinstance(found, list):
        raise answer.error("answered without a list of results")
    return found
