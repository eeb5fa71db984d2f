"""The weekly programme, the percentage trap, robust rows and the order of work: tables of the staffing reference."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from deadline_desk import COVER, DESK_CLASSES, desk_profile, hours_open, stream
from numpy.typing import NDArray
from test_staffing_need import make_desk, make_volume

from staffcalc.staffing import deadline, programme, simulation
from staffcalc.staffing.buckets import serve_earliest_due
from staffcalc.staffing.certified import prepare
from staffcalc.staffing.fewest_agents import required_agents
from staffcalc.staffing.grades import Group, solve_groups
from staffcalc.staffing.head_search import search_heads
from staffcalc.staffing.percentage import fifo_share, solve_fifo, solve_triage
from staffcalc.staffing.robust import solve_robust
from staffcalc.staffing.tours import Tours, make_tours
from staffcalc.staffing.whole import passes

NOTHING = np.zeros(168)


def week_of(classes: tuple[tuple[float, float, float], ...], per_hour: int = 1, **changes: object) -> programme.Week:
    streams = [stream(*spec, per_hour=per_hour) for spec in classes]
    facts: dict[str, object] = {
        "work": np.stack([part.work for part in streams]),
        "last": np.stack([part.last for part in streams]),
        "seats": np.zeros(168 * per_hour),
        "load": np.zeros(168 * per_hour),
        "productive": 0.85,
    }
    return programme.Week(**(facts | changes))  # type: ignore[arg-type]


@functools.cache
def free_tours() -> Tours:
    return make_tours(COVER["24/7"], shift_hours=8, days=5)


@pytest.mark.parametrize(("classes", "fte"), [(1, 5.88), (2, 8.97), (3, 9.56)])
def test_with_free_shift_starts_the_programme_costs_the_work_floor(classes: int, fte: float) -> None:
    week = week_of(DESK_CLASSES[:classes])
    plan = programme.solve(week, free_tours())
    assert plan is not None
    assert plan.cost / 40 == pytest.approx(fte, abs=0.005)
    assert plan.cost / 40 == pytest.approx(week.work.sum() / 0.85 / 40, rel=1e-9)
    assert deadline.feasibility_slack(week.work, week.last, plan.capacity) > -1e-9
    assert plan.served.sum(axis=0) == pytest.approx(np.minimum(plan.served.sum(axis=0), plan.capacity), abs=1e-7)


@pytest.mark.parametrize(
    ("classes", "heads"),
    [(1, 6), pytest.param(2, 9, marks=pytest.mark.slow), pytest.param(3, 10, marks=pytest.mark.slow)],
)
def test_whole_heads_of_the_test_desk_are_reproduced(classes: int, heads: int) -> None:
    plan = programme.solve(
        week_of(DESK_CLASSES[:classes]), free_tours(), cost=np.ones(168), whole_heads=True, gap=0.99 / (heads + 3)
    )
    assert plan is not None
    assert plan.heads.sum() == heads


def test_targets_above_the_ceiling_have_no_plan() -> None:
    week = week_of(DESK_CLASSES[:2])
    assert programme.solve(week, make_tours(COVER["7-22 daily"], shift_hours=8, days=5)) is None


def test_a_shift_of_eight_and_a_half_hours_is_not_rounded_to_eight() -> None:
    exact = make_tours(COVER["24/7"], shift_hours=8.5, days=5)
    assert exact.hours == pytest.approx(np.full(168, 42.5))
    plan = programme.solve(week_of(DESK_CLASSES[:1]), exact)
    assert plan is not None
    assert plan.cost / 42.5 == pytest.approx(200 / 0.85 / 42.5, rel=1e-6)


def weekend_tours() -> tuple[Tours, NDArray[np.float64]]:
    """Monday to Friday 9 to 17, and Saturday and Sunday shifts of four hours at double cost."""
    columns = [COVER["Mon-Fri 9-17"]]
    columns += [hours_open(range(day, day + 1), start, start + 4) for day in (5, 6) for start in range(8, 19, 2)]
    tours = Tours(cover=np.stack(columns, axis=1), start_hour=np.zeros(13), days=np.array([5, *[1] * 12]))
    return tours, np.array([40.0, *[8.0] * 12])


@pytest.mark.parametrize(
    ("share", "triage", "kept", "fifo"),
    [
        (0.77, 235.3, 0.376, None),
        (0.85, 252.6, 0.540, None),
        (0.90, 264.4, 0.709, 276.9),
        (0.99, 285.6, 0.986, 286.1),
        (1.0, 287.9, 1.0, 287.9),
        pytest.param(0.77, 235.3, 0.376, 268.3, marks=pytest.mark.slow),
        pytest.param(0.95, 276.2, 0.888, 281.0, marks=pytest.mark.slow),
    ],
)
def test_a_percentage_in_the_programme_is_triage_and_a_queue_in_order_keeps_less(
    share: float, triage: float, kept: float, fifo: float | None
) -> None:
    """Costs in paid hours and shares on time, measured with another implementation; shares within two points."""
    week = week_of(DESK_CLASSES[:1])
    tours, cost = weekend_tours()
    late = deadline.last_slots(168, 168)
    plan = solve_triage(week, tours, share=share, late_last=late, cost=cost)
    assert plan is not None
    assert plan.cost == pytest.approx(triage, abs=0.06)
    assert fifo_share(week.work[0], week.last[0], plan.capacity) == pytest.approx(kept, abs=0.02)
    if fifo is not None:
        honest = solve_fifo(week, tours, share=share, late_last=late, cost=cost)
        assert honest is not None
        assert honest.cost == pytest.approx(fifo, abs=0.06)
        assert fifo_share(week.work[0], week.last[0], honest.capacity) >= share - 1e-6


@pytest.mark.parametrize(
    ("volume", "day_cv", "week_cv", "level", "margin"),
    [
        (300, 0.0, 0.0, 0.9, 0.068),
        (3000, 0.25, 0.0, 0.9, 0.093),
        pytest.param(300, 0.25, 0.12, 0.95, 0.283, marks=pytest.mark.slow),
        pytest.param(3000, 0.25, 0.12, 0.9, 0.196, marks=pytest.mark.slow),
    ],
)
def test_robust_rows_ask_for_the_margins_of_the_reference(
    volume: int, day_cv: float, week_cv: float, level: float, margin: float
) -> None:
    week = week_of(((volume, 4, 24),))
    plan = solve_robust(
        week,
        make_tours(COVER["7-22 daily"], shift_hours=8, days=5),
        second_moment=stream(volume, 4, 24).second_moment,
        service_level=level,
        day_cv=day_cv,
        week_cv=week_cv,
    )
    assert plan is not None
    assert plan.capacity.sum() / week.work.sum() - 1 == pytest.approx(margin, abs=0.002)


@pytest.mark.parametrize(
    ("over", "edf", "priority", "noise"),
    [
        (1.15, (0.909, 0.916, 0.917), (0.905, 1.000, 0.9996), 0.02),
        (1.30, (0.991, 0.992, 0.992), (0.993, 1.000, 0.9998), 0.01),
        pytest.param(1.05, (0.549, 0.561, 0.561), (0.553, 1.000, 0.999), 0.07, marks=pytest.mark.slow),
    ],
)
def test_earliest_due_first_fails_all_targets_together_and_priority_only_the_longest(
    over: float, edf: tuple[float, ...], priority: tuple[float, ...], noise: float
) -> None:
    """Three classes, capacity follows the load of the last three hours; measured with another implementation."""
    streams = tuple(sorted((stream(*spec) for spec in DESK_CLASSES), key=lambda part: part.last[0]))
    load = np.asarray(sum(part.work for part in streams))
    capacity = np.mean([np.roll(load, hours) for hours in range(3)], axis=0) * over
    draws = simulation.draw(streams, day_cv=0.25, week_cv=0.1, replications=100, weeks=36, warm_up=12, seed=0)
    by_due = serve_earliest_due(draws, streams, capacity)
    assert by_due.on_time.mean(axis=1)[::-1] == pytest.approx(edf, abs=noise)
    in_turn = simulation.serve(draws, streams, capacity)
    assert in_turn.on_time.mean(axis=1)[::-1] == pytest.approx(priority, abs=noise)


def test_one_class_is_the_same_in_buckets_and_as_a_reflection() -> None:
    part = stream(900, 7, 8)
    draws = simulation.draw((part,), day_cv=0.25, week_cv=0.1, replications=4, weeks=6, warm_up=2, seed=1)
    capacity = np.full(168, part.work.sum() / 168 * 1.05)
    factor = np.random.default_rng(0).uniform(0.8, 1.2, (4, draws.work.shape[2] // 24))
    flow = simulation.serve(draws, (part,), capacity, daily_factor=factor, carried=capacity / 50)
    buckets = serve_earliest_due(draws, (part,), capacity, daily_factor=factor, carried=capacity / 50)
    assert buckets.on_time == pytest.approx(flow.on_time, abs=1e-5)


@pytest.mark.slow
def test_chat_and_deferred_work_in_one_plan_take_twelve_instead_of_twenty_one() -> None:
    """Chat 400 a week, 8 to 20, 12 minutes, 80% in a minute, beside the three classes; hourly grid."""
    chat = desk_profile(kind="biz") * 400
    hour = np.arange(168) % 24
    rate = np.where((hour >= 8) & (hour < 20), chat, 0.0)
    load = rate * 0.2
    agents = required_agents(load, aht_minutes=12, within_minutes=1, service_level=0.8)
    tours = free_tours()

    def heads(week: programme.Week, expected: int) -> float:
        plan = programme.solve(week, tours, cost=np.ones(168), whole_heads=True, gap=0.99 / (expected + 3), seconds=25)
        assert plan is not None
        return float(plan.heads.sum())

    seats = agents / 0.85
    blended = heads(week_of(DESK_CLASSES, seats=seats, load=load), 12)
    alone = heads(week_of(((1e-9, 4, 24),), seats=seats, load=load), 11)
    assert (blended, alone) == (12, 11)


@pytest.mark.parametrize(
    ("volume", "day_cv", "week_cv", "margin"),
    [(300, 0.0, 0.0, 0.057), (300, 0.25, 0.0, 0.118), (3000, 0.25, 0.0, 0.072), (3000, 0.25, 0.12, 0.136)],
)
def test_the_smallest_capacity_by_simulation_is_that_of_the_reference(
    volume: int, day_cv: float, week_cv: float, margin: float
) -> None:
    """At the capacity that another implementation found smallest for 90%, this one simulates 90% too."""
    part = stream(volume, 4, 24)
    plan = programme.solve(week_of(((volume, 4, 24),)), make_tours(COVER["7-22 daily"], shift_hours=8, days=5))
    assert plan is not None
    capacity = plan.capacity * part.work.sum() / plan.capacity.sum() * (1 + margin)
    draws = simulation.draw((part,), day_cv=day_cv, week_cv=week_cv, replications=60, weeks=80, warm_up=40, seed=2)
    mean, low, high = simulation.serve(draws, (part,), capacity).interval()
    assert mean[0] == pytest.approx(0.9, abs=0.012 + (high[0] - low[0]) / 2)


def test_one_group_of_standard_people_is_the_plain_programme() -> None:
    week = week_of(DESK_CLASSES[:2])
    plan = solve_groups(week, [Group(name="all", tours=free_tours(), classes=(0, 1))])
    assert plan is not None
    assert plan.hours["all"] / 40 == pytest.approx(8.97, abs=0.005)


def test_juniors_take_longer_and_lean_on_reviewers() -> None:
    """200 and 105 hours: juniors do the first class at 80% with 10% review, seniors the second class."""
    week = week_of(DESK_CLASSES[:2])
    junior = Group(
        name="junior", tours=free_tours(), classes=(0,), proficiency=0.8, review_share=0.1, reviewer="senior", cost=0.5
    )
    senior = Group(name="senior", tours=free_tours(), classes=(0, 1), cost=1.0)
    plan = solve_groups(week, [junior, senior])
    assert plan is not None
    assert plan.hours["junior"] == pytest.approx(200 / 0.8 / 0.85, rel=1e-6)
    assert plan.hours["senior"] == pytest.approx((105 + 20) / 0.85, rel=1e-6)
    assert plan.served["junior"][1].sum() == 0


def test_a_class_that_nobody_may_do_has_no_plan() -> None:
    week = week_of(DESK_CLASSES[:2])
    assert solve_groups(week, [Group(name="one", tours=free_tours(), classes=(0,))]) is None


def test_scarce_people_are_used_where_only_they_can() -> None:
    week = week_of(DESK_CLASSES[:2])
    first = Group(name="first", tours=free_tours(), classes=(0, 1), cost=0.1, most_heads=4)
    second = Group(name="second", tours=free_tours(), classes=(0,))
    plan = solve_groups(week, [first, second])
    assert plan is not None
    assert plan.heads["first"].sum() == pytest.approx(4)
    assert plan.served["second"][1].sum() == 0
    assert plan.hours["first"] + plan.hours["second"] == pytest.approx(305 / 0.85, rel=1e-6)


@pytest.mark.parametrize("hours", ["07:00-22:00", "00:00-24:00"])
@pytest.mark.parametrize("within", [4, 8, 24])
def test_the_search_for_whole_people_finds_as_few_as_the_integer_programme(hours: str, within: int) -> None:
    """The programme proves its number; the search has no clock, so it gives the same on every machine."""
    desk = make_desk(targets=[{"id": "t", "share": 0.9, "within_hours": within}], calendar={"open": {"daily": [hours]}})
    setting = prepare(desk, make_volume(900)).setting
    week = setting.week(whole=True)
    proven = programme.solve(
        week, setting.tours, cost=np.ones(setting.tours.hours.size), whole_heads=True, gap=0.1, seconds=60
    )
    found = search_heads(week, setting.tours, least=1, most=12)
    assert proven is not None
    assert found is not None
    assert passes(week, setting.tours.cover @ found, deadline.demand_bound(week.work, week.last))
    assert found.sum() <= proven.heads.sum()
