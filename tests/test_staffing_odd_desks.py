"""Desks at the edges: what the staffing answer says must hold together, whatever the facts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_staffing_need import DUTIES, make_desk, make_volume

import staffcalc as sc
from staffcalc.staffing.levels import duration

FAST = {"id": "fast", "share": 0.8, "within_minutes": 1 / 3}
CHAT = {"id": "a", "aht_minutes": 8, "needs_reply_share": 1, "target": "fast"}


def staffed(messages: float = 700, **changes: Any) -> sc.StaffingNeed:
    return sc.staff(make_desk(**changes), make_volume(messages, week_cv=0.1), seed=0, replications=20)


def said(answer: Any, language: str = "en") -> str:
    return " ".join([answer.headline.say(language), *(note.say(language) for note in answer.notes)])


def test_seats_for_a_target_in_seconds_make_up_for_the_messages_of_closed_hours() -> None:
    """Four in five of all messages, where a part arrives at night: the open hours must do better than four in five."""
    need = staffed(channels=[CHAT], targets=[FAST], calendar={"open": {"daily": ["07:00-23:00"]}})
    assert 0.8 < need.coverage_ceiling < 1
    assert need.service_level >= min(0.8, 0.95 * need.coverage_ceiling) - 1e-9


def test_the_share_of_the_answered_needs_no_more_people_than_the_share_of_all() -> None:
    chat = {**CHAT, "patience_minutes": 1}
    hours = {"open": {"daily": ["00:00-24:00"]}}
    every, answered = (
        staffed(messages=1500, channels=[chat], targets=[FAST | {"of": of}], calendar=hours)
        for of in ("all", "answered")
    )
    assert answered.fte < every.fte
    assert answered.service_level >= 0.8


def test_both_engines_count_the_real_time_messages_of_closed_hours_as_missed() -> None:
    desk = make_desk(channels=[CHAT], targets=[FAST], calendar={"open": {"daily": ["09:00-17:00"]}})
    volume = make_volume(700)
    need = sc.staff(desk, volume, seed=0, replications=20)
    service = sc.simulate(desk, volume, need, seed=7, engine="messages", replications=4)
    assert service.service_level <= need.coverage_ceiling + 1e-9


def test_a_limit_in_seconds_is_said_in_seconds() -> None:
    assert str(duration(20 / 3600)) == "20 seconds"
    assert str(duration(1 / 60)) == "1 minute"
    assert duration(20 / 3600).say("tr") == "20 saniye"


def test_one_person_is_not_called_enough_where_five_are_needed() -> None:
    need = staffed(
        messages=50,
        people=[{"id": "p1", "role": "agent"}],
        calendar={"open": {"monday-friday": ["09:00-17:00"]}},
        targets=[{"id": "standard", "share": 0.9, "within_hours": 8, "clock": "business"}],
        on_call={"hours": {"daily": ["17:00-09:00"]}, "roles": 1},
    )
    assert need.headcount > need.present_people == 1
    assert "just enough" not in str(need.headline)
    assert f"1 person where {need.headcount} are needed" in str(need.headline)
    assert f"{need.headcount} kişi gerekirken 1 kişi var" in need.headline.say("tr")


def test_a_hard_cap_that_the_hours_cannot_keep_is_told_with_the_hours() -> None:
    target = {"id": "standard", "share": 0.6, "within_hours": 24, "hard_cap_hours": 48}
    need = staffed(calendar={"open": {"monday-friday": ["09:00-17:00"]}}, targets=[target])
    assert "must wait longer than the hard cap of 48 hours" in said(need)
    assert "Friday 17:00 to Saturday 09:00" in said(need)
    assert "kesin sınırdan uzun bekler" in said(need, "tr")


def test_a_cap_on_the_business_clock_does_not_count_the_weekend() -> None:
    target = {"id": "standard", "share": 0.9, "within_hours": 8, "clock": "business", "hard_cap_hours": 40}
    need = staffed(calendar={"open": {"monday-friday": ["09:00-17:00"]}}, targets=[target])
    assert "hard cap" not in said(need)


def test_a_short_target_over_a_weekend_says_why_it_takes_so_many_people() -> None:
    target = {"id": "standard", "share": 0.9, "within_hours": 2, "clock": "business"}
    need = staffed(calendar={"open": {"monday-friday": ["09:00-17:00"]}}, targets=[target])
    assert need.safety > 2
    assert "work comes in bursts" in said(need)
    assert "dalgalar" in said(need, "tr")


def test_a_target_far_above_the_ceiling_does_not_buy_people_without_end() -> None:
    """99% of what can be answered took 42 FTE where 95% of it took nine."""
    hours = {"open": {"monday-friday": ["09:00-17:00"]}}
    high, higher = (
        staffed(calendar=hours, targets=[{"id": "standard", "share": share, "within_hours": 16}])
        for share in (0.95, 0.99)
    )
    assert higher.fte <= 1.05 * high.fte
    assert higher.hours_help_not_people


def test_messages_of_closed_hours_on_the_business_clock_are_told() -> None:
    target = {"id": "fast", "share": 0.8, "within_minutes": 1, "clock": "business"}
    need = staffed(channels=[CHAT], targets=[target], calendar={"open": {"monday-friday": ["09:00-17:00"]}})
    assert "arrive while nobody works" in said(need)
    assert "kimse çalışmazken" in said(need, "tr")


def test_room_for_bursts_is_never_below_the_work() -> None:
    for calendar in ({"open": {"monday-friday": ["09:00-17:00"]}}, {"open": {"daily": ["07:00-22:00"]}}):
        assert staffed(calendar=calendar).safety > 1


WEEKS = pytest.mark.parametrize(
    "calendar", [{"monday-friday": ["09:00-17:00"]}, {"daily": ["07:00-22:00"]}], ids=["office", "daily"]
)


@WEEKS
def test_the_growth_curve_passes_through_the_staffing_need(calendar: dict[str, list[str]]) -> None:
    """With the closed form alone it read 24% more than staff() where the cover has gaps."""
    desk, volume = make_desk(calendar={"open": calendar}), make_volume(1000, week_cv=0.1)
    need = sc.staff(desk, volume, seed=0, replications=20)
    growth = sc.trace_channels(desk, volume, counts=(1, 2, 10), replications=20)
    assert growth.table["fte"].iloc[0] == pytest.approx(need.fte, rel=0.003)
    assert (np.diff(growth.table["fte"]) > 0).all()


@WEEKS
def test_plans_of_their_own_never_look_cheaper_than_the_one_plan(calendar: dict[str, list[str]]) -> None:
    channels = [{"id": name, "aht_minutes": 6, "needs_reply_share": 1} for name in "abc"]
    desk, volume = make_desk(calendar={"open": calendar}, channels=channels), make_volume(dict.fromkeys("abc", 200.0))
    growth = sc.trace_channels(desk, volume, counts=(3, 12), replications=20)
    assert (growth.table["pooling_gain"] > 0).all()


def test_real_time_channels_with_people_of_their_own_take_more_seats() -> None:
    desk = make_desk(channels=[CHAT], targets=[FAST], calendar={"open": {"daily": ["00:00-24:00"]}})
    growth = sc.trace_channels(desk, make_volume(700), counts=(1, 10), replications=20)
    assert growth.table["pooling_gain"].iloc[1] > growth.table["fte"].iloc[1]


def test_the_frontier_goes_on_until_the_target_is_reached() -> None:
    """Seven messages a week: chance needs much more than 1.45 times the work."""
    curve = sc.trace_frontier(make_desk(), make_volume(7), replications=40)
    assert curve.service_level[-1] >= curve.share
    assert curve.fte_for(curve.share) is not None


def test_a_backlog_that_a_year_does_not_clear_is_said_in_words() -> None:
    desk = make_desk(people=[{"id": "p1", "role": "agent"}])
    volume = make_volume(405, day_cv=0.0)
    found = sc.find_capacity(desk, volume, backlog_hours=400, replications=20)
    assert found.capacity_hours > found.hours_per_week
    assert np.isinf(found.weeks_to_clear)
    assert "do not clear a backlog" in str(found.headline)
    assert "∞" not in found.headline.say("tr")


def test_no_messages_and_no_duties_need_nobody_for_the_work() -> None:
    need = staffed(messages=0, duties=DUTIES)
    assert need.fte_low <= need.fte <= need.fte_high
    assert need.service_level == 1
    assert "nan" not in said(need).lower()
