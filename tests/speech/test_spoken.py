"""What is written in a school text is said as a teacher says it; no written token is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.speech import sentences, spoken_words
from pipeline.speech.numbers import cardinal, decade, fraction, ordinal, year


def said(text: str) -> str:
    return " ".join(word for token in spoken_words(text) for word in token.words)


@pytest.mark.parametrize(("written", "spoken"), [
    # numbers
    ("0", "zero"), ("7", "seven"), ("42", "forty two"), ("305", "three hundred five"),
    ("1,460", "one thousand four hundred sixty"), ("12 900", "twelve thousand nine hundred"),
    ("1 000 000", "one million"), ("27,512,614", "twenty seven million five hundred twelve thousand six hundred fourteen"),
    ("0.05", "zero point zero five"), ("9.8", "nine point eight"), ("3.0", "three point zero"),
    ("−5", "minus five"), ("-5", "minus five"), ("007", "zero zero seven"),
    ("1st 2nd 3rd 12th 20th", "first second third twelfth twentieth"), ("23rd", "twenty third"),
    ("½", "one half"), ("¾", "three quarters"), ("1½", "one and one half"), ("1/2", "one half"), ("2/3", "two thirds"),
    ("22/7", "twenty two over seven"), ("20%", "twenty percent"), ("70 %", "seventy percent"),
    ("5–10", "five to ten"), ("5-10", "five to ten"), ("3:1", "three to one"), ("at 10:30", "at ten thirty"),
    ("at 9:05 a.m.", "at nine oh five A M"), ("$5", "five dollars"), ("1s and 0s", "ones and zeros"),
    # years: only after a word that asks for one and before nothing that they could count
    ("In 1687, Newton", "In sixteen eighty seven Newton"), ("in 2024 the", "in twenty twenty four the"),
    ("since 1900.", "since nineteen hundred"), ("in 1500 cases", "in one thousand five hundred cases"),
    ("in 1500 m", "in one thousand five hundred meters"), ("between 1900 and 2020.", "between nineteen hundred and twenty twenty"),
    ("from 2015 to 2024", "from twenty fifteen to twenty twenty four"), ("a class of 1800 students", "a class of one thousand eight hundred students"),
    ("the 1960s", "the nineteen sixties"), ("the late 1800s", "the late eighteen hundreds"),
    # binary
    ("the binary number 10110 is 22", "the binary number one zero one one zero is twenty two"),
    ("1011 items", "one thousand eleven items"), ("1000 bits", "one thousand bits"),
    ("binary 01 and 10", "binary zero one and ten"), ("1011₂", "one zero one one base two"),
    # units
    ("50 N", "fifty newtons"), ("1 N", "one newton"), ("0.5 m", "zero point five meters"), ("½ m", "one half meter"),
    ("50N", "fifty newtons"), ("9.8 m/s²", "nine point eight meters per second squared"), ("5 kg", "five kilograms"),
    ("12 J", "twelve joules"), ("60 W", "sixty watts"), ("A 12 V battery", "a twelve volt battery"),
    ("6 Ω", "six ohms"), ("2 A", "two amperes"), ("440 Hz", "four hundred forty hertz"), ("3 mol", "three moles"),
    ("18 g/mol", "eighteen grams per mole"), ("400 km", "four hundred kilometers"), ("2 cm", "two centimeters"),
    ("700 nm", "seven hundred nanometers"), ("5 kW h", "five kilowatt hours"), ("20 ms", "twenty milliseconds"),
    ("5 MB", "five megabytes"), ("20 °C", "twenty degrees Celsius"), ("−18 °C", "minus eighteen degrees Celsius"),
    ("1 °C", "one degree Celsius"), ("30°", "thirty degrees"), ("20°C", "twenty degrees Celsius"),
    ("10 kg m/s", "ten kilogram meters per second"), ("5 N·m", "five newton meters"), ("100 m²", "one hundred square meters"),
    ("2 m³", "two cubic meters"), ("147 million km", "one hundred forty seven million kilometers"),
    ("49 m²/s²", "forty nine square meters per second squared"), ("10 MHz", "ten megahertz"),
    ("8 W/(m² K⁴)", "eight watts per square meter kelvin to the four"), ("speed in m/s", "speed in meters per second"),
    ("30 km/h near", "thirty kilometers per hour near"), ("10 H atoms", "ten H atoms"), ("425 ppm", "four hundred twenty five parts per million"),
    # formulas
    ("CO₂", "C O two"), ("H₂O", "H two O"), ("H2O", "H two O"), ("Na⁺", "N A plus"), ("Cl⁻", "C L minus"),
    ("Ca²⁺", "C A two plus"), ("SO₄²⁻", "S O four two minus"), ("6CO₂", "six C O two"), ("C₆H₁₂O₆", "C six H twelve O six"),
    ("2 H₂O", "two H two O"), ("NaCl", "N A C L"), ("Ca(OH)₂", "C A O H two"),
    ("6CO₂ + 6H₂O → C₆H₁₂O₆ + 6O₂", "six C O two plus six H two O to C six H twelve O six plus six O two"),
    ("No, He is In here", "No He is In here"),
    # mathematics
    ("v²", "V squared"), ("x³", "X cubed"), ("10⁻³", "ten to the minus three"), ("10⁶", "ten to the six"),
    ("2ⁿ", "two to the N"), ("v₁", "V one"), ("log₂ 8", "log base two eight"), ("σT⁴", "sigma T to the four"),
    ("F = ma", "F equals M A"), ("a = F / m", "A equals F divided by M"), ("E = mc²", "E equals M C squared"),
    ("Δv/Δt", "delta V over delta T"), ("2πr", "two pi R"), ("√2", "the square root of two"), ("5 ± 0.1", "five plus or minus zero point one"),
    ("x ≥ 3", "X is at least three"), ("p < 0.05", "P is less than zero point zero five"), ("≈ 20", "is about twenty"),
    ("f(x)", "F of X"), ("sin 30°", "sine thirty degrees"), ("sin(θ)", "sine of theta"), ("4^2.5", "four to the two point five"),
    ("(2.5 s)² ≈", "two point five seconds squared is about"), ("145 / 280", "one hundred forty five divided by two hundred eighty"),
    ("F(A on B) = −F(B on A)", "F of A on B equals minus F of B on A"), ("3x + 2", "three X plus two"),
    ("sum of n − 1", "sum of N minus one"), ("mass × velocity", "mass times velocity"),
    # letters and abbreviations
    ("DNA, RNA and ATP", "D N A R N A and A T P"), ("mRNA", "M R N A"), ("pH 7", "P H seven"), ("TCP/IP", "T C P I P"),
    ("CPUs", "C P U's"), ("DNA's", "D N A's"), ("NADPH", "N A D P H"), ("NASA", "nasa"),
    ("AND, OR and NOT gates", "AND OR and NOT gates"), ("XOR", "ex or"), ("NAND", "nand"),
    ("e.g. this", "for example this"), ("i.e. that", "that is that"), ("SHA-256", "S H A two hundred fifty six"),
    ("a 64-bit number", "a sixty four bit number"), ("carbon-12", "carbon twelve"), ("velocity–time", "velocity time"),
    ("and/or", "and or"),
    # the letter A and the article
    ("A force acts.", "a force acts"), ("object A on object B", "object A on object B"), ("a body", "a body"),
    # what is not said
    ("Yes — no", "Yes no"), ("**force**", "force"), ("“Hello,” she said.", "Hello she said"), ("the Earth’s", "the Earth's"),
])
def test_written_text_is_said(written, spoken):
    assert said(written) == spoken


@given(st.text(max_size=200))
def test_every_written_token_stands_once_and_in_order(text):
    assert [token.written for token in spoken_words(text)] == text.split()


@given(st.text(max_size=200))
def test_only_plain_letters_reach_the_voice(text):
    for token in spoken_words(text):
        for word in token.words:
            assert word.replace("'", "").replace("-", "").replace("’", "").isalpha(), word


def test_a_sentence_ends_at_its_mark_and_nowhere_else():
    text = "Use 9.8 m/s², e.g. on Earth. What is 5 N? Yes."
    assert [len(part) for part in sentences(spoken_words(text))] == [6, 4, 1]


def test_brackets_and_dashes_are_heard_as_short_pauses():
    pauses = {token.written: token.pause for token in spoken_words("The cell (a tiny room) works — always.")}
    assert pauses == {"The": "", "cell": ",", "(a": "", "tiny": "", "room)": ",", "works": "", "—": ",", "always.": "."}


def test_a_unit_does_not_reach_over_a_pause():
    assert said("It has 5. N is north.") == "It has five N is north"


@pytest.mark.parametrize(("number", "words"), [
    (0, "zero"), (10, "ten"), (21, "twenty one"), (100, "one hundred"), (1_000_001, "one million one"),
    (10**12, "one trillion"), (10**21, "one" + " zero" * 21),
])
def test_whole_numbers(number, words):
    assert " ".join(cardinal(number)) == words


def test_years_decades_ordinals_and_fractions():
    assert [" ".join(year(n)) for n in (1066, 1905, 2000, 2005, 2024)] == [
        "ten sixty six", "nineteen oh five", "two thousand", "two thousand five", "twenty twenty four",
    ]
    assert " ".join(decade(1990)) == "nineteen nineties"
    assert [" ".join(ordinal(n)) for n in (5, 8, 9, 40, 101)] == ["fifth", "eighth", "ninth", "fortieth", "one hundred first"]
    assert [" ".join(fraction(*f)) for f in ((1, 4), (3, 8), (1, 3))] == ["one quarter", "three eighths", "one third"]
