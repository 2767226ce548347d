"""The engine under the queue: DBOS, beside the record. It hands requests to workers; what is true stands in the record.

Every request that the record calls pending is put into the engine, again if need be: a request that the engine hands out
twice is taken once, because taking it is a change of the record.
"""

import logging
from collections.abc import Callable, Collection, Sequence

from dbos import DBOS, DBOSClient, EnqueueOptions

from pipeline.tracking import Waiting

logger = logging.getLogger("pipeline")
WORKFLOW = "make_lesson"
APPLICATION = "vividly"
APPLICATION_VERSION = "1"
"""Fixed, so that a new deployment finishes the requests of the old one."""
WILL_START = ("ENQUEUED", "DELAYED")
"""The engine's words for work that it will hand out by itself."""
STARTED = "PENDING"
MIDDLE_PRIORITY = 1000
"""The engine takes the lowest number first, from 1 on; ours are the other way round, with 0 in the middle."""


class Engine:
    """The engine as those see it who put requests in."""

    def __init__(self, url: str) -> None:
        DBOS.migrate(url)  # a page may submit before any worker has started
        self._client = DBOSClient(system_database_url=url)

    def put(self, waiting: Waiting) -> None:
        """Make sure that a worker of the queue will see the request; one that is known already is not put in twice."""
        options: EnqueueOptions = {
            "queue_name": waiting.queue, "workflow_name": WORKFLOW, "workflow_id": waiting.request_id,
            "app_version": APPLICATION_VERSION, "priority": max(1, MIDDLE_PRIORITY - waiting.priority),
        }
        self._client.enqueue(options, waiting.request_id)

    def put_back(self, pending: Sequence[Waiting], living: Collection[str]) -> set[str]:
        """Put in those of these pending requests that the engine will not hand out by itself; the ids of all the others.

        A request that a living worker has just been handed is left to it.
        """
        if not pending:
            return set()
        known = self._client.list_workflows(workflow_ids=[w.request_id for w in pending], load_input=False, load_output=False)
        safe = {found.workflow_id for found in known if found.status in WILL_START}
        begun = {found.workflow_id for found in known if found.status == STARTED and found.executor_id in living}
        spent = [found.workflow_id for found in known if found.workflow_id not in safe | begun]
        if spent:
            self._client.delete_workflows(spent)
        for waiting in pending:
            if waiting.request_id not in safe | begun:
                self.put(waiting)
        return safe

    def close(self) -> None:
        """Let go of the connections."""
        self._client.destroy()


def engine_step(name: str, work: Callable[[], None]) -> None:
    """Do the work as a step that the engine keeps book of. What the engine believes never stops it: the lease does."""
    try:
        DBOS.run_step({"name": name}, work)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # a lost ownership is not an Exception there
        logger.warning("the engine lost a step", exc_info=fault, extra={"action": "step_lost", "stage": name})
