"""The durable queue and the workers. A page submits and watches; it never runs a stage.

The record says what is true: which requests wait, who holds which under what lease, what each stage made and what it
cost. DBOS hands the requests out (SQLite on one machine, PostgreSQL for many). Every worker has a heart, and a reaper that
takes over what dead workers left; what their stages had finished is neither run nor billed again.
"""

from pipeline.work.queue import LessonQueue, queue_url
from pipeline.work.serving import serve
from pipeline.work.worker import run_worker

__all__ = ["LessonQueue", "queue_url", "run_worker", "serve"]
