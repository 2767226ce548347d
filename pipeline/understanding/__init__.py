"""Reading a student's question: is it language, which interest does it name, which topics could it mean.

Pure functions over the catalogue; the verdict is the `nlu` stage's.
"""

from pipeline.understanding.interests import InterestFound, find_interest
from pipeline.understanding.language import Vocabulary, unreadable
from pipeline.understanding.topics import Reading, readings
from pipeline.understanding.words import TopicWords, telling_words

__all__ = [
    "InterestFound", "Reading", "TopicWords", "Vocabulary", "find_interest", "readings",
    "telling_words", "unreadable",
]
