"""Unit symbols -> words: `m/s²` after a number is "meters per second squared"."""

import re

from pipeline.speech.symbols import SUPERSCRIPTS, power

BASES = {
    "m": "meter", "g": "gram", "s": "second", "N": "newton", "J": "joule", "W": "watt", "V": "volt", "Ω": "ohm",
    "A": "ampere", "Hz": "hertz", "Pa": "pascal", "mol": "mole", "L": "liter", "l": "liter", "B": "byte", "bit": "bit",
    "eV": "electron volt", "C": "coulomb", "F": "farad", "T": "tesla", "K": "kelvin", "cal": "calorie", "t": "ton",
    "bps": "bit per second",
}
PREFIXES = {
    "": "", "p": "pico", "n": "nano", "µ": "micro", "μ": "micro", "m": "milli", "c": "centi", "d": "deci", "h": "hecto",
    "k": "kilo", "M": "mega", "G": "giga", "T": "tera",
}
# Symbols that would be read as another unit, or that stand without prefixes.
SINGLE = {
    "h": ("hour", "hours"), "min": ("minute", "minutes"), "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"), "°": ("degree", "degrees"), "%": ("percent", "percent"),
    "ppm": ("part per million", "parts per million"), "dB": ("decibel", "decibels"), "u": ("unit", "units"),
    "AU": ("astronomical unit", "astronomical units"), "ly": ("light year", "light years"), "atm": ("atmosphere",) * 2,
    "M": ("molar", "molar"), "GB": ("gigabyte", "gigabytes"), "mph": ("mile per hour", "miles per hour"),
}
UNCHANGED = ("hertz", "kelvin")
AREA_OR_VOLUME = {"2": "square", "3": "cubic"}
FACTOR = re.compile(rf"([A-Za-zΩµμ°%]+)([{''.join(SUPERSCRIPTS)}]*)")


def unit_words(symbol: str, *, plural: bool) -> list[str] | None:
    """The unit in words, or nothing when the symbol is no unit."""
    above, *below = symbol.replace("(", "").replace(")", "").split("/")
    words = _product(above, plural=plural)
    for divisor in below:
        more = _product(divisor, plural=False)
        if words is None or more is None:
            return None
        words = [*words, "per", *more]
    return words


def _product(symbols: str, *, plural: bool) -> list[str] | None:
    factors = re.split(r"[·*⋅]", symbols)
    words: list[str] = []
    for place, factor in enumerate(factors):
        more = _factor(factor, plural=plural and place == len(factors) - 1)
        if more is None:
            return None
        words += more
    return words


def _factor(symbol: str, *, plural: bool) -> list[str] | None:
    match = FACTOR.fullmatch(symbol)
    names = _names(match[1]) if match else None
    if match is None or names is None:
        return None
    exponent = "".join(SUPERSCRIPTS[mark] for mark in match[2])
    name = names[plural].split()
    if exponent in AREA_OR_VOLUME and names[0].endswith("meter"):
        return [AREA_OR_VOLUME[exponent], *name]
    return [*name, *power(exponent)]


def _names(symbol: str) -> tuple[str, str] | None:
    """Singular and plural of a unit without exponent."""
    if symbol in SINGLE:
        return SINGLE[symbol]
    for base, name in BASES.items():
        prefix = symbol.removesuffix(base)
        if prefix != symbol and prefix in PREFIXES:
            whole = PREFIXES[prefix] + name
            first, *rest = whole.split(" per ")
            plural = first if name in UNCHANGED else f"{first}s"
            return whole, " per ".join([plural, *rest])
    return None
