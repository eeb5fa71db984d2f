"""
Filling quiet moments with deferred work that cannot be put down again. Needs only ``math``.

Agents start deferred work only while fewer than a threshold of them are busy, so that a new message still finds
somebody free. Work that can be put down at once needs no threshold: it is part of the weekly programme of ``staff``.
"""

from __future__ import annotations

import math

from staffcalc import _checks
from staffcalc.errors import InfeasibleError, InputError
from staffcalc.staffing.headcount import check_most


def blend_threshold(
    *,
    messages_per_hour: float,
    aht_minutes: float,
    agents: int,
    threshold: int,
    within_minutes: float | None = None,
) -> dict[str, float]:
    r"""
    What a blending threshold does to messages and to deferred work.

    Parameters
    ----------
    messages_per_hour : float
        Messages that want an answer at once. [messages per hour]
    aht_minutes : float
        Average handle time of both kinds of work. [minutes]
    agents : int
        Agents at work and available. [agents]
    threshold : int
        Deferred work is started only while fewer agents than this are busy; 0 never starts any. [agents]
    within_minutes : float, optional
        Time limit of the messages; adds ``service_level`` to the answer. [minutes]

    Returns
    -------
    dict
        ``wait_probability`` of a message [share], ``deferred_per_hour``: deferred pieces of work done [per hour],
        ``occupancy`` of the agents [share], and ``service_level`` [share] if asked. Messages that the team cannot keep
        up with give 1, 0, 1 and 0.

    Raises
    ------
    InputError
        If a number is out of range, or the threshold is larger than the team.

    Notes
    -----
    There is always deferred work at hand, and both kinds take equally long. The number of busy agents and waiting
    messages then lives on :math:`c, c+1, \ldots` with :math:`\pi_n \propto \prod_{j=c+1}^n R/\min(j, s)`;
    :math:`P_w = \sum_{n \ge s} \pi_n`, deferred per hour :math:`c\,\mu\,\pi_c`,
    :math:`SL = 1 - P_w e^{-(s\mu - \lambda)T}`. Where deferred work can be put down at once, up to
    :math:`(s - R)\mu` an hour fit in without harm. Do not use it where the two handle times differ by much.

    References
    ----------
    .. [1] source keys ``bhulai_koole2003`` and ``gans_zhou2003`` in ``reference/sources.csv``.

    Examples
    --------
    Twenty messages an hour of ten minutes, seven agents, deferred work only while fewer than five are busy:

    >>> found = blend_threshold(messages_per_hour=20, aht_minutes=10, agents=7, threshold=5)
    >>> round(found["deferred_per_hour"], 1), round(found["occupancy"], 2)
    (14.6, 0.82)
    """
    rate, hours, team = _inputs(messages_per_hour, aht_minutes, agents)
    c = _checks.whole("threshold", threshold, unit="agents")
    if c > team:
        raise InputError("threshold_above_team", threshold=c, agents=team)
    within = None if within_minutes is None else _checks.at_least("within_minutes", within_minutes, unit="minutes")
    return _blend(rate, hours, team, c, within)


def choose_blend_threshold(
    *, messages_per_hour: float, aht_minutes: float, agents: int, within_minutes: float, service_level: float
) -> dict[str, float]:
    """
    Largest threshold, and so the most deferred work, that still keeps the service level of the messages.

    Parameters
    ----------
    messages_per_hour : float
        Messages that want an answer at once. [messages per hour]
    aht_minutes : float
        Average handle time of both kinds of work. [minutes]
    agents : int
        Agents at work and available. [agents]
    within_minutes : float
        Time limit of the messages. [minutes]
    service_level : float
        Share of messages to answer within the limit, below 1. [share]

    Returns
    -------
    dict
        ``threshold`` [agents] and the values of :func:`blend_threshold`.

    Raises
    ------
    InputError
        If a number is out of range, or the level is 1.
    InfeasibleError
        If the team misses the level even without any deferred work; the message says how many agents it takes.

    References
    ----------
    .. [1] source keys ``bhulai_koole2003`` and ``gans_zhou2003`` in ``reference/sources.csv``.

    Examples
    --------
    >>> best = choose_blend_threshold(
    ...     messages_per_hour=20, aht_minutes=10, agents=10, within_minutes=1, service_level=0.8
    ... )
    >>> best["threshold"], round(best["deferred_per_hour"], 1)
    (9, 36.0)
    """
    rate, hours, team = _inputs(messages_per_hour, aht_minutes, agents)
    within = _checks.at_least("within_minutes", within_minutes, unit="minutes")
    level = _checks.share("service_level", service_level)
    if level == 1:
        raise InputError("certain_service_level")
    if _blend(rate, hours, team, 0, within)["service_level"] < level:
        from staffcalc.staffing.fewest_agents import required_agents

        needed = required_agents(
            rate * hours, aht_minutes=aht_minutes, within_minutes=within, service_level=service_level
        )
        raise InfeasibleError("blend_team_too_small", agents=team, service_level=level, needed=needed)
    good, bad = 0, team + 1
    while bad - good > 1:
        middle = (good + bad) // 2
        if _blend(rate, hours, team, middle, within)["service_level"] >= level:
            good = middle
        else:
            bad = middle
    return {"threshold": good, **_blend(rate, hours, team, good, within)}


def _inputs(messages_per_hour: float, aht_minutes: float, agents: int) -> tuple[float, float, int]:
    rate = _checks.at_least("messages_per_hour", messages_per_hour, unit="messages per hour")
    hours = _checks.at_least("aht_minutes", aht_minutes, unit="minutes", above=True) / 60
    team = _checks.whole("agents", agents, unit="agents")
    check_most("agents", team, _MOST_AGENTS)
    return rate, hours, team


_MOST_AGENTS = 1_000_000


def _blend(rate: float, hours: float, team: int, c: int, within: float | None) -> dict[str, float]:
    load = rate * hours
    if load >= team and rate > 0:
        found = {"wait_probability": 1.0, "deferred_per_hour": 0.0, "occupancy": 1.0}
        return found if within is None else {**found, "service_level": 0.0}
    # weights of c, c+1, ... team - 1 relative to that of the team, from the top down; more than the team wait
    weight, below, busy = 1.0, 0.0, 0.0
    first = 1.0
    if rate > 0:
        for n in range(team, c, -1):
            weight *= n / load
            if weight > 1e250:  # the top no longer matters: start again from here
                below, busy, first, weight = below / weight, busy / weight, first / weight, 1.0
            below += weight
            busy += weight * (n - 1)
        full = first / (1.0 - load / team)
        total = below + full
        waiting, at_c = full / total, weight / total
        occupied = (busy + full * team) / total / team
    else:
        waiting, at_c, occupied = (1.0 if c == team > 0 else 0.0), 1.0, (c / team if team else 0.0)
    found = {"wait_probability": waiting, "deferred_per_hour": c / hours * at_c, "occupancy": occupied}
    if within is None:
        return found
    level = 1.0 if rate == 0 else 1.0 - waiting * math.exp(-(team / hours - rate) * within / 60)
    return {**found, "service_level": level}
