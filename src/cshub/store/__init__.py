"""The store: rows of every kind with their history, links, scores, writes and runs, in one database.

Parts are written once over `database.Database`; each engine implements that protocol and passes the contract suite.
"""
