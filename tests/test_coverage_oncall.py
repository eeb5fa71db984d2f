"""On call: published rotation sizes, tails against scipy, and days with nobody counted by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import staffcalc as sc

TEXT = (Path(__file__).parent / "cases" / "coverage.csv").read_text(encoding="utf-8")
CASES = {row["id"]: row for row in csv.DictReader(io.StringIO(TEXT))}
ALWAYS = {"leave_days": 0, "holiday_days": 0, "sick_days": 0, "training_days": 0}


def case(key: str) -> tuple[Any, Any]:
    return json.loads(CASES[key]["inputs_json"]), json.loads(CASES[key]["expected"])


def desk(count: int = 1, **facts: object) -> sc.Desk:
    team = [{"id": f"p{number}", "role": "agent", "on_call": True} for number in range(1, count + 1)]
    base = {"name": "Test", "timezone": "Europe/Istanbul", "calendar": {"cover": "24/7"}, "people": team}
    return sc.Desk.model_validate(base | facts)


def test_two_roles_at_a_quarter_of_the_time_take_the_published_eight() -> None:
    _, expected = case("OC14")
    need = sc.size_on_call(desk(8, on_call={"hours": "24/7", "roles": 2, "max_fraction": 0.25}, absence=ALWAYS))
    assert need.headcount == expected
    assert need.binding == "on_call_share"
    assert need.weeks_per_person == pytest.approx(365.25 / 7 / 4)


def test_the_workbook_minimum_is_critical_mass_plus_a_buffer() -> None:
    facts, expected = case("OC26")
    single = desk(
        8, on_call={"hours": "24/7", "roles": 2, "critical_mass": facts["single_site"], "buffer": 1}, absence=ALWAYS
    )
    assert sc.size_on_call(single).headcount == expected["single_site"]
    sites = [{"id": "a", "timezone": "Europe/Istanbul"}, {"id": "b", "timezone": "America/Los_Angeles"}]
    people = [{"id": f"p{n}", "role": "agent", "on_call": True, "site": "ab"[n % 2]} for n in range(12)]
    two = desk(on_call={"hours": "24/7", "roles": 2}, sites=sites, people=people, absence=ALWAYS)
    need = sc.size_on_call(two)
    assert need.headcount == 2 * expected["multisite_per_site"]
    assert need.binding == "critical_mass"


def test_the_rotation_that_keeps_the_average_week_lawful_matches_the_case() -> None:
    facts, expected = case("OC18")
    sizes = [sc.standby_rota_size(128, counted_share=share) for share in facts["counted_fraction"]]
    assert sizes == expected


def test_counted_standby_binds_under_european_hours() -> None:
    need = sc.size_on_call(desk(1, on_call={"hours": "24/7", "roles": 1, "counted_share": 1}))
    assert need.binding == "standby_hours"
    assert need.headcount == 21  # 168 counted hours over 8 spare ones
    assert need.terms.set_index("rule").loc["standby_hours", "people"] == 21


def test_one_person_is_away_sixty_six_days_a_year() -> None:
    """47 of 260.9 working days, seven days of cover."""
    need = sc.size_on_call(desk(1, on_call={"roles": 1}))
    assert need.days_with_nobody_now == pytest.approx(47 / (365.25 / 7 * 5) * 365.25)
    assert need.nobody["days_independent"].tolist()[:3] == pytest.approx([65.8, 11.85, 2.14], abs=0.01)
    assert "66 days" in str(need.headline)
    assert "66 gün" in need.headline.say("tr")


def test_dependent_absences_are_never_better_than_independent_ones() -> None:
    nobody = sc.size_on_call(desk(4, on_call={"roles": 1})).nobody
    assert (nobody["days_dependent"] >= nobody["days_independent"] - 1e-12).all()
    assert (nobody["days_dependent"].diff().dropna() < 0).all()


def test_a_staffed_seat_takes_six_and_five_before_leave() -> None:
    need = sc.size_on_call(desk(1, on_call={"roles": 1, "overlap_minutes": 0}))
    terms = need.terms.set_index("rule")["people"]
    assert (terms["productive_hours"], terms["contract_week"]) == (6, 5)
    assert need.seat_headcount == 6
    assert need.seat_binding == "productive_hours"
    assert need.terms.groupby("need")["binds"].sum().tolist() == [1, 1]


@pytest.mark.parametrize(
    ("mean", "steady", "bursty"), [(0.5, 0.014, 0.050), (1, 0.080, 0.125), (1.5, 0.191, 0.216), (2, 0.323, 0.313)]
)
def test_the_tail_of_incidents_matches_the_published_table(mean: float, steady: float, bursty: float) -> None:
    assert sc.more_incidents_than(2, mean=mean) == pytest.approx(steady, abs=6e-4)
    assert sc.more_incidents_than(2, mean=mean, variance_ratio=2) == pytest.approx(bursty, abs=6e-4)


@given(mean=st.floats(0.01, 30), ratio=st.floats(1.001, 6), limit=st.integers(0, 12))
def test_the_tail_of_incidents_equals_the_distributions_of_scipy(mean: float, ratio: float, limit: int) -> None:
    assert sc.more_incidents_than(limit, mean=mean) == pytest.approx(stats.poisson.sf(limit, mean), abs=1e-12)
    exact = stats.nbinom.sf(limit, mean / (ratio - 1), 1 / ratio)
    assert sc.more_incidents_than(limit, mean=mean, variance_ratio=ratio) == pytest.approx(exact, abs=1e-10)


def test_incidents_are_counted_by_shift() -> None:
    setup = {"hours": "24/7", "roles": 1, "incidents_per_week": 14, "incident_variance_ratio": 1, "shift_hours": 12}
    need = sc.size_on_call(desk(6, on_call=setup))
    assert need.incidents_per_shift == pytest.approx(1)
    assert need.p_more_than_two == pytest.approx(0.0803, abs=1e-4)
    assert need.p_week_with_such_a_shift == pytest.approx(0.44, abs=0.005)
    assert any("more than two incidents" in str(note) for note in need.notes)


def test_a_way_longer_than_the_response_time_is_said() -> None:
    need = sc.size_on_call(desk(6, on_call={"roles": 1, "response_minutes": 5, "commute_minutes": 45}))
    said = " ".join(str(note) for note in need.notes)
    assert "45 minutes" in said
    assert "working time" in said


def test_standby_pay_and_holidays_are_counted() -> None:
    facts = desk(
        5,
        on_call={"hours": "24/7", "roles": 1, "overlap_minutes": 0},
        costs={"on_call_pay_per_hour": 2},
        calendar={"cover": "24/7", "holidays_add": {f"2027-01-{day:02d}": "off" for day in range(1, 11)}},
        as_of="2027-01-01",
    )
    need = sc.size_on_call(facts)
    assert need.cost_per_year == pytest.approx(2 * 365.25 * 24)
    assert need.holidays_per_person == pytest.approx(10 / need.headcount)


def test_nothing_asked_is_nothing_needed() -> None:
    need = sc.size_on_call(desk(2, calendar={}))
    assert need.headcount == need.seat_headcount == 0
    assert need.to_frame().empty
    assert "No hours on call" in str(need.headline)


def test_a_contract_that_fills_the_week_leaves_no_room_for_counted_standby() -> None:
    with pytest.raises(sc.InputError, match="counted_share=0"):
        sc.standby_rota_size(128, counted_share=1, base_hours=48)


@given(roles=st.integers(1, 4), away=st.integers(0, 100), fraction=st.floats(0.05, 1))
def test_more_roles_more_absence_or_a_smaller_share_never_take_fewer_people(
    roles: int, away: int, fraction: float
) -> None:
    def size(roles: int, away: float, fraction: float) -> int:
        absence = {**ALWAYS, "leave_days": away}
        return sc.size_on_call(
            desk(on_call={"hours": "24/7", "roles": roles, "max_fraction": fraction}, absence=absence)
        ).headcount

    base = size(roles, away, fraction)
    assert size(roles + 1, away, fraction) >= base
    assert size(roles, away + 20, fraction) >= base
    assert size(roles, away, fraction * 0.9) >= base
    assert base * fraction * (1 - away / (365.25 / 7 * 5)) >= roles - 1e-6


def test_a_rotation_without_cover_hours_says_nothing_of_a_seat() -> None:
    people = [{"id": f"p{n}", "role": "a", "on_call": True} for n in range(3)]
    team = sc.Desk.model_validate({"name": "T", "timezone": "UTC", "people": people, "on_call": {"hours": "24/7"}})
    need = sc.size_on_call(team)
    assert need.seat_headcount == 0
    assert "seat" not in str(need.headline)
    assert "koltuk" not in need.headline.say("tr")


def test_a_desk_without_people_is_told_that_nobody_shares_the_cover() -> None:
    team = sc.Desk.model_validate({"name": "T", "timezone": "UTC", "on_call": {"hours": "24/7"}})
    assert str(sc.size_on_call(team).headline).endswith("Today nobody shares the cover.")
