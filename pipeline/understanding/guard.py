"""Text that talks to the machine instead of asking about science: instructions, markup, code. Ordinary science passes.

Each pattern is an address to a system, never a single word: "override the default gear" and "the solar system: planets"
are questions like any other.
"""

import re

SYMBOLS_ALLOWED = 0.12
_ADDRESSES = re.compile(
    r"\b(?:ignore|disregard|forget|bypass)\b[^.?!]{0,40}\b(?:instructions?|rules|prompts?|guidelines|above|previous)\b"
    r"|\bforget (?:that|everything)\b"
    r"|\b(?:your|the|system|hidden|secret|initial)\s+(?:system\s+)?(?:prompt|instructions|guidelines|rules you)\b"
    r"|\byou are now\b|\bact as (?:an?|if)\b|\bpretend (?:to be|you are)\b|\bdeveloper mode\b|\bjailbreak\b"
    r"|\bnew (?:task|instructions?) for (?:the|you)\b|\brepeat everything\b|\badmin(?:istrator)? password\b"
    r"|\banswer only with\b|^\s*(?:system|assistant)\s*:",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"<\s*/?\s*[a-z!][^>]*>|\{\{|\$\{|\$\(|<%|;\s*(?:drop|delete|insert|update)\s|\bdrop\s+table\b|\bunion\s+select\b"
    r"|\bor\s+1\s*=\s*1\b|&&|\bjavascript:",
    re.IGNORECASE,
)


def addressed_to_the_machine(text: str) -> str | None:
    """Why the text is not a question for a lesson, in one sentence to the student; None when it may be one."""
    if _CODE.search(text):
        return "This looks like code or markup, not a question: please ask in plain words."
    if _ADDRESSES.search(text):
        return "This asks the system to do something else: please ask a question about a topic from class."
    signs = sum(not (character.isalnum() or character.isspace() or character in ".,;:!?'’\"()-–%°=+*/^²³") for character in text)
    if signs / max(1, len(text)) > SYMBOLS_ALLOWED:
        return "This has too many signs to be read as a question: please ask in plain words."
    return None
