"""
Speed of the coverage room: rosters of 8 and 60 people for 28 days, a year of 100 people checked, a year of gaps.

Run: ``python benchmarks/bench_coverage.py``. Wall and processor time are both shown: they differ on a shared machine.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import staffcalc as sc

PROMISED = {"roster 8": 3.0, "roster 60": 60.0, "roster 60, varied": 60.0, "check 100": 2.0}
PROMISED_GAP = 0.05


def team(count: int, *, varied: bool = False) -> sc.Desk:
    """Return a team around the clock; varied: part-timers, two languages, leave."""
    people = [
        {
            "id": f"p{number:02d}",
            "role": "agent",
            "contract_hours_per_week": 24 if varied and number % 5 == 0 else 40,
            "languages": ["de", "en"] if number % 3 == 0 else ["en"],
            "leave": [{"start": f"2027-01-{4 + number % 21:02d}", "end": f"2027-01-{8 + number % 21:02d}"}]
            if varied and number % 4 == 0
            else [],
        }
        for number in range(count)
    ]
    return sc.Desk.model_validate(
        {"name": "Bench", "timezone": "Europe/Berlin", "calendar": {"cover": "24/7"}, "people": people}
    )


def wave(top: float) -> list[float]:
    """Return people by hour of the week: a third at night, more at noon and on weekdays."""
    day = np.concatenate([np.full(6, top / 3), np.full(4, top * 0.7), np.full(8, top), np.full(6, top * 0.6)])
    return [float(value) for value in np.ceil(np.concatenate([np.tile(day, 5), np.tile(day * 0.7, 2)]))]


def year_of_duties(count: int) -> pd.DataFrame:
    """Return five duties a week for a year, early, late and night in turn."""
    rows = [
        (f"p{person}", pd.Timestamp("2027-01-04") + pd.Timedelta(days=day, hours=(6, 14, 22)[(day // 7 + person) % 3]))
        for person in range(count)
        for day in range(364)
        if day % 7 < 5
    ]
    frame = pd.DataFrame(rows, columns=["person", "start"])
    frame["end"] = frame["start"] + pd.Timedelta(hours=8)
    for name in ("start", "end"):
        frame[name] = frame[name].dt.tz_localize("UTC")
    return frame.assign(timezone="Europe/Berlin")


def first_weeks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the duties of the first four weeks."""
    return frame[frame["start"] < pd.Timestamp("2027-02-01", tz="UTC")]


def timed(name: str, job: Callable[[], object]) -> tuple[object, float]:
    """Run a job once, print its times, and return its answer and wall time."""
    wall, busy = time.perf_counter(), time.process_time()
    answer = job()
    wall, busy = time.perf_counter() - wall, time.process_time() - busy
    promised = PROMISED.get(name)
    print(f"{name:20} {wall:7.2f} s wall {busy:7.2f} s processor" + (f"   promised {promised:g} s" if promised else ""))
    return answer, busy


def main() -> int:
    """Print one line a job and return 1 where a promise is broken by processor time."""
    print(f"Python {platform.python_version()}, {platform.machine()}")
    sc.make_roster(team(5), start="2027-01-04", weeks=1)  # loads the modules, which is not timed
    broken = 0
    jobs: dict[str, Callable[[], object]] = {
        "roster 8": lambda: sc.make_roster(team(8), start="2027-01-04", weeks=4),
        "roster 60": lambda: sc.make_roster(team(60), start="2027-01-04", weeks=4, seats=9.0, time_limit_seconds=55),
        "roster 60, varied": lambda: sc.make_roster(
            team(60, varied=True),
            start="2027-01-04",
            weeks=4,
            seats=wave(12.0),
            skills={"language:de": 2},
            gap=0.05,
            time_limit_seconds=55,
        ),
        "check 100": lambda: sc.check_rest(year_of_duties(100), rules="eu"),
        "gaps of a year": lambda: sc.find_gaps(team(60), year=2027),
        "fatigue 60": lambda: sc.assess_fatigue(first_weeks(year_of_duties(60))),
    }
    for name, job in jobs.items():
        answer, busy = timed(name, job)
        broken += busy > PROMISED.get(name, np.inf)
        if isinstance(answer, sc.Roster):
            nights = answer.fairness["nights"]
            print(
                f"{'':20} {answer.status}, gap {answer.gap:.2%}, open {answer.unmet_hours:g} h, "
                f"nights {nights.min()} to {nights.max()}, lawful {answer.check.lawful}"
            )
            broken += answer.gap > PROMISED_GAP or not answer.check.lawful
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
