"""Looking around without changing anything: which project it is, what its surveys measure, and whether answers say whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cshub import JSON, Answer, Check, Finding

from .client import Api, data, listed
from .mapping import Mapper
from .settings import SatisMeterSettings


def check(api: Api, settings: SatisMeterSettings, now: datetime) -> Check:
    """What the key opens. Raises CredentialsError, PermissionMissing, VendorTrouble, and RequestRefused for an unknown project."""
    said = data(api.project())
    name = said.get("name")
    account = f"SatisMeter {name if isinstance(name, str) and name else settings.project}"
    login = Finding(check="login", ok=True, message=f"project {settings.project}")
    newest, _ = listed(api.responses(settings.begins, now))
    findings = (login, _surveys(api.campaigns(), settings), _references(Mapper(settings), newest, settings))
    return Check(org=settings.project, account=account, findings=findings)


def _surveys(answer: Answer, settings: SatisMeterSettings) -> Finding:
    found = answer.object().get("data")
    if not isinstance(found, list):
        raise answer.error("answered without a list of surveys")
    surveys = [survey for survey in found if isinstance(survey, dict)]
    unknown = sorted((settings.campaigns or frozenset()) - {str(survey.get("id")) for survey in surveys})
    if unknown:
        fix = "take the ids from the surveys' addresses in SatisMeter"
        return Finding(check="surveys", ok=False, message=f"no survey has the id {', '.join(unknown)}", fix=fix)
    told = ", ".join(f"{survey.get('name')} ({survey.get('type')}, {survey.get('state')})" for survey in surveys)
    return Finding(check="surveys", ok=True, message=told or "none yet")


def _references(mapper: Mapper, items: Sequence[JSON], settings: SatisMeterSettings) -> Finding:
    """Whether responses can be linked to customers: by the declared id or by e-mail."""
    told = [mapper.references(item) for item in items]
    by_id, by_email = sum(id for id, _ in told), sum(email for _, email in told)
    path = settings.account_external_id
    message = f"of {len(told)} responses, {by_email} name an e-mail address" + (f", {by_id} {path}" if path else "")
    if not told or (by_id if path else by_email):
        return Finding(check="references", ok=True, message=message)
    fix = f"no response has {path}: look at what your page sends" if path else "set `account_external_id`"
    return Finding(check="references", ok=False, message=message, fix=fix)
