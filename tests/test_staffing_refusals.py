"""Wrong kinds of arguments to the staffing functions: an error that names the argument and says what to try."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_staffing_need import make_desk, make_volume, plain_need

import staffcalc as sc

NO_NUMBERS = [
    "x", "5", {}, object(), {1.0}, b"1", 1j, True, [[1, 2], [3]], ["a"], [True], np.array(["a"]), pd.Series(["a"]),
    pd.Timestamp("2026-01-01"), pd.NaT, pd.NA, 10**400, -1, [-1.0], float("inf"),
]  # fmt: skip
"""Not one of these is an amount."""

CLOSED_FORMS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (sc.erlang_b, {"agents": 3, "load_erlangs": 1.0}),
    (sc.erlang_c, {"agents": 3, "load_erlangs": 1.0}),
    (sc.occupancy, {"agents": 3, "load_erlangs": 1.0}),
    (sc.wait_probability, {"agents": 3, "load_erlangs": 1.0, "aht_minutes": 5, "patience_minutes": 3}),
    (sc.service_level, {"agents": 3, "load_erlangs": 1.0, "aht_minutes": 5, "within_minutes": 1}),
    (sc.service_level, {"agents": 3, "load_erlangs": 1.0, "aht_minutes": 5, "within_minutes": 1, "day_cv": 0.2}),
    (sc.average_wait_minutes, {"agents": 3, "load_erlangs": 1.0, "aht_minutes": 5, "patience_minutes": 3}),
    (sc.abandonment, {"agents": 3, "load_erlangs": 1.0, "aht_minutes": 5, "patience_minutes": 3}),
    (
        sc.required_agents,
        {"load_erlangs": 1.0, "aht_minutes": 5, "within_minutes": 1, "service_level": 0.8, "max_occupancy": 0.9},
    ),
    (sc.level_capacity, {"work_by_slot": [1.0, 2.0], "within_slots": 1}),
    (sc.coverage_ceiling, {"arrivals_by_slot": [1.0, 2.0], "open_by_slot": [1, 0], "within_slots": 1}),
    (
        sc.safety_capacity,
        {"work_per_cycle": 1, "variance_per_cycle": 0.06, "work_per_window": 1, "service_level": 0.9},
    ),
    (sc.blend_threshold, {"messages_per_hour": 20, "aht_minutes": 10, "agents": 7, "threshold": 5}),
    (sc.heads_for_seats, {"seats": 3, "absence": 0.15, "confidence": 0.95}),
    (sc.productive_hours, {"contract_hours_per_week": 40, "leave_days": 25, "meetings_share": 0.1}),
    (sc.cover_fte, {"seats": 1, "hours_per_week": 168, "shifts_per_day": 3, "overlap_minutes": 15, "leave_days": 25}),
    (sc.rotation_size, {"roles": 2, "max_fraction": 0.25, "absence": 0.1, "critical_mass": 3, "buffer": 1}),
    (sc.priority_waits, {"agents": 5, "load_erlangs_by_class": [2, 2], "aht_minutes": 60}),
    (sc.fixed_time_wait_minutes, {"agents": 2, "load_erlangs": 1.6, "aht_minutes": 1}),
    (sc.chat_service_level, {"agents": 3, "messages_per_hour": 4, "aht_minutes_by_chats": [8], "within_minutes": 1}),
]


@pytest.mark.parametrize(("call", "good"), CLOSED_FORMS, ids=lambda part: getattr(part, "__name__", ""))
def test_no_closed_form_takes_something_that_is_no_amount(call: Callable[..., Any], good: dict[str, Any]) -> None:
    call(**good)
    for name in good:
        for bad in NO_NUMBERS:
            with pytest.raises(sc.InputError, match=name.split("[")[0]):
                call(**{**good, name: bad})


@pytest.mark.parametrize("word", [pd.NA, pd.Series(["missed"]), None, 1, ["missed"], "lost"])
def test_a_word_that_is_none_is_refused_with_the_words_there_are(word: Any) -> None:
    with pytest.raises(sc.InputError, match="early_excluded"):
        sc.service_level(3, 1, aht_minutes=5, within_minutes=1, abandoned=word)


def test_percentages_are_refused_in_every_closed_form() -> None:
    for call in (
        lambda: sc.service_level(3, 1, aht_minutes=5, within_minutes=1, day_cv=20),
        lambda: sc.required_agents([1.0], aht_minutes=5, within_minutes=1, service_level=0.8, max_occupancy=[85]),
        lambda: sc.safety_capacity(work_per_cycle=1, variance_per_cycle=1, work_per_window=1, service_level=90),
        lambda: sc.heads_for_seats(3, absence=15),
        lambda: sc.rotation_size(2, max_fraction=25),
        lambda: sc.cover_fte(1, meetings_share=10),
    ):
        with pytest.raises(sc.InputError, match="looks like a percentage"):
            call()


DOORS = [sc.staff, sc.trace_frontier, sc.trace_channels, sc.find_capacity]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_desk_or_volume_of_another_kind_is_refused_with_the_function_that_makes_one(door: Callable[..., Any]) -> None:
    desk, volume = make_desk(), make_volume()
    for bad in (None, 1, "desk.yaml", {}, pd.DataFrame(), volume):
        with pytest.raises(sc.InputError, match=r"desk is of the type .*read_desk"):
            door(bad, volume)
    for bad in (None, 1, "volumes.csv", {}, pd.DataFrame(), desk):
        with pytest.raises(sc.InputError, match=r"volume is of the type .*fit_volume"):
            door(desk, bad)
    for runs in (0, 1, -5, 2.5, "x", True):
        with pytest.raises(sc.InputError, match="replications"):
            door(desk, volume, replications=runs)
    for pairs in (1, "x", ["a"]):
        with pytest.raises(sc.InputError, match="channels"):
            door(desk, volume, channels=pairs)


def test_other_arguments_of_the_doors_are_refused_too() -> None:
    desk, volume = make_desk(), make_volume()
    with pytest.raises(sc.InputError, match="size_workload"):
        sc.staff(desk, volume, workload=40)  # type: ignore[arg-type]
    for need in (None, 7.5, desk):
        with pytest.raises(sc.InputError, match=r"need is of the type .*staff"):
            sc.simulate(desk, volume, need)  # type: ignore[arg-type]
    with pytest.raises(sc.InputError, match="desk is of the type"):
        sc.simulate(volume, volume, plain_need())  # type: ignore[arg-type]
    for counts in (5, "x", None, [], [0], [1.5], ["a"]):
        with pytest.raises(sc.InputError, match="counts"):
            sc.trace_channels(desk, volume, counts=counts)  # type: ignore[arg-type]
    for ratios in (0, "x", ["a", "b"], [1], [0.5, 1], [float("nan"), 1]):
        with pytest.raises(sc.InputError, match="ratios"):
            sc.trace_frontier(desk, volume, ratios=ratios)  # type: ignore[arg-type]
