"""A file or a frame opened as a table of rows, whatever it is; what cannot be rows says so."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pandas as pd

from staffcalc._files import reason_of
from staffcalc.demand.stored_tables import MOST_BYTES, read_parquet, read_workbook
from staffcalc.demand.tabular import Table, decode, parse_delimited, parse_json, unique_headers
from staffcalc.demand.vocabulary import fold, layouts
from staffcalc.errors import InputError


def open_table(path_or_frame: str | os.PathLike[str] | Any) -> Table:
    """
    Return the rows of a file or of a frame.

    Raises
    ------
    InputError
        If the value is neither a path nor a frame, holds no rows, or has a needed column twice.
    """
    if isinstance(path_or_frame, (str, os.PathLike)):
        table = read_table(path_or_frame)
    elif isinstance(path_or_frame, pd.DataFrame):
        table = Table(_with_time(path_or_frame), "DataFrame")
    else:
        raise InputError("not_path_or_frame", kind=type(path_or_frame).__name__)
    if not len(table.frame):
        raise InputError("file_empty", source=table.source)
    return table


def _with_time(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with plain headers; times that stand in its index only become a column."""
    index = frame.index
    plain = frame.reset_index(drop=True)
    plain.columns = pd.Index(unique_headers([str(name) for name in frame.columns]))
    stamps = {fold(word) for word in layouts()["volumes"]["stamp"] + layouts()["fields"]["created_at"]["aliases"]}
    if isinstance(index, pd.DatetimeIndex) and not stamps & {fold(name) for name in plain.columns}:
        name = str(index.name) if fold(index.name) in stamps else "timestamp"
        plain.insert(0, name, index.to_series(index=plain.index))
    return plain


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
        return read_workbook(data, source)
    if data.startswith(b"PAR1"):
        return read_parquet(path, source)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise InputError("file_not_text", source=source)
    text, encoding = decode(data, source)
    if text.lstrip("\ufeff \r\n\t").startswith(("{", "[")):
        return parse_json(text, source, encoding)
    return parse_delimited(text, source=source, encoding=encoding)


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a file, or say why it cannot be read."""
    try:
        if Path(path).stat().st_size > MOST_BYTES:
            raise InputError("log_too_large", source=Path(path).name, most=MOST_BYTES // 2**20)
        return Path(path).read_bytes()
    except (OSError, ValueError) as problem:
        reason = reason_of(problem) if isinstance(problem, OSError) else str(problem)
        raise InputError("file_unreadable", path=str(path), reason=reason) from problem


def _gunzip(data: bytes, source: str) -> bytes:
    import gzip
    import zlib

    try:
        with gzip.open(io.BytesIO(data)) as stream:
            opened = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise InputError("file_damaged", source=source, reason=type(problem).__name__) from problem
    if len(opened) > MOST_BYTES:
        raise InputError("log_too_large", source=source, most=MOST_BYTES // 2**20)
    return opened
