r"""
The two integrals behind every Erlang formula, for plain floats and with ``math`` only.

With :math:`s > 0` and :math:`z \ge 0` the incomplete gamma functions, scaled by :math:`e^z z^{-s}`, are

.. math::

    L(s,z) = \int_0^1 e^{zt}(1-t)^{s-1} dt, \qquad U(s,z) = \int_0^\infty e^{-zt}(1+t)^{s-1} dt,
    \qquad L + U = G(s,z)/s, \qquad G(s,z) = \Gamma(s+1)\, e^z z^{-s}.

Each is a sum of positive terms on its own side of :math:`z = s`, so nothing cancels and nothing underflows from 0 to
far above 1,000,000. Small arguments take the power series or the continued fraction; large ones a double-exponential
quadrature of fixed length, so the cost does not grow with the load. No function here checks its arguments: the callers
do. The functions are also compiled by ``numba`` when the extra ``fast`` is asked for, so they stay plain loops.
"""

from __future__ import annotations

import math

_SERIES_UP_TO = 300.0
_STEP = 1.0 / 12.0
NODES = tuple(math.exp(u - math.exp(-u)) for u in (k * _STEP for k in range(-43, 51)))
WEIGHTS = tuple(_STEP * (1.0 + math.exp(-u)) * math.exp(u - math.exp(-u)) for u in (k * _STEP for k in range(-43, 51)))


def log1p_gap(e: float) -> float:
    """Return ``e - ln(1 + e)`` without cancellation, for ``e > -1``."""
    if e < -0.5 or e > 1.0:
        return e - math.log1p(e)
    r = e / (2.0 + e)
    square = r * r
    total = 0.0
    term = r * square
    k = 3.0
    while True:
        step = term / k
        total += step
        if step * step <= 1e-36 * total * total:
            break
        term *= square
        k += 2.0
    return e * r - 2.0 * total


def decay_gap(q: float) -> float:
    """Return ``q - (1 - exp(-q))`` without cancellation, for ``q >= 0``."""
    if q > 0.5:
        return q + math.expm1(-q)
    total = 0.0
    term = 0.5 * q * q
    k = 3.0
    while term > 1e-18 * total or term < -1e-18 * total:
        total += term
        term *= -q / k
        k += 1.0
    return total


def stirling_gap(x: float) -> float:
    """Return ``ln(x!) - x ln x + x``, for ``x >= 0``."""
    if x <= 0.0:
        return 0.0
    if x < 15.0:
        return math.lgamma(x + 1.0) - x * math.log(x) + x
    i = 1.0 / x
    k = i * i
    tail = i * (1 / 12 - k * (1 / 360 - k * (1 / 1260 - k * (1 / 1680 - k * (1 / 1188 - k * (691 / 360360))))))
    return 0.5 * math.log(2.0 * math.pi * x) + tail


def log_peak(s: float, z: float) -> float:
    """Return ``ln G(s, z)``: minus the logarithm of the Poisson probability of ``s`` at mean ``z``."""
    if s <= 0.0:
        return z
    e = (z - s) / s
    gap = log1p_gap(e) if -0.5 < e < 1.0 else e - math.log(z / s)
    return stirling_gap(s) + s * gap


def lower(x: float, z: float) -> tuple[float, float, float]:
    """
    Return ``x L(x, z) = 1F1(1; x+1; z)`` and the means of ``t`` and ``1 - t`` under its integrand, for ``z <= x + 1``.

    The mean of ``t`` is the derivative of the logarithm of the first value.
    """
    total = 0.0
    first = 0.0
    if x <= _SERIES_UP_TO:
        stay = 0.0
        term = 1.0
        k = 0.0
        while True:
            total += term
            k += 1.0
            part = term / (x + k)
            stay += part
            first += part * k
            if part * k <= 1e-18 * first:
                break
            term = part * z
        return total, first / total, x * stay / total
    slope = x - 1.0 - z
    scale = 2.0 / (abs(slope) + math.hypot(slope, math.sqrt(2.0 * x)))
    for i in range(len(NODES)):
        t = scale * NODES[i]
        if t >= 1.0:
            break
        weight = WEIGHTS[i] * math.exp(-slope * t - (x - 1.0) * log1p_gap(-t))
        total += weight
        first += weight * t
    return x * scale * total, first / total, 1.0 - first / total


def upper(s: float, z: float) -> float:
    """Return ``U(s, z)``, for ``z >= s`` and ``z >= 1``."""
    if s > _SERIES_UP_TO:
        slope = z - s + 1.0
        scale = 2.0 / (abs(slope) + math.hypot(slope, math.sqrt(2.0 * s)))
        total = 0.0
        for i in range(len(NODES)):
            t = scale * NODES[i]
            total += WEIGHTS[i] * math.exp(-slope * t - (s - 1.0) * log1p_gap(t))
        return scale * total
    b = z + 1.0 - s
    c = 1e300
    d = 1.0 / b
    fraction = d
    k = 1.0
    while True:
        a = -k * (k - s)
        b += 2.0
        d = 1.0 / (a * d + b)
        c = b + a / c
        change = c * d
        fraction *= change
        if abs(change - 1.0) < 4e-16 or k > 10_000.0:
            break
        k += 1.0
    return fraction
