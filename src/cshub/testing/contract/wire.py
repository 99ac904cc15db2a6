"""Rules about what goes wrong between a connector and its vendor: each trouble is told apart, and none becomes data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...connector import Page, Stream
from ...errors import (
    AnswerError,
    CredentialsError,
    CshubError,
    PageLoop,
    PermissionMissing,
    RequestRefused,
    VendorError,
    VendorTrouble,
)
from ..connection import nobody
from ..sandbox import Fault, FaultKind
from .trial import CONNECTION, Rows, Trial, gone_in, outcome_of, rows_of, wrong_secrets

#: Requests after which a reading has to see that it gets nowhere.
PATIENCE = 12
#: What a vendor asks for in the rule on Retry-After, in seconds.
ASKED_S = 7.0


def opening_sends_nothing(trial: Trial) -> None:
    """Opening a connection asks the vendor nothing: `validate` and `status` open it too."""
    before = len(trial.sandbox.log)
    trial.open()
    assert len(trial.sandbox.log) == before, "opening the connection sent a request"


def bad_credentials_are_told(trial: Trial) -> None:
    """With a wrong token both the check and a reading are a CredentialsError: somebody must connect again."""
    trial.need_a_wire()
    source = trial.source(settings=wrong_secrets(trial.settings))
    _ends_in(CredentialsError, "the check", source.check)
    for stream in trial.streams:
        _ends_in(CredentialsError, stream.name, lambda stream=stream: trial.read(stream, source=source))  # type: ignore[misc]  # a default binds the loop's own stream


def no_network_is_told_apart(trial: Trial) -> None:
    """Without a network it is VendorTrouble, never a matter of credentials: nobody needs to do anything."""
    trial.need_a_wire()
    with nobody(trial.clock) as transport:
        source = trial.source(transport=transport)
        _ends_in(VendorTrouble, "the check", source.check)
        for stream in trial.streams:
            _ends_in(VendorTrouble, stream.name, lambda stream=stream: trial.read(stream, source=source))  # type: ignore[misc]  # a default binds the loop's own stream


def a_missing_right_is_told(trial: Trial) -> None:
    """A right the vendor says is missing is PermissionMissing: its administrator must act."""
    for stream, read in _readings(trial, Fault(kind=FaultKind.MISSING_SCOPE)):
        _ends_in(PermissionMissing, stream.name, read)


def a_limit_with_a_time_is_waited_out(trial: Trial) -> None:
    """Told when to come back, a reading comes back then, not earlier, and is complete."""
    for stream, whole in _known(trial):
        waited_s = trial.clock.waited_s
        with trial.going_wrong(Fault(kind=FaultKind.RATE_LIMITED, times=2, retry_after=f"{ASKED_S:g}")):
            _same(stream, whole, rows_of(stream, trial.read(stream)), "after a rate limit")
        waited_s = trial.clock.waited_s - waited_s
        assert waited_s >= 2 * ASKED_S, f"{stream.name}: told twice to wait {ASKED_S:g} s, it waited {waited_s:g} s"


def a_limit_without_a_time_is_waited_out(trial: Trial) -> None:
    """Limited without being told for how long, a reading waits by itself and is complete."""
    for stream, whole in _known(trial):
        waited_s = trial.clock.waited_s
        with trial.going_wrong(Fault(kind=FaultKind.RATE_LIMITED, times=2)):
            _same(stream, whole, rows_of(stream, trial.read(stream)), "after a rate limit")
        assert trial.clock.waited_s > waited_s, f"{stream.name}: limited, it asked again without waiting"


def passing_trouble_is_survived(trial: Trial) -> None:
    """Two server errors in a row and a broken connection do not end a reading, nor spoil it."""
    for stream, whole in _known(trial):
        with trial.going_wrong(Fault(kind=FaultKind.SERVER_ERROR, times=2)):
            _same(stream, whole, rows_of(stream, trial.read(stream)), "after two server errors")
        with trial.on_a_socket() as transport, trial.going_wrong(Fault(kind=FaultKind.RESET, times=1)):
            pages = trial.read(stream, source=trial.source(transport=transport))
            _same(stream, whole, rows_of(stream, pages), "after a broken connection")


def lasting_trouble_ends(trial: Trial) -> None:
    """A vendor that is down for good ends a reading as VendorTrouble after some requests, not after thousands."""
    for kind in (FaultKind.SERVER_ERROR, FaultKind.RATE_LIMITED):
        for stream, read in _readings(trial, Fault(kind=kind)):
            with trial.asked_at_most(PATIENCE):
                _ends_in(VendorTrouble, stream.name, read)


def a_failed_reading_does_not_end_well(trial: Trial) -> None:
    """A reading that fails on the way raises: if it just stopped, what it did not reach would count as gone."""
    for stream, whole in _known(trial):
        requests = _requests_of(trial, stream)
        for skip in {requests // 2, requests - 1}:
            with trial.going_wrong(Fault(kind=FaultKind.SERVER_ERROR, skip=skip)):
                pages, error = _until_error(trial, stream)
            assert error, (
                f"{stream.name}: from request {skip + 1} of {requests} on all failed, yet the reading ended well"
            )
            assert not gone_in(pages) & whole.keys(), f"{stream.name}: a failed reading says living records are gone"


def an_expired_token_is_renewed_or_told(trial: Trial) -> None:
    """Refused in the middle, a reading gets a new token and is complete, or ends as a CredentialsError."""
    for stream, whole in _known(trial):
        skip = _requests_of(trial, stream) // 2
        with trial.going_wrong(Fault(kind=FaultKind.UNAUTHORIZED, skip=skip, times=1)):
            pages, error = _until_error(trial, stream)
        if error is None:
            _same(stream, whole, rows_of(stream, pages), "after its token was refused")
        else:
            assert isinstance(error, CredentialsError), f"{stream.name}: a refused token ended in {_told(error)}"


def a_cut_answer_is_no_data(trial: Trial) -> None:
    """An answer that breaks off in the middle is an error, or is asked for again; never data."""
    _never_data(trial, FaultKind.TRUNCATED, (AnswerError, VendorTrouble))


def a_login_page_is_no_data(trial: Trial) -> None:
    """A web page with status 200 where a list belongs is an AnswerError that names the connection."""
    _never_data(trial, FaultKind.HTML, (AnswerError,))


def an_empty_answer_is_no_data(trial: Trial) -> None:
    """An empty answer with status 200 is an AnswerError, not an empty list."""
    _never_data(trial, FaultKind.EMPTY, (AnswerError,))


def an_answer_of_another_type_is_no_data(trial: Trial) -> None:
    """A JSON value of another type than documented is an AnswerError, not a crash and not an empty list."""
    _never_data(trial, FaultKind.WRONG_TYPE, (AnswerError,))


def a_repeating_list_is_found(trial: Trial) -> None:
    """A list whose next page is always the same one is a PageLoop within a few requests, or an invented page is refused."""
    for stream, read in _readings(trial, Fault(kind=FaultKind.SAME_CURSOR)):
        with trial.asked_at_most(PATIENCE):
            _ends_in((PageLoop, RequestRefused), stream.name, read)


def a_foreign_link_is_not_followed(trial: Trial) -> None:
    """A next page at another host is refused: nothing is asked there, no credential leaves."""
    for stream, read in _readings(trial, Fault(kind=FaultKind.FOREIGN_NEXT)):
        trial.sandbox.log.clear()
        error = outcome_of(read)
        assert error is None or isinstance(error, VendorError), f"{stream.name}: a foreign link ended in {_told(error)}"
        assert not trial.sandbox.log.count("/next"), f"{stream.name}: the link to another host was followed"


def _never_data(trial: Trial, kind: FaultKind, wanted: tuple[type[CshubError], ...]) -> None:
    for stream in trial.streams:
        with trial.going_wrong(Fault(kind=kind)):
            pages, error = _until_error(trial, stream)
        assert not any(page.rows for page in pages), f"{stream.name}: rows were made of a spoilt answer"
        assert isinstance(error, wanted), f"{stream.name}: a spoilt answer ended in {_told(error)}"
        assert CONNECTION in str(error), f"{stream.name}: the error does not name the connection: {error}"


def _readings(trial: Trial, fault: Fault) -> Iterator[tuple[Stream, Callable[[], object]]]:
    """A full reading of each stream while this fault is in force."""
    for stream in trial.streams:
        with trial.going_wrong(fault):
            yield stream, lambda stream=stream: trial.read(stream)  # type: ignore[misc]  # a default binds the loop's own stream


def _known(trial: Trial) -> Iterator[tuple[Stream, Rows]]:
    """Each stream with its rows as a reading without trouble gives them."""
    trial.need_a_wire()
    for stream in trial.streams:
        yield stream, rows_of(stream, trial.read(stream))


def _requests_of(trial: Trial, stream: Stream) -> int:
    """How many requests a full reading takes."""
    before = len(trial.sandbox.log)
    trial.read(stream)
    return len(trial.sandbox.log) - before


def _until_error(trial: Trial, stream: Stream) -> tuple[list[Page], CshubError | None]:
    """The pages up to the expected error that ended the reading, if one did."""
    pages: list[Page] = []
    reading = trial.source().pull(stream, None, trial.clock.now())
    return pages, outcome_of(lambda: pages.extend(reading))


def _ends_in(wanted: type[CshubError] | tuple[type[CshubError], ...], what: str, work: Callable[[], object]) -> None:
    error = outcome_of(work)
    names = " or ".join(one.__name__ for one in (wanted if isinstance(wanted, tuple) else (wanted,)))
    assert isinstance(error, wanted), f"{what}: this should be a {names}, but it was {_told(error)}"
    assert CONNECTION in str(error), f"{what}: the error does not name the connection: {error}"


def _told(error: CshubError | None) -> str:
    return "no error" if error is None else f"{type(error).__name__} ({error})"


def _same(stream: Stream, whole: Rows, found: Rows, when: str) -> None:
    assert found == whole, f"{stream.name}: {when}, {len(whole.keys() - found.keys())} of {len(whole)} rows are missing"


RULES = (
    opening_sends_nothing,
    bad_credentials_are_told,
    no_network_is_told_apart,
    a_missing_right_is_told,
    a_limit_with_a_time_is_waited_out,
    a_limit_without_a_time_is_waited_out,
    passing_trouble_is_survived,
    lasting_trouble_ends,
    a_failed_reading_does_not_end_well,
    an_expired_token_is_renewed_or_told,
    a_cut_answer_is_no_data,
    a_login_page_is_no_data,
    an_empty_answer_is_no_data,
    an_answer_of_another_type_is_no_data,
    a_repeating_list_is_found,
    a_foreign_link_is_not_followed,
)
