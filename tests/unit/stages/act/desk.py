"""A trigger over scored customers, and an action that remembers what it was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from cshub.config import SCORE_NAMES, ActionUse, Trigger
from cshub.errors import VendorTrouble
from cshub.expr import parse
from cshub.hookspecs import Action, ActionContext
from cshub.model import AlertNotice, Type
from cshub.stages.act import Watched, deliver, watch
from cshub.store.database import Lease, Record
from tests.unit.stages.score.scored import Scored

LEASE = Lease(name="act", token=1)
NAMES = {**SCORE_NAMES, "urgent_open": Type.NUMBER, "unseen": Type.NUMBER}


class NoSettings(BaseModel):
    pass


@dataclass
class Told:
    """An action that remembers what it was told, and fails while it is asked to."""

    notices: list[AlertNotice] = field(default_factory=list)
    failing: bool = False
    calls: int = 0

    def __call__(self, notice: AlertNotice, settings: BaseModel, context: ActionContext) -> str:
        self.calls += 1
        if self.failing:
            raise VendorTrouble("nobody answers")
        self.notices.append(notice)
        return "told"


def use(name: str, told: Any) -> ActionUse:
    """An action of that name."""
    action = Action(name=name, doc="", settings=NoSettings, deliver=told)
    return ActionUse(action=action, settings=NoSettings(), text="{name} is {band}: {urgent_open} urgent")


def trigger(told: Any, when: str = "score < 75", name: str = "low", **options: timedelta) -> Trigger:
    """A trigger with one action."""
    return Trigger(
        name=name,
        when=parse(when, names=NAMES),
        actions=(use("tell", told),),
        cooldown=options.get("cooldown", timedelta(days=14)),
        dwell=options.get("dwell", timedelta(0)),
    )


def look(scored: Scored, *triggers: Trigger) -> Watched:
    """Hold the changed scores against the triggers."""
    return watch(scored.world.store, triggers, run=1, as_of=scored.as_of, now=scored.as_of, lease=LEASE)


def hand_out(scored: Scored, *triggers: Trigger, patience_s: float = 5) -> tuple[int, list[str]]:
    """Make the deliveries that are owed."""
    return deliver(
        scored.world.store,
        triggers,
        None,  # type: ignore[arg-type]  # the actions here need no context
        now=scored.as_of,
        lease=LEASE,
        clean=lambda text: text.replace("hunter2", "[secret]"),
        patience_s=patience_s,
    )


def act(scored: Scored, *triggers: Trigger) -> Watched:
    """Both."""
    watched = look(scored, *triggers)
    hand_out(scored, *triggers)
    return watched


def set_tickets(scored: Scored, count: int, customer: str = "1") -> None:
    """So many of five tickets are urgent and open; then everybody due is scored."""
    for number in range(5):
        scored.ticket(f"{customer}-{number}", customer, is_open=number < count)
    scored.score()


def alerts(scored: Scored) -> list[Record]:
    """(customer, state) of every alert."""
    return scored.world.all("select customer, state from alert order by number")
