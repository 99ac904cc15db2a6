"""`make bench`: cshub beside a hand-written script and dlt, in one run, as ratios of time, CPU and peak memory.

Each contender is a process of its own against one static server in another; every figure is the median of `ROUNDS`. Then cshub alone:
four streams of a far-away vendor beside the time the vendor itself takes, and ten times as many records for the memory they take.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
COUNT = int(os.environ.get("BENCH_RECORDS", "100000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CONTENDERS = ("pull_script.py", "pull_cshub.py", "pull_dlt.py")
#: As on anybody's machine, a module that was imported once is not compiled again (the median passes over the first time).
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
#: A vendor far away: so many streams of so many pages, each answered after so long.
STREAMS, PAGES, DELAY_MS = 4, 100, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One process from start to exit: seconds, CPU seconds, peak memory in MiB, and what it printed."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    said: str


def measure(script: str, port: int, folder: Path, *more: str) -> Measured:
    """Run one contender. Raises RuntimeError when it fails."""
    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        call = [sys.executable, str(HERE / script), str(port), str(folder), *more]
        child = subprocess.Popen(call, stdout=out, stderr=out, env=ENVIRONMENT)
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


@contextmanager
def server(count: int, delay_ms: int = 0) -> Iterator[int]:
    """The static server in a process of its own; gives its port."""
    call = [sys.executable, str(HERE / "static_server.py"), str(count), str(delay_ms)]
    child = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdin is not None
    try:
        yield int(child.stdout.readline())
    finally:
        child.stdin.close()
        child.wait(10)


def far_away() -> None:
    """Four streams side by side at a vendor's latency, beside the time the vendor alone takes."""
    with server(PAGES * 100, DELAY_MS) as port, tempfile.TemporaryDirectory() as folder:
        found = measure("pull_cshub.py", port, Path(folder), str(STREAMS))
    floor = PAGES * DELAY_MS / 1000
    print(f"\n{STREAMS} streams of {PAGES} pages at {DELAY_MS} ms: {found.said}")
    print(f"{found.wall_s:.2f} s from start to exit, {found.wall_s / floor:.3f} of the floor of {floor:.0f} s")


def many(few: Measured) -> None:
    """Ten times as many records, and what they take of memory beside the fewer."""
    with server(10 * COUNT) as port, tempfile.TemporaryDirectory() as folder:
        found = measure("pull_cshub.py", port, Path(folder))
    print(f"\n{10 * COUNT} contacts: {found.said}")
    print(
        f"{found.wall_s:.1f} s, peak {found.peak_mib:.0f} MiB, {found.peak_mib / few.peak_mib:.2f} of that at {COUNT}"
    )


def main() -> None:
    """Measure everybody and print the tables."""
    with server(COUNT) as port:
        results = {script: rounds(script, port) for script in CONTENDERS}
    script = results[CONTENDERS[0]][0]
    print(f"{COUNT} contacts in {-(-COUNT // 100)} pages, medians of {ROUNDS}; the script: {script.said}")
    table("full pull", {name: full for name, (full, _) in results.items()})
    table("nothing changed", {name: again for name, (_, again) in results.items()})
    print(f"cshub, nothing changed: {results[CONTENDERS[1]][1].said}")
    far_away()
    many(results[CONTENDERS[1]][0])


if __name__ == "__main__":
    main()
