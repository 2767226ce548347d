"""The same film by MoviePy, run in an environment of its own: pictures of each reveal, crossfaded, with the sound."""

import json
import sys
import time
from pathlib import Path

from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, vfx

FADE_SECONDS = 0.4


def main(plan: Path) -> None:
    told = json.loads(plan.read_text())
    began = time.perf_counter()
    clips = []
    for picture in told["pictures"]:
        clip = ImageClip(picture["file"]).with_start(picture["start"]).with_duration(picture["seconds"] + FADE_SECONDS)
        clips.append(clip.with_effects([vfx.CrossFadeIn(FADE_SECONDS)]))
    sound = AudioFileClip(told["sound"]).subclipped(0, told["seconds"])
    film = CompositeVideoClip(clips).with_duration(told["seconds"]).with_audio(sound)
    film.write_videofile(
        told["film"], fps=24, codec="libx264", preset="veryfast", audio_codec="aac", threads=2, logger=None,
        temp_audiofile_path=str(plan.parent),
    )
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
