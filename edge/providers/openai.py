"""The language model behind any endpoint that speaks OpenAI's chat completions, through OpenAI's SDK."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from edge import prompt
from edge.core.conversation import (
    AgentSaid,
    CallerSaid,
    Conversation,
    ReplyEvent,
    TextDelta,
    ToolAsked,
    ToolOutcome,
)
from edge.errors import ProviderError
from edge.functions import finished, read_call
from edge.providers import Provider, ProviderSettings

log = structlog.get_logger()

FIRST = 6.0
"""Seconds until the first piece of a reply."""
NEXT = 5.0
"""Seconds until each further piece."""
LONGEST = 3000
"""Characters of one reply, or of one tool call's arguments times ten; a model that says more has lost itself."""

Message = dict[str, Any]


class OpenAI:
    """A mind for all calls of a process. ``client`` is an ``openai.AsyncOpenAI``; deadlines are in seconds."""

    def __init__(self, client: Any, model: str, *, first: float = FIRST, further: float = NEXT) -> None:
        self._client = client
        self._model = model
        self._first = first
        self._further = further

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
        await self._client.close()

    async def _stream(
        self, said: list[Message], conversation: Conversation, draft: "_Draft"
    ) -> AsyncGenerator[str, None]:
        """The text of one completion, piece by piece; the rest of it goes to ``draft``. Closing it hangs up."""
        stream = None
        try:
            with _explained():
                async with asyncio.timeout(self._first):
                    stream = await self._client.chat.completions.create(
                        model=self._model,
                        messages=said,
                        tools=functions(conversation),
                        stream=True,
                        stream_options={"include_usage": True},
                    )
                    chunk = await anext(stream, None)
            while chunk is not None:
                with _explained():
                    text = draft.take(chunk)
                if text:
                    yield text
                with _explained():
                    async with asyncio.timeout(self._further):
                        chunk = await anext(stream, None)
            if draft.empty:
                raise ProviderError("empty", "The language model ended without a word.", retryable=True)
        finally:
            if stream is not None:
                await _hang_up(stream)


async def _hang_up(stream: Any) -> None:
    """Close a stream that may not have ended: its generators from the outside in, then the connection."""
    with contextlib.suppress(Exception):
        if (generator := getattr(stream, "_iterator", None)) is not None:
            await generator.aclose()
    with contextlib.suppress(Exception):
        await stream.close()


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

    def take(self, chunk: Any) -> str:
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
        text: str = delta.content or getattr(delta, "refusal", None) or ""
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


def correction(text: str, faults: Sequence[str]) -> list[Message]:
    """What is added to the conversation when function calls made no sense."""
    said: list[Message] = [{"role": "assistant", "content": text}] if text else []
    again = "Make all of your function calls again, correctly; none was carried out."
    spoken = " What you said before was spoken; do not repeat it." if text else ""
    return [*said, {"role": "system", "content": f"{' '.join(faults)} {again}{spoken}"}]


def functions(conversation: Conversation) -> list[Message]:
    """The tools in the API's form."""
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
        }
        for tool in prompt.functions(conversation)
    ]


def messages(conversation: Conversation) -> list[Message]:
    """The conversation in the API's form.

    Tool calls get short ids of their own, since the API takes no more than 40 characters.
    """
    out: list[Message] = [_note(prompt.system(conversation))]
    for number, entry in enumerate(conversation.entries):
        match entry:
            case CallerSaid(text=text):
                out.append({"role": "user", "content": text})
            case AgentSaid(text=text, interrupted=interrupted):
                if text:
                    out.append({"role": "assistant", "content": text})
                if interrupted:
                    out.append(_note(prompt.INTERRUPTED))
            case ToolAsked(tool=tool, arguments=arguments):
                out += _accepted(f"call_{number}", tool, arguments)
            case ToolOutcome():
                out.append(_note(prompt.outcome(entry)))
    if conversation.questions:
        out.append(_note(prompt.questions(conversation.questions)))
    return out


def _note(text: str) -> Message:
    return {"role": "system", "content": text}


def _accepted(call: str, tool: str, arguments: Mapping[str, Any]) -> list[Message]:
    function = {"name": tool, "arguments": json.dumps(dict(arguments), ensure_ascii=False, default=str)}
    return [
        {"role": "assistant", "tool_calls": [{"id": call, "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": call, "content": prompt.ACCEPTED},
    ]


class _explained(contextlib.AbstractContextManager[None]):  # noqa: N801 - used like a function
    """Turns what the SDK and the network raise into ProviderError, with what to do about it."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, Exception) and not isinstance(error, ProviderError):
            raise explain(error) from error


def explain(error: Exception) -> ProviderError:
    """What went wrong at the endpoint, for people, and whether another attempt may help."""
    import httpx2
    import openai

    match error:
        case TimeoutError() | openai.APITimeoutError() | httpx2.TimeoutException():
            return ProviderError("stalled", "The language model did not answer in time.", retryable=True)
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ProviderError("unauthorised", "The language model refused the key. Check OPENAI_API_KEY.")
        case openai.RateLimitError(code="insufficient_quota"):
            return ProviderError("quota", "The language model's account has run out of credit.")
        case openai.RateLimitError():
            return ProviderError("busy", "The language model refuses more requests for now.", retryable=True)
        case openai.NotFoundError():
            message = (
                "The endpoint does not know the model. Check TRUNKLINE_OPENAI_MODEL and TRUNKLINE_OPENAI_BASE_URL."
            )
            return ProviderError("unknown_model", message)
        case openai.APIStatusError(status_code=status) if status >= 500:
            return ProviderError("unavailable", f"The language model failed (HTTP {status}).", retryable=True)
        case openai.APIStatusError(status_code=status):
            return ProviderError("refused", f"The language model refused the request (HTTP {status}): {error.message}")
        case openai.APIConnectionError() | httpx2.HTTPError() | OSError():
            return ProviderError("unreachable", f"The language model's connection failed: {error}.", retryable=True)
        case openai.APIError():
            return ProviderError("failed", f"The language model failed: {error.message}.", retryable=True)
        case _:
            message = f"The language model's answer makes no sense ({type(error).__name__}: {error})."
            return ProviderError("malformed", message, retryable=True)


def client(settings: ProviderSettings) -> Any:
    """An ``openai.AsyncOpenAI`` which keeps its connections through the pauses of a conversation.

    Raises:
        ProviderError: there is neither a key nor an endpoint that may need none.
    """
    import httpx2
    import openai

    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise ProviderError("no_key", "Set OPENAI_API_KEY, or TRUNKLINE_OPENAI_BASE_URL for an endpoint without keys.")
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    limits = httpx2.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=120)
    http = openai.DefaultAsyncHttpxClient(limits=limits, timeout=httpx2.Timeout(FIRST + NEXT, connect=3.0))
    return openai.AsyncOpenAI(api_key=key, base_url=settings.openai_base_url, max_retries=0, http_client=http)


async def open_openai(settings: ProviderSettings) -> OpenAI:
    """Raises ProviderError. The SDK's import and its certificates take a second, so they load in a thread."""
    return OpenAI(await asyncio.to_thread(client, settings), settings.openai_model)


PROVIDER: Provider[OpenAI] = Provider("mind", "openai", open_openai)
