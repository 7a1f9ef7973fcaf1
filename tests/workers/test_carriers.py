"""Messages leave by carriers: by Twilio, emulated, and by a real mail server; receipts and replies come back."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from benchmarks.vendors.faults import Fault
from benchmarks.vendors.twilio import Twilio
from schemas.base import new_id
from schemas.tools import ToolRequested, tool_call_id
from trunkline.stack.ports import free_ports
from workers import worker
from workers.adapters.outbox import PostgresOutbox
from workers.carriers import NoCarrier, carriers
from workers.replies import INBOUND, answer_in
from workers.settings import WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect, task_queue
from workflows.attributes import STATE
from workflows.ports import Message

if TYPE_CHECKING:
    from tests.workers.conftest import Eventually, Running

PUBLIC = "https://answers.example"


class Mailbox:
    """What a mail server does with mail: keeps it; a busy one says so first, and one address is nobody's."""

    def __init__(self) -> None:
        self.mail: list[EmailMessage] = []
        self.busy = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.busy:
            self.busy -= 1
            return "451 Try again later"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mail.append(mail)
        return "250 OK"


@dataclass
class Post:
    """The worker's ways out, and the outbox that it writes to."""

    twilio: Twilio
    mailbox: Mailbox
    outbox: PostgresOutbox
    client: Client
    pool: "asyncpg.Pool[asyncpg.Record]"
    queue: str
    base: str

    async def send(self, recipient: str, text: str, **about: Any) -> str:
        message = Message(id=new_id("msg"), call_id="call", recipient=recipient, text=text, **about)
        await self.outbox.send(message)
        return message.id

    async def state(self, message: str) -> tuple[str, str]:
        row = await self.pool.fetchrow("SELECT status, detail FROM outbox WHERE message_id = $1", message)
        assert row is not None
        return row["status"], row["detail"]


@pytest_asyncio.fixture(scope="module")
async def post(worker_settings: WorkerSettings, running: "Running") -> AsyncIterator[Post]:
    twilio, mailbox, (port,) = Twilio(), Mailbox(), free_ports(1)
    await twilio.start()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    changed: dict[str, Any] = {
        "sms_carrier": "twilio",
        "twilio_account_sid": twilio.account,
        "twilio_auth_token": SecretStr(twilio.token),
        "twilio_sms_from": "+12025550100",
        "twilio_url": twilio.url,
        "mail_carrier": "smtp",
        "smtp_url": SecretStr(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"),
        "mail_from": "Harbour <desk@harbour.example>",
        "link_url": PUBLIC,
        "answers_port": port,
    }
    settings = worker_settings.model_copy(update=changed)
    client = await connect(settings.temporal_address, "default", Telemetry(None, "test", "test"))
    async with (
        running(lambda ready: worker.serve(settings, ready)),
        asyncpg.create_pool(settings.postgres_dsn.get_secret_value(), min_size=1, max_size=2) as pool,
    ):
        queue = task_queue(settings.region)
        outbox = PostgresOutbox(pool, client, queue)
        yield Post(twilio, mailbox, outbox, client, pool, queue, f"http://127.0.0.1:{port}")
    server.close()
    await server.wait_closed()
    await twilio.stop()


async def _settles(post: Post, message: str, state: str, eventually: "Eventually") -> str:
    async def there() -> bool:
        return (await post.state(message))[0] == state

    await eventually(f"the message is {state}", there)
    return (await post.state(message))[1]


async def test_a_text_message_is_sent_and_then_delivered(post: Post, eventually: "Eventually") -> None:
    message = await post.send("+12025550143", "Your plumber is on the way.")
    await _settles(post, message, "sent", eventually)
    (sent,) = post.twilio.to("+12025550143")
    assert (sent["body"], sent["from"]) == ("Your plumber is on the way.", "+12025550100")
    assert sent["callback"] == f"{PUBLIC}/twilio/status/{message}"
    assert await post.twilio.report(sent, "sending", base=post.base) == 204
    assert await post.twilio.report(sent, "delivered", base=post.base) == 204
    await _settles(post, message, "delivered", eventually)
    # A report that comes again, or late, finds no workflow any more, and changes nothing.
    assert await post.twilio.report(sent, "failed", "30003", base=post.base) == 204
    assert (await post.state(message))[0] == "delivered"


async def test_one_that_does_not_arrive_says_why(post: Post, eventually: "Eventually") -> None:
    message = await post.send("+12025550144", "Hello.")
    await _settles(post, message, "sent", eventually)
    await post.twilio.report(post.twilio.to("+12025550144")[0], "undelivered", "30003", base=post.base)
    assert "30003" in await _settles(post, message, "failed", eventually)


async def test_a_number_that_nobody_can_be_reached_by_is_not_tried_again(post: Post, eventually: "Eventually") -> None:
    message = await post.send("+15005550001", "Hello.")
    assert "21211" in await _settles(post, message, "failed", eventually)


async def test_an_answer_that_got_lost_sends_nothing_twice(post: Post, eventually: "Eventually") -> None:
    post.twilio.faults.coming.append(Fault("drop"))
    message = await post.send("+12025550145", "Once.")
    await _settles(post, message, "sent", eventually)
    assert len(post.twilio.to("+12025550145")) == 1


async def test_what_is_not_signed_is_refused(post: Post) -> None:
    for path in (INBOUND, "/twilio/status/msg_1"):
        status, _ = await post.twilio.post(f"{PUBLIC}{path}", {"Body": "yes"}, base=post.base, token="another")
        assert status == 403
        async with aiohttp.ClientSession() as http, http.post(f"{post.base}{path}", data={"Body": "yes"}) as answer:
            assert answer.status == 403


async def test_an_email_is_handed_to_the_mail_server(post: Post, eventually: "Eventually") -> None:
    post.mailbox.busy = 1
    about = {"channel": "email", "subject": "Your\nreceipt"}
    message = await post.send("anna@example.org", "Thank you – Ada.", **about)
    await _settles(post, message, "sent", eventually)
    (mail,) = post.mailbox.mail
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == (
        "Your receipt",
        "anna@example.org",
        f"<{message}@harbour.example>",
    )
    assert mail.get_content().strip() == "Thank you – Ada."
    lost = await post.send("nobody@example.org", "Hello.", **about)
    assert "550" in await _settles(post, lost, "failed", eventually)


async def test_units_take_a_job_by_text_message(post: Post, eventually: "Eventually") -> None:
    arguments = {"problem": "blocked drain", "address": "12 Harbor Street"}
    call = new_id("call")
    request = ToolRequested(
        call_id=call,
        region=post.queue.removeprefix("trunkline-"),
        tool_call_id=tool_call_id(call, "send_help", arguments),
        tool="send_help",
        arguments=arguments,
        turn=1,
    )
    handle = await post.client.start_workflow(
        "send_help",
        request,
        id=request.tool_call_id,
        task_queue=post.queue,
        search_attributes=TypedSearchAttributes([SearchAttributePair(STATE, "working")]),
    )

    async def replies(number: str, words: str, said: str) -> None:
        async def asked() -> bool:
            return any("Reply YES" in message["body"] for message in post.twilio.to(number))

        async def taken() -> bool:
            status, answer = await post.twilio.reply(f"{PUBLIC}{INBOUND}", number, words, base=post.base)
            assert status == 200
            return said in answer

        await eventually(f"{number} is asked", asked)
        await eventually(f"{words!r} is taken", taken)

    await replies("+12025550162", "What?", "Please reply YES")
    await replies("+12025550162", "No, sorry", "We ask somebody else")
    await replies("+12025550164", "yes 25", "12 Harbor Street is yours")
    status, answer = await post.twilio.reply(f"{PUBLIC}{INBOUND}", "+12025550164", "yes", base=post.base)
    assert (status, "no job" in answer) == (200, True)
    status, answer = await post.twilio.reply(f"{PUBLIC}{INBOUND}", "+12025559999", "yes", base=post.base)
    assert (status, "Message" in answer) == (200, False)

    async def noted() -> Any:
        return await post.pool.fetch(
            "SELECT unit_id, offers.status FROM offers JOIN jobs USING (job_id) WHERE call_id = $1 ORDER BY attempt",
            call,
        )

    async def settled() -> bool:
        return [row["status"] for row in await noted()] == ["refused", "accepted"]

    await eventually("Maria has it", settled)
    rows = await noted()
    assert [tuple(row) for row in rows][:2] == [("van-2", "refused"), ("van-4", "accepted")]
    await handle.terminate()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("YES", {"accepted": True}),
        ("yes 25", {"accepted": True, "minutes": 25}),
        ("Ok, 20 min", {"accepted": True, "minutes": 20}),
        ("1", {"accepted": True}),
        ("No.", {"accepted": False}),
        ("can't", {"accepted": False}),
        ("yes no", None),
        ("who is this?", None),
        ("", None),
        ("yes 99999", {"accepted": True}),
    ],
)
def test_a_reply_is_understood_or_not(text: str, answer: object) -> None:
    assert answer_in(text) == answer


async def test_what_a_carrier_lacks_is_said() -> None:
    for given, named in (
        ({"sms_carrier": "twilio", "twilio_account_sid": "AC1"}, "TRUNKLINE_TWILIO_SMS_FROM"),
        ({"mail_carrier": "smtp"}, "TRUNKLINE_SMTP_URL"),
    ):
        settings = WorkerSettings(**given)  # type: ignore[arg-type]
        with pytest.raises(NoCarrier, match=named):
            async with carriers(settings):
                raise AssertionError(uuid.uuid4())
