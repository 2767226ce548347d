"""Personal details of fixed form: addresses of every kind, numbers that belong to somebody, accounts, dates of birth.

A number alone is never one: it needs the form of a telephone number or a card, or words such as "my student ID is".
"""

from pipeline.guardrails.rules import Rule, digits, rule
from pipeline.guardrails.values import Detail

PHONE_DIGITS = range(7, 16)
INTERNATIONAL_DIGITS = range(9, 16)
CARD_LENGTHS = {"34": 15, "37": 15, "4": 16, "51": 16, "52": 16, "53": 16, "54": 16, "55": 16, "6011": 16, "65": 16,
                "22": 16, "23": 16, "24": 16, "25": 16, "26": 16, "27": 16}
"""What card numbers begin with, and how many digits they have (ISO/IEC 7812 as issued)."""

_TLD = r"(?:com|org|net|edu|gov|io|co|uk|us|de|fr|es|it|ca|au|in|me|info|app|dev)"
_SOCIAL = (
    r"(?:instagram|facebook|fb|tiktok|snapchat|twitter|x|youtube|linkedin|discord|twitch|reddit|threads|pinterest|roblox"
    r"|telegram|t|wa|vk"
    r"|steamcommunity|soundcloud)"
)
_PLATFORM = (
    r"(?:instagram|insta|snapchat|tiktok|tik tok|twitter|discord|telegram|roblox|fortnite|minecraft|youtube|whatsapp"
    r"|bereal)"
)
_WORDS_TOO = r"(?:ig:|kik:|psn:|my (?:ig|snap|steam|twitch|reddit|threads|fb|facebook|kik|psn|xbox))"
"""Platforms whose names are words of science and of every day: twitch, steam, IG and SNAP are proteins."""
_HANDLE = (
    r"(@[a-z0-9_.]{2,30}|[a-z0-9_.]{2,30}#[0-9]{4}|[a-z0-9.]*[a-z][a-z0-9.]*[_0-9][a-z0-9_.]*"
    r"|[a-z0-9_]{2,20}(?:\.[a-z0-9_]{1,20})+)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = (
    rf"(?:{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?(?:,? [0-9]{{4}})?|[0-9]{{1,2}}(?:st|nd|rd"
    rf"|th)?(?: of)? {_MONTH}(?:,? [0-9]{{4}})?"
    r"|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|[0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2})"
)
_RECENT = (
    rf"(?:{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? |[0-9]{{1,2}}(?: of)? {_MONTH},? "
    rf"|[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-])20[0-9]{{2}}"
)
_SPOKEN_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|terrace|ter|place|pl|way|parkway|pkwy"
    r"|circle|cir|crescent|close"
    r"|square|trail|highway|hwy)"
)
_AFTER_STREET = r"\b\.?(?: (?:nw|ne|sw|se)\b)?(?:,? (?:apt|apartment|unit|suite|#)\.? ?[a-z0-9]{1,5}\b)?"
_CALL = (
    r"(?:\b(?:call|text|ring|phone|dial|whatsapp|reach|sms|contact) (?:me|us|him|her|them|mom|mum|dad|papa|my [a-z]+)\b"
    r"|\b(?:phone|tel|telephone|whatsapp|fax)\b\.?|\b(?:cell|mobile)(?: phone| number|:)"
    r"|\bmy (?:phone |cell |mobile |home |telephone |whatsapp |[a-z]+'s )?(?:number|phone|cell|mobile)(?:'s)?)"
    r"(?: (?:number|no\.?|at|on|is|under|back|please)|:)*"
)
_OWNED = (
    r"(?:student|school|pupil|learner|lunch|library|passport|driver'?s? licen[cs]e|ssn|social security"
    r"|national insurance|locker|badge|roll"
    r"|enrol?lment|membership|matriculation|bank|gift card|id)"
)


def _phone(said: str) -> bool:
    return len(digits(said)) in PHONE_DIGITS


def _international(said: str) -> bool:
    return len(digits(said)) in INTERNATIONAL_DIGITS


def _card(said: str) -> bool:
    number = digits(said)
    return any(number.startswith(begin) and len(number) == size for begin, size in CARD_LENGTHS.items()) and luhn(number)


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _mixed(said: str) -> bool:
    """Whether it is neither a word nor a number: letters with a digit or a sign among them, or with a capital inside."""
    letters = [sign for sign in said if sign.isalpha()]
    return 0 < len(letters) < len(said) or (len(letters) == len(said) and any(sign.isupper() for sign in said[1:]))


FIXED: tuple[Rule, ...] = (
    rule(Detail.EMAIL, r"[a-z0-9._%+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}"),
    rule(Detail.EMAIL, rf"[a-z0-9._%+-]+ ?(?:\[at\]|\(at\)|\{{at\}}|<at>) ?[a-z0-9-]+ ?(?:\[dot\]|\(dot\)|\{{dot\}}"
        rf"| dot |\.) ?{_TLD}\b"),
    rule(Detail.EMAIL, r"[a-z0-9._%+-]+(?: dot [a-z0-9_-]+)* at [a-z0-9-]+ dot (?:com|org|net|edu|gov|de|fr|co|uk|io)\b"),
    rule(Detail.LINK, rf"(?:https?://)?(?:[a-z0-9-]+\.)?\b{_SOCIAL}\.(?:com|tv|me|gg|net|ly)/[^\s,]+"),
    rule(Detail.LINK, r"https?://[^\s]*(?:@|[?&](?:id|uid|user|student|name|email|token|key)=)[^\s]*"),
    rule(Detail.LINK, r"(?:https?://)?[a-z0-9-]+\.(?:wordpress|blogspot|tumblr|weebly|wixsite|substack)\.com(?:/[^\s]*)?"),
    rule(Detail.LINK, r"\bmy (?:page|blog|site|website|channel|profile|link|portfolio)(?: is| at|:)* ((?:https?://"
        r"|www\.)[^\s,]+|[a-z0-9-]+\.[a-z]{2,6}/[^\s,]+)"),
    rule(Detail.CARD, r"(?:^|[^0-9.,])([0-9]{15,16}|[0-9]{4}(?: [0-9]{4}){3}|[0-9]{4}(?:-[0-9]{4}){3}"
        r"|[0-9]{4} [0-9]{6} [0-9]{5}"
         r"|[0-9]{4}-[0-9]{6}-[0-9]{5})\b", _card),
    rule(Detail.NUMBER, r"\b([0-8][0-9]{2}-[0-9]{2}-[0-9]{4})\b"),
    rule(Detail.NUMBER, rf"\b{_OWNED}(?: (?:id|card|number|no|nr|pin|code|combination|combo)\b\.?| ?#)+(?: (?:is|was)|:"
        rf"|=|'s)* ?([a-z]{{0,4}}-?[0-9][0-9a-z-]{{3,20}})\b"),
    rule(Detail.NUMBER, r"\b(?:student|pupil|ssn|social security|passport|my id|id no\.?|id number|pin)(?: (?:is|was)|:"
        r"|=)* ?([a-z]{0,4}-?[0-9][0-9a-z-]{3,20})\b"),
    rule(Detail.BIRTH, r"\b(?:birthday|birth date|birthdate|b-?day|dob|d\.o\.b\.?|date of birth)(?: (?:is|was)|:|'s"
        rf"|=)*(?: on)?(?: the)? ({_DATE})"),
    rule(Detail.BIRTH, rf"\b(?:i was|i'm|i am|we were|my [a-z]+ was) born(?: on)? (?:the )?({_DATE})"),
    rule(Detail.BIRTH, rf"\bborn(?: on)? (?:the )?({_RECENT})\b"),
    rule(Detail.PHONE, rf"{_CALL} ?(\+?\(?[0-9][0-9 ().-]{{5,20}}[0-9])", _phone),
    rule(Detail.PHONE, r"(?:^|[\s:;,(])(\+[1-9][0-9]{0,2}[ .-]?(?:\(?[0-9]{1,5}\)?[ .-]?){1,5}[0-9]{2,5})\b",
         _international),
    rule(Detail.PHONE, r"(\+?[0-9][0-9 ().-]{5,20}[0-9]),? is my (?:digits|number|phone|cell|mobile)\b", _phone),
    rule(Detail.PHONE, r"(?:^|[\s:;,(])(00[1-9][0-9]{0,2}[ -][0-9]{2,5}(?:[ -][0-9]{2,5}){1,3})\b"),
    rule(Detail.PHONE, r"(?:^|[^0-9.+-])((?:1[-. ])?(?:\([2-9][0-9]{2}\) ?"
        r"|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-. ][0-9]{4})(?:$|[^0-9.-]|[.-](?:$|[^0-9]))"),
    rule(Detail.PHONE, rf"(?:number|call|phone|text|cell)[a-z' :]{{0,16}}? ((?:{_SPOKEN_DIGIT}["
        rf" -]){{6,}}{_SPOKEN_DIGIT})\b"),
    rule(Detail.ADDRESS, r"(?:live|living|stay|address|house|home|send it|come)(?: (?:is|at|on|in"
        rf"|to))*:? ([0-9]{{1,5}}[a-z]? (?:[a-z0-9.']+ ){{0,3}}[a-z0-9.']+ {_STREET}{_AFTER_STREET})"),
    rule(Detail.ADDRESS, r"\b(?:live|living|house is|home is|address is) (?:on|at"
        rf"|in) ((?:[a-z0-9']+ ){{1,3}}{_STREET}\b,? (?:number |no\.? |#)?[0-9]{{1,5}})\b"),
    rule(Detail.ADDRESS, r"\bp\.? ?o\.? box [0-9]{1,6}\b"),
    rule(Detail.ADDRESS, r"\b[0-9]{1,4},? (?:rue|chemin|impasse|allee) (?:de |du |des |la |le )*[a-z][a-z-]+\b"
        r"|\b(?:calle|avenida) (?:de |la |los |las )*[a-z]+(?: [a-z]+)?,? [0-9]{1,4}\b"),
    rule(Detail.ADDRESS, r"\b[A-Z][a-zß]+(?:straße|strasse|str\.|weg|gasse|platz|allee) [0-9]{1,4}[a-z]?\b", caseless=False),
    rule(Detail.ADDRESS, (
        r"\b([0-9]{1,5}[A-Z]? (?:[NSEW]\.? |North |South |East |West )?(?:(?:[A-Z][A-Za-z'.]+|[0-9]{1,3}(?:st|nd|rd"
        r"|th)) ){1,4}"
        r"(?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Terrace|Place|Pl|Way|Parkway|Pkwy"
        r"|Circle|Crescent|Close|Square)\b"
        r"\.?(?: (?:NW|NE|SW|SE)\b)?(?:,? (?:Apt|Apartment|Unit|Suite|#)\.? ?[A-Za-z0-9]{1,5}\b)?)"), caseless=False),
    rule(Detail.ACCOUNT, rf"\b(?:{_PLATFORM}|{_WORDS_TOO})(?: (?:handle|name|account|user ?name|id|tag|gamertag|user))?"
         rf"(?: (?:is|as|at|under)|:|'s|=)*[ :=]{_HANDLE}"),
    rule(Detail.ACCOUNT, rf"\b(?:{_PLATFORM}|{_WORDS_TOO})(?: (?:is|as|under)|:) ([A-Za-z0-9_]{{4,30}})\b", _mixed),
    rule(Detail.ACCOUNT, r"\b(?:follow|add|dm|message|find|tag) (?:me|us)(?: [a-z]+){0,3} (@[a-z0-9_.]{2,30})"),
    rule(Detail.ACCOUNT, r"\bmy (?:user ?name|handle|gamer ?tag|nickname|nick|login|screen ?name|password"
        r"|passcode)(?: (?:is|was)|:|'s|=)+ ?([^\s,;]{4,40})", _mixed),
)
"""In the order in which they count where several find something in the same place."""
