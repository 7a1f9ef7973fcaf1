"""What an edge process counts and measures, for Prometheus."""

from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""What ``render`` gives, as an HTTP content type."""

_STORE_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_BEAT_BUCKETS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.5, 2.0, 3.0, 5.0)


@dataclass(frozen=True, slots=True)
class Metrics:
    """One process's metrics, in a registry of their own. Seconds are seconds, everything else is a count.

    Where several processes share a port, prometheus-client writes them to files, which the parent adds up: counts and
    histograms of those that have died are kept, and each gauge says how those of the living go together.
    """

    registry: CollectorRegistry
    published: Counter
    dropped: Counter
    spilled: Counter
    spill_waiting: Gauge
    unreadable: Counter
    connected: Gauge
    store_seconds: Histogram
    calls_active: Gauge
    capacity: Gauge
    accepting: Gauge
    calls_refused: Counter
    calls_redirected: Counter
    protocol_errors: Counter
    loop_lag: Gauge
    voice_to_voice: Histogram
    turns: Counter
    discarded: Counter
    discarded_characters: Counter
    tool_calls: Counter
    tool_outcomes: Counter
    lookups: Counter
    lookup_seconds: Histogram
    takeovers: Counter
    captures: Counter

    @classmethod
    def create(cls) -> "Metrics":
        """A fresh set; two of them in one process do not meet."""
        registry = CollectorRegistry()

        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"trunkline_{name}", what, labels, registry=registry)

        def gauge(name: str, what: str, together: Literal["livesum", "livemax", "livemin"] = "livesum") -> Gauge:
            return Gauge(f"trunkline_{name}", what, registry=registry, multiprocess_mode=together)

        def histogram(name: str, what: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"trunkline_{name}", what, buckets=buckets, registry=registry)

        return cls(
            registry=registry,
            published=counter("events_published", "Events handed to NATS; durable ones once acknowledged.", "kind"),
            dropped=counter("events_dropped", "Events that are safe nowhere.", "kind", "reason"),
            spilled=counter("events_spilled", "Durable events written to disk because NATS was away.", "kind"),
            spill_waiting=gauge("spill_waiting_events", "Events on disk that JetStream does not have yet."),
            unreadable=counter("messages_unreadable", "Messages from NATS or disk that made no sense.", "source"),
            connected=gauge("nats_connected", "1 while NATS is there.", "livemin"),
            store_seconds=histogram("store_seconds", "A stored event: asked → safe.", _STORE_BUCKETS),
            calls_active=gauge("calls_active", "Calls in progress."),
            capacity=gauge("calls_capacity", "Calls that can be carried at once."),
            accepting=gauge("calls_accepting", "1 while new calls are taken.", "livemax"),
            calls_refused=counter("calls_refused", "Calls that were not taken.", "reason"),
            calls_redirected=counter("calls_redirected", "Refused calls that were sent to another edge."),
            protocol_errors=counter("protocol_errors", "Messages that broke a transport's rules.", "reason"),
            loop_lag=gauge("loop_lag_seconds", "How late the event loop is: p95 of its ticks, smoothed.", "livemax"),
            voice_to_voice=histogram("voice_to_voice_seconds", "Caller's last sound → agent's first.", _BEAT_BUCKETS),
            turns=counter("turns", "Turns that callers took."),
            discarded=counter("replies_discarded", "Replies begun on a guess and thrown away unheard."),
            discarded_characters=counter("discarded_characters", "Text that was generated for them: their cost."),
            tool_calls=counter("tool_calls", "Requests for business that were stored.", "tool"),
            takeovers=counter(
                "takeovers", "Calls in which a spare took a provider's seat.", "seat", "provider", "code"
            ),
            captures=counter("card_captures", "Cards that callers were asked to key in.", "outcome"),
            lookups=counter(
                "lookups", "Questions to quick tools; 'asked' and 'cached' are answers.", "tool", "outcome"
            ),
            lookup_seconds=histogram("lookup_seconds", "A quick tool: asked → answered, or given up.", _STORE_BUCKETS),
            tool_outcomes=counter("tool_outcomes", "Outcomes that came back.", "tool", "outcome"),
        )

    def render(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)
