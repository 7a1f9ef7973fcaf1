"""A caller pays by card, by voice and keypad, through the whole stack. Slow: the call takes as long as the talk does.

Then everything that the stack has left is searched for the card's number.
"""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import asyncpg
import nats
import pytest
import redis.asyncio
from temporalio.client import Client

from schemas.conversations import events_of, rebuild
from schemas.subjects import calls_stream
from tests.system.search import files, forms, traces
from trunkline.caller import script
from trunkline.caller.call import CallPlan, place_call
from trunkline.caller.recogniser import Recogniser
from trunkline.demo import command
from trunkline.stack.local import LocalStack

pytestmark = pytest.mark.system
NUMBER = "4539148803436467"
PAYMENT = Path(command.__file__).with_name("payment.yaml")


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    for name, form in forms(NUMBER).items():
        assert name in traces(NUMBER, b"before " + form + b" after"), name
    assert not traces(NUMBER, b"the card ending in six four six seven, 6467, 45391488")


async def test_a_paid_call_leaves_no_trace_of_the_card(
    stack: LocalStack, recogniser: Recogniser, exported: list[bytes]
) -> None:
    plan = CallPlan(to=stack.twilio_ws, nats=stack.nats, script=script.load(PAYMENT), timeout=150.0)
    report = await place_call(plan, recogniser=recogniser)

    assert report.tools, str(report.to_dict())
    assert [(tool.name, tool.outcome) for tool in report.tools] == [("pay_invoice", "completed")], str(report.to_dict())
    assert "paid" in report.heard().lower()
    assert NUMBER not in json.dumps(report.to_dict())
    (tool,) = report.tools
    database = await asyncpg.connect(stack.postgres)
    try:
        (row,) = await database.fetch("SELECT * FROM payments WHERE call_id = $1", report.call_id)
        assert (row["status"], row["amount"], row["currency"], row["last4"]) == ("paid", 12000, "USD", "6467")
        effects = await database.fetch("SELECT effect FROM gateway.entries ORDER BY entry")
        assert [effect["effect"] for effect in effects] == ["authorise", "capture"]
        await database.execute("CHECKPOINT")
        tables = await everything(database)
    finally:
        await database.close()
    messages = await stored(stack)
    left: dict[str, bytes] = {
        "PostgreSQL's tables": tables,
        "NATS's messages": b"\n".join(body for _, body in messages),
        "Temporal's history": await history(stack, tool.id),
        "Valkey's keys": await cached(stack),
        "traces": b"\n".join(exported),
        "the model's context": context(messages, report.call_id),
    }
    on_disk = await asyncio.to_thread(lambda: list(files(Path(stack.data))))
    left |= {f"{path} ({number})": content for number, (path, content) in enumerate(on_disk)}
    found = {where: seen for where, content in left.items() if (seen := traces(NUMBER, content))}
    assert not found, f"The card's number was found in {found}."

    # It was looked for in the right places: what may be there is.
    for where in ("PostgreSQL's tables", "NATS's messages", "Temporal's history"):
        assert b"6467" in left[where], where
        assert b"tok_" in left[where], where
    assert b"pay_invoice" in left["traces"]
    names = {path.relative_to(stack.data).parts[0] for path, _ in on_disk}
    assert {"nats", "temporal", "postgres", "logs", "calls"} <= names, names
    assert any(b"tok_" in content and "/nats/" in str(path) for path, content in on_disk)
    assert any(
        "SECURE".lower() in content.decode(errors="ignore") for path, content in on_disk if "/calls/" in str(path)
    )


async def everything(database: "asyncpg.Connection[asyncpg.Record]") -> bytes:
    """Every row of every table, as text."""
    tables = await database.fetch(
        "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables "
        "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    rows = [row["t"] for table in tables for row in await database.fetch(f"SELECT t::text AS t FROM {table['name']} t")]
    return "\n".join(rows).encode()


async def stored(stack: LocalStack) -> list[tuple[str, bytes]]:
    """(subject, body) of every message that JetStream holds of calls."""
    client = await nats.connect(stack.nats)
    try:
        js = client.jetstream()
        subscription = await js.subscribe("", stream=calls_stream(stack.region), ordered_consumer=True)
        info = await js.stream_info(calls_stream(stack.region))
        messages = [await subscription.next_msg(timeout=60) for _ in range(info.state.messages)]
        return [(message.subject, message.data) for message in messages]
    finally:
        await client.close()


async def history(stack: LocalStack, workflow: str) -> bytes:
    """The history of the workflow, its payloads as bytes."""
    client = await Client.connect(stack.temporal)
    whole = json.loads((await client.get_workflow_handle(workflow).fetch_history()).to_json())
    found = [json.dumps(whole).encode()]

    def walk(node: Any) -> None:
        for name, value in (
            node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        ):
            if name == "data" and isinstance(value, str):
                found.append(base64.b64decode(value))
            walk(value)

    walk(whole)
    return b"\n".join(found)


async def cached(stack: LocalStack) -> bytes:
    client: Any = redis.asyncio.from_url(stack.redis)
    try:
        return b"\n".join([key + b" " + (await client.dump(key) or b"") for key in await client.keys("*")])
    finally:
        await client.aclose()


def context(messages: list[tuple[str, bytes]], call_id: str) -> bytes:
    """What a language model is given of the call."""
    mine = [(subject, body) for subject, body in messages if f".{call_id}." in subject]
    return repr(rebuild(events_of(mine)).entries).encode()
