"""The durable queue and the worker. A page submits and watches; it never runs a stage.

DBOS keeps the queue (SQLite on one machine, PostgreSQL for many); the record keeps what happened. A lesson that was
interrupted by a crash is started again at the next start of a worker, and what it had finished is reused.
"""

from pipeline.work.queue import LessonQueue, queue_url
from pipeline.work.worker import run_worker, serve

__all__ = ["LessonQueue", "queue_url", "run_worker", "serve"]
