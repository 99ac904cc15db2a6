"""What SatisMeter's refusals mean: which error, for whom, or that it is worth waiting. Nothing is sent from here.

Refusals are `{"errors": [{"title": "…"}]}`, now and then without any body.
"""

from __future__ import annotations

import json

from cshub import JSON, Answer, CredentialsError, PermissionMissing, RequestRefused, VendorError, Wait

_LONGEST = 500


def explain(answer: Answer) -> VendorError | Wait | None:
    """The error this answer is; None leaves it to the usual mapping (408, 429 and 5xx: back off and try again)."""
    status = answer.status
    if not 400 <= status < 500 or status in (408, 423, 425, 429):
        return None
    said = sentence(answer)
    if status == 401:
        return CredentialsError(
            f"SatisMeter does not accept the API key{said}",
            hint="copy the API key (not the write key) from Settings → Integrations → API",
        )
    if status == 403:
        return PermissionMissing(
            f"the API key may not read this project{said}",
            hint="a key is good for one project: take key and project id from the same Settings → Integrations → API",
        )
    if status == 404:
        return RequestRefused(
            f"SatisMeter does not know this project{said}",
            hint="check `project` against Settings → Integrations → API",
        )
    return RequestRefused(f"SatisMeter refuses this request{said}")


def sentence(answer: Answer) -> str:
    """What SatisMeter says went wrong, as `: …` in one line; empty when it says nothing."""
    try:
        body: JSON = json.loads(answer.content)
    except (ValueError, RecursionError):
        return ""
    found = body.get("errors") if isinstance(body, dict) else None
    titles = [error.get("title") for error in found if isinstance(error, dict)] if isinstance(found, list) else []
    words = [" ".join(title.split()) for title in titles if isinstance(title, str)]
    line = "; ".join(dict.fromkeys(word for word in words if word))
    line = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return f": {line}" if line else ""
