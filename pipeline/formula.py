"""Formulas that are safe to typeset and to plot: a small grammar, checked word by word, never executed as code."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

GREEK = (
    "alpha beta gamma delta epsilon eta theta lambda mu nu pi rho sigma tau phi omega Delta Sigma Omega Theta Phi"
).split()
FUNCTIONS = "sin cos tan log ln exp sqrt root frac abs lim vec bar hat dot cancel".split()
SYMBOLS = (
    "times plus.minus arrow.r arrow.l.r approx infinity degree sum quad gt.eq lt.eq eq.not and or not xor "
    "harpoons.rtlb union inter in mod space dots prime dif d dx"
).split()
MATH_WORDS = frozenset(GREEK + FUNCTIONS + SYMBOLS)
MATH_TOKEN = re.compile(
    r"""(?P<string>"[\w \-+−.,:;()/%°²³⁻·'→×=]*")
    |(?P<word>[A-Za-z]+(?:\.[a-z]+)*)
    |(?P<number>\d+(?:[.,]\d+)*)
    |(?P<mark>[\s_^()\[\]/=+\-−*·×÷<>≤≥≈≠≡±|,.:;!&'′°→⇌∞√∑πΔλθ])""",
    re.VERBOSE,
)


def check_math(text: str) -> str:
    """The text itself when every token of it is harmless Typst mathematics, else `ValueError` naming the first that is not."""
    position = 0
    while position < len(text):
        token = MATH_TOKEN.match(text, position)
        if not token:
            raise ValueError(f"mathematics: {text[position]!r} is not allowed in {text!r}")
        word = token["word"]
        if word and len(word) > 1 and word not in MATH_WORDS:
            raise ValueError(f'mathematics: write "{word}" in quotes, or as single letters with spaces, in {text!r}')
        position = token.end()
    return text


OPERATORS: Mapping[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
CALLS: Mapping[str, Callable[[float], float]] = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "exp": math.exp, "sqrt": math.sqrt, "log": math.log,
    "abs": abs,
}
CONSTANTS = {"pi": math.pi, "e": math.e}
NO_VALUE = (SyntaxError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError)
"""What reading or computing a formula can raise; the last two for one nested too deeply."""


def height(formula: str, x: float) -> float:
    """The value of the formula at x. Only numbers, x, pi, e, + - * / **, and sin cos tan exp sqrt log abs (radians).

    Raises `ValueError` when the formula is not of this grammar or has no finite value there.
    """
    try:
        value = _value(ast.parse(formula, mode="eval").body, x)
    except NO_VALUE as fault:
        raise ValueError(f"formula {formula[:80]!r} has no value at x = {x}: {fault}") from fault
    if not math.isfinite(value):
        raise ValueError(f"formula {formula[:80]!r} has no finite value at x = {x}")
    return value


def _value(node: ast.AST, x: float) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id="x"):
            return x
        case ast.Name(id=name) if name in CONSTANTS:
            return CONSTANTS[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return float(OPERATORS[type(op)](_value(left, x), _value(right, x)))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_value(operand, x))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in CALLS:
            return CALLS[name](_value(argument, x))
    raise ValueError(f"{ast.unparse(node)[:80]!r} is not allowed")
