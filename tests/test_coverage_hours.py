"""Cover through a year: clock changes, holidays, leave, standby, against a plain minute-by-minute count."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc


def desk(**facts: object) -> sc.Desk:
    return sc.Desk.model_validate({"name": "Test", "timezone": "UTC", **facts})


def person(key: str, zone: str, hours: object, **more: object) -> dict[str, object]:
    return {"id": key, "role": "agent", "timezone": zone, "working_hours": hours, **more}


def on(gaps: pd.DataFrame, day: str) -> list[str]:
    """Return the gaps that start on a UTC day, as clock times."""
    mine = gaps[gaps["start"].dt.strftime("%Y-%m-%d") == day]
    spans = zip(mine["start"], mine["end"], strict=True)
    edges = [f"{start:%H:%M}-{end:%H:%M}" for start, end in spans]
    joined: list[str] = []
    for edge in edges:
        if joined and joined[-1][6:] == edge[:5]:
            joined[-1] = joined[-1][:6] + edge[6:]
        else:
            joined.append(edge)
    return joined


DAY = {"daily": "08:00-20:00"}
OFFICE = {"daily": "09:00-17:00"}


def test_istanbul_and_san_francisco_leave_one_hour_in_winter_and_two_in_summer() -> None:
    """Derived by hand from the two UTC offsets: 08-20 in both places."""
    two = desk(
        calendar={"cover": "24/7"},
        people=[person("p1", "Europe/Istanbul", DAY), person("p2", "America/Los_Angeles", DAY)],
    )
    gaps = sc.find_gaps(two, year=2027).to_frame()
    assert on(gaps, "2027-01-20") == ["04:00-05:00"]
    assert on(gaps, "2027-07-20") == ["03:00-05:00"]


def test_three_sites_fit_in_winter_and_leak_when_one_clock_has_moved() -> None:
    """Singapore, London, Los Angeles 09-17: exact in winter; the American clock moves first (14 March 2027)."""
    three = desk(
        calendar={"cover": "24/7"},
        people=[
            person("p1", "Asia/Singapore", OFFICE),
            person("p2", "Europe/London", OFFICE),
            person("p3", "America/Los_Angeles", OFFICE),
        ],
    )
    answer = sc.find_gaps(three, year=2027)
    gaps = answer.to_frame()
    assert on(gaps, "2027-01-20") == []
    assert on(gaps, "2027-03-20") == ["00:00-01:00"]
    assert on(gaps, "2027-07-20") == ["00:00-01:00"]
    assert set(gaps["reason"]) == {"clock_change"}
    twice = answer.by_hour[answer.by_hour["held"] > 1]["time"].dt.strftime("%Y-%m-%d %H")
    assert "2027-03-20 16" in set(twice)
    assert "2027-07-20 08" in set(twice)


@pytest.mark.parametrize(("zone", "year"), [("Europe/Berlin", 2027), ("Australia/Lord_Howe", 2027), ("UTC", 2028)])
def test_a_year_has_all_its_hours_in_spite_of_clock_changes(zone: str, year: int) -> None:
    one = desk(timezone=zone, calendar={"cover": "24/7"}, people=[person("p1", zone, "24/7")])
    answer = sc.find_gaps(one, year=year)
    days = 366 if year == 2028 else 365
    assert answer.asked_hours == answer.held_hours == days * 24
    assert answer.gap_hours == 0
    assert answer.heat.shape == (days, 24)


def test_a_night_shift_loses_an_hour_in_spring_and_gains_one_in_autumn() -> None:
    night = {"daily": "22:00-06:00"}
    one = desk(timezone="Europe/Berlin", calendar={"cover": night}, people=[person("p1", "Europe/Berlin", night)])
    answer = sc.find_gaps(one, year=2027)
    assert answer.asked_hours == 365 * 8
    assert answer.gap_hours == 0
    by_hour = answer.by_hour.set_index("time")
    assert by_hour.loc["2027-03-27 21:00":"2027-03-28 10:00", "asked"].sum() == 7
    assert by_hour.loc["2027-10-30 20:00":"2027-10-31 10:00", "asked"].sum() == 9


def test_every_minute_agrees_with_a_plain_count() -> None:
    """One reading of the clock a minute, person by person, over the weeks of both clock changes."""
    team = desk(
        timezone="Europe/Berlin",
        calendar={"cover": {"daily": "07:20-23:00"}, "country": "DE", "subdivision": "BE", "seats": 2},
        sites=[{"id": "ist", "timezone": "Europe/Istanbul", "calendar": {"country": "TR"}}],
        people=[
            person(
                "p1",
                "Europe/Berlin",
                {"monday-friday": "07:20-16:00"},
                leave=[{"start": "2027-03-22", "end": "2027-03-24"}],
            ),
            person("p2", "Europe/Berlin", {"monday-sunday": "14:00-23:00"}, start="2027-03-26"),
            {
                "id": "p3",
                "role": "a",
                "site": "ist",
                "working_hours": {"monday-friday": "09:00-18:30"},
                "end": "2027-10-29",
            },
        ],
    )
    import holidays

    off = {
        "p1": holidays.country_holidays("DE", subdiv="BE", years=2027),
        "p3": holidays.country_holidays("TR", years=2027),
    }
    off["p2"] = off["p1"]
    answer = sc.find_gaps(team, year=2027)
    missing = np.zeros(525_600 + 1, dtype=int)
    first = dt.datetime(2027, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(dt.UTC)
    for row in answer.to_frame().itertuples():
        start, end = (int((edge - first).total_seconds() // 60) for edge in (row.start, row.end))
        missing[start:end] += row.people_missing
    zones = {one.id: ZoneInfo(team.timezone_of(one)) for one in team.people}
    for week in (dt.datetime(2027, 3, 22, tzinfo=dt.UTC), dt.datetime(2027, 10, 25, tzinfo=dt.UTC)):
        for minute in range(0, 8 * 24 * 60, 5):
            moment = week + dt.timedelta(minutes=minute)
            here = moment.astimezone(ZoneInfo("Europe/Berlin"))
            asked = 2 if 7 * 60 + 20 <= here.hour * 60 + here.minute < 23 * 60 else 0
            held = 0
            for one in team.people:
                local = moment.astimezone(zones[one.id])
                there = (
                    one.working_hours.contains(local) and one.present(local.date()) and local.date() not in off[one.id]
                )
                held += there
            index = int((moment - first).total_seconds() // 60)
            assert missing[index] == max(0, asked - held), moment


def test_reasons_and_remedies_are_named() -> None:
    office = {"monday-friday": "09:00-17:00"}
    team = desk(
        timezone="Europe/Istanbul",
        calendar={"cover": office, "country": "TR"},
        people=[
            person(
                "p1",
                "Europe/Istanbul",
                office,
                start="2027-02-01",
                leave=[{"start": "2027-06-07", "end": "2027-06-11"}],
            ),
        ],
    )
    answer = sc.find_gaps(team, year=2027)
    table = answer.by_reason.set_index("reason")
    assert table.loc["not_employed", "hours"] == 21 * 8
    assert table.loc["leave", "hours"] == 5 * 8
    assert table.loc["public_holiday", "hours"] > 0
    assert set(answer.to_frame()["closed_by"]) == {"on_call"}
    assert "mostly because" in str(answer.headline)


def test_a_colleague_at_another_site_closes_a_gap_by_day() -> None:
    team = desk(
        timezone="Europe/Berlin",
        calendar={"cover": {"monday-friday": "09:00-17:00"}},
        people=[person("p1", "Europe/Berlin", {"monday-friday": "09:00-16:00"})],
    )
    assert set(sc.find_gaps(team, year=2027).to_frame()["closed_by"]) == {"person"}


def test_standby_covers_and_is_counted_apart() -> None:
    solo = desk(
        timezone="Europe/Istanbul",
        calendar={"cover": "24/7", "open": {"monday-friday": "09:00-17:00"}, "country": "TR"},
        on_call={"roles": 1},
        people=[
            person(
                "p1",
                "Europe/Istanbul",
                {"monday-friday": "09:00-17:00"},
                on_call=True,
                leave=[{"start": "2027-08-02", "end": "2027-08-08"}],
            )
        ],
    )
    answer = sc.find_gaps(solo, year=2027)
    assert answer.gap_hours == 7 * 24
    assert answer.standby_hours == 8760 - 7 * 24 - answer.held_hours
    assert set(answer.to_frame()["reason"]) == {"leave"}
    assert any("standby alone" in str(note) for note in answer.notes)


def test_an_idle_desk_asks_for_nothing_and_says_so() -> None:
    answer = sc.find_gaps(desk(people=[person("p1", "UTC", "24/7")]), year=2027)
    assert answer.asked_hours == 0
    assert answer.to_frame().empty
    assert "No cover hours" in str(answer.headline)
    assert answer.covered_share == 1


def test_opening_hours_stand_in_for_cover_and_close_on_holidays() -> None:
    team = desk(
        timezone="Europe/London",
        calendar={"open": {"monday-friday": "09:00-17:00"}, "country": "GB", "subdivision": "ENG"},
        people=[person("p1", "Europe/London", {"monday-friday": "09:00-17:00"})],
    )
    answer = sc.find_gaps(team, year=2027)
    assert answer.gap_hours == 0
    assert any("opening hours are taken" in str(note) for note in answer.notes)


def test_working_hours_that_are_not_given_are_assumed_and_said() -> None:
    team = desk(calendar={"cover": "24/7"}, people=[{"id": "p1", "role": "agent", "contract_hours_per_week": 20}])
    answer = sc.find_gaps(team, year=2027)
    assert answer.held_hours == pytest.approx(261 * 4)
    assert any("assumed" in str(note) for note in answer.notes)
    assert any(row.name == "workday_start" for row in answer.assumptions)


def test_a_gap_of_two_seats_counts_twice() -> None:
    idle = person("p1", "UTC", {"friday": "10:00-11:00"})
    answer = sc.find_gaps(desk(calendar={"cover": {"monday": "10:00-11:00"}, "seats": 2}, people=[idle]), year=2027)
    assert answer.gap_hours == 52 * 2


def test_a_strange_year_is_refused() -> None:
    with pytest.raises(sc.InputError, match="1990 to 2100"):
        sc.find_gaps(desk(people=[person("p1", "UTC", "24/7")]), year=1900)


# ---- every slot of a year against a plain reading of the clock -------------------------------------------------------

ZONES = ["Europe/Istanbul", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
SPANS = [
    {"daily": "22:00-06:00"},
    {"sunday": "20:00-24:00", "monday": "00:00-03:30"},
    {"friday-monday": ["06:10-12:00", "13:00-24:00"]},
    {"monday-friday": "09:00-17:30"},
    "24/7",
]


def random_desk(rng: np.random.Generator) -> sc.Desk:
    def day(low: int, high: int) -> dt.date:
        return dt.date(2026, 12, 1) + dt.timedelta(days=int(rng.integers(low, high)))

    def pick(values: list[object]) -> object:
        return values[int(rng.integers(len(values)))]

    people = []
    for number in range(int(rng.integers(1, 5))):
        one = {"id": f"p{number}", "role": "a", "timezone": pick(ZONES), "on_call": bool(rng.random() < 0.6)}
        one |= {"working_hours": pick(SPANS)} if rng.random() < 0.8 else {"contract_hours_per_week": 22}
        one |= {"start": day(0, 60)} if rng.random() < 0.4 else {}
        one |= {"end": day(60, 400)} if rng.random() < 0.4 else {}
        first = day(20, 380)
        if rng.random() < 0.6:
            one["leave"] = [{"start": first, "end": first + dt.timedelta(days=int(rng.integers(0, 20)))}]
        people.append(one)
    calendar = {"country": pick(["TR", "GB", "US", "AU"]), "seats": int(rng.integers(1, 4))}
    for name, chance in (("cover", 0.7), ("open", 0.6)):
        calendar |= {name: pick(SPANS)} if rng.random() < chance else {}
    setup = {"roles": int(rng.integers(1, 3))} | ({"hours": pick(SPANS)} if rng.random() < 0.6 else {})
    facts = {"timezone": pick(ZONES), "calendar": calendar, "people": people}
    return desk(**facts | ({"on_call": setup} if rng.random() < 0.7 else {}))


def read_the_clock(team: sc.Desk, moment: dt.datetime) -> tuple[int, int, int, str]:
    """Return people asked for, at work and on call at one moment, and why one is missing; one plain reading."""
    calendar = team.calendar
    here = moment.astimezone(ZoneInfo(calendar.timezone or team.timezone))
    off = here.date() in calendar.public_holidays(here.year)
    opens = calendar.open is not None and calendar.open.contains(here)
    asks = calendar.cover.contains(here) if calendar.cover is not None else opens and not off
    asked = calendar.seats if asks else 0
    setup = team.on_call
    if setup is None:
        call = False
    elif setup.hours is not None:
        call = setup.hours.contains(here)
    else:
        call = calendar.cover is not None and calendar.cover.contains(here) and (off or not opens)
    levels = ("scheduled", "not_employed", "public_holiday", "leave")
    at_work, on_call = dict.fromkeys(levels, 0), dict.fromkeys(levels, 0)
    for one in team.people:
        local = moment.astimezone(ZoneInfo(team.timezone_of(one)))
        if one.working_hours is not None:
            works = one.working_hours.contains(local)
        else:  # 22 hours over five days are 4 h 24 min, on quarters of an hour
            works = local.weekday() < 5 and 9 * 60 <= local.hour * 60 + local.minute < 13 * 60 + 30
        reachable = one.on_call and call
        for level in levels:
            if level == "not_employed" and not one.employed(local.date()):
                works = reachable = False
            if level == "public_holiday" and local.date() in team.calendar_of(one).public_holidays(local.year):
                works = False
            if level == "leave" and any(part.start <= local.date() <= part.end for part in one.leave):
                works = reachable = False
            at_work[level] += works
            on_call[level] += reachable and not works
    roles = 2 if setup is None else setup.roles or 2
    there = {level: at_work[level] + min(roles, on_call[level]) for level in levels}
    why = next((level for level in levels if there[level] < asked), "")
    return asked, at_work["leave"], min(roles, on_call["leave"]), why


def test_the_slots_of_random_years_agree_with_a_plain_reading_of_the_clock() -> None:
    """Nights over the week border, 24:00, half-hour clock changes, part-year people, holidays, leave and standby."""
    rng = np.random.default_rng(2027)
    seen = 0
    for _ in range(12):
        team = random_desk(rng)
        answer = sc.find_gaps(team, 2027)
        edges = answer.to_frame()[["start", "end", "people_missing", "reason"]]
        total = answer.by_hour["time"]
        starts = [*rng.integers(0, 8759, 40), 0, 8758]
        clock = [("03-14", 14), ("03-27", 36), ("04-03", 36), ("10-02", 36), ("10-30", 36), ("11-07", 14)]
        moments = [total.iloc[int(hour)].to_pydatetime() for hour in starts if hour < len(total)]
        for begin, hours in clock:
            first = dt.datetime.fromisoformat(f"2027-{begin}T00:00+00:00")
            moments += [first + dt.timedelta(minutes=30 * step) for step in range(hours)]
        for base in moments:
            moment = base + dt.timedelta(minutes=int(rng.integers(0, 30)))
            if moment.astimezone(ZoneInfo(team.timezone)).year != 2027:
                continue
            asked, held, on_call, why = read_the_clock(team, moment)
            missing = max(0, asked - held - min(on_call, max(0, asked - held)))
            inside = edges[(edges["start"] <= moment) & (edges["end"] > moment)]
            assert inside["people_missing"].tolist() == ([missing] if missing else []), (team, moment)
            if missing:
                reason = inside["reason"].item()
                assert reason == why or (why == "scheduled" and reason in ("not_scheduled", "clock_change"))
                seen += 1
    assert seen > 500


def test_one_person_does_not_hold_a_seat_and_stand_by_at_once() -> None:
    """Two seats, one person who is at work and in the rotation: the second seat is empty."""
    team = desk(
        calendar={"cover": {"monday": "09:00-17:00"}, "seats": 2},
        people=[person("p1", "UTC", {"monday": "09:00-17:00"}, on_call=True)],
        on_call={"hours": "24/7", "roles": 1},
    )
    answer = sc.find_gaps(team, year=2027)
    assert (answer.held_hours, answer.standby_hours, answer.gap_hours) == (52 * 8, 0, 52 * 8)


@pytest.mark.parametrize("wrong", [None, "desk.yaml", {}])
def test_what_is_no_desk_is_refused_with_the_function_that_reads_one(wrong: object) -> None:
    with pytest.raises(sc.InputError, match="read_desk"):
        sc.find_gaps(wrong, year=2027)  # type: ignore[arg-type]
    with pytest.raises(sc.InputError, match="read_desk"):
        sc.size_on_call(wrong)  # type: ignore[arg-type]
