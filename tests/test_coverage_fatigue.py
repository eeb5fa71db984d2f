"""Sleepiness of rosters: the reference scenarios, the rule for sleep, and pages counted apart."""

from __future__ import annotations

import itertools

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
    ],
)
def test_arguments_that_cannot_be_used_are_refused_with_advice(more: dict[str, object], words: str) -> None:
    with pytest.raises(sc.InputError, match=words):
        sc.assess_fatigue(DAYS, timezone=ZONE, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"hours": -1}, {"bedtime": "late"}, {"bedtime": 24}, {"day_hours": float("nan")}])
def test_a_rule_for_sleep_has_hours_of_a_day(wrong: dict[str, object]) -> None:
    with pytest.raises(sc.InputError, match="Try:"):
        SleepRule(**wrong)  # type: ignore[arg-type]
