"""Settings: which source goes first, what is told of a bad one, and that secrets are never shown."""

from pathlib import Path

import pytest
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from trunkline import sources
from trunkline.errors import BadSettings


class Sample(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", extra="ignore", populate_by_name=True)

    edge_port: int = Field(default=8080, description="TCP port.")
    nats_url: str = Field(default="nats://127.0.0.1:4222", description="Where NATS is.")
    key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TRUNKLINE_KEY", "OPENAI_API_KEY"), description="A key."
    )


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test adopts into the environment is gone after it."""
    for name in ("TRUNKLINE_EDGE_PORT", "TRUNKLINE_NATS_URL", "TRUNKLINE_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_environment_goes_before_the_file_and_the_file_before_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUNKLINE_EDGE_PORT", "1")
    given = sources.adopt(_file(tmp_path, "x.env", "TRUNKLINE_EDGE_PORT=2\n# why\nTRUNKLINE_NATS_URL='nats://a:1'\n"))
    settings = sources.load(Sample)
    assert (settings.edge_port, settings.nats_url, settings.key) == (1, "nats://a:1", None)
    shown = {row.variable: (row.value, row.source) for row in sources.show(settings, given)}
    assert shown == {
        "TRUNKLINE_EDGE_PORT": ("1", "environment"),
        "TRUNKLINE_NATS_URL": ("nats://a:1", "file"),
        "TRUNKLINE_KEY": ("not set", "default"),
    }


def test_toml_takes_short_and_long_names(tmp_path: Path) -> None:
    text = 'edge_port = 3\nTRUNKLINE_NATS_URL = "nats://b:1"\nopenai_api_key = "hush"\n'
    assert sources.read(_file(tmp_path, "x.toml", text)) == {
        "TRUNKLINE_EDGE_PORT": "3",
        "TRUNKLINE_NATS_URL": "nats://b:1",
        "OPENAI_API_KEY": "hush",
    }


@pytest.mark.parametrize(
    ("name", "content"), [("x.toml", b"edge_port = "), ("x.toml", b"edge_port = [1]"), ("x.env", b"\xff\xfe\x00")]
)
def test_a_malformed_file_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadSettings, match=name):
        sources.read(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        sources.read(tmp_path / "nothing.env")


def test_a_bad_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_EDGE_PORT", "eighty")
    with pytest.raises(BadSettings, match="TRUNKLINE_EDGE_PORT cannot be used: input should be a valid integer"):
        sources.load(Sample)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "hush")
    monkeypatch.setenv("TRUNKLINE_NATS_URL", "nats://me:hush@host:4222")
    rows = sources.show(sources.load(Sample))
    assert "hush" not in repr(rows)
    assert {row.value for row in rows} == {"8080", "nats://me:***@host:4222", "set"}


def test_a_mistyped_variable_is_told_with_what_was_meant() -> None:
    names = {"TRUNKLINE_NATS_ULR": "x", "TRUNKLINE_EDGE_PORT": "1", "PATH": "y", "TRUNKLINE_QQQQQQQQQQQ": "z"}
    assert sources.unknown(names, [Sample]) == [
        ("TRUNKLINE_NATS_ULR", "TRUNKLINE_NATS_URL"),
        ("TRUNKLINE_QQQQQQQQQQQ", None),
    ]
