"""What processes say: written as lines, read from files and from Cloud Logging, told apart, and grouped by cause."""

from pipeline.logs.calm import Calm, Most, Sum
from pipeline.logs.cause import Cause, cause
from pipeline.logs.cloud_filters import Wanted
from pipeline.logs.cloud_source import CloudSource
from pipeline.logs.emit import log_to, say_on_terminal
from pipeline.logs.entry import Entry
from pipeline.logs.files import Files, given_files, own_logs
from pipeline.logs.following import CLOUD_LOOKS_SECONDS, Following
from pipeline.logs.grouping import group
from pipeline.logs.notable import Notable, notable
from pipeline.logs.parsing import parse
from pipeline.logs.query import Query, read_query
from pipeline.logs.reading import Found, LogLine, about
from pipeline.logs.severity import How, Rule, is_error, rule
from pipeline.logs.sources import START, From, Piece, Read, Source, Unparsed
from pipeline.logs.templates import Templates

__all__ = [
    "Calm", "Cause", "cause", "CloudSource", "CLOUD_LOOKS_SECONDS", "Following", "Wanted", "log_to", "say_on_terminal", "Entry",
    "Files", "given_files", "own_logs", "group", "Notable", "notable", "parse", "Found", "LogLine", "about", "How", "Rule",
    "is_error", "rule", "Most", "Query", "read_query", "From", "START", "Piece", "Read", "Source", "Sum", "Unparsed", "Templates",
]
