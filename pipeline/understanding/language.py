"""Is this text a question in English at all?"""

import re
import unicodedata
from collections.abc import Iterable

KNOWN_NEEDED = 0.3
LATIN_NEEDED = 0.6
_WORD = re.compile(r"[a-z]{3,}")
EVERYDAY = frozenset(
    "about above after again all also always and another any are around ask away back bad bank because been before begin "
    "best better between big body book both boy bring bus but buy call can car change child city class close cold come "
    "computer could country cut date day did does dog doing done door down draw drink drive each earth easy eat essay even "
    "ever every example explain eye fact fall family far fast father feel few find first food for found friend from fun "
    "game get girl give going good got great green group grow had half happen hard has have head hear help her here high "
    "him his history home homework hot house how idea ignore instructions into its joke just keep kind know large last "
    "later law learn leave left less lesson let letter life light like line list little live long look lot love made make "
    "man many math maths may mean means meet more most mother move much music must name near need never new next nice "
    "night not now number off often old once one only open order other our out over own page part people phone physics "
    "place plant play please point previous print problem prompt question quick quickly read real really right room run "
    "said same say school science sea see seem sentence set she should show sleep small some something sometimes soon "
    "start still stop story student study such sun system take talk teach teacher tell test than thank that the their "
    "them then there these they thing things think this those three through time today together tomorrow too tree true "
    "try turn two under understand until use used using very walk want was watch water way weather week well went were "
    "what when where which while white who why will win with without word words work world would write wrong year yes you "
    "young your".split()
)


class Vocabulary:
    """The words that this installation can be expected to know: everyday English and the words of its corpus."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words = EVERYDAY | {word for text in texts for word in _WORD.findall(text.casefold())}

    def share_known(self, text: str) -> float:
        """The share of the words of three letters or more that are known; 0.0 when there is none."""
        words = _WORD.findall(text.casefold())
        return sum(self._known(word) for word in words) / len(words) if words else 0.0

    def _known(self, word: str) -> bool:
        return word in self._words or any(
            word.endswith(ending) and word[:-len(ending)] in self._words for ending in ("s", "es", "ed", "ing", "ly")
        )


def unreadable(text: str, vocabulary: Vocabulary) -> str | None:
    """Why the text cannot be read as an English question, in one sentence to the student; None when it can."""
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return "There are no words in this question: please write it as a sentence."
    latin = sum("LATIN" in unicodedata.name(character, "") for character in letters)
    if latin / len(letters) < LATIN_NEEDED:
        return "Lessons are made in English only: please ask in English."
    if vocabulary.share_known(text) < KNOWN_NEEDED:
        return "This does not read like a question: please ask it in plain English words."
    return None
