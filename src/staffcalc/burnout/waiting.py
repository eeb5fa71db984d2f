"""What waiting with a hire does: the same luck with one more person, hired now or some months later."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from staffcalc._result import Assumption
from staffcalc.burnout.dynamics import TeamDesign, simulate_team
from staffcalc.burnout.turnover import turnover_cost
from staffcalc.reference.lookup import figure
from staffcalc.staffing.contract import contract_of
from staffcalc.staffing.headcount import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk

_YEAR = 52


def seat_cost(desk: Desk, pay: float | None) -> tuple[float | None, tuple[Assumption, ...]]:
    """Return what a seat costs in a year, pay and the employer's on-cost, and where the on-cost is from. [money]"""
    if pay is None:
        return None, ()
    given, known = desk.costs.employer_on_cost_share, figure("employer_on_cost")
    if given is None:
        return pay * (1 + known.value), (known.assumption(),)
    row = Assumption("employer_on_cost", given.typical, given.low, given.high, known.unit)
    return pay * (1 + given.typical), (row,)


def wait_to_hire(
    desk: Desk, plan: TeamDesign, *, weeks: int, told: dict[str, Any], pay: float | None, cost_share: float | None
) -> pd.DataFrame:
    """
    Return what one more person does, if hiring starts now or in so many months.

    Parameters
    ----------
    desk, plan
        Facts, and the team as a design.
    weeks : int
        Horizon. [weeks]
    told : dict
        Further keywords of :func:`staffcalc.burnout.dynamics.simulate_team`.
    pay : float, optional
        Mean pay of a seat. [money per year]
    cost_share : float, optional
        Cost of replacing one leaver, as a share of yearly pay. [share]

    Notes
    -----
    Everything is counted over the whole horizon, under the same luck; what one month adds is in the columns
    ``*_of_the_month``. Work that nobody does is priced at the cost of an hour of one's own people: pay and on-cost over
    productive hours. It cannot be bought for less, so this is a lower bound.
    """
    contract, _ = contract_of(desk)
    yearly, _ = seat_cost(desk, pay)
    never = simulate_team(plan, weeks=weeks, extra_seat_from=math.inf, **told)
    rows = []
    for month in range(int(figure("burnout_waiting_months").value) + 1):
        runs = simulate_team(plan, weeks=weeks, extra_seat_from=month * _YEAR / 12, **told)
        seat = float((runs.filled.sum(axis=0) - never.filled.sum(axis=0)).mean()) / _YEAR
        hours = float(runs.uncovered.mean()) * contract.productive_hours / WEEKS_PER_YEAR
        quits = float(runs.quits.mean())
        leaving = None if pay is None else turnover_cost(quits, salary_per_year=pay, cost_share=cost_share)
        rows.append(
            {
                "months": month,
                "short_weeks": float(runs.short_weeks.mean()),
                "missed_weeks": np.nan if runs.missed is None else float(runs.missed.sum(axis=0).mean()),
                "uncovered_hours": hours,
                "quits": quits,
                "turnover_cost": np.nan if leaving is None else leaving,
                "pay_of_the_seat": np.nan if yearly is None else seat * yearly,
                "uncovered_cost": np.nan if yearly is None else hours * yearly / contract.productive_hours,
            }
        )
    frame = pd.DataFrame(rows)
    for name in ("short_weeks", "missed_weeks", "uncovered_hours", "uncovered_cost"):
        frame[f"{name}_of_the_month"] = frame[name].diff()
    frame["pay_saved_of_the_month"] = -frame["pay_of_the_seat"].diff()
    return frame
