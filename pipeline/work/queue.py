"""Submit and watch: the two things that a page or an API does with a request."""

from dbos import DBOS, DBOSClient
from sqlalchemy.engine import make_url

from pipeline.config import Settings
from pipeline.domain import GenerationRequest
from pipeline.tracking import Record, RequestView

QUEUE = "lessons"
WORKFLOW = "make_lesson"
APPLICATION = "vividly"
APPLICATION_VERSION = "1"
"""Fixed, so that a new deployment finishes the requests of the old one."""

UNDER_WAY = ("ENQUEUED", "PENDING", "DELAYED")
"""The engine's words for work that it will do by itself."""


class LessonQueue:
    """The way into the queue for everyone who does not make lessons."""

    def __init__(self, settings: Settings, record: Record) -> None:
        DBOS.migrate(queue_url(settings))  # a page may submit before any worker has started
        self._client = DBOSClient(system_database_url=queue_url(settings))
        self._record = record

    def submit(self, request: GenerationRequest, *, asked_by: str | None = None) -> str:
        """Put the request into the queue; the same request id twice is one request. Its id."""
        self._record.accept(request, asked_by=asked_by)
        self.enqueue(request.request_id)
        return request.request_id

    def enqueue(self, request_id: str) -> None:
        """Make sure that a worker will see the request."""
        self._client.enqueue(
            {"queue_name": QUEUE, "workflow_name": WORKFLOW, "workflow_id": request_id,
             "app_version": APPLICATION_VERSION},
            request_id,
        )

    def revive(self, request_id: str) -> None:
        """Put an undecided request back, even where the engine believes that it has ended (the record could not be written)."""
        found = self._client.list_workflows(workflow_ids=[request_id])
        if found and found[0].status not in UNDER_WAY:
            self._client.delete_workflow(request_id)
        self.enqueue(request_id)

    def watch(self, request_id: str) -> RequestView | None:
        """The request as it stands, or None when there is none of this id."""
        return self._record.view(request_id)

    def cancel(self, request_id: str) -> None:
        """Ask the worker to stop; a request that has not begun is cancelled at once."""
        self._record.cancel(request_id)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.destroy()


def queue_url(settings: Settings) -> str:
    """Where DBOS keeps the queue: beside the SQLite file, or in a schema of its own in the same PostgreSQL."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{settings.home / 'queue.sqlite'}"
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
