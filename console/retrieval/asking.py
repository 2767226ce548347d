"""The tab Ask: a question, where it is looked for, how the lists are put together; every change goes into the address."""

from collections.abc import Sequence

import streamlit as st

from console.organisation.labels import SUBJECTS
from console.retrieval import address
from console.retrieval.address import GRADES, LIMITS, Asked
from console.rights import right
from pipeline.corpora import CorpusView
from pipeline.domain import Subject
from pipeline.organisation import Permission
from pipeline.search import SYSTEMS, Fusion

JUDGED = SYSTEMS["default+rerank"].rerank
FUSIONS = {"": "As lessons", Fusion.RRF: "Reciprocal rank", Fusion.MINMAX: "Min–max"}
_HOW = ("As lessons: min–max with a weight that depends on the kind of the question. Reciprocal rank adds 1/(60 + rank) "
        "of each list. Min–max adds the scores of each list, stretched to 0…1.")
_THRESHOLD = ("When the passage nearest in meaning has a lower cosine, the question counts as off topic and nothing is found. "
              "It holds for the fused list.")
_RERANK = (f"The language model reads the best {JUDGED} passages and says how sure it is that each answers the question. That "
           "takes seconds for each passage, and half a minute more the first time.")


def question(asked: Asked) -> None:
    """What is asked; every control has the value of the address."""
    _set_widgets(asked)
    st.text_input("Question", key=_key(address.QUESTION), max_chars=address.QUESTION_CHARACTERS, on_change=_changed,
                  args=(address.QUESTION,), placeholder="Why do rockets move in space, where there is nothing to push against?")


def settings(asked: Asked, known: Sequence[CorpusView]) -> None:
    """Where it is looked for, and how."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="retrieval_filters"):
        _filters(asked, known)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="retrieval_tuning"):
        _tuning(asked)


def _filters(asked: Asked, known: Sequence[CorpusView]) -> None:
    names = list(dict.fromkeys([*(view.name for view in known), *asked.corpora]))
    licences = list(dict.fromkeys([*(view.licence for view in known if view.licence), *asked.licences]))
    st.multiselect("Corpora", names, key=_key(address.CORPUS), width=290, placeholder="The shipped topics",
                   on_change=_changed, args=(address.CORPUS,))
    subjects = list(dict.fromkeys(["", *map(str, Subject), *(view.subject for view in known), asked.subject]))
    st.selectbox("Subject", subjects, key=_key(address.SUBJECT), width=170, on_change=_changed, args=(address.SUBJECT,),
                 format_func=_subject)
    st.selectbox("Grade", ["", *map(str, GRADES)], key=_key(address.GRADE), width=110, on_change=_changed,
                 args=(address.GRADE,), format_func=lambda grade: grade or "Any",
                 help="Passages of this grade and up to three grades from it; those without a grade always fit.")
    st.multiselect("Licence", licences, key=_key(address.LICENCE), width=220, placeholder="Any",
                   on_change=_changed, args=(address.LICENCE,))
    if any(map(address.said, address.FILTERED[1:])):
        st.button("Clear", icon=":material/filter_alt_off:", type="tertiary", key="retrieval_clear", on_click=address.clear,
                  args=(address.FILTERED[1:],), help="Take all filters back.")


def _tuning(asked: Asked) -> None:
    st.segmented_control("Fusion", list(FUSIONS), key=_key(address.FUSION), format_func=FUSIONS.__getitem__, required=True,
                         on_change=_changed, args=(address.FUSION,), help=_HOW)
    st.slider("Weight of the words", 0, address.PERCENT, step=5, key=_key(address.WEIGHT), format="%d %%", width=220,
              disabled=asked.fusion is None, on_change=_moved, args=(address.WEIGHT, address.USUAL_WEIGHT),
              help="The rest is the weight of the meaning. To move it, choose a fusion." if asked.fusion is None else
              "The rest is the weight of the meaning.")
    st.slider("Threshold", 0, address.PERCENT, step=1, key=_key(address.THRESHOLD), format="%d %%", width=220,
              on_change=_moved, args=(address.THRESHOLD, address.USUAL_THRESHOLD), help=_THRESHOLD)
    st.segmented_control("Shown", LIMITS, key=_key(address.LIMIT), required=True, on_change=_moved,
                         args=(address.LIMIT, LIMITS[0]))
    st.toggle("Rerank", key=_key(address.RERANK), on_change=_switched, args=(address.RERANK,),
              **right(Permission.RETRIEVAL, help=_RERANK))


def _set_widgets(asked: Asked) -> None:
    st.session_state.update({
        _key(address.QUESTION): asked.question, _key(address.CORPUS): list(asked.corpora), _key(address.SUBJECT): asked.subject,
        _key(address.GRADE): str(asked.grade or ""), _key(address.LICENCE): list(asked.licences),
        _key(address.FUSION): asked.fusion or "", _key(address.WEIGHT): asked.weight,
        _key(address.THRESHOLD): asked.threshold, _key(address.LIMIT): asked.limit, _key(address.RERANK): asked.rerank})


def _changed(name: str) -> None:
    value = st.session_state[_key(name)]
    address.put(name, str(value) if isinstance(value, str) else [str(one) for one in value or ()])


def _moved(name: str, usual: int) -> None:
    value = int(st.session_state[_key(name)])
    address.put(name, "" if value == usual else str(value))


def _switched(name: str) -> None:
    address.put(name, address.YES if st.session_state[_key(name)] else "")


def _subject(name: str) -> str:
    return SUBJECTS[Subject(name)] if name in set(Subject) else name or "Any"


def _key(name: str) -> str:
    return f"retrieval_{name}"
