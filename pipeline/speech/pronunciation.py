"""Spoken words -> the spelling that makes the voice's phonemiser (eSpeak) say them right.

Every row was found wrong in the phonemes: the letter A among others is taken for the article, `xi` for a Roman eleven,
and AND in "an AND gate" is swallowed.
"""

RESPELLED = {
    "AND": "annd", "OR": "ore", "NOT": "nott",  # in capitals they are gates, and stressed
    "A": "eigh", "A's": "eighs", "xi": "ksigh", "nu": "new",
    "adenosine": "uh-denno-seen", "triphosphate": "try-fossfate", "diphosphate": "dye-fossfate",
    "ribosome": "rybo-soam", "ribosomes": "rybo-soams", "meiosis": "my-osis", "prophase": "pro-phase",
    "thymine": "thigh-meen", "guanine": "gwah-neen", "cytosine": "sigh-toe-seen",
    "covalent": "co-vaylent", "enthalpy": "en-thulpy",
    "electronegativity": "electro-negativity", "stoichiometry": "stoykey-ometry", "mendeleev": "mendel-eigh-ev",
    "kinematics": "kinnematics", "ultraviolet": "ultra-violet", "memoization": "memmo-ization", "ammeter": "am-meter",
    "augustus": "uh-gustus", "proline": "pro-leen", "alanine": "alla-neen", "methionine": "meth-eye-uh-neen",
    "centripetal": "sen-trippit-ull",
}


def respelled(word: str) -> str:
    """The word as the phonemiser shall see it."""
    return RESPELLED.get(word) or RESPELLED.get(word.lower(), word)
