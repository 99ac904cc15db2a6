"""The store: rows of every kind with their history, links, scores, writes and runs, in one database.

Parts are written once over `database.Database`; each engine implements that protocol and passes the contract suite.
"""

from __future__ import annotations

from .database import Database as Database
from .database import Lease as Lease
from .database import Reader as Reader
from .database import Transaction as Transaction
from .store import Store as Store
from .store import open_store as open_store
