"""Finding plugins, checking what they declare, and calling them so that none can hurt the others."""

from __future__ import annotations

from .discover import Installed as Installed
from .discover import discover as discover
from .discover import installed as installed
from .guard import Failure as Failure
from .owner import Owner as Owner
from .registry import Registry as Registry
