"""The tree of errors: every class speaks a sentence, and says by its place who must act."""

import inspect

import pytest

from pipeline import errors
from pipeline.domain import Clarification
from pipeline.errors import (
    BadRequest,
    ClarificationNeeded,
    MissingWeights,
    NotInLibrary,
    OperatorError,
    OutOfScope,
    PipelineError,
    ProviderError,
    RequestDeclined,
    StorageFull,
)

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, PipelineError)]


@pytest.mark.parametrize("kind", TREE)
def test_the_docstring_is_a_sentence_for_whoever_reads_it(kind: type[PipelineError]):
    said = (inspect.cleandoc(kind.__doc__ or "")).strip()
    assert said[0].isupper() and said.endswith((".", "`.")) and "\n" not in said


@pytest.mark.parametrize("kind", [kind for kind in TREE if kind not in (BadRequest, ClarificationNeeded)])
def test_without_a_message_the_docstring_is_the_message(kind: type[PipelineError]):
    assert str(kind()) == (kind.__doc__ or "").strip()
    assert str(kind("The disk of /tmp is full.")) == "The disk of /tmp is full."


@pytest.mark.parametrize(("kind", "who"), [
    (BadRequest, RequestDeclined),           # the student must act: never retried
    (ClarificationNeeded, RequestDeclined),
    (OutOfScope, RequestDeclined),
    (NotInLibrary, OutOfScope),
    (MissingWeights, OperatorError),         # whoever runs the machine must act
    (StorageFull, OperatorError),
    (errors.ProviderUnavailable, ProviderError),  # trying again may help
    (errors.UnusableOutput, ProviderError),
])
def test_errors_are_sorted_by_who_must_act(kind: type[PipelineError], who: type[PipelineError]):
    assert issubclass(kind, who)


def test_every_error_has_exactly_one_who_must_act():
    hands = (RequestDeclined, OperatorError, ProviderError, errors.Unsupported, errors.Cancelled)
    assert all(sum(issubclass(kind, hand) for hand in hands) == 1 for kind in TREE if kind is not PipelineError)


def test_a_bad_request_names_its_field():
    fault = BadRequest("grade_level", "must be a whole number from 1 to 12.")
    assert (fault.field, str(fault)) == ("grade_level", "grade_level: must be a whole number from 1 to 12.")


def test_a_clarification_carries_its_options():
    asked = Clarification(question="Which law?", options=("First law", "Third law"))
    assert ClarificationNeeded(asked).clarification is asked
    assert str(ClarificationNeeded(asked)) == "Which law?"
