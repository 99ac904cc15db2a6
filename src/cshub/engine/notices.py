"""Telling the operators what fails and what is well again, each once, at the address under `notify:`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from pydantic import SecretStr

from ..config import Config, Publish
from ..errors import CredentialsError, CshubError, LeaseHeld, LeaseLost
from ..hookspecs import ActionContext
from ..http import Clock
from ..model import RunReport
from ..model.failures import failures
from ..store import Store

#: Another instance reads the stream, and tells how it is; or its connection's credentials are refused, which is one failure for all.
_ELSEWHERE = (LeaseHeld.code, LeaseLost.code, CredentialsError.code)


def note(store: Store, report: RunReport, troubles: Mapping[str, Sequence[str]]) -> None:
    """Write down which streams and stages fail, and which are well again. `troubles` holds sentences for each stage that came to its end."""
    now = report.finished_at
    _note_logins(store, report, now)
    for stream in report.streams:
        name = f"{stream.connection}.{stream.stream}"
        if stream.error_code in _ELSEWHERE:
            continue
        if stream.error:
            store.conditions.fails(f"stream {name}", f"{name} fails: {stream.error}", now=now)
        elif stream.state == "ok":
            store.conditions.recovers(f"stream {name}", f"{name} is well again", now=now)
    for stage, sentences in troubles.items():
        if sentences:
            store.conditions.fails(f"stage {stage}", f"{stage} fails: {sentences[0]}", now=now)
        elif stage != "score" or report.stages.get("score", {}).get("due"):  # scoring nobody proves nothing
            store.conditions.recovers(f"stage {stage}", f"{stage} is well again", now=now)


def _note_logins(store: Store, report: RunReport, now: datetime) -> None:
    refused = {failure.connection: failure for failure in failures(report.streams) if failure.is_login}
    for connection, failure in refused.items():
        store.conditions.fails(f"login {connection}", f"{failure.name} fails: {failure.error}", now=now)
    accepted = {stream.connection for stream in report.streams if stream.state == "ok"} - refused.keys()
    for connection in sorted(accepted):
        store.conditions.recovers(
            f"login {connection}", f"{connection} is well again: its credentials are accepted", now=now
        )


def note_crms(store: Store, config: Config, *, now: datetime) -> None:
    """Write down which plans wait for a person, and which fields people changed where the configuration says `drift: alert`."""
    for publish in config.publish.values():
        name = publish.connection
        plan = store.writes.newest_plan(name) if publish.approve == "plan" else None
        if plan is not None:
            fields = f"{plan.summary.get('fields')} fields of {plan.summary.get('records')} records"
            message = f"plan {plan.id} waits for approval: {fields} (`cshub apply {plan.id}`)"
            store.conditions.fails(f"plan {name}", message, now=now)
        else:
            store.conditions.recovers(f"plan {name}", f"no plan for {name} waits any more", now=now)
        _note_drift(store, config, publish, now)


def _note_drift(store: Store, config: Config, publish: Publish, now: datetime) -> None:
    named = config.connections[publish.connection].connector.field_name
    alert = {field.vendor or named(field.standard) for field in publish.fields if field.drift == "alert"}
    found = [(id, field) for connection, _, id, field, *_ in store.writes.drifts() if connection == publish.connection]
    changed = [f"{id!s}.{field!s}" for id, field in found if field in alert]
    key = f"drift {publish.connection}"
    if changed:
        more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        message = f"somebody else changed fields of {publish.connection}: {', '.join(changed[:5])}{more}"
        store.conditions.fails(key, message, now=now)
    else:
        store.conditions.recovers(key, f"no changed field of {publish.connection} stands open any more", now=now)


def tell(
    store: Store,
    address: SecretStr | None,
    context: ActionContext,
    *,
    clock: Clock,
    clean: Callable[[str], str] = str,
) -> list[str]:
    """Post what people have not been told yet; what could not be posted stays untold. Gives the failures as sentences."""
    if address is None or not store.conditions.untold():
        return []
    try:
        with store.leases.take(
            "notify", wait_s=0, clock=clock
        ):  # two runs that end together must not tell the same twice
            for condition in store.conditions.untold():
                body = {"text": clean(f"cshub: {condition.message}")}
                context.post(address.get_secret_value(), body, label="POST notice")
                store.conditions.told(condition, now=clock.now())
    except LeaseHeld:
        return []  # whoever holds it tells; the rest is told after the next run
    except CshubError as error:
        return [clean(f"the operators could not be told: {error}")]
    return []
