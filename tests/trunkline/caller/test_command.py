"""The command as people and programs run it."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trunkline.caller import wav
from trunkline.caller.voice import synthesise
from trunkline.cli import main

Peer = Any
"""The one of conftest.py."""


async def run(*arguments: str, folder: Path) -> tuple[int, str, str]:
    """(exit code, what it printed, what it printed to stderr), in a folder without a stack."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trunkline.cli", "call", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env=environment,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode(), err.decode()


async def test_it_says_files_and_prints_one_object(peer: Peer, tmp_path: Path) -> None:
    peer.says, peer.close_code = ["Hello.", "Goodbye."], 1000
    wav.save_stereo(tmp_path / "hi.wav", synthesise("Hello there."), synthesise("Hello there."))
    code, out, err = await run(
        "--to", peer.to, "--say", "hi.wav", "--record", "out/call.wav", "--json", "--from", "+1555", folder=tmp_path
    )
    assert code == 0, err
    assert out.count("\n") == 1
    found = json.loads(out)
    assert "hello there" in found["turns"][0]["said"].lower()
    assert found["turns"][0]["voice_to_voice_ms"] > 300
    assert "bye" in found["turns"][1]["heard"].lower()
    assert found["ended"]["by"] == "agent"
    assert found["tools"] is None
    assert (tmp_path / "out" / "call.wav").stat().st_size > 16_000
    assert "agent" in err
    assert peer.events("start")[0]["start"]["customParameters"]["from"] == "+1555"


async def test_a_line_that_breaks_shows_and_fails(peer: Peer, tmp_path: Path) -> None:
    peer.says, peer.close_code = ["Hello."], 1011
    code, out, _ = await run("--to", peer.to, folder=tmp_path)
    assert code == 1
    assert "1011" in out
    assert "Hello" in out


async def test_where_nobody_answers_it_says_so_in_a_sentence(tmp_path: Path) -> None:
    code, out, err = await run("--to", "127.0.0.1:1", folder=tmp_path)
    assert code == 1
    assert not out
    assert "trunkline up" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--script", "bad.yaml", "--to", "127.0.0.1:1"), "bad.yaml:2: "),
        (("--say", "bad.wav", "--to", "127.0.0.1:1"), "not a WAV"),
        ((), "No stack runs here"),
    ],
)
def test_what_cannot_begin_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "bad.yaml").write_text("lines:\n  - {wait: 1}\n")
    (tmp_path / "bad.wav").write_text("no")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TRUNKLINE_")]:
        monkeypatch.delenv(name)
    result = CliRunner().invoke(main, ["call", *arguments])
    assert result.exit_code == 1
    assert not result.stdout
    assert result.stderr.startswith("Error: ")
    assert says in result.stderr
