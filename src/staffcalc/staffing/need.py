"""How many people a desk takes: the answer, and the way to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.demand.workload import size_workload
from staffcalc.reference.lookup import figure
from staffcalc.staffing.certify import make_trial, required_capacity, share_interval, simulation_grid, smallest_factor
from staffcalc.staffing.classes import DUTIES, DeferredClass, Load, RealtimeClass, between_targets, gather
from staffcalc.staffing.contract import Contract, contract_of
from staffcalc.staffing.deadline import answerable
from staffcalc.staffing.plan import (
    DAYS,
    Setting,
    best_plan,
    realtime_agents,
    realtime_level,
    spans_of,
    tours_of,
    whole_plan,
)
from staffcalc.staffing.programme import Plan
from staffcalc.staffing.rules import Rule, binding_rule, rules_of
from staffcalc.staffing.uncertainty import Response, draw_fte

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.demand.workload import Workload
    from staffcalc.inputs.desk import Desk

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class TargetLevel:
    """
    What the plan gives for one response target.

    Parameters
    ----------
    target : str
        Id of the target; ``other_duties`` for everything beside messages.
    engine : str
        ``deadline`` (backlog model) or ``realtime`` (Erlang).
    share : float
        Share asked for. [share]
    within_hours : float
        Time limit. [hours]
    ceiling : float
        Largest share that any number of people can reach with these hours. [share]
    service_level, ci_low, ci_high : float
        Share reached and its 95 % interval over replications. [share]
    """

    target: str
    engine: str
    share: float
    within_hours: float
    ceiling: float
    service_level: float
    ci_low: float
    ci_high: float

    @classmethod
    def of(cls, part: DeferredClass | RealtimeClass, engine: str, found: tuple[float, float, float]) -> TargetLevel:
        """Return the row of one class with the share reached and its limits."""
        return cls(
            target=part.name,
            engine=engine,
            share=part.share,
            within_hours=part.within_hours,
            ceiling=part.ceiling,
            service_level=found[0],
            ci_low=found[1],
            ci_high=found[2],
        )


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class StaffingNeed(Result):
    """
    People that a desk takes.

    Parameters
    ----------
    fte : float
        Full-time equivalents for work and cover in one plan, not rounded. [FTE]
    fte_low, fte_high : float
        80 % range (P10 to P90) over what is not known about the work and the contracts. [FTE]
    headcount : int
        Whole people that satisfy every rule. [people]
    present_fte : float
        Contracts of the present team. [FTE]
    gap : float
        ``fte`` less ``present_fte``: above zero people are missing. [FTE]
    binding : str
        Rule that decides the headcount: work, cover_hours, minimum_seats, on_call_share or whole_people.
    rules_checked : tuple of Rule
        Every rule with the people it asks for; ``.rules`` is the same as a table.
    targets : tuple of TargetLevel
        Share reached for each response target.
    coverage_ceiling : float
        Ceiling of the response target with the least room between ceiling and share. [share]
    service_level, ci_low, ci_high : float
        Share reached for the response target that is closest to being missed, and its 95 % interval. [share]
    hours_per_week : float
        All work of a mean week. [hours per week]
    safety : float
        Capacity over work that keeps the promise when volume varies. [ratio]
    occupancy : float
        Busy share of productive time at ``fte``. [share]
    work_by_hour, capacity_by_hour, people_by_hour : array (168,)
        Work arriving, work that can be done, and people present in each hour of the week.
        [hours per hour], [hours per hour], [people]
    tours : DataFrame
        Whole people by weekly pattern: start, days, shift_hours, people.
    draws : array
        FTE of each draw behind the range. [FTE]
    """

    kind: ClassVar[str] = "staffing_need"

    fte: float
    fte_low: float
    fte_high: float
    headcount: int
    present_fte: float
    gap: float
    binding: str
    rules_checked: tuple[Rule, ...] = dataclasses.field(repr=False)
    targets: tuple[TargetLevel, ...] = dataclasses.field(repr=False)
    coverage_ceiling: float
    service_level: float
    ci_low: float
    ci_high: float
    hours_per_week: float
    safety: float
    occupancy: float
    work_by_hour: Floats = dataclasses.field(repr=False)
    capacity_by_hour: Floats = dataclasses.field(repr=False)
    people_by_hour: Floats = dataclasses.field(repr=False)
    tours: pd.DataFrame = dataclasses.field(repr=False)
    draws: Floats = dataclasses.field(repr=False)
    contract: Contract = dataclasses.field(repr=False)
    load: Load = dataclasses.field(repr=False)
    plan: Plan = dataclasses.field(repr=False)

    def __post_init__(self) -> None:
        for name in ("work_by_hour", "capacity_by_hour", "people_by_hour", "draws"):
            getattr(self, name).flags.writeable = False

    @property
    def hours_help_not_people(self) -> bool:
        """Whether a target lies above its ceiling, so that other hours are needed and not more people."""
        return any(part.ceiling < part.share for part in self.targets)

    @property
    def headline(self) -> Sentence:
        """FTE, range, people and gap in one sentence."""
        gap = Sentence(
            "gap_missing" if self.gap > 0.05 else "gap_spare" if self.gap < -0.05 else "gap_none",
            fte=abs(self.gap),
            present=self.present_fte,
        )
        values = {
            "fte": self.fte,
            "low": self.fte_low,
            "high": self.fte_high,
            "people": Sentence("people_count", count=self.headcount),
            "rule": Sentence(f"decides_{self.binding}"),
            "gap": gap,
        }
        if not self.hours_help_not_people:
            return Sentence("staffing_headline", **values)
        short = min((part for part in self.targets), key=lambda part: part.ceiling - part.share)
        return Sentence(
            "staffing_headline_hours", **values, ceiling=short.ceiling, share=short.share, hours=short.within_hours
        )

    @property
    def rules(self) -> pd.DataFrame:
        """Every rule: rule, fte, people, applies, binds, source, reason; a fresh copy."""
        rows = [
            (
                rule.name, rule.fte, rule.people, rule.applies, rule.name == self.binding, rule.source, rule.reason,
            )
            for rule in self.rules_checked
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["rule", "fte", "people", "applies", "binds", "source", "reason"])

    @property
    def levels(self) -> pd.DataFrame:
        """Every response target with its ceiling and the share reached; a fresh copy."""
        return pd.DataFrame([dataclasses.asdict(part) for part in self.targets])

    @property
    def by_hour(self) -> pd.DataFrame:
        """Work, capacity and people in each hour of the week; a fresh copy."""
        return pd.DataFrame(
            {
                "hour_of_week": np.arange(168),
                "work_hours": self.work_by_hour,
                "capacity_hours": self.capacity_by_hour,
                "people_present": self.people_by_hour,
            }
        )

    def to_frame(self) -> pd.DataFrame:
        """Return every rule with the people it asks for."""
        return self.rules


def staff(
    desk: Desk,
    volume: Volume,
    *,
    channels: Mapping[str, str] | None = None,
    workload: Workload | None = None,
    replications: int | None = None,
    seed: int | np.random.Generator = 0,
    progress: bool = False,
) -> StaffingNeed:
    """
    People that a desk needs for its messages and its other duties, certified by simulation.

    Parameters
    ----------
    desk : Desk
        Facts about the team.
    volume : Volume
        Messages that arrive, from :func:`staffcalc.fit_volume`.
    channels : mapping, optional
        Channel names in the volume to channel names in the desk, where they differ.
    workload : Workload, optional
        Hours of the nine duties; sized from the desk and the volume if not given. [hours per week]
    replications : int, optional
        Independent runs of the simulation. [runs]
    seed : int or Generator
        Where the random numbers come from.
    progress : bool
        Say on standard error what is being computed.

    Returns
    -------
    StaffingNeed
        FTE with an 80 % range, people, gap, the rule that binds, and the service level with its 95 % interval.

    Raises
    ------
    InputError
        If the volume names channels that the desk does not know, or the desk has no channels.
    InfeasibleError
        If hours that must be covered are out of reach of every shift.

    Notes
    -----
    The coverage ceiling first; then the work floor; then safety capacity in closed form; then one weekly programme for
    real-time seats, cover seats and all work that can wait; then the smallest capacity whose simulated share on time
    has its lower one-sided 95 % bound at the target. All channels share one plan: their FTE are never added up from
    separate plans. The other duties wait behind messages and must be done within a week.

    Do **not** use it for one hour of one channel: see :func:`staffcalc.required_agents`.

    References
    ----------
    .. [1] source key ``staffcalc_deadline`` in ``reference/sources.csv``.
    """
    rngs = np.random.default_rng(seed).spawn(2)
    work = workload or size_workload(desk, volume, channels=channels)
    contract, contract_rows = contract_of(desk)
    load = gather(desk, volume, work, channels=channels)
    both = between_targets(load.channels)
    if both:
        other = gather(desk, volume, work, channels=channels, between_as_realtime=False)
        _tell(progress, "comparing engines")
        load = max((load, other), key=lambda part: _floor(part, contract))
    setting, fine = _setting(desk, volume, work, load, contract, channels, both)
    _tell(progress, "weekly programme")
    start = best_plan(setting, setting.week(seats=False))
    _tell(progress, "simulation")
    trial = make_trial(
        setting.load,
        fine,
        capacity_per_week=float(setting.scaled.sum()),
        sick_share=contract.sick_share,
        people_per_day=setting.people_present(start),
        seed=rngs[0],
        replications=replications,
    )
    least = (1 + figure("stability_margin").value) * _planned(load) / max(float(_total(setting, start).sum()), 1e-9)
    factor = smallest_factor(trial, _total(setting, start), least=min(least, 1.0))
    notes = [*work.notes, *load.notes, *_ceiling_notes(load)]
    if factor is None:
        notes.append(Sentence("not_certified"))
        factor = 1.0
    setting = dataclasses.replace(setting, scaled=setting.scaled * factor)
    week = setting.week()
    plan = best_plan(setting, week)
    work_fte = setting.fte(start) * factor
    if load.realtime and factor != 1.0:
        work_fte = setting.fte(best_plan(setting, setting.week(seats=False)))
    cover_plan = best_plan(setting, setting.week(work=False)) if load.seats.any() else None
    _tell(progress, "whole people")
    whole = whole_plan(setting, week, plan)
    measured = trial.serve(_total(setting, plan))
    levels = measured_levels(load, measured.on_time)
    _tell(progress, "range")
    fte = setting.fte(plan)
    draws = draw_fte(load, contract, contract_rows, _response(setting, fte), seed=int(rngs[1].integers(2**31)))
    fte = setting.fte(plan)
    rules = rules_of(
        desk,
        contract,
        work_fte=work_fte,
        cover_fte=setting.fte(cover_plan) if cover_plan is not None else 0.0,
        fte=fte,
        heads_on_tours=round(float(whole.heads.sum())),
        hours_per_week=load.hours_per_week,
    )
    present = sum((p.contract_hours_per_week or contract.contract_hours_per_week) for p in desk.team())
    present_fte = present / contract.contract_hours_per_week
    tight = min(levels, key=lambda part: part.service_level - part.share)
    low, high = np.quantile(draws, [0.1, 0.9])
    level_rows = (figure("interval_level").assumption(), figure("statistical_level").assumption())
    binding, headcount = binding_rule(rules)
    capacity = float(_total(setting, plan).sum()) / contract.max_occupancy
    return StaffingNeed(
        fte=fte,
        fte_low=min(float(low), fte),
        fte_high=max(float(high), fte),
        headcount=headcount,
        present_fte=present_fte,
        gap=fte - present_fte,
        binding=binding,
        rules_checked=rules,
        targets=levels,
        coverage_ceiling=min(levels, key=lambda part: part.ceiling - part.share).ceiling,
        service_level=tight.service_level,
        ci_low=tight.ci_low,
        ci_high=tight.ci_high,
        hours_per_week=load.hours_per_week,
        safety=factor * float(setting.scaled.sum()) / factor / max(_planned(load), 1e-9),
        occupancy=load.hours_per_week / capacity if capacity > 0 else 0.0,
        work_by_hour=_hourly(_arriving(load), load.per_hour, mean=False),
        capacity_by_hour=_hourly(_total(setting, plan), load.per_hour, mean=False),
        people_by_hour=_hourly(plan.present, load.per_hour, mean=True),
        tours=_tour_table(setting, whole),
        draws=draws,
        contract=contract,
        load=load,
        plan=plan,
        notes=tuple(dict.fromkeys(notes)),
        assumptions=_unique((*work.assumptions, *contract_rows, *load.assumptions, *level_rows)),
        sources=tuple(dict.fromkeys((*work.sources, "staffcalc_deadline", *(rule.source for rule in rules)))),
        desk=desk,
    )


def _tell(progress: bool, what: str) -> None:
    if progress:
        import sys

        print(f"staff: {what}", file=sys.stderr)


def _setting(
    desk: Desk,
    volume: Volume,
    work: Workload,
    load: Load,
    contract: Contract,
    channels: Mapping[str, str] | None,
    both: list[str],
) -> tuple[Setting, Load]:
    """Return the plan's setting with closed-form safety, and the same work in slots of the simulation."""
    as_realtime = not both or any(part.name in both for part in load.realtime)
    grid = simulation_grid(load)
    fine = load
    if grid > load.per_hour:
        fine = gather(desk, volume, work, channels=channels, between_as_realtime=as_realtime, per_hour=grid)
    least = figure("stability_margin").value
    capacity = required_capacity(load.deferred, day_cv=load.day_cv, week_cv=load.week_cv, least=least)
    scaled = []
    for part, hours in zip(load.deferred, capacity, strict=True):
        own = part.stream.work
        scaled.append(own * (hours / own.sum()) if own.sum() > 0 else own)
    setting = Setting(load=load, contract=contract, tours=tours_of(load, contract), scaled=np.stack(scaled))
    return setting, fine


def _floor(load: Load, contract: Contract) -> float:
    """Return hours present that a treatment of the in-between targets asks for, roughly. [hours per week]"""
    work = sum(float(part.stream.work.sum()) for part in load.deferred) / contract.productive
    return work + float(realtime_agents(load).sum()) / load.per_hour / contract.at_work


def _planned(load: Load) -> float:
    return sum(float(part.stream.work.sum()) for part in load.deferred)


def total_capacity(productive: float, plan: Plan, per_hour: int) -> Floats:
    """Return what the people present can do in each slot, real-time work included. [hours per slot]"""
    return np.asarray(productive * plan.present / per_hour)


def _total(setting: Setting, plan: Plan) -> Floats:
    return total_capacity(setting.contract.productive, plan, setting.load.per_hour)


def _arriving(load: Load) -> Floats:
    waiting = sum((part.stream.work for part in load.deferred), np.zeros(load.slots))
    return np.asarray(waiting + sum((part.load for part in load.realtime), np.zeros(load.slots)) / load.per_hour)


def _hourly(values: Floats, per_hour: int, *, mean: bool) -> Floats:
    rows = values.reshape(168, per_hour)
    return np.array(rows.mean(axis=1) if mean else rows.sum(axis=1))


def _response(setting: Setting, planned: float) -> Response:
    """Return FTE at a few multiples of the planned work."""
    multiples = np.array([0.4, 0.7, 1.0, 1.5, 2.5])
    if setting.load.realtime or setting.load.seats.any():
        plans = {m: best_plan(setting, setting.week(float(m))) for m in multiples if m != 1.0}
        fte = [setting.fte(plans[m]) if m in plans else planned for m in multiples]
    else:
        fte = [planned * float(m) for m in multiples]
    return Response(multiples=multiples, fte=np.array(fte))


def measured_levels(load: Load, on_time: Floats) -> tuple[TargetLevel, ...]:
    """Return the share reached for each response target."""
    rows = []
    for live in load.realtime:
        level = realtime_level(live, realtime_agents(load), load)
        rows.append(TargetLevel.of(live, "realtime", (level, level, level)))
    for k, part in enumerate(load.deferred):
        if part.name != DUTIES:
            rows.append(TargetLevel.of(part, "deadline", share_interval(on_time[k])))
    return tuple(rows)


def _ceiling_notes(load: Load) -> list[Sentence]:
    notes = []
    for part in load.message_classes:
        if part.ceiling >= 0.9995:
            continue
        values = {"target": part.name, "hours": part.within_hours, "ceiling": part.ceiling, "share": part.share}
        if part.ceiling >= part.share:
            notes.append(Sentence("ceiling_below_all", **values))
        else:
            notes.append(Sentence("hours_not_covered", **values, spans=uncovered_spans(part, load)))
    return notes


def uncovered_spans(part: DeferredClass | RealtimeClass, load: Load) -> list[Sentence]:
    """Return the stretches of the week in which messages arrive that nobody can answer in time."""
    covered = load.window > 0
    lost = ~(answerable(covered, part.stream.last) if isinstance(part, DeferredClass) else covered)
    return spans_of(lost, load.per_hour)


def _tour_table(setting: Setting, whole: Plan) -> pd.DataFrame:
    used = np.flatnonzero(whole.heads > 0.5)
    tours = setting.tours
    start = tours.start_hour[used]
    return pd.DataFrame(
        {
            "first_day": [DAYS[int(h // 24)] for h in start],
            "start_time": [f"{int(h % 24):02d}:{round(h % 1 * 60):02d}" for h in start],
            "days": tours.days[used],
            "hours_per_week": tours.hours[used],
            "people": np.round(whole.heads[used]).astype(int),
        }
    )


def _unique(rows: tuple[Assumption, ...]) -> tuple[Assumption, ...]:
    return tuple({(row.name, row.value, row.source): row for row in rows}.values())
