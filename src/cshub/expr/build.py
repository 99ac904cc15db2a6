"""From Python's syntax tree to a checked tree of our own: an allow-list of forms, names and types.

Whatever is not named here is refused, so nothing of Python leaks into the language.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..model import Type
from .functions import FUNCTIONS, NUMERIC, TIMELY
from .literals import as_type, literal
from .nodes import Arithmetic, Call, Compare, IsNull, Literal, Logic, Name, Node, Not, Within
from .problem import ExprError, did_you_mean, nearest

_SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_OPERATORS: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_WORDS: Mapping[Type, str] = {
    Type.TEXT: "text", Type.NUMBER: "a number", Type.INTEGER: "a number", Type.FLAG: "yes or no",
    Type.TIME: "a time", Type.DATE: "a date", Type.LIST: "a list",
}  # fmt: skip


def word(type: Type) -> str:
    """The type in the reader's words."""
    return _WORDS[type]


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a comparison and where it stands."""

    node: Node
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """Checks one rule against the names it may use. `values` lists the only texts of enumerated columns."""

    names: Mapping[str, Type]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    timely: bool = False

    def build(self, tree: ast.expr) -> Node:
        """The checked tree. Raises ExprError at the first form, name or type that does not fit."""
        match tree:
            case ast.Constant(value=value):
                return literal(value, tree.col_offset)
            case ast.Name(id=name):
                return self._name(name, tree.col_offset)
            case ast.BoolOp(op=op, values=parts):
                sign = "AND" if isinstance(op, ast.And) else "OR"
                return Logic(sign, tuple(self.yes_or_no(part) for part in parts))
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return Not(self.yes_or_no(part))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=part):
                return self._signed(sign, part)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                return Arithmetic(_OPERATORS[type(operator)], self._number(left), self._number(right))
            case ast.Compare():
                return self._chain(tree)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments, tree.col_offset)
        raise _refused(tree)

    def yes_or_no(self, tree: ast.expr) -> Node:
        """The checked tree of a part that has to be true or false."""
        node = self.build(tree)
        if node.type is not Type.FLAG:
            hint = "compare it with something, like `mrr > 0`"
            raise ExprError(f"this has to be yes or no, but it is {word(node.type)}", tree.col_offset, hint)
        return node

    def _number(self, tree: ast.expr) -> Node:
        node = self.build(tree)
        if node.type not in NUMERIC:
            hint = "use days_since or days_until" if node.type in (Type.TIME, Type.DATE) else None
            raise ExprError(f"only numbers can be calculated with, this is {word(node.type)}", tree.col_offset, hint)
        return node

    def _name(self, name: str, column: int) -> Name:
        if name in self.names:
            return Name(name, self.names[name])
        raise ExprError(f"{name} is not known here", column, did_you_mean(name, self.names))

    def _signed(self, sign: ast.unaryop, tree: ast.expr) -> Node:
        node = self._number(tree)
        if isinstance(sign, ast.UAdd):
            return node
        if isinstance(node, Literal) and isinstance(node.value, int | float):
            return replace(node, value=-node.value)
        return Arithmetic("-", Literal(0, Type.INTEGER), node)

    def _chain(self, tree: ast.Compare) -> Node:
        """`a < b < c` is `a < b and b < c`."""
        side = self._side(tree.left)
        links: list[Node] = []
        for op, comparator in zip(tree.ops, tree.comparators, strict=True):
            if isinstance(op, ast.Is | ast.IsNot):
                links.append(_is_null(side, comparator, negated=isinstance(op, ast.IsNot)))
            elif isinstance(op, ast.In | ast.NotIn):
                links.append(self._within(side, comparator, negated=isinstance(op, ast.NotIn)))
            else:
                following = self._side(comparator)
                links.append(self._compare(_SIGNS[type(op)], side, following))
                side = following
        return links[0] if len(links) == 1 else Logic("AND", tuple(links))

    def _side(self, tree: ast.expr) -> _Side:
        return _Side(self.build(tree), tree.col_offset)

    def _within(self, left: _Side, right: ast.expr, *, negated: bool) -> Within:
        if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
            hint = "write the values, like `in ('high', 'urgent')`; for a column use contains(column, 'text')"
            raise ExprError("`in` needs a written list of values", right.col_offset, hint)
        choices: list[Literal] = []
        for choice in right.elts:
            _, value = self._pair(left, self._side(choice))
            if not isinstance(value, Literal):
                raise ExprError("`in` needs written values, not columns", choice.col_offset)
            choices.append(value)
        return Within(left.node, tuple(choices), negated)

    def _compare(self, sign: str, left: _Side, right: _Side) -> Compare:
        first, second = self._pair(left, right)
        if first.type is Type.FLAG and sign not in ("=", "<>"):
            raise ExprError("yes and no have no order", left.column, "use == or !=")
        return Compare(sign, first, second)

    def _pair(self, left: _Side, right: _Side) -> tuple[Node, Node]:
        """Both sides, with text read as a date or time where the other side is one. Raises when they cannot be compared."""
        first = _adapted(left.node, right.node, left.column)
        second = _adapted(right.node, first, right.column)
        same = first.type is second.type or {first.type, second.type} <= NUMERIC
        if not same or first.type is Type.LIST:
            hint = "use contains(column, 'text')" if Type.LIST in (first.type, second.type) else None
            what = f"{word(first.type)} cannot be compared with {word(second.type)}"
            raise ExprError(what, right.column, hint)
        self._check_value(first, second, right.column)
        self._check_value(second, first, left.column)
        return first, second

    def _check_value(self, name: Node, value: Node, column: int) -> None:
        if not (isinstance(name, Name) and isinstance(value, Literal) and isinstance(value.value, str)):
            return
        allowed = self.values.get(name.name, ())
        if allowed and value.value not in allowed:
            close = nearest(value.value, allowed)
            hint = f"did you mean '{close}'?" if close else f"it is one of {', '.join(allowed)}"
            raise ExprError(f"{name.name} is never {value.value!r}", column, hint)

    def _call(self, name: str, arguments: list[ast.expr], column: int) -> Call:
        function = FUNCTIONS.get(name)
        if function is None:
            raise ExprError(f"there is no function {name}", column, did_you_mean(name, FUNCTIONS))
        if name in TIMELY and not self.timely:
            raise ExprError(f"{name} cannot be used in this rule", column, "use `window:` for facts of the last days")
        if len(arguments) != 1 + function.text_argument:
            raise ExprError(f"{name} is used as {function.usage}", column)
        nodes = tuple(self.build(argument) for argument in arguments)
        if nodes[0].type not in function.takes or (name in TIMELY and not isinstance(nodes[0], Name)):
            wanted = " or ".join(sorted(word(type) for type in function.takes))
            raise ExprError(f"{name} needs a column with {wanted}", arguments[0].col_offset, function.usage)
        if function.text_argument and not (isinstance(nodes[1], Literal) and nodes[1].type is Type.TEXT):
            raise ExprError(f"{name} needs a written text", arguments[1].col_offset, function.usage)
        return Call(name, nodes, function.gives)


def _is_null(left: _Side, right: ast.expr, *, negated: bool) -> IsNull:
    if not (isinstance(right, ast.Constant) and right.value is None):
        raise ExprError("`is` is only for None", right.col_offset, "use == to compare")
    return IsNull(left.node, negated)


def _adapted(node: Node, other: Node, column: int) -> Node:
    if isinstance(node, Literal) and node.type is Type.TEXT and other.type in (Type.TIME, Type.DATE):
        return as_type(node, other.type, column)
    return node


_REFUSED: Mapping[type[ast.expr], tuple[str, str]] = {
    ast.Attribute: ("a dot", "extra fields are used by their plain name"),
    ast.NamedExpr: ("`:=`", "use == to compare"),
    ast.IfExp: ("if … else", "use and / or"),
    ast.Tuple: ("a list of values", "it only follows `in`"),
    ast.List: ("a list of values", "it only follows `in`"),
    ast.Lambda: ("lambda", "write the condition itself"),
    ast.JoinedStr: ("an f-string", "write plain text"),
    ast.Call: ("this call", "functions are called by name, with their arguments in order"),
    ast.Subscript: ("[…] after a name", "extra fields are used by their plain name"),
}


def _refused(tree: ast.expr) -> ExprError:
    allowed = "it knows and, or, not, comparisons, in, is None, + - * / and " + ", ".join(FUNCTIONS)
    what, hint = _REFUSED.get(type(tree), ("this form", allowed))
    return ExprError(f"{what} is not part of the rule language", tree.col_offset, hint)
