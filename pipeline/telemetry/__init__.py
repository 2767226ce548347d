"""How requests are made, told to whoever collects OpenTelemetry traces: off unless an endpoint is set.

One trace a request, a span for each stage, a span for each call of a language model by the GenAI semantic conventions.
"""

from pipeline.telemetry.otlp import Telemetry

__all__ = ["Telemetry"]
