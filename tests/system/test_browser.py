"""The softphone page in Debian's Chromium, against the whole stack. Slow: each call takes as long as the talk does."""

import asyncio
import io
import os
import signal
import wave
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from edge.core.audio import RATE
from tests.system.browser import Rule, Softphone, chromium_running
from trunkline.caller.voice import synthesise
from trunkline.demo.evidence import bookings, stored_events
from trunkline.stack.local import LocalStack

pytestmark = pytest.mark.system

SCRIPT = {
    "anything else": "No, thank you, goodbye.",
    r"right\?|correct|go ahead": "Yes, please.",  # Not "All right, eight it is": nobody answers that.
    "your name|full name": "John Miller.",
    "help you|do for you": "I'd like to book a boiler service for next Tuesday at ten in the morning.",
    "what time|which time": "Ten in the morning.",
    "which day|what day|when would": "Next Tuesday.",
    "could offer|can offer": "The first one, please.",
}


def wav_of(words: str) -> bytes:
    """These words as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(synthesise(words).tobytes())
    return file.getvalue()


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    """A caller who books a boiler service."""
    return [Rule(when, wav_of(words)) for when, words in SCRIPT.items()]


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Headless, shared by these tests."""
    async with chromium_running() as browser:
        yield browser


async def no_serious_fault(phone: Softphone) -> None:
    """What axe-core finds on the page as it is now."""
    found = (await Axe().run(phone.page)).response["violations"]
    assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")] == []


async def test_a_visit_is_booked_through_the_page(stack: LocalStack, browser: Browser, rules: list[Rule]) -> None:
    async with Softphone.on(browser, stack.edge, color_scheme="dark") as phone:
        await no_serious_fault(phone)
        await phone.call()
        await phone.answer(rules, "is booked")
        await no_serious_fault(phone)
        page = phone.page
        assert await page.locator(".tool.done[data-tool=book_visit]").count() == 1
        assert any("boiler service" in line for line in await phone.lines("caller"))
        assert await page.locator(".said.agent small", has_text="answered in").count() >= 2
        await page.click("#stop")
        await page.wait_for_selector("body[data-state=over]")
        await no_serious_fault(phone)
        assert await page.locator("#copy").is_visible()
        call_id = phone.call_id
        assert phone.faults == []
    (booking,) = await bookings(stack.postgres, call_id)
    # Other calls to the same stack may have taken ten o'clock: then it is what was offered instead.
    assert (booking.service, booking.name) == ("boiler service", "John Miller")
    assert booking.time.hour in (9, 10, 11)
    kinds = await stored_events(stack.nats, stack.region, call_id)
    assert kinds["call_started"] == kinds["call_ended"] == kinds["announcement_spoken"] == 1


async def test_a_call_outlives_its_edge(stack: LocalStack, browser: Browser, rules: list[Rule]) -> None:
    """The edge is killed in mid-call; another process goes on with the conversation, and the visit is booked once."""
    async with Softphone.on(browser, stack.edge) as phone:
        await phone.call()
        await phone.answer(rules, "your name|full name")
        os.kill(stack.pids["edge"], signal.SIGKILL)
        await phone.page.wait_for_selector("body[data-state=again]", timeout=5_000)
        await phone.until("cut off", seconds=70.0)
        await phone.answer(rules, "is booked")
        await phone.page.click("#stop")
        call_id = phone.call_id
    assert len(await bookings(stack.postgres, call_id)) == 1
    kinds = await stored_events(stack.nats, stack.region, call_id)
    assert kinds["call_started"] == kinds["call_resumed"] == kinds["tool_requested"] == 1


async def test_a_refused_microphone_is_said_in_a_sentence(stack: LocalStack, browser: Browser) -> None:
    async with Softphone.on(browser, stack.edge, microphone=False) as phone:
        await phone.page.click("#start")
        alert = phone.page.locator("#alert")
        await alert.wait_for()
        assert "microphone" in await alert.inner_text()
        assert await phone.state() == "over"
        await no_serious_fault(phone)


@pytest.mark.parametrize(
    ("status", "says"), [(503, "All our lines are busy"), (401, "token"), (0, "Check your internet connection")]
)
async def test_what_is_refused_is_said_in_a_sentence(
    stack: LocalStack, browser: Browser, status: int, says: str
) -> None:
    async with Softphone.on(browser, stack.edge) as phone:

        async def refuse(route: object) -> None:
            if status:
                await route.fulfill(  # type: ignore[attr-defined]
                    status=status, json={"code": "bad_token", "message": "The call token is not one of ours."}
                )
            else:
                await route.abort()  # type: ignore[attr-defined]

        await phone.page.route("**/whip*", refuse)
        await phone.page.click("#start")
        alert = phone.page.locator("#alert")
        await alert.wait_for()
        assert says in await alert.inner_text()


async def test_keys_alone_are_enough(stack: LocalStack, browser: Browser) -> None:
    """Begun, keyed into, muted and hung up without a pointer."""
    async with Softphone.on(browser, stack.edge) as phone:
        keyboard = phone.page.keyboard
        await keyboard.press("Tab")
        await keyboard.press("Enter")
        await phone.floor("listening")
        for key in "42#":
            await keyboard.press(key)
            await asyncio.sleep(0.1)
        await phone.page.wait_for_selector(".said.caller")
        assert await phone.lines("caller") == ["••"]
        await keyboard.press("Shift+Tab")
        await keyboard.press("Space")
        assert await phone.page.get_attribute("#mute", "aria-pressed") == "true"
        await keyboard.press("Tab")
        await keyboard.press("Enter")
        await phone.page.wait_for_selector("body[data-state=over]")
