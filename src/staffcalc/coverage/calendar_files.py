"""Rosters as calendar files: one event a duty, with what other calendars do not know in properties of our own."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pandas as pd

from staffcalc.coverage.duty_rows import EVERY_COLUMN, STANDBY
from staffcalc.coverage.recurrence import occurrences
from staffcalc.coverage.table_files import package
from staffcalc.errors import InputError, StaffcalcError
from staffcalc.inputs.fields import check_timezone

SAFE = "/:._- "
"""Letters that need no percent sign in the properties of our own, which no calendar program touches."""


def calendar_of(frame: pd.DataFrame) -> bytes:
    """Return duty rows as the bytes of a calendar file, the same for the same rows."""
    icalendar = package("icalendar", "calendar")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//staffcalc//roster//EN")
    calendar.add("version", "2.0")
    seen: dict[str, int] = {}
    for row in frame.to_dict("records"):
        start, end = (moment.to_pydatetime() for moment in (row["start"], row["end"]))
        key = "|".join(str(row[name]) for name in EVERY_COLUMN)
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


def events_in(data: bytes, file: Path, zone: str | None, last: dt.date | None) -> list[tuple[Any, ...]]:
    """Return the events of a calendar file as rows: person, start, end, kind, tour, timezone or None, break_minutes."""
    try:
        return list(_events_in(data, file, zone, last))
    except StaffcalcError:
        raise
    except (ValueError, TypeError, IndexError, KeyError, AttributeError) as problem:  # what parsers of calendars raise
        raise InputError("calendar_unreadable", path=str(file), reason=str(problem)[:120]) from None


def _events_in(data: bytes, file: Path, zone: str | None, last: dt.date | None) -> Iterator[tuple[Any, ...]]:
    calendars = package("icalendar", "calendar").Calendar.from_ical(data, multiple=True)
    for calendar in calendars:
        title = str(calendar.get("X-WR-CALNAME", ""))
        default = zone or _zone_name(calendar.get("X-WR-TIMEZONE"))
        for event, start, end in occurrences(list(calendar.walk("VEVENT")), file=file, zone=default, last=last):
            if str(event.get("STATUS", "")).upper() == "CANCELLED":
                continue
            own = {name: _own(event, name) for name in EVERY_COLUMN}
            summary = str(event.get("SUMMARY", "")).strip()
            person = own["person"] if own["person"] is not None else _attendee(event) or summary or title
            tour = str(own["tour"]) if own["tour"] is not None else summary or title
            home = own["timezone"] or default or _zone_name(_home(event))
            yield str(person), start, end, own["kind"], tour, home, own["break_minutes"] or 0.0


def _own(event: Any, name: str) -> str | None:
    found = event.get(f"X-STAFFCALC-{name.upper().replace('_', '-')}")
    return None if found is None else unquote(str(found))


def _home(event: Any) -> str | None:
    """Return the time zone that an event names, unless it is plain UTC, which is nobody's home."""
    name = getattr(event.get("DTSTART"), "params", {}).get("TZID")
    return None if name in ("UTC", "Etc/UTC") else name


def _attendee(event: Any) -> str:
    found = event.get("ATTENDEE")
    one = found[0] if isinstance(found, list) and found else found
    if one is None:
        return ""
    return str(getattr(one, "params", {}).get("CN", "")) or str(one).partition(":")[2] or str(one)


def _zone_name(value: Any) -> str | None:
    """Return a time zone by its IANA name, or by the name that Windows and Outlook have for it."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    if value is None:
        return None
    try:
        return check_timezone(WINDOWS_TO_OLSON.get(str(value), str(value)))
    except InputError:
        return None
