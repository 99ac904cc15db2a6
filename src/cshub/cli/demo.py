"""`cshub demo`: every stage against the vendor's double on this machine, with what came out of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from ..config import STANDARD_FIELDS, load
from ..engine import STAGES, Hub, Options, Surroundings, open_hub, run
from ..errors import CshubError
from ..http import SYSTEM_CLOCK
from ..model import RunReport, SavedScore, Value
from ..scoring.words import number, why
from .explanation import explain, lines
from .failure import exit_code
from .fields import provision, vendor_names
from .invocation import Command, Invocation, pass_invocation
from .logs import configure
from .output import count, heading, say, shortened, show, show_table
from .sandboxes import RunningSandbox, start_sandbox
from .summary import lines as report_lines
from .tutorial import tutorial

#: Customers shown in the list of those most at risk.
SHOWN = 8


@click.command(cls=Command, short_help="See everything work, without credentials or network.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="of the HubSpot double  [a free one]")
@click.option("--customers", type=click.IntRange(min=10), default=500, show_default=True, help="of the made-up company")
@click.option("--keep", is_flag=True, help="keep the files and the double until Ctrl-C, to try the other commands")
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, *, port: int, customers: int, keep: bool) -> None:
    r"""See everything work on this machine: no credentials, no network, nothing of yours is touched.

    Starts HubSpot's double with a made-up company, runs every stage by the tutorial configuration, and shows the customers
    most at risk with the reasons, a CRM record before and after, and that a second run finds nothing to do.

    \b
    cshub demo
    cshub demo --keep            then, in another terminal, what it says at its end
    """
    began = SYSTEM_CLOCK.monotonic()
    configure(quiet=True)  # each alert is a warning, and the run's own lines count them
    start = start_time(SYSTEM_CLOCK.now())
    with start_sandbox("hubspot", port=port, customers=customers, start=start) as sandbox, folder(keep=keep) as place:
        say(f"a made-up HubSpot account with {count(customers)} customers answers at {sandbox.served.url}")
        with demo_hub(invocation, place, sandbox, start - SYSTEM_CLOCK.now()) as hub:
            code = play(hub)
        show()
        show(f"All of it took {SYSTEM_CLOCK.monotonic() - began:.1f} s. " + _what_next(place, keep=keep))
        if keep:
            say("HubSpot's double goes on answering; Ctrl-C ends it")
            sandbox.wait()
    context.exit(code)


def start_time(now: datetime) -> datetime:
    """Now, but never so close to the next hour that the second run belongs to it: a score is about an hour."""
    return now - timedelta(minutes=5) if now.minute >= 57 else now


@contextmanager
def folder(*, keep: bool) -> Iterator[Path]:
    """A folder of the demo's own, gone afterwards unless it is kept."""
    place = Path(tempfile.mkdtemp(prefix="cshub-demo-"))
    try:
        yield place
    finally:
        if not keep:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def demo_hub(invocation: Invocation, place: Path, sandbox: RunningSandbox, offset: timedelta) -> Iterator[Hub]:
    """The tutorial configuration at work in its own folder; `.env` leads the other commands to the sandbox."""
    (place / "cshub.yaml").write_text(tutorial(), encoding="utf-8")
    (place / ".env").write_text("".join(f"{k}={v}\n" for k, v in sandbox.environ.items()), encoding="utf-8")
    inherited = {name: value for name, value in invocation.environ.items() if not name.startswith("CSHUB_")}
    config = load(invocation.config or place / "cshub.yaml", environ={**inherited, **sandbox.environ})
    with open_hub(config, Surroundings(clock=ShiftedClock(offset))) as hub:
        yield hub


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """The machine's clock, set back or forward."""

    offset: timedelta

    def now(self) -> datetime:
        """The shifted time of day."""
        return SYSTEM_CLOCK.now() + self.offset

    def monotonic(self) -> float:
        """The machine's own."""
        return SYSTEM_CLOCK.monotonic()

    def sleep(self, seconds: float) -> None:
        """The machine's own."""
        SYSTEM_CLOCK.sleep(seconds)


def play(hub: Hub) -> int:
    """The demo itself; its exit code."""
    for connection in hub.config.publish:
        made = provision(hub, connection)
        say(f"created {sum(one.state == 'created' for one in made)} fields in {connection}")
    first = run(hub, ("pull", "link", "score", "act"), command="demo", options=Options(wait_s=5))
    _show_run("1. Pull, link, score", first)
    worst = hub.store.scores.most_at_risk(SHOWN)
    if not worst:
        raise CshubError("nobody was scored", where="demo", hint="the lines above say what failed")
    _show_worst(hub, worst)
    name, score = worst[0]
    before = crm_fields(hub, score.customer)
    published = run(hub, ("publish",), command="demo", options=Options(wait_s=5))
    _show_run("2. Publish", published)
    _show_record(name, before, crm_fields(hub, score.customer))
    found = explain(hub.store, score.customer, name, hub.now())
    show(heading(f"\n3. Why {name} is where it is (`cshub explain {score.customer}`)\n"))
    for line in lines(found) if found else ():
        show(f"  {line}".rstrip())
    again = run(hub, STAGES, command="demo again", options=Options(wait_s=5))
    _show_run("4. A second run: the same facts, so nobody is scored and nothing is written", again)
    return max(map(exit_code, (first, published, again)))


def crm_fields(hub: Hub, customer: str) -> Mapping[str, Value]:
    """Our fields of a customer's record, read from the CRM over HTTP, past the store."""
    connection = next(iter(hub.config.publish))
    names = vendor_names(hub, connection)
    id = customer.partition(":")[2]
    destination = hub.connections.get(connection).destination()
    found = destination.read(hub.config.publish[connection].object, [id], list(names.values())).get(id, {})
    return {standard: found.get(name) for standard, name in names.items()}


def _show_run(title: str, report: RunReport) -> None:
    show(heading(f"\n{title}\n"))
    for line in report_lines(report):
        show(line)


def _show_worst(hub: Hub, worst: list[tuple[str, SavedScore]]) -> None:
    bands = hub.store.scores.count_bands()
    parts = ", ".join(f"{number_} {(band or 'not enough data').replace('_', ' ')}" for band, number_ in bands.items())
    show(heading("\nThe customers most at risk") + f"   (of all: {parts})")
    rows = [(name, number(score.micro), score.band, why(score)) for name, score in worst]
    show_table(("customer", "#score", "band", "why"), rows)


def _show_record(name: str, before: Mapping[str, Value], after: Mapping[str, Value]) -> None:
    show(heading(f"\nThe record of {name} in the CRM, read back from it") + "\n")
    rows = [(STANDARD_FIELDS[key].label, shortened(before.get(key)), shortened(after[key], 90)) for key in after]
    show_table(("field", "before", "after"), rows)


def _what_next(place: Path, *, keep: bool) -> str:
    if not keep:
        return "What to try next: `cshub demo --keep` leaves it all running, `cshub init` begins your own."
    path = place / "cshub.yaml"
    return f"In another terminal:\n\n  export CSHUB_CONFIG={path}\n  cshub status\n  cshub run\n"
