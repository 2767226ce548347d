"""The record of requests: tables and every query about them. Knows nothing of how a lesson is made or shown."""

from pipeline.tracking.journal import RequestJournal
from pipeline.tracking.record import Record
from pipeline.tracking.views import RequestView, Review

__all__ = ["Record", "RequestJournal", "RequestView", "Review"]
