"""A team week by week: seats, quits, hiring, ramp, backlog, and burnout that feeds back or not. All runs at once."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from staffcalc._checks import at_least, generator, share, whole
from staffcalc.burnout.baseline import Baseline, default_baseline
from staffcalc.burnout.coefficients import Z95, Driver, drivers
from staffcalc.burnout.exposure import RoleExposure, driver_value
from staffcalc.burnout.risk import Draws, draw_parts, kappa, overlap_range
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure
from staffcalc.staffing.overdue import WeekResponse
from staffcalc.staffing.simulation import carry_over

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NEVER = np.iinfo(np.int64).max // 2
_YEAR = 52
_NO_CAPACITY = 9.0
_HOURS_OF_A_WEEK = 168
_LEAST_WORK = 1e-9


@dataclasses.dataclass(frozen=True, kw_only=True)
class TeamDesign:
    """
    A team as a design: seats, load and what the work exposes people to.

    Parameters
    ----------
    seats : int
        Seats of the team. [seats]
    load : float
        Work over the capacity of a full and trained team. [ratio]
    abusive_share, low_control_share, solo_share, after_hours_share : float
        As in :class:`staffcalc.RoleExposure`, with all seats filled. [share]
    duties, channels : float
        Duties and channels of one job. [duties], [channels]
    on_call : float
        People on call at the same time, shared by all who are there; 0 without standby. [people]
    paged_nights_per_week : float
        Nights with a page, for the whole team. [nights per week]
    week_hours : float
        Hours of a normal week. [hours per week]
    annual_quit : float
        Share of seats whose holder quits within a year. [share per year]

    Raises
    ------
    InputError
        If a number is outside its plausible range.
    """

    seats: int
    load: float
    abusive_share: float | None = None
    low_control_share: float | None = None
    solo_share: float | None = None
    duties: float | None = None
    on_call: float = 0.0
    paged_nights_per_week: float = 0.0
    after_hours_share: float | None = None
    channels: float | None = None
    week_hours: float = dataclasses.field(default_factory=lambda: figure("burnout_dynamic_week_hours").value)
    annual_quit: float = dataclasses.field(default_factory=lambda: figure("annual_quit_rate").value)

    def __post_init__(self) -> None:
        whole("seats", self.seats, 1, unit="seats")
        at_least("load", self.load, 0, unit="ratio")
        share("annual_quit", self.annual_quit, below_one=True)
        at_least("on_call", self.on_call, 0, unit="people")
        at_least("paged_nights_per_week", self.paged_nights_per_week, 0, unit="nights per week")
        if at_least("week_hours", self.week_hours, 0, unit="hours per week", above=True) > _HOURS_OF_A_WEEK:
            raise InputError("more_than_a_week", name="week_hours", value=self.week_hours)
        RoleExposure(**{name: getattr(self, name) for name in _CONSTANT})


_CONSTANT = ("abusive_share", "low_control_share", "solo_share", "duties", "after_hours_share", "channels")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TeamRuns:
    """What happened in every simulated team. Arrays are weeks x runs, or one value a run."""

    seats: int
    filled: Ints
    load: Floats
    burned: Ints
    quits: Ints
    short_weeks: Ints
    dark_weeks: Ints
    half_empty: Bools
    uncovered: Floats
    missed: Bools | None = None
    """Weeks in which a response target is missed; None where the targets are not known."""


@dataclasses.dataclass(frozen=True, eq=False)
class TeamNoise:
    """Everything random about the teams, drawn once so that two designs can be compared under the same luck."""

    parts: Draws
    risk_ratio: Floats
    relaxation: Floats
    seed: int


def draw_noise(
    *, runs: int, seed: int | np.random.Generator, baseline: Baseline | None = None, risk_ratio: float | None = None
) -> TeamNoise:
    """Draw coefficients, overlap, baseline, quit ratio and speed of burnout for every team."""
    rng = generator(seed)
    base = baseline or default_baseline()
    parts = draw_parts(default_drivers(), draws=runs, seed=rng, overlap=overlap_range(None)[1], baseline=base)
    row = figure("quit_RR_burned")
    low, centre, high = row.range
    spread = (np.log(high) - np.log(low)) / (2 * Z95)
    ratio = np.exp(rng.normal(np.log(centre), spread, runs)) if risk_ratio is None else np.full(runs, risk_ratio)
    ratio = np.maximum(figure("burnout_risk_ratio_floor").value, ratio)
    weeks = figure("burnout_relaxation_weeks")
    relaxation = np.exp(rng.uniform(np.log(weeks.low or 1), np.log(weeks.high or 1), runs))
    return TeamNoise(parts, ratio, relaxation, int(rng.integers(2**62)))


def default_drivers() -> tuple[Driver, ...]:
    """Return the drivers that always count."""
    return tuple(driver for driver in drivers() if driver.role == "driver")


def simulate_team(
    design: TeamDesign,
    *,
    weeks: int,
    noise: TeamNoise,
    feedback: bool = True,
    hire_weeks: float | None = None,
    extra_seat_from: float | None = None,
    overload_quit: float = 0.0,
    response: WeekResponse | None = None,
) -> TeamRuns:
    """
    Simulate a team week by week, all runs at once.

    Parameters
    ----------
    design : TeamDesign
        The team.
    weeks : int
        Length. [weeks]
    noise : TeamNoise
        From :func:`draw_noise`; the same noise gives two designs the same luck.
    feedback : bool
        Whether load changes the probability of burnout; off, it stays at its start.
    hire_weeks : float, optional
        Mean time from quit to replacement; that of the reference table if not given. [weeks]
    extra_seat_from : float, optional
        One more seat, whose hiring starts in this week; infinity keeps it empty. [week]
    overload_quit : float
        Yearly quit hazard added for each unit of load above the plan; no evidence says how much. [per year and load]
    response : WeekResponse, optional
        Share on time by capacity and backlog, from :func:`staffcalc.staffing.overdue.trace_week`.

    Returns
    -------
    TeamRuns
        Seats, load, burnout and quits by week and run.

    Notes
    -----
    Each week: capacity of who is there (ramp, presenteeism, mentoring), load with a part of the backlog, backlog after
    overtime (:func:`staffcalc.staffing.simulation.carry_over`), probability of burnout from the exposures of that load,
    burnout on with p / tau and off with (1 - p) / tau, quits by hazard, hiring with a gamma-distributed delay. A quit
    falls in the middle of its week, so that the mean vacancy is the mean hiring time. ``overload_quit`` adds to the
    yearly hazard for each unit of load above the plan. Messages go before other duties, so they have a backlog of their
    own; with it and the capacity of the week, ``response`` tells whether a target is missed.
    """
    rng = generator(noise.seed)
    runs = len(noise.risk_ratio)
    extra = 0 if extra_seat_from is None else 1
    n = design.seats + extra
    mean_hire = mean_hire_weeks() if hire_weeks is None else at_least("hire_weeks", hire_weeks, 0, above=True)
    shape = figure("hire_gamma_shape").value
    ramp, mentor = figure("ramp_weeks").value, figure("mentor_weeks").value
    start, stretch = figure("ramp_start_productivity").value, figure("stretch_capacity").value
    loss, help_ = figure("presenteeism_loss").value, figure("mentor_cost").value
    work = design.load * design.seats
    hazard = -np.log1p(-design.annual_quit)
    p0 = figure("baseline_bat_at_or_above_orange").value
    calm = hazard / (1 - p0 + noise.risk_ratio * p0) / _YEAR

    filled = np.ones((runs, n), dtype=bool)
    tenure = np.full((runs, n), NEVER // 2, dtype=np.int64)
    back = np.full((runs, n), NEVER, dtype=np.int64)
    if extra:
        filled[:, -1] = False
        wait = rng.gamma(shape, mean_hire / shape, runs)
        if extra_seat_from is not None and np.isfinite(extra_seat_from):
            back[:, -1] = np.ceil(wait + extra_seat_from).astype(np.int64)
    first = np.full(runs, min(design.load, figure("burnout_load_cap").value))
    p = _probability(design, noise.parts, first, design.seats)
    burned = rng.random((runs, n)) < p[:, None]
    burned &= filled
    backlog, unanswered = np.zeros(runs), np.zeros(runs)
    missed = None if response is None else np.zeros((weeks, runs), dtype=bool)
    messages = 0.0 if response is None else max(work * response.message_share, _LEAST_WORK)
    limit = figure("burnout_backlog_cap_weeks").value
    tracks = {name: np.zeros((weeks, runs)) for name in ("filled", "load", "burned")}
    quits, short, dark = (np.zeros(runs, dtype=np.int64) for _ in range(3))
    half, uncovered = np.zeros(runs, dtype=bool), np.zeros(runs)
    for week in range(weeks):
        present = filled.sum(axis=1)
        skill = np.minimum(1.0, start + (1 - start) * tenure / ramp)
        fresh = filled & (tenure < mentor)
        senior = (filled & ~fresh).any(axis=1)
        capacity = (filled * skill * (1 - loss * burned)).sum(axis=1) - help_ * fresh.sum(axis=1) * senior
        capacity = np.maximum(capacity, 0.0)
        none = capacity <= 0
        safe = np.where(none, 1.0, capacity)
        waiting = backlog / (figure("burnout_presence_backlog_weeks").value * safe)
        load = np.where(none, _NO_CAPACITY, work / safe + np.clip(waiting, 0, figure("burnout_backlog_load_cap").value))
        done = np.where(none, 0.0, capacity * np.where(load > 1, stretch, 1.0))
        uncovered += np.maximum(work - capacity * stretch, 0.0)
        backlog = carry_over(backlog, work=work, capacity=done, most=limit * work)
        if response is not None and missed is not None:
            missed[week] = response.missed(done / messages, unanswered / messages)
            unanswered = carry_over(unanswered, work=messages, capacity=done, most=limit * messages)
        short += work > capacity * stretch
        dark += present == 0
        half |= present * 2 <= n - extra
        for name, value in (("filled", present), ("load", load), ("burned", (burned & filled).sum(axis=1))):
            tracks[name][week] = value
        if feedback:
            p = _probability(design, noise.parts, np.minimum(load, figure("burnout_load_cap").value), present)
        luck = rng.random((2, runs, n))
        rate = 1 / noise.relaxation[:, None]
        burned = np.where(burned, luck[0] >= (1 - p)[:, None] * rate, luck[0] < p[:, None] * rate) & filled
        weekly = calm[:, None] * np.where(burned, noise.risk_ratio[:, None], 1.0)
        if overload_quit:
            weekly = weekly + (overload_quit / _YEAR * np.maximum(load - design.load, 0.0))[:, None]
        chance = -np.expm1(-weekly)
        leaves = filled & (luck[1] < chance)
        gap = np.ceil(rng.gamma(shape, mean_hire / shape, (runs, n))).astype(np.int64)
        quits += leaves.sum(axis=1)
        filled &= ~leaves
        burned &= ~leaves
        back = np.where(leaves, week + gap, back)
        arrives = ~filled & (back <= week + 1)
        tenure = np.where(arrives, 0, tenure + 1)
        filled |= arrives
    return TeamRuns(
        seats=design.seats,
        filled=tracks["filled"].astype(np.int64),
        load=tracks["load"],
        burned=tracks["burned"].astype(np.int64),
        quits=quits,
        short_weeks=short,
        dark_weeks=dark,
        half_empty=half,
        uncovered=uncovered,
        missed=missed,
    )


def mean_hire_weeks() -> float:
    """Return the mean time from quit to replacement: time to hire and notice. [weeks]"""
    return (figure("time_to_hire_days").value + figure("notice_and_start_days").value) / 7


def _ramp(value: Floats, start: float, full: float) -> Floats:
    return np.clip((value - start) / (full - start), 0, 1)


def exposures_of(design: TeamDesign, load: Floats, present: Floats) -> dict[str, Floats | float | None]:
    """Return what people are exposed to at a load and with so many of them there, by field of ``RoleExposure``."""
    there = np.maximum(present, 1)
    on_call = np.clip(design.on_call / there, 0, 1)
    nights = design.paged_nights_per_week * on_call
    leave = _ramp(load, figure("burnout_leave_load_start").value, figure("burnout_leave_load_full").value)
    after = design.after_hours_share
    return {
        "weekly_hours": design.week_hours * np.clip(load, 1, figure("stretch_capacity").value),
        "utilisation": load,
        "abusive_share": design.abusive_share,
        "low_control_share": design.low_control_share,
        "solo_share": None if design.solo_share is None else np.where(present <= 1, 1.0, design.solo_share),
        "duties": None if design.duties is None else np.minimum(8, design.duties * design.seats / there),
        "on_call_share": on_call,
        "paged_nights_per_week": nights,
        "after_hours_share": None if after is None else np.minimum(1.0, after * (1 + on_call)),
        "quick_returns_per_year": np.minimum(
            figure("burnout_quick_returns_cap").value, figure("burnout_quick_returns_per_paged_night").value * nights
        ),
        "leave_untaken_share": figure("burnout_leave_untaken_floor").value
        + figure("burnout_leave_untaken_slope").value * leave,
        "channels": design.channels,
    }


def _probability(design: TeamDesign, parts: Draws, load: Floats, present: Floats | int) -> Floats:
    """Return the probability of burnout in each run. [probability]"""
    inputs = exposures_of(design, load, np.asarray(present, dtype=float))
    total = np.zeros(len(load))
    model = default_drivers()
    for j, driver in enumerate(model):
        x = driver_value(driver, inputs)
        if x is not None:
            total += parts.effects[:, j] * (x - driver.x_ref)
    return np.asarray(expit(parts.baseline_logit + kappa(len(model), parts.overlap) * total), dtype=float)


def point_probability(design: TeamDesign, *, load: float | None = None) -> float:
    """Return the probability of burnout at the central coefficients, with all seats filled. [probability]"""
    at = np.array([min(design.load if load is None else load, figure("burnout_load_cap").value)])
    model = default_drivers()
    centre = Draws(
        np.array([[driver.log_or for driver in model]]),
        np.array([overlap_range(None)[0]]),
        np.array([float(logit(default_baseline().p))]),
    )
    return float(_probability(design, centre, at, design.seats)[0])
