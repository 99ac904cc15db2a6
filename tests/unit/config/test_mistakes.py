"""Every mistake has its own message: where, what, the nearest known name, and what to do."""

from __future__ import annotations

import pytest

from tests.unit.config.conftest import Mistakes
from tests.unit.config.world import GOOD

#: (what is written in GOOD, what is written instead, line:column, path, part of the message, part of the hint)
ONE_MISTAKE = {
    "typo in a section": ("timezone:", "timezon:", "1:1", "timezon", "is no known key", "did you mean timezone?"),
    "typo in a key of a connection": (
        "overlap: 5m", "rate_limt: 5", "6:5", "connections.crm.rate_limt", "is no known key", "did you mean rate_limit?",
    ),
    "typo in one of the core's keys of a connection": (
        "every: 10m", "evry: 10m", "8:5", "connections.crm.evry", "is no known key", "did you mean every?",
    ),
    "text for a number": (
        "overlap: 5m", "rate_limit: fast", "6:17", "connections.crm.rate_limit", 'needs a whole number, got "fast"', None,
    ),
    "number out of bounds": (
        "overlap: 5m", "rate_limit: 0", "6:17", "connections.crm.rate_limit", "needs 1 or more, got 0", None,
    ),
    "word out of a list": (
        "overlap: 5m", "region: ue", "6:13", "connections.crm.region", 'needs one of eu, us, got "ue"', None,
    ),
    "number for a text": (
        "overlap: 5m", "base_url: 5", "6:15", "connections.crm.base_url", "needs text, got 5", "put it in quotes",
    ),
    "mapping for a text": (
        "overlap: 5m", "base_url: {a: b}", "6:15", "connections.crm.base_url", "needs text, got a mapping", None,
    ),
    "duration without a unit": ("overlap: 5m", "overlap: 5", "6:14", "connections.crm.overlap", "needs a unit", None),
    "duration in words": ("every: 10m", "every: 10 min", "8:12", "connections.crm.every", "did you mean 10m?", None),
    "missing key": ("token: env:CRM_TOKEN", "region: eu", "4:5", "connections.crm.token", "is missing", "private app token"),
    "literal secret": (
        "env:CRM_TOKEN", "pat-eu1-12345678", "5:12", "connections.crm.token", "a secret may not stand", "write env:NAME",
    ),
    "secret whose variable is not set": (
        "env:CRM_TOKEN", "env:CRM_TOKN", "5:12", "connections.crm.token", "variable CRM_TOKN is not set", ".env",
    ),
    "secret in a file that is not there": (
        "env:CRM_TOKEN", "file:nowhere", "5:12", "connections.crm.token", "cannot be read: No such file", None,
    ),
    "literal secret in a list of secrets": (
        "overlap: 5m", "more: {a: hunter2}", "6:15", "connections.crm.more.a", "a secret may not stand", "env:NAME",
    ),
    "unknown connector": ("connector: crm", "connector: crmm", "4:16", "connections.crm.connector", "no connector crmm", "crm?"),
    "unknown stream": ("{owners:", "{ownrs:", "9:15", "connections.crm.streams.ownrs", "no stream ownrs", "owners?"),
    "customer list without a filter": (
        """{where: "type == 'Customer' and tier != 'free'"}""", "{}", "13:5", "identity.customers.crm",
        "the customer list needs a filter", "where: all",
    ),
    "customer list with a bare all": (
        """{where: "type == 'Customer' and tier != 'free'"}""", "all", "13:10", "identity.customers.crm", "needs `where:`",
        "crm: {where: all}",
    ),
    "customer list of an unknown connection": (
        "crm: {where:", "crmm: {where:", "13:5", "identity.customers.crmm", "no connection crmm", "did you mean crm?",
    ),
    "customer list of a connection without accounts": (
        "crm: {where:", "usage: {where:", "13:5", "identity.customers.usage", "brings no accounts", "CRM",
    ),
    "filter with an unknown column": (
        "type == 'Customer'", "typ == 'Customer'", "13:19", "identity.customers.crm.where", "typ is not known", "type?",
    ),
    "excluded account without a connection": (
        "crm:13", "13", "14:16", "identity.customers.exclude.0", "is no account of a connection", "crm:123",
    ),
    "unknown identity rule": (
        "[email_domain, domain]", "[email_domain, domian]", "15:25", "identity.rules.1", "no identity rule domian", "domain?",
    ),
    "unknown metric form": (
        "{count: ticket, where", "{cuont: ticket, where", "17:17", "metrics.urgent_open.cuont", "no metric form cuont", "count?",
    ),
    "unknown option of a form": (
        "window: 30d", "windw: 30d", "18:68", "metrics.missed.windw", "is no option of ratio", "window?",
    ),
    "unknown kind": ("nps: response", "nps: responses", "19:14", "metrics.nps", "of kind responses", "did you mean response?"),
    "where naming an unknown column": (
        "priority == 'urgent' and is_open", "priority == 'urgent' and is_opn", "17:65", "metrics.urgent_open",
        "is_opn is not known here", "did you mean is_open?",
    ),
    "where naming an unknown column inside a ratio": (
        "where: missed}", "where: misssed}", "18:42", "metrics.missed", "misssed is not known here", "did you mean missed?",
    ),
    "where comparing with a value there never is": (
        "priority == 'urgent'", "priority == 'urgnt'", "17:52", "metrics.urgent_open", "priority is never 'urgnt'", "'urgent'?",
    ),
    "column that does not exist": (
        "nps: {nps: response, window: 90d}", "nps: {avg: response.valu}", "19:23", "metrics.nps", "valu is not known", "value?",
    ),
    "unknown kind inside another form": (
        "{nps: response, window: 90d}", "{trend: {count: respnse}}", "19:24", "metrics.nps", "of kind respnse",
        "did you mean response?",
    ),
    "decay without a unit": (
        "{nps: response, window: 90d}", "{count: response, decay: {half_life: 30}}", "19:33", "metrics.nps.decay",
        "half_life needs a unit", None,
    ),
    "unknown field of peers": (
        "{nps: response, window: 90d}", "{percentile: {count: response}, peers: account.tyep}", "19:55", "metrics.nps",
        "tyep is not known here", "did you mean type?",
    ),
    "window without a unit": ("window: 90d", "window: 90", "19:32", "metrics.nps.window", "needs a unit", None),
    "unknown function metric": ("reopened\n", "reopend\n", "20:15", "metrics.back_again", "no metric form reopend", "reopened?"),
    "unknown model": ("model: weighted", "model: wieghted", "23:12", "scorecards.default.model", "no model wieghted", "weighted?"),
    "unknown metric in a scorecard": (
        "signals: {nps:", "signals: {nsp:", "26:37", "scorecards.default.groups.voice.signals.nsp", "no metric nsp", "nps?",
    ),
    "unknown shape": (
        "{bad: -50, good: 50,", "{shape: liner, bad: -50, good: 50,", "26:50",
        "scorecards.default.groups.voice.signals.nps.shape", "no shape liner", "did you mean linear?",
    ),
    "half a shape": (
        "{bad: -50, good: 50,", "{bad: -50,", "26:42", "scorecards.default.groups.voice.signals.nps", "no good:", "two ends",
    ),
    "band that no score reaches": (
        "healthy: 75}", "healthy: 175}", "27:48", "scorecards.default.bands.healthy", "no score from 0 to 100 reaches it", None,
    ),
    "scores without a band": (
        "critical: 0,", "critical: 10,", "27:23", "scorecards.default.bands.critical", "from 0 to 10 are in no band", "critical: 0",
    ),
    "weights of nothing": ("{weight: 40,", "{weight: -1,", "25:25", "scorecards.default.groups.support.weight", "0 or more", None),
    "trigger naming an unknown band": (
        "band == 'critical'", "band == 'critcal'", "31:20", "triggers.went_critical.when", "never 'critcal'", "'critical'?",
    ),
    "trigger naming an unknown metric": (
        "urgent_open > 1", "urgent_opn > 1", "31:35", "triggers.went_critical.when", "urgent_opn is not known", "urgent_open?",
    ),
    "text with an unknown field": (
        '"{name}: {why}"', '"{name}: {wy}"', "32:21", "triggers.went_critical.text", "{wy} is no field", "did you mean why?",
    ),
    "unknown action": ("log: {}", "lgo: {}", "33:5", "triggers.went_critical.lgo", "no action lgo", "did you mean log?"),
    "unknown key of an action": (
        "format: slack", "formt: slack", "34:31", "triggers.went_critical.webhook.formt", "is no known key", "format?",
    ),
    "publishing to an unknown connection": (
        "crm: {approve", "crmm: {approve", "37:3", "publish.crmm", "no connection crmm", "did you mean crm?",
    ),
    "publishing to a source": ("crm: {approve", "usage: {approve", "37:3", "publish.usage", "is not written to", "CRM"),
    "unknown standard field": (
        "approve: auto", "fields: [helth]", "37:18", "publish.crm.fields.0", "no standard field helth", "did you mean health?",
    ),
    "two fields in one": (
        "approve: auto", "fields: {health: h, why: h}", "37:34", "publish.crm.fields.why", "h takes health already", None,
    ),
    "crontab with a slip": ("0 3 * * 0", "0 25 * * 0", "38:42", "schedule.sweep", "'25' is no hour", "five fields"),
    "share beyond all": ("20%", "200%", "39:26", "safety.max_band_flips", "needs a share", None),
    "literal address of a webhook": ("notify: env:SLACK", "notify: https://h/x", "40:9", "notify", "a secret may not stand", None),
    "unknown time zone": ("Europe/Prague", "Europe/Prag", "1:11", "timezone", "no time zone Europe/Prag", "Europe/Prague?"),
    "no default scorecard": ("  default:\n", "  main:\n", "22:3", "scorecards.default", "is missing", "rename main to default"),
    "key written twice": ("  nps: {nps", "  missed: {nps", "19:3", "metrics.missed", "there twice, first in line 18", "one"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "instead", "place", "path", "message", "hint"), ONE_MISTAKE.values(), ids=ONE_MISTAKE.keys()
)
def test_one_mistake_is_reported_with_place_and_cure(
    mistakes: Mistakes, written: str, instead: str, place: str, path: str, message: str, hint: str | None
) -> None:
    assert written in GOOD
    problem = mistakes(GOOD.replace(written, instead, 1))[0]
    assert f"{problem.line}:{problem.column}" == place, problem
    assert problem.path == path
    assert message in problem.message
    assert (hint or "") in (problem.hint or "")


def test_every_mistake_is_reported_at_once(mistakes: Mistakes) -> None:
    text = GOOD
    for written, instead in (
        ("timezone:", "timezon:"), ("env:CRM_TOKEN", "pat-123"), ("priority ==", "priorty =="), ("model: weighted", "model: x"),
        ("band == 'critical'", "band == 'critcal'"), ("pull: 15m", "pull: 15"), ("20%", "200%"),
    ):  # fmt: skip
        text = text.replace(written, instead, 1)
    assert [problem.line for problem in mistakes(text)] == [1, 5, 17, 23, 31, 38, 39]


def test_a_mistake_in_one_connection_does_not_hide_one_in_a_rule(mistakes: Mistakes) -> None:
    text = GOOD.replace("connector: crm", "connector: crmm").replace("type == 'Customer'", "typ == 'Customer'")
    assert [problem.path for problem in mistakes(text)] == ["connections.crm.connector", "identity.customers.crm.where"]


def test_an_extra_field_of_a_broken_connection_is_not_blamed(mistakes: Mistakes) -> None:
    assert [problem.path for problem in mistakes(GOOD.replace("connector: crm", "connector: crmm"))] == [
        "connections.crm.connector"
    ]


SECRET = "pat-na1-0123456789abcdef"


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("token: env:CRM_TOKEN", f"token: {SECRET}"),
        ("token: env:CRM_TOKEN", f"tokn: {SECRET}"),
        ("token: env:CRM_TOKEN", f"token: [{SECRET}]"),
        ("token: env:CRM_TOKEN", f"token: {{value: {SECRET}}}"),
        ("token: env:CRM_TOKEN", f"token: env:{SECRET}"),
        ("overlap: 5m", f"region: {SECRET}"),
        ("overlap: 5m", f"rate_limit: {SECRET}"),
        ("overlap: 5m", f"accounts: {SECRET}"),
        ("url: env:SLACK", f"url: https://hooks.example.com/{SECRET}"),
        ("notify: env:SLACK", f"notify: {SECRET}"),
        ("timezone: Europe/Prague", f"store: postgresql://hub:{SECRET}@db/hub"),
    ],
)
def test_a_secret_in_the_file_is_never_printed(mistakes: Mistakes, written: str, instead: str) -> None:
    problems = mistakes(GOOD.replace(written, instead, 1))
    assert problems
    assert not any(SECRET in str(problem) or SECRET in repr(problem) for problem in problems)


def test_a_connection_named_like_a_word_of_identity_is_refused(mistakes: Mistakes) -> None:
    text = GOOD.replace("  usage: {connector", "  exclude: {connector")
    assert mistakes(text)[0].path == "connections.exclude"


def test_two_connections_may_not_disagree_about_an_extra_field(mistakes: Mistakes) -> None:
    text = GOOD.replace(
        "  usage:", "  other: {connector: crm, token: env:CRM_TOKEN, accounts: {mrr: x, tier: y, id: z}}\n  usage:"
    )
    assert [problem.message for problem in mistakes(text)] == ["account has a column id already"]


def test_the_reason_of_an_empty_variable_is_said(mistakes: Mistakes) -> None:
    problem = mistakes(GOOD, environ={"CRM_TOKEN": "", "SLACK": "https://hooks.example.com"})[0]
    assert "CRM_TOKEN is empty" in problem.message
