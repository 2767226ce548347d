"""A labelled Vividly log: thirty causes in all the forms in which they come up, between lines that are no error."""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.logs.entry import Entry

Said = Callable[[random.Random], str]


class Fault(NamedTuple):
    """One cause: what it is called, says, and where in our code it comes from."""

    name: str
    exception: str
    says: Said
    at: tuple[str, str] = ("app/workers/content_worker.py", "process_message")
    words_alone: bool = True
    """Whether its words tell it apart where there is no traceback."""


class Told(NamedTuple):
    """An entry and its cause, which is empty when it is no error."""

    entry: Entry
    cause: str


def _uuid(c: random.Random) -> str:
    bits = f"{c.getrandbits(128):032x}"
    return "-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]))


def _always(text: str) -> Said:
    return lambda c: text


def _mapper(name: str) -> Said:
    """Two ways in which SQLAlchemy says it, with the link it adds in one of them."""
    short = f"expression '{name}' failed to locate a name ('{name}')"
    first = (f"When initializing mapper Mapper[Organization(organizations)], {short}. If this is a class name, consider adding this "
             "relationship() to the <class 'app.models.organization.Organization'> class after both dependent classes have been defined.")
    again = ("One or more mappers failed to initialize - can't proceed with initialization of other mappers. Triggering mapper: "
             f"'Mapper[Organization(organizations)]'. Original exception was: {first}")
    return lambda c: c.choice([first, again])


def _statement(text: str) -> Said:
    def says(c: random.Random) -> str:
        return (f"{text.replace('%id', _uuid(c))}\n[SQL: SELECT content_requests.id FROM content_requests WHERE id = %(id_1)s]\n"
                f"[parameters: {{'id_1': '{_uuid(c)}'}}]\n(Background on this error at: https://sqlalche.me/e/20/{c.choice(['9h9h', 'f405'])})")
    return says


NLU, DB, RAG = "app/services/nlu_service.py", "app/core/database.py", "app/services/rag_service.py"
FAULTS: Sequence[Fault] = (
    Fault("mapper School", "sqlalchemy.exc.InvalidRequestError", _mapper("School")),
    Fault("mapper User", "sqlalchemy.exc.InvalidRequestError", _mapper("User")),
    Fault("mapper FeatureFlag", "sqlalchemy.exc.InvalidRequestError", _mapper("FeatureFlag")),
    Fault("table twice", "sqlalchemy.exc.InvalidRequestError", _always("Table 'topics' is already defined for this MetaData instance.")),
    Fault("no table", "sqlalchemy.exc.NoReferencedTableError",
          _always("Foreign key associated with column 'users.org' could not find table 'organizations' with which to generate a foreign key")),
    Fault("bad uuid", "sqlalchemy.exc.DataError", _statement('(psycopg2.errors.InvalidTextRepresentation) invalid input syntax for type uuid: "%id-x"')),
    Fault("enum clarification", "sqlalchemy.exc.DataError", _statement(
        '(psycopg2.errors.InvalidTextRepresentation) invalid input value for enum content_request_status: "clarification_needed"\nLINE 1: UPDATE x')),
    Fault("enum generating", "sqlalchemy.exc.DataError", _statement(
        '(psycopg2.errors.InvalidTextRepresentation) invalid input value for enum content_request_status: "generating"\nLINE 1: UPDATE x')),
    Fault("no column", "sqlalchemy.exc.ProgrammingError", _statement("(psycopg2.errors.UndefinedColumn) column users.settings does not exist")),
    Fault("database down", "sqlalchemy.exc.OperationalError", lambda c: (
        f'(psycopg2.OperationalError) connection to server at "10.1.{c.randint(0, 99)}.{c.randint(1, 99)}", port 5432 failed: Connection refused'), (DB, "session")),
    Fault("pool empty", "sqlalchemy.exc.TimeoutError", lambda c: (
        f"QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout {c.randint(30, 31)}.00"), (DB, "session")),
    Fault("twice", "sqlalchemy.exc.IntegrityError", lambda c: (
        '(psycopg2.errors.UniqueViolation) duplicate key value violates unique constraint "content_requests_correlation_id_key"\n'
        f"DETAIL:  Key (correlation_id)=(req_{c.getrandbits(64):016x}) already exists.\n")),
    Fault("monitoring", "ImportError", _always("cannot import name 'monitoring_v3' from 'google.cloud' (unknown location)")),
    Fault("hash password", "ImportError", _always("cannot import name 'hash_password' from 'app.core.security' (/app/app/core/security.py)")),
    Fault("no vertexai", "ModuleNotFoundError", _always("No module named 'vertexai'")),
    Fault("time", "NameError", _always("name 'time' is not defined"), (NLU, "extract_topic")),
    Fault("content", "NameError", _always("name 'content' is not defined"), (RAG, "retrieve")),
    Fault("jsonb", "AttributeError", _always("'SQLiteTypeCompiler' object has no attribute 'visit_JSONB'"), (DB, "create_all")),
    Fault("cache content", "AttributeError", _always("'ContentCache' object has no attribute 'cache_content'"), (RAG, "remember")),
    Fault("topic key", "KeyError", _always("'topic_id'"), (NLU, "read_answer")),
    Fault("topic key in script", "KeyError", _always("'topic_id'"), ("app/services/script_service.py", "generate"), words_alone=False),
    Fault("none in nlu", "TypeError", _always("'NoneType' object is not subscriptable"), (NLU, "read_answer")),
    Fault("none in rag", "TypeError", _always("'NoneType' object is not subscriptable"), (RAG, "rank"), words_alone=False),
    Fault("json", "json.decoder.JSONDecodeError", lambda c: f"Expecting value: line {c.randint(1, 3)} column {c.randint(1, 90)} (char {c.randint(0, 900)})"),
    Fault("no subscription", "google.api_core.exceptions.NotFound", _always("404 Resource not found (resource=content-worker-sub-dev).")),
    Fault("no model", "google.api_core.exceptions.NotFound", lambda c: (
        "404 Publisher Model `projects/vividly-dev-rich/locations/us-central1/publishers/google/models/gemini-1.5-flash` was not found "
        "or your project does not have access to it.")),
    Fault("speech off", "google.api_core.exceptions.PermissionDenied", lambda c: (
        f"403 Cloud Text-to-Speech API has not been used in project {c.randint(10 ** 11, 10 ** 12)} before or it is disabled.")),
    Fault("quota", "google.api_core.exceptions.ResourceExhausted", lambda c: (
        "429 Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model"), (NLU, "ask")),
    Fault("overloaded", "google.api_core.exceptions.ServiceUnavailable", _always("503 The model is overloaded. Please try again later."), (NLU, "ask")),
    Fault("no voice", "NotImplementedError", _always("ElevenLabs synthesis is not implemented"), ("app/services/tts_service.py", "speak")),
    Fault("disk", "OSError", lambda c: f"[Errno 28] No space left on device: '/tmp/vividly_{c.getrandbits(40):010x}/frame_{c.randint(0, 9999):04d}.png'",
          ("app/services/video_service.py", "render")),
)

WRAPPERS: Sequence[str] = (
    "Request {id} failed: {e}", "Worker crashed: {e}", "Content generation failed: {e}", "[gen_{short}] Content generation failed: {e}",
    "Request failed: id={id}, stage=nlu, error={e}", "{e}", "{type}: {e}", "Unexpected error processing message: {type}: {e}",
    "Error processing request {id}: {e}", "NLU extraction failed after 3 attempts: {e} [execution_id=ex_{short}]",
    "Gemini API error (attempt {n}/3): {e}. Retrying in {n}s...",
)
ORDINARY: Sequence[str] = (
    "Processing message: request_id={id}, correlation_id=req_{short}, delivery_attempt={n}", "Message processed successfully (total: {n})",
    "Worker completed: runtime={n}.{n}s, processed={n}, failed=0, success_rate=100.0%", "Cache MISS: content:{short}", "Received {n} messages, processing...",
    "[gen_{short}] Step 6: Video generation SKIPPED (not in requested_modalities=['text']) - COST SAVINGS: $0.183 saved per request",
)


def told(*, count: int = 4000, seed: int = 11, errors: float = 0.4) -> Sequence[Told]:
    """A log with every cause in it, the frequent ones far more often than the rare ones."""
    c = random.Random(seed)
    weights = [1 / (1 + n) for n in range(len(FAULTS))]
    return [_error(c.choices(FAULTS, weights)[0] if n >= len(FAULTS) else FAULTS[n], c, n) if n < len(FAULTS) or c.random() < errors
            else Told(_entry(_filled(c.choice(ORDINARY), c), n, "INFO"), "") for n in range(count)]


def _error(fault: Fault, c: random.Random, number: int) -> Told:
    words = fault.says(c)
    wrapper = c.choice(WRAPPERS)
    traced = not fault.words_alone or c.random() < 0.5
    message = _filled(wrapper, c, words=words, kind=fault.exception)
    return Told(_entry(message, number, "ERROR", _traceback(fault, words, c) if traced else ""), fault.name)


def _filled(template: str, c: random.Random, *, words: str = "", kind: str = "") -> str:
    return template.format(id=_uuid(c), short=f"{c.getrandbits(40):010x}", n=c.randint(1, 3), e=words, type=kind)


def _entry(message: str, number: int, severity: str, trace: str = "") -> Entry:
    return Entry(id=f"log:{number}", at=1_762_216_000.0 + number, severity=severity, message=message, trace=trace)


def _traceback(fault: Fault, words: str, c: random.Random) -> str:
    home = c.choice(["/app", "/workspace/backend", "/srv/vividly"])
    outer = [(f"{home}/app/workers/content_worker.py", "run"), (f"{home}/app/services/content_generation_service.py", "generate_content")]
    own = [*outer[:c.randint(0, 2)], (f"{home}/{fault.at[0]}", fault.at[1])]
    library = [("/usr/local/lib/python3.11/site-packages/lib/core.py", f"_call_{n}") for n in range(c.choice([0, 0, 2, 3]))]
    first = _block([*own, *library], fault.exception, words, c)
    if c.random() < 0.3:
        inner = _block(library or [("/usr/local/lib/python3.11/site-packages/lib/core.py", "inner")], "lib.errors.Inner", "it did not work", c)
        first = f"{inner}\n\nThe above exception was the direct cause of the following exception:\n\n{first}"
    if c.random() < 0.3:
        wrapped = _block(outer[:1], "app.errors.GenerationFailed", f"generation {_uuid(c)} failed", c, source="raise GenerationFailed(...) from error")
        first = f"{first}\n\nThe above exception was the direct cause of the following exception:\n\n{wrapped}"
    return first


def _block(frames: Sequence[tuple[str, str]], exception: str, words: str, c: random.Random, *, source: str = "value = call()") -> str:
    told_frames = "".join(f'  File "{path}", line {c.randint(10, 900)}, in {function}\n    {source}\n' for path, function in frames)
    return f"Traceback (most recent call last):\n{told_frames}{exception}: {words}"
