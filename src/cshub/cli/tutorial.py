"""The tutorial configuration, `config/cshub.yaml`, wherever it is: in the installed package, or in the folder of the sources."""

from __future__ import annotations

from pathlib import Path

from ..errors import CshubError

_HERE = Path(__file__).resolve()
#: The wheel carries a copy beside this module (see `force-include` in pyproject.toml); an editable install reads the original.
PLACES = (_HERE.parent / "templates" / "cshub.yaml", _HERE.parents[3] / "config" / "cshub.yaml")


def tutorial() -> str:
    """Its text. Raises CshubError when the installation lacks it."""
    for place in PLACES:
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise CshubError("the tutorial configuration is missing from this installation", hint="install cshub again")
