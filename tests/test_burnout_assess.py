"""Burnout of the roles of a desk: where each exposure comes from, which layer fired, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc
from staffcalc.burnout.assess import assess_burnout
from staffcalc.burnout.sharing import share_work
from staffcalc.burnout.strain import role_strains, weekly_rests
from staffcalc.demand.volume import Volume
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.outputs import plots, theme


class Work:
    """A workload with hours by duty, as the demand room gives it."""

    def __init__(self, **hours: float) -> None:
        self.hours_by_duty = hours


class Need:
    def __init__(self, **hours: float) -> None:
        self.workload = Work(**hours)


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


def even_volume(per_hour: float = 2.0) -> Volume:
    profile = np.full((168, 2), per_hour)
    return Volume(
        channels=("a", "b"), timezone="Europe/Istanbul", profile=profile, day_cv=0.2, week_cv=0.1, level_sd=0.0
    )


OFFICE = {"monday-friday": ["09:00-17:00"]}
SOLO = [{"id": "p1", "role": "manager", "on_call": True, "working_hours": OFFICE}]


def exposure(answer: Any, role: str) -> Any:
    return dict(zip(answer.roles, answer.exposures, strict=True))[role]


def test_one_person_on_call_around_the_clock_is_far_above_the_baseline_and_labelled_as_one_seat() -> None:
    facts = desk(SOLO, calendar={"cover": "24/7"}, on_call={"hours": "24/7", "paged_nights_per_week": 2})
    risk = assess_burnout(facts, even_volume(), Need(community=60, publishing=10))
    got = risk.exposures[0]
    assert (got.solo_share, got.on_call_share, got.paged_nights_per_week) == (1.0, 1.0, 2.0)
    assert got.after_hours_share == pytest.approx(128 / 168)
    assert got.weekly_hours == 50
    assert risk.ratio_low > 1.2
    assert {"never_off_call", "single_holder_community", "single_holder_publishing"} <= set(risk.signals["signal"])
    assert any("One seat only: manager" in str(note) for note in risk.notes)


def test_roles_come_one_row_each_with_the_same_draws() -> None:
    people = [{"id": f"p{i}", "role": role, "working_hours": OFFICE} for i, role in enumerate(["x", "x", "y"])]
    risk = assess_burnout(desk(people), even_volume(), Need(community=40))
    assert risk.to_frame()["role"].tolist() == ["x", "y"]
    assert risk.to_frame()["seats"].tolist() == [2, 1]
    assert risk.ratio["x"] == risk.ratio["y"]
    assert risk.of("y").ratio == risk.ratio["y"]


def test_people_at_work_together_are_alone_only_while_the_others_are_away() -> None:
    people = [{"id": f"p{i}", "role": "x", "working_hours": OFFICE} for i in range(3)]
    away = {"leave_days": 26.0892857, "holiday_days": 0, "sick_days": 0, "training_days": 0}
    got = assess_burnout(desk(people, absence=away), even_volume(), Need(community=40)).exposures[0]
    assert got.solo_share == pytest.approx(0.1**2, rel=1e-6)


def test_the_sun_moves_with_the_time_zone() -> None:
    """Nine to five in Istanbul is eight hours ahead of nine to five eight zones west: they never meet."""
    people = [
        {"id": "p1", "role": "east", "working_hours": OFFICE},
        {"id": "p2", "role": "west", "working_hours": OFFICE, "timezone": "America/New_York"},
    ]
    risk = assess_burnout(desk(people), even_volume(), Need(community=40))
    assert risk.exposures[0].solo_share == pytest.approx(1.0)


def test_work_goes_where_there_is_room_and_nobody_gets_what_only_others_may_do() -> None:
    people = [
        {"id": "p1", "role": "all", "working_hours": OFFICE},
        {"id": "p2", "role": "posts", "duties": ["publishing"], "working_hours": OFFICE},
    ]
    facts = desk(people)
    load = share_work(facts, facts.team(), None, {"community": 10, "publishing": 30}, np.array([40.0, 40.0])).load
    assert load == pytest.approx([20, 20])
    load = share_work(facts, facts.team(), None, {"community": 30, "publishing": 10}, np.array([40.0, 40.0])).load
    assert load == pytest.approx([30, 10])
    load = share_work(facts, facts.team(), None, {"community": 10, "publishing": 35}, np.array([20.0, 40.0])).load
    assert load == pytest.approx([15, 30])


def test_levelling_is_the_least_squares_of_an_independent_solver() -> None:
    from scipy.optimize import minimize

    people = [
        {"id": "p0", "role": "r", "duties": ["community", "crisis"], "channels": ["a"]},
        {"id": "p1", "role": "r", "duties": ["community", "publishing"], "channels": ["b"]},
        {"id": "p2", "role": "r", "duties": ["community", "crisis", "publishing"], "channels": "all"},
    ]
    facts = desk(people)
    capacity = np.array([30.0, 35.0, 20.0])
    hours = {"community": 40.0, "crisis": 9.0, "publishing": 12.0}
    load = share_work(facts, facts.team(), even_volume(), hours, capacity).load
    tasks = [(20.0, [0, 2]), (20.0, [1, 2]), (9.0, [0, 2]), (12.0, [1, 2])]

    def spread(first: np.ndarray) -> np.ndarray:
        total = np.zeros(3)
        for part, (size, able) in zip(first, tasks, strict=True):
            total[able[0]] += part * size
            total[able[1]] += (1 - part) * size
        return total

    best = minimize(lambda f: (spread(f) ** 2 / capacity).sum(), np.full(4, 0.5), bounds=[(0, 1)] * 4, tol=1e-12)
    assert load == pytest.approx(spread(best.x), abs=0.01)


def test_facts_break_rules_and_estimates_do_not() -> None:
    """A stretched week of 50 h is an estimate: only the model may use it. A contract of 50 h is a fact."""
    people = [{"id": "p1", "role": "x", "working_hours": OFFICE}, {"id": "p2", "role": "x", "working_hours": OFFICE}]
    overloaded = assess_burnout(desk(people), even_volume(), Need(community=400))
    assert overloaded.exposures[0].weekly_hours == 50
    assert "weekly_48h" not in set(overloaded.signals["signal"])
    long = [person | {"contract_hours_per_week": 50} for person in people]
    assert "weekly_48h" in set(assess_burnout(desk(long), even_volume(), Need(community=4)).signals["signal"])


def test_a_short_night_between_two_shifts_is_found() -> None:
    spans = [(14 * 60, 22 * 60), (24 * 60 + 6 * 60, 24 * 60 + 14 * 60)]
    assert weekly_rests(spans) == [8.0, 168.0 - 24]
    late = {"monday": ["14:00-22:00"], "tuesday": ["06:00-14:00"]}
    people = [{"id": "p1", "role": "x", "working_hours": late}, {"id": "p2", "role": "x", "working_hours": OFFICE}]
    signals = assess_burnout(desk(people), even_volume(), Need(community=4)).signals
    assert {"short_rests_scheduled", "daily_rest_11h"} <= set(signals["signal"])


def test_what_the_desk_does_not_say_is_average_and_listed() -> None:
    risk = assess_burnout(desk(SOLO), None)
    origins = risk.origins.set_index("field")["origin"]
    assert origins["utilisation"] == origins["after_hours_share"] == origins["low_control_share"] == "average"
    assert origins["solo_share"] == "computed"
    assert any("taken as average" in str(note) for note in risk.notes)


def test_what_is_known_replaces_what_is_computed() -> None:
    people = [{"id": "p1", "role": "x", "working_hours": OFFICE}]
    known = {"x": {"low_control_share": 0.9, "solo_share": 0.1}}
    risk = assess_burnout(desk(people), even_volume(), Need(community=10), known=known)
    assert (risk.exposures[0].low_control_share, risk.exposures[0].solo_share) == (0.9, 0.1)
    with pytest.raises(InputError, match="does not have"):
        assess_burnout(desk(people), known={"z": {"duties": 3}})


def test_a_role_that_answers_nobody_has_no_abuse_and_no_after_hours_messages() -> None:
    people = [
        {"id": "p1", "role": "agent", "duties": ["community"], "working_hours": OFFICE},
        {"id": "p2", "role": "maker", "duties": ["publishing"], "working_hours": OFFICE},
    ]
    facts = desk(people, calendar={"cover": "24/7"}, duties={"community": {"abusive_share": 0.06}})
    risk = assess_burnout(facts, even_volume(), Need(community=20, publishing=20))
    assert (exposure(risk, "agent").abusive_share, exposure(risk, "maker").abusive_share) == (0.06, 0.0)
    assert exposure(risk, "agent").after_hours_share > 0.7
    assert exposure(risk, "maker").after_hours_share == 0


def test_nobody_is_not_a_role() -> None:
    with pytest.raises(InputError, match="no role"):
        assess_burnout(Desk.model_validate({"name": "Empty", "timezone": "UTC"}))


def test_hundreds_of_people_are_assessed_in_bounded_time() -> None:
    people = [{"id": f"p{i}", "role": f"r{i % 40}", "working_hours": OFFICE} for i in range(300)]
    strains = role_strains(desk(people), even_volume(), hours_by_duty={"community": 4000, "publishing": 3000})
    assert len(strains) == 40


@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_picture_of_one_and_of_several_roles_draws_in_both_languages(language: str) -> None:
    people = [{"id": f"p{i}", "role": role, "working_hours": OFFICE} for i, role in enumerate("xy")]
    risk = assess_burnout(desk(people), even_volume(), Need(community=40), draws=500)
    for answer in (risk, risk.of("x")):
        ax = plots.draw(answer, theme.new_figure(*plots.size(answer)).subplots(), language=language)
        assert ax.get_xlabel()
        assert ax.get_legend() is not None


def rows(person: str, *spans: tuple[str, str], kind: str = "work") -> list[dict[str, str]]:
    return [{"person": person, "start": f"2027-01-{a}", "end": f"2027-01-{b}", "kind": kind} for a, b in spans]


def test_a_roster_replaces_what_contracts_only_suggest() -> None:
    people = [{"id": "p1", "role": "x"}, {"id": "p2", "role": "y"}]
    duties = [
        *rows("p1", ("04 14:00", "04 22:00"), ("05 06:00", "05 14:00"), ("07 08:00", "07 20:00")),
        *rows("p2", ("04 14:00", "04 22:00"), ("08 08:00", "08 16:00")),
        *rows("p2", ("09 00:00", "10 00:00"), kind="leave"),
    ]
    table = pd.DataFrame(duties).assign(timezone="Europe/Istanbul")
    risk = assess_burnout(desk(people), even_volume(), Need(community=10), roster=table)
    x, y = risk.exposures
    days = 4 + 1  # from the first day with a duty to the last, in UTC days
    assert x.weekly_hours == pytest.approx(28 / (days / 7))
    assert x.quick_returns_per_year == pytest.approx(1 / (days / 7) * 365.25 / 7)
    assert x.long_shift_share == pytest.approx(1 / 3)
    assert (x.solo_share, y.solo_share) == pytest.approx((20 / 28, 8 / 16))
    assert y.quick_returns_per_year == 0
    assert "short_rests_scheduled" in set(risk.signals.query("role == 'x'")["signal"])
    assert set(risk.origins.query("basis == 'roster'")["field"]) >= {"weekly_hours", "solo_share", "long_shift_share"}


def test_a_judged_roster_brings_its_breaches_into_the_rules_layer() -> None:
    from staffcalc.coverage.rest_rules import check_rest

    class Judged:
        def __init__(self, frame: pd.DataFrame) -> None:
            self.frame, self.check = frame, check_rest(frame, rules="eu")

        def to_frame(self) -> pd.DataFrame:
            return self.frame

    duties = rows("p1", ("04 14:00", "04 22:00"), ("05 06:00", "05 14:00"))
    table = pd.DataFrame(duties).assign(timezone="Europe/Istanbul")
    signals = assess_burnout(desk([{"id": "p1", "role": "x"}]), roster=Judged(table)).signals
    assert "daily_rest_min" in set(signals.loc[signals["layer"] == "rules", "signal"])


def test_the_answer_says_which_layer_fired() -> None:
    facts = desk(SOLO, calendar={"cover": "24/7"}, on_call={"hours": "24/7", "paged_nights_per_week": 2})
    note = str(assess_burnout(facts, even_volume(), Need(community=60)).notes[0])
    assert note.startswith("Three layers, kept apart: facts outside a rule: 2")


def test_numbers_that_wait_for_a_check_say_so_in_the_assumptions() -> None:
    risk = assess_burnout(desk(SOLO), even_volume(), Need(community=60))
    marked = {line.name for line in risk.assumptions if "verify before release" in line.note}
    assert {"amber_ratio_median", "exposure_correlation_r", "burnout_reference_high_demands"} <= marked


def test_a_lunch_break_is_neither_a_rest_nor_working_time() -> None:
    duties = rows("p1", ("04 09:00", "04 12:30"), ("04 13:30", "04 18:00"), ("05 09:00", "05 12:30"))
    table = pd.DataFrame(duties).assign(timezone="Europe/Istanbul")
    got = assess_burnout(desk([{"id": "p1", "role": "x"}]), roster=table).exposures[0]
    assert got.weekly_hours == pytest.approx(11.5 / (2 / 7))
    assert (got.quick_returns_per_year, got.solo_share) == (0.0, 1.0)


@pytest.mark.parametrize("known", [3, [1], {"manager": 3}])
def test_what_was_measured_comes_by_role_and_field(known: Any) -> None:
    with pytest.raises(InputError, match="known is not a mapping"):
        assess_burnout(desk(SOLO), known=known)


def test_a_workload_given_as_it_is_counts_without_a_volume() -> None:
    need = Need(community=60)
    direct, through = (assess_burnout(desk(SOLO), None, given, draws=200) for given in (need.workload, need))
    assert direct.exposures == through.exposures
    assert direct.exposures[0].utilisation is not None


ODD: tuple[Any, ...] = (None, [], {}, "x", True, 1.5, np.array([1, 2]), pd.NA, pd.Series([1.0]), {1}, object())


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: type(odd).__name__)
def test_objects_of_any_other_kind_are_refused_in_words(odd: Any) -> None:
    risk = sc.burnout_probability(sc.RoleExposure(duties=6), draws=20)
    calls: list[Callable[[], object]] = [
        lambda: assess_burnout(odd),
        lambda: sc.project_team(odd),
        lambda: risk.of(odd),
        lambda: sc.burnout_probability(sc.RoleExposure(), draws=20, purpose=odd),
        lambda: sc.Baseline("ours", 0.2, 0.2, odd),
    ]
    if not isinstance(odd, (list, dict)) and odd is not None:
        calls.append(lambda: assess_burnout(desk(SOLO), roster=odd, draws=20))
    if isinstance(odd, np.ndarray):
        calls.append(lambda: sc.burnout_probability(sc.RoleExposure(), draws=20, seed=cast(Any, odd)))
    for call in calls:
        with pytest.raises(InputError) as refusal:
            call()
        assert str(refusal.value)


def test_a_baseline_of_your_own_never_borrows_the_status_of_another() -> None:
    own = sc.Baseline("a survey", 0.24, 0.2, source="dolan_2015")
    lines = [sc.burnout_probability(sc.RoleExposure(), baseline=base, draws=20).assumptions[0] for base in (own, None)]
    assert (lines[0].status, lines[0].note) == ("given", "")
    assert lines[1].status != "given"


def test_notes_say_a_thing_once() -> None:
    crew = [{"id": f"p{i}", "role": f"role{i % 3}", "working_hours": OFFICE} for i in range(6)]
    risk = assess_burnout(desk(crew), draws=400)
    keys = [note.key for note in risk.notes]
    assert len(keys) == len(set(keys)), keys
    assert "burnout_note_level_load" not in keys  # nothing is said about a utilisation that is not known
    standing = ("not_diagnosis", "estimand", "weak_evidence", "trauma", "purpose", "help", "baseline", "judgement")
    assert {f"burnout_note_{name}" for name in standing} <= set(keys)


def test_roles_that_lack_different_things_are_told_apart() -> None:
    jobs = {"a": sc.RoleExposure(duties=6), "b": sc.RoleExposure(duties=5), "c": sc.RoleExposure(channels=4)}
    told = [str(note) for note in sc.burnout_probability(jobs, draws=50).notes if "taken as average" in str(note)]
    assert [text.split(":")[0] for text in told] == ["a and b", "c"]


def test_groups_that_are_numbers_of_a_table_find_their_invited() -> None:
    sheets = pd.DataFrame({"site": [1] * 8 + [2] * 14, "level": [1, 4, 2, 3, 1, 2, 5, 2] + [2, 3] * 7})
    asked = dict.fromkeys(sheets["site"].unique(), 20)  # keys of the table's own kind
    table = sc.score_survey(sheets, instrument="single_item", by="site", invited=asked).to_frame()
    assert table.loc[table["released"], "bound_high"].notna().all()
    with pytest.raises(InputError, match="invited"):
        sc.score_survey(sheets, instrument="single_item", by="site", invited={np.float64(0.3): 20})


@pytest.mark.parametrize("odd", [None, 1.5, np.float64(0.3), {1}, object()], ids=lambda odd: type(odd).__name__)
def test_a_template_refuses_odd_groups_and_paths_in_words(odd: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        sc.write_survey_template(tmp_path / "a.csv", instrument="cbi", by=odd)
    with pytest.raises(InputError):
        sc.write_survey_template(odd, instrument="cbi")
