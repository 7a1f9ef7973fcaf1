"""The same agent with Pipecat 1.14: ``pipecat_agent.py default`` or ``tuned``. Runs in an environment of its own.

``default`` is what Pipecat's own project template makes of Twilio, Deepgram, OpenAI and Cartesia; ``tuned`` is what
somebody who knows it would set for latency and cost: each line that asks ``TUNED`` says what is else.
"""
# What it imports is in another environment.
# mypy: ignore-errors
# ruff: noqa: E402

import asyncio
import json
import os
import socket
import sys
from contextlib import asynccontextmanager

TUNED = sys.argv[1] == "tuned"

from loguru import logger

logger.remove()
logger.add(sys.stderr, level="WARNING")

import uvicorn
from fastapi import FastAPI, WebSocket
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.audio.vad import silero
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.cartesia.tts import CartesiaTTSService
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.tts_service import TextAggregationMode
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

GREETING, INSTRUCTIONS = os.environ["BENCH_GREETING"], os.environ["BENCH_INSTRUCTIONS"]

if TUNED:
    # One model for all calls: the state of each is its own, the session can be shared.
    _session, _original = [], silero.SileroOnnxModel.__init__

    def _init(self, path, force_onnx_cpu=True):
        if not _session:
            _original(self, path, force_onnx_cpu)
            _session.append(self.session)
        self.session, self.sample_rates = _session[0], [8000, 16000]
        self.reset_states()

    silero.SileroOnnxModel.__init__ = _init


def services():
    """Ears, mind and voice."""
    stt = DeepgramSTTService(api_key=os.environ["DEEPGRAM_API_KEY"], base_url=os.environ["TRUNKLINE_DEEPGRAM_URL"])
    llm = OpenAILLMService(
        api_key=os.environ["OPENAI_API_KEY"],
        base_url=os.environ["TRUNKLINE_OPENAI_BASE_URL"],
        settings=OpenAILLMService.Settings(model="gpt-4.1-mini", system_instruction=INSTRUCTIONS),
    )
    tuned = {"text_aggregation_mode": TextAggregationMode.TOKEN, "max_buffer_delay_ms": 0} if TUNED else {}
    tts = CartesiaTTSService(
        api_key=os.environ["CARTESIA_API_KEY"],
        url=f"{os.environ['TRUNKLINE_CARTESIA_URL']}/tts/websocket",
        settings=CartesiaTTSService.Settings(voice="6ccbfb76-1fc6-48f7-b71d-91ac6298247b"),
        **tuned,
    )
    return stt, llm, tts


async def book_visit(params):
    """The tool: in this process, at once."""
    await params.result_callback({"booked": True})


TOOL = FunctionSchema(
    name="book_visit",
    description="Book a visit.",
    properties={"service": {"type": "string"}, "day": {"type": "string"}},
    required=[],
)


def user_params():
    if not TUNED:
        return LLMUserAggregatorParams(vad_analyzer=silero.SileroVADAnalyzer())
    # Plain silence, 0.2 s by the detector, and no further wait once the final words are there; no model for turns.
    return LLMUserAggregatorParams(
        vad_analyzer=silero.SileroVADAnalyzer(params=VADParams(start_secs=0.1, stop_secs=0.2)),
        user_turn_strategies=UserTurnStrategies(
            start=[VADUserTurnStartStrategy()],
            stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)],
        ),
    )


async def converse(websocket):
    """One call."""
    _, call = await parse_telephony_websocket(websocket)
    serializer = TwilioFrameSerializer(
        stream_sid=call["stream_id"],
        call_sid=call["call_id"],
        params=TwilioFrameSerializer.InputParams(auto_hang_up=False),
    )
    chunks = {"audio_out_10ms_chunks": 2} if TUNED else {}
    transport = FastAPIWebsocketTransport(
        websocket=websocket,
        params=FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, add_wav_header=False, serializer=serializer, **chunks
        ),
    )
    stt, llm, tts = services()
    llm.register_function("book_visit", book_visit)
    context = LLMContext(tools=ToolsSchema(standard_tools=[TOOL]))
    users, assistants = LLMContextAggregatorPair(context, user_params=user_params())
    pipeline = Pipeline([transport.input(), stt, users, llm, tts, transport.output(), assistants])
    extra = {"enable_turn_tracking": False, "enable_rtvi": False, "check_dangling_tasks": False} if TUNED else {}
    worker = PipelineWorker(
        pipeline,
        params=PipelineParams(
            enable_metrics=not TUNED,
            enable_usage_metrics=not TUNED,
            audio_in_sample_rate=8000,
            audio_out_sample_rate=8000,
        ),
        **extra,
    )
    runner = WorkerRunner(handle_sigint=False)

    @transport.event_handler("on_client_connected")
    async def _connected(transport, client):
        await worker.queue_frames([TTSSpeakFrame(GREETING)])

    @transport.event_handler("on_client_disconnected")
    async def _gone(transport, client):
        await runner.cancel()

    await runner.add_workers(worker)
    await runner.run()


@asynccontextmanager
async def lifespan(app):
    print(json.dumps({"ready": f"http://127.0.0.1:{PORT}"}), flush=True)
    yield


app = FastAPI(lifespan=lifespan)


@app.websocket("/twilio")
async def twilio(websocket: WebSocket):
    await websocket.accept()
    await converse(websocket)


if __name__ == "__main__":
    listener = socket.socket()
    listener.bind(("127.0.0.1", int(os.environ.get("PORT", "0"))))
    PORT = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", loop="uvloop", access_log=False))
    asyncio.set_event_loop_policy(__import__("uvloop").EventLoopPolicy())
    asyncio.run(server.serve(sockets=[listener]))
