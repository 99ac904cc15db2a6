"""The pull stage: reads what vendors changed, a thread per stream, and lands it. What the rows mean is the connectors' and the later stages'."""

from __future__ import annotations

from .due import is_due as is_due
from .orders import OpenSource as OpenSource
from .orders import Orders as Orders
from .threads import pull as pull
