"""Truth of the resilience room: what is exact is compared with counting every set of losses, order or state."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import numpy as np
import pytest

import staffcalc as sc
from staffcalc.errors import InputError
from staffcalc.resilience.colleagues import rows_broken
from staffcalc.resilience.fewest_losses import threshold
from staffcalc.resilience.harm import any_uncovered_chance, birnbaum, uncovered_chances
from staffcalc.resilience.holdings import read_holdings
from staffcalc.resilience.peeling import few_losses, greedy_losses
from staffcalc.resilience.worst_losses import capacities, loads, peak_utilisation, unserved_load

GREEDY_TRAP = {n: {0} for n in range(3)} | {n: {1} for n in range(3, 6)} | {n: {2, 3, 4} for n in range(6, 10)}
SHARED = {0: {0, 1}, 1: {0, 2}, 2: {1, 2}, 3: {0}}


def small(seed, *, with_groups=False):
    """A random instance of up to seven people: holders, required, channels of cells, groups, weights."""
    dice = random.Random(seed)
    people = range(dice.randint(2, 7))
    holders = {cell: set(dice.sample(people, dice.randint(1, len(people)))) for cell in range(dice.randint(2, 9))}
    required = {cell: dice.choice([1, 1, 2, 3]) for cell in holders}
    channels = {cell: dice.randint(0, 3) for cell in holders}
    groups = (
        {f"g{n}": dice.sample(people, dice.randint(1, min(3, len(people)))) for n in range(2)} if with_groups else {}
    )
    weights = {cell: dice.choice([1, 1, 2, 5]) for cell in holders}
    return holders, required, channels, groups, weights


def uncovered_after(holders, required, gone):
    return {cell for cell, who in holders.items() if len(who - gone) < required[cell]}


def fewest(holders, groups, enough):
    """Brute force: every set of losses, small ones first."""
    losses = [{person} for person in sorted(set().union(*holders.values()))] + [set(who) for who in groups.values()]
    for size in range(len(losses) + 1):
        for chosen in itertools.combinations(losses, size):
            if enough(set().union(*chosen)):
                return size
    raise AssertionError("losing everybody fails everything")


@pytest.mark.parametrize("seed", range(60))
def test_the_truck_factor_counts_decimal_tiny_and_huge_weights_exactly(seed):
    dice = random.Random(seed)
    people = range(dice.randint(2, 6))
    holders = {cell: set(dice.sample(people, dice.randint(1, len(people)))) for cell in range(dice.randint(2, 6))}
    drawn = [lambda: dice.choice([0.1, 0.2, 0.3, 1.5]), lambda: dice.choice([1, 3, 10**7, 10**9]), dice.random][
        seed % 3
    ]
    weights = {cell: drawn() for cell in holders}
    exact = {cell: Fraction(repr(float(weight))) for cell, weight in weights.items()}
    for share in (0, 0.29, 0.5, 0.999):
        needed = Fraction(str(share)) * sum(exact.values())
        counts = (
            size
            for size in range(len(people) + 1)
            for gone in itertools.combinations(people, size)
            if sum(exact[cell] for cell, who in holders.items() if who <= set(gone)) > needed
        )
        found = sc.truck_factor(holders, share=share, weights=weights)
        assert (found, found.status) == (next(counts), "exact")


def test_what_a_lost_group_uncovers_includes_cells_that_were_not_counted():
    found = sc.truck_factor({"a": {1, 2}, "b": {3}}, share=0, weights={"a": 1, "b": 0}, groups={"g": [1, 2, 3]})
    assert (found, found.groups, found.cells) == (1, {"g"}, {"a", "b"})


@pytest.mark.parametrize("with_groups", [False, True])
def test_the_truck_factor_equals_counting_every_set_of_losses(with_groups):
    """250 random instances each, several required per cell; half with groups that are lost together."""
    for seed in range(250):
        holders, required, _, groups, weights = small(seed, with_groups=with_groups)
        share = random.Random(seed).choice([0.0, 0.2, 0.5, 0.8])
        needed = math.floor(share * sum(weights.values()) + 1e-9) + 1
        found = sc.truck_factor(holders, share=share, required=required, weights=weights, groups=groups)

        def enough(gone, holders=holders, required=required, weights=weights, needed=needed):
            return sum(weights[cell] for cell in uncovered_after(holders, required, gone)) >= needed

        assert found == fewest(holders, groups, enough), seed
        gone = set(found.people).union(*(groups[name] for name in found.groups))
        assert len(found.people) + len(found.groups) == found
        assert enough(gone)
        assert found.cells == uncovered_after(holders, required, gone)
        assert (found.status, found.bound, found.gap) == ("exact", found, 0.0)


@pytest.mark.parametrize("with_groups", [False, True])
def test_a_channel_fails_when_any_of_its_cells_fails(with_groups):
    for seed in range(150):
        holders, required, channels, groups, _ = small(1000 + seed, with_groups=with_groups)
        needed = len(set(channels.values())) // 2 + 1
        found = sc.truck_factor(holders, share=0.5, required=required, channels=channels, groups=groups)

        def enough(gone, holders=holders, required=required, channels=channels, needed=needed):
            return len({channels[cell] for cell in uncovered_after(holders, required, gone)}) >= needed

        assert found == fewest(holders, groups, enough), seed


@pytest.mark.parametrize("with_groups", [False, True])
def test_the_smallest_loss_equals_counting_every_set_of_losses(with_groups):
    for seed in range(150):
        holders, required, _, groups, _ = small(2000 + seed, with_groups=with_groups)
        found = sc.smallest_loss(holders, required, groups=groups)

        def enough(gone, holders=holders, required=required):
            return bool(uncovered_after(holders, required, gone))

        assert found == fewest(holders, groups, enough), seed
        if found:
            assert enough(set(found.people).union(*(groups[name] for name in found.groups)))


def test_minimal_cut_sets_equal_counting_every_set_of_people():
    for seed in range(100):
        holders, required, _, _, _ = small(3000 + seed)
        people = sorted(set().union(*holders.values()))
        short = uncovered_after(holders, required, set())
        standing = {cell: who for cell, who in holders.items() if cell not in short}
        cutting = [
            set(part)
            for size in range(1, 4)
            for part in itertools.combinations(people, size)
            if uncovered_after(standing, required, set(part))
        ]
        minimal = {frozenset(cut) for cut in cutting if not any(other < cut for other in cutting)}
        found = sc.minimal_cut_sets(holders, required, order=3)
        assert len(found) == len(set(found))
        assert set(found) == minimal, seed


def most_served(holders, load, capacity, gone):
    """Maximum flow by brute force over cuts: every set of cells against the capacity around it."""
    cells = list(holders)
    return max(
        sum(load[cell] for cell in part)
        - sum(capacity[i] for i in set().union(*(holders[cell] for cell in part)) - gone)
        for size in range(len(cells) + 1)
        for part in itertools.combinations(cells, size)
    )


@pytest.mark.parametrize("with_groups", [False, True])
def test_the_worst_loss_equals_trying_every_set_of_people(with_groups):
    for seed in range(60):
        holders, _, _, groups, _ = small(4000 + seed, with_groups=with_groups)
        holders = dict(list(holders.items())[:6])
        dice = random.Random(seed)
        load = {cell: dice.randint(0, 12) / 2 for cell in holders}
        people = sorted(set().union(*holders.values()))
        capacity = {person: dice.randint(0, 20) / 2 for person in people}
        losses = [{person} for person in people] + [set(who) for who in groups.values()]
        for count in (0, 1, 2):
            brute = max(
                most_served(holders, load, capacity, set().union(*chosen))
                for chosen in itertools.combinations(losses, min(count, len(losses)))
            )
            found = sc.worst_loss(holders, load=load, capacity=capacity, people=count, groups=groups)
            assert found == pytest.approx(brute, abs=1e-9), seed
            assert found.status == "exact"
            gone = set(found.people).union(*(groups[name] for name in found.groups))
            assert most_served(holders, load, capacity, gone) == pytest.approx(brute, abs=1e-9)


@pytest.mark.parametrize("even_capacity", [True, False])
def test_the_worst_three_of_evenly_shared_work_equal_trying_every_set(even_capacity):
    """Twelve people, every one as likely a holder as any other: what needs the rows of colleagues for its proof."""
    for seed in range(6):
        dice = np.random.default_rng(seed)
        cells = {c: set(dice.choice(12, size=2 + c % 2, replace=False).tolist()) for c in range(16)}
        work = dice.uniform(1, 20, 16)
        able = np.full(12, 1.1 * work.sum() / 12) * (1 if even_capacity else dice.uniform(0.3, 1.7, 12))
        held = read_holdings(cells)
        capacity = {person: able[person] for person in held.people}
        brute = max(
            float(unserved_load(held, work, capacities(held, capacity), gone=gone))
            for gone in itertools.combinations(range(len(held.people)), 3)
        )
        found = sc.worst_loss(cells, load=dict(enumerate(work)), capacity=capacity, people=3)
        assert found == pytest.approx(brute, abs=1e-7)
        assert (found.status, found.gap) == ("exact", 0.0)


def test_rows_of_colleagues_hold_for_every_set_of_people():
    """No set of people may break a row that a fractional solution breaks: they are cuts, not guesses."""
    dice = np.random.default_rng(0)
    cells = [sorted(dice.choice(9, size=2 + c % 3, replace=False).tolist()) for c in range(12)]
    held_by = [[c for c, who in enumerate(cells) if person in who] for person in range(9)]
    for most in (2, 4, 6):
        starved = dice.uniform(0.1, 0.5, 12)
        there = np.array([max(starved[c] for c in held_by[person]) for person in range(9)])
        of_cells, of_people = rows_broken(starved, there, cells, held_by, most)
        assert of_cells.shape[0] > 0
        assert (of_cells @ starved + of_people @ there > 0).all()
        for size in range(most + 1):
            for people in itertools.combinations(range(9), size):
                is_there = np.array([float(person in people) for person in range(9)])
                inside = np.array([float(set(who) <= set(people)) for who in cells])
                assert (of_cells @ inside + of_people @ is_there <= 1e-9).all()


def test_a_worst_loss_out_of_time_says_between_which_numbers_it_lies():
    dice = np.random.default_rng(0)
    cells = {c: set(dice.choice(60, size=4, replace=False).tolist()) for c in range(90)}
    found = sc.worst_loss(cells, load=10, capacity=20, people=5, time_limit=0)
    assert found.status == "at_least"
    proven = sc.worst_loss(cells, load=10, capacity=20, people=5)
    assert float(found) <= proven <= found.bound
    assert proven.status == "exact"


def test_the_load_left_unserved_equals_an_independent_linear_programme():
    """Largest flow by scipy's linear programme, on loads and capacities with many decimals."""
    from scipy.optimize import linprog

    for seed in range(40):
        holders, _, _, _, _ = small(5000 + seed)
        generator = np.random.default_rng(seed)
        held = read_holdings(holders)
        work, able = generator.random(len(held.cells)), generator.random(len(held.people))
        edges = [(cell, person) for cell, who in enumerate(held.holders) for person in who]
        matrix = [[float(edge[0] == cell) for edge in edges] for cell in range(len(held.cells))]
        matrix += [[float(edge[1] == person) for edge in edges] for person in range(len(held.people))]
        served = -linprog([-1.0] * len(edges), A_ub=matrix, b_ub=[*work, *able]).fun
        assert unserved_load(held, work, able, gone=()) == pytest.approx(work.sum() - served, abs=1e-7)


def test_harm_shares_equal_the_average_over_every_order_of_leaving():
    for seed in range(40):
        holders, required, _, _, weights = small(6000 + seed)
        people = sorted(set().union(*holders.values()))[:5]
        holders = {cell: who & set(people) for cell, who in holders.items()}
        totals = dict.fromkeys(people, 0.0)
        for order in itertools.permutations(people):
            gone: set[int] = set()
            before = uncovered_after(holders, required, gone)
            for person in order:
                gone.add(person)
                after = uncovered_after(holders, required, gone)
                totals[person] += sum(weights[cell] for cell in after - before)
                before = after
        brute = {person: total / math.factorial(len(people)) for person, total in totals.items()}
        found = sc.harm_shares(holders, weights, required=required)
        assert {p: found.get(p, 0.0) for p in people} == pytest.approx(brute)


def states(people, absence):
    for present in itertools.product((True, False), repeat=len(people)):
        there = {person for person, here in zip(people, present, strict=True) if here}
        yield set(people) - there, math.prod(1 - absence[i] if i in there else absence[i] for i in people)


def test_expected_uncovered_birnbaum_and_any_equal_counting_every_state():
    for seed in range(60):
        holders, required, _, _, weights = small(7000 + seed)
        people = sorted(set().union(*holders.values()))
        dice = random.Random(seed)
        absence = {person: dice.choice([0.0, 0.1, 0.3, 0.8, 1.0]) for person in people}
        cost = expected = anything = 0.0
        for gone, chance in states(people, absence):
            short = uncovered_after(holders, required, gone)
            expected += chance * sum(weights[cell] for cell in short)
            anything += chance * bool(short)
        found = sc.expected_uncovered(holders, absence=absence, required=required, weights=weights)
        assert found == pytest.approx(expected)
        assert any_uncovered_chance(holders, absence=absence, required=required)[0] == pytest.approx(anything)
        importance = birnbaum(holders, absence=absence, required=required, weights=weights)
        for person in people:
            cost = [
                sc.expected_uncovered(holders, absence={**absence, person: away}, required=required, weights=weights)
                for away in (0.0, 1.0)
            ]
            assert importance[person] == pytest.approx(cost[1] - cost[0], abs=1e-12)


def test_groups_that_are_away_together_equal_counting_every_state():
    for seed in range(60):
        holders, required, _, groups, _ = small(8000 + seed, with_groups=True)
        people = sorted(set().union(*holders.values()))
        absence = dict.fromkeys(people, 0.1)
        together = {"g0": 0.2, "g1": 0.05}
        brute = dict.fromkeys(holders, 0.0)
        for struck in itertools.product((False, True), repeat=2):
            lost = {i for name, hit in zip(groups, struck, strict=True) if hit for i in groups[name]}
            weight = math.prod(together[n] if hit else 1 - together[n] for n, hit in zip(groups, struck, strict=True))
            for gone, chance in states(people, absence):
                for cell in uncovered_after(holders, required, gone | lost):
                    brute[cell] += weight * chance
        found = uncovered_chances(holders, absence=absence, required=required, groups=groups, group_absence=together)
        assert found == pytest.approx(brute)


def test_a_simulated_chance_lies_within_four_standard_errors_of_the_exact_one():
    holders, _, _, _, _ = small(7)
    exact, none = any_uncovered_chance(holders, absence=0.3, required=1)
    guess, error = any_uncovered_chance(holders, absence=0.3, required=1, enumerate_at_most=0, draws=20_000, seed=1)
    assert none == 0.0
    assert 0 < error < 0.01
    assert abs(guess - exact) < 4 * error


def test_the_usual_greedy_rule_says_four_where_two_people_suffice():
    """OC01: derived; the greedy rule is that of Avelino et al. 2016. It errs to the unsafe side."""
    exact = sc.truck_factor(GREEDY_TRAP, share=0.5)
    assert (exact, exact.people) == (2, {0, 1})
    cells = list(read_holdings(GREEDY_TRAP).holders)
    assert len(greedy_losses(cells, needed=6)) == 4
    assert sc.truck_factor(GREEDY_TRAP, share=0.5, time_limit=0) in (2, 3, 4)


def test_greedy_can_be_wrong_by_any_factor():
    """g generalists on the shared cells: the truth stays 2, the greedy answer grows to g + 1 (derived)."""
    for generalists in (3, 5, 8):
        shared = set(range(2, 2 + generalists))
        cells = {n: {0} for n in range(3)} | {n: {1} for n in range(3, 6)} | dict.fromkeys(range(6, 10), shared)
        assert sc.truck_factor(cells, share=0.5) == 2
        assert len(greedy_losses(list(read_holdings(cells).holders), needed=6)) == generalists + 1


def test_quick_bounds_are_never_below_the_truth():
    for seed in range(60):
        holders, required, _, _, _ = small(9000 + seed)
        held = read_holdings(holders, required)
        units = [
            (frozenset([(held.holders[c], held.deficit(c))]), 1.0)
            for c in range(len(held.cells))
            if held.deficit(c) > 0
        ]
        short = len(held.cells) - len(units)
        needed = threshold([1.0] * len(held.cells), 0.5) - short
        if needed <= 0 or needed > len(units):
            continue
        quick = few_losses([frozenset([p]) for p in range(len(held.people))], units, needed)
        gone = {held.people[person] for person in quick}
        assert len(uncovered_after(holders, required, gone)) - short >= needed
        assert len(quick) >= sc.truck_factor(holders, share=0.5, required=required)


def test_published_cases_of_the_resilience_table():
    """OC02, OC04, OC06 and OC07 of the case table (derived; checked there by brute force)."""
    assert sc.smallest_loss({0: {0, 1}, 1: {1, 2, 3}, 2: {0, 2}}) == 2
    assert sc.harm_shares(SHARED) == {0: 2.0, 1: 1.0, 2: 1.0}
    for people, unserved in ((0, 0.0), (1, 8.0)):
        found = sc.worst_loss(SHARED, load=[10, 8, 6, 4], capacity=[12, 10, 10], people=people)
        assert float(found) == unserved


def test_spare_counts_of_the_research_example():
    """(n, r) = (5, 3), (4, 1), (6, 3): sizes 3, 4, 4, so the smallest loss is 3 (derived)."""
    cells = {"a": set("ABCDE"), "b": set("FGHI"), "c": set("JKLMNO")}
    assert sc.smallest_loss(cells, {"a": 3, "b": 1, "c": 3}) == 3


def test_expected_uncovered_of_the_research_example():
    """Cells {A}, {A,B}, {B,C}, each person away 20% of the time (derived, every state counted)."""
    cells = {"a": {"A"}, "b": {"A", "B"}, "c": {"B", "C"}}
    assert sc.expected_uncovered(cells, absence=0.2) == pytest.approx(0.28)
    assert any_uncovered_chance(cells, absence=0.2) == pytest.approx((0.232, 0.0))
    assert sc.harm_shares(cells) == {"A": 1.5, "B": 1.0, "C": 0.5}
    assert birnbaum(cells, absence=0.2) == pytest.approx({"A": 1.2, "B": 0.4, "C": 0.2})


def test_peak_utilisation_is_the_least_possible():
    """Two cells of 10 and 6 hours, three people of 8: sharing evenly is 16/24; without p3 it is 10/8 or 16/16."""
    held = read_holdings({"a": {"p1", "p2"}, "b": {"p2", "p3"}})
    work, able = loads(held, {"a": 10, "b": 6}), capacities(held, 8)
    assert peak_utilisation(held, work, able) == pytest.approx(16 / 24)
    assert peak_utilisation(held, work, able, gone=["p3"]) == pytest.approx(1.0)
    assert peak_utilisation(held, work, able, gone=["p2", "p3"]) == math.inf


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: sc.worst_loss(SHARED, load=math.nan, capacity=1), "not a finite number"),
        (lambda: sc.worst_loss(SHARED, load=1.7e308, capacity=1), "load=inf"),
        (lambda: sc.worst_loss(SHARED, load=1, capacity=1, people=-1), "too small"),
        (lambda: sc.worst_loss(SHARED, load=1, capacity=1, people=True), "not a number"),
        (lambda: sc.harm_shares(SHARED, 1.7e308), "weights=inf"),
        (lambda: sc.smallest_loss(SHARED, np.True_), "not a number"),
        (lambda: sc.smallest_loss(SHARED, time_limit=-1), "time_limit"),
        (lambda: sc.truck_factor(SHARED, time_limit="soon"), "time_limit"),
        (lambda: sc.truck_factor(SHARED, channels="abc"), "channels has no value"),
        (lambda: sc.minimal_cut_sets({"a": range(200)}, 190, order=11), "1,0"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(ask, said):
    with pytest.raises(InputError, match=said):
        ask()


def test_strange_but_clear_facts_have_an_answer():
    """Generators, numpy numbers, people of a group who hold nothing, no load, no capacity, more losses than people."""
    assert sc.truck_factor({"a": (i for i in (0, 1)), "b": (i for i in (1, 2))}) == 3
    assert sc.smallest_loss(SHARED, np.int64(1), groups={"away": {9}, "empty": []}) == 1
    assert sc.worst_loss(SHARED, load=0, capacity=0, people=2) == 0
    assert sc.worst_loss(SHARED, load=1, capacity=0, people=np.int64(2)) == 4
    assert sc.worst_loss(SHARED, load=1, capacity=1, people=10**30) == 4
    assert sc.worst_loss({"a": []}, load=1, capacity=1, people=2) == 1
    assert sc.worst_loss(SHARED, load=1e-300, capacity=0, people=2) == pytest.approx(4e-300)
