"""The fields cshub offers to a CRM: name, label, type and the help text people read beside them. Their values are made by `publish`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..model import Bands, FieldSpec, FieldType, Scorecard
from .placement import DEFAULT_CARD

#: The stored value of Health where there is no score.
NOT_ENOUGH_DATA = "not_enough_data"


Options: TypeAlias = tuple[tuple[str, str], ...]
_TRENDS: Options = (
    ("improving", "Improving"), ("stable", "Stable"), ("declining", "Declining"), ("new", "New"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardField:
    """One field of every CRM. `help` and `options` (stored values and labels) may depend on the scorecard, whose bands people want to see."""

    name: str
    label: str
    type: FieldType
    help: Callable[[Scorecard], str]
    options: Callable[[Scorecard], Options] = lambda card: ()
    length: int | None = None


def band_label(band: str) -> str:
    """`at_risk` → `At risk`."""
    return band.replace("_", " ").capitalize()


def band_options(bands: Bands) -> Options:
    """Stored values and labels of Health: the best band first, and what stands there without a score last."""
    names = [name for name, _ in reversed(bands.edges)]
    return tuple((name, band_label(name)) for name in (*names, NOT_ENOUGH_DATA))


def published_card(cards: Mapping[str, Scorecard]) -> Scorecard | None:
    """The default scorecard with the bands that only others have, for fields that show the scores of all; None without a default."""
    default = cards.get(DEFAULT_CARD)
    if default is None:
        return None
    edges = dict(default.bands.edges)
    for card in cards.values():
        edges |= {name: edge for name, edge in card.bands.edges if name not in edges}
    ordered = tuple(sorted(edges.items(), key=lambda band: band[1]))
    return default if len(ordered) == len(default.bands.edges) else replace(default, bands=Bands(edges=ordered))


def field_spec(field: StandardField, vendor_name: str, card: Scorecard) -> FieldSpec:
    """The field as a CRM should make it, under the vendor's own name for it."""
    return FieldSpec(
        name=vendor_name,
        label=field.label,
        type=field.type,
        help=field.help(card),
        options=field.options(card),
        length=field.length,
    )


def _always(text: str) -> Callable[[Scorecard], str]:
    return lambda card: text


def _edges(card: Scorecard) -> str:
    edges = "; ".join(f"{band_label(name)} from {edge:g}" for name, edge in reversed(card.bands.edges))
    return f"How this customer is doing, from {card.low:g} (worst) to {card.high:g} (best). {edges}."


STANDARD_FIELDS: Mapping[str, StandardField] = {
    field.name: field
    for field in (
        StandardField(
            name="health",
            label="Health",
            type=FieldType.PICKLIST,
            help=_always("How this customer is doing, in one word. Written by cshub; changes made here are not kept."),
            options=lambda card: band_options(card.bands),
        ),
        StandardField(name="health_score", label="Health score", type=FieldType.NUMBER, help=_edges),
        StandardField(
            name="trend",
            label="Trend",
            type=FieldType.PICKLIST,
            help=_always("Where the health score is going, against 30 days ago. New: there was no score then."),
            options=lambda card: _TRENDS,
        ),
        StandardField(
            name="change_30d",
            label="Change 30 d",
            type=FieldType.NUMBER,
            help=_always("By how many points the health score changed in 30 days; below 0 it fell."),
        ),
        StandardField(
            name="why",
            label="Why",
            type=FieldType.TEXT,
            help=_always("The three things that moved the health score most, with their points."),
            length=255,
        ),
        StandardField(
            name="why_detail",
            label="Why detail",
            type=FieldType.LONG_TEXT,
            help=_always("Every line of the health score with its value and points; the lines add up to the score."),
        ),
        StandardField(
            name="churn_risk",
            label="Churn risk",
            type=FieldType.NUMBER,
            help=_always("How likely this customer is to leave, from 0 to 100. Higher is worse."),
        ),
        StandardField(
            name="risk_why",
            label="Risk why",
            type=FieldType.TEXT,
            help=_always("What makes the churn risk as high as it is, with its points."),
            length=255,
        ),
        StandardField(
            name="health_since",
            label="Health since",
            type=FieldType.DATE,
            help=_always("The first day in the present health band."),
        ),
        StandardField(
            name="data_as_of",
            label="Data as of",
            type=FieldType.DATETIME,
            help=_always(
                "How old the oldest data behind the score is. A source that is not up to date is named in Why."
            ),
        ),
        StandardField(
            name="coverage",
            label="Coverage",
            type=FieldType.PERCENT,
            help=_always("How much of the scorecard, by weight, had data for this customer."),
        ),
        StandardField(
            name="scorecard",
            label="Scorecard",
            type=FieldType.TEXT,
            help=_always(
                "Name and version of the rules behind the score: tells a change of rules from one of the customer."
            ),
            length=40,
        ),
    )
}
