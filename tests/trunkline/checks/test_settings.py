"""Whether the doctor sees what is wrong with settings."""

import pytest

from trunkline.checks import settings


def test_the_defaults_can_be_used() -> None:
    assert not [finding for finding in settings.check({}) if finding.state == "error"]


def test_a_value_that_cannot_be_used_is_an_error_of_each_role_that_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_REGION", "North Pole!")
    errors = [finding for finding in settings.check({}) if finding.state == "error"]
    assert {finding.name for finding in errors} == {"up", "edge", "worker", "bridge"}
    assert "TRUNKLINE_REGION cannot be used" in errors[0].detail
    assert settings.shown({}).keys() == {"gateway", "codec"}, "They belong to no region."


def test_a_mistyped_variable_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_REGOIN", "north")
    (warning,) = [finding for finding in settings.check({}) if finding.state == "warning"]
    assert warning.name == "TRUNKLINE_REGOIN"
    assert warning.advice == "Did you mean TRUNKLINE_REGION?"


def test_what_is_read_elsewhere_than_in_roles_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_CACHE", "/var/cache/trunkline")
    assert not [finding for finding in settings.check({}) if finding.state == "warning"]


def test_a_missing_agent_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_AGENT", "/nowhere/agent.yaml")
    (error,) = [finding for finding in settings.check({}) if finding.state == "error"]
    assert "/nowhere/agent.yaml" in error.detail


def test_a_key_is_told_of_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "hush-hush")
    assert "hush-hush" not in repr(settings.check({})) + repr(settings.shown({}))
    key = next(row for row in settings.shown({})["edge"] if row.variable == "OPENAI_API_KEY")
    assert (key.value, key.source) == ("set", "environment")


def test_every_setting_says_what_it_is() -> None:
    rows = [row for rows in settings.shown({}).values() for row in rows]
    assert [row.variable for row in rows if not row.about] == []
