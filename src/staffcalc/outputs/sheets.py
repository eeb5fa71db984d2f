"""The sheets of a workbook: texts that stay texts, numbers with their formats, widths and heights that fit."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from staffcalc.outputs import theme
from staffcalc.outputs.tables import cell

LONGEST_TEXT = 32_000
WIDEST = 90
NARROW = 8
"""Texts up to this length fit into one line of every column. [letters]"""
LETTERS = 1.2
"""Letters that stand in one unit of the width of a column, on average."""
LINE = 14
"""Height of a line of text. [points]"""
PAGE = 200
"""Width of columns that can still be read on one page across. [letters]"""


class Sheets:
    """
    The sheets of one workbook.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        The open workbook.
    language : str
        ``en`` or ``tr``.
    escape_formulas : bool
        Put an apostrophe before texts that another program could take for a formula.
    """

    def __init__(self, book: Any, language: str, *, escape_formulas: bool = False) -> None:
        self.book = book
        self.language = language
        self.escape_formulas = escape_formulas
        self.names: set[str] = set()
        self.formats: dict[str, Any] = {}
        self.widths: dict[tuple[str, int], float] = {}
        self.long_texts: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self.sheets: dict[str, Any] = {}

    def style(self, name: str) -> Any:
        """Return a cell format by its name: ``title``, ``head``, ``text``, ``input``, or a number format."""
        if name not in self.formats:
            looks: dict[str, Any] = {"valign": "top", "font_size": 10}
            if name == "title":
                looks |= {"bold": True, "font_size": 15, "font_color": "#0B3C5D"}
            elif name in ("head", "head number"):
                looks |= {"bold": True, "bg_color": "#0B3C5D", "font_color": "#FFFFFF", "text_wrap": True}
                looks |= {"align": "right"} if name == "head number" else {"align": "left", "indent": 1}
            elif name == "bold":
                looks |= {"bold": True, "text_wrap": True}
            elif name == "text":
                looks |= {"text_wrap": True, "indent": 1, "align": "left"}
            else:
                looks["num_format"] = name.removesuffix(" input")
                if name.startswith("yyyy"):
                    looks |= {"align": "left", "indent": 1}
                if name.endswith(" input"):
                    looks |= {"bg_color": "#FFF8EB", "border": 1, "border_color": theme.ORANGE}
            self.formats[name] = self.book.add_format(looks)
        return self.formats[name]

    def sheet(self, name: str) -> Any:
        """Return a new sheet whose name Excel accepts and no other sheet has."""
        clean = re.sub(r"[\[\]:*?/\\]", " ", name).strip().strip("'")[:31] or "sheet"
        unique, number = clean, 2
        while unique.casefold() in self.names:
            tail = f" ({number})"
            unique, number = clean[: 31 - len(tail)] + tail, number + 1
        self.names.add(unique.casefold())
        sheet = self.sheets[unique] = self.book.add_worksheet(unique)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.hide_gridlines(2)
        return sheet

    def text(self, sheet: Any, row: int, column: int, text: str, style: str = "text") -> None:
        """Write a text; it is never a formula, a number or a link."""
        text = theme.legible(text)
        if self.escape_formulas and text[:1] in ("=", "+", "-", "@", "\t", "\r", "\0"):
            text = "'" + text
        sheet.write_string(row, column, text[:LONGEST_TEXT], self.style(style))
        if len(text) > NARROW or style == "title":
            self.long_texts.setdefault((sheet.name, row), []).append((column, 0 if style == "title" else len(text)))

    def value(self, sheet: Any, row: int, column: int, value: Any, spec: str = "", currency: str = "") -> int:
        """Write one value as what it is, and return the width it takes. [letters]"""
        if hasattr(value, "to_pydatetime") and value == value:
            value = value.to_pydatetime()
        if isinstance(value, dt.datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), self.style("yyyy-mm-dd hh:mm"))
            return 18
        if isinstance(value, dt.date):
            sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), self.style("yyyy-mm-dd"))
            return 12
        if isinstance(value, (bool, str)) or type(value).__name__ == "bool" or not hasattr(value, "__float__"):
            text = cell(value, "", self.language) if value is not None and value == value else ""
            self.text(sheet, row, column, text)
            return len(text) + 3
        number = float(value)
        if not math.isfinite(number):
            self.text(sheet, row, column, "" if math.isnan(number) else "∞" if number > 0 else "-∞")
            return 4
        sheet.write_number(row, column, number, self.style(excel_format(spec, currency)))
        return 13

    def width(self, sheet: Any, column: int, letters: float) -> None:
        """Set the width of a column. [letters]"""
        self.widths[sheet.name, column] = min(WIDEST, max(9, letters))
        sheet.set_column(column, column, self.widths[sheet.name, column])

    def table(self, sheet: Any, row: int, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
        """Write a table of texts and return the row after it."""
        widths = [len(head) for head in headers]
        for column, head in enumerate(headers):
            self.text(sheet, row, column, head, "head")
        for cells in rows:
            row += 1
            for column, text in enumerate(cells):
                self.text(sheet, row, column, text)
                widths[column] = max(widths[column], len(text))
        for column, width in enumerate(widths):
            self.width(sheet, column, min(60, width + 3))
        return row + 1

    def fit(self) -> None:
        """Make rows as high as their wrapped texts, not every program does it by itself, and pages wide enough."""
        for (name, row), texts in self.long_texts.items():
            widths = {column: LETTERS * self.widths.get((name, column), 9) for column, _ in texts}
            lines = max(math.ceil((length + 2) / widths[column]) for column, length in texts)
            is_title = any(length == 0 for _, length in texts)
            self.sheets[name].set_row(row, 24 if is_title else LINE * max(1, lines))
        for name, sheet in self.sheets.items():
            across = sum(width for (of, _), width in self.widths.items() if of == name)
            sheet.fit_to_pages(max(1, math.ceil(across / PAGE)), 0)


def excel_format(spec: str, currency: str = "") -> str:
    """
    Return the Excel number format of a format of the catalogues.

    Examples
    --------
    >>> excel_format("n2"), excel_format("p0"), excel_format("money", "EUR")
    ('#,##0.00', '0%', '#,##0 "EUR"')
    """
    if spec == "money":
        return f'#,##0 "{currency}"' if currency.isalpha() else "#,##0"
    if spec == "raw":
        return "0"
    digits = int(spec[1:] or 0) if spec[1:].isdigit() else 0
    tail = "." + "0" * digits if digits else ""
    if spec.startswith("p"):
        return f"0{tail}%"
    return f"#,##0{tail}" if spec.startswith("n") else "General"
