"""Events of a calendar file as single stretches: repeated events unrolled on the local clock, exceptions honoured."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from staffcalc.errors import InputError

MOST_OCCURRENCES = 20_000
Stretch = tuple[Any, pd.Timestamp, pd.Timestamp]


def occurrences(events: Sequence[Any], *, file: Path, zone: str | None, last: dt.date | None) -> Iterator[Stretch]:
    """
    Return each occurrence of each event with its start and end.

    A rule of repetition is unrolled on the local clock, so that a duty at nine stays at nine when clocks change;
    moved and left-out occurrences replace or remove the regular ones.
    """
    moved = {
        (str(event.get("UID", "")), _stamp(event.decoded("RECURRENCE-ID"), zone, file))
        for event in events
        if event.get("RECURRENCE-ID") is not None
    }
    for event in events:
        if event.get("DTSTART") is None:
            raise InputError("event_without_start", path=str(file), event=str(event.get("SUMMARY", ""))[:60])
        start = event.decoded("DTSTART")
        length = _length(event, start)
        if event.get("RECURRENCE-ID") is not None:
            yield event, _stamp(start, zone, file), _stamp(start + length, zone, file)
            continue
        key, seen = str(event.get("UID", "")), set()
        regular = [start] if event.get("RRULE") is None else _repeated(event, start, file, last)
        for begin in itertools.chain(regular, _dates(event, "RDATE", start)):
            moment = _stamp(begin, zone, file)
            if (key, moment) not in moved and moment not in seen:
                seen.add(moment)
                yield event, moment, _stamp(begin + length, zone, file)


def _length(event: Any, start: Any) -> dt.timedelta:
    if event.get("DTEND") is not None:
        end = event.decoded("DTEND")
        if isinstance(start, dt.datetime) and isinstance(end, dt.datetime):
            return _wall(end) - _wall(start) if start.tzinfo == end.tzinfo else end - start
        return dt.timedelta(days=(end - start).days)
    if event.get("DURATION") is not None:
        length: dt.timedelta = event.decoded("DURATION")
        return length
    return dt.timedelta(hours=0) if isinstance(start, dt.datetime) else dt.timedelta(days=1)


def _repeated(event: Any, start: Any, file: Path, last: dt.date | None) -> Iterator[Any]:
    from dateutil.rrule import rrulestr

    rule = event.get("RRULE")
    endless = not any(key in rule for key in ("COUNT", "UNTIL"))
    if endless and last is None:
        raise InputError("event_without_end", path=str(file), event=str(event.get("SUMMARY", ""))[:60])
    first = _wall(start) if isinstance(start, dt.datetime) else dt.datetime.combine(start, dt.time())
    text = rule.to_ical().decode()
    parts = [part for part in text.split(";") if not part.upper().startswith("UNTIL=")]
    stop = dt.datetime.combine(last, dt.time.max) if last is not None else None
    if "UNTIL" in rule:
        until = rule["UNTIL"][0] if isinstance(rule["UNTIL"], list) else rule["UNTIL"]
        own = _until(until, start)
        stop = own if stop is None else min(own, stop)
    left_out = {
        _wall(moment) if isinstance(moment, dt.datetime) else dt.datetime.combine(moment, dt.time())
        for moment in _dates(event, "EXDATE", start)
    }
    for number, wall in enumerate(rrulestr(";".join(parts), dtstart=first)):
        if stop is not None and wall > stop:
            return
        if number >= MOST_OCCURRENCES:
            raise InputError("event_too_often", path=str(file), event=str(event.get("SUMMARY", ""))[:60])
        if wall not in left_out:
            yield wall.replace(tzinfo=start.tzinfo) if isinstance(start, dt.datetime) else wall.date()


def _until(until: Any, start: Any) -> dt.datetime:
    if not isinstance(until, dt.datetime):
        return dt.datetime.combine(until, dt.time.max)
    if until.tzinfo is not None and isinstance(start, dt.datetime) and start.tzinfo is not None:
        return _wall(until.astimezone(start.tzinfo))
    return _wall(until)


def _dates(event: Any, name: str, start: Any) -> Iterator[Any]:
    """Return the dates that EXDATE leaves out or RDATE adds, on the clock on which the event starts."""
    found = event.get(name)
    for one in found if isinstance(found, list) else [found] if found is not None else []:
        for part in one.dts:
            moment = part.dt[0] if isinstance(part.dt, tuple) else part.dt
            both = isinstance(moment, dt.datetime) and isinstance(start, dt.datetime)
            own = both and moment.tzinfo is not None and start.tzinfo is not None
            yield moment.astimezone(start.tzinfo) if own else moment


def _wall(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=None)


def _stamp(moment: Any, zone: str | None, file: Path) -> pd.Timestamp:
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    if moment.tzinfo is None:
        if zone is None:
            raise InputError("event_without_zone", path=str(file), value=str(moment))
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return pd.Timestamp(moment.astimezone(dt.UTC))
