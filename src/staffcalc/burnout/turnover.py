"""Turnover in closed form: quits due to burnout, empty seats, their cost, and whether overload can feed itself."""

from __future__ import annotations

import math
from typing import NamedTuple

from staffcalc._checks import at_least, share, whole
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure


class Hazards(NamedTuple):
    """Yearly quit hazards: overall, without and with burnout. [per year]"""

    hazard: float
    not_burned: float
    burned: float


def split_hazard(annual_quit: float, *, p: float, risk_ratio: float) -> Hazards:
    """
    Split a quit rate into the hazards of those with and without burnout.

    Parameters
    ----------
    annual_quit : float
        Share of seats whose holder quits within a year. [share per year]
    p : float
        Prevalence of burnout in the population of that rate. [share]
    risk_ratio : float
        Quits with burnout over quits without it. [ratio]

    Returns
    -------
    Hazards
        ``h = -ln(1 - annual_quit)``, ``h_nb = h / (1 - p + RR p)`` and ``h_b = RR h_nb``. [per year]

    Raises
    ------
    InputError
        If a share is outside 0..1 or the ratio is not positive.

    Examples
    --------
    >>> [round(float(part), 4) for part in split_hazard(0.15, p=0.171, risk_ratio=1.6)]
    [0.1625, 0.1474, 0.2358]
    """
    hazard = -math.log1p(-share("annual_quit", annual_quit, below_one=True))
    ratio = at_least("risk_ratio", risk_ratio, 0, above=True)
    prevalence = share("p", p)
    not_burned = hazard / (1 - prevalence + ratio * prevalence)
    return Hazards(hazard, not_burned, ratio * not_burned)


def split_share(overall: float, *, p: float, risk_ratio: float) -> tuple[float, float]:
    """
    Split a share of leavers into that of those without and with burnout.

    Examples
    --------
    >>> [round(part, 3) for part in split_share(0.13, p=0.26, risk_ratio=2.1)]
    [0.101, 0.212]
    """
    ratio = at_least("risk_ratio", risk_ratio, 0, above=True)
    prevalence = share("p", p)
    not_burned = share("overall", overall) / ((1 - prevalence) + prevalence * ratio)
    return not_burned, ratio * not_burned


def attributable_share(p: float, *, risk_ratio: float) -> float:
    """
    Return the share of quits that burnout accounts for: ``p (RR - 1) / (1 + p (RR - 1))``.

    Examples
    --------
    >>> round(attributable_share(0.171, risk_ratio=1.6), 3)
    0.093
    """
    excess = share("p", p) * (at_least("risk_ratio", risk_ratio, 0, above=True) - 1)
    return excess / (1 + excess)


def turnover_cost(quits: float, *, salary_per_year: float, cost_share: float | None = None) -> float:
    """
    Return what replacing leavers costs: quits times salary times the share of a yearly salary that one quit costs.

    Parameters
    ----------
    quits : float
        Leavers. [people]
    salary_per_year : float
        Yearly pay. [money per year]
    cost_share : float, optional
        Cost of one quit over yearly pay; 0.21 of the reference table if not given. [share of pay]

    Examples
    --------
    >>> round(turnover_cost(2, salary_per_year=40_000))
    16800
    """
    part = figure("turnover_cost_share_salary").value if cost_share is None else cost_share
    return (
        at_least("quits", quits, 0, unit="people")
        * at_least("salary_per_year", salary_per_year, 0)
        * at_least("cost_share", part, 0)
    )


def vacancy_share(hazard: float, *, vacancy_years: float) -> float:
    """
    Return the share of time a seat is empty in the long run: ``h T / (1 + h T)``.

    Parameters
    ----------
    hazard : float
        Quit hazard of one seat. [per year]
    vacancy_years : float
        Mean time from quit to replacement. [years]

    Examples
    --------
    >>> round(vacancy_share(0.1625, vacancy_years=0.2036), 3)
    0.032
    """
    load = at_least("hazard", hazard, 0) * at_least("vacancy_years", vacancy_years, 0)
    return load / (1 + load)


def any_vacancy(seats: int, *, hazard: float, vacancy_years: float) -> float:
    """
    Return the probability that some seat of a team is empty now: ``1 - (1 - v) ** n``.

    Examples
    --------
    >>> round(any_vacancy(5, hazard=0.1625, vacancy_years=0.2036), 2)
    0.15
    """
    n = whole("seats", seats, 0, unit="seats")
    return 1 - (1 - vacancy_share(hazard, vacancy_years=vacancy_years)) ** n


def spiral_gain(
    *,
    load: float,
    p: float,
    vacancy_years: float,
    hazard_not_burned: float,
    risk_ratio: float,
    slope: float,
) -> float:
    """
    Return the loop gain of overload, burnout and quits; only at 1 or more does it feed itself.

    Parameters
    ----------
    load : float
        Work over capacity. [ratio]
    p : float
        Probability of burnout at that load. [share]
    vacancy_years : float
        Years of capacity one quit costs: hiring, notice and lost ramp. [years]
    hazard_not_burned : float
        Quit hazard without burnout. [per year]
    risk_ratio : float
        Quits with burnout over quits without. [ratio]
    slope : float
        Change of the log-odds of burnout per unit of load, overlap already inside. [log-odds per unit of load]

    Returns
    -------
    float
        ``G = L T h_nb (RR - 1) p (1 - p) s``; small shocks grow by ``1 / (1 - G)``. [ratio]

    Examples
    --------
    >>> team = {"load": 0.95, "p": 0.209, "vacancy_years": 0.3113, "hazard_not_burned": 0.1474}
    >>> round(spiral_gain(**team, risk_ratio=1.6, slope=0.904), 4)
    0.0039
    """
    prevalence = share("p", p)
    return (
        at_least("load", load, 0)
        * at_least("vacancy_years", vacancy_years, 0)
        * at_least("hazard_not_burned", hazard_not_burned, 0)
        * (at_least("risk_ratio", risk_ratio, 0, above=True) - 1)
        * prevalence
        * (1 - prevalence)
        * slope
    )


def n_minus_1_utilisation(seats: int) -> float:
    """
    Return the highest utilisation that survives one empty seat: ``(n - 1) / n``; zero for one seat.

    Examples
    --------
    >>> n_minus_1_utilisation(5)
    0.8
    """
    n = whole("seats", seats, 0, unit="seats")
    if n == 0:
        raise InputError("below_least", name="seats", value=0, least=1)
    return (n - 1) / n
