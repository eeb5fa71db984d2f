"""Formulas of on-call work: the lawful size of a rotation, and the bad shift that a mean hides. Needs only ``math``."""

from __future__ import annotations

import math

from staffcalc._checks import at_least, share, whole
from staffcalc.errors import InputError

_TIE = 1e-9


def standby_rota_size(off_hours: float, *, counted_share: float, base_hours: float = 40, cap_hours: float = 48) -> int:
    r"""
    Fewest people in a weekly rotation so that contract hours and counted standby stay below an average limit.

    Parameters
    ----------
    off_hours : float
        Standby hours a week, all roles together. [hours per week]
    counted_share : float
        Share of standby that counts as working time. [share]
    base_hours : float
        Contract hours. [hours per week]
    cap_hours : float
        Largest average week. [hours per week]

    Returns
    -------
    int
        People; 0 where no standby counts. [people]

    Raises
    ------
    InputError
        If the contract alone fills the limit, or a number is out of range.

    Notes
    -----
    :math:`n = \lceil off\_hours \cdot share / (cap - base) \rceil`. Law knows working time and rest only: a
    share between them shows how much hangs on the answer. Not legal advice.

    References
    ----------
    .. [1] source keys ``eu_2003_88_eumonitor``, ``cjeu_matzak`` and ``cjeu_offenbach`` in ``reference/sources.csv``.

    Examples
    --------
    >>> [standby_rota_size(128, counted_share=share) for share in (1, 0.5, 0.25)]
    [16, 8, 4]
    """
    counted = at_least("off_hours", off_hours, unit="hours per week") * share("counted_share", counted_share)
    spare = at_least("cap_hours", cap_hours, unit="hours per week") - at_least("base_hours", base_hours)
    if counted == 0:
        return 0
    if spare <= 0:
        raise InputError("no_room_for_standby", base=base_hours, cap=cap_hours)
    return math.ceil(counted / spare - _TIE)


def more_incidents_than(limit: int, *, mean: float, variance_ratio: float = 1.0) -> float:
    r"""
    Probability of more incidents in a shift than can be handled.

    Parameters
    ----------
    limit : int
        Most incidents that can be handled in a shift. [incidents per shift]
    mean : float
        Mean incidents of a shift. [incidents per shift]
    variance_ratio : float
        Variance over mean: 1 is a steady (Poisson) flow, above it come bursts (negative binomial). [ratio]

    Returns
    -------
    float
        Probability of more than ``limit``. [share]

    Raises
    ------
    InputError
        If the mean is negative or the ratio below 1.

    Notes
    -----
    :math:`1 - \sum_{k \le limit} P(N = k)`. A target for the mean alone hides the tail: two a shift on average
    means that one shift in three has more than two.

    Examples
    --------
    >>> round(more_incidents_than(2, mean=1), 3), round(more_incidents_than(2, mean=1, variance_ratio=2), 3)
    (0.08, 0.125)
    """
    most = whole("limit", limit, unit="incidents per shift")
    m = at_least("mean", mean, unit="incidents per shift")
    ratio = at_least("variance_ratio", variance_ratio, 1.0, unit="ratio")
    if m == 0:
        return 0.0
    if ratio - 1 < 1e-12:
        terms = [math.exp(-m + k * math.log(m) - math.lgamma(k + 1)) for k in range(most + 1)]
    else:
        size, stay = m / (ratio - 1), math.log1p(-1 / ratio)
        terms = [
            math.exp(math.lgamma(size + k) - math.lgamma(size) - math.lgamma(k + 1) - size * math.log(ratio) + k * stay)
            for k in range(most + 1)
        ]
    return max(0.0, 1 - math.fsum(terms))
