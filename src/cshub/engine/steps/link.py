"""Step `link`: rows to the customers they belong to."""

from __future__ import annotations

from ...stages.link import link
from ..settings import link_settings
from ..work import Work


def carry_out(work: Work) -> None:
    """Link what is new; nothing where there is no customer list."""
    hub = work.hub
    if not hub.config.identity.customers:
        return
    with work.lease("link") as lease:
        found = link(hub.store, link_settings(hub.config), lease=lease, run=work.run, now=hub.now())
    work.stages["link"] = {
        "looked": found.looked,
        "changed": found.changed,
        "left": found.left,
        "joined": found.joined,
        "waiting": len(found.waiting),
    }
    if found.waiting:
        work.troubles["link"].append(f"linking waits for a first full reading of {', '.join(found.waiting)}")
