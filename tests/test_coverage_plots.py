"""Every picture of cover can be drawn in both languages, and shows what its answer says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import staffcalc as sc
from staffcalc.outputs import plots, theme

PEOPLE = [{"id": f"p{n}", "role": "a", "contract_hours_per_week": 40, "on_call": True} for n in range(1, 7)]
DESK = sc.Desk.model_validate(
    {
        "name": "T",
        "timezone": "Europe/Istanbul",
        "calendar": {"cover": "24/7", "open": {"monday-friday": "09:00-17:00"}, "country": "TR"},
        "on_call": {"roles": 1, "incidents_per_week": 3},
        "people": PEOPLE,
    }
)
LATE_EARLY = [
    {"person": "p1", "start": "2027-01-04 13:00", "end": "2027-01-04 21:00"},
    {"person": "p1", "start": "2027-01-05 07:00", "end": "2027-01-05 15:00"},
]
ANSWERS: dict[str, Callable[[], sc.Result]] = {
    "gaps": lambda: sc.find_gaps(DESK, year=2027),
    "on call": lambda: sc.size_on_call(DESK),
    "roster": lambda: sc.make_roster(DESK, start="2027-01-04", weeks=1),
    "rest": lambda: sc.check_rest(LATE_EARLY, rules="eu", timezone="UTC"),
    "nothing to rest from": lambda: sc.check_rest([], timezone="UTC"),
    "fatigue": lambda: sc.assess_fatigue(LATE_EARLY, timezone="UTC"),
    "no fatigue": lambda: sc.assess_fatigue([], timezone="UTC"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_can_be_drawn_in_both_languages(name: str) -> None:
    answer = ANSWERS[name]()
    for language in ("en", "tr"):
        figure = theme.new_figure(*plots.size(answer))
        axes = figure.subplots()
        assert plots.draw(answer, axes, language=language) is axes
        figure.draw_without_rendering()
        assert axes.get_title(loc="left")
        assert axes.get_xlabel()


def test_a_gantt_chart_shows_every_duty_of_every_person() -> None:
    roster = sc.make_roster(DESK, start="2027-01-04", weeks=1)
    axes = theme.new_figure().subplots()
    plots.draw(roster, axes)
    nights = len(PEOPLE)
    assert len(axes.collections) == nights + len(roster.to_frame())
    assert [text.get_text() for text in axes.get_yticklabels()] == roster.fairness["person"].tolist()


def test_a_broken_rule_is_drawn_to_the_left_of_zero() -> None:
    axes = theme.new_figure().subplots()
    plots.draw(sc.check_rest(LATE_EARLY, rules="eu", timezone="UTC"), axes)
    assert min(bar.get_width() for bar in axes.patches) < 0 < max(bar.get_width() for bar in axes.patches)
