"""Rules about the fields of a CRM: described as they are, made when missing, never changed when they exist."""

from __future__ import annotations

from collections.abc import Sequence

from ...connector import Destination
from ...errors import CshubError
from ...model import FieldSpec, FieldType, Provision, TargetField
from .trial import Trial, outcome_of

_BANDS = (("healthy", "Healthy"), ("at_risk", "At risk"), ("critical", "Critical"))
#: The types a destination may keep as one another: CRMs have no percent, no URL and no long text of their own.
_ALIKE = {
    FieldType.PERCENT: {FieldType.PERCENT, FieldType.NUMBER},
    FieldType.URL: {FieldType.URL, FieldType.TEXT},
    FieldType.LONG_TEXT: {FieldType.LONG_TEXT, FieldType.TEXT},
    FieldType.TEXT: {FieldType.TEXT, FieldType.LONG_TEXT},
}


def specs(trial: Trial) -> list[FieldSpec]:
    """A field of every type, under the connector's own names."""
    return [
        FieldSpec(
            name=trial.connector.field_name(f"contract_{type.value}"),
            label=f"Contract {type.value}",
            type=type,
            help="Made by a contract test",
            options=_BANDS if type is FieldType.PICKLIST else (),
            length=255 if type is FieldType.TEXT else None,
        )
        for type in FieldType
    ]


def target_of(trial: Trial) -> str:
    """The object that accounts are written to."""
    assert trial.connector.target, "a connector that writes names its `target`"
    return trial.connector.target


def field_names_are_told_offline(trial: Trial) -> None:
    """The vendor's name of a standard field is the same each time, and each has a name of its own."""
    standard = ("health", "health_score", "why", "why_detail", "data_as_of")
    names = [trial.connector.field_name(name) for name in standard]
    assert names == [trial.connector.field_name(name) for name in standard], "asked twice, a field has another name"
    assert len(set(names)) == len(names), f"two standard fields have one name: {names}"
    assert all(names), "a standard field has no name"


def missing_fields_are_made(trial: Trial) -> None:
    """A field of every type is made, one outcome per field in order, and described as it was asked for."""
    destination, target = trial.destination(), target_of(trial)
    wanted = specs(trial)
    outcomes = destination.provision(target, wanted)
    assert [each.field for each in outcomes] == [each.name for each in wanted], "not one outcome per field, in order"
    failed = [each for each in outcomes if each.state is not Provision.CREATED]
    assert not failed, f"{failed[0].field} was not made: {failed[0].state}, {failed[0].message}"
    made = _described(destination, target)
    for spec in wanted:
        found = made.get(spec.name)
        assert found, f"{spec.name} was made but is not described"
        assert found.writable, f"{spec.name} was made but cannot be written"
        assert found.type in _ALIKE.get(spec.type, {spec.type}), (
            f"{spec.name} was asked for as {spec.type}, is {found.type}"
        )
        assert set(found.options) >= {value for value, _ in spec.options}, f"{spec.name} lacks options"


def existing_fields_are_left_alone(trial: Trial) -> None:
    """Asked a second time, nothing is made and nothing changes."""
    destination, target = trial.destination(), target_of(trial)
    wanted = specs(trial)
    destination.provision(target, wanted)
    before = destination.describe(target)
    again = trial.destination().provision(target, wanted)
    assert {each.state for each in again} == {Provision.EXISTS}, f"made twice: {_states(again)}"
    assert list(destination.describe(target)) == list(before), "asking again changed a field"


def a_field_of_another_type_is_left_alone(trial: Trial) -> None:
    """A field that exists with another type is named for a person, and not touched."""
    destination, target = trial.destination(), target_of(trial)
    (text,) = (spec for spec in specs(trial) if spec.type is FieldType.TEXT)
    destination.provision(target, [text])
    before = destination.describe(target)
    number = FieldSpec(name=text.name, label=text.label, type=FieldType.NUMBER, help=text.help)
    (found,) = trial.destination().provision(target, [number])
    assert found.state is Provision.WRONG_TYPE, f"a text field that should be a number is {found.state}"
    assert found.message, "nobody is told what to do about the field"
    assert list(destination.describe(target)) == list(before), "a field of another type was changed"


def an_unknown_object_is_refused(trial: Trial) -> None:
    """Describing an object the CRM does not have is an error, not an empty list."""
    destination = trial.destination()
    error = outcome_of(lambda: destination.describe("no_such_object"))
    assert isinstance(error, CshubError), "an object that does not exist was described"


def _described(destination: Destination, target: str) -> dict[str, TargetField]:
    return {field.name: field for field in destination.describe(target)}


def _states(outcomes: Sequence[object]) -> str:
    return ", ".join(str(each) for each in outcomes[:3])


RULES = (
    field_names_are_told_offline,
    missing_fields_are_made,
    existing_fields_are_left_alone,
    a_field_of_another_type_is_left_alone,
    an_unknown_object_is_refused,
)
