"""Two refinements of Erlang C: urgent messages first, and handle times that are all alike. Needs only ``math``."""

from __future__ import annotations

import math
from collections.abc import Sequence

from staffcalc import _checks
from staffcalc.errors import InputError
from staffcalc.staffing import erlang_laws
from staffcalc.staffing.gamma_sums import NODES, WEIGHTS, log1p_gap, log_peak, lower

_SUMMED = 40


def priority_waits(agents: float, load_erlangs_by_class: Sequence[float], *, aht_minutes: float) -> list[float]:
    r"""
    Average wait of each class when more urgent messages are taken first.

    Parameters
    ----------
    agents : float
        Agents at work and available. [agents]
    load_erlangs_by_class : sequence of float
        Offered load of each class, the most urgent first. [erlang]
    aht_minutes : float
        Average handle time, the same for all classes. [minutes]

    Returns
    -------
    list of float
        Average wait of each class; infinite for a class that the agents cannot reach. [minutes]

    Raises
    ------
    InputError
        If a number is negative or not finite, or no class is given.

    Notes
    -----
    Cobham: :math:`W_k = W_0 / ((1-\sigma_{k-1})(1-\sigma_k))` with :math:`W_0 = C h/n` and :math:`\sigma_k` the load of
    the first :math:`k` classes over :math:`n`. Work in hand is never dropped. The mean over all messages is that of
    :func:`staffcalc.average_wait_minutes`: urgency moves waiting around, it does not remove it. Do not use it for
    hours-long targets.

    References
    ----------
    .. [1] source key ``cobham1954`` in ``reference/sources.csv``.

    Examples
    --------
    Five agents, a crisis class and an ordinary class of two erlangs each, an hour a message:

    >>> [round(wait, 1) for wait in priority_waits(5, [2, 2], aht_minutes=60)]
    [11.1, 55.4]
    """
    n = _checks.at_least("agents", agents, unit="agents")
    aht = _checks.at_least("aht_minutes", aht_minutes, unit="minutes", above=True)
    classes = _checks.listed("load_erlangs_by_class", load_erlangs_by_class)
    if not classes:
        raise InputError("no_classes")
    loads = [_checks.at_least(f"load_erlangs_by_class[{k}]", load, unit="erlangs") for k, load in enumerate(classes)]
    total = math.fsum(loads)
    if total == 0:
        return [0.0] * len(loads)
    if n == 0:
        return [math.inf] * len(loads)
    least = erlang_laws.erlang_c(n, total) * aht / n
    waits, above = [], 0.0
    for load in loads:
        upto = above + load
        waits.append(least / ((1 - above / n) * (1 - upto / n)) if upto < n else math.inf)
        above = upto
    return waits


def fixed_time_wait_minutes(agents: int, load_erlangs: float, *, aht_minutes: float) -> float:
    r"""
    Average wait when every message takes equally long (M/D/c).

    Parameters
    ----------
    agents : int
        Agents at work and available. [agents]
    load_erlangs : float
        Offered load. [erlang]
    aht_minutes : float
        Handle time of every message. [minutes]

    Returns
    -------
    float
        Average wait; infinite where ``agents <= load_erlangs``, 0 without load. [minutes]

    Raises
    ------
    InputError
        If a number is negative or not finite, or the agents are not whole.

    Notes
    -----
    Crommelin: :math:`D \sum_{i \ge 1} [P(N_i \ge ic) - (c/a) P(N_i \ge ic+1)]` with :math:`N_i` Poisson of mean
    :math:`ia`. About half the wait of Erlang C: the other half comes from handle times that differ. Real ones do, so
    this is a lower bound, and what templates and macros could win at most.

    References
    ----------
    .. [1] source key ``crommelin1932`` in ``reference/sources.csv``.

    Examples
    --------
    >>> round(fixed_time_wait_minutes(2, 1.6, aht_minutes=1), 4)
    0.9033
    """
    c = _checks.whole("agents", agents, unit="agents")
    a = _checks.at_least("load_erlangs", load_erlangs, unit="erlangs")
    aht = _checks.at_least("aht_minutes", aht_minutes, unit="minutes", above=True)
    if a == 0:
        return 0.0
    if c <= a:
        return math.inf
    total = 0.0
    for i in range(1, _SUMMED):
        term = _term(i, c, a)
        total += term
        if abs(term) < 1e-17 * total:
            return aht * total
    # the rest of the sum by Euler and Maclaurin: its integral, and corrections at the first term
    start = float(_SUMMED)
    here = [_term(start + step, c, a) for step in (-2, -1, 0, 1, 2)]
    slope = (here[0] - 8 * here[1] + 8 * here[3] - here[4]) / 12
    third = (here[4] - 2 * here[3] + 2 * here[1] - here[0]) / 2
    scale = 1.0 / (c * log1p_gap(a / c - 1.0))
    rest = scale * math.fsum(w * _term(start + scale * t, c, a) for t, w in zip(NODES, WEIGHTS, strict=True))
    return aht * (total + rest + here[2] / 2 - slope / 12 + third / 720)


def _term(i: float, c: int, a: float) -> float:
    """Return one term of Crommelin's sum, for any real ``i``."""
    mean, k = i * a, i * c
    # P(N >= k) = p (1 + t), P(N >= k + 1) = p t, with p = P(N = k) and t the ratio of the tail above k to it
    point = math.exp(-log_peak(k, mean))
    beyond = mean / (k + 1.0) * lower(k + 1.0, mean)[0]
    return point * (1.0 - (c / a - 1.0) * beyond)
