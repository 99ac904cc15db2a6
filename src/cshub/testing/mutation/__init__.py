"""People who never rest: creates, edits, merges, deletions and returns between pulls and during them, and whether the store agrees in the end.

A plugin says once, in a `Mutable`, what people do to its vendor's records and what the rows must hold; `MutationTrial` plays
a `History` against the vendor's sandbox, pulls through the real stages into a real store, and names every difference.
`strategies` has the same histories for Hypothesis, which is not imported from here.
"""

from __future__ import annotations

from .declared import ALL_VERBS as ALL_VERBS
from .declared import Changing as Changing
from .declared import Living as Living
from .declared import Mutable as Mutable
from .declared import Truth as Truth
from .declared import Verb as Verb
from .history import History as History
from .history import Move as Move
from .history import Round as Round
from .history import random_history as random_history
from .scratch import scratch_stores as scratch_stores
from .trial import MutationTrial as MutationTrial
