"""Figures that only show at size: an instant with more changes than a search gives, and a token that ends at any page."""

from __future__ import annotations

import pytest

from cshub.testing.sandbox import Fault, FaultKind
from cshub_hubspot.sandbox.seed import seed_rows
from plugins.hubspot.tests.connector.conftest import Open, Reader

OAUTH = {
    "client_id": "HUBSPOT_CLIENT_ID",
    "client_secret": "HUBSPOT_CLIENT_SECRET",
    "refresh_token": "HUBSPOT_REFRESH_TOKEN",
}


@pytest.mark.timeout(180)
def test_twenty_five_thousand_equal_stamps_are_read_once_each(open_account: Open) -> None:
    account = open_account()
    reader = Reader(account, "contacts")
    reader.pull()
    account.tick(hours=1)
    stamp = str(account.sandbox.clock.now_ms())
    rows = [{"email": f"c{number}@x.example", "lastmodifieddate": stamp} for number in range(25_000)]
    seed_rows(account.sandbox.vendor.portal, "contacts", rows)
    account.tick(hours=1)
    account.wire._judge = None  # twenty-five thousand alike: the other tests judge the same calls
    account.forget()
    pages = reader.pull()
    given = [str(row[0]) for page in pages for row in page.rows]
    assert len(given) == len(set(given)) == 25_000
    searches = [path for path in account.paths if path.endswith("/search")]
    least = 25_000 // 200
    assert len(searches) <= 1.1 * least
    assert searches == account.paths


@pytest.mark.parametrize("place", range(7))
def test_a_token_that_ends_before_any_page_costs_one_refresh_and_no_row(open_account: Open, place: int) -> None:
    account = open_account(customers=150)
    account.sandbox.faults.add(Fault(kind=FaultKind.UNAUTHORIZED, on="*/objects/*", skip=place, times=1))
    oauth = {key: account.sandbox.credentials[name] for key, name in OAUTH.items()}
    reader = Reader(account, "contacts", settings={"token": None, **oauth})
    reader.pull()
    assert len(reader.rows) == account.sandbox.vendor.objects()["contacts"]
    assert account.sandbox.faults.struck() == 1
    assert len([path for path in account.paths if "/oauth/" in path]) == 2
