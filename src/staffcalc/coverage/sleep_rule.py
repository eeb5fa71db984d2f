"""When people on a roster sleep, by a stated rule: nights at home around duties, days after nights, call-outs."""

from __future__ import annotations

import dataclasses

import numpy as np

from staffcalc._checks import at_least
from staffcalc.coverage.duty_rows import DAY, HOUR, Ints, local_days, local_instants
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure

Span = tuple[int, int]


@dataclasses.dataclass(frozen=True)
class SleepRule:
    """
    Sleep around duties.

    Parameters
    ----------
    bedtime : float
        Clock hour of going to bed on a free night. [clock hour]
    hours : float
        Length of a free night. [hour]
    commute_hours : float
        Way between work and bed, getting ready included. [hour]
    least_hours : float
        Sleep shorter than this does not happen. [hour]
    day_hours : float
        Most sleep by day after a night duty. [hour]

    Notes
    -----
    Each night the person sleeps from ``bedtime``; where a duty is in the way the sleep is cut, ``commute_hours``
    before the duty begins or after it ends. After a duty that ends in the sleep of the night, the person sleeps on for
    up to ``day_hours``; after a duty that followed a short night or none, for as long by day, but no more than
    ``hours`` with the night together. Call-outs cut a sleep in two.

    Examples
    --------
    >>> SleepRule().hours
    8.0
    """

    bedtime: float = dataclasses.field(default_factory=lambda: figure("sleep_bedtime").value)
    hours: float = dataclasses.field(default_factory=lambda: figure("sleep_hours").value)
    commute_hours: float = dataclasses.field(default_factory=lambda: figure("sleep_commute").value)
    least_hours: float = dataclasses.field(default_factory=lambda: figure("sleep_least").value)
    day_hours: float = dataclasses.field(default_factory=lambda: figure("sleep_by_day").value)

    def __post_init__(self) -> None:
        """Refuse hours that no night has."""
        for name in ("bedtime", "hours", "commute_hours", "least_hours", "day_hours"):
            if at_least(name, getattr(self, name), unit="hour") >= 24:
                raise InputError("sleep_rule_too_long", name=name, value=getattr(self, name))


def assumed_sleep(start: Ints, end: Ints, *, zone: str, rule: SleepRule, within: Span) -> list[Span]:
    """
    Return the sleeps of a person around duties.

    Parameters
    ----------
    start, end : array
        Duties in order, without overlap. [seconds since 1970, UTC]
    zone : str
        Time zone in which the person sleeps.
    rule : SleepRule
        The rule.
    within : (start, end)
        Stretch of interest; sleeps begin two evenings before it and end a morning after. [seconds since 1970, UTC]

    Returns
    -------
    list of (start, end)
        Sleeps in order. [seconds since 1970, UTC]
    """
    way = round(rule.commute_hours * HOUR)
    leaves, homes = start - way, end + way
    days = local_days(within[0] - 2 * DAY, within[1] + DAY, zone)
    beds = local_instants(days, rule.bedtime, zone)
    nights: list[Span] = []
    for bed in beds.tolist():
        wish = (bed, bed + round(rule.hours * HOUR))
        near = slice(int(np.searchsorted(homes, wish[0])), int(np.searchsorted(leaves, wish[1])))
        busy = list(zip(leaves[near].tolist(), homes[near].tolist(), strict=True))
        pieces = [piece for piece in _free(wish, busy) if piece[1] - piece[0] >= rule.least_hours * HOUR]
        nights += [max(pieces, key=lambda piece: piece[1] - piece[0])] if pieces else []
    sleeps = dict(nights)
    for number, home in enumerate(homes.tolist()):
        following = int(leaves[number + 1]) if number + 1 < len(leaves) else home + 3 * DAY
        if following < home:
            continue
        place = int(np.searchsorted(beds, home))
        next_bed = int(beds[place]) if place < len(beds) else home + DAY
        latest = min(home + round(rule.day_hours * HOUR), following, next_bed - 4 * HOUR)
        if home in sleeps:
            sleeps[home] = max(sleeps[home], latest)
        window = home - round(2 * rule.hours * HOUR), home + 2 * HOUR
        before = int(np.searchsorted(homes, window[0] - DAY))
        begins = {*beds[max(0, place - 3) : place + 1].tolist(), *homes[before : number + 2].tolist()} & sleeps.keys()
        recent = [(begin, sleeps[begin]) for begin in begins if sleeps[begin] > window[0]]
        if any(home <= a < window[1] for a, _ in recent):
            continue
        slept = sum(max(0, min(stop, home) - max(begin, window[0])) for begin, stop in recent)
        if slept >= figure("default_broken_night_below").value * HOUR:
            continue
        stop = min(latest, home + round(rule.hours * HOUR) - slept)
        if stop - home >= rule.least_hours * HOUR:
            sleeps[home] = stop
    return _apart(sorted(sleeps.items()))


def broken_by(sleeps: list[Span], calls: list[Span]) -> tuple[list[Span], int]:
    """Return the sleeps with call-outs cut out of them, and how many nights were broken."""
    found: list[Span] = []
    broken = 0
    for sleep in sleeps:
        pieces = _free(sleep, calls)
        whole = pieces == [sleep]
        longest = max((b - a for a, b in pieces), default=0) / HOUR
        broken += (not whole) and longest < figure("default_broken_night_below").value
        found += [piece for piece in pieces if piece[1] - piece[0] >= 600]
    return found, broken


def _free(span: Span, busy: list[Span]) -> list[Span]:
    """Return what is left of a span outside busy ones."""
    pieces, reached = [], span[0]
    for start, end in sorted(busy):
        if end <= reached or start >= span[1]:
            continue
        if start > reached:
            pieces.append((reached, start))
        reached = max(reached, end)
    if reached < span[1]:
        pieces.append((reached, span[1]))
    return pieces


def _apart(sleeps: list[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sleeps:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
