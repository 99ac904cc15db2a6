"""How long hostile input takes to be refused: `python -m tests.bench.refusals`. The figures to reach are 1 s a file and 10 ms a rule."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cshub.config import load
from cshub.errors import ConfigError
from cshub.expr import ExprError, parse
from tests.unit.config.test_hostile_files import HOSTILE
from tests.unit.config.world import world
from tests.unit.expr.test_escapes import ESCAPES, NAMES


def main() -> None:
    """Print the slowest of each sort."""
    registry = world()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cshub.yaml"

        def read(content: str | bytes) -> None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            load(path, registry, {})

        files = {
            name: spent(lambda content=content: read(content), ConfigError) for name, (content, _) in HOSTILE.items()
        }
    rules = {text[:40]: spent(lambda text=text: parse(text, names=NAMES), ExprError) for text in ESCAPES}
    for what, found in (("files", files), ("rules", rules)):
        slowest = max(found, key=found.__getitem__)
        print(f"{len(found)} {what} refused; the slowest took {found[slowest] * 1000:.1f} ms: {slowest}")


def spent(work: Callable[[], object], refusal: type[Exception]) -> float:
    """CPU seconds until the refusal, the best of three."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        try:
            work()
        except refusal:
            best = min(best, time.process_time() - begun)
    return best


if __name__ == "__main__":
    main()
