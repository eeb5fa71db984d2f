"""Stretches in which nothing was collected, found by their silence; a gap may leak a few messages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from staffcalc.demand.factors import robust_day_cv
from staffcalc.reference.lookup import figure


def rough_profile(counts: np.ndarray, slots: np.ndarray) -> np.ndarray:
    """
    Return a first expectation for each hour: hour-of-week shape, shrunk to weekday times hour, times a local level.

    Parameters
    ----------
    counts : array
        Messages an hour; NaN where not observed. [messages]
    slots : array of int
        Hour of the week of each hour, 0 to 167.
    """
    seen = ~np.isnan(counts)
    values = np.where(seen, counts, 0.0)
    exposure = np.bincount(slots, weights=seen, minlength=168)
    total = np.bincount(slots, weights=values, minlength=168)
    if not total.sum():
        return np.zeros_like(values)
    day, hour = np.divmod(np.arange(168), 24)
    rate = total.sum() / exposure.sum()
    by_day = np.bincount(day, weights=total) / np.maximum(np.bincount(day, weights=exposure), 1e-9)
    by_hour = np.bincount(hour, weights=total) / np.maximum(np.bincount(hour, weights=exposure), 1e-9)
    prior = by_day[day] * by_hour[hour] / rate
    mean = (total + 2.0 * prior) / (exposure + 2.0)
    return np.asarray(mean[slots])


def _local_level(counts: np.ndarray, mean: np.ndarray, window: int = 21) -> tuple[np.ndarray, float]:
    """Return the median over three weeks of daily counts over expectation, and the robust swing of days around it."""
    days = len(counts) // 24 + 1
    block = np.arange(len(counts)) // 24
    seen = ~np.isnan(counts)
    got = np.bincount(block, weights=np.where(seen, counts, 0.0), minlength=days)
    due = np.bincount(block, weights=np.where(seen, mean, 0.0), minlength=days)
    ratio = pd.Series(np.where(due > 0, got / np.maximum(due, 1e-9), np.nan))
    level = ratio.rolling(window, center=True, min_periods=5).median().ffill().bfill().fillna(1.0)
    swing = robust_day_cv(got.astype(float), np.asarray(due * level.to_numpy(), dtype=float))
    return np.asarray(level.to_numpy()[block]), swing


def _best_stretch(gain: np.ndarray) -> tuple[float, int, int]:
    """Return the largest sum of consecutive gains with its half-open bounds."""
    total = np.concatenate(([0.0], np.cumsum(gain)))
    low = np.minimum.accumulate(total)
    end = int(np.argmax(total - low))
    best = float(total[end] - low[end])
    start = int(np.argmin(total[: end + 1]))
    return best, start, end


def _quietest(swing: float, alarm: float) -> float:
    """Return the share of its expectation below which a quiet day falls with the chance of a false alarm."""
    if swing <= 0.05:
        return 1.0
    from scipy import special

    return float(special.gammaincinv(1 / swing**2, alarm) * swing**2)


def _to_the_edges(
    start: int, end: int, values: np.ndarray, due: np.ndarray, seen: np.ndarray, leak: float
) -> tuple[int, int]:
    """Extend a gap to the hours that fit a leaking source better than a normal one."""
    gain = np.where(seen, values * np.log(leak) + (1 - leak) * due, 0.0)
    after, before = np.cumsum(gain[end : end + 48]), np.cumsum(gain[:start][::-1][:48])
    if len(after) and after.max() > 0:
        end += int(np.argmax(after)) + 1
    if len(before) and before.max() > 0:
        start -= int(np.argmax(before)) + 1
    return start, end


def find_gaps(counts: np.ndarray, slots: np.ndarray, *, series: int = 1) -> list[tuple[int, int]]:
    """
    Return the collection gaps of one hourly series as half-open index pairs.

    Parameters
    ----------
    counts : array
        Messages an hour; NaN where not observed. [messages]
    slots : array of int
        Hour of the week of each hour.
    series : int
        How many series are searched; the chance of a false alarm is shared among them.

    Notes
    -----
    For each stretch the Poisson likelihood of a leaking source (``gap_leak_share`` of the expectation) is held against
    that of the quietest plausible stretch (``gap_quiet_share``). The stretch with the largest log-likelihood ratio is a
    gap if it passes ``log(days * series / gap_false_alarm)``; then it is taken out and the search runs again. The
    expectation follows the local level, so slow growth is no gap; a second scan with the overall level finds silences
    longer than the window. Do not read a gap as closed hours: hours that are empty every week have no expectation and
    are never a gap.
    """
    dry, leak, _ = figure("gap_leak_share").range
    quiet, _, calm = figure("gap_quiet_share").range
    alarm = figure("gap_false_alarm").value
    work = counts.astype(float).copy()
    days = max(1.0, len(work) / 24)
    threshold = np.log(days * series / alarm)
    found: list[tuple[int, int]] = []
    for _ in range(60):
        seen = ~np.isnan(work)
        mean = rough_profile(work, slots)
        level, swing = _local_level(work, mean)
        local = mean * level
        floor = _quietest(swing, alarm)
        values = np.where(seen, work, 0.0)
        best: tuple[float, int, int] = (0.0, 0, 0)
        scans = ((local, leak, min(quiet, floor)), (local, dry, min(calm, floor)), (mean, dry, min(calm, floor)))
        for expected, rest, usual in scans:
            if rest >= usual / 2:
                continue
            gain = np.where(seen, values * np.log(rest / usual) + (usual - rest) * expected, 0.0)
            candidate = _best_stretch(gain)
            best = max(best, candidate)
        score, start, end = best
        if score <= threshold:
            break
        came, due = float(values[start:end].sum()), float((local * seen)[start:end].sum())
        share = float(np.clip((came + 0.5) / max(due, 1e-9), dry, leak))
        start, end = _to_the_edges(start, end, values, local, seen, share)
        inside = np.flatnonzero(seen[start:end]) + start
        if not len(inside):
            break
        start, end = int(inside[0]), int(inside[-1]) + 1
        found.append((start, end))
        work[start:end] = np.nan
        if np.isnan(work).mean() > 0.9:
            break
    return sorted(found)
