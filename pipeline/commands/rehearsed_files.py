"""Whether the bucket of a rehearsal has the files of its lessons, and gives each back to another machine as it was made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline import families
from pipeline.config import Settings
from pipeline.domain import Lesson
from pipeline.ports import Artifacts
from pipeline.shelf import files_of
from pipeline.testing.google_storage import Bucket


@dataclass(frozen=True, kw_only=True)
class Found:
    """The files that lessons name, as the bucket has them, and those that are not there or not as they were made."""

    files: int
    bytes: int
    objects: int
    """Everything in the bucket: what lessons have in common is there too."""
    wrong: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """For people."""
        if self.wrong:
            return f"The bucket has not what was made: {', '.join(self.wrong)}"
        return (f"{self.files} files of lessons in the bucket, {self.bytes:,} bytes, each fetched back as it was made; "
                f"{self.objects} objects in all.")


def compare(lessons: Sequence[Lesson], made: Artifacts, bucket: Bucket, settings: Settings) -> Found:
    """What is in the bucket, fetched by a machine that has none of it, beside what was made."""
    other = families.store(replace(settings, home=settings.home / "another"))
    names = list(dict.fromkeys(name for lesson in lessons for name in files_of(lesson)))
    fetched = {name: other.fetch(name) for name in names}
    wrong = [name for name, path in fetched.items() if path is None or path.read_bytes() != made.path(name).read_bytes()]
    return Found(files=len(names), bytes=sum(other.sizes(names).values()), objects=len(bucket.objects), wrong=tuple(wrong))
