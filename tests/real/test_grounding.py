"""The real judge of claims: what it says is what is on file, and it tells a plain truth from a plain falsehood."""

import pytest

from pipeline.scoring import GROUNDING, read_claims, read_margins, signs

pytestmark = pytest.mark.real
PASSAGE = ("When you push a box, your push acts on the box and the push of the box acts on you. The two forces act on different "
           "objects, so they cannot cancel.")


def test_the_margins_on_file_are_what_the_model_says(real_house):
    tools = real_house.wiring.scoring_tools(real_house.house.text)
    known = read_margins(real_house.settings.data / GROUNDING / "margins.json")
    assert known and known.model == real_house.house.text.name
    for claim in read_claims(real_house.settings.data)[:3]:
        said = signs(claim.text, claim.evidence, tools).margin
        assert said == pytest.approx(known.margins[claim.key], abs=0.15)  # the last bits depend on the processor


def test_a_plain_truth_is_likelier_than_a_plain_falsehood(real_house):
    tools = real_house.wiring.scoring_tools(real_house.house.text)
    true = signs("The push on the box and the push on you act on different objects.", PASSAGE, tools)
    false = signs("Boxes are usually made of cardboard and painted blue.", PASSAGE, tools)
    assert tools.calibration
    assert tools.calibration.probability(true) > tools.calibration.probability(false) + 0.1
