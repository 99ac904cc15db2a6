"""Rules about what a connector declares before anything is read: its settings, its streams, its check."""

from __future__ import annotations

import re
from datetime import timedelta

from pydantic import ValidationError

from ...connector import Check, Source
from ...model import KINDS, ROW_COLUMNS
from ...plugins.checks import CONNECTION_KEYS
from .trial import Trial

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SECRET = re.compile(r"(?i)(token|secret|key|password)$")


def settings_refuse_unknown_keys(trial: Trial) -> None:
    """A key the connector does not know is refused, so that a typo never becomes a silent default."""
    try:
        trial.connector.settings.model_validate({**trial.world.settings, "no_such_setting": "x"})
    except ValidationError:
        return
    raise AssertionError('the settings take any key; they need model_config = ConfigDict(extra="forbid")')


def settings_leave_the_cores_keys_alone(trial: Trial) -> None:
    """The core has keys of its own beside the connector's in the same block."""
    taken = set(trial.connector.settings.model_fields) & set(CONNECTION_KEYS)
    assert not taken, f"the settings have {sorted(taken)}, which belong to the core"


def settings_take_durations(trial: Trial) -> None:
    """A setting that is a length of time is written like everywhere in the YAML: 15m, not PT15M."""
    settings = trial.connector.settings
    refused = []
    for name, field in settings.model_fields.items():
        if isinstance(field.default, timedelta):
            try:
                settings.model_validate({**trial.world.settings, name: "43200m"})
            except ValidationError as error:
                refused += [name for found in error.errors() if found["loc"][:1] == (name,)]
    assert not refused, f"the settings {refused} do not take 15m; annotate them with cshub.Duration"


def settings_hide_their_secrets(trial: Trial) -> None:
    """Printing settings, or writing them as JSON, shows no secret."""
    texts = [str(trial.settings), repr(trial.settings), trial.settings.model_dump_json()]
    for secret in credentials_of(trial):
        shown = any(secret in text for text in texts)
        assert not shown, "a credential stands in the printed settings; make it a SecretStr"


def streams_are_told_offline(trial: Trial) -> None:
    """The streams follow from the settings alone: equal settings, equal streams, with names of their own."""
    again = tuple(trial.connector.streams(trial.settings))
    assert tuple(trial.streams) == again, "asked twice, the connector names other streams"
    names = [stream.name for stream in trial.streams]
    assert names, "the connector names no stream"
    assert len(set(names)) == len(names), f"two streams have one name: {names}"
    for stream in trial.streams:
        assert _NAME.fullmatch(stream.name), f"{stream.name!r} is no name: lower-case words joined by underscores"
        assert KINDS.get(stream.kind.name) is stream.kind, f"{stream.name}: its kind is none of cshub's"
        assert stream.shape, f"{stream.name}: without a shape nobody sees when the meaning of its rows changes"
        taken = set(stream.extras) & {*stream.kind.names, *(column.name for column in ROW_COLUMNS)}
        assert not taken, f"{stream.name}: the extra fields {sorted(taken)} are columns already"
        strange = (stream.columns or frozenset()) - {*stream.kind.names}
        assert not strange, f"{stream.name}: {stream.kind.name} has no columns {sorted(strange)}"


def a_check_names_the_account(trial: Trial) -> None:
    """A check says whose account this is and changes nothing."""
    adapter = trial.open()
    assert isinstance(adapter, Source), "the connector is no source"
    found = adapter.check()
    assert isinstance(found, Check), f"check() gives a {type(found).__name__}"
    assert found.org, "check() does not name the vendor's id of the account, which a plan is pinned to"
    unknown = set(found.missing_scopes) - {stream.name for stream in trial.streams}
    assert not unknown, f"check() names missing rights of {sorted(unknown)}, which are no streams"
    assert trial.world.sandbox is None or not len(trial.world.sandbox.writes), "check() wrote something"


def credentials_of(trial: Trial) -> set[str]:
    """What must never be seen: the settings' secrets, and what the sandbox calls a token, secret, key or password."""
    sandbox = trial.world.sandbox
    named = sandbox.credentials.items() if sandbox else ()
    given = {str(value) for value in trial.world.settings.values()}
    known = {value for name, value in named if _SECRET.search(name) and value in given}
    return known | {secret.get_secret_value() for secret in trial.secrets}


RULES = (
    settings_refuse_unknown_keys,
    settings_leave_the_cores_keys_alone,
    settings_take_durations,
    settings_hide_their_secrets,
    streams_are_told_offline,
    a_check_names_the_account,
)
