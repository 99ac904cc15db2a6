"""Intercom keeps the contract of sources."""

from cshub.testing import SourceContract
from plugins.intercom.tests.harness import HARNESS


class TestIntercom(SourceContract):
    harness = HARNESS
