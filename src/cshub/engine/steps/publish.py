"""Step `publish`: a plan for each CRM, and its application."""

from __future__ import annotations

from ..publishing import Published, counters, publish
from ..work import Work


def carry_out(work: Work) -> None:
    """Plan and apply."""
    done: list[Published] = []
    trouble = work.troubles["publish"]
    try:
        apply = not work.options.dry_run
        trouble += publish(work.hub, work.options, done, run=work.run, as_of=work.as_of, apply=apply)
    finally:  # what was written counts, however it ended
        work.stages["plan"], work.stages["apply"] = counters(done)
        trouble += [remark for one in done for remark in one.remarks]
