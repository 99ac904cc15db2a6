"""A checked rule as SQL, every value bound. With `compose` the only generator of SQL text in cshub."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeAlias, assert_never

from ..model import Type
from .dialect import Dialect, Fragment
from .instant import DAY, to_ms
from .nodes import Arithmetic, Call, Compare, Constant, IsNull, Literal, Logic, Name, Node, Not, Pick, Within

#: Where a name stands: its column, or whatever gives its value.
Place: TypeAlias = Callable[[str], Fragment]

#: SQL division cuts towards zero; from this many days below any date it rounds down, as Python does.
_FAR_DAYS = 4_000_000


class Writer:
    """Writes nodes in one dialect, for one `as_of`."""

    __slots__ = ("_as_of", "_dialect", "_place")

    def __init__(self, dialect: Dialect, place: Place, as_of: datetime | None) -> None:
        self._dialect = dialect
        self._place = place
        self._as_of = as_of

    def write(self, node: Node) -> Fragment:
        """The SQL of a node, in brackets where it needs them."""
        match node:
            case Literal():
                return self.bind(node.value)
            case Name():
                return self._place(node.name)
            case Logic() | Pick():
                return self._of_parts(node)
            case Not():
                return self._around("(NOT {})", node.part)
            case Compare():
                return self._around(f"({{}} {node.sign} {{}})", node.left, node.right)
            case Within():
                places = ", ".join(["{}"] * len(node.choices))
                return self._around(f"({{}} {'NOT ' * node.negated}IN ({places}))", node.part, *node.choices)
            case IsNull():
                return self._around(f"({{}} IS {'NOT ' * node.negated}NULL)", node.part)
            case Arithmetic():
                return self._arithmetic(node)
            case Call():
                return self._call(node)
            case _:
                assert_never(node)

    def bind(self, value: Constant) -> Fragment:
        """A placeholder with its value as the store keeps it."""
        if isinstance(value, datetime):
            return Fragment(self._dialect.placeholder, (to_ms(value),))
        return Fragment(self._dialect.placeholder, (value.isoformat() if isinstance(value, date) else value,))

    def _of_parts(self, node: Logic | Pick) -> Fragment:
        if isinstance(node, Logic):
            return joined(f" {node.word} ", [self.write(part) for part in node.parts])
        whens = " ".join(f"WHEN {{}} THEN {place}" for place in range(len(node.parts)))
        return self._around(f"(CASE {whens} END)", *node.parts)

    def _around(self, template: str, *nodes: Node) -> Fragment:
        return filled(template, [self.write(node) for node in nodes])

    def _arithmetic(self, node: Arithmetic) -> Fragment:
        divisor = "NULLIF({}, 0)" if node.sign == "/" else "{}"
        return filled(f"({{}} {node.sign} {divisor})", [self._real(node.left), self._real(node.right)])

    def _real(self, node: Node) -> Fragment:
        if isinstance(node, Literal) and isinstance(node.value, int | float):
            return self.bind(float(node.value))
        inner = self.write(node)
        return inner if isinstance(node, Arithmetic) else Fragment(self._dialect.real.format(inner.sql), inner.params)

    def _call(self, node: Call) -> Fragment:
        subject = self.write(node.arguments[0])
        match node.function:
            case "lower":
                return filled("lower({})", [subject])
            case "startswith":
                text = _written(node)
                length, start = self.bind(len(text)), self.bind(text)
                return filled("(substr({}, 1, {}) = {})", [subject, length, start])
            case "contains":
                return self._contains(subject, node.arguments[0].type, _written(node))
            case timely:
                return self.days(timely, subject, node.arguments[0].type)

    def _contains(self, subject: Fragment, type: Type, text: str) -> Fragment:
        part = self.bind(text)
        if type is Type.TEXT:
            found = self._dialect.position.format(subject.sql, part.sql)
            return Fragment(f"({found} > 0)", subject.params + part.params)
        held = self._dialect.holds.format(subject.sql, part.sql)
        known = filled("CASE WHEN {} IS NOT NULL THEN ", [subject])
        return Fragment(f"({known.sql}{held} END)", known.params + subject.params + part.params)

    def days(self, function: str, subject: Fragment, type: Type) -> Fragment:
        """Whole days from the subject to `as_of` (`days_since`) or from `as_of` to it (`days_until`), rounded down."""
        now = self.now_ms()
        if type is Type.DATE:
            day = Fragment(self._dialect.day.format(subject.sql), subject.params)
            today = self.bind(now // DAY)
            return filled("({} - {})", [today, day] if function == "days_since" else [day, today])
        far = _FAR_DAYS * DAY
        if function == "days_since":
            return filled(f"(({{}} - {{}}) / {DAY} - {_FAR_DAYS})", [self.bind(now + far), subject])
        return filled(f"(({{}} + {{}}) / {DAY} - {_FAR_DAYS})", [subject, self.bind(far - now)])

    def now_ms(self) -> int:
        """`as_of` in epoch milliseconds. Raises ValueError when there is none."""
        if self._as_of is None:
            raise ValueError("days_since and days_until need an as_of")
        return to_ms(self._as_of)


def filled(template: str, parts: list[Fragment]) -> Fragment:
    """The template with its `{}` replaced by the parts, in order; their values follow in the same order."""
    sql = template.format(*[part.sql for part in parts])
    return Fragment(sql, tuple(value for part in parts for value in part.params))


def joined(separator: str, parts: list[Fragment]) -> Fragment:
    """The parts in brackets with the separator between them."""
    return filled(f"({separator.join(['{}'] * len(parts))})", parts)


def _written(node: Call) -> str:
    text = node.arguments[1]
    assert isinstance(text, Literal)
    return str(text.value)
