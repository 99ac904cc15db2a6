"""The section `metrics`: each entry names a form or a function of a plugin; what it reduces to is checked down to the column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from ..errors import ConfigError
from ..expr import ExprError, names_of, parse, values_of
from ..expr.problem import did_you_mean
from ..expr.question import check_query
from ..model import KINDS, Aggregate, FunctionMetric, Query, QueryForm, Type
from ..plugins.guard import WrongAnswer, guarded
from .derived import asks_placement, read_derived
from .draft import Draft
from .nodes import Block, Entry, Place, Step, Value, plain, values
from .result import ConfiguredMetric, QueryMetric


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics that are right, the types they give (None: only the function knows), and every name that was used."""

    ready: Mapping[str, ConfiguredMetric]
    types: Mapping[str, Type | None]
    named: frozenset[str]


def read_metrics(draft: Draft) -> Metrics:
    """Every metric, each on its own: a mistake in one leaves the others standing."""
    section = draft.section("metrics") or Block(place=draft.root.place)
    ready: dict[str, ConfiguredMetric] = {}
    types: dict[str, Type | None] = {}
    for entry in section:
        if not draft.named(entry, ("metrics", entry.key)):
            continue
        ours = asks_placement(entry, draft.registry.metrics)
        found = read_derived(draft, entry) if ours else _Entry(draft, entry).read()
        if found is not None:
            ready[entry.key], types[entry.key] = found
    return Metrics(ready, types, frozenset(entry.key for entry in section))


def canonical(data: object) -> str:
    """JSON with sorted keys: the same text for the same meaning."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One metric while it is read."""

    draft: Draft
    entry: Entry

    @property
    def _steps(self) -> tuple[Step, ...]:
        return ("metrics", self.entry.key)

    def read(self) -> tuple[ConfiguredMetric, Type | None] | None:
        """The metric with its type; None with a problem noted."""
        node = self.entry.node
        if isinstance(node, Value):
            return self._bare(node)
        block = self.draft.block(node, self._steps)
        chosen = self._chosen(block) if block else None
        if block is None or chosen is None:
            return None
        metric = self.draft.registry.metrics[chosen.key]
        options = block.without([chosen.key])
        if isinstance(metric, FunctionMetric):
            return self._function(metric, chosen, options)
        return self._query(metric, chosen, options)

    def _bare(self, node: Value) -> tuple[ConfiguredMetric, Type | None] | None:
        """`churn_signals: churn_signals` names a function metric and nothing else."""
        known = self.draft.registry.metrics
        if not self.draft.known(node.text, known, node, self._steps, what="metric form"):
            return None
        metric = known[node.text]
        if isinstance(metric, FunctionMetric):
            return metric, None
        self.draft.problems.add(node.place, self._steps, f"{node.text} needs to know what about", f"{{{node.text}: …}}")
        return None

    def _chosen(self, block: Block) -> Entry | None:
        """The entry that names the form: the first key, or else the only one that is a form's name."""
        known = self.draft.registry.metrics
        forms = [entry for entry in block if entry.key in known]
        first = next(iter(block), None)
        if first and first.key in known:
            return first
        if len(forms) == 1:
            return forms[0]
        if first is None or forms:
            self.draft.problems.add(block.place, self._steps, "names no form", f"begin with one of {', '.join(known)}")
        else:
            hint = did_you_mean(first.key, known)
            self.draft.problems.add(
                first.place, (*self._steps, first.key), f"there is no metric form {first.key}", hint
            )
        return None

    def _function(
        self, metric: FunctionMetric, chosen: Entry, options: Block
    ) -> tuple[ConfiguredMetric, Type | None] | None:
        empty = isinstance(chosen.node, Block) and not chosen.node.entries
        if options.entries or not (empty or plain(chosen.node) is None):
            hint = f"write `{self.entry.key}: {metric.name}`"
            self.draft.problems.add(chosen.place, self._steps, f"{metric.name} takes no options", hint)
            return None
        return metric, None

    def _query(self, form: QueryForm, chosen: Entry, options: Block) -> tuple[ConfiguredMetric, Type | None] | None:
        options = self._known_options(form, options)
        owner = self.draft.registry.owner("metric", form.name)
        main, rest = plain(chosen.node), {entry.key: plain(entry.node) for entry in options}
        built = guarded(owner, f"form {form.name}", lambda: _build(form, main, rest))
        if isinstance(built, Query):
            checked = self._checked(built)
            text = canonical(plain(self.entry.node))
            metric = QueryMetric(name=self.entry.key, form=form.name, query=built, text=text)
            return (metric, checked) if checked else None
        if isinstance(built, ValueError):
            at = self._refused(str(built), chosen, options)
            return self._query(form, chosen, options.without([at])) if at else None
        else:
            self.draft.problems.add(self.entry.place, self._steps, str(built), owner.cure)
        return None

    def _known_options(self, form: QueryForm, options: Block) -> Block:
        for entry in options.without(form.options):
            hint = did_you_mean(entry.key, form.options) if form.options else f"{form.name} takes no options"
            message = f"is no option of {form.name}"
            self.draft.problems.add(entry.place, (*self._steps, entry.key), message, hint)
        return options.only(form.options)

    def _refused(self, message: str, chosen: Entry, options: Block) -> str | None:
        """Put a form's complaint at the option it names in its first word, else at the form; gives that option."""
        word = message.split(" ", 1)[0].strip(":`")
        at = options.entry(word)
        node = at.node if at else chosen.node
        text = message.split(" ", 1)[1] if at and " " in message else message
        steps = (*self._steps, at.key) if at else (*self._steps, chosen.key)
        self.draft.problems.add(node.place, steps, text)
        return at.key if at else None

    def _checked(self, query: Query) -> Type | None:
        """The type of the answer; None with the mistake noted where it was written."""
        try:
            return check_query(query, self.draft.extras).finish.type
        except ConfigError as error:
            wrong = query.aggregates.get(error.where or "")
            if isinstance(error, ExprError):
                self._wrong_rule(error, wrong, query)
            else:
                place = self._place_of(wrong, error.message)
                self.draft.problems.add(place, self._steps, error.message, error.hint)
            return None

    def _wrong_rule(self, error: ExprError, aggregate: Aggregate | None, query: Query) -> None:
        rule = _culprit(aggregate, self.draft.extras) if aggregate else query.finish
        for node in values(self.entry.node):
            start = rule.find(node.text) if isinstance(node.value, str) else -1
            if node.text and start >= 0 and start <= error.column <= start + len(node.text):
                self.draft.wrong_rule(error, node, self._steps, shift=-start)
                return
        for node in values(self.entry.node):  # `event.valu` is written with its kind, the rule without
            if isinstance(node.value, str) and rule and node.text.endswith(rule):
                self.draft.wrong_rule(error, node, self._steps, shift=len(node.text) - len(rule))
                return
        whole = Value(place=self.entry.place, value=None, text="", exact=False)
        self.draft.wrong_rule(error, whole, self._steps)

    def _place_of(self, aggregate: Aggregate | None, message: str) -> Place:
        """Where a word of the message was written, as far as that can be told."""
        words = {aggregate.kind, aggregate.at or "", aggregate.value or ""} if aggregate else set()
        for node in values(self.entry.node):
            if node.text and (node.text in words or node.text.split(".")[0] in words) and node.text in message:
                return node.place
        for node in values(self.entry.node):
            if node.text.split(".")[0] in words:
                return node.place
        return self.entry.node.place


def _build(form: QueryForm, main: object, options: Mapping[str, object]) -> Query | ValueError:
    """What the form makes of its arguments; a ValueError is its word to the person who wrote them."""
    try:
        query: object = form.build(main, options)
    except ValueError as error:
        return error
    if not isinstance(query, Query):
        raise WrongAnswer(f"returned a {type(query).__name__} where a Query belongs")
    return query


def _culprit(aggregate: Aggregate, extras: Mapping[str, Mapping[str, Type]]) -> str:
    """Which of an aggregate's rules the mistake is in."""
    kind = KINDS[aggregate.kind]
    try:
        parse(aggregate.where or "True", names=names_of(kind, extras.get(kind.name)), values=values_of(kind))
    except ExprError:
        return aggregate.where or ""
    return aggregate.value or ""
