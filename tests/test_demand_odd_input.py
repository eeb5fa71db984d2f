"""Odd input: wrong types and strange tables end in an answer with counted notes, or in an error that gives advice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc

HOURS = pd.date_range("2026-03-02", periods=28 * 24, freq="h", tz="UTC")


def counts(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"timestamp": HOURS, "channel": "chat", "messages": 4 + HOURS.hour % 3, **columns})


def log(**columns: object) -> pd.DataFrame:
    times = pd.date_range("2026-03-02", periods=600, freq="37min").astype(str)
    return pd.DataFrame({"Created at": times, "Id": range(600), "Status": "Solved", **columns})


def desk() -> sc.Desk:
    facts = {
        "name": "d",
        "timezone": "UTC",
        "channels": [{"id": "chat"}],
        "targets": [{"share": 0.9, "within_hours": 24}],
    }
    facts["targets"][0]["id"] = "standard"  # type: ignore[index]
    return sc.Desk.model_validate(facts)


@pytest.fixture(scope="module")
def volume() -> sc.Volume:
    return sc.fit_volume(sc.read_volumes(counts()))


def keys(history: sc.History) -> set[str]:
    return {note.key for note in history.notes}


@pytest.mark.parametrize("read", [sc.read_messages, sc.read_volumes])
@pytest.mark.parametrize("value", [None, 5, b"a.csv", [1], {"a": 1}, pd.Series([1]), np.zeros((2, 2)), desk()])
def test_what_is_neither_a_path_nor_a_frame_is_refused(read: Callable[..., Any], value: object) -> None:
    with pytest.raises(sc.InputError, match="neither a path nor a frame"):
        read(value, timezone="UTC")


@pytest.mark.parametrize("read", [sc.read_messages, sc.read_volumes])
def test_folders_empty_files_and_texts_instead_of_paths_are_refused(read: Callable[..., Any], tmp_path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "mark.csv").write_bytes("\ufeff\n".encode())
    for path in (
        tmp_path,
        tmp_path / "empty.csv",
        tmp_path / "mark.csv",
        tmp_path / "none.csv",
        "a\0b",
        "timestamp,n\n1,2",
    ):
        with pytest.raises(sc.InputError):
            read(path, timezone="UTC")


@pytest.mark.parametrize(
    "ask",
    [
        lambda volume: sc.fit_volume(volume),
        lambda volume: sc.fit_volume(counts()),
        lambda volume: sc.fit_volume("volumes.csv"),
        lambda volume: sc.fit_volume(volume.history, calendar=desk()),
        lambda volume: sc.size_workload(volume, desk()),
        lambda volume: sc.size_workload(desk(), volume.history),
        lambda volume: sc.size_workload(desk(), volume, channels=["chat"]),
        lambda volume: sc.size_workload(desk(), volume, diary=counts()),
        lambda volume: volume.rename(["chat"]),
        lambda volume: volume.grow(by_share="0.3"),
        lambda volume: volume.grow(by_share=-1),
        lambda volume: volume.add_surge("x", times=0.5, days=1),
        lambda volume: volume.add_surge("x", times=3, days=None),
        lambda volume: volume.sample(weeks=0),
        lambda volume: volume.sample(weeks=10**9),
        lambda volume: volume.sample(seed="x"),
        lambda volume: volume.interval(90),
        lambda volume: volume.interval(0.9, by=None),
        lambda volume: volume.forecast(start="soon"),
        lambda volume: volume.forecast(start=pd.NaT),
        lambda volume: volume.forecast(10**6),
        lambda volume: volume.backtest(seed="x"),
        lambda volume: volume.move_to("Mars/Olympus"),
        lambda volume: volume.history.reply_share(),
        lambda volume: sc.read_messages(log(), timezone="UTC").reply_share(),
        lambda volume: sc.read_messages(log(), timezone="UTC", columns="Created at"),
        lambda volume: sc.read_messages(log(), timezone="UTC", opening="09:00-18:00"),
        lambda volume: sc.read_messages(log(), timezone="UTC", opening=sc.WeekHours.model_validate({})),
        lambda volume: sc.read_messages(log(), timezone="UTC", weekend=(5, 6)),
        lambda volume: sc.read_messages(log(), timezone="UTC", day_first="yes"),
        lambda volume: sc.read_messages(log(), timezone="UTC", checks="no"),
    ],
)
def test_arguments_of_the_wrong_kind_are_input_errors_in_both_languages(ask, volume) -> None:
    with pytest.raises(sc.InputError) as caught:
        ask(volume)
    assert caught.value.say("en") != caught.value.say("tr")


@pytest.mark.parametrize(
    "frame",
    [
        counts().head(1),
        counts(messages=0),
        counts(messages="many"),
        counts(messages=np.inf),
        counts(messages=1e300),
        counts(messages=1 + 2j),
        counts(timestamp="soon"),
        counts(messages=[[1]] * len(HOURS)),
        pd.DataFrame(),
        pd.DataFrame({"timestamp": pd.date_range("2025-01-01", periods=8760, freq="h", tz="UTC"), "messages": 0}),
    ],
)
def test_tables_without_a_usable_count_are_refused(frame) -> None:
    with pytest.raises(sc.InputError):
        sc.fit_volume(sc.read_volumes(frame, timezone="UTC"))


@pytest.mark.parametrize("place", ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide", "America/St_Johns"])
@pytest.mark.parametrize("aware", [True, False])
def test_hours_of_zones_off_by_part_of_an_hour_keep_their_hour_of_the_week(place: str, aware: bool) -> None:
    """Messages come at 10:00 local time only, four a day; nights say zero."""
    wall = pd.date_range("2026-06-01", periods=28 * 24, freq="h")
    stamps = wall.tz_localize(place) if aware else wall
    frame = pd.DataFrame({"timestamp": stamps, "messages": np.where(wall.hour == 10, 4, 0)})
    history = sc.read_volumes(frame, timezone=None if aware else place)
    assert history.timezone == place
    assert history.counts.notna().all().all()
    found = sc.fit_volume(history).weekly_profile["all"]
    assert found[found > 1].index.tolist() == [10 + 24 * day for day in range(7)]


@pytest.mark.parametrize("place", ["Asia/Kolkata", "America/New_York", "Europe/Istanbul"])
def test_days_are_the_days_as_they_are_written(place: str) -> None:
    days = pd.date_range("2026-06-01", periods=28, freq="D")
    messages = np.where(days.day_of_week == 0, 240, 24)
    naive = sc.read_volumes(pd.DataFrame({"date": days, "messages": messages}), timezone=place)
    aware = sc.read_volumes(pd.DataFrame({"date": days.tz_localize(place), "messages": messages}))
    utc = sc.read_volumes(pd.DataFrame({"date": days.tz_localize("UTC"), "messages": messages}), timezone=place)
    for history in (naive, aware, utc):
        assert (history.resolution, history.timezone) == ("daily", place)
        assert history.local_days().iloc[:, 0].tolist() == messages.tolist()
        profile = sc.fit_volume(history).profile.reshape(7, 24).sum(axis=1)
        assert profile.argmax() == 0
        assert profile[0] > 200


def test_one_column_a_channel_is_read_and_said_and_a_column_of_sums_is_left() -> None:
    wide = pd.DataFrame({"timestamp": HOURS, "chat": 2, "mail": 3, "all of them": 5})
    history = sc.read_volumes(wide)
    assert history.channels == ("chat", "mail")
    assert history.messages == 5 * len(HOURS)
    assert "one_column_a_channel" in keys(history)
    again = sc.read_volumes(history.counts)
    assert (again.counts.to_numpy() == history.counts.to_numpy()).all()


def test_counts_with_decimals_are_read_and_counted(tmp_path) -> None:
    text = "\n".join(f"{hour:%d.%m.%Y %H:%M};e-posta;{1 + n % 4},500" for n, hour in enumerate(HOURS))
    (tmp_path / "v.csv").write_text(
        "\ufeffTarih;Kanal;Mesaj Sayısı\n" + text + "\n30.03.2026 00:00;e-posta;0,5", encoding="utf-8"
    )
    history = sc.read_volumes(tmp_path / "v.csv", timezone="UTC")
    assert history.messages == pytest.approx(sum(1.5 + n % 4 for n in range(len(HOURS))) + 0.5)
    note = next(note for note in history.notes if note.key == "counts_with_fractions")
    assert note.values["count"] == len(HOURS) + 1


def test_tables_in_many_containers_read_the_same(tmp_path) -> None:
    frame = counts()
    wanted = sc.read_volumes(frame).counts
    plain = frame.assign(timestamp=HOURS.strftime("%Y-%m-%dT%H:%MZ"))
    frame.assign(timestamp=HOURS.tz_localize(None)).to_excel(tmp_path / "v.xlsx", index=False)
    frame.to_parquet(tmp_path / "v.parquet")
    plain.to_json(tmp_path / "v.jsonl", orient="records", lines=True)
    (tmp_path / "v.json").write_text(json.dumps(plain.to_dict("records")))
    plain.to_csv(tmp_path / "v.tsv", sep="\t", index=False)
    sources = [
        *tmp_path.iterdir(),
        frame.set_index("timestamp"),
        frame.iloc[::-1],
        frame.sample(frac=1, random_state=0),
        frame.astype({"messages": "Int64", "channel": "category"}),
        pd.concat([frame, frame]),
        frame.assign(tags=[["a"]] * len(frame)),
        frame.assign(timestamp=[at.to_pydatetime() for at in HOURS]),
    ]
    for source in sources:
        found = sc.read_volumes(source, timezone="UTC").counts
        pd.testing.assert_frame_equal(found, wanted, check_freq=False, check_index_type=False, check_column_type=False)


def test_mixed_zones_and_offsets_settle_row_by_row() -> None:
    both = pd.concat([counts(channel="a", timezone="Europe/Berlin"), counts(channel="b", timezone="Asia/Tokyo")])
    both["timestamp"] = both["timestamp"].dt.tz_localize(None)
    history = sc.read_volumes(both)
    assert history.counts["a"].first_valid_index() == pd.Timestamp("2026-03-01T23:00Z")
    assert history.counts["b"].first_valid_index() == pd.Timestamp("2026-03-01T15:00Z")
    offsets = [
        f"{at:%Y-%m-%dT%H:%M}{'+03:00' if n % 2 else 'Z'}"
        for n, at in enumerate(HOURS + 3 * (np.arange(len(HOURS)) % 2) * pd.Timedelta("1h"))
    ]
    assert sc.read_volumes(counts(timestamp=offsets)).counts.index[[0, -1]].tolist() == [HOURS[0], HOURS[-1]]


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        (["01:30:00", "26:00:00"], [1.5, 26]),
        (["0 days 01:30:00", "1 day, 2:00:00"], [1.5, 26]),
        (["1h 30m", "1 d 2 h"], [1.5, 26]),
        (["1 sa 30 dk", "1 gün 2 saat"], [1.5, 26]),
        ([pd.Timedelta("90min"), pd.Timedelta("26h")], [1.5, 26]),
        ([dt.time(1, 30), "26:00:00"], [1.5, 26]),
    ],
)
def test_durations_that_name_their_units_need_no_unit(written, hours) -> None:
    history = sc.read_messages(log(**{"First response time": written * 300}), timezone="UTC", clock="calendar")
    assert history.replies["calendar_hours"].head(2).tolist() == pytest.approx(hours)
    assert float(history.reply_share(within_hours=24)) == pytest.approx(0.5, abs=0.01)


def test_replies_that_cannot_be_read_are_counted_and_not_lost_unsaid() -> None:
    column = ["fast", "05:30", -5, 90, ""] * 120
    history = sc.read_messages(log(**{"First reply time in minutes": column}), timezone="UTC")
    note = next(note for note in history.notes if note.key == "durations_unread")
    assert note.values["count"] == 360
    assert history.reply_share(within_hours=2).rows == pytest.approx(120, abs=30)


def test_two_messages_of_one_minute_are_no_repeat_where_rows_carry_no_id() -> None:
    rng = np.random.default_rng(0)
    minutes = pd.Timestamp("2026-03-02") + pd.to_timedelta(np.sort(rng.integers(0, 28 * 1440, 20_000)), unit="min")
    frame = pd.DataFrame({"Created at": minutes.strftime("%Y-%m-%d %H:%M"), "Channel": "mail"})
    history = sc.read_messages(frame, timezone="UTC")
    assert history.messages == pytest.approx(20_000, rel=0.08)
    assert "repeats_kept" in keys(history)
    numbered = frame.assign(Ref=[f"r{n}" for n in range(len(frame))])
    doubled = sc.read_messages(pd.concat([numbered, numbered.iloc[:700]]), timezone="UTC")
    assert doubled.quality.set_index("check").loc["duplicate", "rows"] == 700
    finer = frame.assign(
        **{"Created at": (minutes + pd.to_timedelta(rng.integers(0, 60, 20_000), unit="s")).astype(str)}
    )
    repeated = sc.read_messages(pd.concat([finer, finer.iloc[:5000]]), timezone="UTC")
    assert repeated.quality.set_index("check").loc["duplicate", "rows"] >= 5000


def test_a_repeated_column_and_nested_cells_do_no_harm() -> None:
    frame = log(Via=[{"name": "web"}] * 600, Tags=[["a", "b"]] * 600)
    twice = pd.concat([frame, frame[["Via"]]], axis=1)
    assert sc.read_messages(twice, timezone="UTC").messages > 500


def test_the_zone_of_a_column_of_times_is_used() -> None:
    frame = log()
    frame["Created at"] = pd.date_range("2026-03-02", periods=600, freq="37min", tz="Asia/Tokyo")
    history = sc.read_messages(frame)
    assert history.timezone == "Asia/Tokyo"
    assert "timezone_is_utc" not in keys(history)


def whole_volume(**facts: object) -> sc.Volume:
    known = {"channels": ("a",), "timezone": "UTC", "profile": np.ones((168, 1)), "day_cv": 0.1, "week_cv": 0.1}
    return sc.Volume(**{**known, "level_sd": 0.1, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "facts",
    [
        {"profile": np.zeros((3, 1))},
        {"profile": np.full((168, 1), np.nan)},
        {"profile": -np.ones((168, 1))},
        {"profile": "busy"},
        {"day_cv": -0.1},
        {"level_sd": None},
        {"timezone": "Mars"},
        {"channels": "a"},
        {"channels": ("a", "a"), "profile": np.ones((168, 2))},
    ],
)
def test_a_volume_made_by_hand_is_checked(facts) -> None:
    with pytest.raises(sc.InputError):
        whole_volume(**facts)


def test_a_volume_made_by_hand_takes_lists_and_a_single_column() -> None:
    assert whole_volume(channels=["a"], profile=[1.0] * 168).messages_per_week == 168


@pytest.mark.parametrize(
    "ask",
    [
        lambda volume: sc.triage(volume, hours=4),
        lambda volume: sc.triage(sc.size_workload(desk()), hours=4, order="tools"),
        lambda volume: sc.find_governance_role(volume),
        lambda volume: sc.find_governance_role(desk(), hours_per_role=5),
        lambda volume: sc.find_governance_role(desk(), hours_per_role=()),
        lambda volume: sc.compare_with_peers(volume),
        lambda volume: sc.compare_with_peers(desk(), functions=["hr"]),
        lambda volume: sc.trace_tools(volume),
        lambda volume: sc.write_volumes("volumes.csv", volume),
        lambda volume: sc.write_volumes(None, volume.history),
        lambda volume: sc.volume_from_priors([1], timezone="UTC"),
        lambda volume: sc.volume_from_priors({3: 1}, timezone="UTC"),
        lambda volume: volume.add_surge("x", times=1e300, days=1),
        lambda volume: sc.read_time_diary(volume),
    ],
)
def test_the_other_doors_of_the_room_refuse_the_wrong_kind_too(ask, volume) -> None:
    with pytest.raises(sc.InputError) as caught:
        ask(volume)
    assert caught.value.say("en") != caught.value.say("tr")


@pytest.mark.parametrize("minutes", [1e11, 1e15, np.inf])
def test_a_reply_after_more_than_a_century_is_no_reply(minutes: float) -> None:
    opening = sc.WeekHours.model_validate({"monday": ["09:00-10:00"]})
    column = "First reply time in minutes within business hours"
    history = sc.read_messages(log(**{column: [minutes, 5e6, 30] * 200}), timezone="Europe/Berlin", opening=opening)
    note = next(note for note in history.notes if note.key == "durations_unread")
    assert note.values["count"] == 200
    assert history.replies["answered"].sum() == pytest.approx(400, abs=30)
