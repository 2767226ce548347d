"""The narration of a scene -> its sound: paragraphs parted by the scene's silence."""

from pipeline.ports import Paid, Speech, Voice
from pipeline.speech.audio import join


def speak_scene(voice: Voice, narration: str, pause_seconds: float) -> Paid[Speech]:
    """The narration read aloud, a line a paragraph, the words on the scene's clock. The bill covers every paragraph."""
    paid = [voice.speak(line.strip()) for line in narration.splitlines() if line.strip()]
    usage = tuple(row for paragraph in paid for row in paragraph.usage)
    return Paid(value=join([paragraph.value for paragraph in paid], pause_seconds), usage=usage)
