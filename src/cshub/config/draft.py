"""What the readers of the sections share while a configuration is being read: the file, the plugins, and the mistakes so far."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..expr import ExprError, Expression, parse
from ..expr.problem import did_you_mean
from ..model import Type
from ..plugins import Registry
from .nodes import Block, Entry, Node, Step, Value
from .problems import Problems
from .references import References

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


@dataclass(slots=True, kw_only=True)
class Draft:
    """`extras` are the extra fields declared by the connections, by kind; `certain` says that none of them is unknown."""

    root: Block
    registry: Registry
    references: References
    extras: dict[str, dict[str, Type]] = field(default_factory=dict)
    certain: bool = True

    @property
    def problems(self) -> Problems:
        """Where mistakes are noted."""
        return self.references.problems

    def section(self, name: str) -> Block | None:
        """A section that is a mapping; None when it is absent, empty, or (with a problem noted) something else."""
        node = self.root.get(name)
        if node is None or (isinstance(node, Value) and node.value is None):
            return None
        return self.block(node, (name,))

    def block(self, node: Node, steps: Sequence[Step]) -> Block | None:
        """The node if it is a mapping; nothing written counts as an empty one."""
        if isinstance(node, Block):
            return node
        if isinstance(node, Value) and node.value is None:
            return Block(place=node.place)
        self.problems.add(node.place, steps, "needs a mapping", "write `key: value` lines below it, indented")
        return None

    def named(self, entry: Entry, steps: Sequence[Step]) -> bool:
        """Whether the key can be the name of something in the configuration; notes a problem when not."""
        if _NAME.fullmatch(entry.key):
            return True
        self.problems.add(entry.place, steps, "is no name", "names are letters, digits and _, beginning with a letter")
        return False

    def known(self, word: str, known: Mapping[str, object], node: Node, steps: Sequence[Step], *, what: str) -> bool:
        """Whether `word` is one of the known ones; notes a problem with the nearest of them when not."""
        if word in known:
            return True
        self.problems.add(node.place, steps, f"there is no {what} {word}", did_you_mean(word, known))
        return False

    def rule(
        self,
        node: Value,
        steps: Sequence[Step],
        names: Mapping[str, Type],
        values: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Expression | None:
        """The checked rule; None with a problem at the very column when it is wrong."""
        try:
            return parse(node.text, names=names, values=values)
        except ExprError as error:
            self.wrong_rule(error, node, steps)
            return None

    def wrong_rule(self, error: ExprError, node: Value, steps: Sequence[Step], *, shift: int = 0) -> None:
        """Note a mistake inside a rule that begins `shift` characters after the text of `node` does.

        A name unlike any other may be an extra field of a connection that has mistakes of its own: it is not blamed.
        """
        if not self.certain and "not known here" in error.message and "did you mean" not in (error.hint or ""):
            return
        self.problems.add(node.at(max(0, error.column + shift)), steps, error.message, error.hint)
