"""Capacity is measured with the real detector and the real speech processes."""

import asyncio
from pathlib import Path
from typing import Any

from edge.capacity import Costs, measure


def test_dear_calls_and_slow_speech_leave_room_for_fewer() -> None:
    cheap = Costs(loop=0.002)
    assert cheap.calls() > 2 * Costs(loop=0.005).calls() > 0
    assert Costs(loop=0.002, turn=0.5).calls() < cheap.calls()
    assert Costs(loop=0.002, turn=0.1).calls(sharing=4) < Costs(loop=0.002, turn=0.1).calls()
    assert Costs(loop=10.0).calls() == 1


async def test_a_loop_and_speech_are_measured(speech: dict[str, Any]) -> None:
    costs = await measure(speech["vad"], speech["ears"], speech["voice"])
    assert 0.0002 < costs.loop < 0.05
    assert 0.02 < costs.turn < 5.0
    assert costs.calls() >= 1
    without = await measure(speech["vad"])
    assert without.turn == 0.0


async def test_processes_that_share_speech_measure_it_once(speech: dict[str, Any], tmp_path: Path) -> None:
    parts = speech["vad"], speech["ears"], speech["voice"], tmp_path / "turn"
    first, second = await asyncio.gather(measure(*parts), measure(*parts))
    assert first.turn == second.turn > 0
    assert (await measure(speech["vad"], None, None, tmp_path / "turn")).turn == 0.0
