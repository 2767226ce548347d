"""What can stop a request, sorted by who must act. The docstring is the message when none is given."""

from collections.abc import Sequence
from typing import Self

from pipeline.domain import Clarification, Usage


class PipelineError(Exception):
    """Something went wrong in the pipeline."""

    usage: tuple[Usage, ...] = ()
    """What was used until then, and has to be paid nevertheless."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())

    def after(self, usage: Sequence[Usage]) -> Self:
        """The same error, which came when so much had been used."""
        self.usage = (*usage, *self.usage)
        return self


class RequestDeclined(PipelineError):  # the student must act: never retried
    """This request cannot be answered as asked."""


class BadRequest(RequestDeclined):
    """The request is not valid."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class ClarificationNeeded(RequestDeclined):
    """The question has several good readings."""

    def __init__(self, clarification: Clarification) -> None:
        super().__init__(clarification.question)
        self.clarification = clarification


class OutOfScope(RequestDeclined):
    """This is not a question that a lesson can answer."""


class NotInLibrary(OutOfScope):
    """The library has nothing on this that a lesson could rest on."""


class NotAllowed(RequestDeclined):
    """Your role does not allow this: ask an admin."""


class InvalidToken(NotAllowed):
    """This API token opens nothing: ask for a new one."""


class TooMany(RequestDeclined):
    """Too many requests of this student are waiting: ask again when some are done."""


class OperatorError(PipelineError):  # whoever runs this machine must act
    """The installation needs attention."""


class MissingWeights(OperatorError):
    """Model weights are missing: run `python -m pipeline models pull`."""


class DamagedWeights(OperatorError):
    """A model file does not have the expected SHA-256 and was refused."""


class CorpusDefect(OperatorError):
    """A file of the corpus cannot be read."""


class StorageFull(OperatorError):
    """The disk is full: free some space and run the request again."""


class ProviderError(PipelineError):  # the provider must recover: trying again may help
    """A provider failed."""


class ProviderUnavailable(ProviderError):
    """The provider did not answer."""


class Hiccup(ProviderUnavailable):
    """The provider failed at this one call: the next one may well succeed."""


class ProviderResting(ProviderUnavailable):
    """The provider failed often and is left alone for a while."""

    def __init__(self, message: str = "", *, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class DeadlinePassed(ProviderError):
    """It took longer than it may."""


class UnusableOutput(ProviderError):
    """The model's answer could not be used."""


class Unsupported(PipelineError):  # the content cannot be backed by the passages
    """The script says something that its passages do not support."""


class Cancelled(PipelineError):
    """The request was cancelled."""


class LostLease(Cancelled):
    """Another worker has this request now: whoever had it writes nothing more."""
