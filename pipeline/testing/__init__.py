"""What tests and benches need in place of the world, shipped: fakes of every port here, and a module for each stand-in.

`cloud_logging` is Cloud Logging on loopback.
"""

from pipeline.testing.fakes import (
    ANSWERS,
    FAMILY,
    FakeEmbedder,
    FakeRenderer,
    FakeTextModel,
    FakeVoice,
    FakeWiring,
    MemoryCupboard,
    MemoryShelf,
    QuietJournal,
)

__all__ = [
    "ANSWERS", "FAMILY", "FakeEmbedder", "FakeRenderer", "FakeTextModel", "FakeVoice", "FakeWiring", "MemoryCupboard",
    "MemoryShelf", "QuietJournal",
]
