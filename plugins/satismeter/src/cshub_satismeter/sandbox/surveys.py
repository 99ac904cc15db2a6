"""The surveys of a project: one per metric, one that asks several at once, a paused one and a draft."""

from __future__ import annotations

import random
import uuid

from .records import Campaign, Metric, Question

NPS_LABEL = "How likely are you to recommend us to a friend or colleague?"
CSAT_LABEL = "How satisfied are you with our support?"
CES_LABEL = "How easy was it to get your request handled?"
PMF_LABEL = "How disappointed would you be without us?"
#: key · name · type · state · its questions as (label, type, metric, name)
Row = tuple[str, str | None, Metric | None, str | None]
RATING, COMMENT = "SM_rating", "SM_comment"
SAY_MORE: Row = ("What is the main reason for your score?", "long-text", None, COMMENT)
SURVEYS: tuple[tuple[str, str, str, str, tuple[Row, ...]], ...] = (
    ("nps", "NPS", "nps", "live", ((NPS_LABEL, "scale", "nps", RATING), SAY_MORE)),
    ("csat", "Support satisfaction", "csat", "live", ((CSAT_LABEL, "smiley", "csat", RATING), SAY_MORE)),
    ("ces", "Effort", "ces", "live", ((CES_LABEL, "scale", "ces", RATING), SAY_MORE)),
    ("pmf", "Product fit", "pmf", "paused", ((PMF_LABEL, "single-choice", "pmf", RATING), SAY_MORE)),
    (
        "relationship",
        "Relationship",
        "custom",
        "live",
        (
            (NPS_LABEL, "scale", "nps", RATING),
            (CSAT_LABEL, "smiley", "csat", None),
            (CES_LABEL, "scale", "ces", None),
            ("How do you like the new report?", "scale", None, None),
            ("What do you do?", "single-choice", None, None),
            ("What do you use?", "multiple-choice", None, None),
            ("Which tool did you use before?", None, None, None),
            SAY_MORE,
        ),
    ),
    ("draft", "Not yet asked", "custom", "draft", ()),
)


def make_surveys(dice: random.Random) -> dict[str, Campaign]:
    """The surveys by their key, in the order in which they were made."""
    return {key: _survey(dice, name, kind, state, rows) for key, name, kind, state, rows in SURVEYS}


def new_id(dice: random.Random) -> str:
    """24 hex characters, as the ids of everything but questions."""
    return f"{dice.getrandbits(96):024x}"


def _survey(dice: random.Random, name: str, kind: str, state: str, rows: tuple[Row, ...]) -> Campaign:
    questions = tuple(_question(dice, row) for row in rows)
    return Campaign(id=new_id(dice), name=name, type=kind, state=state, questions=questions)


def _question(dice: random.Random, row: Row) -> Question:
    label, kind, metric, name = row
    text = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    return Question(id=text, label=label, type=kind, metric=metric, name=name)
