"""The same list by dlt's REST source into SQLite: `python pull_dlt.py PORT FOLDER`; incremental by the time of change."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "ERROR")

import dlt
from dlt.sources.rest_api import rest_api_source


def main(port: int, folder: Path) -> None:
    """One pipeline run. A second one asks with the last time of change, as the vendor's search would be asked."""
    again = (folder / "dlt-ran").exists()
    endpoint = {
        "path": "crm/objects/2026-09/contacts" + ("/search" if again else ""),
        "params": {"limit": 100},
        "data_selector": "results",
        "paginator": {"type": "cursor", "cursor_path": "paging.next.after", "cursor_param": "after"},
    }
    source = rest_api_source(
        {
            "client": {"base_url": f"http://127.0.0.1:{port}/"},
            "resources": [
                {"name": "contacts", "primary_key": "id", "write_disposition": "merge", "endpoint": endpoint},
            ],
        }
    )
    pipeline = dlt.pipeline(
        "bench",
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{folder / 'dlt.db'}"),
        dataset_name="main",
        pipelines_dir=str(folder / "pipelines"),
    )
    pipeline.run(source)
    (folder / "dlt-ran").touch()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
