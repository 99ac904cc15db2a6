"""Fresh stores for trials, in memory where the machine has a folder for that: a trial commits hundreds of times."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...store import Store, open_store

#: Linux keeps this folder in memory.
_MEMORY = Path("/dev/shm")
_MODEL, _USED = "model.db", "used.db"


@contextmanager
def scratch_stores() -> Iterator[Callable[[], Store]]:
    """Gives fresh stores, one at a time: the one before is closed and gone. Each takes some milliseconds."""
    with tempfile.TemporaryDirectory(prefix="cshub-", dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        home, opened = Path(name), list[Store]()
        open_store(f"sqlite:///{_MODEL}", folder=home).close()

        def fresh() -> Store:
            _close(opened)
            for left in home.glob(f"{_USED}*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            shutil.copy(home / _MODEL, home / _USED)
            opened.append(open_store(f"sqlite:///{_USED}", folder=home))
            return opened[0]

        try:
            yield fresh
        finally:
            _close(opened)


def _close(opened: list[Store]) -> None:
    while opened:
        opened.pop().close()
