"""A second edge of the region, of two processes with room for one call each: one dies and the other goes on, both are
full, and its page stands on somebody else's site. Slow: a call each, in real time."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page

from tests.edge.webrtc.peer import calling
from tests.serving import serving
from tests.system.browser import Rule, Softphone, chromium_running
from trunkline.demo.evidence import bookings, stored_events
from trunkline.stack.local import LocalStack
from trunkline.stack.ports import free_ports
from trunkline.stack.records import Records
from trunkline.stack.role import RoleProcess

pytestmark = pytest.mark.system


@dataclass(frozen=True, slots=True)
class Edge:
    """Where it is."""

    url: str

    async def pids(self, *, busy: bool) -> list[int]:
        """Its processes that carry a call, or that are free to."""
        async with aiohttp.ClientSession(self.url) as http, http.get("/health") as response:
            health = await response.json()
        return [one["pid"] for one in health["processes"] if one["capacity"] and bool(one["calls"]) == busy]

    async def carries(self, calls: int) -> None:
        """Wait until so many of its processes carry a call. An answered offer is no call yet: of two that come at once
        to one process, whoever connects first has the place."""
        async with asyncio.timeout(60):
            while len(await self.pids(busy=True)) < calls:  # noqa: ASYNC110  It is the processes' doing.
                await asyncio.sleep(0.05)


@pytest_asyncio.fixture(scope="module")
async def site() -> AsyncIterator[str]:
    """A site of somebody else's, on another origin, which embeds the edge that its address names after ``?``. Its own
    policy allows that and nothing else. Its address."""

    async def page(request: web.Request) -> web.Response:
        edge = request.query_string
        script = f'<script src="{edge}/call/embed.js" data-label="Ring us" async></script>'
        body = f'<!doctype html><html lang="en"><head><title>A shop</title>{script}</head><body>A shop</body></html>'
        policy = f"default-src 'none'; script-src {edge}; frame-src {edge}; style-src 'none'"
        return web.Response(text=body, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.router.add_get("/", page)
    async with serving(app) as url:
        yield url.replace("127.0.0.1", "localhost")


@pytest_asyncio.fixture(scope="module")
async def edge(stack: LocalStack, site: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Edge]:
    """The second edge, which the site may embed."""
    data = tmp_path_factory.mktemp("edge")
    (port,) = free_ports(1)
    settings = {
        "REGION": stack.region,
        "DATA": str(data),
        "NATS_URL": stack.nats,
        "REDIS_URL": stack.redis,
        "EDGE_PORT": str(port),
        "PROCESSES": "2",
        "MAX_CALLS": "1",
        "LATE": "1",
        "PAGE_EMBEDDERS": site,
    }
    role = RoleProcess("edge", data, {f"TRUNKLINE_{name}": value for name, value in settings.items()}, Records(data))
    await role.restart()
    yield Edge(f"http://127.0.0.1:{port}")
    await role.stop()


async def test_a_full_edge_says_so_and_is_called_again(edge: Edge, browser: Browser) -> None:
    async with calling(edge.url) as one:
        await edge.carries(1)
        async with calling(edge.url), Softphone.on(browser, edge.url) as phone:
            await edge.carries(2)
            await phone.page.click("#start")
            await phone.status("All our lines are busy")
            assert await phone.state() == "connecting"
            one.send(kind="bye")
            await phone.reach("live", seconds=60.0)
            await phone.until("help you")
            await phone.page.click("#stop")


async def test_a_call_outlives_its_edge(stack: LocalStack, edge: Edge, browser: Browser, rules: list[Rule]) -> None:
    """The process is killed in mid-call; the other one goes on with the conversation, and the visit is booked once."""
    async with Softphone.on(browser, edge.url) as phone:
        await phone.call()
        await phone.answer(rules, "your name|full name")
        (carrier,) = await edge.pids(busy=True)
        (other,) = await edge.pids(busy=False)
        os.kill(carrier, signal.SIGKILL)
        await phone.resumed()
        await phone.until("cut off")
        assert await edge.pids(busy=True) == [other]
        await phone.answer(rules, "is booked")
        await phone.page.click("#stop")
        call_id = phone.call_id
    assert len(await bookings(stack.postgres, call_id)) == 1
    kinds = await stored_events(stack.nats, stack.region, call_id)
    assert kinds["call_started"] == kinds["call_resumed"] == kinds["tool_requested"] == kinds["call_ended"] == 1


def faults_of(page: Page) -> list[str]:
    """What the browser will complain of, in this page and its frames."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    return faults


async def test_one_script_tag_puts_the_call_on_any_site(edge: Edge, site: str) -> None:
    """With the browser's own microphone: that the frame may use it is part of what is shown."""
    async with chromium_running("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as browser:
        page = await browser.new_page(viewport={"width": 1000, "height": 800})
        faults = faults_of(page)
        await page.goto(f"{site}/?{edge.url}")
        await page.get_by_role("button", name="Ring us").click()
        call = page.frame_locator("iframe[title='Ring us']")
        await call.locator("#start").click()
        await call.locator("body[data-state=live]").wait_for(timeout=60_000)
        await call.locator(".said.agent").first.wait_for(timeout=60_000)
        await page.get_by_role("button", name="Close").click()
        assert not await page.locator("iframe").is_visible()
        assert await call.locator("body").get_attribute("data-state") == "live"
        await page.get_by_role("button", name="Ring us").click()
        await call.locator("#stop").click()
        await call.locator("body[data-state=over]").wait_for()
        assert faults == []


async def test_a_site_that_the_edge_does_not_know_cannot_embed_it(
    stack: LocalStack, site: str, browser: Browser
) -> None:
    page = await browser.new_page()
    faults = faults_of(page)
    async with page.expect_event("console", lambda line: "frame-ancestors" in line.text):
        await page.goto(f"{site}/?{stack.edge}")
        await page.get_by_role("button", name="Ring us").click()
    assert len(faults) == 1
    assert await page.frame_locator("iframe").locator("#start").count() == 0
    await page.close()
