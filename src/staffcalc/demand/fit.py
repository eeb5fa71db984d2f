"""From a history to a volume: profile, factors, the doubts that belong to them."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import given
from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.demand.course import BLOCK, Course, Drift, find_step, fit_course, fit_drift
from staffcalc.demand.factors import Factors, estimate_factors, robust_day_cv
from staffcalc.demand.history import History, local_slots
from staffcalc.demand.profile import week_profile
from staffcalc.demand.volume import Volume
from staffcalc.demand.zones import zone
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import DAYS, Calendar
from staffcalc.reference.lookup import figure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def fit_volume(history: History, *, timezone: str | None = None, calendar: Calendar | None = None) -> Volume:
    """
    Fit the arrival model to a history.

    Parameters
    ----------
    history : History
        From :func:`staffcalc.read_volumes` or :func:`staffcalc.read_messages`.
    timezone : str, optional
        IANA zone of the hours of the week; the history's own if not given.
    calendar : Calendar, optional
        Public holidays, for instance ``desk.calendar``: they get a level of their own and leave the normal week alone.

    Returns
    -------
    Volume
        Weekly profile by channel at the level of the last weeks; day, week and hour factors; uncertainty of the level.

    Raises
    ------
    InputError
        If the history holds no messages, or less than two whole days.

    Notes
    -----
    Messages in hour h of day d of week w are Poisson(profile[hour of week] x level_d x G_w x D_d x E_h), with gamma
    factors of mean 1 shared by all channels. Their variances come from two moments (days and weeks); the profile is
    shrunk towards weekday times hour (:mod:`staffcalc.demand.profile`); the level follows trend, season and holidays
    where the history is long enough (:mod:`staffcalc.demand.course`). Days above ``surge_day_ratio`` times their
    expectation are set aside. Do not fit a profile on windows of a sampled log.

    Examples
    --------
    >>> import pandas as pd
    >>> from staffcalc.demand.volumes import read_volumes
    >>> hours = pd.date_range("2026-03-02", periods=8 * 168, freq="h", tz="UTC")
    >>> busy = [4 if 9 <= hour.hour < 17 else 1 for hour in hours]
    >>> volume = fit_volume(read_volumes(pd.DataFrame({"timestamp": hours, "channel": "chat", "messages": busy})))
    >>> round(volume.messages_per_week)
    336
    """
    given("history", history, History, maker="read_volumes")
    if calendar is not None:
        given("calendar", calendar, Calendar, maker="read_desk(...).calendar")
    if not history.continuous:
        raise InputError("history_not_continuous")
    place = timezone or history.timezone
    zone(place)
    index = history.counts.index
    assert isinstance(index, pd.DatetimeIndex)
    values = history.counts.to_numpy(dtype=float)
    seen = ~np.isnan(values)
    if seen.any(axis=1).sum() < 48:
        raise InputError("history_too_short", count=int(seen.any(axis=1).sum()))
    if not np.nansum(values) > 0:
        raise InputError("history_empty")
    slots, days, weeks = local_slots(index, place)
    holidays = _holidays(calendar, days)
    course = Course(origin=int(days.max()))
    surges: list[tuple[int, float]] = []
    day_variance = figure("day_factor_variance").value
    for turn in range(5):
        level = course.on(days)
        profile, left, repeats = _profile(values, seen, slots, level, day_variance)
        means = np.where(seen, profile[slots] * level[:, None], 0.0).sum(axis=1)
        got = np.where(seen, values, 0.0).sum(axis=1)
        some = seen.any(axis=1)
        factors = estimate_factors(got[some], means[some], days[some], weeks[some], repeats)
        far = _surge_days(got, means, days)
        surges += far
        seen &= ~np.isin(days, [day for day, _ in far])[:, None]
        day_variance = min(factors.day_cv**2, figure("day_factor_variance").range[2])
        if turn < 3:
            course = _course(got, means / level, days, some & seen.any(axis=1), holidays, day_variance)
        elif not far:
            break
    some = seen.any(axis=1)
    fitted = Fitted(profile, left, factors, course, got[some], means[some], days[some], surges, float(some.sum()) / 168)
    return _answer(history, place, fitted, calendar)


@dataclasses.dataclass(frozen=True, eq=False)
class Fitted:
    """What the fit hands to the answer."""

    profile: Floats
    left: Floats
    factors: Factors
    course: Course
    got: Floats
    means: Floats
    days: Ints
    surges: list[tuple[int, float]]
    weeks: float


def _profile(
    values: Floats, seen: Bools, slots: Ints, level: Floats, day_variance: float
) -> tuple[Floats, Floats, float]:
    """Return the profile, the variance left in its slots, and the weeks behind each slot."""
    total = np.zeros((168, values.shape[1]))
    exposure = np.zeros_like(total)
    np.add.at(total, slots, np.where(seen, values, 0.0))
    np.add.at(exposure, slots, seen * level[:, None])
    profile, left = week_profile(total, exposure, day_variance)
    return profile, left, float(exposure.sum() / max((exposure > 0).sum(), 1))


def _holidays(calendar: Calendar | None, days: Ints) -> frozenset[int]:
    if calendar is None:
        return frozenset()
    start = dt.date(1970, 1, 1)
    first, last = (start + dt.timedelta(days=int(day)) for day in (days.min(), days.max() + 366))
    return frozenset(
        (day - start).days for year in range(first.year, last.year + 1) for day in calendar.public_holidays(year)
    )


def _course(got: Floats, due: Floats, days: Ints, some: Bools, holidays: frozenset[int], day_variance: float) -> Course:
    ids, at = np.unique(days[some], return_inverse=True)
    daily, daily_due = (np.bincount(at, part[some]).astype(float) for part in (got, due))
    known = daily_due > 0
    if known.sum() < 14:
        return Course(origin=int(days.max()))
    found = fit_course(daily[known], daily_due[known], ids[known], holidays, day_variance)
    return dataclasses.replace(found, origin=int(days.max()))


def _surge_days(got: Floats, means: Floats, days: Ints) -> list[tuple[int, float]]:
    """Return days far above their expectation, by the reference ratio and beyond chance, with high days beside them."""
    ids, at = np.unique(days, return_inverse=True)
    daily, due = np.bincount(at, got), np.bincount(at, means)
    limit = figure("surge_day_ratio").value
    usual = robust_day_cv(daily.astype(float), due.astype(float))
    spread = np.sqrt(due + (usual * due) ** 2)
    beyond = (daily > limit * due) & (daily - due > 6 * spread) & (due > 0)
    high = daily - due > 2 * spread
    for _ in range(7):
        near = np.zeros(len(ids), dtype=bool)
        near[1:] |= beyond[:-1] & (np.diff(ids) == 1)
        near[:-1] |= beyond[1:] & (np.diff(ids) == 1)
        beyond |= near & high
    if beyond.sum() > 0.2 * len(ids):
        return []
    return [
        (int(day), float(ratio))
        for day, ratio in zip(ids[beyond], (daily / np.maximum(due, 1e-9))[beyond], strict=True)
    ]


def _answer(history: History, place: str, fitted: Fitted, calendar: Calendar | None) -> Volume:
    factors, weeks = fitted.factors, fitted.weeks
    notes = [note for note in history.notes if note.key != "timezone_is_utc" or place == "UTC"]
    assumptions: list[Assumption] = list(history.assumptions)
    day_cv, week_cv = _factor_notes(factors, history.resolution == "hourly", notes, assumptions)
    _, at = np.unique(fitted.days, return_inverse=True)
    daily, due = (np.bincount(at, part).astype(float) for part in (fitted.got, fitted.means))
    messages = float(fitted.got.sum())
    chance = week_cv**2 * 7 / BLOCK + day_cv**2 / BLOCK + len(daily) / BLOCK / max(1.0, messages)
    drift = fit_drift(daily, due, chance)
    assumptions.append(figure("level_drift_cv").assumption(value=round(drift.cv, 4)))
    sampling = week_cv**2 / max(weeks, 1) + day_cv**2 / max(7 * weeks, 1) + 1 / max(messages, 1)
    level_sd = float(np.sqrt(sampling + drift.cv**2))
    profile = fitted.profile * drift.recent
    total = profile.sum(axis=1)
    names = calendar.weekend if calendar is not None else DAYS[5:]
    weekend = float(total[np.repeat([day in names for day in DAYS], 24)].sum() / max(total.sum(), 1e-12))
    days = [Sentence(f"term_{day}") for day in names]
    notes.append(Sentence("weekend_share_found", weekend=weekend, days=days, even=len(names) / 7))
    notes.extend(_level_notes(history, fitted, drift))
    notes.append(Sentence("level_uncertain", level_sd=level_sd, weeks=weeks))
    return Volume(
        channels=history.channels,
        timezone=place,
        profile=profile,
        day_cv=day_cv,
        week_cv=week_cv,
        hour_cv=0.0 if history.resolution == "daily" else factors.hour_cv,
        level_sd=level_sd,
        weeks=weeks,
        slot_variance=fitted.left,
        course=fitted.course,
        per=history.per,
        history=history,
        calendar=calendar,
        notes=tuple(notes),
        assumptions=tuple(assumptions),
        sources=tuple(dict.fromkeys(a.source for a in assumptions)),
    )


def _factor_notes(
    factors: Factors, hourly: bool, notes: list[Sentence], assumptions: list[Assumption]
) -> tuple[float, float]:
    """Return the day and week factors to use: measured, or assumed where the history is too short."""
    day_cv, week_cv = factors.day_cv, factors.week_cv
    if factors.days < 14:
        day_cv = max(day_cv, figure("day_factor_cv").value)
        assumptions.append(figure("day_factor_cv").assumption(value=round(day_cv, 4)))
        notes.append(Sentence("day_factor_assumed", day_cv=day_cv))
    else:
        low, high = factors.day_cv_range
        notes.append(
            Sentence(
                "day_factor_found" if hourly else "day_factor_found_daily",
                both=float(np.hypot(day_cv, week_cv)),
                day_cv=day_cv,
                week_cv=week_cv,
                low=low,
                high=high,
                dispersion=factors.dispersion,
            )
        )
    if factors.weeks < 6:
        prior = figure("week_cv").value
        week_cv = float(np.sqrt((factors.weeks * week_cv**2 + (6 - factors.weeks) * prior**2) / 6))
        assumptions.append(figure("week_cv").assumption(value=round(week_cv, 4)))
    return day_cv, week_cv


def _level_notes(history: History, fitted: Fitted, drift: Drift) -> list[Sentence]:
    notes = []
    least = figure("weeks_of_history_for_profile").range[0]
    if fitted.weeks < least:
        notes.append(Sentence("history_under_four_weeks", weeks=fitted.weeks, least=least))
    if fitted.surges:
        day, ratio = max(fitted.surges, key=lambda item: item[1])
        date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
        notes.append(Sentence("surge_days_set_aside", count=len(fitted.surges), day=date, ratio=ratio))
    course = fitted.course
    if abs(course.trend) > 2 * course.trend_error:
        notes.append(Sentence("trend_found", growth=float(np.expm1(course.trend)), error=course.trend_error))
    if course.season:
        swing = np.exp(np.ptp(np.log(dataclasses.replace(course, trend=0.0, holidays=frozenset()).on(np.arange(366)))))
        notes.append(Sentence("season_found", ratio=float(swing)))
    if course.holiday_level != 1:
        notes.append(Sentence("holiday_level_found", level=course.holiday_level))
    if abs(drift.recent - 1) > drift.cv / 2:
        notes.append(Sentence("level_moved", ratio=drift.recent))
    ids, at = np.unique(fitted.days, return_inverse=True)
    place, ratio = find_step(*(np.bincount(at, part).astype(float) for part in (fitted.got, fitted.means)))
    if place:
        date = dt.date(1970, 1, 1) + dt.timedelta(days=int(ids[place]))
        notes.append(Sentence("level_stepped", day=date, ratio=ratio))
    if history.starts is not None and history.per == "message":
        notes.append(Sentence("messages_are_bursty"))
    if history.counts.isna().all().any():
        empty = [str(name) for name in history.counts.columns[history.counts.isna().all()]]
        notes.append(Sentence("channels_never_observed", names=empty))
    return notes
