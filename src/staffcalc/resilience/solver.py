"""One door to the integer programmes of this room: exact within the time allowed, with a proven bound where not."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from staffcalc import _checks
from staffcalc.reference.lookup import figure

PROOF_SECONDS = figure("proof_seconds").value
"""Time after which a search for a proof stops unless the caller says otherwise. [s]"""

Floats = npt.NDArray[np.float64]


def patience(time_limit: float | None) -> float:
    """Return a checked time limit; infinite if there is none. [s]"""
    return math.inf if time_limit is None else _checks.at_least("time_limit", time_limit, unit="s")


@dataclasses.dataclass(frozen=True, eq=False)
class Solved:
    """
    What the solver found.

    Parameters
    ----------
    values : array or None
        Best solution found; None if none was.
    exact : bool
        Whether it is proven to be the best.
    bound : float
        Proven lower bound of the cost.
    infeasible : bool
        Whether it is proven that there is no solution.
    """

    values: Floats | None
    exact: bool
    bound: float
    infeasible: bool


def solve_rows(
    cost: Floats,
    rows: Sequence[tuple[Sequence[int], Sequence[float]]],
    upper: Floats,
    *,
    whole: npt.NDArray[np.int64],
    time_limit: float | None,
    most: Floats | float = 1.0,
) -> Solved:
    """
    Minimise a cost over variables between 0 and ``most`` under rows ``sum of coefficient times variable <= upper``.

    Parameters
    ----------
    cost : array
        Cost of each variable.
    rows : sequence of (columns, coefficients)
        The rows, sparse; a column that stands twice in a row counts twice.
    upper : array
        Right-hand sides.
    whole : array
        1 where a variable must be whole.
    time_limit : float or None
        Seconds after which the search stops. [s]
    most : array or float
        Largest value of each variable.
    """
    from scipy import sparse

    starts = np.cumsum([0] + [len(columns) for columns, _ in rows])
    columns = np.array([column for row, _ in rows for column in row], dtype=np.int64)
    values = np.array([value for _, row in rows for value in row], dtype=np.float64)
    matrix = sparse.csr_array((values, columns, starts), shape=(len(rows), len(cost)))
    matrix.sum_duplicates()
    return solve(cost, matrix, upper, whole=whole, highest=most, time_limit=time_limit)


def solve(
    cost: Floats,
    matrix: Any,
    upper: Floats,
    *,
    whole: npt.NDArray[np.int64],
    highest: Floats | float = 1.0,
    time_limit: float | None,
) -> Solved:
    """Minimise ``cost`` over variables from 0 to ``highest`` under ``matrix @ variables <= upper``."""
    from scipy import optimize

    options: dict[str, Any] = {"mip_rel_gap": 0.0}
    if math.isfinite(seconds := patience(time_limit)):
        options["time_limit"] = seconds
    milp: Any = optimize.milp
    limits, rows = optimize.Bounds(0.0, highest), optimize.LinearConstraint(matrix, -np.inf, upper)
    answer = milp(cost, integrality=whole, bounds=limits, constraints=rows, options=options)
    found = None if answer.x is None else np.asarray(answer.x, dtype=np.float64)
    exact = answer.status == 0
    dual = answer.fun if exact and not whole.any() else answer.mip_dual_bound
    bound = float(dual) if dual is not None and math.isfinite(dual) else -math.inf
    return Solved(values=found, exact=exact, bound=bound, infeasible=answer.status == 2)
