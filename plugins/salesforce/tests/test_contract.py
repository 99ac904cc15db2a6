"""Salesforce keeps the contract of sources and destinations."""

from cshub.testing import DestinationContract, SourceContract
from plugins.salesforce.tests.harness import HARNESS


class TestSalesforce(SourceContract, DestinationContract):
    harness = HARNESS
