"""The language model behind any endpoint that speaks OpenAI's chat completions.

Over aiohttp rather than OpenAI's SDK, by measurement: ten replies at a time of 15 chunks each from the emulated vendor
cost 7.6 ms of CPU a reply through ``openai``, and 1.3 ms here. Turns are begun speculatively, so a call-minute has some
ten of them.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
import structlog

from edge.chat import Message, correction, functions, messages
from edge.core.conversation import Conversation, ReplyEvent, TextDelta
from edge.errors import ProviderError
from edge.functions import finished, read_call
from edge.patience import Patience
from edge.providers import Provider, ProviderSettings
from edge.uplink import session

log = structlog.get_logger()

FIRST = 6.0
"""Seconds until the first piece of a reply."""
NEXT = 5.0
"""Seconds until each further piece."""
LONGEST = 3000
"""Characters of one reply, or of one tool call's arguments times ten; a model that says more has lost itself."""

WARM = 50.0
"""Seconds after which a connection is used, so that one is there."""
URL = "https://api.openai.com/v1"
TRAILER = 0.05
"""Seconds for the end of a stream to come after its last event."""
BUFFER = 1 << 20
"""Bytes that one event of a stream may take."""


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(msgspec.Struct):
    index: int = 0
    function: _Function | None = None


class _Delta(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Error(msgspec.Struct):
    message: str | None = None
    code: str | int | None = None


class _Chunk(msgspec.Struct):
    """A piece of a reply; or of a body that says why there is none."""

    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: _Error | None = None


_CHUNK = msgspec.json.Decoder(_Chunk)


class OpenAI:
    """A mind for all calls of a process, at ``url``. Deadlines are in seconds; ``http`` is closed with it."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        key: str | None,
        model: str,
        *,
        first: float = FIRST,
        further: float = NEXT,
    ) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._model = model
        self._first = first
        self._further = further
        self._left = asyncio.Event()
        """Set where a reply was abandoned, and its connection with it."""
        self._warmer = asyncio.create_task(self._keep_warm(), name="connection to the language model, kept")

    async def reply(self, conversation: Conversation) -> AsyncIterator[ReplyEvent]:
        """Raises ProviderError, retryable where the endpoint stalled, was busy or broke off."""
        said = messages(conversation)
        spoken = ""
        for last_try in (False, True):
            draft = _Draft()
            async with contextlib.aclosing(self._stream(said, conversation, draft)) as pieces:
                async for text in pieces:
                    yield TextDelta(text)
            events, faults = draft.events(conversation)
            spoken += draft.text
            if faults and not last_try:
                said = [*said, *correction(draft.text, faults)]
                continue
            for event in finished(events, spoken, conversation):
                yield event
            return

    async def close(self) -> None:
        self._warmer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._warmer
        await self._http.close()

    async def _stream(
        self, said: list[Message], conversation: Conversation, draft: "_Draft"
    ) -> AsyncGenerator[str, None]:
        """The text of one completion, piece by piece; the rest of it goes to ``draft``. Closing it hangs up."""
        patience, seconds, response = Patience(), self._first, None
        try:
            with _explained(), patience.within(seconds):
                response = await self._ask(said, conversation)
            chunks = _events(response.content)
            while True:
                with _explained():
                    with patience.within(seconds):
                        chunk = await anext(chunks, None)
                    text = draft.take(chunk) if chunk is not None else ""
                if chunk is None:
                    await _read_out(response)
                    break
                seconds = self._further
                if text:
                    yield text
            if draft.empty:
                raise ProviderError("empty", "The language model ended without a word.", retryable=True)
        finally:
            patience.end()
            if response is not None:
                self._hang_up(response)

    async def _ask(self, said: list[Message], conversation: Conversation) -> aiohttp.ClientResponse:
        """The stream of a completion. Raises ProviderError, and what aiohttp raises."""
        body = {
            "model": self._model,
            "messages": said,
            "tools": functions(conversation),
            "stream": True,
            "stream_options": {"include_usage": True},
            "user": conversation.call_id,
        }
        headers = {**self._headers, "Content-Type": "application/json"}
        data = msgspec.json.encode(body, enc_hook=str)
        response = await self._http.post(f"{self._url}/chat/completions", data=data, headers=headers)
        if response.status != 200:
            try:
                raise refusal(response.status, await response.content.read(4096))
            finally:
                response.close()
        return response

    def _hang_up(self, response: aiohttp.ClientResponse) -> None:
        """Keep the connection of a stream that has ended; one in the middle of a stream is closed, to stop it."""
        if not response.content.at_eof():
            self._left.set()
            response.close()
        response.release()

    async def _keep_warm(self) -> None:
        """See to it that a connection is there when a turn ends: TLS takes longer than the first word may."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError, ValueError):
                async with asyncio.timeout(FIRST), self._http.get(f"{self._url}/models", headers=self._headers) as got:
                    await got.content.read(1)
            await self._idle()

    async def _idle(self) -> None:
        """Wait until a connection was abandoned, or may have been closed for want of use."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WARM):
                await self._left.wait()
        self._left.clear()


async def _read_out(response: aiohttp.ClientResponse) -> None:
    """Read what is behind [DONE], which is next to nothing; only then can the connection be used again."""
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        async with asyncio.timeout(TRAILER):
            await response.content.read()


async def _events(stream: aiohttp.StreamReader) -> AsyncGenerator[_Chunk, None]:
    """The events of a stream, until [DONE]. Raises ProviderError where one is an error, DecodeError where it is not."""
    rest = b""
    async for data in stream.iter_any():
        *lines, rest = (rest + data).split(b"\n")
        if len(rest) > BUFFER:
            raise ProviderError("malformed", "The language model sends an event without end.")
        for line in lines:
            if not line.startswith(b"data:"):
                continue
            body = line[5:].strip()
            if body == b"[DONE]":
                return
            chunk = _CHUNK.decode(body)
            if chunk.error is not None:
                raise ProviderError("failed", f"The language model failed: {chunk.error.message}.", retryable=True)
            yield chunk


@dataclass(slots=True)
class _Call:
    """A function call as it comes in."""

    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class _Draft:
    """What of a completion has come so far."""

    text: str = ""
    calls: dict[int, _Call] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.text and not self.calls

    def take(self, chunk: _Chunk) -> str:
        """Add a chunk; returns the text in it. Raises ProviderError where it grows beyond all measure."""
        if not chunk.choices:  # The last chunk carries only what it cost.
            if chunk.usage is not None:
                log.debug("reply", tokens_in=chunk.usage.prompt_tokens, tokens_out=chunk.usage.completion_tokens)
            return ""
        delta = chunk.choices[0].delta
        for part in delta.tool_calls or ():
            call = self.calls.setdefault(part.index, _Call())
            if part.function is not None:
                call.name += part.function.name or ""
                call.arguments += part.function.arguments or ""
        text: str = delta.content or delta.refusal or ""
        text = text if self.text else text.lstrip()
        self.text += text
        if len(self.text) > LONGEST or any(len(call.arguments) > 10 * LONGEST for call in self.calls.values()):
            raise ProviderError("endless", f"The language model went on beyond {LONGEST} characters.")
        return text

    def events(self, conversation: Conversation) -> tuple[list[ReplyEvent], list[str]]:
        """What the function calls ask for, in order, and a sentence on each that makes no sense."""
        events: list[ReplyEvent] = []
        faults: list[str] = []
        for _, call in sorted(self.calls.items()):
            try:
                events.append(read_call(call.name, call.arguments, conversation))
            except ValueError as fault:
                faults.append(str(fault))
        return events, faults


class _explained(contextlib.AbstractContextManager[None]):  # noqa: N801 - used like a function
    """Turns what the SDK and the network raise into ProviderError, with what to do about it."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, Exception) and not isinstance(error, ProviderError):
            raise explain(error) from error


def explain(error: Exception) -> ProviderError:
    """What went wrong on the way, for people, and whether another attempt may help."""
    match error:
        case TimeoutError():
            return ProviderError("stalled", "The language model did not answer in time.", retryable=True)
        case aiohttp.ClientError() | OSError():
            return ProviderError("unreachable", f"The language model's connection failed: {error}.", retryable=True)
        case _:
            message = f"The language model's answer makes no sense ({type(error).__name__}: {error})."
            return ProviderError("malformed", message, retryable=True)


def refusal(status: int, body: bytes) -> ProviderError:
    """What an HTTP status other than 200 means, for people."""
    try:
        error = _CHUNK.decode(body).error or _Error()
    except msgspec.DecodeError:
        error = _Error()
    match status:
        case 401 | 403:
            return ProviderError("unauthorised", "The language model refused the key. Check OPENAI_API_KEY.")
        case 429 if error.code == "insufficient_quota":
            return ProviderError("quota", "The language model's account has run out of credit.")
        case 429:
            return ProviderError("busy", "The language model refuses more requests for now.", retryable=True)
        case 404:
            message = (
                "The endpoint does not know the model. Check TRUNKLINE_OPENAI_MODEL and TRUNKLINE_OPENAI_BASE_URL."
            )
            return ProviderError("unknown_model", message)
        case _ if status >= 500:
            return ProviderError("unavailable", f"The language model failed (HTTP {status}).", retryable=True)
        case _:
            detail = error.message or "no reason given"
            return ProviderError("refused", f"The language model refused the request (HTTP {status}): {detail}")


async def open_openai(settings: ProviderSettings) -> OpenAI:
    """Raises ProviderError where there is neither a key nor an endpoint that may need none."""
    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise ProviderError("no_key", "Set OPENAI_API_KEY, or TRUNKLINE_OPENAI_BASE_URL for an endpoint without keys.")
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    return OpenAI(session(), settings.openai_base_url or URL, key, settings.openai_model)


PROVIDER: Provider[OpenAI] = Provider("mind", "openai", open_openai)
