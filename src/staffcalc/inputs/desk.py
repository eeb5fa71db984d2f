"""The desk: all facts about a team, checked as a whole."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Self

from pydantic import model_validator

from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.inputs.access import LAYERS, AccessHolder, Group
from staffcalc.inputs.calendars import Calendar
from staffcalc.inputs.channels import Channel
from staffcalc.inputs.costs import Absence, Costs
from staffcalc.inputs.duties import Duties, OnCall
from staffcalc.inputs.fields import Currency, Facts, Timezone, Whole, fact
from staffcalc.inputs.people import DUTIES, Person, Site
from staffcalc.inputs.targets import Target


class Desk(Facts):
    """
    All facts about a team. What is not given stays unset, so that given and assumed are never mixed up.

    Examples
    --------
    >>> desk = Desk.model_validate({
    ...     "name": "One person", "timezone": "Europe/Istanbul",
    ...     "people": [{"id": "p1", "role": "manager"}],
    ...     "targets": [{"id": "standard", "share": 0.9, "within_hours": 24}],
    ...     "channels": [{"id": "instagram", "aht_minutes": 5}],
    ... })
    >>> desk.target_of(desk.channels[0]).within
    24.0
    """

    name: str = fact("Name of the team, for titles", unit="text", required=True, example="Social media team")
    timezone: Timezone = fact("IANA time zone of the team", unit="zone", required=True, example="Europe/Istanbul")
    currency: Currency = fact("Currency of all amounts, ISO 4217", unit="code", default="EUR", example="EUR")
    as_of: dt.date | None = fact(
        "Day of these facts; leavers and joiners are judged on it", unit="date", example="2026-11-23"
    )
    employees: Whole | None = fact("Employees of the whole company, for comparison with peers", unit="person")
    sites: tuple[Site, ...] = fact("Places of work", unit="list", default=())
    people: tuple[Person, ...] = fact("The team, by id and role", unit="list", default=())
    targets: tuple[Target, ...] = fact("Response targets", unit="list", default=())
    channels: tuple[Channel, ...] = fact("Inboxes and accounts", unit="list", default=())
    calendar: Calendar = fact("Opening hours, cover hours, holidays", unit="section", default=Calendar())
    duties: Duties = fact("What the nine duties take", unit="section", default=Duties())
    on_call: OnCall | None = fact("Standby outside working hours; left out: none is asked", unit="section")
    absence: Absence = fact("From contract hours to productive hours", unit="section", default=Absence())
    costs: Costs = fact("Pay and on-costs", unit="section", default=Costs())
    access_holders: tuple[AccessHolder, ...] = fact(
        "Others who hold access: agencies, leavers, colleagues", unit="optional list", default=()
    )
    groups: tuple[Group, ...] = fact("People or holders who can be lost together", unit="optional list", default=())

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        problems = list(_cross_checks(self))
        if problems:
            raise InputError("input_problems", what="Desk", count=len(problems), problems=problems)
        return self

    @property
    def today(self) -> dt.date:
        """The day on which the facts hold: ``as_of``, or today."""
        return self.as_of or dt.datetime.now(tz=dt.UTC).date()

    def target_of(self, channel: Channel) -> Target:
        """Return the response target of a channel: its own, or the first one of the desk."""
        return next(target for target in self.targets if channel.target in (None, target.id))

    def team(self, day: dt.date | None = None) -> tuple[Person, ...]:
        """Return the people employed on a day (default: the day of the facts)."""
        return tuple(person for person in self.people if person.employed(day or self.today))

    def site_of(self, person: Person) -> Site | None:
        """Return the site of a person."""
        return next((site for site in self.sites if site.id == person.site), None)

    def timezone_of(self, person: Person) -> str:
        """Return the time zone in which a person works."""
        site = self.site_of(person)
        return person.timezone or (site.timezone if site else None) or self.timezone

    def calendar_of(self, person: Person) -> Calendar:
        """Return the calendar of public holidays that holds for a person."""
        site = self.site_of(person)
        return site.calendar if site is not None and site.calendar is not None else self.calendar

    def holders_of_channel(self, channel: str, day: dt.date | None = None) -> tuple[Person, ...]:
        """Return the people of the team who can answer a channel."""
        return tuple(person for person in self.team(day) if person.channels == "all" or channel in person.channels)

    def holders_of_duty(self, duty: str, day: dt.date | None = None) -> tuple[Person, ...]:
        """Return the people of the team who carry a duty; on call is carried by those in the rotation."""
        if duty == "on_call":
            return tuple(person for person in self.team(day) if person.on_call)
        return tuple(person for person in self.team(day) if person.duties == "all" or duty in person.duties)


def _cross_checks(desk: Desk) -> Iterator[Sentence]:
    """Yield every problem between the parts of a desk, each with its YAML path."""
    for name, ids in {
        "people + access_holders": [*_ids(desk.people), *_ids(desk.access_holders)],
        "channels": _ids(desk.channels),
        "targets": _ids(desk.targets),
        "sites": _ids(desk.sites),
        "groups": _ids(desk.groups),
    }.items():
        for key, count in Counter(ids).items():
            if count > 1:
                yield Sentence("problem_at", path=name, what=Sentence("duplicate_id", id=key, times=count))

    channels, targets, sites = set(_ids(desk.channels)), set(_ids(desk.targets)), set(_ids(desk.sites))
    holders = {*_ids(desk.people), *_ids(desk.access_holders)}
    for number, person in enumerate(desk.people):
        if person.channels != "all":
            yield from _unknown(f"people[{number}].channels", "channels", person.channels, channels)
        yield from _unknown(f"people[{number}].site", "sites", [person.site] if person.site else [], sites)
        lessons = () if person.may_learn in (None, "all") else person.may_learn
        yield from _unknown(f"people[{number}].may_learn", "channels + duties", lessons or (), channels | set(DUTIES))
    for number, holder in enumerate(desk.access_holders):
        yield from _unknown(f"access_holders[{number}].site", "sites", [holder.site] if holder.site else [], sites)
    for number, group in enumerate(desk.groups):
        known = holders | set(_ids(desk.groups))
        yield from _unknown(f"groups[{number}].members", "people + access_holders + groups", group.members, known)
    for number, channel in enumerate(desk.channels):
        path = f"channels[{number}]"
        yield from _unknown(f"{path}.target", "targets", [channel.target] if channel.target else [], targets)
        for layer in LAYERS if channel.access else ():
            held = channel.access.holders(layer) if channel.access else None
            yield from _unknown(f"{path}.access.{layer}", "people + access_holders", held or (), holders)
        if desk.people and not any(person.channels == "all" or channel.id in person.channels for person in desk.people):
            yield Sentence("problem_at", path=path, what=Sentence("channel_nobody_holds", id=channel.id))
    if desk.channels and not desk.targets:
        yield Sentence("problem_at", path="targets", what=Sentence("no_target"))
    if desk.calendar.cover is not None and not desk.people:
        yield Sentence("problem_at", path="calendar.cover", what=Sentence("cover_without_people"))


def _ids(parts: Iterable[Any]) -> list[str]:
    return [part.id for part in parts]


def _unknown(path: str, section: str, used: Iterable[str], known: set[str]) -> Iterator[Sentence]:
    missing = [key for key in used if key not in known]
    if missing:
        shown = sorted(known)[:8]
        yield Sentence(
            "problem_at", path=path, what=Sentence("unknown_id", ids=missing[:8], section=section, known=shown)
        )
