"""The two sleepiness models against published numbers, reference runs of another program, and an ODE solver."""

from __future__ import annotations

import csv
import io
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

import staffcalc as sc

TEXT = (Path(__file__).parent / "cases" / "coverage.csv").read_text(encoding="utf-8")
CASES = {row["id"]: row for row in csv.DictReader(io.StringIO(TEXT))}


def case(key: str) -> tuple[Any, Any]:
    return json.loads(CASES[key]["inputs_json"]), json.loads(CASES[key]["expected"])


def test_the_first_hour_awake_matches_the_printed_numbers() -> None:
    facts, expected = case("OC21")
    frame = sc.three_process_fatigue([], at=facts["tod"], wake_at=8, homeostat=7.96)
    assert frame["S"].round(3).tolist() == pytest.approx(expected["S"], abs=1e-3)
    assert frame["kss"].tolist() == pytest.approx(expected["KSS"], abs=0.05)
    assert frame["kss"].tolist()[1:] == pytest.approx(expected["KSS"][1:], abs=0.005)
    alert = frame["S"] + frame["C"] + frame["U"]
    assert alert.tolist() == pytest.approx(expected["alertness_S+C+U"], abs=0.005)


def test_sleep_from_the_reference_level_reaches_the_break_level_after_five_hours() -> None:
    _, hours = case("OC24")
    frame = sc.three_process_fatigue([(8, 16)], at=8 + hours, wake_at=8, homeostat=7.96)
    assert frame["S"].item() == pytest.approx(12.2, abs=1e-6)


def test_regular_nights_and_a_broken_night_match_the_reference_program() -> None:
    facts, expected = case("OC25a")
    for name, run in facts["cases"].items():
        frame = sc.three_process_fatigue(run["sleep"], at=run["at"], wake_at=facts["wake_at"], homeostat=facts["S0"])
        assert frame["S"].tolist() == pytest.approx(expected[name]["S"], abs=1e-7)
        assert frame["kss"].tolist() == pytest.approx(expected[name]["KSS"], abs=1e-7)


def test_night_duties_match_the_measured_scenarios() -> None:
    """S = 14 on waking at 07:00; figures measured with the R package FIPS."""
    first = sc.three_process_fatigue([(23, 31), (42, 44)], at=[50, 53, 54], wake_at=7)
    assert first["kss"].round(2).tolist() == [6.33, 6.84, 6.76]
    second = sc.three_process_fatigue([(23, 31), (56, 62)], at=[74, 77, 78], wake_at=7)
    assert second["kss"].round(2).tolist() == [7.13, 7.56, 7.46]


def test_seven_short_nights_match_the_unified_reference_run() -> None:
    facts, expected = case("OC22a")
    frame = sc.unified_fatigue(facts["sleep"], at=[4 + row / 12 for row in facts["row"]], start=4)
    assert frame["fatigue"].tolist() == pytest.approx(expected, abs=1e-8)


def test_the_unified_model_solves_its_own_differential_equations() -> None:
    u0, tau_w, tau_s, tau_la = 24.12, 40.0, 1.0, 97.44
    sleep = [(23.0, 30.5), (47.0, 49.0), (72.5, 80.0)]

    def slope(t: float, state: np.ndarray, asleep: bool) -> list[float]:
        s, debt = state
        return [(debt - s) / tau_s, (-2 * u0 - debt) / tau_la] if asleep else [(u0 - s) / tau_w, (u0 - debt) / tau_la]

    state, edges = np.array([2.0, 1.0]), [7.0, *(edge for span in sleep for edge in span), 90.0]
    for number, (start, end) in enumerate(itertools.pairwise(edges)):
        solved = solve_ivp(slope, (start, end), state, args=(number % 2 == 1,), rtol=1e-11, atol=1e-11)
        state = solved.y[:, -1]
    frame = sc.unified_fatigue(sleep, at=90.0, start=7.0, s=2.0, l=1.0)
    assert frame[["S", "L"]].iloc[0].tolist() == pytest.approx(state.tolist(), abs=1e-8)


@given(level=st.floats(3, 14.2), start=st.floats(8, 40), length=st.floats(0.5, 12))
def test_the_state_never_jumps_when_sleep_begins_or_ends(level: float, start: float, length: float) -> None:
    edges = [start, start + length]
    near = [edge + step for edge in edges for step in (-1e-7, 1e-7)]
    three = sc.three_process_fatigue([(start, start + length)], at=near, wake_at=7, homeostat=level)["S"].to_numpy()
    both = sc.unified_fatigue([(start, start + length)], at=near, start=7, s=level)[["S", "L"]].to_numpy()
    assert np.abs(np.diff(three)[::2]).max() < 1e-5
    assert np.abs(np.diff(both, axis=0)[::2]).max() < 1e-4


@given(start=st.floats(8, 40), length=st.floats(0.5, 12))
def test_sleep_always_restores_and_waking_always_tires(start: float, length: float) -> None:
    end = start + length
    frame = sc.three_process_fatigue([(start, end)], at=[7, start, end, end + 3], wake_at=7)["S"].tolist()
    assert frame[0] > frame[1] < frame[2] > frame[3]


def test_dip_and_inertia_can_be_left_out() -> None:
    frame = sc.three_process_fatigue([], at=[7.0, 15.0], wake_at=7, ultradian=False, inertia=False)
    assert frame["U"].tolist() == frame["W"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("sleep", "words"),
    [
        ([(23, 23)], "ends at hour 23"),
        ([(23, 31), (30, 33)], "without overlap"),
        ([(5, 9)], "before wake_at=7"),
        ([(5, 9, 3)], "not a list of sleeps"),
    ],
)
def test_impossible_sleep_is_refused_with_advice(sleep: list[tuple[float, float]], words: str) -> None:
    with pytest.raises(sc.InputError, match=words):
        sc.three_process_fatigue(sleep, at=40, wake_at=7)


def test_an_hour_before_the_first_waking_is_refused() -> None:
    with pytest.raises(sc.InputError, match="Try: hours from 7"):
        sc.three_process_fatigue([], at=[6, 8], wake_at=7)
    with pytest.raises(sc.InputError, match="start"):
        sc.unified_fatigue([], at=[3], start=4)
