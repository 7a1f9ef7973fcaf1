"""A caller with a browser: Debian's Chromium on the softphone page, with a microphone that says what it is given."""

import asyncio
import base64
import contextlib
import io
import re
import shutil
import wave
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright
from playwright.async_api import TimeoutError as PlaywrightTimeout

from edge.core.audio import RATE
from trunkline.caller.voice import synthesise

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


def wav_of(words: str) -> bytes:
    """These words as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(synthesise(words).tobytes())
    return file.getvalue()


PARDON = r"say (it|that) again|didn't catch|still there"
"""What the agent says to a caller whom it has not understood, as on a machine with too much to do."""


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
    log: list[str] = field(default_factory=list)
    """Requests and answers of the line, in order, by seconds."""
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
        page.on("response", lambda got: phone._note(f"{got.request.method} {got.url} {got.status}"))
        page.on("requestfailed", lambda lost: phone._note(f"{lost.method} {lost.url} {lost.failure}"))
        await page.goto(f"{url}/call")
        try:
            yield phone
        finally:
            await made.close()

    async def call(self) -> None:
        """Press the button, and wait until somebody answers."""
        await self.page.click("#start")
        await self.reach("live")

    def _note(self, what: str) -> None:
        self.log.append(f"{asyncio.get_running_loop().time():.2f} {what}")

    def _seen(self, request: Request) -> None:
        if request.url.endswith("/whip?played=1"):
            self.token = request.headers["authorization"].removeprefix("Bearer ")

    async def state(self) -> str | None:
        return await self.page.get_attribute("body", "data-state")

    async def reach(self, state: str, seconds: float = 60.0) -> None:
        """Wait for this state of the page."""
        try:
            await self.page.wait_for_selector(f"body[data-state={state}]", timeout=seconds * 1000)
        except PlaywrightTimeout as late:
            raise AssertionError(f"The page was not {state} in {seconds:g} s; {await self.account()}") from late

    async def resumed(self, seconds: float = 60.0) -> None:
        """Wait until the page says that its line broke and is there again. That it is calling back may have been to
        see for some milliseconds only."""
        try:
            await self.page.wait_for_selector(".note", timeout=seconds * 1000)
        except PlaywrightTimeout as late:
            raise AssertionError(f"The call did not go on in {seconds:g} s; {await self.account()}") from late

    async def status(self, words: str, seconds: float = 60.0) -> None:
        """Wait until the line of status says this."""
        await self.page.locator("#status", has_text=words).wait_for(timeout=seconds * 1000)

    async def account(self) -> str:
        """What there is to see, for whoever looks for what went wrong."""
        seen = await self.page.evaluate("({...document.body.dataset, text: document.body.innerText})")
        return f"{self.call_id}: {seen}; {self.faults}; {self.log}"

    @property
    def call_id(self) -> str:
        """The call's id, from the token that the page was given."""
        return self.token.partition(".")[0]

    async def lines(self, who: str) -> list[str]:
        """What was said by ``agent`` or ``caller``, finished or not."""
        return await self.page.locator(f".said.{who} p").all_inner_texts()

    async def until(self, pattern: str, who: str = "agent", seconds: float = 60.0) -> str:
        """Wait for a line like this; the line."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            for line in await self.lines(who):
                if re.search(pattern, line, re.IGNORECASE):
                    return line
            await asyncio.sleep(0.05)
        raise AssertionError(f"{who} did not say {pattern!r} in {seconds:g} s, but {await self.lines(who)}.")

    async def floor(self, *states: str, seconds: float = 60.0) -> None:
        """Wait until turn-taking is in one of these states; not past the end of the call."""
        wanted = ",".join(f"body:not([data-state=over])[data-floor={state}]" for state in states)
        try:
            await self.page.wait_for_selector(f"{wanted},body[data-state=over]", timeout=seconds * 1000)
        except PlaywrightTimeout as late:
            raise AssertionError(f"The floor was not {states} in {seconds:g} s; {await self.account()}") from late
        if await self.state() == "over":
            raise AssertionError(f"The call was over before the floor was {states}; {await self.account()}")

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
        """Answer the agent by these rules, until it has said ``done``; what it did not understand is said again."""
        answered, last = 0, b""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            await self.floor("listening")
            said = await self.lines("agent")
            if any(re.search(done, line, re.IGNORECASE) for line in said):
                return
            new = " ".join(said[answered:])
            rule = next((one for one in rules if re.search(one.when, new, re.IGNORECASE)), None)
            if rule:
                last = rule.wav
            elif not (last and re.search(PARDON, new, re.IGNORECASE)):
                await asyncio.sleep(0.1)
                continue
            answered = len(said)
            await self.say(last)
            with contextlib.suppress(Exception):
                await self.floor("thinking", "speaking", seconds=5.0)
        raise AssertionError(f"The agent did not say {done!r} in {seconds:g} s, but {await self.lines('agent')}.")
