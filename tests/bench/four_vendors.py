"""`make four-vendors`: one made-up company in four tools, read by config/examples/four_vendors.yaml, and how right linking was.

The doubles know whose every record is; `cshub` does not. Run it as `python -m tests.bench.four_vendors [CUSTOMERS]`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from cshub.cli.fields import provision
from cshub.cli.summary import lines
from cshub.engine import STAGES, Hub, run
from tests.journey.four_vendors import FourVendors
from tests.journey.ground_truth import compare


def main(customers: int) -> None:
    """Print the runs, the links by rule, the comparison with the truth, and the calls of a run without news."""
    with tempfile.TemporaryDirectory() as folder:
        world = FourVendors(Path(folder), customers=customers)
        with world.hub() as hub:
            provision(hub, "crm")
            begun = time.perf_counter()
            for line in lines(run(hub, STAGES)):
                print(line)
            print(f"  {time.perf_counter() - begun:.1f} s in all")
            _links(hub)
            _truth(world, hub)
            _quiet(world, hub)


def _links(hub: Hub) -> None:
    print(f"\n{'kind':10}{'state':10}{'rule':18}{'records':>8}")
    for count in hub.store.links.counts():
        print(f"{count.kind:10}{count.state:10}{count.rule or '':18}{count.rows:8}")


def _truth(world: FourVendors, hub: Hub) -> None:
    truth = world.truth(hub.store)
    silent = world.silent(truth)
    found = compare(hub.store, {record: owner for record, owner in truth.items() if record not in silent})
    print(f"\n{len(truth)} records whose owner is known; {len(silent)} of them say nothing about it and are left out")
    print(
        f"precision {found.precision:.4f}, recall {found.recall:.4f}; {len(found.wrong)} wrong, {len(found.review)} in review"
    )
    kinds = Counter(f"{connection}.{kind}" for connection, kind, _ in found.review)
    print("in review: " + ", ".join(f"{count} {name}" for name, count in kinds.most_common()))


def _quiet(world: FourVendors, hub: Hub) -> None:
    """What a run costs when nothing has changed: the overlap of the first run is behind it."""
    run(hub, STAGES)
    world.clock.advance(900)
    report = run(hub, STAGES)
    print(f"\na run without news: {report.state}, {report.stages['apply']['written']} fields written")
    for stream in report.streams:
        print(f"  {stream.connection + '.' + stream.stream:24}{stream.calls:3} calls{stream.extracted:5} rows")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
