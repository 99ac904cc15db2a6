"""Histories for Hypothesis, which finds the shortest that goes wrong."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from .declared import Verb
from .history import GAPS_S, PAUSES_MS, History, Move, Round

#: Few records and few moves: what goes wrong with hundreds mostly goes wrong with three.
FEW = 20


def moves() -> st.SearchStrategy[Move]:
    """One move."""
    few = st.integers(0, FEW)
    verbs: st.SearchStrategy[Verb] = st.sampled_from(get_args(Verb))
    return st.builds(Move, object=few, verb=verbs, pick=few, other=few, pause_ms=st.sampled_from(PAUSES_MS))


def histories(*, rounds: int = 3, size: int = 4) -> st.SearchStrategy[History]:
    """One to `rounds` rounds of at most `size` moves before each pull and during it."""
    some = st.lists(moves(), max_size=size).map(tuple)
    one = st.builds(Round, between=some, during=some, every=st.integers(1, 3), gap_s=st.sampled_from(GAPS_S))
    return st.lists(one, min_size=1, max_size=rounds).map(tuple)
