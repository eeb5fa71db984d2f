"""Desk files, YAML or workbook: read with care, written as given, and a template to start from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from staffcalc import _checks
from staffcalc._files import reason_of, whole_file
from staffcalc._words import Sentence, known_language, translated
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.desk_cells import section_of
from staffcalc.inputs.desk_workbook import read_desk_workbook, write_desk_workbook
from staffcalc.inputs.fields import Facts

MAX_FILE_MEGABYTES = 50
YAML = (".yaml", ".yml")
WORKBOOK = ".xlsx"
FORMATS = (*YAML, ".json", WORKBOOK)


def read_desk(path: str | os.PathLike[str]) -> Desk:
    """
    Read a desk from a YAML file or a workbook.

    Parameters
    ----------
    path : path
        File with the facts of the team, ``.yaml``, ``.json`` or ``.xlsx``; :func:`write_desk_template` makes one to
        start from.

    Returns
    -------
    Desk
        The facts as given.

    Raises
    ------
    InputError
        If the file cannot be read or holds unknown fields, impossible values or parts that do not fit; one message
        lists all problems with their paths, and with their cells if it is a workbook.
    MissingExtraError
        If a workbook is to be read and openpyxl is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "desk.yaml"
    >>> write_desk_template(path)
    >>> read_desk(path).name
    'Social media team'
    """
    file, suffix = _file(path, "desk_format")
    try:
        if file.stat().st_size > MAX_FILE_MEGABYTES * 1_000_000:
            raise InputError("file_too_large", path=str(file), limit=MAX_FILE_MEGABYTES)
        facts, places = read_desk_workbook(file) if suffix == WORKBOOK else (_parse(_text(file), str(file)), {})
    except OSError as problem:
        raise InputError("cannot_read", path=str(file), reason=reason_of(problem)) from None
    if not isinstance(facts, dict):
        raise InputError("desk_not_mapping", path=str(file))
    try:
        return Desk.model_validate(facts)
    except InputError as problem:
        if problem.sentence.key != "input_problems":
            raise
        told = [_placed(part, places) for part in problem.sentence.values["problems"]]
        values = problem.sentence.values | {"what": str(file), "problems": told}
        raise InputError("input_problems", **values) from None


def _file(path: Any, format_message: str, formats: tuple[str, ...] = FORMATS) -> tuple[Path, str]:
    """Return a path and its suffix, or raise if a desk cannot have that format."""
    file = _checks.path("path", path)
    suffix = file.suffix.lower()
    if suffix not in formats:
        raise InputError(format_message, path=str(file), suffix=file.suffix, known=list(formats))
    return file, suffix


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError("not_utf8", path=str(file), byte=problem.start) from None


def _placed(problem: Sentence, places: dict[str, str]) -> Sentence:
    """Return a problem with the cell of a workbook beside its path, where there is one."""
    path = str(problem.values.get("path", ""))
    whole = path
    while path and path not in places:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    if not path:
        return problem
    return Sentence("problem_at", path=f"{places[path]} ({whole})", what=problem.values["what"])


def write_desk(path: str | os.PathLike[str], desk: Desk, *, language: str = "en") -> None:
    """
    Write a desk as YAML, JSON or a workbook: only what was given, so that assumed numbers stay assumed.

    Parameters
    ----------
    path : path
        File to write, ``.yaml``, ``.json`` or ``.xlsx``; replaced whole or not at all.
    desk : Desk
        The facts.
    language : str
        Language of the guide, meanings and units of a workbook: ``en`` or ``tr``. The facts are the same in both;
        YAML and JSON hold nothing else.

    Raises
    ------
    InputError
        If the file cannot be written, or the language is not known.
    MissingExtraError
        If a workbook is to be written and XlsxWriter is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "desk.yaml"
    >>> write_desk(path, Desk(name="Small", timezone="UTC"))
    >>> print(path.read_text(encoding="utf-8").strip())
    name: Small
    timezone: UTC
    """
    import yaml

    file_name, suffix = _file(path, "desk_write_format")
    known_language(language)
    facts = _checks.given("desk", desk, Desk, maker="read_desk").model_dump(mode="json", exclude_unset=True)
    if suffix == WORKBOOK:
        write_desk_workbook(file_name, facts, language=language)
        return
    if suffix == ".json":
        text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    else:
        text = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True, width=110)
    with whole_file(path) as file:
        file.write_text(text, encoding="utf-8", newline="\n")


def _parse(text: str, path: str) -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """Safe loader that refuses repeated keys and keeps words such as ``no`` (Norwegian) as words."""

        yaml_implicit_resolvers = {  # noqa: RUF012 - the name and the kind are PyYAML's
            first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
            for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if isinstance(key, (dict, list)) or key in seen:
                    line = key_node.start_mark.line + 1
                    raise InputError("repeated_key", path=path, line=line, name=str(key)[:60])
                seen.add(key)
            return dict(super().construct_mapping(node, deep=deep))

    try:
        return yaml.load(text, Loader=Loader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reason = str(getattr(problem, "problem", None) or "unreadable")
        raise InputError("not_yaml", path=path, line=line, column=column, reason=reason) from None
    except (RecursionError, ValueError) as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError("not_yaml", path=path, line=1, column=1, reason=str(problem)[:120]) from None


def write_desk_template(path: str | os.PathLike[str], *, language: str = "en") -> None:
    """
    Write a commented desk to start from: every field with its meaning and its unit.

    Parameters
    ----------
    path : path
        YAML file or workbook (``.xlsx``) to write; replaced whole or not at all.
    language : str
        Language of the comments, meanings and units: ``en`` or ``tr``. Fields and values are the same in both.

    Raises
    ------
    InputError
        If the file cannot be written, or the language is not known.
    MissingExtraError
        If a workbook is to be written and XlsxWriter is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "desk.yaml"
    >>> write_desk_template(path)
    >>> path.read_text(encoding="utf-8").splitlines()[3]
    'name: Social media team  # Name of the team, for titles [text]'
    >>> write_desk_template(path, language="tr")
    >>> path.read_text(encoding="utf-8").splitlines()[3]
    'name: Social media team  # Ekibin adı, başlıklar için [metin]'
    """
    file_name, suffix = _file(path, "desk_write_format", (*YAML, WORKBOOK))
    lines = [
        *(f"# {Sentence(f'desk_yaml_{key}').say(language)}" for key in ("optional", "examples", "ranges")),
        *(text if live else f"# {text}" for live, text in _template_lines(Desk, language)),
    ]
    text = "\n".join(lines) + "\n"
    if suffix == WORKBOOK:
        write_desk_workbook(file_name, _parse(text, str(file_name)), language=language)
        return
    with whole_file(path) as file:
        file.write_text(text, encoding="utf-8", newline="\n")


def _template_lines(model: type[Facts], language: str, *, optional: bool = False) -> Iterator[tuple[bool, str]]:
    """Yield the lines of one model with whether they are in force; fields without an example are not."""
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        unit = str(extra.get("unit"))
        remark = f"  # {translated(str(info.description), language)} [{translated(unit, language)}]"
        child = section_of(info.annotation)
        if child is None:
            example = extra.get("example")
            value = "" if example is None else f" {_flow(example)}"
            yield example is not None and not optional, f"{name}:{value}{remark}"
            continue
        body = list(_template_lines(child, language, optional=optional or unit.startswith("optional")))
        yield any(live for live, _ in body), f"{name}:{remark}"
        first = next((number for number, (live, _) in enumerate(body) if live), 0)
        for number, (live, text) in enumerate(body):
            mark = ("- " if number == first else "  ") if unit.endswith("list") else ""
            yield live, f"  {mark}{text}"


def _flow(value: Any) -> str:
    import yaml

    return (
        str(yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=1000, sort_keys=False))
        .split("\n")[0]
        .strip()
    )
