"""The API in the console's own process. What begins with its address never reaches the console's own routes, which would
give it a session and answer its faults in words of their own.
"""

import asyncio
import threading

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.checkup import check_models, refuse
from pipeline.config import read_settings
from pipeline.errors import OperatorError
from pipeline.logs import log_to

PREFIXES = ("/api/v1/", "/push")
BROKEN = {"type": "urn:vividly:problem:unavailable", "title": "Service Unavailable", "status": 503, "field": None,
          "detail": "The models need mending: `python -m pipeline doctor` lists what is wrong."}


class ApiFirst:
    """Hands the API's calls to it, and all others on. The API is made at its first call, when the doctor found no fault."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._api: ASGIApp | None = None
        self._making = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the call."""
        path = scope.get("path", "")
        ours = scope["type"] == "http" and (path.startswith(PREFIXES[0]) or path in PREFIXES)
        serve = await self._found() if ours else self._app
        await serve(scope, receive, send)

    async def _found(self) -> ASGIApp:
        if self._api is None:
            try:
                self._api = await asyncio.to_thread(self._made)
            except OperatorError:
                return JSONResponse(BROKEN, 503, media_type="application/problem+json")
        return self._api

    def _made(self) -> ASGIApp:
        with self._making:
            if self._api is not None:
                return self._api
            refuse(check_models().findings)
            from pipeline.api import build_app  # only once the doctor has found that our tables can be imported
            from pipeline.wiring import Wiring

            settings = read_settings()
            log_to(settings.home, "console", places=settings.log, project=settings.log_project, endpoint=settings.log_endpoint)
            return build_app(Wiring(settings))
