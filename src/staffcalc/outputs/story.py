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
from staffcalc.outputs import first_page
from staffcalc.outputs.chapters import Section, chapters, title_of
from staffcalc.outputs.ledger import SourceLine, Topic, source_lines, topics
from staffcalc.outputs.peers import peer_frame
from staffcalc.outputs.plots import room_of
from staffcalc.outputs.summary import KeyFigure, key_figures

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk


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
    steps : tuple of str
        What to do first.
    chart : Result or None
        The answer whose picture stands on the first page.
    doubts : tuple of str
        What to read before the numbers are used.
    sections : tuple of Section
        Chapters.
    given, assumed : tuple of Topic
        What the client gave, beside what was assumed, by chapter.
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
    steps: tuple[str, ...]
    chart: Result | None
    doubts: tuple[str, ...]
    sections: tuple[Section, ...]
    given: tuple[Topic, ...]
    assumed: tuple[Topic, ...]
    methods: tuple[tuple[str, str], ...]
    sources: tuple[SourceLine, ...]
    glossary: tuple[tuple[str, str], ...]


def as_list(answers: Result | Iterable[Result]) -> list[Result]:
    """Return answers as a list; one answer alone is a list of one."""
    if isinstance(answers, Result):
        return [answers]
    if not isinstance(answers, Iterable):
        raise InputError("not_an_answer", place=0, what=type(answers).__name__)
    return list(answers)


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
    answers = as_list(answers)
    if not answers:
        raise InputError("report_without_answers")
    for place, answer in enumerate(answers):
        if not isinstance(answer, Result):
            raise InputError("not_an_answer", place=place, what=type(answer).__name__)
    desk = next((answer.desk for answer in answers if answer.desk is not None), None)
    team = desk.name if desk is not None else ""
    listed = source_lines(answers, language, more=peer_frame(desk)["source"] if desk is not None else ())
    numbers = {line.key: number for number, line in enumerate(listed, start=1)}
    return Story(
        title=title or _title(team, language),
        team=team,
        language=language,
        author=author,
        date=format_value(date, language) if date else "",
        provenance=_provenance(answers, desk, files, language),
        lead=first_page.lead(answers, language),
        figures=key_figures(answers, language),
        steps=first_page.steps(answers, language),
        chart=first_page.chart(answers),
        doubts=first_page.doubts(answers, language),
        sections=chapters(answers, desk, language, numbers),
        given=topics(answers, language, numbers, given=True),
        assumed=topics(answers, language, numbers, given=False),
        methods=_methods(answers, language),
        sources=listed,
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
