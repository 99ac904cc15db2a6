"""Reading the configuration: YAML with line and column → a frozen `Config`. The JSON Schema of it, for editors, is `schema.py`."""

from __future__ import annotations

from .decisions import Decision as Decision
from .decisions import Decisions as Decisions
from .decisions import checked_decisions as checked_decisions
from .decisions import decide as decide
from .decisions import read_decisions as read_decisions
from .document import Refused as Refused
from .environment import find_config as find_config
from .environment import with_env_file as with_env_file
from .fields import NOT_ENOUGH_DATA as NOT_ENOUGH_DATA
from .fields import STANDARD_FIELDS as STANDARD_FIELDS
from .fields import StandardField as StandardField
from .fields import band_label as band_label
from .fields import field_spec as field_spec
from .load import Cards as Cards
from .load import load as load
from .load import load_cards as load_cards
from .result import ActionUse as ActionUse
from .result import Config as Config
from .result import ConfiguredMetric as ConfiguredMetric
from .result import Connection as Connection
from .result import Identity as Identity
from .result import Listed as Listed
from .result import Publish as Publish
from .result import PublishedField as PublishedField
from .result import QueryMetric as QueryMetric
from .result import Safety as Safety
from .result import Schedule as Schedule
from .result import Trigger as Trigger
from .text import TEXT_FIELDS as TEXT_FIELDS
from .text import fill as fill
from .trials import Trial as Trial
from .trials import Trials as Trials
from .trials import read_trials as read_trials
from .triggers import SCORE_NAMES as SCORE_NAMES
