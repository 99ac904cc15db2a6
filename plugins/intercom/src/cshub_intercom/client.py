"""The connection to Intercom: credentials, version, rate windows, error mapping. What is asked stands in `api.py`, where in `paths.py`."""

from __future__ import annotations

from cshub import Bearer, Client, Context

from .explain import explain, request_id
from .settings import IntercomSettings


def open_client(settings: IntercomSettings, context: Context) -> Client:
    """The client for all calls; the caller closes it.

    The version is always sent: without it the app's own default applies, which nobody here knows.
    """
    return context.client(
        origin=settings.origin,
        auth=Bearer(settings.token),
        budget=settings.windows(),
        explain=explain,
        request_id_of=request_id,
        headers={"Intercom-Version": settings.version},
        secrets=[settings.token],
    )
