"""Text -> speech by Cloud Text-to-Speech, with the time of each written word from the marks that stand before it."""

import io
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

import numpy as np
from google.cloud import texttospeech_v1beta1 as tts
from google.cloud.texttospeech_v1beta1.services.text_to_speech.transports.rest import TextToSpeechRestTransport

from pipeline.domain import Unit, Usage, Word
from pipeline.errors import OperatorError, UnusableOutput
from pipeline.ports import Paid, Speech
from pipeline.providers.google.account import FAMILY, Account
from pipeline.providers.google.faults import SPEECH, told
from pipeline.speech import Samples, Spoken, join, sentences, spoken_words

MOST_BYTES = 5_000
"""Of the markup of one call: the service's limit."""
RATE = 24_000
ANSWER_SECONDS = 30.0
GAP_SECONDS = 0.25
"""Between the pieces of a long paragraph."""
OPENED, CLOSED = "<speak>", "</speak>"


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """Whole sentences that fit into one call."""

    tokens: tuple[Spoken, ...]

    @property
    def markup(self) -> str:
        """The text with a mark before each token, and one behind the last word of each sentence."""
        return f"{OPENED}{' '.join(_marked(place, token) for place, token in enumerate(self.tokens))}{CLOSED}"

    @property
    def billed(self) -> int:
        """The characters that count: all of the markup but the marks."""
        return len(f"{OPENED}{' '.join(_said(token) for token in self.tokens)}{CLOSED}")


class CloudVoice:
    """`pipeline.ports.Voice` in the cloud. `name` is that of a voice that takes marks, such as en-US-Neural2-F."""

    family = FAMILY

    def __init__(self, account: Account, name: str) -> None:
        self.name = name
        self._account = account
        self._client = tts.TextToSpeechClient(transport=_transport(account))

    def speak(self, text: str) -> Paid[Speech]:
        """One paragraph read aloud. Raises `ProviderUnavailable`, `ProviderResting`, `UnusableOutput`, `OperatorError`."""
        used: list[Usage] = []
        spoken: list[Speech] = []
        with told(SPEECH, self._account, f"the voice {self.name}", lambda: tuple(used)):
            for piece in _pieces(sentences(spoken_words(text))):
                answer = self._client.synthesize_speech(request=self._call(piece), retry=None, timeout=ANSWER_SECONDS)
                used.append(Usage(provider=FAMILY, model=self.name, unit=Unit.CHARACTER, quantity=Decimal(piece.billed)))
                spoken.append(_speech(piece, answer))
        return Paid(value=join(spoken, GAP_SECONDS), usage=tuple(used))

    def probe(self) -> str:
        """What answers; lists the voices of the language, which costs nothing. Raises what `speak` raises."""
        with told(SPEECH, self._account, f"the voice {self.name}"):
            found = self._client.list_voices(
                request=tts.ListVoicesRequest(language_code=self._language), retry=None, timeout=ANSWER_SECONDS).voices
            names = sorted(voice.name for voice in found)
        if self.name not in names:
            marked = [name for name in names if "Neural2" in name] or names
            raise OperatorError(f"There is no voice {self.name!r}: set VIVIDLY_GOOGLE_VOICE, for example to "
                                f"{', '.join(marked[:3]) or 'a voice of another language'}.")
        return self.name

    @property
    def _language(self) -> str:
        return "-".join(self.name.split("-")[:2])

    def _call(self, piece: _Piece) -> tts.SynthesizeSpeechRequest:
        return tts.SynthesizeSpeechRequest(
            input=tts.SynthesisInput(ssml=piece.markup),
            voice=tts.VoiceSelectionParams(language_code=self._language, name=self.name),
            audio_config=tts.AudioConfig(audio_encoding=tts.AudioEncoding.LINEAR16, sample_rate_hertz=RATE),
            enable_time_pointing=[tts.SynthesizeSpeechRequest.TimepointType.SSML_MARK])


def _transport(account: Account) -> TextToSpeechRestTransport:
    if not account.endpoint:
        return TextToSpeechRestTransport(credentials=account.credentials())
    scheme, _, host = account.endpoint.partition("://")
    return TextToSpeechRestTransport(credentials=account.credentials(), host=host.rstrip("/"), url_scheme=scheme)


def _pieces(told_in: Sequence[Sequence[Spoken]]) -> Iterator[_Piece]:
    """The sentences in as few pieces as fit; one that is too long for a call is parted between words."""
    tokens: list[Spoken] = []
    for sentence in told_in:
        if tokens and not _fits([*tokens, *sentence]):
            yield _Piece(tokens=tuple(tokens))
            tokens = []
        for token in sentence:
            if tokens and not _fits([*tokens, token]):
                yield _Piece(tokens=tuple(tokens))
                tokens = []
            tokens.append(token)
    if tokens:
        yield _Piece(tokens=tuple(tokens))


def _fits(tokens: Sequence[Spoken]) -> bool:
    return len(_Piece(tokens=tuple(tokens)).markup.encode()) <= MOST_BYTES


def _said(token: Spoken) -> str:
    return escape(" ".join(token.words)) + (token.pause if token.words else "")


def _marked(place: int, token: Spoken) -> str:
    after = f'<mark name="e{place}"/>' if token.ends_sentence else ""
    return f'<mark name="w{place}"/>{_said(token)}{after}'


def _speech(piece: _Piece, answer: tts.SynthesizeSpeechResponse) -> Speech:
    """Raises `UnusableOutput` where the sound or its marks are not what was asked for."""
    samples, rate = _sound(answer.audio_content)
    marks = {point.mark_name: float(point.time_seconds) for point in answer.timepoints}
    missing = [place for place in range(len(piece.tokens)) if f"w{place}" not in marks]
    if missing:
        raise UnusableOutput(f"The voice does not tell when it says {len(missing)} of {len(piece.tokens)} words: "
                             "choose one that takes marks, such as en-US-Neural2-F.")
    return Speech(samples=samples, rate=rate, words=tuple(_words(piece.tokens, marks, len(samples) / rate)))


def _words(tokens: Sequence[Spoken], marks: dict[str, float], seconds: float) -> Iterator[Word]:
    clock = 0.0
    for place, token in enumerate(tokens):
        start = min(max(clock, marks[f"w{place}"]), seconds)
        following = marks.get(f"w{place + 1}", seconds)
        end = start if not token.words else min(max(start, marks.get(f"e{place}", following)), seconds)
        yield Word(text=token.written, start=start, end=end)
        clock = end


def _sound(content: bytes) -> tuple[Samples, int]:
    try:
        with wave.open(io.BytesIO(content)) as sound:
            shape = (sound.getnchannels(), sound.getsampwidth())
            rate, frames = sound.getframerate(), sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as fault:
        raise UnusableOutput("The voice sends something that is no sound.") from fault
    if shape != (1, 2):
        raise UnusableOutput(f"The voice sends sound of {shape[0]} channels and {8 * shape[1]} bits instead of one and 16.")
    return np.frombuffer(frames, dtype="<i2").astype(np.float32) / np.float32(32_768), rate
