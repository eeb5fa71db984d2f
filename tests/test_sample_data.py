"""The sample files hold what their dictionary says, and the script that makes them makes them again."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import runpy
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import staffcalc

DATA = Path(__file__).resolve().parents[1] / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_sample_covers_twelve_months_of_five_channels_with_one_gap() -> None:
    sample = rows("sample_volumes.csv")
    hours = sorted({dt.datetime.fromisoformat(row["timestamp"]) for row in sample})
    assert {row["channel"] for row in sample} == {"instagram", "facebook", "x", "whatsapp", "linkedin"}
    assert hours[-1] - hours[0] == dt.timedelta(days=365) - dt.timedelta(hours=1)
    steps = Counter(later - earlier for earlier, later in itertools.pairwise(hours))
    assert steps == {dt.timedelta(hours=1): len(hours) - 2, dt.timedelta(hours=30): 1}


def test_the_sample_has_a_viral_week_and_a_quiet_holiday() -> None:
    by_day: dict[dt.date, int] = defaultdict(int)
    for row in rows("sample_volumes.csv"):
        local = dt.datetime.fromisoformat(row["timestamp"]) + dt.timedelta(hours=3)
        by_day[local.date()] += int(row["messages"])
    mean = sum(by_day.values()) / len(by_day)
    assert 250 < mean < 400
    assert max(by_day, key=lambda day: by_day[day]) == dt.date(2026, 6, 9)
    assert by_day[dt.date(2026, 4, 23)] < 0.8 * mean


def test_the_script_makes_the_files_again_byte_for_byte(tmp_path: Path) -> None:
    runpy.run_path(str(DATA / "make_sample_data.py"))["main"](tmp_path)
    for name in ("sample_volumes.csv", "enterprise_volumes.csv", "enterprise_desk.yaml"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name


@pytest.mark.parametrize("name", ["sample", "solo", "enterprise"])
def test_every_sample_desk_fits_its_volume_file(name: str) -> None:
    desk = staffcalc.read_desk(DATA / f"{name}_desk.yaml")
    volumes = rows("enterprise_volumes.csv" if name == "enterprise" else "sample_volumes.csv")
    assert {channel.id for channel in desk.channels} == {row["channel"] for row in volumes}


def test_the_enterprise_desk_holds_the_traps_it_promises() -> None:
    desk = staffcalc.read_desk(DATA / "enterprise_desk.yaml")
    agencies = {holder.id for holder in desk.access_holders if holder.employment == "agency"}
    assert (len(desk.channels), len(desk.people), len(desk.access_holders)) == (300, 40, 392)
    assert any(holder.end is not None and holder.end < desk.today for holder in desk.access_holders)
    assert any(
        channel.access and channel.access.owner and set(channel.access.owner) <= agencies for channel in desk.channels
    )
    assert any(channel.access and channel.access.private_address for channel in desk.channels)
    assert any(channel.access and channel.access.shared_password for channel in desk.channels)
    assert any(len(desk.holders_of_channel(channel.id)) == 1 for channel in desk.channels)


def test_the_solo_desk_is_one_person_at_all_hours() -> None:
    desk = staffcalc.read_desk(DATA / "solo_desk.yaml")
    assert len(desk.people) == 1
    assert desk.calendar.cover is not None
    assert desk.calendar.cover.hours_per_week == 168


def test_the_chat_log_stands_beside_its_attribution() -> None:
    assert "Creative Commons Attribution 4.0" in (DATA / "ubuntu_irc" / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert (DATA / "ubuntu_irc" / "ubuntu_irc_messages.csv.gz").stat().st_size > 100_000


def test_daily_counts_of_three_hundred_channels_can_be_read() -> None:
    history = staffcalc.read_volumes(DATA / "enterprise_volumes.csv", timezone="Europe/Istanbul")
    total = sum(int(row["messages"]) for row in rows("enterprise_volumes.csv"))
    assert history.counts.shape == (8 * 7 * 24, 300)
    assert history.counts.to_numpy().sum() == pytest.approx(total)
