"""What a year costs: hand calculations, and the order of things."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

import staffcalc as sc


@dataclasses.dataclass
class Need:
    fte: float
    fte_low: float
    fte_high: float
    gap: float


def desk(**costs):
    return sc.Desk.model_validate(
        {
            "name": "Team",
            "timezone": "Europe/Istanbul",
            "costs": costs,
            "people": [
                {"id": "p1", "role": "manager", "grade": "senior"},
                {"id": "p2", "role": "agent", "grade": "junior", "contract_hours_per_week": 20},
            ],
        }
    )


def test_the_present_cost_equals_the_hand_calculation():
    """(50,000 + 30,000 / 2) x 1.2 + 1.5 x 4,000 = 84,000."""
    cost = sc.cost_team(
        desk(
            salary_per_year={"senior": 50_000, "junior": 30_000},
            employer_on_cost_share=0.2,
            overhead_per_fte_year=4_000,
        ),
        Need(3.0, 2.5, 3.6, 1.5),
    )
    assert cost.present_per_year == pytest.approx(84_000)
    assert cost.cost_per_fte == pytest.approx(56_000)
    assert cost.gap_per_year == pytest.approx(84_000)
    assert cost.gap_low == pytest.approx(56_000, rel=0.03)
    assert cost.gap_high == pytest.approx(2.1 * 56_000, rel=0.03)


def test_no_gap_costs_nothing_more():
    cost = sc.cost_team(desk(salary_per_year={"senior": 50_000, "junior": 30_000}), Need(1.0, 0.9, 1.1, -0.5))
    assert cost.gap_per_year == 0
    assert "no more people" in str(cost.headline)
    assert "TRY" not in cost.headline.say("tr")


def test_an_unknown_pay_is_asked_for_and_never_invented():
    with pytest.raises(sc.InputError, match="salary_per_year"):
        sc.cost_team(desk(), Need(3.0, 2.5, 3.6, 1.5))


def test_an_assumed_on_cost_is_a_note_and_a_line_of_the_log():
    cost = sc.cost_team(desk(salary_per_year={"senior": 1, "junior": 1}), Need(3.0, 2.5, 3.6, 1.5))
    assert any("on-cost" in str(note) for note in cost.notes)
    assert {line.status for line in cost.assumptions} == {"given", "recalled"}


@given(st.floats(0.5, 20), st.floats(0.1, 3), st.floats(0.1, 3))
def test_the_interval_holds_the_point_and_grows_with_the_doubt(fte, down, up):
    team = desk(salary_per_year={"senior": 50_000, "junior": 30_000})
    cost = sc.cost_team(team, Need(fte, fte - down, fte + up, fte - 1.5))
    wider = sc.cost_team(team, Need(fte, fte - 2 * down, fte + 2 * up, fte - 1.5))
    assert cost.gap_low <= cost.gap_per_year * 1.001
    assert cost.gap_high >= cost.gap_per_year * 0.999
    assert wider.gap_high >= cost.gap_high - 1e-9
