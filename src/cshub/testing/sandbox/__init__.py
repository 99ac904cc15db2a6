"""The kit every vendor sandbox is built from: a small WSGI front with a clock, faults, logs and control paths.

A sandbox is a vendor's stateful double. The vendor's own behaviour lives in its plugin; nothing here knows any vendor.
"""

from __future__ import annotations

from .clock import SandboxClock
from .discovery import SandboxFactory, find_sandbox
from .faults import PROFILES, Fault, FaultKind, FaultPlan, profile
from .front import Sandbox
from .havoc import PageShape
from .logs import RequestEntry, RequestLog, WriteEntry, WriteLog
from .router import Route, Router
from .server import Running, serve
from .together import Seeded, together
from .vendor import Restless, Vendor
from .wire import JSON, Request, Response, json_response

__all__ = [
    "JSON",
    "PROFILES",
    "Fault",
    "FaultKind",
    "FaultPlan",
    "PageShape",
    "Request",
    "RequestEntry",
    "RequestLog",
    "Response",
    "Restless",
    "Route",
    "Router",
    "Running",
    "Sandbox",
    "SandboxClock",
    "SandboxFactory",
    "Seeded",
    "Vendor",
    "WriteEntry",
    "WriteLog",
    "find_sandbox",
    "json_response",
    "profile",
    "serve",
    "together",
]
