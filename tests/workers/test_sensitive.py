"""What is sensitive, from a model's arguments to the outcome: on real engines, and then nowhere in them."""

import gzip
import hashlib
import os
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from structlog.testing import capture_logs

from edge.agent import Agent
from edge.core.conversation import Answer, Question, ToolAsked, ToolCall, ToolOutcome
from edge.resume import past_of, portable
from schemas.announcements import AnnouncementRequested
from schemas.base import new_id
from schemas.calls import CallEnded, CallStarted
from schemas.keys import read_keys
from schemas.marking import HIDDEN
from schemas.questions import QuestionAnswered, QuestionAsked
from schemas.sealing import Seals
from schemas.tools import ToolCompleted, ToolRequested, tool_call_id
from schemas.turns import ReplyHeard
from tests.collecting import collecting
from tests.edge.desk import Desk, services_on, settled
from trunkline.stack.stack import Engines
from workers import bridge, worker
from workers.settings import BridgeSettings, WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows.reporting import report_of

if TYPE_CHECKING:
    from tests.workers.conftest import Edge, Eventually, Running

KEYS = f"k1:{b64encode(os.urandom(32)).decode()}"
SEALS = Seals(read_keys(KEYS))
AGENT = Agent(name="Robin", business="Harbor Home Services", greeting="Hello.", still_working=[])


@pytest_asyncio.fixture
async def exported() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A collector's URL, and all that it gets of traces."""
    async with collecting() as collector:
        yield collector.url, collector.exported


@pytest_asyncio.fixture
async def desk(engines: Engines, region: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with services_on(engines.nats_url, tmp_path / "edge", AGENT, region, seals=SEALS) as (services, bus):
        yield Desk(services, bus)


@pytest.fixture
def serving(
    worker_settings: WorkerSettings,
    bridge_settings: BridgeSettings,
    monkeypatch: pytest.MonkeyPatch,
    exported: tuple[str, list[bytes]],
) -> tuple[WorkerSettings, BridgeSettings]:
    """Settings under which payloads are not encrypted, so that nothing but the seal hides what is sensitive."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    ours = {"tool_packages": "sensitive_tools", "sealing_keys": SecretStr(KEYS), "otlp_endpoint": exported[0]}
    return worker_settings.model_copy(update=ours), bridge_settings.model_copy(update={"otlp_endpoint": exported[0]})


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below; packed ones unpacked as well."""
    for path in sorted(folder.rglob("*")):
        try:
            content = path.read_bytes() if path.is_file() else b""
        except OSError:
            continue
        yield path, content
        if content[:2] == b"\x1f\x8b":
            yield path, gzip.decompress(content)


def forms(text: str) -> list[bytes]:
    """As it may be written down: plain, encoded."""
    plain = text.encode()
    found = [plain, text.encode("utf-16-le"), plain.hex().encode()]
    found += [b64encode(b"." * shift + plain).decode()[4 * (shift > 0) + 2 : -4].encode() for shift in range(3)]
    return found


async def test_what_is_sensitive_is_nowhere(
    serving: tuple[WorkerSettings, BridgeSettings],
    running: "Running",
    desk: Desk,
    edge: "Edge",
    engines: Engines,
    eventually: "Eventually",
    exported: tuple[str, list[bytes]],
    capfd: pytest.CaptureFixture[str],
) -> None:
    for_worker, for_bridge = serving
    code, word, safe = (f"{name}{secrets.token_hex(9)}" for name in ("c", "w", "safe"))
    with capture_logs() as logged:
        async with (
            running(lambda ready: worker.serve(for_worker, ready)),
            running(lambda ready: bridge.serve(for_bridge, ready)),
        ):
            await eventually("the tool", lambda: _true(any(t.name == "unlock_safe" for t in desk.business.tools())))
            desk.bus.listen(desk.call, desk.business.receive)
            about: Any = {"call_id": desk.call, "region": edge.region}
            await edge.store(CallStarted(**about, agent="Robin", transport="twilio", node="n", caller="+15550100"))
            desk.business.turn_committed(1, "Unlock it, please.")
            arguments = {"safe": safe, "code": code}
            assert await desk.business.request(ToolCall("unlock_safe", arguments), settled())
            assert await desk.business.request(ToolCall("unlock_safe", arguments), settled()), (
                "a repeat is still known as one"
            )
            state = portable({"slots": arguments}, SEALS)
            heard: Any = {"reply": "r1", "turn": 1, "cause": "turn", "interrupted": False, "proof": "clock"}
            await edge.store(ReplyHeard(**about, **heard, text="One moment.", state=state))

            asked = await edge.expect(QuestionAsked)
            desk.history.question_asked(Question(asked.question_id, asked.text, asked.answer, asked.profile or "open"))
            await eventually("the question", lambda: _true(bool(desk.business._questions)))
            desk.business.turn_committed(2, "I would rather not say aloud what it was.")
            assert desk.business.answer(Answer(asked.question_id, {"word": word}))
            await edge.hears(await edge.expect(AnnouncementRequested))
            outcome = await edge.expect(ToolCompleted)
            await eventually("the outcome", lambda: _true(not desk.history.open_tools()))
            await edge.store(
                CallEnded(**about, reason="caller_hung_up", seconds=9, turns=2, open_tools=desk.business.open_tools())
            )
            client = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))
            await client.get_workflow_handle(outcome.tool_call_id).result()
            await client.get_workflow_handle(f"after-{desk.call}").result()
            events = await desk.bus.recall(desk.call)

    # It did reach the activity, and what it gave back opens.
    assert outcome.result["digest"] == hashlib.sha256((code + word).encode()).hexdigest()[:12]
    assert SEALS.open(outcome.result["next_code"]) == code[::-1]
    # The model is shown what it asked for, and nothing of what is sensitive in the result.
    assert [entry.arguments for entry in desk.history.entries if isinstance(entry, ToolAsked)] == [arguments]
    (told,) = [entry.content for entry in desk.history.entries if isinstance(entry, ToolOutcome)]
    assert set(told) == {"safe", "digest"}
    # Another node that goes on with the call knows as much as this one did, and takes a repeat for what it is.
    past = past_of(events, 2, events[-1].time, SEALS)
    assert [entry.arguments for entry in past.entries if isinstance(entry, ToolAsked)] == [arguments]
    assert {"slots": arguments} in [getattr(entry, "state", None) for entry in past.entries]
    (requested,) = [event for event in events if isinstance(event, ToolRequested)]
    assert requested.tool_call_id == tool_call_id(desk.call, "unlock_safe", arguments, key=SEALS.naming)
    assert requested.tool_call_id != tool_call_id(desk.call, "unlock_safe", arguments)
    (answered,) = [event for event in events if isinstance(event, QuestionAnswered)]
    assert answered.words == HIDDEN
    ended = events[-1]
    assert isinstance(ended, CallEnded)
    assert report_of(ended, events).tools[0].arguments == {"safe": safe, "code": HIDDEN}

    everything = {str(path): content for path, content in contents(engines.data)}
    everything |= {"logs": repr(logged).encode(), "output": "".join(capfd.readouterr()).encode()}
    everything |= {"traces": b"".join(exported[1])}
    secret = [form for text in (code, word, code[::-1]) for form in forms(text)]
    assert {name for name, content in everything.items() if any(form in content for form in secret)} == set()
    # What is not sensitive is found where it should be, so the search does see into the stores.
    seen = {name for name, content in everything.items() if safe.encode() in content}
    assert any("nats" in name for name in seen), seen
    assert any("temporal" in name for name in seen), seen
    assert any(b"unlock_safe" in content for content in exported[1])


async def _true(value: bool) -> bool:
    return value


async def test_a_worker_without_keys_does_not_offer_it(
    serving: tuple[WorkerSettings, BridgeSettings], running: "Running"
) -> None:
    name = new_id("region")[:20].replace("_", "-")
    changed = {"sealing_keys": SecretStr(""), "region": name, "deployment": name}
    with capture_logs() as logged:
        async with running(lambda ready: worker.serve(serving[0].model_copy(update=changed), ready)):
            pass
    assert any("TRUNKLINE_SEALING_KEYS" in line["event"] and line["tool"] == "unlock_safe" for line in logged)
