"""
The fewest agents that reach a service level, on arrays: a short climb from the true minimum, then bisection.

The public function is :func:`staffcalc.required_agents`, which hands arrays over to this module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from staffcalc.staffing import erlang_laws, realtime
from staffcalc.staffing.day_rate import law_level_days

Floats = npt.NDArray[np.float64]


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
    enough = _tester(a, horizon, level, cap, patience, abandoned, day_cv)
    low = np.where(level > 0.0, np.floor(a), -1.0) if patience is None and day_cv == 0.0 else np.full(a.shape, -1.0)
    steps = np.minimum(8.0 * np.sqrt(a) + 12.0, 1.0 - np.log1p(-level) / np.maximum(horizon, 1e-300))
    high = np.ceil(np.maximum(a + steps, a / cap)) + 1.0
    if patience is None:
        at_cap = np.where(cap < 1.0, np.ceil(a / cap * (1.0 - 1e-12)), 0.0)
        low = np.maximum(low, at_cap - 1.0)
    done = np.zeros(a.shape, dtype=bool)
    if patience is None and day_cv == 0.0:
        low, high, done = _climb(a, horizon, level, low, high)
    step = np.ceil(np.sqrt(a)) + 8.0
    open_rows = np.flatnonzero((a > 0.0) & ~done)
    while open_rows.size:
        short = open_rows[~enough(high[open_rows], open_rows)]
        low[short] = high[short]
        high[short] += step[short]
        step[short] *= 2.0
        open_rows = short
    open_rows = np.flatnonzero((a > 0.0) & ~done & (high - low > 1.0))
    while open_rows.size:
        middle = np.floor(0.5 * (low[open_rows] + high[open_rows]))
        good = enough(middle, open_rows)
        high[open_rows[good]] = middle[good]
        low[open_rows[~good]] = middle[~good]
        open_rows = open_rows[high[open_rows] - low[open_rows] > 1.0]
    return np.where(a == 0.0, 0.0, high)


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
) -> Callable[[Floats, npt.NDArray[np.intp]], npt.NDArray[np.bool_]]:
    """Return the function that says whether ``n`` agents are enough for some of the rows."""

    def enough(n: Floats, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        waits = None if patience is None else patience[rows]
        good: npt.NDArray[np.bool_] = law_level_days(n, a[rows], horizon[rows], waits, abandoned, day_cv) >= level[rows]
        if waits is not None and (cap[rows] < 1.0).any():
            good &= (cap[rows] >= 1.0) | (realtime.law_occupancy(n, a[rows], waits) <= cap[rows] * (1.0 + 1e-12))
        return good

    return enough


def _climb(
    a: Floats, horizon: Floats, level: Floats, low: Floats, high: Floats
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Walk up from the true minimum by the recursion of Erlang B: most answers are a few agents away."""
    low, high, done = low.copy(), high.copy(), np.zeros(a.shape, dtype=bool)
    rows = np.flatnonzero((a > 0.0) & (level > 0.0))
    load, goal, fall = a[rows], level[rows], np.exp(-horizon[rows])
    n = low[rows] + 1.0
    loss, late = realtime.law_b(n, load), np.exp((load - n) * horizon[rows])
    for _ in range(erlang_laws.CLIMB):
        spare = n - load
        good = (spare > 0.0) & (1.0 - late * (n * loss) / (spare + load * loss) >= goal)
        found = rows[good]
        high[found], done[found] = n[good], True
        on = ~good
        rows, load, goal, fall, n, loss, late = rows[on], load[on], goal[on], fall[on], n[on], loss[on], late[on]
        if not rows.size:
            break
        n = n + 1.0
        carried = load * loss
        loss = carried / (n + carried)
        late = late * fall
    low[rows] = n - 1.0
    return low, high, done


@realtime.quiet
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
    patience = p[0] / h if p else None
    if engine == "numba" and whole and day_cv == 0.0:
        from staffcalc.staffing import fast

        quick = fast.required(a, t / h, level, cap, patience, realtime.word(abandoned))
        return quick.astype(np.int64).reshape(shape)
    law = law_required if whole else law_required_real
    found = law(a, t / h, level, cap, patience, realtime.word(abandoned), day_cv)
    return (found.astype(np.int64) if whole else found).reshape(shape)
