"""Spans of a request, sent in the background: a collector that is slow or away costs spans, never a lesson."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, set_span_in_context

from pipeline.domain import GenerationRequest, Lesson, StageRun, StageStatus, Status
from pipeline.ports import Call
from pipeline.telemetry.attributes import Attributes, of_call, of_lesson, of_request, of_stage

TRACES = "/v1/traces"
SEND_SECONDS = 5.0
"""How long the collector may take to answer."""
EVERY_MILLISECONDS = 1000
HERE = "embedded"
"""The family whose models run in this process."""


class Telemetry:
    """Tells one collector. With `content` also what was asked and answered, redacted as it is everywhere."""

    def __init__(self, endpoint: str, *, content: bool) -> None:
        address = endpoint if endpoint.endswith(TRACES) else endpoint.rstrip("/") + TRACES
        self._content = content
        self._provider = TracerProvider(resource=Resource.create({"service.name": "vividly"}))
        exporter = OTLPSpanExporter(endpoint=address, timeout=SEND_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=EVERY_MILLISECONDS))
        self._tracer = self._provider.get_tracer("vividly")
        logging.getLogger(OTLPSpanExporter.__module__).addFilter(_ONCE_IN_A_WHILE)

    @contextmanager
    def watch(self, request: GenerationRequest) -> Iterator["RequestSpans"]:
        """Watch this request being made."""
        span = self._tracer.start_span("lesson", attributes=of_request(request, content=self._content))
        try:
            yield RequestSpans(self._tracer, span, content=self._content)
        except BaseException as fault:
            span.set_attribute("error.type", type(fault).__name__)
            span.set_status(StatusCode.ERROR)
            raise
        finally:
            span.end()

    def flush(self) -> None:
        """Send what has not been sent yet."""
        self._provider.force_flush()

    def close(self) -> None:
        """Send the rest and stop."""
        self._provider.shutdown()


class RequestSpans:
    """The spans of one request."""

    def __init__(self, tracer: Tracer, span: Span, *, content: bool) -> None:
        self._tracer, self._span, self._content = tracer, span, content

    def stage(self, run: StageRun, calls: Sequence[Call]) -> None:
        """A stage ended, with these calls of models in it."""
        if run.started_at is None:  # skipped, or its result came with the lesson from the shelf
            self._span.add_event(f"{run.stage} {run.status}")
            return
        stage = self._spanned(self._span, str(run.stage), run.started_at, of_stage(run, content=self._content))
        if run.status is StageStatus.FAILED:
            stage.set_status(StatusCode.ERROR)
        for call in calls:
            self._call(stage, call)
        stage.end(_nanoseconds(run.started_at, run.seconds))

    def decided(self, lesson: Lesson) -> None:
        """What came of the request."""
        self._span.set_attributes(of_lesson(lesson))
        if lesson.status is Status.FAILED:
            self._span.set_status(StatusCode.ERROR)

    def _call(self, stage: Span, call: Call) -> None:
        kind = SpanKind.INTERNAL if call.family == HERE else SpanKind.CLIENT
        attributes = of_call(call, content=self._content)
        span = self._spanned(stage, f"chat {call.model}", call.started_at, attributes, kind=kind)
        if call.error:
            span.set_status(StatusCode.ERROR)
        span.end(_nanoseconds(call.started_at, call.seconds))

    def _spanned(
        self, parent: Span, name: str, at: datetime, attributes: Attributes, *, kind: SpanKind = SpanKind.INTERNAL,
    ) -> Span:
        return self._tracer.start_span(
            name, context=set_span_in_context(parent), kind=kind, attributes=attributes, start_time=_nanoseconds(at))


class _OnceInAWhile(logging.Filter):
    """Lets the same complaint of the exporter through once in a hundred: a collector that is away is away for long."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        heard = self._heard[str(record.msg)] = self._heard.get(str(record.msg), -1) + 1
        return heard % 100 == 0


_ONCE_IN_A_WHILE = _OnceInAWhile()


def _nanoseconds(at: datetime, later: float = 0.0) -> int:
    return int((at.timestamp() + later) * 1e9)
