"""The desk: read, checked as a whole, written back as given."""

import datetime as dt
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import staffcalc as sc
from staffcalc.inputs.calendars import DAYS


def desk_facts(**changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": "Team",
        "timezone": "Europe/Istanbul",
        "people": [{"id": "p1", "role": "manager"}, {"id": "p2", "role": "agent", "channels": ["instagram"]}],
        "targets": [{"id": "standard", "share": 0.9, "within_hours": 24}],
        "channels": [{"id": "instagram", "aht_minutes": {"low": 3, "typical": 5, "high": 8}}],
    }
    return facts | changes


def problems(facts: dict[str, Any]) -> str:
    with pytest.raises(sc.InputError) as caught:
        sc.Desk.model_validate(facts)
    assert caught.value.say("tr") != str(caught.value)
    return str(caught.value)


def test_the_template_is_a_valid_desk_that_survives_a_round_trip(tmp_path):
    sc.write_desk_template(tmp_path / "desk.yaml")
    desk = sc.read_desk(tmp_path / "desk.yaml")
    sc.write_desk(tmp_path / "again.yaml", desk)
    assert sc.read_desk(tmp_path / "again.yaml") == desk


def test_every_field_has_a_description_and_a_unit():
    from staffcalc.inputs.fields import Facts

    def models(model):
        for child in model.__subclasses__():
            yield child
            yield from models(child)

    for model in models(Facts):
        for name, field in model.model_fields.items():
            assert field.description, (model, name)
            assert field.json_schema_extra["unit"], (model, name)


def test_only_what_was_given_is_written(tmp_path):
    sc.write_desk(tmp_path / "desk.yaml", sc.Desk.model_validate(desk_facts()))
    assert yaml.safe_load((tmp_path / "desk.yaml").read_text(encoding="utf-8")) == desk_facts()


def test_all_problems_between_the_parts_come_in_one_message_with_their_paths():
    text = problems(
        desk_facts(
            people=[
                {"id": "p1", "role": "manager", "channels": ["instagrm"], "site": "ankara"},
                {"id": "p1", "role": "agent", "channels": []},
            ],
            channels=[{"id": "instagram", "target": "fast", "access": {"owner": ["ghost"]}}],
            groups=[{"id": "g", "members": ["nobody"]}],
        )
    )
    for part in (
        "people[0].channels: instagrm",
        "people[0].site: ankara",
        "the id p1 is used 2 times",
        "channels[0].target: fast",
        "nobody can answer the channel instagram",
        "channels[0].access.owner: ghost",
        "groups[0].members: nobody",
    ):
        assert part in text


def test_cover_hours_without_people_are_refused():
    assert "calendar.cover" in problems(desk_facts(people=[], calendar={"cover": "24/7"}))


def test_channels_without_any_target_are_refused():
    assert "no response target" in problems(desk_facts(targets=[]))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"namme": "x"}, "Did you mean name?"),
        ({"targets": [{"id": "standard", "share": 90, "within_hours": 24}]}, "Try: share=0.9"),
        ({"targets": [{"id": "standard", "share": 1, "within_hours": 24}]}, "no finite number of people"),
        ({"targets": [{"id": "standard", "share": 0.9}]}, "exactly one limit"),
        ({"targets": [{"id": "standard", "share": 0.9, "within_hours": float("nan")}]}, "not a finite number"),
        ({"targets": [{"id": "standard", "share": 0.9, "within_hours": float("inf")}]}, "not a finite number"),
        ({"targets": [{"id": "standard", "share": 0.9, "within_hours": -1}]}, "too small"),
        ({"channels": [{"id": "instagram", "aht_minutes": 0}]}, "too small"),
        ({"channels": [{"id": "instagram", "aht_minutes": {"low": 9, "typical": 5}}]}, "not in order"),
        ({"channels": [{"id": "instagram", "needs_reply_share": 40}]}, "looks like a percentage"),
        ({"channels": [{"id": "instagram", "aht_minutes": "5 min"}]}, "is not a number"),
        ({"timezone": "Europe/Istambul"}, "Europe/Istanbul"),
        ({"currency": "EURO"}, "is not a currency code"),
        ({"calendar": {"country": "XX"}}, "not a country code"),
        ({"calendar": {"open": {"monday": ["09:00-12:00", "11:00-18:00"]}}}, "overlaps"),
        ({"calendar": {"open": {"moonday": ["09:00-12:00"]}}}, "not a day of the week"),
        ({"calendar": {"open": {"monday": ["9 to 5"]}}}, "not a span of hours"),
        ({"calendar": {"open": "always"}}, "24/7"),
        ({"people": [{"id": "Ada Lovelace", "role": "manager"}]}, "never by names"),
        ({"people": [{"id": "p1", "role": "manager", "contract_hours_per_week": 200}]}, "do not fit into a week"),
        ({"people": [{"id": "p1", "role": "manager", "duties": ["marketing"]}]}, "not known"),
        ({"people": [{"id": "p1", "role": "m", "leave": [{"start": "2027-02-02", "end": "2027-02-01"}]}]}, "before"),
        ({"people": {"id": "p1"}}, "a list"),
        ({"name": 7}, "a text"),
        ({"absence": {"leave_days": -3}}, "too small"),
        ({"costs": {"employer_on_cost_share": True}}, "is not a number"),
    ],
)  # fmt: skip
def test_bad_input_says_what_and_what_to_try(changes, words):
    assert words in problems(desk_facts(**changes))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: a\nname: b\n", "line 2: the key name stands twice"),
        ("name: [1, 2\n", "not readable as YAML"),
        ("- a\n- b\n", "must be keys"),
        ("", "must be keys"),
        ("!!python/object/apply:os.system ['true']", "not readable as YAML"),
        ("[" * 5000, "not readable as YAML"),
    ],
)
def test_a_file_that_is_no_desk_is_refused_with_the_line(tmp_path, text, words):
    (tmp_path / "desk.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(sc.InputError, match=words):
        sc.read_desk(tmp_path / "desk.yaml")


def test_missing_foreign_and_undecodable_files_are_input_errors(tmp_path):
    (tmp_path / "desk.yaml").write_bytes(b"name: \xff\xfe")
    (tmp_path / "desk.pdf").write_bytes(b"")
    for name in ("nowhere.yaml", "desk.yaml", "desk.pdf"):
        with pytest.raises(sc.InputError, match="Try:"):
            sc.read_desk(tmp_path / name)


def test_the_word_no_stays_a_language_and_not_a_boolean(tmp_path):
    (tmp_path / "desk.yaml").write_text(
        "name: Oslo\ntimezone: Europe/Oslo\npeople: [{id: p1, role: agent, languages: [no]}]\n", encoding="utf-8"
    )
    assert sc.read_desk(tmp_path / "desk.yaml").people[0].languages == ("no",)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "desk.yaml").write_bytes("\ufeffname: Ekip\ntimezone: UTC\n".encode())
    assert sc.read_desk(tmp_path / "desk.yaml").name == "Ekip"


def test_facts_cannot_be_changed():
    desk = sc.Desk.model_validate(desk_facts())
    with pytest.raises(ValueError, match="frozen"):
        desk.name = "other"


def test_a_failed_write_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "desk.yaml"
    sc.write_desk(path, sc.Desk.model_validate(desk_facts()))
    before = path.read_bytes()
    monkeypatch.setattr("pathlib.Path.write_text", lambda *_a, **_k: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        sc.write_desk(path, sc.Desk(name="x", timezone="UTC"))
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["desk.yaml"]


def test_a_night_span_runs_into_the_next_day_and_round_the_week():
    hours = sc.WeekHours.model_validate({"sunday": ["22:00-06:00"]})
    slots = hours.slots()
    assert [slot for slot, part in enumerate(slots) if part] == [0, 1, 2, 3, 4, 5, 166, 167]


def test_day_rows_wrap_for_a_sunday_to_thursday_week():
    hours = sc.WeekHours.model_validate({"sunday-thursday": "09:00-17:00"})
    assert [hours.slots()[day * 24 + 9] for day in range(7)] == [1, 1, 1, 1, 0, 0, 1]


span = st.tuples(st.integers(0, 95), st.integers(1, 96)).map(lambda p: (min(p), max(p))).filter(lambda p: p[0] < p[1])


@given(st.dictionaries(st.sampled_from(DAYS), span, min_size=1))
def test_slots_hold_exactly_the_hours_of_the_week(days):
    def clock(quarter: int) -> str:
        return f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"

    hours = sc.WeekHours.model_validate({day: [f"{clock(a)}-{clock(b)}"] for day, (a, b) in days.items()})
    total = sum(b - a for a, b in days.values()) / 4
    assert hours.hours_per_week == pytest.approx(total)
    assert sum(hours.slots()) == pytest.approx(total)
    assert sum(hours.slots(4)) / 4 == pytest.approx(total)
    assert sc.WeekHours.model_validate(hours.model_dump()) == hours


def test_public_holidays_follow_the_country_and_the_clients_own_changes():
    calendar = sc.Calendar.model_validate(
        {"country": "TR", "holidays_add": {"2027-12-24": "Closing day"}, "holidays_remove": ["2027-01-01"]}
    )
    days = calendar.public_holidays(2027)
    assert dt.date(2027, 10, 29) in days
    assert dt.date(2027, 12, 24) in days
    assert dt.date(2027, 1, 1) not in days


def test_leavers_and_joiners_are_judged_on_the_day_of_the_facts():
    desk = sc.Desk.model_validate(
        desk_facts(
            as_of="2026-11-23",
            people=[
                {"id": "p1", "role": "a", "end": "2026-11-22"},
                {"id": "p2", "role": "a", "start": "2026-11-24"},
                {"id": "p3", "role": "a"},
            ],
        )
    )
    assert [person.id for person in desk.team()] == ["p3"]
    assert [person.id for person in desk.holders_of_channel("instagram", dt.date(2027, 1, 1))] == ["p2", "p3"]


def test_a_region_is_known_by_code_or_name_and_another_is_refused_with_near_ones():
    desks = [
        sc.Desk.model_validate(desk_facts(calendar={"country": "DE", "subdivision": name})) for name in ("BY", "Bayern")
    ]
    by_code, by_name = desks
    assert by_code.calendar.public_holidays(2027) == by_name.calendar.public_holidays(2027)
    unknown = sc.Desk.model_validate(desk_facts(calendar={"country": "DE", "subdivision": "Bayer"}))
    with pytest.raises(sc.InputError, match=r"no region 'Bayer'.*Bayern"):
        unknown.calendar.public_holidays(2027)
