"""Every call the connector makes, one function each. What to do with the answers is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from cshub import JSON, Answer, Client, Clock, CredentialsError, Params, PermissionMissing

from . import paths
from .objects import COMPANY_LIMIT, DELETED_LIMIT, LIST_LIMIT
from .pace import Pace
from .version import Version

#: An empty 200 passes by itself: so often one is asked for again, after so many seconds.
_EMPTY_TRIES = 3
_EMPTY_PAUSE_S = 1.0


class Api:
    """Intercom's API as far as it is used here. Errors are raised as `explain` says; a 2xx answer comes back."""

    def __init__(self, client: Client, version: Version, clock: Clock, pace: Pace, stream: str = "check") -> None:
        self._client = client
        self._clock = clock
        self._pace = pace
        self._stream = stream
        self.version = version

    def on_behalf_of(self, stream: str) -> Api:
        """The same, with every call counted for this stream."""
        return Api(self._client, self.version, self._clock, self._pace, stream)

    def me(self) -> Answer:
        """The admin behind the token, and the workspace."""
        return self._get(paths.ME, "me")

    def contacts(self, after: str | None, limit: int = LIST_LIMIT) -> Answer:
        """One page of all contacts, archived ones left out."""
        return self._get(paths.CONTACTS, "list", {"per_page": limit, "starting_after": after, **self._merges()})

    def conversations(self, after: str | None, limit: int = LIST_LIMIT) -> Answer:
        """One page of all conversations, without their parts."""
        return self._get(paths.CONVERSATIONS, "list", {"per_page": limit, "starting_after": after})

    def search(self, object_type: str, body: Mapping[str, JSON], after: str | None, limit: int = LIST_LIMIT) -> Answer:
        """One page of a search. Its place stands in the body: in the query string it is ignored, and page 1 comes again."""
        page: dict[str, JSON] = {"per_page": limit}
        if after is not None:
            page["starting_after"] = after
        params = self._merges() if object_type == "contacts" else None
        return self._send("POST", paths.search(object_type), "search", params=params, json={**body, "pagination": page})

    def deleted_conversations(self, page: int) -> Answer:
        """One page of the ids of deleted conversations, the newest first."""
        params: Params = {"page": page, "per_page": DELETED_LIMIT, "order": "desc"}
        return self._get(paths.DELETED_CONVERSATIONS, "deleted", params)

    def companies(self, page: int, limit: int = COMPANY_LIMIT) -> Answer:
        """One page of the companies that have users, those last active first. The page stands in the query even of a POST."""
        return self._send(
            "POST", paths.COMPANIES, "list", params={"page": page, "per_page": limit, "order": "desc"}, json={}
        )

    def scroll(self, param: str | None) -> Answer:
        """The next companies of a scroll. Never asked twice: a lost answer has moved the scroll on all the same."""
        label = self._label("scroll")

        def ask() -> Answer:
            params = {"scroll_param": param}
            return self._client.get(paths.SCROLL, params=params, group="scroll", label=label, repeatable=param is None)

        return self._asked(ask, label, tries=1)

    def contact(self, id: str) -> Answer:
        """One contact; 410 when it was merged away."""
        return self._get(paths.contact(id), "record", accept=(410,))

    def part(self, path: str, page: int | None = None) -> Answer:
        """A page of a nested list of a contact, from its relative address; 410 when the contact was merged away."""
        return self._get(path, "part", {"page": page}, accept=(410,))

    def admins(self, after: str | None) -> Answer:
        """Everybody who works in the workspace."""
        return self._get(paths.ADMINS, "list", {"starting_after": after})

    def tags(self, after: str | None) -> Answer:
        """All tags with their names."""
        return self._get(paths.TAGS, "tags", {"starting_after": after})

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _merges(self) -> Params:
        return {"include_merge_history": True} if self.version.tells_merges else {}

    def _get(self, path: str, what: str, params: Params | None = None, accept: Collection[int] = ()) -> Answer:
        return self._send("GET", path, what, params=params, accept=accept)

    def _send(
        self,
        method: str,
        path: str,
        what: str,
        *,
        params: Params | None = None,
        json: Mapping[str, JSON] | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        label = self._label(what)

        def ask() -> Answer:
            body = None if json is None else dict(json)
            return self._client.send(method, path, params=params, json=body, label=label, accept=accept)

        return self._asked(ask, label)

    def _asked(self, ask: Callable[[], Answer], label: str, tries: int = _EMPTY_TRIES) -> Answer:
        """What comes back, in the vendor's pace; an empty answer is asked for again, as it passes by itself."""
        while True:
            self._pace.rest()
            answer = self._accepted(ask, label)
            self._pace.heed(answer)
            tries -= 1
            if answer.content.strip() or not tries:
                return answer
            self._clock.sleep(_EMPTY_PAUSE_S)

    def _accepted(self, ask: Callable[[], Answer], label: str) -> Answer:
        """The answer. A 401 means a bad token, or a permission the token lacks: the token is bad when `/me` says 401 too."""
        try:
            return ask()
        except CredentialsError as error:
            if error.status != 401 or label == self._label("me"):
                raise
            self._client.get(paths.ME, label=self._label("me"))
            return self._lacking(ask, error)

    def _lacking(self, ask: Callable[[], Answer], before: CredentialsError) -> Answer:
        """Asked once more, now that the token is known to be good; another 401 is a missing permission."""
        try:
            return ask()
        except CredentialsError as error:
            raise PermissionMissing(
                f"the token is good but may not read this: {before.message}",
                where=error.where,
                hint="give the app this permission in Intercom's Developer Hub; the README lists them by stream",
                status=error.status,
                request_id=error.request_id,
            ) from error

    def _label(self, what: str) -> str:
        """What a call is named: its first word is the stream it is counted for."""
        return f"{self._stream} {what}"
