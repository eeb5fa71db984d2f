"""One log through many engines: equal hour counts, with Sundays, clock changes and missing times in it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc

pytest.importorskip("narwhals")


def log(seed: int = 0) -> pd.DataFrame:
    """Six weeks around the clock change of 29 March 2026 in naive Berlin time, with repeats, nulls and a batch."""
    rng = np.random.default_rng(seed)
    hours = pd.date_range("2026-03-02", periods=42 * 24, freq="h")
    counts = rng.poisson(4 + 3 * (hours.hour > 8), len(hours))
    times = np.repeat(hours, counts) + pd.to_timedelta(rng.integers(0, 3600, counts.sum()), unit="s")
    times = times[(times < "2026-03-29 02:00") | (times >= "2026-03-29 03:00")]
    batch = pd.DatetimeIndex(["2026-03-11 07:21"] * 40)
    created = pd.Series([*times, *batch], dtype="datetime64[us]")
    frame = pd.DataFrame({"Created at": created, "Ticket ID": np.arange(len(created)) + 1})
    frame["Channel"] = np.where(rng.random(len(frame)) < 0.4, "chat", "mail")
    frame["Status"] = np.where(rng.random(len(frame)) < 0.1, "open", "solved")
    frame = pd.concat([frame, frame.iloc[50:70]], ignore_index=True)
    missing = frame.iloc[:5].assign(**{"Created at": pd.NaT, "Ticket ID": range(900_001, 900_006)})
    return pd.concat([frame, missing], ignore_index=True)


def polars(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("polars").from_pandas(frame)


def polars_lazy(frame: pd.DataFrame) -> Any:
    return polars(frame).lazy()


def arrow(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("pyarrow").Table.from_pandas(frame)


def duckdb(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("duckdb").from_df(frame)


def dask(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("dask.dataframe").from_pandas(frame, npartitions=3)


def same(found: sc.History, wanted: sc.History) -> None:
    pd.testing.assert_frame_equal(found.counts, wanted.counts, check_freq=False, check_column_type=False)
    checks = ["duplicate", "batch_minute", "collection_gap", "partial_day", "open_ticket", "outbound", "weekend_days"]
    pd.testing.assert_series_equal(
        found.quality.set_index("check").loc[checks, "rows"], wanted.quality.set_index("check").loc[checks, "rows"]
    )


@pytest.mark.parametrize("engine", [polars, polars_lazy, arrow, duckdb, dask])
def test_every_engine_counts_what_pandas_counts(engine: Callable[[pd.DataFrame], Any]) -> None:
    frame = log()
    wanted = sc.read_messages(frame, timezone="Europe/Berlin")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sc.read_messages(engine(frame), timezone="Europe/Berlin")
    same(found, wanted)


@pytest.mark.slow
def test_a_dask_cluster_counts_what_pandas_counts() -> None:
    distributed = pytest.importorskip("distributed")
    frame = log()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cluster = distributed.LocalCluster(host="127.0.0.1", dashboard_address=None, n_workers=2, threads_per_worker=1)
        with cluster, distributed.Client(cluster):
            found = sc.read_messages(dask(frame), timezone="Europe/Berlin")
    same(found, sc.read_messages(frame, timezone="Europe/Berlin"))


@pytest.mark.spark
def test_spark_counts_what_pandas_counts() -> None:
    sql = pytest.importorskip("pyspark.sql")
    session = sql.SparkSession.builder.master("local[2]").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    frame = log()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sc.read_messages(session.createDataFrame(frame), timezone="Europe/Berlin")
    same(found, sc.read_messages(frame, timezone="Europe/Berlin"))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_folders_and_patterns_are_counted_with_duckdb(tmp_path, ending) -> None:
    frame = log()
    parts = [frame.iloc[:4000], frame.iloc[4000:]]
    for number, part in enumerate(parts):
        path = tmp_path / f"part{number}.{ending}"
        part.to_csv(path, index=False) if ending == "csv" else part.to_parquet(path)
    wanted = sc.read_messages(frame, timezone="Europe/Berlin")
    same(sc.read_messages(tmp_path, timezone="Europe/Berlin"), wanted)
    same(sc.read_messages(str(tmp_path / f"*.{ending}"), timezone="Europe/Berlin"), wanted)


def test_times_that_engines_read_differently_are_refused() -> None:
    frame = log()
    zoned = frame.assign(**{"Created at": frame["Created at"].dt.tz_localize("Asia/Tokyo")})
    with pytest.raises(sc.InputError, match="UTC"):
        sc.read_messages(polars(zoned))
    with pytest.raises(sc.InputError, match="timestamp"):
        sc.read_messages(polars(frame.assign(**{"Created at": frame["Created at"].astype(str)})), timezone="UTC")
    with pytest.raises(sc.InputError, match="timezone="):
        sc.read_messages(polars(frame))


def test_a_folder_without_one_kind_of_file_says_so(tmp_path) -> None:
    with pytest.raises(sc.InputError, match="pattern"):
        sc.read_messages(tmp_path)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(sc.InputError):
        sc.read_messages(tmp_path, timezone="UTC")
