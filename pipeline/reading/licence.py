"""What a licence allows, from its address or its first words: the name that is cited, and whether profit is excluded."""

import re
from typing import NamedTuple

ADDRESS = re.compile(
    r"creativecommons\.org/(?:licenses/(?P<terms>by[a-z-]*)/(?P<version>\d\.\d)|publicdomain/(?P<open>zero|mark))", re.IGNORECASE
)
HEADING = re.compile(r"\A\W*(?:Creative Commons\s+)?(?P<words>Attribution[A-Za-z-]*)\s+(?P<version>\d\.\d)", re.IGNORECASE)
SHORT = re.compile(r"\bCC[ -](?P<terms>BY(?:-[A-Z]{2})*)(?:[ -](?P<version>\d\.\d))?", re.IGNORECASE)
WORDS = {"noncommercial": "NC", "sharealike": "SA", "noderivatives": "ND", "noderivs": "ND"}
OPEN = {"zero": "CC0", "mark": "Public Domain Mark"}


class Licence(NamedTuple):
    """A licence by its short name; all empty when the book does not say."""

    name: str = ""
    address: str = ""

    @property
    def noncommercial(self) -> bool:
        """Whether the terms or the words exclude commercial use."""
        return "-NC" in self.name or "noncommercial" in self.name.casefold().replace("-", "")


def from_text(text: str) -> Licence:
    """The licence that an address, a metadata field or the head of a LICENSE file names; as it stands where it is unknown."""
    if found := ADDRESS.search(text):
        return _open(found["open"]) if found["open"] else _creative(found["terms"].upper(), found["version"])
    if found := HEADING.search(text):
        terms = [WORDS[word.casefold()] for word in found["words"].split("-")[1:] if word.casefold() in WORDS]
        return _creative("-".join(["BY", *terms]), found["version"])
    if found := SHORT.search(text):
        return _creative(found["terms"].upper(), found["version"] or "")
    return Licence(name=" ".join(text.split())[:80])


def stricter(one: Licence, other: Licence) -> Licence:
    """The one that allows less: where a book says two things, the careful reading holds."""
    return max(one, other, key=lambda licence: (licence.noncommercial, bool(licence.address), licence.name.count("-")))


def _open(kind: str) -> Licence:
    name = OPEN[kind.casefold()]
    return Licence(name, f"https://creativecommons.org/publicdomain/{kind.casefold()}/1.0/")


def _creative(terms: str, version: str) -> Licence:
    address = f"https://creativecommons.org/licenses/{terms.casefold()}/{version}/" if version else ""
    return Licence(f"CC {terms} {version}".strip(), address)
