"""Acting: changed scores meet triggers, one open alert per customer and cause, and each alert is handed to its actions."""

from __future__ import annotations

from .deliver import deliver as deliver
from .watch import Watched as Watched
from .watch import watch as watch
