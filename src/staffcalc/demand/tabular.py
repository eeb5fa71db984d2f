"""Text as rows: encoding and delimiter found, rows of the wrong length counted, everything read as text."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import statistics
from typing import Any

import pandas as pd

from staffcalc.demand.vocabulary import fold
from staffcalc.errors import InputError

_DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 2_000
_LONGEST_FIELD = 1_000_000


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


def parse_json(text: str, source: str, encoding: str) -> Table:
    """Read one JSON object a line, or a list of objects; nested objects become dotted names, lists are left out."""
    import json

    malformed, example = 0, ""
    found: list[Any] = []
    if text.lstrip("\ufeff \r\n\t").startswith("["):
        try:
            found = json.loads(text.lstrip("\ufeff"))
        except (ValueError, RecursionError) as problem:
            raise InputError("file_damaged", source=source, reason=type(problem).__name__) from problem
    else:
        for line in filter(str.strip, text.splitlines()):
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError):
                found.append(None)
    records: list[dict[str, Any]] = []
    for number, record in enumerate(found, start=1):
        if isinstance(record, dict):
            records.append(_flat(record))
        else:
            malformed += 1
            example = example or f"row {number}"
    if not records:
        raise InputError("file_empty", source=source)
    frame = pd.DataFrame.from_records(records).astype("object")
    if frame.shape[1] > MOST_COLUMNS:
        raise InputError("too_many_columns", source=source, columns=frame.shape[1], most=MOST_COLUMNS)
    frame.columns = pd.Index(unique_headers([str(name) for name in frame.columns]))
    return Table(frame, source, malformed, example, encoding, "json")


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
                    if len(header) > MOST_COLUMNS:
                        raise InputError("too_many_columns", source=source, columns=len(header), most=MOST_COLUMNS)
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
    frame = pd.DataFrame(rows, columns=unique_headers(header), dtype="object")
    return Table(frame, source, malformed, example, encoding, delimiter)


def _alone(text: str, delimiter: str) -> bool:
    """Return whether the first lines of a text have one field each, so that a line with one field is no title."""
    lines = [line for line in text[:65_536].splitlines()[:20] if line.strip()]
    return statistics.median(_fields(line, delimiter) for line in lines) < 2 if lines else True


def unique_headers(header: list[str]) -> list[str]:
    """Return headers without marks and spaces around them; one that comes again gets its number."""
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
