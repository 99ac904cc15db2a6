"""`make bench`: cshub beside a hand-written script and dlt, in one run, as ratios of time, CPU and peak memory.

Each contender is a process of its own against one static server in another; every figure is the median of `ROUNDS`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
COUNT = int(os.environ.get("BENCH_RECORDS", "100000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CONTENDERS = ("pull_script.py", "pull_cshub.py", "pull_dlt.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One process from start to exit: seconds, CPU seconds, peak memory in MiB, and what it printed."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    said: str


def measure(script: str, port: int, folder: Path) -> Measured:
    """Run one contender. Raises RuntimeError when it fails."""
    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        child = subprocess.Popen([sys.executable, str(HERE / script), str(port), str(folder)], stdout=out, stderr=out)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode(errors="replace").strip()
    if child.returncode:
        raise RuntimeError(f"{script} ended with {child.returncode}: {said[-2000:]}")
    return Measured(wall_s=wall, cpu_s=usage.ru_utime + usage.ru_stime, peak_mib=usage.ru_maxrss / 1024, said=said)


def rounds(script: str, port: int) -> tuple[Measured, Measured]:
    """The median full pull and the median pull that finds nothing new."""
    full, again = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            full.append(measure(script, port, Path(folder)))
            again.append(measure(script, port, Path(folder)))
    return middle(full), middle(again)


def middle(runs: list[Measured]) -> Measured:
    """The run with the median wall time, with the medians of the other figures."""
    return Measured(
        wall_s=statistics.median(run.wall_s for run in runs),
        cpu_s=statistics.median(run.cpu_s for run in runs),
        peak_mib=statistics.median(run.peak_mib for run in runs),
        said=runs[-1].said,
    )


def table(title: str, found: dict[str, Measured]) -> None:
    """One line per contender, with ratios to the script."""
    base = found[CONTENDERS[0]]
    print(f"\n{title}")
    print(f"{'':16}{'wall s':>9}{'ratio':>8}{'cpu s':>9}{'ratio':>8}{'peak MiB':>10}{'ratio':>8}")
    for script, one in found.items():
        name = script.removeprefix("pull_").removesuffix(".py")
        print(
            f"{name:16}{one.wall_s:9.2f}{one.wall_s / base.wall_s:8.2f}{one.cpu_s:9.2f}{one.cpu_s / base.cpu_s:8.2f}"
            f"{one.peak_mib:10.0f}{one.peak_mib / base.peak_mib:8.2f}"
        )


def main() -> None:
    """Measure everybody and print the tables."""
    server = subprocess.Popen(
        [sys.executable, str(HERE / "static_server.py"), str(COUNT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        port = int(server.stdout.readline())
        results = {script: rounds(script, port) for script in CONTENDERS}
    finally:
        server.stdin.close()
        server.wait(10)
    print(
        f"{COUNT} contacts in {-(-COUNT // 100)} pages, medians of {ROUNDS}; the script: {results[CONTENDERS[0]][0].said}"
    )
    table("full pull", {script: full for script, (full, _) in results.items()})
    table("nothing changed", {script: again for script, (_, again) in results.items()})


if __name__ == "__main__":
    main()
