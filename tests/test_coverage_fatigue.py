"""Sleepiness of rosters: the reference scenarios, the rule for sleep, and pages counted apart."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import staffcalc as sc
from staffcalc.coverage.sleep_rule import SleepRule, broken_by

ZONE = "Europe/Istanbul"


def duty(start: str, end: str, **more: object) -> dict[str, object]:
    return {"person": "p1", "start": start, "end": end, **more}


NIGHTS = [duty(f"2027-01-{day:02d} 22:00", f"2027-01-{day + 1:02d} 06:00") for day in (4, 5, 6)]
DAYS = [duty(f"2027-01-{day:02d} 09:00", f"2027-01-{day:02d} 17:00") for day in (4, 5, 6, 7, 8)]


def at(answer: sc.Fatigue, moment: str) -> float:
    frame = answer.to_frame()
    return float(frame.loc[frame["time"] == pd.Timestamp(moment, tz=ZONE), "kss"].item())


def test_the_second_night_follows_the_reference_scenario() -> None:
    """S = 14 on waking at 07:00, a night of sleep, a night on duty, sleep 08-14: 7.13, 7.56, 7.46 (R package FIPS)."""
    sleep = [
        duty("2027-01-03 23:00", "2027-01-04 07:00"),
        duty("2027-01-04 23:00", "2027-01-05 07:00"),
        duty("2027-01-06 08:00", "2027-01-06 14:00"),
    ]
    nights = [duty("2027-01-04 09:00", "2027-01-04 17:00"), *NIGHTS[1:]]
    answer = sc.assess_fatigue(nights, sleep=sleep, timezone=ZONE)
    assert [round(at(answer, f"2027-01-07 {hour:02d}:00"), 2) for hour in (2, 5)] == [7.13, 7.56]


def test_day_duty_stays_below_the_alarm_and_night_duty_does_not() -> None:
    day = sc.assess_fatigue(DAYS, timezone=ZONE)
    night = sc.assess_fatigue(NIGHTS, timezone=ZONE)
    assert day.share_above_alarm == 0
    assert "No hour" in str(day.headline)
    assert night.share_above_alarm > 0.3
    assert night.people["highest_kss"].item() > 7
    assert night.people["hours_on_duty"].item() == 24


def test_the_rule_puts_people_to_bed_around_their_duties() -> None:
    sleeps = sc.assess_fatigue(NIGHTS, timezone=ZONE).sleep
    local = sleeps["start"].dt.tz_convert(ZONE).dt.strftime("%d %H:%M")
    assert "05 07:00" in set(local)
    assert "06 07:00" in set(local)
    assert "04 23:00" not in set(local)
    early = sc.assess_fatigue([duty("2027-01-05 06:00", "2027-01-05 14:00")], timezone=ZONE).sleep
    spans = early[early["end"].dt.tz_convert(ZONE).dt.strftime("%d") == "05"]
    assert (spans["end"] - spans["start"]).tolist() == [pd.Timedelta(hours=6)]


@settings(max_examples=40)
@given(
    starts=st.lists(st.integers(0, 20), min_size=1, max_size=8, unique=True),
    hour=st.integers(0, 23),
    length=st.integers(2, 12),
    bed=st.integers(20, 23),
)
def test_nobody_sleeps_on_duty_or_twice_at_once(starts: list[int], hour: int, length: int, bed: int) -> None:
    rows = []
    for day in sorted(starts):
        start = pd.Timestamp("2027-03-15", tz="UTC") + pd.Timedelta(days=day, hours=hour)
        rows.append(
            {"person": "p1", "start": start, "end": start + pd.Timedelta(hours=length), "timezone": "Europe/Berlin"}
        )
    answer = sc.assess_fatigue(rows, rule=SleepRule(bedtime=float(bed)))
    sleeps = list(answer.sleep[["start", "end"]].itertuples(index=False))
    assert all(one.end <= two.start for one, two in itertools.pairwise(sleeps))
    for row in rows:
        assert not any(sleep.start < row["end"] and sleep.end > row["start"] for sleep in sleeps)
    assert answer.to_frame()["kss"].between(1, 9).all()


def test_nights_broken_by_pages_are_counted_apart() -> None:
    page = duty("2027-01-05 03:00", "2027-01-05 04:00", kind="call_out")
    answer = sc.assess_fatigue([*DAYS, page], timezone=ZONE)
    assert answer.broken_nights == 1
    assert answer.people["broken_nights"].item() == 1
    assert any("broken by call-outs" in str(note) for note in answer.notes)
    calm = sc.assess_fatigue(DAYS, timezone=ZONE)
    gain = at(answer, "2027-01-05 12:00") - at(calm, "2027-01-05 12:00")
    assert 0 < gain < 0.3  # the model hardly sees it, which is why the night is counted


def test_a_page_that_leaves_five_hours_in_one_piece_breaks_no_night() -> None:
    sleep = [(0, 8 * 3600)]
    assert broken_by(sleep, [(5 * 3600, 6 * 3600)])[1] == 0
    assert broken_by(sleep, [(4 * 3600, 5 * 3600)])[1] == 1


def test_people_who_are_only_called_out_still_sleep_at_night() -> None:
    rows = [
        duty("2027-01-04 17:00", "2027-01-11 09:00", kind="on_call"),
        duty("2027-01-06 02:00", "2027-01-06 03:00", kind="call_out"),
    ]
    answer = sc.assess_fatigue(rows, timezone=ZONE)
    assert answer.people["hours_on_duty"].item() == 1
    assert len(answer.sleep) >= 3


def test_standby_without_pages_is_said() -> None:
    rows = [*DAYS, duty("2027-01-04 17:00", "2027-01-11 09:00", kind="on_call")]
    assert any("not counted" in str(note) for note in sc.assess_fatigue(rows, timezone=ZONE).notes)


def test_an_empty_roster_has_nothing_to_assess() -> None:
    answer = sc.assess_fatigue(pd.DataFrame(columns=["person", "start", "end", "kind"]), timezone=ZONE)
    assert answer.to_frame().empty
    for language in ("en", "tr"):
        assert answer.headline.say(language)


def test_overlapping_known_sleeps_are_refused() -> None:
    sleep = [duty("2027-01-03 23:00", "2027-01-04 07:00"), duty("2027-01-04 06:00", "2027-01-04 08:00")]
    with pytest.raises(sc.InputError, match="overlap"):
        sc.assess_fatigue(DAYS, sleep=sleep, timezone=ZONE)


def test_a_made_roster_can_be_assessed() -> None:
    people = [{"id": f"p{n}", "role": "a", "contract_hours_per_week": 40} for n in range(6)]
    desk = sc.Desk.model_validate({"name": "T", "timezone": ZONE, "calendar": {"cover": "24/7"}, "people": people})
    answer = sc.assess_fatigue(sc.make_roster(desk, start="2027-01-04", weeks=1))
    assert len(answer.people) == 6
    assert 0 < answer.share_above_alarm < 0.5
    assert answer.headline.say("tr")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"sleep": 5}, "cannot be read as a roster"),
        ({"rule": {}}, "SleepRule"),
        ({"alarm": "x"}, "not a number"),
        ({"alarm": 70}, "Karolinska"),
        ({"step_minutes": 0}, "must be 1 or more"),
        ({"step_minutes": 0.5}, "must be 1 or more"),
        ({"step_minutes": 1e9}, "240 or less"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused_with_advice(more: dict[str, object], words: str) -> None:
    with pytest.raises(sc.InputError, match=words):
        sc.assess_fatigue(DAYS, timezone=ZONE, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"hours": -1}, {"bedtime": "late"}, {"bedtime": 24}, {"day_hours": float("nan")}])
def test_a_rule_for_sleep_has_hours_of_a_day(wrong: dict[str, object]) -> None:
    with pytest.raises(sc.InputError, match="Try:"):
        SleepRule(**wrong)  # type: ignore[arg-type]


def sleeps_by_day(rows: list[dict[str, object]]) -> list[float]:
    found = sc.assess_fatigue(rows, timezone=ZONE).sleep
    day = (found["start"] - pd.Timedelta(hours=12)).dt.tz_convert(ZONE).dt.date
    hours = (found["end"] - found["start"]).dt.total_seconds() / 3600
    return hours.groupby(day).sum().tolist()[2:-1]


@pytest.mark.parametrize(
    ("begins", "hours", "least"), [(2, 8, 7.9), (20, 6, 5.9), (22, 8, 5.9), (5, 8, 4.9), (14, 8, 7.9), (9, 8, 7.9)]
)
def test_nobody_lives_on_scraps_of_sleep_for_a_week(begins: int, hours: int, least: float) -> None:
    """A duty from 02 to 10, or from 20 to 02, leaves a sleep by day; two or four hours a night would kill."""
    first = pd.Timestamp("2027-01-04", tz=ZONE) + pd.Timedelta(hours=begins)
    rows = [
        {"person": "p1", "start": day, "end": day + pd.Timedelta(hours=hours)}
        for day in pd.date_range(first, periods=7)
    ]
    every = sleeps_by_day(rows)
    assert min(every) >= least
    assert max(every) <= 8


def by_small_steps(sleeps: list[tuple[float, float]], wake: float, until: float) -> dict[int, float]:
    """Return KSS by minute since waking, by steps of a minute through the differential equations."""
    g, minutes, s, since, found = np.log((14.3 - 14) / (14.3 - 7.96)) / 8, 1 / 60, 14.0, wake, {}
    for number in range(int((until - wake) * 60) + 1):
        t = wake + number * minutes
        asleep = any(a - 1e-9 <= t < b - 1e-9 for a, b in sleeps)
        if asleep:
            since = min(b for a, b in sleeps if b > t + 1e-9)
        u = -0.5 + 0.5 * np.cos(2 * np.pi * (t - 19.8) / 12)
        w = -5.72 * np.exp(-1.51 * (t - since))
        found[number] = 10.6 - 0.6 * (s + 2.5 * np.cos(2 * np.pi * (t - 16.8) / 24) + u + w)
        slope = (g * (12.2 - 14.3) if s < 12.2 else g * (s - 14.3)) if asleep else -0.0353 * (s - 2.4)
        s += slope * minutes
    return found


@pytest.mark.parametrize("zone", ["Europe/Istanbul", "Europe/London", "America/New_York", "Australia/Lord_Howe"])
def test_readings_agree_with_small_steps_through_the_equations(zone: str) -> None:
    """Random duties across a clock change; the model is run again from the sleeps of the answer alone."""
    rng = np.random.default_rng(11)
    for begin in ("2027-03-10", "2027-10-01", "2027-03-25", "2027-10-28"):
        moment = pd.Timestamp(begin, tz=zone) + pd.Timedelta(hours=int(rng.integers(0, 24)))
        rows = []
        for _ in range(5):
            length = pd.Timedelta(hours=int(rng.integers(3, 13)))
            rows.append({"person": "p1", "start": moment, "end": moment + length, "timezone": zone})
            moment += length + pd.Timedelta(minutes=int(rng.integers(600, 2400)))
        answer = sc.assess_fatigue(rows)
        hour = pd.Timedelta(hours=1)
        midnight = rows[0]["start"].normalize()
        sleeps = [((a - midnight) / hour, (b - midnight) / hour) for a, b in answer.sleep[["start", "end"]].to_numpy()]
        wake = sleeps[0][1]
        frame = answer.to_frame()
        exact = by_small_steps(sleeps[1:], wake, (frame["time"].max() - midnight) / hour)
        for time, kss in zip(frame["time"], frame["kss"], strict=True):
            number = round(((time - midnight) / hour - wake) * 60)
            assert kss == pytest.approx(np.clip(exact[number], 1, 9), abs=0.02), (zone, time)
        duty = sum((row["end"] - row["start"]) / hour for row in rows)
        assert answer.people["hours_on_duty"].item() == pytest.approx(duty)


def test_hours_on_duty_are_the_hours_of_the_rows_whatever_the_step() -> None:
    rows = [duty("2027-01-04 09:20", "2027-01-04 16:50"), duty("2027-01-05 22:00", "2027-01-06 05:40")]
    for step in (7, 60, 240):
        people = sc.assess_fatigue(rows, timezone=ZONE, step_minutes=step).people
        assert people["hours_on_duty"].item() == pytest.approx(7.5 + 7 + 2 / 3)


def test_known_sleep_that_ends_early_or_runs_into_the_first_duty_is_not_lost() -> None:
    first = [duty("2027-01-03 23:00", "2027-01-04 07:00")]
    answer = sc.assess_fatigue(DAYS, sleep=first, timezone=ZONE)
    assert any("ends more than a day before" in str(note) for note in answer.notes)
    nap = sc.assess_fatigue(DAYS[:1], sleep=[duty("2027-01-04 08:00", "2027-01-04 10:00")], timezone=ZONE).to_frame()
    assert nap["time"].min() == pd.Timestamp("2027-01-04 10:00", tz=ZONE)
