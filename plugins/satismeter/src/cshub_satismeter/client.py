"""The connection to SatisMeter and the three calls made over it: the only place of its URLs. What answers mean is decided elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from cshub import JSON, Answer, Bearer, Client, Context, Params, Retry

from .explain import explain
from .settings import SatisMeterSettings

#: The largest page; more is said to fall back to 20 without a word.
PAGE_SIZE = 100
#: No `Retry-After` is known, so patience outlasts a limit by the minute: 1 + 2 + 4 + 8 + 16 + 32 s.
_RETRY = Retry(attempts=7, base_s=1)


class Api:
    """SatisMeter's v3 reading API for one project. Errors are raised as `explain` says; a 2xx answer comes back."""

    def __init__(self, settings: SatisMeterSettings, context: Context) -> None:
        self._client: Client = context.client(
            origin=settings.base_url,
            auth=Bearer(settings.token),
            budget=settings.windows(),
            explain=explain,
            retry=_RETRY,
            secrets=[settings.token],
        )
        self._project = f"/api/v3/projects/{quote(settings.project, safe='')}"

    def project(self) -> Answer:
        """The project itself."""
        return self._client.get(self._project, label="project")

    def campaigns(self) -> Answer:
        """All surveys of the project, at once."""
        return self._client.get(f"{self._project}/campaigns", label="campaigns list")

    def responses(self, since: datetime, until: datetime, after: str | None = None) -> Answer:
        """One page of the responses to all surveys, recorded between the two instants.

        Both are always sent: without `startDate` SatisMeter gives the last 30 days only, and says nothing.
        """
        params: Params = {"startDate": _iso(since), "endDate": _iso(until), "pageSize": PAGE_SIZE, "pageCursor": after}
        return self._client.get(f"{self._project}/responses", params=params, label="responses list")

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def data(answer: Answer) -> dict[str, JSON]:
    """The object under `data`; the bare object, which a client once met, is as good."""
    said = answer.object()
    inner = said.get("data", said)
    if not isinstance(inner, dict):
        raise answer.error("answered without an object under `data`")
    return inner


def listed(answer: Answer) -> tuple[list[JSON], str | None]:
    """The responses of a page, and the cursor of the next one, None at the end of the list."""
    said = answer.object()
    found, page = said.get("data"), said.get("page")
    if not isinstance(found, list):
        raise answer.error("answered without a list of responses")
    if not isinstance(page, dict) or not isinstance(page.get("hasNextPage"), bool):
        raise answer.error("did not say whether there is a next page")
    after = page.get("nextPageCursor")
    if not page["hasNextPage"] or after is None or after == "":
        return found, None
    if not isinstance(after, str | int) or "://" in str(after):
        raise answer.error("named a next page by something that is no cursor")
    return found, str(after)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
