"""The contacts of a HubSpot account into cshub's store: `python pull_cshub.py PORT FOLDER`; a second call finds nothing new."""

from __future__ import annotations

import sys
from pathlib import Path

from cshub.config import load
from cshub.engine import Options, open_hub, run

YAML = """
store: sqlite:///cshub.db
connections:
  crm:
    connector: hubspot
    token: env:HUBSPOT_TOKEN
    base_url: http://127.0.0.1:{port}
    calls_per_10s: 1000000
"""


def main(port: int, folder: Path) -> None:
    """One pull of the contacts."""
    path = folder / "cshub.yaml"
    path.write_text(YAML.format(port=port), encoding="utf-8")
    config = load(path, environ={"HUBSPOT_TOKEN": "pat-na1-bench"})
    with open_hub(config) as hub:
        report = run(hub, ("pull",), command="pull", options=Options(select=("crm.contacts",)))
    print({"state": report.state, **report.stages["pull"]})


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
