"""Which hosts a connection may talk to: where tokens come from, and whether the address in a token's answer is Salesforce's own.

See https://help.salesforce.com/s/articleView?id=sf.domain_name_url_formats.htm.
"""

from __future__ import annotations

import re

from cshub import ConfigError, Origin

MY_DOMAIN = re.compile(r"[a-z](?:[a-z0-9]|-(?!$))*")
#: Where everybody can log in; client credentials are refused there.
SHARED_LOGINS = frozenset({"login.salesforce.com", "test.salesforce.com"})
_OURS = ".salesforce.com"


def login_origin(my_domain: str) -> str:
    """The host of an org: `acme`, the sandbox `acme--uat`, the developer edition `acme-dev-ed`."""
    if "--" in my_domain:
        return f"https://{my_domain}.sandbox.my.salesforce.com"
    if my_domain.endswith("-dev-ed"):
        return f"https://{my_domain}.develop.my.salesforce.com"
    return f"https://{my_domain}.my.salesforce.com"


def audience(origin: str) -> str:
    """Who a JWT is meant for: the login host of production, or that of sandboxes."""
    test = ".sandbox." in origin or origin.endswith("//test.salesforce.com")
    return "https://test.salesforce.com" if test else "https://login.salesforce.com"


def instance_origin(told: str, login: str) -> str | None:
    """The origin data calls go to; None when the address in the token's answer is neither Salesforce's nor the login host."""
    try:
        found, pinned = Origin.parse(told.rstrip("/")), Origin.parse(login)
    except ConfigError:
        return None
    ours = found.scheme == "https" and found.port == 443 and found.host.endswith(_OURS)
    return str(found) if ours or found == pinned else None
