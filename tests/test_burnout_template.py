"""The template for answers: a user fills it in and the library reads it back."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc
from staffcalc.burnout.survey_file import FORMS, item_codes, read_survey_file
from staffcalc.reference.lookup import source

openpyxl = pytest.importorskip("openpyxl")


def filled(instrument: str, sheets: int = 21) -> list[list[object]]:
    rng = np.random.default_rng(2)
    codes = item_codes(instrument)
    return [
        [f"team {i % 3}", *(allowed[rng.integers(len(allowed))] for allowed in codes.values())] for i in range(sheets)
    ]


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize("instrument", FORMS)
def test_a_filled_workbook_is_scored_as_it_is(instrument: str, language: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    sc.write_survey_template(path, instrument=instrument, language=language)
    book = openpyxl.load_workbook(path)
    answers = book["answers"]
    assert [cell.value for cell in answers[1]] == ["team", *item_codes(instrument)]
    rows = filled(instrument)
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = answers.cell(number, column, value)
            rules = [r for r in answers.data_validations.dataValidation if cell.coordinate in r.sqref]
            assert column == 1 or str(value) in rules[0].formula1.strip('"').split(",")
    for number in range(3):
        for column, value in enumerate(("team", f"team {number}", 9), start=1):
            book["invited"].cell(number + 2, column, value)
    if language == "tr":
        book.move_sheet("# guide", -2)  # the order of the sheets does not matter
    book.save(path)
    score = sc.score_survey(path, instrument=instrument, by="team")
    frame = pd.DataFrame(rows, columns=["team", *item_codes(instrument)])
    invited = {f"team {number}": 9 for number in range(3)}
    same = sc.score_survey(frame, instrument=instrument, by="team", invited=invited)
    pd.testing.assert_frame_equal(score.to_frame(), same.to_frame())
    assert not any(note.key == "burnout_note_survey_silent" for note in score.notes)
    guide = " ".join(str(row[0]) for row in book["# guide"].iter_rows(values_only=True))
    for key in FORMS[instrument]:
        assert source(key).authors in guide
    assert ("not a diagnosis" if language == "en" else "tanı değildir") in guide


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_filled_text_file_is_scored_as_it_is_whatever_a_spreadsheet_makes_of_it(
    delimiter: str, tmp_path: Path
) -> None:
    path = tmp_path / "answers.csv"
    sc.write_survey_template(path, instrument="bat12", by=["team", "site"], language="tr")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        head = list(csv.reader(stream))
    rows = [[row[0], "İzmir" if i % 2 else "Ankara", *row[1:]] for i, row in enumerate(filled("bat12", 40))]
    rows[3][5] = ""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows([*head, *rows, [""] * 14])
    score = sc.score_survey(path, instrument="bat12", by=["team", "site"])
    assert score.answered == 39
    assert "İzmir" in set(score.to_frame()["group"])


def test_points_of_the_form_stand_for_its_words() -> None:
    words = ["always", "often", "sometimes", "seldom", "never", None, "always"]
    points = [100, 75.0, np.int64(50), 25, 0, np.nan, 100]
    assert sc.score_cbi(words, scale="work") == sc.score_cbi(points, scale="work")
    for odd in ("Always", "mostly", 60, True, False, "", "100"):
        with pytest.raises(sc.InputError, match="Item 2"):
            sc.score_cbi(["often", odd, "never", "never", "never", "never"])


def test_answers_of_a_mapping_or_a_row_are_read_by_their_item_number() -> None:
    levels = [1, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3, 4]
    plain = sc.score_bat(levels)
    keyed = {f"item_{i}": level for i, level in enumerate(levels, start=1)}
    turned = dict(reversed(keyed.items()))
    assert sc.score_bat(turned) == sc.score_bat(np.array(levels)) == sc.score_bat(pd.Series(turned)) == plain
    assert sc.score_bat(dict(enumerate(levels))) == plain
    olbi = {i: 1 + i % 4 for i in range(1, 17)}
    assert sc.score_olbi(olbi) == sc.score_olbi([1 + i % 4 for i in range(1, 17)])
    some = sc.score_cbi({"work_7": "always", "work_1": "never", "work_2": "never", "work_3": "never"}, scale="work")
    assert (some["score"], some["n"]) == (0.0, 4)
    for odd in ({"a": 1}, {"item_1": 1, "q_1": 2}, {}, "121", {1, 2}, 7, None):
        with pytest.raises(sc.InputError, match="Try"):
            sc.score_bat(odd)  # type: ignore[arg-type]


def test_what_is_no_template_or_no_answer_file_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(sc.InputError, match="instrument"):
        sc.write_survey_template(tmp_path / "a.xlsx", instrument="mbi")
    with pytest.raises(sc.InputError, match=r"\.xlsx"):
        sc.write_survey_template(tmp_path / "a.pdf", instrument="cbi")
    with pytest.raises(sc.InputError, match="never for a person"):
        sc.write_survey_template(tmp_path / "a.xlsx", instrument="cbi", by="employee_id")
    for by in ([], ["item_1"], ["team", "team"]):
        with pytest.raises(sc.InputError, match="column of its own"):
            sc.write_survey_template(tmp_path / "a.xlsx", instrument="olbi", by=by)
    with pytest.raises(sc.InputError):
        sc.score_survey(tmp_path / "nothing.xlsx", instrument="cbi", by="team")
    broken = tmp_path / "broken.csv"
    broken.write_text("team,level\na,1\na,2,3\nb,4\n", encoding="utf-8")
    with pytest.raises(sc.InputError, match="as many cells"):
        sc.score_survey(broken, instrument="single_item", by="team")
    path = tmp_path / "a.xlsx"
    sc.write_survey_template(path, instrument="single_item")
    book = openpyxl.load_workbook(path)
    for column, value in enumerate(("team", 3), start=1):
        book["answers"].cell(2, column, value)
    book["invited"].cell(2, 1, "team")
    book.save(path)
    with pytest.raises(sc.InputError, match="row 2"):
        read_survey_file(path)


def test_no_item_text_is_shipped_while_its_licence_has_not_been_read() -> None:
    """A sentence of each form, as public copies print them; none may stand in the library."""
    words = Path(sc.__file__).parent / "words"
    text = " ".join(path.read_text("utf-8") for path in words.rglob("*.po")).lower()
    for item in ("how often do you feel tired", "at work, i feel mentally exhausted", "ne sıklıkta yorgun"):
        assert item not in text


def test_a_group_that_was_asked_and_stayed_silent_counts_for_everybody(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sc.write_survey_template(path, instrument="single_item")
    book = openpyxl.load_workbook(path)
    rows = [("a", level) for level in (1, 5, 1, 5, 2, 3, 1, 1)] + [("b", level) for level in (1, 5) * 6]
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            book["answers"].cell(number, column, value)
    for number, row in enumerate((("team", "a", 10), ("team", "b", 12), ("team", "c", 18)), start=2):
        for column, value in enumerate(row, start=1):
            book["invited"].cell(number, column, value)
    book.save(path)
    table = sc.score_survey(path, instrument="single_item", by="team").to_frame().set_index("group")
    assert set(table.index) == {"everybody", "a", "b"}
    assert (table.loc["everybody", "bound_low"], table.loc["everybody", "bound_high"]) == (0.2, 0.8)  # 9/40, 29/40


def test_a_table_of_another_library_is_taken_through_pandas() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"team": ["a"] * 6 + ["b"] * 7, "level": [1, 5, 2, 3, 1, 4, 2, 3, 1, 5, 4, 2, 1]})
    score = sc.score_survey(pyarrow.Table.from_pandas(frame), instrument="single_item", by="team")
    same = sc.score_survey(frame, instrument="single_item", by="team")
    pd.testing.assert_frame_equal(score.to_frame(), same.to_frame())


def test_an_empty_template_says_that_it_has_no_answers(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.csv"):
        sc.write_survey_template(tmp_path / name, instrument="olbi")
        with pytest.raises(sc.InputError, match="no answers"):
            sc.score_survey(tmp_path / name, instrument="olbi", by="team")


def test_the_same_template_is_written_with_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        sc.write_survey_template(tmp_path / f"{name}.xlsx", instrument="bat23", by=["team", "site"], language="tr")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
