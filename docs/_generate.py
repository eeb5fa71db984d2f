"""Pages made from the code: the public names, the desk field by field, and every figure with its source."""

from __future__ import annotations

import ast
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path

from pydantic.fields import FieldInfo

import staffcalc
from staffcalc.inputs.fields import Facts, Range
from staffcalc.reference import lookup


def write_pages(folder: Path) -> None:
    """Write the generated pages into ``folder``, touching only what changed."""
    folder.mkdir(exist_ok=True)
    pages = {
        "api.rst": api(),
        "desk.md": desk(),
        "figures.md": figures(),
        "house.md": house(),
        "rest_rules.md": rest_rules(),
        "sources.md": sources(),
    }
    for name, text in pages.items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def api() -> str:
    """Return the page of the public names, room by room, in the order of ``__init__.pyi``."""
    source = Path(staffcalc.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    lines = ["Public names", "============", "", "Everything below is reached as ``staffcalc.<name>``.", ""]
    for room, block in re.findall(r"^# (\w+)\n((?:.+\n?)*)", source, flags=re.MULTILINE):
        names = [
            part.asname or part.name
            for node in ast.parse(block).body
            if isinstance(node, ast.ImportFrom)
            for part in node.names
        ]
        if names:
            title = room.capitalize()
            lines += [
                title,
                "-" * len(title),
                "",
                ".. currentmodule:: staffcalc",
                "",
                ".. autosummary::",
                "   :toctree: api",
                "",
            ]
            lines += [f"   {name}" for name in sorted(names, key=str.lower)]
            lines.append("")
    return "\n".join(lines)


def desk() -> str:
    """Return the page of every field of the desk with its unit, from the models themselves."""
    from staffcalc.inputs.desk import Desk

    lines = [
        "# The desk, field by field",
        "",
        "Made from the models. A field that is left out stays unset; if an answer needs it, the reference tables fill",
        "it and the answer says so. *number or range* means a plain number or `{low: 2, typical: 5, high: 10}`.",
        "",
    ]
    for model in dict.fromkeys(_models(Desk)):
        lines += [
            f"## {model.__name__}",
            "",
            _first_line(model),
            "",
            "| field | type | unit | meaning |",
            "|---|---|---|---|",
        ]
        for name, field in model.model_fields.items():
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            unit = str(extra.get("unit", ""))
            must = " **Required.**" if field.is_required() else ""
            lines.append(f"| `{name}` | {_kind(field)} | {unit} | {_cell(field.description or '')}.{must} |")
        lines.append("")
    return "\n".join(lines)


def _models(model: type[Facts]) -> Iterator[type[Facts]]:
    yield model
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            if part is not Range and part.__name__ != "WeekHours":
                yield from _models(part)


def _parts(annotation: object) -> Iterator[type[Facts]]:
    if isinstance(annotation, type) and issubclass(annotation, Facts):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _parts(part)


def _kind(field: FieldInfo) -> str:
    return _named(field.annotation)


def _named(annotation: object) -> str:
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _named(args[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_named(part) for part in args if part is not type(None))
    if origin is typing.Literal:
        return ", ".join(f"`{part}`" for part in args)
    if origin is tuple:
        return f"list of {_named(args[0])}"
    if origin is dict:
        return f"{_named(args[0])} to {_named(args[1])}"
    if annotation is Range:
        return "number or range"
    words = {"str": "text", "float": "number", "int": "whole number", "bool": "yes or no", "WeekHours": "week hours"}
    name = getattr(annotation, "__name__", str(annotation))
    return words.get(
        name, f"[{name}](#{name.lower()})" if isinstance(annotation, type) and issubclass(annotation, Facts) else name
    )


def _first_line(model: type[Facts]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


ROOMS = ("reference", "inputs", "demand", "staffing", "coverage", "resilience", "burnout", "decisions", "outputs")


def house() -> str:
    """Return the map of the code: the rooms in order, and the one idea of each module."""
    lines = [
        "# The house",
        "",
        "Facts about a team go in, answers come out, and a report is a list of answers. A room imports itself, the",
        "cellar and rooms above it in this list; the porch sees every room and is imported by none. Each module holds",
        "one idea.",
        "",
    ]
    package = Path(staffcalc.__file__).parent
    cellar = ("errors.py", "_checks.py", "_files.py", "_result.py", "_words.py")
    parts = {"cellar": [package / name for name in cellar]}
    parts |= {room: sorted((package / room).rglob("*.py")) for room in ROOMS}
    parts["porch"] = [file for file in sorted(package.glob("*.py")) if file.name not in cellar]
    for title, files in parts.items():
        first = package / title / "__init__.py"
        lines += [f"## {title.capitalize()}", "", *([_idea(first), ""] if first.exists() else [])]
        lines += ["| module | idea |", "|---|---|"]
        for file in files:
            if file != first:
                lines.append(f"| `{file.relative_to(package).as_posix()}` | {_cell(_idea(file))} |")
        lines.append("")
    return "\n".join(lines)


def _idea(file: Path) -> str:
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n")[0]


def figures() -> str:
    """Return the page of every figure, grouped by what it describes."""
    lines = [
        "# Figures and assumptions",
        "",
        "Every number that is not arithmetic. A figure without a value has no published source: who needs it",
        "is asked for it. `status` says how sure the typical value is: *confirmed* at the address of its source,",
        "*confirmed_secondary* when quoted by a third party, *derived* by arithmetic, *judgement* of the authors,",
        "*recalled* without an address, *assumption*: a guess or a required input.",
        "",
    ]
    groups = sorted({figure.applies_to for figure in lookup.figures().values()})
    for group in groups:
        lines += [f"## {group.capitalize() or 'Other'}", ""]
        lines += ["| figure | typical | low to high | unit | status, source |", "|---|---|---|---|---|"]
        for figure in lookup.figures().values():
            if figure.applies_to == group:
                known = figure.low is not None or figure.high is not None
                span = f"{_number(figure.low)} to {_number(figure.high)}" if known else ""
                text = f"`{figure.name}`" + (f": {_cell(figure.note)}" if figure.note else "")
                origin = figure.status + ("" if figure.source == figure.status else f", {_source(figure.source)}")
                lines.append(f"| {text} | {_number(figure.published)} | {span} | {figure.unit} | {origin} |")
        lines.append("")
    return "\n".join(lines)


def rest_rules() -> str:
    """Return the page of the rest rules, preset by preset."""
    rows = lookup.table("rest_rules")
    lines = ["# Rest rules", "", "Engineering material, not legal advice. A rule without a value sets no limit.", ""]
    for preset in dict.fromkeys(row["preset"] for row in rows):
        lines += [f"## `{preset}`", "", "| rule | value | unit | article | status, source |", "|---|---|---|---|---|"]
        for row in rows:
            if row["preset"] == preset:
                text = f"`{row['rule']}`" + (f": {_cell(row['note'])}" if row["note"] else "")
                origin = f"{row['status']}, {_source(row['source'])}"
                lines.append(f"| {text} | {row['value']} | {row['unit']} | {_cell(row['article'])} | {origin} |")
        lines.append("")
    return "\n".join(lines)


def sources() -> str:
    """Return the page of all sources by key."""
    lines = ["# Sources", "", "| key | who, when, what | kind | read |", "|---|---|---|---|"]
    for source in sorted(lookup.sources().values(), key=lambda source: source.key):
        title = f"[{_cell(source.title)}](<{source.url}>)" if source.url else _cell(source.title)
        text = ". ".join(part for part in (_cell(source.authors), source.year, title, _cell(source.publisher)) if part)
        lines.append(f"| `{source.key}` | {text} | {source.kind} | {source.read_on} |")
    return "\n".join(lines) + "\n"


def _source(key: str) -> str:
    found = lookup.source(key)
    return f"[{key}](<{found.url}>)" if found.url else f"`{key}`"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "\\<").replace("*", "\\*").replace("$", "\\$")
