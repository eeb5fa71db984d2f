"""The burnout model: what must hold whatever the numbers are, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import staffcalc as sc
from staffcalc.burnout.coefficients import drivers, scales
from staffcalc.burnout.exposure import exposure_values
from staffcalc.burnout.risk import burnout_probability, draw_parts, kappa
from staffcalc.reference.lookup import figure, sources

REFERENCE = {
    "weekly_hours": 40,
    "utilisation": 0.85,
    "backlog_ratio": 0.0,
    "abusive_share": 0.025,
    "low_control_share": 0.3,
    "solo_share": 0.2,
    "duties": 4.5,
    "on_call_share": 0.1,
    "paged_nights_per_week": 0.2,
    "after_hours_share": 0.1,
    "quick_returns_per_year": 5,
    "leave_untaken_share": 0.1,
    "channels": 3,
}
MOST = {
    "weekly_hours": 100.0,
    "utilisation": 3.0,
    "backlog_ratio": 4.0,
    "paged_nights_per_week": 7.0,
    "quick_returns_per_year": 366.0,
    "channels": 40.0,
}
SOLO = {
    "weekly_hours": 55,
    "utilisation": 1.05,
    "abusive_share": 0.06,
    "low_control_share": 0.7,
    "solo_share": 1.0,
    "duties": 8,
    "on_call_share": 1.0,
    "paged_nights_per_week": 2,
    "after_hours_share": 0.35,
    "quick_returns_per_year": 40,
    "leave_untaken_share": 0.6,
    "channels": 7,
}


def span(field: str) -> tuple[float, float]:
    return (1.0, 8.0) if field == "duties" else (0.0, MOST.get(field, 1.0))


exposures = st.fixed_dictionaries({field: st.floats(*span(field)) for field in REFERENCE})


@given(base=exposures, field=st.sampled_from(sorted(REFERENCE)), more=st.floats(0, 1))
@settings(max_examples=60)
def test_more_of_a_harmful_exposure_never_lowers_the_risk(base: dict[str, float], field: str, more: float) -> None:
    raised = base | {field: base[field] + more * (span(field)[1] - base[field])}
    assert burnout_probability(raised, draws=1).point >= burnout_probability(base, draws=1).point - 1e-12


@given(base=exposures, low=st.floats(0, 0.5), high=st.floats(0.5, 1))
@settings(max_examples=30)
def test_more_overlap_pulls_the_risk_towards_the_baseline(base: dict[str, float], low: float, high: float) -> None:
    near, far = (abs(burnout_probability(base, draws=1, overlap=r).point - 0.171) for r in (high, low))
    assert near <= far + 1e-12


@pytest.mark.parametrize("overlap", [0.0, 0.2, 0.35, 1.0])
def test_the_reference_exposure_returns_the_baseline_in_every_draw(overlap: float) -> None:
    risk = burnout_probability(REFERENCE, draws=200, overlap=overlap)
    assert risk.point == pytest.approx(0.171, abs=1e-12)
    assert (risk.ratio, risk.ratio_low, risk.ratio_high) == pytest.approx((1, 1, 1), abs=1e-9)


def test_nothing_known_is_the_baseline_and_every_input_is_listed_as_missing() -> None:
    risk = burnout_probability(sc.RoleExposure(), draws=200)
    assert risk.point == pytest.approx(0.171, abs=1e-12)
    _, missing = exposure_values(sc.RoleExposure())
    assert set(missing) == set(REFERENCE)
    assert any("taken as average" in str(note) for note in risk.notes)


def test_a_missing_input_never_becomes_zero() -> None:
    without = {field: value for field, value in SOLO.items() if field != "low_control_share"}
    assert (
        burnout_probability(without, draws=1).point
        > burnout_probability(SOLO | {"low_control_share": 0}, draws=1).point
    )


def test_contributions_sum_to_the_change_of_the_log_odds() -> None:
    risk = burnout_probability(SOLO, draws=10)
    change = math.log(risk.point / (1 - risk.point)) - math.log(0.171 / 0.829)
    assert risk.drivers["log_odds"].sum() == pytest.approx(change, abs=1e-12)
    assert risk.drivers["points"].sum() == pytest.approx(risk.point - 0.171, abs=1e-12)


def test_an_input_beyond_the_range_of_its_driver_acts_like_the_end_of_it() -> None:
    for field, end, beyond in [("weekly_hours", 85, 99), ("channels", 9, 60), ("quick_returns_per_year", 52, 300)]:
        a, b = (burnout_probability(SOLO | {field: value}, draws=1).point for value in (end, beyond))
        assert a == pytest.approx(b, abs=1e-12)


def test_the_same_seed_gives_the_same_answer_and_two_equal_designs_differ_by_zero() -> None:
    a = burnout_probability({"now": SOLO, "copy": SOLO}, draws=2000, seed=3)
    b = burnout_probability(SOLO, draws=2000, seed=3)
    assert a.ratio["now"] == a.ratio["copy"] == b.ratio
    assert burnout_probability(SOLO, draws=2000, seed=4).ratio != b.ratio


def test_the_published_table_of_scenarios_is_reproduced() -> None:
    """Median and 95% interval from a million draws of an independent program."""
    solo = burnout_probability(SOLO)
    assert (solo.ratio, solo.ratio_low, solo.ratio_high) == pytest.approx((1.95, 1.48, 3.46), abs=0.06)
    assert solo.judgement_share == pytest.approx(0.13, abs=0.005)
    assert solo.to_frame()["signal"].tolist() == ["red"]
    assert solo.to_frame()["sd"].item() == pytest.approx(0.108, abs=0.003)


def test_every_driver_at_its_end_gives_the_known_bounds() -> None:
    worst = {field: span(field)[1] for field in REFERENCE}
    for overlap, p in ((0.20, 0.42), (0.05, 0.74), (0.35, 0.32)):
        assert burnout_probability(worst, draws=1, overlap=overlap).point == pytest.approx(p, abs=0.006)


def test_an_optional_driver_counts_only_where_it_is_given_and_raises_the_overlap() -> None:
    plain = burnout_probability(SOLO, draws=10)
    with_reward = burnout_probability(SOLO | {"effort_reward_imbalance": 0.25}, draws=10)
    assert len(plain.drivers) == 12
    assert len(with_reward.drivers) == 13
    total = plain.drivers["log_odds"].sum()
    assert with_reward.drivers["log_odds"].sum() == pytest.approx(total * kappa(13, 0.2) / kappa(12, 0.2))


def test_the_mean_and_spread_of_the_draws_are_those_of_the_table() -> None:
    model = drivers()
    parts = draw_parts(model, draws=40_000, seed=1, overlap=(0.05, 0.35), baseline=sc.Baseline("b", 0.171, 0.3))
    log_or = np.array([driver.log_or for driver in model])
    noise = math.exp(0.15**2 / 2)
    assert parts.effects.mean(axis=0) == pytest.approx(log_or * noise, abs=0.004)
    assert (parts.overlap.min(), parts.overlap.max()) == pytest.approx((0.05, 0.35), abs=1e-3)
    assert parts.baseline_logit.std() == pytest.approx(0.3, abs=0.005)


def test_every_coefficient_and_scale_has_a_known_source_and_status() -> None:
    statuses = {"confirmed", "confirmed_secondary", "derived", "judgement", "recalled", "assumption"}
    for driver in drivers():
        assert set(driver.sources) <= set(sources()), driver.key
        assert driver.status in statuses
        assert driver.low <= driver.odds_ratio <= driver.high
    for scale in scales():
        assert scale.source in sources()
        assert scale.status in statuses
    risk = burnout_probability(SOLO, draws=10)
    assert set(risk.sources) <= {*sources(), "desk"}
    log = {line.name: line for line in risk.assumptions}
    for driver in risk.drivers["driver"]:
        assert log[f"burnout_or_{driver}"].source in sources()
        assert log[f"burnout_or_{driver}"].status in statuses


def test_the_answer_says_what_it_is_and_what_it_is_not() -> None:
    risk = burnout_probability(SOLO, draws=500)
    assert "urnout" in str(risk.headline)
    assert "95% interval" in str(risk.headline)
    text = " ".join(str(note) for note in risk.notes)
    for words in (
        "not a diagnosis",
        "65 studies",
        "Burnout Assessment Tool",
        "graphic",
        "Never for hiring",
        "occupational health",
    ):
        assert words in text
    assert "tükenmişlik" in risk.headline.say("tr")


def test_no_shrinkage_is_possible_but_called_naive() -> None:
    risk = burnout_probability(SOLO, overlap=0.0, draws=500)
    assert any(str(note).startswith("Naive") for note in risk.notes)
    assert figure("exposure_correlation_r").value > 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"solo_share": 1.2}, "percentage"),
        ({"solo_share": -0.1}, "share"),
        ({"weekly_hours": 101}, "plausible"),
        ({"duties": 9}, "plausible"),
        ({"duties": 0}, "plausible"),
        ({"utilisation": float("nan")}, "finite"),
        ({"utilisation": "high"}, "not a number"),
        ({"channels": True}, "not a number"),
        ({"name": 1.0}, "never for a person"),
        ({"person_id": 7}, "never for a person"),
        ({"sentiment": 0.3}, "never read"),
        ({"heart_rate": 71}, "never read"),
        ({"overtime": 3}, "overtime"),
    ],
)
def test_what_cannot_be_used_is_an_input_error_that_advises(values: dict[str, object], words: str) -> None:
    with pytest.raises(sc.InputError, match=words) as caught:
        sc.RoleExposure(**values)
    assert caught.value.say("tr")


@pytest.mark.parametrize("purpose", ["hiring", "pay", "performance", "dismissal", "curiosity"])
def test_a_purpose_against_the_people_is_refused(purpose: str) -> None:
    with pytest.raises(sc.InputError, match="purpose"):
        burnout_probability(SOLO, purpose=purpose, draws=10)


def test_an_exposure_cannot_be_changed_in_place() -> None:
    exposure = sc.RoleExposure(duties=3)
    with pytest.raises((TypeError, ValueError)):
        exposure.duties = 5
    assert exposure.change(duties=5).duties == 5


def test_a_model_without_effects_and_an_overlap_of_three_are_refused() -> None:
    job = sc.RoleExposure(weekly_hours=50)
    with pytest.raises(sc.InputError, match="model_drivers"):
        sc.burnout_probability(job, model_drivers=[])
    with pytest.raises(sc.InputError, match="overlap"):
        sc.burnout_probability(job, overlap=(0.1, 0.2, 0.3))  # type: ignore[arg-type]
    with pytest.raises(sc.InputError, match="RoleExposure"):
        sc.burnout_probability({"agent": job, "manager": 3})


def test_a_baseline_is_a_number_a_name_or_an_object_and_says_which_definition_it_counts_by() -> None:
    job = sc.RoleExposure(weekly_hours=50)
    own = burnout_probability(job, baseline=0.2, draws=50)
    assert own.point == burnout_probability(job, baseline=sc.Baseline("ours", 0.2, 0.3), draws=50).point
    default, named = (burnout_probability(job, baseline=name, draws=50) for name in (None, "flanders_bat"))
    assert default.point == named.point
    other = burnout_probability(job, baseline="us_primary_care", draws=50)
    assert other.baseline.p == 0.53
    assert "willard_grace_2019" in other.sources
    assert any("another definition" in note.say("en") for note in other.notes)
    assert not any("another definition" in note.say("en") for note in (*default.notes, *own.notes))
    line = next(line for line in other.assumptions if line.name == "burnout_baseline")
    assert (line.status, line.source) == ("confirmed", "willard_grace_2019")
    assert default.assumptions[0].note.startswith("verify before release")


@pytest.mark.parametrize(
    "wrong",
    [
        {"baseline": "nobody"},
        {"baseline": 17.1},
        {"baseline": True},
        {"draws": 10**12},
        {"draws": 0},
        {"model_drivers": [1]},
        {"model_drivers": 3},
        {"overlap": "much"},
    ],
)
def test_options_that_cannot_be_used_are_refused_with_advice(wrong: dict[str, object]) -> None:
    with pytest.raises(sc.InputError, match="Try") as caught:
        burnout_probability(SOLO, **{"draws": 10} | wrong)  # type: ignore[arg-type]
    assert "eneyin" in caught.value.say("tr")


def test_plans_and_names_that_are_none_are_refused_with_advice() -> None:
    risk = burnout_probability(SOLO, draws=10)
    for plans in ({}, 3, [SOLO]):
        with pytest.raises(sc.InputError, match="Try"):
            sc.weigh_levers(risk, plans=plans, draws=10)  # type: ignore[arg-type]
    for name in ("", None):
        with pytest.raises(sc.InputError, match="name"):
            sc.Baseline(name, 0.2, 0.1)  # type: ignore[arg-type]


def test_an_interval_of_a_few_draws_is_called_rough() -> None:
    rough, fine = (burnout_probability(sc.RoleExposure(duties=6), draws=n) for n in (399, 400))
    assert any(note.key == "burnout_note_few_draws" for note in rough.notes)
    assert not any(note.key == "burnout_note_few_draws" for note in fine.notes)
