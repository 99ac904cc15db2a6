"""Every error cshub raises on purpose, sorted by who has to act. Nothing here prints or logs.

    CshubError                      exit   who acts
    ├── ConfigError                  2     RevOps: the YAML, the environment or the command line is wrong
    ├── PluginError                  2     the plugin's author: it does not load, or breaks the contract
    ├── CredentialsError             3     whoever owns the vendor account: connect again
    ├── PermissionMissing            3     the vendor's administrator: grant the scope or the field right
    ├── RequestRefused               3     RevOps: the vendor will never accept this request as it is
    ├── VendorTrouble                3     nobody yet: the vendor or the network is unwell, try again later
    │   └── RateLimited              3     nobody: the vendor says when to come back
    ├── AnswerError                  3     the connector's author: the vendor's answer is not what its documentation says
    │   └── PageLoop                 3     the same, for a list that never ends
    ├── StoreError                   1     the operator: disk, permissions, another version
    │   └── StoreBusy                1     the operator: another process holds the store for too long
    ├── LeaseHeld                    6     nobody: another instance is doing this work
    │   └── LeaseLost                6     nobody: another instance took this work over
    ├── BreakerOpen                  5     RevOps: look at the plan and accept it by its id
    └── Interrupted                  130   nobody: somebody asked cshub to stop

Exit codes are those of the commands; a run in which one stream failed and others landed ends with 3 (partial) whatever the stream's error was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class CshubError(Exception):
    """An expected failure: `message` says what happened, `where` says where, `hint` says what to do."""

    exit_code: ClassVar[int] = 1
    #: One stable word for JSON output, logs and `run_stream.error_code`.
    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """`where: message. hint` in one line, leaving out what is unknown."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} ({self.hint})" if self.hint else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in a configuration file, with its place.

    `line` and `column` count from 1; `path` is dotted (`connections.crm.token`); `hint` says what to do.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        text = f"{place}  {self.path}: {self.message}" if self.path else f"{place}  {self.message}"
        return f"{text} ({self.hint})" if self.hint else text


class ConfigError(CshubError):
    """The configuration or the command line is wrong; `problems` holds every mistake found, not only the first."""

    exit_code = 2
    code = "config"

    def __init__(
        self, message: str, *, where: str | None = None, hint: str | None = None, problems: Sequence[Problem] = ()
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.problems = tuple(problems)


class PluginError(CshubError):
    """A plugin does not load, clashes with another, or returns what the contract does not allow."""

    exit_code = 2
    code = "plugin"


class VendorError(CshubError):
    """Shared by the errors that a vendor's answer caused. `request_id` is the vendor's own id of the request."""

    exit_code = 3
    code = "vendor"

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.status = status
        self.request_id = request_id

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} [vendor request {self.request_id}]" if self.request_id else text


class CredentialsError(VendorError):
    """The vendor does not accept the credentials (401, revoked or rotated token): somebody must connect again."""

    code = "credentials"


class PermissionMissing(VendorError):
    """The credentials are good but lack a right; `scopes` names those the vendor asked for, when it tells."""

    code = "permission"

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        scopes: Sequence[str] = (),
    ) -> None:
        super().__init__(message, where=where, hint=hint, status=status, request_id=request_id)
        self.scopes = tuple(scopes)


class RequestRefused(VendorError):
    """The vendor refuses this request for good (400, 404, 409, 414): repeating it cannot help."""

    code = "refused"


class VendorTrouble(VendorError):
    """The vendor or the network failed after every retry (5xx, reset, time-out): a later run will try again."""

    code = "unavailable"


class RateLimited(VendorTrouble):
    """The vendor's limit is used up for longer than a request may wait. `retry_after_s` is its own word, in seconds."""

    code = "rate_limited"

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint, status=status, request_id=request_id)
        self.retry_after_s = retry_after_s


class AnswerError(VendorError):
    """The vendor answered with something its documentation does not know (an HTML page, cut JSON, a wrong type)."""

    code = "answer"


class PageLoop(AnswerError):
    """A list repeats itself: the same cursor or the same page came twice."""

    code = "page_loop"


class StoreError(CshubError):
    """The store cannot be read or written: disk full, no permission, damaged, or made by a newer cshub."""

    code = "store"


class StoreBusy(StoreError):
    """Another process kept the store locked for longer than the busy time-out."""

    code = "store_busy"


class LeaseHeld(CshubError):
    """Another instance holds the lease; the message names the holder."""

    exit_code = 6
    code = "lease_held"


class LeaseLost(LeaseHeld):
    """Another instance took the lease over; nothing of this transaction was committed."""

    code = "lease_lost"


class BreakerOpen(CshubError):
    """A plan would change too much; it is kept, and a person may accept it by its id."""

    exit_code = 5
    code = "breaker"


class Interrupted(CshubError):
    """Somebody asked cshub to stop; the work stopped at a page boundary."""

    exit_code = 130
    code = "interrupted"
