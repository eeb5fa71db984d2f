"""Arithmetic of scales beside burnout, and of prevalences: no items, no norms, for answers that users bring."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from staffcalc._checks import at_least, share
from staffcalc.burnout.form_answers import in_form_order
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure


def score_copsoq(items: Sequence[float | None]) -> dict[str, Any]:
    """
    Score one scale of the Copenhagen Psychosocial Questionnaire: the mean of its items where half are answered.

    Examples
    --------
    >>> score_copsoq([100, 75, None, None])["score"]
    87.5
    """
    given = in_form_order("items", items)
    known = [at_least(f"items[{i}]", value, 0, unit="points") for i, value in enumerate(given) if value is not None]
    for value in known:
        if value > 100:
            raise InputError("burnout_answer_range", name="items", value=value, low=0, high=100)
    if not given or len(known) < figure("copsoq_min_answered_share").value * len(given):
        return {"score": None, "n": len(known), "reason": "non_responder"}
    return {"score": statistics.fmean(known), "n": len(known), "reason": None}


def effort_reward_ratio(*, effort_sum: float, n_effort: int, reward_sum: float, n_reward: int) -> dict[str, Any]:
    """
    Return the effort-reward ratio ``E / (R * nE / nR)``; above 1 effort outweighs reward.

    Examples
    --------
    >>> effort_reward_ratio(effort_sum=9, n_effort=3, reward_sum=20, n_reward=7)["imbalance"]
    True
    """
    effort = at_least("effort_sum", effort_sum, 0, unit="points")
    reward = at_least("reward_sum", reward_sum, 0, unit="points", above=True)
    efforts = at_least("n_effort", n_effort, 0, unit="items", above=True)
    rewards = at_least("n_reward", n_reward, 0, unit="items", above=True)
    ratio = effort / (reward * efforts / rewards)
    return {"ratio": ratio, "imbalance": ratio > 1}


def task_load(ratings: Sequence[float], *, weights: Sequence[float] | None = None) -> dict[str, Any]:
    """
    Return the NASA task load index, raw or weighted; task load is not burnout.

    Parameters
    ----------
    ratings : sequence of float
        Six ratings, 0 to 100. [points]
    weights : sequence of float, optional
        Six weights that sum to 15.

    Examples
    --------
    >>> round(task_load([70, 20, 60, 40, 55, 35])["score"], 2)
    46.67
    """
    given = [
        at_least(f"ratings[{i}]", value, 0, unit="points") for i, value in enumerate(in_form_order("ratings", ratings))
    ]
    if len(given) != 6:
        raise InputError("burnout_item_count", instrument="NASA-TLX", value=len(given), expected=[6])
    if max(given) > 100:
        raise InputError("burnout_answer_range", name="ratings", value=max(given), low=0, high=100)
    if weights is None:
        return {"score": statistics.fmean(given)}
    factors = [at_least(f"weights[{i}]", value, 0) for i, value in enumerate(in_form_order("weights", weights))]
    if len(factors) != 6 or sum(factors) != 15:
        raise InputError("burnout_weights", total=sum(factors))
    return {"score": sum(w * r for w, r in zip(factors, given, strict=True)) / 15}


def rogan_gladen(observed: float, *, sensitivity: float, specificity: float) -> float:
    """
    Return the true prevalence behind an observed one: ``(p + sp - 1) / (se + sp - 1)``, kept within 0 and 1.

    Examples
    --------
    >>> round(rogan_gladen(0.3, sensitivity=0.83, specificity=0.87), 4)
    0.2429
    """
    p = share("observed", observed)
    se, sp = share("sensitivity", sensitivity), share("specificity", specificity)
    if se + sp <= 1:
        raise InputError("burnout_useless_test", sensitivity=se, specificity=sp)
    return min(1.0, max(0.0, (p + sp - 1) / (se + sp - 1)))


def mean_from_prevalence(p: float, *, cut: float, sd: float) -> float:
    """
    Return the mean score that a share above a line implies, for normal scores.

    Examples
    --------
    >>> round(mean_from_prevalence(0.171, cut=2.59, sd=0.653), 3)
    1.97
    """
    part = share("p", p, below_one=True, above_zero=True)
    return cut - sd * statistics.NormalDist().inv_cdf(1 - part)
