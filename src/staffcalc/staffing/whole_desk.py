"""The way to the staffing answer: certified plan, whole people, rules, range and shares, put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc._checks import generator, one_of
from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.reference.lookup import figure
from staffcalc.staffing.attribution import fte_by_channel
from staffcalc.staffing.certified import certify_desk, tell
from staffcalc.staffing.classes import Load
from staffcalc.staffing.contract import Contract
from staffcalc.staffing.levels import cap_notes, ceiling_notes, measured_levels, tightest, triage_notes
from staffcalc.staffing.messages import POLICIES
from staffcalc.staffing.need import StaffingNeed
from staffcalc.staffing.plan import DAYS, Setting, best_plan, total_capacity
from staffcalc.staffing.programme import Plan
from staffcalc.staffing.rules import binding_rule, rules_of
from staffcalc.staffing.uncertainty import draw_fte, response_of
from staffcalc.staffing.whole import people_of, whole_plan

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.demand.workload import Workload
    from staffcalc.inputs.desk import Desk

Floats = NDArray[np.float64]

MULTIPLES = np.array([0.4, 0.7, 1.0, 1.5, 2.5])
"""Multiples of the planned work at which the range of the FTE is solved; straight lines between them."""


def staff(
    desk: Desk,
    volume: Volume,
    *,
    channels: Mapping[str, str] | None = None,
    workload: Workload | None = None,
    policy: str = "priority",
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
    policy : {"priority", "fifo", "edf", "triage"}
        Who goes first among the messages that can wait: shortest target first, first in first out over all channels,
        earliest due first, or triage: earliest due first, and what is late already waits until nothing else does. The
        other duties wait behind messages under all of them.
    replications : int, optional
        Independent runs of the simulation. [runs]
    seed : int or Generator
        Where the random numbers come from.
    progress : bool
        Say on standard error what is being computed.

    Returns
    -------
    StaffingNeed
        FTE with an 80% range, people, gap, the rule that binds, and the service level with its 95% interval.

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
    has its lower one-sided 95% bound at the target. All channels share one plan: their FTE are never added up from
    separate plans. The other duties wait behind messages and must be done within a week.

    Triage takes the fewest people where messages of closed hours are late before anybody comes in, and it lets those
    wait without end: a note says what the same people keep in order of arrival.

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
    one_of("policy", policy, POLICIES)
    rngs = generator(seed).spawn(2)
    certified = certify_desk(
        desk,
        volume,
        channels=channels,
        workload=workload,
        seed=rngs[0],
        replications=replications,
        policy=policy,
        progress=progress,
    )
    prepared, setting, plan, trial = certified.prepared, certified.setting, certified.plan, certified.trial
    load, contract, fte = prepared.load, prepared.contract, certified.fte
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
    notes = [*prepared.workload.notes, *load.notes, *certified.notes, *ceiling_notes(load)]
    notes += cap_notes(load, trial, total_capacity(setting, plan))
    if policy == "triage":
        notes += triage_notes(load, levels, trial.serve(total_capacity(setting, plan), policy="fifo").on_time)
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
        policy=policy,
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
