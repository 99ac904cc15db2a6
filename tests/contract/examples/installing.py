"""Installs a package as its users do, into a folder of its own, and runs Python that sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def install(package: Path, target: Path) -> None:
    """Build the package and install it into `target`; nothing is downloaded."""
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def python(target: Path, *arguments: str, cwd: Path = ROOT) -> str:
    """What Python prints when it sees the installed package; fails when it fails."""
    path = os.pathsep.join((str(target), str(ROOT)))
    environ = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def lines_of(source: Path) -> int:
    """The lines of a file that are not empty."""
    return sum(bool(line.strip()) for line in source.read_text(encoding="utf-8").splitlines())
