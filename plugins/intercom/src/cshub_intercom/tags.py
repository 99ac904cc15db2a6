"""Names of tags: a contact carries only the ids of its tags."""

from __future__ import annotations

from cshub import JSON

from .api import Api
from .pages import listed, walk
from .records import id_of


class TagNames:
    """Name by id, read when first needed, and once more for an id that came later."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._names: dict[str, str] = {}
        self._left = 2

    def name(self, tag: JSON) -> str | None:
        """The name of a tag or of a stub of one; its id where nobody knows a name, None when it has neither."""
        if isinstance(tag, dict) and isinstance(tag.get("name"), str) and tag["name"]:
            return str(tag["name"])
        id = id_of(tag)
        if id is not None and id not in self._names and self._left:
            self._left -= 1
            self._read()
        return None if id is None else self._names.get(id, id)

    def _read(self) -> None:
        for tags, _ in walk(self._api.tags, listed("data"), None):
            named = ((id_of(tag), tag.get("name")) for tag in tags if isinstance(tag, dict))
            self._names.update((id, name) for id, name in named if id is not None and isinstance(name, str))
