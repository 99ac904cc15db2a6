"""The page of settings: every key of `cshub.yaml`, out of the JSON Schema that editors get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias, cast

from cshub.config.schema import json_schema
from cshub.plugins import discover, installed

from .signatures import cell

Schema: TypeAlias = Mapping[str, object]

#: What the page describes; other installed plugins have their own documentation.
OURS = ("cshub", "cshub-hubspot", "cshub-salesforce", "cshub-intercom", "cshub-satismeter")
DURATION = "^[0-9]+ ?[smhdw]$"
#: Patterns of the schema, in words.
FORMS = {DURATION: "duration", "^(env:": "secret"}
INTRO = """\
Unknown keys are refused, and `cshub validate` lists every mistake at once. `NAME` stands for a name you give. A *duration*
is a number with its unit: `30s`, `15m`, `6h`, `90d`, `2w`. A *secret* is never written out but referred to: `env:NAME` or
`file:PATH`."""


def page() -> str:
    """Settings in the order of the schema."""
    ours = [plugin for plugin in installed() if plugin.owner.distribution in OURS]
    schema = json_schema(discover(plugins=ours))
    defined = cast(Mapping[str, Schema], schema["$defs"])
    top = cast(Mapping[str, Schema], schema["properties"])
    parts = (part for name, value in top.items() for part in described(name, value, defined, depth=2))
    return f"# Settings\n\n{INTRO}\n\n" + "\n\n".join(parts)


def described(path: str, schema: Schema, defined: Mapping[str, Schema], *, depth: int) -> Iterator[str]:
    """A heading with type, default and meaning for a key, then for everything below it."""
    schema, defined = resolved(schema, defined)
    meaning = cell(str(schema["description"])) if "description" in schema else ""
    yield f"{'#' * min(depth, 4)} {path}: {type_name(schema, defined)}{default(schema)}\n\n{meaning}".rstrip()
    yield from below(path, schema, defined, depth=depth + 1)


def below(path: str, schema: Schema, defined: Mapping[str, Schema], *, depth: int) -> Iterator[str]:
    """What a mapping may hold: its keys, what stands under a name of yours, and each of its forms."""
    for name, value in cast(Mapping[str, Schema], schema.get("properties", {})).items():
        yield from described(f"{path}.{name}", value, defined, depth=depth)
    under = schema.get("additionalProperties")
    if isinstance(under, Mapping):
        under, defined = resolved(cast(Schema, under), defined)
        yield from forms(f"{path}.NAME", under, defined, depth=depth)
        yield from below(f"{path}.NAME", under, defined, depth=depth)


def forms(path: str, schema: Schema, defined: Mapping[str, Schema], *, depth: int) -> Iterator[str]:
    """The alternatives of a mapping: a connector with its keys, a form of a metric with its options."""
    for form in choices(schema):
        keys = cast(Mapping[str, Schema], form.get("properties", {}))
        if "connector" in keys:
            title = f"{path} with connector: {keys['connector'].get('const')}"
            yield f"{'#' * depth} {title}\n\n{cell(str(form.get('description', '')))}"
            yield from below(
                path, {"properties": {k: v for k, v in keys.items() if k != "connector"}}, defined, depth=4
            )
        elif keys:
            name, *options = keys
            written = f"{{{', '.join([f'{name}: …', *(f'{option}: …' for option in options)])}}}"
            yield f"{'#' * depth} {path}: {written}\n\n{cell(str(form.get('description', '')))}"


def choices(schema: Schema) -> list[Schema]:
    """The alternatives of a schema, without null."""
    found = cast(list[Schema], schema.get("oneOf") or schema.get("anyOf") or [])
    return [choice for choice in found if choice.get("type") != "null"]


def resolved(schema: Schema, defined: Mapping[str, Schema]) -> tuple[Schema, Mapping[str, Schema]]:
    """The schema that a `$ref` leads to, and the definitions that may still be followed: none is told twice."""
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if not name:
        return schema, defined
    rest = {other: value for other, value in defined.items() if other != name}
    return {**defined.get(name, {"type": "object"}), **{k: v for k, v in schema.items() if k != "$ref"}}, rest


def type_name(schema: Schema, defined: Mapping[str, Schema]) -> str:
    """The type as a person would write it."""
    if "const" in schema or "enum" in schema:
        return " | ".join(str(value) for value in cast(list[object], schema.get("enum", [schema.get("const")])))
    for pattern, words in FORMS.items():
        if str(schema.get("pattern", "")).startswith(pattern):
            return words
    if options := choices(schema):
        return " | ".join(dict.fromkeys(type_name(*resolved(option, defined)) for option in options))
    return {"object": "mapping", "array": "list"}.get(kind := str(schema.get("type", "any")), kind)


def default(schema: Schema) -> str:
    """` = value` where there is a plain one, as YAML writes it."""
    value = schema.get("default")
    if isinstance(value, bool):
        return f" = {str(value).lower()}"
    if isinstance(value, str) and schema.get("pattern") == DURATION:
        return f" = {value.lower().removeprefix('pt').removeprefix('p')}"
    return f" = {value}" if isinstance(value, str | int | float) else ""
