"""Numbers -> words, as an American teacher says them: no "and", decimals digit by digit."""

import re

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion")
IRREGULAR_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}
NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"

Words = list[str]


def cardinal(number: int) -> Words:
    """A whole number in words; one too long for a name is read digit by digit."""
    if number >= 1000 ** len(SCALES):
        return digits(str(number))
    groups: list[Words] = []
    rest, scale = number, 0
    while rest:
        rest, group = divmod(rest, 1000)
        if group:
            groups.append(_below_thousand(group) + ([SCALES[scale]] if scale else []))
        scale += 1
    return [word for group in reversed(groups) for word in group] or ["zero"]


def digits(text: str) -> Words:
    """Each digit by itself."""
    return [ONES[int(digit)] for digit in text]


def number_words(text: str) -> Words:
    """A written number (`1,460`, `0.05`, `007`) in words."""
    whole, _, decimals = text.replace(",", "").partition(".")
    words = digits(whole) if len(whole) > 1 and whole.startswith("0") else cardinal(int(whole))
    return [*words, "point", *digits(decimals)] if decimals else words


def ordinal(number: int) -> Words:
    """First, second, twenty third."""
    *rest, last = cardinal(number)
    if last in IRREGULAR_ORDINALS:
        return [*rest, IRREGULAR_ORDINALS[last]]
    return [*rest, f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"]


def year(number: int) -> Words:
    """Sixteen eighty seven, nineteen hundred, two thousand five, twenty twenty four."""
    century, rest = divmod(number, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(number)
    tail = ["hundred"] if rest == 0 else ["oh", ONES[rest]] if rest < 10 else cardinal(rest)
    return cardinal(century) + tail


def decade(number: int) -> Words:
    """The nineteen sixties, the eighteen hundreds."""
    *rest, last = year(number)
    return [*rest, f"{last[:-1]}ies" if last.endswith("y") else f"{last}s"]


def fraction(above: int, below: int) -> Words:
    """One half, three quarters, two thirds; odd ones as a quotient."""
    if below == 2 and above == 1:
        return ["one", "half"]
    if not 1 < below <= 20 or above >= below:
        return [*cardinal(above), "over", *cardinal(below)]
    part = {2: ["half"], 4: ["quarter"]}.get(below) or ordinal(below)
    return [*cardinal(above), *part[:-1], part[-1] if above == 1 else f"{part[-1]}s"]


def value(text: str) -> float | None:
    """The number that a text is, or nothing."""
    return float(text.replace(",", "")) if re.fullmatch(NUMBER, text) else None


def _below_thousand(number: int) -> Words:
    hundreds, rest = divmod(number, 100)
    words = [ONES[hundreds], "hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        return [*words, TENS[tens], *([ONES[ones]] if ones else [])]
    return [*words, ONES[rest]] if rest else words
