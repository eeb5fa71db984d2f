"""How many people a standby rotation and a staffed seat take, and on how many days a year nobody is there."""

from __future__ import annotations

import dataclasses
import math
from typing import ClassVar

import pandas as pd

from staffcalc._checks import given
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.coverage.oncall_terms import Facts, incidents, seat_terms, standby_terms
from staffcalc.coverage.presets import rest_preset
from staffcalc.inputs.calendars import WeekHours
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import Person
from staffcalc.reference.lookup import figure
from staffcalc.staffing.headcount import WEEKS_PER_YEAR
from staffcalc.staffing.presence import days_with_nobody

MOST_PEOPLE_SHOWN = 12
SHIFTS_OF_A_TURN = 7
SELDOM = 0.05
_TIE = 1e-9


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class OnCallNeed(Result):
    """
    People that cover outside working hours takes, and what it asks of each of them.

    Parameters
    ----------
    headcount : int
        People in a standby rotation: reachable, not at work. [people]
    binding : str
        Rule that decides it: ``on_call_share``, ``critical_mass`` or ``standby_hours``; ``not_asked`` without on-call
        hours.
    seat_headcount : int
        People for a staffed seat during the cover hours: somebody at work all the time. [people]
    seat_binding : str
        Rule that decides it: ``productive_hours`` or ``contract_week``; ``not_asked`` without cover hours.
    terms : DataFrame
        Every rule with the people it asks for.
    present : int
        People who share the cover today. [people]
    absence : float
        Share of working days on which one person is away. [share]
    weeks_per_person, weeks_per_person_now : float
        Weeks a year one person is on call, in a rotation of ``headcount`` and today. [weeks per year]
    share_per_person, share_per_person_now : float
        The same as a share of the time a person is not away. [share]
    hours_per_week : float
        Hours a week with somebody on call. [hours per week]
    incidents_per_shift : float or None
        Mean incidents of one on-call shift; None where none are given. [incidents per shift]
    p_more_than_two : float or None
        Probability of more than two incidents in a shift, bursts included. [share]
    p_more_than_two_steady : float or None
        The same with a steady (Poisson) flow. [share]
    p_week_with_such_a_shift : float or None
        Probability that at least one of seven shifts has more than two. [share]
    nobody : DataFrame
        For 1, 2, 3 … people: days a year with none of them present, independent and with dependence.
    days_with_nobody_now : float
        The same for the people of today, with dependence. [days per year]
    holidays_per_person : float or None
        Public holidays a year that fall into one person's turns, in a rotation of ``headcount``. [days per year]
    handover_hours : float
        Overlap at handovers. [hours per year]
    cost_per_year : float or None
        Pay for standby and handovers, in the desk's currency; None where no pay is given. [money/year]
    """

    kind: ClassVar[str] = "on_call_need"

    headcount: int
    binding: str
    seat_headcount: int
    seat_binding: str
    terms: pd.DataFrame
    present: int
    absence: float
    weeks_per_person: float
    weeks_per_person_now: float
    share_per_person: float
    share_per_person_now: float
    hours_per_week: float
    incidents_per_shift: float | None
    p_more_than_two: float | None
    p_more_than_two_steady: float | None
    p_week_with_such_a_shift: float | None
    nobody: pd.DataFrame
    days_with_nobody_now: float
    holidays_per_person: float | None
    handover_hours: float
    cost_per_year: float | None

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        if not self.headcount and not self.seat_headcount:
            return Sentence("on_call_not_asked")
        if not self.present:
            today = Sentence("nobody_at_all")
        else:
            seldom = self.days_with_nobody_now < SELDOM
            key = "nobody_today_seldom" if seldom else "nobody_today"
            today = Sentence(key, count=self.present, days=self.days_with_nobody_now)
        seat = {"seat": self.seat_headcount, "seat_rule": Sentence(f"rule_{self.seat_binding}"), "today": today}
        if not self.headcount:
            return Sentence("seat_need", **seat)
        if not self.seat_headcount:
            return Sentence(
                "standby_need", count=self.headcount, rule=Sentence(f"rule_{self.binding}"), today=seat["today"]
            )
        return Sentence("on_call_need", count=self.headcount, rule=Sentence(f"rule_{self.binding}"), **seat)

    def to_frame(self) -> pd.DataFrame:
        """Return every rule: need (standby or seat), rule, people, binds."""
        return self.terms.copy()


def size_on_call(desk: Desk) -> OnCallNeed:
    r"""
    People for cover outside working hours: once as a standby rotation, once as a staffed seat.

    Parameters
    ----------
    desk : Desk
        The team: on-call set-up, cover hours, absence and pay. What is left out comes from the reference tables.

    Returns
    -------
    OnCallNeed
        Both headcounts with the rule that decides each, turns per person, incident load, and days a year with nobody.
        [people]

    Raises
    ------
    InputError
        If absence leaves no working day, or standby counts and the contract alone fills the lawful week.

    Notes
    -----
    Standby: :math:`n = \max(\lceil r/(f(1-a)) \rceil, m, c) + b` with roles :math:`r`, largest share of the
    time :math:`f`, absence :math:`a`, critical mass :math:`m`, buffer :math:`b`, and the people :math:`c` that keep
    the average week lawful where standby counts as working time. With rotations in several time zones each site holds
    its part of the hours and has its own :math:`m` and :math:`b`. A seat takes the larger of FTE by productive hours
    and whole people by contract week.

    Incidents of a shift are Poisson, or negative binomial where the variance exceeds the mean. Days with nobody:
    share of the asked days on which none is present, independent, and with one correlation between all absences
    (beta-binomial).

    **When not to use it**: standby is not presence; where somebody must answer at once, use the seat. Rest law for a
    seat is judged by a roster. Not legal advice.

    References
    ----------
    .. [1] source keys ``sre_on_call`` and ``sre_workbook_on_call`` in ``reference/sources.csv``.

    Examples
    --------
    >>> desk = Desk.model_validate({"name": "Solo", "timezone": "Europe/Istanbul", "calendar": {"cover": "24/7"},
    ...     "people": [{"id": "p1", "role": "manager", "on_call": True}], "on_call": {"hours": "24/7", "roles": 1}})
    >>> need = size_on_call(desk)
    >>> need.headcount, need.seat_headcount, round(need.days_with_nobody_now)
    (5, 6, 66)
    """
    desk = given("desk", desk, Desk, maker="read_desk")
    facts = Facts(desk)
    rotation = _rotation(desk)
    standby, cover = facts.standby, facts.cover
    days = _days_per_week(cover if cover.spans else standby)
    standby_rows, headcount, binding = standby_terms(facts, sites=_sites(desk, rotation))
    seat_rows, seat_headcount, seat_binding = seat_terms(facts, days)
    frame = pd.DataFrame(standby_rows + seat_rows, columns=["need", "rule", "people", "binds"])
    steady, bursty, mean = incidents(facts)
    hours, roles, present = standby.hours_per_week, facts.roles if standby.spans else 0.0, len(rotation)
    dependence = facts.of("absence_dependence")
    shift = facts.shift_hours
    handovers = WEEKS_PER_YEAR * hours / shift * facts.overlap / 60 if hours > shift else 0.0
    pay = facts.given("costs.on_call_pay_per_hour", desk.costs.on_call_pay_per_hour, "money/hour")
    calendar = desk.calendar
    holidays = len(calendar.public_holidays(desk.today.year)) if calendar.country or calendar.holidays_add else None
    return OnCallNeed(
        headcount=headcount,
        binding=binding,
        seat_headcount=seat_headcount,
        seat_binding=seat_binding,
        terms=frame,
        present=present,
        absence=facts.absence,
        weeks_per_person=_each(WEEKS_PER_YEAR * roles, headcount),
        weeks_per_person_now=_each(WEEKS_PER_YEAR * roles, present),
        share_per_person=_each(roles, headcount * (1 - facts.absence)),
        share_per_person_now=_each(roles, present * (1 - facts.absence)),
        hours_per_week=hours,
        incidents_per_shift=mean,
        p_more_than_two=bursty,
        p_more_than_two_steady=steady,
        p_week_with_such_a_shift=None if bursty is None else 1 - (1 - bursty) ** SHIFTS_OF_A_TURN,
        nobody=_nobody(present, facts.absence, days, dependence),
        days_with_nobody_now=_days(present, facts.absence, days, dependence),
        holidays_per_person=None if holidays is None or not headcount else holidays * roles / headcount,
        handover_hours=handovers,
        cost_per_year=None if pay is None else roles * pay * (WEEKS_PER_YEAR * hours + handovers),
        notes=_doubts(facts, present=present, bursty=bursty),
        assumptions=tuple(facts.rows),
        sources=tuple(sorted({row.source for row in facts.rows} - {"desk"})),
        desk=desk,
    )


def _rotation(desk: Desk) -> tuple[Person, ...]:
    """Return who shares the cover today: the rotation, or the whole team where nobody is marked."""
    team = desk.team()
    return tuple(person for person in team if person.on_call) or team


def _sites(desk: Desk, rotation: tuple[Person, ...]) -> int:
    """Return how many time zones share the standby; people without a rotation make one site."""
    return max(1, len({desk.timezone_of(person) for person in rotation if person.on_call}))


def _nobody(present: int, absence: float, days: float, dependence: float) -> pd.DataFrame:
    shown = range(1, min(max(6, present), MOST_PEOPLE_SHOWN) + 1)
    rows = [(n, _days(n, absence, days, 0.0), _days(n, absence, days, dependence)) for n in shown]
    return pd.DataFrame(rows, columns=["people", "days_independent", "days_dependent"])


def _days(people: int, absence: float, days: float, dependence: float) -> float:
    return days_with_nobody(people, absence=absence, days_per_week=days, dependence=dependence if people > 1 else 0.0)


def _days_per_week(week: WeekHours) -> float:
    slots = week.slots()
    return float(sum(any(slots[day * 24 : day * 24 + 24]) for day in range(7)))


def _each(total: float, people: float) -> float:
    return total / people if people else math.inf if total else 0.0


def _doubts(facts: Facts, *, present: int, bursty: float | None) -> tuple[Sentence, ...]:
    setup = facts.setup
    notes = [Sentence("absence_depends")] if facts.standby.spans or facts.cover.spans else []
    fraction = facts.roles / (present * (1 - facts.absence)) if present and facts.standby.spans else 0.0
    if fraction > 1 + _TIE:
        notes.append(Sentence("on_call_impossible", count=present, roles=facts.roles))
    elif fraction > facts.max_fraction + _TIE:
        notes.append(Sentence("on_call_too_often", share=fraction, limit=facts.max_fraction))
    if (
        setup.response_minutes is not None
        and setup.commute_minutes is not None
        and setup.commute_minutes > setup.response_minutes
    ):
        notes.append(Sentence("commute_too_long", commute=setup.commute_minutes, response=setup.response_minutes))
    counted = rest_preset("eu_standby").limit("response_minutes_counted")
    if setup.response_minutes is not None and setup.counted_share is None and setup.response_minutes <= (counted or 0):
        notes.append(Sentence("standby_may_count", response=setup.response_minutes))
    if bursty is not None and bursty > figure("bad_shift_share_max").value:
        notes.append(Sentence("shift_too_heavy", share=bursty))
    if facts.standby.spans:
        notes.append(Sentence("standby_not_legal_advice"))
    return tuple(notes)
