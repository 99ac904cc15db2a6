"""What each plugin declares, checked item by item and gathered by name. pluggy is known here alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias, TypeVar, cast

import pluggy

from .. import hookspecs
from ..errors import PluginError
from .checks import Named, a_connector, a_metric, a_model, a_rule, an_action
from .guard import WrongAnswer, quiet
from .owner import Owner
from .registry import Adjuster, Observer, Registry

N = TypeVar("N", bound=Named)
#: A hook implementation, called with the arguments it asks for out of those there are.
Call: TypeAlias = Callable[[Mapping[str, object]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A loaded plugin with its own block of the YAML."""

    owner: Owner
    plugin: object
    config: Mapping[str, object]


def collect(plugins: Sequence[Loaded]) -> Registry:
    """The registry of these plugins, the same whatever order they come in."""
    loaded = sorted(plugins, key=lambda one: one.owner.name)
    hooks = _register(loaded)
    owners: dict[tuple[str, str], Owner] = {}

    def gather(hook: str, sort: str, check: Callable[[object], N]) -> Mapping[str, N]:
        found: dict[str, N] = {}
        for plugin, call in _implementations(hooks, loaded, hook):
            for item in _answers(plugin, hook, call, check):
                _claim(owners, sort, item.name, plugin.owner)
                found[item.name] = item
        return MappingProxyType(dict(sorted(found.items())))

    return Registry(
        plugins=tuple(one.owner for one in loaded),
        connectors=gather("register_connectors", "connector", a_connector),
        metrics=gather("register_metrics", "metric", a_metric),
        models=gather("register_models", "model", a_model),
        identity_rules=gather("register_identity_rules", "identity rule", a_rule),
        actions=gather("register_actions", "action", an_action),
        adjusters=tuple(
            Adjuster(owner=plugin.owner, call=_taking("batch", call))
            for plugin, call in _implementations(hooks, loaded, "adjust_scores")
        ),
        observers=tuple(
            Observer(owner=plugin.owner, call=_taking("report", call))
            for plugin, call in _implementations(hooks, loaded, "run_finished")
        ),
        owners=MappingProxyType(owners),
    )


def _register(loaded: Iterable[Loaded]) -> pluggy.PluginManager:
    """Let pluggy find the implementations and check their arguments against the hookspecs."""
    hooks = pluggy.PluginManager("cshub")
    hooks.add_hookspecs(hookspecs)
    for one in loaded:
        try:
            hooks.register(one.plugin, name=one.owner.name)
            hooks.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:
            raise PluginError(f"{one.owner} does not fit the hooks: {error}", hint=one.owner.cure) from error
    return hooks


def _implementations(hooks: pluggy.PluginManager, loaded: Iterable[Loaded], hook: str) -> Iterator[tuple[Loaded, Call]]:
    """Every implementation of a hook with its plugin, in the order of plugin names."""
    by_name = {one.owner.name: one for one in loaded}
    caller = cast(pluggy.HookCaller, getattr(hooks.hook, hook))
    for found in sorted(caller.get_hookimpls(), key=lambda found: found.plugin_name):
        plugin = by_name[found.plugin_name]
        if found.wrapper or found.hookwrapper:
            raise PluginError(f"{plugin.owner} wraps {hook}; wrappers are not called", hint=plugin.owner.cure)
        yield plugin, _fitting(found)


def _fitting(found: pluggy.HookImpl) -> Call:
    return lambda values: found.function(*(values[name] for name in found.argnames))


def _taking(argument: str, call: Call) -> Callable[[object], object]:
    return lambda value: call({argument: value})


def _answers(plugin: Loaded, hook: str, call: Call, check: Callable[[object], N]) -> list[N]:
    """All that one `register_…` declares. Raises PluginError with the plugin's name for whatever goes wrong in it."""
    try:
        with quiet(plugin.owner, hook):
            answer = call({"config": MappingProxyType(dict(plugin.config))})
            if isinstance(answer, (str, bytes, Mapping)) or not isinstance(answer, Iterable):
                raise WrongAnswer(f"returned {type(answer).__name__}, which is no list")
            return [check(item) for item in answer]
    except WrongAnswer as error:
        raise PluginError(f"{plugin.owner}: {hook} {error}", hint=plugin.owner.cure) from error
    except (Exception, SystemExit) as error:
        message = f"{plugin.owner}: {hook} raised {type(error).__name__}: {error}"
        raise PluginError(message, hint=plugin.owner.cure) from error


def _claim(owners: dict[tuple[str, str], Owner], sort: str, name: str, owner: Owner) -> None:
    if other := owners.get((sort, name)):
        whom = f"{owner} declares it twice" if other == owner else f"both {other} and {owner} declare it"
        raise PluginError(f'the {sort} "{name}" is not clear: {whom}', hint=f"disable one of them; {owner.cure}")
    owners[sort, name] = owner
