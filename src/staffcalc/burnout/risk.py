"""The burnout model: published effects on the log-odds scale, shrunk for overlap, with their doubt."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from staffcalc._checks import generator, share, whole
from staffcalc._words import Sentence
from staffcalc.burnout import guardrails
from staffcalc.burnout.answer import BurnoutRisk, answer_assumptions, answer_notes, answer_sources
from staffcalc.burnout.attribution import driver_rows, judgement_share
from staffcalc.burnout.attribution import split_points as split_points
from staffcalc.burnout.baseline import Baseline, as_baseline
from staffcalc.burnout.coefficients import Driver, drivers
from staffcalc.burnout.exposure import RoleExposure, as_exposure, exposure_values
from staffcalc.burnout.signals import layer_note, model_level, model_signals, rule_signals, signal_frame
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure

Floats = NDArray[np.float64]


def burnout_probability(
    exposure: RoleExposure | Mapping[str, Any],
    *,
    baseline: Baseline | float | str | None = None,
    draws: int | None = None,
    seed: int | np.random.Generator = 0,
    overlap: float | tuple[float, float] | None = None,
    model_drivers: Sequence[Driver] | None = None,
    purpose: str = "work_design",
) -> BurnoutRisk:
    """
    Burnout risk of a job design, against a named baseline and with its interval.

    Parameters
    ----------
    exposure : RoleExposure or mapping
        One job design, or several by name (``{"agent": RoleExposure(...), ...}``); a mapping of field to number stands
        for one :class:`RoleExposure`.
    baseline : Baseline, float or str, optional
        What to compare with; Flanders with the Burnout Assessment Tool (``flanders_bat``) if not given. A number is a
        prevalence of your own, a name one of :func:`staffcalc.burnout.baseline.named_baselines`. [share]
    draws : int, optional
        Monte Carlo draws; 20,000 if not given. [draws]
    seed : int or numpy Generator
        Seed of the draws. Answers with the same integer seed use common random numbers, so that two designs can be
        compared.
    overlap : float or pair, optional
        Mean correlation between exposures: a value, or the range it is drawn from. 0 switches the shrinkage off, which
        is naive and marked as such. [correlation]
    model_drivers : sequence of Driver, optional
        Effects of your own in place of :func:`staffcalc.burnout.coefficients.drivers`.
    purpose : str
        ``work_design`` or ``research``; hiring, pay, performance and the like are refused.

    Returns
    -------
    BurnoutRisk
        Ratio to the baseline, probability, drivers and signals.

    Raises
    ------
    InputError
        If an input is outside its plausible range, describes a person, or the purpose is refused.

    Notes
    -----
    ``logit p = logit p0 + sum c_j`` with ``c_j = kappa * ln(OR_j) * (x_j - xref_j)`` and
    ``kappa = 1 / (1 + (m - 1) r)``: published odds ratios share part of their effect, so that multiplying them
    overstates. Coefficients, their transport to this work, the overlap ``r`` and the baseline are all drawn. A missing
    input stays at the exposure already contained in the baseline. Do **not** use it for a person, nor for teams that
    moderate graphic content: it cannot express trauma.

    References
    ----------
    .. [1] source keys ``van_der_molen_2020``, ``shoman_2022``, ``mensura_bat`` in ``reference/sources.csv``.

    Examples
    --------
    >>> risk = burnout_probability(RoleExposure(weekly_hours=55, solo_share=1.0, duties=8), draws=2000)
    >>> round(risk.point, 3), risk.ratio > 1
    (0.209, True)
    """
    guardrails.check_purpose(purpose)
    roles, exposures = _roles(exposure)
    base = as_baseline(baseline)
    model = _model(model_drivers)
    n = draw_count(draws, cells=len(model) + 3 * len(roles))
    centre, spread = overlap_range(overlap)
    deviations, active, missing = design(exposures, model)
    parts = draw_parts(model, draws=n, seed=seed, overlap=spread, baseline=base)
    log_or = np.array([driver.log_or for driver in model])
    point_sum = kappa(active, centre) * (deviations @ log_or)
    p_draws, ratio_draws = probabilities(parts, deviations, active)
    table = _table(roles, base, point_sum, p_draws, ratio_draws)
    driver_table = driver_rows(
        roles,
        exposures,
        model,
        deviations=deviations,
        contributions=kappa(active, centre)[:, None] * log_or * deviations,
        ends=_ends(parts, deviations, active),
        baseline=base.p,
    )
    table["judgement_share"] = [judgement_share(driver_table, role) for role in roles]
    table["missing"] = [len(fields) for fields in missing]
    signals = signal_frame([*rule_signals(roles, exposures), *model_signals(table)])
    few = (Sentence("burnout_note_few_draws", draws=n),) if n < _ROUGH_DRAWS else ()
    table["signal"] = [model_level(signals, role) for role in roles]
    return BurnoutRisk(
        roles=roles,
        baseline=base,
        exposures=exposures,
        draws=n,
        purpose=purpose,
        model=model,
        overlap=spread,
        table=table,
        driver_table=driver_table,
        signal_table=signals,
        notes=(layer_note(signals), *few, *answer_notes(roles, missing, table, base, overlap, purpose)),
        assumptions=answer_assumptions(model, exposures, base, spread, missing),
        sources=answer_sources(model, base),
    )


def _model(model_drivers: Any) -> tuple[Driver, ...]:
    if model_drivers is None:
        return drivers()
    given = model_drivers if isinstance(model_drivers, (list, tuple)) else [model_drivers]
    if not given or not all(isinstance(driver, Driver) for driver in given):
        raise InputError("burnout_no_drivers")
    return tuple(given)


_ROUGH_DRAWS = 400
"""Draws below which fewer than ten lie beyond each end of a 95 % interval."""

_MOST_CELLS = 4e8
"""Numbers held at a time: three gigabytes."""


def draw_count(draws: Any, *, cells: int) -> int:
    """
    Return how often to draw; 20,000 if not given.

    Raises
    ------
    InputError
        If it is no whole number of one or more, or ``draws`` times ``cells`` numbers would not fit into memory.
    """
    count = whole("draws", figure("mc_draws").value if draws is None else draws, 1, unit="draws")
    if count * cells > _MOST_CELLS:
        raise InputError("burnout_draws_many", value=count, most=int(_MOST_CELLS / cells))
    return count


def kappa(drivers_counted: Any, overlap: Any) -> Any:
    """
    Return the overlap shrinkage ``1 / (1 + (m - 1) r)``.

    Parameters
    ----------
    drivers_counted : int or array
        Drivers ``m`` of the model, also those at their reference. [drivers]
    overlap : float or array
        Mean correlation ``r`` between exposures. [correlation]

    Returns
    -------
    float or array
        Factor on every coefficient. [ratio]

    Examples
    --------
    >>> kappa(12, 0.2)
    0.3125
    """
    return 1 / (1 + (drivers_counted - 1) * overlap)


def overlap_range(overlap: float | tuple[float, float] | None) -> tuple[float, tuple[float, float]]:
    """Return the central overlap and the range it is drawn from; the reference row if not given."""
    row = figure("exposure_correlation_r")
    if overlap is None:
        low, centre, high = row.range
        return centre, (low, high)
    if isinstance(overlap, (tuple, list)) and len(overlap) == 2:
        low, high = (share("overlap", part) for part in overlap)
        if high < low:
            raise InputError("burnout_overlap_order", low=low, high=high)
        return (low + high) / 2, (low, high)
    value = share("overlap", overlap)
    return value, (value, value)


def design(
    exposures: Sequence[RoleExposure], model: tuple[Driver, ...]
) -> tuple[Floats, Floats, tuple[tuple[str, ...], ...]]:
    """Return deviations from reference (roles x drivers), drivers that count by role, and missing fields by role."""
    deviations = np.zeros((len(exposures), len(model)))
    active = np.zeros(len(exposures))
    missing = []
    for i, exposure in enumerate(exposures):
        values, lacking = exposure_values(exposure, model_drivers=model)
        active[i] = len(values)
        missing.append(lacking)
        for j, driver in enumerate(model):
            if driver.key in values:
                deviations[i, j] = values[driver.key] - driver.x_ref
    return deviations, active, tuple(missing)


@dataclasses.dataclass(frozen=True, eq=False)
class Draws:
    """Random numbers of one model run: effects (draws x drivers), overlap and baseline (draws)."""

    effects: Floats
    overlap: Floats
    baseline_logit: Floats


def draw_parts(
    model: tuple[Driver, ...],
    *,
    draws: int,
    seed: int | np.random.Generator,
    overlap: tuple[float, float],
    baseline: Baseline,
) -> Draws:
    """Draw coefficients with transport noise, one overlap and one baseline per draw; the same for every role."""
    rng = generator(seed)
    log_or = np.array([driver.log_or for driver in model])
    se = np.array([driver.se for driver in model])
    effects = rng.normal(log_or, se, size=(draws, len(model)))
    effects *= np.exp(rng.normal(0, figure("transport_log_sd").value, size=effects.shape))
    r = rng.uniform(*overlap, size=draws)
    start = rng.normal(float(logit(baseline.p)), baseline.logit_se, size=draws)
    return Draws(effects, r, start)


def probabilities(parts: Draws, deviations: Floats, active: Floats) -> tuple[Floats, Floats]:
    """Return probability and ratio to baseline of each draw and role (draws x roles)."""
    total = parts.effects @ deviations.T
    total *= kappa(active[None, :], parts.overlap[:, None])
    p = expit(parts.baseline_logit[:, None] + total)
    return p, p / expit(parts.baseline_logit)[:, None]


def _ends(parts: Draws, deviations: Floats, active: Floats) -> Floats:
    """Return the 95% interval of each contribution (2 x roles x drivers). [log-odds]"""
    found = np.empty((2, *deviations.shape))
    for m in np.unique(active):
        shrunk = np.quantile(parts.effects * kappa(m, parts.overlap)[:, None], [0.025, 0.975], axis=0)
        found[:, active == m] = np.sort(shrunk[:, None, :] * deviations[None, active == m], axis=0)
    return found


def _roles(exposure: RoleExposure | Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[RoleExposure, ...]]:
    if isinstance(exposure, Mapping) and any(isinstance(part, (RoleExposure, Mapping)) for part in exposure.values()):
        return tuple(map(str, exposure)), tuple(as_exposure(part) for part in exposure.values())
    return ("job_design",), (as_exposure(exposure),)


def _table(roles: tuple[str, ...], base: Baseline, point_sum: Floats, p: Floats, ratio: Floats) -> pd.DataFrame:
    probability = np.quantile(p, [0.5, 0.25, 0.75, 0.025, 0.975], axis=0)
    ratios = np.quantile(ratio, [0.5, 0.25, 0.75, 0.025, 0.975], axis=0)
    return pd.DataFrame(
        {
            "role": list(roles),
            "ratio": ratios[0],
            "ratio_low": ratios[3],
            "ratio_high": ratios[4],
            "ratio_low_50": ratios[1],
            "ratio_high_50": ratios[2],
            "point": expit(logit(base.p) + point_sum),
            "median": probability[0],
            "low": probability[3],
            "high": probability[4],
            "low_50": probability[1],
            "high_50": probability[2],
            "mean": p.mean(axis=0),
            "sd": p.std(axis=0),
            "odds_ratio": np.exp(point_sum),
        }
    )
