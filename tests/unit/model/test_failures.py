"""One cause is told once, whatever number of streams it stopped."""

from __future__ import annotations

from cshub.model import StreamReport
from cshub.model.failures import Failure, failures


def stream(name: str, state: str = "failed", error: str | None = "down", code: str | None = "vendor") -> StreamReport:
    connection, stream = name.split(".")
    return StreamReport(connection=connection, stream=stream, state=state, error=error, error_code=code)


def told(*streams: StreamReport) -> list[tuple[str, str | None]]:
    return [(failure.name, failure.error) for failure in failures(streams)]


def test_what_is_well_is_no_failure() -> None:
    assert told(stream("crm.deals", state="ok", error=None, code=None)) == []


def test_refused_credentials_are_one_failure_of_a_connection_however_each_stream_words_it() -> None:
    first = stream("crm.companies", error="crm: companies list: no (7)", code="credentials")
    second = stream("crm.deals", error="crm: deals list: no (8)", code="credentials")
    assert told(first, second) == [("crm (companies, deals)", "crm: companies list: no (7)")]


def test_two_connections_have_a_failure_each() -> None:
    streams = [stream(name, code="credentials") for name in ("crm.companies", "support.contacts", "crm.deals")]
    assert told(*streams) == [("crm (companies, deals)", "down"), ("support.contacts", "down")]


def test_equal_errors_are_one_and_different_ones_are_not() -> None:
    streams = [stream("crm.companies"), stream("crm.deals", error="slow"), stream("crm.tickets")]
    assert told(*streams) == [("crm (companies, tickets)", "down"), ("crm.deals", "slow")]


def test_what_was_skipped_is_not_told_with_what_failed() -> None:
    streams = [stream("crm.companies"), stream("crm.deals", state="skipped", code="permission")]
    assert told(*streams) == [("crm.companies", "down"), ("crm.deals", "down")]


def test_streams_that_were_stopped_are_told_without_an_error() -> None:
    streams = [stream(name, state="interrupted", error=None, code=None) for name in ("crm.companies", "crm.deals")]
    assert failures(streams) == [
        Failure(connection="crm", streams=("companies", "deals"), state="interrupted", error=None, code=None)
    ]
