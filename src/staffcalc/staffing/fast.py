"""The scalar laws, compiled by numba and run over arrays: the same numbers, faster. Extra ``fast``."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from staffcalc.errors import MissingExtraError
from staffcalc.staffing import erlang_laws, gamma_sums

Floats = npt.NDArray[np.float64]
_ROWS_A_THREAD = 20_000
_LAWS: tuple[Callable[..., Any], ...] = (
    *(gamma_sums.log1p_gap, gamma_sums.decay_gap, gamma_sums.stirling_gap, gamma_sums.log_peak),
    *(gamma_sums.lower, gamma_sums.upper, erlang_laws.sum_down, erlang_laws.excess, erlang_laws.erlang_b),
    erlang_laws.erlang_c,
    *(erlang_laws.erlang_a, erlang_laws.service_level, erlang_laws.average_wait, erlang_laws.occupancy),
    *(erlang_laws.is_enough, erlang_laws.first_guess, erlang_laws.plan),
)


def plan(
    load: Floats, horizon: Floats, level: Floats, cap: Floats, patience: Floats | None, abandoned: int
) -> tuple[Floats, Floats]:
    """Return what :func:`staffcalc.staffing.required.law_plan` returns."""
    waits = np.zeros_like(load) if patience is None else patience
    agents, free = _in_threads(_compiled()[0], load, horizon, level, cap, waits, np.full(load.shape, abandoned))
    return agents, free


def answer(
    load: Floats, horizon: Floats, level: Floats, cap: Floats, patience: Floats | None, most: Floats | None
) -> tuple[Floats, npt.NDArray[np.bool_], Floats, Floats, Floats]:
    """Return agents, whether they are short of the need, level reached, wait in handle times and abandoned share."""
    waits = np.zeros_like(load) if patience is None else patience
    limit = np.full(load.shape, np.inf) if most is None else most
    agents, short, reached, wait, left = _in_threads(_compiled()[1], load, horizon, level, cap, waits, limit)
    return agents, short, reached, wait, left


def _in_threads(function: Callable[..., tuple[Any, ...]], *columns: npt.NDArray[Any]) -> tuple[Any, ...]:
    """Run a compiled function on pieces of the rows side by side; no row knows of another."""
    workers = min(os.cpu_count() or 1, columns[0].size // _ROWS_A_THREAD)
    if workers < 2:
        return function(*columns)
    pieces = zip(*(np.array_split(column, workers) for column in columns), strict=True)
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(lambda piece: function(*piece), pieces))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


@functools.cache
def _compiled() -> tuple[Any, Any]:
    """Compile the laws once for the process; they stay plain Python for everybody else."""
    try:
        import numba
        from numba.extending import register_jitable
    except ImportError as error:
        raise MissingExtraError("missing_extra", purpose='engine="numba"', package="numba", extra="fast") from error
    for law in _LAWS:
        register_jitable(law)
    plan_one, law_one, excess = erlang_laws.plan, erlang_laws.erlang_a, erlang_laws.excess

    @numba.njit(nogil=True)
    def plan_all(load, horizon, level, cap, patience, abandoned):  # type: ignore[no-untyped-def]
        agents, free = np.empty(load.size), np.empty(load.size)
        for i in range(load.size):
            agents[i], free[i] = plan_one(load[i], horizon[i], level[i], cap[i], patience[i], abandoned[i])
        return agents, free

    @numba.njit(nogil=True)
    def answer_all(load, horizon, level, cap, patience, most):  # type: ignore[no-untyped-def]
        agents, reached = np.empty(load.size), np.empty(load.size)
        wait, left, short = np.empty(load.size), np.zeros(load.size), np.zeros(load.size, dtype=np.bool_)
        for i in range(load.size):
            a = load[i]
            n, free = plan_one(a, horizon[i], level[i], cap[i], patience[i], 0)
            if n > most[i]:
                n, free, short[i] = most[i], np.nan, True
            agents[i] = n
            if a == 0.0:
                reached[i], wait[i] = 1.0, 0.0
            elif patience[i] > 0.0:
                _, left[i], reached[i], _, _ = law_one(n, a, patience[i], horizon[i])
                wait[i] = patience[i] * left[i]
            elif n <= a:
                reached[i], wait[i] = 0.0, np.inf
            else:
                if np.isnan(free):
                    free = excess(n, a)
                share = n / (n + (n - a) * free)
                reached[i], wait[i] = 1.0 - share * np.exp((a - n) * horizon[i]), share / (n - a)
        return agents, short, reached, wait, left

    return plan_all, answer_all
