"""What lessons are made with besides their prompts: a change of any of it makes earlier lessons another thing."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline import VERSION
from pipeline.corpus.interests import read_interests
from pipeline.corpus.library import corpus_version
from pipeline.errors import BadRequest


def conditions(data: Path, *, language: str, embedder: str) -> Mapping[str, str]:
    """The version of the program, the models, and digests of the books and of what is told of interests."""
    return {"version": VERSION, "language": language, "embedder": embedder,
            "corpus": corpus_version(data / "corpus", embedder), "interests": _digest(data / "interests")}


def names_of_interests(data: Path) -> Callable[[str], str]:
    """Tells what the interest of an id is called; read anew each time it is asked for."""
    def name(interest_id: str) -> str:
        known = {each.interest_id: each.name for each in read_interests(data / "interests" / "interests.toml")}
        if interest_id not in known:
            raise BadRequest("interest", f"there is no interest {interest_id[:100]!r} in the catalogue.")
        return known[interest_id]

    return name


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.toml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
