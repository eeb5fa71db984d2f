"""Rosters in and out: nothing is lost, nothing becomes a formula, and other tools' files can be read."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import staffcalc as sc

ROWS = pd.DataFrame(
    [
        ("p1", "2027-03-27T21:00:00Z", "2027-03-28T04:00:00Z", "work", "night; long, odd\\name", "Europe/Berlin", 30.0),
        ("p2", "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "call_out", "", "Europe/Berlin", 0.0),
        ("p2", "2027-01-04T15:00:00Z", "2027-01-11T15:00:00Z", "on_call", "on_call_1", "America/Los_Angeles", 0.0),
        ("=cmd|'/c calc'!A1", "2027-01-04T03:30:00Z", "2027-01-04T12:00:00Z", "work", "+1", "Asia/Kolkata", 12.5),
        ("'-p3", "2027-01-05T00:00:00Z", "2027-01-06T00:00:00Z", "leave", "izin · é", "Europe/Istanbul", 0.0),
    ],
    columns=["person", "start", "end", "kind", "tour", "timezone", "break_minutes"],
)


def whole(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    table = frame.copy()
    for name in ("start", "end"):
        table[name] = pd.to_datetime(table[name], utc=True)
    columns = list(ROWS.columns)
    return sorted(tuple(row) for row in table[columns].itertuples(index=False))


@pytest.mark.parametrize("ending", ["ics", "csv", "xlsx"])
def test_a_round_trip_loses_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"roster.{ending}"
    sc.write_roster(path, ROWS)
    again = sc.read_roster(path)
    assert list(again.to_frame().columns) == list(ROWS.columns)
    assert whole(again.to_frame()) == whole(ROWS)
    sc.write_roster(path, again)
    pd.testing.assert_frame_equal(sc.read_roster(path).to_frame(), again.to_frame())


@pytest.mark.parametrize("ending", ["ics", "csv", "xlsx"])
def test_a_made_roster_survives_and_is_judged_the_same(tmp_path: Path, ending: str) -> None:
    people = [{"id": f"p{n}", "role": "a", "contract_hours_per_week": 40} for n in range(6)]
    desk = sc.Desk.model_validate(
        {"name": "T", "timezone": "Europe/Berlin", "calendar": {"cover": "24/7"}, "people": people}
    )
    roster = sc.make_roster(desk, start="2027-03-22", weeks=1)
    path = tmp_path / f"roster.{ending}"
    sc.write_roster(path, roster)
    again = sc.read_roster(path)
    pd.testing.assert_frame_equal(again.to_frame(), roster.to_frame())
    assert (again.first, again.last, again.people) == (roster.first, roster.last, roster.people)
    pd.testing.assert_frame_equal(again.fairness, roster.fairness)
    for one in (again.check, sc.check_rest(again), sc.check_rest(again.to_frame())):
        pd.testing.assert_frame_equal(one.closest, roster.check.closest)
    tired, same = sc.assess_fatigue(again), sc.assess_fatigue(roster)
    pd.testing.assert_frame_equal(tired.to_frame(), same.to_frame())
    risk, other = (sc.assess_burnout(desk, roster=each, seed=0, draws=200).to_frame() for each in (again, roster))
    pd.testing.assert_frame_equal(risk, other)
    assert again.headline.say("tr") != again.headline.say("en")
    assert again.plot().get_xlabel()
    pd.testing.assert_frame_equal(
        sc.make_roster(desk, start="2027-03-22", weeks=1, frozen=again).to_frame(), again.to_frame()
    )


def test_on_call_weeks_of_a_read_roster_are_those_that_were_made(tmp_path: Path) -> None:
    people = [{"id": f"p{n}", "role": "a", "contract_hours_per_week": 40, "on_call": True} for n in range(4)]
    calendar = {"cover": "24/7", "open": {"monday-friday": "09:00-17:00"}, "country": "TR"}
    facts = {
        "name": "T",
        "timezone": "Europe/Istanbul",
        "calendar": calendar,
        "people": people,
        "on_call": {"roles": 1},
    }
    desk = sc.Desk.model_validate(facts)
    roster = sc.make_roster(desk, start="2027-04-19", weeks=4, seats=[0.0] * 33 + [1.0] * 8 + [0.0] * 127)
    sc.write_roster(tmp_path / "a.csv", roster)
    again = sc.read_roster(tmp_path / "a.csv", desk=desk, rules="tr")
    columns = ["person", "hours", "nights", "weekends", "holidays", "on_call_weeks"]
    pd.testing.assert_frame_equal(again.fairness[columns], roster.fairness[columns])
    assert "on call" in str(again.headline)
    assert again.rules.name == "tr_4857"


def test_the_last_night_of_a_week_does_not_open_the_next_one() -> None:
    """Seven nights of nine hours are 63 hours a week, although the last one ends on a Monday."""
    rows = [
        {"person": "p1", "start": day, "end": day + pd.Timedelta(hours=9)}
        for day in pd.date_range("2027-01-04 22:00", periods=7, tz="Europe/Berlin")
    ]
    worst = sc.check_rest(rows, rules="eu").closest.set_index("rule")["measured"]
    assert worst["week_hours_avg_max"] == 63
    turn = [{"person": "p1", "start": "2027-01-04 09:00", "end": "2027-01-11 09:00", "kind": "on_call"}]
    full = sc.check_rest(turn, rules="eu", counted_share=1, timezone="UTC").closest.set_index("rule")["measured"]
    assert full["week_hours_avg_max"] == 168


TEXT = st.text(st.sampled_from(";,\\:%'\"=+-@|·éİ漢a1 ").filter(str.strip), min_size=1, max_size=8) | st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=12
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    person=TEXT,
    tour=TEXT,
    minute=st.integers(0, 500_000),
    length=st.integers(1, 3000),
    ending=st.sampled_from(["ics", "csv", "xlsx"]),
)
def test_any_text_survives_the_round_trip(
    tmp_path: Path, person: str, tour: str, minute: int, length: int, ending: str
) -> None:
    start = pd.Timestamp("2027-01-01", tz="UTC") + pd.Timedelta(minutes=minute)
    row = {"person": person, "start": start, "end": start + pd.Timedelta(minutes=length), "kind": "work", "tour": tour}
    path = tmp_path / f"one.{ending}"
    sc.write_roster(path, [{**row, "timezone": "Europe/London"}])
    again = sc.read_roster(path).to_frame().iloc[0]
    assert (again["person"], again["tour"], again["start"], again["end"]) == (person, tour, row["start"], row["end"])


def test_the_calendar_opens_in_a_second_library(tmp_path: Path) -> None:
    vobject = pytest.importorskip("vobject")
    path = tmp_path / "roster.ics"
    sc.write_roster(path, ROWS)
    calendar = vobject.readOne(path.read_text(encoding="utf-8"))
    events = calendar.vevent_list
    assert len(events) == len(ROWS)
    found = sorted((event.dtstart.value, event.dtend.value) for event in events)
    assert found == sorted(
        zip(pd.to_datetime(ROWS["start"], utc=True), pd.to_datetime(ROWS["end"], utc=True), strict=True)
    )
    assert len({event.uid.value for event in events}) == len(ROWS)


def test_no_cell_of_a_table_is_a_formula(tmp_path: Path) -> None:
    import openpyxl

    sc.write_roster(tmp_path / "roster.csv", ROWS)
    lines = (tmp_path / "roster.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert not any(cell.strip('"').startswith(("=", "+", "-", "@")) for line in lines for cell in line.split(","))
    sc.write_roster(tmp_path / "roster.xlsx", ROWS)
    sheet = openpyxl.load_workbook(tmp_path / "roster.xlsx").worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_the_same_roster_makes_the_same_calendar(tmp_path: Path) -> None:
    for name in ("a.ics", "b.ics"):
        sc.write_roster(tmp_path / name, ROWS)
    assert (tmp_path / "a.ics").read_bytes() == (tmp_path / "b.ics").read_bytes()


FOREIGN = """BEGIN:VCALENDAR
VERSION:2.0
X-WR-CALNAME:On call - Social
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Berlin:20270322T090000
DTEND;TZID=Europe/Berlin:20270322T170000
RRULE:FREQ=DAILY;COUNT=10
EXDATE;TZID=Europe/Berlin:20270324T090000
SUMMARY:On call primary
ATTENDEE;CN=Ada:mailto:ada@example.org
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID;TZID=Europe/Berlin:20270325T090000
DTSTART;TZID=Europe/Berlin:20270325T120000
DTEND;TZID=Europe/Berlin:20270325T150000
SUMMARY:On call primary
ATTENDEE;CN=Ada:mailto:ada@example.org
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20270401
DTEND;VALUE=DATE:20270403
SUMMARY:Bob
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:20270405T090000
DURATION:PT8H
SUMMARY:Bob early
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_of_another_tool_is_read_with_repeats_moves_and_exceptions(tmp_path: Path) -> None:
    path = tmp_path / "other.ics"
    path.write_text(FOREIGN.replace("\n", "\r\n"), encoding="utf-8")
    frame = sc.read_roster(path, people={"Ada": "p1", "Bob": "p2"}).to_frame()
    ada = frame[frame["person"] == "p1"]
    assert len(ada) == 9
    assert set(ada["kind"]) == {"on_call"}
    starts = ada["start"].dt.tz_convert("Europe/Berlin").dt.strftime("%d %H")
    assert "24 09" not in set(starts)
    assert "25 12" in set(starts)
    assert "25 09" not in set(starts)
    assert "28 09" in set(starts)  # nine o'clock on the new clock too
    bob = frame[frame["person"] == "p2"]
    assert len(bob) == 1
    assert (bob["end"] - bob["start"]).item() == pd.Timedelta(days=2)


def test_an_event_without_end_needs_a_last_day(tmp_path: Path) -> None:
    path = tmp_path / "endless.ics"
    path.write_text(FOREIGN.replace(";COUNT=10", ""), encoding="utf-8")
    with pytest.raises(sc.InputError, match="until="):
        sc.read_roster(path)
    ended = sc.read_roster(path, until="2027-03-26", people={"Ada": "p1"}).to_frame()
    assert len(ended.query("person == 'p1'")) == 4


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_tables_of_other_tools_are_read_by_their_headers(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "export.csv"
    lines = [
        ["Name", "Start time", "End time", "Schedule"],
        ["Ada", "2027-01-04T09:00:00+03:00", "2027-01-11 09:00:00+03:00", "Nöbet 1"],
    ]
    path.write_text("\n".join(mark.join(line) for line in lines), encoding="utf-8-sig")
    row = sc.read_roster(path).to_frame().iloc[0]
    assert (row["person"], row["kind"], row["tour"]) == ("Ada", "on_call", "Nöbet 1")
    assert row["start"] == pd.Timestamp("2027-01-04T06:00:00Z")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"who,when\nx,y\n", "lacks the columns person"),
        ("a.csv", b"\xff\xfe\x00", "not UTF-8"),
        ("a.csv", b"person,start,end\np1,2027-01-04 09:00,2027-01-04 17:00\n", "no time zone"),
        ("a.csv", b"person,person,start,end\na,b,2027-01-04T09:00Z,2027-01-04T17:00Z\n", "person twice"),
        ("a.csv", b"person,start,end,break\np1,2027-01-04T09:00Z,2027-01-04T17:00Z,half\n", "not a number"),
        ("a.csv", b"person,start,end\np1,1/2/2027 09:00,1/2/2027 17:00\n", "day or the month"),
        ("a.csv", b"person,start,end\n", "no duty"),
        ("a.ics", b"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n", "no duty"),
        ("a.ics", b"hello", "cannot be read"),
        ("a.ics", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n", "no start"),
        ("a.xlsx", b"PK\x03\x04broken", "cannot be read"),
        ("a.doc", b"", "path="),
        ("missing.ics", None, "Try: check the path"),
    ],
)
def test_files_that_cannot_be_used_are_refused_with_advice(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(sc.InputError, match=words):
        sc.read_roster(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400), ending=st.sampled_from(["ics", "csv", "xlsx"]))
def test_random_bytes_end_in_an_answer_or_a_clear_error(tmp_path: Path, data: bytes, ending: str) -> None:
    path = tmp_path / f"noise.{ending}"
    path.write_bytes(data)
    with contextlib.suppress(sc.StaffcalcError):
        sc.read_roster(path)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"timezone": "Mars"}, "Mars"),
        ({"kind": "party"}, "Try one of"),
        ({"people": ["Ada"]}, "mapping"),
        ({"until": "soon"}, "not a day"),
        ({"rules": "mars"}, "Try one of: eu"),
        ({"desk": {}}, "read_desk"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(tmp_path: Path, more: dict[str, object], words: str) -> None:
    sc.write_roster(tmp_path / "a.csv", ROWS)
    with pytest.raises(sc.InputError, match=words):
        sc.read_roster(tmp_path / "a.csv", **more)  # type: ignore[arg-type]
    for wrong in (None, 5):
        with pytest.raises(sc.InputError, match="path"):
            sc.read_roster(wrong)  # type: ignore[arg-type]
        with pytest.raises(sc.InputError, match="path"):
            sc.write_roster(wrong, ROWS)  # type: ignore[arg-type]
    with pytest.raises(sc.InputError, match="cannot be read as a roster"):
        sc.write_roster(tmp_path / "b.csv", None)  # type: ignore[arg-type]
    assert not (tmp_path / "b.csv").exists()


def calendar(tmp_path: Path, *events: str, head: str = "") -> Path:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *([head] if head else [])]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:1", "SUMMARY:Ada", event, "END:VEVENT"]
    path = tmp_path / "some.ics"
    path.write_text("\r\n".join([*lines, "END:VCALENDAR", ""]).replace("|", "\r\n"), encoding="utf-8", newline="")
    return path


OUTLOOK = (
    "BEGIN:VTIMEZONE|TZID:W. Europe Standard Time|BEGIN:STANDARD|DTSTART:16010101T030000|TZOFFSETFROM:+0200"
    "|TZOFFSETTO:+0100|RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10|END:STANDARD|BEGIN:DAYLIGHT|DTSTART:16010101T020000"
    "|TZOFFSETFROM:+0100|TZOFFSETTO:+0200|RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3|END:DAYLIGHT|END:VTIMEZONE"
)


def test_the_time_zone_of_outlook_is_the_home_and_an_unknown_home_is_said(tmp_path: Path) -> None:
    night = "DTSTART;TZID=W. Europe Standard Time:20270327T220000|DTEND;TZID=W. Europe Standard Time:20270328T060000"
    row = sc.read_roster(calendar(tmp_path, night, head=OUTLOOK)).to_frame().iloc[0]
    assert row["timezone"] == "Europe/Berlin"
    assert row["end"] - row["start"] == pd.Timedelta(hours=7)
    plain = calendar(tmp_path, "DTSTART:20270104T220000Z|DTEND:20270105T060000Z")
    assert any("in which time zone Ada lives" in str(note) for note in sc.read_roster(plain).notes)
    told = sc.read_roster(plain, timezone="Europe/Berlin")
    assert not any("in which time zone" in str(note) for note in told.notes)
    assert set(told.to_frame()["timezone"]) == {"Europe/Berlin"}


DAY = "DTSTART:20270104T090000Z|DTEND:20270104T170000Z"
LONDON = "DTSTART;TZID=Europe/London:20270104T090000|DURATION:PT8H"


@pytest.mark.parametrize(
    ("event", "starts"),
    [
        (f"{DAY}|RDATE:20270106T090000Z,20270108T100000Z", ["04 09", "06 09", "08 10"]),
        (f"{DAY}|RRULE:FREQ=DAILY;COUNT=2|RDATE:20270105T090000Z", ["04 09", "05 09"]),
        (f"{LONDON}|RRULE:FREQ=DAILY;COUNT=3|EXDATE:20270105T090000Z", ["04 09", "06 09"]),
        (f"{DAY}|RRULE:FREQ=DAILY;UNTIL=20270105", ["04 09", "05 09"]),
    ],
)
def test_added_and_left_out_dates_are_read(tmp_path: Path, event: str, starts: list[str]) -> None:
    frame = sc.read_roster(calendar(tmp_path, event)).to_frame()
    assert frame["start"].dt.strftime("%d %H").tolist() == starts


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("DTSTART:20270104T090000Z|DTEND:20270104T090001Z|RRULE:FREQ=SECONDLY;UNTIL=20280104T090000Z", "20,000 times"),
        ("DTSTART:20270104T090000Z|DTEND:20270104T170000Z|RRULE:FREQ=SOMETIMES;COUNT=3", "cannot be read"),
        ("DTSTART;VALUE=DATE:20270104|DTEND:20270104T170000Z", "cannot be read"),
        ("DTSTART:20270104T090000Z|DTEND:20270104T100000Z|X-STAFFCALC-BREAK-MINUTES:x", "not a number"),
        ("DTSTART:20270104T090000Z|DTEND:20270104T080000Z", "before it starts"),
    ],
)
def test_events_that_cannot_be_used_are_refused(tmp_path: Path, event: str, words: str) -> None:
    with pytest.raises(sc.InputError, match=words):
        sc.read_roster(calendar(tmp_path, event))
