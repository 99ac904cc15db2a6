"""Step `act`: triggers, and what is done about the alerts they open."""

from __future__ import annotations

from ...http import Redactor
from ...stages.act import deliver, watch
from ...store import Lease
from ..work import Work


def carry_out(work: Work) -> None:
    """Watch the scores and deliver; nothing where there is neither a trigger nor an open alert."""
    hub, triggers = work.hub, work.hub.config.triggers
    if not triggers and not hub.store.alerts.open():
        return
    with work.lease("act") as lease:
        seen = watch(hub.store, triggers, run=work.run, as_of=work.as_of, now=hub.now(), lease=lease)
        done, failures = (0, []) if work.options.dry_run else _deliver(work, lease)
    work.stages["act"] = {
        "looked": seen.looked,
        "opened": seen.opened,
        "closed": seen.closed,
        "delivered": done,
        "failed": len(failures),
    }
    work.troubles["act"] += [*seen.errors, *failures]


def _deliver(work: Work, lease: Lease) -> tuple[int, list[str]]:
    hub = work.hub
    clean = Redactor(hub.config.secrets).clean
    return deliver(hub.store, hub.config.triggers, hub.posting(), now=hub.now(), lease=lease, clean=clean)
