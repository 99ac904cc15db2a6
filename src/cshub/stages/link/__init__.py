"""Step 7 of a row's journey: from its watermark, set by set, each row gets the customer it belongs to, or goes to review."""

from __future__ import annotations

from .passes import link as link
from .settings import Keep as Keep
from .settings import LinkReport as LinkReport
from .settings import LinkSettings as LinkSettings
from .settings import ListedAccounts as ListedAccounts
