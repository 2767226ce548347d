"""The table of routes: from it come the application, and the OpenAPI document that describes it."""

from dataclasses import replace

from pipeline.api.call import Operation
from pipeline.api.deploys import deploy
from pipeline.api.events import LAST, events
from pipeline.api.files import artifact
from pipeline.api.handlers import KEY_HEADER, cancel, clarify, generate, retry, status
from pipeline.api.models import (
    Accepted,
    ClarifyBody,
    DeployBody,
    DeployOut,
    GenerateBody,
    Health,
    Ready,
    RequestOut,
    RetryBody,
)
from pipeline.api.watching import METRICS_TYPE, health, metrics, ready
from pipeline.tables import TokenScope

V1 = "/api/v1"
CONTENT = f"{V1}/content"
ONE = f"{CONTENT}/requests/{{request_id}}"
OPENAPI = f"{V1}/openapi.json"
TOKEN = (401, 403)
SENT = (413, 422, 429)

STATUS = Operation(
    method="GET", path=ONE, name="request_status", summary="One request as it stands.", handle=status,
    answers={200: RequestOut}, problems=(*TOKEN, 404),
)
OPERATIONS = (
    Operation(
        method="POST", path=f"{CONTENT}/generate", name="generate", summary="Ask for a lesson.", handle=generate,
        scope=TokenScope.GENERATE, answers={202: Accepted}, problems=(*TOKEN, 409, *SENT), body=GenerateBody, rationed=True,
        headers={KEY_HEADER: "The same key again is the same request: 1 to 200 visible ASCII characters."},
    ),
    STATUS,
    replace(STATUS, path=f"{CONTENT}/request/{{request_id}}/status", name="request_status_first",
            summary="The same, where callers of the first API look for it."),
    Operation(
        method="POST", path=f"{ONE}/cancel", name="cancel", summary="Stop a request.", handle=cancel,
        scope=TokenScope.GENERATE, answers={200: RequestOut}, problems=(*TOKEN, 404, 409),
    ),
    Operation(
        method="POST", path=f"{ONE}/retry", name="retry", summary="Make the lesson anew, as a new request.", handle=retry,
        scope=TokenScope.GENERATE, answers={202: Accepted}, problems=(*TOKEN, 404, 409, *SENT), body=RetryBody,
        needs_body=False, rationed=True,
    ),
    Operation(
        method="POST", path=f"{ONE}/clarify", name="clarify", summary="Answer the question back, as a new request.",
        handle=clarify, scope=TokenScope.GENERATE, answers={202: Accepted}, problems=(*TOKEN, 404, 409, *SENT),
        body=ClarifyBody, rationed=True,
    ),
    Operation(
        method="GET", path=f"{ONE}/events", name="events", summary="What happens to it, as server-sent events.",
        handle=events, answers={200: "text/event-stream", 204: ""}, problems=(*TOKEN, 404, 422),
        headers={LAST: "Go on after the event of this id."},
    ),
    Operation(
        method="POST", path=f"{V1}/deployments", name="deploy", summary="Say that a build was put into service.", handle=deploy,
        scope=TokenScope.GENERATE, answers={200: DeployOut, 201: DeployOut}, problems=(*TOKEN, 413, 422), body=DeployBody,
    ),
    Operation(
        method="GET", path=f"{V1}/artifacts/{{name:path}}", name="artifact", summary="A file of a lesson, by a signed link.",
        handle=artifact, scope=None, answers={200: "application/octet-stream", 206: "application/octet-stream", 307: ""},
        problems=(403, 404, 416), headers={"Range": "A part of the file."},
        query={"request": "Whose lesson it is a part of.", "expires": "The end of the link.", "signature": "What makes it ours."},
    ),
    Operation(method="GET", path=f"{V1}/health", name="health", summary="This process answers.", handle=health, scope=None,
              answers={200: Health}),
    Operation(method="GET", path=f"{V1}/ready", name="ready", summary="Lessons can be made.", handle=ready, scope=None,
              answers={200: Ready, 503: Ready}),
    Operation(method="GET", path=f"{V1}/metrics", name="metrics", summary="Numbers for Prometheus.", handle=metrics,
              answers={200: METRICS_TYPE}, problems=TOKEN),
)
