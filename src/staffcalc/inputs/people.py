"""The people and sites of the team: ids and roles, never names."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import model_validator

from staffcalc.errors import InputError
from staffcalc.inputs.calendars import Calendar, WeekHours
from staffcalc.inputs.fields import Amount, Facts, Flag, Id, Language, Period, Positive, Timezone, Whole, fact

DUTIES = (
    "publishing", "community", "crisis", "education", "security", "tools", "analytics", "change", "on_call",
)  # fmt: skip
"""The nine duties of a social media team."""


class Site(Facts):
    """A place of work with its own time zone and public holidays."""

    id: Id = fact("Name that people refer to", unit="id", required=True, example="istanbul")
    timezone: Timezone | None = fact("IANA time zone; the desk's if left out", unit="zone", example="Europe/Istanbul")
    calendar: Calendar | None = fact("Public holidays of the site; the desk's if left out", unit="optional section")


class Person(Facts):
    """One member of the team, by id and role."""

    id: Id = fact("Id, for example p1; never a name", unit="id", required=True, example="p1")
    role: Id = fact("Role", unit="word", required=True, example="community_manager")
    grade: Id = fact("Grade", unit="word", default="standard", example="senior")
    employment: Literal["employee", "contractor", "agency"] = fact(
        "Relation to the company", unit="word", default="employee"
    )
    contract_hours_per_week: Positive | None = fact("Contract; the team's if left out", unit="hour/week", example=40)
    site: Id | None = fact("Site", unit="id", example="istanbul")
    timezone: Timezone | None = fact("Time zone if not the site's", unit="zone")
    languages: tuple[Language, ...] = fact(
        "Languages in which the person answers", unit="code", default=(), example=["tr", "en"]
    )
    channels: tuple[Id, ...] | Literal["all"] = fact(
        "Channels the person can answer", unit="id", default="all", example="all"
    )
    duties: tuple[Literal[DUTIES], ...] | Literal["all"] = fact(  # type: ignore[valid-type]
        "Duties the person carries, out of the nine", unit="word", default="all", example=["community", "publishing"]
    )
    on_call: Flag = fact("Takes part in the on-call rotation", unit="yes or no", default=False, example=True)
    start: dt.date | None = fact("First day", unit="date")
    end: dt.date | None = fact("Last day", unit="date")
    leave: tuple[Period, ...] = fact("Planned leave", unit="date", default=())
    working_hours: WeekHours | None = fact(
        "Hours of the week at work, in the person's time zone",
        unit="hour of week",
        example={"monday-friday": ["09:00-18:00"]},
    )
    salary_per_year: Amount | None = fact("Gross pay; the grade's if left out", unit="money/year")
    may_learn: tuple[Id, ...] | Literal["all"] | None = fact(
        "Channels and duties the person may be taught, where licence, region or contract set limits; all if left out",
        unit="id",
    )
    new_skills_at_most: Whole | None = fact(
        "New channels and duties the person can learn in one plan; no limit if left out", unit="skill"
    )
    lesson_hours_at_most: Amount | None = fact(
        "Hours of lessons the person can take in one plan; the team's limit if left out", unit="hour"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise InputError("period_reversed", start=self.start, end=self.end)
        if self.contract_hours_per_week is not None and self.contract_hours_per_week > 168:
            raise InputError("week_too_long", hours=self.contract_hours_per_week)
        return self

    def present(self, day: dt.date) -> bool:
        """Return whether the person belongs to the team on a day and is not on planned leave."""
        return self.employed(day) and not any(part.start <= day <= part.end for part in self.leave)

    def employed(self, day: dt.date) -> bool:
        """Return whether the person belongs to the team on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
