"""The arrival model against truth that shares no code: simulated factors, and series of a known shape."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc
from staffcalc.demand.factors import two_moments
from staffcalc.demand.ranges import negative_binomial_range


def series(
    weeks: int, *, seed: int, per_hour: float = 10.0, day_cv: float = 0.2, week_cv: float = 0.0, growth: float = 0.0
) -> pd.DataFrame:
    """Hourly counts with a day shape, quiet weekends and gamma factors, written without the library."""
    rng = np.random.default_rng(seed)
    hours = pd.date_range("2023-01-02", periods=weeks * 168, freq="h", tz="UTC")
    shape = 0.4 + 1.2 * np.exp(-(((hours.hour - 14) / 5) ** 2))
    shape = shape * np.where(hours.day_of_week >= 5, 0.6, 1.0)
    day = rng.gamma(1 / day_cv**2, day_cv**2, weeks * 7) if day_cv else np.ones(weeks * 7)
    week = rng.gamma(1 / week_cv**2, week_cv**2, weeks) if week_cv else np.ones(weeks)
    level = np.exp(growth * np.arange(len(hours)) / 8766)
    mean = per_hour * shape * np.repeat(day, 24) * np.repeat(week, 168) * level
    return pd.DataFrame({"timestamp": hours, "channel": "inbox", "messages": rng.poisson(mean)})


def test_known_day_and_week_factors_are_found():
    """True .25 and .12; uncorrected square roots of the moments would say .279 and .153."""
    found = [sc.fit_volume(sc.read_volumes(series(156, seed=s, day_cv=0.25, week_cv=0.12))) for s in range(3)]
    assert np.mean([v.day_cv for v in found]) == pytest.approx(0.25, abs=0.015)
    assert np.mean([v.week_cv for v in found]) == pytest.approx(0.12, abs=0.03)


def test_two_moments_solve_the_published_example():
    """s_d = .25^2 (1 + .12^2) + .12^2 and s_w = .12^2 + q (s_d - .12^2), exact by construction."""
    day, week, q = 0.25**2, 0.12**2, 1 / 7
    s_day = day * (1 + week) + week
    s_week = week + q * (s_day - week)
    mean = np.full(400, 1e9)
    daily = mean * (1 + np.sqrt(s_day) * np.tile([1, -1], 200))
    weekly = mean * (1 + np.sqrt(s_week) * np.tile([1, -1], 200))
    assert two_moments(daily, mean, weekly, mean, q) == pytest.approx((day, week), rel=1e-6)


def test_poisson_arrivals_have_no_day_factor():
    volume = sc.fit_volume(sc.read_volumes(series(52, seed=5, day_cv=0)))
    assert volume.day_cv < 0.03
    assert volume.hour_cv < 0.08


def test_the_profile_is_the_truth_of_a_busy_series():
    data = series(60, seed=7, per_hour=200, day_cv=0.05)
    volume = sc.fit_volume(sc.read_volumes(data))
    truth = data["messages"].to_numpy().reshape(60, 168).mean(axis=0)
    assert volume.weekly_profile["inbox"].to_numpy() == pytest.approx(truth, rel=0.06)
    assert volume.messages_per_week == pytest.approx(truth.sum(), rel=0.02)


def test_a_small_series_is_drawn_to_weekday_times_hour_and_beats_its_own_means():
    data = series(6, seed=3, per_hour=0.5)
    shape = series(2000, seed=4, per_hour=0.5, day_cv=0)["messages"].to_numpy().reshape(2000, 168).mean(axis=0)
    plain = data["messages"].to_numpy().reshape(6, 168).mean(axis=0)
    fitted = sc.fit_volume(sc.read_volumes(data)).weekly_profile["inbox"].to_numpy()
    assert np.abs(fitted - shape).sum() < 0.6 * np.abs(plain - shape).sum()


def test_day_intervals_hold_what_they_promise_on_two_thousand_simulated_days():
    """Known day factor .2, no drift: 90% of 2,030 unseen days within two points; hours judged by randomised PIT."""
    data = series(450, seed=11, per_hour=8)
    found = sc.fit_volume(sc.read_volumes(data)).backtest(train_share=0.355)
    assert found.test_days >= 2000
    assert found.day_coverage == pytest.approx(0.90, abs=0.02)
    assert found.pit_distance < 0.02


def test_intervals_of_hours_with_few_messages_are_judged_by_pit():
    found = sc.fit_volume(sc.read_volumes(series(120, seed=12, per_hour=0.8))).backtest()
    assert found.pit_distance < 0.02


def test_growth_is_found_and_the_week_stands_at_the_end():
    volume = sc.fit_volume(sc.read_volumes(series(104, seed=13, growth=np.log(1.3), day_cv=0.15)))
    start = sc.fit_volume(sc.read_volumes(series(26, seed=13, day_cv=0.15))).messages_per_week
    assert np.expm1(volume.course.trend) == pytest.approx(0.3, abs=0.08)
    assert volume.messages_per_week == pytest.approx(start * 1.3**2, rel=0.08)
    assert "trend_found" in {note.key for note in volume.notes}


def test_a_yearly_season_is_forecast():
    data = series(160, seed=14, day_cv=0.1)
    angle = 2 * np.pi * np.arange(len(data)) / 8766
    data["messages"] = np.random.default_rng(1).poisson(data["messages"] * (1 + 0.4 * np.cos(angle)))
    volume = sc.fit_volume(sc.read_volumes(data))
    ahead = volume.forecast(52)
    months = ahead.groupby(pd.to_datetime(ahead["date"]).dt.month)["mean"].mean()
    assert months.loc[1] / months.loc[7] == pytest.approx(1.4 / 0.6, rel=0.12)


def test_holidays_get_their_own_level_and_leave_the_week_alone():
    data = series(52, seed=15, day_cv=0.1)
    calendar = sc.Calendar(country="TR")
    off = {day for year in (2023, 2024) for day in calendar.public_holidays(year)}
    quiet = data["timestamp"].dt.date.isin(off)
    data.loc[quiet, "messages"] = (data.loc[quiet, "messages"] * 0.5).round()
    with_days = sc.fit_volume(sc.read_volumes(data), calendar=calendar)
    without = sc.fit_volume(sc.read_volumes(data))
    assert with_days.course.holiday_level == pytest.approx(0.5, abs=0.05)
    assert with_days.day_cv < without.day_cv


def test_a_viral_week_is_set_aside_and_named():
    data = series(26, seed=16, day_cv=0.15)
    data.loc[1000:1100, "messages"] *= 5
    volume = sc.fit_volume(sc.read_volumes(data))
    assert volume.day_cv == pytest.approx(0.15, abs=0.03)
    assert "surge_days_set_aside" in {note.key for note in volume.notes}


def test_short_histories_warn_and_are_less_certain():
    short, long = (sc.fit_volume(sc.read_volumes(series(weeks, seed=17))) for weeks in (2, 60))
    assert "history_under_four_weeks" in {note.key for note in short.notes}
    assert short.level_sd > 1.5 * long.level_sd


def test_samples_have_the_moments_of_the_model():
    """Day totals: variance of Poisson and factors by the law of total variance, beside a plain numpy draw."""
    volume = sc.fit_volume(sc.read_volumes(series(60, seed=18)))
    drawn = volume.sample(weeks=600, seed=1)["inbox"].to_numpy().reshape(600, 168)
    assert drawn.mean(axis=0) == pytest.approx(volume.weekly_profile["inbox"].to_numpy(), rel=0.12)
    mondays = drawn[:, :24].sum(axis=1)
    factor = (1 + volume.day_cv**2) * (1 + volume.week_cv**2) - 1
    assert mondays.var() == pytest.approx(mondays.mean() + factor * mondays.mean() ** 2, rel=0.2)
    assert (volume.sample(weeks=2, seed=0) == volume.sample(weeks=2, seed=0)).all().all()


def test_intervals_widen_with_their_level_and_carry_it():
    volume = sc.fit_volume(sc.read_volumes(series(12, seed=19)))
    narrow, wide = volume.interval(0.5), volume.interval(0.9)
    assert (wide["low"] <= narrow["low"]).all()
    assert (wide["high"] >= narrow["high"]).all()
    assert set(wide["period"]) == {"hour", "day", "week"}
    assert (wide["level"] == 0.9).all()
    with pytest.raises(sc.InputError, match=r"0\.9"):
        volume.interval(90)


def test_growth_and_surges_change_samples_as_told():
    volume = sc.fit_volume(sc.read_volumes(series(12, seed=20)))
    assert volume.grow(by_share=0.5).messages_per_week == pytest.approx(1.5 * volume.messages_per_week)
    surge = volume.add_surge("outage", times=5, days=2, decay=1)
    calm, stormy = (part.sample(weeks=1, seed=3)["inbox"].to_numpy() for part in (volume, surge))
    assert stormy[:24].sum() > 2 * calm[:24].sum()
    assert stormy[72:].sum() == pytest.approx(calm[72:].sum(), rel=0.2)
    with pytest.raises(sc.InputError):
        volume.add_surge("nothing", times=0.5, days=2)


def test_moving_to_another_zone_keeps_the_messages():
    volume = sc.fit_volume(sc.read_volumes(series(12, seed=21)))
    moved = volume.move_to("Asia/Tokyo")
    assert moved.profile.sum() == pytest.approx(volume.profile.sum())
    assert moved.profile[9, 0] == pytest.approx(volume.profile[0, 0])


def test_answers_cannot_be_changed_and_speak_both_languages():
    volume = sc.fit_volume(sc.read_volumes(series(5, seed=22)))
    with pytest.raises(ValueError, match="read-only"):
        volume.profile[0, 0] = 1
    copy = volume.weekly_profile
    copy.iloc[0, 0] = 99
    assert volume.profile[0, 0] != 99
    for sentence in (volume.headline, *volume.notes):
        assert sentence.say("en") != sentence.say("tr")


def test_an_empty_or_tiny_history_is_refused():
    hours = pd.date_range("2026-01-05", periods=336, freq="h", tz="UTC")
    with pytest.raises(sc.InputError, match="no messages"):
        sc.fit_volume(sc.read_volumes(pd.DataFrame({"timestamp": hours, "messages": 0})))
    with pytest.raises(sc.InputError, match="two whole days"):
        sc.fit_volume(sc.read_volumes(pd.DataFrame({"timestamp": hours[:20], "messages": 2})))


def test_ranges_hold_their_level_and_no_more_than_the_quantiles_of_scipy():
    """Held against scipy.stats.nbinom, which the library does not use, from 0.001 to 100,000 messages."""
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)
    mean = 10 ** rng.uniform(-3, 5, 2000)
    variance = mean * (1 + 10 ** rng.uniform(-4, 3, 2000))
    for level in (0.5, 0.9, 0.999):
        low, high = negative_binomial_range(mean, variance, level)
        shape = mean**2 / (variance - mean)
        law = stats.nbinom(shape, shape / (shape + mean))
        assert ((law.cdf(high) - law.cdf(low - 1)) >= level - 1e-9).all()
        assert (low >= law.ppf((1 - level) / 2)).all()
        assert (high <= law.ppf((1 + level) / 2)).all()


def test_a_lasting_step_of_the_level_is_named_and_an_ordinary_history_has_none():
    frame = series(12, seed=4)
    stepped = frame.assign(messages=frame["messages"].where(frame.index >= 9 * 168, frame["messages"] // 3))
    notes = {note.key: note for note in sc.fit_volume(sc.read_volumes(stepped)).notes}
    assert notes["level_stepped"].values["day"].isoformat() == "2023-03-06"
    assert notes["level_stepped"].values["ratio"] == pytest.approx(3, rel=0.25)
    for seed in range(20):
        plain = sc.fit_volume(sc.read_volumes(series(8 + 2 * seed, seed=seed, week_cv=0.1)))
        assert "level_stepped" not in [note.key for note in plain.notes]
