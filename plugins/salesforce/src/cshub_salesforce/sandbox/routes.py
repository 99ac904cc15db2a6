"""Every resource of a version: who answers there."""

from __future__ import annotations

from cshub.testing.sandbox import Router

from . import bulk, composite, ingest, queries, record_lists, replication, rows, schemas, tooling, versions
from .call import Endpoint

ROUTES: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/", versions.resources),
    ("GET", "/limits", schemas.limits),
    ("GET", "/limits/recordCount", schemas.record_count),
    ("GET", "/query", queries.query),
    ("GET", "/query/{locator}", queries.more),
    ("GET", "/queryAll", queries.query_all),
    ("GET", "/queryAll/{locator}", queries.more),
    ("GET", "/sobjects", schemas.describe_all),
    ("GET", "/sobjects/{type}", schemas.basics),
    ("POST", "/sobjects/{type}", rows.create_row),
    ("GET", "/sobjects/{type}/describe", schemas.describe),
    ("GET", "/sobjects/{type}/deleted", replication.deleted),
    ("GET", "/sobjects/{type}/updated", replication.updated),
    ("GET", "/sobjects/{type}/{id}", rows.read_row),
    ("PATCH", "/sobjects/{type}/{id}", rows.update_row),
    ("DELETE", "/sobjects/{type}/{id}", rows.delete_row),
    ("GET", "/sobjects/{type}/{field}/{value}", rows.read_by_key),
    ("PATCH", "/sobjects/{type}/{field}/{value}", rows.upsert),
    ("POST", "/composite", composite.composite),
    ("POST", "/composite/batch", composite.batch),
    ("PATCH", "/composite/sobjects", record_lists.update_list),
    ("POST", "/composite/sobjects", record_lists.create_list),
    ("DELETE", "/composite/sobjects", record_lists.delete_list),
    ("GET", "/composite/sobjects/{type}", record_lists.read_list),
    ("POST", "/composite/sobjects/{type}", record_lists.read_list),
    ("PATCH", "/composite/sobjects/{type}/{field}", record_lists.upsert_list),
    ("GET", "/jobs/query", bulk.list_jobs),
    ("POST", "/jobs/query", bulk.create_job),
    ("GET", "/jobs/query/{job}", bulk.read_job),
    ("PATCH", "/jobs/query/{job}", bulk.change_job),
    ("DELETE", "/jobs/query/{job}", bulk.delete_job),
    ("GET", "/jobs/query/{job}/results", bulk.results),
    ("GET", "/jobs/query/{job}/resultPages", bulk.result_pages),
    ("GET", "/jobs/ingest", ingest.list_jobs),
    ("POST", "/jobs/ingest", ingest.create_job),
    ("GET", "/jobs/ingest/{job}", ingest.read_job),
    ("PATCH", "/jobs/ingest/{job}", ingest.change_job),
    ("DELETE", "/jobs/ingest/{job}", ingest.delete_job),
    ("PUT", "/jobs/ingest/{job}/batches", ingest.upload),
    ("GET", "/jobs/ingest/{job}/successfulResults", ingest.successful),
    ("GET", "/jobs/ingest/{job}/failedResults", ingest.failed),
    ("GET", "/jobs/ingest/{job}/unprocessedrecords", ingest.unprocessed),
    ("GET", "/tooling/query", queries.tooling_query),
    ("GET", "/tooling/query/{locator}", queries.more),
    ("POST", "/tooling/sobjects/CustomField", tooling.create_field),
    ("GET", "/tooling/sobjects/CustomField/{id}", tooling.read_field),
    ("DELETE", "/tooling/sobjects/CustomField/{id}", tooling.delete_field),
)


def routes() -> Router[Endpoint]:
    """The resources of any version."""
    router: Router[Endpoint] = Router()
    for method, path, endpoint in ROUTES:
        router.add(method, path, endpoint)
    return router
