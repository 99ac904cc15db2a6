"""HubSpot keeps the contract of sources and destinations."""

from cshub.testing import DestinationContract, SourceContract
from plugins.hubspot.tests.harness import HARNESS


class TestHubSpot(SourceContract, DestinationContract):
    harness = HARNESS
