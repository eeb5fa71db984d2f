"""
Chats held side by side: one agent, several senders, each served more slowly. Needs only ``math``.

With :math:`k` parallel chats a chat takes :math:`h(k)` minutes, so an agent finishes :math:`r(k) = k/h(k)` a minute.
Chats are spread evenly over the agents. The number of chats is then a birth-death chain, and nothing else is assumed.
Dividing the handle time by the number of chats, as many calculators do, promises far too much.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from staffcalc import _checks
from staffcalc.errors import InputError


def chat_wait_probability(agents: int, messages_per_hour: float, *, aht_minutes_by_chats: Sequence[float]) -> float:
    r"""
    Probability that a new chat finds every place taken.

    Parameters
    ----------
    agents : int
        Agents at work and available. [agents]
    messages_per_hour : float
        New chats an hour. [chats per hour]
    aht_minutes_by_chats : sequence of float
        Handle time of one chat when an agent holds 1, 2, ... chats; its length is the most an agent holds. [minutes]

    Returns
    -------
    float
        Probability of waiting; 1 where the agents cannot keep up. [share]

    Raises
    ------
    InputError
        If a handle time is not above 0, or the agents are not whole.

    Notes
    -----
    Death rate with :math:`m = ks + j` chats and :math:`s` agents: :math:`(s-j) r(k) + j r(k+1)`, and :math:`s\,r(K)`
    from :math:`sK` on. Balanced assignment is an approximation of real routing.

    Examples
    --------
    >>> round(chat_wait_probability(3, 40, aht_minutes_by_chats=[8, 10, 12]), 3)
    0.588
    """
    s, rate, finish = _inputs(agents, messages_per_hour, aht_minutes_by_chats)
    return _waiting(s, rate, finish)


def chat_service_level(
    agents: int, messages_per_hour: float, *, aht_minutes_by_chats: Sequence[float], within_minutes: float
) -> float:
    r"""
    Share of chats picked up within the target when an agent holds several at once.

    Parameters
    ----------
    agents : int
        Agents at work and available. [agents]
    messages_per_hour : float
        New chats an hour. [chats per hour]
    aht_minutes_by_chats : sequence of float
        Handle time of one chat when an agent holds 1, 2, ... chats; its length is the most an agent holds. [minutes]
    within_minutes : float
        Time limit for the pick-up. [minutes]

    Returns
    -------
    float
        Service level; 1 without chats, 0 where the agents cannot keep up. [share]

    Raises
    ------
    InputError
        If an argument is out of range.

    Notes
    -----
    :math:`1 - P_w e^{-(s\,r(K) - \lambda)T}`. A handle time that grows with the chats held is the rule; ask for it per
    number of chats, never divide one handle time by the number.

    Examples
    --------
    >>> round(chat_service_level(3, 40, aht_minutes_by_chats=[8, 10, 12], within_minutes=1), 3)
    0.459
    """
    s, rate, finish = _inputs(agents, messages_per_hour, aht_minutes_by_chats)
    within = _checks.at_least("within_minutes", within_minutes, unit="minutes")
    return _level(s, rate, finish, within)


def required_chat_agents(
    messages_per_hour: float, *, aht_minutes_by_chats: Sequence[float], within_minutes: float, service_level: float
) -> int:
    """
    Fewest agents that pick up a share of the chats within the target.

    Parameters
    ----------
    messages_per_hour : float
        New chats an hour. [chats per hour]
    aht_minutes_by_chats : sequence of float
        Handle time of one chat when an agent holds 1, 2, ... chats; its length is the most an agent holds. [minutes]
    within_minutes : float
        Time limit for the pick-up. [minutes]
    service_level : float
        Share to pick up within the limit, below 1. [share]

    Returns
    -------
    int
        Agents at work and available; 0 without chats. [agents]

    Raises
    ------
    InputError
        If an argument is out of range, or the level is 1.

    Examples
    --------
    >>> required_chat_agents(40, aht_minutes_by_chats=[8, 10, 12], within_minutes=1, service_level=0.8)
    4
    """
    _, rate, finish = _inputs(0, messages_per_hour, aht_minutes_by_chats)
    within = _checks.at_least("within_minutes", within_minutes, unit="minutes")
    level = _checks.share("service_level", service_level)
    if level == 1:
        raise InputError("certain_service_level")
    if rate == 0 or level == 0:
        return 0
    short = math.floor(rate / finish[-1])
    enough, step = short + 1, 1
    while _level(enough, rate, finish, within) < level:
        short, enough, step = enough, enough + step, 2 * step
    while enough - short > 1:
        middle = (short + enough) // 2
        if _level(middle, rate, finish, within) < level:
            short = middle
        else:
            enough = middle
    return enough


def _inputs(
    agents: int, messages_per_hour: float, aht_minutes_by_chats: Sequence[float]
) -> tuple[int, float, list[float]]:
    """Return agents, chats a minute, and chats finished a minute by one agent holding 0, 1, ... chats."""
    s = _checks.whole("agents", agents, unit="agents")
    rate = _checks.at_least("messages_per_hour", messages_per_hour, unit="chats per hour") / 60
    times = _checks.listed("aht_minutes_by_chats", aht_minutes_by_chats)
    if not times:
        raise InputError("no_chat_times")
    finish = [0.0]
    for k, minutes in enumerate(times, start=1):
        finish.append(k / _checks.at_least(f"aht_minutes_by_chats[{k - 1}]", minutes, unit="minutes", above=True))
    return s, rate, finish


def _waiting(s: int, rate: float, finish: list[float]) -> float:
    most = len(finish) - 1
    if rate == 0:
        return 0.0
    if rate >= s * finish[-1]:
        return 1.0
    # weights of 0, 1, ... sK - 1 chats against the weight of sK, from the top down, so that nothing overflows
    below, weight = 0.0, 1.0
    for m in range(s * most, 0, -1):
        k, j = divmod(m, s)
        death = s * finish[-1] if k >= most else (s - j) * finish[k] + j * finish[k + 1]
        weight *= death / rate
        below += weight
        if below > 1e300:
            return 0.0
    full = 1.0 / (1.0 - rate / (s * finish[-1]))
    return full / (below + full)


def _level(s: int, rate: float, finish: list[float], within: float) -> float:
    if rate == 0:
        return 1.0
    spare = s * finish[-1] - rate
    return 0.0 if spare <= 0 else 1.0 - _waiting(s, rate, finish) * math.exp(-spare * within)
