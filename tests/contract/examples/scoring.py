"""Pulls, links and scores by a configuration, in a process of its own, and prints what came out as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cshub.config import load
from cshub.engine import Surroundings, open_hub, run
from cshub.http import WSGITransport
from cshub.testing import ManualClock
from cshub.testing.sandbox import SandboxClock
from tests.contract.connectors.demo.sandbox import TOKEN, create


def main(path: Path) -> None:
    """One run over the demo shop; every customer with the readings it was scored by."""
    clock = ManualClock()
    shop = create(SandboxClock(clock.now(), ticking=False))
    around = Surroundings(clock=clock, transport=lambda connection: WSGITransport(app=shop))  # type: ignore[arg-type]  # a WSGI application
    with open_hub(load(path, environ={"SHOP_TOKEN": TOKEN}), around) as hub:
        report = run(hub, ("pull", "link", "score"))
        scored = {
            name: {metric: reading.value for metric, reading in score.readings.items()}
            for name, score in hub.store.scores.most_at_risk(1_000)
        }
    print(json.dumps({"state": report.state, "errors": report.errors, "scored": scored}))  # noqa: T201 - its output is its answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
