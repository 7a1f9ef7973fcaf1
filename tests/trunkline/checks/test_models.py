"""Whether the doctor sees a model that does not open."""

import pytest

from trunkline.checks import models


async def test_a_provider_that_is_not_there_is_an_error_and_the_others_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for seat in ("EARS", "VOICE", "MIND"):
        monkeypatch.setenv(f"TRUNKLINE_{seat}", "nobody")
    findings = {finding.name: finding for finding in await models.check()}
    assert findings["ears: nobody"].state == "error"
    assert "There is no provider 'nobody'" in findings["ears: nobody"].detail
    assert "TRUNKLINE_EARS" in findings["ears: nobody"].advice
    assert findings["vad: silero"].state == "ok"
