"""Overdue work and weeks below target: the staffing simulation of the present team against programs of their own."""

from __future__ import annotations

import dataclasses
from collections import deque
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import staffcalc as sc
from staffcalc.burnout.assess import assess_burnout
from staffcalc.burnout.attendance import attendance_of, attendance_on
from staffcalc.burnout.backlog import load_of, overdue_weeks, week_response
from staffcalc.burnout.outlook import project_team
from staffcalc.burnout.sharing import share_work
from staffcalc.demand.volume import Volume
from staffcalc.inputs.desk import Desk
from staffcalc.staffing.certify import Trial
from staffcalc.staffing.overdue import overdue_work, part_of, run_of, trace_week
from staffcalc.staffing.simulation import Stream, carry_over, draw

OFFICE = {"monday-friday": ["09:00-17:00"]}
ALWAYS = {"daily": ["00:00-24:00"]}
HEALTHY = {"leave_days": 0, "holiday_days": 0, "sick_days": 0, "training_days": 0}
HEALTHY |= {"meetings_share": 0, "paid_breaks_share": 0}


class Need:
    """A workload as a need carries it."""

    def __init__(self, **hours: float) -> None:
        self.workload = self
        self.hours_by_duty = hours


def desk(people: list[dict[str, Any]], **more: Any) -> Desk:
    facts = {
        "name": "Team",
        "timezone": "Europe/Istanbul",
        "as_of": "2026-11-02",
        "people": people,
        "targets": [{"id": "standard", "share": 0.9, "within_hours": 24}],
        "channels": [{"id": "a", "aht_minutes": 5}, {"id": "b", "aht_minutes": 5}],
    }
    return Desk.model_validate(facts | more)


def even(per_hour: float = 2.0, **more: float) -> Volume:
    spread = {"day_cv": 0.2, "week_cv": 0.1, "level_sd": 0.0} | more
    return Volume(channels=("a", "b"), timezone="Europe/Istanbul", profile=np.full((168, 2), per_hour), **spread)


def person(number: int = 1, role: str = "x", hours: Any = OFFICE, **more: Any) -> dict[str, Any]:
    return {"id": f"p{number}", "role": role, "working_hours": hours, **more}


def trial(seed: int = 0) -> tuple[Trial, np.ndarray]:
    """Two classes on a crooked week, and a capacity by office hours."""
    rng = np.random.default_rng(seed)
    slots = 168
    quick, slow = (np.full(slots, value) for value in (1.5, 2.5))
    streams = (
        Stream(messages=quick * rng.random(slots), handle_hours=np.full(slots, 0.2), handle_cv=np.ones(slots),
               last=np.arange(slots) + 3),
        Stream(messages=slow, handle_hours=np.full(slots, 0.1), handle_cv=np.zeros(slots), last=np.arange(slots) + 30),
    )  # fmt: skip
    draws = draw(streams, day_cv=0.3, week_cv=0.2, replications=3, weeks=3, warm_up=0, seed=seed)
    capacity = np.tile(np.where((np.arange(24) >= 9) & (np.arange(24) < 17), 1.6, 0.0), 7)
    goals = np.array([0.9, 0.9])
    return Trial(
        streams=streams, goals=goals, draws=draws, daily_factor=None, carried=np.zeros(slots), factor=1
    ), capacity


def test_overdue_work_is_that_of_a_queue_served_piece_by_piece() -> None:
    """An independent program: pieces of work in two lists, the first list first, each piece with its last hour."""
    given_trial, capacity = trial()
    found = overdue_work(given_trial, capacity)
    weeks = given_trial.draws.counted.stop // 168
    for run in range(3):
        queues: list[deque[list[float]]] = [deque(), deque()]
        for hour in range(weeks * 168):
            for k, queue in enumerate(queues):
                queue.append([float(given_trial.draws.work[k, run, hour]), hour + (3, 30)[k]])
            left = capacity[hour % 168]
            for queue in queues:
                while queue and left > 0:
                    done = min(left, queue[0][0])
                    queue[0][0] -= done
                    left -= done
                    if queue[0][0] <= 1e-12:
                        queue.popleft()
            late = sum(size for queue in queues for size, last in queue if last <= hour)
            assert found[run, hour] == pytest.approx(late, abs=1e-5)
    assert found.max() > 1


def test_one_step_of_the_backlog_after_the_other_is_the_simulation_at_once() -> None:
    given_trial, capacity = trial(1)
    at_once = given_trial.serve(capacity, keep_all=True).backlog
    assert at_once is not None
    arriving = np.diff(given_trial.draws.arrived[-1], axis=1, prepend=0)
    waiting = np.zeros(3)
    for slot in range(arriving.shape[1]):
        waiting = carry_over(waiting, work=arriving[:, slot], capacity=capacity[slot % 168])
        assert waiting == pytest.approx(at_once[:, slot], abs=1e-3)
    assert carry_over(np.array([9.0]), work=2.0, capacity=np.array([1.0]), most=6.0) == [6.0]


def test_parts_of_a_load_add_up_to_it() -> None:
    load = load_of(desk([person()]), even(), None, {"community": 30, "publishing": 20})
    assert load is not None
    whole, third, rest = (
        part_of(load, channels=np.array(share), duties=duties)
        for share, duties in (((1, 1), 1.0), ((1 / 3, 0), 0.25), ((2 / 3, 1), 0.75))
    )
    for k, part in enumerate(load.deferred):
        assert whole.deferred[k].stream.work == pytest.approx(part.stream.work)
        assert whole.deferred[k].stream.second_moment == pytest.approx(part.stream.second_moment)
        for field in ("work", "messages", "second_moment"):
            two = [getattr(side.deferred[k].stream, field) for side in (third, rest)]
            assert sum(two) == pytest.approx(getattr(part.stream, field))
    assert load.hours_per_week == pytest.approx(50)


@pytest.mark.parametrize("busy", [1.02, 1.5])
def test_an_overloaded_team_falls_behind_as_arithmetic_says(busy: float) -> None:
    """Without chance: done is t, due is busy (t - 1/7), so overdue is the difference, up to six weeks of work."""
    facts = desk([person(hours=ALWAYS, contract_hours_per_week=40)], absence=HEALTHY)
    risk = assess_burnout(facts, even(400, day_cv=0.0, week_cv=0.0), Need(community=40 * busy), draws=50)
    weeks = (np.arange(52 * 168) + 1) / 168
    expected = np.clip(busy * (weeks - 1 / 7) - weeks, 0, 6 * busy).mean()
    assert risk.exposures[0].utilisation == pytest.approx(busy)
    assert risk.exposures[0].backlog_ratio == pytest.approx(expected, rel=0.05, abs=0.01)


def test_a_team_with_room_has_overdue_work_only_where_nobody_is_there() -> None:
    """Half a load: who comes on weekdays finds Saturday's messages overdue on Monday, who is always there none."""
    week, always = (
        assess_burnout(desk([person(hours=hours)]), even(), Need(community=14), draws=50).exposures[0].backlog_ratio
        for hours in (OFFICE, ALWAYS)
    )
    assert always is not None
    assert week is not None
    assert always == pytest.approx(0, abs=1e-3)
    assert 0.005 < week < 0.2


def test_messages_with_a_target_of_minutes_wait_too_unless_their_senders_give_up() -> None:
    minutes = {"targets": [{"id": "quick", "share": 0.8, "within_minutes": 5}]}
    leaving = {"channels": [{"id": name, "aht_minutes": 5, "patience_minutes": 10} for name in "ab"]}
    stay, leave = (
        assess_burnout(desk([person()], **(minutes | more)), even(), Need(community=45), draws=50).exposures[0]
        for more in ({}, leaving)
    )
    assert stay.utilisation == leave.utilisation
    assert stay.utilisation is not None
    assert stay.utilisation > 1.2
    assert stay.backlog_ratio is not None
    assert stay.backlog_ratio > 1
    assert leave.backlog_ratio == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("per_hour", [0.0, 2000.0])
def test_no_messages_and_far_too_many_are_both_answered(per_hour: float) -> None:
    got = assess_burnout(desk([person()]), even(per_hour), draws=50).exposures[0]
    assert (got.backlog_ratio is None) == (per_hour == 0)
    assert got.backlog_ratio in (None, 520)


def test_the_work_of_a_need_is_the_work_that_was_staffed() -> None:
    facts = desk([person(1), person(2)], duties={"publishing": {"posts_per_week": 5}})
    own = sc.size_workload(facts, even(1.0), diary=None)
    more = dataclasses.replace(own, items=tuple(dataclasses.replace(i, hours=i.hours * 2.0) for i in own.items))
    need = sc.staff(facts, even(1.0), workload=more, replications=10)
    plain, staffed, direct = (
        assess_burnout(facts, even(1.0), given, draws=50).exposures[0].utilisation for given in (None, need, more)
    )
    assert plain is not None
    assert staffed == direct == pytest.approx(2 * plain)


def test_the_backlog_says_where_it_comes_from_and_is_average_without_messages() -> None:
    facts = desk([person()])
    risk = assess_burnout(facts, even(), Need(community=60), draws=50)
    row = risk.origins.set_index("field").loc["backlog_ratio"]
    assert (row["origin"], row["basis"]) == ("computed", "simulation_of_the_present_team")
    assert risk.exposures[0].backlog_ratio is not None
    assert risk.exposures[0].backlog_ratio > 1
    assert {"burnout_backlog_weeks", "burnout_backlog_cap_weeks"} <= {line.name for line in risk.assumptions}
    without = assess_burnout(facts, None, Need(community=60), draws=50)
    assert without.exposures[0].backlog_ratio is None
    assert without.origins.set_index("field").loc["backlog_ratio", "origin"] == "average"
    known = assess_burnout(facts, even(), Need(community=60), draws=50, known={"x": {"backlog_ratio": 0.3}})
    assert known.exposures[0].backlog_ratio == 0.3
    assert known.origins.set_index("field").loc["backlog_ratio", "basis"] == "measured"


def test_the_backlog_follows_the_seed_and_leaves_a_generator_as_it_was() -> None:
    def ratio(seed: Any) -> float | None:
        return (
            assess_burnout(desk([person()]), even(), Need(community=31), draws=50, seed=seed).exposures[0].backlog_ratio
        )

    assert ratio(3) == ratio(3) != ratio(4)
    a, b = np.random.default_rng(5), np.random.default_rng(5)
    overdue = ratio(a)
    assert overdue is not None
    b.spawn(1)
    risk = assess_burnout(desk([person()]), None, Need(community=31), draws=50, seed=b)
    assert a.random() == b.random()
    assert risk.ratio > 0


def test_people_who_share_no_work_have_backlogs_of_their_own() -> None:
    people = [
        person(1, "front", channels=["a"], duties=["community"]),
        person(2, "back", channels=["b"], duties=["community"]),
        person(3, "back", channels=["b"], duties=["community"]),
    ]
    facts = desk(people)
    hours = {"community": 60.0}
    there = attendance_of(facts)
    sharing = share_work(facts, facts.team(), even(), hours, there.capacity)
    assert sharing.pools() == [[0], [1, 2]]
    late = overdue_weeks(facts, even(), None, hours_by_duty=hours, sharing=sharing, attendance=there)
    assert late is not None
    alone = desk([person(1, "front")])
    one = assess_burnout(alone, even(), Need(community=30), draws=50).exposures[0].backlog_ratio
    assert late[0] == pytest.approx(one, abs=0.05)
    assert late[1] == late[2] < late[0]


@given(seed=st.integers(0, 5), factor=st.floats(0.3, 3), more=st.floats(0, 1))
def test_more_capacity_never_leaves_more_overdue(seed: int, factor: float, more: float) -> None:
    given_trial, capacity = trial(seed)
    less, enough = (overdue_work(given_trial, capacity * f) for f in (factor, factor + more))
    assert (enough <= less + 1e-4).all()


def rows(who: str, *spans: tuple[str, str], kind: str = "work") -> list[dict[str, str]]:
    return [{"person": who, "start": f"2027-01-{a}", "end": f"2027-01-{b}", "kind": kind} for a, b in spans]


def week_of(who: str, start: str, end: str, days: int = 7) -> list[dict[str, str]]:
    return rows(who, *((f"{4 + day:02d} {start}", f"{4 + day:02d} {end}") for day in range(days)))


def test_a_roster_moves_load_backlog_and_messages_after_hours() -> None:
    """Six hours on seven evenings, no sickness: 42 h a week of capacity; of 24 h with cover, 6 have somebody."""
    facts = desk([person()], calendar={"cover": "24/7"}, absence=HEALTHY)
    table = pd.DataFrame(week_of("p1", "16:00", "22:00")).assign(timezone="Europe/Istanbul")
    risk = assess_burnout(facts, even(), Need(community=63), roster=table, draws=50)
    got = risk.exposures[0]
    assert got.utilisation == pytest.approx(63 / 42)
    assert got.after_hours_share == pytest.approx(18 / 24)
    assert got.weekly_hours == pytest.approx(42 * 1.25)
    assert got.backlog_ratio is not None
    assert got.backlog_ratio > 1
    moved = set(risk.origins.query("basis == 'roster'")["field"])
    assert {"utilisation", "backlog_ratio", "after_hours_share", "weekly_hours"} <= moved
    easy = assess_burnout(facts, even(), Need(community=21), roster=table, draws=50).exposures[0]
    assert easy.backlog_ratio == pytest.approx(0, abs=1e-3)
    assert easy.weekly_hours == pytest.approx(42)
    assert "weekly_48h" not in set(risk.signals["signal"]), "overtime is an estimate, the roster is the fact"


def test_rows_that_nobody_has_judged_are_held_against_the_directive() -> None:
    duties = rows("p1", ("04 14:00", "04 22:00"), ("05 06:00", "05 14:00"))
    table = pd.DataFrame(duties).assign(timezone="Europe/Istanbul")
    for roster in (table, table.to_dict("records"), (row for row in table.to_dict("records"))):
        signals = assess_burnout(desk([person()]), roster=roster, draws=50).signals
        assert "daily_rest_min" in set(signals.loc[signals["layer"] == "rules", "signal"])


def test_standby_on_a_roster_shares_out_the_broken_nights_and_the_rests_after_them() -> None:
    facts = desk([person(1, on_call=True), person(2, on_call=True)],
                 on_call={"hours": {"daily": ["22:00-24:00", "00:00-08:00"]}, "paged_nights_per_week": 2})  # fmt: skip
    nights = [("04 22:00", "05 08:00"), ("05 22:00", "06 08:00"), ("06 22:00", "07 08:00"), ("07 22:00", "08 08:00")]
    shifts = [*week_of("p1", "09:00", "17:00", 5), *week_of("p2", "09:00", "17:00", 5)]
    table = pd.DataFrame([*shifts, *rows("p1", *nights[:3], kind="on_call"), *rows("p2", nights[3], kind="on_call")])
    two = desk([person(1, "a", on_call=True), person(2, "b", on_call=True)], on_call=facts.on_call)
    risk = assess_burnout(two, None, roster=table.assign(timezone="Europe/Istanbul"), draws=50)
    a, b = risk.exposures
    assert (a.on_call_share, b.on_call_share) == pytest.approx((0.75, 0.25))
    assert (a.paged_nights_per_week, b.paged_nights_per_week) == pytest.approx((1.5, 0.5))
    assert (a.quick_returns_per_year, b.quick_returns_per_year) == pytest.approx((1.5 * 26, 0.5 * 26))
    assert "short_rests_scheduled" not in set(risk.signals["signal"]), "rests after pages are estimates"


def test_who_is_not_on_the_roster_keeps_the_hours_of_the_desk() -> None:
    facts = desk([person(1), person(2)], absence=HEALTHY)
    table = pd.DataFrame(week_of("p1", "10:00", "14:00", 5)).assign(timezone="Europe/Istanbul")
    there, usual = attendance_on(facts, table), attendance_of(facts)
    assert there.capacity == pytest.approx([4 * 7, usual.capacity[1]])
    assert there.at_work[1] == pytest.approx(usual.at_work[1])
    away = pd.concat([table, pd.DataFrame(rows("p2", ("04 00:00", "09 00:00"), kind="leave"))])
    assert attendance_on(facts, away.assign(timezone="Europe/Istanbul")).capacity[1] == 0


def test_a_week_without_a_day_off_breaks_the_weekly_rest() -> None:
    daily, office = (
        set(assess_burnout(desk([person(hours=hours)]), None, draws=50).signals["signal"])
        for hours in ({"daily": ["09:00-15:00"]}, OFFICE)
    )
    assert "weekly_rest_24h" in daily
    assert "weekly_rest_24h" not in office


def test_a_say_over_messages_is_not_claimed_for_who_answers_none() -> None:
    people = [person(1, "agent", duties=["community"]), person(2, "maker", duties=["publishing"])]
    facts = desk(people, duties={"community": {"low_control_share": 0.8}})
    agent, maker = assess_burnout(facts, even(), Need(community=20, publishing=20), draws=50).exposures
    assert (agent.low_control_share, maker.low_control_share) == (0.8, None)


def response(per_hour: float = 2.0, hours: Any = OFFICE, **more: float) -> Any:
    facts = desk([person(hours=hours)])
    return week_response(
        facts, even(per_hour, **more), None, hours_by_duty={"community": 30, "publishing": 10},
        attendance=attendance_of(facts),
    )  # fmt: skip


def test_the_week_that_was_traced_is_the_week_of_the_simulation() -> None:
    """The same draws, one capacity between two that were traced: straight lines are close to it."""
    facts = desk([person(hours=ALWAYS)], absence=HEALTHY)
    load = load_of(facts, even(), None, {"community": 30.0})
    assert load is not None
    flat = np.full(168, 1.0)
    traced = trace_week(load, flat, replications=60, sick_share=0.0, seed=2)
    assert traced is not None
    messages = dataclasses.replace(load, deferred=load.deferred[:1])
    shape = flat / flat.sum() * 30
    own = run_of(messages, shape, weeks=1, replications=60, sick_share=0.0, seed=2)
    for ratio, waiting in ((1.0, 0.0), (1.25, 0.5), (1.15, 0.1)):
        there = own.serve(shape * ratio, start_backlog=waiting * 30).on_time.mean()
        assert traced.levels(np.array(ratio), np.array(waiting))[0] == pytest.approx(there, abs=0.06)
    assert traced.message_share == pytest.approx(1.0)


def test_with_people_without_end_a_week_reaches_the_ceiling_of_its_hours() -> None:
    """Office hours of five days in seven: what arrives from Friday 17:00 to Sunday 9:00 is late, 40 of 168 hours."""
    traced = response(40, day_cv=0.0, week_cv=0.0)
    assert traced.levels(np.array([50.0]), np.zeros(1))[0, 0] == pytest.approx(1 - 40 / 168, abs=0.02)
    assert traced.missed(np.array([50.0]), np.zeros(1)).all()


@given(
    capacity=st.tuples(st.floats(0, 8), st.floats(0, 8)), waiting=st.tuples(st.floats(0, 3), st.floats(0, 3))
)  # fmt: skip
def test_more_capacity_and_less_waiting_never_miss_a_target_more(
    capacity: tuple[float, float], waiting: tuple[float, float]
) -> None:
    traced = WEEK
    worse = traced.levels(np.array(min(capacity)), np.array(max(waiting)))
    better = traced.levels(np.array(max(capacity)), np.array(min(waiting)))
    assert (better >= worse - 1e-9).all()


WEEK = response(hours=ALWAYS)


def test_weeks_below_target_follow_the_load_and_are_not_said_without_messages() -> None:
    facts = desk([person(i, hours=ALWAYS) for i in range(1, 6)])
    plan = sc.TeamDesign(seats=5, load=0.7)
    need = Need(community=120)
    light, tight, over = (
        project_team(facts, even(), need=need, runs=200, seed=1, design=dataclasses.replace(plan, load=load))
        for load in (0.7, 1.0, 1.6)
    )
    assert light.missed_weeks is not None
    assert light.missed_weeks < 3 < tight.missed_weeks < over.missed_weeks  # type: ignore[operator]
    assert over.missed_weeks == pytest.approx(104, abs=3)
    assert "missed_weeks" in set(light.to_frame()["measure"])
    assert light.weeks["below_target"].mean() * 104 == pytest.approx(light.missed_weeks)
    assert any("90% is asked" in str(note) for note in light.points)
    assert not any("however many people" in str(note) for note in light.points)
    assert any(note.key == "team_note_messages_first" for note in light.notes)
    silent = project_team(facts, design=plan, runs=200)
    assert not any(note.key == "team_note_messages_first" for note in silent.notes)
    assert silent.missed_weeks is None
    assert "missed_weeks" not in set(silent.to_frame()["measure"])


def test_hours_that_nobody_works_are_named_and_not_blamed_on_people() -> None:
    outlook = project_team(desk([person()]), even(), need=Need(community=10), runs=200)
    assert outlook.missed_weeks == 104
    assert any("other hours help" in str(note) for note in outlook.points)


def test_waiting_with_a_hire_is_priced_at_own_hours_and_said_in_one_sentence() -> None:
    facts = desk(
        [person(i) for i in range(1, 6)],
        costs={"salary_per_year": {"standard": 40_000}, "employer_on_cost_share": 0.25},
        absence=HEALTHY,
    )
    outlook = project_team(facts, design=sc.TeamDesign(seats=5, load=1.4), runs=400)
    rates = (outlook.waiting["uncovered_cost"] / outlook.waiting["uncovered_hours"]).to_numpy()
    assert rates == pytest.approx(50_000 / (40 * 365.25 / 7))
    assert any("months of waiting leaves" in str(note) for note in outlook.points)
    idle = project_team(facts, design=sc.TeamDesign(seats=5, load=0.3), runs=200)
    assert any("overtime covers it" in str(note) for note in idle.points)
    unpaid = project_team(desk([person(i) for i in range(1, 6)]), design=sc.TeamDesign(seats=5, load=1.4), runs=200)
    assert any(note.key == "team_note_waiting_hours" for note in unpaid.points)
