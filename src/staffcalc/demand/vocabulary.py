"""Header spellings, month names and null values, read from ``layouts.toml``, and the folding that compares them."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from importlib import resources
from typing import Any


@functools.cache
def layouts() -> dict[str, Any]:
    """Return the tables of ``layouts.toml``."""
    text = (resources.files("staffcalc.demand") / "layouts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def fold(text: object) -> str:
    """
    Return a header or word in the form in which spellings are compared: small, without accents, i for every i.

    Examples
    --------
    >>> fold("  İlk_Yanıt-Süresi "), fold("ILK YANIT SURESI")
    ('ilk yanit suresi', 'ilk yanit suresi')
    """
    plain = unicodedata.normalize("NFKD", str(text).lstrip("\ufeff").casefold()).replace("ı", "i")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\s_.\-]+", " ", plain).strip()


@functools.cache
def month_numbers() -> dict[str, int]:
    """Return the number of every known month name and its three-letter form, folded."""
    numbers: dict[str, int] = {}
    for names in layouts()["months"].values():
        for number, name in enumerate(names, start=1):
            numbers[fold(name)] = number
    for names in layouts()["months"].values():
        for number, name in enumerate(names, start=1):
            numbers.setdefault(fold(name)[:3], number)
    numbers.setdefault("sept", 9)
    return numbers


@functools.cache
def null_words() -> frozenset[str]:
    """Return the folded spellings of a missing value."""
    return frozenset(fold(word) for word in layouts()["nulls"]["values"]) | {""}


def is_null_word(text: str) -> bool:
    """Return whether a text is a spelling of a missing value."""
    if not text:
        return True
    return len(text) < 20 and not (text[0].isdigit() or text[-1].isdigit()) and _is_null_word(text)


@functools.lru_cache(maxsize=20_000)
def _is_null_word(text: str) -> bool:
    return fold(text) in null_words()


@functools.cache
def field_of() -> dict[str, str]:
    """Return the field that each known header stands for, by its folded spelling."""
    found: dict[str, str] = {}
    for name, field in layouts()["fields"].items():
        for alias in field["aliases"]:
            found.setdefault(header_key(alias)[0], name)
    return found


def header_key(header: object) -> tuple[str, str | None]:
    """
    Return the form in which headers are compared, and the unit the header names.

    Examples
    --------
    >>> header_key("First reply time (min) [list]")
    ('first reply time', 'minutes')
    """
    plain = fold(header)
    unit = None
    for name, words in layouts()["units"].items():
        if any((plain + " ").find(word + " ") >= 0 or plain.endswith(word) for word in words):
            unit = name
            break
    plain = re.sub(r"\[list\]$", "", plain).strip()
    bare = re.sub(r"\([^)]*\)", "", plain)
    return re.sub(r"\s+", " ", bare).strip(), unit


@functools.cache
def value_words(kind: str) -> frozenset[str]:
    """Return the folded words of a kind of value, such as ``inbound`` or ``open_states``."""
    return frozenset(fold(word) for word in layouts()["values"][kind])
