"""The engine: configuration, registry and store brought together; the stages in order, isolated; the run's report."""

from __future__ import annotations

from .connections import Surroundings as Surroundings
from .hub import Hub as Hub
from .hub import hour as hour
from .hub import open_hub as open_hub
from .options import Options as Options
from .run import STAGES as STAGES
from .run import run as run
