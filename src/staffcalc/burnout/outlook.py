"""What becomes of a team: quits, empty seats, weeks with nobody, their cost, and what waiting with a hire does."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from staffcalc._checks import at_least, given, share, whole
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.burnout.dynamics import TeamDesign, TeamRuns, draw_noise, simulate_team
from staffcalc.burnout.foresight import level_words, team_doubts, team_findings, waiting_words
from staffcalc.burnout.plan import loop_gain, mean_pay, team_design, team_response
from staffcalc.burnout.survey import wilson
from staffcalc.burnout.turnover import n_minus_1_utilisation, turnover_cost
from staffcalc.burnout.waiting import seat_cost, wait_to_hire
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume

_SEAT_RUNS = 16_000
_FEWEST_RUNS = 200
_MOST_YEARS = 50


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TeamOutlook(Result):
    """
    The next years of a team as it is planned.

    Parameters
    ----------
    years, runs : float, int
        Horizon [years] and simulated teams.
    seats : int
        Seats of the plan.
    load : float
        Planned work over the capacity of the full team. [ratio]
    quits, quits_low, quits_high : float
        Quits within the horizon, mean and 80% interval. [people]
    quits_without_feedback : float
        Mean quits if burnout did not follow the load. [people]
    vacancies : float
        Mean empty seats. [seats]
    vacancy_share, vacancy_share_low, vacancy_share_high : float
        Share of the seats that is empty over the horizon, mean and 80% interval over teams. [share]
    dark_weeks, dark_weeks_low, dark_weeks_high : float
        Weeks with nobody there, mean and 80% interval; the mean of rare events may lie above it. [weeks]
    dark_probability, dark_probability_low, dark_probability_high : float
        Probability of at least one such week, and its 95% interval. [probability]
    short_weeks : float
        Mean weeks in which even overtime does not suffice for all work. [weeks]
    missed_weeks, missed_weeks_low, missed_weeks_high : float or None
        Weeks in which a response target is missed by the staffing engine at the capacity and backlog of that week, mean
        and 80% interval; None without messages that have a target of hours. [weeks]
    half_empty : float
        Probability that half of the seats are empty at once. [probability]
    burned_share, burned_share_low, burned_share_high : float
        Share at or above the at-risk line at the end, of those who are there; mean and 80% interval. [share]
    cost, cost_low, cost_high : float or None
        Cost of replacing leavers within the horizon, mean and 80% interval; None without pay. [money]
    gain : float
        Loop gain of overload, burnout and quits; it feeds itself only at 1 or more. [ratio]
    n_minus_1_limit : float
        Highest utilisation that survives one empty seat. [ratio]
    weeks : DataFrame
        Seats filled by week with 80% and 95% intervals, load, share of teams below a target, and burnout.
    waiting : DataFrame
        What each month of delay does to the hire of one more person, under the same luck; see
        :func:`staffcalc.burnout.waiting.wait_to_hire`.
    findings : tuple of Sentence
        What follows, in plain words; ``points`` is the same.
    """

    kind: ClassVar[str] = "team_outlook"

    years: float
    runs: int
    seats: int
    load: float
    quits: float
    quits_low: float
    quits_high: float
    quits_without_feedback: float
    vacancies: float
    vacancy_share: float
    vacancy_share_low: float
    vacancy_share_high: float
    dark_weeks: float
    dark_weeks_low: float
    dark_weeks_high: float
    dark_probability: float
    dark_probability_low: float
    dark_probability_high: float
    short_weeks: float
    short_weeks_low: float
    short_weeks_high: float
    missed_weeks: float | None
    missed_weeks_low: float | None
    missed_weeks_high: float | None
    half_empty: float
    burned_share: float
    burned_share_low: float
    burned_share_high: float
    cost: float | None
    cost_low: float | None
    cost_high: float | None
    currency: str
    gain: float
    n_minus_1_limit: float
    weeks: pd.DataFrame = dataclasses.field(repr=False)
    waiting: pd.DataFrame = dataclasses.field(repr=False)
    findings: tuple[Sentence, ...] = ()

    @property
    def points(self) -> tuple[Sentence, ...]:
        """One empty seat, the loop gain, the response targets and waiting with a hire, each in a sentence."""
        return self.findings

    @property
    def headline(self) -> Sentence:
        """Quits, empty seats and weeks with nobody, with their intervals."""
        return Sentence(
            "team_outlook_headline",
            count=self.years,
            quits=self.quits,
            low=self.quits_low,
            high=self.quits_high,
            vacancy=self.vacancy_share,
            vacancy_low=self.vacancy_share_low,
            vacancy_high=self.vacancy_share_high,
            dark=self.dark_probability,
            dark_low=self.dark_probability_low,
            dark_high=self.dark_probability_high,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a measure: mean with its 80% interval, probabilities with 95%; the loop gain has none."""
        rows: list[tuple[str, float, float, float, str]] = [
            ("quits", self.quits, self.quits_low, self.quits_high, "p10_p90"),
            ("vacancy_share", self.vacancy_share, self.vacancy_share_low, self.vacancy_share_high, "p10_p90"),
            ("short_weeks", self.short_weeks, self.short_weeks_low, self.short_weeks_high, "p10_p90"),
            ("dark_weeks", self.dark_weeks, self.dark_weeks_low, self.dark_weeks_high, "p10_p90"),
            ("dark_probability", self.dark_probability, self.dark_probability_low, self.dark_probability_high, "ci_95"),
            ("half_empty", self.half_empty, *wilson(round(self.half_empty * self.runs), self.runs), "ci_95"),
            ("burned_share", self.burned_share, self.burned_share_low, self.burned_share_high, "p10_p90"),
        ]
        if self.missed_weeks is not None:
            low, high = self.missed_weeks_low or 0.0, self.missed_weeks_high or 0.0
            rows.insert(3, ("missed_weeks", self.missed_weeks, low, high, "p10_p90"))
        if self.cost is not None:
            rows.append(("turnover_cost", self.cost, self.cost_low or 0.0, self.cost_high or 0.0, "p10_p90"))
        rows.append(("loop_gain", self.gain, np.nan, np.nan, "central_values"))
        return pd.DataFrame(rows, columns=["measure", "value", "low", "high", "interval"])


def project_team(
    desk: Desk,
    volume: Volume | None = None,
    *,
    need: Any = None,
    years: float = 2,
    seed: int | np.random.Generator = 0,
    annual_quit: float | None = None,
    hire_weeks: float | None = None,
    overload_quit: float = 0.0,
    runs: int | None = None,
    design: TeamDesign | None = None,
) -> TeamOutlook:
    """
    Project a team: quits, empty seats, weeks with nobody, cost, and what waiting with a hire does.

    Parameters
    ----------
    desk : Desk
        The team.
    volume : Volume, optional
        Messages; sets the load of the team.
    need : StaffingNeed or Workload, optional
        As in :func:`staffcalc.assess_burnout`.
    years : float
        Horizon. [years]
    seed : int or numpy Generator
        Seed of the simulation.
    annual_quit : float, optional
        Share of seats whose holder quits within a year; 0.15 of the reference table if not given. [share per year]
    hire_weeks : float, optional
        Mean time from quit to replacement; 10.6 of the reference table if not given. [weeks]
    overload_quit : float
        Yearly quit hazard added for each unit of load above the plan. Nobody has published it; off unless you set it.
        [per year and load]
    runs : int, optional
        Simulated teams; 2,000, and fewer for large teams, if not given.
    design : TeamDesign, optional
        The team as a design of your own, in place of what the desk and its workload say.

    Returns
    -------
    TeamOutlook
        Means and 80% intervals over the simulated teams.

    Raises
    ------
    InputError
        If the desk has no people, its load is not known because there is no volume, or a number is out of range.

    Notes
    -----
    Weekly steps of seats, quits, hiring, ramp, backlog and burnout; see
    :func:`staffcalc.burnout.dynamics.simulate_team`. The backlog is the one of the staffing room, week after week; and
    the staffing simulation, run for one week of the present working hours at many capacities and backlogs, says whether
    the targets of hours are met in each of the simulated weeks. The loop gain ``G`` is printed so that a spiral is
    claimed only where the numbers say so. The plan survives one empty seat if utilisation is at most ``(n - 1) / n``.
    One coefficient draw a team; no contagion, sick leave, hiring freeze or exits that come together. All constants
    except the time to hire are judgement.

    References
    ----------
    .. [1] source keys ``quit_synthesis``, ``hamidi_2018``, ``willard_grace_2019`` in ``reference/sources.csv``.

    Examples
    --------
    >>> from staffcalc.inputs.desk import Desk
    >>> desk = Desk.model_validate({"name": "Solo", "timezone": "Europe/Istanbul",
    ...     "people": [{"id": "p1", "role": "manager"}]})
    >>> outlook = project_team(desk, design=TeamDesign(seats=1, load=1.05), runs=500)
    >>> 0.2 < outlook.dark_probability < 0.4
    True
    """
    given("desk", desk, Desk, maker="read_desk")
    length = at_least("years", years, 0, unit="years", above=True)
    if length > _MOST_YEARS:
        raise InputError("burnout_out_of_range", name="years", value=years, least=0, most=_MOST_YEARS)
    if design is not None and not isinstance(design, TeamDesign):
        raise InputError("burnout_wrong_answer", name="design", value=type(design).__name__, maker="TeamDesign")
    weeks = max(1, round(length * 52))
    plan = design or team_design(desk, volume, need)
    if annual_quit is not None:
        plan = dataclasses.replace(plan, annual_quit=share("annual_quit", annual_quit, below_one=True))
    direct = at_least("overload_quit", overload_quit, 0)
    count = whole("runs", runs, 1) if runs is not None else _runs(plan.seats)
    noise = draw_noise(runs=count, seed=seed)
    response = team_response(desk, volume, need, seed=seed)
    told: dict[str, Any] = {
        "noise": noise, "hire_weeks": hire_weeks, "overload_quit": direct, "response": response,
    }  # fmt: skip
    now = simulate_team(plan, weeks=weeks, **told)
    still = simulate_team(plan, weeks=weeks, feedback=False, **told)
    pay, pay_log = mean_pay(desk)
    cost_share = desk.costs.turnover_cost_share.typical if desk.costs.turnover_cost_share is not None else None
    costs = None if pay is None else turnover_cost(1, salary_per_year=pay, cost_share=cost_share) * now.quits
    _, cost_log = seat_cost(desk, pay)
    waiting = wait_to_hire(desk, plan, weeks=weeks, told=told, pay=pay, cost_share=cost_share)
    missed = None if now.missed is None else now.missed.sum(axis=0)
    empty = 1 - now.filled.mean(axis=0) / plan.seats
    worn = now.burned[-1] / np.maximum(1, now.filled[-1])
    gain = loop_gain(plan, hire_weeks=hire_weeks, overload_quit=direct)
    limit = n_minus_1_utilisation(plan.seats)
    return TeamOutlook(
        years=length,
        runs=count,
        seats=plan.seats,
        load=plan.load,
        quits=float(now.quits.mean()),
        quits_low=float(np.quantile(now.quits, 0.1)),
        quits_high=float(np.quantile(now.quits, 0.9)),
        quits_without_feedback=float(still.quits.mean()),
        vacancies=float((plan.seats - now.filled).mean()),
        vacancy_share=float(1 - now.filled.mean() / plan.seats),
        vacancy_share_low=float(np.quantile(empty, 0.1)),
        vacancy_share_high=float(np.quantile(empty, 0.9)),
        dark_weeks=float(now.dark_weeks.mean()),
        dark_weeks_low=float(np.quantile(now.dark_weeks, 0.1)),
        dark_weeks_high=float(np.quantile(now.dark_weeks, 0.9)),
        dark_probability=float((now.dark_weeks > 0).mean()),
        dark_probability_low=wilson(int((now.dark_weeks > 0).sum()), count)[0],
        dark_probability_high=wilson(int((now.dark_weeks > 0).sum()), count)[1],
        short_weeks=float(now.short_weeks.mean()),
        short_weeks_low=float(np.quantile(now.short_weeks, 0.1)),
        short_weeks_high=float(np.quantile(now.short_weeks, 0.9)),
        missed_weeks=None if missed is None else float(missed.mean()),
        missed_weeks_low=None if missed is None else float(np.quantile(missed, 0.1)),
        missed_weeks_high=None if missed is None else float(np.quantile(missed, 0.9)),
        half_empty=float(now.half_empty.mean()),
        burned_share=float(now.burned[-1].sum() / max(1, now.filled[-1].sum())),
        burned_share_low=float(np.quantile(worn, 0.1)),
        burned_share_high=float(np.quantile(worn, 0.9)),
        cost=None if costs is None else float(costs.mean()),
        cost_low=None if costs is None else float(np.quantile(costs, 0.1)),
        cost_high=None if costs is None else float(np.quantile(costs, 0.9)),
        currency=desk.currency,
        gain=gain,
        n_minus_1_limit=limit,
        weeks=_weekly(now),
        waiting=waiting,
        findings=(
            *team_findings(plan, gain, limit),
            *level_words(desk, plan, response),
            *waiting_words(waiting, desk.currency),
        ),
        notes=team_doubts(plan, response, pay, direct),
        assumptions=(*pay_log, *cost_log, *_constants(plan, hire_weeks)),
        sources=(
            "quit_synthesis",
            "hamidi_2018",
            "willard_grace_2019",
            figure("time_to_hire_days").source,
            *(() if response is None else ("staffcalc_deadline",)),
        ),
        desk=desk,
    )


def _runs(seats: int) -> int:
    return int(max(_FEWEST_RUNS, min(figure("burnout_team_runs").value, _SEAT_RUNS // seats)))


def _weekly(runs: TeamRuns) -> pd.DataFrame:
    least, low, middle, high, most = np.quantile(runs.filled, [0.025, 0.1, 0.5, 0.9, 0.975], axis=1)
    return pd.DataFrame(
        {
            "week": np.arange(1, len(runs.filled) + 1),
            "filled": runs.filled.mean(axis=1),
            "filled_low": low,
            "filled_median": middle,
            "filled_high": high,
            "filled_low_95": least,
            "filled_high_95": most,
            **{f"empty_{k}": (runs.filled <= runs.seats - k).mean(axis=1) for k in range(1, min(4, runs.seats) + 1)},
            "nobody": (runs.filled == 0).mean(axis=1),
            "load": np.median(runs.load, axis=1),
            "below_target": np.nan if runs.missed is None else runs.missed.mean(axis=1),
            "burned": runs.burned.sum(axis=1) / np.maximum(1, runs.filled.sum(axis=1)),
        }
    )


def _constants(plan: TeamDesign, hire_weeks: float | None) -> tuple[Assumption, ...]:
    names = (
        "quit_RR_burned", "burnout_relaxation_weeks", "hire_gamma_shape", "ramp_weeks", "ramp_start_productivity",
        "mentor_cost", "mentor_weeks", "stretch_capacity", "presenteeism_loss", "turnover_cost_share_salary",
        "burnout_backlog_cap_weeks", "burnout_load_cap",
    )  # fmt: skip
    row, given = figure("annual_quit_rate"), Assumption("annual_quit_rate", plan.annual_quit, unit="share/year")
    log = [row.assumption() if plan.annual_quit == row.value else given]
    if hire_weeks is None:
        log += [figure("time_to_hire_days").assumption(), figure("notice_and_start_days").assumption()]
    else:
        log.append(Assumption("hire_weeks", hire_weeks, unit="week"))
    return (*log, *(figure(name).assumption() for name in names))
