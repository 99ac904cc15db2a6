"""SatisMeter for cshub: a source of survey answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import Connector, hookimpl, late

from .settings import SatisMeterSettings
from .streams import streams

CONNECTOR = Connector(
    name="satismeter",
    doc="SatisMeter: answers to NPS, CSAT and CES surveys",
    settings=SatisMeterSettings,
    streams=streams,
    open=late("cshub_satismeter.connector:SatisMeter"),
    parallel=1,
)


@hookimpl
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[SatisMeterSettings]]:
    """The connector `satismeter`."""
    return [CONNECTOR]
