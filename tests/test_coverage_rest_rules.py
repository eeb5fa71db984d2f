"""The rest checker against a minute-by-minute count that shares no code with it, and against the texts of the laws."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc

BERLIN = "Europe/Berlin"


def row(start: str, end: str, **more: object) -> dict[str, object]:
    return {"person": "p1", "start": start, "end": end, **more}


def week(hours: tuple[int, int], days: int = 5, weeks: int = 1, first: str = "2027-01-04") -> list[dict[str, object]]:
    """Return a plain week of duties, day after day from a Monday."""
    rows = []
    for number in range(weeks):
        for day in range(days):
            date = pd.Timestamp(first) + pd.Timedelta(days=7 * number + day)
            start, end = (date + pd.Timedelta(hours=hour) for hour in hours)
            rows.append(row(str(start), str(end)))
    return rows


# ---- truth: a count minute by minute ---------------------------------------------------------------------------------


@functools.cache
def clock(zone: str, first: int, minutes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return local minute of the day and local Monday number of every minute, read hour by hour from the time zone."""
    offsets = np.empty(minutes, dtype=np.int64)
    for minute in range(0, minutes, 30):
        moment = dt.datetime.fromtimestamp((first + minute) * 60, ZoneInfo(zone))
        offsets[minute : minute + 30] = int(moment.utcoffset().total_seconds() // 60)  # type: ignore[union-attr]
    local = np.arange(first, first + minutes) + offsets
    return local % 1440, (local // 1440 + 3) // 7


def longest_free(minutes: np.ndarray) -> int:
    """Return the longest run of free minutes."""
    return int((np.diff(np.concatenate([[-1], np.flatnonzero(minutes), [len(minutes)]])) - 1).max())


def brute(work: np.ndarray, zone: str, first: int, rules: dict[str, float]) -> set[tuple[str, int, float]]:
    """Return every breach as (rule, minute, measured), by looking at each minute."""
    minutes = len(work)
    minute_of_day, monday = clock(zone, first, minutes)
    found: set[tuple[str, int, float]] = set()
    busy = np.flatnonzero(work)
    # the most hours in any window of seven days, at every offset
    span = 7 * 1440
    padded = np.concatenate([np.zeros(span), work, np.zeros(span)])
    total = np.concatenate([[0], np.cumsum(padded)])
    most = (total[span:] - total[:-span]).max() / 60
    if most > rules["week_hours_max"] + 1e-6:
        found.add(("week_hours_max", -1, round(float(most), 6)))
    # daily rest
    need, moment = rules["daily_rest_min"] * 60, int(busy[0])
    anchors = busy[1:][np.diff(busy) > need]
    while True:
        day = work[moment : moment + 1440]
        day = np.concatenate([day, np.zeros(1440 - len(day), dtype=bool)])
        longest = longest_free(day)
        if longest < need:
            found.add(("daily_rest_min", moment, longest / 60))
            later = busy[busy >= moment + 1440]
        else:
            later = anchors[anchors > moment]
        if not len(later):
            break
        moment = int(later[0])
    # weekly rest in each local week from Monday
    for number in range(int(monday[busy[0]]), int(monday[busy[-1]]) + 1):
        inside = np.flatnonzero(monday == number)
        longest = longest_free(work[inside])
        if longest < rules["weekly_rest_min"] * 60:
            found.add(("weekly_rest_min", int(inside[0]), longest / 60))
    # a duty more than half inside 20 to 06 is a night duty; gaps up to an hour do not end a duty
    dark = (minute_of_day >= 20 * 60) | (minute_of_day < 6 * 60)
    edges = np.flatnonzero(np.diff(busy) > 61) + 1
    for duty in np.split(busy, edges):
        inside = np.arange(duty[0], duty[-1] + 1)
        if dark[inside].sum() > len(inside) / 2 and len(duty) / 60 > rules["night_hours_max"]:
            found.add(("night_hours_max", int(duty[0]), len(duty) / 60))
    return found


LIMITS = {"week_hours_max": 48.0, "daily_rest_min": 11.0, "weekly_rest_min": 35.0, "night_hours_max": 7.5}
SPANS = [("2027-03-08", 35), ("2027-10-11", 35)]
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]


def random_duties(rng: np.random.Generator, first: int, days: int) -> list[tuple[int, int]]:
    """Return random duties on whole minutes: shifts, split shifts, touching ones, short pauses, long stretches."""
    duties, moment = [], first + int(rng.integers(8 * 1440, 10 * 1440))
    while moment < first + (days - 9) * 1440:
        length = int(
            rng.choice(
                [rng.integers(60, 300), 480, rng.integers(420, 780), rng.integers(900, 2000)], p=[0.25, 0.4, 0.3, 0.05]
            )
        )
        duties.append((moment, moment + length))
        gap = int(
            rng.choice(
                [0, rng.integers(10, 60), rng.integers(61, 600), rng.integers(600, 1000), rng.integers(1000, 4000)],
                p=[0.06, 0.06, 0.18, 0.5, 0.2],
            )
        )
        moment += length + gap
    return duties


@pytest.mark.slow
def test_the_checker_finds_every_breach_that_a_minute_by_minute_count_finds() -> None:
    """500 random rosters across both clock changes, in zones with steps of an hour, half an hour and none."""
    rng = np.random.default_rng(20270104)
    rules = sc.rest_preset("tr").change(LIMITS, name="house")
    rules = sc.RestRules(
        "house",
        tuple(r for r in rules.rules if r.rule in LIMITS or r.rule.startswith("night_s") or r.rule == "night_end"),
    )
    breaches = 0
    for number in range(500):
        begin, days = SPANS[number % 2]
        zone = ZONES[number % 4]
        first = int(pd.Timestamp(begin, tz="UTC").timestamp() // 60)
        duties = random_duties(rng, first, days)
        work = np.zeros(days * 1440, dtype=bool)
        for start, end in duties:
            work[start - first : end - first] = True
        frame = pd.DataFrame(
            {
                "person": "p1",
                "start": pd.to_datetime([start * 60 for start, _ in duties], unit="s", utc=True),
                "end": pd.to_datetime([end * 60 for _, end in duties], unit="s", utc=True),
                "timezone": zone,
            }
        )
        found = sc.check_rest(frame, rules=rules).breaches
        minute = found["start"].map(lambda stamp, first=first: int(stamp.timestamp() // 60) - first)
        mine = {
            (rule, -1 if rule == "week_hours_max" else start, round(float(measured), 6))
            for rule, start, measured in zip(found["rule"], minute, found["measured"], strict=True)
        }
        theirs = {(rule, start, round(value, 6)) for rule, start, value in brute(work, zone, first, LIMITS)}
        assert mine == theirs, (number, zone, begin)
        breaches += len(theirs)
    assert breaches > 1000


# ---- the laws --------------------------------------------------------------------------------------------------------


def test_late_before_early_leaves_ten_hours_and_is_a_breach() -> None:
    check = sc.check_rest(
        [row("2027-01-04 13:00", "2027-01-04 21:00"), row("2027-01-05 07:00", "2027-01-05 15:00")],
        rules="eu",
        timezone=BERLIN,
    )
    line = check.to_frame().iloc[0]
    assert (line["rule"], line["measured"], line["limit"], line["margin"]) == ("daily_rest_min", 10.0, 11.0, -1.0)
    assert line["article"] == "Dir. 2003/88/EC Art. 3"
    assert not check.lawful
    assert check.flags["flag"].tolist() == ["quick_return"]


def test_turkish_law_refuses_an_eight_hour_night_and_names_the_article() -> None:
    night = [row("2027-01-04 22:00", "2027-01-05 06:00")]
    check = sc.check_rest(night, rules="tr", timezone="Europe/Istanbul")
    line = check.to_frame().iloc[0]
    assert (line["rule"], line["measured"], line["limit"]) == ("night_hours_max", 8.0, 7.5)
    assert "4857 Art. 69" in line["article"]
    assert "Art. 69" in str(check.headline)


def test_eight_hours_of_presence_with_half_an_hour_of_break_pass_in_turkey() -> None:
    night = [row("2027-01-04 22:00", "2027-01-05 06:00", break_minutes=30)]
    assert sc.check_rest(night, rules="tr", timezone="Europe/Istanbul").lawful
    short = [row("2027-01-04 09:00", "2027-01-04 18:00", break_minutes=30)]
    assert sc.check_rest(short, rules="tr", timezone="Europe/Istanbul").to_frame()["rule"].tolist() == [
        "break_min_above_7_5h"
    ]


def test_a_day_of_more_than_eleven_hours_breaks_turkish_law() -> None:
    check = sc.check_rest([row("2027-01-04 08:00", "2027-01-04 20:00")], rules="tr", timezone="Europe/Istanbul")
    assert check.to_frame()["rule"].tolist() == ["day_hours_max"]


def test_the_european_law_knows_no_daily_hours_but_a_span_above_thirteen_always_fails() -> None:
    assert sc.check_rest([row("2027-01-04 08:00", "2027-01-04 21:00")], rules="eu", timezone=BERLIN).lawful
    check = sc.check_rest([row("2027-01-04 07:00", "2027-01-04 21:00")], rules="eu", timezone=BERLIN)
    assert check.to_frame()["rule"].tolist() == ["daily_rest_min"]


def test_an_ordinary_week_is_lawful_everywhere() -> None:
    """A rolling seven-day test of weekly rest would flag it: its stretch between long rests is 104 hours."""
    for rules in ("eu", "uk", "us", "tr"):
        assert sc.check_rest(week((9, 17), weeks=6), rules=rules, timezone=BERLIN).lawful, rules


def test_twelve_days_in_a_row_can_be_lawful_and_are_flagged() -> None:
    """C-306/16: rest is due within each week, here on the first Monday and the last Sunday."""
    rows = [row(f"2027-01-{day:02d} 06:00", f"2027-01-{day:02d} 13:00") for day in range(6, 17)]
    check = sc.check_rest(rows, rules="eu", timezone=BERLIN)
    assert "weekly_rest_min" not in set(check.breaches["rule"])
    assert "long_stretch" in set(check.flags["flag"])


def test_seven_days_without_a_long_rest_break_the_weekly_rule() -> None:
    check = sc.check_rest(week((9, 15), days=7), rules="eu", timezone=BERLIN)
    line = check.to_frame().set_index("rule").loc["weekly_rest_min"]
    assert (line["measured"], line["limit"]) == (18.0, 35.0)


def test_a_night_across_the_clock_change_is_measured_in_real_hours() -> None:
    spring = [row("2027-03-27 22:00", "2027-03-28 06:00"), row("2027-03-28 17:00", "2027-03-28 23:00")]
    assert sc.check_rest(spring, rules="eu", timezone=BERLIN).lawful
    autumn = sc.check_rest([row("2027-10-30 22:00", "2027-10-31 06:00")], rules=sc.rest_preset("tr"), timezone=BERLIN)
    assert autumn.to_frame()["measured"].tolist() == [9.0]
    short = sc.check_rest([row("2027-03-27 22:00", "2027-03-28 06:00")], rules="tr", timezone=BERLIN)
    assert short.lawful  # seven real hours


def test_a_rest_that_loses_the_hour_of_the_clock_change_is_short() -> None:
    rows = [row("2027-03-27 12:00", "2027-03-27 20:00"), row("2027-03-28 07:00", "2027-03-28 12:00")]
    check = sc.check_rest(rows, rules="eu", timezone=BERLIN)
    assert check.to_frame()["measured"].tolist() == [10.0]


def test_an_average_is_taken_over_the_reference_period_and_leave_is_cut_out() -> None:
    """UK: 17 weeks. One week of 60 hours among weeks of 40 is lawful; 16 of 50 hours and one of leave are not."""
    busy = week((8, 20), weeks=1) + week((9, 17), weeks=16, first="2027-01-11")
    assert sc.check_rest(busy, rules="uk", timezone="Europe/London").lawful
    rows = [*week((8, 18), weeks=16), row("2027-04-26 00:00", "2027-05-03 00:00", kind="leave")]
    check = sc.check_rest(rows + week((8, 18), weeks=4, first="2027-05-03"), rules="uk", timezone="Europe/London")
    line = check.to_frame().iloc[0]
    assert (line["rule"], line["measured"]) == ("week_hours_avg_max", pytest.approx(50, abs=0.6))
    assert line["article"] == "WTR 1998 reg. 4(1)"


def test_a_roster_shorter_than_the_reference_period_is_judged_as_if_it_repeated() -> None:
    check = sc.check_rest(week((8, 18), weeks=4), rules="eu", timezone=BERLIN)
    assert check.to_frame()[["rule", "measured"]].values.tolist() == [["week_hours_avg_max", 50.0]]
    assert any("as if the roster repeated" in str(note) for note in check.notes)


def test_standby_around_the_clock_breaks_every_rest_rule_as_soon_as_it_counts() -> None:
    rows = [row("2027-01-04 00:00", "2027-02-01 00:00", kind="on_call")]
    free = sc.check_rest(rows, rules="eu", timezone="Europe/Istanbul")
    assert free.lawful
    assert free.standby["breaches"].tolist()[0] == 0
    assert free.standby["breaches"].is_monotonic_increasing
    full = sc.check_rest(rows, rules="eu", counted_share=1, timezone="Europe/Istanbul").to_frame()
    assert {"daily_rest_min", "weekly_rest_min", "week_hours_avg_max"} <= set(full["rule"])
    assert (full["rule"] == "weekly_rest_min").sum() == 4
    assert full.loc[full["rule"] == "week_hours_avg_max", "measured"].item() == pytest.approx(168)


def test_the_average_week_follows_the_table_of_counted_standby() -> None:
    """40 h and one week of 128 off-hours in four: 72, 56, 48, 40 hours at shares 1, 0.5, 0.25, 0."""
    rows = week((9, 17), weeks=4)
    for day in range(7):
        start = pd.Timestamp("2027-01-04") + pd.Timedelta(days=day)
        if day < 5:
            rows += [row(str(start), str(start + pd.Timedelta(hours=9)), kind="on_call")]
            rows += [row(str(start + pd.Timedelta(hours=17)), str(start + pd.Timedelta(days=1)), kind="on_call")]
        else:
            rows += [row(str(start), str(start + pd.Timedelta(days=1)), kind="on_call")]
    curve = sc.check_rest(rows, rules="eu", timezone="UTC").standby.set_index("counted_share")["most_average_hours"]
    assert curve[[1.0, 0.5, 0.25, 0.0]].tolist() == pytest.approx([72, 56, 48, 40])


def test_work_during_standby_counts_once() -> None:
    rows = [
        row("2027-01-04 18:00", "2027-01-05 08:00", kind="on_call"),
        row("2027-01-05 02:00", "2027-01-05 03:00", kind="call_out"),
    ]
    check = sc.check_rest(rows, rules="eu", counted_share=1, timezone=BERLIN)
    assert check.duty_hours == pytest.approx(14)
    assert sc.check_rest(rows, rules="eu", timezone=BERLIN).duty_hours == pytest.approx(1)


def test_american_law_has_no_limit_and_says_where_overtime_begins() -> None:
    check = sc.check_rest(week((8, 18)), rules="us", timezone="America/New_York")
    assert check.lawful
    assert "no limit" in str(check.headline)
    assert check.flags.query("flag == 'overtime_after'")["measured"].tolist() == [50.0]
    assert any("No limit in this law" in str(note) for note in check.notes)


def test_australian_hours_above_thirty_eight_need_a_reason() -> None:
    check = sc.check_rest(week((9, 17)), rules="au", timezone="Australia/Sydney")
    assert check.to_frame()[["measured", "limit"]].values.tolist() == [[40.0, 38.0]]
    assert any("Reasonable additional hours" in str(note) for note in check.notes)


def test_three_weeks_of_nights_in_a_row_break_turkish_shift_rules() -> None:
    def nights(weeks: int) -> sc.RestCheck:
        rows = [
            row(str(day), str(day + pd.Timedelta(hours=7.5)))
            for n in range(weeks)
            for day in pd.date_range("2027-01-04 22:00", periods=5) + pd.Timedelta(weeks=n)
        ]
        return sc.check_rest(rows, rules="tr", timezone="Europe/Istanbul")

    assert nights(2).lawful
    assert nights(3).to_frame()["rule"].tolist() == ["nights_in_a_row_weeks_alternating_max"]


def test_rules_can_be_changed_added_and_read_from_a_file(tmp_path: Path) -> None:
    rows = [row("2027-01-04 08:00", "2027-01-04 20:30")]
    stricter = sc.rest_preset("eu", {"daily_rest_min": 12})
    check = sc.check_rest(rows, rules=stricter, timezone=BERLIN)
    assert check.to_frame()["limit"].tolist() == [12.0]
    assert any("Changed by the user" in str(note) for note in check.notes)
    assert any(line.status == "given" for line in check.assumptions)
    lifted = sc.rest_preset("eu", {"daily_rest_min": None})
    assert sc.check_rest([row("2027-01-04 04:00", "2027-01-04 20:30")], rules=lifted, timezone=BERLIN).lawful
    file = tmp_path / "house.csv"
    file.write_text("rule,value,article\nday_hours_max,10,works agreement 7\n", encoding="utf-8")
    mine = sc.check_rest(rows, rules=sc.read_rest_rules(file), timezone=BERLIN)
    assert mine.to_frame()[["rule", "article"]].values.tolist() == [["day_hours_max", "works agreement 7"]]
    assert mine.headline.say("tr")


@pytest.mark.parametrize("rules", ["eu", "uk", "us", "tr", "au"])
def test_every_rule_of_a_preset_is_measured_or_listed_as_unchecked(rules: str) -> None:
    check = sc.check_rest(week((9, 17)), rules=rules, timezone=BERLIN)
    preset = sc.rest_preset(rules)
    assert set(check.unchecked) <= {rule.rule for rule in preset.rules}
    assert any("Not legal advice" in str(note) for note in check.notes)
    for language in ("en", "tr"):
        assert check.headline.say(language)
        assert all(note.say(language) for note in check.notes)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"person": "p1", "start": "2027-01-04 09:00"}], "lacks the columns end"),
        ([row("2027-01-04 09:00", "2027-01-04 08:00")], "before it starts"),
        ([row("2027-01-04 09:00", "2027-01-04 10:00", kind="party")], "Try one of: work"),
        ([{"person": None, "start": "2027-01-04 09:00", "end": "2027-01-04 10:00"}], "no person"),
        ([row("2027-02-31", "2027-03-04 10:00")], "not a date"),
        ([row("04.01.2027 09:00", "05.01.2027 10:00")], "day or the month"),
        ([row("09:00", "10:00")], "not a date"),
        ([row(5, "2027-01-04 10:00")], "not a date"),
        ([row("0001-01-01", "2027-01-04 10:00")], "not a date"),
        ([row("2027-01-04 09:00", "2027-01-04 10:00", person=" ")], "no person"),
        ([row("2027-01-04 09:00", "2027-01-04 10:00", break_minutes="half an hour")], "not a number"),
        ([row("2027-01-04 09:00", "2027-01-04 10:00", break_minutes=60)], "as long as the duty"),
        ([row("2027-01-04 09:00", "2027-01-04 10:00", timezone="Mars/Base")], "Mars"),
    ],
)
def test_bad_rows_are_refused_with_advice(rows: list[dict[str, object]], words: str) -> None:
    with pytest.raises(sc.InputError, match=words):
        sc.check_rest(rows, timezone=BERLIN)


def test_the_hour_24_ends_its_day_and_kinds_are_read_in_any_case() -> None:
    rows = [
        row("2027-01-04 16:00", "2027-01-04 24:00", kind="Work"),
        row("2027-03-27 16:00", "2027-03-27T24:00:00", kind=""),
    ]
    check = sc.check_rest(rows, timezone=BERLIN)
    assert check.duty_hours == 16
    aware = sc.check_rest([row("2027-01-04T16:00+03:00", "2027-01-04T24:00+03:00")])
    assert aware.duty_hours == 8


@pytest.mark.parametrize("rows", [None, 5, "x", {"person": "p1"}, [5], np.zeros(3)])
def test_what_is_no_roster_is_refused_by_every_reader_of_duties(rows: object) -> None:
    for judge in (sc.check_rest, sc.assess_fatigue):
        with pytest.raises(sc.InputError, match="cannot be read as a roster"):
            judge(rows, timezone="UTC")  # type: ignore[operator]


def test_rules_that_are_no_rules_are_refused() -> None:
    with pytest.raises(sc.InputError, match="not a number"):
        sc.RestRule(rule="daily_rest_min", value="11")  # type: ignore[arg-type]
    with pytest.raises(sc.InputError, match="RestRule"):
        sc.RestRules("mine", ({"rule": "daily_rest_min"},))  # type: ignore[arg-type]
    with pytest.raises(sc.InputError, match="mapping"):
        sc.rest_preset("eu", "daily_rest_min")  # type: ignore[arg-type]
    with pytest.raises(sc.InputError, match="path"):
        sc.read_rest_rules(5)  # type: ignore[arg-type]


def test_other_words_for_a_kind_are_understood() -> None:
    rows = [
        row("2027-01-04 09:00", "2027-01-04 17:00", kind="shift"),
        row("2027-01-05 00:00", "2027-01-06 00:00", kind="standby"),
    ]
    check = sc.check_rest(rows, timezone=BERLIN)
    assert check.duty_hours == 8
    assert len(check.standby) == 5


def test_the_time_zone_of_aware_stamps_is_the_home_of_the_person() -> None:
    """A Monday week begins at local midnight: six nights that end on Sunday evening in Istanbul."""
    zone = ZoneInfo("Europe/Istanbul")
    rows = [
        {
            "person": "p1",
            "start": dt.datetime(2027, 1, day, 22, tzinfo=zone),
            "end": dt.datetime(2027, 1, day + 1, 5, tzinfo=zone),
        }
        for day in range(4, 8)
    ]
    found = sc.check_rest(rows, rules="tr").closest.set_index("rule").loc["weekly_rest_min", "start"]
    assert found == pd.Timestamp("2027-01-04", tz=zone)


def test_stamps_without_a_time_zone_are_refused() -> None:
    with pytest.raises(sc.InputError, match="no time zone"):
        sc.check_rest([row("2027-01-04 09:00", "2027-01-04 10:00")])


def test_unknown_rules_are_refused_with_the_known_ones() -> None:
    with pytest.raises(sc.InputError, match="Try one of: eu"):
        sc.check_rest([], rules="mars")
    with pytest.raises(sc.InputError, match="daily_rest_min"):
        sc.rest_preset("eu", {"nap_min": 1})


def test_an_empty_roster_has_nothing_to_check() -> None:
    check = sc.check_rest(pd.DataFrame(columns=["person", "start", "end", "kind"]), timezone=BERLIN)
    assert check.lawful
    assert "no duty" in str(check.headline)


def test_leave_before_the_first_duty_does_not_thin_the_average_week() -> None:
    """Four weeks, the first on leave, three of 50 hours: 50 a week, although another person works in the first."""
    mine = [*week((8, 18), weeks=3, first="2027-01-11"), row("2027-01-04 00:00", "2027-01-11 00:00", kind="leave")]
    other = [one | {"person": "p2"} for one in week((9, 17), weeks=4)]
    worst = sc.check_rest(mine + other, rules="uk", timezone="Europe/London").closest
    average = worst[worst["rule"] == "week_hours_avg_max"].set_index("person")["measured"]
    assert average.to_dict() == {"p1": 50.0, "p2": 40.0}


def test_duties_before_a_roster_count_for_rest_and_not_for_its_average_week() -> None:
    people = [{"id": "p1", "role": "a", "contract_hours_per_week": 40}]
    calendar = {"cover": {"monday-friday": "09:00-17:00"}}
    desk = sc.Desk.model_validate({"name": "T", "timezone": "Europe/London", "calendar": calendar, "people": people})
    before = sc.make_roster(desk, start="2027-01-04", weeks=1)
    roster = sc.make_roster(desk, start="2027-01-11", weeks=1, history=before, rules="uk")
    assert roster.check.lawful
    assert roster.check.closest.set_index("rule").loc["week_hours_avg_max", "measured"] == 40


def plain_averages(rows: list[dict[str, object]], *, first: pd.Timestamp, days: int, window: int) -> float:
    """Return the largest average week by looking at every hour of every window, days of leave taken out."""
    hours = days * 24
    work, away = np.zeros(hours), np.zeros(hours, dtype=bool)
    for one in rows:
        start, end = ((pd.Timestamp(str(one[name])) - first) // pd.Timedelta(hours=1) for name in ("start", "end"))
        if one.get("kind") == "leave":
            away[start:end] = True
        else:
            work[start:end] = 1
    kept = work[~away]
    if len(kept) <= window * 24:
        return float(kept.sum() * 7 / max(7, len(kept) / 24))
    total = np.concatenate([np.zeros(window * 24), np.cumsum(kept)])
    return float((total[window * 24 :] - total[: -window * 24]).max() * 7 / window)


def test_average_weeks_agree_with_a_count_of_every_window() -> None:
    """Random weeks of work and leave over 8 and 20 weeks, against windows of 17 weeks."""
    rng = np.random.default_rng(3)
    first = pd.Timestamp("2027-01-04")
    for weeks in (8, 20) * 6:
        rows: list[dict[str, object]] = [row(f"{first:%Y-%m-%d} 06:00", f"{first:%Y-%m-%d} 07:00")]
        for number in range(weeks):
            monday = first + pd.Timedelta(weeks=number)
            if rng.random() < 0.25 and number:
                rows.append(row(str(monday), str(monday + pd.Timedelta(days=int(rng.integers(1, 8)))), kind="leave"))
                continue
            for day in range(int(rng.integers(2, 7))):
                start = monday + pd.Timedelta(days=day, hours=9)
                rows.append(row(str(start), str(start + pd.Timedelta(hours=int(rng.integers(4, 12))))))
        last = first + pd.Timedelta(weeks=weeks)
        rows.append(row(str(last - pd.Timedelta(hours=5)), str(last - pd.Timedelta(hours=4))))
        found = sc.check_rest(rows, rules="uk", timezone="UTC").closest.set_index("rule").loc["week_hours_avg_max"]
        away = [one for one in rows if one.get("kind") == "leave"]
        worked = [one for one in rows if one.get("kind") != "leave"]
        clean = [one for one in worked if not any(str(a["start"]) <= str(one["start"]) < str(a["end"]) for a in away)]
        if len(clean) == len(worked):
            expected = plain_averages(rows, first=first, days=7 * weeks, window=119)
            assert found["measured"] == pytest.approx(expected), weeks


def test_sickness_is_left_out_of_an_average_week_as_leave_is() -> None:
    """Two weeks of 50 hours, one of leave and one of sickness, told twice over: 50 hours, not 25."""
    gone = [
        row("2027-01-18 00:00", "2027-01-25 00:00", kind="leave"),
        row("2027-01-20 00:00", "2027-01-25 00:00", kind="leave"),
        row("2027-01-25 00:00", "2027-02-01 00:00", kind="sick"),
    ]
    other = [one | {"person": "p2"} for one in week((9, 17), weeks=4)]
    found = sc.check_rest(week((8, 18), weeks=2) + gone + other, rules="eu", timezone=BERLIN).closest
    average = found[found["rule"] == "week_hours_avg_max"].set_index("person")["measured"]
    assert average.to_dict() == {"p1": 50.0, "p2": 40.0}


def test_a_break_of_no_minutes_is_a_fact_and_a_missing_one_is_not() -> None:
    told = [row("2027-01-04 09:00", "2027-01-04 17:00", break_minutes=0)]
    assert sc.check_rest(told, rules="uk", timezone="Europe/London").breaches["rule"].tolist() == ["break_min"]
    untold = [row("2027-01-04 09:00", "2027-01-04 17:00")]
    check = sc.check_rest(untold, rules="uk", timezone="Europe/London")
    assert check.lawful
    assert "break_min" in check.unchecked
