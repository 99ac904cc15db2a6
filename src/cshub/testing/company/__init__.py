"""A seeded company: the accounts, people, deals and tickets that every vendor sandbox shows a part of.

It belongs to no vendor and knows the truth: which contact, deal and ticket belongs to which customer.
"""

from __future__ import annotations

from .generate import generate
from .records import (
    Account,
    AccountKind,
    Company,
    Contact,
    Deal,
    Owner,
    Response,
    Story,
    Survey,
    System,
    Ticket,
    Twin,
)

__all__ = [
    "Account",
    "AccountKind",
    "Company",
    "Contact",
    "Deal",
    "Owner",
    "Response",
    "Story",
    "Survey",
    "System",
    "Ticket",
    "Twin",
    "generate",
]
