"""The table of routes and the models -> an OpenAPI 3.1 document."""

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pipeline.api.call import Operation
from pipeline.api.problems import MEDIA_TYPE, ProblemDocument

VERSION = "1.0.0"
CONVERTED = re.compile(r"\{(\w+)(?::\w+)?\}")
ALWAYS = (500, 503)
Schema = dict[str, Any]


def document(operations: Sequence[Operation]) -> Schema:
    """The whole document."""
    known: set[type[BaseModel]] = {*_models(operations), ProblemDocument}
    models = sorted(known, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation" if model in _bodies(operations) else "serialization") for model in models],
        ref_template="#/components/schemas/{model}")
    paths: dict[str, Schema] = {}
    for operation in operations:
        paths.setdefault(CONVERTED.sub(r"{\1}", operation.path), {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vividly", "version": VERSION, "description": "Ask for lessons, and see what becomes of them."},
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "An API token of the console."}},
        },
    }


def _operation(operation: Operation) -> Schema:
    described: Schema = {
        "operationId": operation.name, "summary": operation.summary,
        "parameters": list(_parameters(operation)), "responses": _responses(operation),
        "security": [{"token": [str(operation.scope)]}] if operation.scope else [],
    }
    if operation.body:
        described["requestBody"] = {
            "required": operation.needs_body, "content": {"application/json": {"schema": _reference(operation.body)}}}
    return described


def _parameters(operation: Operation) -> Iterator[Schema]:
    for name in CONVERTED.findall(operation.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for name, what in operation.query.items():
        yield {"name": name, "in": "query", "required": True, "description": what, "schema": {"type": "string"}}
    for name, what in operation.headers.items():
        yield {"name": name, "in": "header", "required": False, "description": what, "schema": {"type": "string"}}


def _responses(operation: Operation) -> Schema:
    answers = {str(status): _response(status, answer) for status, answer in operation.answers.items()}
    refused = {str(status): _response(status, ProblemDocument) for status in (*operation.problems, *ALWAYS)}
    both = {status: {**answers[status], "content": {**answers[status].get("content", {}), **refused[status]["content"]}}
            for status in answers.keys() & refused.keys()}
    return {**answers, **refused, **both}


def _response(status: int, answer: type[BaseModel] | str) -> Schema:
    described: Schema = {
        "description": HTTPStatus(status).phrase,
        "headers": {"X-Correlation-ID": {"description": "Names this call in our log.", "schema": {"type": "string"}}}}
    if isinstance(answer, str):
        return {**described, "content": {answer.partition(";")[0]: {"schema": {"type": "string"}}}} if answer else described
    media = MEDIA_TYPE if answer is ProblemDocument else "application/json"
    return {**described, "content": {media: {"schema": _reference(answer)}}}


def _reference(model: type[BaseModel]) -> Mapping[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _models(operations: Sequence[Operation]) -> Iterator[type[BaseModel]]:
    yield from _bodies(operations)
    for operation in operations:
        yield from (answer for answer in operation.answers.values() if not isinstance(answer, str))


def _bodies(operations: Sequence[Operation]) -> set[type[BaseModel]]:
    return {operation.body for operation in operations if operation.body}
