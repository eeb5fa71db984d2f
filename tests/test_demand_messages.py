"""Message logs: every trap is planted in a generated export and counted; nothing personal survives."""

from __future__ import annotations

import gzip
import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc

sys.path.insert(0, str(Path(__file__).parent))
from demand_exports import SECRETS, Export, tweets, zendesk

CHECKS = ["sentinel_date", "no_timezone", "duplicate", "malformed", "batch_minute", "collection_gap", "partial_day",
          "open_ticket", "outbound", "internal", "schedule_inferred", "weekend_days", "localised"]  # fmt: skip


def read(tmp_path: Path, export: Export, encoding: str = "utf-8", **options: object) -> sc.History:
    path = tmp_path / "export.csv"
    path.write_bytes(export.text.encode(encoding))
    return sc.read_messages(path, **{"timezone": "Europe/Istanbul", **options})  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_quality_table_counts_every_planted_trap(tmp_path, seed):
    export = zendesk(seed)
    quality = read(tmp_path, export).quality
    assert quality["check"].tolist() == CHECKS
    found = quality.set_index("check")["rows"].to_dict()
    wanted = {name: found[name] for name in export.truth}
    assert wanted == export.truth


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1254", ";")])
def test_a_turkish_export_with_decimal_commas_and_month_names_reads_the_same(tmp_path, encoding, delimiter):
    export = zendesk(4, turkish=True, delimiter=delimiter)
    history = read(tmp_path, export, encoding)
    found = history.quality.set_index("check")["rows"].to_dict()
    assert {name: found[name] for name in export.truth} == export.truth
    assert float(history.reply_share(within_hours=24)) == pytest.approx(export.within_24h_calendar_answered, abs=0.004)


def test_shares_stand_on_both_clocks_and_both_denominators(tmp_path):
    export = zendesk(3)
    history = read(tmp_path, export)
    calendar = history.reply_share(within_hours=24)
    assert float(calendar) == pytest.approx(export.within_24h_calendar_answered, abs=0.003)
    assert float(history.reply_share(within_hours=24, of="all")) == pytest.approx(
        export.within_24h_calendar_all, abs=0.003
    )
    assert float(history.reply_share(within_hours=24, clock="business")) == pytest.approx(
        export.within_24h_business_answered, abs=0.003
    )
    assert "calendar clock" in str(calendar.sentence)
    assert len(history.reply_shares(by="channel")) == 8


@pytest.mark.parametrize(
    ("days", "opens", "closes", "names"),
    [
        ((0, 1, 2, 3, 4), 540, 1080, "monday friday 09:00 18:00"),
        ((6, 0, 1, 2, 3), 510, 1035, "monday sunday 08:30 17:15"),
        ((0, 1, 2, 3, 4, 5), 480, 1320, "monday saturday 08:00 22:00"),
    ],
)
def test_opening_hours_are_inferred_from_both_clocks(tmp_path, days, opens, closes, names):
    schedule = read(tmp_path, zendesk(5, days=days, opens=opens, closes=closes)).schedule
    assert schedule is not None
    assert f"{schedule.days[0]} {schedule.days[-1]} {schedule.open} {schedule.close}" == names
    assert schedule.explained > 0.97
    assert schedule.next_best is not None
    assert schedule.next_best.explained < schedule.explained


def test_the_calendar_clock_is_rebuilt_where_only_business_minutes_exist(tmp_path):
    export = zendesk(6)
    path = tmp_path / "export.csv"
    path.write_text(export.text, encoding="utf-8")
    frame = pd.read_csv(path, on_bad_lines="skip", dtype=str).drop(columns="First reply time in minutes")
    history = sc.read_messages(frame, timezone="Europe/Istanbul")
    assert "business_minutes_only" in {note.key for note in history.notes}
    with pytest.raises(sc.InputError, match="opening="):
        history.reply_share(within_hours=24)
    hours = sc.WeekHours.model_validate({"monday-friday": ["09:00-18:00"]})
    rebuilt = sc.read_messages(frame, timezone="Europe/Istanbul", opening=hours).reply_share(within_hours=24)
    assert float(rebuilt) == pytest.approx(export.within_24h_calendar_answered, abs=0.08)


def test_threads_and_first_replies_come_from_reply_links(tmp_path):
    text, truth = tweets(0)
    path = tmp_path / "tweets.csv"
    path.write_text(text, encoding="utf-8")
    history = sc.read_messages(path)
    assert history.layout == "public_tweet_set"
    quality = history.quality.set_index("check")["rows"]
    assert quality["outbound"] == truth["outbound"]
    assert history.messages + quality["partial_day"] == truth["inbound"]
    assert history.replies is not None
    assert len(history.replies) == truth["threads"]
    assert int(history.replies["answered"].sum()) == truth["answered"]
    assert float(history.reply_share(within_hours=1)) == pytest.approx(truth["within_1h"])
    talks = history.by_conversation()
    assert talks.per == "conversation"
    assert talks.messages == pytest.approx(truth["threads"], abs=1)
    replies = history.handling().set_index("measure").loc["replies_per_conversation", "mean"]
    assert replies == pytest.approx(truth["answered"] / truth["threads"], rel=1e-9)


def test_no_text_name_address_or_handle_survives(tmp_path):
    text, _ = tweets(1, days=20)
    (tmp_path / "tweets.csv").write_text(text, encoding="utf-8")
    for history in (read(tmp_path, zendesk(7)), sc.read_messages(tmp_path / "tweets.csv")):
        volume = sc.fit_volume(history)
        kept = b"".join(
            [
                pickle.dumps(history),
                pickle.dumps(volume),
                history.to_frame().to_csv().encode(),
                history._repr_html_().encode(),
                *(note.say(language).encode() for note in history.notes for language in ("en", "tr")),
            ]
        )
        for secret in SECRETS:
            assert secret.encode() not in kept
            assert not any(word.encode() in kept for word in secret.split() if len(word) > 4)


def test_errors_show_no_text_either(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(f"{SECRETS[1]},{SECRETS[3]}\n1,2\n", encoding="utf-8")
    with pytest.raises(sc.InputError) as caught:
        sc.read_messages(path)
    assert not any(secret in str(caught.value) for secret in SECRETS)


def log(**columns: object) -> pd.DataFrame:
    times = pd.date_range("2026-03-02", periods=600, freq="37min").astype(str)
    return pd.DataFrame({"Created at": times, **columns})


@pytest.mark.parametrize(
    ("frame", "options", "words"),
    [
        (log(**{"Response time": 5}), {}, "unit="),
        (log(**{"Response time (min)": 5}), {}, "clock="),
        (log(**{"Timestamp": "2026-03-02"}), {}, "columns="),
        (log(**{"Message Type": "x", "Direction": "sideways"}), {}, "inbound"),
        (log(**{"Page name": "x", "Publish time": "2026-01-01"}), {}, "inbox"),
        (log(), {"timezone": None}, "timezone="),
        (log(), {"layout": "fax"}, "zendesk"),
        (log(), {"columns": {"created_at": "nothing"}}, "no column"),
        (log().rename(columns={"Created at": "Wann"}), {}, "created_at"),
        (log(**{"Direction": "outbound"}), {}, "inbound"),
        (log().head(0), {}, "no rows"),
    ],
)
def test_what_is_ambiguous_names_the_argument_that_settles_it(frame, options, words):
    with pytest.raises(sc.InputError, match=words):
        sc.read_messages(frame, **{"timezone": "UTC", **options})


def test_given_unit_and_clock_settle_a_response_time():
    history = sc.read_messages(log(**{"Response time": 5}), timezone="UTC", unit="hours", clock="calendar")
    assert float(history.reply_share(within_hours=4)) == 0.0
    assert float(history.reply_share(within_hours=5)) == 1.0


AT = "2026-03-02 10:00:00"
PRODSIGHT = {"message_created_at": AT, "message_author_type": "user", "conversation_first_response_at": AT}
SPROUT = {
    "guid": "a",
    "network": "TWITTER",
    "post_category": "x",
    "profile_guid": "p",
    "created_time": "2026-03-02T10:00Z",
}
KUSTOMER = {"id": 1, "channels": "email", "status": "done", "messageCount": 2, "satisfaction": "", "Created At": AT}


@pytest.mark.parametrize(
    ("columns", "layout"),
    [
        ({"created_at": 1_760_000_000, "first_admin_reply_at": 1_760_000_600, "time_to_admin_reply": 600}, "intercom"),
        ({**PRODSIGHT, "conversation_id": 5}, "intercom_prodsight"),
        ({"Medium": "Twitter", "Contact Primary Identifier": "@x", "Created at": AT}, "hootsuite_inbox"),
        (SPROUT, "sprout_api"),
        ({"cases_id": 1, "case_message_direction": "INBOUND", "created_time": AT}, "sprout_fivetran"),
        ({"Case Number": 1, "Case creation time": AT, "Associated Message Count": 3}, "sprinklr"),
        ({"Segment ID": 1, "Reaction time": 30, "Message date": AT, "Direction": "Inbound"}, "front"),
        (KUSTOMER, "kustomer"),
        ({"Conversation ID": 1, "Created At": AT, "Initiator Type - Created": "CUSTOMER"}, "gladly"),
        ({"Ticket created - Timestamp": AT, "Ticket ID": 4}, "zendesk_explore"),
    ],
)
def test_layouts_of_many_tools_are_told_apart(columns, layout):
    frame = pd.DataFrame({name: [value] * 3 for name, value in columns.items()})
    history = sc.read_messages(frame, timezone="UTC", unit="ignore")
    assert history.layout == layout


def test_formats_of_files_read_the_same(tmp_path):
    frame = log(Channel="chat", Status="open")
    paths = [tmp_path / f"log.{ending}" for ending in ("csv", "xlsx", "parquet", "jsonl", "csv.gz")]
    frame.to_csv(paths[0], index=False)
    frame.to_excel(paths[1], index=False)
    frame.to_parquet(paths[2])
    frame.to_json(paths[3], orient="records", lines=True)
    paths[4].write_bytes(gzip.compress(paths[0].read_bytes()))
    counts = [sc.read_messages(path, timezone="UTC").counts for path in paths]
    for other in counts[1:]:
        pd.testing.assert_frame_equal(other, counts[0])


def test_replies_across_a_clock_change_take_as_long_as_they_took():
    """Berlin, 29 March 2026: 01:30 to 03:30 local time is one hour."""
    frame = pd.DataFrame({"Created at": ["2026-03-29 01:30"] * 3, "First reply at": ["2026-03-29 03:30"] * 3})
    replies = sc.read_messages(frame, timezone="Europe/Berlin").replies
    assert replies is not None
    assert replies["calendar_hours"].tolist() == [1.0] * len(replies)


def test_a_weekend_on_friday_and_saturday_is_noticed():
    rng = np.random.default_rng(0)
    hours = pd.date_range("2026-03-02", periods=8 * 168, freq="h")
    counts = rng.poisson(np.where(np.isin(hours.day_of_week, [4, 5]), 1, 6))
    times = np.repeat(hours, counts) + pd.to_timedelta(rng.integers(0, 3600, counts.sum()), unit="s")
    frame = pd.DataFrame({"Created at": times.astype(str), "Status": "Solved"})
    history = sc.read_messages(frame, timezone="Asia/Riyadh")
    note = next(note for note in history.notes if note.key == "weekend_elsewhere")
    assert "Friday and Saturday" in str(note)
    told = sc.read_messages(frame, timezone="Asia/Riyadh", weekend=("friday", "saturday"))
    assert "weekend_elsewhere" not in {note.key for note in told.notes}


def test_windows_of_a_sampled_log_give_reply_times_and_no_weekly_profile():
    history = sc.read_messages(Path(__file__).parents[1] / "data/ubuntu_irc/ubuntu_irc_messages.csv.gz")
    assert float(history.reply_share(within_hours=1)) > 0.99
    with pytest.raises(sc.InputError, match="windows"):
        sc.fit_volume(history)


def test_a_log_feeds_the_same_model_as_a_volume_file(tmp_path):
    export = zendesk(8)
    history = read(tmp_path, export)
    volume = sc.fit_volume(history)
    assert volume.per == "conversation"
    assert volume.timezone == "Europe/Istanbul"
    assert volume.weekend_share == pytest.approx(2 * 0.5 / 6, abs=0.02)


def test_the_repeated_hour_of_an_ordered_log_is_told_apart():
    """Berlin, 25 October 2026: 02:00 to 03:00 happens twice; ten rows in each, in order of time."""
    first = [f"2026-10-25 {hour:02d}:{minute:02d}:00" for hour in (0, 1, 2) for minute in range(0, 60, 6)]
    second = [f"2026-10-25 {hour:02d}:{minute:02d}:00" for hour in (2, 3, 4) for minute in range(0, 60, 6)]
    frame = pd.DataFrame({"Created at": first + second, "Id": range(60), "Status": "Solved"})
    counts = sc.read_messages(frame, timezone="Europe/Berlin").counts
    assert counts["all"].tolist() == [10.0] * 6


def test_a_title_above_the_header_is_skipped(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("Report of the week\n\n" + log(Channel="chat").to_csv(index=False), encoding="utf-8")
    history = sc.read_messages(path, timezone="UTC")
    assert history.quality.set_index("check").loc["malformed", "rows"] == 0
    assert history.channels == ("chat",)


def test_rows_without_a_time_are_counted_as_left_out():
    """Of 396 rows, 7 have no time, 2 a day that does not exist, 3 a false date: 384 are counted, none lost unsaid."""
    times = [f"2026-03-{2 + n // 24:02d}T{n % 24:02d}:10:00Z" for n in range(384)]
    bad = ["", "", None, "-", "n/a", "NULL", ""] + ["2026-02-31T10:00:00Z"] * 2 + ["1970-01-01T00:00:00Z"] * 3
    log = pd.DataFrame({"createdAt": times + bad, "id": range(396), "channel": "mail", "status": "closed"})
    history = sc.read_messages(log, timezone="UTC")
    rows = history.quality.set_index("check")["rows"]
    assert (history.messages, rows["malformed"], rows["sentinel_date"]) == (384, 9, 3)
