"""Films: parts appear with their words, still frames cost nothing and change nothing, what is unchanged is reused."""

import errno
import os
import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.domain import Scene, SceneAudio, Word
from pipeline.errors import Cancelled, StorageFull
from pipeline.ports import Film
from pipeline.providers.embedded.boards import Footer, draw_layers
from pipeline.providers.embedded.film import encoding, making
from pipeline.providers.embedded.film.composing import Canvas
from pipeline.providers.embedded.film.motion import FULL, RATE, plan
from pipeline.providers.embedded.film.reuse import scene_name
from pipeline.providers.embedded.film.reveals import reveals
from pipeline.providers.embedded.renderer import BoardRenderer
from pipeline.visuals import (
    Column,
    Comparison,
    Curve,
    Cycle,
    Equation,
    EquationTerm,
    Item,
    KeyIdea,
    Point,
    Process,
    Question,
    Recap,
    Step,
    Title,
    Visual,
    WorkedExample,
    WorkedStep,
)

SECONDS_PER_WORD = 0.4


def spoken(text: str, *, pause: float = 0.5, tail: float = 1.0) -> SceneAudio:
    """A steady voice: a word every 0.4 s, paragraphs parted by the pause."""
    words, time = [], 0.2
    for index, paragraph in enumerate(text.split("\n")):
        time += pause if index else 0.0
        for word in paragraph.split():
            words.append(Word(text=word, start=round(time, 3), end=round(time + 0.35, 3)))
            time += SECONDS_PER_WORD
    return SceneAudio(wav="scene.wav", seconds=time + tail, words=tuple(words))


def scene_of(visual: Visual, narration: str, pause: float = 0.5) -> Scene:
    return Scene(narration=narration, visual=visual, pause_seconds=pause)


def start_of(audio: SceneAudio, index: int) -> float:
    return audio.words[index].start


SAID = "A force is never alone. Push a wall, and the wall pushes back with equal size. Both start together."


def test_a_part_appears_when_the_first_word_of_its_cue_is_spoken() -> None:
    audio = spoken(SAID)
    steps = tuple(Step(label=cue, cue=cue) for cue in ("push a WALL", "wall pushes back", "Both start"))
    assert reveals(scene_of(Process(heading="h", steps=steps), SAID), audio) == [
        start_of(audio, 5), start_of(audio, 10), start_of(audio, 16),
    ]


@pytest.mark.parametrize(("cues", "expected"), [
    (("", "equal size", ""), [0.4, 5.8, None]),     # the first comes at once, the last between its cue and the end
    (("never", "not a word of it", "equal"), [1.4, None, 5.8]),   # an unfound cue lies between its neighbours
    (("equal", "never", "together"), [5.8, 5.8, 7.4]),   # never before the part above
    (("", "", ""), [0.4, None, None]),
])
def test_parts_without_a_spoken_cue_are_spread_between_their_neighbours(
    cues: tuple[str, ...], expected: list[float | None]
) -> None:
    audio = spoken(SAID)
    steps = tuple(Step(label="s", cue=cue) for cue in cues)
    found = reveals(scene_of(Process(heading="h", steps=steps), SAID), audio)
    assert found == sorted(found) and found[-1] < audio.seconds
    assert all(time == pytest.approx(want) for time, want in zip(found, expected, strict=True) if want is not None)
    if expected.count(None) == 1 and expected[1] is None:
        assert found[1] == pytest.approx((found[0] + found[2]) / 2)


def test_a_cue_that_sounds_twice_counts_where_it_follows_the_part_above() -> None:
    said = "heat rises and then heat falls and heat stays"
    steps = (Step(label="a", cue="then"), Step(label="b", cue="heat"))
    audio = spoken(said)
    assert reveals(scene_of(Process(heading="h", steps=steps), said), audio)[1] == start_of(audio, 4)


def test_cues_are_found_inside_words_and_across_hyphens() -> None:
    said = "The high-speed train slows down"
    steps = (Step(label="a", cue="speed train"), Step(label="b", cue="slow"))
    audio = spoken(said)
    assert reveals(scene_of(Process(heading="h", steps=steps), said), audio) == [start_of(audio, 1), start_of(audio, 3)]


def test_an_equation_stands_before_its_terms() -> None:
    terms = (EquationTerm(math="F", meaning="force", cue="force"), EquationTerm(math="a", meaning="x", cue="together"))
    visual = Equation(heading="h", math="F = m a", plain="F = ma", cue="equal size", terms=terms)
    audio = spoken(SAID)
    assert reveals(scene_of(visual, SAID), audio) == [start_of(audio, 14), start_of(audio, 14), start_of(audio, 18)]


def test_a_curve_starts_at_its_own_cue_and_a_key_idea_too() -> None:
    audio = spoken(SAID)
    curve = Curve(
        heading="h", formula="x", plain="y", x_from=0, x_to=1, x_label="x", y_label="y", cue="push",
        points=(Point(x=0.5, label="p", cue="equal"),),
    )
    assert reveals(scene_of(curve, SAID), audio) == [start_of(audio, 5), start_of(audio, 14)]
    idea = KeyIdea(statement="s", cue="equal")
    assert reveals(scene_of(idea, SAID), audio) == [start_of(audio, 14)]


def test_each_column_of_a_comparison_keeps_its_own_order() -> None:
    visual = Comparison(
        heading="h", left=Column(title="l", items=(Item(text="a", cue="alone"), Item(text="b", cue="together"))),
        right=Column(title="r", items=(Item(text="c", cue="pushes back"),)),
    )
    audio = spoken(SAID)
    assert reveals(scene_of(visual, SAID), audio) == [start_of(audio, 4), start_of(audio, 18), start_of(audio, 11)]


def test_a_line_of_working_appears_with_its_paragraph() -> None:
    said = "Find the force.\nMass times acceleration.\nSix newtons."
    visual = WorkedExample(problem="p", steps=(WorkedStep(say="x", plain="a"), WorkedStep(say="y", plain="b")))
    audio = spoken(said)
    assert reveals(scene_of(visual, said), audio) == [start_of(audio, 0), start_of(audio, 3), start_of(audio, 6)]


@pytest.mark.parametrize("intro", ["", "Now remember this.\n"])
def test_points_of_a_recap_appear_with_their_paragraphs_even_after_an_introduction(intro: str) -> None:
    said = intro + "Forces come in pairs.\nThey never cancel."
    visual = Recap(points=(Item(text="pairs"), Item(text="cancel")))
    first = len(intro.split())
    audio = spoken(said)
    assert reveals(scene_of(visual, said), audio) == [start_of(audio, first), start_of(audio, first + 4)]


def test_the_countdown_fills_the_silence_between_question_and_answer() -> None:
    said = "What is two and two?\nIt is four."
    audio = spoken(said, pause=3.0)
    asked, pause, answer = reveals(scene_of(Question(question="q", answer="a"), said, 3.0), audio)
    assert pause == pytest.approx(audio.words[4].end)
    assert asked < pause
    assert answer == start_of(audio, 5)
    assert answer - pause == pytest.approx(3.0, abs=0.1)


def test_no_words_at_all_still_give_every_part_a_time() -> None:
    silent = SceneAudio(wav="w", seconds=6.0, words=())
    visual = Process(heading="h", steps=(Step(label="a", cue="x"), Step(label="b"), Step(label="c", cue="y")))
    found = reveals(scene_of(visual, "x"), silent)
    assert found == sorted(found) and found[0] > 0 and found[-1] < 6.0


PROCESS = Process(heading="Two steps", steps=(Step(label="One", cue="force"), Step(label="Two", cue="equal")))


def acts_of(scene: Scene, audio: SceneAudio, *, last: bool = True, height: int = 720) -> list:
    layers = draw_layers(scene, Footer(lesson="L", index=0, count=2), height=height)
    return plan(layers, reveals(scene, audio), audio.seconds, last=last)


def test_a_picture_painted_in_pieces_equals_a_picture_painted_at_once() -> None:
    """Only changed rectangles are repainted: after any history the frame must be what a fresh canvas shows."""
    for visual in (PROCESS, Question(question="Why?", answer="equal size"), a_cycle()):
        said = SAID if not isinstance(visual, Question) else "A force\nis equal size"
        audio = spoken(said, pause=2.0)
        acts = acts_of(scene_of(visual, said, 2.0), audio)
        worn = Canvas(acts, 720)
        for index in range(int(audio.seconds * RATE)):
            worn.show(index / RATE)
            if index % 29 == 0:
                fresh = Canvas(acts, 720)
                fresh.show(index / RATE)
                assert np.array_equal(worn.frame.to_ndarray(), fresh.frame.to_ndarray()), (visual.kind, index)


def a_cycle() -> Cycle:
    return Cycle(heading="Round", steps=tuple(Step(label=cue, cue=cue) for cue in ("force", "Push", "equal")))


def test_every_motion_really_moves_and_then_rests() -> None:
    audio = spoken(SAID)
    acts = acts_of(scene_of(a_cycle(), SAID), audio)
    for act in acts[1:]:
        if act.layer.motion in ("stay", "progress"):
            continue
        seen = [act.stance(act.start + index / RATE) for index in range(RATE // 2)]
        assert len({stance for stance in seen if stance}) > 3, act.layer.motion
    resting = [act.stance(audio.seconds - 0.1) for act in acts[1:]]
    assert any(stance and stance.opaque == FULL for stance in resting)


def test_a_title_stands_from_the_first_picture_and_in_the_last_scene_to_the_end() -> None:
    scene = Scene(narration="Forces", visual=Title(heading="Forces", subheading="in pairs"))
    audio = spoken("Forces come in pairs")
    for last, visible in ((True, True), (False, False)):
        title = next(act for act in acts_of(scene, audio, last=last) if act.layer.motion == "rise")
        at_once = title.stance(0.0)
        assert at_once is not None and at_once.opaque == FULL
        at_end = title.stance(audio.seconds - 1 / RATE)
        assert (at_end is not None and at_end.opaque == FULL) == visible


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as file:
        return [frame.to_ndarray() for frame in file.decode(video=0)]


def test_repeated_frames_decode_to_the_picture_before_them(tmp_path: Path) -> None:
    """The stream is decoded by libavcodec frame by frame and compared with what was painted."""
    audio = spoken(SAID)
    acts = acts_of(scene_of(PROCESS, SAID), audio)
    frames = int(audio.seconds * RATE)
    encoding.encode_scene(acts, tmp_path / "s.mp4", height=720, frames=frames, tell=lambda: None)
    pictures = decoded(tmp_path / "s.mp4")
    assert len(pictures) == frames
    canvas, still = Canvas(acts, 720), 0
    for index, picture in enumerate(pictures):
        moved = canvas.show(index / RATE)
        if index and not moved:
            still += 1
            assert np.array_equal(picture, pictures[index - 1])
        difference = picture.astype(int) - canvas.frame.to_ndarray()
        assert (difference**2).mean() < 2.0, index
    assert still > frames / 2


def test_the_picture_counter_is_right_after_any_number_of_repeats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Key pictures in the middle start the count anew; the decoder would report gaps as errors."""
    monkeypatch.setattr(encoding, "KEY_FRAMES", 20)
    audio = spoken(SAID)
    acts = acts_of(scene_of(PROCESS, SAID), audio)
    encoding.encode_scene(acts, tmp_path / "s.mp4", height=720, frames=150, tell=lambda: None)
    with av.open(str(tmp_path / "s.mp4")) as file:
        file.streams.video[0].codec_context.options = {"err_detect": "explode"}
        keys = [frame.key_frame for frame in file.decode(video=0)]
    assert len(keys) == 150 and sum(keys) > 1


def a_film(folder: Path, scenes: list[Scene], audio: list[SceneAudio], reuse: Path | None = None) -> Film:
    folder.mkdir(parents=True, exist_ok=True)
    rate, seconds = 22_050, sum(part.seconds for part in audio)
    samples = (np.sin(np.arange(int(seconds * rate)) * 0.1) * 5000).astype("<i2")
    with wave.open(str(folder / "sound.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    (folder / "film.vtt").write_text(
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nTwo <b>bodies</b> &amp; a {force}\n\n00:00:02.500 --> 00:00:04.000\n−3 m/s²\n"
    )
    return Film(
        title="Newton’s third law", scenes=scenes, audio=audio, soundtrack=folder / "sound.wav",
        captions=folder / "film.vtt", folder=folder, reuse=reuse or folder / "reuse",
    )


@pytest.fixture
def small(tmp_path: Path) -> Film:
    texts = ["Forces come in pairs", "A force is equal", "Forces never cancel out"]
    scenes = [
        Scene(narration=texts[0], visual=Title(heading="Forces")), scene_of(PROCESS, texts[1]),
        scene_of(KeyIdea(statement="They never cancel."), texts[2]),
    ]
    return a_film(tmp_path / "film", scenes, [spoken(text) for text in texts])


@pytest.mark.parametrize(("height", "size"), [(720, (1280, 720)), (1080, (1920, 1080))])
def test_a_film_has_everything_a_player_needs(small: Film, height: int, size: tuple[int, int]) -> None:
    path = small.folder / "film.mp4"
    seconds = BoardRenderer().film(small, height, path, lambda share: None)
    content = path.read_bytes()
    assert content.find(b"moov") < content.find(b"mdat")
    assert seconds == pytest.approx(sum(audio.seconds for audio in small.audio), abs=0.05)
    with av.open(str(path)) as file:
        video, audio, captions = file.streams.video[0], file.streams.audio[0], file.streams.subtitles[0]
        assert (video.codec_context.name, video.profile, video.codec_context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (video.width, video.height) == size
        assert video.average_rate == Fraction(RATE) and video.frames == round(seconds * RATE)
        context = video.codec_context
        assert {context.color_primaries, context.color_trc, context.colorspace, context.color_range} == {1}
        assert (audio.codec_context.name, captions.codec_context.name) == ("aac", "mov_text")
        assert file.metadata["title"] == "Newton’s third law"
        assert float(audio.duration * audio.time_base) == pytest.approx(seconds, abs=0.06)
    with av.open(str(path)) as file:
        cues = [(cue.pts, bytes(cue)[2:].decode()) for cue in file.demux(subtitles=0) if cue.size > 2]
    assert cues == [(500, "Two bodies & a {force}"), (2500, "−3 m/s²")]
    assert small.captions.is_file()


def test_picture_and_sound_start_together(small: Film) -> None:
    path = small.folder / "film.mp4"
    BoardRenderer().film(small, 720, path, lambda share: None)
    with av.open(str(path)) as file:
        frame = next(file.decode(audio=0))
        samples = np.abs(frame.to_ndarray()[0])
        first = float(frame.pts * frame.time_base) + int(np.argmax(samples > 0.02)) / frame.sample_rate
    assert abs(first) < 0.03


def test_after_an_edit_only_the_changed_scene_is_drawn_again(small: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small.folder / "film.mp4"
    BoardRenderer().film(small, 720, path, lambda share: None)
    drawn = []
    monkeypatch.setattr(making, "draw_layers", lambda scene, *args, **more: (
        drawn.append(scene.visual.kind), draw_layers(scene, *args, **more),
    )[1])
    longer = spoken("A force is equal and it lasts a little longer now")
    scenes = [small.scenes[0], scene_of(PROCESS, "longer"), small.scenes[2]]
    edited = a_film(small.folder / "new", scenes, [small.audio[0], longer, small.audio[2]], small.reuse)
    seconds = BoardRenderer().film(edited, 720, path, lambda share: None)
    assert drawn == ["process"]
    assert len(decoded(path)) == round(seconds * RATE)


def test_the_name_of_a_scene_changes_with_everything_that_can_be_seen() -> None:
    scene, audio, footer = scene_of(PROCESS, SAID), spoken(SAID), Footer(lesson="L", index=0, count=2)
    names = {
        scene_name(scene, audio, footer, 720),
        scene_name(scene, audio, footer, 1080),
        scene_name(scene, audio, Footer(lesson="M", index=0, count=2), 720),
        scene_name(scene, spoken(SAID, tail=2.0), footer, 720),
        scene_name(scene, audio.model_copy(update={"words": audio.words[:-1]}), footer, 720),
        scene_name(scene_of(a_cycle(), SAID), audio, footer, 720),
    }
    assert len(names) == 6
    assert scene_name(scene, audio, footer, 720) in names


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.suffix in (".mp4", ".part", ".m4a")}


def test_cancelling_leaves_nothing_unfinished_and_is_let_through(small: Film) -> None:
    calls = []

    def stop(share: float) -> None:
        calls.append(share)
        raise Cancelled

    with pytest.raises(Cancelled):
        BoardRenderer().film(small, 1080, small.folder / "film.mp4", stop)
    assert not any(name.endswith(".part") for name in files_of(small.folder))
    assert "film.mp4" not in files_of(small.folder)


def test_progress_only_grows_and_ends_at_one(small: Film) -> None:
    shares: list[float] = []
    BoardRenderer().film(small, 720, small.folder / "film.mp4", shares.append)
    assert shares == sorted(shares)
    assert shares[0] >= 0 and shares[-1] == 1.0


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left"), av.FFmpegError(errno.ENOSPC, "No space left")])
def test_a_full_disk_is_told_as_such(small: Film, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def full(*args: object) -> None:
        raise fault

    monkeypatch.setattr(making, "join", full)
    with pytest.raises(StorageFull):
        BoardRenderer().film(small, 720, small.folder / "film.mp4", lambda share: None)
    assert not any(name.endswith(".part") for name in files_of(small.folder))


def test_a_still_is_written_whole(tmp_path: Path, small: Film) -> None:
    BoardRenderer().still(small.scenes[0], tmp_path / "deep" / "poster.png")
    assert (tmp_path / "deep" / "poster.png").read_bytes().startswith(b"\x89PNG")
    assert len(list((tmp_path / "deep").iterdir())) == 1


def test_what_a_killed_run_left_is_swept_away_and_a_running_one_is_left_alone(small: Film) -> None:
    small.reuse.mkdir()
    left, running = small.reuse / ".left.part", small.reuse / ".running.part"
    left.touch()
    running.touch()
    os.utime(left, (0, 0))
    BoardRenderer().film(small, 720, small.folder / "film.mp4", lambda share: None)
    assert not left.exists() and running.exists()


def test_a_film_without_a_single_caption_is_still_a_film(small: Film) -> None:
    small.captions.write_text("WEBVTT\n")
    BoardRenderer().film(small, 720, small.folder / "film.mp4", lambda share: None)
    assert decoded(small.folder / "film.mp4")


def test_the_last_picture_is_held_while_the_sound_goes_on(small: Film) -> None:
    shorter = [part.model_copy(update={"seconds": part.seconds - 0.5}) for part in small.audio]
    film = replace(small, audio=shorter)
    seconds = BoardRenderer().film(film, 720, small.folder / "film.mp4", lambda share: None)
    assert seconds == pytest.approx(sum(part.seconds for part in small.audio), abs=0.05)
    assert len(decoded(small.folder / "film.mp4")) == round(seconds * RATE)
