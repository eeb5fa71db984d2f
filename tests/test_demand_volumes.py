"""Files of counts: what is read, what is counted as a fault, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc

HOURS = pd.date_range("2026-03-02", periods=14 * 24, freq="h", tz="UTC")


def frame(messages: object = 5, **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"timestamp": HOURS, "channel": "chat", "messages": messages, **columns})


def rows(history: sc.History, check: str) -> int:
    return int(history.quality.set_index("check").loc[check, "rows"])


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_an_hourly_frame_comes_back_as_it_is():
    history = sc.read_volumes(frame())
    assert history.counts.shape == (336, 1)
    assert history.counts.to_numpy().sum() == 336 * 5
    assert str(history.counts.index.tz) == "UTC"
    assert history.quality.columns.tolist() == ["check", "rows", "share", "action", "example"]
    assert history.quality["rows"].sum() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1254"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_turkish_headers_encodings_and_delimiters_are_found(tmp_path, encoding, delimiter):
    lines = [delimiter.join(["Tarih", "Kanal", "Mesaj Sayısı"])]
    lines += [
        delimiter.join([f"{day:02d}.03.2026 {hour:02d}:00", "şikâyet", "3"])
        for day in range(2, 9)
        for hour in range(24)
    ]
    history = sc.read_volumes(write(tmp_path / "v.csv", "\n".join(lines), encoding), timezone="Europe/Istanbul")
    assert history.channels == ("şikâyet",)
    assert history.messages == 7 * 24 * 3
    assert history.counts.index[0] == pd.Timestamp("2026-03-01T21:00Z")


def test_times_without_a_zone_are_refused_with_what_to_pass():
    naive = frame().assign(timestamp=HOURS.tz_localize(None))
    with pytest.raises(sc.InputError, match="timezone="):
        sc.read_volumes(naive)
    assert sc.read_volumes(naive, timezone="Europe/Berlin").counts.index[0] == pd.Timestamp("2026-03-01T23:00Z")


def test_a_column_of_zones_is_used_row_by_row():
    naive = frame().assign(timestamp=HOURS.tz_localize(None), timezone="Europe/Istanbul")
    history = sc.read_volumes(naive)
    assert history.timezone == "Europe/Istanbul"
    assert history.counts.index[0] == pd.Timestamp("2026-03-01T21:00Z")


def test_duplicates_negative_missing_and_malformed_counts_are_counted():
    messages: list[object] = [5] * 336
    messages[10], messages[11], messages[12] = -3, None, "many"
    data = frame(messages)
    data = pd.concat([data, data.iloc[[20, 21]]])
    history = sc.read_volumes(data)
    found = {check: rows(history, check) for check in ("duplicate", "negative", "missing", "malformed")}
    assert found == {"duplicate": 2, "negative": 1, "missing": 1, "malformed": 1}
    assert np.isnan(history.counts.iloc[10, 0])
    assert np.isnan(history.counts.iloc[11, 0])
    assert {note.key for note in history.notes} >= {"quality_duplicate", "quality_negative", "quality_malformed"}


def test_a_gap_that_leaks_a_few_messages_is_found_to_the_hour():
    rng = np.random.default_rng(1)
    hours = pd.date_range("2026-01-05", periods=8 * 168, freq="h", tz="UTC")
    messages = rng.poisson(12, len(hours))
    messages[500:530] = 0
    messages[[510, 520]] = 1
    history = sc.read_volumes(pd.DataFrame({"timestamp": hours, "channel": "x", "messages": messages}))
    assert rows(history, "collection_gap") == 30
    gap = history.gaps.iloc[0]
    assert (gap["start"], gap["hours"], gap["messages"]) == (hours[500], 30, 2)
    assert history.counts.iloc[500:530].isna().all().all()


def test_nights_and_weekends_without_messages_are_no_gap():
    hours = pd.date_range("2026-01-05", periods=8 * 168, freq="h", tz="UTC")
    at_work = (hours.day_of_week < 5) & (hours.hour >= 9) & (hours.hour < 17)
    messages = np.where(at_work, np.random.default_rng(2).poisson(20, len(hours)), 0)
    history = sc.read_volumes(pd.DataFrame({"timestamp": hours, "messages": messages}))
    assert rows(history, "collection_gap") == 0


def test_rows_that_are_missing_from_a_file_that_writes_zeros_are_a_gap_and_not_zero():
    messages = np.r_[np.zeros(1), np.full(335, 5)]
    data = frame(messages).drop(index=range(100, 140))
    history = sc.read_volumes(data)
    assert history.counts.isna().to_numpy().sum() == 40
    assert rows(history, "collection_gap") == 40


def test_a_sparse_file_leaves_quiet_hours_at_zero():
    data = pd.DataFrame({"timestamp": HOURS, "channel": "chat", "messages": 1}).iloc[::3]
    history = sc.read_volumes(data)
    assert history.counts.isna().to_numpy().sum() == 0
    assert history.messages == len(data)


def test_quarter_hours_add_up_to_hours():
    quarters = pd.date_range("2026-03-02", periods=14 * 96, freq="15min", tz="UTC")
    history = sc.read_volumes(pd.DataFrame({"timestamp": quarters, "messages": 2}))
    assert (history.counts == 8).all().all()


def test_daily_counts_are_spread_over_days_of_23_and_25_hours():
    days = pd.date_range("2026-03-20", periods=14, freq="D")
    history = sc.read_volumes(pd.DataFrame({"date": days, "messages": 240}), timezone="Europe/Berlin")
    assert history.resolution == "daily"
    assert history.messages == pytest.approx(240 * 14)
    daily = history.local_days()
    assert daily.to_numpy() == pytest.approx(240)
    assert len(history.counts) == 14 * 24 - 1
    assert {note.key for note in history.notes} >= {"daily_counts"}


def test_the_repeated_hour_keeps_both_its_counts():
    wall = pd.date_range("2026-10-24", periods=49, freq="h", tz="Europe/Berlin").tz_localize(None)
    history = sc.read_volumes(pd.DataFrame({"timestamp": wall, "messages": 4}), timezone="Europe/Berlin")
    assert history.counts.shape[0] == 49
    assert (history.counts == 4).all().all()


def test_day_and_month_that_cannot_be_told_apart_are_asked_for(tmp_path):
    text = "date,messages\n" + "\n".join(f"{a:02d}/{b:02d}/2026,5" for a in range(1, 8) for b in (1, 2))
    path = write(tmp_path / "v.csv", text)
    with pytest.raises(sc.InputError, match="day_first="):
        sc.read_volumes(path, timezone="UTC")
    assert sc.read_volumes(path, timezone="UTC", day_first=False).counts.index[0] == pd.Timestamp("2026-01-01T00:00Z")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no rows"),
        ("when,what\n1,2\n", "no column"),
        ("timestamp,messages\n", "no rows"),
        ("timestamp,messages\nyesterday,4\n", "none of the 1 rows"),
        ("date,messages\n2026-01-01,4\n2026-02-01,4\n2026-03-01,5\n2026-04-01,5\n", "daily or hourly"),
        ("timestamp,messages\n" + "\n".join(f"2026-01-01T00:0{m}:07Z,1" for m in range(9)), "read_messages"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, text, words):
    with pytest.raises(sc.InputError, match=words):
        sc.read_volumes(write(tmp_path / "v.csv", text), timezone="UTC")


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(sc.InputError, match="cannot be read"):
        sc.read_volumes(tmp_path / "none.csv")
    with pytest.raises(sc.InputError, match="time zone"):
        sc.read_volumes(frame(), timezone="Mars/Olympus")


def test_a_thousands_separator_is_not_a_decimal(tmp_path):
    path = write(tmp_path / "v.csv", "date;messages\n2026-01-01;1.200\n2026-01-02;1.300\n2026-01-03;950\n")
    assert sc.read_volumes(path, timezone="UTC").messages == pytest.approx(3450)


def test_opening_hours_that_are_the_only_ones_listed_leave_the_rest_closed_and_not_lost():
    hours = pd.date_range("2026-01-05", periods=12 * 168, freq="h", tz="UTC")
    at_work = (hours.day_of_week < 5) & (hours.hour >= 8) & (hours.hour < 20)
    rows = pd.DataFrame({"timestamp": hours, "messages": np.random.default_rng(3).poisson(6, len(hours))})[at_work]
    history = sc.read_volumes(rows)
    assert history.counts.notna().to_numpy().mean() > 0.98
    assert rows_are_closed(history) == 168 - 60
    found = sc.fit_volume(history).backtest()
    assert found.test_days >= 25
    assert 0.8 <= found.day_coverage <= 1


def rows_are_closed(history: sc.History) -> float:
    return next(note.values["hours"] for note in history.notes if note.key == "hours_never_listed")


def test_a_channel_that_stops_is_left_out_of_the_backtest():
    hours = pd.date_range("2026-01-05", periods=12 * 168, freq="h", tz="UTC")
    rng = np.random.default_rng(4)
    frames = [
        pd.DataFrame({"timestamp": hours, "channel": name, "messages": rng.poisson(5, len(hours))}) for name in "ab"
    ]
    frames[1] = frames[1].iloc[:1000]
    found = sc.fit_volume(sc.read_volumes(pd.concat(frames))).backtest()
    assert found.test_days > 20
    assert found.hour_coverage > 0.8
