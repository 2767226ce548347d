"""What the processes of one installation say, as lines of JSON in its home folder; written here, and read by request."""

from pipeline.logs.emit import log_to
from pipeline.logs.reading import Found, LogLine, about

__all__ = ["Found", "LogLine", "about", "log_to"]
