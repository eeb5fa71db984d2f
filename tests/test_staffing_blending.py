"""Blending and chats against birth-death chains solved by linear algebra, and the rows of the case file."""

import csv
import json
import pathlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import staffcalc as sc

CASES = {
    row["id"]: (json.loads(row["inputs_json"]), json.loads(row["output"]))
    for row in csv.DictReader(
        (pathlib.Path(__file__).parent / "cases" / "staffing_benchmarks.csv").read_text(encoding="utf-8").splitlines()
    )
}


def stationary(births, deaths):
    """Solve pi Q = 0 for a birth-death chain by least squares; no product form."""
    n = len(births)
    q = np.zeros((n, n))
    for i in range(n):
        if i + 1 < n:
            q[i, i + 1] = births[i]
        if i > 0:
            q[i, i - 1] = deaths[i]
        q[i, i] = -q[i].sum()
    equations = np.vstack([q.T, np.ones(n)])
    return np.linalg.lstsq(equations, np.append(np.zeros(n), 1.0), rcond=None)[0]


@pytest.mark.parametrize("name", ["BL7_5", "BL14_12"])
def test_blending_rows_of_the_case_file(name):
    case, right = CASES[name]
    found = sc.blend_threshold(
        messages_per_hour=case["lam"], aht_minutes=60 / case["mu"], agents=case["s"], threshold=case["c"]
    )
    assert found["wait_probability"] == pytest.approx(right["pw"], rel=1e-9)
    assert found["deferred_per_hour"] == pytest.approx(right["deferred_throughput"], rel=1e-9)
    assert found["occupancy"] == pytest.approx(right["occ"], rel=1e-9)


@pytest.mark.parametrize(
    ("agents", "threshold", "deferred", "occupancy"),
    [(7, 5, 14.6, 0.82), (8, 6, 19.8, 0.83), (9, 7, 25.3, 0.84), (10, 9, 36.0, 0.93)],
)
def test_the_table_of_thresholds_is_reproduced(agents, threshold, deferred, occupancy):
    """20 messages an hour of 10 minutes, 80% in 60 s."""
    best = sc.choose_blend_threshold(
        messages_per_hour=20, aht_minutes=10, agents=agents, within_minutes=1, service_level=0.8
    )
    assert best["threshold"] == threshold
    assert best["deferred_per_hour"] == pytest.approx(deferred, abs=0.05)
    assert best["occupancy"] == pytest.approx(occupancy, abs=0.005)
    assert best["deferred_per_hour"] <= (agents - 20 / 6) * 6


@pytest.mark.parametrize(("agents", "threshold", "rate"), [(6, 4, 20.0), (5, 5, 12.0), (9, 0, 30.0), (3, 2, 1.0)])
def test_blending_matches_the_chain_solved_by_linear_algebra(agents, threshold, rate):
    mu, top = 6.0, 400
    states = np.arange(threshold, top)
    births = np.full(states.size, rate)
    # one that ends at the threshold is replaced at once by deferred work: no way down from there
    deaths = np.minimum(states, agents) * mu
    deaths[0] = 0.0
    pi = stationary(births, deaths)
    found = sc.blend_threshold(messages_per_hour=rate, aht_minutes=10, agents=agents, threshold=threshold)
    assert found["wait_probability"] == pytest.approx(pi[states >= agents].sum(), abs=1e-9)
    assert found["deferred_per_hour"] == pytest.approx(threshold * mu * pi[0], abs=1e-7)
    assert found["occupancy"] == pytest.approx((pi * np.minimum(states, agents)).sum() / agents, abs=1e-9)


@given(rate=st.floats(0, 5000), agents=st.integers(1, 900), threshold=st.integers(0, 900))
def test_blending_balances_the_books(rate, agents, threshold):
    """Busy agents = messages served + deferred work done, as long as the team keeps up."""
    threshold = min(threshold, agents)
    found = sc.blend_threshold(messages_per_hour=rate, aht_minutes=10, agents=agents, threshold=threshold)
    assert 0 <= found["wait_probability"] <= 1
    if rate / 6 < agents:
        assert found["occupancy"] * agents * 6 == pytest.approx(rate + found["deferred_per_hour"], rel=1e-7, abs=1e-7)
    else:
        assert found == {"wait_probability": 1.0, "deferred_per_hour": 0.0, "occupancy": 1.0}


def test_no_deferred_work_is_erlang_c():
    found = sc.blend_threshold(messages_per_hour=60, aht_minutes=10, agents=14, threshold=0, within_minutes=1)
    assert found["wait_probability"] == pytest.approx(sc.erlang_c(14, 10), rel=1e-12)
    level = sc.service_level(14, 10, aht_minutes=10, within_minutes=1)
    assert found["service_level"] == pytest.approx(level, rel=1e-12)


def test_a_team_that_is_too_small_is_told_how_many_it_takes():
    with pytest.raises(sc.InfeasibleError, match="Try: 6 agents"):
        sc.choose_blend_threshold(messages_per_hour=20, aht_minutes=10, agents=4, within_minutes=1, service_level=0.8)
    with pytest.raises(sc.InputError, match="threshold"):
        sc.blend_threshold(messages_per_hour=20, aht_minutes=10, agents=4, threshold=5)


# ------------------------------------------------------------------------------------------------------------- chats

PACE = [8, 10, 12]


@pytest.mark.parametrize(("rate", "chain", "quick", "divided"), [(40, 0.459, 0.399, 0.782), (20, 0.993, 0.984, 0.969)])
def test_the_chat_table_is_reproduced(rate, chain, quick, divided):
    """h(k) = 8 + 2 (k - 1) minutes, at most three chats, three agents, within a minute."""
    assert sc.chat_service_level(3, rate, aht_minutes_by_chats=PACE, within_minutes=1) == pytest.approx(chain, abs=5e-4)
    full = sc.service_level(9, rate * 12 / 60, aht_minutes=12, within_minutes=1)
    assert full == pytest.approx(quick, abs=5e-4)
    naive = sc.service_level(3, rate * 8 / 3 / 60, aht_minutes=8 / 3, within_minutes=1)
    assert naive == pytest.approx(divided, abs=5e-4)


@pytest.mark.parametrize(("agents", "rate", "pace"), [(3, 40, [8, 10, 12]), (2, 25, [5, 12, 13, 15]), (4, 9, [20])])
def test_chats_match_the_chain_solved_by_linear_algebra(agents, rate, pace):
    most, top = len(pace), 300

    def death(chats):
        held = (
            [chats // agents + (i < chats % agents) for i in range(agents)]
            if chats < agents * most
            else [most] * agents
        )
        return sum(60 * k / pace[k - 1] for k in held if k)

    pi = stationary(np.full(top, float(rate)), np.array([death(n) for n in range(top)]))
    waiting = pi[agents * most :].sum()
    assert sc.chat_wait_probability(agents, rate, aht_minutes_by_chats=pace) == pytest.approx(waiting, abs=1e-9)


def test_one_chat_at_a_time_is_erlang_c():
    assert sc.chat_wait_probability(14, 200, aht_minutes_by_chats=[3]) == pytest.approx(sc.erlang_c(14, 10), rel=1e-12)


@given(rate=st.floats(0, 2000), level=st.floats(0.05, 0.99), within=st.floats(0, 10))
def test_the_chat_team_is_the_smallest_that_works(rate, level, within):
    keywords = {"aht_minutes_by_chats": PACE, "within_minutes": within}
    n = sc.required_chat_agents(rate, service_level=level, **keywords)
    assert sc.chat_service_level(n, rate, **keywords) >= level
    assert n == 0 or sc.chat_service_level(n - 1, rate, **keywords) < level


def test_chat_edges_are_defined():
    keywords = {"aht_minutes_by_chats": PACE}
    assert sc.chat_service_level(0, 0, within_minutes=1, **keywords) == 1
    assert sc.chat_service_level(1, 15, within_minutes=1, **keywords) == 0
    assert sc.required_chat_agents(0, within_minutes=1, service_level=0.8, **keywords) == 0
    for bad in ([], 8, [8, 0]):
        with pytest.raises(sc.InputError, match="aht_minutes_by_chats"):
            sc.chat_service_level(3, 10, aht_minutes_by_chats=bad, within_minutes=1)
    with pytest.raises(sc.InputError, match="service_level"):
        sc.required_chat_agents(10, within_minutes=1, service_level=1, **keywords)
