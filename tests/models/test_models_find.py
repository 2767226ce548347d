"""A path in the settings wins, a wrong one says so, and missing weights say what to run."""

from dataclasses import replace

import pytest

from pipeline.errors import DamagedWeights, MissingWeights, OperatorError
from pipeline.models import (
    EachOnce,
    State,
    find_embedder,
    find_language_model,
    find_voice,
    language_models,
    listing,
    pull,
)
from pipeline.models.fused import fuse_network


@pytest.fixture
def pulled(settings, index, align):
    pull(settings, "standard", lambda progress: None, fetch=index, align=align)
    return settings


def test_pulled_weights_are_found(pulled, align):
    assert find_language_model(pulled) == pulled.models / "brain" / "brain.gguf"
    assert find_voice(pulled, align=align).read_bytes() == b"a network with an output"


def test_missing_weights_say_what_to_run(settings):
    with pytest.raises(MissingWeights, match="python -m pipeline models pull --profile standard"):
        find_language_model(settings)


def test_damaged_weights_are_not_handed_out(pulled):
    (pulled.models / "brain" / "brain.gguf").write_bytes(b"short")

    with pytest.raises(DamagedWeights, match="models pull"):
        find_language_model(pulled)


def test_a_model_may_be_asked_for_by_its_id(pulled, tmp_path):
    assert find_language_model(pulled, "brain") == find_language_model(pulled) and language_models(pulled) == ("brain",)
    with pytest.raises(OperatorError, match="no language model 'nobody': there are brain"):
        find_language_model(pulled, "nobody")
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(b"weights")
    settings = replace(pulled, language_model=mine)
    assert find_language_model(settings) == find_language_model(settings, "mine") == mine
    assert find_language_model(settings, "brain") == find_language_model(pulled)
    assert language_models(settings) == ("mine", "brain")


def test_a_model_that_is_not_there_cannot_be_asked_for(settings):
    assert language_models(settings) == ()
    with pytest.raises(MissingWeights, match="models pull --profile standard"):
        find_language_model(settings, "brain")


def test_a_model_is_loaded_once_when_it_is_asked_for_and_again_after_a_failure():
    asked = []

    def load(model_id):
        asked.append(model_id)
        if asked == ["other"]:
            raise MissingWeights("It is not there.")
        return object()

    first = object()
    models = EachOnce(load, usual=first)
    assert models("usual") is first
    with pytest.raises(MissingWeights):
        models("other")
    assert models("other") is models("other") and asked == ["other", "other"]


def test_a_profile_without_such_a_model_is_an_error(pulled):
    with pytest.raises(OperatorError, match="no language_model for the profile “small”"):
        find_language_model(replace(pulled, profile="small"))


@pytest.mark.parametrize(("setting", "variable", "find"), [
    ("language_model", "VIVIDLY_LANGUAGE_MODEL", find_language_model),
    ("embedder", "VIVIDLY_EMBEDDER", find_embedder),
    ("voice", "VIVIDLY_VOICE", find_voice),
])
def test_a_wrong_path_names_its_variable(pulled, tmp_path, setting, variable, find):
    settings = replace(pulled, **{setting: tmp_path / "nowhere"})

    with pytest.raises(MissingWeights, match=variable):
        find(settings)
    assert listing(settings)[-1].state is State.MISSING


def test_the_embedder_is_handed_out_fused_with_its_tokenizer(with_embedder, index, align, fuse):
    pull(with_embedder, "standard", lambda progress: None, fetch=index, align=align, fuse=fuse)
    copy = with_embedder.models / "fused" / "minilm"
    assert (copy / "model.onnx").read_bytes() == b"a network of vectors, fused" and (copy / "tokenizer.json").is_file()
    (copy / "model.onnx").unlink()

    assert find_embedder(with_embedder, fuse=fuse) == copy
    assert (copy / "model.onnx").is_file()
    assert (with_embedder.models / "minilm" / "model.onnx").read_bytes() == b"a network of vectors"


def test_your_own_embedder_is_used_as_it_is(settings, tmp_path):
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"mine")

    assert find_embedder(replace(settings, embedder=tmp_path)) == tmp_path


def test_what_is_no_minilm_is_not_fused(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"no network")

    with pytest.raises(OperatorError, match="is not the MiniLM"):
        fuse_network(tmp_path / "model.onnx", tmp_path / "fused.onnx")


def test_your_own_voice_is_copied_and_never_touched(pulled, tmp_path, align):
    mine = tmp_path / "mine.onnx"
    mine.write_bytes(b"my network")
    (tmp_path / "mine.onnx.json").write_text("{}")
    settings = replace(pulled, voice=mine)

    copy = find_voice(settings, align=align)

    assert copy.read_bytes() == b"my network with an output"
    assert copy.with_name("mine.onnx.json").is_file()
    assert pulled.models in copy.parents
    assert mine.read_bytes() == b"my network" and sorted(tmp_path.glob("mine*")) == [mine, tmp_path / "mine.onnx.json"]
    assert listing(settings)[-1].state is State.YOUR_OWN


def test_an_aligned_copy_is_made_once_and_again_after_a_change(pulled, tmp_path):
    made = []

    def align(voice, target):
        made.append(voice.read_bytes())
        target.write_bytes(b"aligned " + voice.read_bytes())

    mine = tmp_path / "mine.onnx"
    (tmp_path / "mine.onnx.json").write_text("{}")
    settings = replace(pulled, voice=mine)
    for content in (b"one", b"one", b"two"):
        if not mine.is_file() or mine.read_bytes() != content:
            mine.write_bytes(content)
        find_voice(settings, align=align)

    assert made == [b"one", b"two"]


def test_a_copy_that_failed_half_way_is_not_taken_for_a_voice(pulled, tmp_path):
    mine = tmp_path / "mine.onnx"
    mine.write_bytes(b"my network")
    (tmp_path / "mine.onnx.json").write_text("{}")

    def align(voice, target):
        target.write_bytes(b"half")
        raise OperatorError("not a voice")

    with pytest.raises(OperatorError, match="not a voice"):
        find_voice(replace(pulled, voice=mine), align=align)
    assert not list((pulled.models / "aligned").glob("*/*mine.onnx"))
