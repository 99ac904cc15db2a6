"""The store: rows of every kind with their history, links, scores, writes and runs, in one database.

Parts are written once over `database.Database`; each engine implements that protocol and passes the contract suite.
"""

from __future__ import annotations

from .batch import Counts as Counts
from .conditions import Condition as Condition
from .database import Cut as Cut
from .database import Database as Database
from .database import Lease as Lease
from .database import Reader as Reader
from .database import Stray as Stray
from .database import Transaction as Transaction
from .landing import Intake as Intake
from .landing import intake as intake
from .rejects import KeptReject as KeptReject
from .runs import RunRecord as RunRecord
from .store import Store as Store
from .store import open_store as open_store
from .streams import Ending as Ending
from .streams import StreamState as StreamState
from .streams import shape_of as shape_of
