"""Desk files: read with care, written as given, and a commented template to start from."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from staffcalc._files import whole_file
from staffcalc.errors import InputError
from staffcalc.inputs.calendars import WeekHours
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.fields import Facts, Period, Range

MAX_FILE_MEGABYTES = 50


def read_desk(path: str | os.PathLike[str]) -> Desk:
    """
    Read a desk from a YAML file.

    Parameters
    ----------
    path : path
        File with the facts of the team; :func:`write_desk_template` makes one to start from.

    Returns
    -------
    Desk
        The facts as given.

    Raises
    ------
    InputError
        If the file cannot be read, is not YAML, or holds unknown keys, impossible values or parts that do not fit; one
        message lists all problems with their paths.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "desk.yaml"
    >>> write_desk_template(path)
    >>> read_desk(path).name
    'Social media team'
    """
    file = Path(path)
    if file.suffix.lower() not in (".yaml", ".yml", ".json"):
        raise InputError("desk_format", path=str(file), suffix=file.suffix)
    try:
        if file.stat().st_size > MAX_FILE_MEGABYTES * 1_000_000:
            raise InputError("file_too_large", path=str(file), limit=MAX_FILE_MEGABYTES)
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError("not_utf8", path=str(file), byte=problem.start) from None
    except OSError as problem:
        raise InputError("cannot_read", path=str(file), reason=str(problem.strerror)) from None
    facts = _parse(text, str(file))
    if not isinstance(facts, dict):
        raise InputError("desk_not_mapping", path=str(file))
    try:
        return Desk.model_validate(facts)
    except InputError as problem:
        if problem.sentence.key != "input_problems":
            raise
        raise InputError("input_problems", **(problem.sentence.values | {"what": str(file)})) from None


def write_desk(path: str | os.PathLike[str], desk: Desk) -> None:
    """
    Write a desk as YAML: only what was given, so that assumed numbers stay assumed.

    Parameters
    ----------
    path : path
        File to write; replaced whole or not at all.
    desk : Desk
        The facts.

    Raises
    ------
    InputError
        If the file cannot be written.

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

    facts = desk.model_dump(mode="json", exclude_unset=True)
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


def write_desk_template(path: str | os.PathLike[str]) -> None:
    """
    Write a commented desk to start from: every field with its meaning and its unit.

    Parameters
    ----------
    path : path
        YAML file to write; replaced whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "desk.yaml"
    >>> write_desk_template(path)
    >>> path.read_text(encoding="utf-8").splitlines()[3]
    'name: Social media team  # Name of the team, for titles [text]'
    """
    lines = [
        "# Facts about your team for staffcalc. Lines that start with # are optional: fill them in and remove the #.",
        "# Every value below is an example: replace it, or put a # before the line, so that nothing false is given.",
        "# A number may be uncertain: write {low: 3, typical: 5, high: 8} instead of 5.",
        *(text if live else f"# {text}" for live, text in _template_lines(Desk)),
    ]
    with whole_file(path) as file:
        file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _template_lines(model: type[Facts], *, optional: bool = False) -> Iterator[tuple[bool, str]]:
    """Yield the lines of one model with whether they are in force; fields without an example are not."""
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        unit, remark = str(extra.get("unit")), f"  # {info.description} [{extra.get('unit')}]"
        child = _child(info.annotation)
        if child is None:
            example = extra.get("example")
            value = "" if example is None else f" {_flow(example)}"
            yield example is not None and not optional, f"{name}:{value}{remark}"
            continue
        body = list(_template_lines(child, optional=optional or unit.startswith("optional")))
        yield any(live for live, _ in body), f"{name}:{remark}"
        first = next((number for number, (live, _) in enumerate(body) if live), 0)
        for number, (live, text) in enumerate(body):
            mark = ("- " if number == first else "  ") if unit.endswith("list") else ""
            yield live, f"  {mark}{text}"


def _child(annotation: Any) -> type[Facts] | None:
    """Return the facts model inside an annotation such as ``tuple[Person, ...]`` or ``Calendar | None``."""
    if isinstance(annotation, type) and issubclass(annotation, Facts):
        return None if annotation in (WeekHours, Range, Period) else annotation
    return next(filter(None, (_child(part) for part in itertools.chain(get_args(annotation)))), None)


def _flow(value: Any) -> str:
    import yaml

    return (
        str(yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=1000, sort_keys=False))
        .split("\n")[0]
        .strip()
    )
