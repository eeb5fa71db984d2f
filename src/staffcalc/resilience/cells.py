"""What a desk must keep covered: answering, access layers, duties and hours, each with the people who can cover it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence

from staffcalc._words import Sentence
from staffcalc.inputs.access import LAYERS, AccessHolder
from staffcalc.inputs.channels import Channel
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import DUTIES, Person
from staffcalc.inputs.targets import Target
from staffcalc.reference.lookup import figure
from staffcalc.resilience.hour_words import hours_in_full, hours_in_words, hours_text

CHANNEL_KINDS = ("answering", *LAYERS)
"""Kinds of cells without which a channel does not work."""

KINDS = (*CHANNEL_KINDS, "duty", "hours")
"""Kinds of cells: answering a channel, its access layers, a duty, and hours in which somebody must be there."""

ADVISED = {
    "owner": "required_owners",
    "editor": "required_editors",
    "recovery_email": "required_recovery_email",
    "second_factor": "required_second_factor",
}
"""Figures of the reference tables: holders an access layer ought to have."""

HOURS_OF_DAY = 24


@dataclasses.dataclass(frozen=True, kw_only=True)
class DeskCell:
    """
    One thing that must stay covered.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    subject : str
        Channel, duty, or ``team`` for hours.
    language : str
        Language that must be answered, where the channel names one.
    only_language : bool
        Whether the channel names no other language.
    hours : tuple of int
        Hours of the week (0 is Monday 00:00, local time), where cover depends on the hour; empty for all hours.
    holders : frozenset of str
        Ids of those who can cover it. Leavers are no cover.
    required : int
        Holders without which it does not work. [person]
    advised : int
        Holders it ought to have. [person]
    """

    kind: str
    subject: str
    language: str = ""
    only_language: bool = False
    hours: tuple[int, ...] = ()
    holders: frozenset[str]
    required: int = 1
    advised: int = 1

    @property
    def spare(self) -> int:
        """Holders that can be lost before the cell fails; below 0 it is short already. [person]"""
        return len(self.holders) - self.required

    @property
    def name(self) -> str:
        """Name for tables: channel, language and hours, or the code of the duty."""
        return " · ".join(part for part in (self.subject, self.language, hours_text(self.hours)) if part)

    def label(self) -> str | Sentence:
        """Return the name as a table shows it: hours of the week in the reader's language."""
        if not self.hours:
            return self.name
        hours = hours_in_full(self.hours)
        whole = dataclasses.replace(self, hours=())
        return hours if self.kind == "hours" else Sentence("cell_in_hours", cell=whole.name, hours=hours)

    def words(self) -> Sentence:
        """Return what the cell is, for sentences."""
        if self.kind == "duty":
            return Sentence("cell_duty", duty=Sentence(f"term_{self.subject}"))
        if self.kind == "hours":
            return Sentence("cell_hours", hours=hours_in_words(self.hours))
        if self.kind == "answering" and self.language:
            return Sentence("cell_language", channel=self.subject, language=self.language)
        return Sentence(f"cell_{self.kind}", channel=self.subject)


def list_cells(desk: Desk) -> tuple[DeskCell, ...]:
    """
    Return everything that a desk must keep covered, as families: never the product of all dimensions.

    Parameters
    ----------
    desk : Desk
        The team, its channels and who holds access, on the day of the facts.

    Returns
    -------
    tuple of DeskCell
        (channel, language, hour block), (channel, access layer), (duty), (hour block).

    Notes
    -----
    A layer that the desk does not describe is not judged. Hours divide answering only where the answer cannot wait a
    day; then a holder counts for an hour if he or she works at some moment between that hour and the end of the
    response target. Hours in which nobody at all works are gaps of cover, not losses: see :func:`staffcalc.find_gaps`.
    """
    team = desk.team()
    shifts = known_shifts(desk)
    return (*_answering(desk, team, shifts), *_layers(desk), *_duties(desk), *_presence(desk, team, shifts))


def as_holders(cells: Sequence[DeskCell]) -> tuple[dict[int, frozenset[str]], dict[int, int]]:
    """Return holders and required of cells by their place, for the functions that take plain mappings."""
    return {place: cell.holders for place, cell in enumerate(cells)}, {
        place: cell.required for place, cell in enumerate(cells)
    }


def present_holders(desk: Desk) -> tuple[AccessHolder, ...]:
    """Return the access holders outside the team who have not left."""
    return tuple(holder for holder in desk.access_holders if holder.end is None or holder.end >= desk.today)


def gone_by(desk: Desk, day: dt.date) -> dict[str, dt.date]:
    """Return who has left by a day, and when: people of the team and other holders of access."""
    everyone: list[Person | AccessHolder] = [*desk.people, *desk.access_holders]
    return {one.id: one.end for one in everyone if one.end is not None and one.end < day}


def known_shifts(desk: Desk) -> dict[str, frozenset[int]]:
    """Return the hours of the desk's week in which each person works, for people whose working hours are given."""
    return {person.id: hours_at_work(desk, person) for person in desk.team() if person.working_hours is not None}


def hours_at_work(desk: Desk, person: Person) -> frozenset[int]:
    """Return the hours of the desk's week in which a person works, at least in part, in the week of the facts."""
    if person.working_hours is None:
        return frozenset()
    home, away = zoneinfo.ZoneInfo(desk.timezone), zoneinfo.ZoneInfo(desk.timezone_of(person))
    monday = dt.datetime.combine(desk.today - dt.timedelta(days=desk.today.weekday()), dt.time(12))
    ahead = monday.replace(tzinfo=home).utcoffset() or dt.timedelta()
    there = monday.replace(tzinfo=away).utcoffset() or dt.timedelta()
    shift = int((ahead - there).total_seconds() // 60)
    hours: set[int] = set()
    for start, end in person.working_hours.spans:
        hours |= {hour % 168 for hour in range((start + shift) // 60, -((-end - shift) // 60))}
    return frozenset(hours)


def _answering(desk: Desk, team: Sequence[Person], shifts: Mapping[str, frozenset[int]]) -> Iterable[DeskCell]:
    reach = Reach(desk, shifts)
    for channel in desk.channels:
        able = [person for person in team if person.channels == "all" or channel.id in person.channels]
        for language in channel.languages or ("",):
            speakers = [p.id for p in able if not language or not p.languages or language in p.languages]
            yield from _by_hour(channel, language, frozenset(speakers), reach)


def _by_hour(channel: Channel, language: str, speakers: frozenset[str], reach: Reach) -> Iterable[DeskCell]:
    """Yield one cell, or one for each set of people who can answer in time where the answer cannot wait a day."""
    only = len(channel.languages or ()) < 2
    whole = DeskCell(kind="answering", subject=channel.id, language=language, only_language=only, holders=speakers)
    found = reach.of(channel)
    if found is None or not speakers <= reach.known:
        yield whole
        return
    blocks: dict[frozenset[str], list[int]] = {}
    for people, hours in found.items():
        if speakers & people:
            blocks.setdefault(speakers & people, []).extend(hours)
    if len(blocks) <= 1:
        yield whole if not blocks else dataclasses.replace(whole, holders=next(iter(blocks)))
        return
    for there, block in blocks.items():
        if not any(other < there for other in blocks):
            yield dataclasses.replace(whole, holders=there, hours=tuple(sorted(block)))


class Reach:
    """Who can still answer in time a message of each hour of the week, for every response target of a desk."""

    def __init__(self, desk: Desk, shifts: Mapping[str, frozenset[int]]) -> None:
        self.desk, self.shifts = desk, shifts
        self.known = frozenset(shifts)
        self.found: dict[str, dict[frozenset[str], list[int]]] = {}

    def of(self, channel: Channel) -> Mapping[frozenset[str], list[int]] | None:
        """Return hours of the week by the people who can answer them in time; None where an answer can wait a day."""
        target = self.desk.target_of(channel) if self.desk.targets else None
        if target is None or target.within >= HOURS_OF_DAY:
            return None
        if target.id not in self.found:
            self.found[target.id] = self._blocks(target)
        return self.found[target.id]

    def _blocks(self, target: Target) -> dict[frozenset[str], list[int]]:
        calendar = self.desk.calendar
        hours = calendar.open if target.clock == "business" else calendar.cover or calendar.open
        counted = [hour for hour, share in enumerate(hours.slots()) if share > 0] if hours else list(range(168))
        reach = max(1, round(target.within))
        blocks: dict[frozenset[str], list[int]] = {}
        for place, hour in enumerate(counted):
            if target.clock == "business":
                window = {counted[(place + step) % len(counted)] for step in range(min(reach, len(counted)))}
            else:
                window = {(hour + step) % 168 for step in range(reach)}
            there = frozenset(person for person, at_work in self.shifts.items() if at_work & window)
            blocks.setdefault(there, []).append(hour)
        return blocks


def _layers(desk: Desk) -> Iterable[DeskCell]:
    left = gone_by(desk, desk.today)
    for channel in desk.channels:
        if channel.access is None:
            continue
        asked = channel.access.required
        for layer in LAYERS:
            held = channel.access.holders(layer)
            if held is None:
                continue
            given = getattr(asked, layer) if asked is not None else None
            yield DeskCell(
                kind=layer,
                subject=channel.id,
                holders=frozenset(held) - frozenset(left),
                required=max(1, given or 1),
                advised=max(given or 1, round(figure(ADVISED[layer]).value)),
            )


def _duties(desk: Desk) -> Iterable[DeskCell]:
    for duty in DUTIES:
        holders = frozenset(person.id for person in desk.holders_of_duty(duty))
        described = desk.on_call if duty == "on_call" else getattr(desk.duties, duty)
        if described is None and not holders and not (duty == "community" and desk.channels):
            continue
        roles = desk.on_call.roles if duty == "on_call" and desk.on_call is not None else None
        yield DeskCell(kind="duty", subject=duty, holders=holders, required=roles or 1, advised=(roles or 1) + 1)


def _presence(desk: Desk, team: Sequence[Person], shifts: Mapping[str, frozenset[int]]) -> Iterable[DeskCell]:
    """Yield the hours in which somebody must be there, by who is; nothing where working hours are not known."""
    if desk.calendar.cover is None or not team or len(shifts) < len(team):
        return
    blocks: dict[frozenset[str], list[int]] = {}
    for hour, share in enumerate(desk.calendar.cover.slots()):
        there = frozenset(person for person, hours in shifts.items() if hour in hours)
        if share > 0 and there:
            blocks.setdefault(there, []).append(hour)
    seats = max(1, desk.calendar.seats)
    for there, block in blocks.items():
        yield DeskCell(
            kind="hours", subject="team", hours=tuple(block), holders=there, required=seats, advised=seats + 1
        )
