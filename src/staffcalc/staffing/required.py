"""
The fewest agents that reach a service level, on arrays: a short climb from the true minimum, then bisection.

The public function is :func:`staffcalc.required_agents`, which hands arrays over to this module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from staffcalc.staffing import array_laws, erlang_laws, realtime
from staffcalc.staffing.day_rate import law_level_days
from staffcalc.staffing.headcount import check_most

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
_CHUNK = 1 << 14


def law_required(
    a: Floats,
    horizon: Floats,
    level: Floats,
    cap: Floats,
    patience: Floats | None,
    abandoned: int,
    day_cv: float = 0.0,
) -> Floats:
    """Return the smallest whole numbers that are enough: a short climb, then bisection on all rows at once."""
    return law_plan(a, horizon, level, cap, patience, abandoned, day_cv)[0]


def law_plan(
    a: Floats,
    horizon: Floats,
    level: Floats,
    cap: Floats,
    patience: Floats | None,
    abandoned: int,
    day_cv: float = 0.0,
) -> tuple[Floats, Floats]:
    """Return the smallest whole numbers that are enough, and 1/B - 1 of Erlang B there (NaN where not needed)."""
    agents, free = np.empty(a.shape), np.full(a.shape, np.nan)
    for start in range(0, a.size, _CHUNK):  # small enough to stay in the processor's cache
        part = slice(start, start + _CHUNK)
        waits = None if patience is None else patience[part]
        agents[part], free[part] = _plan(a[part], horizon[part], level[part], cap[part], waits, abandoned, day_cv)
    return agents, free


def _plan(
    a: Floats, horizon: Floats, level: Floats, cap: Floats, patience: Floats | None, abandoned: int, day_cv: float
) -> tuple[Floats, Floats]:
    low = np.full(a.shape, -1.0)
    plain = patience is None and day_cv == 0.0
    if plain:
        low = np.where(level > 0.0, np.floor(a), low)
    if patience is None and (cap < 1.0).any():
        low = np.maximum(low, np.where(cap < 1.0, np.ceil(a / cap * (1.0 - 1e-12)), 0.0) - 1.0)
    high, free = np.zeros(a.shape), np.full(a.shape, np.nan)
    rows = np.flatnonzero(a > 0.0)
    if plain:
        rows = _climb(a, horizon, level, low, high, free)
    if rows.size:
        high[rows] = np.inf
        enough = _tester(a, horizon, level, cap, patience, abandoned, day_cv)
        _bisect(enough, rows, np.floor(a) + 1.0, np.ceil(0.5 * np.sqrt(a)), low, high)
    return high, free


def _bisect(
    enough: Callable[[Floats, Rows], npt.NDArray[np.bool_]],
    rows: Rows,
    first: Floats,
    step: Floats,
    low: Floats,
    high: Floats,
) -> None:
    """
    Find the smallest number above ``low`` that is enough and write it to ``high``, for the rows given.

    Each row strides from its first guess, down or up, with steps that double, until it has the answer between two
    numbers; then the gap is halved.
    """
    guess, stride = np.maximum(first[rows], low[rows] + 1.0), step[rows]
    good = enough(guess, rows)
    high[rows[good]], low[rows[~good]] = guess[good], guess[~good]
    down, far = rows[good], stride[good]
    while down.size:
        on = high[down] - low[down] > 1.0
        down, far = down[on], far[on]
        guess = np.maximum(high[down] - far, low[down] + 1.0)
        good = enough(guess, down)
        high[down[good]], low[down[~good]] = guess[good], guess[~good]
        down, far = down[good], 2.0 * far[good]
    up, far = rows[~np.isfinite(high[rows])], stride[~np.isfinite(high[rows])]
    while up.size:
        guess = low[up] + far
        good = enough(guess, up)
        high[up[good]], low[up[~good]] = guess[good], guess[~good]
        up, far = up[~good], 2.0 * far[~good]
    rows = rows[high[rows] - low[rows] > 1.0]
    while rows.size:
        middle = np.floor(0.5 * (low[rows] + high[rows]))
        good = enough(middle, rows)
        high[rows[good]], low[rows[~good]] = middle[good], middle[~good]
        rows = rows[high[rows] - low[rows] > 1.0]


def law_required_real(
    a: Floats,
    horizon: Floats,
    level: Floats,
    cap: Floats,
    patience: Floats | None,
    abandoned: int,
    day_cv: float = 0.0,
) -> Floats:
    """Return the real numbers of agents at which the level and the cap are just met."""
    enough = _tester(a, horizon, level, cap, patience, abandoned, day_cv)
    high = law_required(a, horizon, level, cap, patience, abandoned, day_cv)
    low = np.maximum(high - 1.0, 0.0)
    if patience is None and day_cv == 0.0:
        low = np.minimum(high, np.maximum(low, a))
    rows = np.flatnonzero(high > 0.0)
    while rows.size:
        middle = 0.5 * (low[rows] + high[rows])
        good = (
            enough(middle, rows) & (middle >= a[rows] / cap[rows] * (1.0 - 1e-12))
            if patience is None
            else enough(middle, rows)
        )
        high[rows[good]] = middle[good]
        low[rows[~good]] = middle[~good]
        rows = rows[high[rows] - low[rows] > 1e-12 * np.maximum(1.0, high[rows])]
    return high


def _tester(
    a: Floats,
    horizon: Floats,
    level: Floats,
    cap: Floats,
    patience: Floats | None,
    abandoned: int,
    day_cv: float,
) -> Callable[[Floats, Rows], npt.NDArray[np.bool_]]:
    """Return the function that says whether ``n`` agents are enough for some of the rows."""

    def enough(n: Floats, rows: Rows) -> npt.NDArray[np.bool_]:
        waits = None if patience is None else patience[rows]
        good: npt.NDArray[np.bool_] = law_level_days(n, a[rows], horizon[rows], waits, abandoned, day_cv) >= level[rows]
        if waits is not None and (cap[rows] < 1.0).any():
            good &= (cap[rows] >= 1.0) | (array_laws.law_occupancy(n, a[rows], waits) <= cap[rows] * (1.0 + 1e-12))
        return good

    return enough


def _climb(a: Floats, horizon: Floats, level: Floats, low: Floats, high: Floats, free: Floats) -> Rows:
    """
    Walk up from the true minimum by the recursion of Erlang B: most answers are a few agents away.

    Writes answers to ``high`` and their 1/B - 1 to ``free``; returns the rows that need a longer way, ``low`` raised.
    """
    rows = np.flatnonzero((a > 0.0) & (level > 0.0))
    load, wait = a[rows], horizon[rows]
    n = low[rows] + 1.0
    spare = n - load
    odds, share = array_laws.law_excess(n, load), 1.0 / load
    late, fall, miss = np.exp(-spare * wait), np.exp(-wait), 1.0 - level[rows]
    for _ in range(erlang_laws.CLIMB):
        allowed, waiting = miss * (n + spare * odds), late * n
        good = (waiting < erlang_laws.NEARLY * allowed) & (spare > 0.0)
        close = np.flatnonzero(~good & (waiting * erlang_laws.NEARLY <= allowed) & (spare > 0.0))
        for i in close:  # a tie to twelve digits: ask the scalar law
            good[i] = erlang_laws.is_enough(n[i], load[i], wait[i], level[rows[i]], 1.0, 0.0, 0)
        found = rows[good]
        high[found], free[found] = n[good], odds[good]
        on = np.flatnonzero(~good)
        rows, load, wait, spare, n = rows[on], load[on], wait[on], spare[on] + 1.0, n[on] + 1.0
        share, odds, late, fall, miss = share[on], odds[on], late[on], fall[on], miss[on]
        if not rows.size:
            break
        odds = n * share * (1.0 + odds)
        late = late * fall
    low[rows] = n - 1.0
    return np.append(rows, np.flatnonzero((a > 0.0) & ~(level > 0.0)))


@array_laws.quiet
def required_agents(
    load_erlangs: Any,
    *,
    aht_minutes: Any,
    within_minutes: Any,
    service_level: Any,
    max_occupancy: Any = 1.0,
    patience_minutes: Any = None,
    abandoned: str = "missed",
    whole: bool = True,
    day_cv: float = 0.0,
    engine: str = "numpy",
) -> npt.NDArray[Any]:
    """Return required agents on arrays."""
    names = {
        "load_erlangs": load_erlangs,
        "aht_minutes": aht_minutes,
        "within_minutes": within_minutes,
        "service_level": service_level,
        "max_occupancy": max_occupancy,
    }
    if patience_minutes is not None:
        names["patience_minutes"] = patience_minutes
    (a, h, t, level, cap, *p), shape = realtime.columns(**names, missing=False)
    check_most("load_erlangs", float((a / cap).max(initial=0.0)))
    patience = p[0] / h if p else None
    if engine == "numba" and whole and day_cv == 0.0:
        from staffcalc.staffing import fast

        quick = fast.plan(a, t / h, level, cap, patience, realtime.word(abandoned))[0]
        return quick.astype(np.int64).reshape(shape)
    law = law_required if whole else law_required_real
    found = law(a, t / h, level, cap, patience, realtime.word(abandoned), day_cv)
    return (found.astype(np.int64) if whole else found).reshape(shape)
