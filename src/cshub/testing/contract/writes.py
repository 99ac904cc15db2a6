"""Rules about writing to a CRM: one outcome per record, the same values read back, nothing else touched, nothing lost in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ...connector import Destination
from ...errors import CredentialsError
from ...model import FieldSpec, FieldType, Outcome, RecordWrite, Value, WriteBatch, WriteState
from ..sandbox import Fault, FaultKind
from .fields import specs, target_of
from .trial import Lacking, Trial, outcome_of

#: Canonical text of each type, twice, the second without a value where CRMs can clear one.
VALUES: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.PICKLIST: ("at_risk", "critical"),
    FieldType.NUMBER: ("72", "-0.5"),
    FieldType.PERCENT: ("0.8", "1"),
    FieldType.TEXT: ("Logins −42 % (−18); „NPS“ 9 🎉 שלום", "quotes \" ' & <tags>"),
    FieldType.LONG_TEXT: ("one line\nanother line", "x" * 2_000),
    FieldType.DATE: ("2026-03-31", "2024-02-29"),
    FieldType.DATETIME: ("2026-03-31T12:00:00Z", "1999-12-31T23:59:59Z"),
    FieldType.FLAG: ("true", "false"),
    FieldType.URL: ("https://hub.example.com/customers/1?x=%20", "https://example.com"),
}
NOBODY = "999999999999"


class Desk:
    """A destination with fields of every type made, and the ids of the records there are."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.target = target_of(trial)
        self.destination = trial.destination()
        self.fields = {spec.type: spec for spec in specs(trial)}
        self.destination.provision(self.target, tuple(self.fields.values()))
        self.ids = [str(record["id"]) for record in trial.sandbox.vendor.dump(self.target)]
        if len(self.ids) < 3:
            raise Lacking(f"the sandbox holds only {len(self.ids)} records of {self.target}")
        trial.sandbox.writes.clear()

    @property
    def text(self) -> FieldSpec:
        """A text field."""
        return self.fields[FieldType.TEXT]

    def write(
        self, values: Mapping[str, Mapping[str, Value]], *, through: Destination | None = None
    ) -> dict[str, Outcome]:
        """Write these values by id; the outcomes by id. Fails unless there is exactly one per record."""
        batch = WriteBatch(
            target=self.target, records=tuple(RecordWrite(id=id, values=given) for id, given in values.items())
        )
        outcomes = list((through or self.destination).write(batch))
        counts = Counter(outcome.id for outcome in outcomes)
        assert counts == dict.fromkeys(values, 1), f"not one outcome per record: {_difference(counts, values)}"
        return {outcome.id: outcome for outcome in outcomes}

    def read(self, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """What stands there now."""
        return self.trial.destination().read(self.target, ids, fields)


def every_record_has_one_outcome(trial: Trial) -> None:
    """However many records a batch has, each ends in exactly one outcome, and in `written` when all is well."""
    desk = Desk(trial)
    outcomes = desk.write({id: {desk.text.name: f"text {id}"} for id in desk.ids})
    _all(outcomes, WriteState.WRITTEN)
    found = desk.read(desk.ids, [desk.text.name])
    wrong = [id for id in desk.ids if found.get(id, {}).get(desk.text.name) != f"text {id}"]
    assert not wrong, f"{wrong[0]} was said to be written, but holds {found.get(wrong[0])}"


def what_is_written_is_read_back(trial: Trial) -> None:
    """A value of every type comes back as the same canonical text, and no value as none, or as false where a flag cannot be empty."""
    desk = Desk(trial)
    id = desk.ids[0]
    names = {type: spec.name for type, spec in desk.fields.items()}
    for number in range(2):
        given: dict[str, Value] = {names[type]: values[number] for type, values in VALUES.items()}
        _all(desk.write({id: given}), WriteState.WRITTEN)
        found = desk.read([id], list(given))[id]
        wrong = [
            f"{name}: wrote {value!r}, read {found.get(name)!r}"
            for name, value in given.items()
            if found.get(name) != value
        ]
        assert not wrong, "; ".join(wrong)
    cleared: dict[str, Value] = dict.fromkeys(names.values())
    _all(desk.write({id: cleared}), WriteState.WRITTEN)
    found = desk.read([id], list(cleared))[id]
    if found.get(names[FieldType.FLAG]) == "false":
        cleared[names[FieldType.FLAG]] = "false"
    assert found == cleared, "a cleared field does not read as empty"


def writing_again_changes_nothing(trial: Trial) -> None:
    """Writing the same values again is harmless: the outcome is the same and nothing in the CRM changes."""
    desk = Desk(trial)
    given = {id: {desk.text.name: "the same"} for id in desk.ids[:3]}
    desk.write(given)
    before = len(trial.sandbox.writes.changes())
    _all(desk.write(given), WriteState.WRITTEN)
    assert len(trial.sandbox.writes.changes()) == before, "writing the same values again changed something"


def nothing_else_is_written(trial: Trial) -> None:
    """Only the fields of the batch are sent, and only to its records."""
    desk = Desk(trial)
    desk.write({id: {desk.text.name: "x"} for id in desk.ids[:3]})
    sent = {(entry.id, entry.field) for entry in trial.sandbox.writes}
    assert sent == {(id, desk.text.name) for id in desk.ids[:3]}, (
        f"other fields or records were written: {sorted(sent)[:5]}"
    )


def a_refused_value_stops_no_other(trial: Trial) -> None:
    """A value the CRM refuses for good rejects its own record, with a reason; the others are written."""
    desk = Desk(trial)
    field = desk.fields[FieldType.PICKLIST].name
    bad, *good = desk.ids[:5]
    outcomes = desk.write(
        {
            **{id: {field: "at_risk"} for id in good[:2]},
            bad: {field: "no_such_option"},
            **{id: {field: "at_risk"} for id in good[2:]},
        }
    )
    assert outcomes[bad].state is WriteState.REJECTED, f"a refused value ended as {outcomes[bad].state}"
    assert outcomes[bad].message, "the refused record has no reason"
    _all({id: outcomes[id] for id in good}, WriteState.WRITTEN)


def a_record_that_is_gone_is_told(trial: Trial) -> None:
    """A record that no longer exists ends as `gone`, is left out when read, and stops no other."""
    desk = Desk(trial)
    ids = [desk.ids[0], NOBODY, desk.ids[1]]
    outcomes = desk.write({id: {desk.text.name: "x"} for id in ids})
    assert outcomes[NOBODY].state is WriteState.GONE, f"a record that does not exist ended as {outcomes[NOBODY].state}"
    _all({id: outcomes[id] for id in ids if id != NOBODY}, WriteState.WRITTEN)
    assert set(desk.read(ids, [desk.text.name])) == set(ids) - {NOBODY}, (
        "reading must leave out what is gone, and only that"
    )


def nothing_to_write_sends_nothing(trial: Trial) -> None:
    """An empty batch asks the vendor nothing."""
    desk = Desk(trial)
    before = len(trial.sandbox.log)
    assert desk.write({}) == {}
    assert len(trial.sandbox.log) == before, "an empty batch sent a request"


def a_lost_answer_is_no_failure(trial: Trial) -> None:
    """A write that was carried out although its answer was lost never ends as failed or rejected."""
    desk = Desk(trial)
    with trial.on_a_socket() as transport:
        through = trial.destination(transport=transport)
        with trial.going_wrong(Fault(kind=FaultKind.RESET, times=1, carried_out=True)):
            outcomes = desk.write({id: {desk.text.name: "kept"} for id in desk.ids[:3]}, through=through)
    _all(outcomes, WriteState.WRITTEN, WriteState.UNKNOWN)
    assert len(trial.sandbox.writes.changes()) == 3, "the write was carried out more than once"


def trouble_gives_outcomes_too(trial: Trial) -> None:
    """A vendor that is down leaves each record failed or unknown; nothing is said to be written."""
    desk = Desk(trial)
    with trial.going_wrong(Fault(kind=FaultKind.SERVER_ERROR)):
        outcomes = desk.write({id: {desk.text.name: "x"} for id in desk.ids})
    _all(outcomes, WriteState.FAILED, WriteState.UNKNOWN)


def a_refused_token_stops_the_write(trial: Trial) -> None:
    """When the credentials are refused, writing ends as a CredentialsError, not in outcomes about records."""
    desk = Desk(trial)
    with trial.going_wrong(Fault(kind=FaultKind.UNAUTHORIZED)):
        error = outcome_of(lambda: desk.write({desk.ids[0]: {desk.text.name: "x"}}))
    assert isinstance(error, CredentialsError), f"a refused token ended in {error or 'outcomes'}"


def _all(outcomes: Mapping[str, Outcome], *states: WriteState) -> None:
    other = [each for each in outcomes.values() if each.state not in states]
    wanted = " or ".join(state.value for state in states)
    assert not other, f"{other[0].id} ended as {other[0].state} instead of {wanted}: {other[0].message}"


def _difference(counts: Mapping[str, int], wanted: Mapping[str, object]) -> str:
    lacking = [id for id in wanted if id not in counts]
    extra = [id for id, count in counts.items() if count > 1 or id not in wanted]
    return f"none for {lacking[:3]}, too many for {extra[:3]}"


RULES = (
    every_record_has_one_outcome,
    what_is_written_is_read_back,
    writing_again_changes_nothing,
    nothing_else_is_written,
    a_refused_value_stops_no_other,
    a_record_that_is_gone_is_told,
    nothing_to_write_sends_nothing,
    a_lost_answer_is_no_failure,
    trouble_gives_outcomes_too,
    a_refused_token_stops_the_write,
)
