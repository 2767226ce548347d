"""The sentences that the model wrote: how many stood the check, and how likely each is supported by what it rests on."""

from collections.abc import Sequence
from statistics import fmean

from pipeline.domain import Intent, Origin, Script, Sentence
from pipeline.scoring.calibration import Signs
from pipeline.scoring.values import Answer, Finding, Reference, Tools, cannot, found
from pipeline.writing import Evidence

PROMPT = "grounded"
WRITTEN = (Origin.MODEL, Origin.DROPPED)


def score_kept(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The share of the model's sentences, questions included, that stand in the lesson; an empty one was not kept."""
    assert answer.script
    written = [sentence for sentence in answer.script.sentences if sentence.origin in WRITTEN]
    if not written:
        return cannot("The model was asked for no sentence.")
    kept = sum(sentence.origin is Origin.MODEL for sentence in written)
    return found(kept / len(written), f"{kept} of {len(written)} sentences stood the check.")


def score_cover(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The mean share of content words of the model's sentences, kept or not, that what they rest on has; asks no model."""
    assert answer.lesson and answer.script
    intent, script = answer.lesson.intent, answer.script
    written = [sentence for sentence in script.sentences if sentence.origin in WRITTEN and sentence.text]
    if not written or intent is None:
        return cannot("The model wrote no sentence.")
    shares = [Evidence(text=evidence_of(sentence, script, intent)).cover(sentence.text) for sentence in written]
    least = min(range(len(shares)), key=shares.__getitem__)
    return found(fmean(shares), f"Least, with {shares[least]:.2f}: {written[least].text[:160]}")


def score_grounding(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The mean probability of support of the model's claims that stand in the lesson."""
    return _grounded(answer, tools, (Origin.MODEL,), "No claim of the model stands in the lesson: the book speaks.")


def score_drafts(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The mean probability of support of all claims that the model wrote."""
    return _grounded(answer, tools, WRITTEN, "The model wrote no claim.")


def signs(claim: str, evidence: str, tools: Tools) -> Signs:
    """What is seen of the claim in this text. Asks the model."""
    rests = Evidence(text=evidence)
    return Signs(cover=rests.cover(claim), pairs=rests.pair_cover(claim), margin=judge_margin(claim, evidence, tools))


def judge_margin(claim: str, evidence: str, tools: Tools) -> float:
    """P(yes) − P(no) of the judge, asked whether the text supports the claim."""
    assert tools.model
    return float(tools.spend(tools.model.margin(tools.prompts.render(PROMPT, {"passage": evidence, "claim": claim}))))


def prompt_of(tools: Tools) -> str:
    """The prompt that the judge of claims is asked with, as name@version."""
    return f"{PROMPT}@{tools.prompts.text(PROMPT).version}"


def _grounded(answer: Answer, tools: Tools, origins: Sequence[Origin], without: str) -> Finding:
    assert answer.lesson and answer.script
    claims = [s for s in answer.script.sentences if s.origin in origins and s.text and not s.text.endswith("?")]
    calibration = tools.calibration
    if not claims or answer.lesson.intent is None:
        return cannot(without)
    if tools.model is None or calibration is None:
        return cannot("There is no language model to ask." if calibration else "There is no calibration.")
    if (calibration.model, calibration.prompt) != (tools.model.name, prompt_of(tools)):
        return cannot(f"The calibration is of {calibration.model} and {calibration.prompt}, not of {tools.model.name} and "
                      f"{prompt_of(tools)}: run `python -m pipeline evaluate calibrate`.")
    intent, script = answer.lesson.intent, answer.script
    sure = [calibration.probability(signs(s.text, evidence_of(s, script, intent), tools)) for s in claims]
    weakest = min(range(len(sure)), key=sure.__getitem__)
    return found(fmean(sure), f"Weakest, with {sure[weakest]:.2f}: {claims[weakest].text[:160]}")


def evidence_of(sentence: Sentence, script: Script, intent: Intent) -> str:
    """What a connecting sentence may rest on: the topic, the situation in the book's words, and the passages it cites."""
    told = [one.text for one in script.sentences if one.origin is Origin.BOOK]
    cited = [passage.text for passage in script.passages if passage.chunk_id in sentence.sources and passage.text not in told]
    where = f"In {intent.interest_name}: " if intent.interest_name else ""
    return "\n".join([basis(intent.topic_name, intent.summary, where + " ".join(told)), *cited])


def basis(topic: str, summary: str, situation: str) -> str:
    """The text that connecting sentences rest on, as the judge reads it and as the calibration was made with."""
    return f"{topic}. {summary}\n{situation}"
