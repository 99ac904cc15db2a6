"""The forms of query metrics: `count`, `trend`, `nps` and their like, each reducing its YAML to a `Query`.

Kinds, columns and rules in them are checked by the core, which knows where they are written.
"""

from __future__ import annotations

from collections.abc import Iterable

from cshub import QueryForm, hookimpl

from .dates import FORMS as DATES
from .facts import FORMS as FACTS
from .periods import FORMS as PERIODS
from .ranks import percentile
from .surveys import FORMS as SURVEYS


@hookimpl
def register_metrics() -> Iterable[QueryForm]:
    """Every form of the core."""
    forms = (*FACTS, *DATES, *PERIODS, *SURVEYS)
    return (*forms, percentile({form.name: form for form in forms}))
