"""Which deploy a line counts for: by the version of its writer where that is known, and by its time where it is not.

An instance of an earlier build may go on running after a deploy; what it says is not the new build's doing. And lines that
are older than the deploy are never counted against it, however late they are read.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from pipeline.deployments.words import Deploy

Writer = tuple[str, str]
"""A job and the version that it ran."""


class Eras:
    """Time cut at each deploy: era 0 is before the first one, era n is that of the n-th. `born` is when each writer of a
    version was first heard (seconds since 1970).
    """

    def __init__(self, deploys: Sequence[Deploy], born: Mapping[Writer, float]) -> None:
        self.deploys = tuple(sorted(deploys, key=lambda deploy: deploy.at))
        self.starts = [deploy.at.timestamp() for deploy in self.deploys]
        self._born = dict(born)
        self._versions = {version for _, version in born if version}
        self._named = {version: self._builds_of(version) for version in self._versions}
        self._newest = {job: max(at for (other, version), at in born.items() if other == job and version)
                        for job, version in born if version}

    def __len__(self) -> int:
        return len(self.deploys) + 1

    def at(self, moment: float) -> int:
        """By time alone."""
        return bisect_right(self.starts, moment)

    def of(self, moment: float, job: str, version: str) -> int:
        """The era of what this writer said at this time."""
        by_time = self.at(moment)
        if not version:
            return by_time
        if named := self._named.get(version):
            return max((era for era in named if era <= by_time), default=named[0])
        return self._by_birth(by_time, job, version)

    def _by_birth(self, by_time: int, job: str, version: str) -> int:
        """A version that no deploy names is an old one when its job has been heard in a newer one since that deploy."""
        born = self.at(self._born.get((job, version), float("inf")))
        if born >= by_time:
            return by_time
        newer = self.at(self._newest[job])
        return born if newer > born else by_time

    def _builds_of(self, version: str) -> list[int]:
        """The eras whose build the version names; a build that was rolled back to has several."""
        return [number for number, deploy in enumerate(self.deploys, start=1) if deploy.wrote(version)]
