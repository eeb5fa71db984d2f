"""Rosters as CSV and XLSX: headers of other tools understood, and no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from staffcalc.coverage.duty_rows import EVERY_COLUMN
from staffcalc.errors import InputError, MissingExtraError

HEADERS = {
    "person": ("person", "user", "name", "assignee", "employee", "agent", "on call", "on-call", "kişi", "çalışan"),
    "start": ("start", "start time", "start_time", "start_at", "starts at", "begin", "from", "başlangıç"),
    "end": ("end", "end time", "end_time", "end_at", "ends at", "to", "until", "bitiş"),
    "kind": ("kind", "type", "tür"),
    "tour": ("tour", "shift", "schedule", "vardiya"),
    "timezone": ("timezone", "time zone", "saat dilimi"),
    "break_minutes": ("break_minutes", "break", "ara"),
}
"""Column headers that other tools use."""


_RISKY = re.compile(r"'*[=+\-@\t\r\n|]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n|]")


def _local(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with times on the person's clock, offset included."""
    table = frame.copy()
    for name in ("start", "end"):
        zones = zip(frame[name], frame["timezone"], strict=True)
        table[name] = [moment.tz_convert(zone).isoformat(sep=" ") for moment, zone in zones]
    table["break_minutes"] = [f"{value:g}" for value in frame["break_minutes"]]
    return table


def write_text(file: Path, frame: pd.DataFrame) -> None:
    """Write duty rows as CSV."""
    table = _local(frame)
    for name in ("person", "kind", "tour", "timezone"):
        table[name] = [_escaped(text) for text in table[name]]
    table.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")


def write_sheet(file: Path, frame: pd.DataFrame) -> None:
    """Write duty rows as XLSX."""
    xlsxwriter = package("xlsxwriter", "excel")
    book = xlsxwriter.Workbook(
        str(file), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet("roster")
    head = book.add_format({"bold": True})
    table = _local(frame)
    for column, name in enumerate(EVERY_COLUMN):
        sheet.write_string(0, column, name, head)
        for row, value in enumerate(table[name], start=1):
            sheet.write_string(row, column, str(value))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(table)), len(EVERY_COLUMN) - 1)
    for column, width in enumerate((14, 26, 26, 10, 14, 20, 14)):
        sheet.set_column(column, column, width)
    book.close()


def read_text(data: bytes, file: Path) -> pd.DataFrame:
    """Return the rows of a CSV file under the column names of a roster."""
    import csv
    import io

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError("not_utf8", path=str(file), byte=problem.start) from None
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as problem:
        raise InputError("calendar_unreadable", path=str(file), reason=str(problem)) from None
    if not rows:
        return _named(pd.DataFrame(), file)
    width = len(rows[0])
    body = [
        [_plain(cell) for cell in (*row, *[""] * width)[:width]]
        for row in rows[1:]
        if any(cell.strip() for cell in row)
    ]
    return _named(pd.DataFrame(body, columns=rows[0]), file)


def read_sheet(file: Path) -> pd.DataFrame:
    """Return the rows of the first sheet of a workbook under the column names of a roster."""
    openpyxl = package("openpyxl", "excel")
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        book.close()
    except Exception as problem:  # openpyxl raises whatever its zip and XML readers raise
        raise InputError("calendar_unreadable", path=str(file), reason=str(problem)[:120]) from None
    if not rows:
        return _named(pd.DataFrame(), file)
    body = [["" if cell is None else cell for cell in row] for row in rows[1:] if any(cell is not None for cell in row)]
    return _named(pd.DataFrame(body, columns=[str(cell or "") for cell in rows[0]]), file)


def _named(table: pd.DataFrame, file: Path) -> pd.DataFrame:
    """Return the table with the columns of a roster, found by the headers of other tools."""
    known = {str(column).strip().lower(): column for column in table.columns}
    found = {name: next((known[text] for text in texts if text in known), None) for name, texts in HEADERS.items()}
    missing = [name for name in ("person", "start", "end") if found[name] is None]
    if missing:
        raise InputError(
            "roster_file_columns", path=str(file), missing=missing, found=[str(column) for column in table.columns][:12]
        )
    twice = [column for column in found.values() if column is not None and (table.columns == column).sum() > 1]
    if twice:
        raise InputError("roster_column_twice", column=str(twice[0]))
    frame = pd.DataFrame({name: table[column] for name, column in found.items() if column is not None})
    for name in ("kind", "tour"):
        if name not in frame.columns:
            frame[name] = ""
    frame["tour"] = frame["tour"].astype(str)
    if "timezone" in frame.columns:
        frame["timezone"] = [str(value) if str(value).strip() else None for value in frame["timezone"]]
    return frame


def _escaped(text: Any) -> str:
    """Return text that no spreadsheet takes for a formula."""
    value = str(text)
    return f"'{value}" if _RISKY.match(value) else value


def _plain(text: str) -> str:
    return text[1:] if _ESCAPED.match(text) else text


def package(name: str, extra: str) -> Any:
    """Return a package that only some formats need, or say which extra holds it."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(
            "missing_extra", purpose="read_roster, write_roster", package=name, extra=extra
        ) from None
