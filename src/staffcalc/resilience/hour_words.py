"""Hours of the week as a reader says them: days and clock times for tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence

from staffcalc._words import Sentence
from staffcalc.inputs.calendars import DAYS

HOURS_OF_DAY = 24


def hours_text(hours: Sequence[int]) -> str:
    """
    Return hours of the week in short, for tables.

    Examples
    --------
    >>> hours_text([9, 10, 33, 34, 130])
    'Mon-Tue 09-11, Sat 10-11'
    """
    names = [day[:3].capitalize() for day in DAYS]
    parts = []
    for days, spans in _by_day(hours):
        day = names[days[0]] if len(days) == 1 else f"{names[days[0]]}-{names[days[-1]]}"
        parts.append(f"{day} " + " ".join(f"{start:02d}-{end:02d}" for start, end in spans))
    return ", ".join(parts)


def hours_in_full(hours: Sequence[int]) -> str | Sentence:
    """Return every span of the hours of the week, for tables; nothing for no hours."""
    if not hours:
        return ""
    spoken = []
    for days, spans in _by_day(hours):
        first, last = Sentence(f"short_{DAYS[days[0]]}"), Sentence(f"short_{DAYS[days[-1]]}")
        day = first if len(days) == 1 else Sentence("days_range", first=first, last=last)
        spoken.append(
            Sentence("hours_spans", days=day, spans=" ".join(f"{start:02d}–{end:02d}" for start, end in spans))
        )
    said = spoken.pop()
    while spoken:
        said = Sentence("span_and_more", first=spoken.pop(), rest=said)
    return said


def hours_in_words(hours: Sequence[int]) -> Sentence:
    """Return hours of the week for sentences; many pieces as a count."""
    pieces = _by_day(hours)
    if sum(len(spans) for _, spans in pieces) > 3:
        return Sentence("hours_a_week", count=len(hours))
    spoken = []
    for days, spans in pieces:
        first, last = Sentence(f"term_{DAYS[days[0]]}"), Sentence(f"term_{DAYS[days[-1]]}")
        day = first if len(days) == 1 else Sentence("days_from_to", first=first, last=last)
        clock = [f"{start:02d}:00–{end:02d}:00" for start, end in spans]
        spoken.append(Sentence("hours_on_days", days=day, clock=clock))
    return Sentence("hours_listed", hours=spoken)


def _by_day(hours: Sequence[int]) -> list[tuple[list[int], list[tuple[int, int]]]]:
    """Return runs of days with the same spans of hours."""
    spans: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for hour in sorted(hours):
        day, clock = divmod(hour, HOURS_OF_DAY)
        if spans[day] and spans[day][-1][1] == clock:
            spans[day][-1] = (spans[day][-1][0], clock + 1)
        else:
            spans[day].append((clock, clock + 1))
    runs: list[tuple[list[int], list[tuple[int, int]]]] = []
    for day, found in enumerate(spans):
        if found and runs and runs[-1][1] == found and runs[-1][0][-1] == day - 1:
            runs[-1][0].append(day)
        elif found:
            runs.append(([day], found))
    return runs
