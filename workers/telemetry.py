"""Traces to an OTLP collector where one is named, and no cost at all where none is."""

from collections.abc import Mapping

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from temporalio.contrib.opentelemetry import TracingInterceptor


class Telemetry:
    """The traces of one process."""

    def __init__(self, endpoint: str | None, role: str, region: str) -> None:
        """``endpoint``: base URL of the collector, such as http://127.0.0.1:4318."""
        self._provider: TracerProvider | None = None
        if endpoint:
            resource = Resource.create({"service.name": f"trunkline-{role}", "trunkline.region": region})
            self._provider = TracerProvider(resource=resource)
            exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
            self._provider.add_span_processor(BatchSpanProcessor(exporter))

    @property
    def tracer(self) -> trace.Tracer:
        provider = self._provider or trace.NoOpTracerProvider()
        return provider.get_tracer("trunkline")

    @property
    def interceptors(self) -> list[TracingInterceptor]:
        """For a Temporal client; its workers take them over."""
        return [TracingInterceptor(self.tracer)] if self._provider else []

    def parent(self, carrier: Mapping[str, str]) -> Context | None:
        """The trace that a message belongs to; None where nothing is traced."""
        return propagate.extract(carrier) if self._provider and carrier else None

    def close(self) -> None:
        """Send what is left. Blocks up to the exporter's time-out: call it from a thread."""
        if self._provider:
            self._provider.shutdown()
