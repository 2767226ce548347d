"""Formulas: what is accepted is harmless to typeset, and a curve's height is what its formula says."""

import ast
import json
import math

import pytest
import typst
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipeline.formula import CALLS, CONSTANTS, MATH_WORDS, check_math, height

PAGE = b"""#set page(width: 400pt, height: 100pt)
#eval(json(bytes(sys.inputs.at("d"))), mode: "math")"""


def typeset(math_text: str) -> None:
    """The formula on a page, passed as data the way the boards pass it."""
    typst.compile(PAGE, format="png", ppi=36.0, sys_inputs={"d": json.dumps(math_text)})


@pytest.mark.parametrize("text", [
    "F = m a", 'F_"net" = m a', '3 "m/s"^2', '"H"_2"O"', "sqrt(x^2 + y^2)", "frac(a, b)", "v = Delta x / Delta t",
    "x = (-b plus.minus sqrt(b^2 - 4 a c)) / (2 a)", '"A" arrow.r "B"', "1/2",
])
def test_what_a_school_book_writes_is_accepted_and_typeset(text: str):
    assert check_math(text) == text
    typeset(text)


@pytest.mark.parametrize(("text", "named"), [
    ("#read(\"/etc/passwd\")", "#"),
    ("x $ #let", "$"),
    (r"\u{23}", "\\"),
    ("read(\"/etc/passwd\")", "read"),
    ("include", "include"),
    ("image(\"x.png\")", "image"),
    ("plus.minus.read", "plus.minus.read"),
    ('"a\\"b"', '"'),
    ("a @ b", "@"),
    ("a ` b", "`"),
    ("speed = 3", "speed"),  # a word stands in quotes, or Typst takes it for a name
])
def test_what_could_be_a_program_is_refused_by_name(text: str, named: str):
    with pytest.raises(ValueError) as refused:
        check_math(text)
    assert named in str(refused.value)


letters = st.sampled_from("abcmvxyzFTEλθ")
numbers = st.from_regex(r"\d{1,3}(\.\d{1,2})?", fullmatch=True)
words = st.sampled_from(["alpha", "pi", "Delta", "omega", "infinity", '"net"', '"m/s"', '"H"'])


@st.composite
def formulas(draw: st.DrawFn, depth: int = 2) -> str:
    """Well-formed mathematics of the corpus's kind."""
    if depth == 0:
        return draw(letters | numbers | words)
    inner = formulas(depth - 1)
    kind = draw(st.sampled_from(["sum", "raised", "lowered", "fraction", "root", "call", "bracket", "quotient", "product"]))
    a, b = draw(inner), draw(inner)
    return {
        "sum": f"{a} {draw(st.sampled_from(['+', '-', '=', 'times', 'plus.minus', 'approx', '≤']))} {b}",
        "raised": f"({a})^({b})", "lowered": f"({a})_({b})", "fraction": f"frac({a}, {b})", "root": f"sqrt({a})",
        "call": f"{draw(st.sampled_from(['sin', 'cos', 'log', 'ln']))}({a})", "bracket": f"({a})",
        "quotient": f"({a}) / ({b})", "product": f"{a} {b}",
    }[kind]


@settings(max_examples=60, deadline=None)
@given(formulas())
def test_well_formed_mathematics_is_accepted_and_compiles(text: str):
    assert check_math(text) == text
    typeset(text)


tokens = st.one_of(
    st.sampled_from(sorted(MATH_WORDS)), letters, numbers, st.sampled_from(list("_^()[]/=+-*,;:!&'|<>.")),
    st.sampled_from(['"/etc/passwd"', '"../../x"', '"a b"', "\n", " "]), st.characters(),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(tokens, max_size=8).map(" ".join))
@example("root(2, 3) #read")
@example('f("/etc/passwd")')
def test_whatever_is_accepted_has_no_way_into_typsts_language(text: str):
    try:
        check_math(text)
    except ValueError:
        return
    assert not set(text) & set("#$\\`@")
    try:
        typeset(text)
    except typst.TypstError as fault:  # half a formula: the board shows the plain form instead
        assert not any(sign in str(fault) for sign in ("file", "access", "package", "plugin"))


pieces = st.one_of(
    st.just("x"), st.sampled_from(sorted(CONSTANTS)), st.integers(0, 50).map(str), st.floats(0.1, 9.9).map(lambda n: f"{n:.2f}")
)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        inner.map(lambda f: f"-({f})"),
        st.tuples(st.sampled_from(sorted(CALLS)), inner).map(lambda t: f"{t[0]}({t[1]})"),
    )


@settings(max_examples=200)
@given(st.recursive(pieces, grown, max_leaves=6), st.floats(-5, 5))
def test_height_is_what_python_says(formula: str, x: float):
    names = {**CALLS, **CONSTANTS, "x": x, "__builtins__": {}}
    decimal = ast.unparse(_Floats().visit(ast.parse(formula, mode="eval")))
    try:
        expected = eval(decimal, names)  # our own strategy wrote it
    except (ValueError, TypeError, ArithmeticError):
        expected = None
    if expected is None or isinstance(expected, complex):
        with pytest.raises(ValueError):
            height(formula, x)
        return
    assume(math.isfinite(expected))
    try:
        assert height(formula, x) == pytest.approx(expected)
    except ValueError:
        assert _has_complex_step(decimal, names)


class _Floats(ast.NodeTransformer):
    """Numbers as the grammar reads them: always floats."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(float(node.value))


def _has_complex_step(formula: str, names: dict[str, object]) -> bool:
    """Whether some part of the formula is a complex number, which `abs` or a power may have hidden again."""
    parts = [node for node in ast.walk(ast.parse(formula, mode="eval")) if isinstance(node, ast.BinOp)]
    return any(isinstance(eval(ast.unparse(part), names), complex) for part in parts)


@pytest.mark.parametrize("formula", [
    "y + 1", "x.real", "__import__('os')", "(lambda: 1)()", "x if x else 1", "[x][0]", "'a' * 3", "sin(x, x)", "sin(x=1)",
    "open('f')", "x and 1", "x < 1", "x @ x", "x % 2", "x // 2", "True", "None", "1j", "", "x +", "1 2", "x := 3",
    "f'{x}'", "sin", "9" * 6000, "-" * 30000 + "x", "(" * 500 + "x" + ")" * 500, "x\0",
])
def test_what_is_outside_the_grammar_has_no_height(formula: str):
    with pytest.raises(ValueError):
        height(formula, 1.0)


@pytest.mark.parametrize(("formula", "x"), [
    ("1 / x", 0.0), ("log(x)", 0.0), ("sqrt(x)", -1.0), ("x ** 0.5", -1.0), ("exp(x)", 1000.0), ("10.0 ** x", 400.0),
    ("1e999 * x", 1.0), ("1e999 - 1e999", 1.0),
])
def test_a_curve_without_a_value_says_so(formula: str, x: float):
    with pytest.raises(ValueError):
        height(formula, x)
