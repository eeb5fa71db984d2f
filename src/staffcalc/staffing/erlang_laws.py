"""
The laws of Erlang B, C and A for plain floats, in units of the handle time and without checks.

Every time here is in handle times: ``horizon`` = target / AHT, ``patience`` = patience / AHT with 0 for senders who
never give up. ``abandoned`` is an index into :data:`staffcalc.staffing.erlang.ABANDONED`. Defined for every input:
no load waits for nothing, and a team that cannot keep up answers nothing in time.
"""

from __future__ import annotations

import math

from staffcalc.staffing.gamma_sums import decay_gap, log_peak, lower, upper

CLIMB = 48
SUM_BELOW = 3000.0
NEARLY = 1.0 - 1e-12


def excess(n: float, a: float) -> float:
    """Return ``1/B - 1``, infinite where the loss underflows; for ``a > 0``. No digits are lost when B is near 1."""
    if n < SUM_BELOW and n == math.floor(n):
        return sum_down(n, a)
    if a > n + 1.0:
        return n * upper(n, a) if n > 0.0 else 0.0
    peak = log_peak(n, a)
    if peak > 700.0:
        return math.inf
    return math.exp(peak) - a / (n + 1.0) * lower(n + 1.0, a)[0] - 1.0


def sum_down(n: float, a: float) -> float:
    """Return ``1/B - 1`` for whole ``n`` by Erlang's own sum, from its last term down: nothing cancels."""
    total, term, left, share = 0.0, 1.0, n, 1.0 / a
    while left > 0.0:
        term *= left * share
        total += term
        left -= 1.0
        if total > 1e300:
            return math.inf
        if left < a and term < 1e-17 * total:
            break
    return total


def erlang_b(n: float, a: float) -> float:
    """Return the Erlang B loss."""
    if a == 0.0:
        return 0.0
    return 1.0 / (1.0 + excess(n, a))


def erlang_c(n: float, a: float) -> float:
    """Return the Erlang C probability of waiting."""
    if a == 0.0:
        return 0.0
    if n <= a:
        return 1.0
    return n / (n + (n - a) * excess(n, a))


def erlang_a(n: float, a: float, patience: float, horizon: float) -> tuple[float, float, float, float, float]:
    """
    Return the numbers that describe waiting with patience (Erlang A).

    They are: the probability of waiting, the abandoned share, the share answered within the horizon, the probability
    that the wait offered is longer than the horizon, given that there is a wait, and the answered share.

    Given a wait, let t = 1 - exp(-V / patience) for the wait V offered. Its density is proportional to
    exp(y t) (1 - t)^(x - 1) on 0 to 1, and everything follows from its mean and its tail.
    """
    if a == 0.0:
        return 0.0, 0.0, 1.0, 0.0, 1.0
    if n == 0.0:
        return 1.0, 1.0, 0.0, 1.0, 0.0
    x = n * patience
    y = a * patience
    q = horizon / patience
    z = y * math.exp(-q)
    free = excess(n, a)
    if y < x + 1.0:
        whole, mean, stay = lower(x, y)
        wait = whole / (free + whole)
        at_once = free / (free + whole) if free < math.inf else 1.0
        tail_whole, _, tail_stay = lower(x, z)
        tail = math.exp((a - n) * horizon - y * decay_gap(q)) * tail_whole / whole
    else:
        peak = math.exp(-log_peak(x, y))
        below = 1.0 - peak * x * upper(x, y) if peak > 0.0 else 1.0
        stay = x / y * (1.0 - peak / below)
        mean = 1.0 - stay
        wait = below / (below + peak * free)
        at_once = peak * free / (below + peak * free)
        if z >= x + 1.0:
            tail_peak = math.exp(-log_peak(x, z))
            tail_below = 1.0 - tail_peak * x * upper(x, z) if tail_peak > 0.0 else 1.0
            tail_stay = x / z * (1.0 - tail_peak / tail_below)
        elif z > 0.0:
            tail_whole, _, tail_stay = lower(x, z)
            tail_below = math.exp(-log_peak(x, z)) * tail_whole
        else:
            tail_stay, tail_below = x / (x + 1.0), 0.0
        tail = tail_below / below
    served = at_once + wait * stay
    in_time = at_once + wait * (stay - tail * math.exp(-q) * tail_stay)
    return wait, wait * mean, min(served, max(0.0, in_time)), min(1.0, tail), served


def service_level(n: float, a: float, horizon: float, patience: float, abandoned: int) -> float:
    """Return the share answered within the horizon, with abandoned messages counted as asked."""
    if a == 0.0:
        return 1.0
    if patience == 0.0:
        if n <= a:
            return 0.0
        return 1.0 - erlang_c(n, a) * math.exp((a - n) * horizon)
    if n == 0.0:
        gone = -math.expm1(-horizon / patience)
        return gone if abandoned == 3 else 0.0
    wait, _, level, tail, served = erlang_a(n, a, patience, horizon)
    if abandoned == 0:
        return level
    if abandoned == 1:
        return level / served
    still_waiting = wait * tail * math.exp(-horizon / patience)
    if abandoned == 2:
        return min(1.0, level / (level + still_waiting)) if level > 0.0 else 0.0
    if abandoned == 3:
        return 1.0 - still_waiting
    return 1.0 - wait * tail


def average_wait(n: float, a: float, patience: float) -> float:
    """Return the mean wait of all messages in handle times."""
    if a == 0.0:
        return 0.0
    if patience > 0.0:
        return patience * erlang_a(n, a, patience, 0.0)[1]
    return math.inf if n <= a else erlang_c(n, a) / (n - a)


def occupancy(n: float, a: float, patience: float) -> float:
    """Return the share of available time spent on messages."""
    if a == 0.0:
        return 0.0
    if n == 0.0:
        return 1.0
    if patience == 0.0:
        return min(1.0, a / n)
    return min(1.0, a * erlang_a(n, a, patience, 0.0)[4] / n)


def is_enough(n: float, a: float, horizon: float, level: float, cap: float, patience: float, abandoned: int) -> bool:
    """Return whether ``n`` agents reach the level within the occupancy cap."""
    if service_level(n, a, horizon, patience, abandoned) < level:
        return False
    return cap >= 1.0 or occupancy(n, a, patience) <= cap * (1.0 + 1e-12)


def first_guess(a: float, horizon: float, level: float, cap: float) -> float:
    """Return a number of agents that is nearly always enough, and never far too large."""
    steps = 8.0 * math.sqrt(a) + 12.0
    if horizon > 0.0:
        steps = min(steps, 1.0 - math.log1p(-level) / horizon)
    return math.ceil(max(a + steps, a / cap)) + 1.0


def required_agents(a: float, horizon: float, level: float, cap: float, patience: float, abandoned: int) -> float:
    """Return the smallest whole number that is enough."""
    return plan(a, horizon, level, cap, patience, abandoned)[0]


def plan(a: float, horizon: float, level: float, cap: float, patience: float, abandoned: int) -> tuple[float, float]:
    """
    Return the smallest whole number that is enough, and 1/B - 1 of Erlang B there (NaN where it was not needed).

    A short climb from the true minimum by the recursion of Erlang B, as most answers are a few agents away; then
    bisection.
    """
    if a == 0.0:
        return 0.0, math.nan
    short = -1.0
    if patience == 0.0:
        if level > 0.0:
            short = math.floor(a)
        if cap < 1.0:
            short = max(short, math.ceil(a / cap * (1.0 - 1e-12)) - 1.0)
        if level > 0.0:
            n = short + 1.0
            free, share = excess(n, a), 1.0 / a
            late, fall, miss = math.exp((a - n) * horizon), math.exp(-horizon), 1.0 - level
            for _ in range(CLIMB):
                if n > a:
                    allowed, waiting = miss * (n + (n - a) * free), late * n
                    if waiting < NEARLY * allowed or (
                        waiting * NEARLY <= allowed and is_enough(n, a, horizon, level, 1.0, 0.0, 0)
                    ):
                        return n, free
                n += 1.0
                free = n * share * (1.0 + free)
                late *= fall
            short = n - 1.0
    enough = max(first_guess(a, horizon, level, cap), short + 1.0)
    step = math.ceil(math.sqrt(a)) + 8.0
    while not is_enough(enough, a, horizon, level, cap, patience, abandoned):
        short = enough
        enough += step
        step *= 2.0
    while enough - short > 1.0:
        middle = math.floor(0.5 * (short + enough))
        if is_enough(middle, a, horizon, level, cap, patience, abandoned):
            enough = middle
        else:
            short = middle
    return enough, math.nan


def required_agents_real(a: float, horizon: float, level: float, cap: float, patience: float, abandoned: int) -> float:
    """Return the real number of agents at which the level and the cap are just met."""
    enough = required_agents(a, horizon, level, cap, patience, abandoned)
    if enough == 0.0:
        return 0.0
    short = enough - 1.0 if patience > 0.0 else max(a, enough - 1.0)
    while enough - short > 1e-12 * max(1.0, enough):
        middle = 0.5 * (short + enough)
        if middle in (short, enough):
            break
        if is_enough(middle, a, horizon, level, cap, patience, abandoned):
            enough = middle
        else:
            short = middle
    return enough
