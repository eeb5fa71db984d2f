"""
The staffing answer: seconds for whole desks, both simulations beside Ciw and SimPy, intervals beside pyworkforce.

Run: ``python benchmarks/bench_staffing.py``. Ciw, SimPy and pyworkforce are measured only where they are installed;
they are no dependencies of staffcalc. Each figure is the best of its runs, all in this process.
"""

from __future__ import annotations

import importlib.util
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import bench_closed_forms
import numpy as np

import staffcalc as sc
from staffcalc.demand.volume import Volume
from staffcalc.inputs.desk import Desk
from staffcalc.staffing import simulation
from staffcalc.staffing.deadline import last_slots
from staffcalc.staffing.messages import Crew, Messages, serve_messages

BEST_OF = 3
DATA = Path(__file__).parents[1] / "data"


def best(run: Callable[[], object], times: int = BEST_OF) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def desk_of(channels: int, per_channel: float) -> tuple[Desk, Volume]:
    """A desk with so many channels, seven days from 7 to 22, and its volume."""
    desk = Desk.model_validate(
        {
            "name": "Benchmark",
            "timezone": "UTC",
            "people": [{"id": "p1", "role": "agent"}],
            "targets": [{"id": "standard", "share": 0.9, "within_hours": 24}],
            "channels": [{"id": f"c{n}", "aht_minutes": 5, "needs_reply_share": 0.4} for n in range(channels)],
            "calendar": {"open": {"daily": ["07:00-22:00"]}},
        }
    )
    shape = 1 + np.sin(np.arange(168) / 24 * 2 * np.pi - 2) * 0.8
    profile = np.outer(shape / shape.sum(), np.full(channels, per_channel))
    names = tuple(channel.id for channel in desk.channels)
    return desk, Volume(channels=names, timezone="UTC", profile=profile, day_cv=0.2, week_cv=0.1, level_sd=0.05)


def fifo_rate() -> float:
    """Messages per second of the cumulative-sum reflection: drawing and serving 60 years of 1,000 messages a week."""
    part = simulation.Stream(
        messages=np.full(168, 1000 / 168),
        handle_hours=np.full(168, 0.1),
        handle_cv=np.ones(168),
        last=last_slots(168, 24),
    )
    capacity = np.full(168, part.work.sum() / 168 * 1.1)

    def run() -> None:
        draws = simulation.draw((part,), day_cv=0.2, week_cv=0.1, replications=60, weeks=52, warm_up=8, seed=0)
        simulation.serve(draws, (part,), capacity)

    return 60 * 60 * 1000 / best(run)


def message_rate(count: int = 200_000) -> float:
    """Messages per second of the message simulation: two classes, priority, senders who give up, six agents."""
    rng = np.random.default_rng(0)
    arrive = np.cumsum(rng.exponential(1 / 20, count))
    messages = Messages(
        arrive=arrive,
        kind=rng.integers(0, 2, count),
        handle=rng.exponential(0.25, count),
        patience=rng.exponential(2.0, count),
        due=arrive + 1,
    )
    crew = Crew(times=np.array([0.0]), heads=np.array([6.0]))
    return count / best(lambda: serve_messages(messages, [crew]))


def ciw_rate(hours: float = 1000.0) -> float:
    """Customers per second of Ciw for one queue with six servers."""
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(20)],
        service_distributions=[ciw.dists.Exponential(4)],
        number_of_servers=[6],
    )
    served = 0

    def run() -> None:
        nonlocal served
        ciw.seed(1)
        queue = ciw.Simulation(network)
        queue.simulate_until_max_time(hours)
        served = len(queue.get_all_records())

    return served / best(run) if best(run, 1) else 0.0


def simpy_rate(hours: float = 1000.0) -> float:
    """Customers per second of SimPy for the same queue."""
    import simpy

    served = 0

    def run() -> None:
        nonlocal served
        served = 0
        rng = np.random.default_rng(1)
        environment = simpy.Environment()
        agents = simpy.Resource(environment, capacity=6)

        def customer():  # type: ignore[no-untyped-def]
            nonlocal served
            with agents.request() as request:
                yield request
                yield environment.timeout(rng.exponential(0.25))
            served += 1

        def source():  # type: ignore[no-untyped-def]
            while True:
                yield environment.timeout(rng.exponential(1 / 20))
                environment.process(customer())

        environment.process(source())
        environment.run(until=hours)

    seconds = best(run)
    return served / seconds


def main() -> int:
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    for name in ("sample", "solo"):
        desk = sc.read_desk(DATA / f"{name}_desk.yaml")
        volume = sc.fit_volume(sc.read_volumes(DATA / "sample_volumes.csv"))
        slot = 60 // sc.staff(desk, volume, seed=0).certified.prepared.load.per_hour
        seconds = best(lambda d=desk, v=volume: sc.staff(d, v, seed=0), 2)
        print(f"staff({name} desk, slots of {slot} minutes): {seconds:.2f} s")
    for channels in (5, 50, 300):
        desk, volume = desk_of(channels, 60)
        seconds = best(lambda d=desk, v=volume: sc.staff(d, v, seed=0), 2)
        print(f"staff({channels} channels): {seconds:.2f} s, {1000 * seconds / channels:.0f} ms a channel")
    flow, single = fifo_rate(), message_rate()
    print(f"backlog simulation, one class: {flow / 1e6:.1f} million messages a second")
    print(f"message simulation, two classes with patience: {single / 1e3:.0f} thousand messages a second")
    for name, rate in (("ciw", ciw_rate), ("simpy", simpy_rate)):
        if importlib.util.find_spec(name) is None:
            print(f"{name}: not installed")
            continue
        theirs = rate()
        print(
            f"{name}: {theirs / 1e3:.1f} thousand customers a second; backlog simulation {flow / theirs:.0f} times, "
            f"message simulation {single / theirs:.1f} times as fast"
        )
    return bench_closed_forms.main()


if __name__ == "__main__":
    sys.exit(main())
