"""Text that talks to the machine instead of asking about science: instructions, roles, markup, code. Ordinary science passes.

Each pattern is an address to a system, never a single word: "override the default gear", "the solar system: planets" and
"how does an enzyme act as a catalyst" are questions like any other.
"""

import unicodedata

from pipeline.guardrails.folding import disguises, fold, in_own_letters
from pipeline.guardrails.patterns import compiled, first
from pipeline.guardrails.values import Declined, Guard

SYMBOLS_ALLOWED = 0.12
PLAIN_SIGNS = frozenset(".,;:!?'’\"“”()[]{}<>|-–—%°=+*/^_")
_NOT_HEED = (
    r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|bypass(?:ing)?|overrid(?:e|ing)|skip|cancel|drop|break|disobey"
    r"|overlook"
    r"|erase|set aside|suspend|abandon|reject|defy|violate|pay no attention to|never mind|(?:do not|don'?t|not|stop"
    r"|without"
    r"|no longer|(?:don'?t|no) (?:need|have) to) (?:follow|obey|listen to)(?:ing)?)"
)
_MAKERS = r"(?:developers?|makers?|creators?|owners?|company|company's|admins?|programmers?|bosses|boss)"
_GIVEN = (
    r"(?:instructions?|directions|directives|orders|prompts?|guidelines|guard ?rails|(?:system|developer) messages?"
    r"|programming)"
)
_LIMITS = (
    r"(?:rules|restrictions|constraints|limits|filters?|(?:content )?polic(?:y|ies)|(?:safety|content) (?:settings"
    r"|filters?|rules))"
)
_OF_YOURS = (
    r"(?:your|(?:your |the |all )?(?:previous|prior|earlier|preceding|above|former|initial|original|system"
    r"|developer'?s?))"
)
_TOLD = (
    r"(?:you (?:were|have been|are|got|'ve been) (?:told|given|taught)|(?:told|said|written|given) (?:you )?(?:above"
    r"|before|earlier)|above|before this)"
)
_BEGINS = r"(?:^|[.,;:!?] ?|\b(?:please|now|then|you (?:must|should|will|can|have to)) )"
_MACHINE = r"(?:ai|a\.i\.|bot|chat ?bot|llm|language model|robot|assistant|hacker|terminal|dan)"

ADDRESSES = {
    "override": compiled(
        r"^#* ?(?:system|assistant) ?:",
        rf"{_NOT_HEED}(?: [^ .?!]+){{0,3}} {_OF_YOURS}(?: [^ .?!]+){{0,2}} (?:{_GIVEN}|{_LIMITS})\b",
        rf"{_NOT_HEED} {_OF_YOURS} (?:{_GIVEN}|{_LIMITS})\b",
        rf"{_NOT_HEED} (?:all|any|every|these|those|the)(?: [^ .?!]+){{0,2}} {_GIVEN}(?:$|[.,;!]| (?:and|above|before"
        r"|you|below|please|from))",
        rf"{_NOT_HEED}(?: all| any| every| these| those)? {_LIMITS}(?:$|[.;!]| (?:and|above|please))",
        rf"{_NOT_HEED} (?:everything|anything|all|all that|what|whatever|the {_LIMITS})(?: [^ .?!]+){{0,2}} ?{_TOLD}\b",
        rf"{_NOT_HEED}(?: the| any)? (?:{_GIVEN}|{_LIMITS}) (?:that )?(?:your|the) (?:developers?|makers?|creators?"
        r"|owners?|company)\b",
        rf"{_NOT_HEED} (?:what|whatever|anything|your)(?: your| the)? {_MAKERS}\b|\bas your {_MAKERS}\b"
        rf"|\bfrom your {_MAKERS}\b",
        r"\b(?:quit|stop) being an? (?:[a-z]+ )?(?:tutor|teacher|assistant|bot|ai|robot)\b|\bwhatever i (?:ask|say)\b"
        r"|\beverything i say as\b",
        r"\bthe real (?:task|job|question|instruction) is\b|\bend of (?:the |user )?(?:question|prompt|input"
        r"|instructions)\b",
        rf"{_NOT_HEED} what (?:the|your) (?:system|developer) (?:message|prompt)\b",
        r"\b(?:actually|now),? forget (?:that|this|it|everything)\b|\bforget everything (?:and|you|i said)\b",
        rf"\b(?:{_GIVEN}|{_LIMITS})(?: [^ .?!]+)? (?:no longer|do not|don't) apply\b|\bnew (?:task|{_GIVEN})(?: is"
        r"| are)?(?: for (?:the|you)\b| ?:)",
        r"\b(?:disable|turn off|switch off|remove|lift|deactivate) (?:all )?(?:of )?(?:your|the safety|the content"
        r"|safety|content)\b(?: [^ .?!]+){0,2} "
        r"(?:filters?|checks?|restrictions|rules|settings|safety|safeguards|limits|moderation)\b",
        rf"ignore(?:all|your|the|previous|any|every)[a-z]{{0,16}}(?:{_GIVEN}|rules)",
    ),
    "reveal": compiled(
        rf"\b(?:{_OF_YOURS}|hidden|secret|own|full)(?: [a-z-]+)? (?:prompts?|instructions|guidelines|system messages?"
        r"|developer messages?"
        r"|configuration|api keys?|context window|content polic(?:y|ies))\b",
        r"\b(?:hidden|secret|your) rules\b|\bsystem ?prompts?\b|\brules you (?:were|have|are|must)\b"
        r"|\bthe prompt you (?:were|got|have)\b",
        r"\b(?:repeat|print|copy|paste|output|show|reveal|display|translate|see|read|summari[sz]e|give)(?: me| back"
        r"| out)?(?: all| exactly)?(?: of)? "
        r"(?:the )?(?:words?|text|lines?|everything|sentences?|messages?) (?:written |that (?:is|was|were|stands?"
        r"|came) )?(?:above|before (?:this|my|the|mine|i))\b",
        r"\bthat configures? you\b|\b(?:told|given|asked|instructed) before (?:i|my|this)\b|\b(?:raw|underlying|entire"
        r"|actual) prompt\b",
        r"\bwritten before my\b|\bstarting with ['\"]?you are\b|\brepeat everything\b",
        r"\badmin(?:istrator)? password\b|\bpasswords? (?:of|for|to) (?:the|your) (?:database|server|system|admin)",
        r"\blist all (?:users?|user accounts|passwords)\b",
    ),
    "role": compiled(
        r"\byou are (?:now|no longer) (?:an?|the|my|free|in|dan|not|evil|called|[a-z]+,)\b|\bthe (?:student"
        r"|user) is (?:now )?(?:an? )?admin",
        r"\bfrom (?:now|here|this moment|this point)(?: on)?,?(?: [^ .?!]+){0,2}? (?:you|your|act|answer|respond|talk"
        r"|speak)\b",
        r"\bstay in character\b|\b(?:developer|jailbreak|god|dan|debug) mode\b|\bjailbreak(?:ed|ing)? (?:yourself"
        r"|the (?:ai|system|model)|this)\b|\bdo anything now\b",
        rf"{_BEGINS}(?:act|behave|respond|answer|talk|speak|reply) (?:as|like) (?:an?|if you|though you|you|my)\b",
        rf"{_BEGINS}(?:and )?role-? ?play(?:ing)? (?:as|that)\b|{_BEGINS}simulate an? (?:[a-z]+ )?{_MACHINE}\b",
        r"\b(?:pretend|imagine)(?: that)? (?:to be|you are|you're|you were|being) (?:my\b|evil\b|(?:an? "
        rf"|the )?(?:[^ .?!]+ )?{_MACHINE}\b)",
        r"\b(?:unrestricted|unfiltered|uncensored|amoral) (?:ai|model|assistant|bot|mode|answers?|version)\b",
        rf"\b{_MACHINE} (?:with no|without)(?: any)? {_LIMITS}\b|\b(?:answer|reply|respond"
        rf"|talk)(?: [^ .?!]+){{0,2}} without(?: any)? {_LIMITS}\b",
        rf"\b(?:have|has|with) no (?:content )?{_LIMITS} and\b|\byou have no (?:content )?{_LIMITS}\b",
        rf"\byou(?:'re| are) an? (?:[a-z]+ ){{0,2}}{_MACHINE}\b|\bnever refuses?\b|\byou (?:had|have got) no {_LIMITS}\b",
        rf"\b(?:your )?(?:{_LIMITS}|guard ?rails) (?:were|are|is) (?:off|gone|disabled|lifted|removed)\b",
        r"\bbe my (?:girlfriend|boyfriend|lover|slave)\b",
    ),
    "output": compiled(
        r"\b(?:answer|reply|respond|say|output)(?: to me| me)? (?:only|just|exactly|nothing but|with nothing but"
        r"|with only|with exactly)(?: with| in)? "
        r"(?:the (?:word|words|phrase|sentence)|one word|yes|no|['\"]|hacked)",
        r"\b(?:answer only with|(?:answer|reply|respond)(?: to me)? with nothing but|only (?:say|answer|output) (?:yes"
        r"|no|the word)|say only)\b",
        r"\byour (?:only|whole|entire|complete) (?:answer|reply|response|output)\b",
        r"\b(?:begin|start|end|finish) (?:your|every|each) (?:reply|answer|response|output|sentence|paragraph)\b",
        r"\b(?:lesson|video|answer)(?: so)?(?: that| must| should)?(?: it)? (?:tells?|says?|asks?|telling|saying"
        r"|asking) (?:the |all |to )?(?:students?|everyone|people|teachers?|buy)\b",
        r"\b(?:say|write|put|insert)(?: [^ ]+){1,8} (?:in|into|as) the title\b",
        r"\byour (?:answer|response|reply|output) (?:must|should|has to|will) (?:contain|be|say|include|start|end)\b",
        r"\b(?:put|say|write) (?:this|that|it) in(?:to)? the (?:video|lesson|article|title)\b|\b(?:reply|answer"
        r"|respond) in [a-z]+ (?:language|voice|accent) only\b",
        r"\bbase ?64\b(?: [^ ]+){0,5} (?:do|follow|obey|execute)\b|\bbackwards?\b(?: [^ ]+){0,3} (?:obey|follow|execute"
        r"|do what)\b",
        r"\b(?:do|follow|obey|execute) what it says\b",
    ),
}
IN_OTHER_LANGUAGES = compiled(*map(in_own_letters, (
    r"\b(?:ignora|olvida|descarta)\w* (?:\w+ ){0,3}(?:instrucciones|reglas|indicaciones)",
    r"\bno sigas (?:tus|las) |\b(?:muestra|dime|revela|ensena)(?:me)? (?:tus|las) (?:instrucciones|reglas)|\b(?:mostre"
    r"|diga) (?:suas|as) (?:instrucoes|regras)",
    r"\b(?:zeig|gib|nenn|sag)e? mir deine (?:\w+ )?(?:anweisung|regel|vorgabe|befehl)|\b(?:montre|affiche|donne"
    r"|dis)(?:-moi| moi)? tes (?:\w+ )?(?:instructions|consignes|regles)",
    r"\b(?:mostra|dimmi|rivela)(?:mi)? le tue (?:istruzioni|regole)",
    r"\b(?:ignorier|vergiss|missachte)\w* (?:\w+ ){0,3}(?:anweisung|regel|vorgabe)|\bdeinen? (?:system ?)?prompt",
    r"\b(?:ignore|oublie)[sz]? (?:\w+ ){0,3}(?:instructions|consignes|regles)\b|\bton prompt\b",
    r"\b(?:ignore|esqueca) (?:\w+ ){0,3}(?:instrucoes|regras)|\b(?:ignora|dimentica) (?:\w+ ){0,3}(?:istruzioni|regole)",
    r"(?:игнорируй|забудь)[^ ]* (?:[^ ]+ ){0,3}(?:инструкци|правила)|(?:忽略|无视|忘记|忘掉).{0,10}(?:指令|指示|规则|提示)",
    r"(?:指示|命令|ルール|規則).{0,6}(?:無視|忘れ)|(?:تجاهل|انس).{0,20}(?:تعليمات|قواعد|اوامر)|(?:지시|명령|규칙).{0,12}(?:무시|잊)",
)))
CODE = compiled(
    r"<[/!]?(?:script|img|iframe|svg|style|body|html|object|embed|link|meta|form|input|button|video|audio|system|user"
    r"|assistant"
    r"|instructions?|prompt|context|question)\b[^<>]*>?",
    r"</[a-z][a-z0-9]*>|<[a-z][a-z0-9]*\s[^<>]*=[^<>]*>|<\|[a-z_]+\|?>|<%|\[/?inst\]|\{\{[^{}]+\}\}|\{%|\$\{|\$\([a-z]",
    r";\s*(?:drop\s+table|delete\s+from|insert\s+into|update\s+\w+\s+set)\b|['\";]\s*drop\s+table\b"
    r"|\bunion\s+(?:all\s+)?select\b",
    r"(?:^\s*\d*|['\"])\s*or\s+['\"]?1['\"]?\s*=\s*['\"]?1|\brm\s+-rf?\b|&&\s*(?:rm|curl|wget|cat|sh)\b|\|\s*(?:sh"
    r"|bash)\b|\bjavascript:|__[a-z]+__",
    r"\b(?:open|eval|exec|system)\s*\(\s*['\"]|/etc/passwd|;\s*select\s+\*|\b(?:human|assistant)\s*:\s",
    caseless=True,
)
SAID = {
    "markup": "This looks like code or markup, not a question: please ask in plain words.",
    "signs": "This has too many signs to be read as a question: please ask in plain words.",
    "address": "This asks the system to do something else: please ask a question about a topic from class.",
}


def injected(text: str) -> Declined | None:
    """Why the text is not a question for a lesson; None when it may be one."""
    if CODE.search(text) or CODE.search(fold(text).text):
        return _declined("markup", SAID["markup"])
    kind = first(ADDRESSES, disguises(text))
    if kind is None and IN_OTHER_LANGUAGES.search(in_own_letters(text)):
        kind = "other_language"
    if kind:
        return _declined(kind, SAID["address"])
    return _declined("signs", SAID["signs"]) if _share_of_signs(text) > SYMBOLS_ALLOWED else None


def _declined(kind: str, reason: str) -> Declined:
    return Declined(guard=Guard.INJECTION, kind=kind, reason=reason)


def _share_of_signs(text: str) -> float:
    """How much of the text is signs that no sentence and no formula needs."""
    return sum(not _plain(character) for character in text) / max(1, len(text))


def _plain(character: str) -> bool:
    if character.isalnum() or character.isspace() or character in PLAIN_SIGNS:
        return True
    return unicodedata.category(character) in ("Sm", "Mn", "No", "Cf")
