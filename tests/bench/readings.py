"""Readings of 100 000 customers beside the same aggregates written by hand in SQL: CPU seconds, and the ratio.

Run it as `python -m tests.bench.readings [CUSTOMERS]`. The hand-written statements know nothing of when an answer changes, of reasons, or
of several accounts; cshub's readings are everything that scoring reads, as values with their instants.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from cshub.builtin.metrics import register_metrics
from cshub.model import Query, QueryForm
from cshub.stages.score.answers import Ask, QueryAnswers
from cshub.store import Reader, open_store
from cshub.store.values import to_ms
from tests.bench.score_customers import AS_OF, DAY, fill

FORMS: Mapping[str, QueryForm] = {form.name: form for form in register_metrics()}
NOW = to_ms(AS_OF)
#: The twelve of `score_customers`, as people write them.
TWELVE: Mapping[str, tuple[str, object, Mapping[str, object]]] = {
    "urgent_open": ("count", "ticket", {"where": "priority == 'urgent' and is_open"}),
    "tickets": ("count", "ticket", {"window": "30d"}),
    "rating": ("avg", "ticket.rating", {"window": "90d"}),
    "last_ticket": ("days_since", "ticket.opened_at", {}),
    "calls": ("count", "event", {"where": "name == 'call'", "window": "30d"}),
    "logins": ("sum", "event.value", {"window": "30d"}),
    "nps": ("latest", "response.value", {"where": "metric == 'nps'"}),
    "answers": ("count", "response", {"window": "90d"}),
    "open_deals": ("sum", "deal.amount", {"where": "not is_closed"}),
    "people": ("count", "contact", {}),
    "mrr": ("value", "account.mrr", {}),
    "renewal": ("days_until", "account.renewal_date", {}),
}
BY_HAND = (
    f"""select customer, count(*) filter (where priority = 'urgent' and is_open),
    count(*) filter (where opened_at between {NOW - 30 * DAY} and {NOW}),
    avg(rating) filter (where opened_at between {NOW - 90 * DAY} and {NOW}),
    ({NOW} - max(opened_at) filter (where opened_at <= {NOW})) / {DAY}
    from ticket where not deleted and customer is not null group by customer order by customer""",
    f"""select customer, count(*) filter (where name = 'call' and at between {NOW - 30 * DAY} and {NOW}),
    sum(value) filter (where at between {NOW - 30 * DAY} and {NOW})
    from event where not deleted and customer is not null group by customer order by customer""",
    f"""select a.customer, l.value, a.n from (
        select customer, count(*) filter (where answered_at between {NOW - 90 * DAY} and {NOW}) as n
        from response where not deleted and customer is not null group by customer
    ) as a left join (
        select customer, value, row_number() over (partition by customer order by answered_at desc, connection, stream, id) as place
        from response where not deleted and metric = 'nps' and answered_at <= {NOW}
    ) as l on l.customer = a.customer and l.place = 1 order by a.customer""",
    """select customer, sum(amount) filter (where not is_closed)
    from deal where not deleted and customer is not null group by customer order by customer""",
    "select customer, count(*) from contact where not deleted and customer is not null group by customer order by customer",
    f"""select customer, min(mrr) filter (where connection = 'crm'),
    cast(julianday(min(renewal_date) filter (where connection = 'crm')) - 2440587.5 as integer) - {NOW // DAY}
    from account where not deleted and customer is not null group by customer order by customer""",
)
#: One metric of the family each, beside the twelve.
FAMILY: Mapping[str, tuple[str, object, Mapping[str, object]]] = {
    "decayed count": ("count", "event", {"decay": {"half_life": "30d"}}),
    "decayed sum": ("sum", "event.value", {"decay": {"linear": "50%", "per": "30d"}}),
    "trend": ("trend", {"count": "event"}, {}),
    "slope": ("slope", {"count": "event"}, {}),
    "own_baseline": ("own_baseline", {"sum": "event.value"}, {}),
    "streak": ("streak", "event", {"per": "1w"}),
    "nps by person": ("nps", "response", {}),
    "percentile": ("percentile", {"sum": "event.value"}, {}),
}


def main(customers: int) -> None:
    """Print CPU seconds by hand and by cshub."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("sqlite:///bench.db", folder=Path(folder))
        fill(store, customers)
        with store.db.transaction() as tx:
            tx.run("insert into due (customer) select id from customer")
        with store.db.read() as reader:
            everybody = list(store.scores.active(reader))
            by_hand = min(timed(lambda: written(reader)) for _ in range(3))
            cshub = min(timed(lambda: read(reader, TWELVE, everybody)) for _ in range(3))
            print(
                f"{customers} customers, {len(TWELVE)} metrics: by hand {by_hand:.2f} s, cshub {cshub:.2f} s, ratio {cshub / by_hand:.2f}"
            )
            for name, one in FAMILY.items():
                print(f"{name:>15}: {timed(lambda one=one: read(reader, {'it': one}, everybody)):.2f} s")  # type: ignore[misc]  # a default binds the loop's own
        store.close()


def timed(work: Callable[[], object]) -> float:
    """CPU seconds."""
    began = time.process_time()
    work()
    return time.process_time() - began


def written(reader: Reader) -> None:
    """Every record of the statements written by hand."""
    for statement in BY_HAND:
        for _ in reader.each(statement):
            pass


def read(
    reader: Reader, asked: Mapping[str, tuple[str, object, Mapping[str, object]]], customers: Iterable[str]
) -> None:
    """Every reading, without the comparison with peers."""
    queries: dict[str, Query] = {
        name: FORMS[form].build(main, options) for name, (form, main, options) in asked.items()
    }
    ask = Ask(connections=("crm",), fields={}, extras={}, as_of=AS_OF, several=False)
    answers = QueryAnswers(reader, queries, ask, whose="due")
    for customer in customers:
        answers.of(customer)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
