"""The arithmetic of a portfolio (SCORING §9): revenue kept and lost, what people answer, grades. Exact fractions; undefined stays undefined."""

from __future__ import annotations

from .figures import Figure as Figure
from .figures import known as known
from .figures import ratio as ratio
from .figures import undefined as undefined
from .grades import Grades as Grades
from .grades import grade as grade
from .grades import quality as quality
from .revenue import Movement as Movement
from .revenue import arppu as arppu
from .revenue import churn as churn
from .revenue import crr as crr
from .revenue import grr as grr
from .revenue import ltv as ltv
from .revenue import nrr as nrr
from .revenue import thirty_days as thirty_days
from .surveys import Tally as Tally
from .surveys import ces as ces
from .surveys import csat as csat
from .surveys import csi as csi
from .surveys import nps as nps
from .surveys import shrunk as shrunk
from .surveys import tallied as tallied
