"""Step `score`: the customers that are due."""

from __future__ import annotations

from ...stages.score import score
from ..settings import scoring
from ..work import Work


def carry_out(work: Work) -> None:
    """Score them; nothing where there is no scorecard."""
    hub, options = work.hub, work.options
    wanted = scoring(hub.config)
    if wanted is None:
        return
    with work.lease("score") as lease:
        found = score(
            hub.store,
            hub.config.registry,
            wanted,
            run=work.run,
            as_of=work.as_of,
            lease=lease,
            customers=options.customers or None,
            everybody=options.everybody,
            stopping=hub.surroundings.stopping,
        )
    work.stages["score"] = {"due": found.due, "scored": found.scored, "saved": found.saved}
    work.troubles["score"] += found.errors
