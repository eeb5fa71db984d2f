"""Burnout risk of every role of a desk, with exposures taken from the other rooms."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from staffcalc._checks import given
from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.burnout.answer import BurnoutRisk, role_words
from staffcalc.burnout.attendance import attendance_of, attendance_on
from staffcalc.burnout.backlog import overdue_weeks
from staffcalc.burnout.baseline import Baseline
from staffcalc.burnout.coefficients import Driver
from staffcalc.burnout.exposure import RoleExposure
from staffcalc.burnout.risk import burnout_probability
from staffcalc.burnout.rostered import rest_signals, roster_exposures
from staffcalc.burnout.sharing import share_work
from staffcalc.burnout.signals import Signal, layer_note, model_signals, rule_signals, signal_frame, working_time_flags
from staffcalc.burnout.strain import RoleStrain, rests_after_pages, role_strains, stretched, weekly_rests
from staffcalc.coverage.hours import working_week
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure
from staffcalc.staffing.contract import contract_of

if TYPE_CHECKING:
    from staffcalc.coverage.duty_rows import Rows
    from staffcalc.demand.volume import Volume


def assess_burnout(
    desk: Desk,
    volume: Volume | None = None,
    need: Any = None,
    *,
    seed: int | np.random.Generator = 0,
    baseline: Baseline | float | str | None = None,
    known: Mapping[str, Mapping[str, float]] | None = None,
    roster: Rows | None = None,
    draws: int | None = None,
    overlap: float | tuple[float, float] | None = None,
    model_drivers: Sequence[Driver] | None = None,
    purpose: str = "work_design",
) -> BurnoutRisk:
    """
    Burnout risk of each role of a desk, against a named baseline and with its interval.

    Parameters
    ----------
    desk : Desk
        The team.
    volume : Volume, optional
        Messages; without it workload and after-hours share stay at the average.
    need : StaffingNeed or Workload, optional
        Answer of :func:`staffcalc.staff` or :func:`staffcalc.size_workload`; hours by duty are taken from it. Not
        given: sized from the volume.
    seed : int or numpy Generator
        Seed of the draws; common to all roles.
    baseline : Baseline, float or str, optional
        What to compare with, see :func:`staffcalc.burnout_probability`. [share]
    known : mapping, optional
        Exposures you measured yourself, by role and field of :class:`staffcalc.RoleExposure`; they replace what is
        computed.
    roster : Roster or duty rows, optional
        A roster of :func:`staffcalc.make_roster`, or rows of person, start, end and kind: hours, load, backlog, short
        rests, long shifts, time alone, messages after hours, on-call share and nights with a page are then those of the
        roster, and its breaches of rest rules (those of the European directive, if nobody has judged it) are signals.
    draws : int, optional
        Monte Carlo draws; 20,000 if not given. [draws]
    overlap, model_drivers : optional
        Overlap and effects of your own, see :func:`staffcalc.burnout_probability`.
    purpose : str
        ``work_design`` or ``research``.

    Returns
    -------
    BurnoutRisk
        One row a role; signals of rules and model kept apart; ``origins`` says where each exposure comes from.

    Raises
    ------
    InputError
        If the desk has no people, ``known`` names an unknown role, or the purpose is refused.

    Notes
    -----
    A role is a job design, never a person; a role with one seat is labelled as such. Utilisation, backlog, hours, time
    alone, duties, on-call share, broken nights, after-hours share, short rests and channels are computed; what the desk
    does not say stays at the average exposure inside the baseline and is listed. The backlog is that of the staffing
    simulation with the people and hours of today, see :func:`staffcalc.burnout.backlog.overdue_weeks`. See
    :func:`staffcalc.burnout_probability` for the model and its limits.

    References
    ----------
    .. [1] source keys ``van_der_molen_2020``, ``shoman_2022``, ``mensura_bat`` in ``reference/sources.csv``.

    Examples
    --------
    >>> from staffcalc.inputs.desk import Desk
    >>> desk = Desk.model_validate({"name": "Solo", "timezone": "Europe/Istanbul",
    ...     "people": [{"id": "p1", "role": "manager", "on_call": True}], "on_call": {"hours": "24/7"}})
    >>> assess_burnout(desk, draws=2000).exposures[0].solo_share
    1.0
    """
    given("desk", desk, Desk, maker="read_desk")
    if not desk.team():
        raise InputError("burnout_no_roles")
    measured = _measured(known)
    if isinstance(roster, Iterable) and not isinstance(roster, pd.DataFrame) and not hasattr(roster, "to_frame"):
        roster = list(roster)  # rows are read more than once
    strains = _strains(desk, volume, need, roster, seed)
    if roster is not None:
        rostered = roster_exposures(desk, roster)
        strains = tuple(_on_roster(strain, rostered.get(strain.role)) for strain in strains)
    strains = tuple(_with(strain, measured.get(strain.role, {}), "desk", "measured") for strain in strains)
    unknown = set(measured) - {strain.role for strain in strains}
    if unknown:
        raise InputError("burnout_unknown_role", roles=sorted(unknown), known=[strain.role for strain in strains])
    risk = burnout_probability(
        {strain.role: strain.exposure for strain in strains},
        baseline=baseline,
        draws=draws,
        seed=seed,
        overlap=overlap,
        model_drivers=model_drivers,
        purpose=purpose,
    )
    table = risk.to_frame()
    table.insert(1, "seats", [strain.seats for strain in strains])
    breaches = [] if roster is None else rest_signals(desk, roster)
    signals = signal_frame([*_desk_signals(desk, strains), *breaches, *model_signals(table)])
    layers = layer_note(signals)
    origins = pd.DataFrame([origin._asdict() for strain in strains for origin in strain.origins])
    return dataclasses.replace(
        risk,
        table=table,
        signal_table=signals,
        origin_table=origins,
        notes=(layers, *_desk_notes(desk, strains, roster), *(note for note in risk.notes if note.key != layers.key)),
        assumptions=(*risk.assumptions, *_desk_assumptions(desk, strains)),
        desk=desk,
    )


def _measured(known: Any) -> dict[str, dict[str, float]]:
    if known is None:
        return {}
    if not isinstance(known, Mapping) or not all(isinstance(values, Mapping) for values in known.values()):
        raise InputError("burnout_known_kind")
    return {str(role): dict(values) for role, values in known.items()}


def hours_by_duty(desk: Desk, volume: Volume | None, need: Any) -> dict[str, float]:
    """Return the work of each duty, from the answer given or sized anew; empty without volume. [hours per week]"""
    work = _workload(need)
    if work is None and volume is not None:
        from staffcalc.demand.workload import size_workload

        work = size_workload(desk, volume)
    if work is None:
        return {}
    hours: Mapping[str, float] = work.hours_by_duty
    return {str(duty): float(part) for duty, part in hours.items()}


def _workload(need: Any) -> Any:
    """Return the answer that has the hours by duty, if there is one."""
    if hasattr(need, "hours_by_duty"):
        return need
    certified = getattr(need, "certified", None)
    return getattr(need, "workload", None) if certified is None else certified.prepared.workload


def _strains(
    desk: Desk, volume: Volume | None, need: Any, roster: Rows | None, seed: int | np.random.Generator
) -> tuple[RoleStrain, ...]:
    """Return the exposures of the present team, in its working hours or on a roster."""
    hours = hours_by_duty(desk, volume, need)
    there = attendance_of(desk) if roster is None else attendance_on(desk, roster)
    sharing = share_work(desk, desk.team(), volume, hours, there.capacity)
    overdue = overdue_weeks(desk, volume, need, hours_by_duty=hours, sharing=sharing, attendance=there, seed=seed)
    strains = role_strains(desk, volume, hours_by_duty=hours, attendance=there, sharing=sharing, overdue=overdue)
    if volume is None and _workload(need) is None:
        return tuple(_without_load(strain) for strain in strains)
    return strains


def _without_load(strain: RoleStrain) -> RoleStrain:
    """Forget what needs the workload where there is none."""
    lost = ("utilisation", "weekly_hours", "backlog_ratio", "duties")
    exposure = RoleExposure(**{f: value for f, value in strain.exposure.inputs.items() if f not in lost})
    origins = tuple(
        origin._replace(value=None, origin="average", basis="reference") if origin.field in lost else origin
        for origin in strain.origins
    )
    return dataclasses.replace(strain, exposure=exposure, origins=origins)


def _on_roster(strain: RoleStrain, found: dict[str, float] | None) -> RoleStrain:
    """Replace what contracts and rotations only suggest by the duties of a roster."""
    known = strain.exposure.inputs
    moved = {name: known[name] for name in _OF_THE_ROSTER if name in known}
    strain = _with(strain, moved, "computed", "roster")
    if found is None:
        return strain
    strain = _with(strain, found, "computed", "roster")
    busy, nights = strain.exposure.utilisation, strain.exposure.paged_nights_per_week
    estimates = {
        "weekly_hours": stretched(found["weekly_hours"], busy or 0.0),
        "quick_returns_per_year": min(366.0, found["quick_returns_per_year"] + rests_after_pages(nights)),
    }
    return dataclasses.replace(_with(strain, estimates, "computed", "roster"), facts=strain.facts)


_OF_THE_ROSTER = ("utilisation", "backlog_ratio", "after_hours_share")
"""Exposures that follow from the hours of the roster by way of the work."""


def _with(strain: RoleStrain, values: dict[str, float], origin: str, basis: str) -> RoleStrain:
    """Replace computed exposures by those of a roster, or those the user measured."""
    if not values:
        return strain
    exposure = strain.exposure.change(**values)
    kept = [part for part in strain.origins if part.field not in values]
    own = [strain.origins[0]._replace(field=f, value=v, origin=origin, basis=basis) for f, v in values.items()]
    measured = {f: v for f, v in values.items() if f in strain.facts.inputs}
    order = list(RoleExposure.model_fields)
    origins = tuple(sorted([*own, *kept], key=lambda part: order.index(part.field)))
    return dataclasses.replace(strain, exposure=exposure, facts=strain.facts.change(**measured), origins=origins)


def _desk_signals(desk: Desk, strains: tuple[RoleStrain, ...]) -> list[Signal]:
    """Return the facts that the desk itself shows: single holders, short leave, short rests."""
    found = rule_signals([strain.role for strain in strains], [strain.facts for strain in strains])
    contract, _ = contract_of(desk)
    weeks = contract.leave_days / contract.days_per_week
    leave, rest = figure("wtd_annual_leave_weeks_min"), figure("wtd_daily_rest_hours_min")
    week = figure("wtd_weekly_rest_hours_min")
    for strain in strains:
        for duty in strain.single_holder_duties:
            found.append(Signal(strain.role, "rules", f"single_holder_{duty}", "breach", 1.0, 2.0, "judgement"))
        if desk.absence.leave_days is not None and working_time_flags(annual_leave_weeks=weeks):
            found.append(Signal(strain.role, "rules", "annual_leave_4w", "breach", weeks, leave.value, leave.source))
        spans = [working_week(desk, person).spans for person in desk.team() if person.role == strain.role]
        rests = [min(weekly_rests(span), default=168.0) for span in spans if span]
        if rests and working_time_flags(daily_rest_hours=min(rests)):
            found.append(Signal(strain.role, "rules", "daily_rest_11h", "breach", min(rests), rest.value, rest.source))
        longest = min((max(weekly_rests(span), default=0.0) for span in spans if span), default=168.0)
        if working_time_flags(weekly_rest_hours=longest - rest.value):
            found.append(
                Signal(strain.role, "rules", "weekly_rest_24h", "breach", longest, week.value + rest.value, week.source)
            )
    return found


def _desk_notes(desk: Desk, strains: tuple[RoleStrain, ...], roster: Rows | None) -> tuple[Sentence, ...]:
    alone = [role_words(strain.role) for strain in strains if strain.seats == 1]
    notes = [Sentence("burnout_note_one_seat", roles=alone)] if alone else []
    if roster is not None:
        notes.append(Sentence("burnout_note_roster"))
    unplanned = sum(person.working_hours is None for person in desk.team())
    if unplanned and roster is None:
        notes.append(Sentence("burnout_note_hours_assumed", count=unplanned))
    if any(strain.exposure.utilisation is not None for strain in strains):
        notes.append(Sentence("burnout_note_level_load"))
    return tuple(notes)


def _desk_assumptions(desk: Desk, strains: tuple[RoleStrain, ...]) -> tuple[Assumption, ...]:
    _, log = contract_of(desk)
    lines = [
        Assumption(
            name=f"{strain.role}.{origin.field}",
            value=origin.value,
            unit=str((RoleExposure.model_fields[origin.field].json_schema_extra or {})["unit"]),  # type: ignore[index]
            source="desk" if origin.origin == "desk" else "staffcalc_derived",
            status="given" if origin.origin == "desk" else "derived",
            note=str(Sentence(f"term_{origin.basis}")),
        )
        for strain in strains
        for origin in strain.origins
        if origin.value is not None
    ]
    used = ["stretch_capacity", "burnout_quick_returns_per_paged_night", "burnout_rest_not_break_hours"]
    if any(strain.exposure.backlog_ratio is not None for strain in strains):
        used += ["burnout_backlog_weeks", "burnout_backlog_cap_weeks", "burnout_backlog_runs"]
    return (*log, *(figure(name).assumption() for name in used), *lines)
