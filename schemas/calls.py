"""A call's beginning and end."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.base import Event, Token

EndReason = Literal["caller_hung_up", "agent_hung_up", "silence", "transport_lost", "refused", "drained", "failed"]


class CallStarted(Event):
    """A caller is on the line and the agent is about to greet."""

    kind: ClassVar[str] = "call_started"

    agent: str = Field(description="The agent's name, from its file.")
    transport: str = Field(description="How the call came: the transport's file name.")
    node: str = Field(description="The edge process that carries it.")
    caller: str | None = Field(default=None, description="The caller's address, E.164 where it is a phone number.")
    callee: str | None = Field(default=None, description="The address that was called.")
    tools: list[str] = Field(default_factory=list, description="Names of the tools the agent may use.")


class CallResumed(Event):
    """The caller's line broke and is there again, and this node goes on with the conversation. Whoever carried the
    call before lets go of it."""

    kind: ClassVar[str] = "call_resumed"

    transport: str = Field(description="How the call came back: the transport's file name.")
    node: str = Field(description="The edge process that carries it from now on.")
    part: int = Field(ge=2, description="Counts the parts of the call; the first was begun by call_started.")


class ProviderReplaced(Event):
    """A provider refused, stalled or dropped, and the spare of its seat went on in the same turn."""

    kind: ClassVar[str] = "provider_replaced"

    seat: Literal["ears", "mind", "voice"] = Field(description="What the provider did in the call.")
    provider: str = Field(description="Who failed.")
    spare: str = Field(description="Who sits there now.")
    code: str = Field(description="What went wrong, for programs.")
    detail: str = Field(default="", description="A sentence for people.")


class CallEnded(Event):
    """The line is gone. Business that is open goes on without it."""

    kind: ClassVar[str] = "call_ended"

    reason: EndReason
    detail: str = Field(default="", description="A sentence for people.")
    seconds: float = Field(ge=0, description="Length of the call in seconds of call audio.")
    turns: int = Field(ge=0, description="How many turns the caller took.")
    open_tools: list[Token] = Field(
        default_factory=list, description="Tool calls whose outcome had not arrived; their workflows are told."
    )
