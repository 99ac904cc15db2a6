"""`import cshub` is the public API for plugin authors: pinned, sorted, lazy and cheap."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import cshub

#: What a plugin may rely on. Adding a name is a promise; taking one away needs a major version.
PINNED = [
    "ACCOUNT",
    "ASSOCIATION",
    "CONTACT",
    "DEAL",
    "EVENT",
    "JSON",
    "KINDS",
    "LINKED_KINDS",
    "MICRO",
    "OWNER",
    "RESPONSE",
    "ROW_COLUMNS",
    "SYSTEM_CLOCK",
    "TICKET",
    "Action",
    "ActionContext",
    "Adjustment",
    "Adjustments",
    "Aggregate",
    "AlertNotice",
    "Answer",
    "AnswerError",
    "Auth",
    "BandState",
    "Bands",
    "Bearer",
    "BreakerOpen",
    "Budget",
    "Check",
    "Client",
    "ClientFactory",
    "Clock",
    "Column",
    "ConfigError",
    "Connector",
    "Context",
    "CredentialsError",
    "CshubError",
    "Cursor",
    "CustomerView",
    "Decay",
    "Deliver",
    "Destination",
    "Driver",
    "Duration",
    "Explain",
    "Extra",
    "FieldSpec",
    "FieldType",
    "Finding",
    "FunctionMetric",
    "Group",
    "IdentityRule",
    "Incremental",
    "Interrupted",
    "KeysOf",
    "Kind",
    "LeaseHeld",
    "LeaseLost",
    "Metric",
    "Model",
    "ModelFunction",
    "Origin",
    "Outcome",
    "OwnedValue",
    "Page",
    "PageLoop",
    "Params",
    "Peers",
    "PermissionMissing",
    "PluginError",
    "Problem",
    "Provision",
    "Provisioned",
    "Query",
    "QueryForm",
    "RateLimited",
    "Reading",
    "Reason",
    "RecordWrite",
    "Reject",
    "RequestRefused",
    "Retry",
    "Row",
    "RunReport",
    "Scalar",
    "Scorecard",
    "Scored",
    "Seen",
    "Series",
    "Shape",
    "Share",
    "Signal",
    "Snapshot",
    "Source",
    "Status",
    "StoreBusy",
    "StoreError",
    "Stream",
    "StreamReport",
    "Sweeping",
    "TargetField",
    "Token",
    "TokenSource",
    "Transport",
    "Type",
    "Value",
    "VendorError",
    "VendorTrouble",
    "WSGITransport",
    "Wait",
    "Window",
    "WriteBatch",
    "WriteState",
    "additive",
    "duration",
    "hookimpl",
    "late",
    "metric",
    "per_customer",
    "redact",
    "walk_cursor",
    "walk_link",
    "walk_offset",
    "weighted",
]

#: Slow to import, and needed by no plugin that only declares something.
HEAVY = ("apscheduler", "click", "httpx", "pydantic", "rich", "ruamel", "sqlite3", "sqlite_utils", "structlog")


def test_the_public_names_are_those_promised() -> None:
    assert list(cshub.__all__) == PINNED


def test_the_public_names_are_sorted_with_constants_first_then_classes_then_functions() -> None:
    assert list(cshub.__all__) == sorted(cshub.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))


@pytest.mark.parametrize("name", cshub.__all__)
def test_a_public_name_leads_to_something(name: str) -> None:
    assert getattr(cshub, name) is not None


def test_the_public_names_are_what_completion_shows() -> None:
    assert set(cshub.__all__) <= set(dir(cshub))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        cshub.no_such_name  # noqa: B018 - reading the attribute is the test


def test_importing_cshub_loads_nothing_heavy() -> None:
    start = "import json, sys, cshub; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(subprocess.run([sys.executable, "-c", start], capture_output=True, check=True).stdout))
    assert [name for name in HEAVY if name in loaded] == []
