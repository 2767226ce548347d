"""The heart of a worker: it beats in a thread of its own, also during a long stage, so that only the dead are silent."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pipeline import VERSION
from pipeline.meter import resident_bytes
from pipeline.tables import QueueName
from pipeline.tracking import Record

logger = logging.getLogger("pipeline")
BEAT_SECONDS = 2.0


class Heart:
    """Tells the record that this process lives. What it has done and what is in its hands stands here too."""

    def __init__(self, record: Record, queues: Sequence[QueueName] = (), concurrency: int = 1) -> None:
        self.worker_id = f"{socket.gethostname()[:60]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.done = self.failed = 0
        self._record = record
        self._queues, self._concurrency = tuple(queues), concurrency
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._hands: set[str] = set()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)

    def start(self) -> None:
        """Enrol, and beat from now on."""
        self._record.enrol(
            self.worker_id, host=socket.gethostname(), machine=this_machine(), pid=os.getpid(), version=VERSION,
            queues=self._queues, concurrency=self._concurrency)
        self._thread.start()

    def stop(self) -> None:
        """Beat no more, and say so."""
        self._stopped.set()
        self._thread.join(BEAT_SECONDS)
        self._record.leave(self.worker_id)

    def pick_up(self, request_id: str) -> None:
        """The request is about to be taken."""
        with self._lock:
            self._hands.add(request_id)

    def put_down(self, request_id: str, *, done: bool, failed: bool) -> None:
        """Nothing more happens to the request here."""
        with self._lock:
            self._hands.discard(request_id)
            self.done += done
            self.failed += failed

    @property
    def hands(self) -> set[str]:
        """The requests that something here is at work on."""
        with self._lock:
            return set(self._hands)

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT_SECONDS):
            try:
                self._record.beat(self.worker_id, memory_bytes=resident_bytes(), done=self.done, failed=self.failed)
            except Exception as fault:  # the database may be away; whoever can reach it takes over
                logger.warning("no heartbeat", exc_info=fault, extra={"action": "heartbeat_lost"})


def this_machine() -> str:
    """What tells this machine, its boot and its process ids from others: containers share names, but not these."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    return f"{socket.gethostname()}/{uuid.getnode()}"


def is_living(pid: int) -> bool:
    """Whether the process of this machine exists and is more than a name that nobody has fetched yet."""
    with suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
        return state not in ("Z", "X")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
