"""SatisMeter keeps the contract of sources."""

from cshub.testing import SourceContract
from plugins.satismeter.tests.harness import HARNESS


class TestSatisMeter(SourceContract):
    harness = HARNESS
