"""Productive hours, cover, rotations and presence against counting by hand and exact binomial sums."""

import csv
import inspect
import json
import math
import pathlib
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

import staffcalc as sc

CASES = {
    row["id"]: (json.loads(row["inputs_json"]), json.loads(row["output"]))
    for row in csv.DictReader(
        (pathlib.Path(__file__).parent / "cases" / "staffing_benchmarks.csv").read_text(encoding="utf-8").splitlines()
    )
}


def exact_presence(people, needed, absence):
    q = Fraction(absence)
    return sum(math.comb(people, k) * (1 - q) ** k * q ** (people - k) for k in range(needed, people + 1))


def test_one_fte_year_is_1711_hours():
    """(365.25/7 x 5 - 47) days x 8 h."""
    assert sc.productive_hours() == pytest.approx((365.25 / 7 * 5 - 47) * 8, rel=1e-14)
    assert sc.productive_hours(meetings_share=0.05, paid_breaks_share=0.0625) == pytest.approx(
        1711.142857 * 0.95 * 0.9375
    )
    turkey = {"leave_days": 14, "holiday_days": 15.5, "sick_days": 5, "training_days": 3}
    assert sc.productive_hours(contract_hours_per_week=45, **turkey) == pytest.approx(2010.5, abs=0.05)
    assert sc.absence_share() == pytest.approx(47 / (365.25 / 7 * 5))


@pytest.mark.parametrize(
    ("keywords", "fte"),
    [
        ({}, 5.12),
        ({"shifts_per_day": 3, "overlap_minutes": 30}, 5.44),
        ({"shifts_per_day": 3, "overlap_minutes": 30, "meetings_share": 0.05, "paid_breaks_share": 0.0625}, 6.11),
        ({"hours_per_week": 16 * 7}, 3.42),
        ({"hours_per_week": 12 * 5}, 1.83),
        ({"leave_days": 0, "holiday_days": 0, "sick_days": 0, "training_days": 0}, 4.20),
        (
            {
                "contract_hours_per_week": 45,
                "leave_days": 14,
                "holiday_days": 15.5,
                "sick_days": 5,
                "training_days": 3,
            },
            4.36,
        ),
    ],
)
def test_the_cover_table_is_reproduced(keywords, fte):
    assert sc.cover_fte(1, **keywords) == pytest.approx(fte, abs=0.005)
    assert sc.cover_fte(3, **keywords) == pytest.approx(3 * sc.cover_fte(1, **keywords))


def test_a_single_shift_has_no_handover():
    assert sc.cover_fte(1, hours_per_week=60, shifts_per_day=1, overlap_minutes=30) == sc.cover_fte(
        1, hours_per_week=60
    )
    weekdays = sc.cover_fte(1, hours_per_week=80, shifts_per_day=2, overlap_minutes=30, cover_days_per_week=5)
    assert weekdays == pytest.approx(sc.cover_fte(1, hours_per_week=85))


def test_a_four_day_week_changes_the_days_and_not_only_the_hours():
    four = sc.productive_hours(contract_hours_per_week=32, days_per_week=4)
    assert four == pytest.approx((365.25 / 7 * 4 - 47) * 8)
    assert four < sc.productive_hours(contract_hours_per_week=32)


@pytest.mark.parametrize(
    ("roles", "keywords", "people"),
    [
        (2, {}, 8),
        (2, {"absence": 0.10}, 9),
        (1, {"absence": 0.18}, 5),
        (1, {}, 4),
        (1, {"critical_mass": 5, "buffer": 1}, 6),
        (2, {"buffer": 1}, 9),
        (0, {"critical_mass": 5, "buffer": 1}, 0),
        (3, {"max_fraction": 0.3}, 10),
        (7, {"max_fraction": 0.1, "absence": 0.3}, 100),  # 7 / (0.1 x 0.7) is 100.00000000000001 for a computer
    ],
)
def test_rotation_sizes_match_the_published_rule(roles, keywords, people):
    found = sc.rotation_size(roles, **keywords)
    assert (found, type(found)) == (people, int)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("ABS")])
def test_roster_rows_of_the_case_file(name):
    case, right = CASES[name]
    heads = sc.heads_for_seats(case["needed"], absence=case["absence"], confidence=case["confidence"])
    assert heads == right["heads"]
    chance = sc.presence_probability(heads, needed=case["needed"], absence=case["absence"])
    assert chance == pytest.approx(right["prob"], abs=5e-11)


@pytest.mark.parametrize(
    ("seats", "low", "naive_low", "high", "naive_high"),
    [
        (1, 2, 0.990, 3, 0.938),
        (2, 3, 0.972, 5, 0.844),
        (3, 5, 0.948, 6, 0.738),
        (4, 6, 0.919, 8, 0.831),
        (8, 11, 0.775, 14, 0.713),
        (10, 13, 0.889, 17, 0.742),
        (20, 25, 0.807, 32, 0.643),
    ],
)
def test_the_rule_of_thumb_fails_small_teams_as_tabulated(seats, low, naive_low, high, naive_high):
    for absence, heads, naive in ((0.10, low, naive_low), (0.25, high, naive_high)):
        assert sc.heads_for_seats(seats, absence=absence) == heads
        thumb = math.ceil(seats / (1 - absence) - 1e-9)
        assert sc.presence_probability(thumb, needed=seats, absence=absence) == pytest.approx(naive, abs=5e-4)


@pytest.mark.parametrize(("seats", "absence", "confidence"), [(1, 0.4, 0.999), (7, 0.07, 0.99), (40, 0.15, 0.9)])
def test_heads_are_the_smallest_by_exact_fractions(seats, absence, confidence):
    heads = sc.heads_for_seats(seats, absence=absence, confidence=confidence)
    assert exact_presence(heads, seats, absence) >= confidence > exact_presence(heads - 1, seats, absence)


@pytest.mark.parametrize(("seats", "absence"), [(2000, 0.15), (5000, 0.02), (30_000, 0.3)])
def test_thousands_of_seats_are_exact(seats, absence):
    heads = sc.heads_for_seats(seats, absence=absence)

    def chance(people):
        return special.betainc(seats, people - seats + 1, 1 - absence)

    assert chance(heads) >= 0.95 > chance(heads - 1)
    assert sc.presence_probability(heads, needed=seats, absence=absence) == pytest.approx(
        float(chance(heads)), abs=1e-10
    )


def test_heads_at_an_exact_tie_take_the_smaller_team():
    """One of two present at 30% absence: 1 - 0.09 is exactly 0.91, on paper."""
    assert sc.heads_for_seats(1, absence=0.1, confidence=0.99) == 2
    assert sc.heads_for_seats(1, absence=0.3, confidence=0.91) == 2
    assert sc.heads_for_seats(1, absence=0.1, confidence=0.9) == 1


def test_presence_examples_by_hand():
    """At 15% absence one of one 85%, of two 97.75%, of three 99.66%; two present at 99.9% take six."""
    chances = [sc.presence_probability(n, needed=1, absence=0.15) for n in (1, 2, 3)]
    assert chances == pytest.approx([0.85, 0.9775, 0.996625], abs=1e-12)
    assert sc.heads_for_seats(2, absence=0.15, confidence=0.999) == 6
    assert sc.presence_probability(5, needed=2, absence=0.15) == pytest.approx(0.9978, abs=5e-5)


def test_a_team_of_one_is_away_66_days_of_a_year():
    away = sc.absence_share()
    assert round(sc.days_with_nobody(1, absence=away)) == 66
    assert sc.days_with_nobody(1, absence=away, days_per_week=5) == pytest.approx(47)
    assert [round(sc.days_with_nobody(n, absence=0.15), 1) for n in (1, 2, 3)] == [54.8, 8.2, 1.2]
    assert sc.days_with_nobody(0, absence=away) == pytest.approx(365.25)


def test_absences_that_come_together_are_worse():
    alone = sc.days_with_nobody(3, absence=0.15)
    together = sc.days_with_nobody(3, absence=0.15, dependence=0.2)
    assert alone < together < sc.days_with_nobody(1, absence=0.15)
    assert sc.days_with_nobody(3, absence=0.15, dependence=1) == pytest.approx(365.25 * 0.15)
    assert sc.heads_for_seats(3, absence=0.15, dependence=0.2) > sc.heads_for_seats(3, absence=0.15)


def test_dependent_presence_matches_a_simulation():
    rng = np.random.default_rng(5)
    q, rho, people, needed = 0.15, 0.2, 6, 4
    share = rng.beta(q * (1 - rho) / rho, (1 - q) * (1 - rho) / rho, 400_000)
    present = people - rng.binomial(people, share)
    seen = float((present >= needed).mean())
    mine = sc.presence_probability(people, needed=needed, absence=q, dependence=rho)
    assert abs(mine - seen) < 4 * math.sqrt(seen * (1 - seen) / 400_000)


@given(people=st.integers(0, 60), absence=st.floats(0, 1), needed=st.integers(0, 60), joint=st.floats(0, 0.9))
def test_presence_is_a_probability_and_one_more_person_helps(people, absence, needed, joint):
    here = sc.presence_probability(people, needed=needed, absence=absence, dependence=joint)
    assert 0 <= here <= 1
    assert sc.presence_probability(people + 1, needed=needed, absence=absence, dependence=joint) >= here - 1e-12


@given(people=st.integers(1, 40), absence=st.floats(0, 0.99), needed=st.integers(1, 40))
def test_presence_matches_exact_fractions(people, absence, needed):
    mine = sc.presence_probability(people, needed=needed, absence=absence)
    assert mine == pytest.approx(float(exact_presence(people, needed, absence)), abs=1e-13)


def test_the_defaults_are_those_of_the_contract():
    defaults = {k: v.default for k, v in inspect.signature(sc.productive_hours).parameters.items()}
    named = {"contract_hours_per_week": 40, "leave_days": 25, "holiday_days": 10, "sick_days": 7, "training_days": 5}
    assert defaults == named | {"meetings_share": 0.0, "paid_breaks_share": 0.0, "days_per_week": 5}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sc.productive_hours(leave_days=300), "days away leave nothing"),
        (lambda: sc.productive_hours(meetings_share=5), r"Try: meetings_share=0\.05"),
        (lambda: sc.productive_hours(contract_hours_per_week=-1), "contract_hours_per_week"),
        (lambda: sc.cover_fte(1, hours_per_week=200), "more than a week"),
        (lambda: sc.cover_fte(1, leave=3), "leave_days"),
        (lambda: sc.cover_fte(math.nan), "seats"),
        (lambda: sc.rotation_size(2, max_fraction=25), r"max_fraction=0\.25"),
        (lambda: sc.rotation_size(2, absence=1), "absence"),
        (lambda: sc.heads_for_seats(2.5, absence=0.1), "whole number"),
        (lambda: sc.heads_for_seats(2, absence=15), r"absence=0\.15"),
        (lambda: sc.heads_for_seats(2, absence=0.1, confidence=1), "confidence=1 cannot be reached"),
        (lambda: sc.days_with_nobody(1, absence=0.1, days_per_week=8), "more than a week"),
    ],
)
def test_refusals_say_what_to_try(call, words):
    with pytest.raises(sc.InputError, match=words):
        call()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: sc.required_agents(1e16, aht_minutes=5, within_minutes=1, service_level=0.8),
        lambda: sc.required_agents([1.0, 1e308], aht_minutes=5, within_minutes=1, service_level=0.8),
        lambda: sc.required_agents(10, aht_minutes=5, within_minutes=1, service_level=0.8, max_occupancy=1e-300),
        lambda: sc.heads_for_seats(10**9, absence=0.15),
        lambda: sc.days_with_nobody(10**9, absence=0.15),
        lambda: sc.rotation_size(1e308),
        lambda: sc.blend_threshold(messages_per_hour=60, aht_minutes=10, agents=10**8, threshold=1),
    ],
)
def test_numbers_that_no_team_has_are_refused_at_once_and_not_searched_without_end(ask: Any) -> None:
    with pytest.raises(sc.InputError, match="more than is computed here"):
        ask()


def test_a_million_million_erlangs_are_still_answered() -> None:
    found = sc.required_agents(1e12, aht_minutes=5, within_minutes=1, service_level=0.8)
    assert found == sc.required_agents([1e12], aht_minutes=5, within_minutes=1, service_level=0.8)[0]
