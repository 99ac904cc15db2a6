"""The rule language: an allow-listed subset of Python expressions, checked, run as a closure or as SQL.

Here also stands the composition of query metrics into one statement per kind, because this package alone generates SQL text.
"""

from __future__ import annotations

from .aggregate import Extras as Extras
from .answers import Answers as Answers
from .answers import Composition as Composition
from .answers import Statement as Statement
from .compose import compose as compose
from .dialect import SQLITE as SQLITE
from .dialect import Dialect as Dialect
from .dialect import Fragment as Fragment
from .dialect import quote as quote
from .expression import Expression as Expression
from .expression import names_of as names_of
from .expression import parse as parse
from .expression import values_of as values_of
from .problem import ExprError as ExprError
from .question import Question as Question
from .question import check_query as check_query
