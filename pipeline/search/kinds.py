"""What kind of query a text is, told by its form alone: a question, an objective, a definition, key words, a statement.

No label of any collection is looked at: a question asks, or leaves a blank; an objective begins with a verb of Bloom's
taxonomy; a definition reads like a dictionary's entry, without a capital; a statement is a sentence.
"""

import re
from collections.abc import Sequence

from pipeline.search.values import Kind

ASKING = frozenset("what whats why who whose whom which how".split())
AUXILIARIES = frozenset(
    "is are was were am do does did can could should would will has have had isn't aren't don't doesn't can't won't".split()
)
CONNECTIVES = frozenset("when where if".split())
"""They open a question when an auxiliary follows, and a definition more often: "when the net force is zero …"."""
PERSONAL = frozenset("i i'm i've my me we we're our us you your you're".split())
"""Nobody says "I" in a definition."""
COMMANDS = frozenset(
    "add analyze analyse apply appraise argue arrange assess associate build calculate categorize choose cite classify "
    "collect combine compare complete compose compute conclude consider construct contrast convert create criticize critique "
    "debate deduce defend define demonstrate derive describe design determine develop diagram differentiate discover discuss "
    "distinguish draw employ estimate evaluate examine explain explore express extend find formulate generalize give "
    "identify illustrate imagine infer inspect integrate interpret investigate judge justify know label learn list locate "
    "make match measure memorize model name observe order outline perform plan predict prepare present produce propose "
    "prove provide quantify rank recall recite recognize recognise record relate repeat report represent restate review "
    "revise rewrite select show simplify sketch solve sort specify state summarize summarise support tell test trace "
    "translate understand use verify view write".split()
)
ASKED_OTHERWISE = re.compile(
    r"\?|_{2,}|\btrue or false\b|\b(?:which|all|none|any) of the (?:following|above)\b|:$|, (?:what|why|who|which|how)\b",
    re.IGNORECASE,
)
WORD = re.compile(r"\w+(?:['’]\w+)?")
TASK = re.compile(r"\W*(\w+)(\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+|)", re.IGNORECASE)
"""A word of "define, explain and compare", with what joins it to the next."""
FEW = 3


def kind_of(text: str) -> Kind:
    """The kind of this query."""
    words = [word.casefold().replace("’", "'") for word in WORD.findall(text)]
    if ASKED_OTHERWISE.search(text) or _asks(words):
        return Kind.QUESTION
    if words and words[0] in COMMANDS:
        return Kind.OBJECTIVE
    if not PERSONAL.isdisjoint(words):
        return Kind.QUESTION
    if len(words) <= FEW:
        return Kind.KEYWORDS
    return Kind.STATEMENT if text[:1].isupper() else Kind.DEFINITION


def subject_of(objective: str) -> str:
    """What an objective is about: "Describe and compare waves" is about waves."""
    rest = objective
    while (found := TASK.match(rest)) and found[1].casefold() in COMMANDS:
        rest = rest[found.end():]
        if not found[2]:
            break
    return rest


def _asks(words: Sequence[str]) -> bool:
    first, second = [*words, "", ""][:2]
    opens = first in AUXILIARIES and second != "not"
    return first in ASKING or opens or (first in CONNECTIVES and second in AUXILIARIES)
