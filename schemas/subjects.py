"""Where on NATS everything is: versioned subjects, streams and buckets."""

from schemas.base import Event

VERSION = "v1"
TOOLS_BUCKET = "trunkline_tools_v1"
"""Key-value bucket: tool name → ToolSpec as JSON. Workers write it, edges and the bridge watch it."""

ERASURE = "erasure"
"""What every edge process of a region is asked to erase: a JSON list of call ids. Each answers for itself."""

CARRIED = "carried"
"""What every edge process of a region is asked: a call's id. One that carries the call answers, the others do not."""


def calls_stream(region: str) -> str:
    """Name of the region's JetStream stream of durable events."""
    return f"TRUNKLINE_CALLS_{region.replace('-', '_').upper()}"


def subject(event: Event) -> str:
    """Where this event is published. Kinds that may be lost have a tree of their own, so that no stream stores them."""
    return call_subject(event.region, event.call_id, event.kind, durable=event.durable)


def call_subject(region: str, call_id: str = "*", kind: str = "*", *, durable: bool = True) -> str:
    """The subject of one kind of event in one call; either may be ``*``, and ``>`` as kind takes all that follow."""
    return f"trunkline.{VERSION}.{region}.{'calls' if durable else 'live'}.{call_id}.{kind}"


def process_subject(region: str, name: str) -> str:
    """What one process of the region is asked by the others."""
    return f"trunkline.{VERSION}.{region}.processes.{name}"


def parse(subject: str) -> tuple[str, str, str]:
    """(region, call id, kind) of a call's subject.

    Raises:
        ValueError: it is not a subject of ours.
    """
    parts = subject.split(".")
    if len(parts) != 6 or parts[0] != "trunkline" or parts[1] != VERSION or parts[3] not in ("calls", "live"):
        raise ValueError(f"{subject!r} is not the subject of a call's event.")
    return parts[2], parts[4], parts[5]
