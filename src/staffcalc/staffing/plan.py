"""The plan of one desk: real-time seats, cover seats and work that can wait, in one weekly programme."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from staffcalc._words import Sentence
from staffcalc.errors import InfeasibleError
from staffcalc.reference.lookup import figure
from staffcalc.staffing.array_laws import quiet
from staffcalc.staffing.classes import Load, RealtimeClass
from staffcalc.staffing.contract import Contract
from staffcalc.staffing.day_rate import law_level_days
from staffcalc.staffing.programme import Plan, Week, solve
from staffcalc.staffing.required import law_plan
from staffcalc.staffing.tours import Tours, make_tours, open_minutes

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """What does not change while plans of one desk are compared."""

    load: Load
    contract: Contract
    tours: Tours
    scaled: Floats
    """Work to plan for, safety included, (classes, slots). [hours per slot]"""

    def week(self, scale: float = 1.0, *, work: bool = True, seats: bool = True, whole: bool = False) -> Week:
        """
        Return the week with all work (and real-time load) times ``scale``, with or without work and cover seats.

        Seats are filled through meetings and breaks too, in fractions of people; ``whole`` people stand in for another.
        """
        load = self.load
        agents = realtime_agents(load, scale) / self.contract.at_work if work else np.zeros(load.slots)
        floor = load.seats / (1.0 if whole else self.contract.at_work) if seats else 0.0
        carried = sum((part.load for part in load.realtime), np.zeros(load.slots)) * scale
        return Week(
            work=self.scaled * (scale if work else 0.0),
            last=np.stack([part.planned_last for part in load.deferred]),
            seats=np.maximum(agents, floor),
            load=carried if work else np.zeros(load.slots),
            productive=self.contract.productive,
        )

    def fte(self, plan: Plan) -> float:
        """Return the contracts behind a plan: hours present over the hours that one FTE is present."""
        return plan.cost / self.contract.present_hours_per_week

    def people_present(self, plan: Plan) -> float:
        """Return the people on duty on a mean day."""
        return plan.cost / 7 / self.contract.shift_hours


def total_capacity(setting: Setting, plan: Plan) -> Floats:
    """Return what the people present can do in each slot, real-time work included. [hours per slot]"""
    return np.asarray(setting.contract.productive * plan.present / setting.load.per_hour)


def tours_of(load: Load, contract: Contract) -> Tours:
    """
    Return the tours of a desk.

    Raises
    ------
    InfeasibleError
        If hours that must be covered are out of reach of every shift.
    """
    tours = make_tours(
        open_minutes(load.hours),
        shift_hours=contract.shift_hours,
        days=math.ceil(contract.days_per_week - 1e-9),
        slots=load.slots,
        longest_break_hours=figure("longest_break_hours").value,
    )
    reached = tours.cover.sum(axis=1) > 0
    lost = (load.window > 0) & ~reached
    if lost.any():
        raise InfeasibleError("no_shift_reaches", hours=spans_of(lost, load.per_hour), shift_hours=contract.shift_hours)
    return tours


def best_plan(setting: Setting, week: Week) -> Plan:
    """
    Return the plan of a week with the fewest hours, people not whole.

    Raises
    ------
    InfeasibleError
        If no number of people on the allowed shifts can do it; the message names class and hours.
    """
    plan = solve(week, setting.tours)
    if plan is None:
        out_of_reach = (setting.tours.cover.sum(axis=1) <= 0) & (week.seats > 0)
        names = [part.name for part in setting.load.deferred]
        raise InfeasibleError("no_plan", hours=spans_of(out_of_reach, setting.load.per_hour), names=names)
    return plan


@quiet
def realtime_agents(load: Load, scale: float = 1.0) -> Floats:
    """
    Return agents at work that the real-time targets ask for in each slot, all real-time channels together.

    Notes
    -----
    Erlang C, or A with patience; the share in time is that of the messages over random days and weeks, so that busy
    days count with their messages.
    """
    slots = load.slots
    parts = [part for part in load.realtime if part.messages.sum() > 0]
    if not parts:
        return np.zeros(slots)
    total, aht = _together(load)
    needed = np.zeros(slots)
    for part in parts:
        waits = np.full(slots, part.patience_hours) / aht if math.isfinite(part.patience_hours) else None
        agents, _ = law_plan(
            total * scale,
            part.within_hours / aht,
            np.full(slots, part.goal),
            np.ones(slots),
            waits,
            part.abandoned,
            _swing(load),
        )
        some = part.messages > 0
        needed[some] = np.maximum(needed, np.ceil(agents * part.agents_per_conversation - 1e-9))[some]
    return needed


@quiet
def realtime_level(part: RealtimeClass, agents: Floats, load: Load) -> float:
    """Return the share of the messages of a real-time class answered in time with these agents at work."""
    total = float(part.messages.sum())
    if total <= 0:
        return 1.0
    everything, aht = _together(load)
    waits = np.full(load.slots, part.patience_hours) / aht if math.isfinite(part.patience_hours) else None
    places = np.floor(agents / part.agents_per_conversation + 1e-9)
    level = law_level_days(places, everything, part.within_hours / aht, waits, part.abandoned, _swing(load))
    return float((part.messages * level).sum() / total * part.ceiling)


def _together(load: Load) -> tuple[Floats, Floats]:
    """Return conversations going on at once on all real-time channels [erlangs] and their mean handle time [hours]."""
    parts = [part for part in load.realtime if part.messages.sum() > 0]
    total = sum((part.messages * part.aht_hours for part in parts), np.zeros(load.slots))
    messages = sum((part.messages for part in parts), np.zeros(load.slots))
    return total, np.divide(total, messages, out=np.full(load.slots, parts[0].aht_hours), where=messages > 0)


def _swing(load: Load) -> float:
    """Return the coefficient of variation of a day, day and week factor together. [ratio]"""
    return math.sqrt((1 + load.day_cv**2) * (1 + load.week_cv**2) - 1)


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def spans_of(slots: NDArray[np.bool_], per_hour: int, most: int = 6) -> list[Sentence]:
    """Return stretches of the week as phrases, such as Friday 17:00 to Monday 8:00."""
    count = slots.size
    if slots.all():
        return [Sentence("whole_week")]
    starts = np.flatnonzero(slots & ~np.roll(slots, 1))
    ends = np.flatnonzero(slots & ~np.roll(slots, -1)) + 1
    found = []
    for start in starts[:most]:
        end = int(ends[ends > start][0]) if (ends > start).any() else int(ends[0])
        found.append(Sentence("span_of_week", start=_moment(int(start), per_hour), end=_moment(end % count, per_hour)))
    if len(starts) > most:
        found.append(Sentence("more_spans", count=len(starts) - most))
    return found


def _moment(slot: int, per_hour: int) -> Sentence:
    minutes = slot * 60 // per_hour
    clock = f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    return Sentence("moment_of_week", day=Sentence(f"term_{DAYS[minutes // 1440 % 7]}"), time=clock)
