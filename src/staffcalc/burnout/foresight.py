"""What a projection of a team says in plain words: findings first, doubts after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from staffcalc._words import Sentence
from staffcalc.burnout import guardrails
from staffcalc.burnout.dynamics import TeamDesign
from staffcalc.staffing.levels import duration

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk
    from staffcalc.staffing.overdue import WeekResponse


def team_findings(plan: TeamDesign, gain: float, limit: float) -> tuple[Sentence, ...]:
    """Say whether the plan survives one empty seat, and whether overload feeds itself."""
    verdict = "passes" if plan.load <= limit else "fails"
    return (
        Sentence("team_note_n_minus_1_one_seat")
        if plan.seats == 1
        else Sentence(f"team_note_n_minus_1_{verdict}", load=plan.load, limit=limit),
        Sentence("team_note_spiral" if gain >= 1 else "team_note_no_spiral", gain=gain),
    )


def level_words(desk: Desk, plan: TeamDesign, response: WeekResponse | None) -> tuple[Sentence, ...]:
    """Say what the full team reaches, and whether its hours let anybody reach the target."""
    if response is None:
        return ()
    possible = 1 / max(plan.load * response.message_share, 1e-9)
    levels = response.levels(np.array([possible, response.capacity[-1]]), np.zeros(2))
    short = min(range(len(response.targets)), key=lambda k: float(levels[k, 0]) - response.targets[k].share)
    target = response.targets[short]
    told = {"time": duration(target.within_hours), "share": target.share}
    notes = [Sentence("team_note_level", level=float(levels[short, 0]), **told)]
    for k, part in enumerate(response.targets):
        if levels[k, 1] < part.share:
            ceiling = {"ceiling": float(levels[k, 1]), "share": part.share, "time": duration(part.within_hours)}
            notes.append(Sentence("team_note_hours_ceiling", **ceiling))
    unplanned = sum(person.working_hours is None for person in desk.team())
    if unplanned:
        notes.append(Sentence("team_note_hours_assumed", count=unplanned))
    return tuple(notes)


def team_doubts(
    plan: TeamDesign, response: WeekResponse | None, pay: float | None, overload_quit: float
) -> tuple[Sentence, ...]:
    """Say what the simulation leaves out and what was assumed."""
    notes = [Sentence("team_note_constants"), Sentence("team_note_limits")]
    if response is not None:
        notes.append(Sentence("team_note_messages_first"))
    if plan.seats == 1:
        notes.append(Sentence("team_note_one_seat"))
    if pay is None:
        notes.append(Sentence("team_note_no_pay"))
    if overload_quit:
        notes.append(Sentence("team_note_overload_quit", hazard=overload_quit * 0.1))
    return (*notes, *guardrails.short_notes())


def waiting_words(waiting: pd.DataFrame, currency: str) -> tuple[Sentence, ...]:
    """Say what each month of waiting leaves undone, and what it saves and costs."""
    hours = waiting["uncovered_hours_of_the_month"].iloc[1:]
    low, high = max(0.0, float(hours.min())), float(hours.max())
    months = len(waiting) - 1
    if high < _HOUR:
        return (Sentence("team_note_waiting_free", months=months),)
    undone = [
        Sentence("team_waiting_month", count=month, hours=hours)
        for month, hours in zip(waiting["months"].iloc[1:], waiting["uncovered_hours"].iloc[1:], strict=True)
    ]
    each = Sentence("team_note_waiting_months", hours=float(waiting["uncovered_hours"].iloc[0]), later=undone)
    if waiting["uncovered_cost"].isna().any():
        return (Sentence("team_note_waiting_hours", low=low, high=high, months=months), each)
    cost, saved = (float(waiting[name].iloc[1:].mean()) for name in ("uncovered_cost_of_the_month", _SAVED))
    values = {"low": low, "high": high, "months": months, "cost": (cost, currency), "saved": (saved, currency)}
    return (Sentence("team_note_waiting", **values), each)


_HOUR, _SAVED = 0.5, "pay_saved_of_the_month"
