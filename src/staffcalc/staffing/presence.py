"""
Who is there on a given day: heads for a minimum of seats, and days with nobody. Needs only ``math``.

Exact binomial sums in logarithms, stable for thousands of seats. Absences that come together, such as holidays and flu,
enter as a correlation between people (beta-binomial).
"""

from __future__ import annotations

import math

from staffcalc import _checks
from staffcalc.errors import InputError
from staffcalc.staffing.headcount import WEEKS_PER_YEAR, check_most

_TIE = 1e-12
_MOST_HEADS = 1_000_000


def heads_for_seats(seats: int, *, absence: float, confidence: float = 0.95, dependence: float = 0.0) -> int:
    r"""
    People on the roster so that enough of them are present with a given confidence.

    Parameters
    ----------
    seats : int
        People who must be present. [seats]
    absence : float
        Share of the time that one person is away. [share]
    confidence : float
        Share of the time on which enough people must be present. [share]
    dependence : float
        Correlation between the absences of two people: 0 is independent, holidays and flu are not. [share]

    Returns
    -------
    int
        People on the roster. [people]

    Raises
    ------
    InputError
        If ``seats`` is not whole, or a share lies outside its range.

    Notes
    -----
    :math:`\min\{m : P(\mathrm{Bin}(m, 1-q) \ge seats) \ge confidence\}`. The rule of thumb seats / (1 - absence) fails
    for small teams: three present at 15% absence takes five people, not four. Only for minimum seats: deferrable work
    lives on mean capacity. Independence is an assumption, and real tails are worse; ``dependence`` says how much.

    References
    ----------
    .. [1] source key ``staffcalc_derived`` in ``reference/sources.csv``.

    Examples
    --------
    >>> heads_for_seats(3, absence=0.15)
    5
    """
    needed = _checks.whole("seats", seats, unit="seats")
    away = _checks.share("absence", absence, below_one=True)
    sure = _checks.share("confidence", confidence)
    joint = _checks.share("dependence", dependence, below_one=True)
    if needed == 0 or sure == 0:
        return 0
    if away == 0:
        return needed
    if sure == 1:
        raise InputError("certain_presence", absence=away)
    check_most("seats", needed, _MOST_HEADS)

    def is_enough(heads: int) -> bool:
        return presence_probability(heads, needed=needed, absence=away, dependence=joint) >= sure - _TIE

    short, enough, step = needed - 1, needed, 1
    while not is_enough(enough):
        short, enough, step = enough, enough + step, 2 * step
        if enough > _MOST_HEADS:
            raise InputError("too_many_heads", absence=away, confidence=sure, most=_MOST_HEADS)
    while enough - short > 1:
        middle = (short + enough) // 2
        if is_enough(middle):
            enough = middle
        else:
            short = middle
    return enough


def presence_probability(people: int, *, needed: int, absence: float, dependence: float = 0.0) -> float:
    r"""
    Probability that at least ``needed`` of ``people`` are present.

    Parameters
    ----------
    people : int
        People on the roster. [people]
    needed : int
        People who must be present. [people]
    absence : float
        Share of the time that one person is away. [share]
    dependence : float
        Correlation between the absences of two people; 0 is independent. [share]

    Returns
    -------
    float
        Probability, 0 to 1. [share]

    Raises
    ------
    InputError
        If a count is not whole, or a share lies outside its range.

    Notes
    -----
    Binomial, or beta-binomial with the given correlation :math:`\rho`: shapes :math:`q(1-\rho)/\rho` and
    :math:`(1-q)(1-\rho)/\rho`.

    Examples
    --------
    >>> round(presence_probability(2, needed=1, absence=0.15), 4)
    0.9775
    """
    heads = _checks.whole("people", people, unit="people")
    check_most("people", heads, 2 * _MOST_HEADS)
    seats = _checks.whole("needed", needed, unit="people")
    away = _checks.share("absence", absence)
    joint = _checks.share("dependence", dependence)
    if seats == 0:
        return 1.0
    if seats > heads:
        return 0.0
    # sum the side with fewer terms; each is a sum of positive terms
    if 2 * (heads - seats) <= heads:
        return min(1.0, math.fsum(_absent(heads, away, joint)[: heads - seats + 1]))
    return max(0.0, 1.0 - math.fsum(_absent(heads, away, joint)[heads - seats + 1 :]))


def days_with_nobody(people: int, *, absence: float, days_per_week: float = 7, dependence: float = 0.0) -> float:
    """
    Days a year on which cover is asked for and none of the people is present.

    Parameters
    ----------
    people : int
        People who could be present. [people]
    absence : float
        Share of the time that one person is away, see :func:`absence_share`. [share]
    days_per_week : float
        Days a week on which somebody must be there. [days per week]
    dependence : float
        Correlation between the absences of two people; 0 is independent. [share]

    Returns
    -------
    float
        Days without anybody. [days per year]

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    One person, away 47 of 260.9 working days, seven days of cover a week:

    >>> from staffcalc import absence_share
    >>> round(days_with_nobody(1, absence=absence_share()))
    66
    """
    days = _checks.at_least("days_per_week", days_per_week, unit="days per week")
    if days > 7:
        raise InputError("more_than_a_week", name="days_per_week", value=days)
    heads = _checks.whole("people", people, unit="people")
    check_most("people", heads, _MOST_HEADS)
    away = _checks.share("absence", absence)
    joint = _checks.share("dependence", dependence)
    return WEEKS_PER_YEAR * days * (_absent(heads, away, joint)[-1] if heads else 1.0)


def _absent(people: int, away: float, joint: float) -> list[float]:
    """Return the probabilities that 0, 1, ... all of the people are absent at once."""
    if people == 0:
        return [1.0]
    if away in (0.0, 1.0) or joint == 1.0:
        return [1.0 - away] + [0.0] * (people - 1) + [away]
    spread = (1.0 - joint) / joint if joint > 0.0 else math.inf
    if math.isfinite(spread):
        a, b = away * spread, (1.0 - away) * spread
        up = [(people - k) * (a + k) / ((k + 1) * (b + people - k - 1)) for k in range(people)]
    else:
        odds = away / (1.0 - away)
        up = [(people - k) / (k + 1) * odds for k in range(people)]
    # weights outward from the likeliest count, then shares of their sum: nothing overflows, nothing cancels
    middle = min(people, round(people * away))
    weights = [0.0] * (people + 1)
    weights[middle] = 1.0
    for k in range(middle, people):
        weights[k + 1] = weights[k] * up[k]
    for k in range(middle, 0, -1):
        weights[k - 1] = weights[k] / up[k - 1] if up[k - 1] > 0.0 else 0.0
    total = math.fsum(weights)
    return [weight / total for weight in weights]
