"""The desk as a workbook: the same facts as in YAML, and problems named by their cells."""

from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import staffcalc as sc
from staffcalc.inputs.desk_cells import hours_from_text

FACTS: dict[str, Any] = {
    "name": "=1+1",
    "timezone": "Europe/Istanbul",
    "as_of": "2026-11-23",
    "sites": [{"id": "izmir", "calendar": {"country": "TR", "holidays_add": {"2027-01-02": "Bridge, long"}}}],
    "people": [
        {"id": "007", "role": "manager", "on_call": True, "site": "izmir", "duties": ["community"]},
        {
            "id": "p2",
            "role": "agent",
            "channels": ["instagram"],
            "duties": [],
            "leave": [{"start": "2027-07-05", "end": "2027-07-16"}, {"start": "2027-09-01", "end": "2027-09-01"}],
            "working_hours": {"monday-friday": ["09:00-12:30", "13:30-18:00"], "saturday": ["10:00-14:00"]},
        },
    ],
    "targets": [{"id": "standard", "share": 0.9, "within_hours": 24}],
    "channels": [
        {"id": "instagram", "aht_minutes": {"low": 3, "typical": 5, "high": 8}, "access": {"owner": []}},
        {"id": "x", "aht_minutes": 4, "access": {"owner": ["007", "p2"], "required": {"owner": 2}}},
    ],
    "calendar": {"cover": "24/7", "open": {"daily": ["22:00-06:00"]}, "holidays_remove": ["2027-05-19"]},
    "duties": {"community": {}, "publishing": {"posts_per_week": {"low": 2, "typical": 4}}},
    "costs": {"salary_per_year": {"standard": 30000, "senior": 42000.5}},
}


def book_of(path, facts=FACTS):
    sc.write_desk(path, sc.Desk.model_validate(facts))
    return openpyxl.load_workbook(path)


def refusal(path, book):
    book.save(path)
    with pytest.raises(sc.InputError) as caught:
        sc.read_desk(path)
    assert caught.value.say("tr") != str(caught.value)
    return str(caught.value)


def test_a_workbook_holds_what_was_given_and_nothing_else(tmp_path):
    desk = sc.Desk.model_validate(FACTS)
    for name in ("desk.xlsx", "desk.yaml", "desk.json"):
        sc.write_desk(tmp_path / name, desk)
        again = sc.read_desk(tmp_path / name)
        assert again == desk
        assert again.model_dump(exclude_unset=True) == desk.model_dump(exclude_unset=True)
    assert openpyxl.load_workbook(tmp_path / "desk.xlsx")["desk"]["B2"].data_type == "s"


@pytest.mark.parametrize("name", ["sample", "solo", "enterprise"])
def test_the_desks_of_the_project_survive_the_way_through_a_workbook(tmp_path, name):
    desk = sc.read_desk(f"data/{name}_desk.yaml")
    sc.write_desk(tmp_path / "desk.xlsx", desk)
    assert sc.read_desk(tmp_path / "desk.xlsx").model_dump(exclude_unset=True) == desk.model_dump(exclude_unset=True)


def test_the_template_says_the_same_in_yaml_and_in_a_workbook_and_names_every_field(tmp_path):
    sc.write_desk_template(tmp_path / "desk.yaml")
    sc.write_desk_template(tmp_path / "desk.xlsx")
    assert sc.read_desk(tmp_path / "desk.xlsx") == sc.read_desk(tmp_path / "desk.yaml")
    book = openpyxl.load_workbook(tmp_path / "desk.xlsx")
    named = {str(cell.value) for cell in book["desk"]["A"]}
    named |= {f"{sheet.title}.{cell.value}" for sheet in book for cell in sheet[1]}
    for path in ("name", "calendar.cover", "duties.security.users", "people.working_hours", "channels.access.owner"):
        assert path in named


def test_a_turkish_template_gives_the_same_desk_and_differs_only_in_what_explains_it(tmp_path):
    for form in ("yaml", "xlsx"):
        for language in ("en", "tr"):
            sc.write_desk_template(tmp_path / f"{language}.{form}", language=language)
        assert sc.read_desk(tmp_path / f"tr.{form}") == sc.read_desk(tmp_path / f"en.{form}")
    english, turkish = (openpyxl.load_workbook(tmp_path / f"{language}.xlsx") for language in ("en", "tr"))
    assert english.sheetnames == turkish.sheetnames
    explaining = {("desk", column) for column in "EF"}
    for sheet in english.worksheets[1:]:
        for row in sheet.iter_rows():
            for cell in row:
                other = turkish[sheet.title][cell.coordinate].value
                explains = (sheet.title, cell.column_letter) in explaining if sheet.title == "desk" else cell.row == 2
                if not explains or cell.row == 1:
                    assert other == cell.value, (sheet.title, cell.coordinate)
                elif cell.value not in (None, "platform"):
                    assert other != cell.value, (sheet.title, cell.coordinate)
    assert turkish["people"]["I2"].value == "Kişinin yanıtlayabildiği kanallar [kimlik]"


def test_a_desk_is_written_with_turkish_meanings_and_the_same_facts(tmp_path):
    desk = sc.Desk.model_validate(FACTS)
    sc.write_desk(tmp_path / "desk.xlsx", desk, language="tr")
    book = openpyxl.load_workbook(tmp_path / "desk.xlsx")
    assert sc.read_desk(tmp_path / "desk.xlsx") == desk
    assert book["desk"]["F2"].value == "Ekibin adı, başlıklar için"
    assert book["# guide"]["A1"].value == "staffcalc için ekibinizin bilgileri"
    sc.write_desk(tmp_path / "tr.yaml", desk, language="tr")
    sc.write_desk(tmp_path / "en.yaml", desk)
    assert (tmp_path / "tr.yaml").read_bytes() == (tmp_path / "en.yaml").read_bytes()


@pytest.mark.parametrize("name", ["desk.xlsx", "desk.yaml"])
def test_another_language_is_refused_and_nothing_is_written(tmp_path, name):
    desk = sc.Desk(name="Team", timezone="UTC")
    for act in (
        lambda: sc.write_desk(tmp_path / name, desk, language="de"),
        lambda: sc.write_desk_template(tmp_path / name, language="de"),
    ):
        with pytest.raises(sc.InputError, match="language='de'"):
            act()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("language", ["en", "tr"])
def test_every_text_of_a_template_has_room_in_its_cell(tmp_path, language):
    """A line of text takes at least 12 points, and a small letter at least four fifths of a column's unit."""
    sc.write_desk_template(tmp_path / "desk.xlsx", language=language)
    book = openpyxl.load_workbook(tmp_path / "desk.xlsx")
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.alignment.wrap_text):
            width = sheet.column_dimensions[cell.column_letter].width
            if any(cell.coordinate in part for part in sheet.merged_cells.ranges):
                width = sum(sheet.column_dimensions[letter].width for letter in "AB")
            lines = (sheet.row_dimensions[cell.row].height or 15) // 12
            assert len(str(cell.value or "")) <= width * 1.25 * lines, (sheet.title, cell.coordinate)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("yes", True), ("Evet", True), ("EVET", True), (True, True), ("no", False), ("hayır", False), ("HAYIR", False)],
)
def test_yes_and_no_are_read_in_both_languages(tmp_path, word, meant):
    book = book_of(tmp_path / "desk.xlsx")
    column = next(cell.column_letter for cell in book["people"][1] if cell.value == "on_call")
    book["people"][f"{column}3"] = word
    book.save(tmp_path / "desk.xlsx")
    assert sc.read_desk(tmp_path / "desk.xlsx").people[0].on_call is meant
    people = f"people: [{{id: p1, role: agent, on_call: {word}}}]"
    (tmp_path / "desk.yaml").write_text(f"name: Team\ntimezone: UTC\n{people}\n", encoding="utf-8")
    assert sc.read_desk(tmp_path / "desk.yaml").people[0].on_call is meant


def test_problems_are_named_by_cell_and_path(tmp_path):
    path = tmp_path / "desk.xlsx"
    book = book_of(path)
    book["people"]["I4"] = "instagrm"
    assert book["people"]["I1"].value == "channels"
    book["targets"]["B3"] = 90
    book["desk"]["A1"] = "field"
    row = next(cell.row for cell in book["desk"]["A"] if cell.value == "calendar.cover")
    book["desk"][f"B{row}"] = "monday 25:00-26:00"
    text = refusal(path, book)
    assert f"desk!B{row} (calendar.cover" in text
    assert "is not a span of hours" in text
    assert "targets!B3 (targets[0].share): share=90.0 looks like a percentage" in text.replace("=90 ", "=90.0 ")
    book["desk"][f"B{row}"], book["targets"]["B3"] = "24/7", 0.9
    assert "people!I4 (people[1].channels): instagrm is not defined" in refusal(path, book)


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "words"),
    [
        ("people", "B3", "=1+", "people!B3 holds '=1+', which has no value yet"),
        ("people", "A1", "role", "the field role stands in people!A1 and in people!B1"),
        ("people", "AZ4", "lost", "people!AZ4 holds a value, but no field is named"),
        ("people", "B1", "rolle", "people!B3 (people[0].rolle): unknown key. Did you mean role and roles?"),
        ("desk", "C3", 3, "desk!C3 (timezone.low): unknown key"),
        ("desk", "A3", None, "desk!A3 holds a value, but no field is named"),
        ("desk", "A3", "name", "the field name stands in desk!A2 and in desk!A3"),
        ("desk", "A3", "time_zone", "desk!B3 (time_zone): unknown key. Did you mean timezone?"),
        ("desk", "A3", "calendar", "desk!B3 (calendar)"),
        ("desk", "B2", 5, "desk!B2 (name): '5' is not a text"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(tmp_path, sheet, cell, value, words):
    book = book_of(tmp_path / "desk.xlsx")
    book[sheet][cell] = value
    assert words in refusal(tmp_path / "desk.xlsx", book)


def test_sheets_are_known_or_the_readers_own(tmp_path):
    path = tmp_path / "desk.xlsx"
    book = book_of(path)
    book.create_sheet("# my notes")["A1"] = "anything"
    book["people"]["A5"] = "# a remark below the list"
    book.save(path)
    assert sc.read_desk(path) == sc.Desk.model_validate(FACTS)
    book["people"].title = "poeple"
    assert "the sheets poeple are not known" in refusal(path, book)
    del book["poeple"]
    del book["desk"]
    assert "the sheet desk is missing" in refusal(path, book)


def test_dates_ids_and_shares_are_taken_as_a_spreadsheet_holds_them(tmp_path):
    path = tmp_path / "desk.xlsx"
    book = book_of(path)
    book["people"]["A4"] = 12
    book["desk"]["B5"] = "2026-11-23"
    column = next(cell.column_letter for cell in book["channels"][1] if cell.value == "access.owner")
    book["channels"][f"{column}4"] = "007; 12"
    book.save(path)
    desk = sc.read_desk(path)
    assert desk.people[1].id == "12"
    assert desk.channels[1].access.owner == ("007", "12")


@pytest.mark.parametrize("name", ["desk.docx", "desk", "desk.xls"])
def test_other_formats_are_refused_and_nothing_is_written(tmp_path, name):
    desk = sc.Desk(name="Team", timezone="UTC")
    for act in (lambda: sc.write_desk(tmp_path / name, desk), lambda: sc.write_desk_template(tmp_path / name)):
        with pytest.raises(sc.InputError, match="nothing was written"):
            act()
    with pytest.raises(sc.InputError, match="a desk is read from"):
        sc.read_desk(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("act", [sc.read_desk, sc.write_desk_template, lambda path: sc.write_desk(path, "desk.yaml")])
def test_swapped_arguments_are_told(act):
    with pytest.raises(sc.InputError, match="not the path of a file"):
        act(sc.Desk(name="Team", timezone="UTC"))


@given(st.binary(max_size=300))
def test_a_broken_workbook_is_a_clear_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("broken") / "desk.xlsx"
    path.write_bytes(content)
    with pytest.raises(sc.InputError, match="cannot be read as a workbook"):
        sc.read_desk(path)


minutes = st.integers(0, 7 * 96 - 1)


@given(st.sets(minutes, min_size=1))
def test_hours_of_any_week_survive_their_words(quarters):
    spans = []
    for quarter in sorted(quarters):
        day, part = divmod(quarter, 96)
        start, end = part * 15, part * 15 + 15
        spans.append((day, f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"))
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    words = {days[day]: [text for other, text in spans if other == day] for day, _ in spans}
    desk = sc.Desk.model_validate({"name": "Team", "timezone": "UTC", "calendar": {"open": words}})
    told = desk.model_dump(mode="json", exclude_unset=True)
    assert sc.Desk.model_validate(yaml.safe_load(yaml.safe_dump(told))) == desk
    hours = told["calendar"]["open"]
    if hours != "24/7":
        line = "; ".join(f"{day} {', '.join(parts)}" for day, parts in hours.items())
        assert hours_from_text(line) == hours
