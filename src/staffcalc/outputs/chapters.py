"""The chapters of a report: which answer stands where, and how each one reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from staffcalc._result import Result
from staffcalc._words import Sentence, has_word, label
from staffcalc.outputs.current import current_tables
from staffcalc.outputs.excerpts import excerpt
from staffcalc.outputs.plots import room_of
from staffcalc.outputs.tables import Table, readable, sentence_case

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk

CHAPTERS = ("current", "demand", "gap", "cover", "weak", "strain", "options", "money", "doubt", "other")
"""Chapters of a resourcing report, in order; one without content is left out."""

CHAPTER_OF_ROOM = {
    "demand": "demand",
    "staffing": "gap",
    "coverage": "cover",
    "resilience": "weak",
    "burnout": "strain",
    "decisions": "options",
}
CHAPTER_OF_KIND = {
    "workload": "current",
    "peers": "current",
    "time_diary": "current",
    "tool_curve": "current",
    "triage": "gap",
    "governance_role": "gap",
    "team_cost": "money",
    "sensitivity": "doubt",
    "open_questions": "doubt",
}

MOST_POINTS = 8
MOST_ROWS = 14


@dataclasses.dataclass(frozen=True)
class Block:
    """One answer as the reader sees it."""

    answer: Result
    title: str
    headline: str
    points: tuple[str, ...]
    notes: tuple[str, ...]
    table: Table | None


@dataclasses.dataclass(frozen=True)
class Section:
    """One chapter."""

    key: str
    title: str
    intro: str
    tables: tuple[tuple[str, Table], ...]
    blocks: tuple[Block, ...]


def chapter_of(answer: Result) -> str:
    """Return the chapter in which an answer stands: one of :data:`CHAPTERS`."""
    return CHAPTER_OF_KIND.get(answer.kind) or CHAPTER_OF_ROOM.get(room_of(answer), "other")


def title_of(answer: Result, language: str) -> str:
    """Return the title of a kind of answer; its code with spaces where there is none."""
    key = f"title_{answer.kind}"
    return label(key, language) if has_word(key) else answer.kind.replace("_", " ").capitalize()


def own_words(answers: Iterable[Result]) -> frozenset[str]:
    """Return the ids of people and channels, which keep their small letters at the start of a sentence."""
    desks = [answer.desk for answer in answers if answer.desk is not None]
    people = {person.id for desk in desks for person in desk.people}
    return frozenset(people | {channel.id for desk in desks for channel in desk.channels})


def chapters(
    answers: Sequence[Result], desk: Desk | None, language: str, numbers: Mapping[str, int]
) -> tuple[Section, ...]:
    """
    Return the chapters of a report.

    Parameters
    ----------
    answers : list of Result
        Any answers.
    desk : Desk or None
        The facts about the team.
    language : str
        ``en`` or ``tr``.
    numbers : mapping of str to int
        Number of each source in the list of sources.

    Returns
    -------
    tuple of Section
        Those that have content, in the order of :data:`CHAPTERS`.
    """
    places: dict[str, list[Result]] = {key: [] for key in CHAPTERS}
    for answer in answers:
        places[chapter_of(answer)].append(answer)
    said: dict[str, str] = {}
    own = own_words(answers)
    blocks = {key: [_block(answer, said, own, language, numbers) for answer in found] for key, found in places.items()}
    beside_peers = any(answer.kind == "peers" for answer in answers)
    made = []
    for key in CHAPTERS:
        tables: tuple[tuple[str, Table], ...] = ()
        if key == "current" and desk is not None:
            tables = current_tables(desk, language, numbers=numbers, team_size=not beside_peers)
        if blocks[key] or tables:
            intro = label(f"intro_{key}", language) if has_word(f"intro_{key}") else ""
            made.append(Section(key, label(f"section_{key}", language), intro, tables, tuple(blocks[key])))
    return tuple(made)


def _block(
    answer: Result, said: dict[str, str], own: frozenset[str], language: str, numbers: Mapping[str, int]
) -> Block:
    """Return one answer in words; ``said`` holds the doubts told so far and where, so that none is told twice."""
    currency = answer.desk.currency if answer.desk is not None else ""
    frame = excerpt(answer, MOST_ROWS)
    table = None
    if len(frame):
        table = readable(
            frame, language=language, kind=answer.kind, most_rows=MOST_ROWS, currency=currency, numbers=numbers
        )
    return Block(
        answer=answer,
        title=title_of(answer, language),
        headline=sentence_case(answer.headline.say(language), language, own),
        points=tuple(sentence_case(text, language, own) for text in _points(answer, language)),
        notes=tuple(sentence_case(text, language, own) for text in _new_notes(answer, said, language)),
        table=table,
    )


def _points(answer: Result, language: str) -> tuple[str, ...]:
    texts = [point.say(language) for point in answer.points]
    if len(texts) <= MOST_POINTS:
        return tuple(texts)
    return (*texts[:MOST_POINTS], Sentence("more_points", count=len(texts) - MOST_POINTS).say(language))


def _new_notes(answer: Result, said: dict[str, str], language: str) -> tuple[str, ...]:
    texts = list(dict.fromkeys(note.say(language) for note in answer.notes))
    above = list(dict.fromkeys(said[text] for text in texts if text in said))
    new = [text for text in texts if text not in said]
    said.update(dict.fromkeys(new, title_of(answer, language)))
    if above:
        new.append(Sentence("notes_above", titles=above).say(language))
    return tuple(new)
