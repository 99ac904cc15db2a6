"""Handing alerts to their actions: at least once, under a key that stays the same, one failure never stopping the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ...config import ActionUse, Trigger, fill
from ...errors import CshubError
from ...hookspecs import ActionContext
from ...model import AlertNotice, SavedScore
from ...store import Lease, Store
from ...store.alerts import Owed
from .patience import Hung, patiently
from .watch import text_fields

#: A delivery is given up after so many runs, but not before so much time: a receiver may be down for a weekend.
ATTEMPTS = 10
GIVE_UP_AFTER = timedelta(days=3)
#: After so many failures one after the other, the other alerts of that action wait for the next run.
IN_A_ROW = 3
#: How long one delivery may take, in seconds.
PATIENCE_S = 90.0


@dataclass(slots=True, kw_only=True)
class _Line:
    """What is owed to one action of one trigger, and how it goes."""

    use: ActionUse
    failed_in_a_row: int = 0
    hung: bool = False
    waiting: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def is_down(self) -> bool:
        """True when the action is not worth another try in this run."""
        return self.hung or self.failed_in_a_row >= IN_A_ROW

    def told(self) -> list[str]:
        """A sentence for each failure; the last one says how many alerts were not tried."""
        if not self.waiting or not self.failures:
            return self.failures
        more = "1 more alert waits" if self.waiting == 1 else f"{self.waiting} more alerts wait"
        return [*self.failures[:-1], f"{self.failures[-1]} ({more})"]


def deliver(
    store: Store,
    triggers: Sequence[Trigger],
    context: ActionContext,
    *,
    now: datetime,
    lease: Lease,
    clean: Callable[[str], str] = str,
    patience_s: float = PATIENCE_S,
) -> tuple[int, list[str]]:
    """Make every delivery that is owed; how many succeeded, and a sentence for each that did not.

    What fails is tried again at the next run, ten times or three days long, whichever is more. An action that hangs is left alone
    after `patience_s`. `clean` takes secrets out of messages. Raises LeaseLost.
    """
    lines = {(trigger.name, use.action.name): _Line(use=use) for trigger in triggers for use in trigger.actions}
    done = 0
    for owed in store.alerts.owed(ATTEMPTS, now - GIVE_UP_AFTER):
        line = lines.get((owed.alert.trigger, owed.action))
        if line is None:  # the action was taken out of the configuration
            continue
        if line.is_down:
            line.waiting += 1
            continue
        message, error = _carry_out(line.use, _notice(store, line.use, owed), context, patience_s)
        message = clean(message)
        store.alerts.settle(owed, done=error is None, message=message, now=now, lease=lease)
        done += error is None
        line.failed_in_a_row = 0 if error is None else line.failed_in_a_row + 1
        line.hung = isinstance(error, Hung)
        if error is not None:
            line.failures.append(f"{owed.action} for {owed.customer_name}: {message}")
    return done, [failure for line in lines.values() for failure in line.told()]


def _carry_out(
    use: ActionUse, notice: AlertNotice, context: ActionContext, patience_s: float
) -> tuple[str, BaseException | None]:
    """What the action said, or what went wrong, and the error in that case."""
    try:
        return str(patiently(lambda: use.action.deliver(notice, use.settings, context), patience_s)), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a plugin's action may raise anything, SystemExit too, and the others still count
        return _words(error), error


def _words(error: BaseException) -> str:
    """An expected failure says enough by itself; of any other the kind is said as well."""
    return str(error) if isinstance(error, (CshubError, Hung)) else f"{type(error).__name__}: {error}"


def _notice(store: Store, use: ActionUse, owed: Owed) -> AlertNotice:
    score = store.scores.in_force(owed.alert.customer)
    fields = _fields(owed, score)
    return AlertNotice(
        key=f"{owed.alert.trigger}-{owed.alert.number}",
        trigger=owed.alert.trigger,
        customer=owed.alert.customer,
        customer_name=owed.customer_name,
        text=fill(use.text, fields),
        opened_at=owed.alert.opened_at,
        evidence=owed.alert.evidence,
        fields=fields,
    )


def _fields(owed: Owed, score: SavedScore | None) -> Mapping[str, str]:
    if score is None:
        return {"name": owed.customer_name, "customer": owed.alert.customer, "trigger": owed.alert.trigger}
    return text_fields(owed.alert.trigger, owed.customer_name, score)
