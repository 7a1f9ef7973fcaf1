"""How long a call is cut off when its edge is killed: from kill -9 until another process has taken up the line, and
until the page shows the first word of it.

``python -m benchmarks.webrtc.takeover URL``, against an edge on this machine with two processes or more
(``trunkline up --processes 2``), which carries no other call; Debian's Chromium is the caller.
"""

import asyncio
import os
import signal
import sys
import time

import aiohttp
import numpy as np

from tests.system.browser import Softphone, chromium_running

TIMES = 5
READY = 60.0
"""Seconds for a process that was killed to be there again."""


async def ready(url: str) -> None:
    """Wait until all of the edge's processes take calls and none has one."""
    end = time.monotonic() + READY
    while time.monotonic() < end:
        found = await processes_of(url)
        if all(one["capacity"] and not one["calls"] and one["reason"] is None for one in found):
            return
        await asyncio.sleep(0.2)
    raise RuntimeError(f"The processes of {url} were not free within {READY:g} s.")


async def processes_of(url: str) -> list[dict[str, object]]:
    """What the edge says of each of its processes."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/health") as response:
        found: list[dict[str, object]] = (await response.json()).get("processes", [])
    if len(found) < 2:
        raise RuntimeError(f"The edge at {url} has no second process to take over; start it with --processes 2.")
    return found


async def main(url: str) -> None:
    """Kill the process that carries the call, again and again."""
    lines, words = [], []
    async with chromium_running() as browser:
        for _ in range(TIMES):
            await ready(url)
            async with Softphone.on(browser, url) as phone:
                await phone.call()
                await phone.until("help you")
                await phone.floor("listening")
                (carrier,) = [one["pid"] for one in await processes_of(url) if one["calls"]]
                assert isinstance(carrier, int)
                killed = time.monotonic()
                os.kill(carrier, signal.SIGKILL)
                await phone.resumed()
                lines.append(time.monotonic() - killed)
                await phone.until("sorry")
                words.append(time.monotonic() - killed)
                await phone.page.click("#stop")
    for name, found in (("the line is taken up", lines), ("the first word is shown", words)):
        values = " ".join(f"{one:.2f}" for one in found)
        print(f"| {name}, {TIMES} times | p50 {np.percentile(found, 50):.2f} s | worst {max(found):.2f} s | {values} |")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
