"""Tapes on disk: what calls leave there, and what is read of files that are none."""

import asyncio
import gzip
import json
import os
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from edge.core.manners import Manners
from edge.core.tape import Header, Tape
from edge.core.tapelines import TapeError
from edge.core.turntaker import TurnTaker
from edge.erasure import answerer
from edge.tapes import DAY, SUFFIX, Tapes, pack, read, rules, write
from tests.edge.core.scripts import played
from tests.edge.core.taped import TapedStage, taped


def test_what_is_written_is_read_and_nobody_else_may(tmp_path: Path) -> None:
    recording = taped(1)
    path = write(recording, tmp_path / "calls")
    assert path == tmp_path / "calls" / f"CA1{SUFFIX}"
    assert read(path) == recording
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]


def test_a_call_carried_in_parts_leaves_a_tape_of_each(tmp_path: Path) -> None:
    names = [write(taped(seed), tmp_path).name for seed in range(3)]
    assert names == [f"CA1{SUFFIX}", f"CA1.2{SUFFIX}", f"CA1.3{SUFFIX}"]
    assert [read(tmp_path / name) for name in names] == [taped(seed) for seed in range(3)]


def test_the_same_tape_gives_the_same_bytes() -> None:
    assert pack(taped(1)) == pack(taped(1))


def test_a_plain_tape_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "plain.jsonl"
    path.write_bytes(gzip.decompress(pack(taped(1))))
    assert read(path) == taped(1)


async def test_the_newest_are_kept(tmp_path: Path) -> None:
    tapes = Tapes(tmp_path, kept=2)
    for number in range(5):
        stage = TapedStage()
        stage.tape.header = replace(stage.tape.header, call=f"CA{number}")
        await tapes.keep(stage.tape)
        os.utime(tmp_path / f"CA{number}{SUFFIX}", (number, number))
    tapes.prune()
    assert sorted(os.listdir(tmp_path)) == [f"CA3{SUFFIX}", f"CA4{SUFFIX}"]


async def test_a_tape_says_which_rules_recorded_it(tmp_path: Path) -> None:
    stage = TapedStage()
    played(1, stage=stage)
    await Tapes(tmp_path).keep(stage.tape)
    header = read(tmp_path / f"CA1{SUFFIX}").header
    assert (header.rules, header.version) == (rules(), "0.1.0")


async def test_a_disk_that_cannot_be_written_costs_the_tape_only(tmp_path: Path) -> None:
    (tmp_path / "calls").write_text("no folder")
    with capture_logs() as logs:
        await Tapes(tmp_path / "calls").keep(Tape(Header("CA1", "Robin", ""), Manners()))
    assert logs[0]["event"] == "The tape of a call could not be written."


def test_a_tape_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = pack(taped(1))
    path = tmp_path / "cut.jsonl.gz"
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        with pytest.raises(TapeError, match=r"cut\.jsonl\.gz"):
            read(path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_tape"),
        (b"RIFF\x00\x00\xff\xff", "not_a_tape"),
        (b"\x1f\x8bnonsense", "unreadable"),
        (gzip.compress(b"{}\n", mtime=0), "not_a_tape"),
        (gzip.compress(b"a" * (2 << 20)), "too_large"),
        (pack(taped(1))[:-20] + b"\x00" * 20, "unreadable"),
    ],
)
def test_what_is_no_tape_is_refused_in_a_sentence(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(TapeError) as refused:
        read(path)
    assert str(path) in refused.value.message
    assert refused.value.code in (code, "not_a_tape", "incomplete")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    head = gzip.decompress(pack(taped(1))).splitlines(keepends=True)[0]
    note = b'{"t":1,"note":"' + b"x" * 900_000 + b'"}\n'
    path.write_bytes(gzip.compress(head + note * 100))
    with pytest.raises(TapeError, match="larger than any tape"):
        read(path)


def test_a_missing_tape_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="cannot be read: No such file"):
        read(tmp_path / "none")


async def test_a_call_leaves_its_tape_and_the_tape_gives_its_actions_again(
    edge: Any, line_to: Any, until: Any, tmp_path: Path
) -> None:
    """In real time: somebody listens to the greeting, presses keys, and hangs up."""
    node = edge.node
    node.services = replace(node.services, tapes=Tapes(tmp_path))
    async with line_to(edge, "CAtape") as line:
        await line.silence(1.0)
        for digit in "12#":
            await line.send("dtmf", dtmf={"digit": digit})
        await line.speak(np.zeros(16000, np.int16))
    path = tmp_path / f"CAtape{SUFFIX}"
    await until(path.exists)
    recording = await asyncio.to_thread(read, path)
    assert recording.header.agent == "Robin"
    taker = TurnTaker(recording.manners)
    for step in recording.steps:
        actions = taker.expire(step.now) if step.event is None else taker.receive(step.event, step.now)
        assert (tuple(actions), taker.state.value) == (step.actions, step.state)
    assert [note.about["text"] for note in recording.notes("heard")][-1].startswith("You said 12")
    assert recording.notes("played")
    assert recording.notes("latency")


async def nothing() -> tuple[int, int]:
    """No answers are kept."""
    return 0, 0


async def test_the_tapes_of_a_call_are_erased_in_all_its_parts_and_those_of_no_other(tmp_path: Path) -> None:
    for name in ("CA1", "CA1.2", "CA1.11", "CA11", "CA2"):
        (tmp_path / f"{name}{SUFFIX}").write_bytes(b"")
    (tmp_path / "other.txt").write_text("")
    answer = answerer("node-1", Tapes(tmp_path), nothing)
    told = json.loads(await answer(json.dumps(["CA1", "../CA2", "*", 7, "CA9"]).encode()))
    assert told == {"node": "node-1", "erased": 3, "left": 0, "answers": 0, "answers_left": 0}
    assert sorted(os.listdir(tmp_path)) == [f"CA11{SUFFIX}", f"CA2{SUFFIX}", "other.txt"]


@pytest.mark.parametrize("question", [b"", b"\xff", b"{}", b"null", b'"CA1"'])
async def test_what_is_no_list_of_calls_erases_nothing(tmp_path: Path, question: bytes) -> None:
    (tmp_path / f"CA1{SUFFIX}").write_bytes(b"")
    told = json.loads(await answerer("node-1", Tapes(tmp_path), nothing)(question))
    assert (told["erased"], os.listdir(tmp_path)) == (0, [f"CA1{SUFFIX}"])


async def test_what_is_older_than_its_days_is_thrown_away_and_nothing_else(tmp_path: Path, until: Any) -> None:
    now = time.time()
    ages = {f"CA1{SUFFIX}": 31, f"CA2{SUFFIX}": 29, ".CA3.7.part": 31, ".CA4.7.part": 0, "other.txt": 99}
    for name, days in ages.items():
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (now - days * DAY, now - days * DAY))
    forgetting = asyncio.create_task(Tapes(tmp_path).forget(30))
    await until(lambda: len(os.listdir(tmp_path)) == 3)
    forgetting.cancel()
    assert sorted(os.listdir(tmp_path)) == [".CA4.7.part", f"CA2{SUFFIX}", "other.txt"]


def test_where_no_call_has_been_there_is_nothing_to_throw_away(tmp_path: Path) -> None:
    assert Tapes(tmp_path / "none").forget_before(time.time()) == 0
