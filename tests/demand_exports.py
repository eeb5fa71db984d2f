"""Made-up exports whose truth is known exactly, because every trap is planted and counted."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import zoneinfo

import numpy as np

SECRETS = (
    "Ayşe Yılmaz",
    "ayse@example.org",
    "@ayse_y",
    "flabbergasted kumquat 4711 vanishing",
    "+90 555 010 20 30",
    "https://t.co/abc",
)
"""Names, addresses, handles and text planted in every row; none may survive."""


@dataclasses.dataclass
class Export:
    """An export as text, with the truth of every check."""

    text: str
    truth: dict[str, int]
    within_24h_calendar_answered: float
    within_24h_calendar_all: float
    within_24h_business_answered: float
    inbound: int


def open_minutes(start: dt.datetime, end: dt.datetime, days: tuple[int, ...], opens: int, closes: int) -> float:
    """Count open minutes by walking from day to day; shares no code with the library."""
    total, day = 0.0, start.date()
    while day <= end.date():
        if day.weekday() in days:
            midnight = dt.datetime.combine(day, dt.time())
            first = max(start, midnight + dt.timedelta(minutes=opens))
            last = min(end, midnight + dt.timedelta(minutes=closes))
            total += max(0.0, (last - first).total_seconds() / 60)
        day += dt.timedelta(days=1)
    return total


def zendesk(
    seed: int = 0,
    *,
    weeks: int = 8,
    days: tuple[int, ...] = (0, 1, 2, 3, 4),
    opens: int = 540,
    closes: int = 1080,
    zone: str = "Europe/Istanbul",
    turkish: bool = False,
    delimiter: str = ",",
) -> Export:
    """Return a Zendesk export in the account's local time with every trap of a real one."""
    rng = np.random.default_rng(seed)
    place = zoneinfo.ZoneInfo(zone)
    first = dt.datetime(2026, 3, 2, 13, 0)
    months = [
        "Ocak",
        "Şubat",
        "Mart",
        "Nisan",
        "Mayıs",
        "Haziran",
        "Temmuz",
        "Ağustos",
        "Eylül",
        "Ekim",
        "Kasım",
        "Aralık",
    ]
    rows: list[list[str]] = []
    times: list[dt.datetime] = []
    hours = weeks * 168 - 13 - 7
    gap = (500, 530)
    for hour in range(hours):
        if gap[0] <= hour < gap[1]:
            continue
        local = first + dt.timedelta(hours=hour)
        mean = 8 * (0.3 + np.exp(-(((local.hour - 14) / 5) ** 2))) * (0.5 if local.weekday() in (5, 6) else 1.0)
        for _ in range(rng.poisson(mean)):
            times.append(local + dt.timedelta(minutes=int(rng.integers(0, 60)), seconds=int(rng.integers(0, 60))))
    times.sort()
    leaks = [first + dt.timedelta(hours=505, minutes=3), first + dt.timedelta(hours=520, minutes=9)]
    batch = first + dt.timedelta(hours=300, minutes=7)
    arrivals = sorted([*times, *leaks])
    truth = {"malformed": 3, "duplicate": 0, "sentinel_date": 0, "outbound": 0, "internal": 0, "open_ticket": 0}
    truth["collection_gap"] = gap[1] - gap[0]
    answered, in_day, in_day_business = 0, 0, 0
    last = arrivals[-1]

    def stamp(moment: dt.datetime) -> str:
        if turkish:
            return f"{moment.day} {months[moment.month - 1]} {moment.year} {moment:%H:%M:%S}"
        return f"{moment:%Y-%m-%d %H:%M:%S}"

    def number(value: float) -> str:
        text = f"{value:.1f}"
        return text.replace(".", ",") if turkish else text

    def row(created: dt.datetime, via: str = "Web") -> list[str]:
        nonlocal answered, in_day, in_day_business
        ident = str(100_000 + len(rows))
        inbound = via in ("Web", "Twitter")
        is_open = inbound and created > last - dt.timedelta(hours=60) and rng.random() < 0.5
        replied = not is_open and rng.random() < 0.9
        minutes = float(np.round(rng.lognormal(6.0, 1.6), 1))
        aware = created.replace(tzinfo=place).astimezone(dt.UTC) + dt.timedelta(minutes=minutes)
        end = aware.astimezone(place).replace(tzinfo=None)
        business = round(open_minutes(created, end, days, opens, closes), 1)
        if inbound and replied:
            answered += 1
            in_day += minutes <= 1440
            in_day_business += business <= 1440
        truth["open_ticket"] += is_open
        truth["outbound"] += via == "OutBound"
        truth["internal"] += via == "Internal Communication"
        status = "Açık" if is_open and turkish else "Open" if is_open else "Çözüldü" if turkish else "Solved"
        replies = [number(minutes), number(business)] if replied else ["", ""]
        return [
            ident,
            SECRETS[0],
            SECRETS[3] + " " + SECRETS[1] + " " + SECRETS[2],
            status,
            via,
            stamp(created),
            stamp(created),
            *replies,
        ]

    for moment in arrivals:
        rows.append(row(moment, "Twitter" if rng.random() < 0.4 else "Web"))
    for k in range(30):
        rows.append(row(batch + dt.timedelta(seconds=k)))
    truth["batch_minute"] = 30
    for _ in range(25):
        rows.append(row(arrivals[int(rng.integers(100, 2000))], "OutBound"))
    for _ in range(17):
        rows.append(row(arrivals[int(rng.integers(100, 2000))], "Internal Communication"))
    inbound = len(arrivals) + 30
    truth["weekend_days"] = sum(moment.weekday() in (5, 6) for moment in arrivals)
    partial = {first.date(), last.date()}
    truth["partial_day"] = sum(moment.date() in partial for moment in arrivals)
    total = len(rows)
    for k in range(12):
        rows.append(list(rows[200 + 7 * k]))
    for k in range(9):
        older = list(rows[900 + 11 * k])
        older[6] = stamp(dt.datetime(2026, 3, 1))
        rows.append(older)
    truth["duplicate"] = 21
    for k in range(6):
        rows[300 + 13 * k][6] = "1970-01-01 00:00:00"
    truth["sentinel_date"] = 6
    truth["no_timezone"] = total + 21
    truth["localised"] = total + 21 + 1 if turkish else 0
    rows.append([str(1), SECRETS[0], SECRETS[3], "Solved", "Web", "31.02.2026 10:00", "", "", ""])
    header = ["Id", "Requester", "Subject", "Status", "Via", "Created at", "Updated at",
              "First reply time in minutes", "First reply time in minutes within business hours"]  # fmt: skip
    if turkish:
        header = ["Id", "İsteyen", "Konu", "Durum", "Kanal", "Oluşturulma Tarihi", "Güncellenme Tarihi",
                  "İlk Yanıt Süresi (dk)", "İlk Yanıt Süresi Mesai İçi (dk)"]  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    lines = out.getvalue().splitlines()
    lines.insert(50, "half of a broken row with text")
    lines.insert(90, delimiter.join(["7", SECRETS[0], "and the other half"]))
    return Export(
        "\n".join(lines), {name: int(count) for name, count in truth.items()}, in_day / answered, in_day / inbound,
        in_day_business / answered, inbound,
    )  # fmt: skip


def tweets(seed: int = 0, *, days: int = 30) -> tuple[str, dict[str, float]]:
    """Return a tweet-support set with threads, float parents and an unnamed first column, and its truth."""
    rng = np.random.default_rng(seed)
    start = dt.datetime(2017, 10, 1, tzinfo=dt.UTC)
    rows: list[tuple[dt.datetime, str, bool, str]] = []
    waits: list[float] = []
    ident, threads = 1000, 0
    for hour in range(days * 24):
        for _ in range(rng.poisson(3)):
            moment = start + dt.timedelta(hours=hour, seconds=int(rng.integers(0, 3600)))
            ident += 1
            root = ident
            threads += 1
            rows.append((moment, str(root), True, ""))
            if rng.random() < 0.8:
                wait = int(rng.integers(60, 7200))
                ident += 1
                rows.append((moment + dt.timedelta(seconds=wait), str(ident), False, f"{root}.0"))
                waits.append(wait / 3600)
                if rng.random() < 0.5:
                    ident += 1
                    rows.append((moment + dt.timedelta(seconds=wait + 300), str(ident), True, f"{ident - 1}.0"))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["", "tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id"]
    )
    for number, (moment, name, inbound, parent) in enumerate(rows):
        when = moment.strftime("%a %b %d %H:%M:%S +0000 %Y")
        writer.writerow([number, name, SECRETS[2], inbound, when, f"{SECRETS[3]} {SECRETS[5]}", "5,7", parent])
    truth = {
        "inbound": sum(row[2] for row in rows), "outbound": sum(not row[2] for row in rows), "threads": threads,
        "answered": len(waits), "within_1h": float(np.mean(np.array(waits) <= 1)),
    }  # fmt: skip
    return out.getvalue(), truth
