"""The contacts of HubSpot accounts into cshub's store: `python pull_cshub.py PORT FOLDER [ACCOUNTS]`; a second call finds nothing new.

Several accounts are read side by side, a stream each.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cshub.config import load
from cshub.engine import Options, open_hub, run

YAML = """
store: sqlite:///cshub.db
connections:
"""
CONNECTION = """\
  {name}:
    connector: hubspot
    token: env:HUBSPOT_TOKEN
    base_url: http://127.0.0.1:{port}
    calls_per_10s: 1000000
"""


def main(port: int, folder: Path, accounts: int) -> None:
    """One pull of the contacts."""
    path = folder / "cshub.yaml"
    names = [f"crm{number}" for number in range(1, accounts + 1)]
    path.write_text(YAML + "".join(CONNECTION.format(name=name, port=port) for name in names), encoding="utf-8")
    config = load(path, environ={"HUBSPOT_TOKEN": "pat-na1-bench"})
    with open_hub(config) as hub:
        chosen = Options(select=tuple(f"{name}.contacts" for name in names))
        report = run(hub, ("pull",), command="pull", options=chosen)
    print({"state": report.state, **report.stages["pull"]})


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
