"""How much memory a large Bulk API 2.0 query takes: `python -m tests.bench.bulk_rows [ROWS]`, 500 000 by default.

Salesforce's double and the pull are processes of their own; what is measured is the pull, from start to exit.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cshub.config import load
from cshub.engine import Options, open_hub, run

YAML = """
store: sqlite:///cshub.db
connections:
  crm:
    connector: salesforce
    base_url: {url}
    client_id: {id}
    client_secret: env:SALESFORCE_CLIENT_SECRET
    methods: {{accounts: bulk}}
"""


def serve_rows(count: int) -> None:
    """The double with so many accounts, until standard input closes; prints its address and credentials."""
    from cshub.testing.sandbox import SandboxClock, serve
    from cshub_salesforce.sandbox import create

    def accounts() -> Iterator[dict[str, str]]:
        for number in range(count):
            yield {"Name": f"Company {number}", "Website": f"company{number}.example", "Type": "Customer"}

    sandbox = create(clock=SandboxClock(), limits="off", seed_accounts=accounts())
    with serve(sandbox, 0) as running:
        print(running.url, sandbox.credentials["SALESFORCE_CLIENT_ID"], flush=True)
        print(sandbox.credentials["SALESFORCE_CLIENT_SECRET"], flush=True)
        sys.stdin.read()


def pull(folder: str) -> None:
    """One full reading of the accounts by the Bulk API."""
    with open_hub(load(Path(folder) / "cshub.yaml", environ=dict(os.environ))) as hub:
        report = run(hub, ("pull",), command="pull", options=Options(select=("crm.accounts",)))
    print(report.state, report.stages["pull"])


def main(count: int) -> None:
    """Print rows, seconds and peak memory."""
    me = [sys.executable, "-m", "tests.bench.bulk_rows"]
    server = subprocess.Popen([*me, "serve", str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        url, id = server.stdout.readline().split()
        environ = {**os.environ, "SALESFORCE_CLIENT_SECRET": server.stdout.readline().strip()}
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "cshub.yaml").write_text(YAML.format(url=url, id=id), encoding="utf-8")
            begun = time.perf_counter()
            child = subprocess.Popen([*me, "pull", folder], env=environ)
            _, _, usage = os.wait4(child.pid, 0)
            child.returncode = 0
            seconds = time.perf_counter() - begun
        print(f"{count} rows: {seconds:.0f} s, peak {usage.ru_maxrss / 1024:.0f} MiB")
    finally:
        server.stdin.close()
        server.wait(60)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve_rows(int(sys.argv[2]))
    elif sys.argv[1:2] == ["pull"]:
        pull(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
