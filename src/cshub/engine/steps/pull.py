"""Step `pull`: every stream that is due, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import Interrupted, LeaseLost
from ...model import StreamReport
from ..pulling import pull_streams
from ..work import Work


def carry_out(work: Work) -> None:
    """Read the streams. Raises LeaseLost for one that another instance took over, and Interrupted."""
    reports = pull_streams(work.hub, work.options, work.troubles["pull"], run=work.run)
    work.stages["pull"] = _sums(reports)
    for report in reports:
        if report.error_code == LeaseLost.code:  # whoever has the stream now goes on from here, with a later `as_of`
            raise LeaseLost(report.error or "", where=f"{report.connection}.{report.stream}")
    if work.hub.surroundings.stopping() and any(report.state == "interrupted" for report in reports):
        raise Interrupted("stopped at a page's boundary; the next run reads on from there", where="pull")


def _sums(reports: Sequence[StreamReport]) -> dict[str, int]:
    names = ("extracted", "new", "changed", "unchanged", "deleted", "rejected", "calls")
    return {"streams": len(reports), **{name: sum(getattr(one, name) for one in reports) for name in names}}
