"""The two files to start from: a commented desk, and a small volume file that fits it."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

from staffcalc._files import whole_file
from staffcalc.errors import InputError
from staffcalc.inputs.desk_file import read_desk, write_desk_template

DESK_FILE, DESK_WORKBOOK = "desk.yaml", "desk.xlsx"
VOLUMES_FILE = "volumes.csv"
WEEKS = 8
FIRST_DAY = dt.date(2026, 9, 28)
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 14, 15, 18, 16, 13, 12, 12, 13, 15, 18, 20, 17, 10, 5)
"""Shape of a day, by local hour."""
DAYS = (1.1, 1.05, 1.0, 1.0, 1.05, 0.8, 0.75)
"""Shape of a week, Monday first."""
MESSAGES_PER_DAY = 60
SEED = 7


def write_starter(folder: Path, *, workbook: bool = False, language: str = "en") -> tuple[Path, Path]:
    """
    Write ``desk.yaml``, or ``desk.xlsx``, and ``volumes.csv`` into a folder, which is made if absent.

    The meanings and units in the first of them are in ``language``.

    Raises
    ------
    InputError
        If one of the files exists: nothing of yours is replaced.
    """
    desk, volumes = folder / (DESK_WORKBOOK if workbook else DESK_FILE), folder / VOLUMES_FILE
    for path in (desk, volumes):
        if path.exists():
            raise InputError("starter_exists", path=str(path))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError("not_a_folder", path=str(folder)) from None
    write_desk_template(desk, language=language)
    _write_volumes(volumes, [channel.id for channel in read_desk(desk).channels])
    return desk, volumes


def _write_volumes(path: Path, channels: list[str]) -> None:
    """Write made-up hourly counts: eight weeks with quiet nights, an evening peak and a busy-day factor."""
    chance = random.Random(SEED)
    per_hour = MESSAGES_PER_DAY / sum(HOURS)
    with whole_file(path) as file, file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["timestamp", "channel", "messages"])
        for number in range(WEEKS * 7):
            day = FIRST_DAY + dt.timedelta(days=number)
            factor = chance.gammavariate(25, 1 / 25) * DAYS[day.weekday()]
            for hour, shape in enumerate(HOURS):
                for channel in channels:
                    count = _poisson(per_hour * shape * factor, chance)
                    rows.writerow([f"{day.isoformat()} {hour:02d}:00", channel, count])


def _poisson(mean: float, chance: random.Random) -> int:
    """Count the arrivals of one hour with exponential pauses."""
    count, clock = 0, chance.expovariate(1.0)
    while clock < mean:
        count += 1
        clock += chance.expovariate(1.0)
    return count
