"""Paths are those of the official requests, and nothing that comes in can lead out of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cshub_salesforce.paths import LOGIN, VERSIONS, Paths

PATHS = Paths("66.0")
OFFICIAL = [
    ("rest/versions", VERSIONS),
    ("rest/query", PATHS.query(deleted=False)),
    ("rest/queryall", PATHS.query(deleted=True)),
    ("rest/sobject_describe", PATHS.describe("Account")),
    ("rest/sobject_create", PATHS.record("Account")),
    ("composite/composite", PATHS.composite()),
    ("composite/sobject_collections_create", PATHS.collection()),
    ("query/create_job_query", PATHS.jobs()),
    ("query/get_job_info_query", PATHS.jobs("750x")),
    ("query/get_job_query_result", PATHS.jobs("750x", "results")),
    ("tooling/post_tooling_sobject", PATHS.tooling("Account")),
    ("auth/jwt_bearer_token_flow", LOGIN),
]


@pytest.mark.parametrize(("request_file", "path"), OFFICIAL)
def test_a_path_is_that_of_the_official_request(shared: Path, request_file: str, path: str) -> None:
    file = shared / "specs" / "salesforce" / "postman" / f"{request_file}.json"
    url = str(json.loads(file.read_text(encoding="utf-8"))["url"])
    for part, value in (("{{version}}", "66.0"), ("<SOBJECT_API_NAME>", "Account"), ("{{_jobId}}", "750x")):
        url = url.replace(part, value)
    assert re.sub(r"^\{\{\w+\}\}(?:\{\{site\}\})?|/?\?.*$|/$", "", url) == path


@pytest.mark.parametrize("name", ["../x", "a/b", "a?b", "a#b", "a b"])
def test_a_name_cannot_lead_to_another_path(name: str) -> None:
    for path in (PATHS.describe(name), PATHS.record(name), PATHS.tooling(name), PATHS.jobs(name)):
        tail = path.removeprefix(PATHS.root)
        assert not re.search(r"[?# ]|a/b|\.\./", tail)


def test_a_next_page_is_a_path_or_a_bare_locator() -> None:
    assert PATHS.more("/services/data/v66.0/query/0r8-2000") == "/services/data/v66.0/query/0r8-2000"
    assert PATHS.more("0r8-2000") == "/services/data/v66.0/query/0r8-2000"
    assert PATHS.more("../../x") == "/services/data/v66.0/query/..%2F..%2Fx"
