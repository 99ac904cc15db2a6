"""Telling the operators what fails and what is well again, each once, at the address under `notify:`."""

from __future__ import annotations

from datetime import datetime

from pydantic import SecretStr

from ..errors import VendorError
from ..hookspecs import ActionContext
from ..model import RunReport
from ..store import Store


def note(store: Store, report: RunReport) -> None:
    """Write down which streams and stages fail, and which are well again."""
    for stream in report.streams:
        key, name = f"stream {stream.connection}.{stream.stream}", f"{stream.connection}.{stream.stream}"
        if stream.error:
            store.conditions.fails(key, f"{name} fails: {stream.error}", now=report.finished_at)
        elif stream.state == "ok":
            store.conditions.recovers(key, f"{name} is well again", now=report.finished_at)
    if report.errors:
        store.conditions.fails("run", f"{report.command} fails: {report.errors[0]}", now=report.finished_at)
    else:
        store.conditions.recovers("run", f"{report.command} is well again", now=report.finished_at)


def tell(store: Store, address: SecretStr | None, context: ActionContext, *, now: datetime) -> list[str]:
    """Post what people have not been told yet; what could not be posted stays untold. Gives the failures as sentences."""
    if address is None:
        return []
    for condition in store.conditions.untold():
        try:
            context.post(address.get_secret_value(), {"text": f"cshub: {condition.message}"}, label="POST notice")
        except VendorError as error:
            return [f"the operators could not be told: {error}"]
        store.conditions.told(condition, now=now)
    return []
