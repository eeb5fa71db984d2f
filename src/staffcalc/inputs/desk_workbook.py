"""The desk as a workbook: one sheet for the team as a whole, one for each list, a column for every field."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from staffcalc._files import reason_of, whole_file
from staffcalc._words import Sentence, translated
from staffcalc.errors import InputError, MissingExtraError
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.desk_cells import Field, fields, flat, list_sections, put
from staffcalc.inputs.fields import Facts, Range

TEAM_SHEET = "desk"
GUIDE_SHEET = "# guide"
"""Sheets, rows and columns whose name starts with # are the reader's own and are not read."""
FIRST_ROW = 3
"""First row of facts on the sheet of a list; row 1 holds the fields, row 2 their meaning and unit."""
MOST_ROWS = 20_000
CREATED = dt.datetime(2000, 1, 1)
"""Fixed, so that the same desk gives the same bytes."""
LINE = 15.5
"""Height of a line of text. [points]"""
SMALL_LINE, SMALLER = 12.5, 1.1
"""Height of a line of small text [points], and how many more letters it holds [ratio]."""
GUIDE_NAME_WIDTH, GUIDE_WIDTH, VALUE_WIDTH, UNIT_WIDTH, MEANING_WIDTH = 20, 90, 36, 24, 70
"""Widths of columns. [letters]"""
INK, SHADE, QUIET = "#1F2933", "#E4E9EE", "#52606D"

# Writing ------------------------------------------------------------------------------------------------------------


def write_desk_workbook(path: Path, facts: Mapping[str, Any], *, language: str = "en") -> None:
    """
    Write the facts of a desk, as a YAML file would hold them, as a workbook; what is not given stays empty.

    Guide, meanings and units are in ``language``; fields, sheets and heads are the same in every language.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise _missing("XlsxWriter") from None
    with whole_file(path) as file:
        safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(str(file), safe)
        book.set_properties({"author": "staffcalc", "created": CREATED})
        styles = {name: book.add_format({"valign": "top"} | style) for name, style in _STYLES.items()}
        _write_guide(book.add_worksheet(GUIDE_SHEET), styles, language)
        _write_team(book.add_worksheet(TEAM_SHEET), facts, styles, language)
        for name, model in list_sections().items():
            _write_list(book.add_worksheet(name), model, facts.get(name) or [], styles, language)
        for sheet in book.worksheets():
            sheet.set_landscape()
            sheet.set_paper(9)  # A4
            sheet.fit_to_pages(1, 0)
        book.worksheets()[1].activate()
        book.close()


_STYLES: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bg_color": SHADE, "font_color": INK, "bottom": 1, "text_wrap": True},
    "meaning": {"italic": True, "font_color": QUIET, "text_wrap": True, "font_size": 9},
    "path": {"font_color": INK, "bold": True},
    "fact": {"text_wrap": True, "align": "left"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "title": {"bold": True, "font_size": 14, "font_color": INK},
    "text": {"text_wrap": True},
}


def _write_guide(sheet: Any, styles: Mapping[str, Any], language: str) -> None:
    sheet.set_column(0, 0, GUIDE_NAME_WIDTH)
    sheet.set_column(1, 1, GUIDE_WIDTH)
    sheet.write_string(0, 0, Sentence("desk_guide_title").say(language), styles["title"])
    row = 1
    for key in ("cells", "heads", "ranges", "lists", "hours", "empty", "own"):
        row += 1
        text = Sentence(f"desk_guide_{key}").say(language)
        sheet.set_row(row, LINE * _lines(text, GUIDE_NAME_WIDTH + GUIDE_WIDTH + 5) + 4)
        sheet.merge_range(row, 0, row, 1, text, styles["text"])
    row += 1
    for name in list_sections():
        row += 1
        sheet.write_string(row, 0, name, styles["path"])
        sheet.write_string(row, 1, translated(str(Desk.model_fields[name].description), language), styles["text"])


def _write_team(sheet: Any, facts: Mapping[str, Any], styles: Mapping[str, Any], language: str) -> None:
    for column, (head, width) in enumerate(
        (
            ("field", 52),
            ("value", VALUE_WIDTH),
            ("low", 10),
            ("high", 10),
            ("unit", UNIT_WIDTH),
            ("meaning", MEANING_WIDTH),
        )
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, styles["head"])
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    lists = list_sections()
    told = flat(Desk, {name: value for name, value in facts.items() if name not in lists})
    row = 0
    for field in fields(Desk):
        unit, meaning = translated(field.unit, language), translated(field.meaning, language)
        tables = [path for path in told if path.startswith(f"{field.path}.")] if field.kind == "table" else []
        for path in tables or [field.path]:
            row += 1
            sheet.write_string(row, 0, path, styles["path"])
            value = LINE * _lines(_text(told.get(path, "")), VALUE_WIDTH)
            sheet.set_row(row, max(value, _small(unit, UNIT_WIDTH), _small(meaning, MEANING_WIDTH)))
            for column, end in enumerate(("", ".low", ".high"), start=1):
                _write_cell(sheet, row, column, told.pop(path + end, None), styles)
            sheet.write_string(row, 4, unit, styles["meaning"])
            sheet.write_string(row, 5, meaning, styles["meaning"])
            _offer(sheet, (row, 1, row, 1), field)
    for path, value in told.items():  # sections that are given and empty
        row += 1
        sheet.write_string(row, 0, path, styles["path"])
        _write_cell(sheet, row, 1, value, styles)


def _write_list(sheet: Any, model: type[Facts], parts: Sequence[Any], styles: Mapping[str, Any], language: str) -> None:
    rows = [flat(model, part) for part in parts]
    known = {field.path: field for field in fields(model)}
    extra = dict.fromkeys(path for row in rows for path in row if path not in known)
    columns: list[tuple[str, Field | None]] = []
    for path, field in known.items():
        ends = ("", ".low", ".high") if field.kind == "range" else ("",)
        columns += [(path + end, field) for end in ends]
    columns += [(path, None) for path in extra if path not in dict(columns)]
    height = LINE
    for column, (path, about) in enumerate(columns):
        meaning = "" if about is None else _meaning(about, path.removeprefix(about.path), language)
        texts = [path, *(_text(row[path]) for row in rows if path in row)]
        width = max(12, min(34, max(3 + max(map(len, texts)), len(meaning) // 4)))
        height = max(height, _small(meaning, width))
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, path, styles["head"])
        if about is not None:
            sheet.write_string(1, column, meaning, styles["meaning"])
            _offer(sheet, (FIRST_ROW - 1, column, FIRST_ROW + 500, column), about)
        for number, row in enumerate(rows, start=FIRST_ROW - 1):
            _write_cell(sheet, number, column, row.get(path), styles)
    sheet.set_row(1, height)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(0, 1)


def _meaning(field: Field, end: str, language: str) -> str:
    """Return meaning and unit of a field, or of an end of its range, for the head of a column."""
    text = str(Range.model_fields[end[1:]].description) if end else field.meaning
    return f"{translated(text, language)} [{translated(field.unit, language)}]"


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column of ``width`` letters, words kept whole."""
    return max(1, len(textwrap.wrap(text, width, break_on_hyphens=False)))


def _small(text: str, width: int) -> float:
    """Return the height of a small text in a column of ``width`` letters. [points]"""
    return 2 + SMALL_LINE * _lines(text, int(width * SMALLER))


def _offer(sheet: Any, where: tuple[int, int, int, int], field: Field) -> None:
    if field.choices:
        sheet.data_validation(*where, {"validate": "list", "source": list(field.choices)})


def _write_cell(sheet: Any, row: int, column: int, value: Any, styles: Mapping[str, Any]) -> None:
    if value is None:
        sheet.write_blank(row, column, None, styles["fact"])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, column, value, styles["fact"])
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) and value >= "1900-03-01":
        sheet.write_datetime(row, column, dt.datetime.fromisoformat(value), styles["date"])
    else:
        sheet.write_string(row, column, _text(value), styles["fact"])


def _text(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


# Reading ------------------------------------------------------------------------------------------------------------


def read_desk_workbook(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """
    Return the facts of a workbook, and the cell that holds each of them by its path.

    Raises
    ------
    InputError
        If the file is no workbook, a sheet is not known, a field stands twice, or a cell holds an error or a formula
        without a value.
    MissingExtraError
        If openpyxl is not installed.
    """
    sheets = {name: rows for name, rows in _sheets(path).items() if not name.startswith("#")}
    lists = list_sections()
    unknown = [name for name in sheets if name not in lists and name != TEAM_SHEET]
    if unknown:
        raise InputError("desk_sheet_unknown", path=str(path), sheets=unknown, known=[TEAM_SHEET, *lists])
    if TEAM_SHEET not in sheets:
        raise InputError("desk_sheet_missing", path=str(path), sheet=TEAM_SHEET)
    facts: dict[str, Any] = {}
    places: dict[str, str] = {}
    seen: dict[str, str] = {}
    for number, row in enumerate(sheets[TEAM_SHEET][1:], start=2):
        name = _name(row)
        if name is None and any(value is not None for value in row[:4]):
            raise InputError("desk_cell_without_field", path=str(path), cell=f"{TEAM_SHEET}!A{number}")
        if not name:
            continue
        _once(path, seen, name, f"{TEAM_SHEET}!A{number}")
        for column, end in enumerate(("", ".low", ".high"), start=1):
            if column < len(row) and row[column] is not None:
                put(Desk, facts, name + end, row[column])
                places[name + end] = f"{TEAM_SHEET}!{'ABCD'[column]}{number}"
    for sheet, model in lists.items():
        if sheet in sheets:
            parts = list(_parts(path, sheet, model, sheets[sheet], places))
            facts |= {sheet: parts} if parts else {}
    return facts, places


def _parts(
    path: Path, sheet: str, model: type[Facts], rows: Sequence[Sequence[Any]], places: dict[str, str]
) -> Iterator[dict[str, Any]]:
    heads = [_name([head]) for head in rows[0]] if rows else []
    seen: dict[str, str] = {}
    for column, head in enumerate(heads):
        if head:
            _once(path, seen, head, f"{sheet}!{_letters(column)}1")
    count = 0
    for number, row in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
        if all(value is None for value in row) or str(row[0]).startswith("#"):
            continue
        part: dict[str, Any] = {}
        places[f"{sheet}[{count}]"] = f"{sheet}!A{number}"
        for column, value in enumerate(row):
            head = heads[column] if column < len(heads) else None
            if value is None or head == "":
                continue
            if head is None:
                raise InputError("desk_cell_without_field", path=str(path), cell=f"{sheet}!{_letters(column)}{number}")
            put(model, part, head, value)
            places[f"{sheet}[{count}].{head}"] = f"{sheet}!{_letters(column)}{number}"
        count += 1
        yield part


def _name(row: Sequence[Any]) -> str | None:
    """Return the field named in the first cell, None if there is none, and "" if it is the reader's own."""
    name = "" if not row or row[0] is None else str(row[0]).strip()
    return None if not name else "" if name.startswith("#") else name


def _once(path: Path, seen: dict[str, str], name: str, cell: str) -> None:
    if name in seen:
        raise InputError("desk_field_twice", path=str(path), name=name, first=seen[name], second=cell)
    seen[name] = cell


def _sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    try:
        import openpyxl
    except ImportError:
        raise _missing("openpyxl") from None
    try:
        with path.open("rb") as stream:
            values = openpyxl.load_workbook(stream, data_only=True)
            formulas = openpyxl.load_workbook(stream)
    except OSError as problem:
        raise InputError("cannot_read", path=str(path), reason=reason_of(problem)) from None
    except Exception as problem:  # openpyxl lets zip, XML and key errors of a broken file through
        raise InputError("not_workbook", path=str(path), reason=str(problem)[:120]) from None
    return {sheet.title.strip(): list(_rows(path, sheet, formulas[sheet.title])) for sheet in values.worksheets}


def _rows(path: Path, sheet: Any, formulas: Any) -> Iterator[tuple[Any, ...]]:
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_ROWS:
        raise InputError("desk_sheet_too_large", path=str(path), sheet=sheet.title, limit=MOST_ROWS)
    for row, told in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
        for cell, written in zip(row, told, strict=True):
            if cell.data_type == "e" or (cell.value is None and written.data_type == "f"):
                place = f"{sheet.title}!{cell.coordinate}"
                raise InputError("desk_cell_without_value", path=str(path), cell=place, value=str(written.value))
        yield tuple(_plain(cell.value) for cell in row)


def _plain(value: Any) -> Any:
    """Return a cell's value as a YAML file would hold it: days as dates, blank texts as nothing."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return None if isinstance(value, str) and not value.strip() else value


def _letters(column: int) -> str:
    first, last = divmod(column, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + last)


def _missing(package: str) -> MissingExtraError:
    return MissingExtraError("missing_extra", purpose=Sentence("purpose_desk"), package=package, extra="excel")
