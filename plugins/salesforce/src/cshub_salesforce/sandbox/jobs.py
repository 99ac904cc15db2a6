"""Bulk query jobs: what each was asked, how far it has come by the clock, and the lines it found."""

from __future__ import annotations

from dataclasses import dataclass

from cshub.testing.sandbox import JSON

from .ids import ALPHABET, check_of
from .org import Org
from .refusals import Refused, bad, not_found, refused
from .times import DAY_MS, rest_text

KEPT_DAYS = 7
#: The share of a job's time after which its work has begun.
BEGINS = 0.25


@dataclass(slots=True, kw_only=True)
class Job:
    """A job; its lines are found when it is made, and given out when it is complete."""

    id: str
    operation: str
    object: str
    version: str
    delimiter: str
    line_ending: str
    created_ms: int
    complete_ms: int
    lines: list[str]
    header: str
    failure: str = ""
    aborted: bool = False

    def state(self, now_ms: int) -> str:
        """Where it stands."""
        if self.aborted:
            return "Aborted"
        if now_ms < self.created_ms + (self.complete_ms - self.created_ms) * BEGINS:
            return "UploadComplete"
        if now_ms < self.complete_ms:
            return "InProgress"
        return "Failed" if self.failure else "JobComplete"


class Jobs:
    """The jobs of the last seven days."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs: dict[str, Job] = {}

    def new_id(self) -> str:
        """The id of a job to be made."""
        short = "750WX0" + "".join(self._org.random.choices(ALPHABET, k=9))
        return short + check_of(short)

    def add(self, job: Job) -> None:
        """Take a job in."""
        self._jobs[job.id] = job

    def find(self, job_id: str, version: str) -> Job:
        """The job of that id. Raises Refused with 404, and with 409 when it was made with another version."""
        job = self._jobs.get(job_id)
        if job is None or job.created_ms < self._org.clock.now_ms() - KEPT_DAYS * DAY_MS:
            raise not_found()
        if job.version != version:
            raise refused(409, "API_VERSION_MISMATCH", f"the job was made with version {job.version}, not {version}")
        return job

    def abort(self, job: Job) -> None:
        """Stop a job that still runs. Raises Refused."""
        if self.state(job) not in ("UploadComplete", "InProgress"):
            raise _wrong_state(f"a job that is {self.state(job)} cannot be aborted")
        job.aborted = True

    def drop(self, job: Job) -> None:
        """Forget a job that has ended. Raises Refused."""
        if self.state(job) in ("UploadComplete", "InProgress"):
            raise _wrong_state("a job that runs cannot be deleted: abort it first")
        del self._jobs[job.id]

    def state(self, job: Job) -> str:
        """Where a job stands now."""
        return job.state(self._org.clock.now_ms())

    def listed(self) -> list[JSON]:
        """Every job, as the list of jobs shows them."""
        return [self.shown(job) for job in self._jobs.values()]

    def shown(self, job: Job, *, fully: bool = False) -> JSON:
        """A job as its status shows it; how many records it has is told when it is asked for by its id."""
        state = self.state(job)
        said: dict[str, JSON] = {
            "id": job.id,
            "operation": job.operation,
            "object": job.object,
            "createdById": self._org.integration_user,
            "createdDate": rest_text(job.created_ms),
            "systemModstamp": rest_text(min(self._org.clock.now_ms(), job.complete_ms)),
            "state": state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(job.version),
            "lineEnding": job.line_ending,
            "columnDelimiter": job.delimiter,
        }
        if not fully:
            return said
        done: dict[str, JSON] = {
            "numberRecordsProcessed": len(job.lines) if state == "JobComplete" else 0,
            "retries": 0,
        }
        if state == "Failed":
            done["errorMessage"] = job.failure
        return {**said, "jobType": "V2Query", **done, "totalProcessingTime": job.complete_ms - job.created_ms}


def _wrong_state(message: str) -> Refused:
    return bad("INVALIDJOBSTATE", message)
