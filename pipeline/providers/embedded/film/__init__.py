"""Film: scenes and their sound -> an MP4.

`reveals` says when each part appears, `motion` how it moves; `painting` and `composing` paint only what changes;
`encoding` makes one segment per scene; `joining` copies segments, sound and captions into one file; `reuse` keeps what
was made. Frames in which nothing moves cost next to nothing: see `skipping`.
"""

from pipeline.providers.embedded.film.making import make_film, save
from pipeline.providers.embedded.film.reuse import drawing_version

__all__ = ["drawing_version", "make_film", "save"]
