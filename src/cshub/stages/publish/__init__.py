"""Publishing: a plan of what the CRM lacks, and its application with an intent before each call and an outcome after it."""

from __future__ import annotations

from .apply import Applied as Applied
from .apply import applied_since as applied_since
from .apply import apply_plan as apply_plan
from .plan import make_plan as make_plan
from .readback import read_back as read_back
from .target import Mapped as Mapped
from .target import Target as Target
