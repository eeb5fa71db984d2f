"""Frontier, growth of channels and the present team: shapes that must hold, and published values."""

from __future__ import annotations

import numpy as np
import pytest
from test_staffing_need import make_desk, make_volume

import staffcalc as sc


def test_the_frontier_rises_from_a_growing_backlog_to_the_ceiling() -> None:
    """Simulated by another implementation: .167, .806, .961, .998 at 1, 1.05, 1.1 and 1.2 times the load."""
    curve = sc.trace_frontier(make_desk(), make_volume(), ratios=(1.0, 1.05, 1.1, 1.2), seed=0)
    assert curve.service_level == pytest.approx([0.167, 0.806, 0.961, 0.998], abs=0.06)
    assert (np.diff(curve.service_level) > 0).all()
    assert (curve.ci_low <= curve.service_level).all()
    assert (curve.service_level <= curve.ci_high).all()
    assert curve.fte == pytest.approx(curve.fte[0] * curve.ratio)


def test_the_frontier_meets_the_certified_need_at_the_target() -> None:
    need = sc.staff(make_desk(), make_volume(), seed=0, replications=60)
    curve = sc.trace_frontier(make_desk(), make_volume(), ratios=(1.0, 1.04, 1.08, 1.12), seed=0, replications=60)
    found = curve.fte_for(0.9)
    assert found is not None
    assert found == pytest.approx(need.fte, rel=0.03)


def test_a_frontier_under_a_ceiling_says_that_no_number_reaches_the_target() -> None:
    desk = make_desk(calendar={"open": {"monday-friday": ["09:00-17:00"]}})
    curve = sc.trace_frontier(desk, make_volume(), ratios=(1.0, 1.5, 3.0), replications=20)
    assert curve.service_level.max() <= curve.ceiling + 1e-9
    assert curve.fte_for(0.9) is None
    assert "No number of people" in str(curve.headline)


def test_channels_that_share_people_need_less_of_them_per_channel() -> None:
    growth = sc.trace_channels(make_desk(), make_volume(150), counts=(1, 2, 5, 20, 300))
    table = growth.table
    assert table["channels"].tolist() == [1, 2, 5, 20, 300]
    assert (np.diff(table["fte"]) > 0).all()
    assert (np.diff(table["fte_per_channel"]) < 0).all()
    assert (np.diff(table["pooling_gain"]) >= 0).all()
    # chance in single messages evens out, the day factor stays: never below the work at full occupancy
    floor = table["hours_per_week"] / (sc.productive_hours() / (365.25 / 7) * 0.85)
    assert (table["fte"] >= floor - 1e-9).all()


def test_one_channel_of_the_growth_curve_is_close_to_the_certified_need() -> None:
    need = sc.staff(make_desk(), make_volume(), seed=0, replications=60)
    growth = sc.trace_channels(make_desk(), make_volume(), counts=(1,))
    assert growth.table["fte"].iloc[0] == pytest.approx(need.fte, rel=0.03)


def test_shares_of_channels_add_up_to_the_total() -> None:
    channels = [{"id": name, "aht_minutes": aht, "needs_reply_share": 1} for name, aht in (("a", 4), ("b", 8))]
    need = sc.staff(make_desk(channels=channels), make_volume({"a": 300, "b": 150}), replications=20)
    table = need.by_channel.set_index("name")
    assert table["fte"].sum() == pytest.approx(need.fte)
    assert table.loc["a", "fte"] == pytest.approx(table.loc["b", "fte"])  # the same work at the same hours
    assert need.separate_fte > need.fte
    assert need.separate_people >= need.headcount


def test_one_person_less_is_told_with_its_service_level() -> None:
    need = sc.staff(make_desk(), make_volume(600), seed=0, replications=40)
    fewer = need.one_less[0]
    assert fewer.service_level < need.targets[0].service_level


def test_too_few_people_fall_behind_without_end() -> None:
    present = sc.find_capacity(make_desk(), make_volume(), replications=20)
    assert present.capacity_hours < present.hours_per_week
    assert "without end" in str(present.headline)
    assert present.backlog["median"].iloc[-1] > 1000


def test_a_backlog_clears_in_the_time_of_the_spare_hours() -> None:
    """Two people give 2 x 40 x .82 x .85 = 55.8 hours a week; 40 arrive; 158 hours take about ten weeks."""
    present = sc.find_capacity(make_desk(), make_volume(600), backlog_hours=158, replications=60)
    assert present.fte == pytest.approx(2)
    assert present.capacity_hours == pytest.approx(2 * 40 * sc.productive_hours() / (365.25 / 7 * 40) * 0.85)
    assert present.weeks_low <= 10 <= present.weeks_high
    assert present.weeks_to_clear == pytest.approx(10, abs=2)


def test_people_are_there_in_their_own_hours_and_time_zone() -> None:
    office = {"monday-friday": ["09:00-17:00"]}
    people = [{"id": "p1", "role": "agent", "working_hours": office, "timezone": "Asia/Tokyo"}]
    present = sc.find_capacity(make_desk(people=people), make_volume(100), replications=20)
    at_home = sc.find_capacity(
        make_desk(people=[{"id": "p1", "role": "agent", "working_hours": office}]), make_volume(100), replications=20
    )
    assert present.fte == at_home.fte == pytest.approx(1)
    assert present.levels["ceiling"].iloc[0] != at_home.levels["ceiling"].iloc[0]


def test_arguments_out_of_range_say_what_to_try() -> None:
    with pytest.raises(sc.InputError, match="ratios"):
        sc.trace_frontier(make_desk(), make_volume(), ratios=(0.5, 1.0))
    with pytest.raises(sc.InputError, match="counts"):
        sc.trace_channels(make_desk(), make_volume(), counts=(0,))
    with pytest.raises(sc.InputError, match="backlog_hours"):
        sc.find_capacity(make_desk(), make_volume(), backlog_hours=-1)


def test_the_last_message_of_a_shift_adds_its_remaining_time() -> None:
    """One seat, seven shift ends a week, handle time 4 minutes with CV 1: 4 minutes are left, 1.8% of the work."""
    desk, volume = make_desk(), make_volume(300)
    need = sc.staff(desk, volume, seed=0, replications=40)
    plain = sc.simulate(desk, volume, need, seed=1, replications=40)
    longer = sc.simulate(desk, volume, need, seed=1, replications=40, finish_in_hand=True)
    assert 0.005 < longer.service_level - plain.service_level < 0.06
