"""What caused an error line: the same cause in all its forms is one, two causes in the same form are two."""

import random
from collections import defaultdict

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.logs import Cause, Templates, cause
from pipeline.logs.cause import of_words, without_numbers
from pipeline.logs.entry import Entry
from tests.logs.faulty import told

ID = "7d9f3f2a-1111-4222-8333-abcdefabcdef"
MAPPER = ("One or more mappers failed to initialize - can't proceed with initialization of other mappers. Triggering mapper: "
          "'Mapper[Organization(organizations)]'")


def of(message: str, trace: str = "") -> Cause:
    return cause(Entry("1", 0.0, "ERROR", message, trace))


SAID = [  # every error text that the original's notes keep, and its exception and words
    (f"sqlalchemy.exc.InvalidRequestError: {MAPPER}", "InvalidRequestError", MAPPER),
    ("expression 'FeatureFlag' failed to locate a name ('FeatureFlag')", "", "expression 'FeatureFlag' failed to locate a name ('FeatureFlag')"),
    ("expression 'School' failed to locate a name ('School')", "", "expression 'School' failed to locate a name ('School')"),
    ("expression 'User' failed to locate a name ('User')", "", "expression 'User' failed to locate a name ('User')"),
    ("Table 'topics' is already defined", "", "Table 'topics' is already defined"),
    ("could not find table 'organizations' with which to generate a foreign key", "",
     "could not find table 'organizations' with which to generate a foreign key"),
    ('invalid input syntax for type uuid: "test-smoke-002"', "", "invalid input syntax for type uuid: <*>"),
    ('psycopg2.errors.InvalidTextRepresentation: invalid input value for enum content_request_status: "clarification_needed"',
     "InvalidTextRepresentation", 'invalid input value for enum content_request_status: "clarification_needed"'),
    ('psycopg2.errors.InvalidTextRepresentation: invalid input value for enum content_request_status: "generating"',
     "InvalidTextRepresentation", 'invalid input value for enum content_request_status: "generating"'),
    ("ImportError: cannot import name 'monitoring_v3' from 'google.cloud' (unknown location)", "ImportError",
     "cannot import name 'monitoring_v3' from 'google.cloud' (unknown location)"),
    ("NameError: name 'time' is not defined", "NameError", "name 'time' is not defined"),
    ("NameError: name 'content' is not defined", "NameError", "name 'content' is not defined"),
    ("cannot import name 'hash_password' from 'app.core.security'", "", "cannot import name 'hash_password' from 'app.core.security'"),
    ("'ContentCache' object has no attribute 'cache_content'", "", "'ContentCache' object has no attribute 'cache_content'"),
    ("404 Resource not found (resource=content-worker-sub-dev)", "", "404 Resource not found (resource=content-worker-sub-dev)"),
    ("404 Publisher Model `gemini-1.5-flash` was not found", "", "404 Publisher Model `gemini-1.5-flash` was not found"),
    ("403 PermissionDenied: Cloud Text-to-Speech API has not been used in project", "",
     "403 PermissionDenied: Cloud Text-to-Speech API has not been used in project"),
    ("Terminating task because it has reached the maximum timeout of 1800 seconds", "",
     "Terminating task because it has reached the maximum timeout of <*>"),
    (f"Request {ID}: Unexpected generation status: clarification_needed", "", "Unexpected generation status: clarification_needed"),
    (f"Request {ID}: Unexpected generation status: out_of_scope", "", "Unexpected generation status: out_of_scope"),
    ("Missing required environment variables: GCS_BUCKET_GENERATED, GCS_BUCKET_OER, GCS_BUCKET_TEMP", "",
     "Missing required environment variables: GCS_BUCKET_GENERATED, GCS_BUCKET_OER, GCS_BUCKET_TEMP"),
    ("Minified React error #185", "", "Minified React error #185"),
    ("'SQLiteTypeCompiler' object has no attribute 'visit_JSONB'", "", "'SQLiteTypeCompiler' object has no attribute 'visit_JSONB'"),
    ("Missing required fields: ['correlation_id'], request_id=test-smoke-001, delivery_attempt=3. Message will be rejected to trigger DLQ routing.",
     "", "Missing required fields: [<*>], request_id=<*>"),
    ("Invalid request_id format: 'test1_backward_compat' is not a valid UUID (type: str). Message will be rejected to prevent retry loop. "
     "Error: badly formed hexadecimal UUID string", "", "badly formed hexadecimal UUID string"),
    ("Message on delivery attempt 4: request_id=abc-1, correlation_id=req_1f. If failures continue, DLQ will capture at attempt 5.", "",
     "Message on delivery attempt <*>: request_id=<*>, correlation_id=<*>. If failures continue, DLQ will capture at attempt <*>"),
    (f"Request failed: id={ID}, stage=nlu, error=the model said nothing usable", "", "the model said nothing usable"),
    ("Invalid JSON in message: Expecting value: line 1 column 1 (char 0)", "", "Expecting value: line <*> column <*> (char <*>)"),
    ("Message processing failed (total failed: 32)", "", "Message processing failed (total failed: <*>)"),
    ("Gemini API error (attempt 1/3): 429 Quota exceeded for aiplatform.googleapis.com. Retrying in 2s...", "",
     "429 Quota exceeded for aiplatform.googleapis.com"),
    ("Vertex AI not available: No module named 'vertexai'. Running in mock mode.", "", "No module named 'vertexai'"),
    ("HTTP 503 from https://example.org/a?b=1", "", "HTTP 503 from https://<*>"),
    ("Clarification needed for query: 'How do volcanoes erupt?' - Reason: too broad a question", "",
     "Clarification needed for query: <*> - Reason: too broad a question"),
]


@pytest.mark.parametrize(("message", "exception", "template"), SAID)
def test_what_the_original_said(message: str, exception: str, template: str):
    found = of(message)
    assert (found.exception, found.template) == (exception, template)


def test_the_texts_of_the_original_are_as_many_causes():
    assert len({of(message).fingerprint for message, _, _ in SAID}) == len(SAID)


SAME = [
    ("wrappers", [f"Request {ID} failed: name 'time' is not defined", "Worker crashed: name 'time' is not defined", "name 'time' is not defined",
                  "[gen_1a2b] Content generation failed: name 'time' is not defined", "NameError: name 'time' is not defined",
                  f"Request failed: id={ID}, stage=nlu, error=name 'time' is not defined",
                  "Unexpected error processing message: NameError: name 'time' is not defined"]),
    ("attempts", ["Gemini API error (attempt 2/3): 503 The model is overloaded. Retrying in 4s...",
                  "NLU extraction failed after 3 attempts: 503 The model is overloaded [execution_id=ex_9]"]),
    ("the mapper's two sentences", [
        f"{MAPPER}. Original exception was: When initializing mapper Mapper[Organization(organizations)], expression 'School' failed to locate a "
        "name ('School'). If this is a class name, consider adding this relationship() to the <class 'app.x.Organization'> class",
        "When initializing mapper Mapper[Organization(organizations)], expression 'School' failed to locate a name ('School')"]),
    ("statement, parameters and link", [
        '(psycopg2.errors.UndefinedColumn) column users.settings does not exist\nLINE 1: SELECT\n[SQL: SELECT 1]\n[parameters: {"a": 1}]\n'
        "(Background on this error at: https://sqlalche.me/e/20/f405)",
        "psycopg2.errors.UndefinedColumn: column users.settings does not exist"]),
    ("rows", ["duplicate key value violates unique constraint \"users_email_key\"\nDETAIL:  Key (email)=(ann@example.org) already exists.",
              "duplicate key value violates unique constraint \"users_email_key\"\nDETAIL:  Key (email)=(bob@example.org) already exists."]),
    ("students' words", ["answer refused for 'why is the sky blue'", "answer refused for 'what is love'"]),
    ("objects", ["<Worker object at 0x7f00aa> lost its lease on the queue", "<Worker object at 0x7f99bb> lost its lease on the queue"]),
    ("remote calls", ['<_InactiveRpcError of RPC that terminated with:\n\tstatus = StatusCode.UNAVAILABLE\n\tdetails = "failed to connect"\n\tx = 1>',
                      '<_MultiThreadedRendezvous of RPC that terminated with:\n\tstatus = StatusCode.UNAVAILABLE\n\tdetails = "failed to connect">']),
]


@pytest.mark.parametrize(("forms"), [forms for _, forms in SAME], ids=[name for name, _ in SAME])
def test_one_cause_in_many_forms(forms: list[str]):
    assert len({of(form).fingerprint for form in forms}) == 1


DIFFERENT = [
    ("the same wrapper", [f"Request {ID} failed: name 'time' is not defined", f"Request {ID} failed: name 'content' is not defined"]),
    ("status codes", ["HTTP 503 from upstream", "HTTP 429 from upstream"]),
    ("what refused", ["Redis error: Connection refused", "Postgres error: Connection refused"]),
    ("files of ours", ["No such file or directory: '/app/data/prompts.json'", "No such file or directory: '/app/data/prices.json'"]),
    ("error numbers", ["Minified React error #185", "Minified React error #310"]),
    ("tables", ['relation "users" does not exist', 'relation "schools" does not exist']),
]


@pytest.mark.parametrize(("forms"), [forms for _, forms in DIFFERENT], ids=[name for name, _ in DIFFERENT])
def test_two_causes_in_one_form(forms: list[str]):
    assert len({of(form).fingerprint for form in forms}) == len(forms)


HEAD = "Traceback (most recent call last):\n"
DIRECT = "\n\nThe above exception was the direct cause of the following exception:\n\n"
DURING = "\n\nDuring handling of the above exception, another exception occurred:\n\n"


def frame(path: str, function: str, source: str = "value = call()", line: int = 7) -> str:
    return f'  File "{path}", line {line}, in {function}\n    {source}\n'


LIBRARY = frame("/usr/local/lib/python3.11/site-packages/sqlalchemy/orm/mapper.py", "_check")
OURS = frame("/app/app/services/nlu.py", "read")


def test_the_place_is_the_innermost_of_our_own():
    found = of("x", f"{HEAD}{frame('/app/app/main.py', 'run')}{OURS}{LIBRARY}KeyError: 'topic_id'")
    assert (found.culprit, found.exception, found.title) == ("services.nlu:read", "KeyError", "KeyError: 'topic_id'")


def test_neither_lines_nor_the_folder_nor_who_called_matter():
    one = of("x", f"{HEAD}{frame('/app/app/main.py', 'run')}{OURS}KeyError: 'topic_id'")
    other = of("y", f"{HEAD}{frame('/srv/v/app/services/nlu.py', 'read', line=99)}KeyError: 'topic_id'")
    assert one.fingerprint == other.fingerprint


def test_a_mistake_in_another_place_is_another_mistake():
    places = [frame("/app/app/services/nlu.py", "read"), frame("/app/app/services/script.py", "write")]
    assert len({of("x", f"{HEAD}{place}TypeError: 'NoneType' object is not subscriptable").fingerprint for place in places}) == 2


def test_a_fault_outside_is_the_same_wherever_it_met_us():
    places = [frame("/app/app/services/nlu.py", "read"), frame("/app/app/services/script.py", "write")]
    assert len({of("x", f"{HEAD}{place}google.api_core.exceptions.NotFound: 404 no such subscription").fingerprint for place in places}) == 1


def test_what_our_code_wrapped_is_the_cause():
    trace = f"{HEAD}{OURS}NameError: name 'time' is not defined{DIRECT}{HEAD}{frame('/app/app/main.py', 'run')}app.errors.Failed: request {ID} failed"
    assert of("x", trace).title == "NameError: name 'time' is not defined"


def test_what_a_library_wrapped_inside_itself_is_told_by_the_library():
    trace = f"{HEAD}{LIBRARY}KeyError: 'School'{DURING}{HEAD}{OURS}{LIBRARY}sqlalchemy.exc.InvalidRequestError: expression 'School' failed to locate a name"
    assert of("x", trace).title == "InvalidRequestError: expression 'School' failed to locate a name"


def test_a_wrapper_raised_in_the_handler_hands_on_the_cause():
    again = frame("/app/app/services/nlu.py", "read", "raise RuntimeError('reading failed')")
    assert of("x", f"{HEAD}{OURS}KeyError: 'topic_id'{DURING}{HEAD}{again}RuntimeError: reading failed").exception == "KeyError"


def test_a_mistake_in_the_handler_is_a_cause_of_its_own():
    handler = frame("/app/app/services/nlu.py", "read", "log(time.time())")
    assert of("x", f"{HEAD}{OURS}KeyError: 'topic_id'{DURING}{HEAD}{handler}NameError: name 'time' is not defined").exception == "NameError"


def test_recursion_is_one_place_however_deep():
    deep = [f"{HEAD}{OURS * times}  [Previous line repeated {times} more times]\nRecursionError: maximum recursion depth exceeded" for times in (3, 9)]
    assert len({of("x", trace).fingerprint for trace in deep}) == 1


def test_a_group_of_exceptions_is_told_by_the_fault_inside():
    trace = ("  + Exception Group Traceback (most recent call last):\n  |   File \"/app/app/main.py\", line 3, in run\n  |     go()\n"
             "  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)\n  +-+---------------- 1 ----------------\n"
             "    | Traceback (most recent call last):\n    |   File \"/app/app/services/nlu.py\", line 7, in read\n    |     x\n"
             "    | KeyError: 'topic_id'\n    +------------------------------------\n")
    found = of("x", trace)
    assert (found.exception, found.culprit) == ("KeyError", "services.nlu:read")


def test_what_our_own_programs_write_without_words_is_told_by_kind_and_place():
    trace = f'{HEAD}  File "pipeline/generate.py", line 12, in generate\n  File "pipeline/stages/nlu.py", line 3, in understand\nValueError'
    found = of("request failed", trace)
    assert (found.title, found.culprit, found.loose) == ("ValueError", "stages.nlu:understand", "")
    assert found.fingerprint != of("request failed", trace.replace("understand", "other")).fingerprint


@pytest.mark.parametrize("text", ["", "   ", "\x00\x00", "]" * 5000, "a" * 100_000, "'" * 999, "Traceback (most recent call last):", "<*>", "😀 " * 500,
                                  "[" * 3000 + "'a'", "=(" * 2000, "x: " * 3000, "failed: error " * 500])
def test_any_text_has_a_cause(text: str):
    for found in (of(text), of("x", text), of("x", f"{HEAD}{OURS}{text}")):
        assert found.fingerprint.startswith("c1-") and found.title and len(found.title) <= 200


def test_fingerprints_are_the_same_in_every_version_that_says_so():
    assert of("NameError: name 'time' is not defined").fingerprint == "c1-77a978dbb024"


def test_bugs_per_group_and_groups_per_bug():
    for seed in (11, 12, 13):
        learned = Templates()
        groups: dict[str, set[str]] = defaultdict(set)
        bugs: dict[str, set[str]] = defaultdict(set)
        log = [line for line in told(seed=seed) if line.cause]
        random.Random(seed).shuffle(log)
        for line in log:
            fingerprint = learned.settle(cause(line.entry)).fingerprint
            groups[fingerprint].add(line.cause)
            bugs[line.cause].add(fingerprint)
        assert len(bugs) >= 25
        assert sum(map(len, groups.values())) / len(groups) <= 1.05
        assert sum(map(len, bugs.values())) / len(bugs) <= 1.05


PARTS = st.sampled_from((
    "timeout", "after", "HTTP", "http", "status", "Status", "code", "returned", "error", "KeyError", "Error:", "x.YError:", "ERROR", "failed",
    "Request", "message", "worker", "processing", "Original exception was:", "When initializing mapper a,", "project", "base", "row", "line",
    "4", "48", "403", "4821", "48211", "403:", "(500)", "=500", "#404", "'17", "17'", "\"has 12 rows\"", "['a', 'b']", "cause=", "<*>", "ms",
    "invalid literal for int() with base 10:", "Reason:", "LINE 12:", "(psycopg2.Error)", "[a-12]", "Not", ".", ";", ",", "ſtatus", "\n"))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(PARTS, st.sampled_from((" ", " ", " ", "", "  "))), max_size=14))
@example([("failed to do the work: ", ""), ("403 Not", ""), (" there after 403 ms", "")])
def test_a_number_that_is_no_code_says_nothing_of_the_cause(parts: list[tuple[str, str]]):
    words = "".join(part + behind for part, behind in parts)
    assert of_words.__wrapped__(words, "", "a:b") == of_words.__wrapped__(without_numbers(words), "", "a:b")


def test_what_differs_in_such_a_number_is_found_out_once():
    of_words.cache_clear()
    assert len({of(f"the store answered 500 in {number} ms") for number in range(1000, 1100)}) == 1
    assert of_words.cache_info().misses == 1
