"""How others find the local stack."""

import os
from pathlib import Path

import pytest

from trunkline.errors import BadSettings
from trunkline.stack import local
from trunkline.stack.local import LocalStack
from trunkline.stack.records import Hold


def _stack(data: Path, pid: int) -> LocalStack:
    return LocalStack("http://e", "ws://e/twilio", "nats", "t", "ui", "pg", "r", str(data), "local", {"up": pid})


def test_only_a_living_stack_is_found(data: Path) -> None:
    assert local.find(data) is None
    hold = Hold(data)
    assert local.find(data) is None
    local.publish(_stack(data, os.getpid()))
    assert local.find(data) == _stack(data, os.getpid())
    hold.release()
    assert local.find(data) is None


def test_what_an_earlier_one_left_is_not_found(data: Path) -> None:
    hold = Hold(data)
    local.publish(_stack(data, 1))
    assert local.find(data) is None
    for text in ("", "[]", '{"edge": 1}', "nonsense"):
        (data / "stack.json").write_text(text)
        assert local.find(data) is None
    local.publish(_stack(data, os.getpid()))
    local.withdraw(data)
    assert local.find(data) is None
    hold.release()


def test_a_setting_that_cannot_be_used_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_EDGE_PORT", "eighty")
    with pytest.raises(BadSettings, match="TRUNKLINE_EDGE_PORT cannot be used"):
        local.find()
