"""Entries of Cloud Run's and Cloud Build's audit logs -> deploys: who put which image where, and which build that image is from.

An entry is data of somebody else's making: what is not where it should be is left out, and nothing of it is ever run.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pipeline.deployments.words import Deploy
from pipeline.tables import DeployOrigin

PUTS = re.compile(r"google\.cloud\.run\.v[12]\.(Services|Jobs)\.(Create|Update|Replace)(Service|Job)$")
BUILDS = re.compile(r"google\.devtools\.cloudbuild\.v1\.CloudBuild\.(Create|Retry|RunTrigger)\w*$")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
DEEPEST = 12
BUILD_LABELS, COMMIT_LABELS = ("gcb-build-id", "build-id"), ("commit-sha", "commit")
COMMIT_SUBSTITUTIONS = ("COMMIT_SHA", "REVISION_ID", "_COMMIT_SHA", "SHORT_SHA")


class Noted(NamedTuple):
    """An entry as it was kept."""

    at: datetime
    audit: str
    """JSON."""


class Build(NamedTuple):
    """What Cloud Build says about one build."""

    build: str
    commit: str
    images: frozenset[str]
    """Digests and tags."""


def deploys_of(notes: Iterable[Noted]) -> list[Deploy]:
    """The deploys that the entries tell of; builds are looked up among all of them."""
    told = [(note.at, said) for note in notes if (said := _object(note.audit))]
    builds = [build for _, said in told if (build := _build(said))]
    return [deploy for at, said in told if (deploy := _deploy(at, said, builds))]


def _object(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, Mapping) else {}


def _deploy(at: datetime, said: Mapping[str, Any], builds: Sequence[Build]) -> Deploy | None:
    if not PUTS.search(_text(said.get("methodName"))) or _failed(said):
        return None
    image = next(_images([said.get("response"), said.get("request")]), "")
    service = _text(said.get("resourceName")).rpartition("/")[2]
    if not image or not service:
        return None
    labels = dict(_labels([said.get("response"), said.get("request")]))
    build = next((build for build in builds if build.images & set(_names(image))), None)
    named = next((labels[name] for name in BUILD_LABELS if labels.get(name)), build.build if build else "")
    commit = next((labels[name] for name in COMMIT_LABELS if labels.get(name)), build.commit if build else "")
    digest = DIGEST.search(image)
    return Deploy(
        build=(named or (digest.group() if digest else image))[:200], commit=commit[:64], image=image[:500], at=at,
        service=service[:200], origin=DeployOrigin.AUDIT)


def _build(said: Mapping[str, Any]) -> Build | None:
    if not BUILDS.search(_text(said.get("methodName"))):
        return None
    found = [part for part in _mappings(said) if _text(part.get("id")) and ("images" in part or "results" in part)]
    if not found:
        return None
    whole = found[-1]
    given = whole.get("substitutions")
    commits = given if isinstance(given, Mapping) else {}
    commit = next((_text(commits[name]) for name in COMMIT_SUBSTITUTIONS if _text(commits.get(name))), "")
    return Build(_text(whole["id"]), commit, frozenset(_built(whole)))


def _built(build: Mapping[str, Any]) -> Iterator[str]:
    images = build.get("images")
    yield from (_text(image) for image in (images if isinstance(images, list) else ()) if _text(image))
    for part in _mappings(build):
        if DIGEST.fullmatch(_text(part.get("digest"))):
            yield _text(part["digest"])


def _names(image: str) -> Iterator[str]:
    """What a build may know the image by."""
    yield image
    if digest := DIGEST.search(image):
        yield digest.group()


def _failed(said: Mapping[str, Any]) -> bool:
    status = said.get("status")
    return isinstance(status, Mapping) and bool(status.get("code"))


def _images(parts: Iterable[Any]) -> Iterator[str]:
    """The images of containers, one with a digest first."""
    holders = [holder for part in parts for inner in _mappings(part) if isinstance(holder := inner.get("containers"), list)]
    found = [_text(container.get("image")) for holder in holders for container in holder
             if isinstance(container, Mapping) and _text(container.get("image"))]
    return iter(sorted(found, key=lambda image: "@sha256:" not in image))


def _labels(parts: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for part in parts:
        for inner in _mappings(part):
            labels = inner.get("labels")
            if isinstance(labels, Mapping):
                yield from ((str(name), _text(value)) for name, value in labels.items() if _text(value))


def _mappings(part: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every object inside, outer ones first."""
    if depth > DEEPEST:
        return
    if isinstance(part, Mapping):
        yield part
    inner = part.values() if isinstance(part, Mapping) else part if isinstance(part, list) else ()
    for each in inner:
        yield from _mappings(each, depth + 1)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
