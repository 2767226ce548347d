"""Tables: signs, letters and abbreviations of school texts, and the words that are said for them."""

from pipeline.speech.numbers import cardinal, digits

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿˣⁱ", "0123456789+-nxi", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₒₓᵢⱼₙₘₜₖₚ", "0123456789+-aeoxijnmtkp", strict=True))
GREEK = dict(zip(
    "αβγδεζηθικλμνξοπρστυφχψωϕϵµ",
    ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi "
     "chi psi omega phi epsilon mu").split(), strict=True,
)) | dict(zip("ΓΔΘΛΞΠΣΦΨΩ", "gamma delta theta lambda xi pi sigma phi psi omega".split(), strict=True))
FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}
OPERATORS = {
    "=": "equals", "≈": "is about", "≠": "is not equal to", "<": "is less than", ">": "is greater than",
    "≤": "is at most", "≥": "is at least", "+": "plus", "−": "minus", "±": "plus or minus", "×": "times", "·": "times",
    "⋅": "times", "*": "times", "÷": "divided by", "/": "divided by", "→": "to", "⇌": "in balance with", "←": "from",
    "∝": "is proportional to", "^": "to the", "⇒": "so", "&": "and", "∞": "infinity", "Σ": "the sum of",
    "∑": "the sum of", "√": "the square root of", "∛": "the cube root of", "%": "percent", "′": "prime", "∙": "times",
    "@": "at", "#": "number",
}
RELATIONS = frozenset("=≈≠<>≤≥+−±×·⋅*÷/∝^")
"""Signs beside which a single letter is a quantity, so that `a` is no article."""
FUNCTIONS = {
    "sin": "sine", "cos": "cosine", "tan": "tangent", "ln": "natural log", "log": "log", "sqrt": "square root",
    "exp": "exponential", "lim": "limit", "arcsin": "arc sine", "arccos": "arc cosine", "arctan": "arc tangent",
}
ABBREVIATIONS = {
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "vs": "versus",
    "approx.": "approximately", "Dr.": "doctor", "Mr.": "mister", "Mrs.": "missus", "Ms.": "miz", "Prof.": "professor",
    "St.": "saint", "Fig.": "figure", "fig.": "figure", "Eq.": "equation", "a.m.": "A M", "p.m.": "P M",
    "cf.": "compare", "No.": "number", "U.S.": "U S", "w/": "with", "Wi-Fi": "wi fi", "iOS": "I O S", "BCE": "B C E",
}
ENDING_ABBREVIATIONS = frozenset({"etc.", "a.m.", "p.m.", "U.S."})
"""Those that may also end a sentence."""
WORDS_IN_CAPITALS = {
    "AND": "AND", "OR": "OR", "NOT": "NOT", "NAND": "nand", "NOR": "nor", "XOR": "ex or", "XNOR": "ex nor", "IF": "if",
    "THEN": "then", "ELSE": "else", "TRUE": "true", "FALSE": "false", "FOR": "for", "END": "end", "RAM": "ram",
    "ROM": "rom", "NASA": "nasa", "LAN": "lan", "PIN": "pin", "ASCII": "askee", "JPEG": "jay peg", "SIM": "sim",
    "LASER": "laser", "ALL": "all", "NO": "no", "YES": "yes", "ON": "on", "OFF": "off", "THE": "the", "IS": "is",
    "BOTH": "both", "ONE": "one", "TWO": "two", "AIDS": "aids", "II": "two", "III": "three", "CAT": "cat",
    "NEVER": "never", "GIF": "gif", "NATO": "nato", "ZIP": "zip",
}
SHORT_WORDS = frozenset(
    "a an the and or of to is in on at by as so if it its be no not net per for all one two six ten sum now how why "
    "who has had was are but can may air ice gas sun ion day new old out up low off any too set bit cat dog car man "
    "box get our via son red heat".split()
)
"""Beside a sign, other groups of up to three letters are products of quantities: `F = ma`."""


def spelled(text: str) -> list[str]:
    """Letter by letter, in capitals: the voice says a capital by its name."""
    return [letter.upper() for letter in text]


def power(exponent: str) -> list[str]:
    """What is said after a base: squared, cubed, to the minus three."""
    if exponent in ("", "1"):
        return []
    if exponent in ("2", "3"):
        return ["squared" if exponent == "2" else "cubed"]
    if exponent in ("+", "-"):
        return ["plus" if exponent == "+" else "minus"]
    return ["to", "the", *_signed(exponent)]


def _signed(exponent: str) -> list[str]:
    words: list[str] = []
    sign, rest = (exponent[0], exponent[1:]) if exponent[0] in "+-" else ("", exponent)
    words += ["minus" if sign == "-" else "plus"] if sign else []
    if rest.isdigit():
        return words + cardinal(int(rest))
    return words + [word for mark in rest for word in _mark(mark)]


def _mark(mark: str) -> list[str]:
    if mark.isdigit():
        return digits(mark)
    return ["plus" if mark == "+" else "minus" if mark == "-" else mark.upper()]
