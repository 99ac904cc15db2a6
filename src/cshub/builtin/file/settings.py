"""The YAML block of a file connection: where the files are, what a line is, and which column means what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cshub import KINDS, ROW_COLUMNS, Kind, Type

KindName: TypeAlias = Literal["account", "contact", "deal", "ticket", "response", "event", "owner", "association"]
TypeName: TypeAlias = Literal["text", "number", "integer", "flag", "time", "date"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: How a row says whose it is, in the words of the YAML, and the column of the kind behind each.
REFERENCES = {
    "account.id": "account_id",
    "account.external_id": "account_external_id",
    "account.domain": "account_domain",
    "contact.id": "contact_id",
    "contact.email": "contact_email",
}
_TAKEN = {column.name for column in ROW_COLUMNS} | {"deleted"}


class SourceColumn(BaseModel):
    """A column of the file, with what stands in it where that is not plain."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    column: str = Field(min_length=1, description="its name in the file")
    type: TypeName | None = Field(default=None, description="for extra fields; columns of the kind have their own")
    format: str | None = Field(default=None, description="of a time or a date, as `%d.%m.%Y`; default: ISO 8601")


class FileSettings(BaseModel):
    """Files to read rows from."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: str = Field(min_length=1, description="file or pattern (`usage/*.csv`), from the folder of the configuration")
    kind: KindName = Field(description="what a row is")
    key: str | list[str] = Field(description="column or columns that make a row's id; the same key is the same row")
    columns: dict[str, str | SourceColumn] = Field(
        min_length=1, description="column of the kind, or extra → file's column"
    )
    format: Literal["auto", "csv", "jsonl"] = Field(
        default="auto", description="auto: by the ending of the file's name"
    )
    mode: Literal["replace", "append"] = Field(
        default="replace", description="replace: a reading holds everything; append: files only grow"
    )
    delimiter: str | None = Field(
        default=None, min_length=1, max_length=1, description="default: a comma, in .tsv a tab"
    )
    encoding: str = Field(default="utf-8", description="utf-8, cp1252, latin-1 and other supersets of ASCII")

    @property
    def row_kind(self) -> Kind:
        """The kind of its rows."""
        return KINDS[self.kind]

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that make the id, in order."""
        return (self.key,) if isinstance(self.key, str) else tuple(self.key)

    @property
    def sources(self) -> Mapping[str, SourceColumn]:
        """cshub's name → column of the file, for columns of the kind and extra fields alike."""
        return {
            REFERENCES.get(name, name): SourceColumn(column=given) if isinstance(given, str) else given
            for name, given in self.columns.items()
        }

    @property
    def extras(self) -> Mapping[str, Type]:
        """The extra fields and their types."""
        own = self.row_kind.names
        return {name: Type(given.type or "text") for name, given in self.sources.items() if name not in own}

    @field_validator("encoding")
    @classmethod
    def _encoding_is_known(cls, name: str) -> str:
        try:
            fits = "\n,".encode(name) == b"\n,"
        except LookupError:
            fits = False
        if not fits:
            raise ValueError("is no encoding that writes line ends as ASCII does; try utf-8, cp1252 or latin-1")
        return name

    @field_validator("key")
    @classmethod
    def _key_is_given(cls, key: str | list[str]) -> str | list[str]:
        if not key or not all(key):
            raise ValueError("names no column; without a key a row that comes again would be a new one")
        return key

    @model_validator(mode="after")
    def _columns_make_sense(self) -> Self:
        if len(self.sources) < len(self.columns):
            raise ValueError("columns: one column is named twice, with a dot and with an underscore")
        for name, given in self.sources.items():
            self._check(name, given)
        return self

    def _check(self, name: str, given: SourceColumn) -> None:
        """ValueError for a name nothing can have, and for a type that is not the column's own."""
        own = {column.name: column for column in self.row_kind.columns}
        if name in _TAKEN:
            raise ValueError(f"columns.{name}: every row has its own {name}; choose another name")
        if name in REFERENCES.values() and name not in own:
            raise ValueError(f"columns.{name}: {self.kind} has no such reference; it has {', '.join(own)}")
        if not _NAME.fullmatch(name):
            words = f"lower-case letters, digits and underscores, or one of {', '.join(REFERENCES)}"
            raise ValueError(f"columns.{name}: a name is made of {words}")
        type = own[name].type.value if name in own else given.type or "text"
        if name in own and given.type not in (None, type):
            raise ValueError(f"columns.{name}: the column is a {type}; leave out its type")
        if given.format and type not in ("time", "date"):
            raise ValueError(f"columns.{name}: only times and dates have a format")
