"""The scalar laws, compiled by numba and run over arrays: the same numbers, faster. Extra ``fast``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from staffcalc.errors import MissingExtraError
from staffcalc.staffing import erlang_laws, gamma_sums

Floats = npt.NDArray[np.float64]
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
    found: tuple[Floats, Floats] = _compiled()[0](load, horizon, level, cap, waits, abandoned)
    return found


def law_a(agents: Floats, load: Floats, patience: Floats, horizon: Floats) -> tuple[Floats, Floats]:
    """Return the abandoned share and the share answered in time of Erlang A."""
    found: tuple[Floats, Floats] = _compiled()[1](agents, load, patience, horizon)
    return found


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
    plan_one, law_one = erlang_laws.plan, erlang_laws.erlang_a

    @numba.njit(nogil=True)
    def run(load, horizon, level, cap, patience, abandoned):  # type: ignore[no-untyped-def]
        agents, free = np.empty(load.size), np.empty(load.size)
        for i in range(load.size):
            agents[i], free[i] = plan_one(load[i], horizon[i], level[i], cap[i], patience[i], abandoned)
        return agents, free

    @numba.njit(nogil=True)
    def look(agents, load, patience, horizon):  # type: ignore[no-untyped-def]
        left, level = np.empty(load.size), np.empty(load.size)
        for i in range(load.size):
            _, left[i], level[i], _, _ = law_one(agents[i], load[i], patience[i], horizon[i])
        return left, level

    return run, look
