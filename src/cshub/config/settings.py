"""Resolving a block for a pydantic model: references looked up, and literal secrets refused, wherever the model wants a secret."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr

from ..model.durations import duration
from .nodes import Block, Items, Node, Step, Value, plain
from .references import References

#: Stands for a value whose problem is noted already, so that the model finds no second fault with it.
PENDING = "pending"


@dataclass(slots=True)
class Resolved:
    """A block as plain data. `hidden` are the paths whose values no message may print, `pending` those noted as a problem."""

    data: object = None
    hidden: set[tuple[Step, ...]] = field(default_factory=set)
    pending: set[tuple[Step, ...]] = field(default_factory=set)


def resolve(node: Node, model: type[BaseModel], references: References, steps: Sequence[Step]) -> Resolved:
    """The block as the model wants it. `steps` lead to the block in the file, the paths in the result start at it."""
    result = Resolved()
    result.data = _Walk(references, tuple(steps), result).node(node, model, ())
    return result


@dataclass(frozen=True, slots=True)
class _Walk:
    references: References
    root: tuple[Step, ...]
    result: Resolved

    def node(self, node: Node, annotation: object, path: tuple[Step, ...]) -> object:
        match node:
            case Value():
                return self._value(node, annotation, path)
            case Items():
                inner = _item(annotation)
                return [self.node(item, inner, (*path, index)) for index, item in enumerate(node.nodes)]
            case Block():
                return self._block(node, annotation, path)

    def _block(self, node: Block, annotation: object, path: tuple[Step, ...]) -> object:
        if _secret(annotation):
            self.references.problems.add(node.place, (*self.root, *path), "needs one reference to a secret", "env:NAME")
            return self._pending(path)
        fields = _fields(annotation)
        data: dict[str, object] = {}
        for entry in node:
            inside = (*path, entry.key)
            if fields is not None and entry.key not in fields:
                data[entry.key] = plain(entry.node)
                self.result.hidden.add(inside)
            else:
                wanted = fields[entry.key] if fields is not None else _item(annotation)
                data[entry.key] = self.node(entry.node, wanted, inside)
        return data

    def _value(self, node: Value, annotation: object, path: tuple[Step, ...]) -> object:
        steps = (*self.root, *path)
        if _secret(annotation):
            self.result.hidden.add(path)
            found = self.references.secret(node, steps)
        elif isinstance(node.value, str) and node.text.startswith("env:"):
            self.result.hidden.add(path)
            found = self.references.text(node, steps)
        elif timedelta in members(annotation) and node.value is not None:
            return self._duration(node, path)
        else:
            return node.value
        return found if found is not None or node.value is None else self._pending(path)

    def _duration(self, node: Value, path: tuple[Step, ...]) -> object:
        """Plugins write plain `timedelta` and get `15m` understood."""
        try:
            return duration(node.value)
        except ValueError as error:
            self.references.problems.add(node.place, (*self.root, *path), str(error))
            return self._pending(path)

    def _pending(self, path: tuple[Step, ...]) -> str:
        self.result.pending.add(path)
        return PENDING


def members(annotation: object) -> Iterator[object]:
    """The types an annotation allows, without unions and `Annotated` around them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from members(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from members(part)
    else:
        yield annotation


def _secret(annotation: object) -> bool:
    return any(part in (SecretStr, SecretBytes) for part in members(annotation))


def models(annotation: object) -> list[type[BaseModel]]:
    """The pydantic models an annotation allows."""
    return [part for part in members(annotation) if isinstance(part, type) and issubclass(part, BaseModel)]


def _fields(annotation: object) -> dict[str, object] | None:
    """YAML keys of the models an annotation allows, with their annotations; None when it allows no model."""
    found = models(annotation)
    if not found:
        return None
    return {key: field.annotation for model in found for name, field in model.model_fields.items()
            for key in {name, field.alias or name}}  # fmt: skip


def _item(annotation: object) -> object:
    """What the items of a list, or the values of a mapping, have to be."""
    for part in members(annotation):
        origin, arguments = get_origin(part), get_args(part)
        if isinstance(origin, type) and issubclass(origin, (Mapping, Sequence, set, frozenset)) and arguments:
            return arguments[1] if issubclass(origin, Mapping) else arguments[0]
    return object
