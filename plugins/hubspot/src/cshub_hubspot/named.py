"""Whether the properties that the YAML names exist: HubSpot leaves an unknown one out of its answers without a word."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from cshub import Finding, PermissionMissing

from .catalog import Catalog
from .objects import READABLE
from .settings import HubSpotSettings


def unknown(catalog: Catalog, settings: HubSpotSettings) -> Iterator[Finding]:
    """A finding for each property that is not there; objects that may not be looked at are left out."""
    for object_type in READABLE.values():
        named = settings.fields(object_type.settings)
        if not named:
            continue
        try:
            known = catalog.properties(object_type.name)
        except PermissionMissing:
            continue
        for name, given in named.items():
            wanted = given if isinstance(given, str) else given.property
            if wanted not in known:
                yield _finding(f"{object_type.settings}.{name}", wanted, object_type.name, list(known))


def _finding(place: str, wanted: str, object_name: str, known: list[str]) -> Finding:
    near = get_close_matches(wanted, known, n=1)
    fix = (
        f"did you mean {near[0]}?" if near else "HubSpot shows a property's internal name in its settings, under `</>`"
    )
    return Finding(check=place, ok=False, message=f"{object_name} have no property {wanted}", fix=fix)
