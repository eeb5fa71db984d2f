"""Priorities and fixed handle times: the rows of the case file, a chain solved by itself, and a small simulation."""

import csv
import heapq
import json
import math
import pathlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import staffcalc as sc

CASES = {
    row["id"]: (json.loads(row["inputs_json"]), json.loads(row["output"]))
    for row in csv.DictReader(
        (pathlib.Path(__file__).parent / "cases" / "staffing_benchmarks.csv").read_text(encoding="utf-8").splitlines()
    )
}


def embedded_chain(agents, load, size):
    """Number in system one handle time later: those beyond the agents stay, a Poisson number is new."""
    step = np.zeros((size, size))
    for n in range(size):
        left = max(n - agents, 0)
        step[n, left:] = stats.poisson.pmf(np.arange(size - left), load)
        step[n, -1] += 1 - step[n].sum()
    p = np.linalg.lstsq(np.vstack([step.T - np.eye(size), np.ones(size)]), np.append(np.zeros(size), 1.0), rcond=None)[
        0
    ]
    waiting = (np.maximum(np.arange(size) - agents, 0) * p).sum()
    return waiting / load, p[agents:].sum()


@pytest.mark.parametrize("name", ["MD2", "MD5", "MD10"])
def test_fixed_handle_times_match_the_case_file_and_an_embedded_chain(name):
    case, right = CASES[name]
    load = case["c"] * case["rho"]
    wait = sc.fixed_time_wait_minutes(case["c"], load, aht_minutes=case["D"])
    assert wait == pytest.approx(right["Wq"], rel=1e-8)
    chain_wait, chain_waiting = embedded_chain(case["c"], load, 330)
    assert wait == pytest.approx(chain_wait, rel=1e-7)
    assert chain_waiting == pytest.approx(right["pw"], rel=1e-6)
    mixed = sc.average_wait_minutes(case["c"], load, aht_minutes=case["D"])
    assert wait / mixed == pytest.approx(right["ratio_to_MMc"], rel=1e-7)


def test_one_agent_with_fixed_times_waits_half_as_long():
    """Pollaczek and Khinchine: rho D / (2 (1 - rho))."""
    for rho in (0.05, 0.5, 0.9, 0.99):
        wait = sc.fixed_time_wait_minutes(1, rho, aht_minutes=8)
        assert wait == pytest.approx(8 * rho / (2 * (1 - rho)), rel=1e-9)


def test_priorities_match_the_case_file():
    case, right = CASES["PR1"]
    urgent, other = sc.priority_waits(case["s"], [case["lam_high"], case["lam_low"]], aht_minutes=1 / case["mu"])
    assert urgent == pytest.approx(right["Wq_high"], rel=1e-8)
    assert other == pytest.approx(right["Wq_low"], rel=1e-8)


def test_priorities_match_a_simulation():
    rng = np.random.default_rng(11)
    agents, loads, count = 3, [0.6, 1.5], 120_000
    times = np.cumsum(rng.exponential(1 / sum(loads), count))
    urgent = rng.random(count) < loads[0] / sum(loads)
    work = rng.exponential(1.0, count)
    free, queue, waits = [0.0] * agents, [], [[], []]
    i = 0
    while i < count or queue:
        soonest = free[0]
        if queue and (i == count or soonest <= times[i]):
            rank, arrived, job = heapq.heappop(queue)
            start = max(heapq.heappop(free), arrived)
            waits[rank].append(start - arrived)
            heapq.heappush(free, start + work[job])
        elif soonest <= times[i] and not queue:
            heapq.heappop(free)
            waits[int(not urgent[i])].append(0.0)
            heapq.heappush(free, times[i] + work[i])
            i += 1
        else:
            heapq.heappush(queue, (int(not urgent[i]), times[i], i))
            i += 1
    right = sc.priority_waits(agents, loads, aht_minutes=1)
    for seen, mean in zip(waits, right, strict=True):
        blocks = np.array_split(np.array(seen), 30)
        means = np.array([block.mean() for block in blocks])
        assert abs(means.mean() - mean) < 4 * means.std(ddof=1) / math.sqrt(30)


@given(loads=st.lists(st.floats(0.01, 20), min_size=1, max_size=5), extra=st.floats(0.05, 10))
def test_urgency_moves_waiting_around_and_removes_none(loads, extra):
    agents = sum(loads) + extra
    waits = sc.priority_waits(agents, loads, aht_minutes=6)
    assert waits == sorted(waits)
    mean = sum(load * wait for load, wait in zip(loads, waits, strict=True)) / sum(loads)
    assert mean == pytest.approx(sc.average_wait_minutes(agents, sum(loads), aht_minutes=6), rel=1e-9)


def test_a_class_that_is_never_reached_waits_for_ever():
    """Three agents, four erlangs: the urgent class is as if every agent were always busy."""
    urgent, other = sc.priority_waits(3, [2, 2], aht_minutes=9)
    assert urgent == pytest.approx(9 / 3 / (1 - 2 / 3))
    assert other == math.inf
    assert sc.priority_waits(3, [0, 0], aht_minutes=9) == [0, 0]
    assert sc.priority_waits(0, [1], aht_minutes=9) == [math.inf]
    assert sc.fixed_time_wait_minutes(3, 3, aht_minutes=9) == math.inf
    assert sc.fixed_time_wait_minutes(3, 0, aht_minutes=9) == 0
    for bad in ([], 3.0, [1, -1]):
        with pytest.raises(sc.InputError, match="load_erlangs_by_class"):
            sc.priority_waits(3, bad, aht_minutes=9)
