"""One role in a process of its own, against real engines."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from trunkline.roles import ROLES, settings_of
from trunkline.stack.stack import Engines


async def _role(name: str, *options: str, **environment: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trunkline.cli", name, *options),
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, **environment},
    )


async def test_a_role_says_once_that_it_serves_and_stops_when_asked(engines: Engines, tmp_path: Path) -> None:
    file = tmp_path / "bridge.toml"
    file.write_text(f'nats_url = "{engines.nats_url}"\ntemporal_address = "{engines.temporal_address}"\n')
    process = await _role("bridge", "--settings", str(file), TRUNKLINE_REGION="roles")
    assert process.stdout is not None
    told = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
    assert told["role"] == "bridge"
    assert isinstance(told["ready"], str)
    process.send_signal(signal.SIGTERM)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert (out, process.returncode) == (b"", 0), err.decode()
    # Standard error is no terminal here, so each line is one JSON object which names the role.
    assert {json.loads(line)["role"] for line in err.decode().splitlines()} <= {"bridge"}


async def test_an_agent_that_cannot_be_used_is_a_sentence() -> None:
    process = await _role("edge", TRUNKLINE_AGENT="/nowhere/agent.yaml")
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert b"/nowhere/agent.yaml cannot be read" in err
    assert b"Traceback" not in err


def test_every_role_but_those_which_stand_outside_has_settings_of_its_region() -> None:
    without = {name for name, role in ROLES.items() if "region" not in settings_of(role).model_fields}
    assert without == {"gateway", "codec"}
