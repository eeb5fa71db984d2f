"""The workbook: every table of every answer, the facts, the assumptions and a small model with live formulas."""

from __future__ import annotations

import datetime as dt
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staffcalc._files import whole_file
from staffcalc._words import Sentence, catalogue, label
from staffcalc.errors import InputError, MissingExtraError
from staffcalc.outputs import theme
from staffcalc.outputs.chapters import title_of
from staffcalc.outputs.ledger import assumption_line, log, source_lines
from staffcalc.outputs.model_sheet import write_model
from staffcalc.outputs.story import Story, tell
from staffcalc.outputs.tables import cell, column_format, header

if TYPE_CHECKING:
    from staffcalc._result import Result
    from staffcalc.inputs.desk import Desk

MOST_ROWS = 1_000_000
LONGEST_TEXT = 32_000
WIDEST = 90
NARROW = 8
"""Texts up to this length fit into one line of every column. [letters]"""
LINE = 14
"""Height of a line of text. [points]"""
NEVER_FORMULAS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CREATED = dt.datetime(2000, 1, 1)
"""Fixed, so that the same answers give the same bytes."""


def write_workbook(
    path: str | os.PathLike[str],
    answers: Sequence[Result],
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
    answers : list of Result
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
    if Path(path).suffix.lower() != ".xlsx":
        raise InputError("workbook_format", path=str(path))
    catalogue(language)
    story = tell(answers, title=title, language=language)
    with whole_file(path) as file:
        book = xlsxwriter.Workbook(str(file), NEVER_FORMULAS)
        book.set_properties({"title": story.title, "author": "staffcalc", "created": CREATED})
        book.set_calc_mode("auto")
        _Writer(book, story, escape_formulas).write(answers)
        book.close()


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, story: Story, escape_formulas: bool) -> None:
        self.book = book
        self.story = story
        self.language = story.language
        self.escape_formulas = escape_formulas
        self.names: set[str] = set()
        self.formats: dict[str, Any] = {}
        self.widths: dict[tuple[str, int], float] = {}
        self.long_texts: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self.sheets: dict[str, Any] = {}

    def write(self, answers: Sequence[Result]) -> None:
        desk = next((answer.desk for answer in answers if answer.desk is not None), None)
        self._summary(answers)
        if desk is not None:
            write_model(self, answers, desk)
        for answer in answers:
            self._answer(answer)
        if desk is not None:
            self._inputs(desk)
        self._assumptions(answers)
        self._sources(answers)
        self._fit_rows()

    def style(self, name: str) -> Any:
        """Return a cell format by its name: ``title``, ``head``, ``text``, ``input``, or a number format."""
        if name not in self.formats:
            looks: dict[str, Any] = {"valign": "top", "font_size": 10}
            if name == "title":
                looks |= {"bold": True, "font_size": 15, "font_color": "#0B3C5D"}
            elif name in ("head", "head number"):
                looks |= {"bold": True, "bg_color": "#0B3C5D", "font_color": "#FFFFFF", "text_wrap": True}
                looks["align"] = "right" if name == "head number" else "left"
            elif name == "bold":
                looks |= {"bold": True}
            elif name == "text":
                looks |= {"text_wrap": True, "indent": 1, "align": "left"}
            else:
                looks["num_format"] = name.removesuffix(" input")
                if name.endswith(" input"):
                    looks |= {"bg_color": "#FFF8EB", "border": 1, "border_color": theme.ORANGE}
            self.formats[name] = self.book.add_format(looks)
        return self.formats[name]

    def sheet(self, name: str) -> Any:
        """Return a new sheet whose name Excel accepts and no other sheet has."""
        clean = re.sub(r"[\[\]:*?/\\]", " ", name).strip().strip("'")[:31] or "sheet"
        unique, number = clean, 2
        while unique.casefold() in self.names:
            tail = f" ({number})"
            unique, number = clean[: 31 - len(tail)] + tail, number + 1
        self.names.add(unique.casefold())
        sheet = self.sheets[unique] = self.book.add_worksheet(unique)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.hide_gridlines(2)
        return sheet

    def text(self, sheet: Any, row: int, column: int, text: str, style: str = "text") -> None:
        """Write a text; it is never a formula, a number or a link."""
        text = theme.legible(text)
        if self.escape_formulas and text[:1] in ("=", "+", "-", "@", "\t", "\r", "\0"):
            text = "'" + text
        sheet.write_string(row, column, text[:LONGEST_TEXT], self.style(style))
        if len(text) > NARROW or style == "title":
            self.long_texts.setdefault((sheet.name, row), []).append((column, 0 if style == "title" else len(text)))

    def width(self, sheet: Any, column: int, letters: float) -> None:
        """Set the width of a column. [letters]"""
        self.widths[sheet.name, column] = min(WIDEST, max(9, letters))
        sheet.set_column(column, column, self.widths[sheet.name, column])

    def _fit_rows(self) -> None:
        """Make rows as high as their wrapped texts: not every program does it by itself."""
        for (name, row), texts in self.long_texts.items():
            lines = max(math.ceil((length + 2) / self.widths.get((name, column), 9)) for column, length in texts)
            is_title = any(length == 0 for _, length in texts)
            self.sheets[name].set_row(row, 24 if is_title else LINE * max(1, lines))

    def table(self, sheet: Any, row: int, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
        """Write a table of texts and return the row after it."""
        widths = [len(head) for head in headers]
        for column, head in enumerate(headers):
            self.text(sheet, row, column, head, "head")
        for cells in rows:
            row += 1
            for column, text in enumerate(cells):
                self.text(sheet, row, column, text)
                widths[column] = max(widths[column], len(text))
        for column, width in enumerate(widths):
            self.width(sheet, column, min(60, width + 3))
        return row + 1

    def _summary(self, answers: Sequence[Result]) -> None:
        sheet = self.sheet(label("section_summary", self.language))
        self.width(sheet, 0, 34)
        self.width(sheet, 1, 90)
        self.text(sheet, 0, 0, self.story.title, "title")
        row = 2
        for figure in self.story.figures:
            self.text(sheet, row, 0, figure.value, "bold")
            self.text(sheet, row, 1, figure.name + (f" ({figure.range})" if figure.range else ""))
            row += 1
        row += 1
        for answer in answers:
            self.text(sheet, row, 0, title_of(answer, self.language), "bold")
            self.text(sheet, row, 1, answer.headline.say(self.language))
            row += 1
            for note in answer.notes:
                self.text(sheet, row, 1, Sentence("note_line", note=note).say(self.language))
                row += 1
        row += 1
        for name, value in self.story.provenance:
            self.text(sheet, row, 0, name)
            self.text(sheet, row, 1, value)
            row += 1

    def _answer(self, answer: Result) -> None:
        frame = answer.to_frame()
        if not len(frame.columns):
            return
        sheet = self.sheet(title_of(answer, self.language))
        currency = answer.desk.currency if answer.desk is not None else ""
        names = [str(name) for name in frame.columns]
        for column, name in enumerate(names):
            values = frame.iloc[:MOST_ROWS, column]
            spec = column_format(name, values, names, kind=answer.kind)
            kind = "head number" if spec else "head"
            self.text(sheet, 0, column, header(name, self.language, kind=answer.kind), kind)
            widest = max(9, len(header(name, self.language, kind=answer.kind)) + 2)
            for row, value in enumerate(values, start=1):
                widest = max(widest, self._cell(sheet, row, column, value, spec, currency))
            self.width(sheet, column, min(60, widest))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        if len(frame):
            sheet.autofilter(0, 0, min(len(frame), MOST_ROWS), len(names) - 1)
        if len(frame) > MOST_ROWS:
            cut = Sentence("rows_cut", shown=MOST_ROWS, rows=len(frame)).say(self.language)
            self.text(sheet, MOST_ROWS + 1, 0, cut)

    def _cell(self, sheet: Any, row: int, column: int, value: Any, spec: str, currency: str) -> int:
        """Write one value as what it is, and return the width it takes."""
        if hasattr(value, "to_pydatetime") and value == value:
            value = value.to_pydatetime()
        if isinstance(value, dt.datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), self.style("yyyy-mm-dd hh:mm"))
            return 18
        if isinstance(value, dt.date):
            sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), self.style("yyyy-mm-dd"))
            return 12
        if isinstance(value, (bool, str)) or type(value).__name__ == "bool" or not hasattr(value, "__float__"):
            text = cell(value, "", self.language) if value is not None and value == value else ""
            self.text(sheet, row, column, text)
            return len(text) + 3
        number = float(value)
        if not math.isfinite(number):
            self.text(sheet, row, column, "" if math.isnan(number) else "∞" if number > 0 else "-∞")
            return 4
        sheet.write_number(row, column, number, self.style(excel_format(spec, currency)))
        return 13

    def _inputs(self, desk: Desk) -> None:
        sheet = self.sheet(label("sheet_inputs", self.language))
        heads = [label("input_path", self.language), label("log_value", self.language)]
        facts = desk.model_dump(mode="json", exclude_unset=True)
        rows = [(path, cell(value, "", self.language)) for path, value in flat(facts)]
        self.table(sheet, 0, heads, rows)
        sheet.freeze_panes(1, 0)

    def _assumptions(self, answers: Sequence[Result]) -> None:
        rows = log(answers)
        if not rows:
            return
        sheet = self.sheet(label("sheet_assumptions", self.language))
        keys = ("log_name", "log_value", "log_unit", "log_low", "log_high", "log_status", "log_source", "log_note")
        widths = (38, 12, 18, 12, 12, 20, 24, 60)
        for column, (key, width) in enumerate(zip(keys, widths, strict=True)):
            self.text(sheet, 0, column, label(key, self.language), "head")
            self.width(sheet, column, width)
        for place, assumption in enumerate(rows, start=1):
            line = assumption_line(assumption, self.language)
            self.text(sheet, place, 0, line.name)
            for column, value in ((1, assumption.value), (3, assumption.low), (4, assumption.high)):
                if value is not None:
                    self._cell(sheet, place, column, value, "", "")
            self.text(sheet, place, 2, line.unit)
            for column, text in ((5, line.status), (6, line.source), (7, line.note)):
                self.text(sheet, place, column, text)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(rows), len(keys) - 1)

    def _sources(self, answers: Sequence[Result]) -> None:
        lines = source_lines(answers, self.language)
        if not lines:
            return
        sheet = self.sheet(label("section_sources", self.language))
        heads = [label(key, self.language) for key in ("source_key", "log_source", "source_kind", "source_address")]
        self.table(sheet, 0, heads, [(line.key, line.text, line.kind, line.url) for line in lines])
        sheet.freeze_panes(1, 0)


def excel_format(spec: str, currency: str = "") -> str:
    """
    Return the Excel number format of a format of the catalogues.

    Examples
    --------
    >>> excel_format("n2"), excel_format("p0"), excel_format("money", "EUR")
    ('#,##0.00', '0%', '#,##0 "EUR"')
    """
    if spec == "money":
        return f'#,##0 "{currency}"' if currency.isalpha() else "#,##0"
    if spec == "raw":
        return "0"
    digits = int(spec[1:] or 0) if spec[1:].isdigit() else 0
    tail = "." + "0" * digits if digits else ""
    if spec.startswith("p"):
        return f"0{tail}%"
    return f"#,##0{tail}" if spec.startswith("n") else "General"


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
