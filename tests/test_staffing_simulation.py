"""The backlog simulation against a queue worked slot by slot, closed forms and published tables."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from deadline_desk import COVER, hours_open, stream
from numpy.typing import NDArray

from staffcalc.staffing import programme, simulation, tours
from staffcalc.staffing.deadline import last_slots


def plan_capacity(streams: tuple[simulation.Stream, ...], cover: NDArray[np.float64]) -> NDArray[np.float64]:
    """Capacity of the cheapest tours, scaled to the load exactly."""
    week = programme.Week(
        work=np.stack([part.work for part in streams]),
        last=np.stack([part.last for part in streams]),
        seats=np.zeros(168),
        load=np.zeros(168),
        productive=0.85,
    )
    plan = programme.solve(week, tours.make_tours(cover, shift_hours=8, days=5))
    assert plan is not None
    return plan.capacity * week.work.sum() / plan.capacity.sum()


def slot_by_slot(
    work: NDArray[np.float64], lasts: list[NDArray[np.int64]], capacity: NDArray[np.float64], rule: str, warm: int
) -> list[float]:
    """On-time shares with explicit queues: lists of [last slot, hours, arrival, class]."""
    classes, length = work.shape
    queue: list[list[float]] = []
    late = np.zeros(classes)
    slots = len(capacity)
    counted = range(warm, length - 2 * slots)
    for slot in range(length):
        for k in range(classes):
            queue.append([lasts[k][slot % slots] + slot // slots * slots, work[k, slot], slot, k])
        order = {"priority": lambda job: (job[3], job[2]), "fifo": lambda job: (job[2], 0), "edf": lambda job: job[0]}
        queue.sort(key=order[rule])
        left = capacity[slot % slots]
        groups: dict[object, list[list[float]]] = {}
        for job in queue:
            groups.setdefault(order[rule](job), []).append(job)
        for group in groups.values():
            total = sum(job[1] for job in group)
            part = min(1.0, left / total) if total > 0 else 1.0
            for job in group:
                job[1] -= job[1] * part
            left -= total * part
        for job in queue:
            if job[0] == slot and job[2] in counted:
                late[int(job[3])] += job[1]
        queue = [job for job in queue if job[1] > 1e-12]
    return [1 - late[k] / work[k, counted.start : counted.stop].sum() for k in range(classes)]


@pytest.mark.parametrize("rule", ["priority", "fifo"])
def test_the_reflection_equals_a_queue_worked_slot_by_slot(rule: str) -> None:
    streams = (stream(60, 20, 1), stream(900, 7, 8))
    capacity = COVER["7-22 daily"] * 1.15 * sum(part.work.sum() for part in streams) / 105
    draws = simulation.draw(streams, day_cv=0.25, week_cv=0.1, replications=2, weeks=3, warm_up=1, seed=5)
    wide = dataclasses.replace(draws, warm_up_weeks=1, tail_slots=336)
    found = simulation.serve(wide, streams, capacity, first_in_first_out=rule == "fifo").on_time
    for run in range(2):
        expected = slot_by_slot(draws.work[:, run].astype(float), [part.last for part in streams], capacity, rule, 168)
        assert found[:, run] == pytest.approx(expected, abs=1e-5)


def test_a_burst_worked_first_in_first_out_keeps_the_share_of_the_closed_form() -> None:
    """Burst of r work hours an hour for L hours against capacity 1: on time = d / ((r - 1) L)."""
    rate, length, target = 3.0, 20, 12
    messages = np.zeros(168)
    messages[:length] = rate * 3600
    part = simulation.Stream(
        messages=messages, handle_hours=np.full(168, 1 / 3600), handle_cv=np.zeros(168), last=last_slots(168, target)
    )
    draws = simulation.draw((part,), day_cv=0, week_cv=0, replications=2, weeks=20, warm_up=1, seed=1)
    on_time = simulation.serve(draws, (part,), np.ones(168)).on_time
    assert on_time.mean() == pytest.approx(target / ((rate - 1) * length), abs=0.03)


def test_draws_have_the_variance_of_the_formula() -> None:
    from staffcalc.staffing.deadline import work_variance

    part = stream(300, 4, 24)
    draws = simulation.draw((part,), day_cv=0.25, week_cv=0.12, replications=80, weeks=100, warm_up=0, seed=2)
    weekly = draws.work[0].reshape(80, -1, 168).sum(axis=2, dtype=float).ravel()
    assert weekly.mean() == pytest.approx(part.work.sum(), rel=0.01)
    expected = work_variance(part.work, part.second_moment, day_cv=0.25, week_cv=0.12)
    assert weekly.var() == pytest.approx(expected, rel=0.06)


def test_the_mean_value_plan_misses_its_target_badly() -> None:
    """3,000 messages a week, days vary by 25%: capacity equal to the load gives about 17% instead of 90%."""
    part = stream(3000, 4, 24)
    capacity = plan_capacity((part,), COVER["7-22 daily"])
    draws = simulation.draw((part,), day_cv=0.25, week_cv=0, replications=60, weeks=60, warm_up=20, seed=3)
    mean, low, high = simulation.serve(draws, (part,), capacity).interval()
    assert low[0] - 0.04 < 0.167 < high[0] + 0.04
    assert mean[0] < 0.3


@pytest.mark.parametrize(
    ("volume", "week_cv", "over", "share", "noise"),
    [
        (300, 0.0, 1.1, 0.857, 0.03),
        (300, 0.12, 1.2, 0.918, 0.02),
        (3000, 0.0, 1.2, 0.998, 0.012),
        (3000, 0.12, 1.1, 0.817, 0.04),
        (3000, 0.12, 1.35, 0.998, 0.012),
    ],
)
def test_the_frontier_of_the_test_desk_is_reproduced(
    volume: int, week_cv: float, over: float, share: float, noise: float
) -> None:
    """Measured with another implementation: simulated shares on time with 7 to 22 cover and a 24 h target."""
    part = stream(volume, 4, 24)
    capacity = plan_capacity((part,), COVER["7-22 daily"])
    draws = simulation.draw((part,), day_cv=0.25, week_cv=week_cv, replications=100, weeks=60, warm_up=20, seed=4)
    mean, low, high = simulation.serve(draws, (part,), capacity * over).interval()
    assert mean[0] == pytest.approx(share, abs=noise + (high[0] - low[0]) / 2)


def test_more_capacity_never_makes_messages_later_with_the_same_draws() -> None:
    streams = (stream(60, 20, 1), stream(900, 7, 8), stream(3000, 4, 24))
    flat = np.full(168, sum(part.work.sum() for part in streams) / 168)
    draws = simulation.draw(streams, day_cv=0.25, week_cv=0.1, replications=5, weeks=10, warm_up=2, seed=6)
    shares = [simulation.serve(draws, streams, flat * over).on_time for over in (1.0, 1.05, 1.2, 1.5)]
    for less, more in itertools.pairwise(shares):
        assert (more >= less - 1e-9).all()


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    part = (stream(300, 4, 24),)

    def work(seed: int) -> NDArray[np.float32]:
        return simulation.draw(part, day_cv=0.2, week_cv=0.1, replications=2, weeks=2, warm_up=0, seed=seed).work

    assert (work(0) == work(0)).all()
    assert (work(0) != work(1)).any()


def test_a_backlog_at_the_start_is_worked_off_before_anything_counts() -> None:
    part = stream(3000, 4, 24)
    capacity = np.full(168, part.work.sum() / 168 * 1.2)
    draws = simulation.draw((part,), day_cv=0, week_cv=0, replications=3, weeks=20, warm_up=0, seed=7)
    fresh = simulation.serve(draws, (part,), capacity).on_time.mean()
    behind = simulation.serve(draws, (part,), capacity, start_backlog=400, keep_all=True)
    assert behind.on_time.mean() < fresh - 0.2
    assert behind.backlog is not None
    # 40 hours are gained a week, so 400 hours take about ten weeks
    assert behind.backlog[:, 9 * 168 - 1].mean() > 20 > behind.backlog[:, 12 * 168].mean()


def test_intervals_come_from_replications_and_not_from_messages() -> None:
    mean, low, high = simulation.interval(np.array([[0.8, 0.9, 1.0]]))
    assert mean[0] == pytest.approx(0.9)
    assert high[0] == 1  # 0.9 + 4.303 * 0.1 / sqrt(3) is more than all
    assert low[0] == pytest.approx(0.9 - 4.302652729911275 * 0.1 / 3**0.5)


def test_a_week_of_rest_is_enough_only_away_from_full_load() -> None:
    assert simulation.warm_up_weeks(1.0, 100.0, 1.3) == 8
    assert simulation.warm_up_weeks(50.0, 100.0, 1.03) == 17
    assert simulation.warm_up_weeks(1.0, 100.0, 1.0) == 26


def test_shifts_that_start_or_end_inside_a_slot_are_kept_as_fractions() -> None:
    cover = hours_open(range(5), 9, 17)
    found = tours.make_tours(cover, shift_hours=7.5, days=5)
    assert found.start_hour.tolist() == [9.0, 9.5]
    assert found.hours == pytest.approx([37.5, 37.5])
    assert found.cover[[9, 16], 0].tolist() == [1.0, 0.5]
    assert found.cover[[9, 16], 1].tolist() == [0.5, 1.0]


def test_a_shift_may_stretch_over_lunch_but_not_over_the_night() -> None:
    morning, afternoon = hours_open(range(5), 8, 12), hours_open(range(5), 13, 18)
    found = tours.make_tours(morning + afternoon, shift_hours=8, days=5, longest_break_hours=2)
    assert found.hours == pytest.approx(np.full(found.hours.size, 40.0))
    assert found.start_hour.tolist() == [8.0, 9.0]
    assert found.cover[12, 0] == 0
    apart = tours.make_tours(morning + afternoon, shift_hours=8, days=5)
    assert apart.start_hour.tolist() == [8.0, 13.0]  # without the break: two short shifts


def test_odd_opening_times_are_exact_in_hourly_slots() -> None:
    minutes = np.zeros(7 * 24 * 60)
    minutes[510:1050] = 1.0  # Monday 8:30 to 17:30
    found = tours.make_tours(minutes, shift_hours=8, days=5, slots=168)
    assert found.start_hour.tolist() == [8.5, 9.0, 9.5]
    assert found.cover[8].tolist() == [0.5, 0.0, 0.0]
    assert found.cover[17].tolist() == [0.0, 0.0, 0.5]


def test_a_shift_runs_over_midnight_and_over_the_end_of_the_week() -> None:
    night = np.tile(np.concatenate([np.ones(6), np.zeros(16), np.ones(2)]), 7)
    found = tours.make_tours(night, shift_hours=8, days=5)
    assert set(found.start_hour % 24) == {22.0}
    assert found.hours == pytest.approx(np.full(7, 40.0))


def test_hours_that_swing_add_to_the_scatter_of_hours_and_hardly_to_that_of_days() -> None:
    part = stream(3000, 4, 24)

    def scatter(hour_cv: float) -> tuple[float, float]:
        draws = simulation.draw(
            (part,), day_cv=0.1, week_cv=0, hour_cv=hour_cv, replications=20, weeks=40, warm_up=0, seed=8
        )
        hours = draws.work[0].reshape(-1, 168).astype(float)
        days = hours.reshape(-1, 7, 24).sum(axis=2)
        return float((hours.std(axis=0) / hours.mean(axis=0)).mean()), float(
            (days.std(axis=0) / days.mean(axis=0)).mean()
        )

    (hour_calm, day_calm), (hour_wild, day_wild) = scatter(0.0), scatter(0.3)
    assert hour_wild**2 - hour_calm**2 == pytest.approx(0.09, abs=0.015)
    assert day_wild - day_calm < 0.03
