"""
What a report says, before any format: a list of answers told in the order of a resourcing report.

Every format (page, document, slides) sets the same :class:`Story`, so that they cannot disagree.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from staffcalc._result import Result
from staffcalc._words import Sentence, catalogue, format_value, has_word, label
from staffcalc.errors import InputError
from staffcalc.outputs.current import current_tables
from staffcalc.outputs.excerpts import excerpt
from staffcalc.outputs.ledger import AssumptionLine, SourceLine, assumption_lines, source_lines
from staffcalc.outputs.peers import peer_frame
from staffcalc.outputs.plots import room_of
from staffcalc.outputs.summary import KeyFigure, key_figures
from staffcalc.outputs.tables import Table, readable

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk

SECTIONS = ("current", "demand", "gap", "cover", "weak", "strain", "options", "money", "doubt", "other")
"""Chapters of a resourcing report, in order; one without content is left out."""

SECTION_OF_ROOM = {
    "demand": "demand",
    "staffing": "gap",
    "coverage": "cover",
    "resilience": "weak",
    "burnout": "strain",
    "decisions": "options",
}
SECTION_OF_KIND = {
    "workload": "current",
    "peers": "current",
    "time_diary": "current",
    "triage": "gap",
    "governance_role": "gap",
    "team_cost": "money",
    "sensitivity": "doubt",
    "open_questions": "doubt",
}

CHART_OF_SUMMARY = ("comparison", "staffing_need", "workload", "single_points", "burnout_risk")
"""Answers whose picture stands on the first page, best first."""

WEIGHTY = (
    "hours_not_covered",
    "ceiling_below_all",
    "ceiling_close",
    "cap_out_of_reach",
    "cap_broken",
    "outside_opening_hours",
    "not_certified",
    "burnout_note_not_diagnosis",
)
"""Notes that a director must have read, before all others of their answer."""

REMARKS = ("channels_not_added", "one_less_note", "burnout_note_layers")
"""Notes that explain and do not doubt: not for the first page."""

MOST_POINTS = 8
MOST_ROWS = 14
MOST_DOUBTS = 4


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


@dataclasses.dataclass(frozen=True)
class Story:
    """
    Everything a report says, in one language.

    Parameters
    ----------
    title, team, language, author, date : str
        Cover.
    provenance : tuple of (str, str)
        What the report was made from.
    lead : tuple of str
        The answers of the first page, one sentence each.
    figures : tuple of KeyFigure
        At most five numbers.
    chart : Result or None
        The answer whose picture stands on the first page.
    doubts : tuple of str
        What to read before the numbers are used.
    sections : tuple of Section
        Chapters.
    given, assumed : tuple of AssumptionLine
        What the client gave, beside what was assumed.
    methods : tuple of (str, str)
        Title and paragraph.
    sources : tuple of SourceLine
        Where figures come from.
    glossary : tuple of (str, str)
        Word and meaning.
    """

    title: str
    team: str
    language: str
    author: str
    date: str
    provenance: tuple[tuple[str, str], ...]
    lead: tuple[str, ...]
    figures: tuple[KeyFigure, ...]
    chart: Result | None
    doubts: tuple[str, ...]
    sections: tuple[Section, ...]
    given: tuple[AssumptionLine, ...]
    assumed: tuple[AssumptionLine, ...]
    methods: tuple[tuple[str, str], ...]
    sources: tuple[SourceLine, ...]
    glossary: tuple[tuple[str, str], ...]


def tell(
    answers: Sequence[Result],
    *,
    title: str | None = None,
    language: str = "en",
    author: str = "",
    date: dt.date | None = None,
    files: Iterable[str | Path] = (),
) -> Story:
    """
    Return what a report of these answers says.

    Parameters
    ----------
    answers : list of Result
        Any answers.
    title : str, optional
        Title of the report; made from the name of the team if not given.
    language : str
        ``en`` or ``tr``.
    author : str
        Who hands the report over.
    date : date, optional
        Day printed on the cover; none if not given, so that the same answers give the same bytes.
    files : iterable of path
        Input files whose fingerprints are printed.

    Returns
    -------
    Story
        The report without its format.

    Raises
    ------
    InputError
        If there is no answer, or something in the list is not an answer.
    """
    catalogue(language)
    answers = list(answers)
    if not answers:
        raise InputError("report_without_answers")
    for place, answer in enumerate(answers):
        if not isinstance(answer, Result):
            raise InputError("not_an_answer", place=place, what=type(answer).__name__)
    desk = next((answer.desk for answer in answers if answer.desk is not None), None)
    team = desk.name if desk is not None else ""
    given, assumed = assumption_lines(answers, language)
    return Story(
        title=title or _title(team, language),
        team=team,
        language=language,
        author=author,
        date=format_value(date, language) if date else "",
        provenance=_provenance(answers, desk, files, language),
        lead=_lead(answers, language),
        figures=key_figures(answers, language),
        chart=_chart(answers),
        doubts=_doubts(answers, language),
        sections=_sections(answers, desk, language),
        given=given,
        assumed=assumed,
        methods=_methods(answers, language),
        sources=source_lines(answers, language, more=peer_frame(desk)["source"] if desk is not None else ()),
        glossary=_glossary(language),
    )


def _title(team: str, language: str) -> str:
    return Sentence("report_title", team=team).say(language) if team else label("report_title_plain", language)


def _provenance(
    answers: Sequence[Result], desk: Desk | None, files: Iterable[str | Path], language: str
) -> tuple[tuple[str, str], ...]:
    lines = [(label("made_with", language), f"staffcalc {metadata.version('staffcalc')}")]
    for file in map(Path, files):
        mark = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        lines.append((Sentence("fingerprint_of", file=file.name).say(language), mark))
    lines.append((label("fingerprint", language), fingerprint(answers, desk)))
    if desk is not None and desk.as_of is not None:
        lines.append((label("facts_of", language), format_value(desk.as_of, language)))
    return tuple(lines)


def fingerprint(answers: Sequence[Result], desk: Desk | None) -> str:
    """Return 16 hexadecimal digits that change when a fact about the team or the demand changes."""
    digest = hashlib.sha256()
    if desk is not None:
        digest.update(json.dumps(desk.model_dump(mode="json", exclude_unset=True), sort_keys=True).encode())
    for answer in answers:
        if room_of(answer) == "demand":
            digest.update(answer.to_frame().to_csv(index=False).encode())
    return digest.hexdigest()[:16]


def _lead(answers: Sequence[Result], language: str) -> tuple[str, ...]:
    first = [answer for kind in CHART_OF_SUMMARY for answer in answers if answer.kind == kind]
    return tuple(answer.headline.say(language) for answer in (first or answers)[:5])


def _chart(answers: Sequence[Result]) -> Result | None:
    found = (answer for kind in CHART_OF_SUMMARY for answer in answers if answer.kind == kind)
    return next(found, None)


def _doubts(answers: Sequence[Result], language: str) -> tuple[str, ...]:
    """Return the weightiest own doubt of each answer on the first page: one that no earlier answer has."""
    said: set[str] = set()
    own: dict[str, str] = {}
    for answer in answers:
        new = {text: note.key for note in answer.notes if (text := note.say(language)) not in said}
        said.update(new)
        doubts = sorted(
            (text for text, key in new.items() if key not in REMARKS), key=lambda text: new[text] not in WEIGHTY
        )
        if doubts and answer.kind in CHART_OF_SUMMARY:
            own.setdefault(answer.kind, doubts[0])
    return tuple(own[kind] for kind in CHART_OF_SUMMARY if kind in own)[:MOST_DOUBTS]


def _sections(answers: Sequence[Result], desk: Desk | None, language: str) -> tuple[Section, ...]:
    places: dict[str, list[Result]] = {key: [] for key in SECTIONS}
    for answer in answers:
        places[SECTION_OF_KIND.get(answer.kind) or SECTION_OF_ROOM.get(room_of(answer), "other")].append(answer)
    said: dict[str, str] = {}
    blocks = {key: [_block(answer, said, language) for answer in found] for key, found in places.items()}
    made = []
    for key in SECTIONS:
        tables = current_tables(desk, language) if key == "current" and desk is not None else ()
        if blocks[key] or tables:
            intro = label(f"intro_{key}", language) if has_word(f"intro_{key}") else ""
            made.append(Section(key, label(f"section_{key}", language), intro, tables, tuple(blocks[key])))
    return tuple(made)


def _block(answer: Result, said: dict[str, str], language: str) -> Block:
    """Return one answer in words; ``said`` holds the doubts told so far and where, so that none is told twice."""
    currency = answer.desk.currency if answer.desk is not None else ""
    frame = excerpt(answer)
    table = None
    if len(frame):
        table = readable(frame, language=language, kind=answer.kind, most_rows=MOST_ROWS, currency=currency)
    return Block(
        answer=answer,
        title=title_of(answer, language),
        headline=answer.headline.say(language),
        points=_points(answer, language),
        notes=_new_notes(answer, said, language),
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


def title_of(answer: Result, language: str) -> str:
    """Return the title of a kind of answer; its code with spaces where there is none."""
    key = f"title_{answer.kind}"
    return label(key, language) if has_word(key) else answer.kind.replace("_", " ").capitalize()


def _methods(answers: Sequence[Result], language: str) -> tuple[tuple[str, str], ...]:
    kinds = {answer.kind: answer for answer in reversed(answers)}
    kinds = {kind: kinds[kind] for kind in dict.fromkeys(answer.kind for answer in answers)}
    return tuple(
        (title_of(answer, language), label(f"method_{kind}", language))
        for kind, answer in kinds.items()
        if has_word(f"method_{kind}")
    )


def _glossary(language: str) -> tuple[tuple[str, str], ...]:
    words = [key.removeprefix("gloss_") for key in catalogue("en") if key.startswith("gloss_")]
    return tuple((label(f"word_{word}", language), label(f"gloss_{word}", language)) for word in words)
