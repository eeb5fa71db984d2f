"""How many people a desk takes: the answer, and the way to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc._checks import generator
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.reference.lookup import figure
from staffcalc.staffing.attribution import fte_by_channel
from staffcalc.staffing.certified import Certified, certify, prepare, tell
from staffcalc.staffing.classes import Load
from staffcalc.staffing.contract import Contract
from staffcalc.staffing.levels import TargetLevel, cap_notes, ceiling_notes, duration, measured_levels, tightest
from staffcalc.staffing.plan import DAYS, Setting, best_plan, total_capacity
from staffcalc.staffing.programme import Plan
from staffcalc.staffing.rules import Rule, binding_rule, rules_of
from staffcalc.staffing.uncertainty import draw_fte, response_of
from staffcalc.staffing.whole import people_of, whole_plan

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.demand.workload import Workload
    from staffcalc.inputs.desk import Desk

Floats = NDArray[np.float64]

MULTIPLES = np.array([0.4, 0.7, 1.0, 1.5, 2.5])
"""Multiples of the planned work at which the range of the FTE is solved; straight lines between them."""


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
    present_people : int
        People of the present team. [people]
    gap : float
        ``fte`` less ``present_fte``: above zero people are missing. [FTE]
    binding : str
        Rule that decides the headcount: work, cover_hours, minimum_seats, on_call_share or whole_people.
    rules_checked : tuple of Rule
        Every rule with the people it asks for; ``.rules`` is the same as a table.
    targets : tuple of TargetLevel
        Share reached for each response target at ``fte``.
    one_less : tuple of TargetLevel
        The same with one person less than ``headcount``.
    coverage_ceiling : float
        Ceiling of the response target with the least room between ceiling and share. [share]
    service_level, ci_low, ci_high : float
        Share reached for the response target that is closest to being missed, and its 95 % interval. [share]
    hours_per_week : float
        All work of a mean week. [hours per week]
    safety : float
        What the people that the work asks for can do, over all work: room for busy days, bursts and short targets.
        [ratio]
    occupancy : float
        Busy share of productive time at ``fte``. [share]
    work_by_hour, capacity_by_hour, people_by_hour : array (168,)
        Work arriving, work that can be done, and people present in each hour of the week.
        [hours per hour], [hours per hour], [people]
    tours : DataFrame
        Whole people by weekly pattern: start, days, shift_hours, people.
    by_channel : DataFrame
        The FTE shared out by the work done in each hour: name, hours_per_week, fte, and fte_alone, what a plan of its
        own would take. The shares add up to ``fte``; separate plans cost ``separate_fte``. [FTE]
    draws : array
        FTE of each draw behind the range. [FTE]
    """

    kind: ClassVar[str] = "staffing_need"

    fte: float
    fte_low: float
    fte_high: float
    headcount: int
    present_fte: float
    present_people: int
    gap: float
    binding: str
    rules_checked: tuple[Rule, ...] = dataclasses.field(repr=False)
    targets: tuple[TargetLevel, ...] = dataclasses.field(repr=False)
    one_less: tuple[TargetLevel, ...] = dataclasses.field(repr=False)
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
    by_channel: pd.DataFrame = dataclasses.field(repr=False)
    draws: Floats = dataclasses.field(repr=False)
    certified: Certified = dataclasses.field(repr=False)
    whole: Plan = dataclasses.field(repr=False)

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
        key = "gap_missing" if self.gap > 0.05 else "gap_spare" if self.gap < -0.05 else "gap_none"
        if key != "gap_missing" and self.headcount > self.present_people > 0:
            key = "gap_people"
        gap = Sentence(
            key,
            fte=abs(self.gap),
            present=self.present_fte,
            people=Sentence("people_count", count=self.present_people),
            needed=self.headcount,
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
            "staffing_headline_hours",
            **values,
            ceiling=short.ceiling,
            share=short.share,
            time=duration(short.within_hours),
        )

    @property
    def separate_fte(self) -> float:
        """FTE if every channel had a plan of its own, as calculators add them up. [FTE]"""
        return float(self.by_channel["fte_alone"].sum())

    @property
    def separate_people(self) -> int:
        """Whole people if every channel had people of its own. [people]"""
        return int(np.ceil(self.by_channel["fte_alone"].dropna() - 1e-9).sum())

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

    Examples
    --------
    Sixty messages a day on one channel, answered within a day from Monday to Sunday, 8 to 18:

    >>> import numpy as np
    >>> from staffcalc.demand.volume import Volume
    >>> from staffcalc.inputs.desk import Desk
    >>> desk = Desk.model_validate({
    ...     "name": "Mail", "timezone": "UTC", "people": [{"id": "p1", "role": "agent"}],
    ...     "targets": [{"id": "day", "share": 0.9, "within_hours": 24}],
    ...     "channels": [{"id": "mail", "aht_minutes": 6, "needs_reply_share": 1}],
    ...     "calendar": {"open": {"daily": ["08:00-18:00"]}},
    ... })
    >>> profile = np.full((168, 1), 2.5)
    >>> volume = Volume(channels=("mail",), timezone="UTC", profile=profile, day_cv=0.2, week_cv=0.1, level_sd=0.05)
    >>> need = staff(desk, volume, replications=20)
    >>> need.binding, need.headcount >= need.fte
    ('work', True)
    """
    rngs = generator(seed).spawn(2)
    prepared = prepare(desk, volume, channels=channels, workload=workload)
    load, contract = prepared.load, prepared.contract
    certified = certify(prepared, seed=rngs[0], replications=replications, progress=progress)
    setting, plan, trial = certified.setting, certified.plan, certified.trial
    fte = setting.fte(plan)
    cover_plan = best_plan(setting, setting.week(work=False)) if load.seats.any() else None
    tell(progress, "whole people")
    whole = whole_plan(setting, setting.week(whole=True), plan)
    rules = rules_of(
        desk,
        contract,
        work_fte=certified.work_fte,
        cover_fte=setting.fte(cover_plan) if cover_plan is not None else 0.0,
        fte=fte,
        heads_on_tours=people_of(setting.tours.hours, whole.heads, contract.contract_hours_per_week),
        hours_per_week=load.hours_per_week,
    )
    binding, headcount = binding_rule(rules)
    levels = measured_levels(load, trial.serve(total_capacity(setting, plan)).on_time)
    less = total_capacity(setting, plan) * (min(1.0, (headcount - 1) / fte) if fte > 0 else 1.0)
    tell(progress, "range")
    draws = draw_fte(
        load, contract, prepared.contract_rows, response_of(setting, MULTIPLES), seed=int(rngs[1].integers(2**31))
    )
    low, high = np.quantile(draws, [0.1, 0.9])
    present_fte = present_contracts(desk, contract)
    tight = tightest(levels)
    capacity = float(total_capacity(setting, plan).sum()) / contract.max_occupancy
    notes = [*prepared.workload.notes, *load.notes, *ceiling_notes(load)]
    notes += cap_notes(load, trial, total_capacity(setting, plan))
    if not certified.held:
        notes.append(Sentence("not_certified"))
    possible = certified.work_fte * contract.present_hours_per_week * contract.productive
    safety = possible / load.hours_per_week if load.hours_per_week > 0 else 1.0
    if safety > figure("bursts_worth_a_word").value:
        notes.append(Sentence("work_in_bursts", floor=certified.work_fte / safety, fte=certified.work_fte))
    shares = fte_by_channel(load, contract, setting.week(), plan, fte=fte, certified=certified.over_closed_form)
    alone = shares["fte_alone"].dropna()
    if len(alone) > 2:
        separate, apart = float(alone.sum()), int(np.ceil(alone - 1e-9).sum())
        notes.append(Sentence("channels_not_added", fte=certified.work_fte, separate=separate, people=apart))
    fewer = measured_levels(load, trial.serve(less).on_time)
    short = tightest(fewer)
    before = next(part for part in levels if part.target == short.target)
    worse = round(short.service_level, 2) < round(before.service_level, 2)
    if worse and short.service_level < short.share <= before.service_level:
        values = {"people": headcount, "level": short.service_level, "before": before.service_level}
        notes.append(Sentence("one_less_note", **values))
    figures = (figure("interval_level"), figure("statistical_level"))
    return StaffingNeed(
        fte=fte,
        fte_low=min(float(low), fte),
        fte_high=max(float(high), fte),
        headcount=headcount,
        present_fte=present_fte,
        present_people=len(desk.team()),
        gap=fte - present_fte,
        binding=binding,
        rules_checked=rules,
        targets=levels,
        one_less=fewer,
        coverage_ceiling=min(levels, key=lambda part: part.ceiling - part.share).ceiling,
        service_level=tight.service_level,
        ci_low=tight.ci_low,
        ci_high=tight.ci_high,
        hours_per_week=load.hours_per_week,
        safety=safety,
        occupancy=load.hours_per_week / capacity if capacity > 0 else 0.0,
        work_by_hour=_hourly(_arriving(load), load.per_hour, mean=False),
        capacity_by_hour=_hourly(total_capacity(setting, plan), load.per_hour, mean=False),
        people_by_hour=_hourly(plan.present, load.per_hour, mean=True),
        tours=_tour_table(setting, whole),
        by_channel=shares,
        draws=draws,
        certified=certified,
        whole=whole,
        notes=tuple(dict.fromkeys(notes)),
        assumptions=_unique(
            (
                *prepared.workload.assumptions,
                *prepared.contract_rows,
                *load.assumptions,
                *(known.assumption() for known in figures),
            )
        ),
        sources=tuple(
            dict.fromkeys((*prepared.workload.sources, "staffcalc_deadline", *(rule.source for rule in rules)))
        ),
        desk=desk,
    )


def present_contracts(desk: Desk, contract: Contract) -> float:
    """Return the contracts of the team on the day of the facts. [FTE]"""
    hours = sum(person.contract_hours_per_week or contract.contract_hours_per_week for person in desk.team())
    return hours / contract.contract_hours_per_week


def _arriving(load: Load) -> Floats:
    waiting = sum((part.stream.work for part in load.deferred), np.zeros(load.slots))
    return np.asarray(waiting + sum((part.load for part in load.realtime), np.zeros(load.slots)) / load.per_hour)


def _hourly(values: Floats, per_hour: int, *, mean: bool) -> Floats:
    rows = values.reshape(168, per_hour)
    return np.array(rows.mean(axis=1) if mean else rows.sum(axis=1))


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
