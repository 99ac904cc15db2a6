from __future__ import annotations

import pytest

from cshub.expr import ExprError, names_of, parse, values_of
from cshub.model import KINDS, TICKET, Type

NAMES = names_of(TICKET, {"missed": Type.FLAG, "tier": Type.TEXT, "priority": Type.NUMBER})
VALUES = values_of(TICKET)


def refusal(text: str, *, yes_no: bool = True) -> ExprError:
    with pytest.raises(ExprError) as caught:
        parse(text, names=NAMES, values=VALUES, yes_no=yes_no)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "is_open",
        "not is_open",
        "priority == 'urgent' and is_open",
        "missed or tier == 'gold'",
        "0 < rating <= 5",
        "rating in (1, 2.5)",
        "priority not in ['low', 'normal']",
        "closed_at is None",
        "closed_at is not None",
        "closed_at > opened_at",
        "opened_at >= '2026-03-31'",
        "opened_at < '2026-03-31T12:00:00+02:00'",
        "first_reply_s / 60 + 1 > -2.5 * rating",
        "lower(channel) == 'phone'",
        "startswith(channel, 'ph') != contains(tier, 'old')",
        "is_open == True",
        "connection == 'support'",
        "  ( rating > 1 )\n  and is_open  # a remark",
        "channel == 'größe' and is_open",
        "True",
    ],
)
def test_the_language_knows(text: str) -> None:
    assert parse(text, names=NAMES, values=VALUES).type is Type.FLAG


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("is_opn", 0, "is_opn is not known here", "did you mean is_open?"),
        ("is_open and priorty == 'low'", 12, "priorty is not known here", "did you mean priority?"),
        ("channel == 'größe' and zzz", 23, "zzz is not known here", "known here: "),
        ("  is_opn", 2, "is_opn is not known here", "did you mean is_open?"),
        ("is_open and\n is_opn", 13, "is_opn is not known here", "did you mean is_open?"),
        ("priority == 'urgnt'", 12, "priority is never 'urgnt'", "did you mean 'urgent'?"),
        ("priority in ('low', 'x')", 20, "priority is never 'x'", "it is one of low, normal, high, urgent"),
        ("rating == '5'", 10, "a number cannot be compared with text", None),
        ("is_open == 1", 11, "yes or no cannot be compared with a number", None),
        ("opened_at > 5", 12, "a time cannot be compared with a number", None),
        ("opened_at > 'soon'", 12, "'soon' is not a time", "write it like 2026-03-31 or 2026-03-31T12:00:00Z"),
        ("is_open > missed", 0, "yes and no have no order", "use == or !="),
        ("rating", 0, "this has to be yes or no, but it is a number", "compare it with something, like `mrr > 0`"),
        ("is_open and rating", 12, "this has to be yes or no, but it is a number", "compare it with something"),
        ("opened_at - closed_at > 1", 0, "only numbers can be calculated with, this is a time", "use days_since"),
        ("channel + 'x' == 'y'", 0, "only numbers can be calculated with, this is text", None),
        ("tier == None", 8, "None cannot be used here", "write `is None` or `is not None`"),
        ("tier is 'gold'", 8, "`is` is only for None", "use == to compare"),
        ("tier in channel", 8, "`in` needs a written list of values", "for a column use contains"),
        ("tier in ()", 8, "`in` needs a written list of values", "write the values"),
        ("tier in (channel,)", 9, "`in` needs written values, not columns", None),
        ("tier.upper == 'X'", 0, "a dot is not part of the rule language", "extra fields are used by their plain name"),
        ("lowr(tier) == 'x'", 0, "there is no function lowr", "did you mean lower?"),
        ("lower(rating) == 'x'", 6, "lower needs a column with text", "lower(column)"),
        ("lower() == 'x'", 0, "lower is used as lower(column)", None),
        ("contains(tier, channel)", 15, "contains needs a written text", "contains(column, 'text')"),
        ("days_since(opened_at) > 3", 0, "days_since cannot be used in this rule", "use `window:`"),
        ("rating > 99999999999999999999", 9, "this number is too large", None),
        ("rating > 1e999", 9, "this number is too large", None),
        ("", 0, "the rule is empty", "for everything, leave it out"),
        ("rating >", 8, "not a rule: invalid syntax", "for example: is_open"),
        ("channel == 'a\\nb'", 13, "a rule may not contain a backslash or a control character", None),
        ("((((((((((((((1)))))))))))))) == 1", 12, "more than 12 brackets inside one another", "split the rule"),
    ],
)
def test_a_mistake_has_its_place_its_reason_and_a_hint(text: str, column: int, message: str, hint: str | None) -> None:
    error = refusal(text)
    assert error.column == column
    assert message in error.message
    assert (hint is None) or hint in (error.hint or "")


def test_a_column_of_the_kind_is_not_hidden_by_an_extra_field() -> None:
    assert NAMES["priority"] is Type.TEXT


def test_an_expression_tells_what_it_reads_and_gives() -> None:
    found = parse("days_since(closed_at) / rating", names=NAMES, timely=True, yes_no=False)
    assert (found.type, found.names, found.timely) == (Type.NUMBER, ("closed_at", "rating"), True)


def test_a_list_is_asked_by_contains_alone() -> None:
    account = names_of(KINDS["account"])
    assert parse("contains(domains, 'acme.com')", names=account).type is Type.FLAG
    with pytest.raises(ExprError, match="cannot be compared") as caught:
        parse("domains == 'acme.com'", names=account)
    assert caught.value.hint == "use contains(column, 'text')"


def test_a_timely_rule_needs_an_as_of() -> None:
    timely = parse("days_until(closed_at) > 3", names=NAMES, timely=True)
    with pytest.raises(ValueError, match="as_of"):
        timely.closure()
