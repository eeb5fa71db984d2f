"""
Exact losses of 300 channels x 200 people: time, and how far the usual greedy rules and brute force are off.

Run: ``python benchmarks/bench_resilience.py``. Holders are drawn with popularity 1 / rank (skewed) or with the same
chance for everybody (even), one or more a channel; load is uniform from 1 to 20, capacity 1.2 times the mean load a
person. A limit of 10 seconds by the clock stands on each search; what was not proven in it says so.

Measured on two cores that other work kept busy, as seconds of one core (SciPy 1.17), 23 November 2026:

===============================  ==================  ==================  ======================
skewed draws                     2.3 holders         3.9 holders         5.8 holders
===============================  ==================  ==================  ======================
truck factor at 10, 25, 50%      4, 13, 37           10, 26, 62          20, 45, 87
.                                0.02 to 0.10 s      0.03 to 0.04 s      0.95 to 1.1 s
greedy (person on most cells)    4, 14, 42           11, 32, 70          32, 60, 97
all single losses                0.08 s              0.10 s              0.19 s
worst 10                         1167.7 in 0.01 s    752.2 in 0.02 s     223.5 in 0.05 s
the same one by one (greedy)     1167.7 in 0.70 s    752.2 in 0.97 s     223.5 in 1.8 s
worst 10, uneven capacities      1449.0 in 0.01 s    995.5 in 0.01 s     488.9 in 0.03 s
===============================  ==================  ==================  ======================

===============================  ==================  ==================  ======================
even draws                       2.3 holders         3.9 holders         5.8 holders
===============================  ==================  ==================  ======================
truck factor at 10, 25, 50%      15, 42, 89          34, 83, 137         49, 108, 160
.                                0.02 to 0.23 s      not proven          not proven
proven lower bound after 10 s    the same            22, 53, 102         22, 53, 102
greedy (person on most cells)    29, 62, 108         76, 110, 143        95, 136, 162
all single losses                0.11 s              0.09 s              0.08 s
worst 10                         272.9 in 0.01 s     143.3 in 2.1 s      113.8 in 0.84 s
the same one by one (greedy)     272.9 in 1.0 s      122.1 in 0.81 s     96.6 in 0.75 s
worst 10, uneven capacities      507.0 in 0.02 s     144.0 to 193.8      116.7 to 132.2
===============================  ==================  ==================  ======================

Brute force: the worst pair of 200 people (3.9 holders, even), one maximum flow for each of 19,900 pairs, takes 8.1 s
where the programme takes 0.02 s, a ratio of 400; the same for all 1,313,400 triples would take about 9 minutes (66
times the pairs, not run). Counting uncovered channels instead of load, all pairs and triples are tried in 0.37 s: at
most two and three channels for even draws, six and nine for skewed ones.

The enterprise desk takes 6.8 s for its single points (exact truck factor), 0.1 s for the access review and 0.3 s for
the cross-training plan.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import staffcalc as sc
from staffcalc.resilience.holdings import read_holdings
from staffcalc.resilience.peeling import greedy_losses
from staffcalc.resilience.worst_losses import Redistribution, capacities, loads

CHANNELS, PEOPLE, LIMIT = 300, 200, 10.0


def draw(holders: float, *, even: bool, seed: int = 0) -> dict[int, set[int]]:
    dice = np.random.default_rng(seed)
    popularity = np.ones(PEOPLE) if even else 1 / np.arange(1, PEOPLE + 1)
    sizes = 1 + dice.poisson(holders - 1, CHANNELS)
    return {
        channel: {int(one) for one in dice.choice(PEOPLE, size=size, replace=False, p=popularity / popularity.sum())}
        for channel, size in enumerate(sizes)
    }


def timed(ask: Callable[[], Any]) -> tuple[Any, str]:
    """Return an answer and the seconds of one core it took."""
    start = time.process_time()
    answer = ask()
    return answer, f"{time.process_time() - start:.2f} s"


def most_uncovered(cells: dict[int, set[int]]) -> tuple[int, int]:
    """Return the most channels that any pair and any triple uncovers: every set is tried, channel by channel."""
    held = np.zeros((CHANNELS, PEOPLE), dtype=np.uint8)
    for channel, who in cells.items():
        held[channel, sorted(who)] = 1
    size = held.sum(axis=1, dtype=np.uint8)
    pair = triple = 0
    for one, other in itertools.combinations(range(PEOPLE), 2):
        left = size - held[:, one] - held[:, other]
        pair = max(pair, int((left == 0).sum()))
        if other < PEOPLE - 1:
            triple = max(triple, int((held[:, other + 1 :] >= left[:, None]).sum(axis=0).max()))
    return pair, triple


def truck_factors(name: str, cells: dict[int, set[int]]) -> None:
    held = list(read_holdings(cells).holders)
    for share in (0.1, 0.25, 0.5):
        exact, taken = timed(lambda share=share: sc.truck_factor(cells, share=share, time_limit=LIMIT))
        needed = math.floor(share * CHANNELS) + 1
        greedy, quick = timed(lambda needed=needed: len(greedy_losses(held, needed)))
        proof = "exact" if exact.status == "exact" else f"at least {exact.bound}"
        print(f"{name} truck factor {share:.0%}: {exact} ({proof}) {taken}; greedy {greedy} {quick}", flush=True)


def worst_losses(name: str, cells: dict[int, set[int]], *, pairs: bool) -> None:
    held = read_holdings(cells)
    dice = np.random.default_rng(1)
    load = dict(enumerate(dice.uniform(1, 20, CHANNELS).tolist()))
    capacity = 1.2 * sum(load.values()) / PEOPLE
    singles = [frozenset([person]) for person in range(len(held.people))]

    def network() -> Redistribution:
        return Redistribution(held, loads(held, load), capacities(held, capacity))

    _, taken = timed(lambda: [network_.unserved(one) for network_ in [network()] for one in singles])
    print(f"{name} all {len(singles)} single losses: {taken}")
    uneven = dict(zip(held.people, (capacity * dice.uniform(0.3, 1.7, len(held.people))).tolist(), strict=True))
    for count, room, said in (
        (2, capacity, ""),
        (10, capacity, ""),
        (10, uneven, ", capacities from 0.3 to 1.7 of it"),
    ):
        worst, taken = timed(
            lambda count=count, room=room: sc.worst_loss(
                cells, load=load, capacity=room, people=count, time_limit=LIMIT
            )
        )
        proof = "exact" if worst.status == "exact" else f"at most {worst.bound:.1f}"
        print(f"{name} worst {count}{said}: {worst:.1f} ({proof}) {taken}", flush=True)
    steps = network()
    chosen, taken = timed(lambda: steps.steepest(singles, 10))
    print(f"{name} worst 10 one by one (greedy): {float(steps.unserved(chosen)):.1f} {taken}", flush=True)
    if pairs:
        other = network()
        best, taken = timed(
            lambda: max(float(other.unserved(pair)) for pair in itertools.combinations(range(len(held.people)), 2))
        )
        print(
            f"{name} worst 2 by brute force, all {math.comb(len(held.people), 2)} pairs: {best:.1f} {taken}", flush=True
        )


def main() -> None:
    sc.truck_factor({0: {0}}, share=0)  # loads the solver
    for even in (False, True):
        for holders in (2.3, 3.9, 5.8):
            name = f"{'even' if even else 'skewed'} {holders}"
            cells = draw(holders, even=even)
            truck_factors(name, cells)
            worst_losses(name, cells, pairs=even and holders == 3.9)
            if holders == 3.9:
                (pair, triple), taken = timed(lambda cells=cells: most_uncovered(cells))
                print(f"{name} all pairs and triples tried: {pair} and {triple} channels uncovered {taken}", flush=True)
    desk = sc.read_desk("data/enterprise_desk.yaml")
    for name, ask in {
        "single points": lambda: sc.find_single_points_of_failure(desk),
        "access review": lambda: sc.review_access(desk),
        "cross-training": lambda: sc.plan_cross_training(desk),
    }.items():
        answer, taken = timed(ask)
        print(f"enterprise desk, {name}: {taken}  {answer.headline}", flush=True)


if __name__ == "__main__":
    main()
