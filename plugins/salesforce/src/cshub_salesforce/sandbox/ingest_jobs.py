"""Bulk ingest jobs: what each is to do, the CSV it was given, how far it has come, and what became of every row."""

from __future__ import annotations

from dataclasses import dataclass, field

from cshub.testing.sandbox import JSON

from .ids import ALPHABET, check_of
from .jobs import KEPT_DAYS
from .org import Org
from .refusals import bad, not_found
from .times import DAY_MS, rest_text

CsvRow = dict[str, str]


@dataclass(slots=True, kw_only=True)
class IngestJob:
    """A job; its rows are written when its upload is said to be complete, and told when it is."""

    id: str
    operation: str
    object: str
    key: str
    version: str
    delimiter: str
    line_ending: str
    created_ms: int
    names: list[str] = field(default_factory=list)
    rows: list[CsvRow] | None = None
    complete_ms: int | None = None
    aborted: bool = False
    #: Id, whether the record is new, and the row.
    done: list[tuple[str, bool, CsvRow]] = field(default_factory=list)
    #: Id if there is one, the reason, and the row.
    failed: list[tuple[str, str, CsvRow]] = field(default_factory=list)

    def state(self, now_ms: int) -> str:
        """Where it stands; without the word that the upload is complete it stays open."""
        if self.aborted:
            return "Aborted"
        if self.complete_ms is None:
            return "Open"
        return "JobComplete" if now_ms >= self.complete_ms else "InProgress"


class IngestJobs:
    """The ingest jobs of the last seven days."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs: dict[str, IngestJob] = {}

    def new_id(self) -> str:
        """The id of a job to be made."""
        short = "750WX0" + "".join(self._org.random.choices(ALPHABET, k=9))
        return short + check_of(short)

    def add(self, job: IngestJob) -> None:
        """Take a job in."""
        self._jobs[job.id] = job

    def find(self, job_id: str) -> IngestJob:
        """The job of that id. Raises Refused with 404."""
        job = self._jobs.get(job_id)
        if job is None or job.created_ms < self._org.clock.now_ms() - KEPT_DAYS * DAY_MS:
            raise not_found()
        return job

    def drop(self, job: IngestJob) -> None:
        """Forget a job. Raises Refused while it works."""
        if self.state(job) == "InProgress":
            raise bad("INVALIDJOBSTATE", "a job that works cannot be deleted")
        del self._jobs[job.id]

    def state(self, job: IngestJob) -> str:
        """Where a job stands now."""
        return job.state(self._org.clock.now_ms())

    def listed(self) -> list[JSON]:
        """Every job."""
        return [self.shown(job) for job in self._jobs.values()]

    def shown(self, job: IngestJob, *, fully: bool = False) -> JSON:
        """A job as its status shows it. `JobComplete` may still hold failures: they are counted."""
        said: dict[str, JSON] = {
            "id": job.id,
            "operation": job.operation,
            "object": job.object,
            "createdById": self._org.integration_user,
            "createdDate": rest_text(job.created_ms),
            "systemModstamp": rest_text(self._org.now_ms),
            "state": self.state(job),
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(job.version),
            "contentUrl": f"services/data/v{job.version}/jobs/ingest/{job.id}/batches",
            "lineEnding": job.line_ending,
            "columnDelimiter": job.delimiter,
        }
        if job.key:
            said["externalIdFieldName"] = job.key
        if not fully:
            return said
        is_told = self.state(job) == "JobComplete"
        counts: dict[str, JSON] = {
            "numberRecordsProcessed": len(job.done) + len(job.failed) if is_told else 0,
            "numberRecordsFailed": len(job.failed) if is_told else 0,
        }
        return {
            **said,
            "jobType": "V2Ingest",
            **counts,
            "retries": 0,
            "totalProcessingTime": 0,
            "apexProcessingTime": 0,
        }
