"""Cases of the resilience table through the public names, each with the same facts said in other forms."""

from __future__ import annotations

import csv
import itertools
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc
from staffcalc.resilience.holdings import read_holdings
from staffcalc.resilience.peeling import greedy_losses

with Path(__file__).with_name("cases").joinpath("resilience.csv").open(encoding="utf-8") as file:
    CASES = {row["id"]: (json.loads(row["inputs_json"]), json.loads(row["expected"])) for row in csv.DictReader(file)}


def forms(channels):
    """The same holders with people and cells named by numbers and by words, in sets, lists, tuples and arrays."""
    yield dict(enumerate(channels))
    yield {cell: set(who) for cell, who in enumerate(channels)}
    yield {cell: frozenset(who) for cell, who in enumerate(channels)}
    yield {cell: np.array(who) for cell, who in enumerate(channels)}
    yield {f"c{cell}": tuple(f"p{one}" for one in who) for cell, who in enumerate(channels)}
    yield {("channel", cell): [one, one] if len(who) == 1 else who for cell, who in enumerate(channels) for one in who}


def named(values, keys):
    return dict(zip(keys, values, strict=True))


def test_the_truck_factor_of_the_table_is_exact_and_the_greedy_rule_is_not():
    given, expected = CASES["OC01"]
    share = (given["uncovered_at_least"] - 1) / len(given["channels"])
    for holders in forms(given["channels"]):
        found = sc.truck_factor(holders, share=share)
        assert (found, found.status, found.bound) == (expected["exact"], "exact", expected["exact"])
        assert {str(one)[-1] for one in found.people} == {str(one) for one in expected["exact_set"]}
        assert len(found.cells) >= given["uncovered_at_least"]
    greedy = greedy_losses(list(read_holdings(dict(enumerate(given["channels"]))).holders), given["uncovered_at_least"])
    assert len(greedy) == expected["greedy_avelino"]


def test_every_threshold_of_the_table_is_met_by_the_share_that_stands_for_it():
    """K cells of n are more than a share (K - 1) / n, whatever the rounding of that fraction."""
    given, _ = CASES["OC01"]
    holders = dict(enumerate(given["channels"]))
    people = sorted(set(itertools.chain(*given["channels"])))
    for least in range(1, len(holders) + 1):
        brute = next(
            size
            for size in range(len(people) + 1)
            for gone in itertools.combinations(people, size)
            if sum(set(who) <= set(gone) for who in holders.values()) >= least
        )
        assert sc.truck_factor(holders, share=(least - 1) / len(holders)) == brute
    for count in (3, 7, 11, 49, 300):
        alone = {cell: {cell} for cell in range(count)}
        for least in range(1, count + 1, max(1, count // 7)):
            assert sc.truck_factor(alone, share=(least - 1) / count) == least


def test_the_smallest_loss_of_the_table_in_every_form():
    given, expected = CASES["OC02"]
    for holders in forms(given["channels"]):
        assert sc.smallest_loss(holders) == expected
        assert sc.smallest_loss(holders, required=named(given["required"], holders)) == expected
    plain = dict(enumerate(given["channels"]))
    for required in (given["required"], tuple(given["required"]), np.array(given["required"]), 1, 1.0):
        assert sc.smallest_loss(plain, required) == expected
    assert sc.smallest_loss(plain, pd.Series(given["required"])) == expected
    assert sc.smallest_loss(plain, {0: 1, 1: 3, 2: 1}) == 1
    assert sc.smallest_loss(plain, {0: 1, 1: 4, 2: 1}) == 0


def test_the_harm_shares_of_the_table_in_every_form():
    given, expected = CASES["OC04"]
    for holders in forms(given["channels"]):
        shares = sc.harm_shares(holders)
        assert {str(person)[-1]: share for person, share in shares.items()} == named(expected, "012")
        assert list(shares.values()) == sorted(shares.values(), reverse=True)
        for weights in (2.0, dict.fromkeys(holders, 2.0)):
            assert sum(sc.harm_shares(holders, weights).values()) == pytest.approx(2.0 * len(holders))
    plain = dict(enumerate(given["channels"]))
    assert sc.harm_shares(plain, [1, 2, 3, 4]) == {0: 5.5, 2: 2.5, 1: 2.0}
    assert sc.harm_shares({0: [], 1: [7]}) == {7: 1.0}


@pytest.mark.parametrize("case", ["OC06", "OC07"])
def test_the_worst_losses_of_the_table_in_every_form(case):
    given, expected = CASES[case]
    for holders in forms(given["channels"]):
        people = sorted({one for who in holders.values() for one in list(who)})
        load, capacity = named(given["load"], holders), named(given["capacity"], people)
        found = sc.worst_loss(holders, load=load, capacity=capacity, people=given["k"])
        assert (found.unserved, found.status) == (expected["unserved"], "exact")
    plain = dict(enumerate(given["channels"]))
    for read in (list, tuple, np.array):
        found = sc.worst_loss(plain, load=read(given["load"]), capacity=read(given["capacity"]), people=given["k"])
        assert float(found) == expected["unserved"]


def test_more_losses_of_the_table_equal_trying_every_set():
    given, _ = CASES["OC07"]
    holders, load, capacity = dict(enumerate(given["channels"])), given["load"], given["capacity"]
    for people in range(4):
        brute = max(
            max(
                sum(load[cell] for cell in part)
                - sum(capacity[one] for one in set().union(*(holders[cell] for cell in part)) - set(gone))
                for size in range(len(holders) + 1)
                for part in itertools.combinations(holders, size)
            )
            for gone in itertools.combinations(range(3), people)
        )
        assert float(sc.worst_loss(holders, load=load, capacity=capacity, people=people)) == brute
    assert float(sc.worst_loss(holders, load=load, capacity=capacity, people=50)) == sum(load)


def test_absence_is_a_number_or_one_for_each_person():
    cells = {"a": {"A"}, "b": {"A", "B"}, "c": {"B", "C"}}
    assert sc.expected_uncovered(cells, absence=0.2) == pytest.approx(0.28)
    assert sc.expected_uncovered(cells, absence={"A": 0.2, "B": 0.2, "C": 0.2}) == pytest.approx(0.28)
    assert sc.expected_uncovered(cells, absence={"A": 0.1, "B": 0.5, "C": 1.0}) == pytest.approx(0.1 + 0.05 + 0.5)
    assert sc.expected_uncovered(cells, absence=0.2, required={"a": 1, "b": 2, "c": 1}) == pytest.approx(
        0.2 + (1 - 0.64) + 0.04
    )
    assert sc.expected_uncovered(cells, absence=0.2, weights={"a": 10, "b": 0, "c": 1}) == pytest.approx(2.04)
    assert sc.expected_uncovered({0: [0], 1: [0, 1]}, absence=[0.1, 0.5]) == pytest.approx(0.15)
    assert sc.expected_uncovered({"nobody": set()}, absence=0.0) == 1.0
    assert sc.expected_uncovered(cells, absence=0) == 0.0
    assert sc.expected_uncovered(cells, absence=1) == 3.0


def test_groups_that_strike_together_add_to_the_absence_of_each():
    """Two holders away 10% each, both at once in 5% more of the time: 1 - 0.95 x 0.99 (derived)."""
    found = sc.expected_uncovered({"a": {1, 2}}, absence=0.1, groups={"flu": [1, 2]}, group_absence=0.05)
    assert found == pytest.approx(1 - 0.95 * (1 - 0.1**2))
    assert math.isclose(sc.truck_factor({"a": {1, 2}, "b": {3}}, share=0.6, groups={"site": [1, 2, 3]}), 1)
