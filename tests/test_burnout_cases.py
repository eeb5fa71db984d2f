"""Worked cases of the burnout room, computed outside the library; see the notes in ``cases/burnout.csv``."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

import staffcalc as sc
from staffcalc.burnout import coefficients, instruments, release, signals, turnover
from staffcalc.burnout.baseline import Baseline
from staffcalc.burnout.coefficients import drivers
from staffcalc.burnout.risk import kappa, split_points

ROWS = list(csv.DictReader((Path(__file__).parent / "cases" / "burnout.csv").read_text("utf-8").splitlines()))
FIELDS = {
    "hours": "weekly_hours",
    "util": "utilisation",
    "backlog_ratio": "backlog_ratio",
    "abuse_share": "abusive_share",
    "low_control": "low_control_share",
    "solo_share": "solo_share",
    "duties": "duties",
    "oncall_share": "on_call_share",
    "page_nights_wk": "paged_nights_per_week",
    "after_hours_share": "after_hours_share",
    "quick_returns_yr": "quick_returns_per_year",
    "leave_untaken": "leave_untaken_share",
    "channels": "channels",
}


def exposure(inputs: dict[str, float]) -> sc.RoleExposure:
    return sc.RoleExposure(**{FIELDS[name]: value for name, value in inputs.items()})


def point(inputs: dict[str, float] | None = None, x: dict[str, float] | None = None, *, p0: float, r: float) -> Any:
    if inputs is None:
        assert x is not None
        c = [kappa(len(x), r) * d.log_or * (x[d.key] - d.x_ref) for d in drivers() if d.key in x]
        odds = p0 / (1 - p0) * math.exp(sum(c))
        return {"p": odds / (1 + odds), "OR": math.exp(sum(c))}
    risk = sc.burnout_probability(exposure(inputs), baseline=Baseline("case", p0, 0.3), overlap=float(r), draws=10)
    table = risk.drivers.set_index("driver")
    return {"p": risk.point, "OR": risk.odds_ratio, "contrib": table["log_odds"].to_dict(), "points": table["points"]}


def attribution(inputs: dict[str, float], p0: float, r: float) -> dict[str, float]:
    points = point(inputs, p0=p0, r=r)["points"]
    return {"sum": float(points.sum()), **points.to_dict()}


def monte_carlo(inputs: dict[str, float], n: int) -> dict[str, float]:
    risk = sc.burnout_probability(exposure(inputs), draws=n, seed=0)
    return {"median": risk.median, "q025": risk.low, "q975": risk.high}


def shapley(c: dict[str, float] | list[float], p0: float) -> dict[str, Any]:
    values = list(c.values()) if isinstance(c, dict) else list(c)
    phi = exact_shapley(values, p0)
    return {"phi": dict(zip(c, phi, strict=True)) if isinstance(c, dict) else phi, "sum": sum(phi)}


def exact_shapley(c: list[float], p0: float) -> list[float]:
    """All coalitions, by the definition; shares no code with the library."""
    m, start = len(c), math.log(p0 / (1 - p0))
    sums = [0.0] * (1 << m)
    for s in range(1, 1 << m):
        low = s & -s
        sums[s] = sums[s ^ low] + c[low.bit_length() - 1]
    p = [1 / (1 + math.exp(-start - total)) for total in sums]
    weights = [math.factorial(k) * math.factorial(m - k - 1) / math.factorial(m) for k in range(m)]
    phi = [0.0] * m
    for s in range(1 << m):
        size = s.bit_count()
        for j in range(m):
            if not s >> j & 1:
                phi[j] += weights[size] * (p[s | 1 << j] - p[s])
    return phi


ADAPTERS: dict[str, Any] = {
    "cbi_personal": lambda answers: sc.score_cbi(answers, scale="personal"),
    "cbi_work": lambda answers: sc.score_cbi(answers, scale="work"),
    "cbi_client": lambda answers: sc.score_cbi(answers, scale="client"),
    "bat12": sc.score_bat,
    "bat12_band": lambda core: instruments.bat_band(core, items=12),
    "bat23_band": lambda core: instruments.bat_band(core, items=23),
    "bat23_core_method": lambda items, sub_means: instruments.bat_core_methods(items, subscale_means=sub_means),
    "olbi16": sc.score_olbi,
    "olbi16_flags": lambda EXH, DIS: instruments.olbi_flags(EXH, DIS),
    "single_item_burnout": instruments.score_single_item,
    "copsoq_scale": instruments.score_copsoq,
    "eri_ratio": instruments.effort_reward_ratio,
    "nasa_tlx_raw": instruments.task_load,
    "nasa_tlx_weighted": instruments.task_load,
    "or_ci_to_se": lambda lo, hi: {"se": coefficients.or_interval_to_se(lo, hi)},
    "or_ci99_to_se": lambda lo, hi: {"se": coefficients.or_interval_to_se(lo, hi, z=coefficients.Z99)},
    "r_to_lnOR_per_sd": lambda r: {"lnOR": coefficients.log_or_per_sd(r)},
    "d_to_lnOR": lambda d: {"lnOR": coefficients.log_or_from_d(d)},
    "hours_slope_lin2021": lambda points, ref: {
        "lnOR_per_h": [coefficients.hours_slope(h, odds, reference_hours=ref) for h, odds in points]
    },
    "compose_or": lambda OR, units: {"OR": coefficients.compose_odds_ratio(OR, units)},
    "kappa": lambda m, r: {"kappa": kappa(m, r)},
    "implied_r_from_joint": lambda OR1, OR2, OR_joint: {"r": coefficients.implied_overlap(OR1, OR2, joint=OR_joint)},
    "burnout_point": point,
    "burnout_mc": monte_carlo,
    "attribution_prob": attribution,
    "shapley_prob": shapley,
    "rogan_gladen": lambda p_obs, se, sp: {"p": instruments.rogan_gladen(p_obs, sensitivity=se, specificity=sp)},
    "mean_from_prevalence": lambda p, cut, sd: {"mean": instruments.mean_from_prevalence(p, cut=cut, sd=sd)},
    "beta_update": lambda prior_mean, prior_ess, k, n: {
        "mean": release.update_share(prior_mean, prior_ess, at_line=k, answered=n).mean
    },
    "k_anonymity": lambda n=None, k_at_risk=None, team=None, released_subset=None, min_group=5: release.release_rule(
        n, at_line=k_at_risk, team=team, released_subset=released_subset, min_group=min_group
    )._asdict(),
    "split_hazard": lambda annual_quit, p0, RR: dict(
        zip(
            ("hazard", "h_not_burned", "h_burned"),
            turnover.split_hazard(annual_quit, p=p0, risk_ratio=RR),
            strict=True,
        )
    ),
    "hamidi_check": lambda overall, p, RR: dict(
        zip(("not_burned", "burned"), turnover.split_share(overall, p=p, risk_ratio=RR), strict=True)
    ),
    "attributable_fraction": lambda p, RR: {"AF": turnover.attributable_share(p, risk_ratio=RR)},
    "turnover_cost": lambda quits, salary, share: {
        "cost": turnover.turnover_cost(quits, salary_per_year=salary, cost_share=share)
    },
    "vacancy_share": lambda hazard, T_years: {"v": turnover.vacancy_share(hazard, vacancy_years=T_years)},
    "p_any_vacancy": lambda n, hazard, T_years: {"p": turnover.any_vacancy(n, hazard=hazard, vacancy_years=T_years)},
    "spiral_gain": lambda L, p, T_years, h_nb, RR, dlp_dL, kappa=None: {
        "G": turnover.spiral_gain(
            load=L, p=p, vacancy_years=T_years, hazard_not_burned=h_nb, risk_ratio=RR, slope=dlp_dL
        )
    },
    "n_minus_1_utilisation": lambda n: {"max_util": turnover.n_minus_1_utilisation(n)},
    "eu_wtd_flags": lambda avg_week_h, daily_rest_h, weekly_rest_h, annual_leave_weeks: {
        "flags": signals.working_time_flags(
            weekly_hours=avg_week_h,
            daily_rest_hours=daily_rest_h,
            weekly_rest_hours=weekly_rest_h,
            annual_leave_weeks=annual_leave_weeks,
        )
    },
}


def call(function: str, inputs: dict[str, Any]) -> Any:
    scorers = {"bat12": "items", "olbi16": "items", "copsoq_scale": "items", "single_item_burnout": "level"}
    if function in scorers:
        return ADAPTERS[function](inputs[scorers[function]])
    if function.startswith("nasa_tlx"):
        return instruments.task_load(inputs["ratings"], weights=inputs.get("weights"))
    return ADAPTERS[function](**inputs)


def check(found: Any, expected: Any, tolerance: float, where: str) -> None:
    if isinstance(expected, dict):
        for key, value in expected.items():
            check(found[key], value, tolerance, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for i, value in enumerate(expected):
            check(found[i], value, tolerance, f"{where}[{i}]")
    elif isinstance(expected, (int, float)) and not isinstance(expected, bool):
        assert found == pytest.approx(expected, rel=0, abs=max(tolerance, 1e-12)), where
    else:
        assert found == expected, where


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_case_gives_the_number_of_its_author(row: dict[str, str]) -> None:
    inputs, expected = json.loads(row["inputs_json"]), json.loads(row["expected_json"])
    if "error" in expected:
        with pytest.raises(ValueError, match="Try:"):
            call(row["function"], inputs)
        return
    check(call(row["function"], inputs), expected, float(row["abs_tol"]), row["id"])


def test_the_proportional_split_is_exact_shapley_within_a_twentieth_of_a_point() -> None:
    import numpy as np

    rng = np.random.default_rng(5)
    model = [driver for driver in drivers() if driver.role == "driver"]
    for _ in range(6):
        x = [rng.uniform(driver.x_min, driver.x_max) for driver in model]
        c = np.array([kappa(12, 0.2) * d.log_or * (v - d.x_ref) for d, v in zip(model, x, strict=True)])
        assert split_points(c, 0.171) == pytest.approx(exact_shapley(list(c), 0.171), abs=0.0005)


def test_the_split_holds_at_the_corners_of_all_exposures_and_for_other_baselines() -> None:
    """Every driver at one of its ends, where the split is worst; all coalitions, summed at once."""
    import numpy as np

    model = [driver for driver in drivers() if driver.role == "driver"]
    m = len(model)
    members = (np.arange(1 << m)[:, None] >> np.arange(m) & 1).astype(bool)
    sizes = members.sum(axis=1)
    weights = np.array([math.factorial(k) * math.factorial(m - k - 1) / math.factorial(m) for k in range(m)])
    rng = np.random.default_rng(7)
    for p0 in (0.05, 0.171, 0.5):
        for _ in range(40):
            ends = [driver.x_max if up else driver.x_min for driver, up in zip(model, rng.random(m) < 0.6, strict=True)]
            c = np.array([kappa(12, 0.2) * d.log_or * (x - d.x_ref) for d, x in zip(model, ends, strict=True)])
            p = 1 / (1 + np.exp(-math.log(p0 / (1 - p0)) - members @ c))
            without = [~members[:, j] for j in range(m)]
            exact = [
                float((weights[sizes[w]] * (p[np.flatnonzero(w) | 1 << j] - p[w])).sum()) for j, w in enumerate(without)
            ]
            assert split_points(c, p0) == pytest.approx(exact, abs=0.0005)
