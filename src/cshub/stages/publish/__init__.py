"""Publishing: a plan of what the CRM lacks, and its application with an intent before each call and an outcome after it."""

from __future__ import annotations

from .apply import Applied as Applied
from .apply import apply_plan as apply_plan
from .apply import read_back as read_back
from .plan import Mapped as Mapped
from .plan import Target as Target
from .plan import make_plan as make_plan
