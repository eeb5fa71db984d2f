"""
Agents for 100,000 intervals: staffcalc in numpy, with numba, and pyworkforce in the same run.

Run: ``python benchmarks/bench_closed_forms.py [rows]``. pyworkforce (MIT) is measured only where it is installed; it is
no dependency of staffcalc. Each figure is the best of seven runs; compiling numba is outside the timer and shown apart.
"""

from __future__ import annotations

import importlib.util
import platform
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import staffcalc as sc

BEST_OF = 7


def rows(count: int) -> pd.DataFrame:
    """Realistic intervals: load log-uniform from 0.05 to 500 erlangs, handle times of 2 to 15 minutes."""
    rng = np.random.default_rng(1)
    load = np.exp(rng.uniform(np.log(0.05), np.log(500), count))
    aht = rng.uniform(2, 15, count)
    return pd.DataFrame(
        {
            "messages": load * 30 / aht,
            "aht_minutes": aht,
            "within_minutes": np.exp(rng.uniform(np.log(1 / 3), np.log(60), count)),
            "service_level": rng.uniform(0.7, 0.95, count),
        }
    )


def best(run: Callable[[], object], times: int = BEST_OF) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def pyworkforce_agents(frame: pd.DataFrame) -> list[int]:
    from pyworkforce.queuing import ErlangC

    answers = []
    for messages, aht, within, level in frame.itertuples(index=False):
        queue = ErlangC(transactions=messages, aht=aht, asa=within, interval=30, shrinkage=0.0)
        answers.append(queue.required_positions(service_level=level, max_occupancy=1.0)["raw_positions"])
    return answers


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    frame = rows(count)
    load = (frame["messages"] * frame["aht_minutes"] / 30).to_numpy()
    columns = {name: frame[name].to_numpy() for name in ("aht_minutes", "within_minutes", "service_level")}
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}, {count:,} rows")

    found: dict[str, float] = {}
    agents = sc.required_agents(load, **columns)
    found["required_agents, arrays, numpy"] = best(lambda: sc.required_agents(load, **columns))
    found["staff_intervals, sipp, numpy"] = best(lambda: sc.staff_intervals(frame, interval_minutes=30, method="sipp"))
    found["staff_intervals, mol_max, numpy"] = best(lambda: sc.staff_intervals(frame, interval_minutes=30))
    if importlib.util.find_spec("numba"):
        start = time.perf_counter()
        same = sc.required_agents(load, engine="numba", **columns)
        sc.staff_intervals(frame.head(10), interval_minutes=30, engine="numba")
        print(f"numba compiled in {time.perf_counter() - start:.1f} s; same answers: {bool((same == agents).all())}")
        found["required_agents, arrays, numba"] = best(lambda: sc.required_agents(load, engine="numba", **columns))
        found["staff_intervals, sipp, numba"] = best(
            lambda: sc.staff_intervals(frame, interval_minutes=30, method="sipp", engine="numba")
        )
    else:
        print("numba is not installed: skipped (pip install 'staffcalc[fast]')")

    baseline = None
    if importlib.util.find_spec("pyworkforce"):
        start = time.perf_counter()
        theirs = np.array(pyworkforce_agents(frame))
        baseline = time.perf_counter() - start
        print(f"pyworkforce loop: {baseline:.2f} s; {int((theirs > agents).sum()):,} rows one agent too many")
    else:
        print("pyworkforce is not installed: no ratio (pip install pyworkforce)")
    for name, seconds in found.items():
        ratio = "" if baseline is None else f"   {baseline / seconds:7.0f} times pyworkforce"
        print(f"{name:34s} {seconds * 1000:9.1f} ms   {count / seconds / 1e6:6.2f} million rows/s{ratio}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
