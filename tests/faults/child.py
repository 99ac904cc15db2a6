"""The real command line in a process of its own, which stops or dies at a chosen moment.

`python -m tests.faults.child SIGNAL:STAGE:WHERE ARGUMENT…` runs `cshub ARGUMENT…` and sends itself the signal right
before that event of that stage (its number, or a word in it). A line on standard error names the moment.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace

import cshub.engine
from cshub.cli import main
from cshub.config import Config
from cshub.engine import Hub, Surroundings
from tests.faults.moments import Moments


def fated(fate: str) -> Moments:
    """The moments of a fate as it stands on the command line."""
    name, stage, where = fate.split(":")
    sign = signal.Signals[name]

    def strike(moment: str) -> None:
        os.write(2, f"\n{name} at {moment}\n".encode())
        # To this very thread, which therefore is not a step further when everything stands still.
        signal.pthread_kill(threading.get_ident(), sign)

    outside = sign is signal.SIGSTOP
    if where.isdigit():
        return Moments(strike, stage=stage, number=int(where), outside=outside)
    return Moments(strike, stage=stage, word=where, outside=outside)


def observe(moments: Moments) -> None:
    """Have every hub of this process tell its statements and requests."""
    plain = cshub.engine.open_hub

    def open_hub(config: Config, around: Surroundings) -> Hub:
        told = around.observer

        def request(label: str) -> None:
            if told is not None:
                told(label)
            moments.request(label)

        return plain(config, replace(around, observer=request), observer=moments.statement)

    cshub.engine.open_hub = open_hub  # type: ignore[assignment]  # the command line asks the engine for it by this name


if __name__ == "__main__":
    observe(fated(sys.argv.pop(1)))
    main()
