"""The staffing answer for whole desks: what decides, what it rests on, and whether its promise holds on fresh draws."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from deadline_desk import desk_profile

import staffcalc as sc
from staffcalc.demand.volume import Volume
from staffcalc.inputs.desk import Desk

ABSENCE = {
    "contract_hours_per_week": 40, "leave_days": 25, "holiday_days": 10, "sick_days": 7, "training_days": 5,
    "meetings_share": 0, "paid_breaks_share": 0,
}  # fmt: skip
DUTIES = {
    "publishing": {"posts_per_week": 0, "minutes_per_master_post": 0, "rework_share": 0},
    "crisis": {"crises_per_year": 0, "hours_per_crisis": 0},
    "education": {"courses_per_year": 0, "hours_per_course": 0, "talks_per_day": 0, "minutes_per_talk": 0},
    "security": {
        "users": 0, "watch_hours_per_week": 0, "policy_hours_per_year": 0, "incidents_per_year": 0,
        "inventories_per_year": 0,
    },
    "tools": {"admin_hours_per_week": 0},
    "analytics": {"reports_per_month": 0, "hours_per_report": 0},
    "change": {"platforms": 0, "hours_per_platform_week": 0},
}  # fmt: skip
"""A desk that does nothing but answer messages."""


def make_desk(**changes: Any) -> Desk:
    facts: dict[str, Any] = {
        "name": "Test desk",
        "timezone": "UTC",
        "as_of": "2026-11-02",
        "people": [{"id": "p1", "role": "manager"}, {"id": "p2", "role": "agent"}],
        "targets": [{"id": "standard", "share": 0.9, "within_hours": 24}],
        "channels": [{"id": "a", "aht_minutes": 4, "needs_reply_share": 1, "aht_cv": 1}],
        "calendar": {"open": {"daily": ["07:00-22:00"]}},
        "absence": ABSENCE,
        "duties": DUTIES,
    }
    return Desk.model_validate(facts | changes)


def make_volume(messages: float | dict[str, float] = 3000, *, day_cv: float = 0.25, **factors: float) -> Volume:
    weekly = messages if isinstance(messages, dict) else {"a": messages}
    return Volume(
        channels=tuple(weekly),
        timezone="UTC",
        profile=np.outer(desk_profile(), list(weekly.values())),
        day_cv=day_cv,
        week_cv=factors.get("week_cv", 0.0),
        level_sd=factors.get("level_sd", 0.0),
    )


@functools.cache
def plain_need() -> sc.StaffingNeed:
    return sc.staff(make_desk(), make_volume(), seed=0)


def test_fte_are_the_work_with_safety_over_occupancy_and_productive_hours() -> None:
    """3,000 x 4 minutes = 200 hours a week; the simulated minimum of the test desk is 7.2% more, sick days apart."""
    need = plain_need()
    per_fte = sc.productive_hours() / (365.25 / 7) * 0.85
    assert need.hours_per_week == pytest.approx(200)
    assert need.fte == pytest.approx(200 * need.safety / per_fte, rel=1e-3)
    assert need.safety == pytest.approx(1.072, abs=0.02)
    assert need.binding == "work"
    assert need.headcount >= need.fte
    assert need.gap == pytest.approx(need.fte - 2)


def test_the_promise_holds_on_fresh_draws() -> None:
    service = sc.simulate(make_desk(), make_volume(), plain_need(), seed=99)
    assert service.service_level > 0.89
    assert service.ci_low < service.service_level < service.ci_high


def test_fewer_people_than_needed_miss_the_target() -> None:
    need = plain_need()
    service = sc.simulate(make_desk(), make_volume(), need, fte=need.fte / need.safety, seed=99, replications=40)
    assert service.service_level < 0.5


def test_the_same_seed_gives_the_same_answer() -> None:
    assert sc.staff(make_desk(), make_volume(), seed=0).fte == plain_need().fte


def test_office_hours_cannot_keep_a_day_whatever_the_people() -> None:
    desk = make_desk(calendar={"open": {"monday-friday": ["09:00-17:00"]}})
    need = sc.staff(desk, make_volume(), seed=0, replications=40)
    assert need.coverage_ceiling == pytest.approx(0.776, abs=5e-4)
    assert "More people will not help" in str(need.headline)
    assert "Daha fazla kişi çözüm değil" in need.headline.say("tr")
    notes = " ".join(str(note) for note in need.notes)
    assert "Friday 17:00 to Sunday 09:00" in notes
    assert "would lift the ceiling" in notes
    assert need.service_level <= need.coverage_ceiling


def test_the_same_target_on_the_business_clock_has_no_ceiling() -> None:
    desk = make_desk(
        calendar={"open": {"monday-friday": ["09:00-17:00"]}},
        targets=[{"id": "standard", "share": 0.9, "within_hours": 24, "clock": "business"}],
    )
    need = sc.staff(desk, make_volume(), seed=0, replications=40)
    assert need.coverage_ceiling == 1
    assert need.service_level > 0.9


def test_one_person_around_the_clock_takes_five_on_standby_and_six_in_the_seat() -> None:
    desk = make_desk(
        people=[{"id": "p1", "role": "manager", "on_call": True}],
        calendar={"cover": "24/7", "seats": 1},
        on_call={"roles": 1},
    )
    need = sc.staff(desk, make_volume(300), seed=0, replications=40)
    rules = need.rules.set_index("rule")
    assert rules.loc["standby_rotation", "people"] == 5
    assert rules.loc["staffed_seat", "people"] == 6
    assert rules.loc["staffed_seat", "fte"] == pytest.approx(168 * 365.25 / 7 / sc.productive_hours())
    assert rules.loc["standby_rotation", "source"] == "sre_on_call"
    assert need.binding == "cover_hours"
    assert need.headcount == 6
    assert need.fte == pytest.approx(5.12, abs=0.01)


def test_channels_share_people_so_one_plan_is_cheaper_than_two() -> None:
    def channels(*ids: str) -> list[dict[str, Any]]:
        return [{"id": name, "aht_minutes": 4, "needs_reply_share": 1} for name in ids]

    both = sc.staff(make_desk(channels=channels("a", "b")), make_volume({"a": 150, "b": 150}), replications=40)
    alone = sc.staff(make_desk(channels=channels("a")), make_volume(150), replications=40)
    assert both.fte < 2 * alone.fte


def test_other_duties_are_work_in_the_same_plan() -> None:
    posts = DUTIES | {"publishing": {"posts_per_week": 20, "minutes_per_master_post": 120, "rework_share": 0}}
    more = sc.staff(make_desk(duties=posts), make_volume(), seed=0, replications=40)
    assert more.hours_per_week == pytest.approx(240)
    per_fte = sc.productive_hours() / (365.25 / 7) * 0.85
    # forty hours more that can wait: they take their own time, and lend some room to busy days
    assert 0 < more.fte - plain_need().fte < 40 * 1.1 / per_fte


def test_a_chat_needs_seats_and_its_quiet_time_carries_the_rest() -> None:
    desk = make_desk(
        targets=[
            {"id": "standard", "share": 0.9, "within_hours": 24},
            {"id": "chat", "share": 0.8, "within_minutes": 1},
        ],
        channels=[
            {"id": "a", "aht_minutes": 4, "needs_reply_share": 1},
            {"id": "chat", "aht_minutes": 12, "needs_reply_share": 1, "target": "chat"},
        ],
        calendar={"open": {"daily": ["08:00-20:00"]}},
    )
    volume = make_volume({"a": 1000, "chat": 400})
    both = sc.staff(desk, volume, seed=0, replications=40)
    levels = both.levels.set_index("target")
    assert levels.loc["chat", "engine"] == "realtime"
    assert levels.loc["chat", "ceiling"] < 1  # the chat is closed at night
    assert levels.loc["standard", "service_level"] > 0.9
    chat_only = sc.staff(
        make_desk(targets=desk.targets, channels=desk.channels[1:], calendar=desk.calendar),
        make_volume({"chat": 400}),
        seed=0,
        replications=40,
    )
    rest = sc.staff(make_desk(calendar=desk.calendar), make_volume(1000), seed=0, replications=40)
    assert both.fte < chat_only.fte + rest.fte


def test_the_range_widens_with_what_is_not_known() -> None:
    sure = plain_need()
    channels = [{"id": "a", "aht_minutes": {"low": 2, "typical": 4, "high": 8}, "needs_reply_share": 1}]
    unsure = sc.staff(make_desk(channels=channels), make_volume(level_sd=0.1), seed=0)
    assert sure.fte_low <= sure.fte <= sure.fte_high
    assert unsure.fte_high - unsure.fte_low > 3 * (sure.fte_high - sure.fte_low)
    assert unsure.fte == pytest.approx(sure.fte, rel=0.02)


def test_every_rule_has_its_number_its_source_and_its_reason_in_both_languages() -> None:
    need = plain_need()
    assert list(need.rules.columns) == ["rule", "fte", "people", "applies", "binds", "source", "reason"]
    assert need.rules["binds"].sum() == 1
    for reason in need.rules["reason"]:
        assert reason.say("en") != reason.say("tr")
    assert {"work", "on_call_share", "whole_people", "standby_rotation", "staffed_seat"} <= set(need.rules["rule"])


def test_hours_of_the_week_add_up() -> None:
    need = plain_need()
    assert need.work_by_hour.sum() == pytest.approx(need.hours_per_week)
    assert need.capacity_by_hour.sum() == pytest.approx(need.hours_per_week * need.safety, rel=1e-3)
    assert need.occupancy == pytest.approx(0.85 / need.safety, rel=1e-3)
    assert (need.people_by_hour[:7] < 1e-9).all()  # nobody before seven
    assert need.tours["people"].sum() <= need.headcount
    with pytest.raises(ValueError, match="read-only"):
        need.work_by_hour[0] = 1


def test_a_backlog_of_today_shows_in_the_first_weeks() -> None:
    behind = sc.simulate(make_desk(), make_volume(), plain_need(), start_backlog_hours=150, replications=20, seed=1)
    assert behind.weeks == 52
    assert behind.backlog["median"].iloc[0] > behind.backlog["median"].iloc[-10:].mean()
    assert (behind.backlog["low"] <= behind.backlog["high"]).all()


def test_reply_times_reach_the_service_level_at_the_target() -> None:
    service = sc.simulate(make_desk(), make_volume(), plain_need(), replications=20, seed=1)
    curve = service.reply_hours
    at_target = float(np.interp(24, curve["hours"], curve["share"]))
    assert at_target == pytest.approx(service.service_level, abs=0.02)
    assert curve["share"].is_monotonic_increasing


def test_channels_that_the_desk_does_not_know_are_named() -> None:
    with pytest.raises(sc.InputError, match="zzz"):
        sc.staff(make_desk(), make_volume({"zzz": 100}))
    renamed = sc.staff(make_desk(), make_volume({"zzz": 100}), channels={"zzz": "a"}, replications=20)
    assert renamed.hours_per_week == pytest.approx(100 * 4 / 60)


def test_a_desk_without_channels_says_what_is_missing() -> None:
    with pytest.raises(sc.InputError, match="channels"):
        sc.staff(make_desk(channels=[], targets=[]), make_volume(100))


def test_hours_that_are_suggested_do_lift_the_ceiling_to_the_target() -> None:
    office = {"monday-friday": ["09:00-17:00"]}
    need = sc.staff(make_desk(calendar={"open": office}), make_volume(300), seed=0, replications=20)
    note = next(str(note) for note in need.notes if "would lift the ceiling" in str(note))
    assert "Saturday 17:00 to Saturday 18:00" in note  # one hour catches all since Friday evening
    wider = office | {"saturday": ["09:00-17:00"]}
    better = sc.staff(make_desk(calendar={"open": wider}), make_volume(300), seed=0, replications=20)
    assert better.coverage_ceiling > 0.9
    assert "More people will not help" not in str(better.headline)


def test_a_target_just_under_its_ceiling_does_not_take_people_without_end() -> None:
    office = {"monday-friday": ["08:30-12:15", "13:00-17:45"], "saturday": ["10:00-14:00"]}
    need = sc.staff(make_desk(calendar={"cover": office}), make_volume(2000), seed=0, replications=40)
    assert 0.9 <= need.coverage_ceiling < 0.91
    assert need.fte < 10
    assert any("a few more hours of cover" in str(note) for note in need.notes)


def test_a_time_below_an_hour_is_told_in_minutes() -> None:
    desk = make_desk(targets=[{"id": "chat", "share": 0.8, "within_minutes": 1}])
    need = sc.staff(desk, make_volume(2000), seed=0, replications=20)
    assert "within 1 minute" in str(need.headline)
    assert "1 dakika içinde" in need.headline.say("tr")


def test_messages_over_a_hard_cap_are_told() -> None:
    desk = make_desk(targets=[{"id": "standard", "share": 0.9, "within_hours": 24, "hard_cap_hours": 30}])
    need = sc.staff(desk, make_volume(300), seed=0, replications=20)
    service = sc.simulate(desk, make_volume(300), need, replications=20, seed=1)
    assert any("hard cap of 30 hours" in str(note) for note in service.notes)


def test_no_messages_and_no_duties_need_nobody_but_one_person_to_be_there() -> None:
    need = sc.staff(make_desk(), make_volume(0), seed=0, replications=5)
    assert need.fte == pytest.approx(0, abs=0.05)
    assert (need.headcount, need.binding) == (1, "whole_people")


@pytest.mark.parametrize("more", [1.5, 4.0])
def test_more_messages_never_need_fewer_people_and_each_message_takes_less(more: float) -> None:
    few = sc.staff(make_desk(), make_volume(400), seed=0, replications=40)
    many = sc.staff(make_desk(), make_volume(400 * more), seed=0, replications=40)
    assert many.fte > few.fte
    assert many.fte / more < few.fte * 1.01


def test_real_time_messages_alone_are_staffed_by_seats() -> None:
    desk = make_desk(targets=[{"id": "chat", "share": 0.8, "within_minutes": 1, "clock": "business"}])
    need = sc.staff(desk, make_volume(2000), seed=0, replications=5)
    open_hours = need.people_by_hour > 0
    assert need.levels["engine"].tolist() == ["realtime"]
    assert need.service_level >= 0.8
    assert open_hours.sum() == 105
    growth = sc.trace_channels(desk, make_volume(2000), counts=(1, 5))
    assert (np.diff(growth.table["fte_per_channel"]) < 0).all()
