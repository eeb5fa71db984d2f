"""Hour counts written as a volume file that this library and every spreadsheet can read."""

from __future__ import annotations

import csv
import os

import pandas as pd

from staffcalc._checks import given
from staffcalc._files import whole_file
from staffcalc.demand.history import History
from staffcalc.errors import InputError

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def safe_text(text: object) -> str:
    """
    Return a text cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> safe_text("=1+1"), safe_text("mail")
    ("'=1+1", 'mail')
    """
    plain = str(text).replace("\x00", "")
    return f"'{plain}" if plain.lstrip().startswith(_RISKY) or plain.startswith(_RISKY) else plain


def write_volumes(path: str | os.PathLike[str], history: History) -> None:
    """
    Write the counts of a history as CSV: timestamp in UTC (or local date), channel, messages.

    Parameters
    ----------
    path : path
        File to write; it is written whole or not at all.
    history : History
        From :func:`staffcalc.read_messages` or :func:`staffcalc.read_volumes`.

    Raises
    ------
    InputError
        If the file cannot be written.

    Notes
    -----
    Hours that were not observed are left out and quiet hours are written as 0, so that the file reads back as it was.
    Channel names that a spreadsheet would take for a formula get an apostrophe.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from staffcalc.demand.volumes import read_volumes
    >>> hours = pd.date_range("2026-03-02", periods=48, freq="h", tz="UTC")
    >>> history = read_volumes(pd.DataFrame({"timestamp": hours, "channel": "chat", "messages": 2}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_volumes(Path(folder) / "volumes.csv", history)
    ...     print((Path(folder) / "volumes.csv").read_text(encoding="utf-8").splitlines()[1])
    2026-03-02T00:00Z,chat,2
    """
    given("history", history, History, maker="read_volumes")
    if not isinstance(path, (str, os.PathLike)):
        raise InputError("not_path_or_frame", kind=type(path).__name__)
    daily = history.resolution == "daily"
    table = history.local_days() if daily else history.counts
    names = [safe_text(name) for name in table.columns]
    with whole_file(path) as target, target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["date" if daily else "timestamp", "channel", "messages"])
        for stamp, values in zip(table.index, table.to_numpy(dtype=float), strict=True):
            when = f"{stamp:%Y-%m-%d}" if daily else f"{stamp:%Y-%m-%dT%H:%MZ}"
            writer.writerows(
                [when, name, f"{value:.6g}" if value % 1 else f"{value:.0f}"]
                for name, value in zip(names, values, strict=True)
                if not pd.isna(value)
            )
