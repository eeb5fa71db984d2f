"""Hours of the week and public holidays: when messages count, when somebody must be there, and which days are off."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_serializer, model_validator

from staffcalc.errors import InputError
from staffcalc.inputs.fields import Facts, Timezone, Whole, fact

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES


class WeekHours(Facts):
    """
    Hours of a week in local time.

    Written as ``24/7``, or by day: ``monday: ["09:00-12:30", "13:30-18:00"]``. ``daily`` stands for every day and
    ``monday-friday`` for a row of days; a span such as ``22:00-06:00`` runs into the next day.

    Examples
    --------
    >>> hours = WeekHours.model_validate({"monday-friday": ["09:00-18:00"], "saturday": ["10:00-14:00"]})
    >>> hours.hours_per_week
    49.0
    >>> hours.slots()[9], hours.slots()[20]
    (1.0, 0.0)
    """

    spans: tuple[tuple[int, int], ...] = fact("Open spans in minutes of the week, Monday 00:00 is 0", unit="minute")

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if isinstance(value, WeekHours):
            return {"spans": value.spans}
        if isinstance(value, Mapping) and set(value) == {"spans"}:
            return value
        if value == "24/7":
            return {"spans": ((0, WEEK_MINUTES),)}
        if not isinstance(value, Mapping):
            raise InputError("bad_week_hours", value=str(value)[:60])
        pieces = sorted(piece for day, texts in value.items() for piece in _pieces(str(day), texts))
        for (start, end), (following, _) in itertools.pairwise(pieces):
            if following < end:
                raise InputError("hours_overlap", first=_clock(start), last=_clock(end), second=_clock(following))
        return {"spans": tuple(_joined(pieces))}

    @model_serializer(mode="plain")
    def _to_words(self) -> Any:
        if self.hours_per_week == 168:
            return "24/7"
        days: dict[str, list[str]] = {}
        for start, end in self.spans:
            while start < end:
                day, stop = start // DAY_MINUTES, min(end, (start // DAY_MINUTES + 1) * DAY_MINUTES)
                text = f"{_hhmm(start - day * DAY_MINUTES)}-{_hhmm(stop - day * DAY_MINUTES)}"
                days.setdefault(DAYS[day], []).append(text)
                start = stop
        alike = [(list(row), spans) for spans, row in itertools.groupby(DAYS, key=days.get) if spans]
        rows = {"-".join(dict.fromkeys((row[0], row[-1]))): spans for row, spans in alike}
        return {"daily" if row == "monday-sunday" else row: spans for row, spans in rows.items()}

    @property
    def hours_per_week(self) -> float:
        """Open hours of the week. [hour/week]"""
        return sum(end - start for start, end in self.spans) / 60

    def slots(self, per_hour: int = 1) -> tuple[float, ...]:
        """Return the open share of every slot of the week; slot 0 starts on Monday at 00:00. [share]"""
        length = 60 / per_hour
        shares = [0.0] * (168 * per_hour)
        for start, end in self.spans:
            for slot in range(int(start // length), -int(-end // length)):
                shares[slot] += (min(end, (slot + 1) * length) - max(start, slot * length)) / length
        return tuple(shares)

    def contains(self, moment: dt.datetime) -> bool:
        """Return whether a moment, given in local time, is open."""
        minute = moment.weekday() * DAY_MINUTES + moment.hour * 60 + moment.minute
        return any(start <= minute < end for start, end in self.spans)


def _pieces(day: str, texts: Any) -> Iterator[tuple[int, int]]:
    if isinstance(texts, str):
        texts = [texts]
    if not isinstance(texts, (list, tuple)):
        raise InputError("bad_span", day=day, value=str(texts)[:60])
    for number in _days(day):
        for text in texts:
            match = re.fullmatch(r"\s*(\d{1,2})(?::?(\d{2}))?\s*[-–]\s*(\d{1,2})(?::?(\d{2}))?\s*", str(text))
            if not match:
                raise InputError("bad_span", day=day, value=str(text)[:60])
            hour, minute, to_hour, to_minute = (int(part or 0) for part in match.groups())
            start, end = hour * 60 + minute, to_hour * 60 + to_minute
            if max(start, end) > DAY_MINUTES or max(minute, to_minute) > 59 or start in (end, DAY_MINUTES):
                raise InputError("bad_span", day=day, value=str(text)[:60])
            if end < start:
                end += DAY_MINUTES
            start, end = start + number * DAY_MINUTES, end + number * DAY_MINUTES
            yield start, min(end, WEEK_MINUTES)
            if end > WEEK_MINUTES:
                yield 0, end - WEEK_MINUTES


def _days(text: str) -> list[int]:
    if text == "daily":
        return list(range(7))
    first, _, last = text.partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise InputError("unknown_day", value=text, known=[*DAYS, "daily", "monday-friday"])
    start, stop = DAYS.index(first), DAYS.index(last or first)
    return [(start + step) % 7 for step in range((stop - start) % 7 + 1)]


def _joined(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _hhmm(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _clock(minute: int) -> str:
    return f"{DAYS[minute // DAY_MINUTES % 7]} {_hhmm(minute % DAY_MINUTES)}"


def _check_country(value: Any) -> Any:
    import holidays

    if value is not None and value not in holidays.list_supported_countries():
        raise InputError("unknown_country", value=str(value))
    return value


Country = Annotated[str, BeforeValidator(_check_country)]


class Calendar(Facts):
    """When the team is open, when somebody must be there, and which days are public holidays."""

    timezone: Timezone | None = fact(
        "IANA time zone of these hours; the desk's if left out", unit="zone", example="Europe/Istanbul"
    )
    country: Country | None = fact("Country of the public holidays, ISO 3166", unit="code", example="TR")
    subdivision: str | None = fact("State or region of the public holidays", unit="code")
    weekend: tuple[str, ...] = fact(
        "Weekend days", unit="day", default=("saturday", "sunday"), example=["saturday", "sunday"]
    )
    holidays_add: dict[dt.date, str] = fact("Days off that the country's list lacks", unit="date", default={})
    holidays_remove: tuple[dt.date, ...] = fact("Public holidays on which the team works", unit="date", default=())
    open: WeekHours | None = fact(
        "Opening hours: they drive the business clock of targets",
        unit="hour of week",
        example={"monday-friday": ["09:00-18:00"]},
    )
    cover: WeekHours | None = fact(
        "Hours in which somebody must be there", unit="hour of week", example={"daily": ["08:00-22:00"]}
    )
    seats: Whole = fact("People who must be there at the same time during cover hours", unit="person", default=1)

    @model_validator(mode="after")
    def _known_days(self) -> Self:
        for day in self.weekend:
            if day not in DAYS:
                raise InputError("unknown_day", value=day, known=list(DAYS))
        return self

    def public_holidays(self, year: int) -> dict[dt.date, str]:
        """
        Return the public holidays of a year with the client's own changes.

        Parameters
        ----------
        year : int
            Calendar year.

        Returns
        -------
        dict of date to str
            Days off and their local names; a name that holds ``estimated`` is not yet fixed.
        """
        days = dict(country_holidays(self.country, self.subdivision, year)) if self.country else {}
        days |= {day: name for day, name in self.holidays_add.items() if day.year == year}
        return {day: name for day, name in sorted(days.items()) if day not in self.holidays_remove}


@functools.cache
def country_holidays(country: str, subdivision: str | None, year: int) -> tuple[tuple[dt.date, str], ...]:
    """
    Return the public holidays of a country in a year, from the ``holidays`` package.

    Raises
    ------
    InputError
        If the country has no such subdivision.
    """
    import holidays

    nation = holidays.country_holidays(country)
    known = (*nation.subdivisions, *nation.subdivisions_aliases)
    if subdivision is not None and subdivision not in known:
        near = difflib.get_close_matches(subdivision, known, n=3, cutoff=0.4) or list(known[:3])
        raise InputError("unknown_subdivision", country=country, value=subdivision, known=near)
    return tuple(sorted(holidays.country_holidays(country, subdiv=subdivision, years=year).items()))
