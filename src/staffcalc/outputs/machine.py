"""Answers as JSON, for other programs."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from staffcalc._result import Result, as_row
from staffcalc._words import Sentence


def as_text(answers: Sequence[Result], *, language: str = "en", files: Iterable[Path] = ()) -> str:
    """
    Return answers as JSON text: kind, headline, single values, notes, table and assumptions of each.

    Parameters
    ----------
    answers : list of Result
        Any answers.
    language : str
        Language of headlines and notes.
    files : iterable of path
        Files that were written beside.

    Returns
    -------
    str
        One JSON object; numbers that are not finite are null, times are ISO 8601.
    """
    desk = next((answer.desk for answer in answers if answer.desk is not None), None)
    whole = {
        "staffcalc": metadata.version("staffcalc"),
        "team": desk.name if desk else None,
        "language": language,
        "files": [str(file) for file in files],
        "answers": [_answer(answer, language) for answer in answers],
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)


def _answer(answer: Result, language: str) -> dict[str, Any]:
    frame = answer.to_frame()
    columns = [str(name) for name in frame.columns]
    return {
        "kind": answer.kind,
        "headline": answer.headline.say(language),
        "values": _values(answer),
        "notes": [note.say(language) for note in answer.notes],
        "table": [
            {name: _plain(value, language) for name, value in zip(columns, row, strict=True)}
            for row in frame.itertuples(index=False, name=None)
        ],
        "assumptions": [
            {key: _plain(value, language) for key, value in as_row(row).items()} for row in answer.assumptions
        ],
        "sources": list(answer.sources),
    }


def _values(answer: Result) -> dict[str, Any]:
    """Return the single numbers and words of an answer by the names of its attributes."""
    common = {field.name for field in dataclasses.fields(Result)}
    own = {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer) if field.name not in common}
    return {name: _plain(value, "en") for name, value in own.items() if _is_single(value)}


def _is_single(value: Any) -> bool:
    return (
        value is None
        or isinstance(value, (str, bool, int, float))
        or (type(value).__module__ == "numpy" and value.ndim == 0)
    )


def _plain(value: Any, language: str) -> Any:
    """Return a value as JSON knows it."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, Sentence):
        return value.say(language)
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(str(part) for part in value)
    if isinstance(value, (list, tuple)):
        return [_plain(part, language) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (int, bool)) else str(value)
