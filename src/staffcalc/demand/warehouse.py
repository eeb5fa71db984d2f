"""
Logs that are too large for memory, or that live in another engine: counted where they are, only hour counts come back.

One narwhals expression serves pandas, Polars, PyArrow, DuckDB, Dask, PySpark and Ibis frames; files and folders are
opened with DuckDB.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from staffcalc.demand.layout import Layout
from staffcalc.errors import InputError, MissingExtraError
from staffcalc.reference.lookup import figure

_ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet"}
_UTC = (
    "UTC",
    "Etc/UTC",
    "Etc/UCT",
    "Etc/Universal",
    "Etc/Zulu",
    "UCT",
    "Universal",
    "Zulu",
    "GMT",
    "Etc/GMT",
    "+00:00",
)
LARGE_FILE = 64 * 2**20
"""Files above this size are counted with DuckDB. [byte]"""


@dataclasses.dataclass(frozen=True)
class Counted:
    """What comes back from an engine: a few thousand rows, whatever the size of the log."""

    hours: pd.DataFrame
    """hour, channel, direction, n, repeated; hour is missing where the time is."""
    minutes: pd.DataFrame
    """minute, channel, direction, n, for minutes with enough rows to be a batch."""
    states: pd.DataFrame
    """status, n, repeated."""
    rows: int
    zoned: bool
    """Whether times are in UTC; else they are naive local times."""
    malformed: int = 0


def is_large(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is a folder, a pattern, or a CSV or Parquet file too large to be read whole."""
    text = os.fspath(path)
    if any(mark in text for mark in "*?[") and not Path(text).exists():
        return True
    place = Path(text)
    if place.is_dir():
        return True
    return place.is_file() and place.stat().st_size > LARGE_FILE and place.suffix.lower() in _ENDINGS


def is_engine_frame(value: Any) -> bool:
    """Return whether a value is a frame of another engine than pandas."""
    return type(value).__module__.split(".")[0] in ("polars", "pyarrow", "duckdb", "_duckdb", "dask", "pyspark", "ibis")


@contextlib.contextmanager
def open_files(path: str | os.PathLike[str], *, progress: bool) -> Iterator[tuple[Any, Any]]:
    """
    Open a file, a folder or a pattern of CSV or Parquet files as a DuckDB relation.

    Raises
    ------
    InputError
        If nothing matches, endings are mixed, or DuckDB cannot read it.
    MissingExtraError
        If duckdb or narwhals is not installed.
    """
    try:
        import duckdb
    except ImportError as problem:
        raise MissingExtraError("missing_extra", purpose=Path(path).name, package="duckdb", extra="big") from problem
    text = os.fspath(path)
    place = Path(text)
    if place.is_dir():
        endings = {file.suffix.lower() for file in place.iterdir() if file.suffix.lower() in _ENDINGS}
        if len({_ENDINGS[ending] for ending in endings}) != 1:
            raise InputError("folder_mixed", path=text)
        text = str(place / f"*{sorted(endings)[0]}")
    kind = _ENDINGS.get(Path(text).suffix.lower())
    if kind is None:
        raise InputError("folder_mixed", path=text)
    quoted = text.replace("'", "''")
    scratch = tempfile.TemporaryDirectory(prefix="staffcalc-")
    connection = duckdb.connect(config={"memory_limit": "600MB", "temp_directory": scratch.name})
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"SET enable_progress_bar = {str(progress).lower()}")
        options = ", store_rejects = true" if kind == "csv" else ""
        relation = connection.sql(f"SELECT * FROM read_{kind}('{quoted}'{options})")
        yield relation, connection
    except duckdb.Error as problem:
        raise InputError("file_damaged", source=Path(text).name, reason=type(problem).__name__) from problem
    finally:
        connection.close()
        scratch.cleanup()


def count_hours(native: Any, found: Layout, *, connection: Any = None, checks: bool = True) -> Counted:
    """
    Count a log by hour, channel and direction in the engine that holds it.

    Parameters
    ----------
    native : frame
        A frame that narwhals knows, lazy or not.
    found : Layout
        Headers of the fields.
    connection : optional
        DuckDB connection whose rejected rows are counted as malformed.
    checks : bool
        Whether repeats, minutes and states are counted too; without them the log is read once.

    Raises
    ------
    InputError
        If the time column is text, or in another zone than UTC: engines read local hours of zoned times differently.

    Notes
    -----
    Repeated ids are counted within hour, channel and direction: two versions of a message share their creation time,
    so the hour counts without repeats need no second pass.
    """
    try:
        import narwhals as nw
    except ImportError as problem:
        raise MissingExtraError("missing_extra", purpose="read_messages", package="narwhals", extra="big") from problem
    frame = nw.from_native(native).lazy()
    columns = found.columns
    kind = frame.collect_schema()[columns["created_at"]]
    if not isinstance(kind, nw.Datetime):
        raise InputError("engine_time_is_text", column=columns["created_at"])
    zone = _session_zone(native) or kind.time_zone
    if zone is not None and zone not in _UTC:
        raise InputError("engine_time_zoned", column=columns["created_at"], timezone=zone)
    time = nw.col(columns["created_at"])
    picked = {"key_hour": time.dt.truncate("1h"), "key_minute": time.dt.truncate("1m")}
    for field in ("channel", "direction", "status"):
        if field in columns:
            picked[f"key_{field}"] = nw.col(columns[field]).cast(nw.String)
    if found.outbound_if_filled is not None:
        sender = nw.col(found.outbound_if_filled).cast(nw.String).fill_null("").str.strip_chars()
        picked["key_direction"] = nw.when(sender == "").then(nw.lit("inbound")).otherwise(nw.lit("outbound"))
    kinds = [name for name in ("key_channel", "key_direction") if name in picked]
    order = ("message_id", "row_id") if found.kind == "messages" else ("row_id", "conversation_id", "message_id")
    key = next((columns[field] for field in order if field in columns), None)
    picked["key_id"] = nw.lit(0) if key is None else nw.col(key)
    frame = frame.select(**picked)
    size = nw.len().alias("n")

    def tally(part: Any, *names: str) -> pd.DataFrame:
        """Count rows by some keys, and the rows whose id is a repeat within them."""
        if key is None or not checks:
            return _back(part.group_by(*names).agg(size))
        versions = part.group_by(*names, "key_id").agg(size)
        repeats = nw.when(~nw.col("key_id").is_null()).then(nw.col("n") - 1).otherwise(0)
        versions = versions.with_columns(repeated=repeats)
        return _back(versions.group_by(*names).agg(nw.col("n").sum(), nw.col("repeated").sum()))

    hours = tally(frame, "key_hour", *kinds)
    minutes = pd.DataFrame({"minute": [], "n": []})
    states = pd.DataFrame({"status": [], "n": [], "repeated": []})
    if checks:
        least = figure("batch_rows_per_minute").value
        minutes = _back(frame.group_by("key_minute", *kinds).agg(size).filter(nw.col("n") >= least / 4))
    if checks and "status" in columns:
        dated = tally(frame.filter(~nw.col("key_hour").is_null()), "key_hour", "key_status")
        states = dated.groupby("status", as_index=False).sum(numeric_only=True)
    malformed = 0
    if connection is not None:
        with contextlib.suppress(Exception):
            malformed = connection.sql("SELECT count(DISTINCT (file_id, line)) FROM reject_errors").fetchone()[0]
    rows = int(hours["n"].sum())
    return Counted(hours, minutes, states, rows, kind.time_zone is not None, int(malformed))


def _session_zone(native: Any) -> str | None:
    """Return the zone of a Spark session: Spark cuts naive times to the hour by way of it, over its clock changes."""
    session = getattr(native, "sparkSession", None)
    return None if session is None else str(session.conf.get("spark.sql.session.timeZone"))


def headers_of(native: Any) -> list[str]:
    """Return the headers of a frame of any engine."""
    import narwhals as nw

    return [str(name) for name in nw.from_native(native).lazy().collect_schema().names()]


def _back(frame: Any) -> pd.DataFrame:
    """Bring a small result home as pandas."""
    result: pd.DataFrame = frame.collect("pandas").to_native().reset_index(drop=True)
    result = result.rename(columns={name: name.removeprefix("key_") for name in result.columns})
    numbers = {name: result[name].astype(np.int64) for name in ("n", "repeated") if name in result}
    if "repeated" not in numbers:
        numbers["repeated"] = pd.Series(0, index=result.index)
    return result.assign(**numbers)
