"""Barge-in as a browser hears it: from the caller's first sound at the microphone to silence at the loudspeaker.

``python -m benchmarks.webrtc.barge_in URL``, against any edge that serves the page; Debian's Chromium is the caller.
"""

import asyncio
import io
import sys
import wave

import numpy as np

from edge.core.audio import RATE
from tests.system.browser import Softphone, chromium_running, wav_of

TIMES = 7
QUIET = 0.004
"""Loudness of the loudspeaker (of 1) below which it is silent."""
WORDS = "Wait, wait, stop please, I need to change something."
TAP = """
(() => {
  window.loud = [];
  const context = new AudioContext();
  const play = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    get: play.get,
    set(stream) {
      play.set.call(this, stream);
      const analyser = context.createAnalyser();
      analyser.fftSize = 512;
      context.createMediaStreamSource(stream).connect(analyser);
      const samples = new Float32Array(512);
      setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        let power = 0;
        for (const one of samples) power += one * one;
        window.loud.push([performance.now(), this.muted ? 0 : Math.sqrt(power / 512)]);
        if (window.loud.length > 4000) window.loud.shift();
      }, 5);
    },
  });
})();
"""


def onset_of(wav: bytes) -> float:
    """The second at which the sound in this recording begins."""
    with wave.open(io.BytesIO(wav)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    return float(np.argmax(np.abs(pcm.astype(float)) > 600)) / RATE


def stopped(loud: list[list[float]], onset: float) -> float:
    """Seconds from the onset to the last loud moment of the agent before half a second of silence."""
    last = onset
    for at, level in loud:
        if at < onset:
            continue
        if level > QUIET:
            last = at
        elif at - last > 500:
            break
    return (last - onset) / 1000


async def main(url: str) -> None:
    """Interrupt the greeting, again and again."""
    wav = wav_of(WORDS)
    waits = []
    for _ in range(TIMES):
        # A browser for each: one that has opened and closed many sound devices opens no more.
        async with chromium_running() as browser, Softphone.on(browser, url, tap=TAP) as phone:
            await phone.call()
            await phone.floor("speaking")
            await asyncio.sleep(0.6)
            onset = await phone.speak_from(wav) + onset_of(wav) * 1000
            waits.append(stopped(await phone.page.evaluate("() => window.loud"), onset))
            await phone.page.click("#stop")
    print(f"| barge-in at the browser, {TIMES} times | p50 {np.percentile(waits, 50) * 1000:.0f} ms | ", end="")
    print(f"p95 {np.percentile(waits, 95) * 1000:.0f} ms | {[round(one * 1000) for one in waits]} |")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
