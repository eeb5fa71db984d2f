"""
Exact losses of 300 channels x 200 people: time, and how far the usual greedy rule is off.

Run: ``python benchmarks/bench_resilience.py``. Holders are drawn with popularity 1 / rank, one or more a channel.
A limit of 30 seconds stands on each search; what was not proven in it says so.

Measured on two cores that other work kept busy (SciPy 1.17), 23 November 2026:

=====================================  ================  ===============  =======================
question                               2.3 holders       3.9 holders      5.8 holders
=====================================  ================  ===============  =======================
truck factor at 10, 25, 50 %           0.07 to 0.34 s    0.10 to 0.16 s   3.4 to 4.5 s
the same, exact (greedy)               4, 13, 37         10, 26, 62       20, 45, 87
.                                      (4, 14, 42)       (11, 32, 70)     (32, 60, 97)
all single losses                      0.11 s            0.36 s           0.47 s
worst 10                               0.02 s            0.06 s           0.13 s
=====================================  ================  ===============  =======================

Where every person is as likely a holder as any other and next to nothing is starved with everybody there (3.9 holders
and more, drawn evenly), the worst 10 are not proven in 20 s: the answer gives the best set found and the bound, within
the time limit. The enterprise desk takes 6 s of one core for the exact truck factor,
0.1 s for the access review and 2 s for the lessons.
"""

from __future__ import annotations

import itertools
import time

import numpy as np

import staffcalc as sc
from staffcalc.resilience.holdings import read_holdings
from staffcalc.resilience.peeling import greedy_losses
from staffcalc.resilience.worst_losses import Redistribution, capacities, loads

CHANNELS, PEOPLE, LIMIT = 300, 200, 30.0


def draw(holders: float, seed: int = 0) -> dict[int, set[int]]:
    dice = np.random.default_rng(seed)
    popularity = 1 / np.arange(1, PEOPLE + 1)
    sizes = 1 + dice.poisson(holders - 1, CHANNELS)
    return {
        channel: {int(one) for one in dice.choice(PEOPLE, size=size, replace=False, p=popularity / popularity.sum())}
        for channel, size in enumerate(sizes)
    }


def clock(start: float) -> str:
    return f"{time.perf_counter() - start:7.2f} s"


def main() -> None:
    sc.truck_factor({0: {0}}, share=0)  # loads the solver
    for holders in (2.3, 3.9, 5.8):
        cells = draw(holders)
        held = read_holdings(cells)
        for share in (0.1, 0.25, 0.5):
            start = time.perf_counter()
            exact = sc.truck_factor(cells, share=share, time_limit=LIMIT)
            taken = clock(start)
            greedy = len(greedy_losses(list(held.holders), int(share * CHANNELS) + 1))
            print(f"truck factor {holders} holders, {share:.0%}: {exact} ({exact.status}), greedy {greedy}  {taken}")
        load = {
            channel: float(hours) for channel, hours in enumerate(np.random.default_rng(1).uniform(1, 20, CHANNELS))
        }
        capacity = 1.2 * sum(load.values()) / len(held.people)
        network = Redistribution(held, loads(held, load), capacities(held, capacity))
        start = time.perf_counter()
        singles = [network.unserved([person]) for person in range(len(held.people))]
        print(f"all {len(singles)} single losses, {holders} holders: {clock(start)}")
        for count in (2, 10):
            start = time.perf_counter()
            worst = sc.worst_loss(cells, load=load, capacity=capacity, people=count, time_limit=LIMIT)
            print(f"worst {count}, {holders} holders: {worst:.1f} (at most {worst.bound:.1f}) {clock(start)}")
        if holders < 3:
            start = time.perf_counter()
            pairs = itertools.islice(itertools.combinations(range(len(held.people)), 2), 2000)
            best = max(float(network.unserved(pair)) for pair in pairs)
            print(f"brute force, 2,000 of the pairs: {best:.1f}  {clock(start)}")
    desk = sc.read_desk("data/enterprise_desk.yaml")
    for name, ask in {
        "single points": lambda: sc.find_single_points_of_failure(desk),
        "access review": lambda: sc.review_access(desk),
        "cross-training": lambda: sc.plan_cross_training(desk),
    }.items():
        start = time.perf_counter()
        answer = ask()
        print(f"enterprise desk, {name}: {clock(start)}  {answer.headline}")


if __name__ == "__main__":
    main()
