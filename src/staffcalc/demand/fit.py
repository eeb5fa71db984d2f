"""From a history to a volume: profile, factors, the doubts that belong to them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.demand.factors import Factors, drift, estimate_factors, level_uncertainty
from staffcalc.demand.history import History, local_slots
from staffcalc.demand.profile import week_profile
from staffcalc.demand.stamps import zone
from staffcalc.demand.volume import Volume
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure

Floats = npt.NDArray[np.float64]


def fit_volume(history: History, *, timezone: str | None = None) -> Volume:
    """
    Fit the arrival model to a history.

    Parameters
    ----------
    history : History
        From :func:`staffcalc.read_volumes` or :func:`staffcalc.read_messages`.
    timezone : str, optional
        IANA zone of the hours of the week; the history's own if not given.

    Returns
    -------
    Volume
        Weekly profile by channel, day, week and hour factors, uncertainty of the level.

    Raises
    ------
    InputError
        If the history holds no messages, or less than two whole days.

    Notes
    -----
    Messages in hour h of day d of week w are Poisson(profile[hour of week] x G_w x D_d x E_h), with gamma factors of
    mean 1 shared by all channels. Their variances come from two moments (days and weeks); the profile is shrunk
    towards weekday times hour, see :mod:`staffcalc.demand.profile`. Days above ``surge_day_ratio`` times their
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
    place = timezone or history.timezone
    zone(place)
    counts = history.counts
    index = counts.index
    assert isinstance(index, pd.DatetimeIndex)
    values = counts.to_numpy(dtype=float)
    seen = ~np.isnan(values)
    if seen.any(axis=1).sum() < 48:
        raise InputError("history_too_short", hours=int(seen.any(axis=1).sum()))
    if not np.nansum(values) > 0:
        raise InputError("history_empty")
    slots, days, weeks = local_slots(index, place)
    surges: list[tuple[dt.date, float]] = []
    day_variance = figure("day_factor_variance").value
    factors = None
    profile = left = np.zeros((168, values.shape[1]))
    for _ in range(4):
        total = np.zeros((168, values.shape[1]))
        exposure = np.zeros_like(total)
        np.add.at(total, slots, np.where(seen, values, 0.0))
        np.add.at(exposure, slots, seen)
        profile, left = week_profile(total, exposure, day_variance)
        means = np.where(seen, profile[slots], 0.0).sum(axis=1)
        got = np.where(seen, values, 0.0).sum(axis=1)
        some = seen.any(axis=1)
        repeats = float(exposure.sum() / max((exposure > 0).sum(), 1))
        factors = estimate_factors(got[some], means[some], days[some], weeks[some], repeats)
        far = _surge_days(got, means, days, factors)
        if not far:
            break
        surges += [(dt.date(1970, 1, 1) + dt.timedelta(days=int(day)), ratio) for day, ratio in far]
        seen &= ~np.isin(days, [day for day, _ in far])[:, None]
        day_variance = min(factors.day_cv**2, figure("day_factor_variance").range[2])
    assert factors is not None
    some = seen.any(axis=1)
    return _answer(
        history, place, profile, left, factors, got[some], means[some], days[some], surges, float(some.sum()) / 168
    )


def _surge_days(got: Floats, means: Floats, days: npt.NDArray[np.int64], factors: Factors) -> list[tuple[int, float]]:
    """Return days far above their expectation: by the reference ratio, and beyond chance."""
    ids, at = np.unique(days, return_inverse=True)
    daily, due = np.bincount(at, got), np.bincount(at, means)
    limit = figure("surge_day_ratio").value
    usual = min(factors.day_cv, figure("day_factor_cv").range[2])
    beyond = (daily > limit * due) & (daily - due > 6 * np.sqrt(due + (usual * due) ** 2)) & (due > 0)
    if beyond.sum() > 0.2 * len(ids):
        return []
    return [
        (int(day), float(ratio))
        for day, ratio in zip(ids[beyond], (daily / np.maximum(due, 1e-9))[beyond], strict=True)
    ]


def _answer(
    history: History,
    place: str,
    profile: Floats,
    left: Floats,
    factors: Factors,
    got: Floats,
    means: Floats,
    days: npt.NDArray[np.int64],
    surges: list[tuple[dt.date, float]],
    weeks: float,
) -> Volume:
    notes = [note for note in history.notes if note.key != "timezone_is_utc" or place == "UTC"]
    assumptions: list[Assumption] = list(history.assumptions)
    _, at = np.unique(days, return_inverse=True)
    daily, daily_mean = (np.bincount(at, part).astype(float) for part in (got, means))
    drifted = drift(daily, daily_mean, factors)
    day_cv, week_cv = factors.day_cv, factors.week_cv
    least = figure("weeks_of_history_for_profile").range[0]
    if factors.days < 14:
        day_cv = max(day_cv, figure("day_factor_cv").value)
        assumptions.append(figure("day_factor_cv").assumption(value=day_cv))
        notes.append(Sentence("day_factor_assumed", day_cv=day_cv))
    else:
        low, high = factors.day_cv_range
        notes.append(
            Sentence(
                "day_factor_found",
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
    assumptions.append(figure("level_drift_cv").assumption(value=round(drifted, 4)))
    total = profile.sum(axis=1)
    notes.append(Sentence("weekend_share_found", weekend=float(total[120:].sum() / max(total.sum(), 1e-12))))
    if weeks < least:
        notes.append(Sentence("history_under_four_weeks", weeks=weeks, least=least))
    if surges:
        day, ratio = max(surges, key=lambda item: item[1])
        notes.append(Sentence("surge_days_set_aside", count=len(surges), day=day, ratio=ratio))
    if len(history.channels) > 0 and history.counts.isna().all().any():
        empty = [str(name) for name in history.counts.columns[history.counts.isna().all()]]
        notes.append(Sentence("channels_never_observed", names=empty))
    hour_cv = 0.0 if history.resolution == "daily" else factors.hour_cv
    messages = float(got.sum())
    level_sd = level_uncertainty(
        Factors(**{**factors.__dict__, "week_cv": week_cv, "day_cv": day_cv}), messages, weeks, drifted
    )
    notes.append(Sentence("level_uncertain", level_sd=level_sd, weeks=weeks))
    return Volume(
        channels=history.channels,
        timezone=place,
        profile=profile,
        day_cv=day_cv,
        week_cv=week_cv,
        hour_cv=hour_cv,
        level_sd=level_sd,
        weeks=weeks,
        slot_variance=left,
        per=history.per,
        history=history,
        notes=tuple(notes),
        assumptions=tuple(assumptions),
        sources=tuple(dict.fromkeys(a.source for a in assumptions)),
    )
