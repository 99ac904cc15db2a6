"""The small lists a client reads first: account details, daily use, owners, pipelines."""

from __future__ import annotations

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .objects import page_limit
from .pipelines import PIPELINES, Pipeline, pipeline_of
from .portal import Owner
from .refusals import not_found
from .times import iso

OWNERS_LIMIT = 500


def account_details(call: Call) -> Response:
    """Which account this is: a good test of a connection."""
    return json_response(
        {
            "portalId": call.portal.id,
            "accountType": "STANDARD",
            "timeZone": "UTC",
            "companyCurrency": "EUR",
            "additionalCurrencies": ["USD"],
            "utcOffset": "+00:00",
            "utcOffsetMilliseconds": 0,
            "uiDomain": "app-eu1.hubspot.com",
            "dataHostingLocation": "eu1",
        }
    )


def list_owners(call: Call) -> Response:
    """A page of owners; those who left are a second listing."""
    limit = page_limit(call, OWNERS_LIMIT) if call.request.arg("limit") else 100
    archived, email = call.request.flag("archived"), call.request.arg("email")
    after = int(call.request.arg("after") or 0)
    found = [owner for owner in call.portal.owners if owner.archived is archived and email in (None, owner.email)]
    found = sorted((owner for owner in found if int(owner.id) >= after), key=lambda owner: int(owner.id))
    body: dict[str, JSON] = {"results": [_owner(call, owner) for owner in found[:limit]]}
    if len(found) > limit:
        body["paging"] = {"next": {"after": found[limit].id}}
    return json_response(body)


def get_owner(call: Call) -> Response:
    """One owner, by id or with `idProperty=userId` by user."""
    wanted, by_user = call.params["id"], call.request.arg("idProperty") == "userId"
    for owner in call.portal.owners:
        if wanted == (str(owner.user_id) if by_user else owner.id) and owner.archived is call.request.flag("archived"):
            return json_response(_owner(call, owner))
    raise not_found(wanted)


def list_pipelines(call: Call) -> Response:
    """Every pipeline of a type."""
    created = iso(call.portal.born_ms)
    lines = PIPELINES.get(call.object_type, ())
    return json_response({"results": [line.as_json(order, created) for order, line in enumerate(lines)]})


def get_pipeline(call: Call) -> Response:
    """One pipeline."""
    return json_response(_pipeline(call).as_json(0, iso(call.portal.born_ms)))


def list_stages(call: Call) -> Response:
    """The stages of one pipeline."""
    created = iso(call.portal.born_ms)
    return json_response({"results": [stage.as_json(created) for stage in _pipeline(call).stages]})


def _pipeline(call: Call) -> Pipeline:
    line = pipeline_of(call.object_type, call.params["id"])
    if line is None:
        raise not_found(call.params["id"])
    return line


def _owner(call: Call, owner: Owner) -> dict[str, JSON]:
    born = iso(call.portal.born_ms)
    body: dict[str, JSON] = {
        "id": owner.id,
        "email": owner.email,
        "type": "PERSON",
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "userIdIncludingInactive": owner.user_id,
        "createdAt": born,
        "updatedAt": born,
        "archived": owner.archived,
    }
    if not owner.archived:
        body["userId"] = owner.user_id
    elif call.portal.behaviour.answers == "recorded":
        body["userId"] = None
    return body
