"""The page of settings: every key of `cshub.yaml`, from the models that check it."""

from __future__ import annotations

import importlib
import pkgutil

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from cshub import config

from .signatures import cell, doc


def page() -> str:
    """Models in the order of the modules of `cshub.config`."""
    return f"# Settings\n\n{doc(config)}\n\n" + "\n\n".join(section(model) for model in models())


def models() -> list[type[BaseModel]]:
    """Every public pydantic model of the configuration."""
    names = [config.__name__, *(found.name for found in pkgutil.walk_packages(config.__path__, "cshub.config."))]
    return [
        value
        for name in names
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == name and value.model_fields
    ]


def section(model: type[BaseModel]) -> str:
    """One model under its own heading, one heading below it for each key."""
    keys = "\n\n".join(key(field.alias or name, field) for name, field in model.model_fields.items())
    return f"## {model.__name__}\n\n{doc(model)}\n\n{keys}"


def key(name: str, field: FieldInfo) -> str:
    """One key with its type, default and meaning."""
    return f"### {name}: {type_name(field)}{default(field)}\n\n{cell(field.description or '')}"


def type_name(field: FieldInfo) -> str:
    """The type as a person would write it."""
    annotation = field.annotation
    plain = (
        annotation.__name__ if isinstance(annotation, type) and not hasattr(annotation, "__args__") else str(annotation)
    )
    return plain.replace("typing.", "").rpartition("cshub.")[2] if "cshub." in plain else plain


def default(field: FieldInfo) -> str:
    """` = value` where there is one that does not depend on anything."""
    return "" if field.default is PydanticUndefined else f" = {field.default!r}"
