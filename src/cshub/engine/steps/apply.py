"""Step `apply`: a plan that was made earlier. It is no part of a whole run, which applies what it has just planned."""

from __future__ import annotations

from ...errors import VendorError
from ..publishing import Published, apply_saved, counters
from ..work import Work


def carry_out(work: Work) -> None:
    """Apply the plan the options name."""
    done: list[Published] = []
    trouble = work.troubles["apply"]
    try:
        apply_saved(work.hub, work.options.plan or "", work.options, done, run=work.run)
    except VendorError as error:
        trouble.append(f"apply {work.options.plan}: {error}")
    finally:
        _, work.stages["apply"] = counters(done)
        trouble += [remark for one in done for remark in one.remarks]
