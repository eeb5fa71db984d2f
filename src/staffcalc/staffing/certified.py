"""The way from a desk to a certified plan: ceiling, floor, closed-form safety, weekly programme, simulation."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from staffcalc._checks import generator, given
from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.demand.volume import Volume
from staffcalc.demand.workload import Workload, size_workload
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure
from staffcalc.staffing.certify import BY_DUE, Trial, make_trial, required_capacity, simulation_grid, smallest_factor
from staffcalc.staffing.classes import Load
from staffcalc.staffing.contract import Contract, contract_of
from staffcalc.staffing.gather import between_targets, gather, in_order_of_arrival, recoveries
from staffcalc.staffing.plan import Setting, best_plan, realtime_agents, total_capacity, tours_of
from staffcalc.staffing.programme import Plan

Floats = NDArray[np.float64]

MOST = 6.0
"""Factor on the people of the closed form beyond which nobody is looked for. [ratio]"""

LOOKS = 20
"""Runs with which the shapes of a plan are compared before one of them is certified."""


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Prepared:
    """A desk as arrays, with closed-form safety, before anything is simulated."""

    workload: Workload
    contract: Contract
    contract_rows: tuple[Assumption, ...]
    load: Load
    fine: Load
    """The same work in slots of the simulation."""
    setting: Setting
    policy: str = "priority"
    """Who goes first, one of :data:`staffcalc.staffing.messages.POLICIES`."""


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Certified:
    """A plan whose promise was simulated."""

    prepared: Prepared
    setting: Setting
    """With the work scaled to what the simulation asks for."""
    plan: Plan
    work_fte: float
    over_closed_form: float
    """Certified capacity for work that can wait over what the closed form asks for. [ratio]"""
    trial: Trial
    held: bool
    """Whether the lower bound of every class reaches its goal."""
    notes: tuple[Sentence, ...] = ()

    @property
    def fte(self) -> float:
        """Contracts behind the plan. [FTE]"""
        return self.setting.fte(self.plan)


def prepare(
    desk: Desk,
    volume: Volume,
    *,
    channels: Mapping[str, str] | None = None,
    workload: Workload | None = None,
    realtime: tuple[str, ...] | None = None,
    policy: str = "priority",
) -> Prepared:
    """
    Return a desk as arrays with closed-form safety.

    Parameters
    ----------
    desk, volume, channels, workload
        As in :func:`staffcalc.staff`.
    realtime : tuple of str, optional
        Targets to treat as real-time, whatever the rule says.
    policy : str
        Who goes first. In order of arrival nobody overtakes, so the plan has every message done by the shortest limit.
    """
    given("desk", desk, Desk, maker="read_desk")
    given("volume", volume, Volume, maker="fit_volume")
    if workload is not None:
        given("workload", workload, Workload, maker="size_workload")
    work = workload or size_workload(desk, volume, channels=channels)
    contract, rows = contract_of(desk)
    load = gather(desk, volume, work, channels=channels, realtime=realtime)
    if realtime is None and between_targets(load.channels):
        other = gather(desk, volume, work, channels=channels, between_as_realtime=False)
        load = max((load, other), key=lambda part: _floor(part, contract))
    live = tuple(part.name for part in load.realtime)
    grid = simulation_grid(load, policy)
    fine = load
    if grid > load.per_hour:
        fine = gather(desk, volume, work, channels=channels, realtime=live, per_hour=grid)
    least = figure("stability_margin").value
    capacity = required_capacity(load.deferred, day_cv=load.day_cv, week_cv=load.week_cv, least=least)
    scaled = []
    for part, hours in zip(load.deferred, capacity, strict=True):
        own = part.stream.work
        scaled.append(own * (hours / own.sum()) if own.sum() > 0 else own)
    if policy == "fifo":
        load, fine = in_order_of_arrival(load), in_order_of_arrival(fine)
    setting = Setting(load=load, contract=contract, tours=tours_of(load, contract), scaled=np.stack(scaled))
    return Prepared(
        workload=work, contract=contract, contract_rows=rows, load=load, fine=fine, setting=setting, policy=policy
    )


def certify(
    prepared: Prepared,
    *,
    seed: int | np.random.Generator,
    replications: int | None = None,
    progress: bool = False,
) -> Certified:
    """
    Return the smallest plan that keeps every target with confidence.

    Parameters
    ----------
    prepared : Prepared
        The desk.
    seed : int or Generator
        Where the random numbers come from.
    replications : int, optional
        Independent runs. [runs]
    progress : bool
        Say on standard error what is being computed.

    Notes
    -----
    Bisection on the capacity of the plan without cover seats, with the same draws; then the plan with cover seats is
    solved for the work scaled by that factor and checked once more on the same draws.
    """
    load, contract = prepared.load, prepared.contract
    tell(progress, "weekly programme")
    rngs = generator(seed).spawn(3)
    setting, start = _cheapest_recovery(prepared, rngs[2])
    tell(progress, "simulation")

    def drawn(fine: Load, rng: np.random.Generator) -> Trial:
        return make_trial(
            load,
            fine,
            capacity_per_week=float(setting.scaled.sum()),
            sick_share=contract.sick_share,
            people_per_day=setting.people_present(start),
            seed=rng,
            replications=replications,
            policy=prepared.policy,
        )

    trial = drawn(prepared.fine, rngs[0])
    # short slots cost most of the time: search in the slots of the plan, which flatter, and let the fine ones decide
    coarse = drawn(load, rngs[1]) if prepared.fine.per_hour > max(4, load.per_hour) else trial
    base = start.capacity
    carried = sum((part.load for part in load.realtime), np.zeros(load.slots)) / load.per_hour
    planned = sum(float(part.stream.work.sum()) for part in load.deferred)
    least = (1 + figure("stability_margin").value) * planned / max(float(base.sum()), 1e-9)
    fineness = 0.01 if prepared.policy in BY_DUE else 0.002
    found = smallest_factor(coarse, base, carried=carried, least=min(least, 1.0), tolerance=fineness)
    if coarse is not trial and found is not None and not trial.holds(base * found + carried):
        more = smallest_factor(trial, base * found, carried=carried, least=1.0, tolerance=0.01, growth=1.01)
        found = None if more is None else found * more
    held = found is not None
    factor = _nearly(coarse, base, carried=carried, least=min(least, 1.0)) if found is None else found
    for _ in range(6):
        scaled = dataclasses.replace(setting, scaled=setting.scaled * factor)
        plan = best_plan(scaled, scaled.week())
        if not held or trial.holds(total_capacity(scaled, plan)):
            break
        factor *= 1.01
    else:
        held = False
    work_fte = setting.fte(start) * factor
    if load.realtime and factor != 1.0:
        work_fte = setting.fte(best_plan(scaled, scaled.week(seats=False)))
    # seats for real-time answers leave room that is none of the closed form's
    shape = 1.0 if load.realtime else float(base.sum()) / max(float(setting.scaled.sum()), 1e-12)
    return Certified(
        prepared=prepared,
        setting=scaled,
        plan=plan,
        work_fte=work_fte,
        over_closed_form=factor * shape,
        trial=trial,
        held=held,
    )


def certify_desk(
    desk: Desk,
    volume: Volume,
    *,
    channels: Mapping[str, str] | None = None,
    workload: Workload | None = None,
    seed: int | np.random.Generator = 0,
    replications: int | None = None,
    policy: str = "priority",
    progress: bool = False,
) -> Certified:
    """
    Return the certified plan of a desk; targets between the two models are planned with both, and the larger counts.

    Parameters
    ----------
    desk, volume, channels, workload, seed, replications, policy, progress
        As in :func:`staffcalc.staff`.

    Notes
    -----
    Above the border the backlog model alone holds, so the need does not rise where a target passes it.
    """
    rng = generator(seed)
    prepared = prepare(desk, volume, channels=channels, workload=workload, policy=policy)
    between = between_targets(prepared.load.channels)
    if not between:
        return certify(prepared, seed=rng, replications=replications, progress=progress)
    always = tuple(part.name for part in prepared.load.realtime if part.name not in between)
    plans = []
    for live in (always, (*always, *between)):
        made = prepare(desk, volume, channels=channels, workload=prepared.workload, realtime=live, policy=policy)
        plans.append(certify(made, seed=rng, replications=replications, progress=progress))
    backlog, erlang = (plan.fte for plan in plans)
    note = Sentence("between_models", targets=between, erlang=erlang, backlog=backlog)
    return dataclasses.replace(plans[erlang >= backlog], notes=(note,))


def _nearly(trial: Trial, capacity: Floats, *, carried: Floats, least: float) -> float:
    """
    Return the factor on a capacity from which more people hardly help, where no number of them keeps every target.

    A day on which all of few people are ill cannot be bought back; the last tenth of a point up to it is left out.
    """
    short = np.minimum(trial.margin(capacity * MOST + carried), 0.0)
    lower = dataclasses.replace(trial, goals=trial.goals + short - 0.001 * (short < 0))
    found = smallest_factor(lower, capacity, carried=carried, least=least, most=MOST, tolerance=0.01, growth=1.2)
    return MOST if found is None else found


def _cheapest_recovery(prepared: Prepared, rng: np.random.Generator) -> tuple[Setting, Plan]:
    """Return the setting and plan whose shape takes least when messages out of reach are cleared sooner or later."""
    settings = [dataclasses.replace(prepared.setting, load=load) for load in recoveries(prepared.load)]
    plans = [best_plan(setting, setting.week(seats=False)) for setting in settings]
    if len(plans) == 1:
        return settings[0], plans[0]
    load, contract = prepared.load, prepared.contract
    trial = make_trial(
        load,
        prepared.fine if prepared.fine.per_hour <= 4 else load,
        capacity_per_week=float(prepared.setting.scaled.sum()),
        sick_share=contract.sick_share,
        people_per_day=settings[0].people_present(plans[0]),
        seed=rng,
        replications=LOOKS,
        policy=prepared.policy,
    )
    carried = sum((part.load for part in load.realtime), np.zeros(load.slots)) / load.per_hour
    costs = []
    for plan in plans:
        factor = smallest_factor(trial, plan.capacity, carried=carried, least=0.5, tolerance=0.01)
        costs.append(np.inf if factor is None else factor * float(plan.capacity.sum()))
    best = int(np.argmin(costs))
    return settings[best], plans[best]


def tell(progress: bool, what: str) -> None:
    """Say on standard error what is being computed."""
    if progress:
        print(f"staffcalc: {what}", file=sys.stderr)


def _floor(load: Load, contract: Contract) -> float:
    """Return hours present that a treatment of the in-between targets asks for, roughly. [hours per week]"""
    work = sum(float(part.stream.work.sum()) for part in load.deferred) / contract.productive
    return work + float(realtime_agents(load).sum()) / load.per_hour / contract.at_work
