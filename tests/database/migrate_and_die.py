"""python -m tests.database.migrate_and_die URL N: upgrade, and kill -9 this process at the N-th statement that changes something."""

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event

from pipeline.database import upgrade

CHANGES = ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE")
seen = 0


@event.listens_for(Engine, "after_cursor_execute")
def die(_: Any, __: Any, statement: str, *___: Any) -> None:
    """Count, and die when it is time."""
    global seen
    seen += statement.lstrip().startswith(CHANGES)
    if seen == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)


upgrade(sys.argv[1])
print(f"survived {seen} changes")
