"""Scoring: readings of the customers that are due, the scorecard's model, adjustments, bands, and saving what differs."""

from __future__ import annotations

from .stage import Scoring as Scoring
from .stage import Tally as Tally
from .stage import score as score
