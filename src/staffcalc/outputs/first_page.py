"""What stands on the first page: the answers, what to do first, one picture, and what to know before the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.outputs.chapters import own_words
from staffcalc.outputs.tables import sentence_case

LEADING = ("comparison", "staffing_need", "workload", "single_points", "burnout_risk")
"""Answers of the first page, best first; the first of them lends its picture."""

WEIGHTY = (
    "hours_not_covered",
    "ceiling_below_all",
    "ceiling_close",
    "cap_out_of_reach",
    "cap_broken",
    "outside_opening_hours",
    "not_certified",
    "duty_asked_zero",
    "burnout_note_not_diagnosis",
)
"""Notes that a director must have read, before all others of their answer."""

REMARKS = ("channels_not_added", "one_less_note", "burnout_note_layers", "duty_asked")
"""Notes that explain and do not doubt: not for the first page."""

MOST_DOUBTS = 4
MOST_STEPS = 5
MOST_LESSONS = 3


def lead(answers: Sequence[Result], language: str) -> tuple[str, ...]:
    """Return the headlines of the leading answers; of the first answers where none leads."""
    first = [answer for kind in LEADING for answer in answers if answer.kind == kind]
    return _cased(((answer.headline) for answer in (first or answers)[:5]), answers, language)


def chart(answers: Sequence[Result]) -> Result | None:
    """Return the answer whose picture stands on the first page."""
    return next((answer for kind in LEADING for answer in answers if answer.kind == kind), None)


def steps(answers: Sequence[Result], language: str) -> tuple[str, ...]:
    """Return what to do first: accesses to close today, the cheapest spares, the change that eases the work most."""
    return _cased(_steps(answers), answers, language)[:MOST_STEPS]


def _steps(answers: Sequence[Result]) -> Iterator[Sentence]:
    of_kind = {answer.kind: answer for answer in reversed(answers)}
    review = of_kind.get("access_review")
    if review is not None and (review.to_frame()["due"] == "today").any():
        yield review.headline
    if "training_plan" in of_kind:
        yield from of_kind["training_plan"].points[:MOST_LESSONS]
    if "burnout_levers" in of_kind and len(of_kind["burnout_levers"].to_frame()):
        yield of_kind["burnout_levers"].headline


def doubts(answers: Sequence[Result], language: str) -> tuple[str, ...]:
    """Return the weightiest own doubt of each answer on the first page: one that no earlier answer has."""
    said: set[Sentence] = set()
    own: dict[str, Sentence] = {}
    for answer in answers:
        new = [note for note in answer.notes if note not in said]
        said.update(new)
        weighed = sorted((note for note in new if note.key not in REMARKS), key=lambda note: note.key not in WEIGHTY)
        if weighed and answer.kind in LEADING:
            own.setdefault(answer.kind, weighed[0])
    return _cased((own[kind] for kind in LEADING if kind in own), answers, language)[:MOST_DOUBTS]


def _cased(sentences: Iterator[Sentence], answers: Sequence[Result], language: str) -> tuple[str, ...]:
    own = own_words(answers)
    return tuple(sentence_case(sentence.say(language), language, own) for sentence in sentences)
