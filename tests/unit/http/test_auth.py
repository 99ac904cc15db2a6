from __future__ import annotations

import pytest
from pydantic import SecretStr

from cshub.errors import CredentialsError
from cshub.http import Bearer


@pytest.mark.parametrize("token", ["pat-123", SecretStr("pat-123")])
def test_a_bearer_stamps_its_token(token: str | SecretStr) -> None:
    headers: dict[str, str] = {}
    Bearer(token).stamp(headers)
    assert headers == {"Authorization": "Bearer pat-123"}


def test_a_pasted_token_cannot_be_renewed() -> None:
    assert Bearer("pat-123").refresh("401") is False


@pytest.mark.parametrize("token", ["", "pat-123\n", "pat 123", "pat\r\nX-Evil: 1", "pat-é"])
def test_a_token_that_no_header_can_hold_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        Bearer(token)
    assert "pat" not in str(caught.value).replace("paste", "")
