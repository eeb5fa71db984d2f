"""
From hours and seats to people: productive hours, cover and rotations. Needs only ``math``.

Fractions stay fractions until the last step. Before a number of people is rounded up, 1e-9 is taken off, so that two
roles at a quarter each give eight people and not nine.
"""

from __future__ import annotations

import inspect
import math

from staffcalc import _checks
from staffcalc.errors import InputError

DAYS_PER_YEAR = 365.25
WEEKS_PER_YEAR = DAYS_PER_YEAR / 7
MOST_PEOPLE = 1e12
"""Beyond this many, one more person is no longer a different number."""
_ROUNDING = 1e-9


def productive_hours(
    *,
    contract_hours_per_week: float = 40,
    leave_days: float = 25,
    holiday_days: float = 10,
    sick_days: float = 7,
    training_days: float = 5,
    meetings_share: float = 0.0,
    paid_breaks_share: float = 0.0,
    days_per_week: float = 5,
) -> float:
    r"""
    Hours a year that one full-time person is really there for the work.

    Parameters
    ----------
    contract_hours_per_week : float
        Contract hours of one FTE. [hours per week]
    leave_days : float
        Annual leave. [working days per year]
    holiday_days : float
        Public holidays that fall on a working day of this person. [working days per year]
    sick_days : float
        Sick days. [working days per year]
    training_days : float
        Days in training. [working days per year]
    meetings_share : float
        Share of a working day in meetings. [share]
    paid_breaks_share : float
        Share of a working day in paid breaks. [share]
    days_per_week : float
        Working days of one person in a week; a four-day week changes this, not only the hours. [days per week]

    Returns
    -------
    float
        Productive hours of one FTE. [hours per year]

    Raises
    ------
    InputError
        If a number is negative or not finite, a share lies outside 0 to 1, or no working day is left.

    Notes
    -----
    :math:`P = (D - leave - holidays - sick - training) \cdot H/d \cdot (1 - meetings)(1 - breaks)` with
    :math:`D = d \cdot 365.25/7`, :math:`d` working days and :math:`H` contract hours a week. Every conversion of hours
    into FTE in staffcalc uses it. An occupancy cap is not in it: that belongs to deferred work.

    References
    ----------
    .. [1] source key ``staffcalc_derived`` in ``reference/sources.csv``.

    Examples
    --------
    >>> round(productive_hours(), 2)
    1711.14
    """
    hours = _checks.at_least("contract_hours_per_week", contract_hours_per_week, unit="hours per week", above=True)
    if hours > 168:
        raise InputError("more_than_a_week", name="contract_hours_per_week", value=hours)
    present = 1 - absence_share(
        leave_days=leave_days,
        holiday_days=holiday_days,
        sick_days=sick_days,
        training_days=training_days,
        days_per_week=days_per_week,
    )
    meetings = _checks.share("meetings_share", meetings_share, below_one=True)
    breaks = _checks.share("paid_breaks_share", paid_breaks_share, below_one=True)
    return WEEKS_PER_YEAR * hours * present * (1 - meetings) * (1 - breaks)


def absence_share(
    *,
    leave_days: float = 25,
    holiday_days: float = 10,
    sick_days: float = 7,
    training_days: float = 5,
    days_per_week: float = 5,
) -> float:
    """
    Share of working days on which one person is away.

    Parameters
    ----------
    leave_days, holiday_days, sick_days, training_days : float
        Days away, by reason. [working days per year]
    days_per_week : float
        Working days of one person in a week. [days per week]

    Returns
    -------
    float
        Absence, 0 to 1. [share]

    Raises
    ------
    InputError
        If a number is negative or not finite, or nothing is left of the year.

    Examples
    --------
    >>> round(absence_share(), 3)
    0.18
    """
    per_week = _checks.at_least("days_per_week", days_per_week, unit="days per week", above=True)
    if per_week > 7:
        raise InputError("more_than_a_week", name="days_per_week", value=per_week)
    days = WEEKS_PER_YEAR * per_week
    away = (
        _checks.at_least("leave_days", leave_days, unit="days per year")
        + _checks.at_least("holiday_days", holiday_days, unit="days per year")
        + _checks.at_least("sick_days", sick_days, unit="days per year")
        + _checks.at_least("training_days", training_days, unit="days per year")
    )
    if away >= days:
        raise InputError("no_working_day_left", away=away, days=days)
    return away / days


def cover_fte(
    seats: float,
    *,
    hours_per_week: float = 168,
    shifts_per_day: float = 1,
    overlap_minutes: float = 0,
    cover_days_per_week: float = 7,
    **productive: float,
) -> float:
    r"""
    FTE that it takes to keep seats occupied, by hours alone.

    Parameters
    ----------
    seats : float
        Seats to keep occupied; where they vary by hour, the mean over the cover hours. [seats]
    hours_per_week : float
        Hours a week in which the seats are occupied; 168 is around the clock. [hours per week]
    shifts_per_day : float
        Shifts a day; three shifts hand over three times, a single one never. [shifts per day]
    overlap_minutes : float
        Paid overlap at each handover. [minutes]
    cover_days_per_week : float
        Days a week with cover, for counting handovers. [days per week]
    **productive
        The keywords of :func:`productive_hours`.

    Returns
    -------
    float
        FTE, not rounded. [FTE]

    Raises
    ------
    InputError
        If a number is out of range, or a keyword is unknown.

    Notes
    -----
    :math:`FTE = seats \cdot H / P` with :math:`H = (365.25/7)(h + d \cdot shifts \cdot overlap)`; the overlap counts
    only with more than one shift. A lower bound: rest rules, whole people and the on-call share may ask for more.

    References
    ----------
    .. [1] source key ``staffcalc_derived`` in ``reference/sources.csv``.

    Examples
    --------
    One seat around the clock:

    >>> round(cover_fte(1), 2)
    5.12
    """
    places = _checks.at_least("seats", seats, unit="seats")
    hours = _checks.at_least("hours_per_week", hours_per_week, unit="hours per week")
    if hours > 168:
        raise InputError("more_than_a_week", name="hours_per_week", value=hours)
    shifts = _checks.at_least("shifts_per_day", shifts_per_day, unit="shifts per day")
    overlap = _checks.at_least("overlap_minutes", overlap_minutes, unit="minutes") / 60
    days = _checks.at_least("cover_days_per_week", cover_days_per_week, unit="days per week")
    if days > 7:
        raise InputError("more_than_a_week", name="cover_days_per_week", value=days)
    for name in productive:
        _checks.one_of("keyword", name, tuple(inspect.signature(productive_hours).parameters))
    handovers = days * shifts * overlap if shifts > 1 else 0.0
    return places * WEEKS_PER_YEAR * (hours + handovers) / productive_hours(**productive)


def rotation_size(
    roles: float, *, max_fraction: float = 0.25, absence: float = 0.0, critical_mass: float = 0, buffer: float = 0
) -> int:
    r"""
    People that an on-call rotation needs, so that nobody is on call too often.

    Parameters
    ----------
    roles : float
        Roles on call at the same time, for example primary and secondary. [roles]
    max_fraction : float
        Largest share of the time that one person is on call. [share]
    absence : float
        Share of the time that a person is away. [share]
    critical_mass : float
        Fewest people that keep the skill alive, whatever the share says. [people]
    buffer : float
        People added for long breaks and leavers. [people]

    Returns
    -------
    int
        People in the rotation; 0 for no role. [people]

    Raises
    ------
    InputError
        If a number is negative or not finite, or a share lies outside 0 to 1.

    Notes
    -----
    :math:`n = \max(\lceil roles / (f(1-absence)) \rceil, critical\ mass) + buffer`. The three parameters are three
    rules: the share alone never explains the floor that practice uses for two sites.

    References
    ----------
    .. [1] source key ``sre_on_call`` in ``reference/sources.csv``.

    Examples
    --------
    Primary and secondary, a quarter of the time at most, nobody ever away:

    >>> rotation_size(2)
    8
    """
    places = _checks.at_least("roles", roles, unit="roles")
    fraction = _checks.share("max_fraction", max_fraction, above_zero=True)
    away = _checks.share("absence", absence, below_one=True)
    floor = _round_up(_checks.at_least("critical_mass", critical_mass, unit="people"))
    spare = _round_up(_checks.at_least("buffer", buffer, unit="people"))
    return 0 if places == 0 else max(_round_up(places / (fraction * (1 - away))), floor) + spare


def check_most(name: str, value: float, most: float = MOST_PEOPLE) -> None:
    """Refuse numbers of people that no team has, before a search for them runs without end."""
    if not value <= most:
        raise InputError("more_than_computed", name=name, value=value, most=most)


def _round_up(value: float) -> int:
    check_most("people", value)
    return max(0, math.ceil(value - _ROUNDING))
