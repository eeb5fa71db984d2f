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
    *(gamma_sums.lower, gamma_sums.upper, erlang_laws.sum_down, erlang_laws.inverse_b, erlang_laws.erlang_b),
    erlang_laws.erlang_c,
    *(erlang_laws.erlang_a, erlang_laws.service_level, erlang_laws.average_wait, erlang_laws.occupancy),
    *(erlang_laws.is_enough, erlang_laws.first_guess, erlang_laws.required_agents),
)


def required(
    load: Floats, horizon: Floats, level: Floats, cap: Floats, patience: Floats | None, abandoned: int
) -> Floats:
    """Return the smallest whole numbers of agents, as :func:`staffcalc.staffing.required.law_required` does."""
    waits = np.zeros_like(load) if patience is None else patience
    found: Floats = _compiled()[0](load, horizon, level, cap, waits, abandoned)
    return found


def measure(agents: Floats, load: Floats, horizon: Floats, patience: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Return service level, average wait in handle times, and abandoned share."""
    waits = np.zeros_like(load) if patience is None else patience
    found: tuple[Floats, Floats, Floats] = _compiled()[1](agents, load, horizon, waits)
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
    needed, law_a, law_c = erlang_laws.required_agents, erlang_laws.erlang_a, erlang_laws.erlang_c

    @numba.njit(nogil=True)
    def run(load, horizon, level, cap, patience, abandoned):  # type: ignore[no-untyped-def]
        found = np.empty(load.size)
        for i in range(load.size):
            found[i] = needed(load[i], horizon[i], level[i], cap[i], patience[i], abandoned)
        return found

    @numba.njit(nogil=True)
    def look(agents, load, horizon, patience):  # type: ignore[no-untyped-def]
        level, wait, left = np.empty(load.size), np.empty(load.size), np.zeros(load.size)
        for i in range(load.size):
            n, a = agents[i], load[i]
            if patience[i] > 0.0:
                _, left[i], level[i], _ = law_a(n, a, patience[i], horizon[i])
                wait[i] = patience[i] * left[i]
            elif a == 0.0:
                level[i], wait[i] = 1.0, 0.0
            elif n <= a:
                level[i], wait[i] = 0.0, np.inf
            else:
                share = law_c(n, a)
                level[i], wait[i] = 1.0 - share * np.exp((a - n) * horizon[i]), share / (n - a)
        return level, wait, left

    return run, look
