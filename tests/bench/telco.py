"""The public data set through the whole journey: HubSpot's double with its 7 043 companies, the run, the AUC of the score, and the backtest.

`make telco`, or `python tests/bench/telco.py [STORE.db]`; the data set is found by CSHUB_SHARED.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CSHUB = Path(sys.executable).with_name("cshub")
CONFIG = "config/examples/telco.yaml"
COMPANIES = "$CSHUB_SHARED/data/telco-customer-churn.csv:customerID"


def outside(store: Path) -> int:
    """Start the double with a company per line of the file, and this script inside its environment."""
    command = [CSHUB, "sandbox", "hubspot", "--companies", COMPANIES, "--", sys.executable, __file__, str(store)]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "CSHUB_TELCO": "inside"}, check=False).returncode


def inside(store: Path) -> int:
    """Create the fields, run, and say how long it took and how well the score tells who left."""
    environ = {**os.environ, "CSHUB_STORE": f"sqlite:///{store.resolve()}"}
    setup = [CSHUB, "--config", CONFIG, "setup", "crm", "--apply", "--yes"]
    subprocess.run(setup, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    command = ["cshub", "--config", CONFIG, "run"]
    print("$", *command, flush=True)
    began = time.monotonic()
    code = subprocess.run([CSHUB, *command[1:]], cwd=ROOT, env=environ, check=False).returncode
    print(f"{time.monotonic() - began:.1f} s from process start to exit, exit code {code}", flush=True)
    subprocess.run([sys.executable, ROOT / "tests/bench/telco_auc.py", store], check=True)
    subprocess.run([CSHUB, "--config", CONFIG, "backtest", "--by", "contract"], cwd=ROOT, env=environ, check=True)
    return code


def main() -> int:
    """In a folder of its own unless a store is named."""
    if len(sys.argv) > 1:
        store = Path(sys.argv[1])
        return inside(store) if os.environ.get("CSHUB_TELCO") == "inside" else outside(store)
    with tempfile.TemporaryDirectory(prefix="cshub-telco-") as folder:
        return outside(Path(folder) / "telco.db")


if __name__ == "__main__":
    raise SystemExit(main())
