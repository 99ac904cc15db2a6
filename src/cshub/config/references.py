"""Values that stand elsewhere: `env:NAME` and `file:path`. Secrets come no other way, and no message ever prints one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from .nodes import Step, Value
from .problems import Problems

_ENV = re.compile(r"env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:\?(?P<default>.*)|(?P<tail>/.*))?", re.DOTALL)
_MOST_BYTES = 65_536
_HOW = "write env:NAME and put NAME=… into .env or the environment, or write file:path"


@dataclass(frozen=True, slots=True)
class References:
    """Where references are looked up. `secrets` gathers what was found, for redaction."""

    environ: Mapping[str, str]
    folder: Path
    problems: Problems
    secrets: list[SecretStr] = field(default_factory=list)

    def secret(self, node: Value, steps: Sequence[Step]) -> str | None:
        """The secret a value refers to; None, with a problem noted, when it is written out or cannot be found."""
        if node.value is None:
            return None
        text = node.text
        found = self._file(node, steps) if text.startswith("file:") else self._env(node, steps, secret=True)
        if found is not None:
            self.secrets.append(SecretStr(found))
        return found

    def text(self, node: Value, steps: Sequence[Step]) -> str | None:
        """The text that `env:NAME`, `env:NAME?default` or `env:NAME/rest/of/a/path` stands for."""
        return self._env(node, steps, secret=False)

    def _env(self, node: Value, steps: Sequence[Step], *, secret: bool) -> str | None:
        reference = _ENV.fullmatch(node.text)
        if reference is None or (secret and (reference["default"] is not None or reference["tail"])):
            self._misspelt(node, steps, secret=secret)
            return None
        name = reference["name"]
        if value := self.environ.get(name):
            return value + (reference["tail"] or "")
        if reference["default"] is not None:
            return reference["default"]
        state = "is empty" if name in self.environ else "is not set"
        hint = f"set it in the environment, or write {name}=… into {self.folder / '.env'}"
        self.problems.add(node.place, steps, f"the environment variable {name} {state}", hint)
        return None

    def _misspelt(self, node: Value, steps: Sequence[Step], *, secret: bool) -> None:
        if secret and not node.text.startswith("env:"):
            message, hint = "a secret may not stand in this file", f"{_HOW}; if this was a real one, replace it"
        elif secret:
            message, hint = "env: has to be followed by the name of an environment variable", _HOW
        else:
            message = "env: has to be followed by the name of an environment variable"
            hint = "write env:NAME, env:NAME?default or env:NAME/path"
        self.problems.add(node.place, steps, message, hint)

    def _file(self, node: Value, steps: Sequence[Step]) -> str | None:
        path = self.folder / Path(node.text.removeprefix("file:")).expanduser()
        try:
            with path.open("rb") as file:
                content = file.read(_MOST_BYTES).decode("utf-8").strip()
        except (OSError, UnicodeDecodeError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            self.problems.add(node.place, steps, f"the file {path} cannot be read: {reason}", "check path and rights")
            return None
        if not content:
            self.problems.add(node.place, steps, f"the file {path} is empty", "write the secret into it")
            return None
        return content
