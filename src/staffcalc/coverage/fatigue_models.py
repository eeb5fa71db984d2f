"""Two published models of sleepiness, from sleep times alone: Three-Process (KSS) and Unified (chronic sleep debt)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import number, numbers, switch
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure

Floats = npt.NDArray[np.float64]
Sleep = Sequence[tuple[float, float]] | pd.DataFrame


def three_process_fatigue(
    sleep: Sleep,
    *,
    at: float | Iterable[float],
    wake_at: float,
    homeostat: float = 14.0,
    phase: float | None = None,
    ultradian: bool = True,
    inertia: bool = True,
) -> pd.DataFrame:
    """
    Sleepiness by the Three-Process Model of alertness.

    Parameters
    ----------
    sleep : sequence of (start, end), or DataFrame with these columns
        Sleeps after ``wake_at``, in absolute hours; the hour modulo 24 is the clock of the body. [hour]
    at : float or iterable of float
        Hours at which to evaluate, none before ``wake_at``. [hour]
    wake_at : float
        Hour at which the person first wakes. [hour]
    homeostat : float
        Process S on that first waking: 14 after a full night. [alertness]
    phase : float, optional
        Clock hour at which the circadian process peaks; the published 16.8 if left out. [clock hour]
    ultradian, inertia : bool
        Whether the afternoon dip U and the sleep inertia W are part of the sum. [yes or no]

    Returns
    -------
    DataFrame
        One row an hour asked for: ``hour``, ``S``, ``kss`` (Karolinska: 1 alert, 9 fighting sleep), and the parts
        ``C``, ``U`` and ``W``. [hour, alertness, KSS]

    Raises
    ------
    InputError
        If sleeps overlap, run backwards or begin before ``wake_at``, or an hour asked for lies before it.

    Notes
    -----
    Awake, :math:`S = l_a + (S_w - l_a) e^{d t}`; asleep S rises in a straight line up to the break level and
    from there exponentially towards :math:`h_a`. :math:`KSS = 10.6 - 0.6 (S + C + U + W)`. At the end of a sleep the
    person counts as awake, so inertia can lift KSS above 10: clip it for display, and do not alarm on the first hour
    after a planned sleep. Where sleep begins above the break level, S goes on from its own value; the printed formula
    would jump there.

    **When not to use it**: it sees almost nothing of broken sleep, so it does not measure the day after a night alert;
    group data of shift workers say little about one person; without a jet-lag model the clock is local time at home.

    References
    ----------
    .. [1] source keys ``ingre_2014`` and ``akerstedt_folkard_1997`` in ``reference/sources.csv``.

    Examples
    --------
    Awake since seven; sleepy at five in the morning of a first night on duty:

    >>> frame = three_process_fatigue([(18, 20)], at=[17, 29], wake_at=7)
    >>> frame["kss"].round(2).tolist()
    [3.04, 6.79]
    """
    c = _three_process()
    first = number("wake_at", wake_at, unit="hour")
    spans, hours = _spans(sleep, first, "wake_at"), _hours(at, first, "wake_at")
    peak = c.peak if phase is None else number("phase", phase, unit="clock hour")
    level, since = number("homeostat", homeostat), first
    dips, wakes_slowly = switch("ultradian", ultradian), switch("inertia", inertia)
    order = np.argsort(hours, kind="stable")
    hours, back = hours[order], np.argsort(order, kind="stable")
    values, inertias = np.empty_like(hours), np.zeros_like(hours)
    for start, end in [*spans, (math.inf, math.inf)]:
        awake = _between(hours, since, start)
        values[awake] = c.awake(hours[awake] - since, level)
        inertias[awake] = c.inertia * np.exp(c.inertia_decay * (hours[awake] - since))
        if math.isinf(start):
            break
        level = float(c.awake(np.array([start - since]), level)[0])
        asleep = _between(hours, start, end)
        values[asleep] = c.asleep(hours[asleep] - start, level)
        level, since = float(c.asleep(np.array([end - start]), level)[0]), end
    circadian = c.amplitude * np.cos(2 * np.pi * (hours - peak) / 24)
    dip = (c.dip_mean + c.dip * np.cos(2 * np.pi * (hours - peak - 3) / 12)) if dips else np.zeros_like(hours)
    inertias = inertias if wakes_slowly else np.zeros_like(hours)
    kss = c.intercept + c.slope * (values + circadian + dip + inertias)
    parts = {"hour": hours, "S": values, "kss": kss, "C": circadian, "U": dip, "W": inertias}
    return pd.DataFrame({name: part[back] for name, part in parts.items()})


def unified_fatigue(
    sleep: Sleep,
    *,
    at: float | Iterable[float],
    start: float,
    s: float = 0.0,
    l: float = 0.0,  # noqa: E741 - the letter of the published model
) -> pd.DataFrame:
    r"""
    Fatigue by the Unified model, which remembers weeks of short sleep.

    Parameters
    ----------
    sleep : sequence of (start, end), or DataFrame with these columns
        Sleeps from ``start`` on, in absolute hours; the hour modulo 24 is the clock of the body. [hour]
    at : float or iterable of float
        Hours at which to evaluate, none before ``start``. [hour]
    start : float
        Hour at which ``s`` and ``l`` hold. [hour]
    s : float
        Homeostatic pressure at ``start``. [fatigue]
    l : float
        Its lower asymptote at ``start``: the sleep debt. [fatigue]

    Returns
    -------
    DataFrame
        One row an hour asked for: ``hour``, ``S``, ``L`` and ``fatigue``. [hour, fatigue]

    Raises
    ------
    InputError
        If sleeps overlap, run backwards or begin before ``start``, or an hour asked for lies before it.

    Notes
    -----
    Awake :math:`S' = (U_0 - S)/\tau_w,\ L' = (U_0 - L)/\tau_{la}`; asleep :math:`S' = (L - S)/\tau_s,\ L' = (-2
    U_0 - L)/\tau_{la}`; fatigue is :math:`S + \kappa C`. S and L are continuous at the true times of falling asleep
    and waking. The unit is not KSS: show it as a line of its own, and do **not** compare its size with KSS.

    References
    ----------
    .. [1] source key ``rajdev_2013`` in ``reference/sources.csv``.

    Examples
    --------
    >>> unified_fatigue([(23, 31)], at=[7, 31], start=7)["fatigue"].round(2).tolist()
    [2.11, 2.17]
    """
    c = _unified()
    first = number("start", start, unit="hour")
    spans, hours = _spans(sleep, first, "start"), _hours(at, first, "start")
    pressure, debt, since = number("s", s), number("l", l), first
    order = np.argsort(hours, kind="stable")
    hours, back = hours[order], np.argsort(order, kind="stable")
    values, debts = np.empty_like(hours), np.empty_like(hours)
    for begin, end in [*spans, (math.inf, math.inf)]:
        awake = _between(hours, since, begin)
        values[awake], debts[awake] = c.awake(hours[awake] - since, pressure, debt)
        if math.isinf(begin):
            break
        pressure, debt = (float(part) for part in c.awake(np.float64(begin - since), pressure, debt))
        asleep = _between(hours, begin, end)
        values[asleep], debts[asleep] = c.asleep(hours[asleep] - begin, pressure, debt)
        pressure, debt = (float(part) for part in c.asleep(np.float64(end - begin), pressure, debt))
        since = end
    waves = [a * np.sin(k * 2 * np.pi * (hours + c.phase) / 24) for k, a in enumerate(c.harmonics, start=1)]
    parts = {"hour": hours, "S": values, "L": debts, "fatigue": values + c.amplitude * np.sum(waves, axis=0)}
    return pd.DataFrame({name: part[back] for name, part in parts.items()})


def _between(hours: Floats, start: float, end: float) -> slice:
    """Return which of the sorted hours lie from ``start`` to before ``end``."""
    return slice(int(np.searchsorted(hours, start)), int(np.searchsorted(hours, end)))


def _spans(sleep: Sleep, first: float, name: str) -> list[tuple[float, float]]:
    try:
        rows = sleep[["start", "end"]].to_numpy() if isinstance(sleep, pd.DataFrame) else sleep
        pairs = [(start, end) for start, end in rows]
    except (TypeError, ValueError, KeyError):
        raise InputError("sleep_unreadable", value=" ".join(str(sleep).split())[:80]) from None
    spans = sorted((number("sleep", start, unit="hour"), number("sleep", end, unit="hour")) for start, end in pairs)
    before = first
    for start, end in spans:
        if end <= start:
            raise InputError("sleep_reversed", start=start, end=end)
        if start < before:
            key = "sleep_overlaps" if before > first else "sleep_too_early"
            raise InputError(key, start=start, before=before, name=name)
        before = end
    return spans


def _hours(at: Any, first: float, name: str) -> Floats:
    hours = np.atleast_1d(
        numbers("at", list(at) if isinstance(at, Iterable) and not isinstance(at, str) else at)
    ).copy()
    if hours.ndim > 1:
        raise InputError("not_a_list", name="at", value=str(at)[:60])
    if not np.isfinite(hours).all():
        raise InputError("not_finite", name="at", value=str(hours[~np.isfinite(hours)][0]), unit="hour")
    if hours.size and hours.min() < first:
        raise InputError("hour_too_early", hour=float(hours.min()), name=name, first=first)
    return hours


class _ThreeProcess:
    def __init__(self) -> None:
        value = _value
        self.low, self.high = value("tpm_lower_asymptote"), value("tpm_upper_asymptote")
        self.decay, self.brk = value("tpm_decay_per_hour"), value("tpm_break_level")
        gap = (self.high - value("tpm_recovery_to")) / (self.high - value("tpm_recovery_from"))
        self.growth = math.log(gap) / value("tpm_recovery_hours")
        self.amplitude, self.peak = value("tpm_circadian_amplitude"), value("tpm_circadian_peak")
        self.dip_mean, self.dip = value("tpm_ultradian_mean"), value("tpm_ultradian_amplitude")
        self.inertia, self.inertia_decay = value("tpm_inertia"), value("tpm_inertia_decay_per_hour")
        self.intercept, self.slope = value("tpm_kss_intercept"), value("tpm_kss_slope")

    def awake(self, t: Floats, level: float) -> Floats:
        return self.low + (level - self.low) * np.exp(self.decay * t)

    def asleep(self, t: Floats, level: float) -> Floats:
        rate = self.growth * (self.brk - self.high)
        turn = max(0.0, (self.brk - level) / rate)
        bend = max(self.brk, level)
        curve = self.high - (self.high - bend) * np.exp(self.growth * (t - turn))
        return np.where(t <= turn, level + t * rate, curve) if turn > 0 else curve


class _Unified:
    def __init__(self) -> None:
        value = _value
        self.top, self.amplitude = value("unified_upper_asymptote"), value("unified_circadian_amplitude")
        self.phase = value("unified_circadian_phase")
        self.sleep, self.wake = value("unified_sleep_hours"), value("unified_wake_hours")
        self.debt = value("unified_debt_hours")
        self.harmonics = tuple(value(f"unified_harmonic_{k}") for k in range(1, 6))

    def awake(self, t: Floats | np.float64, s: float, debt: float) -> tuple[Floats, Floats]:
        fade = np.exp(-t / self.debt)
        return np.asarray(self.top - (self.top - s) * np.exp(-t / self.wake)), np.asarray(
            debt * fade + self.top * (1 - fade)
        )

    def asleep(self, t: Floats | np.float64, s: float, debt: float) -> tuple[Floats, Floats]:
        fast, slow, floor = np.exp(-t / self.sleep), np.exp(-t / self.debt), 2 * self.top
        pull = (debt + floor) * self.debt / (self.debt - self.sleep) * (slow - fast)
        return np.asarray(s * fast - floor * (1 - fast) + pull), np.asarray(debt * slow - floor * (1 - slow))


def _value(name: str) -> float:
    return float(figure(name).value)


@cache
def _three_process() -> _ThreeProcess:
    return _ThreeProcess()


@cache
def _unified() -> _Unified:
    return _Unified()
