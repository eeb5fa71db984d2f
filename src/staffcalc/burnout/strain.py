"""What each role of a desk is exposed to, computed from the other rooms and never asked twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffcalc.burnout.attendance import SLOTS_PER_HOUR, Attendance, attendance_of, contract_hours
from staffcalc.burnout.exposure import RoleExposure
from staffcalc.burnout.sharing import Sharing, carries, share_work
from staffcalc.coverage.hours import on_call_week, working_week
from staffcalc.inputs.people import DUTIES
from staffcalc.reference.lookup import figure
from staffcalc.staffing.contract import contract_of
from staffcalc.staffing.headcount import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk
    from staffcalc.inputs.people import Person

Floats = NDArray[np.float64]


class Origin(NamedTuple):
    """Where one exposure of one role comes from: ``desk`` as given, ``computed`` from other answers, or ``average``."""

    role: str
    field: str
    value: float | None
    origin: str
    basis: str


@dataclasses.dataclass(frozen=True)
class RoleStrain:
    """One role: its seats, its exposure and where that comes from, and the part of it that is fact and not estimate."""

    role: str
    seats: int
    exposure: RoleExposure
    facts: RoleExposure
    origins: tuple[Origin, ...]
    single_holder_duties: tuple[str, ...]


def role_strains(
    desk: Desk,
    volume: Volume | None,
    *,
    hours_by_duty: Mapping[str, float],
    attendance: Attendance | None = None,
    sharing: Sharing | None = None,
    overdue: Floats | None = None,
) -> tuple[RoleStrain, ...]:
    """
    Return the exposure of each role of a desk.

    Parameters
    ----------
    desk : Desk
        The team.
    volume : Volume, optional
        Messages; without it the after-hours share stays unknown.
    hours_by_duty : mapping
        Work of each duty. [hours per week]
    attendance : Attendance, optional
        When everybody is there; by the working hours of the desk if not given.
    sharing : Sharing, optional
        Who gets which work; spread anew if not given.
    overdue : array (people,), optional
        Overdue work of each person's pool, see :func:`staffcalc.burnout.backlog.overdue_weeks`. [weeks of capacity]

    Returns
    -------
    tuple of RoleStrain
        One a role, in the order of the desk.

    Notes
    -----
    Work goes where there is room among those who may do it (least squares of utilisation), so utilisation is a lower
    bound. A second person counts as reachable if someone else of the team is scheduled and not away. After-hours
    messages are those that arrive in cover hours with nobody scheduled. Nights and rests broken by pages are shared
    equally by those on call.
    """
    team = desk.team()
    there = attendance or attendance_of(desk)
    work = sharing or share_work(desk, team, volume, hours_by_duty, there.capacity)
    roles = list(dict.fromkeys(person.role for person in team))
    return tuple(_role(desk, volume, role, there, work.load, overdue, hours_by_duty) for role in roles)


Known = dict[str, tuple[float, str, str]]
"""Exposures of one role by field: value, origin, basis."""


def _role(
    desk: Desk,
    volume: Volume | None,
    role: str,
    there: Attendance,
    load: Floats,
    overdue: Floats | None,
    hours_by_duty: Mapping[str, float],
) -> RoleStrain:
    team = desk.team()
    contract, _ = contract_of(desk)
    members = [i for i, person in enumerate(team) if person.role == role]
    people = [team[i] for i in members]
    hours = float(np.mean([contract_hours(person, contract) for person in people]))
    known: Known = _load_of(members, hours, there.capacity, load, overdue)
    known |= _messages_of(desk, volume, team, people, there)
    known["solo_share"] = _alone(there.at_work, members, contract.absence), "computed", "working_hours_and_absence"
    active = [duty for duty in DUTIES if duty != "on_call" and hours_by_duty.get(duty, 0) > 0]
    counts = [sum(carries(person, duty) for duty in active) for person in people]
    known["duties"] = max(1.0, float(np.mean(counts))), "computed", "duties_with_work"
    share, nights = _on_call(desk, team, people)
    known["on_call_share"] = share, "computed", "rotation_of_the_desk"
    if nights is not None:
        known["paged_nights_per_week"] = nights, "computed", "paged_nights_over_rotation"
    returns = float(np.mean([_short_rests(desk, person) for person in people])) * WEEKS_PER_YEAR
    facts = RoleExposure(weekly_hours=hours, on_call_share=share, quick_returns_per_year=min(returns, 366.0))
    returns += rests_after_pages(nights)
    known["quick_returns_per_year"] = min(returns, 366.0), "computed", "rests_between_working_days"
    if desk.absence.leave_untaken_share is not None:
        known["leave_untaken_share"] = desk.absence.leave_untaken_share, "desk", "absence"
    origins = tuple(
        Origin(role, field, *known[field]) if field in known else Origin(role, field, None, "average", "reference")
        for field in RoleExposure.model_fields
        if field in known or field in _FIELDS
    )
    singles = tuple(
        duty for duty in active if len(desk.holders_of_duty(duty)) == 1 and desk.holders_of_duty(duty)[0].role == role
    )
    exposure = RoleExposure(**{field: value for field, (value, _, _) in known.items()})
    return RoleStrain(role, len(members), exposure, facts, origins, singles)


_FIELDS = tuple(
    field
    for field in RoleExposure.model_fields
    if field not in ("effort_reward_imbalance", "low_justice", "long_shift_share")
)


def _load_of(members: Sequence[int], hours: float, capacity: Floats, load: Floats, overdue: Floats | None) -> Known:
    """Return utilisation, hours and backlog of a role; nothing where it has no capacity."""
    possible = float(capacity[members].sum())
    if possible <= 0:
        return {}
    busy = float(load[members].sum()) / possible
    known: Known = {
        "utilisation": (min(busy, 20.0), "computed", "workload_over_capacity"),
        "weekly_hours": (stretched(hours, busy), "computed", "contract_stretched_by_load"),
    }
    if overdue is not None:
        late = float((overdue[members] * capacity[members]).sum()) / possible
        known["backlog_ratio"] = min(late, 520.0), "computed", "simulation_of_the_present_team"
    return known


def stretched(hours: float, utilisation: float) -> float:
    """Return the hours worked in a week in which there is more work than time: overtime up to its limit. [hours]"""
    return min(hours * min(max(utilisation, 1.0), figure("stretch_capacity").value), 100.0)


def _messages_of(
    desk: Desk, volume: Volume | None, team: Sequence[Person], people: Sequence[Person], there: Attendance
) -> Known:
    """Return what answering messages exposes a role to."""
    if not any(carries(person, "community") for person in people):
        none = 0.0, "computed", "answers_no_messages"
        return {"abusive_share": none, "after_hours_share": none}
    known: Known = {}
    for field in ("abusive_share", "low_control_share"):
        value = getattr(desk.duties.community, field, None)
        if value is not None:
            known[field] = value, "desk", "duties_community"
    outside = after_hours_share(desk, volume, there.nobody)
    if outside is not None:
        on_duty = any(person.on_call for person in people) or not any(person.on_call for person in team)
        known["after_hours_share"] = outside * on_duty, "computed", "messages_with_nobody_scheduled"
    if desk.channels:
        total = len(desk.channels)
        counts = [total if person.channels == "all" else len(person.channels) for person in people]
        known["channels"] = float(np.mean(counts)), "computed", "channels_of_the_role"
    return known


def _alone(at_work: Floats, members: Sequence[int], absence: float) -> float:
    """Share of the scheduled hours of a role in which everybody else is absent or not scheduled."""
    alone = held = 0.0
    log_away = np.log1p(-np.minimum(at_work, 1.0) * (1 - absence)) if absence > 0 else None
    for i in members:
        if log_away is None:
            nobody = np.prod(1 - np.delete(at_work, i, axis=0), axis=0)
        else:
            nobody = np.exp(log_away.sum(axis=0) - log_away[i])
        alone += float((at_work[i] * nobody).sum())
        held += float(at_work[i].sum())
    return min(1.0, alone / held) if held > 0 else 1.0


def after_hours_share(desk: Desk, volume: Volume | None, nobody: Floats) -> float | None:
    """
    Return the share of messages that arrive in cover or standby hours with nobody scheduled; None where not known.

    Parameters
    ----------
    desk, volume
        Facts and messages.
    nobody : array (slots,)
        Part of each slot of the week in which nobody is scheduled. [share]

    Notes
    -----
    Without cover hours and without standby nobody handles messages outside the schedule, which is zero only if the
    team says so; it stays unknown.
    """
    if volume is None or volume.profile.sum() <= 0:
        return None
    if desk.calendar.cover is not None:
        asked = np.array(desk.calendar.cover.slots(SLOTS_PER_HOUR))
    elif desk.on_call is not None:
        asked = np.array(on_call_week(desk).slots(SLOTS_PER_HOUR))
    else:
        return None
    local = volume.move_to(desk.timezone)
    arriving = np.repeat(local.profile.sum(axis=1), SLOTS_PER_HOUR)
    return float((arriving * asked * nobody).sum() / arriving.sum())


def _on_call(desk: Desk, team: Sequence[Person], people: Sequence[Person]) -> tuple[float, float | None]:
    """Return the share of weeks on call and the broken nights a week of one person of a role."""
    rota = [person for person in team if person.on_call]
    if desk.on_call is None or not rota:
        return 0.0, 0.0
    part = sum(person.on_call for person in people) / len(people)
    share = min(1.0, (desk.on_call.roles or figure("default_roles").value) / len(rota)) * part
    nights = broken_nights(desk)
    return share, None if nights is None else min(7.0, nights / len(rota) * part)


def broken_nights(desk: Desk) -> float | None:
    """Return the nights a week with a page, for the whole rotation: as given, or expected from incidents."""
    if desk.on_call is None:
        return 0.0
    if desk.on_call.paged_nights_per_week is not None:
        return desk.on_call.paged_nights_per_week
    incidents = desk.on_call.incidents_per_week
    return None if incidents is None else 7 * (1 - float(np.exp(-incidents.typical * _night_part(desk) / 7)))


def rests_after_pages(nights: float | None) -> float:
    """Return the short rests a year that so many broken nights a week bring. [rests per year]"""
    return 0.0 if nights is None else nights * figure("burnout_quick_returns_per_paged_night").value


def _night_part(desk: Desk) -> float:
    """Share of the standby hours that lies in the night."""
    standby = np.array(on_call_week(desk).slots(SLOTS_PER_HOUR)).reshape(7, 24, SLOTS_PER_HOUR).sum(axis=(0, 2))
    start, end = int(figure("burnout_night_start").value), int(figure("burnout_night_end").value)
    night = [hour for hour in range(24) if hour >= start or hour < end]
    return float(standby[night].sum() / standby.sum()) if standby.sum() > 0 else 0.0


def _short_rests(desk: Desk, person: Person) -> int:
    """Return how many rests of a scheduled week are shorter than the daily rest of the directive."""
    return sum(
        rest < figure("wtd_daily_rest_hours_min").value for rest in weekly_rests(working_week(desk, person).spans)
    )


def weekly_rests(spans: Sequence[tuple[int, int]]) -> list[float]:
    """
    Return the rests between the working days of a week that repeats; shorter pauses count as breaks. [hours]

    Examples
    --------
    >>> weekly_rests([(9 * 60, 12 * 60), (13 * 60, 22 * 60), (31 * 60, 39 * 60)])
    [9.0, 138.0]
    """
    gaps = [
        (spans[(i + 1) % len(spans)][0] - end + (7 * 24 * 60 if i + 1 == len(spans) else 0)) / 60
        for i, (_, end) in enumerate(spans)
    ]
    return [gap for gap in gaps if gap >= figure("burnout_rest_not_break_hours").value]
