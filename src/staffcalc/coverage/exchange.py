"""Rosters to and from other tools: calendar files, CSV and XLSX. A round trip loses nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pandas as pd

from staffcalc._checks import one_of
from staffcalc._files import whole_file
from staffcalc.coverage.duty_rows import KINDS, STANDBY, Rows, as_frame
from staffcalc.coverage.recurrence import occurrences
from staffcalc.errors import InputError, MissingExtraError
from staffcalc.inputs.fields import check_timezone

COLUMNS = ("person", "start", "end", "kind", "tour", "timezone", "break_minutes")
FORMATS = (".ics", ".csv", ".xlsx")
MOST_MEGABYTES = 50
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

SAFE = "/:._- "
"""Letters that need no percent sign in the properties of our own, which no calendar program touches."""

_RISKY = re.compile(r"'*[=+\-@\t\r\n|]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n|]")
_STANDBY_WORDS = re.compile(r"on[\s-]?call|oncall|pager|standby|stand-by|nöbet|icap", re.IGNORECASE)


def write_roster(path: str | os.PathLike[str], roster: Rows, *, timezone: str | None = None) -> None:
    """
    Write a roster as a calendar file, CSV or XLSX, by the ending of its name.

    Parameters
    ----------
    path : path
        ``.ics`` for calendars and on-call tools, ``.csv`` or ``.xlsx`` for tables; replaced whole or not at all.
    roster : Roster, DataFrame or rows
        Duties, as for :func:`staffcalc.check_rest`.
    timezone : str, optional
        Time zone of stamps that have none. [zone]

    Raises
    ------
    InputError
        If the ending is none of these, or the rows cannot be read.
    MissingExtraError
        If the package for the format is not installed.

    Notes
    -----
    Instants are written in UTC in calendars, and on the person's local clock with offset in tables. Text that a
    spreadsheet would take for a formula is written as text; reading takes the mark off again.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> rows = [{"person": "p1", "start": "2027-01-04 09:00", "end": "2027-01-04 17:00"}]
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "roster.csv"
    >>> write_roster(path, rows, timezone="Europe/Istanbul")
    >>> read_roster(path)["start"].iloc[0]
    Timestamp('2027-01-04 06:00:00+0000', tz='UTC')
    """
    ending = one_of("path", Path(path).suffix.lower(), FORMATS)
    frame = _full(roster, timezone)
    with whole_file(path) as file:
        if ending == ".ics":
            file.write_bytes(_calendar(frame))
        elif ending == ".csv":
            table = _local(frame)
            for name in ("person", "kind", "tour", "timezone"):
                table[name] = [_escaped(text) for text in table[name]]
            table.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")
        else:
            _write_sheet(file, frame)


def read_roster(
    path: str | os.PathLike[str],
    *,
    timezone: str | None = None,
    kind: str | None = None,
    people: Mapping[str, str] | None = None,
    until: str | dt.date | None = None,
) -> pd.DataFrame:
    r"""
    Read a roster from a calendar file, CSV or XLSX.

    Parameters
    ----------
    path : path
        File of this library, of a calendar (Google, Outlook) or of an on-call tool (PagerDuty, incident.io).
    timezone : str, optional
        Time zone of times that have none, and of people whose zone the file does not name. [zone]
    kind : str, optional
        Kind of duties where the file names none; on call where the text says so, else work.
    people : mapping of str to str, optional
        Names in the file to ids of the team, so that no name enters an answer.
    until : str or date, optional
        Last day of events that repeat without end.

    Returns
    -------
    DataFrame
        Rows of person, start, end (UTC), kind, tour, timezone, break_minutes, as :func:`staffcalc.check_rest` takes
        them.

    Raises
    ------
    InputError
        If the file cannot be read, lacks columns or time zones, or an event repeats without end and ``until`` is not
        given.
    MissingExtraError
        If the package for the format is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "oncall.csv"
    >>> _ = path.write_text("User,Start,End\nAda,2027-01-04T09:00:00Z,2027-01-11T09:00:00Z\n")
    >>> read_roster(path, people={"Ada": "p1"}, kind="on_call")[["person", "kind"]].values.tolist()
    [['p1', 'on_call']]
    """
    file = Path(path)
    ending = one_of("path", file.suffix.lower(), FORMATS)
    if kind is not None:
        one_of("kind", kind, KINDS)
    zone = None if timezone is None else check_timezone(timezone)
    try:
        if file.stat().st_size > MOST_MEGABYTES * 1_000_000:
            raise InputError("file_too_large", path=str(file), limit=MOST_MEGABYTES)
        data = file.read_bytes()
    except OSError as problem:
        raise InputError("cannot_read", path=str(file), reason=str(problem.strerror)) from None
    if ending == ".ics":
        last = None if until is None else pd.Timestamp(until).date()
        frame = pd.DataFrame(list(_events(data, file, zone, last)), columns=list(COLUMNS))
    else:
        frame = _named(_read_text(data, file) if ending == ".csv" else _read_sheet(file), file)
    frame["kind"] = [_kind(value, text, kind) for value, text in zip(frame["kind"], frame["tour"], strict=True)]
    if people:
        frame["person"] = [people.get(str(name), str(name)) for name in frame["person"]]
    return _full(frame, zone)


def _full(rows: Rows, timezone: str | None) -> pd.DataFrame:
    """Return rows with all columns, times in UTC, in the order of start and person."""
    source = (
        rows
        if isinstance(rows, pd.DataFrame)
        else rows.to_frame()
        if hasattr(rows, "to_frame")
        else pd.DataFrame(list(rows))
    )
    if "tour" not in source.columns:
        source = source.assign(tour="")
    source = source.reset_index(drop=True)
    frame = as_frame(source.assign(_row=range(len(source))), timezone=timezone, keep=("tour", "_row"))
    return frame.sort_values(["start", "person", "_row"], kind="stable").reset_index(drop=True)[list(COLUMNS)]


# ---- calendar files --------------------------------------------------------------------------------------------------


def _calendar(frame: pd.DataFrame) -> bytes:
    icalendar = _package("icalendar", "calendar")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//staffcalc//roster//EN")
    calendar.add("version", "2.0")
    seen: dict[str, int] = {}
    for row in frame.to_dict("records"):
        start, end = (moment.to_pydatetime() for moment in (row["start"], row["end"]))
        key = "|".join(str(row[name]) for name in COLUMNS)
        seen[key] = seen.get(key, 0) + 1
        event = icalendar.Event()
        event.add("uid", hashlib.sha256(f"{key}|{seen[key]}".encode()).hexdigest()[:32] + "@staffcalc")
        event.add("dtstamp", start)
        event.add("dtstart", start)
        event.add("dtend", end)
        event.add(
            "summary", " · ".join(part for part in (str(row["person"]), str(row["tour"]) or str(row["kind"])) if part)
        )
        event.add("categories", [str(row["kind"])])
        event.add("transp", "TRANSPARENT" if row["kind"] == STANDBY else "OPAQUE")
        for name in ("person", "kind", "tour", "timezone", "break_minutes"):
            event.add(f"x-staffcalc-{name.replace('_', '-')}", quote(str(row[name]), safe=SAFE))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(data: bytes, file: Path, zone: str | None, last: dt.date | None) -> Iterator[tuple[Any, ...]]:
    icalendar = _package("icalendar", "calendar")
    try:
        calendars = icalendar.Calendar.from_ical(data, multiple=True)
    except (ValueError, IndexError, KeyError) as problem:
        raise InputError("calendar_unreadable", path=str(file), reason=str(problem)[:120]) from None
    for calendar in calendars:
        title = str(calendar.get("X-WR-CALNAME", ""))
        default = zone or _zone_name(calendar.get("X-WR-TIMEZONE"))
        for event, start, end in occurrences(list(calendar.walk("VEVENT")), file=file, zone=default, last=last):
            if str(event.get("STATUS", "")).upper() == "CANCELLED":
                continue
            own = {name: _own(event, name) for name in COLUMNS}
            summary = str(event.get("SUMMARY", "")).strip()
            person = own["person"] if own["person"] is not None else _attendee(event) or summary or title
            kind = own["kind"] if own["kind"] is not None else None
            tour = str(own["tour"]) if own["tour"] is not None else summary or title
            home = own["timezone"] or default or _zone_name(getattr(event.get("DTSTART"), "params", {}).get("TZID"))
            yield str(person), start, end, kind, tour, str(home or "UTC"), float(own["break_minutes"] or 0.0)


def _own(event: Any, name: str) -> str | None:
    found = event.get(f"X-STAFFCALC-{name.upper().replace('_', '-')}")
    return None if found is None else unquote(str(found))


def _attendee(event: Any) -> str:
    found = event.get("ATTENDEE")
    one = found[0] if isinstance(found, list) and found else found
    if one is None:
        return ""
    return str(getattr(one, "params", {}).get("CN", "")) or str(one).partition(":")[2] or str(one)


def _zone_name(value: Any) -> str | None:
    try:
        return None if value is None else check_timezone(str(value))
    except InputError:
        return None


def _kind(value: Any, text: str, fallback: str | None) -> str:
    if value is not None and not pd.isna(value) and str(value).strip():
        return str(value).strip()
    if fallback is not None:
        return fallback
    return STANDBY if _STANDBY_WORDS.search(str(text)) else "work"


# ---- tables ----------------------------------------------------------------------------------------------------------


def _local(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with times on the person's clock, offset included."""
    table = frame.copy()
    for name in ("start", "end"):
        zones = zip(frame[name], frame["timezone"], strict=True)
        table[name] = [moment.tz_convert(zone).isoformat(sep=" ") for moment, zone in zones]
    table["break_minutes"] = [f"{value:g}" for value in frame["break_minutes"]]
    return table


def _write_sheet(file: Path, frame: pd.DataFrame) -> None:
    xlsxwriter = _package("xlsxwriter", "excel")
    book = xlsxwriter.Workbook(
        str(file), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet("roster")
    head = book.add_format({"bold": True})
    table = _local(frame)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, head)
        for row, value in enumerate(table[name], start=1):
            sheet.write_string(row, column, str(value))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(table)), len(COLUMNS) - 1)
    for column, width in enumerate((14, 26, 26, 10, 14, 20, 14)):
        sheet.set_column(column, column, width)
    book.close()


def _read_text(data: bytes, file: Path) -> pd.DataFrame:
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
        return pd.DataFrame()
    width = len(rows[0])
    body = [
        [_plain(cell) for cell in (*row, *[""] * width)[:width]]
        for row in rows[1:]
        if any(cell.strip() for cell in row)
    ]
    return pd.DataFrame(body, columns=rows[0])


def _read_sheet(file: Path) -> pd.DataFrame:
    openpyxl = _package("openpyxl", "excel")
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        book.close()
    except Exception as problem:  # openpyxl raises whatever its zip and XML readers raise
        raise InputError("calendar_unreadable", path=str(file), reason=str(problem)[:120]) from None
    if not rows:
        return pd.DataFrame()
    body = [["" if cell is None else cell for cell in row] for row in rows[1:] if any(cell is not None for cell in row)]
    return pd.DataFrame(body, columns=[str(cell or "") for cell in rows[0]])


def _named(table: pd.DataFrame, file: Path) -> pd.DataFrame:
    """Return the table with the columns of a roster, found by the headers of other tools."""
    known = {str(column).strip().lower(): column for column in table.columns}
    found = {name: next((known[text] for text in texts if text in known), None) for name, texts in HEADERS.items()}
    missing = [name for name in ("person", "start", "end") if found[name] is None]
    if missing:
        raise InputError(
            "roster_file_columns", path=str(file), missing=missing, found=[str(column) for column in table.columns][:12]
        )
    frame = pd.DataFrame({name: table[column] for name, column in found.items() if column is not None})
    for name in ("kind", "tour"):
        if name not in frame.columns:
            frame[name] = ""
    frame["tour"] = frame["tour"].astype(str)
    if "timezone" in frame.columns:
        frame["timezone"] = [str(value) if str(value).strip() else None for value in frame["timezone"]]
    if "break_minutes" in frame.columns:
        frame["break_minutes"] = pd.to_numeric(frame["break_minutes"], errors="coerce").fillna(0.0)
    return frame


def _escaped(text: Any) -> str:
    """Return text that no spreadsheet takes for a formula."""
    value = str(text)
    return f"'{value}" if _RISKY.match(value) else value


def _plain(text: str) -> str:
    return text[1:] if _ESCAPED.match(text) else text


def _package(name: str, extra: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(
            "missing_extra", purpose="read_roster, write_roster", package=name, extra=extra
        ) from None
