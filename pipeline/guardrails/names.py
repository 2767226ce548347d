"""Names of people and of schools, where the text says whose they are: one's own, a friend's, a teacher's, "I go to …".

A name without such words stays: science is full of them, and "who was Marie Curie" must be answered.
"""

from pipeline.guardrails.given_names import GIVEN
from pipeline.guardrails.rules import Rule, rule
from pipeline.guardrails.values import Detail

NO_NAMES = frozenset((
    "a about actually after all also always am an and any are as asked at bad because been being better but by can "
    "class confused could curious doing done even excited first for from getting going good great group happy has "
    "have having help here how i if in interested into is it its just kind late learning like looking lost my new not "
    "now of ok okay on only or our out probably quite really ready right say says she he sick so sorry still "
    "struggling studying stuck sure taking team that the their then there these they think thinks this to told too "
    "trying unable unsure up using very was we what when where which who why will with wondering working wrong year "
    "you your high middle junior elementary public private local big small school grade student another same "
    "different old best law laws effect theory theorem principle rule equation motion cell cells energy force wave "
).split())
"""Words that are not a name, however they are written."""
NOT_PEOPLE = frozenset("coffee clean freeze bean potato pac universe world fahrenheit spock fusion hyde".split())
_N = r"[A-Z](?:[a-z]+|'[A-Z][a-z]+|[a-z]{1,2}[A-Z][a-z]+)(?:-[A-Z][a-z]+)?"
_WORD = r"[A-Za-z][a-z]+(?:['-][A-Za-z][a-z]+)?"
_RELATED = (
    r"(?i:my|our) (?i:(?:best|little|big|older|younger|twin|lab|class|study|new|old|math|science|physics|chemistry"
    r"|biology) )?"
    r"(?i:friend|bestie|classmate|partner|brother|sister|cousin|mom|mum|mother|dad|father|uncle|aunt|grandma|grandpa"
    r"|teacher|tutor|coach|neighbou?r"
    r"|crush|boyfriend|girlfriend|bf|gf|roommate|teammate)"
)
_NAMED = r"(?i:,? (?:is|named|called|is called|is named)|'s (?:full )?name is|:|,)?"
_OWN = (
    r"(?i:\bmy (?:full |first |last |real |whole )?(?:sur)?name(?:'s| is|:)|\bthe name's|\b(?:i'm|i am|im|he's"
    r"|she's) (?:called|named)|\bme llamo|\bmi nombre es"
    r"|\bje m'appelle|\bich hei(?:ss|ß)e|\bmein name ist|\bmi chiamo|\bmeu nome e|\bmy [a-z]+'s name is)"
)
_SCHOOL = (
    r"(?:High|Middle|Elementary|Junior High|Secondary|Primary|Grammar|Charter|Preparatory|Prep|Magnet|Boarding"
    r"|Day) School"
)
_ATTEND = (
    r"(?i:\bgo(?:ing)? to|\bwent to|\battend(?:ing)?|\bmy school(?: is|:|,)?|\b(?:student|freshman|sophomore|junior"
    r"|senior|pupil|kid|grader) (?:of|at|in)|\bstudy(?:ing)? at"
    r"|\benrolled (?:at|in))(?i: the)?"
)


def _two_names(said: str) -> bool:
    return not any(word.casefold() in NO_NAMES for word in said.split())


def _given(said: str) -> bool:
    """Whether it begins with a given name and goes on with no everyday word."""
    words = said.casefold().split()
    return words[0] in GIVEN and not any(word in NO_NAMES for word in words)


def _named(said: str) -> bool:
    words = said.split()
    return words[0].casefold() not in NO_NAMES


def _a_person(said: str) -> bool:
    return said.casefold().split()[-1] not in NOT_PEOPLE


def _a_school(said: str) -> bool:
    """Whether more of it is a name than "a big public high school"."""
    return said.split()[0].casefold() not in NO_NAMES


NAMES: tuple[Rule, ...] = tuple(rule(detail, pattern, passes, caseless=False) for detail, pattern, passes in (
    (Detail.NAME, rf"{_OWN} ({_N}(?:,? {_N}){{0,3}})", _named),
    (Detail.NAME, rf"{_OWN} ({_WORD} {_WORD})\b", _given),
    (Detail.NAME, rf"{_OWN} ({_WORD})\b", _named),
    (Detail.NAME, rf"(?:^|[.;:] |\n)(?i:name): ?({_N}(?: {_N}){{1,3}})", _two_names),
    (Detail.NAME, rf"(?:^|[.;:] |\n)(?i:name): ?({_WORD})\b", _given),
    (Detail.NAME, rf"\b(?i:i'm|i am|im|this is|it's|its|call me|they call me|me,) ({_WORD} {_WORD})\b", _given),
    (Detail.NAME, rf"\b(?i:i'm|i am|im|call me) ({_N} {_N})(?:$|[,.;!]| (?:and|from|in|of|the|with)\b| [0-9])", _two_names),
    (Detail.NAME, rf"\b(?i:i'm|i am|im|this is|it's|call me|they call me) ({_WORD})(?:$|[,.;!]| (?:and|from|here"
        r"|again)\b)", _given),
    (Detail.NAME, rf"\b{_RELATED}{_NAMED} ({_N} {_N})\b", _two_names),
    (Detail.NAME, rf"\b{_RELATED}{_NAMED} ({_WORD} {_WORD})\b", _given),
    (Detail.NAME, rf"\b{_RELATED}{_NAMED} ({_WORD})\b", _given),
    (Detail.NAME, rf"\b{_RELATED}{_NAMED} ({_N}) (?:says|said|thinks|thought|told|claims|believes|asked|wants)\b", _named),
    (Detail.NAME, rf"(?:^|[.,!] )({_N} {_N}) here\b", _two_names),
    (Detail.NAME, rf"(?:^|[.,!] )({_WORD}(?: {_WORD})?) here\b", _given),
    (Detail.NAME, rf"\b(?:Mr|Mrs|Ms|Miss|Mx)\.? ({_N}(?: {_N})?)", _a_person),
    (Detail.NAME, r"\b(?i:our|my) (?i:teacher|doctor|coach|principal|tutor),? (?:Dr|Prof|Professor|Coach|Sir"
        rf"|Principal)\.? ({_N}(?: {_N})?)", _a_person),
    (Detail.NAME, rf"\b(?i:signed|sincerely|yours|regards|cheers),? ({_N}(?: {_N}){{0,2}})(?:$"
        r"|[.!,])", _two_names),
    (Detail.NAME, rf"^({_N} {_N}), (?:born [^?]{{0,20}}20[0-9]{{2}}|aged? [0-9]{{1,2}}\b|[0-9]{{1,2}}(?: years old)?,"
        r"|grade [0-9])", _two_names),
    (Detail.SCHOOL, rf"\b((?:(?:St\.|{_N}(?:'s)?) )*{_N}(?:'s)? {_SCHOOL}(?: (?:of|for)(?: the)?(?: {_N})+)?)", _a_school),
    (Detail.SCHOOL, rf"{_ATTEND} ((?:(?:St\.|of|{_N}(?:'s)?) ){{0,4}}(?:{_SCHOOL}|{_N} High|{_N} Middle|{_N} Elementary"
        rf"|{_N} Prep|{_N} Academy|{_N} College|{_N} University|{_N} School"
        rf"|Academy of {_N}(?: {_N})?)(?: (?:of|for) {_N})?)", _a_school),
    (Detail.SCHOOL, rf"\b(?:at|from|in) ((?:(?:St\.|{_N}(?:'s)?) )*{_N}(?:'s)? (?:Academy|High|Middle|Elementary"
        r"|Junior High|Prep))\b", _a_school),
    (Detail.SCHOOL, r"\b(?i:at|from|of|in|to|attend)(?i: the)? ((?:Gymnasium|Realschule|Gesamtschule|Lycée|Lycee"
        rf"|Colegio|Liceo|Instituto) {_N})\b", _a_school),
    (Detail.SCHOOL, r"\b(P\.?S\.? #?[0-9]{2,3})\b", _a_person),
    (Detail.SCHOOL, rf"{_ATTEND} ((?i:(?:[a-z.']+ ){{1,4}}(?:high|middle|elementary|secondary|primary"
        r"|grammar) school))\b", _a_school),
))
