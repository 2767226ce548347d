"""Whatever a lesson says, a score is a number within its bounds or a reason: never an error, never NaN."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain import Origin
from pipeline.scoring import SCORERS, Kind, score
from pipeline.testing import FakeTextModel
from tests.scoring.conftest import REFERENCE, changed, with_section, with_written

TEXTS = st.one_of(
    st.text(min_size=1, max_size=200), st.from_regex(r"[A-Z][a-z ]{3,40}[.?!]( [0-9=×²]{1,6} basketball\.)?", fullmatch=True))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hook=TEXTS, link=TEXTS, grade=st.floats(-20, 60, allow_nan=False), margin=st.floats(-1, 1))
def test_every_score_is_within_its_bounds(text, tools, hook, link, grade, margin):
    answer = with_section(with_section(text, "hook", hook), "link", link)
    answer = changed(with_written(answer, (hook, Origin.MODEL), (link, Origin.DROPPED)), reading_grade=grade)
    for found in score(answer, REFERENCE, replace(tools, model=FakeTextModel({}, margin=margin))):
        assert found.why
        if found.value is not None:
            assert found.value >= 0 and (SCORERS[found.name].kind is Kind.COST or found.value <= 1)
