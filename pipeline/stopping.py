"""SIGTERM and SIGINT as an event that a long-running process looks at."""

import signal
import threading

HEARS_EVERY_SECONDS = 0.5
"""A main thread that waits without end may never hear a signal that another thread received."""


def told_to_stop() -> threading.Event:
    """The event that SIGTERM and SIGINT set from now on. Only the main thread may ask for it.

    It is set by a thread of its own: the code that a signal interrupts may be holding the event's lock.
    """
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=stopping.set, name="stop").start())
    return stopping


def wait_for(stopping: threading.Event) -> None:
    """Return once it is set."""
    while not stopping.wait(HEARS_EVERY_SECONDS):
        pass
