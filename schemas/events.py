"""Every kind of event, by name, and their form on the wire."""

from collections.abc import Mapping

from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event
from schemas.calls import CallEnded, CallResumed, CallStarted, ProviderReplaced
from schemas.cards import CardCollected, CardNotCollected, CardRequested, CardWithdrawn
from schemas.decisions import DecisionAsked, DecisionMade
from schemas.lookups import LookupAnswered
from schemas.questions import QuestionAnswered, QuestionAsked, QuestionUnanswered, QuestionWithdrawn
from schemas.tools import ToolCancelRequested, ToolCompleted, ToolFailed, ToolProgressed, ToolRequested, ToolStarted
from schemas.transcripts import TranscriptHeard
from schemas.transfers import TransferEnded, TransferRequested
from schemas.turns import ReplyDiscarded, ReplyHeard, ReplyStarted, TurnCommitted

KINDS: Mapping[str, type[Event]] = {
    event.kind: event
    for event in (
        CallStarted,
        CallResumed,
        CallEnded,
        TurnCommitted,
        ReplyStarted,
        ReplyHeard,
        ReplyDiscarded,
        TranscriptHeard,
        ToolRequested,
        ToolStarted,
        ToolProgressed,
        ToolCompleted,
        ToolFailed,
        AnnouncementRequested,
        AnnouncementSpoken,
        AnnouncementNotSpoken,
        QuestionAsked,
        QuestionAnswered,
        QuestionUnanswered,
        ProviderReplaced,
        DecisionAsked,
        DecisionMade,
        CardRequested,
        CardCollected,
        CardNotCollected,
        CardWithdrawn,
        QuestionWithdrawn,
        ToolCancelRequested,
        TransferRequested,
        TransferEnded,
        LookupAnswered,
    )
}

TO_EDGE: tuple[type[Event], ...] = (
    ToolStarted,
    ToolProgressed,
    ToolCompleted,
    ToolFailed,
    AnnouncementRequested,
    QuestionAsked,
    CardRequested,
    CardWithdrawn,
    QuestionWithdrawn,
    TransferRequested,
    CallResumed,
)
"""Kinds that are for the edge node which carries the call: from the durable side, and from a node that takes over."""

TO_OTHER_EDGES: tuple[type[Event], ...] = (CardCollected, CardNotCollected)
"""What an edge node says that another, which carries the same call by now, must hear too."""

TO_WORKFLOWS: tuple[type[Event], ...] = (
    ToolRequested,
    ToolCancelRequested,
    AnnouncementSpoken,
    AnnouncementNotSpoken,
    QuestionAnswered,
    QuestionUnanswered,
    CardCollected,
    CardNotCollected,
    TransferEnded,
    CallStarted,
    CallEnded,
)
"""Kinds that the bridge carries from the edge to Temporal."""


def headers(event: Event) -> dict[str, str]:
    """The message headers: CloudEvents attribute names, and the id by which JetStream knows a duplicate."""
    return {
        "ce-specversion": "1.0",
        "ce-id": event.id,
        "ce-type": f"trunkline.v1.{event.kind}",
        "ce-source": f"trunkline/{event.region}",
        "ce-subject": event.call_id,
        "ce-time": event.time.isoformat(),
        "Nats-Msg-Id": event.id,
    }


def encode(event: Event) -> bytes:
    """The event as JSON, UTF-8."""
    return event.model_dump_json().encode()


def decode(kind: str, body: bytes) -> Event:
    """The event of this kind in ``body``.

    Raises:
        KeyError: the kind is not known.
        pydantic.ValidationError: the body is not such an event (a ValueError).
    """
    return KINDS[kind].model_validate_json(body)
