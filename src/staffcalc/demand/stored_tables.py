"""Rows from workbooks and Parquet files; formulas are read as the values saved with them."""

from __future__ import annotations

import io
import os
import warnings
from typing import Any

import pandas as pd

from staffcalc.demand.tabular import MOST_COLUMNS, Table, unique_headers
from staffcalc.errors import InputError, MissingExtraError

MOST_BYTES = 400 * 2**20
"""Largest size of an unpacked file that is read into memory. [byte]"""


def read_workbook(data: bytes, source: str) -> Table:
    """Read the first sheet that has rows; formulas are read as the values saved with them."""
    import zipfile
    import zlib
    from xml.etree.ElementTree import ParseError

    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as problem:
        raise MissingExtraError("missing_extra", purpose=source, package="openpyxl", extra="excel") from problem
    broken = (
        *(zipfile.BadZipFile, InvalidFileException, ParseError, zlib.error, LookupError, ValueError, TypeError),
        *(OSError, EOFError, AttributeError, RuntimeError, AssertionError, MemoryError),
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > MOST_BYTES:
            raise InputError("log_too_large", source=source, most=MOST_BYTES // 2**20)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            rows = _sheet_rows(book, source)
            book.close()
    except InputError:
        raise
    except broken as problem:
        raise InputError("file_damaged", source=source, reason=type(problem).__name__) from problem
    if not rows:
        raise InputError("file_empty", source=source)
    width = len(rows[0])
    frame = pd.DataFrame(
        [[*row, *[None] * width][:width] for row in rows[1:]], columns=unique_headers(rows[0]), dtype="object"
    )
    return Table(frame, source, encoding="xlsx")


def _sheet_rows(book: Any, source: str) -> list[list[Any]]:
    for sheet in book.worksheets:
        rows: list[list[Any]] = []
        for row in sheet.iter_rows(values_only=True):
            filled = [place for place, cell in enumerate(row) if cell is not None and str(cell).strip()]
            if filled:
                if filled[-1] >= MOST_COLUMNS:
                    raise InputError("too_many_columns", source=source, columns=filled[-1] + 1, most=MOST_COLUMNS)
                rows.append(list(row[: filled[-1] + 1]))
                if len(rows) > 1_100_000:
                    raise InputError("log_too_large", source=source, most=MOST_BYTES // 2**20)
        if len(rows) > 1:
            return [["" if cell is None else str(cell) for cell in rows[0]], *rows[1:]]
    return []


def read_parquet(path: str | os.PathLike[str], source: str) -> Table:
    """Read a Parquet file."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as problem:
        raise MissingExtraError("missing_extra", purpose=source, package="pyarrow", extra="big") from problem
    try:
        frame = parquet.read_table(path).to_pandas()
    except (pa.ArrowException, OSError, ValueError, MemoryError) as problem:
        raise InputError("file_damaged", source=source, reason=type(problem).__name__) from problem
    frame.columns = unique_headers([str(name) for name in frame.columns])
    if not len(frame):
        raise InputError("file_empty", source=source)
    return Table(frame.reset_index(drop=True), source, encoding="parquet")
