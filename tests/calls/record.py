"""Records the calls of this folder anew, on a stack that runs: ``python -m tests.calls.record DATA [NAME]...``

DATA is the data folder of ``trunkline up``. Each script in ``scripts`` is spoken to it by ``trunkline call``, in real
time, and the tape that its edge leaves is put here under the script's name. The one in ``doctored`` is the booking with
a word added that leads on, so that the answer that was recorded must not come when it did.
"""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from edge.core.events import Heard
from edge.tapes import SUFFIX, pack, read

HERE = Path(__file__).parent
PATIENCE = 60.0
"""Seconds in which an edge writes a tape."""


def record(name: str, data: Path) -> None:
    """Place one call and take its tape."""
    script = HERE / "scripts" / f"{name}.yaml"
    command = [sys.executable, "-m", "trunkline.cli", "call", "--data", str(data), "--script", str(script), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=300, check=False)
    call = json.loads(done.stdout.splitlines()[-1])["call_id"]
    tape = data / "calls" / f"{call}{SUFFIX}"
    deadline = time.monotonic() + PATIENCE
    while not tape.exists():
        if time.monotonic() > deadline:
            sys.exit(f"The edge left no tape of call {call} in {tape.parent}.")
        time.sleep(0.1)
    recording = read(tape)
    recording = replace(recording, header=replace(recording.header, call=name))
    (HERE / f"{name}{SUFFIX}").write_bytes(pack(recording))
    print(name, call)


def doctor() -> None:
    """Make the tape that must not replay."""
    recording = read(HERE / f"booking{SUFFIX}")
    first = next(step for step in recording.steps if isinstance(step.event, Heard))
    assert isinstance(first.event, Heard)
    first.event = replace(first.event, text=f"{first.event.text.rstrip('.')} and")
    (HERE / "doctored" / f"booking{SUFFIX}").write_bytes(pack(recording))


if __name__ == "__main__":
    names = sys.argv[2:] or sorted(path.stem for path in (HERE / "scripts").glob("*.yaml"))
    for each in names:
        record(each, Path(sys.argv[1]))
    doctor()
