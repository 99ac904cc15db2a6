"""Checking a block against a pydantic model, and saying in plain words what is wrong, where, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..expr.problem import did_you_mean, nearest
from .nodes import Node, Step, find, key_place, plain
from .problems import Problems
from .references import References
from .settings import Resolved, models, resolve

M = TypeVar("M", bound=BaseModel)
_QUOTED = re.compile(r"'([^']*)'")
#: Only short, wordlike values are repeated in a message; anything else might be a secret in the wrong place.
_HARMLESS = re.compile(r"[A-Za-z][A-Za-z _-]{0,30}|[-+0-9.,:%/ ]{1,20}|[0-9]{1,6} ?[A-Za-z]{1,8}")
_WANTED = {
    "int": "a whole number", "float": "a number", "decimal": "a number", "bool": "true or false", "string": "text",
    "list": "a list", "tuple": "a list", "set": "a list", "dict": "a mapping (`key: value`)",
    "model": "a mapping (`key: value`)", "date": "a date like 2026-01-31", "datetime": "a time",
    "time_delta": "a duration like 15m", "path": "a path", "url": "a URL like https://host",
}  # fmt: skip
_BOUNDS = {
    "greater_than": "more than {gt}", "greater_than_equal": "{ge} or more", "less_than": "less than {lt}",
    "less_than_equal": "{le} or less", "too_short": "at least {min_length} entries", "too_long": "at most {max_length} entries",
    "string_too_short": "at least {min_length} characters", "string_too_long": "at most {max_length} characters",
}  # fmt: skip


def check(node: Node, model: type[M], problems: Problems, steps: Sequence[Step]) -> M | None:
    """The block as an instance of the core's own model; None, with all its problems noted, when it is not one."""
    return check_partly(node, model, problems, steps)[0]


def check_partly(node: Node, model: type[M], problems: Problems, steps: Sequence[Step]) -> tuple[M | None, M | None]:
    """The same, and what is left of it without the values that are wrong, for finding more mistakes."""
    resolved = Resolved(data=plain(node))
    whole = _validated(node, model, resolved, problems, steps)
    return whole, whole or _salvaged(model, resolved)


def check_settings(
    node: Node, model: type[M], references: References, steps: Sequence[Step], *, also: Sequence[str] = ()
) -> tuple[M | None, M | None]:
    """The same for a plugin's settings, with references resolved: the settings, and what can be saved of them for looking around.

    The second is there although something is wrong, when only unknown keys, optional values or absent secrets are; never use it to
    connect. `also` are keys that may stand beside the model's.
    """
    resolved = resolve(node, model, references, steps)
    settings = _validated(node, model, resolved, references.problems, steps, also)
    whole = settings if not resolved.pending else None
    return whole, whole or settings or _salvaged(model, resolved)


def _validated(
    node: Node,
    model: type[M],
    resolved: Resolved,
    problems: Problems,
    steps: Sequence[Step],
    also: Sequence[str] = (),
) -> M | None:
    try:
        return model.model_validate(resolved.data)
    except ValidationError as error:
        _Report(node, model, resolved, problems, tuple(steps), tuple(also)).all(error.errors(include_url=False))
        return None


def _salvaged(model: type[M], resolved: Resolved) -> M | None:
    """The settings without the top-level values that are wrong."""
    if not isinstance(resolved.data, dict):
        return None
    try:
        return model.model_validate(resolved.data)
    except ValidationError as error:
        wrong = {details["loc"][0] for details in error.errors() if details["loc"]}
    data = {key: value for key, value in resolved.data.items() if key not in wrong}
    try:
        return model.model_validate(data)
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class _Report:
    """Turns the errors of one block into problems."""

    node: Node
    model: type[BaseModel]
    resolved: Resolved
    problems: Problems
    root: tuple[Step, ...]
    also: tuple[str, ...]

    def all(self, errors: Sequence[ErrorDetails]) -> None:
        """Every error; several about one value (a union's) become one problem."""
        grouped: dict[tuple[Step, ...], list[ErrorDetails]] = {}
        for error in errors:
            _, taken = find(self.node, error["loc"])
            key = (*taken, error["loc"][-1]) if error["type"] == "missing" else taken
            grouped.setdefault(key, []).append(error)
        for path, ones in grouped.items():
            if path not in self.resolved.pending:
                self._one(path, ones)

    def _one(self, path: tuple[Step, ...], errors: Sequence[ErrorDetails]) -> None:
        first = errors[0]
        if first["type"] == "extra_forbidden":
            self._unknown(path)
        elif first["type"] == "missing":
            place, _ = find(self.node, path[:-1])
            self.problems.add(place, (*self.root, *path), "is missing", self._about(path))
        else:
            texts = dict.fromkeys(filter(None, (_message(error) for error in errors)))
            hint = next(filter(None, (_suggestion(error) for error in errors)), None)
            place, _ = find(self.node, path)
            silent = self._is_hidden(path) or first["type"] in ("value_error", "too_short", "too_long")
            got = "" if silent else shown(first["input"])
            self.problems.add(place, (*self.root, *path), " or ".join(texts) + got, hint)

    def _unknown(self, path: tuple[Step, ...]) -> None:
        known = [name for model in self._models(path[:-1]) for name in model.model_fields]
        known += self.also if len(path) == 1 else ()
        self.problems.add(
            key_place(self.node, path), (*self.root, *path), "is no known key", did_you_mean(str(path[-1]), known)
        )

    def _about(self, path: tuple[Step, ...]) -> str | None:
        fields = [model.model_fields.get(str(path[-1])) for model in self._models(path[:-1])]
        return next((field.description for field in fields if field and field.description), None)

    def _is_hidden(self, path: tuple[Step, ...]) -> bool:
        return any(path[:length] in self.resolved.hidden for length in range(len(path) + 1))

    def _models(self, path: Sequence[Step]) -> list[type[BaseModel]]:
        """The models that the value at `path` may be."""
        found: list[type[BaseModel]] = [self.model]
        for step in path:
            fields = [model.model_fields[str(step)] for model in found if str(step) in model.model_fields]
            found = [inner for field in fields for inner in _inner(field.annotation)] or found
        return found


def _inner(annotation: object) -> list[type[BaseModel]]:
    """Models an annotation allows, directly or inside a list or a mapping."""
    found = models(annotation)
    for part in getattr(annotation, "__args__", ()):
        found += _inner(part)
    return found


def shown(value: object) -> str:
    """`, got "fast"` for a value that can be shown, else what sort of thing it is."""
    if value is None:
        return ", got nothing"
    if isinstance(value, bool):
        return f", got {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f", got {value:g}" if isinstance(value, float) else f", got {value}"
    if isinstance(value, str):
        return f', got "{value}"' if _HARMLESS.fullmatch(value) else f", got a text of {len(value)} characters"
    return ", got a list" if isinstance(value, (list, tuple)) else ", got a mapping"


def _message(error: ErrorDetails) -> str:
    sort, context = error["type"], error.get("ctx", {})
    if sort == "value_error":
        return str(context["error"])
    if sort in ("literal_error", "enum"):
        choices = _QUOTED.findall(str(context["expected"]))
        return f"needs {'one of ' if len(choices) > 1 else ''}{', '.join(choices) or context['expected']}"
    if sort in _BOUNDS:
        return "needs " + _BOUNDS[sort].format(**context)
    wanted = next((text for word, text in _WANTED.items() if re.match(rf"{word}_(type|parsing|from|attr)", sort)), None)
    return f"needs {wanted}" if wanted else error["msg"][:1].lower() + error["msg"][1:]


def _suggestion(error: ErrorDetails) -> str | None:
    if error["type"] in ("literal_error", "enum") and isinstance(error["input"], str):
        close = nearest(error["input"], _QUOTED.findall(str(error.get("ctx", {}).get("expected", ""))))
        return f"did you mean {close}?" if close else None
    if error["type"] == "string_type" and isinstance(error["input"], (int, float)):
        return "put it in quotes"
    return None
