"""Messages that a tool sends, and their fate."""

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, Field
from temporalio import workflow

from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.notify import SETTLED, Notify
from workflows.ports import Delivery

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start


class Tell(BaseModel):
    """Tell somebody."""

    channel: str = Field(description="How.")


class Fate(BaseModel):
    """What became of it."""

    state: str


@workflow.defn
class TellWorkflow:
    """Sends one message and waits a minute for word of it."""

    @workflow.run
    @conducted
    async def run(self, request: Tell, notify: Notify, caller: Caller) -> Fate:
        if request.channel == "sms":
            message = await notify.sms("+15550111", "You are needed.")
        else:
            message = await notify.email("nina@example.com", "A job", "You are needed.")
        return Fate(state=await notify.outcome(message, within=60))


async def fate(handle: Any) -> str:
    return str((await handle.result())["state"])


async def test_a_text_message_goes_out_and_reports_back(start: "Start", line: "Line") -> None:
    handle = await start(TellWorkflow, channel="sms")
    while not line.messages:
        await handle.describe()
    (message,) = line.messages
    assert (message.channel, message.recipient, message.report_to) == ("sms", "+15550111", handle.id)
    await handle.signal(SETTLED, Delivery(message_id=message.id, state="failed"))
    assert await fate(handle) == "failed"


async def test_an_email_has_a_subject(start: "Start", line: "Line") -> None:
    assert await fate(await start(TellWorkflow, channel="email")) == "queued"
    (message,) = line.messages
    assert (message.channel, message.subject, message.text) == ("email", "A job", "You are needed.")


@pytest.mark.parametrize("word", [[], ["nonsense"], [{"message_id": "another", "state": "delivered"}]])
async def test_strange_word_does_no_harm(start: "Start", word: list[Any]) -> None:
    handle = await start(TellWorkflow, channel="sms")
    await handle.signal(SETTLED, args=word)
    assert await fate(handle) == "queued"
