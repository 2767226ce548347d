"""MathML in one line: readable, and nothing of it lost."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.reading.formulas import formula

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ⁿ", "01234567890123456789n")


def written(markup: str) -> str:
    return formula(etree.fromstring(MATH.format(markup)))


@pytest.mark.parametrize(("markup", "line"), [
    ("<msup><mi>v</mi><mn>2</mn></msup><mo>=</mo><msubsup><mi>v</mi><mn>0</mn><mn>2</mn></msubsup><mo>+</mo><mn>2</mn><mi>a</mi>",
     "v² = v₀² + 2a"),
    ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a + b)/2"),  # a fraction keeps its brackets
    ("<msub><mi>F</mi><mtext>net</mtext></msub>", "F_net"),
    ("<msup><mi>e</mi><mrow><mo>−</mo><mi>λ</mi><mi>t</mi></mrow></msup>", "e^(−λt)"),
    ("<msup><mn>10</mn><mrow><mo>−</mo><mn>34</mn></mrow></msup><mtext>J</mtext>", "10⁻³⁴ J"),
    ("<mi>s</mi><mi>i</mi><mi>n</mi><mo>(</mo><mi>θ</mi><mo>)</mo>", "sin(θ)"),  # a name set letter by letter
    ("<mi>sin</mi><mi>θ</mi>", "sin θ"),
    ("<mn>10</mn><mtext>.0 m</mtext>", "10.0 m"),  # a number set in two halves
    ("<mi>sin</mi><msup><mn>35</mn><mo>∘</mo></msup>", "sin 35°"),
    ("<msqrt><mi>x</mi></msqrt>", "√(x)"),
    ("<mroot><mi>x</mi><mn>3</mn></mroot>", "³√(x)"),
    ("<mover><mi>v</mi><mo>→</mo></mover>", "v\u20d7"),
    ("<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>", "¹⁴₆C"),  # carbon 14
    ("<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mo>=</mo></mtd><mtd><mn>1</mn></mtd></mtr><mtr><mtd><mi>b</mi></mtd></mtr></mtable>",
     "a = 1; b"),
    ("<mo>(</mo><mtext> 7.8 </mtext><mo>)</mo>", "(7.8)"),
    ("<mi>F</mi><mo>&#x2061;</mo><mi>x</mi>", "Fx"),  # an operator that is only heard
    ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>x</mi>", "∑_iⁿx"),
    ("<semantics><mi>x</mi><annotation>x twice</annotation></semantics>", "x"),
])
def test_a_formula_reads_as_one_line(markup: str, line: str):
    assert written(markup) == line


leaves = st.builds(
    lambda name, text: f"<{name}>{text}</{name}>",
    st.sampled_from(["mi", "mn", "mo", "mtext"]), st.text(string.ascii_letters + string.digits, min_size=1, max_size=4),
)


def _pair(name: str):
    return lambda parts: f"<{name}>{parts[0]}{parts[1]}</{name}>"


nested = st.recursive(leaves, lambda inner: st.one_of(
    st.tuples(inner, inner).map(_pair("mfrac")), st.tuples(inner, inner).map(_pair("msub")),
    st.tuples(inner, inner).map(_pair("msup")), st.tuples(inner, inner).map(_pair("mover")),
    st.tuples(inner, inner).map(_pair("mroot")), st.lists(inner, max_size=4).map(lambda parts: f"<mrow>{''.join(parts)}</mrow>"),
    inner.map(lambda part: f"<mtable><mtr><mtd>{part}</mtd></mtr></mtable>"),
), max_leaves=12)


@given(nested)
def test_every_letter_and_digit_of_a_formula_stays(markup: str):
    tree = etree.fromstring(MATH.format(markup))
    line = formula(tree).translate(PLAIN)
    assert sorted(filter(str.isalnum, line)) == sorted(filter(str.isalnum, "".join(tree.itertext())))
