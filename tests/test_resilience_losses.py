"""Work left undone after a loss, the absence test, and the lessons that help: computed against hand-made examples."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import time

import numpy as np
import pytest

import staffcalc as sc
from staffcalc.demand.volume import Volume
from staffcalc.inputs.desk import Desk
from staffcalc.outputs import plots, theme
from staffcalc.resilience.cells import list_cells
from staffcalc.resilience.holdings import expand_groups, read_holdings
from staffcalc.resilience.peeling import few_losses
from staffcalc.resilience.work_cells import work_cells

PLAIN = {
    "leave_days": 0,
    "holiday_days": 0,
    "sick_days": 0,
    "training_days": 0,
    "meetings_share": 0,
    "paid_breaks_share": 0,
}
NOTHING = {
    "publishing": {"posts_per_week": 0}, "crisis": {"crises_per_year": 0, "drills_per_year": 0},
    "education": {"courses_per_year": 0, "hours_per_course": 0, "talks_per_day": 0, "minutes_per_talk": 0},
    "tools": {"admin_hours_per_week": 0}, "analytics": {"reports_per_month": 0, "requests_per_month": 0,
    "hours_per_report": 0, "hours_per_request": 0}, "change": {"platforms": 0, "new_platforms_per_year": 0},
}  # fmt: skip


def desk(**parts):
    facts = {
        "name": "Test team",
        "timezone": "UTC",
        "as_of": dt.date(2026, 11, 2),
        "absence": PLAIN,
        "duties": NOTHING,
        "targets": [{"id": "day", "share": 0.9, "within_hours": 24}],
        "people": [
            {"id": "p1", "role": "agent", "channels": ["a", "b"], "contract_hours_per_week": 12, "duties": []},
            {"id": "p2", "role": "agent", "channels": ["b", "c"], "contract_hours_per_week": 10, "duties": []},
        ],
        "channels": [{"id": name, "aht_minutes": 60, "needs_reply_share": 1} for name in ("a", "b", "c")],
    }
    return Desk.model_validate({**facts, **parts})


def volume(**hours):
    """A flat week with this many hours of work on each channel, at an hour a message."""
    profile = np.repeat(np.array([list(hours.values())], dtype=float) / 168, 168, axis=0)
    return Volume(channels=tuple(hours), timezone="UTC", profile=profile, day_cv=0.0, week_cv=0.0, level_sd=0.0)


def test_the_work_of_the_others_is_taken_over_as_far_as_they_can():
    """Without p1: a (6 h) has nobody, p2 has 10 h for b and c (5 + 4): 6 h undone. Without p2: c undone, 4 h."""
    ranking = sc.rank_losses(desk(), volume(a=6, b=5, c=4), people=2)
    undone = ranking.to_frame().set_index("who")["unserved_hours"]
    small = sum(load for name, load in work_cells(desk()).load.items() if name not in "abc")  # duties nobody has here
    assert undone["p1"] == pytest.approx(6 + small, abs=1e-6)
    assert undone["p2"] == pytest.approx(4 + small, abs=1e-6)
    assert undone["p1, p2"].max() == pytest.approx(15 + small, abs=1e-6)
    assert list(ranking.curve["people"]) == [0, 1, 2]
    assert ranking.curve["worst"].is_monotonic_increasing
    assert (ranking.curve["average"] <= ranking.curve["worst"] + 1e-9).all()


def test_harm_shares_add_up_to_the_work_that_somebody_holds():
    ranking = sc.rank_losses(desk(), volume(a=6, b=5, c=4))
    people = ranking.to_frame().query("loss == 'one_person'")
    assert people["harm_share"].sum() * ranking.work_hours == pytest.approx(15, abs=1e-6)


def test_a_channel_without_anybody_is_late_when_its_target_has_passed():
    frame = sc.rank_losses(desk(), volume(a=6, b=5, c=4)).to_frame().set_index("who")
    assert frame.loc["p1", "days_until_late"] == pytest.approx(1.0)


def test_a_channel_that_falls_behind_is_late_later():
    """One channel of 20 h, people of 12 and 10 h: without p1 half of it is done, T / u = 24 h / (10/20) = 2 days."""
    facts = desk(
        channels=[{"id": "a", "aht_minutes": 60, "needs_reply_share": 1}],
        people=[
            {"id": "p1", "role": "agent", "contract_hours_per_week": 12, "duties": []},
            {"id": "p2", "role": "agent", "contract_hours_per_week": 10, "duties": []},
        ],
    )
    frame = sc.rank_losses(facts, volume(a=20)).to_frame().set_index("who")
    assert frame.loc["p1", "days_until_late"] == pytest.approx(2.0)


def test_expected_hours_follow_from_the_share_of_time_away():
    away = {**PLAIN, "leave_days": 26.0892857}  # a tenth of 260.89 working days
    ranking = sc.rank_losses(desk(absence=away), volume(a=6, b=5, c=4))
    by_hand = (6 * 0.1 + 5 * 0.01 + 4 * 0.1) * 365.25 / 7
    others = sum(load for name, load in work_cells(desk()).load.items() if name not in "abc") * 365.25 / 7
    assert ranking.expected_hours - others == pytest.approx(by_hand, rel=1e-3)
    assert ranking.expected_hours_together > ranking.expected_hours


def test_expected_things_with_too_few_people_equal_counting_every_state():
    """Every state of three people, with keys, duties and cover hours; with dependence it can only be told apart."""
    away = {**PLAIN, "leave_days": 26.0892857}  # a tenth of 260.89 working days
    facts = desk(
        absence=away,
        people=[
            {"id": "p1", "role": "agent", "channels": ["a", "b", "c"], "duties": ["crisis"],
             "working_hours": {"monday": ["09:00-12:00"]}},
            {"id": "p2", "role": "agent", "channels": ["b"], "duties": [],
             "working_hours": {"monday": ["11:00-15:00"]}},
            {"id": "p3", "role": "agent", "channels": ["b"], "duties": "all",
             "working_hours": {"tuesday": ["09:00-12:00"]}},
        ],
        calendar={"cover": {"monday": ["09:00-15:00"]}},
        channels=[
            {"id": name, "aht_minutes": 60, "needs_reply_share": 1, "access": {"owner": ["p1", "p2"], "editor": []}}
            for name in ("a", "b", "c")
        ],
    )  # fmt: skip
    cells = list_cells(facts)
    brute = 0.0
    for there in itertools.product((True, False), repeat=3):
        present = {person for person, here in zip(("p1", "p2", "p3"), there, strict=True) if here}
        chance = math.prod(0.9 if here else 0.1 for here in there)
        brute += chance * sum(
            (len(cell.hours) or 168) / 168 for cell in cells if len(cell.holders & present) < cell.required
        )
    ranking = sc.rank_losses(facts, volume(a=6, b=5, c=4))
    assert ranking.expected_cells == pytest.approx(brute, rel=1e-6)
    assert ranking.cells == len(cells)
    assert ranking.expected_cells_together > ranking.expected_cells
    assert "{" not in " ".join(point.say("tr") for point in ranking.points)


def test_the_absence_test_and_the_ranking_agree_on_when_answers_are_late():
    facts = sc.read_desk("data/sample_desk.yaml")
    load = sc.fit_volume(sc.read_volumes("data/sample_volumes.csv"))
    ranking = sc.rank_losses(facts, load).to_frame().set_index("who")
    for person in ("p1", "p2", "p3"):
        test = sc.survive(facts, load, person=person)
        assert test.days_until_late == pytest.approx(ranking.loc[person, "days_until_late"])
        assert test.days_until_late == min(test.late.values())
        assert test.late
        assert set(test.late) <= set(work_cells(facts, load).within_hours)


def test_the_absence_test_tells_what_happens_in_the_order_in_which_it_does():
    test = sc.survive(desk(), volume(a=6, b=5, c=4), person="p1", days=10)
    said = [str(point) for point in test.points]
    assert said[0].startswith("From the first hour: nobody answers a")
    assert said[1].startswith("After 1.0 days answers on a are later than promised")
    assert said[2].startswith("By day 10 there waits: ")
    assert "community management 5 hours" in said[2]
    assert " 0 hours" not in said[2]


def test_sites_and_grades_are_rows_of_the_ranking_and_every_set_stands_once():
    people = [
        {"id": f"p{n}", "role": "agent", "contract_hours_per_week": 12, "duties": [], "site": site, "grade": grade}
        for n, (site, grade) in enumerate([("s1", "senior"), ("s1", "junior"), ("s2", "junior")])
    ]
    facts = desk(people=people, sites=[{"id": "s1"}, {"id": "s2"}])
    frame = sc.rank_losses(facts, volume(a=6, b=5, c=4), people=3).to_frame()
    assert frame.groupby("loss")["who"].apply(list).to_dict() == {
        "grade": ["junior"], "one_person": ["p0", "p1", "p2"], "pair": ["p0, p1", "p0, p2", "p1, p2"], "site": ["s1"],
        "worst": ["p0, p1, p2"],
    }  # fmt: skip
    alone = frame[frame["loss"] == "site"].iloc[0]
    assert alone["unserved_hours"] == frame.set_index("who").loc["p0, p1", "unserved_hours"]


@pytest.mark.slow
def test_the_service_level_without_a_person_comes_from_the_staffing_engine():
    facts = desk(calendar={"open": "24/7"})
    load = volume(a=6, b=5, c=4)
    need = sc.staff(facts, load, seed=0)  # the slow part of this test
    frame = sc.rank_losses(facts, load, need=need, seed=1).to_frame()
    people = frame[frame["loss"] == "one_person"]
    assert people["service_level"].between(0, 1).all()
    ranking = sc.rank_losses(facts, load, need=need, seed=1)
    assert (people["service_level"] <= ranking.service_level_start + 1e-9).all()
    assert ranking.service_fte in (need.present_fte, need.fte)


def test_losses_of_an_empty_desk_end_in_an_error_that_advises():
    with pytest.raises(sc.InputError, match="Try"):
        sc.rank_losses(Desk(name="Empty", timezone="UTC"))


def test_the_absence_test_says_what_fails_first():
    solo = sc.read_desk("data/solo_desk.yaml")
    test = sc.survive(solo, person="p1", days=7)
    frame = test.to_frame()
    assert set(frame["state"]) == {"stopped"}
    assert frame["day"].max() == 7
    assert "nobody answers or posts" in str(test.first_failure)
    assert len(test.cells) == len(list_cells(solo))


def test_an_absence_that_others_absorb_says_so():
    facts = desk(
        people=[
            {"id": f"p{n}", "role": "agent", "contract_hours_per_week": 40, "duties": "all", "on_call": True}
            for n in range(3)
        ]
    )
    test = sc.survive(facts, volume(a=6, b=5, c=4), person="p0", days=30)
    assert str(test.headline) == "p0 can be away for 30 days: everything stays covered."
    assert (test.to_frame()["state"] == "covered").all()


def test_waiting_work_grows_day_by_day():
    test = sc.survive(desk(), volume(a=6, b=5, c=4), person="p1", days=10)
    waiting = test.to_frame().query("duty == 'community'")["hours_waiting"].to_numpy()
    assert np.allclose(np.diff(waiting), waiting[0])
    assert test.days_until_late == pytest.approx(1.0)


@pytest.mark.parametrize(("person", "days"), [("nobody", 5), ("p1", 0), ("p1", 400), ("p1", 2.5)])
def test_an_absence_test_of_nobody_or_of_no_time_is_refused(person, days):
    with pytest.raises(sc.InputError, match="Try"):
        sc.survive(desk(), person=person, days=days)


@pytest.mark.parametrize("language", ["en", "tr"])
def test_pictures_and_sentences_exist_in_both_languages(language):
    facts, load = desk(), volume(a=6, b=5, c=4)
    answers = [
        sc.rank_losses(facts, load),
        sc.rank_losses(facts, load, people=2),
        sc.survive(facts, load, person="p1"),
        sc.plan_cross_training(facts, load),
        sc.plan_cross_training(sc.read_desk("data/solo_desk.yaml")),
    ]
    for answer in answers:
        width, height = plots.size(answer)
        assert plots.draw(answer, theme.new_figure(width, height).subplots(), language=language).get_title(loc="left")
        assert "{" not in answer.headline.say(language)
        assert all("{" not in note.say(language) for note in answer.notes)


# Hostile input: an answer or a clear error, in bounded time.


@pytest.mark.parametrize(
    "call",
    [
        lambda: sc.smallest_loss({}),
        lambda: sc.smallest_loss([{1}, {2}]),
        lambda: sc.smallest_loss({"a": "p1"}),
        lambda: sc.smallest_loss({"a": {1}}, 0),
        lambda: sc.smallest_loss({"a": {1}}, 1.5),
        lambda: sc.smallest_loss({"a": {1}}, {"b": 1}),
        lambda: sc.smallest_loss({"a": {1}}, "1"),
        lambda: sc.smallest_loss({"a": [[1]]}),
        lambda: sc.truck_factor({"a": {1}}, share=50),
        lambda: sc.truck_factor({"a": {1}}, share=1),
        lambda: sc.truck_factor({"a": {1}}, weights={"a": 0}),
        lambda: sc.truck_factor({"a": {1}}, weights=-1),
        lambda: sc.truck_factor({"a": {1}}, groups={1: [1]}),
        lambda: sc.worst_loss({"a": {1}}, load=float("nan"), capacity=1),
        lambda: sc.worst_loss({"a": {1}}, load=1, capacity={2: 1}),
        lambda: sc.worst_loss({"a": {1}}, load=1, capacity=-1),
        lambda: sc.worst_loss({"a": {1}}, load=1, capacity=1, people=-1),
        lambda: sc.harm_shares({"a": {1}}, {"a": math.inf}),
        lambda: sc.expected_uncovered({"a": {1}}, absence=20),
    ],
)
def test_what_cannot_be_computed_ends_in_an_error_that_advises(call):
    with pytest.raises(sc.InputError) as caught:
        call()
    assert "Try" in str(caught.value) or "not a finite number" in str(caught.value)


def test_empty_holders_and_too_many_required_are_short_already():
    cells = {"a": set(), "b": {1, 2}}
    assert sc.smallest_loss(cells) == 0
    assert sc.smallest_loss({"b": {1, 2}}, 5) == 0
    assert sc.truck_factor(cells, share=0.4) == 0
    assert sc.truck_factor(cells, share=0.5) == 2
    assert sc.harm_shares(cells) == {1: 0.5, 2: 0.5}
    assert sc.expected_uncovered(cells, absence=0.0) == 1.0
    assert float(sc.worst_loss(cells, load=1, capacity=1, people=0)) == 1.0
    assert float(sc.worst_loss({"a": set()}, load=1, capacity=1, people=3)) == 1.0


def test_groups_that_contain_each_other_are_lost_as_one():
    groups = {"site": ["p1", "floor"], "floor": ["p2", "room"], "room": ["site", "p3"]}
    assert set(expand_groups(groups).values()) == {frozenset({"p1", "p2", "p3"})}
    cells = {n: {f"p{n}"} for n in (1, 2, 3)}
    found = sc.truck_factor(cells, share=0.9, groups=groups)
    assert (found, len(found.groups), found.people) == (1, 1, frozenset())


def test_people_of_any_kind_and_order_give_the_same_answer():
    mixed = {"a": [1, "1"], "b": ("1", None), "c": {None, 1}}
    assert sc.truck_factor(mixed, share=0.5) == 2 + 1
    assert sc.smallest_loss(mixed) == 2


def test_a_share_is_read_as_it_is_written():
    """More than 29% of 100 cells is 30 of them, though 0.29 * 100 is 28.999999999999996."""
    assert sc.truck_factor({n: {n} for n in range(100)}, share=0.29) == 30


def test_ten_thousand_people_end_in_an_answer_within_the_limit():
    dice = np.random.default_rng(0)
    cells = {n: set(dice.choice(10_000, size=15).tolist()) for n in range(300)}
    start = time.perf_counter()
    found = sc.truck_factor(cells, share=0.5, time_limit=1)
    assert 1 <= found.bound <= found
    assert len(found.cells) > 150
    assert found.status in ("exact", "at_most")
    assert sc.smallest_loss(cells) == min(len(who) for who in cells.values())
    assert sum(sc.harm_shares(cells).values()) == pytest.approx(300)
    assert sc.expected_uncovered(cells, absence=0.1) < 1e-9
    assert time.perf_counter() - start < 60


def test_an_unproven_number_never_passes_for_an_exact_one():
    dice = np.random.default_rng(0)
    cells = {n: set(dice.choice(200, size=6, replace=False).tolist()) for n in range(300)}
    found = sc.truck_factor(cells, share=0.25, time_limit=0.3)
    assert found.status == "at_most"
    assert found.bound < found
    assert found.gap > 0
    assert len(found.cells) > 75


def test_a_quick_bound_fails_enough_cells_at_full_size():
    dice = np.random.default_rng(1)
    held = read_holdings({n: set(dice.choice(200, size=4, replace=False).tolist()) for n in range(300)})
    units = [(frozenset([(who, len(who))]), 1.0) for who in held.holders]
    quick = set(few_losses([frozenset([p]) for p in range(len(held.people))], units, 76.0))
    assert sum(who <= quick for who in held.holders) >= 76


def test_a_proven_number_survives_copying_and_pickling():
    import copy
    import pickle

    found = sc.truck_factor({1: {1}, 2: {1, 2}}, share=0.5)
    for twin in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert (twin, twin.people, twin.status) == (found, found.people, "exact")
    worst = sc.worst_loss({1: {1}}, load=2, capacity=3)
    assert (pickle.loads(pickle.dumps(worst)).people, worst.unserved) == ({1}, 2.0)


def test_a_cell_with_a_crowd_of_required_holders_is_no_obstacle():
    crowd = [{"id": f"h{n}"} for n in range(3_000)]
    owners = [one["id"] for one in crowd]
    held = {"owner": owners, "required": {"owner": 2_999}}
    facts = desk(access_holders=crowd, channels=[{"id": "a", "access": held}], people=[{"id": "p1", "role": "agent"}])
    points = sc.find_single_points_of_failure(facts)
    assert points.smallest_loss in (0, 1)
    assert len(points.to_frame()) == len(points.cells)


def test_people_who_are_alike_are_weighed_once_and_a_huge_team_gets_a_whole_sentence():
    people = [
        {"id": f"p{n}", "role": "agent", "contract_hours_per_week": 40, "duties": "all", "on_call": True}
        for n in range(3_000)
    ]
    ranking = sc.rank_losses(Desk.model_validate({"name": "D", "timezone": "UTC", "people": people}), time_limit=2)
    assert "–" not in str(ranking.headline)
    assert (ranking.to_frame()["unserved_hours"] == 0).all()
    cells = {cell: {cell, "both"} for cell in "abcd"} | {"e": {"both"}}
    loss = sc.worst_loss(cells, load=1.0, capacity=1.0, people=1)
    assert (float(loss), set(loss.people)) == (1.0, {"a"})


def test_the_time_limit_of_the_worst_loss_holds_where_nothing_is_proven():
    dice = np.random.default_rng(5)
    cells = {cell: {int(one) for one in dice.choice(200, size=6, replace=False)} for cell in range(300)}
    start = time.monotonic()
    loss = sc.worst_loss(cells, load=10.0, capacity=20.0, people=10, time_limit=1.0)
    assert time.monotonic() - start < 10  # one second of search, and whatever else the machine does
    assert loss.bound >= float(loss)
    assert len(loss.people) <= 10


def test_an_empty_desk_is_not_told_that_it_has_backups():
    assert "described" in str(sc.plan_cross_training(Desk(name="Empty", timezone="UTC")).headline)
