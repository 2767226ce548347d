"""The console's only door to the pipeline: what it reads, and every change it makes, as whoever is signed in.

Raises only `PipelineError`. `loaders.lessons` is about requests and lessons, and its names are here too.
"""

from console.loaders.lessons import (
    cancel,
    expectations,
    file,
    interests,
    look_again,
    lost_files,
    recent,
    review,
    reviews,
    saved,
    spent,
    store,
    submit,
    usual_seconds,
    watch,
)

__all__ = [
    "cancel", "expectations", "file", "interests", "look_again", "lost_files", "recent", "review", "reviews", "saved",
    "spent", "store", "submit", "usual_seconds", "watch",
]
