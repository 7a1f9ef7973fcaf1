"""A caller with a browser: Debian's Chromium on the softphone page, with a microphone that says what it is given."""

import asyncio
import base64
import contextlib
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright
from playwright.async_api import TimeoutError as PlaywrightTimeout

_MICROPHONE = """
(() => {
  const context = new AudioContext();
  const wire = context.createMediaStreamDestination();
  const hush = context.createConstantSource();
  hush.offset.value = 0;
  hush.connect(wire);
  hush.start(); // a real microphone never stops
  navigator.mediaDevices.getUserMedia = async () => {
    await context.resume();
    return wire.stream.clone();
  };
  window.say = async (wav) => {
    const bytes = Uint8Array.from(atob(wav), (one) => one.charCodeAt(0));
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(bytes.buffer);
    source.connect(wire);
    const ended = new Promise((done) => (source.onended = done));
    source.start();
    await ended;
    return Date.now();
  };
})();
"""


def chromium() -> str:
    """Where it is.

    Raises:
        RuntimeError: it is not installed.
    """
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("The browser tests need Debian's Chromium: apt-get install chromium.")
    return path


@contextlib.asynccontextmanager
async def chromium_running(*arguments: str) -> AsyncIterator[Browser]:
    """A headless Chromium."""
    flags = ["--autoplay-policy=no-user-gesture-required", "--disable-gpu", "--mute-audio", *arguments]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=flags, chromium_sandbox=False, headless=True
        )
        yield browser
        await browser.close()


@dataclass(frozen=True, slots=True)
class Rule:
    """What is said when the agent has said something like ``when``."""

    when: str
    wav: bytes


@dataclass
class Softphone:
    """The page, and the caller's hands and voice. ``faults`` are errors that the page reported."""

    page: Page
    faults: list[str] = field(default_factory=list)
    token: str = ""

    @classmethod
    @contextlib.asynccontextmanager
    async def on(
        cls, browser: Browser, url: str, *, microphone: bool = True, tap: str = "", **context: Any
    ) -> AsyncIterator["Softphone"]:
        """Open the page at this edge's address."""
        made: BrowserContext = await browser.new_context(**{"viewport": {"width": 390, "height": 844}, **context})
        if microphone:
            await made.add_init_script(_MICROPHONE)
        if tap:
            await made.add_init_script(tap)
        page = await made.new_page()
        phone = cls(page)
        page.on("pageerror", lambda error: phone.faults.append(str(error)))
        page.on("console", lambda line: phone.faults.append(line.text) if line.type == "error" else None)
        page.on("request", phone._seen)
        await page.goto(f"{url}/call")
        try:
            yield phone
        finally:
            await made.close()

    async def call(self) -> None:
        """Press the button, and wait until somebody answers."""
        await self.page.click("#start")
        try:
            await self.page.wait_for_selector("body[data-state=live]", timeout=15_000)
        except PlaywrightTimeout as late:
            text = await self.page.inner_text("body")
            raise AssertionError(f"Nobody answered; {await self.state()}: {text!r}; {self.faults}") from late

    def _seen(self, request: Request) -> None:
        if request.url.endswith("/whip?played=1"):
            self.token = request.headers["authorization"].removeprefix("Bearer ")

    async def state(self) -> str | None:
        return await self.page.get_attribute("body", "data-state")

    @property
    def call_id(self) -> str:
        """The call's id, from the token that the page was given."""
        return self.token.partition(".")[0]

    async def lines(self, who: str) -> list[str]:
        """What was said by ``agent`` or ``caller``, finished or not."""
        return await self.page.locator(f".said.{who} p").all_inner_texts()

    async def until(self, pattern: str, who: str = "agent", seconds: float = 20.0) -> str:
        """Wait for a line like this; the line."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            for line in await self.lines(who):
                if re.search(pattern, line, re.IGNORECASE):
                    return line
            await asyncio.sleep(0.05)
        raise AssertionError(f"{who} did not say {pattern!r} in {seconds:g} s, but {await self.lines(who)}.")

    async def floor(self, *states: str, seconds: float = 20.0) -> None:
        """Wait until turn-taking is in one of these states."""
        wanted = ",".join(f"body[data-floor={state}]" for state in states)
        await self.page.wait_for_selector(wanted, timeout=seconds * 1000)

    async def say(self, wav: bytes) -> float:
        """Speak this recording into the microphone, to its end; when that was, in Unix milliseconds."""
        ended: float = await self.page.evaluate("wav => window.say(wav)", base64.b64encode(wav).decode())
        return ended

    async def speak_from(self, wav: bytes) -> float:
        """The same; when it began, in milliseconds of the page's clock."""
        began: float = await self.page.evaluate(
            "wav => { const began = performance.now(); return window.say(wav).then(() => began); }",
            base64.b64encode(wav).decode(),
        )
        return began

    async def answer(self, rules: Sequence[Rule], done: str, seconds: float = 90.0) -> None:
        """Answer the agent by these rules, until it has said ``done``."""
        answered = 0
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            await self.floor("listening")
            said = await self.lines("agent")
            if any(re.search(done, line, re.IGNORECASE) for line in said):
                return
            new = " ".join(said[answered:])
            rule = next((one for one in rules if re.search(one.when, new, re.IGNORECASE)), None)
            if rule is None:
                await asyncio.sleep(0.1)
                continue
            answered = len(said)
            await self.say(rule.wav)
            with contextlib.suppress(Exception):
                await self.floor("thinking", "speaking", seconds=5.0)
        raise AssertionError(f"The agent did not say {done!r} in {seconds:g} s, but {await self.lines('agent')}.")
