"""A process that serves HubSpot sandboxes: a line of JSON with the arguments of `create` in, a line with address and credentials out."""

from __future__ import annotations

import json
import sys

from cshub.testing.sandbox import Running, serve
from cshub_hubspot.sandbox import create


def answer(line: str, served: list[Running]) -> str:
    """Stop the sandbox served before, and serve a fresh one."""
    while served:
        served.pop().stop()
    sandbox = create(**json.loads(line))
    served.append(serve(sandbox))
    return json.dumps({"url": served[0].url, "credentials": sandbox.credentials})


if __name__ == "__main__":
    running: list[Running] = []
    for order in sys.stdin:
        sys.stdout.write(answer(order, running) + "\n")
        sys.stdout.flush()
