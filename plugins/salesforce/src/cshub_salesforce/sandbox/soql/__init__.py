"""SOQL, a sound part of it: text to tree, tree against the org's fields, and the rows that fit.

Left out, and refused as Salesforce refuses what it cannot read: GROUP BY and aggregates but COUNT(), subqueries, TYPEOF,
functions, relative dates, INCLUDES and EXCLUDES.
"""

from __future__ import annotations

from .parser import parse, parse_condition
from .select import Selection, select
from .tree import Query

__all__ = ["Query", "Selection", "parse", "parse_condition", "select"]
