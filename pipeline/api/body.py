"""Bytes that a caller sent -> a JSON object of ordinary size and depth. Raises `Problem` 413 or 422."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from starlette.requests import Request

from pipeline.api.problems import Problem, invalid

MOST_BYTES = 64 * 1024
DEEPEST = 16


async def read_body(request: Request, *, most: int = MOST_BYTES) -> bytes:
    """The whole body, which ends the call as soon as it is larger than it may be."""
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and (len(said) > 12 or int(said) > most):
        raise _too_large(most)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def parse_body(body: bytes, *, needed: bool) -> Mapping[str, Any]:
    """The object; an empty one for an empty body where none is `needed`."""
    if not body.strip() and not needed:
        return {}
    try:
        said = json.loads(body.decode("utf-8"), parse_constant=_not_json)
    except UnicodeDecodeError:
        raise invalid("body", "must be UTF-8.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # not JSON, or a number of thousands of digits
        raise invalid("body", "must be one JSON object.") from None
    if not isinstance(said, dict):
        raise invalid("body", "must be one JSON object.")
    _check_depth(said)
    return said


def _check_depth(said: object) -> None:
    level: list[object] = [said]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
    if level:
        raise _too_deep()


def _inside(outer: object) -> list[object]:
    if isinstance(outer, dict):
        return list(outer.values())
    return outer if isinstance(outer, list) else []


def _not_json(_: str) -> NoReturn:
    raise ValueError


def _too_large(most: int) -> Problem:
    return Problem(413, "too-large", f"A body may have {most // 1024} KB.", field="body", headers={"Connection": "close"})


def _too_deep() -> Problem:
    return invalid("body", f"is nested too deeply: {DEEPEST} levels are the most.")
