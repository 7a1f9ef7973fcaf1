"""The same agent with LiveKit Agents 1.8: ``livekit_agent.py default`` or ``tuned``. Runs in an environment of its own.

One process with an ``AgentSession`` for each call and no LiveKit server: audio in and out are small classes that speak
Twilio's frames. ``default`` leaves to LiveKit what it sets by itself; each line that asks ``TUNED`` says what is else.
"""
# What it imports is in another environment.
# mypy: ignore-errors

import asyncio
import base64
import json
import os
import sys
import time
import warnings
from concurrent.futures import Executor, Future

warnings.simplefilter("ignore", DeprecationWarning)

import audioop  # noqa: E402

import aiohttp  # noqa: E402
import uvloop  # noqa: E402
from aiohttp import web  # noqa: E402
from livekit import rtc  # noqa: E402
from livekit.agents import Agent, AgentSession, function_tool, inference, tokenize  # noqa: E402
from livekit.agents.tokenize._basic_word import split_words  # noqa: E402
from livekit.agents.tokenize.token_stream import BufferedSentenceStream  # noqa: E402
from livekit.agents.voice import io  # noqa: E402
from livekit.plugins import cartesia, deepgram, openai  # noqa: E402

TUNED = sys.argv[1] == "tuned"
GREETING, INSTRUCTIONS = os.environ["BENCH_GREETING"], os.environ["BENCH_INSTRUCTIONS"]
RATE = 8000


class Inline(Executor):
    """Runs the voice detector's 18 µs where they are asked for, in place of a thread for each call."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


class Words(tokenize.SentenceTokenizer):
    """Hands every word to the voice as it comes, in place of a sentence."""

    def tokenize(self, text, *, language=None):
        return [word for word, _, _ in split_words(text, ignore_punctuation=False)]

    def stream(self, *, language=None):
        return BufferedSentenceStream(tokenizer=self.tokenize, min_token_len=1, min_ctx_len=1)


class Ears(io.AudioInput):
    """The caller's frames."""

    def __init__(self):
        super().__init__(label="Twilio")
        self._frames = asyncio.Queue(100)

    def feed(self, payload):
        pcm = audioop.ulaw2lin(base64.b64decode(payload), 2)
        if not self._frames.full():
            self._frames.put_nowait(rtc.AudioFrame(pcm, RATE, 1, len(pcm) // 2))

    async def __anext__(self):
        return await self._frames.get()


class Mouth(io.AudioOutput):
    """Hands audio to the carrier as it comes, which paces it; a mark says when it has been played."""

    def __init__(self, ws, stream):
        super().__init__(
            label="Twilio", capabilities=io.AudioOutputCapabilities(pause=False), next_in_chain=None, sample_rate=RATE
        )
        self._ws, self._stream = ws, stream
        self._sent = self._began = 0.0
        self._marks = 0
        self._out = asyncio.Queue()
        self.task = asyncio.create_task(self._send())

    async def capture_frame(self, frame):
        await super().capture_frame(frame)
        if not self._sent:
            self._began = time.time()
            self.on_playback_started(created_at=self._began)
        self._sent += frame.duration
        payload = base64.b64encode(audioop.lin2ulaw(bytes(frame.data), 2)).decode()
        self._post({"event": "media", "streamSid": self._stream, "media": {"payload": payload}})

    def flush(self):
        super().flush()
        if self._sent:
            self._marks += 1
            self._post({"event": "mark", "streamSid": self._stream, "mark": {"name": str(self._marks)}})

    def clear_buffer(self):
        if self._sent:
            self._post({"event": "clear", "streamSid": self._stream})
            self._marks += 1
            self._finish(min(self._sent, time.time() - self._began), interrupted=True)

    def marked(self, name):
        if name == str(self._marks) and self._sent:
            self._finish(self._sent, interrupted=False)

    def _finish(self, position, *, interrupted):
        self._sent = 0.0
        self.on_playback_finished(playback_position=position, interrupted=interrupted)

    def _post(self, body):
        self._out.put_nowait(json.dumps(body))

    async def _send(self):
        while True:
            await self._ws.send_str(await self._out.get())


@function_tool
async def book_visit(service: str, day: str) -> str:
    """Book a visit."""
    return "booked"


def services(http):
    """Ears, mind and voice."""
    tuned_stt = {"sample_rate": RATE} if TUNED else {}
    tuned_tts = {"sample_rate": RATE, "tokenizer": Words(), "word_timestamps": False} if TUNED else {}
    return {
        "stt": deepgram.STT(
            base_url=f"{os.environ['TRUNKLINE_DEEPGRAM_URL']}/v1/listen", http_session=http, **tuned_stt
        ),
        "llm": openai.LLM(model="gpt-4.1-mini", base_url=os.environ["TRUNKLINE_OPENAI_BASE_URL"]),
        "tts": cartesia.TTS(
            base_url=os.environ["TRUNKLINE_CARTESIA_URL"].replace("ws", "http", 1), http_session=http, **tuned_tts
        ),
    }


def session(app):
    """A call's session."""
    if not TUNED:
        return AgentSession(**services(app[HTTP]))
    return AgentSession(
        **app[SHARED],
        vad=app[VAD],
        turn_handling={
            "turn_detection": "vad",
            "endpointing": {"min_delay": 0.2, "max_delay": 0.2},
            "interruption": {
                "mode": "vad",
                "min_duration": 0.2,
                "resume_false_interruption": False,
            },
            "preemptive_generation": {"preemptive_tts": True},
        },
        aec_warmup_duration=None,
        tts_text_transforms=None,
        use_tts_aligned_transcript=False,
    )


HTTP = web.AppKey("http", aiohttp.ClientSession)
SHARED = web.AppKey("shared", dict)
VAD = web.AppKey("vad", inference.VAD)


async def handle(request):
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    talk = ears = mouth = None
    try:
        async for message in ws:
            body = json.loads(message.data)
            if body["event"] == "media" and ears:
                ears.feed(body["media"]["payload"])
            elif body["event"] == "mark" and mouth:
                mouth.marked(body["mark"]["name"])
            elif body["event"] == "start":
                talk, ears, mouth = session(request.app), Ears(), Mouth(ws, body["streamSid"])
                talk.input.audio, talk.output.audio = ears, mouth
                await talk.start(Agent(instructions=INSTRUCTIONS, tools=[book_visit]))
                talk.say(GREETING)
            elif body["event"] == "stop":
                break
    finally:
        if talk:
            await talk.aclose()
            mouth.task.cancel()
    return ws


async def main():
    app = web.Application()
    app[HTTP] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    if TUNED:
        app[SHARED] = services(app[HTTP])
        app[VAD] = inference.VAD(model="silero", min_silence_duration=0.2, executor=Inline())
    app.router.add_get("/twilio", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ.get("PORT", "0"))).start()
    print(json.dumps({"ready": f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
