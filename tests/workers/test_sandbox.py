"""A tool in one file, in the sandbox: it may import anything, and is held to determinism."""

import importlib
import importlib.util
import sys
import uuid
from collections.abc import AsyncIterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.converter import WithSerializationContext, WorkflowSerializationContext
from temporalio.worker import Worker

from schemas.tools import ToolRequested
from trunkline.stack.stack import Engines
from workers.codec import converter
from workers.sandbox import runner
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows.catalog import scan
from workflows.outlet import OutletActivities
from workflows.ports import Delivery, Message
from workflows.tool import activity_methods

TEXT = '''
"""A tool in one file."""

from datetime import date, datetime

import aiohttp
import asyncpg
from pydantic import BaseModel, Field
from temporalio import activity, workflow

from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.steps import quickly
from workflows.tool import tool


class CountDays(BaseModel):
    """Count the days until a day."""

    day: date = Field(description="The day.")
    clock: str = Field(description="Whose clock.")


class Days(BaseModel):
    """How many."""

    days: int


@activity.defn
async def subtract(days: list[date]) -> int:
    """Between two days."""
    assert aiohttp and asyncpg
    return (days[0] - days[1]).days


@workflow.defn
class CountDaysWorkflow:
    """Counts."""

    @workflow.run
    @conducted
    async def run(self, request: CountDays, caller: Caller) -> Days:
        today = datetime.now().date() if request.clock == "wall" else caller.now.date()
        assert isinstance(today, date)
        return Days(days=await quickly(subtract, [request.day, today]))


TOOL = tool(
    request=CountDays, result=Days, workflow=CountDaysWorkflow, activities=[subtract], title="count days"
)
'''


class Nowhere:
    """Publishes and sends to nobody."""

    async def publish(self, event: Any) -> None: ...

    async def send(self, message: Message) -> None: ...

    async def record(self, delivery: Delivery) -> None: ...


@pytest.fixture
def package(tmp_path: Path) -> str:
    folder = tmp_path / f"tools_{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "count_days.py").write_text(TEXT)
    return str(folder)


@pytest_asyncio.fixture
async def count(engines: Engines, package: str) -> AsyncIterator[Any]:
    """Start the tool's workflow on a worker which has found it in its folder."""
    sys.path.insert(0, str(Path(package).parent))
    catalog = scan(Path(package).name, [package])
    assert not catalog.problems
    (tool,) = catalog.tools
    client: Client = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))
    world: Any = None
    async with Worker(
        client,
        task_queue=Path(package).name,
        workflows=[tool.workflow],
        activities=[*tool.activities_in(world), *activity_methods(OutletActivities(Nowhere(), Nowhere()))],
        workflow_runner=runner([tool.workflow]),
    ):

        async def start(clock: str) -> WorkflowHandle[Any, Any]:
            request = ToolRequested(
                call_id="c",
                region="test",
                tool_call_id=f"count-{uuid.uuid4().hex}",
                tool=tool.name,
                arguments={"day": "2099-01-01", "clock": clock},
                turn=1,
            )
            # The call is over from the first moment, so that nothing waits for somebody to have heard.
            handle: WorkflowHandle[Any, Any] = await client.start_workflow(
                tool.workflow.run,
                request,
                id=request.tool_call_id,
                task_queue=Path(package).name,
                start_signal="call_ended",
                start_signal_args=[{}],
            )
            return handle

        yield start
    sys.path.remove(str(Path(package).parent))


async def test_models_with_dates_and_foreign_libraries_work(count: Any) -> None:
    result = await (await count("workflow")).result()
    assert result["days"] > 20_000


async def test_a_workflow_is_loaded_from_what_was_kept(count: Any, package: str) -> None:
    assert (await (await count("workflow")).result())["days"] > 20_000
    (Path(package) / "count_days.py").write_text("broken by whoever edits it meanwhile (")
    assert (await (await count("workflow")).result())["days"] > 20_000


def test_outside_of_workflows_everything_is_found_where_it_lies(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(package).parent))
    (tool,) = scan(Path(package).name, [package]).tools
    runner([tool.workflow])
    found = importlib.util.find_spec(tool.workflow.__module__)
    assert found is not None
    assert isinstance(found.loader, SourceFileLoader)
    del sys.modules[tool.workflow.__module__]
    (Path(package) / "count_days.py").write_text("edited = True")
    assert importlib.import_module(tool.workflow.__module__).edited


async def test_the_wall_clock_is_forbidden(count: Any) -> None:
    with pytest.raises(WorkflowFailureError) as caught:
        await (await count("wall")).result()
    assert "datetime.now" in str(caught.value.__cause__)


@pytest.mark.parametrize("keys", [{}, {"k": bytes(32)}])
def test_nothing_of_the_data_converter_asks_whose_a_payload_is(keys: dict[str, bytes]) -> None:
    """What the runner relies on when it does not say."""
    made, context = converter(keys), WorkflowSerializationContext(namespace="default", workflow_id="w")
    parts: list[object] = [made.payload_converter, made.payload_codec, made.failure_converter]
    for part in parts:
        assert not isinstance(part, WithSerializationContext) or part.with_context(context) is part
    assert made.external_storage is None
