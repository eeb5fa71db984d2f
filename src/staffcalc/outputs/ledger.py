"""The assumptions log and the list of sources: what every number of a report rests on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence, format_value, has_word, label
from staffcalc.outputs.chapters import CHAPTERS, chapter_of, own_words
from staffcalc.outputs.tables import cell, cited, sentence_case
from staffcalc.reference.lookup import sources

SECTIONS_OF_DESK = ("absence", "calendar", "channels", "costs", "duties", "people", "targets")
"""First parts of names that say nothing to a reader."""


@dataclasses.dataclass(frozen=True)
class AssumptionLine:
    """One line of the assumptions log."""

    name: str
    value: str
    range: str
    unit: str
    status: str
    source: str
    note: str = dataclasses.field(compare=False)


@dataclasses.dataclass(frozen=True)
class Topic:
    """Lines of the assumptions log that serve one chapter."""

    title: str
    lines: tuple[AssumptionLine, ...]


@dataclasses.dataclass(frozen=True)
class SourceLine:
    """One entry of the list of sources."""

    key: str
    text: str
    url: str
    kind: str


def log(answers: Iterable[Result]) -> tuple[Assumption, ...]:
    """Return the assumptions of all answers, each once: what was given first, then what was assumed."""
    rows = dict.fromkeys(row for answer in answers for row in answer.assumptions)
    return tuple(sorted(rows, key=lambda row: (row.status != "given", row.name)))


def topics(answers: Sequence[Result], language: str, numbers: Mapping[str, int], *, given: bool) -> tuple[Topic, ...]:
    """Return what was given, or what was assumed, in words: each once, under the first chapter that rests on it."""
    chapter: dict[Assumption, str] = {}
    for key in CHAPTERS:
        for answer in answers:
            if chapter_of(answer) == key:
                for row in answer.assumptions:
                    chapter.setdefault(row, key)
    own = own_words(answers)
    first: dict[AssumptionLine, str] = {}
    for row in sorted(log(answers), key=lambda row: CHAPTERS.index(chapter[row])):
        if (row.status == "given") == given:
            line = assumption_line(row, language, numbers)
            first.setdefault(dataclasses.replace(line, name=sentence_case(line.name, language, own)), chapter[row])
    told = {key: tuple(line for line, place in first.items() if place == key) for key in CHAPTERS}
    return tuple(Topic(label(f"section_{key}", language), lines) for key, lines in told.items() if lines)


def assumption_line(row: Assumption, language: str, numbers: Mapping[str, int] | None = None) -> AssumptionLine:
    """Return one assumption in words; shares as percentages, the source by its number where ``numbers`` are given."""
    spec = "p1" if row.unit in ("share", "share/year") and not isinstance(row.value, str) else "g"
    low, high = (format_value(bound, language, spec) if bound is not None else "" for bound in (row.low, row.high))
    value = label("not_known", language) if row.value is None else cell(row.value, spec, language)
    return AssumptionLine(
        name=name_of(row.name, language),
        value=value,
        range=Sentence("from_to", low=low, high=high).say(language) if low and high and low != high else "",
        unit="" if row.unit == "share" else unit_of(row.unit, language),
        status=_status(row, language),
        source=cited(row.source, language, numbers or {}),
        note=row.note,
    )


def _status(row: Assumption, language: str) -> str:
    """Return how sure a figure is, and whether it still waits for a check in the original publication."""
    status = Sentence(f"status_{row.status}")
    unread = row.note.startswith("verify before release")
    return Sentence("status_to_verify", status=status).say(language) if unread else status.say(language)


def name_of(figure: str, language: str) -> str:
    """
    Return the reader's words for the name of a figure: of a channel, role or grade where the name has parts.

    Examples
    --------
    >>> name_of("channels.instagram.aht_minutes", "en"), name_of("burnout_or_weekly_hours", "en")
    ('instagram: Average handle time', 'Effect of hours worked a week on burnout')
    """
    *context, last = figure.split(".")
    for family, key in (
        ("burnout_or_", "drives_burnout"),
        ("burnout_reference_", "reference_of_burnout"),
        ("burnout_ramp_", "ramp_of_burnout"),
    ):
        if last.startswith(family):
            return Sentence(key, driver=_word(last.removeprefix(family), language, first="term")).say(language)
    if context and not has_word(f"name_{last.lower()}") and has_word(f"name_{context[-1]}"):
        context, last = [last], context[-1]
    context = [part for part in context if part not in SECTIONS_OF_DESK]
    if not context:
        return _word(last, language)
    where = ", ".join(_word(part, language) for part in context)
    return Sentence("in_context", context=where, name=_word(last, language)).say(language)


def _word(code: str, language: str, first: str = "name") -> str:
    name, term = f"name_{code.lower()}", f"term_{code}"
    keys = (name, term) if first == "name" else (term, name)
    return next((label(key, language) for key in keys if has_word(key)), code.replace("_", " "))


def unit_of(unit: str, language: str) -> str:
    """Return the reader's word for a unit; the unit as it is where there is none."""
    code = "_".join("".join(sign if sign.isalnum() else " " for sign in unit.lower()).split())
    key = f"unit_{code}"
    return label(key, language) if has_word(key) else unit


def source_lines(answers: Iterable[Result], language: str, *, more: Iterable[str] = ()) -> tuple[SourceLine, ...]:
    """Return the sources that the answers rest on, and ``more``, by key."""
    known = sources()
    used = dict.fromkeys(
        key
        for answer in answers
        for key in (*answer.sources, *(row.source for row in answer.assumptions))
        if key in known and key != "desk"
    )
    lines = []
    for key in sorted({*used, *more}):
        entry = known[key]
        kind = entry.kind.replace("-", "_")
        ours = f"source_title_{key}"
        title = label(ours, language) if has_word(ours) else entry.title
        text = ", ".join(part for part in (entry.authors, entry.year, title, entry.publisher) if part)
        lines.append(SourceLine(key, text, entry.url or entry.archived_url, label(f"source_kind_{kind}", language)))
    return tuple(lines)
