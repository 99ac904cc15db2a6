"""The arithmetic of health: shapes, models, attribution, adjustments and bands, in whole micro-points. No clock, no I/O."""

from __future__ import annotations

from .adjust import finish as finish
from .bands import next_state as next_state
from .bands import streak_end as streak_end
from .models import additive as additive
from .models import weighted as weighted
from .shapes import check as check
from .shapes import points as points
