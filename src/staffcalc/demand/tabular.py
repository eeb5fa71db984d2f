"""Files of rows: encoding and delimiter found, rows of the wrong length counted, everything read as text."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import os
from pathlib import Path

import pandas as pd

from staffcalc.demand.vocabulary import fold
from staffcalc.errors import InputError

_DELIMITERS = (",", ";", "\t", "|")
_MOST_COLUMNS = 2_000
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
    """Return the delimiter of a text: the one that most evenly splits its first lines."""
    lines = [line for line in text[:65_536].splitlines()[:20] if line.strip()]
    if not lines:
        return ","
    counts = {mark: len(next(csv.reader([lines[0]], delimiter=mark), [])) for mark in _DELIMITERS}
    best = max(counts.values())
    if best == 1:
        return ","
    return next(mark for mark in _DELIMITERS if counts[mark] == best)


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a file, or say why it cannot be read."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise InputError("file_unreadable", path=str(path), reason=reason) from problem


def read_delimited(path: str | os.PathLike[str]) -> Table:
    """
    Read a CSV or TSV file as text.

    Raises
    ------
    InputError
        If the file is missing, empty, not text, or has too many columns.

    Notes
    -----
    Rows whose number of fields differs from the header's are left out and counted. Rows that lack only trailing empty
    fields are kept.
    """
    source = Path(path).name
    text, encoding = decode(read_bytes(path), source)
    return parse_delimited(text, source=source, encoding=encoding)


def parse_delimited(text: str, *, source: str, encoding: str = "utf-8") -> Table:
    """Split a text into a table; see :func:`read_delimited`."""
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
