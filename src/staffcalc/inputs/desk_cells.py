"""Facts as one value a cell: the fields of a model by dotted path, facts laid flat, and cells put back together."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from staffcalc.inputs.calendars import WeekHours
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.fields import Facts, Period, Range

EMPTY = "-"
"""Stands for a list or section that is given and empty; an empty cell is not given at all."""

Kind = Literal["range", "hours", "periods", "list", "table", "choice", "flag", "value"]


@dataclass(frozen=True)
class Field:
    """One field that has a cell of its own."""

    path: str
    kind: Kind
    meaning: str
    unit: str
    choices: tuple[str, ...] = ()


def fields(model: type[Facts], above: str = "") -> Iterator[Field]:
    """
    Yield the fields of a model and of the sections in it, with their dotted paths.

    Examples
    --------
    >>> [field.path for field in fields(Desk) if field.path.startswith("costs")][:2]
    ['costs.salary_per_year', 'costs.employer_on_cost_share']
    """
    for name, info in model.model_fields.items():
        section = section_of(info.annotation)
        if section is not None and _is_list(info.annotation):
            continue
        if section is not None:
            yield from fields(section, f"{above}{name}.")
            continue
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        choices = tuple(str(word) for word in _types(info.annotation) if isinstance(word, str))
        kind = _kind(info.annotation)
        shown = ("yes", "no") if kind == "flag" else choices if kind == "choice" else ()
        yield Field(above + name, kind, str(info.description), str(extra.get("unit")), shown)


def list_sections() -> dict[str, type[Facts]]:
    """Return the lists of a desk, each of which has a sheet: people, channels, targets and so on."""
    found = {name: (section_of(info.annotation), info.annotation) for name, info in Desk.model_fields.items()}
    return {name: model for name, (model, annotation) in found.items() if model is not None and _is_list(annotation)}


def section_of(annotation: Any) -> type[Facts] | None:
    """Return the facts model inside an annotation such as ``tuple[Person, ...]`` or ``Calendar | None``."""
    models = (part for part in _types(annotation) if isinstance(part, type) and issubclass(part, Facts))
    return next((part for part in models if part not in (WeekHours, Range, Period)), None)


def _is_list(annotation: Any) -> bool:
    return tuple in _types(annotation)


def _types(annotation: Any) -> list[Any]:
    """Return an annotation's own type and all types and words inside it."""
    inside = itertools.chain.from_iterable(_types(part) for part in get_args(annotation))
    return [get_origin(annotation) or annotation, *inside]


def _kind(annotation: Any) -> Kind:
    types = _types(annotation)
    if Range in types:
        return "range"
    if WeekHours in types:
        return "hours"
    if tuple in types:
        return "periods" if Period in types else "list"
    if dict in types:
        return "table"
    if Literal in types:
        return "choice"
    if bool in types:
        return "flag"
    return "value"


def flat(model: type[Facts], facts: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """
    Return the facts of a section as one value a cell, by dotted path.

    Examples
    --------
    >>> flat(Desk, {"name": "Team", "calendar": {"cover": {"monday-friday": ["09:00-18:00"]}}})
    {'name': 'Team', 'calendar.cover': 'monday-friday 09:00-18:00'}
    """
    cells: dict[str, Any] = {}
    for name, value in facts.items():
        path, annotation = above + name, model.model_fields[name].annotation
        section = section_of(annotation)
        if value is None:
            continue
        if value in ({}, [], ()):
            cells[path] = EMPTY
        elif section is not None:
            cells |= flat(section, value, f"{path}.")
        else:
            cells |= _cells(path, _kind(annotation), value)
    return cells


def _cells(path: str, kind: Kind, value: Any) -> dict[str, Any]:
    if kind == "range" and isinstance(value, Mapping):
        return {path + ("" if part == "typical" else f".{part}"): number for part, number in value.items()}
    if kind == "table":
        return {f"{path}.{key}": item for key, item in value.items()}
    if kind == "hours" and isinstance(value, Mapping):
        days = (f"{day} {', '.join([spans] if isinstance(spans, str) else spans)}" for day, spans in value.items())
        return {path: "; ".join(days)}
    if kind == "periods":
        return {path: ", ".join(f"{part['start']} / {part['end']}" for part in value)}
    if kind == "list" and not isinstance(value, str):
        return {path: ", ".join(map(str, value))}
    return {path: value}


def put(model: type[Facts], facts: dict[str, Any], path: str, value: Any) -> None:
    """Put the value of one cell where its path says; what is no field is kept under its path, for the check to name."""
    name, _, rest = path.partition(".")
    info = model.model_fields.get(name)
    section = None if info is None else section_of(info.annotation)
    kind = None if info is None or section is not None else _kind(info.annotation)
    inner = facts.setdefault(name, {}) if section is not None and (rest or value == EMPTY) else facts.get(name)
    if section is not None and isinstance(inner, dict) and rest:
        put(section, inner, rest, value)
    elif kind == "table" and rest:
        facts.setdefault(name, {})[rest] = value
    elif kind == "range" and (rest in ("low", "high") or (not rest and isinstance(inner, dict))):
        facts[name] = ({"typical": inner} if inner is not None and not isinstance(inner, dict) else inner or {}) | {
            rest or "typical": value
        }
    elif kind is not None and not rest:
        facts[name] = _value(kind, value)
    elif section is None or rest or value != EMPTY:
        facts[path] = value


def _value(kind: Kind, value: Any) -> Any:
    if kind in ("list", "periods") and not isinstance(value, str):
        value = str(value)
    if not isinstance(value, str):
        return value
    text = value.strip()
    if kind in ("list", "periods", "table") and text == EMPTY:
        return {} if kind == "table" else []
    if kind == "list":
        return text if text == "all" else [part for part in re.split(r"\s*[,;]\s*", text) if part]
    if kind == "periods":
        ends = (re.split(r"\s*/\s*", part) for part in re.split(r"\s*[,;]\s*", text) if part)
        return [{"start": pair[0], "end": pair[-1]} for pair in ends]
    if kind == "hours" and text != "24/7":
        return hours_from_text(text)
    return text


def hours_from_text(text: str) -> Any:
    """
    Return hours of the week as a YAML file holds them.

    Examples
    --------
    >>> hours_from_text("monday-friday 09:00-12:30, 13:30-18:00; saturday 10:00-14:00")
    {'monday-friday': ['09:00-12:30', '13:30-18:00'], 'saturday': ['10:00-14:00']}
    """
    days: dict[str, list[str]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        day, _, spans = part.partition(" ")
        if day in days or not spans:
            return text
        days[day.rstrip(":").lower()] = [span.strip() for span in spans.split(",")]
    return days
