"""Who contributes what to a burnout risk: exact on log-odds, split in proportion in points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from staffcalc.burnout.coefficients import Driver
from staffcalc.burnout.exposure import RoleExposure
from staffcalc.reference.lookup import figure

Floats = NDArray[np.float64]
_FLAT = 1e-9  # log-odds below which points cannot be split


def judgement_share(driver_table: pd.DataFrame, role: str) -> float:
    """Return the share of the summed effect on one role that rests on coefficients nobody has published."""
    rows = driver_table[driver_table["role"] == role]
    size = rows["log_odds"].abs()
    total = float(size.sum())
    return float(size[rows["status"] == "judgement"].sum()) / total if total > 0 else 0.0


def split_points(contributions: Floats, baseline: float) -> Floats:
    """
    Split the change of probability over the drivers in proportion to their log-odds.

    Parameters
    ----------
    contributions : array
        Contribution of each driver. [log-odds]
    baseline : float
        Baseline probability. [share]

    Returns
    -------
    array
        Share of ``p - p0`` by driver; NaN where the contributions cancel. [probability]

    Notes
    -----
    ``phi_j = (p - p0) * c_j / sum(c)``, within .05 percentage points of exact Shapley values after overlap shrinkage.

    Examples
    --------
    >>> [round(float(part), 4) for part in split_points(np.array([0.2, 0.1]), 0.171)]
    [0.0312, 0.0156]
    """
    total = float(contributions.sum())
    if abs(total) < _FLAT:
        return np.full(contributions.shape, np.nan)
    gain = float(expit(logit(baseline) + total)) - baseline
    return np.asarray(gain * contributions / total)


def driver_rows(
    roles: tuple[str, ...],
    exposures: tuple[RoleExposure, ...],
    model: tuple[Driver, ...],
    *,
    deviations: Floats,
    contributions: Floats,
    ends: Floats,
    baseline: float,
) -> pd.DataFrame:
    """
    Return what moves each role: one row a role and driver that counts, largest contribution first.

    Parameters
    ----------
    roles, exposures, model : tuple
        Job designs, what was known of each, and the effects.
    deviations : array, roles x drivers
        Exposure less the exposure inside the baseline. [exposure]
    contributions : array, roles x drivers
        At the central coefficients. [log-odds]
    ends : array, 2 x roles x drivers
        95% interval of the contributions. [log-odds]
    baseline : float
        Baseline probability. [share]
    """
    edges = figure("burnout_driver_small_share").value, figure("burnout_driver_large_share").value
    rows: list[dict[str, Any]] = []
    for i, role in enumerate(roles):
        c = contributions[i]
        points = split_points(c, baseline)
        size = np.abs(c).sum()
        given = exposures[i].inputs
        first = len(rows)
        for j, driver in enumerate(model):
            fields = [scale.field for scale in driver.scales]
            if driver.role != "driver" and not any(field in given for field in fields):
                continue
            part = abs(c[j]) / size if size > 0 else 0.0
            known = [field for field in fields if field in given]
            rows.append(
                {
                    "role": role,
                    "driver": driver.key,
                    "field": known[0] if known else fields[0] if fields else driver.key,
                    "input": given.get(known[0]) if known else np.nan,
                    "exposure": deviations[i, j] + driver.x_ref,
                    "reference": driver.x_ref,
                    "log_odds": c[j],
                    "log_odds_low": ends[0, i, j],
                    "log_odds_high": ends[1, i, j],
                    "points": points[j],
                    "group": "large" if part >= edges[1] else "middle" if part >= edges[0] else "small",
                    "given": bool(known),
                    "status": driver.status,
                    "certainty": driver.certainty,
                    "source": driver.sources[0],
                    "to_verify": driver.to_verify,
                }
            )
        rows[first:] = sorted(rows[first:], key=lambda row: -abs(row["log_odds"]))
    return pd.DataFrame(rows)
