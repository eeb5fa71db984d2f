"""The sheet with live formulas: from hours and absence to FTE, so that a reader can change an input and see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from staffcalc._words import label
from staffcalc.staffing.contract import contract_of
from staffcalc.staffing.headcount import DAYS_PER_YEAR, WEEKS_PER_YEAR

if TYPE_CHECKING:
    from staffcalc._result import Result
    from staffcalc.inputs.desk import Desk
    from staffcalc.outputs.sheets import Sheets

INPUTS = (
    ("contract_hours_per_week", "0.0"),
    ("days_per_week", "0.0"),
    ("leave_days", "0.0"),
    ("holiday_days", "0.0"),
    ("sick_days", "0.0"),
    ("training_days", "0.0"),
    ("meetings_share", "0.0%"),
    ("paid_breaks_share", "0.0%"),
    ("max_occupancy", "0%"),
)
"""Inputs of the model and their number formats, in the order of the sheet."""

FIRST_INPUT = 3


def write_model(sheets: Sheets, answers: Sequence[Result], desk: Desk) -> None:
    """
    Write the model of a desk: inputs to change, formulas that follow, and the numbers of staffcalc as first values.

    Parameters
    ----------
    sheets : Sheets
        The sheets of the workbook.
    answers : list of Result
        The hours by duty are read from the workload, the simulated need from the staffing need, where they are there.
    desk : Desk
        The facts; what they leave out comes from the reference tables.
    """

    def say(key: str) -> str:
        return label(key, sheets.language)

    contract, _ = contract_of(desk)
    sheet = sheets.sheet(say("sheet_model"))
    for column, letters in enumerate((56, 14, 30)):
        sheets.width(sheet, column, letters)
    sheets.text(sheet, 0, 0, say("sheet_model"), "title")
    sheets.text(sheet, 1, 0, say("model_how"), "bold")
    where: dict[str, str] = {}

    def line(row: int, key: str, name: str, unit: str) -> None:
        sheets.text(sheet, row, 0, name)
        sheets.text(sheet, row, 2, say(unit))
        where[key] = f"B{row + 1}"

    def put(row: int, key: str, name: str, unit: str, value: float, look: str) -> int:
        line(row, key, name, unit)
        sheet.write_number(row, 1, value, sheets.style(f"{look} input"))
        return row + 1

    def follow(row: int, key: str, unit: str, formula: str, value: float, look: str = "#,##0.00") -> int:
        line(row, key, say(f"model_{key}"), unit)
        sheet.write_formula(row, 1, formula.format(**where), sheets.style(look), value)
        return row + 1

    row = FIRST_INPUT
    for name, look in INPUTS:
        row = put(row, name, say(f"model_{name}"), f"model_unit_{name}", getattr(contract, name), look)
    weeks = WEEKS_PER_YEAR
    productive = weeks * contract.contract_hours_per_week * (1 - contract.absence) * contract.at_work
    row = follow(row, "weeks_per_year", "model_unit_weeks", f"={DAYS_PER_YEAR:g}/7", weeks)
    away = "({leave_days}+{holiday_days}+{sick_days}+{training_days})/({days_per_week}*{weeks_per_year})"
    hours = "={weeks_per_year}*{contract_hours_per_week}*(1-" + away + ")*(1-{meetings_share})*(1-{paid_breaks_share})"
    row = follow(row, "productive_hours", "model_unit_hours_per_year", hours, productive, "#,##0.0")

    work = next((answer for answer in answers if answer.kind == "workload"), None)
    if work is None:
        return
    frame = work.to_frame()
    row += 1
    first = row
    for duty, amount in zip(frame["duty"], frame["hours_per_week"], strict=True):
        row = put(row, f"duty_{duty}", label(f"term_{duty}", sheets.language), "model_unit_hours", amount, "#,##0.0")
    total = float(frame["hours_per_week"].sum())
    row = follow(row, "hours_per_week", "model_unit_hours", f"=SUM(B{first + 1}:B{row})", total, "#,##0.0")
    by_hours = total * weeks / productive
    row = follow(
        row, "fte_by_hours", "model_unit_fte", "={hours_per_week}*{weeks_per_year}/{productive_hours}", by_hours
    )
    capped = by_hours / contract.max_occupancy
    row = follow(row, "fte_with_cap", "model_unit_fte", "={fte_by_hours}/{max_occupancy}", capped)
    full = contract.contract_hours_per_week
    present = sum((person.contract_hours_per_week or full) / full for person in desk.team())
    row = put(row, "present_fte", say("model_present_fte"), "model_unit_fte", present, "#,##0.00")
    row = follow(row, "gap_by_hours", "model_unit_fte", "={fte_with_cap}-{present_fte}", capped - present)
    need: Any = next((answer for answer in answers if answer.kind == "staffing_need"), None)
    if need is not None:
        line(row, "simulated", say("model_simulated_fte"), "model_unit_fte")
        sheet.write_number(row, 1, float(need.fte), sheets.style("#,##0.00"))
        sheets.text(sheet, row + 1, 0, say("model_simulated_why"))
