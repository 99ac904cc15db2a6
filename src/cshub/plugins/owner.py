"""Who declared something: the name of a plugin with the distribution and version it came in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A loaded plugin. `name` is what the YAML calls it (the entry point's name, or that of a built-in)."""

    name: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f'plugin "{self.name}" ({self.distribution} {self.version})'

    @property
    def cure(self) -> str:
        """The line of YAML that runs cshub without this plugin."""
        return f"to run without it, write in cshub.yaml:  plugins: {{disabled: [{self.name}]}}"
