"""Three layers of signals, kept apart: facts against rules, survey against lines, model against thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from staffcalc._words import Sentence
from staffcalc.burnout.exposure import RoleExposure
from staffcalc.reference.lookup import figure

LAYERS = ("rules", "survey", "model")
"""Layers in the order in which they are read."""


class Signal(NamedTuple):
    """One thing that a layer says about a role."""

    role: str
    layer: str
    signal: str
    level: str
    measured: float
    limit: float
    source: str


def signal_frame(signals: Iterable[Signal]) -> pd.DataFrame:
    """Return signals as a table, rules first, then survey, then model."""
    frame = pd.DataFrame(list(signals), columns=list(Signal._fields))
    order = frame["layer"].map({layer: i for i, layer in enumerate(LAYERS)})
    return frame.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def working_time_flags(
    *,
    weekly_hours: float | None = None,
    daily_rest_hours: float | None = None,
    weekly_rest_hours: float | None = None,
    annual_leave_weeks: float | None = None,
) -> list[str]:
    """
    Return which limits of the European working time directive are passed.

    Parameters
    ----------
    weekly_hours : float, optional
        Average working week, overtime included. [hours per week]
    daily_rest_hours : float, optional
        Shortest rest between two working days. [hours]
    weekly_rest_hours : float, optional
        Longest rest of the week, on top of the daily rest. [hours]
    annual_leave_weeks : float, optional
        Paid annual leave. [weeks per year]

    Returns
    -------
    list of str
        ``weekly_48h``, ``daily_rest_11h``, ``weekly_rest_24h``, ``annual_leave_4w``, as far as they apply. A value at
        the limit is allowed; a value not given is not judged.

    References
    ----------
    .. [1] source key ``eu_2003_88_eumonitor`` in ``reference/sources.csv``: articles 6, 3, 5 and 7.

    Examples
    --------
    >>> working_time_flags(weekly_hours=49, daily_rest_hours=11)
    ['weekly_48h']
    """
    flags = []
    if weekly_hours is not None and weekly_hours > figure("wtd_weekly_hours_max").value:
        flags.append("weekly_48h")
    if daily_rest_hours is not None and daily_rest_hours < figure("wtd_daily_rest_hours_min").value:
        flags.append("daily_rest_11h")
    if weekly_rest_hours is not None and weekly_rest_hours < figure("wtd_weekly_rest_hours_min").value:
        flags.append("weekly_rest_24h")
    if annual_leave_weeks is not None and annual_leave_weeks < figure("wtd_annual_leave_weeks_min").value:
        flags.append("annual_leave_4w")
    return flags


def rule_signals(roles: Sequence[str], exposures: Sequence[RoleExposure]) -> list[Signal]:
    """Return the facts of each role that break a rule, whatever the model says."""
    found = []
    for role, exposure in zip(roles, exposures, strict=True):
        hours = exposure.weekly_hours
        if working_time_flags(weekly_hours=hours) and hours is not None:
            limit = figure("wtd_weekly_hours_max")
            found.append(Signal(role, "rules", "weekly_48h", "breach", hours, limit.value, limit.source))
        if exposure.quick_returns_per_year:
            rest = figure("wtd_daily_rest_hours_min")
            found.append(
                Signal(
                    role, "rules", "short_rests_scheduled", "breach", exposure.quick_returns_per_year, 0.0, rest.source
                )
            )
        if exposure.on_call_share == 1:
            found.append(Signal(role, "rules", "never_off_call", "breach", 1.0, 1.0, "judgement"))
    return found


def model_signals(table: pd.DataFrame) -> list[Signal]:
    """
    Return the model layer: ratio to baseline against the policy thresholds, one row a role.

    Notes
    -----
    Red where the median is at or above ``red_ratio_median`` and the lower 95% end above ``red_ratio_lo95``; amber
    likewise; otherwise below. The thresholds are policy, not evidence.
    """
    found = []
    for role, ratio, least in zip(table["role"], table["ratio"], table["ratio_low"], strict=True):
        level, limit = "below", figure("amber_ratio_median").value
        for colour in ("amber", "red"):
            median = figure(f"{colour}_ratio_median").value
            if ratio >= median and least > figure(f"{colour}_ratio_lo95").value:
                level, limit = colour, median
        found.append(Signal(str(role), "model", "ratio_to_baseline", level, float(ratio), limit, "judgement"))
    return found


def layer_note(signals: pd.DataFrame) -> Sentence:
    """Return which layers fired, each counted for itself and never blended."""
    model = signals[signals["layer"] == "model"]["level"]
    return Sentence(
        "burnout_note_layers",
        rules=int((signals["layer"] == "rules").sum()),
        amber=int((model == "amber").sum()),
        red=int((model == "red").sum()),
    )


def model_level(signals: pd.DataFrame, role: str) -> str:
    """Return what the model layer says about a role: below, amber or red."""
    rows = signals[(signals["role"] == role) & (signals["layer"] == "model")]
    return str(rows["level"].iloc[0])
