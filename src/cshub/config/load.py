"""From a file to a Config: read, laid over, plugins loaded, every section checked, all mistakes reported at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pydantic import SecretStr

from ..errors import ConfigError, Problem
from ..expr.problem import did_you_mean
from ..http import Redactor
from ..model import Scorecard
from ..plugins import Registry, discover, installed
from .backtest import read_backtest
from .beside import SECTIONS as OUTPUTS
from .beside import read_outputs, with_outputs
from .blocks import PluginsBlock
from .check import check
from .connections import read_connections
from .customers import read_identity
from .document import read_file
from .draft import Draft
from .environment import find_config, read_environment, with_env_file
from .lint import Sections, lint
from .metrics import read_metrics
from .nodes import Block, Value, plain
from .overlay import laid_over, overlay_path
from .placing import read_placement
from .portfolio import read_portfolio
from .problems import Problems
from .publishing import read_publish
from .references import References
from .result import Config
from .schedules import read_safety, read_schedule, read_timezone
from .scorecards import read_scorecards
from .stores import read_store
from .triggers import read_triggers
from .voice import check_targets, read_pulse, with_pulse

SECTIONS = (
    "store", "timezone", "plugins", "connections", "identity", "metrics", "lifecycle", "onboarding", "segments", "scorecards",
    *OUTPUTS, "triggers", "publish", "schedule", "safety", "portfolio", "backtest", "notify",
)  # fmt: skip


def load(
    path: Path | None = None,
    registry: Registry | None = None,
    environ: Mapping[str, str] | None = None,
    profile: str | None = None,
) -> Config:
    """Read the configuration; `registry` is discovered and `environ` is this process's own when they are not given.

    Raises one ConfigError with every mistake, in the order of the file, and PluginError when a plugin does not load.
    """
    given = os.environ if environ is None else environ
    found = find_config(path, given, Path())
    source = _read(found, with_env_file(given, found.parent), profile)
    loaded = registry or _plugins(source)
    draft = Draft(root=source.root, registry=loaded, references=source.references)
    _check_keys(draft)
    config = _sections(draft, source)
    _raise(source)
    return replace(config, warnings=_clean(source.problems.warnings(), source.references.secrets))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """The scorecards of a file, with the plugins they were read with."""

    path: Path
    registry: Registry
    scorecards: Mapping[str, Scorecard]


def load_cards(
    path: Path | None = None,
    registry: Registry | None = None,
    environ: Mapping[str, str] | None = None,
    profile: str | None = None,
) -> Cards:
    """Read the scorecards of a file and their metrics alone: no connection, no secret and no `.env` is needed.

    Extra fields are taken for granted, because only connections declare them. Raises ConfigError and PluginError as `load` does.
    """
    given = os.environ if environ is None else environ
    source = _read(find_config(path, given, Path()), given, profile)
    loaded = registry or _plugins(source)
    draft = Draft(root=source.root, registry=loaded, references=source.references, certain=False)
    _check_keys(draft)
    cards = read_scorecards(draft, read_metrics(draft))
    _raise(source)
    return Cards(path=source.path, registry=loaded, scorecards=MappingProxyType(cards))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The file as read. `overlaid` are the sections the profile's own file names."""

    path: Path
    root: Block
    references: References
    problems: Problems
    profile: str | None
    store: str | None
    overlaid: frozenset[str] = frozenset()


def _raise(source: _Source) -> None:
    mistakes = _clean(source.problems.mistakes(), source.references.secrets)
    if mistakes:
        count = f"{len(mistakes)} mistakes" if len(mistakes) > 1 else "1 mistake"
        raise ConfigError(f"{count} in {source.path}", problems=mistakes)


def _read(path: Path, environ: Mapping[str, str], profile: str | None) -> _Source:
    problems = Problems()
    references = References(environ=environ, folder=path.parent, problems=problems)
    environment = read_environment(environ)
    chosen = profile or environment.profile
    root, twice = read_file(path, str(path))
    problems.found += twice
    overlaid: frozenset[str] = frozenset()
    if chosen:
        beside = overlay_path(path, chosen)
        over, twice = read_file(beside, str(beside))
        problems.found += twice
        root, overlaid = laid_over(root, over), frozenset(entry.key for entry in over)
    return _Source(
        path=path,
        root=root,
        references=references,
        problems=problems,
        profile=chosen,
        store=environment.store,
        overlaid=overlaid,
    )


def _plugins(source: _Source) -> Registry:
    """Load the plugins the file does not disable. A block or a blocked name nobody has is a mistake."""
    node = source.root.get("plugins")
    if not isinstance(node, Block):
        return discover()
    found = installed()
    names = {plugin.owner.name for plugin in found}
    core = check(node.only(["disabled"]), PluginsBlock, source.problems, ("plugins",))
    disabled = core.disabled if core else []
    for name in disabled:
        if name not in names:
            steps, hint = ("plugins", "disabled"), did_you_mean(name, names)
            source.problems.add(node.place, steps, f"there is no plugin {name}", hint)
    blocks: dict[str, Mapping[str, object]] = {}
    for entry in node.without(["disabled"]):
        data = plain(entry.node)
        if entry.key not in names:
            steps, hint = ("plugins", entry.key), did_you_mean(entry.key, ("disabled", *names))
            source.problems.add(entry.place, steps, f"there is no plugin {entry.key}", hint)
        elif isinstance(data, dict):
            blocks[entry.key] = data
    return discover(disabled=disabled, blocks=blocks, plugins=found)


def _check_keys(draft: Draft) -> None:
    for entry in draft.root:
        if entry.key not in SECTIONS:
            draft.problems.add(entry.place, (entry.key,), "is no known key", did_you_mean(entry.key, SECTIONS))


def _sections(draft: Draft, source: _Source) -> Config:
    connections = read_connections(draft)
    pulse = read_pulse(draft, connections)
    metrics = with_pulse(read_metrics(draft), pulse, draft.extras)
    placement = read_placement(draft, metrics)
    cards = with_outputs(draft, read_scorecards(draft, metrics))
    publish = read_publish(draft, connections)
    check_targets(draft, connections, publish)
    config = Config(
        path=source.path,
        folder=source.path.parent,
        profile=source.profile,
        registry=draft.registry,
        store=read_store(draft, environ=source.store, profile=source.profile, overlaid="store" in source.overlaid),
        timezone=read_timezone(draft),
        connections=MappingProxyType(connections),
        extras=MappingProxyType(draft.extras),
        identity=read_identity(draft, connections),
        metrics=MappingProxyType(dict(metrics.ready)),
        scorecards=MappingProxyType(cards),
        placement=placement,
        outputs=read_outputs(draft, metrics, pulse),
        triggers=read_triggers(draft, metrics),
        publish=MappingProxyType(publish),
        schedule=read_schedule(draft),
        safety=read_safety(draft),
        portfolio=read_portfolio(draft, cards),
        backtest=read_backtest(draft),
        notify=_notify(draft),
        secrets=tuple(draft.references.secrets),
    )
    _look_over(draft, config)
    return config


def _look_over(draft: Draft, config: Config) -> None:
    lint(
        draft,
        Sections(
            connections=config.connections,
            identity=config.identity,
            metrics=config.metrics,
            cards=config.scorecards,
            triggers=config.triggers,
            publish=config.publish,
        ),
    )


def _notify(draft: Draft) -> SecretStr | None:
    node = draft.root.get("notify")
    if node is None:
        return None
    if not isinstance(node, Value):
        draft.problems.add(node.place, ("notify",), "needs one reference to a URL", "env:SLACK_WEBHOOK")
        return None
    found = draft.references.secret(node, ("notify",))
    return SecretStr(found) if found else None


def _clean(problems: tuple[Problem, ...], secrets: list[SecretStr]) -> tuple[Problem, ...]:
    """A last look: no message prints a secret, whoever wrote the message."""
    clean = Redactor(secrets).clean
    return tuple(
        replace(problem, message=clean(problem.message), hint=clean(problem.hint) if problem.hint else None)
        for problem in problems
    )
