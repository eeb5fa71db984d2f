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
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("zoned", [True, False])
def test_spark_counts_what_pandas_counts(zoned: bool) -> None:
    """Spark's TIMESTAMP is an instant, shown in the zone of the session; its TIMESTAMP_NTZ is naive local time."""
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.sql.session.timeZone", "UTC")
    session = builder.config("spark.sql.shuffle.partitions", 2).config("spark.ui.enabled", "false").getOrCreate()
    frame = log()
    if zoned:
        frame["Created at"] = frame["Created at"].dt.tz_localize("Europe/Berlin").dt.tz_convert("UTC")
    spark = session.createDataFrame(frame)
    if not zoned:
        spark = spark.withColumn("Created at", spark["Created at"].cast("timestamp_ntz"))
    found = sc.read_messages(spark, timezone="Europe/Berlin")
    hours = sc.read_messages(spark, timezone="Europe/Berlin", checks=False)
    wanted = sc.read_messages(frame, timezone="Europe/Berlin")
    same(found, wanted)
    assert found.quality.set_index("check").loc["no_timezone", "rows"] == (0 if zoned else len(frame) - 5)
    assert hours.messages == wanted.messages + 20 + 40
    session.conf.set("spark.sql.session.timeZone", "America/New_York")
    with pytest.raises(sc.InputError, match="New_York"):
        sc.read_messages(spark, timezone="Europe/Berlin", checks=False)
    session.conf.set("spark.sql.session.timeZone", "UTC")


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_spark_reads_the_reply_shares_that_pandas_reads() -> None:
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.sql.session.timeZone", "UTC")
    session = builder.config("spark.sql.shuffle.partitions", 2).config("spark.ui.enabled", "false").getOrCreate()
    for frame in (replied(log()), talks()):
        for kind in ("timestamp", "timestamp_ntz"):
            spark = session.createDataFrame(frame)
            spark = spark.withColumn("Created at", spark["Created at"].cast("timestamp_ntz").cast(kind))
            wanted = frame.assign(**{"Created at": frame["Created at"].dt.tz_localize("UTC")})
            found = sc.read_messages(spark, timezone="UTC")
            pd.testing.assert_frame_equal(
                found.reply_shares(within_hours=2),
                sc.read_messages(wanted, timezone="UTC").reply_shares(within_hours=2),
            )


@pytest.mark.filterwarnings("ignore")
def test_ibis_counts_what_pandas_counts(tmp_path) -> None:
    """Run by hand with ``pip install "ibis-framework[duckdb]"``; it is not among the dependencies."""
    ibis = pytest.importorskip("ibis")
    replied(log()).to_parquet(tmp_path / "log.parquet")
    found = sc.read_messages(ibis.duckdb.connect().read_parquet(tmp_path / "log.parquet"), timezone="Europe/Berlin")
    wanted = sc.read_messages(replied(log()), timezone="Europe/Berlin")
    same(found, wanted)
    pd.testing.assert_frame_equal(found.reply_shares(within_hours=2), wanted.reply_shares(within_hours=2))


def replied(frame: pd.DataFrame) -> pd.DataFrame:
    """Give each ticket of a log a reply on both clocks, or none; repeats repeat it, and two teams share the work."""
    minutes = np.random.default_rng(5).lognormal(5, 1.5, 10_000).round(1)
    number = frame["Ticket ID"].to_numpy() % 10_000
    calendar = pd.Series(np.where(number % 5 > 0, minutes[number], np.nan))
    clocks = {"First reply time in minutes": calendar}
    clocks["First reply time in minutes within business hours"] = (calendar * 0.3).round(1)
    return frame.assign(**clocks, Group=np.where(number % 2, "east", "west"))


def talks() -> pd.DataFrame:
    """Return messages with conversation ids: notes, second questions, answers, and talks that the team opened."""
    rng = np.random.default_rng(6)
    start = pd.Timestamp("2026-03-02")
    rows = []
    for number, second in enumerate(np.sort(rng.integers(0, 40 * 86_400, 2000))):
        moment = start + pd.Timedelta(int(second), "s")
        parts = [(0, "customer", 1.0), (int(rng.lognormal(7, 1.5)), "agent", 0.7), (900, "customer", 0.3)]
        parts += [(-5, "note", 0.1), (-60, "agent", 0.05)]
        for wait, side, chance in parts:
            if rng.random() < chance:
                rows.append((f"c{number}", moment + pd.Timedelta(wait, "s"), side, "chat" if number % 3 else "mail"))
    frame = pd.DataFrame(rows, columns=["Conversation ID", "Created at", "Direction", "Channel"])
    frame.insert(0, "Message ID", [f"m{place}" for place in range(len(frame))])
    return frame.astype({"Created at": "datetime64[us]"})


@pytest.mark.parametrize("engine", [polars, arrow, duckdb, dask])
def test_every_engine_reads_the_reply_shares_that_pandas_reads(engine: Callable[[pd.DataFrame], Any]) -> None:
    tickets = replied(log())
    tickets["Created at"] = tickets["Created at"].dt.tz_localize("Europe/Berlin").dt.tz_convert("UTC")
    moved = tickets.rename(columns={"First reply time in minutes": "calendar"})
    moved = moved.drop(columns="First reply time in minutes within business hours")
    waited = pd.to_timedelta(moved.pop("calendar"), unit="min").astype("timedelta64[us]")
    stamped = moved.assign(**{"First reply at": moved["Created at"] + waited})
    for frame in (tickets, stamped, talks()):
        wanted = sc.read_messages(frame, timezone="UTC")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = sc.read_messages(engine(frame), timezone="UTC")
        for by in (None, "channel", "team"):
            pd.testing.assert_frame_equal(
                found.reply_shares(within_hours=2, by=by), wanted.reply_shares(within_hours=2, by=by)
            )
        assert found.replies is not None
        assert "large_log_replies" in {note.key for note in found.notes}


def test_a_large_log_without_readable_replies_says_so() -> None:
    text = replied(log()).astype({"First reply time in minutes": str})
    text = text.drop(columns="First reply time in minutes within business hours")
    found = sc.read_messages(polars(text), timezone="Europe/Berlin")
    assert found.replies is None
    assert "large_log" in {note.key for note in found.notes}
    with pytest.raises(sc.InputError, match="no reply times"):
        found.reply_share()
    with pytest.raises(sc.InputError, match="unit="):
        sc.read_messages(polars(log().assign(**{"Response time": 5})), timezone="Europe/Berlin")


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


@pytest.mark.parametrize("engine", [pd.DataFrame, polars, arrow, duckdb, dask])
def test_hour_counts_alone_are_those_of_a_plain_tally_and_say_what_was_not_checked(engine) -> None:
    frame = log()
    frame["Created at"] = frame["Created at"].dt.tz_localize("Europe/Berlin").dt.tz_convert("UTC")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sc.read_messages(engine(frame), timezone="Europe/Berlin", checks=False)
    known = frame.dropna(subset="Created at")
    plain = pd.crosstab(known["Created at"].dt.floor("h"), known["Channel"])
    seen = found.counts.dropna()
    pd.testing.assert_frame_equal(
        seen[["chat", "mail"]],
        plain.reindex(seen.index, fill_value=0).astype(float),
        check_freq=False,
        check_names=False,
        check_index_type=False,
        check_column_type=False,
    )
    actions = found.quality.set_index("check")["action"]
    assert set(actions[actions == "not_checked"].index) == {
        "duplicate",
        "batch_minute",
        "open_ticket",
        "schedule_inferred",
    }
    assert "Not looked for: Duplicates" in str(found.notes[0])


def test_hour_counts_alone_of_a_small_file_are_counted_where_it_lies(tmp_path) -> None:
    frame = log()
    frame.to_parquet(tmp_path / "log.parquet")
    found = sc.read_messages(tmp_path / "log.parquet", timezone="Europe/Berlin", checks=False)
    whole = sc.read_messages(frame, timezone="Europe/Berlin")
    repeated, batch = 20, 40
    assert found.messages == whole.messages + repeated + batch


def test_a_reply_known_by_its_filled_sender_is_outbound_in_every_engine() -> None:
    rng = np.random.default_rng(4)
    start = pd.Timestamp("2026-03-02")
    created = start + pd.to_timedelta(rng.integers(0, 20 * 86_400, 4000), unit="s")
    sent = np.where(rng.random(4000) < 0.4, "u1", None)
    frame = pd.DataFrame({"created_at": created, "internal.sent_by.id": sent, "profile_guid": "x"})
    frame["id"] = np.arange(4000)
    wanted = sc.read_messages(frame, layout="sprout_api", timezone="UTC")
    assert wanted.quality.set_index("check").loc["outbound", "rows"] == (frame["internal.sent_by.id"] == "u1").sum()
    same(sc.read_messages(polars(frame), layout="sprout_api", timezone="UTC"), wanted)
    same(sc.read_messages(duckdb(frame), layout="sprout_api", timezone="UTC"), wanted)


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
