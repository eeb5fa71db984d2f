"""
Erlang B, C and A: waiting in a team that answers at once, from 0 to 1,000,000 erlangs.

Scalars need nothing but ``math``, so that a spreadsheet host without numpy can use this module; arrays are handed to
:mod:`staffcalc.staffing.realtime`, which computes the same laws. Both agree to twelve digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from staffcalc import _checks
from staffcalc.errors import InputError
from staffcalc.staffing import erlang_laws as laws
from staffcalc.staffing.erlang_arguments import (
    ABANDONED,
    agents_of,
    aht_of,
    is_array,
    load_of,
    patience_ratio,
    spread_of,
)

if TYPE_CHECKING:
    from staffcalc.staffing.erlang_arguments import Numbers


def erlang_b(agents: Numbers, load_erlangs: Numbers) -> Any:
    r"""
    Share of messages lost when nobody can wait (Erlang B).

    Parameters
    ----------
    agents : float or array
        Agents at work and available, whole or not. [agents]
    load_erlangs : float or array
        Offered load: messages per hour times average handle time in hours. [erlang]

    Returns
    -------
    float or array
        Probability of being lost, 0 to 1; 0 without load. [share]

    Raises
    ------
    InputError
        If an argument is negative, not finite, or not a number. In arrays a missing value (NaN) gives NaN.

    Notes
    -----
    With load :math:`a` and :math:`n` agents, :math:`1/B = a \int_0^\infty e^{-at}(1+t)^n dt`, which for whole
    :math:`n` is Erlang's sum. Use it for lines and licences that are either free or not. Do **not** use it for
    messages: they wait.

    References
    ----------
    .. [1] source key ``erlang1917`` in ``reference/sources.csv``.

    Examples
    --------
    >>> round(erlang_b(30, 25), 4)
    0.0526
    """
    if is_array(agents, load_erlangs):
        return _realtime().erlang_b(agents, load_erlangs)
    return laws.erlang_b(agents_of(agents), load_of(load_erlangs))


def erlang_c(agents: Numbers, load_erlangs: Numbers) -> Any:
    """
    Probability that a message finds every agent busy (Erlang C).

    Parameters
    ----------
    agents : float or array
        Agents at work and available, breaks and meetings already removed; whole or not. [agents]
    load_erlangs : float or array
        Offered load: messages per hour times average handle time in hours. [erlang]

    Returns
    -------
    float or array
        Probability of waiting, 0 to 1; 1 where ``agents <= load_erlangs``, 0 without load. [share]

    Raises
    ------
    InputError
        If an argument is negative, not finite, or not a number. In arrays a missing value (NaN) gives NaN.

    Notes
    -----
    With load :math:`a`, :math:`n` agents and the Erlang B loss :math:`B`, :math:`C = nB/(n - a(1-B))`. Holds for
    steady random arrivals and senders who never give up. Do **not** use it for a 24-hour target, or where messages
    wait through closed hours: see :func:`staffcalc.staff`.

    References
    ----------
    .. [1] source key ``erlang1917`` in ``reference/sources.csv``.

    Examples
    --------
    Six messages an hour, ten minutes each, is one erlang; three agents share it:

    >>> round(erlang_c(agents=3, load_erlangs=1.0), 4)
    0.0909
    """
    if is_array(agents, load_erlangs):
        return _realtime().erlang_c(agents, load_erlangs)
    return laws.erlang_c(agents_of(agents), load_of(load_erlangs))


def occupancy(
    agents: Numbers,
    load_erlangs: Numbers,
    *,
    aht_minutes: Numbers | None = None,
    patience_minutes: Numbers | None = None,
) -> Any:
    r"""
    Share of their available time that agents spend on messages.

    Parameters
    ----------
    agents : float or array
        Agents at work and available. [agents]
    load_erlangs : float or array
        Offered load. [erlang]
    aht_minutes : float or array, optional
        Average handle time; needed with ``patience_minutes`` only. [minutes]
    patience_minutes : float or array, optional
        Mean time a sender waits before giving up; unset: senders never give up. [minutes]

    Returns
    -------
    float or array
        Occupancy, 0 to 1; 1 where the load is as large as the team or larger. [share]

    Raises
    ------
    InputError
        If an argument is negative, not finite, or not a number, or ``patience_minutes`` comes without ``aht_minutes``.

    Notes
    -----
    :math:`\min(1, a/n)` without patience, :math:`a(1-P_{ab})/n` with it. A result, not a target, for work answered at
    once; an occupancy cap belongs to deferred work.

    Examples
    --------
    >>> round(occupancy(14, 10), 3)
    0.714
    """
    if patience_minutes is not None and aht_minutes is None:
        raise InputError("patience_without_aht")
    if is_array(agents, load_erlangs, aht_minutes, patience_minutes):
        return _realtime().occupancy(agents, load_erlangs, aht_minutes=aht_minutes, patience_minutes=patience_minutes)
    ratio = 0.0 if patience_minutes is None else patience_ratio(patience_minutes, aht_minutes)
    return laws.occupancy(agents_of(agents), load_of(load_erlangs), ratio)


def wait_probability(
    agents: Numbers, load_erlangs: Numbers, *, aht_minutes: Numbers, patience_minutes: Numbers | None = None
) -> Any:
    r"""
    Probability that a message is not answered at once: Erlang C, or Erlang A with patience.

    Parameters
    ----------
    agents : float or array
        Agents at work and available. [agents]
    load_erlangs : float or array
        Offered load. [erlang]
    aht_minutes : float or array
        Average handle time. [minutes]
    patience_minutes : float or array, optional
        Mean time a sender waits before giving up; unset: senders never give up. [minutes]

    Returns
    -------
    float or array
        Probability of waiting, 0 to 1. [share]

    Raises
    ------
    InputError
        If an argument is negative, not finite, or not a number; handle time and patience must be above 0.

    Notes
    -----
    Erlang A: with :math:`x = n\,p/h`, :math:`y = a\,p/h` and :math:`A = {}_1F_1(1;x+1;y)`,
    :math:`P_w = A/(1/B - 1 + A)`. Patience is taken as exponential. Do **not** use it where closed hours come between.

    References
    ----------
    .. [1] source keys ``erlang1917`` and ``palm1957`` in ``reference/sources.csv``.

    Examples
    --------
    >>> round(wait_probability(50, 48, aht_minutes=1, patience_minutes=2), 4)
    0.4678
    """
    if is_array(agents, load_erlangs, aht_minutes, patience_minutes):
        return _realtime().wait_probability(
            agents, load_erlangs, aht_minutes=aht_minutes, patience_minutes=patience_minutes
        )
    n, a = agents_of(agents), load_of(load_erlangs)
    ratio = patience_ratio(patience_minutes, aht_minutes)
    return laws.erlang_c(n, a) if ratio == 0 else laws.erlang_a(n, a, ratio, 0.0)[0]


def service_level(
    agents: Numbers,
    load_erlangs: Numbers,
    *,
    aht_minutes: Numbers,
    within_minutes: Numbers,
    patience_minutes: Numbers | None = None,
    abandoned: str = "missed",
    day_cv: float = 0.0,
) -> Any:
    r"""
    Share of messages answered within the target.

    Parameters
    ----------
    agents : float or array
        Agents at work and available. [agents]
    load_erlangs : float or array
        Offered load. [erlang]
    aht_minutes : float or array
        Average handle time. [minutes]
    within_minutes : float or array
        Time limit of the target; 0 asks for an answer at once. [minutes]
    patience_minutes : float or array, optional
        Mean time a sender waits before giving up; unset: senders never give up. [minutes]
    abandoned : {"missed", "excluded", "early_excluded", "met", "patient"}
        What an abandoned message counts as, see Notes. Without patience all five are equal.
    day_cv : float
        Coefficient of variation of a gamma day factor: busy and quiet days. The answer is then the share of messages
        over all days. [ratio]

    Returns
    -------
    float or array
        Service level, 0 to 1: 1 without load, 0 where ``agents <= load_erlangs`` without patience. [share]

    Raises
    ------
    InputError
        If an argument is negative, not finite, or not a number; handle time and patience must be above 0.

    Notes
    -----
    Erlang C: :math:`1 - C e^{-(n-a)T/h}`. Erlang A is exact for every horizon from 0 s to weeks. The five ways to count
    a sender who gave up differ by points, so say which one is meant:

    * ``missed``: answered in time / offered (the default; the strictest).
    * ``excluded``: answered in time / answered.
    * ``early_excluded``: answered in time / (offered less those who left within the target).
    * ``met``: (answered or left within the target) / offered.
    * ``patient``: what a sender who never gives up would meet.

    With ``day_cv`` above 0 the level is :math:`E[G\,SL(n; G a)]` for a gamma factor :math:`G` of mean 1: busy days
    carry more messages. A day whose load passes the agents then counts as lost without patience, which is harsh for one
    finite day; with patience it is not.

    Do **not** use it where messages wait through closed hours: see :func:`staffcalc.staff`.

    References
    ----------
    .. [1] source keys ``erlang1917`` and ``palm1957`` in ``reference/sources.csv``.

    Examples
    --------
    >>> round(service_level(14, 10, aht_minutes=3, within_minutes=1 / 3), 4)
    0.8884
    """
    how = _checks.one_of("abandoned", abandoned, ABANDONED)
    spread = spread_of(day_cv)
    many = is_array(agents, load_erlangs, aht_minutes, within_minutes, patience_minutes)
    if not many:
        n, a = agents_of(agents), load_of(load_erlangs)
        ratio = patience_ratio(patience_minutes, aht_minutes)
        horizon = _checks.at_least("within_minutes", within_minutes, unit="minutes") / aht_of(aht_minutes)
    if many or spread > 0:
        level = _realtime().service_level(
            agents,
            load_erlangs,
            aht_minutes=aht_minutes,
            within_minutes=within_minutes,
            patience_minutes=patience_minutes,
            abandoned=how,
            day_cv=spread,
        )
        return level if many else float(level)
    return laws.service_level(n, a, horizon, ratio, ABANDONED.index(how))


def average_wait_minutes(
    agents: Numbers, load_erlangs: Numbers, *, aht_minutes: Numbers, patience_minutes: Numbers | None = None
) -> Any:
    """
    Mean time from arrival to answer (or to giving up) over all messages, those answered at once included.

    Parameters
    ----------
    agents : float or array
        Agents at work and available. [agents]
    load_erlangs : float or array
        Offered load. [erlang]
    aht_minutes : float or array
        Average handle time. [minutes]
    patience_minutes : float or array, optional
        Mean time a sender waits before giving up; unset: senders never give up. [minutes]

    Returns
    -------
    float or array
        Average wait; infinite where ``agents <= load_erlangs`` without patience, 0 without load. [minutes]

    Raises
    ------
    InputError
        If an argument is negative, not finite, or not a number; handle time and patience must be above 0.

    Notes
    -----
    Erlang C: :math:`C h/(n-a)`. Erlang A: patience times the abandoned share. An average hides the tail: for a promise
    use :func:`service_level`.

    References
    ----------
    .. [1] source keys ``erlang1917`` and ``palm1957`` in ``reference/sources.csv``.

    Examples
    --------
    >>> round(average_wait_minutes(14, 10, aht_minutes=3) * 60, 3)
    7.836
    """
    if is_array(agents, load_erlangs, aht_minutes, patience_minutes):
        return _realtime().average_wait_minutes(
            agents, load_erlangs, aht_minutes=aht_minutes, patience_minutes=patience_minutes
        )
    n, a = agents_of(agents), load_of(load_erlangs)
    ratio = patience_ratio(patience_minutes, aht_minutes)
    return laws.average_wait(n, a, ratio) * aht_of(aht_minutes)


def abandonment(agents: Numbers, load_erlangs: Numbers, *, aht_minutes: Numbers, patience_minutes: Numbers) -> Any:
    r"""
    Share of messages whose senders give up before an answer (Erlang A).

    Parameters
    ----------
    agents : float or array
        Agents at work and available. [agents]
    load_erlangs : float or array
        Offered load. [erlang]
    aht_minutes : float or array
        Average handle time. [minutes]
    patience_minutes : float or array
        Mean time a sender waits before giving up. [minutes]

    Returns
    -------
    float or array
        Abandoned share, 0 to 1. [share]

    Raises
    ------
    InputError
        If an argument is negative, not finite, or not a number; handle time and patience must be above 0.

    Notes
    -----
    :math:`P_{ab} = P_w\,E[t]` under the density :math:`e^{yt}(1-t)^{x-1}`, with :math:`x, y` as in
    :func:`wait_probability`. Patience is taken as exponential; on a public channel "gone" often means "posted again".

    References
    ----------
    .. [1] source key ``palm1957`` in ``reference/sources.csv``.

    Examples
    --------
    >>> round(abandonment(50, 48, aht_minutes=1, patience_minutes=2), 4)
    0.0309
    """
    if patience_minutes is None:
        raise InputError("not_a_number", name="patience_minutes", value=None)
    if is_array(agents, load_erlangs, aht_minutes, patience_minutes):
        return _realtime().abandonment(agents, load_erlangs, aht_minutes=aht_minutes, patience_minutes=patience_minutes)
    n, a = agents_of(agents), load_of(load_erlangs)
    return laws.erlang_a(n, a, patience_ratio(patience_minutes, aht_minutes), 0.0)[1]


def _realtime() -> Any:
    from staffcalc.staffing import realtime

    return realtime
