"""The HTTP client that every connector uses: budget, credentials, deadline, retry, origin pin and redaction in one place.

httpx is imported in this folder alone; what plugins need of it stands here. What a vendor's answers mean is the plugins'.
"""

from __future__ import annotations

from .slim import Transport, WSGITransport  # isort: skip - before every other import of httpx
from .answer import JSON, Answer
from .auth import Auth, Bearer
from .budget import Budget, Window
from .client import Client
from .clock import SYSTEM_CLOCK, Clock
from .origin import Origin
from .pages import walk_cursor, walk_link, walk_offset
from .redact import Redactor, redact
from .request import Params
from .retry import Retry
from .tokens import Token, TokenSource
from .verdict import Explain, Wait

__all__ = [
    "JSON",
    "SYSTEM_CLOCK",
    "Answer",
    "Auth",
    "Bearer",
    "Budget",
    "Client",
    "Clock",
    "Explain",
    "Origin",
    "Params",
    "Redactor",
    "Retry",
    "Token",
    "TokenSource",
    "Transport",
    "WSGITransport",
    "Wait",
    "Window",
    "redact",
    "walk_cursor",
    "walk_link",
    "walk_offset",
]
