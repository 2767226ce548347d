"""How fast films are made: wall seconds per minute of film, beside MoviePy with the same pictures in the same run."""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.domain import Scene, SceneAudio, Word
from pipeline.ports import Film
from pipeline.providers.embedded.boards import Footer, draw_layers
from pipeline.providers.embedded.film.composing import Canvas
from pipeline.providers.embedded.film.motion import plan
from pipeline.providers.embedded.film.reveals import reveals
from pipeline.providers.embedded.renderer import BoardRenderer
from pipeline.visuals import (
    Curve,
    Equation,
    EquationTerm,
    KeyIdea,
    Point,
    Process,
    Question,
    Step,
    Title,
    WorkedExample,
    WorkedStep,
)

LIMITS = {720: 3.0, 1080: 7.5}
"""Wall seconds per minute of film on two cores: what encoding unchanging pictures costs with x264 `veryfast`."""
RUNS = 3
RATE = 22_050
SECONDS_PER_LETTER = 0.075
NO_PEER = 3

STORYBOARD = (
    Scene(
        narration="Newton's third law. After this lesson you can find both forces of a pair.",
        visual=Title(heading="Newton's third law", subheading="Find both forces of a pair"), on_screen="Physics",
    ),
    Scene(
        narration=(
            "A force is never alone. Whenever one object pushes or pulls a second object, the second object pushes or "
            "pulls back on the first. The two forces have the same size and point in opposite directions."
        ),
        visual=KeyIdea(
            heading="Forces come in pairs", statement="Every force has a partner of equal size, opposite in direction.",
            emphasis=("equal size",), cue="Whenever one object",
        ),
    ),
    Scene(
        narration=(
            "The force on an object is its mass times its acceleration. Force is measured in newtons. Mass tells how "
            "hard it is to move the object. Acceleration says how quickly its speed changes."
        ),
        visual=Equation(
            heading="Force and acceleration", math="F = m a", plain="F = m a", cue="mass times",
            terms=(
                EquationTerm(math="F", meaning="force, in newtons", cue="Force is measured"),
                EquationTerm(math="m", meaning="mass, in kilograms", cue="Mass tells"),
                EquationTerm(math="a", meaning="acceleration, in metres per second squared", cue="Acceleration says"),
            ),
        ),
    ),
    Scene(
        narration=(
            "A rocket pushes hot gas out of its engine. The gas pushes the rocket the other way with equal force. The "
            "rocket needs no air to push against, so it works in empty space. Its speed grows as long as gas flows out."
        ),
        visual=Process(
            heading="How a rocket moves",
            steps=(
                Step(label="Push gas back", detail="the engine throws gas out", cue="pushes hot gas"),
                Step(label="Gas pushes forward", detail="equal force, opposite way", cue="The gas pushes"),
                Step(label="No air needed", detail="works in empty space", cue="no air"),
                Step(label="Speed grows", detail="as long as gas flows", cue="Its speed"),
            ),
        ),
    ),
    Scene(
        narration=(
            "With a constant force, the acceleration falls as the mass grows. The curve drops steeply at first. Twice "
            "the mass means half the acceleration. Eight times the mass leaves only an eighth of it."
        ),
        visual=Curve(
            heading="More mass, less acceleration", formula="12 / x", plain="a = 12 N / m", x_from=1, x_to=10,
            x_label="mass (kg)", y_label="acceleration (m/s²)", cue="The curve drops",
            points=(Point(x=2, label="twice the mass", cue="Twice"), Point(x=8, label="an eighth", cue="Eight times")),
        ),
    ),
    Scene(
        narration=(
            "Ana has a mass of fifty kilograms and pushes Ben with one hundred and fifty newtons. What is her "
            "acceleration?\nBen pushes Ana with the same force, the other way.\nHer acceleration is the force divided "
            "by her mass.\nThat is three metres per second squared, away from Ben."
        ),
        visual=WorkedExample(
            heading="Two skaters", problem="Ana (50 kg) pushes Ben with 150 N. What is her acceleration?",
            steps=(
                WorkedStep(say="Ben pushes back with the same force.", plain="F = −150 N", math='F = -150 "N"'),
                WorkedStep(say="Divide the force by her mass.", plain="a = F / m", math='a = F / m = (-150 "N") / (50 "kg")'),
                WorkedStep(say="She moves away from Ben.", plain="a = −3 m/s²", math='a = -3 "m/s"^2'),
            ),
        ),
    ),
    Scene(
        narration=(
            "A truck and a small car collide. Which one feels the larger force from the other?\nNeither. The two forces "
            "are equal in size, but the lighter car speeds up more."
        ),
        visual=Question(
            question="A truck and a small car collide. Which one feels the larger force from the other?",
            answer="Neither. The two forces of the pair are equal in size.",
        ),
        pause_seconds=4.0,
    ),
)

def main(argv: Sequence[str]) -> int:
    """Measure, print, and answer 0 when the limits are kept, 1 when not, 3 when MoviePy cannot be installed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench film", description=__doc__)
    parser.add_argument("--alone", action="store_true", help="without MoviePy")
    parser.add_argument("--peer-scenes", type=int, default=len(STORYBOARD), help="how many scenes MoviePy films")
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-film-") as name:
        folder = Path(name)
        ours = {height: _ours(folder, height) for height in LIMITS}
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        late = [height for height, cost in ours.items() if cost > LIMITS[height]]
        if not asked.alone:
            python = _environment(folder)
            if python is None:
                print("MoviePy 2.2.1 could not be installed: no comparison", file=sys.stderr)
                return NO_PEER
            for height, cost in ours.items():
                theirs = _theirs(folder, height, python, asked.peer_scenes)
                print(f"{height} lines: MoviePy {theirs:.1f} s per minute, {theirs / cost:.0f} times as long")
    for height in late:
        print(f"{height} lines: slower than {LIMITS[height]} s per minute", file=sys.stderr)
    return 1 if late else 0


def _ours(folder: Path, height: int) -> float:
    """The median of our wall seconds per minute of film, nothing reused from run to run."""
    costs, worked = [], []
    for run in range(RUNS):
        film = storyboard_film(folder / f"{height}-{run}")
        began, busy = time.perf_counter(), time.process_time()
        seconds = BoardRenderer().film(film, height, film.folder / "film.mp4", lambda share: None)
        worked.append((time.process_time() - busy) / seconds * 60)
        costs.append((time.perf_counter() - began) / seconds * 60)
    median = statistics.median(costs)
    runs = ", ".join(f"{cost:.2f}" for cost in costs)
    print(
        f"{height} lines: {median:.2f} s per minute of film ({runs}), film of {seconds:.0f} s, "
        f"{statistics.median(worked):.2f} s of processor time",
        flush=True,
    )
    return median


def storyboard_film(folder: Path) -> Film:
    """The fixed storyboard with a synthetic voice, its files in `folder`."""
    folder.mkdir(parents=True)
    audio = [_voice(scene) for scene in STORYBOARD]
    samples = np.random.default_rng(1).normal(0, 1500, round(sum(part.seconds for part in audio) * RATE))
    with wave.open(str(folder / "sound.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    (folder / "film.vtt").write_text("WEBVTT\n\n00:00:00.000 --> 00:00:05.000\nNewton's third law\n")
    return Film(
        title="Newton's third law", scenes=STORYBOARD, audio=audio, soundtrack=folder / "sound.wav",
        captions=folder / "film.vtt", folder=folder, reuse=folder / "reuse",
    )


def _voice(scene: Scene) -> SceneAudio:
    words, time_ = [], 0.3
    for paragraph in scene.narration.split("\n"):
        for word in paragraph.split():
            seconds = SECONDS_PER_LETTER * (len(word) + 1)
            words.append(Word(text=word, start=time_, end=time_ + seconds))
            time_ += seconds
        time_ += scene.pause_seconds
    return SceneAudio(wav="scene.wav", seconds=time_ + 0.3, words=tuple(words))


def _environment(folder: Path) -> Path | None:
    """A throw-away environment with MoviePy, whose Pillow is older than ours."""
    python = folder / "environment" / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "environment")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "moviepy==2.2.1"], check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return python


def _theirs(folder: Path, height: int, python: Path, scenes: int) -> float:
    """MoviePy's wall seconds per minute of film; drawing the pictures is not counted."""
    film = storyboard_film(folder / f"peer-{height}")
    pictures, start = [], 0.0
    for index, (scene, audio) in enumerate(zip(film.scenes[:scenes], film.audio, strict=False)):
        footer = Footer(lesson=film.title, index=index, count=len(film.scenes))
        pictures += _pictures(scene, audio, footer, height, start, film.folder)
        start += audio.seconds
    told = {
        "pictures": pictures, "seconds": start, "sound": str(film.soundtrack), "film": str(film.folder / "film.mp4"),
    }
    (film.folder / "plan.json").write_text(json.dumps(told))
    peer = Path(__file__).with_name("_moviepy.py")
    command = [str(python), str(peer), str(film.folder / "plan.json")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1]) / start * 60


def _pictures(
    scene: Scene, audio: SceneAudio, footer: Footer, height: int, start: float, folder: Path
) -> list[dict[str, object]]:
    """One picture for each state between two reveals."""
    times = reveals(scene, audio)
    canvas = Canvas(plan(draw_layers(scene, footer, height=height), times, audio.seconds, last=True), height)
    marks = sorted({0.0, *times})
    told: list[dict[str, object]] = []
    for begin, end in zip(marks, [*marks[1:], audio.seconds], strict=True):
        canvas.show(max(begin, end - 0.05))
        path = folder / f"{footer.index}-{len(told)}.png"
        canvas.frame.to_image().save(path)
        told.append({"file": str(path), "start": start + begin, "seconds": end - begin})
    return told
