"""The words in which harm is asked for, in English and in short for other languages; see `unsafe`."""

from pipeline.guardrails.folding import in_own_letters
from pipeline.guardrails.patterns import compiled

SELF_HARM = "self_harm"
_HOW = (
    r"\b(?:how (?:do|can|could|would|should|to|does one)(?: i| you| we| one| someone)?(?: best| easily| quickly"
    r"| secretly| quietly)?"
    r"|(?:teach|show|tell) me(?: how)? to|ways? (?:to|of)|steps to|recipe (?:for|to)|instructions (?:for|to)"
    r"|help me(?: to)?"
    r"|(?:can|could) i|is it possible to|i (?:want|need|am going|plan) to|i'm going to|(?:best|easiest|fastest) way to"
    r"|let'?s|step by step)"
)
_MAKE = (
    r"(?:make|build|cook|create|construct|assemble|synthesi[sz]e|mix|brew|produce|3d print|print|making|building|cooking"
    r"|get hold of|buy|buying"
    r"|turn (?:an? )?[a-z ]{2,24} into)"
)
_SOME = (
    r"(?: (?:an?|some|the|my|your|own|real|working|home ?made|simple|small|big|cheap|untraceable|3d|printed|powerful))*"
)
_WEAPON = (
    r"(?:(?:pipe |nail |petrol |fire |car |dirty |nuclear |atomic |home ?made )?bombs?|explosives?|grenades?"
    r"|molotov(?: cocktails?)?|napalm|glocks?|(?:explosive|incendiary) devices?|sarin"
    r"|nerve gas|mustard gas|ricin|anthrax|(?:chemical|biological) weapons?|silencers?|ghost guns?|guns?|pistols?"
    r"|rifles?|firearms?"
    r"|land ?mines?|ieds?|tnt|gunpowder(?: bombs?)?)"
)
_DRUG = (
    r"(?:(?:crystal )?meth|methamphetamine|mdma|ecstasy|molly|lsd|acid tabs|(?:crack )?cocaine|heroin|fentanyl|dmt"
    r"|ketamine|weed|marijuana|cannabis"
    r"|edibles|magic mushrooms|shrooms|psilocybin|purple drank|moonshine|steroids|xanax|adderall|opium|ghb|(?:illegal "
    r"|street |hard )drugs|vapes?|vape juice)"
)
_PERSON = (
    r"(?:(?:a|an|the|my|his|her|our|this|that|some|another|these) (?:[a-z]+ )?(?:brother|sister|mom|mum|mother|dad"
    r"|father|parents?|teacher|principal|friend"
    r"|classmates?|kid|kids|boy|girl|boyfriend|girlfriend|ex|neighbou?r|student|students|man|woman|person|people|child"
    r"|family|bully|baby|coach|boss|wife|husband)"
    r"|someone|somebody|people|him|her|them|everyone|everybody|a human|jews|muslims|gays|immigrants)"
)
_ATTACK = (
    r"(?:kill|murder|stab|shoot|poison|strangle|choke|hurt|injure|beat up|attack|torture|drown|suffocate|assassinate"
    r"|punch|rape|kidnap|harm|blow up"
    r"|shoot up|burn down|set fire to|bomb|blackmail)"
)
_GROUP = (
    r"(?:(?:black|white|asian|brown|gay|trans|jewish|muslim|arab|mexican|disabled) (?:people|folks|men|women|kids"
    r"|students)|blacks|whites|asians|jews|muslims|arabs"
    r"|mexicans|gays|lesbians|immigrants|refugees|women|girls|foreigners|christians|hindus|gypsies)"
)
_LOW = (
    r"(?:dumber|stupid(?:er)?|inferior|vermin|subhuman|animals|parasites|worthless|less intelligent|lazy|criminals"
    r"|terrorists|rapists|evil|dirty|disgusting"
    r"|control the (?:world|media|banks)|(?:should )?be (?:killed|deported|exterminated|hanged|shot)|deserve to die"
    r"|closer to apes|like apes|monkeys|spread diseases?|can(?:not|'?t) (?:do|learn) (?:math|science)|too stupid)"
)
_CAUGHT = (
    r"(?:without (?:getting caught|anyone (?:knowing|noticing)|leaving (?:a )?traces?|being (?:caught|seen))"
    r"|and not get caught|get away with it)"
)
_PILLS = r"(?:pills?|tylenol|paracetamol|ibuprofen|aspirin|advil|sleeping pills|insulin|benadryl)"
_BUILDING = r"(?:shed|house|home|school|car|building|locker|church|store|classroom|barn)"
_THEIRS = r"(?:my|his|her|their|our|the|a|someone'?s|somebody'?s|your)(?: [a-z]+'?s?){0,3}"

TOPICS = {
    SELF_HARM: compiled(
        r"\b(?:kill(?:ing)?|unaliv(?:e|ing)|hang(?:ing)?|drown(?:ing)?|starv(?:e|ing)) (?:my|your)self\b"
        r"|\bwants? to (?:kill|hurt|cut|hang) (?:him|her|them)sel(?:f|ves)\b",
        r"\b(?:cutting|hurting|harming|burning) myself\b|\b(?:want|wanna|like|need|going|keep|urge"
        r"|how)(?: to)? (?:i )?(?:cut|hurt|harm|burn|poison|shoot|stab) myself\b"
        r"|\b(?:hurt|cut|burn|harm)(?:ing)? myself (?:on purpose|again|every)\b",
        r"\bhow (?:do|can|would|to)(?: people| you| one)? (?:hang|gas|drown) (?:my|your|them|one)sel(?:f|ves)\b",
        r"\b(?:i|we)(?:'m| am)?(?: [a-z]+){0,2} suicidal\b|\bself[- ]?harm(?:ing)? (?:without|tips|and hide)\b|\bi(?:'ve"
        r"| have)?(?: been)? self[- ]?harm",
        r"\b(?:to|i|me|we|you|wanna|and) commit suicide\b|\b(?:methods? (?:of|for)|thinking (?:of|about)"
        r"|thoughts? of) suicide\b|\bsuicide (?:methods?|note|pact|plan)\b",
        r"\bi (?:just |really )?(?:want|wanna|wish|need|would like)(?: to)? (?:die|be dead|i was dead|i were dead"
        r"|disappear forever|not be alive|end it(?: all)?)\b",
        r"\bi (?:just |really )?(?:don'?t|do not|no longer) (?:want to|wanna) (?:live|be alive|exist|wake up|be here)\b"
        r"|\bno reason to live\b|\btired of living\b",
        r"\b(?:end|ending) (?:my|your|one'?s) (?:own )?life\b|\btak(?:e|ing) (?:my|your) own life\b|\bend it all\b"
        r"|\bkms\b|\b(?:please|just) kill me\b",
        r"\bbetter off (?:without me|dead|if i)\b|\b(?:painless|painlessly|easiest|quickest|fastest) (?:way to die|death"
        r"|suicide)\b",
        r"\bwhich (?:poison|pills?|drug)s? (?:kills?|would kill)(?: [a-z]+){0,3} without pain\b",
        rf"\bhow (?:many|much)(?: [a-z0-9]+){{0,4}} {_PILLS}(?: [a-z0-9]+){{0,6}} (?:die|kill|deadly|fatal|lethal"
        rf"|overdose)\b|\boverdose on {_PILLS}\b",
        r"\b(?:bleed|cut|slit|slice)(?:ing)?(?: [a-z]+){0,5} wrists?\b|\bhide (?:the|my)(?: [a-z]+)? (?:scars|cuts)\b",
        r"\bjump(?:ing)? off (?:a|the|of a|my)? ?(?:roof|bridge|building|cliff)(?: [a-z]+){0,4} (?:be gone|die|dead|end"
        r"|myself)\b|\bbest (?:bridge|building|roof) to jump\b",
        r"\bpro[- ]?(?:ana|mia)\b|\bthinspo\b|\bmake (?:my|your)self (?:throw up|vomit|puke)\b|\blose \d+ (?:pounds|lbs"
        r"|kg|kilos) in (?:a|one|two|2|3) (?:days?|weeks?)\b",
        r"\b(?:nobody|no one|noone) would (?:miss me|care if i|notice if i|even care)\b|\b(?:plan|going"
        r"|ready) to end (?:things|it|everything)\b|\bnever wake up\b",
        rf"\b(?:whole|entire) bottle of {_PILLS}\b|\btake all (?:my|the) pills\b|\bstop myself from (?:cutting|hurting"
        r"|burning)\b|\bi hate my body\b|\bi skip (?:every|all) meals?\b",
        r"\bhow long (?:does it take|would it take|until) (?:to|you) (?:suffocate with|bleed out|hang"
        r"|die from (?:hanging|cutting|bleeding|pills))\b|\bhow long can i go without eating\b",
        r"suicide(?:methods|note)|killmyself|killyourself",
    ),
    "weapons": compiled(
        rf"{_HOW} {_MAKE}{_SOME} {_WEAPON}\b|\b{_MAKE}{_SOME} {_WEAPON} (?:at home|in (?:the|my|a) (?:kitchen|garage"
        r"|basement)|with stuff|from (?:household|stuff)|myself)\b",
        rf"\bwhat (?:do|should|can|would) i (?:mix|use|need|buy)(?: to| for)?(?: make| build)?{_SOME} {_WEAPON}\b"
        rf"|^(?:build|make|construct|assemble)(?: me)?{_SOME} {_WEAPON}\b",
        r"\b(?:recipe|instructions|ingredients|blueprints?|plans|steps) (?:for|to|of)(?: make| build"
        rf"| making)?{_SOME} {_WEAPON}\b|\bthe steps to {_MAKE}{_SOME} {_WEAPON}",
        rf"\bwhere (?:can|do|could|to)(?: [a-z0-9]+){{0,6}} (?:buy|get|find){_SOME} {_WEAPON}\b"
        rf"|\b{_WEAPON} without (?:a )?(?:background check|licen[cs]e|id|permit)\b",
        rf"\b{_MAKE}(?: [a-z]+){{0,4}} (?:gas|poison|acid|chemicals?) to (?:hurt|kill|harm|poison|attack) (?:people"
        r"|someone|somebody|my|him|her|a person)\b",
        rf"\b(?:thermite|acid|chemicals?|chemistry|fire)(?: [a-z]+){{0,3}} to (?:burn down|destroy|blow up|melt) (?:a|my"
        rf"|the|someone'?s|our) {_BUILDING}\b",
        r"\b(?:semi[- ]?automatic|rifle|glock|ar-?15)(?: [a-z]+){0,4} full(?:y)?[- ]?auto|\benrich uranium (?:at home"
        r"|in my|for a bomb|myself)\b",
        r"\b(?:knife|gun|weapon|blade)(?: [a-z]+){0,6} (?:past|through|by)(?: the| a)? (?:metal detector|security)\b"
        r"|\bbring (?:a|my) (?:gun|knife|weapon) to school\b",
        rf"\b(?:home ?made|diy|improvised) {_WEAPON}\b|\b(?:which|what) (?:chemicals?|fertili[sz]ers?|materials?|parts?"
        rf"|ingredients?) (?:do|should|would|can) i (?:need|use|mix|buy)(?: for| to make| in)?{_SOME} {_WEAPON}\b",
        r"\b(?:bring|take|sneak|carry|smuggle) (?:a|my|the) (?:gun|knife|pistol|weapon|bomb) (?:to|into|in) (?:school"
        r"|class)\b",
        r"makea(?:pipe)?bomb",
    ),
    "drugs": compiled(
        rf"{_HOW} (?:{_MAKE}|grow|extract|smoke|snort|inject|smuggle|sell|deal|get){_SOME} {_DRUG}\b|\b(?:synthesis"
        rf"|recipe)(?: route)? (?:of|for) {_DRUG}\b",
        rf"\bwhere (?:can|do|could|to)(?: [a-z0-9]+){{0,4}} (?:buy|get|find|score)(?: [a-z]+){{0,3}} {_DRUG}\b"
        rf"|\b(?:extract|isolate) {_DRUG} from\b|\bway to (?:snort|smoke|inject) {_DRUG}\b",
        r"\b(?:buy|sell|deal|smuggle|get|make) drugs(?:$|[?.!,]| at| in my| from| without| for)|\b(?:recipe for|make|mix"
        r"|sip|drink) lean(?:$|[?.!,]| drink| with)",
        r"\b(?:i|we|you|me|us|to) get (?:high|stoned|drunk)(?: on| off| from| with|$|[?.!])|\bget (?:stoned|drunk)\b"
        r"|\b(?:sniff|huff)(?:ing)? to get high\b",
        r"\b(?:pass|beat|cheat) (?:a|my|the) drug test\b|\b(?:get|buy|make|use) (?:an? )?fake id\b|\b(?:buy|get) (?:beer"
        r"|alcohol|vodka|liquor|cigarettes|a vape)\b",
        rf"\b{_DRUG} (?:brownies|gummies|cookies)\b|\broll (?:a|me a) (?:joint|blunt)\b|\b(?:good|safe|right|first"
        rf"|recreational) (?:dose|trip) (?:of|on) {_DRUG}\b|\b{_DRUG} without a prescription\b",
        r"\b(?:vapes?|cigarettes|alcohol|beer|vodka|weed)(?: [a-z]+){0,4} (?:under 18|under 21|as a minor|underage"
        r"|without (?:an? )?id|for minors)\b",
    ),
    "sexual": compiled(
        r"\b(?:porn|porno|pornography|pornhub|onlyfans|hentai|pron|milfs?|blow ?jobs?|hand ?jobs?|masturbat(?:e|ing|ion)"
        r"|dildos?|boobs|nudes|xxx videos?|sexting|erotica)\b",
        r"\b(?:send|get|ask for|trade|show me|want)(?: [a-z]+){0,4} nudes?\b|\bnaked (?:pictures?|pics?|photos?|girls?"
        r"|boys?|women|men|celebrities)\b|\b(?:i'm|am|so|feel|me) horny\b",
        r"\b(?:sexy|erotic|steamy|kinky|smutty) (?:[a-z]+ )?(?:story|stories|scene|scenes|talk|pictures?|roleplay"
        r"|role-play|photos?|videos?|chat)\b|\btalk dirty\b|\bdirty talk\b",
        r"\b(?:people|couple|students?|us|characters?) having sex\b|\bsex(?:ual)? (?:positions?|tips|tricks|scenes?"
        r"|fantas(?:y|ies)|stor(?:y|ies))\b|\bsex with (?:me|my|a|an)\b",
        r"\b(?:convince|get|make|persuade|force|pressure) (?:my|her|him|a|someone)(?: [a-z]+){0,2} (?:to have"
        r"|into) sex\b|\b(?:love|sex|make[- ]?out) scene\b|\b(?:pictures?|photos?|images?) of (?:naked|nude)\b",
        r"\bhow (?:do|to|can)(?: i| you)? (?:have|get|be better at) sex\b|\bseduce (?:my|her|him|someone|a (?:girl|boy"
        r"|teacher|man|woman))\b|\bhot sexy\b",
    ),
    "violence": compiled(
        rf"{_HOW} {_ATTACK} (?:up )?{_PERSON}\b|\bi(?:'m| am|'ll| will)? ?(?:want|going|gonna|wanna|plan"
        rf"|wish)?(?: to)? {_ATTACK} (?:up )?(?:{_PERSON}|my school|the school)\b",
        rf"\b{_ATTACK} (?:up )?(?:{_PERSON}|my [a-z]+)(?: [a-z]+){{0,4}} {_CAUGHT}\b|\b(?:get away with"
        r"|cover up) (?:murder|a murder|killing someone)\b",
        r"\b(?:shoot up|burn down|blow up|bomb|set fire to|attack) (?:my|the|our|a) (?:school|classroom|church|mosque"
        rf"|synagogue|class)\b|{_HOW} plan a school\b",
        r"\b(?:plan|planning|do|commit) a (?:school shooting|mass shooting|massacre|murder)\b|\b(?:hide|dispose of"
        r"|get rid of|dissolve|bury) (?:a|the|someone'?s) (?:dead |human )?body\b",
        rf"{_HOW} (?:torture|kill|hurt|drown|poison) (?:a|my|the|some|our|their|neighbou?r'?s) (?:[a-z]+'?s )?(?:cats?"
        r"|dogs?|puppy|kittens?|pets?)\b|\b(?:hit|kill) list of\b",
        rf"\b(?:hurt|poison|kill|harm|attack) {_PERSON} so (?:it|that)(?: [a-z]+){{0,3}} accident\b|\bi (?:want|wanna"
        rf"|need|hope) (?:to see )?[a-z ]{{2,20}} (?:dead|to die)\b",
        rf"\bmake {_PERSON}(?: [a-z]+){{0,4}} (?:suffer|bleed|pay for)\b|\b(?:slip|put|pour)(?: [a-z]+){{0,3}} (?:in"
        r"|into) (?:my|his|her|their|the) (?:[a-z]+'s )?(?:coffee|drink|food|lunch|tea)\b",
        rf"\b(?:spot|place|point) (?:on|in)(?: [a-z]+){{1,5}} (?:kills?|knocks? out) {_PERSON}\b",
    ),
    "hate": compiled(
        rf"\bwhy (?:are|do|should|can'?t) (?:the |all )?{_GROUP}(?: [a-z]+){{0,2}} {_LOW}\b|\b{_GROUP} (?:are|is|as"
        rf"|were)(?: [a-z]+){{0,2}} {_LOW}\b|\b{_GROUP} {_LOW}\b",
        r"\b(?:which|what) races? (?:is|are)(?: [a-z]+){0,2} (?:inferior|superior|smarter|dumber)\b|\b(?:white|racial"
        r"|aryan) (?:power|supremacy|superiority)\b",
        r"\bhitler (?:was right|did nothing wrong)\b|\b(?:was|is) hitler right\b|\bwhy was hitler (?:right|good)\b"
        r"|\bheil hitler\b",
    ),
    "crime": compiled(
        rf"\bhack(?:ing)? (?:into )?{_THEIRS} (?:accounts?|grades?|system|wi-?fi|phone|email|instagram|snapchat"
        rf"|computers?|bank|network|portal)\b|\bhack into {_THEIRS}",
        rf"{_HOW} steal\b|\bsteal (?:my|his|her|their|someone'?s)(?: [a-z']+){{0,3}} (?:card|car|money|bike|phone"
        r"|identity|password|number|account)\b|\bshoplift(?:ing)? (?:without|from|tips)",
        r"\b(?:write|make|create|code|build|send) (?:me )?(?:a |an |some )?(?:computer virus|malware|ransomware"
        r"|keylogger|virus that (?:deletes?|destroys?|steals?|crash(?:es)?|infects? (?:the|my|all) (?:school"
        r"|computers?)))",
        r"\b(?:ddos|dox)(?:x?ing|x)? (?:my|a|the|his|her|someone|our|their)\b|\bmake counterfeit\b"
        r"|\bcounterfeit (?:money|bills) (?:at home|with)\b|\bhotwire a car\b",
        rf"{_HOW} (?:pick the lock of|break into) {_THEIRS}|\bcrack (?:my|his|her"
        rf"|someone'?s)(?: [a-z']+){{0,2}} (?:password|wi-?fi|account)\b|\bspy on (?:my|his|her|someone)\b",
        r"\bchange (?:my|his|her|our) grades?\b(?: [a-z]+){0,2} (?:in|on) (?:the|my)\b|\bget into (?:my [a-z]+'s|her|his"
        r"|someone'?s) (?:account|instagram|snapchat|phone|email|computer)\b|\b(?:clone|copy|skim) (?:a |my "
        r"|someone'?s )?credit cards?\b",
        r"\btrack where (?:a|my|the|this) (?:girl|boy|person|ex|woman|man|teacher)\b|\b(?:get|steal|guess"
        r"|find) (?:someone'?s|my [a-z]+'?s|her|his) (?:[a-z]+ )?password\b",
    ),
}
IN_OTHER_LANGUAGES = {
    SELF_HARM: compiled(*map(in_own_letters, (
        r"\b(?:quiero|voy a|como) (?:suicidarme|matarme|morir(?:me)?)\b|\bno quiero (?:vivir|seguir viviendo)\b"
        r"|\bsuicidarme\b",
        r"\bje (?:veux|vais) (?:mourir|me tuer|me suicider)\b|\b(?:me suicider|plus envie de vivre)\b",
        r"\bich (?:will|mochte) (?:nicht mehr leben|sterben|mich umbringen)\b|\b(?:mich umbringen|selbstmord begehen)\b",
        r"\bquero (?:me matar|morrer)\b|\bme suicidar\b|\bnao quero (?:mais )?viver\b|\bvoglio (?:morire|uccidermi"
        r"|suicidarmi)\b",
        r"хочу умереть|покончить с собой|не хочу жить|убить себя|自杀|自殺|不想活|死にたい|أريد أن أموت|انتحار|죽고 싶",
    ))),
    "weapons": compiled(*map(in_own_letters, (
        r"\b(?:hacer|fabricar|construir) (?:una )?bombas?\b|\b(?:fabriquer|faire) une bombe\b|\bbombe? (?:bauen"
        r"|basteln)\b|\bbaue? (?:ich )?eine bombe\b",
        r"\b(?:fazer|fabricar) (?:uma )?bombas?\b|\b(?:fare|costruire) una bomba\b|(?:сделать|собрать) бомбу|(?:做"
        r"|制造).{0,3}炸弹|爆弾の作り方|صنع قنبلة",
    ))),
    "drugs": compiled(*map(in_own_letters, (
        r"\b(?:fabricar|hacer|fazer|comprar) drogas?\b|\b(?:fabriquer|acheter) de la drogue\b|\bdrogen (?:herstellen"
        r"|kaufen)\b|(?:купить|сделать) наркотик|制毒",
    ))),
}
