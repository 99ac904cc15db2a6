"""Whether a declared item is what its hook wants; each check gives the item back, typed, or says what is wrong with it."""

from __future__ import annotations

import re
from typing import Protocol, TypeVar

from pydantic import BaseModel

from ..connector import Connector
from ..hookspecs import Action, IdentityRule
from ..model import KINDS, LINKED_KINDS, FunctionMetric, Metric, Model, QueryForm
from .guard import WrongAnswer

_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: Keys of a connection's YAML block that are the core's own; a connector's settings cannot have them.
CONNECTION_KEYS = ("connector", "every", "parallel", "streams")
#: The same for the block of an action in a trigger.
ACTION_KEYS = ("text",)


class Named(Protocol):
    """Anything that YAML can name."""

    @property
    def name(self) -> str:
        """Its word in the YAML."""
        ...


N = TypeVar("N", bound=Named)


def a_connector(item: object) -> Connector[BaseModel]:
    """A connector whose settings refuse unknown keys and leave the core's keys alone."""
    if not isinstance(item, Connector):
        raise _not(item, "Connector")
    _settings(item.name, item.settings, CONNECTION_KEYS)
    for part in ("streams", "open"):
        if not callable(getattr(item, part)):
            raise WrongAnswer(f'declared connector "{item.name}" whose `{part}` cannot be called')
    return _named(item)


def a_metric(item: object) -> Metric:
    """A query form, or a function metric whose kinds exist."""
    if not isinstance(item, (QueryForm, FunctionMetric)):
        raise _not(item, "QueryForm or FunctionMetric")
    if isinstance(item, FunctionMetric) and (unknown := set(item.needs) - set(LINKED_KINDS)):
        names = ", ".join(sorted(map(str, unknown)))
        raise WrongAnswer(f'declared metric "{item.name}" that needs {names}; there are {", ".join(LINKED_KINDS)}')
    return _named(item)


def a_model(item: object) -> Model:
    """A model."""
    if not isinstance(item, Model):
        raise _not(item, "Model")
    return _named(item)


def a_rule(item: object) -> IdentityRule:
    """An identity rule that looks at kinds there are; its columns may be extra fields, which are only known later."""
    if not isinstance(item, IdentityRule):
        raise _not(item, "IdentityRule")
    if unknown := set(item.columns) - set(KINDS):
        names = ", ".join(sorted(unknown))
        raise WrongAnswer(f'declared identity rule "{item.name}" that looks at {names}, which is no kind of row')
    return _named(item)


def an_action(item: object) -> Action:
    """An action whose settings refuse unknown keys."""
    if not isinstance(item, Action):
        raise _not(item, "Action")
    _settings(item.name, item.settings, ACTION_KEYS)
    return _named(item)


def _named(item: N) -> N:
    name: object = item.name
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise WrongAnswer(f"declared the name {name!r}; names are lower-case words joined by underscores")
    return item


def _not(item: object, wanted: str) -> WrongAnswer:
    return WrongAnswer(f"returned a {type(item).__name__} where a {wanted} belongs")


def _settings(name: str, model: object, reserved: tuple[str, ...]) -> None:
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        raise WrongAnswer(f'declared "{name}" whose settings are no pydantic model')
    if model.model_config.get("extra") != "forbid":
        raise WrongAnswer(f'declared "{name}" whose settings do not refuse unknown keys (extra="forbid")')
    if taken := set(model.model_fields) & set(reserved):
        raise WrongAnswer(f'declared "{name}" with settings that belong to the core: {", ".join(sorted(taken))}')
