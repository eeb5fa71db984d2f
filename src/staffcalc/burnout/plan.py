"""The whole team of a desk as one design, its pay, and whether its overload could feed itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import logit

from staffcalc._result import Assumption
from staffcalc.burnout.assess import hours_by_duty
from staffcalc.burnout.attendance import attendance_of
from staffcalc.burnout.backlog import week_response
from staffcalc.burnout.dynamics import TeamDesign, mean_hire_weeks, point_probability
from staffcalc.burnout.strain import RoleStrain, role_strains
from staffcalc.burnout.turnover import spiral_gain, split_hazard
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure
from staffcalc.staffing.contract import contract_of
from staffcalc.staffing.headcount import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk
    from staffcalc.staffing.overdue import WeekResponse


def team_design(desk: Desk, volume: Volume | None, need: Any = None) -> TeamDesign:
    """
    Return the whole team of a desk as one design, from the exposures of its roles.

    Raises
    ------
    InputError
        If there are no people, or no workload.
    """
    if not desk.team():
        raise InputError("burnout_no_roles")
    hours = hours_by_duty(desk, volume, need)
    if not hours:
        raise InputError("burnout_no_load")
    strains = role_strains(desk, volume, hours_by_duty=hours)
    contract, _ = contract_of(desk)
    seats = len(desk.team())
    week = [person.contract_hours_per_week or contract.contract_hours_per_week for person in desk.team()]
    capacity = sum(week) * contract.productive_hours / WEEKS_PER_YEAR / contract.contract_hours_per_week
    on_call = 0.0 if desk.on_call is None else float(desk.on_call.roles or figure("default_roles").value)
    on_call = on_call if any(person.on_call for person in desk.team()) else 0.0
    outside = _mean(strains, "after_hours_share")
    nights = _mean(strains, "paged_nights_per_week")
    return TeamDesign(
        seats=seats,
        load=sum(hours.values()) / capacity,
        abusive_share=_mean(strains, "abusive_share"),
        low_control_share=_mean(strains, "low_control_share"),
        solo_share=_mean(strains, "solo_share"),
        duties=_mean(strains, "duties"),
        on_call=on_call,
        paged_nights_per_week=0.0 if nights is None or not on_call else nights * seats / on_call,
        after_hours_share=None if outside is None else outside / (1 + min(1.0, on_call / seats)),
        channels=_mean(strains, "channels"),
        week_hours=sum(week) / seats,
    )


def team_response(
    desk: Desk, volume: Volume | None, need: Any = None, *, seed: int | np.random.Generator = 0
) -> WeekResponse | None:
    """Return how a week's share on time follows from capacity and backlog; None without people or messages."""
    if volume is None or not desk.team():
        return None
    hours = hours_by_duty(desk, volume, need)
    return week_response(desk, volume, need, hours_by_duty=hours, attendance=attendance_of(desk), seed=seed)


def _mean(strains: Sequence[RoleStrain], field: str) -> float | None:
    known = [(getattr(s.exposure, field), s.seats) for s in strains if getattr(s.exposure, field) is not None]
    return sum(value * seats for value, seats in known) / sum(seats for _, seats in known) if known else None


def mean_pay(desk: Desk) -> tuple[float | None, tuple[Assumption, ...]]:
    """Return the mean yearly pay of the team, and where it comes from; None where it is not given. [money/year]"""
    known = [
        person.salary_per_year if person.salary_per_year is not None else desk.costs.salary_per_year.get(person.grade)
        for person in desk.team()
    ]
    pays = [pay for pay in known if pay is not None]
    if not pays:
        return None, ()
    mean = float(sum(pays) / len(pays))
    return mean, (Assumption("mean_pay", mean, min(pays), max(pays), f"{desk.currency}/year"),)


def loop_gain(plan: TeamDesign, *, hire_weeks: float | None = None, overload_quit: float = 0.0) -> float:
    """
    Return the loop gain of a team: what one unit of overload returns through burnout, quits and empty seats.

    Notes
    -----
    ``G = L T h_nb (RR - 1) p (1 - p) s``, plus ``L T`` times a direct effect of load on quits where one is assumed.
    ``T`` is the hiring time and the capacity lost in the ramp; ``s`` the steepest slope of the log-odds up to the
    planned load: far above capacity the model no longer
    tells loads apart, and a slope of zero would promise too much.

    Examples
    --------
    >>> round(loop_gain(TeamDesign(seats=5, load=0.95)), 3)
    0.003
    """
    ratio = figure("quit_RR_burned").value
    p0 = figure("baseline_bat_at_or_above_orange").value
    lost = figure("ramp_weeks").value / 2 * (1 - figure("ramp_start_productivity").value)
    years = ((mean_hire_weeks() if hire_weeks is None else hire_weeks) + lost) / 52
    slope = max((_slope(plan, float(load)) for load in np.arange(plan.load, 0, -_LOAD_GRID)), default=0.0)
    closed = spiral_gain(
        load=plan.load,
        p=point_probability(plan),
        vacancy_years=years,
        hazard_not_burned=split_hazard(plan.annual_quit, p=p0, risk_ratio=ratio).not_burned,
        risk_ratio=ratio,
        slope=slope,
    )
    return closed + plan.load * years * overload_quit


_LOAD_GRID, _STEP = 0.05, 1e-4


def _slope(plan: TeamDesign, load: float) -> float:
    """Return the change of the log-odds of burnout per unit of load. [log-odds per unit of load]"""
    low, high = (float(logit(point_probability(plan, load=load + side * _STEP))) for side in (-1, 1))
    return (high - low) / (2 * _STEP)
