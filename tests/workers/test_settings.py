"""Settings of the durable side."""

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from workers.settings import BridgeSettings, WorkerSettings


@pytest.mark.parametrize("settings", [WorkerSettings, BridgeSettings])
def test_every_field_says_what_it_is(settings: type[BaseSettings]) -> None:
    assert all(field.description for field in settings.model_fields.values())


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_REGION", "eu-1")
    monkeypatch.setenv("TRUNKLINE_WORKFLOW_SLOTS", "7")
    assert (WorkerSettings().region, WorkerSettings().workflow_slots) == ("eu-1", 7)
    assert BridgeSettings().region == "eu-1"


@pytest.mark.parametrize("wrong", [{"region": "EU 1"}, {"workflow_slots": 1}, {"versioning": "sometimes"}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WorkerSettings.model_validate(wrong)
