"""
The laws of Erlang B, C and A on flat arrays, unchecked: the same as :mod:`staffcalc.staffing.erlang_laws`, with scipy.

The doors that check and broadcast are in :mod:`staffcalc.staffing.realtime`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from staffcalc.staffing import gamma_sums

Floats = npt.NDArray[np.float64]
_NODES = np.array(gamma_sums.NODES)
_WEIGHTS = np.array(gamma_sums.WEIGHTS)
_EXACT_BELOW = 1e-290
_FEW = 24.0


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let zero and infinity through: they are defined values here."""

    @functools.wraps(function)
    def calm(*args: Any, **kwargs: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*args, **kwargs)

    return calm


# ---------------------------------------------------------------------------------------------------- building blocks


def _log1p_gap(e: Floats) -> Floats:
    """Return ``e - ln(1 + e)`` without cancellation."""
    r = e / (2.0 + e)
    q = r * r
    # the first terms of 2 (atanh r - r) after e r; enough for |e| < 0.25
    series = q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13 + q * (1 / 15 + q / 17)))))))
    gap = r * (e - 2.0 * series)
    wide = ~(np.abs(e) < 0.25)
    if wide.any():
        gap[wide] = e[wide] - np.log1p(e[wide])
    return gap


def _stirling_gap(x: Floats) -> Floats:
    """Return ``ln(x!) - x ln x + x``."""
    big = np.maximum(x, 15.0)
    i = 1.0 / big
    k = i * i
    tail = i * (1 / 12 - k * (1 / 360 - k * (1 / 1260 - k * (1 / 1680 - k * (1 / 1188 - k * (691 / 360360))))))
    result = 0.5 * np.log(2.0 * np.pi * big) + tail
    small = x < 15.0
    if small.any():
        s = x[small]
        result[small] = special.gammaln(s + 1.0) - special.xlogy(s, s) + s
    return result


def _log_peak(s: Floats, z: Floats) -> Floats:
    """Return ``ln G(s, z)``, see :mod:`staffcalc.staffing.gamma_sums`."""
    e = (z - s) / s
    gap = _log1p_gap(e)
    wide = ~(np.abs(e) < 0.5)
    if wide.any():
        gap[wide] = e[wide] - np.log(z[wide] / s[wide])
    peak = _stirling_gap(s) + s * gap
    none = ~(s > 0.0)
    if none.any():
        peak[none] = z[none]
    return peak


def _share_below(s: Floats, z: Floats) -> Floats:
    """Return the regularised lower incomplete gamma function."""
    below: Floats = special.gammainc(s, z)
    # above about 400,000 scipy stops its series too early between 4.5 and 20 standard deviations below the mean
    rows = np.flatnonzero(s > 2e5)
    if rows.size:
        rows = rows[(z[rows] < s[rows] - 4.4 * np.sqrt(s[rows])) & (below[rows] > _EXACT_BELOW)]
        below[rows] = _lower_summed(s[rows], z[rows])[0] * np.exp(-_log_peak(s[rows], z[rows]))
    return below


def _share_above(s: Floats, z: Floats) -> Floats:
    """Return the regularised upper incomplete gamma function."""
    above: Floats = special.gammaincc(s, z)
    rows = np.flatnonzero(s > 2e5)
    if rows.size:
        rows = rows[z[rows] < s[rows] - 4.4 * np.sqrt(s[rows])]
        above[rows] = 1.0 - _share_below(s[rows], z[rows])
    return above


def _lower(x: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    """Return ``1F1(1; x+1; z)`` and the means of ``t`` and ``1 - t``, see :func:`gamma_sums.lower`."""
    below, peak = _share_below(x, z), _log_peak(x, z)
    value = np.exp(peak) * below
    mean = 1.0 - x / z + x / (z * value)
    stay = 1.0 - mean
    # far below the peak the incomplete gamma underflows, and with a small mean the difference cancels: sum instead
    hard = ~((below > _EXACT_BELOW) & (mean * z > 1e-3 * x * (1.0 + peak)) & (x >= 1.0))
    if hard.any():
        value[hard], mean[hard], stay[hard] = _lower_summed(x[hard], z[hard])
    return value, mean, stay


def _lower_summed(x: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    value, mean, stay = (np.full(x.shape, np.nan) for _ in range(3))
    for small in (True, False):
        rows = np.flatnonzero((x <= gamma_sums._SERIES_UP_TO) == small)
        for part in np.array_split(rows, max(1, rows.size // 4096)):
            if part.size:
                law = _lower_series if small else _lower_quadrature
                value[part], mean[part], stay[part] = law(x[part], z[part])
    return value, mean, stay


def _lower_series(x: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    term, total, first, stay, k = np.ones_like(x), np.zeros_like(x), np.zeros_like(x), np.zeros_like(x), 0.0
    while True:
        total += term
        k += 1.0
        part = term / (x + k)
        stay += part
        first += part * k
        if not (part * k > 1e-18 * first).any():
            return total, first / total, x * stay / total
        term = part * z


def _lower_quadrature(x: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    slope = (x - 1.0 - z)[:, None]
    scale = 2.0 / (np.abs(slope) + np.hypot(slope, np.sqrt(2.0 * x)[:, None]))
    t = scale * _NODES
    inside = np.minimum(t, 0.99)
    weight = np.where(t < 1.0, _WEIGHTS * np.exp(-slope * inside - (x[:, None] - 1.0) * _log1p_gap(-inside)), 0.0)
    total = weight.sum(axis=1)
    mean = (weight * t).sum(axis=1) / total
    return x * scale[:, 0] * total, mean, 1.0 - mean


def law_excess(n: Floats, a: Floats) -> Floats:
    """Return ``1/B - 1`` of Erlang B for ``a > 0``; no digits are lost when B is near 1."""
    free = np.empty(n.shape)
    few = (n <= _FEW) & (n == np.floor(n))
    rows = np.flatnonzero(few)
    free[rows] = _excess_counted(n[rows], a[rows])
    rows = np.flatnonzero(~few)
    n, a = n[rows], a[rows]
    tail = _share_above(n, a)
    part: Floats = np.where(n > 0.0, tail * np.exp(_log_peak(n, a)), 0.0 * a)
    hard = ~(tail > _EXACT_BELOW) & (a > n + 1.0) & (n > 0.0)
    if hard.any():
        part[hard] = n[hard] * _upper_fraction(n[hard], a[hard])
    free[rows] = part
    return free


def _excess_counted(n: Floats, a: Floats) -> Floats:
    """Return ``1/B - 1`` for a few whole agents, by the recursion of Erlang B."""
    free, share = 0.0 * a, 1.0 / a
    for k in range(1, int(n.max(initial=0.0)) + 1):
        free = np.where(n >= k, k * share * (1.0 + free), free)
    return free


def _upper_fraction(s: Floats, z: Floats) -> Floats:
    """Return ``U(s, z)`` by its continued fraction, for ``z`` far above ``s``."""
    b = z + 1.0 - s
    c, d = np.full_like(b, 1e300), 1.0 / b
    fraction, k = d, 1.0
    while True:
        part = -k * (k - s)
        b = b + 2.0
        d = 1.0 / (part * d + b)
        c = b + part / c
        fraction = fraction * c * d
        if k > 10_000.0 or not (np.abs(c * d - 1.0) > 4e-16).any():
            return fraction
        k += 1.0


# --------------------------------------------------------------------------------------------------- laws, flat arrays


def law_c(n: Floats, a: Floats) -> Floats:
    """Return the Erlang C probability of waiting."""
    value = n / (n + (n - a) * law_excess(n, a))
    return np.where(a == 0.0, 0.0, np.where(n <= a, 1.0, value)) + 0.0 * (n + a)


def law_a(n: Floats, a: Floats, patience: Floats, horizon: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return waiting, abandoned, answered in time, tail and answered of Erlang A, see :func:`erlang_laws.erlang_a`."""
    n, a, patience, horizon = (np.asarray(v, dtype=float) for v in np.broadcast_arrays(n, a, patience, horizon))
    x, y, q = n * patience, a * patience, horizon / patience
    z = y * np.exp(-q)
    wait, at_once, stay, mean, tail, tail_stay = (np.full(x.shape, np.nan) for _ in range(6))
    free = law_excess(n, a)
    light = y < x + 1.0
    rows = np.flatnonzero(light & (a > 0) & (n > 0))
    if rows.size:
        xs, ys, qs = x[rows], y[rows], q[rows]
        whole, mean[rows], stay[rows] = _lower(xs, ys)
        wait[rows] = whole / (free[rows] + whole)
        at_once[rows] = np.where(free[rows] < np.inf, free[rows] / (free[rows] + whole), 1.0)
        part, _, tail_stay[rows] = _lower(xs, z[rows])
        shift = (a[rows] - n[rows]) * horizon[rows] - ys * _decay_gap(qs)
        tail[rows] = np.exp(shift) * part / whole
    rows = np.flatnonzero(~light & (a > 0) & (n > 0))
    if rows.size:
        xs, ys, zs = x[rows], y[rows], z[rows]
        below, peak = _share_below(xs, ys), np.exp(-_log_peak(xs, ys))
        stay[rows] = xs / ys * (1.0 - peak / below)
        mean[rows] = 1.0 - stay[rows]
        total = below + peak * free[rows]
        wait[rows], at_once[rows] = below / total, peak * free[rows] / total
        tail_below = _share_below(xs, zs)
        tail_stay[rows] = xs / zs * (1.0 - np.exp(-_log_peak(xs, zs)) / tail_below)
        near = np.flatnonzero((zs < xs + 1.0) & (zs > 0.0))
        if near.size:
            tail_stay[rows[near]] = _lower(xs[near], zs[near])[2]
        gone = np.flatnonzero(zs == 0.0)
        tail_stay[rows[gone]], tail_below[gone] = xs[gone] / (xs[gone] + 1.0), 0.0
        tail[rows] = tail_below / below
    served = at_once + wait * stay
    level = np.minimum(served, np.maximum(0.0, at_once + wait * (stay - tail * np.exp(-q) * tail_stay)))
    left = wait * mean
    tail = np.minimum(tail, 1.0)
    for where, values in ((n == 0.0, (1.0, 1.0, 0.0, 1.0, 0.0)), (a == 0.0, (0.0, 0.0, 1.0, 0.0, 1.0))):
        for column, value in zip((wait, left, level, tail, served), values, strict=True):
            column[where & ~np.isnan(n + a + patience + horizon)] = value
    return wait, left, level, tail, served


def _decay_gap(q: Floats) -> Floats:
    """Return ``q - (1 - exp(-q))`` without cancellation."""
    s = np.minimum(q, 0.5)
    series = np.full_like(s, 1.0 / 16.0)
    for k in range(15, 2, -1):
        series = (1.0 - s * series) / k
    return np.where(q > 0.5, q + np.expm1(-q), 0.5 * s * s * (1.0 - s * series))


def law_level(n: Floats, a: Floats, horizon: Floats, patience: Floats | None, abandoned: int) -> Floats:
    """Return the service level; times in handle times, ``patience`` None for senders who never give up."""
    if patience is None:
        return np.where((n <= a) & (a > 0), 0.0, 1.0 - law_c(n, a) * np.exp(np.minimum((a - n) * horizon, 0.0)))
    wait, _, level, tail, served = law_a(n, a, patience, horizon)
    if abandoned == 0:
        return level
    nobody = (n == 0.0) & (a > 0.0)
    if abandoned == 1:
        return np.where(nobody, 0.0, level / served)
    waiting = wait * tail * np.exp(-horizon / patience)
    if abandoned == 2:
        return np.where(level > 0.0, np.minimum(level / (level + waiting), 1.0), 0.0 * level)
    return 1.0 - (waiting if abandoned == 3 else wait * tail)


def law_occupancy(n: Floats, a: Floats, patience: Floats | None) -> Floats:
    """Return the share of available time spent on messages."""
    carried = a if patience is None else a * law_a(n, a, patience, np.zeros_like(a))[4]
    return np.where(a == 0.0, 0.0, np.where(n == 0.0, 1.0, np.minimum(carried / n, 1.0))) + 0.0 * (n + a)
