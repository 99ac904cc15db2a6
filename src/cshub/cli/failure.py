"""An expected failure in words: what happened, where, and what to do. The exit codes stand at the errors themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ConfigError, VendorError
from .output import complain

if TYPE_CHECKING:
    from ..errors import CshubError
    from ..model import RunReport

#: Exit code → what it means; the how-to page and `cshub --help` say the same.
EXIT_CODES = {
    0: "ok",
    1: "failed",
    2: "usage or configuration",
    3: "partial: a stream failed or records were rejected",
    4: "changes pending (`plan --exit-code`, and `run` where the file says `approve: plan`)",
    5: "stopped by the breaker",
    6: "another instance holds the lease",
    130: "interrupted",
}


def tell(error: CshubError) -> int:
    """Print the failure to stderr and give its exit code."""
    problems = error.problems if isinstance(error, ConfigError) else ()
    for problem in problems:
        complain(str(problem))
    place = f"{error.where}: " if error.where else ""
    request = f" [vendor request {error.request_id}]" if isinstance(error, VendorError) and error.request_id else ""
    complain(f"cshub: {place}{error.message}{request}")
    if error.hint:
        complain(f"  → {error.hint}")
    return error.exit_code


def exit_code(report: RunReport) -> int:
    """The exit code of a run: what happened to its streams decides where it did not simply fail or succeed."""
    if report.state in ("interrupted", "died"):
        return 130
    if report.state == "failed":
        return 1
    codes = {stream.error_code for stream in report.streams if stream.state != "ok"}
    if "breaker" in codes:
        return 5
    if codes == {"lease_held"}:
        return 6
    if report.state != "ok":
        return 3
    return 4 if report.stages.get("plan", {}).get("waiting") else 0
