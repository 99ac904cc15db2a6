"""What may be asked: calls a day and at once, long addresses, and how usage is told."""

from __future__ import annotations

import httpx

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce.sandbox import Limits, Salesforce, create

from .conftest import Connect, refusal


def test_every_answer_tells_the_usage(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, limits=Limits(daily=1_000, used=230)))
    assert http.get("/limits").headers["Sforce-Limit-Info"] == "api-usage=231/1000"
    assert http.get("/nothing").headers["Sforce-Limit-Info"] == "api-usage=232/1000"


def test_the_limits_page_has_max_and_remaining(clock: SandboxClock, connect: Connect) -> None:
    body = connect(create(clock=clock, empty=True)).get("/limits").json()
    assert body["DailyApiRequests"] == {"Max": 15_000, "Remaining": 14_999}
    assert body["DailyBulkV2QueryJobs"] == {"Max": 10_000, "Remaining": 10_000}
    assert body["DailyBulkV2QueryFileStorageMB"]["Max"] == 976_562


def test_the_limits_page_needs_a_right(clock: SandboxClock, connect: Connect) -> None:
    answer = connect(create(clock=clock, empty=True, view_setup=False)).get("/limits")
    assert refusal(answer)[:2] == (403, "INSUFFICIENT_ACCESS")


def test_the_day_is_a_rolling_one(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits=Limits(daily=2), session_s=90_000)
    http = connect(sandbox)
    assert [http.get("/limits").status_code for _ in range(2)] == [200, 200]
    assert refusal(http.get("/limits")) == (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    clock.advance(86_399)
    assert http.get("/limits").status_code == 403
    clock.advance(1)
    assert http.get("/limits").status_code == 200


def test_too_many_long_requests_at_once_have_the_same_code(sandbox: Sandbox[Salesforce], connect: Connect) -> None:
    limited = create(clock=sandbox.clock, empty=True)
    http = connect(limited)
    limited.vendor.meter.running = 25
    status, code, message = refusal(http.get("/limits"))
    assert (status, code, message.split()[0]) == (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests")


def test_long_addresses_and_headers_are_told_apart(client: httpx.Client) -> None:
    def status(query: int, header: int) -> int:
        params, headers = {"q": "x" * query}, {"X-Long": "y" * header}
        return client.get("/query", params=params, headers=headers).status_code

    assert status(16_400, 0) == 414
    assert status(9_000, 9_000) == 431
    assert status(9_000, 0) == 400


def test_options_of_the_client_are_tolerated(client: httpx.Client) -> None:
    assert client.get("/limits", headers={"Sforce-Call-Options": "client=cshub"}).status_code == 200


def test_the_usage_may_tell_the_apps_share(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, limits=Limits(used=230, per_app=250)))
    wanted = "api-usage=231/15000, per-app-api-usage=1/250(appName=cshub)"
    assert http.get("/limits").headers["Sforce-Limit-Info"] == wanted


def test_records_can_be_counted(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, seed_accounts=[{"Name": "A"}, {"Name": "B"}]))
    answer = http.get("/limits/recordCount", params={"sObjects": "Account,Contact"})
    assert answer.json() == {"sObjects": [{"count": 2, "name": "Account"}, {"count": 0, "name": "Contact"}]}
