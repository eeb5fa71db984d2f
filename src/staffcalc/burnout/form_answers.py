"""Answers to one form as a list in the order of its items, from whatever holds them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from staffcalc._checks import number
from staffcalc.errors import InputError


def in_form_order(name: str, values: Any, *, items: int | None = None) -> list[Any]:
    """
    Return answers in the order of the form; of ``items`` places where a mapping leaves some out.

    Examples
    --------
    >>> in_form_order("answers", {"work_2": "often", "work_1": "never"}, items=3)
    ['never', 'often', None]
    """
    if isinstance(values, Mapping):
        values = _by_number(name, values, items)
    elif hasattr(values, "index") and hasattr(values, "to_numpy"):  # a row of a table
        labels = list(values.index)
        numbered = all(isinstance(label, str) and _NUMBER.search(label) for label in labels)
        values = _by_number(name, dict(zip(labels, values, strict=True)), items) if numbered else list(values)
    if (
        isinstance(values, (str, bytes, set, frozenset))
        or getattr(values, "ndim", 1) != 1
        or not hasattr(values, "__iter__")
    ):
        raise InputError("burnout_not_a_list", name=name)
    flat = list(values)
    if any(hasattr(value, "__len__") and not isinstance(value, str) for value in flat):
        raise InputError("burnout_not_a_list", name=name)
    return [None if is_blank(value) else value for value in flat]


_NUMBER = re.compile(r"(\d+)\s*$")


def _by_number(name: str, values: Mapping[Any, Any], items: int | None) -> list[Any]:
    """Return the answers of a mapping by the number at the end of each key; counted from 0 only if 0 is among them."""
    ends = [_NUMBER.search(str(key)) for key in values]
    numbers = [int(end[1]) for end in ends if end]
    if not values or len(numbers) < len(values) or len(set(numbers)) < len(numbers):
        raise InputError("burnout_item_numbers", name=name, keys=[str(key) for key in values][:30])
    first = 0 if 0 in numbers else 1
    found = dict(zip(numbers, values.values(), strict=True))
    return [found.get(item) for item in range(first, max(max(numbers), (items or 0) + first - 1) + 1)]


def is_blank(value: Any) -> bool:
    """Return whether an answer was left out: None, NaN, or the missing value of pandas."""
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def whole_answers(
    name: str, values: Any, *, low: int, high: int, counts: tuple[int, ...], instrument: str
) -> list[int]:
    """
    Return the answers of a form of which none may be missing, as whole numbers of its range.

    Raises
    ------
    InputError
        If there are too many or too few answers, or one is missing or out of range.
    """
    given = in_form_order(name, values)
    if len(given) not in counts:
        raise InputError("burnout_item_count", instrument=instrument, value=len(given), expected=list(counts))
    result = []
    for item, value in enumerate(given, start=1):
        if value is None:
            raise InputError("burnout_answer_missing", instrument=instrument, item=item)
        answer = number(f"{name}[{item}]", value)
        if not answer.is_integer() or not low <= answer <= high:
            raise InputError("burnout_answer_range", name=f"{name}[{item}]", value=value, low=low, high=high)
        result.append(int(answer))
    return result
