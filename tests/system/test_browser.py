"""The softphone page in Debian's Chromium, against the whole stack. Slow: each call takes as long as the talk does."""

import asyncio
import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Route, expect

from benchmarks.webrtc.barge_in import TAP, WORDS, onset_of, stopped
from benchmarks.webrtc.relay import Network, Relay
from tests.system.browser import Rule, Softphone, wav_of
from trunkline.demo.evidence import bookings, stored_events
from trunkline.stack.local import LocalStack

pytestmark = pytest.mark.system


async def no_serious_fault(phone: Softphone) -> None:
    """What axe-core finds on the page as it is now."""
    found = (await Axe().run(phone.page)).response["violations"]
    assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")] == []


async def test_a_visit_is_booked_through_the_page(stack: LocalStack, browser: Browser, rules: list[Rule]) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    async with Softphone.on(browser, stack.edge, color_scheme="dark", permissions=allowed) as phone:
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
        await page.click("#copy")
        copied: str = await page.evaluate("() => navigator.clipboard.readText()")
        assert re.search(r"Robin: .*\nYou: Yes, please\.\n", copied)
        call_id = phone.call_id
        assert phone.faults == []
    (booking,) = await bookings(stack.postgres, call_id)
    # Other calls to the same stack may have taken ten o'clock: then it is what was offered instead.
    assert (booking.service, booking.name) == ("boiler service", "John Miller")
    assert booking.time.hour in (9, 10, 11)
    kinds = await stored_events(stack.nats, stack.region, call_id)
    assert kinds["call_started"] == kinds["call_ended"] == kinds["announcement_spoken"] == 1


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ("NotAllowedError", "does not let this page use the microphone"),
        ("NotFoundError", "No microphone was found"),
        ("NotReadableError", "Another program is using the microphone"),
    ],
)
async def test_a_microphone_that_cannot_be_had_is_said_in_a_sentence(
    stack: LocalStack, browser: Browser, trouble: str, says: str
) -> None:
    # As browsers report it, whatever microphone the machine has that tests.
    tap = f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{trouble}'); }};"
    async with Softphone.on(browser, stack.edge, microphone=False, tap=tap) as phone:
        await phone.page.click("#start")
        alert = phone.page.locator("#alert")
        await alert.wait_for()
        assert says in await alert.inner_text()
        assert await phone.state() == "over"
        await no_serious_fault(phone)


@pytest.mark.parametrize(
    ("status", "says"), [(503, "All our lines are busy"), (401, "token"), (0, "Check your internet connection")]
)
async def test_what_is_refused_is_said_in_a_sentence(
    stack: LocalStack, browser: Browser, status: int, says: str
) -> None:
    async with Softphone.on(browser, stack.edge) as phone:

        async def refuse(route: Route) -> None:
            if status:
                await route.fulfill(
                    status=status, json={"code": "bad_token", "message": "The call token is not one of ours."}
                )
            else:
                await route.abort()

        await phone.page.route("**/whip*", refuse)
        await phone.page.click("#start")
        alert = phone.page.locator("#alert")
        await alert.wait_for()
        assert says in await alert.inner_text()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (640, 360)])
async def test_no_button_falls_off_a_small_screen(stack: LocalStack, browser: Browser, width: int, height: int) -> None:
    async def busy(route: Route) -> None:
        await route.fulfill(status=503, headers={"Retry-After": "2"}, json={"code": "full", "message": "Full."})

    async with Softphone.on(browser, stack.edge, viewport={"width": width, "height": height}) as phone:
        await phone.page.route("**/whip*", busy)
        await expect(phone.page.locator("#start")).to_be_in_viewport(ratio=1)
        await phone.page.click("#start")
        await phone.status("All our lines are busy")
        await phone.page.click("#keys")
        for button in ("#mute", "#stop", "#keys", "[data-key='1']", "[data-key='#']"):
            await expect(phone.page.locator(button)).to_be_in_viewport(ratio=1)
        await no_serious_fault(phone)


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


async def test_an_interruption_silences_the_agent_at_the_browser(stack: LocalStack, browser: Browser) -> None:
    """How fast is for ``benchmarks.webrtc.barge_in``; that it happens, in the middle of the greeting, is for here."""
    wav = wav_of(WORDS)
    async with Softphone.on(browser, stack.edge, tap=TAP) as phone:
        await phone.call()
        await phone.until("this is")
        onset = await phone.speak_from(wav) + onset_of(wav) * 1000
        silent = stopped(await phone.page.evaluate("() => window.loud"), onset)
        await phone.page.wait_for_selector(".said.agent.cut")
        assert silent < 1.5


class Wire:
    """The way of a page's media to the edge, and of its offers, which can be cut and mended."""

    def __init__(self) -> None:
        self.cut = False
        self.relays: list[Relay] = []

    async def offer(self, route: Route) -> None:
        """Carry an offer to the edge, and lead the media of its answer through a relay."""
        if self.cut:
            await route.abort()
            return
        response = await route.fetch()
        answer = await response.text()
        found = re.search(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", answer)
        assert found
        relay, port = await Relay.open((found[1], int(found[2])), Network())
        self.relays.append(relay)
        await route.fulfill(response=response, body=answer.replace(f" {found[2]} typ host", f" {port} typ host"))

    def close(self) -> None:
        """No packet passes any more."""
        for relay in self.relays:
            relay.close()


async def test_a_lost_network_is_said_and_the_call_goes_on_when_it_is_back(stack: LocalStack, browser: Browser) -> None:
    wire = Wire()
    async with Softphone.on(browser, stack.edge) as phone:
        await phone.page.route("**/whip?played=1", wire.offer)
        await phone.call()
        await phone.until("help you")
        wire.cut = True
        wire.close()
        await phone.page.context.set_offline(True)
        await phone.status("Your internet connection is gone")
        assert await phone.state() == "again"
        wire.cut = False
        await phone.page.context.set_offline(False)
        await phone.reach("live")
        await phone.until("cut off")
        assert len(wire.relays) == 2
        await phone.page.click("#stop")
    wire.close()
