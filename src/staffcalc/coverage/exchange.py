"""Rosters to and from other tools: calendar files, CSV and XLSX. A round trip loses nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from staffcalc import _checks
from staffcalc._checks import given, one_of
from staffcalc._files import reason_of, whole_file
from staffcalc._words import Sentence
from staffcalc.coverage.calendar_files import calendar_of, events_in
from staffcalc.coverage.duty_rows import EVERY_COLUMN, KINDS, STANDBY, Rows, full_rows
from staffcalc.coverage.presets import RestRules, as_rules
from staffcalc.coverage.roster import Roster
from staffcalc.coverage.roster_given import given_roster
from staffcalc.coverage.roster_plan import day
from staffcalc.coverage.table_files import read_sheet, read_text, write_sheet, write_text
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.fields import check_timezone

FORMATS = (".ics", ".csv", ".xlsx")
MOST_MEGABYTES = 50
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
    >>> read_roster(path).to_frame()["start"].iloc[0]
    Timestamp('2027-01-04 06:00:00+0000', tz='UTC')
    """
    _, ending = _file(path)
    frame = full_rows(roster, timezone)
    with whole_file(path) as file:
        if ending == ".ics":
            file.write_bytes(calendar_of(frame))
        elif ending == ".csv":
            write_text(file, frame)
        else:
            write_sheet(file, frame)


def read_roster(
    path: str | os.PathLike[str],
    *,
    rules: str | RestRules = "eu",
    desk: Desk | None = None,
    timezone: str | None = None,
    kind: str | None = None,
    people: Mapping[str, str] | None = None,
    until: str | dt.date | None = None,
) -> Roster:
    r"""
    Read a roster from a calendar file, CSV or XLSX.

    Parameters
    ----------
    path : path
        File of this library, of a calendar (Google, Outlook) or of an on-call tool (PagerDuty, incident.io).
    rules : str or RestRules
        Rest rules that judge it, as for :func:`staffcalc.check_rest`.
    desk : Desk, optional
        The team: its time zone, its public holidays for fairness, and the share of standby that counts.
    timezone : str, optional
        Time zone of times that have none, and of people whose zone the file does not name; the desk's if left out.
        [zone]
    kind : str, optional
        Kind of duties where the file names none; on call where the text says so, else work.
    people : mapping of str to str, optional
        Names in the file to ids of the team, so that no name enters an answer.
    until : str or date, optional
        Last day of events that repeat without end.

    Returns
    -------
    Roster
        Duties of person, start, end (UTC), kind, tour, timezone, break_minutes; judged by the rules, with hours,
        nights, weekends, holidays and on-call weeks of each person. Nothing is asked in it, so nothing is open.

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
    >>> roster = read_roster(path, people={"Ada": "p1"}, kind="on_call", timezone="Europe/London")
    >>> print(roster)
    1 person has 0 hours of duty and 168 hours on call from 4 Jan 2027 to 10 Jan 2027.
    >>> roster.to_frame()[["person", "kind"]].values.tolist()
    [['p1', 'on_call']]
    """
    file, ending = _file(path)
    if kind is not None:
        one_of("kind", kind, KINDS)
    if people is not None and not isinstance(people, Mapping):
        raise InputError("people_not_mapping", value=type(people).__name__)
    rules, last = as_rules(rules), None if until is None else day("until", until)
    team = None if desk is None else given("desk", desk, Desk, maker="read_desk")
    zone = check_timezone(timezone) if timezone is not None else None if team is None else team.timezone
    try:
        if file.stat().st_size > MOST_MEGABYTES * 1_000_000:
            raise InputError("file_too_large", path=str(file), limit=MOST_MEGABYTES)
        data = file.read_bytes()
    except OSError as problem:
        raise InputError("cannot_read", path=str(file), reason=reason_of(problem)) from None
    if ending == ".ics":
        frame = pd.DataFrame(events_in(data, file, zone, last), columns=list(EVERY_COLUMN))
    else:
        frame = read_text(data, file) if ending == ".csv" else read_sheet(file)
    frame["kind"] = [_kind(value, text, kind) for value, text in zip(frame["kind"], frame["tour"], strict=True)]
    if people:
        frame["person"] = [people.get(str(name), str(name)) for name in frame["person"]]
    if frame.empty:
        raise InputError("roster_file_empty", path=str(file))
    homeless: list[str] = []
    if zone is None and (ending == ".ics" or "timezone" not in frame.columns):  # instants are known, homes are not
        homes = frame["timezone"] if "timezone" in frame.columns else pd.Series(None, index=frame.index, dtype=object)
        homeless = sorted(set(frame.loc[homes.isna(), "person"].astype(str)))
        frame = frame.assign(timezone=homes.where(homes.notna(), "UTC")) if ending == ".ics" else frame
    roster = given_roster(frame, rules=rules, desk=team, timezone=zone)
    if not homeless:
        return roster
    note = Sentence("roster_home_unknown", count=len(homeless), people=homeless[:8])
    return dataclasses.replace(roster, notes=(note, *roster.notes))


def _file(path: Any) -> tuple[Path, str]:
    file = _checks.path("path", path)
    return file, one_of("path", file.suffix.lower(), FORMATS)


def _kind(value: Any, text: str, fallback: str | None) -> str:
    if value is not None and not pd.isna(value) and str(value).strip():
        return str(value).strip()
    if fallback is not None:
        return fallback
    return STANDBY if _STANDBY_WORDS.search(str(text)) else "work"
