"""Several calls in one: up to 25, each able to use what an earlier one answered."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, unquote

from cshub.testing.sandbox import JSON, Request, Response, json_response

from .call import Call
from .org import RolledBack
from .refusals import bad

MOST_CALLS = 25
MOST_QUERIES = 5
_REFERENCE = re.compile(r"@\{([A-Za-z]\w*)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
HALTED = "The transaction was rolled back since another operation in the same transaction failed."
Answers = dict[str, Response]


class _Unresolved(Exception):
    """A reference to what did not go well."""


def composite(call: Call) -> Response:
    """Carry out the calls one after the other; with `allOrNone` the first failure takes all of them back."""
    body = call.body()
    parts = _parts(body.get("compositeRequest"))
    answers: Answers = {}
    with call.org.transaction():
        for part in parts:
            answers[str(part.get("referenceId"))] = _answer(call, part, answers)
        if body.get("allOrNone") is True and any(answer.status >= 400 for answer in answers.values()):
            answers = {key: _halted() if answer.status < 400 else answer for key, answer in answers.items()}
            raise RolledBack
    shown: list[JSON] = [_shown(key, answer) for key, answer in answers.items()]
    return json_response({"compositeResponse": shown})


def batch(call: Call) -> Response:
    """Up to 25 calls that know nothing of one another."""
    parts = call.body().get("batchRequests")
    if not isinstance(parts, list) or len(parts) > MOST_CALLS:
        raise bad("INVALID_BATCH_REQUEST", f"batchRequests must be a list of at most {MOST_CALLS}")
    results: list[JSON] = []
    for part in parts:
        given = part if isinstance(part, dict) else {}
        path = "/services/data/" + str(given.get("url", "")).lstrip("/")
        answer = call.site.again(_request(call, str(given.get("method", "GET")), path, given.get("richInput")))
        results.append({"statusCode": answer.status, "result": answer.json() if answer.body else None})
    failed = any(isinstance(each, dict) and int(str(each["statusCode"])) >= 400 for each in results)
    return json_response({"hasErrors": failed, "results": results})


def _parts(given: JSON) -> list[dict[str, JSON]]:
    parts = [part for part in given if isinstance(part, dict)] if isinstance(given, list) else []
    if not parts or len(parts) > MOST_CALLS:
        raise bad("INVALID_INPUT", f"compositeRequest must hold 1 to {MOST_CALLS} calls")
    costly = sum("/query" in str(part.get("url")) or "/composite/sobjects" in str(part.get("url")) for part in parts)
    if costly > MOST_QUERIES:
        raise bad("INVALID_INPUT", f"at most {MOST_QUERIES} of the calls may be queries or lists of records")
    return parts


def _answer(call: Call, part: dict[str, JSON], answers: Answers) -> Response:
    try:
        url = _filled(str(part.get("url")), answers)
        body = json.loads(_filled(json.dumps(part.get("body")), answers, quoted=True))
    except _Unresolved:
        return _halted()
    return call.site.again(_request(call, str(part.get("method", "GET")), url, body))


def _request(call: Call, method: str, url: str, body: JSON) -> Request:
    path, _, query = url.partition("?")
    return Request(
        method=method.upper(),
        path=unquote(path),
        query_string=query,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers=call.request.headers,
        body=b"" if body is None else json.dumps(body).encode(),
        peer=call.request.peer,
    )


def _filled(text: str, answers: Answers, *, quoted: bool = False) -> str:
    """The text with its references replaced by what the named answers hold. Raises _Unresolved."""

    def value(found: re.Match[str]) -> str:
        answer = answers.get(found.group(1))
        if answer is None or answer.status >= 400:
            raise _Unresolved
        at: JSON = answer.json() if answer.body else None
        for name, place in _STEP.findall(found.group(2)):
            at = _inside(at, name, place)
        return json.dumps(at)[1:-1] if quoted and isinstance(at, str) else str(at)

    return _REFERENCE.sub(value, text)


def _inside(at: JSON, name: str, place: str) -> JSON:
    if isinstance(at, dict) and name in at:
        return at[name]
    if isinstance(at, list) and place and int(place) < len(at):
        return at[int(place)]
    raise _Unresolved


def _halted() -> Response:
    return json_response([{"errorCode": "PROCESSING_HALTED", "message": HALTED}], 400)


def _shown(key: str, answer: Response) -> JSON:
    body = answer.json() if answer.body else None
    return {"body": body, "httpHeaders": {}, "httpStatusCode": answer.status, "referenceId": key}
