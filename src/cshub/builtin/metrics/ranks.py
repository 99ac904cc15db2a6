"""Forms that set a customer against its peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cshub import Aggregate, Peers, Query, QueryForm

from .arguments import Options, kind_and_value, text, whole

#: Fewer say nothing about a rank.
_LEAST = 10


def percentile(forms: Mapping[str, QueryForm]) -> QueryForm:
    """The form `percentile` over the answers of these forms."""

    def build(main: object, options: Options) -> Query:
        names = [name for name in forms if isinstance(main, dict) and name in main]
        if not isinstance(main, dict) or len(names) != 1:
            raise ValueError("percentile takes a metric that gives a number, written like {count: event, window: 30d}")
        form, rest = forms[names[0]], {name: value for name, value in main.items() if name != names[0]}
        unknown = [name for name in rest if name not in form.options]
        if unknown:
            raise ValueError(f"percentile: {unknown[0]} is no option of {form.name}")
        query = form.build(main[form.name], rest)
        if query.peers is not None:
            raise ValueError("percentile ranks an answer that is not shrunk")
        return peers_of(query, options, ask="rank", least=whole(options, "min_peers", _LEAST))

    return QueryForm(
        name="percentile",
        doc="rank among peers, 0 to 100: {percentile: {count: event, window: 30d}, peers: account.tier, min_peers: 10}",
        options=("peers", "min_peers"),
        build=build,
    )


def peers_of(
    query: Query, options: Options, *, ask: str, weight: str | None = None, least: int = 1, k: int = 3
) -> Query:
    """The query set against the customers for whom `peers:` (a `kind.column` that simply is) gives the same; else against all."""
    given = text(options, "peers")
    if given in (None, "all"):
        return replace(query, peers=Peers(ask=ask, weight=weight, least=least, k=k))
    try:
        kind, value = kind_and_value(given, "peers", wants_value=True)
    except ValueError as error:
        raise ValueError(f"peers needs all, or a field like account.type; {error}") from error
    by = Aggregate(kind=kind, function="any", value=value)
    peers = Peers(ask=ask, by="peers", weight=weight, least=least, k=k)
    return replace(query, aggregates={**query.aggregates, "peers": by}, peers=peers)
