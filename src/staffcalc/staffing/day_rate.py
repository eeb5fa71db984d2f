r"""
Service levels when some days are busier than others: the expectation over a gamma day factor.

A plan for the mean day promises too much, because busy days carry more messages than quiet ones. The factor :math:`G`
has mean 1 and the given coefficient of variation; the share of *messages* in time is :math:`E[G\,SL(n; G a)]`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from staffcalc.staffing import array_laws

Floats = npt.NDArray[np.float64]
_X, _W = np.polynomial.legendre.leggauss(24)
_POINTS, _WEIGHTS = 0.5 * (_X + 1.0), 0.5 * _W
_TAIL = 1e-13
_CHUNK = 1 << 15


def law_level_days(
    n: Floats, a: Floats, horizon: Floats, patience: Floats | None, abandoned: int, day_cv: float
) -> Floats:
    """Return the share of messages in time over random days; times in handle times."""
    if day_cv == 0.0:
        return array_laws.law_level(n, a, horizon, patience, abandoned)
    result = np.empty(n.shape)
    for part in np.array_split(np.arange(n.size), max(1, n.size * 2 * _POINTS.size // _CHUNK)):
        waits = None if patience is None else patience[part]
        result[part] = _level(n[part], a[part], horizon[part], waits, abandoned, day_cv)
    return result


def _level(n: Floats, a: Floats, horizon: Floats, patience: Floats | None, abandoned: int, day_cv: float) -> Floats:
    # messages see the day factor weighted by itself: a gamma of one more shape, same scale
    shape, scale = 1.0 / day_cv**2 + 1.0, day_cv**2
    least = float(special.gammaincinv(shape, _TAIL)) * scale
    most = float(special.gammainccinv(shape, _TAIL)) * scale
    edge = np.clip(n / np.maximum(a, 1e-300), least, most)
    total = np.zeros(n.shape)
    # the level turns sharply where the day's load passes the agents: both sides crowd their points there
    for far in (least, most):
        if patience is None and far == most:
            continue  # a day that the team cannot keep up with answers nothing in time
        span = far - edge
        g = edge[:, None] + span[:, None] * _POINTS**2
        density = np.exp((shape - 1.0) * np.log(g / scale) - g / scale - special.gammaln(shape)) / scale
        waits = None if patience is None else np.repeat(patience, _POINTS.size)
        many = array_laws.law_level(
            np.repeat(n, _POINTS.size), (a[:, None] * g).ravel(), np.repeat(horizon, _POINTS.size), waits, abandoned
        )
        total += np.abs(span) * ((density * many.reshape(g.shape)) @ (2.0 * _POINTS * _WEIGHTS))
    return np.where(np.isnan(n + a + horizon), np.nan, np.where(a == 0.0, 1.0, np.clip(total, 0.0, 1.0)))
