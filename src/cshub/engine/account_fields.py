"""Fields of the account for everybody a replay looks at: one value each, from the source the configuration prefers, in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

from ..config import Config
from ..errors import ConfigError
from ..expr import compose, names_of
from ..expr.problem import did_you_mean
from ..model import ACCOUNT, Aggregate, Query, Scalar, Type
from ..store import Store
from .order import connection_order

Values: TypeAlias = tuple[Scalar, ...]
T = TypeVar("T")


def check_field(config: Config, field: str) -> str:
    """The name of a field of the account with one value. Raises ConfigError for any other."""
    known = {
        name: type for name, type in names_of(ACCOUNT, config.extras.get(ACCOUNT.name)).items() if type is not Type.LIST
    }
    if field not in known:
        raise ConfigError(f"accounts have no field {field}", where="--by", hint=did_you_mean(field, known))
    return field


def account_fields(then: Store, config: Config, fields: Sequence[str], as_of: datetime) -> Iterator[tuple[str, Values]]:
    """Customers that have an account and are looked at, in order, each with the values of these fields."""
    queries = {
        name: Query(aggregates={"x": Aggregate(kind="account", function="any", value=name)}, finish="x")
        for name in fields
    }
    with then.db.read() as reader:
        composed = compose(
            queries,
            as_of=as_of,
            connections=connection_order(config),
            extras=config.extras,
            whose="due",
            fields=config.identity.fields,
            several=then.scores.has_several(reader),
        )
        rows = {one.kind: reader.each(one.sql, one.params) for one in composed.statements}  # type: ignore[arg-type]  # bound scalars
        places = [composed.metrics.index(name) for name in fields]
        for found in composed.merge(rows):
            yield found.customer, tuple([found.values[place] for place in places])


class Beside(Generic[T]):
    """Hands out what is known of customers in step with a walk over all customers in order."""

    def __init__(self, walk: Iterator[tuple[str, T]], nothing: T) -> None:
        self._walk = walk
        self._head = next(walk, None)
        self._nothing = nothing

    def of(self, customer: str) -> T:
        """What is known of one customer; must be asked in the order of customers."""
        while self._head is not None and self._head[0] < customer:
            self._head = next(self._walk, None)
        return self._head[1] if self._head is not None and self._head[0] == customer else self._nothing
