"""The deadline model: ceiling, demand bound, level capacity and safety against hand calculations and brute force."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from deadline_desk import COVER, DESK_CLASSES, desk_profile
from hypothesis import given
from hypothesis import strategies as st

import staffcalc as sc
from staffcalc.staffing import deadline

CASES = {
    row["id"]: (json.loads(row["inputs_json"]), json.loads(row["output"]))
    for row in csv.DictReader(
        (Path(__file__).parent / "cases" / "deadline.csv").read_text(encoding="utf-8").splitlines()
    )
}


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("FL")])
def test_level_capacity_is_the_critical_interval_of_the_published_case(case: str) -> None:
    inputs, output = CASES[case]
    capacity = sc.level_capacity([1.0] * 8 + [0.0] * 16, within_slots=inputs["target_h"])
    assert capacity == pytest.approx(output["capacity"], rel=1e-8)


def test_the_ceiling_of_office_hours_is_sixteen_of_twenty_one() -> None:
    _, output = CASES["CEIL1"]
    assert sc.coverage_ceiling(np.ones(168), COVER["Mon-Fri 9-17"], within_slots=24) == pytest.approx(output["ceiling"])


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("HT")])
def test_safety_capacity_follows_the_heavy_traffic_formula(case: str) -> None:
    inputs, output = CASES[case]
    found = sc.safety_capacity(
        work_per_cycle=1,
        variance_per_cycle=inputs["cv_day_work"] ** 2,
        work_per_window=inputs["target_days"],
        service_level=1 - inputs["eps"],
    )
    assert found == pytest.approx(output["capacity_over_load"], rel=1e-8)


@pytest.mark.parametrize(
    ("cover", "shares"),
    [("24/7", (1, 1, 1)), ("7-22 daily", (1, 0.948, 0.792)), ("Mon-Fri 9-17", (0.776, 0.416, 0.311))],
)
def test_the_ceilings_of_the_test_desk_are_reproduced(cover: str, shares: tuple[float, ...]) -> None:
    """Measured with another implementation: the table of coverage ceilings in the staffing reference."""
    found = [sc.coverage_ceiling(desk_profile(), COVER[cover], within_slots=hours) for hours in (24, 8, 1)]
    assert found == pytest.approx(shares, abs=5.1e-4)


def test_nothing_to_answer_is_always_on_time_and_nobody_there_never() -> None:
    assert sc.coverage_ceiling(np.zeros(168), np.zeros(168), within_slots=24) == 1
    assert sc.coverage_ceiling(np.ones(168), np.zeros(168), within_slots=24) == 0


def test_a_clock_that_runs_in_opening_hours_makes_every_message_answerable() -> None:
    office = COVER["Mon-Fri 9-17"]
    assert sc.coverage_ceiling(desk_profile(), office, within_slots=4, clock_open_by_slot=office) == 1


def test_a_target_that_ends_at_closing_is_due_at_closing() -> None:
    office = COVER["Mon-Fri 9-17"]
    last = deadline.last_slots(168, 8, clock_open=office)
    assert last[8] == 16  # arrives before opening on Monday, due by 17:00
    assert last[9] == 24 + 9  # arrives in the first hour, due in the first hour of Tuesday
    assert last[4 * 24 + 20] == 168 + 16  # Friday evening, due on Monday by 17:00


@given(
    work=st.lists(st.floats(0, 5), min_size=4, max_size=16),
    within=st.integers(0, 20),
)
def test_level_capacity_is_the_smallest_that_earliest_due_first_survives(work: list[float], within: int) -> None:
    """Serving hour by hour for many days: a hair more is enough, a hair less is not."""
    capacity = sc.level_capacity(work, within_slots=within)
    if capacity < 1e-4:
        return
    assert _all_on_time(work, within, capacity * (1 + 1e-9) + 1e-9)
    assert not _all_on_time(work, within, capacity * 0.95)


def _all_on_time(work: list[float], within: int, capacity: float) -> bool:
    queue: list[list[float]] = []  # [last slot on time, hours]
    for slot in range(len(work) * 400):
        queue.append([slot + within, work[slot % len(work)]])
        left = capacity
        while queue and left > 0:
            used = min(left, queue[0][1])
            queue[0][1] -= used
            left -= used
            if queue[0][1] <= 1e-12:
                queue.pop(0)
        if queue and queue[0][0] <= slot and queue[0][1] > 1e-7:
            return False
    return True


def test_the_demand_bound_of_several_classes_equals_a_count_over_all_windows() -> None:
    rng = np.random.default_rng(3)
    work, targets = rng.random((2, 21)), (5, 30)
    last = np.stack([deadline.last_slots(21, within) for within in targets])
    bound = deadline.demand_bound(work, last)
    for start in range(21):
        for length in range(21):
            expected = sum(
                work[k, slot % 21]
                for k, within in enumerate(targets)
                for slot in range(start, start + length + 1)
                if slot + within <= start + length
            )
            assert bound[start, length] == pytest.approx(expected)


def test_safety_of_the_test_desk_is_the_closed_form_of_the_reference() -> None:
    """Measured with another implementation: capacity over load for 90 and 95% (7 to 22 daily, 24 h, AHT 4 min)."""
    table = {
        (300, 0, 0): (0.051, 0.066),
        (300, 0.25, 0): (0.113, 0.143),
        (300, 0.25, 0.12): (0.201, 0.251),
        (3000, 0, 0): (0.005, 0.007),
        (3000, 0.25, 0): (0.072, 0.092),
        (3000, 0.25, 0.12): (0.166, 0.208),
    }
    for (volume, day_cv, week_cv), margins in table.items():
        work = desk_profile() * volume * 4 / 60
        variance = deadline.work_variance(work, work * 4 / 60 * 2, day_cv=day_cv, week_cv=week_cv)
        found = [
            sc.safety_capacity(
                work_per_cycle=work.sum(),
                variance_per_cycle=variance,
                work_per_window=work.sum() / 7,
                service_level=level,
            )
            for level in (0.9, 0.95)
        ]
        assert found == pytest.approx([1 + margin for margin in margins], abs=1.5e-3)


@given(level=st.floats(0, 0.999), more=st.floats(0, 0.0009), variance=st.floats(0, 50))
def test_a_stricter_target_never_needs_less_capacity(level: float, more: float, variance: float) -> None:
    def capacity(share: float) -> float:
        return sc.safety_capacity(
            work_per_cycle=10, variance_per_cycle=variance, work_per_window=2, service_level=share
        )

    assert 1 <= capacity(level) <= capacity(level + more) + 1e-12


def test_impossible_arguments_say_what_to_try() -> None:
    with pytest.raises(sc.InputError, match="share"):
        sc.safety_capacity(work_per_cycle=1, variance_per_cycle=1, work_per_window=1, service_level=1)
    with pytest.raises(sc.InputError, match=r"0\.9"):
        sc.safety_capacity(work_per_cycle=1, variance_per_cycle=1, work_per_window=1, service_level=90)
    with pytest.raises(sc.InputError, match="as many slots"):
        sc.coverage_ceiling(np.ones(168), np.ones(24), within_slots=2)
    with pytest.raises(sc.InputError, match="negative"):
        sc.level_capacity([1.0, -1.0], within_slots=2)
    with pytest.raises(sc.InputError, match="targets"):
        sc.level_capacity(np.ones((24, 2)), within_slots=2)
    with pytest.raises(sc.InputError, match="empty"):
        sc.level_capacity([], within_slots=2)
    with pytest.raises(sc.InputError, match="opening hours"):
        sc.coverage_ceiling(np.ones(168), np.ones(168), within_slots=2, clock_open_by_slot=np.zeros(168))


def test_the_test_desk_sums_to_its_volume() -> None:
    assert desk_profile().sum() == pytest.approx(1)
    assert [volume for volume, _, _ in DESK_CLASSES] == [3000, 900, 60]


@pytest.mark.parametrize("within", [0, 0.25, 0.5, 1.75, 7.5, 10.5, 15.9])
def test_targets_in_parts_of_a_slot_follow_the_closed_form(within: float) -> None:
    """One hour of work an hour on [0, 8) of each day: 8 / (8 + d), at least a third."""
    found = sc.level_capacity([1.0] * 8 + [0.0] * 16, within_slots=within)
    assert found == pytest.approx(max(1 / 3, 8 / (8 + within)), rel=1e-9)


@pytest.mark.parametrize("within", [0, 0.5, 8.25, 24, 24.5, 64, 1e9])
def test_the_ceiling_loses_what_arrives_too_early_in_a_closed_stretch(within: float) -> None:
    """Office hours close for 16 hours four times a week and for 64 once: what waits longer than the target is lost."""
    office = np.zeros(168)
    for day in range(5):
        office[24 * day + 9 : 24 * day + 17] = 1
    lost = sum(max(0.0, closed - within) for closed in (16, 16, 16, 16, 64))
    assert sc.coverage_ceiling(np.ones(168), office, within_slots=within) == pytest.approx(1 - lost / 168, abs=1e-9)


@given(
    clock=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=3, max_size=30).filter(any),
    within=st.integers(0, 200).map(lambda quarter: quarter / 4),
)
def test_the_opening_clock_finds_the_moment_by_walking_along_it(clock: list[float], within: float) -> None:
    slots = len(clock)
    last = deadline.last_slots(slots, within, clock_open=np.array(clock))
    for start in range(slots):
        run, slot = 0.0, start
        while run < within - 1e-9:
            slot += 1
            run += clock[slot % slots]
        assert last[start] == slot


@pytest.mark.parametrize("bad", ["x", None, {"a": 1}, [[1, 2], [3]], ["a"], [True], 1j, 10**400, {1.0}])
def test_slots_that_are_no_numbers_are_refused_with_advice(bad: Any) -> None:
    for call in (
        lambda: sc.level_capacity(bad, within_slots=1),
        lambda: sc.level_capacity([1.0, 2.0], within_slots=bad),
        lambda: sc.coverage_ceiling(bad, [1.0, 1.0], within_slots=1),
        lambda: sc.coverage_ceiling([1.0, 1.0], bad, within_slots=1),
        lambda: sc.coverage_ceiling([1.0, 1.0], [1.0, 1.0], within_slots=bad),
    ):
        with pytest.raises(sc.InputError, match="Try"):
            call()
