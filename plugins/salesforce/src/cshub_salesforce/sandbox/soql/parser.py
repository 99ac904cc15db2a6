"""From the text of a query to its tree, by the grammar that Salesforce documents."""

from __future__ import annotations

from ..refusals import bad
from ..times import parse_instant
from .tokens import Token, malformed, tokens, unquoted
from .tree import Comparison, Condition, Junction, Kind, Literal, Negation, Order, Path, Query

MOST_OFFSET = 2_000
LITERALS = frozenset({"string", "number", "datetime", "date"})
WORDS: dict[str, tuple[Kind, bool | None]] = {
    "TRUE": ("boolean", True),
    "FALSE": ("boolean", False),
    "NULL": ("null", None),
}
#: Words that cannot be a field's name where a condition is expected.
RESERVED = frozenset({"AND", "OR", "NOT", "FROM", "SELECT", "WHERE", "LIKE", "IN"})


def parse(soql: str) -> Query:
    """The tree of a query. Raises Refused with MALFORMED_QUERY."""
    return _Parser(soql).query()


def parse_condition(text: str) -> Condition:
    """The tree of what stands behind WHERE. Raises Refused."""
    return _Parser(text).condition_alone()


class _Parser:
    """One pass over the tokens of a query."""

    def __init__(self, soql: str) -> None:
        self._soql = soql
        self._tokens = list(tokens(soql))
        self._place = 0

    def query(self) -> Query:
        self._word("SELECT")
        paths = self._fields()
        self._word("FROM")
        table = self._name()
        where = self._condition() if self._skip("WHERE") else None
        orders = self._orders() if self._skip("ORDER") else ()
        limit = self._number() if self._skip("LIMIT") else None
        offset = self._offset() if self._skip("OFFSET") else 0
        self._end()
        return Query(
            soql=self._soql,
            paths=paths,
            object=table.text,
            object_at=table.at,
            where=where,
            orders=orders,
            limit=limit,
            offset=offset,
        )

    def condition_alone(self) -> Condition:
        condition = self._condition()
        self._end()
        return condition

    def _fields(self) -> tuple[Path, ...]:
        if self._next.says("COUNT") and self._tokens[self._place + 1].says("("):
            self._place += 2
            self._word(")")
            return ()
        paths = [self._path()]
        while self._skip(","):
            paths.append(self._path())
        names = [path.text.lower() for path in paths]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise bad("INVALID_FIELD", f"duplicate field selected: {paths[place].text}")
        return tuple(paths)

    def _condition(self) -> Condition:
        if self._skip("NOT"):
            # The grammar knows NOT at the beginning of a condition or of a parenthesis, not in a chain.
            return Negation(part=self._simple())
        first = self._simple()
        word = self._next.text.upper()
        if word not in ("AND", "OR") or self._next.kind != "name":
            return first
        parts = [first]
        while self._skip(word):
            parts.append(self._simple())
        # AND and OR do not mix without parentheses.
        if self._next.says("AND") or self._next.says("OR"):
            raise self._unexpected()
        return Junction(word="AND" if word == "AND" else "OR", parts=tuple(parts))

    def _simple(self) -> Condition:
        if self._skip("("):
            inside = self._condition()
            self._word(")")
            return inside
        return self._comparison()

    def _comparison(self) -> Comparison:
        path = self._path()
        operator = self._operator()
        if operator in ("IN", "NOT IN"):
            return Comparison(path=path, operator=operator, values=self._list())
        return Comparison(path=path, operator=operator, values=(self._literal(pattern=operator == "LIKE"),))

    def _operator(self) -> str:
        token = self._next
        if token.kind == "operator":
            return "!=" if self._take().text == "<>" else token.text
        if self._skip("NOT"):
            self._word("IN")
            return "NOT IN"
        if self._skip("IN") or self._skip("LIKE"):
            return token.text.upper()
        raise self._unexpected()

    def _list(self) -> tuple[Literal, ...]:
        self._word("(")
        values = [self._literal()]
        while self._skip(","):
            values.append(self._literal())
        self._word(")")
        return tuple(values)

    def _literal(self, *, pattern: bool = False) -> Literal:
        token = self._next
        if token.kind not in LITERALS and token.text.upper() not in WORDS:
            raise self._unexpected()
        self._take()
        if token.kind == "string":
            return Literal(kind="string", value=unquoted(self._soql, token, pattern=pattern))
        if token.kind == "number":
            return Literal(kind="number", value=float(token.text))
        if token.kind in ("datetime", "date"):
            return self._instant(token)
        kind, value = WORDS[token.text.upper()]
        return Literal(kind=kind, value=value)

    def _instant(self, token: Token) -> Literal:
        try:
            if token.kind == "datetime":
                return Literal(kind="datetime", value=parse_instant(token.text))
            parse_instant(f"{token.text}T00:00:00Z")
        except ValueError:
            raise malformed(self._soql, token.at, f"invalid date: {token.text}") from None
        return Literal(kind="date", value=token.text)

    def _orders(self) -> tuple[Order, ...]:
        self._word("BY")
        orders = [self._order()]
        while self._skip(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        path = self._path()
        descending = self._skip("DESC")
        if not descending:
            self._skip("ASC")
        nulls_last = False
        if self._skip("NULLS"):
            nulls_last = self._skip("LAST")
            if not nulls_last:
                self._word("FIRST")
        return Order(path=path, descending=descending, nulls_last=nulls_last)

    def _offset(self) -> int:
        offset = self._number()
        if offset > MOST_OFFSET:
            raise bad("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MOST_OFFSET}")
        return offset

    def _number(self) -> int:
        if self._next.kind != "number" or not self._next.text.isdigit():
            raise self._unexpected()
        return int(self._take().text)

    def _path(self) -> Path:
        token = self._name()
        return Path(names=tuple(token.text.split(".")), at=token.at)

    def _name(self) -> Token:
        if self._next.kind != "name" or self._next.text.upper() in RESERVED:
            raise self._unexpected()
        return self._take()

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _skip(self, word: str) -> bool:
        found = self._next.says(word)
        self._place += found
        return found

    def _word(self, word: str) -> None:
        if not self._skip(word):
            raise self._unexpected()

    def _end(self) -> None:
        if self._next.says("ALL"):
            raise malformed(self._soql, self._next.at, "ALL ROWS not allowed in this context")
        if self._next.kind != "end":
            raise self._unexpected()

    def _unexpected(self) -> Exception:
        token = self._next
        shown = token.text if token.kind == "end" else f"'{token.text}'"
        return malformed(self._soql, token.at, f"unexpected token: {shown}")
