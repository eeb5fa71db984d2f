"""The workbook: every table of every answer, the facts, the assumptions and a small model with live formulas."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from staffcalc import _checks
from staffcalc._files import whole_file
from staffcalc._words import Sentence, catalogue, label
from staffcalc.errors import InputError, MissingExtraError
from staffcalc.outputs.chapters import title_of
from staffcalc.outputs.ledger import assumption_line, log
from staffcalc.outputs.model_sheet import write_model
from staffcalc.outputs.sheets import Sheets
from staffcalc.outputs.story import Story, as_list, tell
from staffcalc.outputs.tables import cell, column_format, header

if TYPE_CHECKING:
    from staffcalc._result import Result
    from staffcalc.inputs.desk import Desk

MOST_ROWS = 1_000_000
NEVER_FORMULAS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CREATED = dt.datetime(2000, 1, 1)
"""Fixed, so that the same answers give the same bytes."""


def write_workbook(
    path: str | os.PathLike[str],
    answers: Result | Sequence[Result],
    *,
    language: str = "en",
    title: str | None = None,
    escape_formulas: bool = False,
) -> None:
    """
    Write a workbook with every table behind a report.

    Parameters
    ----------
    path : path
        File to write, ``.xlsx``; replaced whole or not at all.
    answers : Result or list of Result
        Any answers, for example those of :func:`staffcalc.assess`.
    language : str
        ``en`` or ``tr``.
    title : str, optional
        Title on the first sheet; made from the name of the team if not given.
    escape_formulas : bool
        Put an apostrophe before texts that start with ``=``, ``+``, ``-`` or ``@``: for readers who will save the
        workbook as CSV. In the workbook itself a text is never a formula, with or without it.

    Raises
    ------
    InputError
        If the format or the language is not known, there is no answer, or the file cannot be written.
    MissingExtraError
        If XlsxWriter is not installed.

    Notes
    -----
    It takes no Excel to write it and no Python to read it. The sheet with the model holds live formulas: change an
    input there, and hours, productive hours and FTE follow. Simulated numbers do not follow: they are values.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import staffcalc as sc
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.xlsx"
    >>> write_workbook(path, [sc.burnout_probability(sc.RoleExposure(weekly_hours=52))])
    >>> path.stat().st_size > 5000
    True
    """
    try:
        import xlsxwriter
    except ImportError:
        purpose = Sentence("purpose_workbook")
        raise MissingExtraError("missing_extra", purpose=purpose, package="XlsxWriter", extra="excel") from None
    if _checks.path("path", path).suffix.lower() != ".xlsx":
        raise InputError("workbook_format", path=str(path))
    catalogue(language)
    answers = as_list(answers)
    story = tell(answers, title=title, language=language)
    with whole_file(path) as file:
        book = xlsxwriter.Workbook(str(file), NEVER_FORMULAS)
        book.set_properties({"title": story.title, "author": "staffcalc", "created": CREATED})
        book.set_calc_mode("auto")
        _write(Sheets(book, language, escape_formulas=escape_formulas), story, answers)
        book.close()


def _write(sheets: Sheets, story: Story, answers: Sequence[Result]) -> None:
    desk = next((answer.desk for answer in answers if answer.desk is not None), None)
    _summary(sheets, story)
    if desk is not None:
        write_model(sheets, answers, desk)
    for answer in answers:
        _answer(sheets, answer)
    if desk is not None:
        _facts(sheets, desk)
    _assumptions(sheets, answers)
    _sources(sheets, story)
    sheets.fit()


def _summary(sheets: Sheets, story: Story) -> None:
    sheet = sheets.sheet(label("section_summary", sheets.language))
    sheets.width(sheet, 0, 34)
    sheets.width(sheet, 1, 90)
    sheets.text(sheet, 0, 0, story.title, "title")
    row = 2
    for figure in story.figures:
        sheets.text(sheet, row, 0, figure.value, "bold")
        sheets.text(sheet, row, 1, figure.name + (f" ({figure.range})" if figure.range else ""))
        row += 1
    row += 1
    for step in story.steps:
        if step == story.steps[0]:
            sheets.text(sheet, row, 0, label("steps_first", sheets.language), "bold")
        sheets.text(sheet, row, 1, step)
        row += 1
    row += 1
    for block in (block for section in story.sections for block in section.blocks):
        sheets.text(sheet, row, 0, block.title, "bold")
        sheets.text(sheet, row, 1, block.headline)
        row += 1
        for note in block.notes:
            sheets.text(sheet, row, 1, Sentence("note_line", note=note).say(sheets.language))
            row += 1
    row += 1
    for name, value in story.provenance:
        sheets.text(sheet, row, 0, name)
        sheets.text(sheet, row, 1, value)
        row += 1


def _answer(sheets: Sheets, answer: Result) -> None:
    frame = answer.to_frame()
    if not len(frame.columns):
        return
    sheet = sheets.sheet(title_of(answer, sheets.language))
    currency = answer.desk.currency if answer.desk is not None else ""
    names = [str(name) for name in frame.columns]
    for column, name in enumerate(names):
        values = frame.iloc[:MOST_ROWS, column]
        spec = column_format(name, values, names, kind=answer.kind)
        head = header(name, sheets.language, kind=answer.kind)
        sheets.text(sheet, 0, column, head, "head number" if spec else "head")
        widest = max(9, len(head) + 2)
        for row, value in enumerate(values, start=1):
            widest = max(widest, sheets.value(sheet, row, column, value, spec, currency))
        sheets.width(sheet, column, min(60, widest))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    if len(frame):
        sheet.autofilter(0, 0, min(len(frame), MOST_ROWS), len(names) - 1)
    if len(frame) > MOST_ROWS:
        cut = Sentence("rows_cut", shown=MOST_ROWS, rows=len(frame)).say(sheets.language)
        sheets.text(sheet, MOST_ROWS + 1, 0, cut)


def _facts(sheets: Sheets, desk: Desk) -> None:
    sheet = sheets.sheet(label("sheet_inputs", sheets.language))
    heads = [label("input_path", sheets.language), label("log_value", sheets.language)]
    facts = desk.model_dump(mode="json", exclude_unset=True)
    sheets.table(sheet, 0, heads, [(path, cell(value, "", sheets.language)) for path, value in flat(facts)])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)


def _assumptions(sheets: Sheets, answers: Sequence[Result]) -> None:
    rows = log(answers)
    if not rows:
        return
    sheet = sheets.sheet(label("sheet_assumptions", sheets.language))
    keys = ("log_name", "log_value", "log_unit", "log_low", "log_high", "log_status", "log_source", "log_note")
    widths = (38, 12, 18, 12, 12, 20, 24, 60)
    for column, (key, width) in enumerate(zip(keys, widths, strict=True)):
        sheets.text(sheet, 0, column, label(key, sheets.language), "head")
        sheets.width(sheet, column, width)
    for place, assumption in enumerate(rows, start=1):
        line = assumption_line(assumption, sheets.language)
        sheets.text(sheet, place, 0, line.name)
        for column, value in ((1, assumption.value), (3, assumption.low), (4, assumption.high)):
            if value is not None:
                sheets.value(sheet, place, column, value)
        sheets.text(sheet, place, 2, line.unit)
        for column, text in ((5, line.status), (6, line.source), (7, line.note)):
            sheets.text(sheet, place, column, text)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, len(rows), len(keys) - 1)


def _sources(sheets: Sheets, story: Story) -> None:
    if not story.sources:
        return
    sheet = sheets.sheet(label("section_sources", sheets.language))
    heads = [label(key, sheets.language) for key in ("source_key", "log_source", "source_kind", "source_address")]
    sheets.table(sheet, 0, heads, [(line.key, line.text, line.kind, line.url) for line in story.sources])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)


def flat(facts: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """
    Yield every given fact with its path, as in a YAML file.

    Examples
    --------
    >>> list(flat({"people": [{"id": "p1"}], "seats": 1}))
    [('people[0].id', 'p1'), ('seats', 1)]
    """
    if isinstance(facts, Mapping):
        for key, value in facts.items():
            yield from flat(value, f"{path}.{key}" if path else str(key))
    elif isinstance(facts, (list, tuple)) and any(isinstance(part, (Mapping, list, tuple)) for part in facts):
        for place, part in enumerate(facts):
            yield from flat(part, f"{path}[{place}]")
    else:
        yield path, facts
