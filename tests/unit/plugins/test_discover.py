from __future__ import annotations

import pytest

import cshub
from cshub.plugins import discover, installed
from tests.unit.plugins.making import Given, plugin, registry_of


def form(name: str) -> cshub.QueryForm:
    return cshub.QueryForm(
        name=name, doc="a form", options=(), build=lambda main, options: cshub.Query(aggregates={}, finish="1")
    )


def nothing() -> list[object]:
    return []


def test_the_built_ins_are_found_by_name() -> None:
    names = {found.owner.name for found in installed()}
    assert {"actions", "metrics", "models"} <= names


def test_a_plugin_that_does_not_load_is_named_with_version_and_the_line_that_disables_it() -> None:
    broken = Given("acme", ImportError("no module named acme_client"))
    with pytest.raises(cshub.PluginError) as caught:
        registry_of(broken)
    message = str(caught.value)
    assert 'plugin "acme" (cshub-acme 1.2) does not load: ImportError: no module named acme_client' in message
    assert "plugins: {disabled: [acme]}" in message


def test_a_plugin_that_exits_while_loading_does_not_take_cshub_along() -> None:
    with pytest.raises(cshub.PluginError, match="SystemExit"):
        registry_of(Given("acme", SystemExit(0)))


def test_a_disabled_plugin_is_never_loaded() -> None:
    registry = discover(disabled=["acme"], plugins=[Given("acme", ImportError("broken"))])
    assert registry.plugins == ()


def test_a_clash_of_names_names_both_owners() -> None:
    one = plugin("one", register_metrics=lambda: [form("nps")])
    other = plugin("other", register_metrics=lambda: [form("nps")])
    with pytest.raises(cshub.PluginError, match=r'metric "nps".*plugin "one" \(cshub-one 1.2\).*plugin "other"'):
        registry_of(one, other)


def test_a_plugin_that_declares_a_name_twice_is_told_so() -> None:
    twice = plugin("one", register_metrics=lambda: [form("nps"), form("nps")])
    with pytest.raises(cshub.PluginError, match="declares it twice"):
        registry_of(twice)


def test_the_order_of_plugins_does_not_matter() -> None:
    one = plugin("one", register_metrics=lambda: [form("b")])
    other = plugin("other", register_metrics=lambda: [form("a")])
    assert registry_of(one, other).plugins == registry_of(other, one).plugins
    assert list(registry_of(one, other).metrics) == list(registry_of(other, one).metrics) == ["a", "b"]


def test_each_plugin_is_handed_its_own_block_and_cannot_change_it() -> None:
    seen: dict[str, object] = {}

    def register(config: dict[str, object]) -> list[cshub.QueryForm]:
        seen.update(config)
        with pytest.raises(TypeError):
            config["depth"] = 2
        return []

    registry_of(
        plugin("one", register_metrics=register), plugin("other", register_models=nothing),
        blocks={"one": {"depth": 1}, "other": {"depth": 3}},
    )  # fmt: skip
    assert seen == {"depth": 1}


def test_an_implementation_may_take_fewer_arguments_than_the_hook_gives() -> None:
    registry = registry_of(plugin("one", register_metrics=lambda: [form("nps")], run_finished=lambda: None))
    assert list(registry.metrics) == ["nps"]
    assert len(registry.observers) == 1


@pytest.mark.parametrize(
    ("hook", "answer", "words"),
    [
        ("register_metrics", None, "returned NoneType, which is no list"),
        ("register_metrics", "nps", "returned str, which is no list"),
        ("register_metrics", [42], "returned a int where a QueryForm or FunctionMetric belongs"),
        ("register_models", [form("nps")], "returned a QueryForm where a Model belongs"),
        ("register_actions", [None], "returned a NoneType where a Action belongs"),
        ("register_metrics", [form("No Name")], "declared the name 'No Name'"),
        ("register_connectors", [{}], "returned a dict where a Connector belongs"),
    ],
)
def test_a_wrong_return_type_is_named(hook: str, answer: object, words: str) -> None:
    with pytest.raises(cshub.PluginError) as caught:
        registry_of(plugin("acme", **{hook: lambda: answer}))
    assert words in str(caught.value)
    assert 'plugin "acme"' in str(caught.value)


def test_an_unknown_argument_of_a_hook_is_refused_at_start() -> None:
    with pytest.raises(cshub.PluginError, match="does not fit the hooks"):
        registry_of(plugin("acme", register_metrics=lambda settings: []))


def test_a_hook_that_does_not_exist_is_refused_at_start() -> None:
    with pytest.raises(cshub.PluginError, match="register_metrix"):
        registry_of(plugin("acme", register_metrix=nothing))


def test_a_registration_that_raises_is_attributed() -> None:
    def register() -> list[cshub.Model]:
        raise RuntimeError("no licence")

    with pytest.raises(cshub.PluginError, match=r'plugin "acme".*register_models raised RuntimeError: no licence'):
        registry_of(plugin("acme", register_models=register))


def test_a_metric_that_needs_an_unknown_kind_is_refused() -> None:
    @cshub.metric(needs=("tickets",))
    def reopened(view: cshub.CustomerView) -> int:
        return 0

    with pytest.raises(cshub.PluginError, match=r"needs tickets; there are account, contact"):
        registry_of(plugin("acme", register_metrics=lambda: [reopened]))
