"""The workbook holds every table; texts stay texts, and another engine recalculates its formulas to our numbers."""

from __future__ import annotations

from pathlib import Path

import ironcalc
import openpyxl
import pytest
from made_up_answers import HOSTILE, desk, made_up

import staffcalc as sc
from staffcalc.outputs.model_sheet import FIRST_INPUT, INPUTS
from staffcalc.outputs.theme import legible

LANGUAGES = ["en", "tr"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_never_become_formulas_or_links(tmp_path: Path, language: str) -> None:
    path = tmp_path / "model.xlsx"
    sc.write_workbook(path, [made_up()], language=language)
    book = openpyxl.load_workbook(path)
    model = "Model with live formulas" if language == "en" else "Canlı formüllü model"
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                if sheet.title != model:
                    assert cell.data_type != "f", (sheet.title, cell.coordinate)
    texts = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {legible(name) for name in HOSTILE} <= texts


def test_texts_can_be_made_safe_for_a_later_csv(tmp_path: Path) -> None:
    path = tmp_path / "model.xlsx"
    sc.write_workbook(path, [made_up()], escape_formulas=True)
    texts = {cell.value for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row}
    for name in map(legible, HOSTILE):
        assert (("'" + name) in texts) == (name[0] in "=+-@\t")
        assert (name in texts) == (name[0] not in "=+-@\t")


def test_the_same_answers_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        sc.write_workbook(tmp_path / name, [made_up()])
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_numbers_dates_and_shares_stay_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "model.xlsx"
    sc.write_workbook(path, [made_up(rows=3)])
    sheet = openpyxl.load_workbook(path)["Made up"]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["FTE"].value == 1.25
    assert row["Need a reply"].number_format == "0%"
    assert [cell.value for cell in sheet[2] if cell.is_date][1].hour == 10  # the wall clock of the team
    assert sheet.freeze_panes == "A2"


def test_sheet_names_are_accepted_by_excel_and_unique(tmp_path: Path) -> None:
    path = tmp_path / "model.xlsx"
    sc.write_workbook(path, [made_up() for _ in range(3)], language="tr")
    names = openpyxl.load_workbook(path).sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def _model(path: Path) -> ironcalc.Model:  # type: ignore[name-defined, unused-ignore]
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    return model


def test_another_engine_recalculates_the_productive_hours(tmp_path: Path) -> None:
    path = tmp_path / "model.xlsx"
    sc.write_workbook(path, [made_up()])
    book = openpyxl.load_workbook(path, data_only=True)
    index = book.sheetnames.index("Model with live formulas")
    row = FIRST_INPUT + len(INPUTS) + 2  # after the weeks of a year; rows count from 1
    model = _model(path)
    assert float(model.get_cell_value(index, row, 2)) == pytest.approx(sc.productive_hours(), rel=1e-12)
    assert book.worksheets[index].cell(row, 2).value == pytest.approx(sc.productive_hours(), rel=1e-12)
    model.update_cell_with_number(index, FIRST_INPUT + 3, 2, 20.0)  # annual leave
    model.evaluate()
    assert float(model.get_cell_value(index, row, 2)) == pytest.approx(sc.productive_hours(leave_days=20), rel=1e-12)


def test_the_facts_stand_in_the_workbook_as_given(tmp_path: Path) -> None:
    path = tmp_path / "model.xlsx"
    sc.write_workbook(path, [made_up(desk=desk("Team"))])
    sheet = openpyxl.load_workbook(path)["Facts as given"]
    facts = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2)}
    assert facts["name"] == "Team"
    assert facts["people[0].role"] == "community_manager"


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(sc.InputError, match=r"\.xlsx"):
        sc.write_workbook(tmp_path / "model.ods", [made_up()])
    assert list(tmp_path.iterdir()) == []
