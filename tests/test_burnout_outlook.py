"""The future of a team: the simulation against an independent program, closed forms, and what must hold anyway."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

import staffcalc as sc
from staffcalc.burnout.dynamics import NEVER, TeamDesign, draw_noise, point_probability, simulate_team
from staffcalc.burnout.outlook import project_team
from staffcalc.burnout.plan import loop_gain
from staffcalc.burnout.turnover import n_minus_1_utilisation, vacancy_share
from staffcalc.inputs.desk import Desk
from staffcalc.outputs import plots, theme

TEAMS: dict[str, dict[str, Any]] = {
    "one person": {
        "seats": 1, "load": 1.05, "abusive_share": 0.06, "low_control_share": 0.7, "solo_share": 1.0, "duties": 8,
        "on_call": 1, "paged_nights_per_week": 2, "after_hours_share": 0.20, "channels": 7,
    },
    "in balance": {
        "seats": 5, "load": 0.78, "abusive_share": 0.03, "low_control_share": 0.3, "solo_share": 0.15, "duties": 4,
        "on_call": 1, "paged_nights_per_week": 1, "after_hours_share": 0.12, "channels": 4,
    },
    "tight": {
        "seats": 5, "load": 0.95, "abusive_share": 0.03, "low_control_share": 0.4, "solo_share": 0.2, "duties": 4,
        "on_call": 1, "paged_nights_per_week": 2, "after_hours_share": 0.15, "channels": 5,
    },
    "overloaded": {
        "seats": 5, "load": 1.10, "abusive_share": 0.05, "low_control_share": 0.5, "solo_share": 0.4, "duties": 5,
        "on_call": 1, "paged_nights_per_week": 3, "after_hours_share": 0.20, "channels": 6,
    },
}  # fmt: skip
PUBLISHED = {  # burned at end, quits, weeks below capacity, chance of nobody: 4000 runs of an independent program
    "one person": (0.292, 0.336, 6.8, 0.297),
    "in balance": (0.159, 1.544, 0.9, 0.0),
    "tight": (0.191, 1.575, 3.4, 0.0),
    "overloaded": (0.237, 1.618, 22.4, 0.0),
}


def design(name: str, **change: Any) -> TeamDesign:
    return TeamDesign(**(TEAMS[name] | change))


def desk(people: int = 1, **more: Any) -> Desk:
    facts = {
        "name": "Team",
        "timezone": "UTC",
        "people": [{"id": f"p{i}", "role": "agent"} for i in range(people)],
    }
    return Desk.model_validate(facts | more)


@pytest.mark.parametrize("name", list(TEAMS))
def test_the_simulation_agrees_with_an_independent_program(name: str) -> None:
    """Tolerances are four standard errors of the difference of two runs of 4,000 teams, plus rounding."""
    runs = simulate_team(design(name), weeks=104, noise=draw_noise(runs=4000, seed=3))
    burned, quits, short, nobody = PUBLISHED[name]
    people = 4000 * TEAMS[name]["seats"]
    error = 4 * math.sqrt(2)
    assert runs.burned[-1].sum() / runs.filled[-1].sum() == pytest.approx(
        burned, abs=error * math.sqrt(burned * (1 - burned) / people * 1.5)
    )
    assert runs.quits.mean() == pytest.approx(quits, abs=error * runs.quits.std() / math.sqrt(4000))
    assert runs.short_weeks.mean() == pytest.approx(short, abs=error * runs.short_weeks.std() / math.sqrt(4000) + 0.05)
    assert (runs.dark_weeks > 0).mean() == pytest.approx(
        nobody, abs=error * math.sqrt(0.21 / 4000) * (nobody > 0) + 1e-3
    )


def test_the_load_sweep_of_the_independent_program_is_reproduced() -> None:
    for seats, expected in ((2, (5.8, 10.1, 18.7)), (5, (0.1, 10.1, 34.3)), (12, (0.0, 2.2, 51.0))):
        for load, weeks in zip((0.7, 1.0, 1.2), expected, strict=True):
            runs = simulate_team(
                design("tight", seats=seats, load=load), weeks=104, noise=draw_noise(runs=1500, seed=1)
            )
            error = 4 * runs.short_weeks.std() / math.sqrt(1500) + 4 * runs.short_weeks.std() / math.sqrt(4000)
            assert runs.short_weeks.mean() == pytest.approx(weeks, abs=error + 0.1)


def test_a_seat_is_empty_as_long_as_renewal_theory_says() -> None:
    """Long run, no burnout effect on quits: v = hT / (1 + hT)."""
    plan = TeamDesign(seats=6, load=0.5, annual_quit=0.4)
    runs = simulate_team(plan, weeks=520, noise=draw_noise(runs=300, seed=2, risk_ratio=1.0), hire_weeks=12)
    empty = 1 - runs.filled[104:].mean() / 6
    assert empty == pytest.approx(vacancy_share(-math.log(0.6), vacancy_years=12 / 52), abs=0.005)


def test_the_loop_gain_is_that_of_the_closed_form_and_far_from_a_spiral() -> None:
    assert loop_gain(design("tight")) == pytest.approx(0.0039, abs=2e-4)
    ends = [point_probability(design("tight"), load=load) for load in (0.92, 0.98)]
    slope = (math.log(ends[1] / (1 - ends[1])) - math.log(ends[0] / (1 - ends[0]))) / 0.06
    assert slope == pytest.approx(0.3125 * (math.log(1.6) / 0.2 + 2.5 * math.log(1.243)), abs=1e-9)
    assert loop_gain(design("tight"), overload_quit=3.4) > 1


def test_feedback_adds_next_to_nothing_and_off_it_adds_nothing() -> None:
    noise = draw_noise(runs=3000, seed=5)
    on, off = (
        simulate_team(design("tight"), weeks=104, noise=noise, feedback=way).quits.mean() for way in (True, False)
    )
    assert 0 <= on - off <= 0.01 * off


def test_an_assumed_effect_of_overload_on_quits_shows_and_is_named() -> None:
    plan = design("overloaded", load=1.0)
    plain = project_team(desk(5), design=plan, runs=800)
    steep = project_team(desk(5), design=plan, runs=800, overload_quit=3.4)
    assert steep.quits > plain.quits
    assert steep.gain >= 1
    assert any("feed itself" in str(note) for note in steep.points)
    assert any("Assumed by you" in str(note) for note in steep.notes)
    assert any("No spiral" in str(note) for note in plain.points)


def test_two_equal_designs_have_the_same_luck() -> None:
    noise = draw_noise(runs=200, seed=4)
    a, b = (simulate_team(design("tight"), weeks=60, noise=noise) for _ in range(2))
    assert np.array_equal(a.filled, b.filled)
    assert np.array_equal(a.load, b.load)


def test_nobody_quits_where_nobody_ever_does() -> None:
    runs = simulate_team(design("tight", annual_quit=0.0), weeks=104, noise=draw_noise(runs=100, seed=1))
    assert runs.quits.sum() == 0
    assert runs.filled.min() == 5
    assert NEVER > 10**6


def test_more_seats_are_never_darker_and_slower_hiring_never_lighter() -> None:
    noise = draw_noise(runs=1500, seed=6)
    two, one = (simulate_team(design("tight", seats=n), weeks=104, noise=noise).dark_weeks.mean() for n in (2, 1))
    assert two < one
    fast, slow = (
        simulate_team(design("one person"), weeks=104, noise=noise, hire_weeks=w).dark_weeks.mean() for w in (6, 26)
    )
    assert fast < slow


def test_the_answer_counts_cost_seats_and_waiting() -> None:
    facts = desk(5, costs={"salary_per_year": {"standard": 40_000}})
    outlook = project_team(facts, design=design("overloaded"), years=2, seed=7)
    assert outlook.cost == pytest.approx(outlook.quits * 40_000 * 0.21)
    assert outlook.cost_low <= outlook.cost <= outlook.cost_high
    assert outlook.n_minus_1_limit == n_minus_1_utilisation(5) == 0.8
    assert any("does not survive one empty seat" in str(note) for note in outlook.points)
    waiting = outlook.waiting
    assert waiting["months"].tolist() == list(range(7))
    assert waiting["short_weeks"].is_monotonic_increasing
    assert waiting["pay_of_the_seat"].is_monotonic_decreasing
    assert (waiting["short_weeks_of_the_month"].dropna() > 0.5).all()
    assert len(outlook.weeks) == 104
    frame = outlook.to_frame()
    assert {"quits", "dark_probability", "turnover_cost", "loop_gain"} <= set(frame["measure"])


def test_without_pay_there_is_no_cost_and_it_is_said() -> None:
    outlook = project_team(desk(2), design=design("tight", seats=2), runs=300)
    assert outlook.cost is None
    assert any("No pay" in str(note) for note in outlook.notes)


def test_one_seat_is_about_the_job_and_the_same_seed_gives_the_same_answer() -> None:
    a, b = (project_team(desk(1), design=design("one person"), runs=500, seed=7) for _ in range(2))
    assert dataclasses.astuple(dataclasses.replace(a, desk=None, weeks=0, waiting=0)) == dataclasses.astuple(
        dataclasses.replace(b, desk=None, weeks=0, waiting=0)
    )
    assert 0.22 < a.dark_probability < 0.38
    assert any("not the plans of the person" in str(note) for note in a.notes)


def test_the_load_comes_from_the_desk_and_without_volume_it_is_asked_for() -> None:
    with pytest.raises(sc.InputError, match="load"):
        project_team(desk(2))
    with pytest.raises(sc.InputError, match="no role"):
        project_team(Desk.model_validate({"name": "Empty", "timezone": "UTC"}))

    class Need:
        class workload:
            hours_by_duty = {"community": 30.0, "publishing": 30.0}  # noqa: RUF012

    outlook = project_team(desk(2), need=Need(), runs=200)
    assert outlook.seats == 2
    assert outlook.load == pytest.approx(60 / (2 * 1711.14 * 7 / 365.25), rel=1e-3)


@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_picture_of_the_seats_draws_in_both_languages(language: str) -> None:
    for name in ("one person", "tight"):
        outlook = project_team(desk(5), design=design(name), runs=300)
        ax = plots.draw(outlook, theme.new_figure(*plots.size(outlook)).subplots(), language=language)
        assert ax.get_legend() is not None


@pytest.mark.parametrize(
    "values", [{"abusive_share": 80}, {"duties": 9}, {"on_call": -1}, {"channels": float("nan")}, {"week_hours": 169}]
)
def test_a_team_design_refuses_what_a_job_design_refuses(values: dict[str, float]) -> None:
    with pytest.raises(sc.InputError, match=next(iter(values))):
        TeamDesign(seats=3, load=0.9, **values)  # type: ignore[arg-type]


def test_the_loop_gain_does_not_vanish_where_the_model_no_longer_tells_loads_apart() -> None:
    inside, beyond = (loop_gain(sc.TeamDesign(seats=5, load=load)) for load in (0.95, 2.0))
    assert 0 < inside < beyond < 1


def test_a_horizon_or_design_that_cannot_be_meant_is_refused() -> None:
    desk = Desk.model_validate(
        {"name": "Solo", "timezone": "Europe/Istanbul", "people": [{"id": "p1", "role": "manager"}]}
    )
    with pytest.raises(sc.InputError, match="years"):
        sc.project_team(desk, years=1000, design=sc.TeamDesign(seats=1, load=1))
    with pytest.raises(sc.InputError, match="TeamDesign"):
        sc.project_team(desk, design=3)  # type: ignore[arg-type]


def test_every_mean_of_simulated_teams_comes_with_its_interval() -> None:
    plan = sc.TeamDesign(seats=2, load=0.9)
    desk = Desk.model_validate({"name": "T", "timezone": "UTC", "people": [{"id": "p1", "role": "x"}]})
    outlook = sc.project_team(desk, design=plan, runs=400, years=1, seed=3, annual_quit=0.4)
    frame = outlook.to_frame().set_index("measure")
    told = frame.drop(index="loop_gain")
    assert (told["low"] <= told["value"]).all()
    common = told.drop(index="dark_weeks")  # so rare here that nine teams in ten have none
    assert (common["value"] <= common["high"]).all()
    assert frame.loc["vacancy_share", "high"] > frame.loc["vacancy_share", "value"] > 0
    assert str(outlook).count("interval") == 3
