"""A looser target never asks for more people, more work never for fewer, on the certified plan of a small desk."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_staffing_need import make_desk, make_volume

from staffcalc.staffing.certified import certify_desk

DAILY = {"open": {"daily": ["07:00-22:00"]}}
ALWAYS = {"open": {"daily": ["00:00-24:00"]}}


def fte_of(
    *,
    within: float = 24,
    share: float = 0.9,
    aht: float = 4,
    messages: float = 600,
    clock: str = "calendar",
    calendar: dict[str, Any] | None = None,
) -> float:
    """Return the certified FTE of one channel, with the same random numbers whatever is asked."""
    desk = make_desk(
        targets=[{"id": "t", "share": share, "within_hours": within, "clock": clock}],
        channels=[{"id": "a", "aht_minutes": aht, "needs_reply_share": 1, "aht_cv": 1}],
        calendar=calendar or DAILY,
    )
    return certify_desk(desk, make_volume(messages, week_cv=0.1), seed=0, replications=24).fte


def falls(values: list[float]) -> bool:
    return all(later <= earlier * (1 + 1e-9) for earlier, later in itertools.pairwise(values))


def test_a_longer_limit_never_asks_for_more_people_where_all_messages_can_be_answered() -> None:
    assert falls([fte_of(within=hours, clock="business") for hours in (3, 4, 8, 16, 24, 48)])
    assert falls([fte_of(within=hours, calendar=ALWAYS) for hours in (8, 24, 48)])
    assert falls([fte_of(within=hours) for hours in (9, 12, 24, 48)])


@pytest.mark.slow
def test_the_border_between_the_models_is_no_step_upwards() -> None:
    """An hour and ten handle times of four minutes: Erlang below, the backlog model above."""
    assert falls([fte_of(within=limit, clock="business") for limit in (0.5, 0.99, 1, 2)])
    assert falls([fte_of(within=limit, calendar=ALWAYS) for limit in (0.99, 1)])


def test_a_smaller_share_never_asks_for_more_people_where_all_messages_can_be_answered() -> None:
    assert falls([fte_of(share=share) for share in (0.995, 0.99, 0.95, 0.9, 0.8, 0.6, 0.3)])


def test_more_messages_never_ask_for_fewer_people() -> None:
    weekly = (0, 1, 3, 10, 30, 60, 100, 200, 300, 500, 1000, 2000, 5000)
    assert falls([fte_of(messages=count) for count in weekly[::-1]])


def test_longer_handle_times_never_ask_for_fewer_people() -> None:
    assert falls([fte_of(aht=minutes, messages=300) for minutes in (60, 40, 30, 20, 12, 8, 6, 4, 2, 1, 0.5)])


def test_more_hours_to_cover_never_ask_for_fewer_people() -> None:
    def covered(hours: int) -> dict[str, Any]:
        start = (24 - hours) // 2
        return {"cover": {"daily": [f"{start:02d}:00-{start + hours:02d}:00"]}, "seats": 1}

    assert falls([fte_of(messages=60, calendar=covered(hours)) for hours in (24, 20, 16, 12, 10, 8)])


# twenty-four runs of a few messages a week leave some per cent of noise: smaller steps would measure that
@settings(max_examples=5, deadline=None)
@given(messages=st.integers(20, 3000), more=st.floats(1.1, 3), within=st.sampled_from([10, 24, 48]))
def test_any_desk_with_more_messages_needs_as_many_people_or_more(messages: int, more: float, within: float) -> None:
    assert fte_of(messages=messages * more, within=within) >= fte_of(messages=messages, within=within)
