"""Speed of the main job on the sample files, and of each way to hand its answers over."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import staffcalc as sc
from staffcalc.outputs.machine import as_text

DATA = Path(__file__).parent.parent / "data"
PROMISED_MAIN_JOB = 60.0
PROMISED_REPORT = 10.0


def timed(name: str, work: Callable[[], object]) -> tuple[object, float]:
    """Return what ``work`` returns and the seconds it took, and print them."""
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    print(f"{name:28} {seconds:6.2f} s")
    return result, seconds


def main() -> None:
    """Measure, print, and end with 1 where a promise is broken."""
    desk = sc.read_desk(DATA / "sample_desk.yaml")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        volume, fit = timed(
            "read and fit the volume",
            lambda: sc.fit_volume(sc.read_volumes(DATA / "sample_volumes.csv", timezone=desk.timezone)),
        )
        answers, ask = timed("assess", lambda: sc.assess(desk, volume, seed=0))  # type: ignore[arg-type]
        _, first = timed("report.html, first", lambda: sc.write_report(place / "a.html", answers))  # type: ignore[arg-type]
        _, page = timed("report.html, again", lambda: sc.write_report(place / "a.html", answers))  # type: ignore[arg-type]
        timed("model.xlsx", lambda: sc.write_workbook(place / "a.xlsx", answers))  # type: ignore[arg-type]
        timed("json", lambda: as_text(answers))  # type: ignore[arg-type]
        print(f"{'size of report.html':28} {(place / 'a.html').stat().st_size / 1e3:6.0f} kB")
    if fit + ask + first > PROMISED_MAIN_JOB or page > PROMISED_REPORT:
        sys.exit(1)


if __name__ == "__main__":
    main()
