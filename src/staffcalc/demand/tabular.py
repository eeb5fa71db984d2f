"""Files of rows: encoding and delimiter found, rows of the wrong length counted, everything read as text."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import os
import statistics
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from staffcalc.demand.vocabulary import fold
from staffcalc.errors import InputError, MissingExtraError

_DELIMITERS = (",", ";", "\t", "|")
_MOST_COLUMNS = 2_000
_LONGEST_FIELD = 1_000_000
MOST_BYTES = 400 * 2**20
"""Largest size of an unpacked file that is read into memory. [byte]"""


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows of text with what was found about the file."""

    frame: pd.DataFrame
    source: str
    malformed: int = 0
    malformed_example: str = ""
    encoding: str = ""
    delimiter: str = ""

    @property
    def rows(self) -> int:
        """Rows of the file, malformed ones included."""
        return len(self.frame) + self.malformed


def decode(data: bytes, source: str) -> tuple[str, str]:
    """Return the text of a file and the encoding found: UTF-8, UTF-16 or Windows-1254."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding.removesuffix("-sig")
    head = data[:4096]
    if len(head) > 3 and head[1::2].count(0) > len(head) // 5:
        return data.decode("utf-16-le", errors="replace"), "utf-16"
    if len(head) > 3 and head[::2].count(0) > len(head) // 5:
        return data.decode("utf-16-be", errors="replace"), "utf-16"
    if b"\x00" in head:
        raise InputError("file_not_text", source=source)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1254", errors="replace"), "windows-1254"


def find_delimiter(text: str) -> str:
    """Return the delimiter of a text: the one that splits most of its first lines into most fields."""
    lines = [line for line in text[:65_536].splitlines()[:20] if line.strip()]
    fields = {mark: statistics.median(_fields(line, mark) for line in lines) if lines else 1 for mark in _DELIMITERS}
    first = {mark: _fields(lines[0], mark) if lines else 1 for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: (fields[mark] > 1 and first[mark] > 1, fields[mark], first[mark]))
    return best if max(fields[best], first[best]) > 1 else ","


def _fields(line: str, mark: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        return line.count(mark) + 1


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a file, or say why it cannot be read."""
    try:
        if Path(path).stat().st_size > MOST_BYTES:
            raise InputError("log_too_large", source=Path(path).name, most=MOST_BYTES // 2**20)
        return Path(path).read_bytes()
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise InputError("file_unreadable", path=str(path), reason=reason) from problem


def read_table(path: str | os.PathLike[str]) -> Table:
    """
    Read a file of rows as text: CSV, TSV, XLSX, Parquet or JSON lines, told apart by content; gzip is opened.

    Raises
    ------
    InputError
        If the file is missing, empty, broken, or unpacks to more than ``MOST_BYTES``.
    """
    source = Path(path).name
    data = read_bytes(path)
    if data.startswith(b"\x1f\x8b"):
        data = _gunzip(data, source)
    if data.startswith(b"PK\x03\x04"):
        return _read_workbook(data, source)
    if data.startswith(b"PAR1"):
        return _read_parquet(path, source)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise InputError("file_not_text", source=source)
    text, encoding = decode(data, source)
    if text.lstrip("\ufeff \r\n\t").startswith("{"):
        return _read_json_lines(text, source, encoding)
    return parse_delimited(text, source=source, encoding=encoding)


def _gunzip(data: bytes, source: str) -> bytes:
    import gzip
    import zlib

    try:
        with gzip.open(io.BytesIO(data)) as stream:
            opened = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise InputError("file_broken", source=source, line=0, reason=type(problem).__name__) from problem
    if len(opened) > MOST_BYTES:
        raise InputError("log_too_large", source=source, most=MOST_BYTES // 2**20)
    return opened


def _read_workbook(data: bytes, source: str) -> Table:
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
        raise InputError("file_broken", source=source, line=0, reason=type(problem).__name__) from problem
    if not rows:
        raise InputError("file_empty", source=source)
    width = len(rows[0])
    frame = pd.DataFrame(
        [[*row, *[None] * width][:width] for row in rows[1:]], columns=_unique(rows[0]), dtype="object"
    )
    return Table(frame, source, encoding="xlsx")


def _sheet_rows(book: Any, source: str) -> list[list[Any]]:
    for sheet in book.worksheets:
        rows: list[list[Any]] = []
        for row in sheet.iter_rows(values_only=True):
            filled = [place for place, cell in enumerate(row) if cell is not None and str(cell).strip()]
            if filled:
                if filled[-1] >= _MOST_COLUMNS:
                    raise InputError("too_many_columns", source=source, columns=filled[-1] + 1, most=_MOST_COLUMNS)
                rows.append(list(row[: filled[-1] + 1]))
                if len(rows) > 1_100_000:
                    raise InputError("log_too_large", source=source, most=MOST_BYTES // 2**20)
        if len(rows) > 1:
            return [["" if cell is None else str(cell) for cell in rows[0]], *rows[1:]]
    return []


def _read_parquet(path: str | os.PathLike[str], source: str) -> Table:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as problem:
        raise MissingExtraError("missing_extra", purpose=source, package="pyarrow", extra="big") from problem
    try:
        frame = parquet.read_table(path).to_pandas()
    except (pa.ArrowException, OSError, ValueError, MemoryError) as problem:
        raise InputError("file_broken", source=source, line=0, reason=type(problem).__name__) from problem
    frame.columns = _unique([str(name) for name in frame.columns])
    if not len(frame):
        raise InputError("file_empty", source=source)
    return Table(frame.reset_index(drop=True), source, encoding="parquet")


def _read_json_lines(text: str, source: str, encoding: str) -> Table:
    """Read one JSON object a line; nested objects become dotted names, lists are left out."""
    import json

    records: list[dict[str, Any]] = []
    malformed, example = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            records.append(_flat(record))
        else:
            malformed += 1
            example = example or f"line {number}"
    if not records:
        raise InputError("file_empty", source=source)
    frame = pd.DataFrame.from_records(records).astype("object")
    if frame.shape[1] > _MOST_COLUMNS:
        raise InputError("too_many_columns", source=source, columns=frame.shape[1], most=_MOST_COLUMNS)
    frame.columns = _unique([str(name) for name in frame.columns])
    return Table(frame, source, malformed, example, encoding, "json lines")


def _flat(record: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            if depth < 4:
                flat |= _flat(value, f"{prefix}{key}.", depth + 1)
        elif not isinstance(value, list):
            flat[f"{prefix}{key}"] = value
    return flat


def parse_delimited(text: str, *, source: str, encoding: str = "utf-8") -> Table:
    """
    Split a text into a table.

    Rows whose number of fields differs from the header's are left out and counted; rows that lack only trailing empty
    fields are kept.

    Raises
    ------
    InputError
        If the text is empty or has too many columns.
    """
    delimiter = find_delimiter(text)
    previous = csv.field_size_limit(_LONGEST_FIELD)
    try:
        reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
        header: list[str] = []
        rows: list[list[str]] = []
        malformed, example = 0, ""
        try:
            for row in reader:
                if not any(field.strip() for field in row):
                    continue
                if not header:
                    if len(row) == 1 and not _alone(text, delimiter):
                        continue
                    header = row
                    if len(header) > _MOST_COLUMNS:
                        raise InputError("too_many_columns", source=source, columns=len(header), most=_MOST_COLUMNS)
                    continue
                if len(row) != len(header):
                    extra = row[len(header) :]
                    if len(row) > len(header) and not any(field.strip() for field in extra):
                        row = row[: len(header)]
                    else:
                        malformed += 1
                        example = example or f"line {reader.line_num}: {len(row)} fields, header has {len(header)}"
                        continue
                rows.append(row)
        except csv.Error as problem:
            raise InputError("file_broken", source=source, line=reader.line_num, reason=str(problem)) from problem
    finally:
        csv.field_size_limit(previous)
    if not header:
        raise InputError("file_empty", source=source)
    frame = pd.DataFrame(rows, columns=_unique(header), dtype="object")
    return Table(frame, source, malformed, example, encoding, delimiter)


def _alone(text: str, delimiter: str) -> bool:
    """Return whether the first lines of a text have one field each, so that a line with one field is no title."""
    lines = [line for line in text[:65_536].splitlines()[:20] if line.strip()]
    return statistics.median(_fields(line, delimiter) for line in lines) < 2 if lines else True


def _unique(header: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for field in header:
        name = field.lstrip("\ufeff").strip()
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} [{seen[name]}]")
    return names


def find_column(frame: pd.DataFrame, aliases: list[str]) -> str | None:
    """Return the column whose folded header is the first known alias, or None."""
    folded: dict[str, str] = {}
    for column in frame.columns:
        folded.setdefault(fold(column), str(column))
    return next((folded[fold(alias)] for alias in aliases if fold(alias) in folded), None)
