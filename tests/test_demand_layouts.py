"""Exports of many tools and hands, one truth: each layout reads the same messages and the same share of replies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc

N = 1500
RNG = np.random.default_rng(1)
CREATED = pd.Series(pd.Timestamp("2026-03-02") + pd.to_timedelta(np.sort(RNG.integers(0, 42 * 86_400, N)), unit="s"))
WAITED = pd.Series(np.where(RNG.random(N) < 0.8, RNG.lognormal(8, 1.5, N).round(), np.nan))
REPLIED = CREATED + pd.to_timedelta(WAITED, unit="s")
SHARE, SHARE_OF_ALL = float((WAITED.dropna() <= 4 * 3600).mean()), float((WAITED.fillna(np.inf) <= 4 * 3600).mean())
MONTHS = ["Oca", "Şub", "Mar", "Nis"]


def text(times: pd.Series, form: str = "%Y-%m-%d %H:%M:%S") -> pd.Series:
    return times.dt.strftime(form)


def clock(seconds: float) -> str:
    return "" if np.isnan(seconds) else f"{seconds // 3600:02.0f}:{seconds % 3600 // 60:02.0f}:{seconds % 60:02.0f}"


def epoch(times: pd.Series) -> pd.Series:
    return times.astype("datetime64[s]").astype("int64").where(times.notna(), 0)


CLOCKS = WAITED.map(clock)
TALKS = pd.concat(
    [
        pd.DataFrame({"talk": range(N), "at": CREATED, "side": "INBOUND"}),
        pd.DataFrame({"talk": range(N), "at": REPLIED, "side": "OUTBOUND"}).dropna(),
    ]
).sort_values("at", ignore_index=True)
TICKETS = {
    "freshdesk": {
        "Ticket ID": range(N), "Status": "Closed", "Source": "Twitter", "Group": "G", "Created time": text(CREATED),
        "Resolved time": text(REPLIED), "Initial response time": text(REPLIED), "First response time (in hrs)": CLOCKS,
    },
    "intercom": {
        "conversation_id": range(N), "created_at": epoch(CREATED), "first_admin_reply_at": epoch(REPLIED),
        "time_to_admin_reply": WAITED.fillna(0), "source_type": "twitter", "state": "closed",
    },
    "zendesk_explore": {
        "Ticket ID": range(N), "Ticket created - Timestamp": text(CREATED, "%Y-%m-%dT%H:%M:%S"),
        "Ticket status": "Solved", "First reply time (min)": WAITED / 60,
    },
    "kustomer": {
        "id": range(N), "channels": "sms", "status": "done", "messageCount": 2, "satisfaction": "",
        "createdAt": text(CREATED), "firstResponse.createdAt": text(REPLIED),
    },
    "turkish": {
        "Talep No": range(N), "Kanal": "Instagram", "Durum": "Çözüldü",
        "Oluşturulma Tarihi": [f"{at.day} {MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S}" for at in CREATED],
        "İlk Yanıt Süresi (dk)": (WAITED / 60).map("{:.2f}".format).str.replace(".", ",").replace("nan", ""),
    },
    "turkish in capitals": {
        "KAYIT NO": range(N), "AÇILIŞ TARİHİ": text(CREATED, "%d/%m/%Y %H:%M:%S"), "DURUM": "KAPANDI",
        "İLK YANIT TARİHİ": text(REPLIED, "%d/%m/%Y %H:%M:%S"),
    },
    "turkish without dots": {
        "Olusturulma Tarihi": text(CREATED, "%d.%m.%Y %H:%M:%S"),
        "Ilk Yanit Tarihi": text(REPLIED, "%d.%m.%Y %H:%M:%S"),
    },
    "offsets": {
        "timestamp": text(CREATED, "%Y-%m-%dT%H:%M:%S+03:00"), "responded_at": text(REPLIED, "%Y-%m-%dT%H:%M:%S+03:00"),
    },
    "date and time apart": {
        "Date": text(CREATED, "%d/%m/%Y"), "Time": text(CREATED, "%H:%M:%S"),
        "First reply at": text(REPLIED, "%d/%m/%Y %H:%M:%S"),
    },
}  # fmt: skip
SIDES = TALKS["side"].map({"INBOUND": "customer", "OUTBOUND": "agent"})
MESSAGES = {
    "front": {
        "Message ID": range(len(TALKS)), "Segment ID": TALKS["talk"], "Conversation ID": TALKS["talk"],
        "Direction": TALKS["side"], "Message date": text(TALKS["at"], "%m/%d/%Y %H:%M:%S"), "Author": "Ann",
    },
    "sprout": {
        "cases_id": TALKS["talk"], "message_guid": range(len(TALKS)), "case_message_direction": TALKS["side"],
        "created_time": text(TALKS["at"]),
    },
    "hootsuite": {
        "Message ID": range(len(TALKS)), "Conversation ID": TALKS["talk"], "Medium": "Twitter",
        "Contact Primary Identifier": "joe", "Direction": TALKS["side"], "Created at": text(TALKS["at"]),
    },
    "khoros": {
        "conversation_id": TALKS["talk"], "post_time": text(TALKS["at"]), "author_type": SIDES, "source": "twitter",
    },
    "turkish": {
        "Mesaj No": range(len(TALKS)), "Konuşma No": TALKS["talk"], "Platform": "Facebook",
        "Yön": TALKS["side"].map({"INBOUND": "Gelen", "OUTBOUND": "Giden"}),
        "Tarih": text(TALKS["at"], "%d.%m.%Y %H:%M:%S"),
    },
    "a direction under an unknown header": {
        "id": range(len(TALKS)), "thread_id": TALKS["talk"], "date": TALKS["at"], "who": SIDES,
    },
    "milliseconds": {
        "conversationId": TALKS["talk"], "sendTime": TALKS["at"].astype("datetime64[ms]").astype("int64"),
        "senderType": SIDES,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", TICKETS)
def test_exports_of_tickets_give_their_messages_and_reply_shares(name: str) -> None:
    history = sc.read_messages(pd.DataFrame(TICKETS[name]), timezone="Europe/Istanbul")
    lost = history.quality.set_index("check").loc["partial_day", "rows"]
    assert (history.messages + lost, history.per) == (N, "conversation")
    assert float(history.reply_share(within_hours=4)) == pytest.approx(SHARE, abs=1e-3)
    assert float(history.reply_share(within_hours=4, of="all")) == pytest.approx(SHARE_OF_ALL, abs=1e-3)


@pytest.mark.parametrize("name", MESSAGES)
def test_exports_of_messages_give_their_messages_and_reply_shares(name: str) -> None:
    history = sc.read_messages(pd.DataFrame(MESSAGES[name]), timezone="Europe/Istanbul", day_first=None)
    lost = history.quality.set_index("check").loc["partial_day", "rows"]
    assert (history.messages + lost, history.per) == (N, "message")
    assert float(history.reply_share(within_hours=4)) == pytest.approx(SHARE, abs=1e-3)
    assert float(history.reply_share(within_hours=4, of="all")) == pytest.approx(SHARE_OF_ALL, abs=1e-3)


def test_rows_that_share_conversations_without_a_direction_are_said() -> None:
    frame = pd.DataFrame(MESSAGES["khoros"]).drop(columns="author_type").rename(columns={"post_time": "created_at"})
    history = sc.read_messages(frame, timezone="UTC")
    note = next(note for note in history.notes if note.key == "rows_share_conversations")
    assert note.values["count"] == len(TALKS) - N


def test_replies_before_their_message_are_said_and_not_counted() -> None:
    frame = pd.DataFrame({"created_at": text(CREATED) + "Z", "first_reply_at": text(REPLIED)})
    history = sc.read_messages(frame, timezone="Europe/Istanbul")
    note = next(note for note in history.notes if note.key == "replies_too_early")
    assert note.values["count"] == int((WAITED < 3 * 3600).sum())


def test_a_column_of_thousands_of_values_is_no_channel() -> None:
    frame = pd.DataFrame({"created_at": pd.date_range("2026-03-02", periods=2500, freq="5min"), "channel": range(2500)})
    with pytest.raises(sc.InputError, match="2,500 different"):
        sc.read_messages(frame, timezone="UTC")


@pytest.mark.parametrize("hour", [lambda n: n, lambda n: f"{n:02d}:00", lambda n: f"{n}:00-{n + 1}:00"])
def test_counts_with_a_date_and_an_hour_beside_it_are_hourly(hour) -> None:
    stamps = pd.date_range("2026-03-02", periods=14 * 24, freq="h")
    frame = pd.DataFrame(
        {"date": stamps.strftime("%d/%m/%Y"), "hour": [hour(at.hour) for at in stamps], "messages": stamps.hour}
    )
    history = sc.read_volumes(frame, timezone="Europe/Istanbul")
    assert history.resolution == "hourly"
    assert history.counts["all"].tolist() == stamps.hour.tolist()
    assert "date_and_hour_joined" in {note.key for note in history.notes}


def test_a_column_of_totals_is_no_channel_and_hours_in_headers_are_hours() -> None:
    stamps = pd.date_range("2026-03-02", periods=14 * 24, freq="h")
    quiet = pd.DataFrame({"Zaman": stamps.astype(str), "Instagram": 2, "X": 0, "Toplam": 2})
    assert sc.read_volumes(quiet, timezone="UTC").counts.sum().to_dict() == {"Instagram": 2 * len(stamps), "X": 0.0}
    unsaid = quiet.rename(columns={"Toplam": "everything"})
    assert sc.read_volumes(unsaid, timezone="UTC").channels == ("Instagram", "X", "everything")
    one = quiet.drop(columns="X")
    assert sc.read_volumes(one, timezone="UTC").channels == ("Instagram",)
    grid = pd.DataFrame(stamps.hour.to_numpy().reshape(14, 24), columns=[f"{hour:02d}:00" for hour in range(24)])
    history = sc.read_volumes(grid.assign(Tarih=stamps[::24].strftime("%d.%m.%Y")), timezone="Europe/Istanbul")
    assert history.counts["all"].tolist() == stamps.hour.tolist()
    assert {"hours_in_columns", "date_and_hour_joined"} <= {note.key for note in history.notes}


def test_midnight_may_be_written_as_the_end_of_the_day() -> None:
    stamps = pd.date_range("2026-03-02 01:00", periods=14 * 24, freq="h")
    ends = stamps.where(stamps.hour > 0, stamps - pd.Timedelta("1h"))
    written = [
        f"{at:%Y-%m-%d} 24:00" if own.hour == 0 else f"{at:%Y-%m-%d %H:%M}"
        for at, own in zip(ends, stamps, strict=True)
    ]
    history = sc.read_volumes(pd.DataFrame({"timestamp": written, "messages": stamps.hour}), timezone="UTC")
    assert history.counts["all"].tolist() == stamps.hour.tolist()
