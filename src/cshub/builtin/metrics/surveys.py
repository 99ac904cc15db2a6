"""Forms about answers to surveys (SCORING §9): nps, csat, ces and csi."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from cshub import RESPONSE, Aggregate, Query, QueryForm, Reason, Status

from .arguments import FILTER, Options, choice, kind_and_value, length, numbers, span, text, whole
from .parts import both
from .ranks import peers_of

_WINDOW = timedelta(days=90)
_ANSWERS = ("latest", "all")
_NOBODY = Reason(when="answers == 0", says="nobody answered", status=Status.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Survey:
    """The answers a form is about: of the last 90 days or `window:`, all, or the latest of each person."""

    about: str | None
    on_scale: str | None
    scale: str
    options: Options
    kind: str
    latest: bool

    def ask(self, function: str = "count", value: str | None = None, where: str | None = None) -> Aggregate:
        """A question about them."""
        asked = both(self.about, self.on_scale, text(self.options, "where"))
        return Aggregate(
            kind=self.kind,
            function=function,
            value=value,
            where=where if self.latest else both(asked, where),
            window=span(self.options, "window", _WINDOW),
            at=text(self.options, "at"),
            per_person=asked if self.latest else None,
        )

    def query(self, aggregates: Mapping[str, Aggregate], finish: str) -> Query:
        """The query, which says why there is no answer, and is stale after `ttl:`."""
        asked = {**aggregates, "answers": self.ask()}
        reasons: tuple[Reason, ...] = (_NOBODY,)
        if self.on_scale is not None:
            off = both(self.about, f"not ({self.on_scale})", text(self.options, "where"))
            asked["off"] = replace(self.ask(), where=off, per_person=None)
            says = f"no answer is on the scale of {self.scale}; off it: {{}}"
            reasons = (Reason(when="answers == 0 and off > 0", says=says, about="off"), _NOBODY)
        query = Query(aggregates=asked, finish=finish, reasons=reasons)
        if self.options.get("ttl") is None:
            return query
        at = text(self.options, "at") or RESPONSE.at
        newest = {**asked, "newest": self.ask("max", at)}
        return replace(query, aggregates=newest, dated="newest", ttl=length(self.options, "ttl", _WINDOW))


def _survey(metric: str, scale: tuple[int, int], main: object, options: Options, default: str = "all") -> _Survey:
    kind, _ = kind_and_value(main, metric, wants_value=False)
    latest = choice(options, "answers", _ANSWERS, default) == "latest"
    lo, hi = scale
    on_scale = f"value >= {lo} and value <= {hi}"
    return _Survey(
        about=f"metric == '{metric}'",
        on_scale=on_scale,
        scale=f"{lo} to {hi}",
        options=options,
        kind=kind,
        latest=latest,
    )


def _nps(main: object, options: Options) -> Query:
    survey = _survey("nps", (0, 10), main, options, "latest")
    shares = {"promoters": survey.ask(where="value >= 9"), "detractors": survey.ask(where="value <= 6")}
    query = survey.query(shares, "100 * (promoters - detractors) / answers")
    if options.get("shrink") is None:
        if options.get("peers") is not None:
            raise ValueError("peers are those whose mean an answer is shrunk to: say `shrink: 3`")
        return query
    return peers_of(query, options, ask="shrink", weight="answers", k=whole(options, "shrink", 3))


def _csat(main: object, options: Options) -> Query:
    survey = _survey("csat", (1, 5), main, options)
    return survey.query({"good": survey.ask(where="value >= 4")}, "100 * good / answers")


def _ces(main: object, options: Options) -> Query:
    """The more, the easier: an answer on a scale that counts effort is turned round."""
    direction = choice(options, "direction", ("low_effort_high", "low_effort_low"))
    survey = _survey("ces", (1, 7), main, options)
    return survey.query({"mean": survey.ask("avg", "value")}, "mean" if direction == "low_effort_high" else "8 - mean")


def _csi(main: object, options: Options) -> Query:
    """The mean of each attribute, weighed; an attribute nobody rated leaves its weight to the others."""
    weights, by = numbers(options, "weights"), text(options, "by")
    survey = _survey("csi", (1, 5), main, options)
    if by is None:  # an answer holds all ratings, in fields of their own
        survey = replace(survey, on_scale=None)
    if by == "metric":  # attributes that were asked one by one
        survey = replace(survey, about=None)
    aggregates: dict[str, Aggregate] = {}
    for place, name in enumerate(weights):
        field = "value" if by else _field(name)
        rated = f"{by} == {_quoted(name)}" if by else f"{field} >= 1 and {field} <= 5"
        aggregates[f"mean_{place}"] = replace(survey.ask("avg", field, rated), otherwise=0)
        aggregates[f"known_{place}"] = replace(survey.ask("max", "1", rated), otherwise=0)
    terms = list(enumerate(weights.values()))
    above = " + ".join(f"{weight!r} * mean_{place}" for place, weight in terms)
    below = " + ".join(f"{weight!r} * known_{place}" for place, weight in terms)
    return survey.query(aggregates, f"({above}) / ({below})")


def _quoted(name: str) -> str:
    if "'" in name:
        raise ValueError(f"weights: {name} cannot be written in a rule")
    return f"'{name}'"


def _field(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"weights: {name} is no field of a response; with `by:` it may be any text")
    return name


_SURVEY = (*FILTER, "answers", "ttl")
_FORMS: Mapping[str, tuple[str, tuple[str, ...], Callable[[object, Options], Query]]] = {
    "nps": (
        "promoters less detractors, −100 to 100, by the latest answer of each person: {nps: response, shrink: 3}",
        (*_SURVEY, "shrink", "peers"),
        _nps,
    ),
    "csat": ("percent of answers 4 and 5 of 5: {csat: response}", _SURVEY, _csat),
    "ces": (
        "mean ease from 1 to 7; direction says what the survey's 7 means: {ces: response, direction: low_effort_high}",
        (*_SURVEY, "direction"),
        _ces,
    ),
    "csi": (
        "weighted mean of attribute ratings: {csi: response, weights: {quality: 3, price: 1}, by: attribute}",
        (*FILTER, "ttl", "weights", "by"),
        _csi,
    ),
}
FORMS = tuple(
    QueryForm(name=name, doc=doc, options=options, build=build) for name, (doc, options, build) in _FORMS.items()
)
