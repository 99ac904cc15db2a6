"""Every path of every generation: who answers, which scope it takes, which limit it counts against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cshub.testing.sandbox import Router

from . import associations, batch, lookups, objects, property_calls, search
from .access import READ, WRITE, no_scopes, object_scopes, owner_scopes, schema_scopes
from .call import Endpoint
from .generations import GENERATIONS, Generation

Scopes = Callable[[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One path of one generation."""

    method: str
    path: str
    endpoint: Endpoint
    action: str
    scopes: Scopes
    generation: Generation
    is_search: bool = False


Row = tuple[str, str, Endpoint, str]

OBJECTS: tuple[Row, ...] = (
    ("GET", "/{type}", objects.list_records, READ),
    ("POST", "/{type}", objects.create_record, WRITE),
    ("POST", "/{type}/search", search.search, READ),
    ("POST", "/{type}/merge", objects.merge, WRITE),
    ("POST", "/{type}/gdpr-delete", objects.gdpr_delete, WRITE),
    ("POST", "/{type}/batch/read", batch.read, READ),
    ("POST", "/{type}/batch/create", batch.create, WRITE),
    ("POST", "/{type}/batch/update", batch.update, WRITE),
    ("POST", "/{type}/batch/upsert", batch.upsert, WRITE),
    ("POST", "/{type}/batch/archive", batch.archive_many, WRITE),
    ("GET", "/{type}/{id}", objects.get_record, READ),
    ("PATCH", "/{type}/{id}", objects.update_record, WRITE),
    ("DELETE", "/{type}/{id}", objects.archive_record, WRITE),
)
PROPERTIES: tuple[Row, ...] = (
    ("GET", "/{type}", property_calls.list_properties, READ),
    ("POST", "/{type}", property_calls.create_property, WRITE),
    ("GET", "/{type}/groups", property_calls.list_groups, READ),
    ("POST", "/{type}/groups", property_calls.create_group, WRITE),
    ("GET", "/{type}/groups/{name}", property_calls.get_group, READ),
    ("POST", "/{type}/batch/read", property_calls.read_properties, READ),
    ("POST", "/{type}/batch/create", property_calls.create_properties, WRITE),
    ("POST", "/{type}/batch/archive", property_calls.archive_properties, WRITE),
    ("GET", "/{type}/{name}", property_calls.get_property, READ),
    ("PATCH", "/{type}/{name}", property_calls.update_property, WRITE),
    ("DELETE", "/{type}/{name}", property_calls.archive_property, WRITE),
)
PIPELINES: tuple[Row, ...] = (
    ("GET", "/{type}", lookups.list_pipelines, READ),
    ("GET", "/{type}/{id}", lookups.get_pipeline, READ),
    ("GET", "/{type}/{id}/stages", lookups.list_stages, READ),
)
OWNERS: tuple[Row, ...] = (
    ("GET", "", lookups.list_owners, READ),
    ("GET", "/{id}", lookups.get_owner, READ),
)
ASSOCIATIONS: tuple[Row, ...] = (
    ("POST", "/{type}/{to}/batch/read", associations.read, READ),
    ("POST", "/{type}/{to}/batch/create", associations.create_many, WRITE),
    ("POST", "/{type}/{to}/batch/associate/default", associations.create_many_default, WRITE),
    ("POST", "/{type}/{to}/batch/archive", associations.archive_many, WRITE),
)
LINKS: tuple[Row, ...] = (
    ("PUT", "/{type}/{id}/associations/default/{to}/{to_id}", associations.put_default, WRITE),
    ("PUT", "/{type}/{id}/associations/{to}/{to_id}", associations.put_labelled, WRITE),
    ("DELETE", "/{type}/{id}/associations/{to}/{to_id}", associations.delete, WRITE),
)
#: Gone from 2026-09 on.
LINKS_OF_ONE: tuple[Row, ...] = (("GET", "/{type}/{id}/associations/{to}", associations.of_record, READ),)
LABELS: tuple[Row, ...] = (("GET", "/{type}/{to}/labels", associations.labels, READ),)
ACCOUNT: tuple[Row, ...] = (("GET", "/details", lookups.account_details, READ),)
READ_ONLY = frozenset({"feedback_submissions", "0-19", "feedback_submission"})


def routes() -> Router[Entry]:
    """All paths."""
    router: Router[Entry] = Router()
    for generation in GENERATIONS:
        for entry in _entries(generation):
            router.add(entry.method, entry.path, entry)
    return router


def _entries(generation: Generation) -> Iterator[Entry]:
    tables: tuple[tuple[str, tuple[Row, ...], Scopes], ...] = (
        (generation.labels, LABELS, object_scopes),
        (generation.associations, ASSOCIATIONS, object_scopes),
        (generation.links, LINKS, object_scopes),
        (generation.links, LINKS_OF_ONE if generation.knows_207 else (), object_scopes),
        (generation.objects, OBJECTS, object_scopes),
        (generation.properties, PROPERTIES, schema_scopes),
        (generation.pipelines, PIPELINES, schema_scopes),
        (generation.owners, OWNERS, owner_scopes),
        (generation.account, ACCOUNT, no_scopes),
    )
    for prefix, rows, scopes in tables:
        for method, tail, endpoint, action in rows:
            yield Entry(
                method=method,
                path=prefix + tail,
                endpoint=endpoint,
                action=action,
                scopes=scopes,
                generation=generation,
                is_search=endpoint is search.search,
            )
