"""Every request of the official collection that belongs to this sandbox's part of the API finds somebody who answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Sandbox
from cshub_salesforce.sandbox import Salesforce

FOLDERS = ("rest", "query", "bulk_v2", "composite", "tooling")
#: What no connector of ours asks for; and a path the collection has wrong, as its notes say.
LEFT_OUT = {
    "rest/sobject_relationships", "composite/composite_graph", "composite/sobject_tree",
    "composite/sobject_collections_update", "composite/sobject_collections_delete", "tooling/access_records",
    "tooling/get_tooling_describe", "tooling/get_tooling_describe_sobject", "tooling/get_tooling_metadata_sobject",
    "tooling/tooling_completion", "tooling/tooling_executeanonymous", "tooling/tooling_run_tests_async",
    "tooling/tooling_run_tests_sync", "tooling/tooling_search",
}  # fmt: skip


@pytest.fixture
def collection(shared: Path) -> dict[str, dict[str, Any]]:
    """The requests by folder and name."""
    home = shared / "specs" / "salesforce" / "postman"
    files = [file for folder in FOLDERS for file in sorted((home / folder).glob("*.json"))]
    return {f"{file.parent.name}/{file.stem}": json.loads(file.read_text(encoding="utf-8")) for file in files}


def test_every_request_is_answered(
    sandbox: Sandbox[Salesforce], client: httpx.Client, collection: dict[str, dict[str, Any]]
) -> None:
    assert collection.keys() >= LEFT_OUT
    sandbox.vendor.add("Account", {"Name": "One", "Tenant__c": "C-1"})
    words = {
        "{{_endpoint}}": "https://acme.my.salesforce.com", "{{version}}": "66.0", "{{_jobId}}": "750",
        "<FIELD_NAME>": "Tenant__c", "<FIELD_VALUE>": "C-1",
    }  # fmt: skip
    for name, request in collection.items():
        if name in LEFT_OUT:
            continue
        words["<RECORD_ID>"] = sandbox.vendor.add("Account", {"Name": "Another"})
        kind = "CustomField" if name.startswith("tooling") else "Account"
        url = re.sub("|".join(map(re.escape, words)), lambda found: words[found.group()], request["url"])
        answer = client.request(request["method"], url.replace("<SOBJECT_API_NAME>", kind), json={})
        assert answer.status_code not in (401, 405), f"{name}: {answer.text}"
        is_unknown_job = "750" in url
        assert answer.status_code != 404 or is_unknown_job, f"{name}: {answer.text}"
