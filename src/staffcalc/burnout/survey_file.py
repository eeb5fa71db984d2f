"""Answer sheets as a file: a template to fill in, with directions to the questionnaire, and its reader."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from staffcalc._checks import listed, one_of
from staffcalc._files import whole_file
from staffcalc._words import Sentence
from staffcalc.burnout import guardrails
from staffcalc.burnout.form_answers import is_blank
from staffcalc.burnout.instruments import CBI_ITEMS
from staffcalc.burnout.sheets import ITEMS, form_of
from staffcalc.errors import InputError, MissingExtraError
from staffcalc.reference.lookup import Source, source

if TYPE_CHECKING:
    from staffcalc.demand.tabular import Table

FORMATS = (".xlsx", ".csv")
"""Kinds of file that are written."""

TEXT = (".csv", ".tsv", ".txt")
"""Kinds of text file that are read."""

ANSWERS, INVITED, GUIDE = "answers", "invited", "# guide"
"""Sheets of the workbook."""

FORMS: Mapping[str, tuple[str, ...]] = {
    "cbi": ("cbi_nfa_page", "kristensen_2005", "cbi_turkish_2009"),
    "bat12": ("bat_project", "schaufeli_2020", "bat_turkish_2022"),
    "bat23": ("bat_project", "schaufeli_2020", "bat_turkish_2022"),
    "olbi": ("demerouti_2003",),
    "single_item": ("dolan_2015",),
}
"""Where each questionnaire is to be had, the Turkish adaptation last; keys of ``reference/sources.csv``."""

_FREQUENCY = ("always", "often", "sometimes", "seldom", "never")
_DEGREE = ("very_high", "high", "somewhat", "low", "very_low")
_DEGREE_ITEMS = {"personal": 0, "work": 3, "client": 4}
"""The first items of each Copenhagen scale that ask for a degree; the others ask how often."""
_CREATED = dt.datetime(2000, 1, 1)
_ROWS = 2_000
_WIDE, _LINE = 110, 15.5


def item_codes(instrument: str) -> dict[str, tuple[str, ...] | tuple[int, ...]]:
    """
    Return the item columns of a questionnaire in the order of its form, and the codes of each.

    Examples
    --------
    >>> codes = item_codes("cbi")
    >>> len(codes), codes["work_3"][0], codes["work_4"][0]
    (19, 'very_high', 'always')
    >>> item_codes("single_item")
    {'level': (1, 2, 3, 4, 5)}
    """
    one_of("instrument", instrument, tuple(FORMS))
    if instrument == "cbi":
        return {
            f"{scale}_{item}": _DEGREE if item <= _DEGREE_ITEMS[scale] else _FREQUENCY
            for scale, items in CBI_ITEMS.items()
            for item in range(1, items + 1)
        }
    if instrument == "single_item":
        return {"level": (1, 2, 3, 4, 5)}
    points = (1, 2, 3, 4) if instrument == "olbi" else (1, 2, 3, 4, 5)
    return {f"item_{item}": points for item in range(1, ITEMS[instrument][0] + 1)}


def write_survey_template(
    path: str | os.PathLike[str], *, instrument: str, by: str | Sequence[str] = "team", language: str = "en"
) -> None:
    """
    Write an empty file for the answers of a survey, with the codes and where the questionnaire is to be had.

    Parameters
    ----------
    path : path
        Workbook (``.xlsx``) or text (``.csv``) to write; replaced whole or not at all.
    instrument : str
        ``cbi``, ``bat12``, ``bat23``, ``olbi`` or ``single_item``.
    by : str or sequence of str
        Columns to group by, as they will be given to :func:`staffcalc.score_survey`.
    language : str
        Language of the guide in the file: ``en`` or ``tr``. Columns and codes are the same in both.

    Raises
    ------
    InputError
        If the instrument, language or kind of file is not known, or a column describes a person.
    MissingExtraError
        If a workbook is to be written and XlsxWriter is not installed.

    Notes
    -----
    No item text is written: no questionnaire has been found whose licence was read and allows it. The guide names the
    form and, for Turkish, the published adaptation. The workbook has a sheet for the people asked in each group, which
    gives the bounds for silence; :func:`staffcalc.score_survey` takes the path of the filled file.

    References
    ----------
    .. [1] source keys ``cbi_nfa_page``, ``cbi_turkish_2009``, ``bat_project``, ``bat_turkish_2022``,
       ``demerouti_2003``, ``dolan_2015`` in ``reference/sources.csv``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "answers.csv"
    >>> write_survey_template(path, instrument="single_item", by=["team", "site"])
    >>> path.read_text(encoding="utf-8-sig").splitlines()[-1]
    'team,site,level'
    """
    one_of("language", language, ("en", "tr"))
    place: object = path
    kind = one_of("path", Path(place).suffix.lower() if isinstance(place, (str, os.PathLike)) else place, FORMATS)
    codes = item_codes(instrument)
    groupings = [str(column) for column in ([by] if isinstance(by, str) else listed("by", by))]
    guardrails.refuse_personal(groupings)
    if not groupings or set(groupings) & set(codes) or len(set(groupings)) < len(groupings):
        raise InputError("survey_template_by", by=groupings)
    guide = [line.say(language) for line in _guide(instrument, groupings)]
    with whole_file(path) as file:
        if kind == ".csv":
            with file.open("w", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([f"# {line}"] for line in guide)
                csv.writer(stream).writerow([*groupings, *codes])
        else:
            _write_workbook(file, guide, groupings, codes, language)


def _guide(instrument: str, groupings: Sequence[str]) -> list[Sentence]:
    """Return what a person who runs the survey must know, line by line."""
    family = form_of(instrument)
    forms = [source(key) for key in FORMS[instrument]]
    return [
        Sentence("survey_guide_title", instrument=Sentence(f"term_{family}"), items=len(item_codes(instrument))),
        Sentence("survey_guide_rows", by=list(groupings)),
        Sentence(f"survey_guide_form_{family}"),
        *(Sentence("survey_guide_source", text=_citation(form), place=form.url or form.publisher) for form in forms),
        Sentence(f"survey_guide_codes_{family}"),
        Sentence(f"survey_guide_missing_{'cbi' if family == 'cbi' else 'all'}"),
        Sentence("survey_guide_invited"),
        Sentence("survey_guide_before"),
        Sentence("survey_guide_score", instrument=instrument, by=list(groupings)),
        *guardrails.short_notes(),
    ]


def _citation(form: Source) -> str:
    return f"{' '.join(part for part in (form.authors, form.year) if part)}, {form.title}"


def _write_workbook(
    file: Path,
    guide: Sequence[str],
    groupings: Sequence[str],
    codes: Mapping[str, tuple[str, ...] | tuple[int, ...]],
    language: str,
) -> None:
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtraError("missing_extra", purpose=str(file), package="XlsxWriter", extra="excel") from None
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(file), safe)
    book.set_properties({"author": "staffcalc", "created": _CREATED})
    head = book.add_format({"bold": True, "bg_color": "#E4E9EE", "font_color": "#1F2933", "bottom": 1})
    wrap, title = (
        book.add_format({"text_wrap": True, "valign": "top"}),
        book.add_format({"bold": True, "font_size": 14}),
    )
    answers = book.add_worksheet(ANSWERS)
    answers.freeze_panes(1, len(groupings))
    answers.set_column(0, len(groupings) - 1, 18)
    answers.set_column(len(groupings), len(groupings) + len(codes) - 1, 13)
    for column, name in enumerate([*groupings, *codes]):
        answers.write_string(0, column, name, head)
    for column, allowed in enumerate(codes.values(), start=len(groupings)):
        rule = {
            "validate": "list",
            "source": list(allowed),
            "error_title": Sentence("survey_cell_title").say(language),
            "error_message": Sentence("survey_cell_error").say(language),
        }
        answers.data_validation(1, column, _ROWS, column, rule)
    asked = book.add_worksheet(INVITED)
    asked.set_column(0, 2, 18)
    for column, name in enumerate(("grouping", "group", "people")):
        asked.write_string(0, column, name, head)
    asked.data_validation(1, 0, _ROWS, 0, {"validate": "list", "source": list(groupings)})
    notes = book.add_worksheet(GUIDE)
    notes.set_column(0, 0, _WIDE)
    for row, line in enumerate(guide):
        notes.set_row(row, (22 if row == 0 else _LINE * -(-len(line) // _WIDE)))
        notes.write_string(row, 0, line, title if row == 0 else wrap)
    for sheet in book.worksheets():
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
    book.close()


class SurveyFile(NamedTuple):
    """Answer sheets and the people asked, by grouping and group; empty where the file does not say."""

    answers: pd.DataFrame
    invited: dict[tuple[str, str], int]


def read_survey_file(path: str | os.PathLike[str]) -> SurveyFile:
    """
    Return the answer sheets of a filled template, or of any table with the same columns.

    Parameters
    ----------
    path : path
        Workbook or text file: CSV with comma, semicolon or tab. Numbers are read as numbers, empty cells as left out,
        rows without any answer are skipped.

    Returns
    -------
    SurveyFile
        Answer sheets, and who was asked where the workbook has the sheet ``invited``.

    Raises
    ------
    InputError
        If the file cannot be read, has no answers, or a line of ``invited`` is incomplete.
    """
    table = _rows(path)
    if table.malformed:
        raise InputError("survey_file_rows", path=str(path), count=table.malformed, example=table.malformed_example)
    frame = table.frame.rename(columns=lambda name: str(name).strip()).map(_cell)
    frame = frame.loc[:, [str(name) != "" and not str(name).startswith("#") for name in frame.columns]]
    kept = ~frame.map(is_blank).all(axis=1)
    return SurveyFile(frame[kept].reset_index(drop=True), _invited(Path(path)))


def _rows(path: str | os.PathLike[str]) -> Table:
    """Return the rows of a file as text; lines of the guide in a text file are left out."""
    from staffcalc.demand.open_table import read_bytes, read_table
    from staffcalc.demand.tabular import decode, parse_delimited

    if Path(path).suffix.lower() not in TEXT:
        table = read_table(path)
        rows = _sheet(Path(path), ANSWERS)
        if not rows:
            return table
        head = ["" if cell is None else str(cell) for cell in rows[0]]
        return dataclasses.replace(table, frame=pd.DataFrame(rows[1:], columns=head, dtype="object"))
    text, encoding = decode(read_bytes(path), Path(path).name)
    lines = [line for line in text.splitlines() if not line.lstrip('\ufeff "').startswith("#")]
    return parse_delimited("\n".join(lines), source=Path(path).name, encoding=encoding)


def _cell(value: Any) -> Any:
    """Return a cell as the scorers take it: None where empty, a number where it is one, else the word."""
    if is_blank(value):
        return None
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() else text


def _invited(path: Path) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for number, row in enumerate(_sheet(path, INVITED)[1:], start=2):
        cells = [_cell(value) for value in (*row, None, None, None)[:3]]
        if all(cell is None for cell in cells):
            continue
        grouping, group, people = cells
        if None in cells or isinstance(people, str) or int(people) != people:
            raise InputError("survey_file_invited", path=str(path), row=number)
        found[str(grouping), str(group)] = int(people)
    return found


def _sheet(path: Path, name: str) -> list[tuple[Any, ...]]:
    """Return the rows of a sheet that has been found readable; none where the file has no such sheet."""
    if path.suffix.lower() != ".xlsx":
        return []
    from openpyxl import load_workbook  # the answers have been read with it

    book = load_workbook(path, read_only=True, data_only=True)
    rows = [tuple(row) for row in book[name].iter_rows(values_only=True)] if name in book.sheetnames else []
    book.close()
    return rows
