"""A minute of the daemon with a 2 s schedule over the sandbox: how long changes take to the CRM, how a second one and SIGTERM end.

Run it as `python -m tests.bench.daemon_minute [SECONDS]`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from threading import Event

from tests.journey.daemon_desk import LAG_S, PERIOD_S, DaemonDesk, daemon_desk


def main(seconds: float) -> None:
    """Print the numbers."""
    with tempfile.TemporaryDirectory() as folder, daemon_desk(Path(folder), customers=100) as desk:
        began = time.monotonic()
        with desk.start() as process:
            first = desk.until(lambda: None not in desk.scores().values(), 30)
            print(f"first scores of {len(desk.scores())} customers in the CRM after {first:.1f} s")
            print(f"a second daemon exits {second(desk)}", flush=True)
            took = changes(desk, began + seconds)
            limit = LAG_S + 2 * PERIOD_S
            print(f"{len(took)} changes reached the health score within {max(took):.2f} s, {min(took):.2f} s at best")
            print(f"  the limit is the lag of {LAG_S:g} s and two periods of {PERIOD_S:g} s: {limit:g} s")
            ended = desk.stop(process)
            print(f"SIGTERM: exit {process.returncode} after {ended:.2f} s")
        states = Counter(line.split("state=")[1].split()[0] for line in desk.log().splitlines() if "state=" in line)
        print(f"runs: {dict(states)}, {len(desk.sandbox.log)} requests, {len(desk.hook.posted)} notices")
    sys.exit(0 if max(took) <= limit and process.returncode == 0 and ended < 10 else 1)


def second(desk: DaemonDesk) -> int:
    """How a second daemon ends."""
    command = [sys.executable, "-m", "cshub", "daemon"]
    return subprocess.run(command, cwd=desk.folder, env=desk.environ, capture_output=True, check=False).returncode


def changes(desk: DaemonDesk, until: float) -> list[float]:
    """Change one ticket after the other; the seconds each took to the CRM."""
    took = []
    while time.monotonic() < until:
        before = desk.scores()
        desk.flip_ticket()
        took.append(desk.until(lambda before=before: desk.scores() != before, 30))  # type: ignore[misc]  # a default binds the loop's own
        Event().wait(len(took) % 7 * PERIOD_S / 7)  # at another moment of the period each time
    return took


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
