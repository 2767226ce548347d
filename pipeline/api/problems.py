"""What is wrong with a call, as an RFC 9457 problem document. It names the field, and never repeats what was sent at length."""

from collections.abc import Mapping
from http import HTTPStatus

from pydantic import Field
from starlette.responses import Response

from pipeline.errors import BadRequest, InvalidToken, NotAllowed, OperatorError, ProviderUnavailable, TooMany
from pipeline.tracking import database_is_away
from pipeline.visuals import Text, Value

MEDIA_TYPE = "application/problem+json"
DETAIL_CHARACTERS = 400
LATER_SECONDS = 5
STUDENT_LATER_SECONDS = 30


class ProblemDocument(Value):
    """Why a call was not served."""

    type: Text = Field(description="A name for this kind of problem that stays the same.")
    title: Text
    status: int = Field(ge=400, le=599)
    detail: Text = Field(description="One sentence for whoever called.")
    field: str | None = Field(description="The field, header or parameter to change, where there is one.")
    correlation_id: Text = Field(description="Names this call in our log.")


class Problem(Exception):
    """A call that cannot be served, and the answer that says so."""

    def __init__(
        self, status: int, kind: str, detail: str, *, field: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(kind)
        self.status, self.kind, self.detail, self.field = status, kind, detail, field
        self.headers = dict(headers or {})

    def response(self, correlation_id: str) -> Response:
        """The answer."""
        document = ProblemDocument(
            type=f"urn:vividly:problem:{self.kind}", title=HTTPStatus(self.status).phrase, status=self.status,
            detail=_short(self.detail), field=self.field, correlation_id=correlation_id)
        return Response(document.model_dump_json(), self.status, self.headers, MEDIA_TYPE)


def unauthorised(detail: str, *, error: str = "") -> Problem:
    """There is no token, or one that opens nothing."""
    said = 'Bearer realm="vividly"' + (f', error="{error}"' if error else "")
    return Problem(401, "unauthorised", detail, field="Authorization", headers={"WWW-Authenticate": said})


def unknown(detail: str, field: str | None = None) -> Problem:
    """There is nothing here."""
    return Problem(404, "not-found", detail, field=field)


def conflict(detail: str, field: str) -> Problem:
    """It is there, and not in a state for this."""
    return Problem(409, "conflict", detail, field=field)


def invalid(field: str, detail: str) -> Problem:
    """A field is not as it must be."""
    return Problem(422, "invalid", f"{field}: {detail}", field=field)


def too_many(detail: str, seconds: float, field: str) -> Problem:
    """Later."""
    return Problem(429, "too-many", detail, field=field, headers={"Retry-After": str(max(1, round(seconds)))})


def problem_of(fault: Exception) -> Problem | None:
    """The problem that a fault of ours stands for; None when nobody foresaw it."""
    match fault:
        case Problem():
            return fault
        case InvalidToken():
            return unauthorised(str(fault), error="invalid_token")
        case NotAllowed():
            return Problem(403, "forbidden", str(fault), field="Authorization")
        case TooMany():
            return too_many(str(fault), STUDENT_LATER_SECONDS, "student_id")
        case BadRequest():
            return Problem(422, "invalid", str(fault), field=fault.field)
        case ProviderUnavailable():
            return _unavailable("What keeps the files does not answer: try again.")
        case OperatorError():
            return _unavailable("The installation needs attention: its operators find the reason in the log.")
        case _ if database_is_away(fault):
            return _unavailable("The database does not answer: try again.")
    return None


def _unavailable(detail: str) -> Problem:
    return Problem(503, "unavailable", detail, headers={"Retry-After": str(LATER_SECONDS)})


def _short(detail: str) -> str:
    """As one line that a header, a log or a terminal can hold."""
    plain = "".join(character if character.isprintable() else " " for character in detail)
    return plain if len(plain) <= DETAIL_CHARACTERS else f"{plain[:DETAIL_CHARACTERS]}…"
