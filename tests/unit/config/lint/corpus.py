"""Broken scorecards: each is the sound one below with one fault, and the mark ▸ stands where the fault has to be told."""

from __future__ import annotations

from typing import NamedTuple

SOUND = """\
connections:
  crm:
    connector: hubspot
    token: env:HUBSPOT_TOKEN
    surveys: true
    accounts: {external_id: customer_id, mrr: mrr, tier: tier, seats: {property: seats, type: integer}}
    contacts: {last_seen_at: notes_last_contacted}
    tickets: {first_reply_s: time_to_first_reply}
  usage:
    connector: file
    path: usage.csv
    kind: event
    key: id
    columns: {account.external_id: customer, name: name, at: at, missed: {column: missed, type: flag}}
identity: {customers: {crm: {where: "stage == 'customer'"}}}
metrics:
  urgent_open: {count: ticket, where: "is_open and priority == 'urgent'"}
  open_tickets: {count: ticket, where: is_open}
  missed_share: {ratio: [{count: event, where: missed}, {count: event}], window: 30d}
  days_silent: {days_since: contact.last_seen_at}
  nps: {nps: response}
  csat: {csat: response}
  reply: {avg: ticket.first_reply_s, window: 90d}
  mrr: {value: account.mrr}
  priority: {latest: ticket.priority}
  waiting: {latest: ticket.is_open}
scorecards:
  default:
    model: weighted
    groups:
      support:
        weight: 50
        signals:
          urgent_open: {weight: 30, tiers: [[-1, 0, 100], [0, 2, 50], [2, 1000, 0]]}
          open_tickets: {weight: 20, bad: 8, good: 0, because: "tickets open: {value}"}
          reply: {weight: 20, bad: 86400, good: 3600}
          priority: {weight: 10, values: {low: 100, normal: 80, high: 30, urgent: 0}}
          waiting: {weight: 20, values: {true: 0, false: 100}}
      voice:
        weight: 30
        signals:
          nps: {weight: 50, bad: -50, good: 50}
          csat: {weight: 50, bad: 50, good: 90}
      use:
        weight: 20
        signals:
          missed_share: {weight: 40, bad: 0.3, good: 0.05}
          days_silent: {weight: 40, bad: 90, good: 14, because: "silent since {date}"}
          mrr: {weight: 20, bad: 100, good: 5000}
    bands: {critical: 0, at_risk: 40, healthy: 70}
    hysteresis: {margin: 3, dwell: 2d}
triggers:
  fell: {when: "band == 'critical' and urgent_open > 1 and coverage > 0.5", log: {}}
publish:
  crm: {fields: standard}
"""
_BANDS = "bands: {critical: 0, at_risk: 40, healthy: 70}"
_WHEN = "\"band == 'critical' and urgent_open > 1 and coverage > 0.5\""


class Fault(NamedTuple):
    """`old` becomes `new`; `message` is part of what is said. `stops` says that the configuration cannot be used with it."""

    old: str
    new: str
    message: str
    stops: bool = False


def _between(start: str, end: str) -> str:
    """The sound text from one place up to another."""
    return SOUND[SOUND.index(start) : SOUND.index(end)]


def _when(rule: str, message: str, *, stops: bool = True) -> Fault:
    return Fault(_WHEN, rule, message, stops)


def _signals(model: str, signals: str, bands: str, message: str, *, stops: bool = False) -> Fault:
    """A card of a few signals instead of the groups."""
    return Fault(
        _between("    model:", "triggers:"),
        f"    model: {model}\n    signals: {{{signals}}}\n    {bands}\n",
        message,
        stops,
    )


_FLAT = "urgent_open: {bad: 5, good: 0}, nps: {bad: -50, good: 50}"

CORPUS = {
    # weights
    "all weights of a group are 0": Fault(
        "weight: 30\n        signals:\n          nps: {weight: 50, bad: -50, good: 50}\n          csat: {weight: 50,",
        "▸weight: 30\n        signals:\n          nps: {weight: 0, bad: -50, good: 50}\n          csat: {weight: 0,",
        "all weights are 0", True,
    ),
    "all weights of a card are 0": Fault(
        _between("model: weighted", "    bands:"), "▸model: weighted\n    signals: {nps: {weight: 0, bad: -50, good: 50}}\n",
        "all weights are 0", True,
    ),
    "one signal is the score": _signals(
        "weighted", "nps: {weight: ▸95, bad: -50, good: 50}, csat: {weight: 5, bad: 50, good: 90}", _BANDS,
        "95% of the weight",
    ),
    "one signal of one group is the score": Fault(
        "weight: 30\n        signals:\n          nps: {weight: 50, bad: -50, good: 50}\n          csat: {weight: 50,",
        "weight: 9000\n        signals:\n          nps: {weight: ▸99, bad: -50, good: 50}\n          csat: {weight: 1,",
        "98% of the weight",
    ),
    "strict weights that are no hundred": Fault(
        "model: weighted\n    groups:\n      support:\n        weight: 50",
        "▸model: weighted\n    strict: true\n    groups:\n      support:\n        weight: 45", "the weights sum to 95", True,
    ),
    # rules that never hold
    "a tier above the highest NPS": Fault(
        "nps: {weight: 50, bad: -50, good: 50}", "nps: {weight: 50, tiers: [[-100, 0, 0], [0, 100, 50], ▸[100, 200, 100]]}",
        "the tier from 100 to 200 is out of reach: nps is a number from -100 to 100",
    ),
    "a tier below no ticket at all": Fault(
        "tiers: [[-1, 0, 100],", "tiers: [▸[-9, -1, 90], [-1, 0, 100],", "the tier from -9 to -1 is out of reach"
    ),
    "a tier between two whole numbers": Fault(
        "[[-1, 0, 100], [0, 2, 50],", "[[-1, 0.2, 100], ▸[0.2, 0.8, 90], [0.8, 2, 50],",
        "urgent_open is a whole number of 0 or more",
    ),
    "a gap between tiers": Fault(
        "urgent_open: {weight: 30, tiers: [[-1, 0, 100], [0, 2, 50], [2,",
        "urgent_open: ▸{weight: 30, tiers: [[-1, 0, 100], [0, 2, 50], [3,", "it must begin where", True,
    ),
    "a category the field never has": Fault(
        "urgent: 0}", "▸urgnt: 0}", "the category urgnt is out of reach: priority is one of high, low, normal, urgent", True
    ),
    "a category that is no yes and no no": Fault("false: 100", "false: 100, ▸maybe: 50", "the category maybe", True),
    "a word for a number": Fault(
        "open_tickets: {weight: 20, bad: 8, good: 0,", "open_tickets: {weight: 20, values: {0: 100, ▸many: 0},",
        "the category many is out of reach: open_tickets is a whole number", True,
    ),
    "half a ticket": Fault(
        "open_tickets: {weight: 20, bad: 8, good: 0,", "open_tickets: {weight: 20, values: {0: 100, ▸0.5: 50},",
        "the category 0.5", True,
    ),
    "a score above the scale": _when("\"▸score > 100\"", "can never be true: score cannot be"),
    "two bands at once": _when("\"▸band == 'critical' and band == 'healthy'\"", "can never be true: band cannot be"),
    "fewer than no tickets": _when("\"▸urgent_open < 0\"", "can never be true: urgent_open"),
    "between two whole numbers": _when("\"▸urgent_open > 1 and urgent_open < 2\"", "can never be true: urgent_open"),
    "coverage in percent": _when("\"▸coverage > 60\"", "can never be true: coverage"),
    "coverage in percent, for everybody": _when("\"▸coverage < 60\"", "is true for every customer", stops=False),
    "NPS beyond its scale in one of two ways": _when("\"▸nps > 100 or nps < -100\"", "can never be true: nps"),
    "a value and none": _when("\"▸nps > 0 and nps is None\"", "can never be true: nps"),
    "another scorecard": _when("\"▸scorecard == 'enterprise'\"", "can never be true: scorecard"),
    "no band of any card": _when("\"band == ▸'red'\"", "band is never 'red'"),
    "a category that is never read": _when("\"▸priority == 'blocker'\"", "can never be true: priority"),
    "open and not open": Fault("where: is_open}", "where: \"▸is_open and not is_open\"}", "takes no row, ever", True),
    "two priorities": Fault(
        "is_open and priority == 'urgent'", "▸priority == 'high' and priority == 'urgent'", "takes no row, ever", True
    ),
    "a connection that brings no such rows": Fault(
        "is_open and priority == 'urgent'", "is_open and ▸connection == 'usage'", "connection cannot be", True
    ),
    "answers of another survey": Fault(
        "nps: {nps: response}", "nps: {nps: response, where: \"▸metric == 'csat'\"}", "metric cannot be", True
    ),
    "answers beyond their scale": Fault(
        "nps: {nps: response}", "nps: {nps: response, where: \"▸value > 10\"}", "value cannot be", True
    ),
    "a rule without any name": Fault("where: is_open}", "where: \"▸1 > 2\"}", "takes no row, ever", True),
    "a capital in small letters": Fault(
        "stage == 'customer'", "lower(▸stage) == 'Customer'", "lets nobody in: stage cannot be", True
    ),
    "a customer list for nobody": Fault(
        "stage == 'customer'", "▸mrr > 100 and mrr <= 100", "lets nobody in: mrr", True
    ),
    # bands
    "a band above all points": _signals(
        "weighted", "urgent_open: {tiers: [[-1, 0, 70], [0, 1000, 0]]}, waiting: {values: {true: 0, false: 60}}",
        "bands: {critical: 0, at_risk: 40, healthy: ▸75}", "no score can be in healthy: scores go from 0 to 70",
    ),
    "a band below all points": _signals(
        "weighted", "urgent_open: {tiers: [[-1, 0, 100], [0, 1000, 50]]}, waiting: {values: {true: 45, false: 90}}",
        "bands: {critical: ▸0, at_risk: 40, healthy: 70}", "no score can be in critical: scores go from 45 to 100",
    ),
    "points that never suffice": _signals(
        "additive", "urgent_open: {tiers: [[-1, 0, 1], [0, 1000, -5]]}, waiting: {values: {true: -1, false: 0.5}}",
        "bands: {critical: 0, at_risk: 4, healthy: ▸8}", "no score can be in healthy: scores go from 0 to 7",
    ),
    "two bands at one edge": Fault(_BANDS, "bands: {critical: 0, at_risk: 40, healthy: ▸40}", "begins where", True),
    "a band beyond the scale": Fault(_BANDS, "bands: {critical: 0, at_risk: 40, healthy: ▸170}", "reaches it", True),
    "a margin that nobody can climb over": Fault(
        _BANDS + "\n    hysteresis: {margin: 3", "bands: {critical: 0, at_risk: 40, healthy: 98}\n    hysteresis: {margin: ▸3",
        "nobody can climb into healthy", True,
    ),
    "a margin that nobody can fall through": Fault(
        _BANDS + "\n    hysteresis: {margin: 3", "bands: {critical: 0, at_risk: 2, healthy: 70}\n    hysteresis: {margin: ▸3",
        "nobody can fall out of at_risk", True,
    ),
    # metrics
    "a metric that nothing uses": Fault("metrics:\n", "metrics:\n  ▸lonely: {count: deal}\n", "is used by nothing"),
    "a metric named like the score's own": Fault(
        "metrics:\n", "metrics:\n  ▸coverage: {count: deal}\n", "which means the score's own"
    ),
    "a metric that asks for itself": Fault("where: is_open}", "where: \"▸open_tickets > 3\"}", "open_tickets is not known", True),
    "a score that feeds on itself": Fault(
        "mrr: mrr,", "mrr: ▸cshub_health_score,", "the signal mrr reads it: the score would feed on itself", True
    ),
    "a field that no connection maps": Fault("{value: account.mrr}", "{value: account.▸arr}", "arr is not known here", True),
    "a column that no connection fills": Fault(
        _between("mrr: mrr, ", "mrr}\n  priority"), _between("tier: tier", "mrr}\n  priority") + "▸",
        "no connection fills account.mrr",
    ),
    "rows that no connection brings": Fault(
        _between("    surveys: true\n", "nps: {nps"), _between("    accounts:", "nps: {nps") + "▸",
        "no connection brings rows of the kind response",
    ),
    # units
    "percent of a share": Fault("bad: 0.3, good: 0.05", "bad: ▸30, good: 0.05", "30 is out of reach"),
    "the scale of one answer for NPS": Fault("bad: -50, good: 50", "bad: ▸0, good: 10", "the scale of a single answer"),
    "the scale of one mark for CSAT": Fault("bad: 50, good: 90", "bad: ▸1, good: 5", "the scale of a single answer"),
    "hours for seconds": Fault("bad: 86400, good: 3600", "bad: ▸24, good: 1", "is in seconds, and this looks like hours"),
    "a count for money": Fault("bad: 100, good: 5000", "bad: ▸0, good: 5", "is money, and this looks like a count"),
    "money for a count": Fault("bad: 8, good: 0", "bad: ▸5000, good: 0", "is much for a count of ticket rows"),
    "seconds for days": Fault("bad: 90, good: 14", "bad: ▸7776000, good: 1209600", "gives days, and this looks like seconds"),
    "NPS beyond its scale": Fault("bad: -50, good: 50", "bad: -50, good: ▸150", "150 is out of reach"),
    # directions, and signals that say nothing
    "NPS the wrong way round": Fault("bad: -50, good: 50", "bad: ▸50, good: -50", "of nps, more is better"),
    "silence the wrong way round": Fault("bad: 90, good: 14", "bad: ▸14, good: 90", "of days_silent, less is better"),
    "waiting the wrong way round": Fault("bad: 86400, good: 3600", "bad: ▸3600, good: 86400", "of reply, less is better"),
    "always the same points": Fault("bad: 8, good: 0,", "bad: 0, good: ▸-5,", "-5 is out of reach"),
    "all categories alike": Fault(
        "waiting: {weight: 20, values: {true: 0, false: 100}}", "▸waiting: {weight: 20, values: {true: 50, false: 50}}",
        "gives 50 points whatever the value",
    ),
    "a reason with an unknown field": Fault(
        "tickets open: {value}\"", "tickets open: ▸{count}\"", "{count} is no field of a reason"
    ),
}  # fmt: skip
