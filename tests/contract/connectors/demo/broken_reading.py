"""The shop's connector, broken in one way at a time: what it declares, what it reads and how it bears trouble."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, SecretStr

from cshub import (
    JSON,
    Answer,
    AnswerError,
    Bearer,
    Check,
    Connector,
    Context,
    CredentialsError,
    Page,
    RequestRefused,
    Retry,
    Row,
    Stream,
    VendorError,
    VendorTrouble,
    Wait,
)
from tests.contract.connectors.demo.connector import (
    CONNECTOR,
    CUSTOMERS,
    STAFF,
    ShopConnection,
    ShopSettings,
)

#: The rule → the connector that breaks it.
BROKEN: dict[str, Connector[Any]] = {}


def breaks(*rules: str) -> Callable[[type[ShopConnection]], type[ShopConnection]]:
    """Marks a connection as breaking these rules."""

    def mark(kind: type[ShopConnection]) -> type[ShopConnection]:
        BROKEN.update(dict.fromkeys(rules, replace(CONNECTOR, open=kind)))
        return kind

    return mark


# --- what it declares


class Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")

    token: SecretStr


class Greedy(ShopSettings):
    every: int = 1


class Slow(ShopSettings):
    pause: timedelta = timedelta(minutes=1)


class Loud(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: str


_numbers = itertools.count()


def restless(settings: ShopSettings) -> Sequence[Stream]:
    return [replace(CUSTOMERS, shape=str(next(_numbers))), STAFF]


def unsafe(settings: Loud, context: Context) -> ShopConnection:
    return ShopConnection(ShopSettings(token=SecretStr(settings.token)), context)


BROKEN["settings_refuse_unknown_keys"] = replace(CONNECTOR, settings=Lenient)
BROKEN["settings_leave_the_cores_keys_alone"] = replace(CONNECTOR, settings=Greedy)
BROKEN["settings_take_durations"] = replace(CONNECTOR, settings=Slow)
BROKEN["settings_hide_their_secrets"] = replace(CONNECTOR, settings=Loud, open=unsafe)  # type: ignore[arg-type]  # broken on purpose
BROKEN["streams_are_told_offline"] = replace(CONNECTOR, streams=restless)


@breaks("a_check_names_the_account")
class Anonymous(ShopConnection):
    def check(self) -> Check:
        return Check(org="", account="")


# --- what its rows hold


@breaks("rows_fit_their_kind")
class Short(ShopConnection):
    def row(self, stream: Stream, item: JSON, until: datetime) -> Row:
        return super().row(stream, item, until)[:-1]


@breaks("times_are_aware")
class Zoneless(ShopConnection):
    def row(self, stream: Stream, item: JSON, until: datetime) -> Row:
        id, changed_at, *rest = super().row(stream, item, until)
        return (id, changed_at.replace(tzinfo=None) if isinstance(changed_at, datetime) else None, *rest)


@breaks("ids_are_stable")
class Numbering(ShopConnection):
    def row(self, stream: Stream, item: JSON, until: datetime) -> Row:
        return (str(next(_numbers)), *super().row(stream, item, until)[1:])


@breaks("texts_arrive_as_they_are")
class Western(ShopConnection):
    def row(self, stream: Stream, item: JSON, until: datetime) -> Row:
        id, changed_at, name, *rest = super().row(stream, item, until)
        return (id, changed_at, str(name).encode("latin-1", "replace").decode("latin-1") if name else None, *rest)


@breaks("an_empty_value_is_no_value")
class Wordy(ShopConnection):
    def row(self, stream: Stream, item: JSON, until: datetime) -> Row:
        id, changed_at, name, *rest = super().row(stream, item, until)
        return (id, changed_at, str(name), *rest)


@breaks("a_malformed_record_is_rejected_alone")
class Silent(ShopConnection):
    def page(self, stream: Stream, items: Sequence[JSON], cursor: bytes, until: datetime) -> Page:
        return replace(super().page(stream, items, cursor, until), rejects=())


# --- where it goes on


@breaks("a_reading_gives_a_page")
class Empty(ShopConnection):
    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        return (page for page in super().pull(stream, cursor, until) if page.rows)


@breaks("cursors_are_small")
class Hoarder(ShopConnection):
    def cursor(self, since: str | None, begun: str, after: str | None) -> bytes:
        return super().cursor(since, begun, after) + b" " * 65_536


@breaks("every_page_can_be_resumed")
class Hasty(ShopConnection):
    def cursor(self, since: str | None, begun: str, after: str | None) -> bytes:
        return super().cursor(since, begun, None)


@breaks("a_second_reading_changes_nothing")
class Stamping(ShopConnection):
    def row(self, stream: Stream, item: JSON, until: datetime) -> Row:
        id, changed_at, name, *rest = super().row(stream, item, until)
        return (id, changed_at, f"{name} as of {until}", *rest)


@breaks("a_time_cursor_leaves_the_rest_alone")
class Forgetful(ShopConnection):
    def fetch(self, path: str, since: str | None, after: str | None) -> Answer:
        return super().fetch(path, None, after)


@breaks("an_edit_arrives")
class Ahead(ShopConnection):
    def cursor(self, since: str | None, begun: str, after: str | None) -> bytes:
        return super().cursor(since, (datetime.fromisoformat(begun) + timedelta(days=1)).isoformat(), after)


@breaks("a_position_that_is_none_is_refused")
class Guessing(ShopConnection):
    def load(self, cursor: bytes | None) -> dict[str, str | None]:
        try:
            return super().load(cursor)
        except Exception:  # noqa: BLE001 - broken on purpose
            return {}


@breaks("a_reading_may_be_closed_early")
class Stuck(ShopConnection):
    busy = False

    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        if self.busy:
            raise VendorTrouble("another reading is under way")
        self.busy = True
        yield from super().pull(stream, cursor, until)
        self.busy = False


@breaks("streams_may_be_read_side_by_side")
class Sharing(ShopConnection):
    def __init__(self, settings: ShopSettings, context: Context) -> None:
        super().__init__(settings, context)
        self.given: set[object] = set()

    def page(self, stream: Stream, items: Sequence[JSON], cursor: bytes, until: datetime) -> Page:
        page = super().page(stream, items, cursor, until)
        fresh = [row for row in page.rows if row[0] not in self.given]
        self.given.update(row[0] for row in fresh)
        return replace(page, rows=fresh)


# --- what it says is gone


@breaks("nothing_living_is_said_gone")
class Concluding(ShopConnection):
    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        for page in super().pull(stream, cursor, until):
            present = {row[0] for row in page.rows}
            everybody = (str(number + 1) for number in range(70))
            yield replace(page, tombstones=[id for id in everybody if id not in present] if cursor else ())


@breaks("a_removal_is_told")
class Believing(ShopConnection):
    def page(self, stream: Stream, items: Sequence[JSON], cursor: bytes, until: datetime) -> Page:
        return replace(super().page(stream, items, cursor, until), tombstones=())

    def ids(self, stream: Stream, cursor: bytes | None) -> Iterator[tuple[Sequence[str], bytes]]:
        yield [str(number + 1) for number in range(70)], b"{}"


@breaks("a_sweep_lists_every_living_id")
class Glancing(ShopConnection):
    def ids(self, stream: Stream, cursor: bytes | None) -> Iterator[tuple[Sequence[str], bytes]]:
        yield next(super().ids(stream, cursor))


# --- what it shows


@breaks("secrets_are_never_shown")
class Chatty(ShopConnection):
    def fetch(self, path: str, since: str | None, after: str | None) -> Answer:
        logging.getLogger("shop").debug("asking with %s", self.settings.token.get_secret_value())
        return super().fetch(path, since, after)


# --- how it bears trouble


@breaks("opening_sends_nothing")
class Eager(ShopConnection):
    def __init__(self, settings: ShopSettings, context: Context) -> None:
        super().__init__(settings, context)
        self.check()


def says(error: Callable[[str], VendorError], status: int) -> staticmethod[[Answer], VendorError | None]:
    return staticmethod(lambda answer: error("it said so") if answer.status == status else None)


@breaks("bad_credentials_are_told")
class Shrugging(ShopConnection):
    explain = says(VendorTrouble, 401)


@breaks("a_missing_right_is_told")
class Vague(ShopConnection):
    explain = says(RequestRefused, 403)


@breaks("no_network_is_told_apart")
class Suspicious(ShopConnection):
    def fetch(self, path: str, since: str | None, after: str | None) -> Answer:
        try:
            return super().fetch(path, since, after)
        except VendorTrouble as error:
            raise CredentialsError("the shop does not let us in", where=self.context.connection) from error


@breaks("a_limit_with_a_time_is_waited_out")
class Impatient(ShopConnection):
    explain = staticmethod(lambda answer: Wait(0.0) if answer.status == 429 else None)


@breaks("a_limit_without_a_time_is_waited_out")
class Pushy(Impatient):
    retry: ClassVar[Retry] = Retry(base_s=0.0)


@breaks("passing_trouble_is_survived")
class Fragile(ShopConnection):
    retry: ClassVar[Retry] = Retry(attempts=1)


@breaks("lasting_trouble_ends")
class Stubborn(ShopConnection):
    retry: ClassVar[Retry] = Retry(attempts=1_000, cap_s=0.5)


@breaks("a_failed_reading_does_not_end_well")
class Giving(ShopConnection):
    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        try:
            yield from super().pull(stream, cursor, until)
        except VendorTrouble:
            return


@breaks("an_expired_token_is_renewed_or_told")
class Quitting(ShopConnection):
    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        try:
            yield from super().pull(stream, cursor, until)
        except CredentialsError:
            return


@breaks("a_cut_answer_is_no_data", "a_login_page_is_no_data", "an_empty_answer_is_no_data")
class Forgiving(ShopConnection):
    def items(self, answer: Answer) -> tuple[list[JSON], str | None]:
        try:
            return super().items(answer)
        except AnswerError:
            return [], None


@breaks("an_answer_of_another_type_is_no_data")
class Accepting(ShopConnection):
    def items(self, answer: Answer) -> tuple[list[JSON], str | None]:
        said = answer.json()
        if isinstance(said, list):
            return [{"id": str(number), "name": str(item)} for number, item in enumerate(said)], None
        return super().items(answer)


@breaks("a_repeating_list_is_found")
class Tireless(ShopConnection):
    def walk(self, path: str, since: str | None, start: str | None) -> Iterator[tuple[Sequence[JSON], str | None]]:
        after = start
        while True:
            items, after = self.items(self.fetch(path, since, after))
            yield items, after
            if after is None:
                return


@breaks("a_foreign_link_is_not_followed")
class Trusting(ShopConnection):
    def fetch(self, path: str, since: str | None, after: str | None) -> Answer:
        if after and after.startswith("https://"):
            rest = after.removeprefix("https://").partition("/")[2]
            elsewhere = self.context.client(origin="https://api.elsewhere.test", auth=Bearer(self.settings.token))
            return elsewhere.get(f"/{rest}", label=f"{path[1:]} list")
        return super().fetch(path, since, after)
