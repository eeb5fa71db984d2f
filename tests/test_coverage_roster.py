"""Rosters: never against their own rules, never silently partial, fair, frozen where published, reproducible."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import staffcalc as sc


def desk(count: int, **facts: object) -> sc.Desk:
    people = [{"id": f"p{n}", "role": "agent", "contract_hours_per_week": 40} for n in range(1, count + 1)]
    base = {"name": "Test", "timezone": "UTC", "calendar": {"cover": "24/7"}, "people": people}
    return sc.Desk.model_validate(base | facts)


def duties(roster: sc.Roster) -> pd.DataFrame:
    frame = roster.to_frame()
    return frame[frame["kind"] == "work"]


# ---- one seat around the clock ---------------------------------------------------------------------------------------


def test_four_people_cannot_hold_a_seat_around_the_clock_and_the_reason_is_counted() -> None:
    """21 shifts of 8 hours are 168; four contracts are 160."""
    roster = sc.make_roster(desk(4), start="2027-01-04", weeks=1)
    assert not roster.complete
    assert roster.unmet_hours == pytest.approx(8)
    assert roster.binding == "contract_hours"
    assert "contract hours" in str(roster.headline)
    assert roster.relaxations["rule"].iloc[0] == "contract_hours"
    assert roster.relaxations["open_hours"].iloc[0] < 8
    assert roster.check.lawful
    assert len(duties(roster)) == 20


@pytest.mark.parametrize("weeks", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_five_people_hold_it_before_any_leave(weeks: int) -> None:
    roster = sc.make_roster(desk(5), start="2027-01-04", weeks=weeks)
    assert roster.complete
    assert roster.check.lawful
    assert len(duties(roster)) == 21 * weeks
    assert roster.status == "optimal"


def test_with_leave_five_people_are_too_few_and_six_suffice() -> None:
    away = [{"person": "p1", "start": "2027-01-04", "end": "2027-01-10"}]
    five = sc.make_roster(desk(5), start="2027-01-04", weeks=1, leave=away)
    assert not five.complete
    assert five.unmet_hours == pytest.approx(8)
    assert (five.to_frame().query("kind == 'leave'")["person"] == "p1").all()
    assert "p1" not in set(duties(five)["person"])
    assert sc.make_roster(desk(6), start="2027-01-04", weeks=1, leave=away).complete


def test_turkish_rules_refuse_an_eight_hour_night_and_take_one_with_a_break() -> None:
    team = desk(6, timezone="Europe/Istanbul")
    eight = [("early", "06:00", 8), ("late", "14:00", 8), ("night", "22:00", 8)]
    refused = sc.make_roster(team, start="2027-01-04", weeks=1, rules="tr", tours=eight)
    assert set(refused.unmet["reason"]) == {"night_hours_max"}
    assert "night" not in set(duties(refused)["tour"])
    with_break = sc.make_roster(team, start="2027-01-04", weeks=1, rules="tr")
    assert with_break.complete
    assert with_break.check.lawful
    assert set(duties(with_break)["break_minutes"]) == {30.0}


# ---- sense -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_roster_breaks_its_own_rules(data: st.DataObject) -> None:
    """Random teams, laws, shifts, leave and clock changes; judged by the checker and by a plain count."""
    count = data.draw(st.integers(1, 4))
    zone = data.draw(st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"]))
    rules = data.draw(st.sampled_from(["eu", "uk", "us", "tr", "au"]))
    start = data.draw(st.sampled_from(["2027-03-22", "2027-10-25", "2027-01-06", "2027-03-10"]))
    cover = data.draw(st.sampled_from(["24/7", {"daily": "07:00-23:00"}, {"monday-saturday": "20:00-08:00"}]))
    tours = data.draw(
        st.sampled_from(
            [
                None,
                [("a", "06:00", 8), ("b", "12:30", 9.5), ("c", "20:00", 11)],
                [("d", "08:00", 12), ("n", "20:00", 12)],
            ]
        )
    )
    people = [
        {
            "id": f"p{n}",
            "role": "a",
            "contract_hours_per_week": data.draw(st.sampled_from([16, 30, 40, 60])),
            "timezone": zone,
        }
        for n in range(count)
    ]
    away = [
        {
            "person": f"p{n}",
            "start": start,
            "end": str(dt.date.fromisoformat(start) + dt.timedelta(days=data.draw(st.integers(0, 5)))),
        }
        for n in range(count)
        if data.draw(st.booleans())
    ]
    team = desk(count, timezone=zone, people=people, calendar={"cover": cover, "seats": data.draw(st.integers(1, 2))})
    roster = sc.make_roster(
        team,
        start=start,
        weeks=data.draw(st.integers(1, 2)),
        rules=rules,
        tours=tours,
        leave=away,
        time_limit_seconds=2,
        seed=1,
    )
    assert roster.check.lawful, roster.check.breaches
    frame = duties(roster)
    contracts = {person.id: person.contract_hours_per_week for person in team.people}
    for person, rows in frame.groupby("person"):
        rows = rows.sort_values("start")
        rest = (rows["start"].to_numpy()[1:] - rows["end"].to_numpy()[:-1]) / np.timedelta64(1, "h")
        assert (rest >= 11).all()
        local = rows["start"].dt.tz_convert(zone)
        monday = (local.dt.tz_localize(None) - pd.to_timedelta(local.dt.day_of_week, unit="D")).dt.normalize()
        worked = (rows["end"] - rows["start"]).dt.total_seconds() / 3600 - rows["break_minutes"] / 60
        assert (worked.groupby(monday.to_numpy()).sum() <= contracts[str(person)] + 1e-9).all()
        for row in away:
            if row["person"] == person:
                first = pd.Timestamp(row["start"], tz=zone)
                last = pd.Timestamp(row["end"], tz=zone) + pd.Timedelta(days=1)
                assert not ((rows["start"] < last) & (rows["end"] > first)).any()
    assert _open_hours(roster, team, frame) == pytest.approx(roster.unmet_hours, abs=1e-6)


def _open_hours(roster: sc.Roster, team: sc.Desk, frame: pd.DataFrame) -> float:
    """Return the seat-hours nobody holds, counted in steps of half an hour over the stretch the roster asks for."""
    cover, zone = team.calendar.cover, ZoneInfo(team.timezone)
    assert cover is not None
    edges = [edge for name in ("start", "end") for edge in (*frame[name], *roster.unmet[name])]
    if not edges:
        return 0.0
    first, last = min(edges), max(edges)
    total = 0.0
    for moment in pd.date_range(first, last, freq="30min", inclusive="left"):
        asked = team.calendar.seats if cover.contains(moment.tz_convert(zone).to_pydatetime()) else 0
        held = int(((frame["start"] <= moment) & (frame["end"] > moment)).sum())
        total += max(0, asked - held) / 2
    return total


def test_nights_weekends_and_hours_are_shared_and_history_counts() -> None:
    even = sc.make_roster(desk(7), start="2027-01-04", weeks=2).fairness
    assert even["nights"].max() - even["nights"].min() <= 1
    assert even["weekends"].max() - even["weekends"].min() <= 1
    assert even["nights"].sum() == 14
    past = [{"person": f"p{n}", "nights": 8 if n == 1 else 2, "weekends": 4, "holidays": 0} for n in range(1, 8)]
    fair = sc.make_roster(desk(7), start="2027-01-04", weeks=1, history=past).fairness.set_index("person")
    assert fair.loc["p1", "nights"] == 0
    assert fair["nights_before"].tolist() == [8.0, 2, 2, 2, 2, 2, 2]
    others = fair.drop(index="p1")["nights"]
    assert others.max() - others.min() <= 1


def test_part_timers_take_their_share() -> None:
    people = [{"id": f"p{n}", "role": "a", "contract_hours_per_week": 20 if n == 0 else 40} for n in range(7)]
    fair = sc.make_roster(desk(7, people=people), start="2027-01-04", weeks=1).fairness.set_index("person")
    assert fair.loc["p0", "nights"] <= 1
    assert fair.loc["p0", "hours"] <= 20


def test_the_same_seed_gives_the_same_roster() -> None:
    one, two = (sc.make_roster(desk(8), start="2027-01-04", weeks=1, seed=5).to_frame() for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


def test_skills_are_asked_for_by_hour_and_missing_ones_are_listed() -> None:
    people = [
        {"id": "p1", "role": "a", "contract_hours_per_week": 40, "languages": ["de"]},
        {"id": "p2", "role": "a", "contract_hours_per_week": 40, "languages": ["en"]},
        {"id": "p3", "role": "a", "contract_hours_per_week": 40, "languages": ["en"]},
    ]
    team = desk(3, people=people, calendar={"cover": {"monday-friday": "09:00-17:00"}})
    roster = sc.make_roster(team, start="2027-01-04", weeks=1, skills={"language:de": 1})
    assert roster.complete
    assert set(duties(roster)["person"]) == {"p1"}
    short = sc.make_roster(team, start="2027-01-04", weeks=1, skills={"language:fr": 1})
    assert str(short.headline).startswith("All 40 seat-hours")
    assert "40 hours of skills or on-call turns" in str(short.headline)
    assert set(short.unmet["reason"]) == {"skill"}
    assert set(short.unmet["skill"]) == {"language:fr"}
    assert len(duties(short)) == 5


def test_wishes_are_followed_where_they_cost_nothing() -> None:
    wishes = [{"person": "p2", "tour": "22:00", "weight": -5}, {"person": "p1", "date": "2027-01-05", "weight": -5}]
    frame = duties(sc.make_roster(desk(8), start="2027-01-04", weeks=1, preferences=wishes))
    assert "22:00" not in set(frame.loc[frame["person"] == "p2", "tour"])
    assert "2027-01-05" not in set(frame.loc[frame["person"] == "p1", "start"].dt.strftime("%Y-%m-%d"))


def test_a_published_part_stays_when_the_rest_is_planned_again() -> None:
    old = sc.make_roster(desk(6), start="2027-01-04", weeks=2, seed=1)
    away = [{"person": "p3", "start": "2027-01-11", "end": "2027-01-17"}]
    new = sc.make_roster(
        desk(6), start="2027-01-04", weeks=2, seed=2, leave=away, frozen=old, frozen_until="2027-01-11"
    )
    columns = ["person", "start", "end"]
    cut = pd.Timestamp("2027-01-11", tz="UTC")
    kept, before = (
        frame[frame["start"] < cut].sort_values(columns)[columns].reset_index(drop=True)
        for frame in (duties(new), duties(old))
    )
    pd.testing.assert_frame_equal(kept, before)
    assert new.check.lawful
    later = duties(new)
    assert "p3" not in set(later.loc[later["start"] >= cut, "person"])


def test_a_published_part_that_breaks_the_rules_does_not_stop_the_rest() -> None:
    """Fourteen hours on Monday and four hours of rest: the breach is told, and the week around it is planned."""
    clash = [
        {"person": "p1", "start": "2027-01-04 06:00", "end": "2027-01-04 20:00", "timezone": "UTC"},
        {"person": "p1", "start": "2027-01-05 00:00", "end": "2027-01-05 08:00", "timezone": "UTC"},
    ]
    roster = sc.make_roster(desk(7), start="2027-01-04", weeks=1, frozen=clash)
    assert roster.status == "optimal"
    assert roster.unmet_hours <= 16
    assert set(roster.check.breaches["person"]) == {"p1"}
    assert any("fixed or published before" in str(note) for note in roster.notes)


def test_what_cannot_be_filled_comes_with_what_to_try() -> None:
    alone = sc.make_roster(desk(1), start="2027-01-04", weeks=1)
    told = [str(note) for note in alone.notes]
    assert any("at least 4 more people" in note for note in told)  # (168 - 40) / 40 = 3.2
    assert any(note.startswith("Try: more people") for note in told)
    assert (alone.relaxations["open_hours"] <= alone.unmet_hours).all()
    away = [{"person": f"p{n}", "start": "2027-01-01", "end": "2027-01-31"} for n in (1, 2)]
    none = sc.make_roster(desk(2), start="2027-01-04", weeks=1, leave=away)
    assert none.unmet_hours == 168
    assert none.binding == "leave"
    assert any("leave at other times" in str(note) for note in none.notes)
    with pytest.raises(sc.InputError, match="Nobody is employed"):
        sc.make_roster(desk(0, people=[], calendar={}), start="2027-01-04", weeks=1, seats=1)


def test_duties_before_the_roster_are_rested_from() -> None:
    history = [
        {"person": f"p{n}", "start": "2027-01-03 22:00", "end": "2027-01-04 06:00", "timezone": "UTC"}
        for n in range(1, 6)
    ]
    roster = sc.make_roster(desk(6), start="2027-01-04", weeks=1, history=history)
    early = duties(roster).query("start < '2027-01-04 17:00+00:00'")
    assert set(early["person"]) <= {"p6"}


def test_week_after_week_can_be_planned_from_the_week_before() -> None:
    """What was worked before counts for rest and fairness, and takes nothing from the hours of the new week."""
    past = None
    nights = pd.Series(0, index=[f"p{n}" for n in range(1, 7)])
    for start in ("2027-01-04", "2027-01-11", "2027-01-18"):
        roster = sc.make_roster(desk(6), start=start, weeks=1, history=past)
        assert roster.complete, start
        assert roster.check.lawful
        nights += roster.fairness.set_index("person")["nights"]
        past = roster.to_frame() if past is None else pd.concat([past, roster.to_frame()], ignore_index=True)
    assert nights.max() - nights.min() <= 2


def test_nobody_works_a_night_that_ends_after_the_last_day_of_the_contract() -> None:
    people = [{"id": "p1", "role": "a", "end": "2027-01-06"}, {"id": "p2", "role": "a", "start": "2027-01-07"}]
    team = desk(2, people=people, calendar={"cover": {"daily": "22:00-06:00"}})
    frame = duties(sc.make_roster(team, start="2027-01-04", weeks=1))
    assert frame.loc[frame["person"] == "p1", "end"].max() <= pd.Timestamp("2027-01-07", tz="UTC")
    assert frame.loc[frame["person"] == "p2", "start"].min() >= pd.Timestamp("2027-01-07", tz="UTC")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"weeks": 1000}, "53 at most"),
        ({"start": "04.01.2027"}, "not a day"),
        ({"start": "9999-12-27"}, "not a day"),
        ({"tours": "early"}, "not a shift"),
        ({"tours": [("early", "06:00", "eight")]}, "not a number"),
        ({"tours": [("early", "06:00", 8, 480)]}, "no work is left"),
        ({"break_minutes": 600}, "no work is left"),
        ({"seats": "many"}, "numbers alone"),
        ({"skills": ["language:de"]}, "not a skill"),
        ({"leave": [{"person": "p1", "start": "soon", "end": "2027-01-05"}]}, "not a day"),
        ({"leave": [{"person": "p1", "start": "2027-01-06", "end": "2027-01-05"}]}, "swap"),
        ({"leave": 5}, "cannot be read"),
        ({"preferences": ["p1"]}, "no preference"),
        ({"preferences": [{"person": "zz"}]}, "not in the team"),
        ({"preferences": [{"person": "p1", "weekday": "Mo"}]}, "Try one of: monday"),
        ({"preferences": [{"person": "p1", "tour": "nope"}]}, "Try one of: 06:00"),
        ({"history": [{"person": "p1", "nights": -1}]}, "must be 0"),
        ({"frozen": "yes"}, "cannot be read"),
        ({"on_call": "yes"}, "neither yes nor no"),
        ({"max_nights_in_a_row": 0}, "max_nights_in_a_row"),
        ({"rules": {"daily_rest_min": 12}}, "Try one of: eu"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused_with_advice(more: dict[str, object], words: str) -> None:
    with pytest.raises(sc.InputError, match=words):
        sc.make_roster(desk(2), **({"start": "2027-01-04", "weeks": 1} | more))  # type: ignore[arg-type]


def test_people_by_hour_of_a_need_are_taken_as_seats() -> None:
    class Need:
        people_by_hour = np.array([0.0] * 9 + [1.6] * 8 + [0.4] * 151)

    team = desk(3, calendar={})
    roster = sc.make_roster(team, Need(), start="2027-01-04", weeks=1)
    assert roster.complete
    assert roster.asked_hours == 16
    with pytest.raises(sc.InputError, match="people by hour"):
        sc.make_roster(team, object(), start="2027-01-04")


@pytest.mark.parametrize("zone", ["UTC", "Australia/Lord_Howe"])
def test_cover_to_the_half_hour_is_asked_to_the_half_hour(zone: str) -> None:
    """From 09:30 to 17:30 is one shift of eight hours and one person a day, not two for nine hours."""
    cover = {"monday-friday": "09:30-17:30", "saturday": ["09:30-12:15", "13:45-16:00"]}
    roster = sc.make_roster(desk(2, timezone=zone, calendar={"cover": cover}), start="2027-09-27", weeks=2)
    assert roster.asked_hours == 2 * (40 + 2.75 + 2.25)
    assert roster.complete
    starts = duties(roster)["start"].dt.tz_convert(zone).dt.strftime("%H:%M")
    assert set(starts[:5]) == {"09:30"}
    twice = sc.make_roster(desk(3, timezone=zone, calendar={"cover": cover}), start="2027-09-27", weeks=1, seats=2)
    assert twice.asked_hours == 2 * 45
    listed = sc.make_roster(desk(2, calendar={"cover": cover}), start="2027-09-27", weeks=1, seats=[1.0] * 168)
    assert listed.asked_hours == 168


def test_a_short_saturday_does_not_shorten_the_shifts_of_the_week() -> None:
    """Weekdays from 9 to 17 and Saturday from 9 to 12: two lengths of shift begin at nine."""
    cover = {"monday-friday": "09:00-17:00", "saturday": "09:00-12:00"}
    roster = sc.make_roster(desk(2, calendar={"cover": cover}), start="2027-01-04", weeks=1)
    assert roster.complete
    assert roster.asked_hours == 43
    assert duties(roster)["tour"].tolist() == ["09:00"] * 5 + ["09:00 (3 h)"]


def test_short_shifts_have_the_break_that_turkish_law_asks_for() -> None:
    """15 minutes up to four hours of work, 30 up to seven and a half."""
    cover = {"monday-friday": "09:00-17:00", "saturday": "09:00-12:00"}
    team = desk(2, timezone="Europe/Istanbul", calendar={"cover": cover})
    roster = sc.make_roster(team, start="2027-01-04", weeks=1, rules="tr")
    assert roster.complete
    assert roster.check.lawful
    assert duties(roster)["break_minutes"].tolist() == [30.0] * 5 + [15.0]


def test_a_shift_without_the_break_that_others_have_is_refused() -> None:
    team = desk(4, timezone="Europe/Istanbul", calendar={"cover": {"daily": "08:00-20:00"}})
    tours = [("early", "08:00", 6, 30), ("late", "14:00", 6, 0)]
    roster = sc.make_roster(team, start="2027-01-04", weeks=1, rules="tr", tours=tours)
    assert set(roster.unmet["reason"]) == {"break_min_up_to_7_5h"}
    assert roster.check.lawful


@pytest.mark.parametrize("home", ["America/New_York", "Europe/Istanbul"])
def test_weeks_of_nights_are_counted_on_the_clock_of_the_person(home: str) -> None:
    people = [{"id": f"p{n}", "role": "a", "timezone": zone} for n, zone in enumerate(["Asia/Kolkata", home] * 2)]
    calendar = {"cover": {"daily": "12:00-20:00"}}
    team = desk(4, timezone=home, people=people, calendar=calendar)
    roster = sc.make_roster(team, start="2027-03-03", weeks=4, rules="tr")
    assert roster.check.lawful


def test_holidays_close_a_team_that_only_has_opening_hours() -> None:
    team = desk(2, timezone="Europe/Istanbul", calendar={"open": {"monday-friday": "09:00-17:00"}, "country": "TR"})
    roster = sc.make_roster(team, start="2027-04-19", weeks=1)  # 23 April is a holiday
    assert roster.asked_hours == 32


def test_on_call_turns_are_planned_evenly_and_never_in_leave() -> None:
    people = [
        {
            "id": f"p{n}",
            "role": "a",
            "contract_hours_per_week": 40,
            "on_call": True,
            "leave": [{"start": "2027-01-11", "end": "2027-01-15"}] if n == 1 else [],
        }
        for n in range(1, 5)
    ]
    team = desk(
        4,
        timezone="Europe/Istanbul",
        people=people,
        calendar={"cover": "24/7", "open": {"monday-friday": "09:00-17:00"}},
        on_call={"roles": 1},
    )
    roster = sc.make_roster(team, start="2027-01-04", weeks=4, seats=[0.0] * 24 * 7)
    frame = roster.to_frame()
    turns = frame[frame["kind"] == "on_call"]
    assert roster.fairness["on_call_weeks"].tolist() == [1, 1, 1, 1]
    hours = (turns["end"] - turns["start"]).dt.total_seconds().sum() / 3600
    assert hours == pytest.approx(4 * 128)
    mine = turns[turns["person"] == "p1"]
    assert not (
        (mine["start"] < pd.Timestamp("2027-01-16", tz="UTC")) & (mine["end"] > pd.Timestamp("2027-01-11", tz="UTC"))
    ).any()


def test_nobody_is_on_call_and_at_work_at_once_where_that_can_be_helped() -> None:
    """One night shift on Monday; the other of two people holds the turn. A person alone has both, with a note."""
    people = [{"id": f"p{n}", "role": "a", "on_call": True, "contract_hours_per_week": 40} for n in (1, 2)]
    seats = [1.0 if 22 <= hour < 30 else 0.0 for hour in range(168)]
    setup = {"hours": "24/7", "roles": 1}
    for seed in range(4):
        team = desk(2, people=people, on_call=setup)
        roster = sc.make_roster(team, start="2027-01-04", weeks=1, seats=seats, seed=seed)
        frame = roster.to_frame()
        assert set(frame.loc[frame["kind"] == "work", "person"]).isdisjoint(
            frame.loc[frame["kind"] == "on_call", "person"]
        )
    alone = sc.make_roster(desk(1, people=people[:1], on_call=setup), start="2027-01-04", weeks=1, seats=seats)
    assert any("on call and on shift at once" in str(note) for note in alone.notes)


def standby_team(count: int, **facts: object) -> sc.Desk:
    people = [{"id": f"p{n}", "role": "a", "on_call": True, "contract_hours_per_week": 40} for n in range(1, count + 1)]
    return desk(count, people=people, **{"on_call": {"hours": {"daily": "20:00-08:00"}, "roles": 1}} | facts)


NIGHTS = [1.0 if hour % 24 >= 22 or hour % 24 < 6 else 0.0 for hour in range(168)]


def test_shifts_are_planned_around_the_turns_and_the_turns_beside_the_shifts() -> None:
    """Four people, a night shift every night and a turn every week: whoever is on call has that week off nights."""
    for seed in range(3):
        roster = sc.make_roster(standby_team(4), start="2027-01-04", weeks=2, seats=NIGHTS, seed=seed)
        assert roster.complete
        assert not any("on call and on shift at once" in str(note) for note in roster.notes), seed
        assert roster.fairness["nights"].max() - roster.fairness["nights"].min() <= 2


def holders(roster: sc.Roster) -> list[str]:
    frame = roster.to_frame().query("kind == 'on_call'").sort_values("start")
    return list(dict.fromkeys(zip(frame["start"].dt.isocalendar().week, frame["person"], strict=True)))


def test_published_turns_stay_with_their_holders() -> None:
    old = sc.make_roster(standby_team(4), start="2027-01-04", weeks=4, seats=[0.0] * 168, seed=1)
    for seed in range(2, 6):
        new = sc.make_roster(
            standby_team(4),
            start="2027-01-04",
            weeks=4,
            seats=[0.0] * 168,
            seed=seed,
            frozen=old,
            frozen_until="2027-01-18",
        )
        assert holders(new)[:2] == holders(old)[:2]
        assert sorted(new.fairness["on_call_weeks"]) == [1, 1, 1, 1]


def test_turns_of_the_past_count() -> None:
    """Two people of four have had two turns each: the next two weeks are for the others."""
    past = [{"person": f"p{n}", "on_call_weeks": 2 if n < 3 else 0} for n in range(1, 5)]
    roster = sc.make_roster(standby_team(4), start="2027-01-04", weeks=2, seats=[0.0] * 168, history=past)
    assert roster.fairness["on_call_weeks"].tolist() == [0, 0, 1, 1]
    first = sc.make_roster(standby_team(4), start="2027-01-04", weeks=2, seats=[0.0] * 168)
    then = sc.make_roster(standby_team(4), start="2027-01-18", weeks=2, seats=[0.0] * 168, history=first)
    assert (first.fairness["on_call_weeks"] + then.fairness["on_call_weeks"]).tolist() == [1, 1, 1, 1]


def test_an_on_call_turn_that_nobody_can_take_is_listed() -> None:
    people = [{"id": "p1", "role": "a", "on_call": True, "leave": [{"start": "2027-01-04", "end": "2027-01-06"}]}]
    team = desk(1, people=people, calendar={"cover": "24/7"}, on_call={"hours": "24/7", "roles": 1})
    roster = sc.make_roster(team, start="2027-01-04", weeks=1, seats=[0.0] * 168)
    assert roster.binding == "on_call"
    assert roster.unmet_hours == pytest.approx(168)


def test_standby_that_counts_as_work_is_not_planned_against_the_law() -> None:
    people = [{"id": f"p{n}", "role": "a", "on_call": True} for n in range(4)]
    setup = {"hours": "24/7", "roles": 1, "counted_share": 1}
    roster = sc.make_roster(desk(4, people=people, on_call=setup), start="2027-01-04", weeks=1, seats=[0.0] * 168)
    assert roster.check.lawful
    assert roster.binding == "standby_counts"
    assert roster.unmet_hours == pytest.approx(168)


def test_a_night_across_the_clock_change_is_rostered_in_real_hours() -> None:
    team = desk(6, timezone="Europe/Berlin", calendar={"cover": {"daily": "22:00-06:00"}})
    roster = sc.make_roster(team, start="2027-03-22", weeks=1)
    lengths = (duties(roster)["end"] - duties(roster)["start"]).dt.total_seconds() / 3600
    assert sorted(lengths.unique()) == [7.0, 8.0]
    assert roster.complete


def test_people_abroad_work_by_day_where_that_is_possible() -> None:
    people = [
        {"id": f"{place}{n}", "role": "a", "contract_hours_per_week": 40, "timezone": zone}
        for place, zone in (("ist", "Europe/Istanbul"), ("la", "America/Los_Angeles"), ("syd", "Australia/Sydney"))
        for n in range(2)
    ]
    roster = sc.make_roster(
        desk(6, people=people),
        start="2027-01-04",
        weeks=1,
        tours=[("a", "05:00", 8), ("b", "13:00", 8), ("c", "21:00", 8)],
    )
    assert roster.complete
    assert roster.fairness["nights"].sum() < 7


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": "soon"}, "is not a day"),
        ({"start": "2027-01-04", "tours": [("a", "six", 8)]}, "not a shift"),
        ({"start": "2027-01-04", "tours": [("a", "06:00", 30)]}, "at most 24"),
        ({"start": "2027-01-04", "seats": [1.0] * 24}, "168 numbers"),
        ({"start": "2027-01-04", "skills": {"german": 1}}, "language:de"),
        (
            {"start": "2027-01-04", "leave": [{"person": "px", "start": "2027-01-04", "end": "2027-01-04"}]},
            "not in the team",
        ),
        ({"start": "2027-01-04", "weeks": 0}, "weeks"),
        ({"start": "2027-01-04", "preferences": [{"person": "p1", "weight": "much"}]}, "not a number"),
    ],
)
def test_bad_arguments_are_refused_with_advice(change: dict[str, object], words: str) -> None:
    with pytest.raises(sc.InputError, match=words):
        sc.make_roster(desk(2), **change)  # type: ignore[arg-type]


def test_no_seats_asked_is_said() -> None:
    roster = sc.make_roster(desk(2, calendar={}), start="2027-01-04")
    assert "No seats are asked" in str(roster.headline)
    assert roster.to_frame().empty


def test_nobody_employed_is_refused() -> None:
    team = desk(1, people=[{"id": "p1", "role": "a", "end": "2026-01-01"}])
    with pytest.raises(sc.InputError, match="Nobody is employed"):
        sc.make_roster(team, start="2027-01-04")


def test_headlines_and_notes_exist_in_both_languages() -> None:
    for roster in (
        sc.make_roster(desk(5), start="2027-01-04", weeks=1),
        sc.make_roster(desk(2), start="2027-01-04", weeks=1),
    ):
        for language in ("en", "tr"):
            assert roster.headline.say(language)
            assert all(note.say(language) for note in roster.notes)
