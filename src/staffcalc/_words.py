"""
Words are data: every message is a template with named values, in English and in Turkish.

The catalogues are gettext ``.po`` files, one for each room, in ``words/<language>/``. Templates use the
``str.format`` syntax with these formats for values:

=========  ==================================================  ============  ===========
format     meaning                                             English       Turkish
=========  ==================================================  ============  ===========
(none)     text as it is; sentences, dates and lists rendered  a, b and c    a, b ve c
``n0..4``  number with that many decimals                      1,234.5       1.234,5
``g``      number with at most three meaningful digits         1,230         1.230
``p0..2``  share as a percentage                               85%           %85
``money``  a pair (amount, currency code), whole units         €12,500       €12.500
``lines``  a list, one part a line
``raw``    value as Python writes it, for arguments            0.8           0.8
=========  ==================================================  ============  ===========

Meanings and units of the fields of a desk are no templates: their English text stands in the models and is the key of
a catalogue of its own, ``facts.po``.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import string
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

LANGUAGES = ("en", "tr")
"""Languages in which every message exists."""
FACTS = "facts.po"
"""Catalogue whose keys are English texts: the meanings and units of the fields of a desk."""


class Sentence:
    """
    A message that can be said in every language of :data:`LANGUAGES`.

    Parameters
    ----------
    key : str
        Key of the template in the catalogues.
    **values
        Values named in the template. The value ``count`` chooses the singular or plural form.

    Examples
    --------
    >>> share = Sentence("share_of", share=0.853)
    >>> str(share), share.say("tr")
    ('85.3%', '%85,3')
    """

    __slots__ = ("key", "values")

    def __init__(self, key: str, **values: Any) -> None:
        self.key = key
        self.values: dict[str, Any] = values

    def say(self, language: str = "en") -> str:
        """Return the message in ``language``."""
        return _Formatter(language).vformat(template(self.key, language, self.values.get("count")), (), self.values)

    def __str__(self) -> str:
        return self.say("en")

    def __repr__(self) -> str:
        return f"Sentence({self.key!r}: {self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sentence) and (self.key, self.values) == (other.key, other.values)

    def __hash__(self) -> int:
        return hash((self.key, repr(sorted(self.values.items(), key=lambda item: item[0]))))


def template(key: str, language: str = "en", count: float | None = None) -> str:
    """
    Return the template of ``key``; ``count`` chooses between singular and plural.

    Raises
    ------
    KeyError
        If the catalogue of ``language`` has no such key.
    """
    found = catalogue(language)[key]
    if isinstance(found, str):
        return found
    singular = count is not None and _locale(language).plural_form(count) == "one"
    return found[0] if singular else found[1]


def has_word(key: str) -> bool:
    """Return whether the catalogues know ``key``."""
    return key in catalogue("en")


def label(key: str, language: str = "en") -> str:
    """
    Return a word or short phrase: a column header, an axis title, a term; ``key`` itself where there is none.

    Examples
    --------
    >>> label("col_fte", "tr")
    'TZE'
    """
    return template(key, language) if has_word(key) else key


@functools.cache
def catalogue(language: str) -> Mapping[str, str | tuple[str, str]]:
    """Return all templates of a language by key, read from the ``.po`` files of every room."""
    folder = resources.files("staffcalc") / "words" / known_language(language)
    entries: dict[str, str | tuple[str, str]] = {}
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".po") and file.name != FACTS:
            for key, text in _messages(file, language):
                entries.setdefault(key, text)
    return entries


def known_language(language: str) -> str:
    """Return ``language`` if every message exists in it, or raise :class:`InputError`."""
    if language not in LANGUAGES:
        from staffcalc.errors import InputError

        raise InputError("unknown_language", language=language, known=list(LANGUAGES))
    return language


def translated(text: str, language: str = "en") -> str:
    """
    Return the meaning or unit of a field, as its model gives it in English, in ``language``.

    Raises
    ------
    KeyError
        If the text has no translation.

    Examples
    --------
    >>> translated("Annual leave", "tr"), translated("day/year", "tr")
    ('Yıllık izin', 'gün/yıl')
    """
    return text if known_language(language) == "en" else _facts(language)[text]


@functools.cache
def _facts(language: str) -> Mapping[str, str]:
    file = resources.files("staffcalc") / "words" / language / FACTS
    return {key: text for key, text in _messages(file, language) if isinstance(text, str)}


def _messages(file: Any, language: str) -> Iterator[tuple[str, str | tuple[str, str]]]:
    """Yield the key and the text, or singular and plural, of each message of a ``.po`` file."""
    from babel.messages.pofile import read_po

    with file.open("rb") as stream:
        for message in read_po(stream, locale=language):
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                text = message.string or ""
                yield key, text if isinstance(text, str) else (text[0], text[1])


def format_number(value: float, decimals: int, language: str = "en") -> str:
    """
    Return a number with a fixed count of decimals in the style of ``language``.

    Examples
    --------
    >>> format_number(1234.5, 2, "tr")
    '1.234,50'
    """
    return _Formatter(language).format_field(value, f"n{decimals}")


def format_money(amount: float, currency: str, language: str = "en") -> str:
    """
    Return an amount of money in whole units.

    Examples
    --------
    >>> format_money(12500, "EUR")
    '€12,500'
    """
    return _Formatter(language).format_field((amount, currency), "money")


def format_value(value: Any, language: str = "en", spec: str = "") -> str:
    """Return any value as a reader of ``language`` expects it; ``spec`` is a format of this module."""
    return _Formatter(language).format_field(value, spec)


@functools.cache
def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)


class _Formatter(string.Formatter):
    """Fills templates with values in the style of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "raw":
            return repr(value)
        if format_spec == "money":
            return self._money(*value)
        if format_spec == "lines":
            return "\n".join(f"  - {self._plain(part)}" for part in value)
        if format_spec and not isinstance(value, (str, Sentence)) and isinstance(value, Iterable):
            return self._join(self.format_field(part, format_spec) for part in value)
        if format_spec == "language":
            return str(_locale(self.language).languages.get(str(value), value))
        if format_spec[:1] in ("n", "p", "g") and _is_number(value):
            return self._number(float(value), format_spec)
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if isinstance(value, Sentence):
            return value.say(self.language)
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return template("yes" if value else "no", self.language)
        if isinstance(value, (dt.datetime, dt.date)):
            return self._date(value)
        if isinstance(value, int) and abs(value) > 1e300:  # beyond every float
            return str(value)[:60]
        if _is_number(value):
            return self._number(float(value), "n0" if float(value).is_integer() else "g")
        if value is None:
            return "–"
        if isinstance(value, Iterable):
            return self._join(self._plain(part) for part in value) or "–"
        return str(value)

    def _number(self, value: float, spec: str) -> str:
        from babel.numbers import format_decimal, format_percent

        if not math.isfinite(value):
            return "–" if math.isnan(value) else ("∞" if value > 0 else "-∞")
        if abs(value) >= 1e15:
            return f"{value:.3g}"
        locale = _locale(self.language)
        if spec.startswith("p"):
            digits = int(spec[1:] or 1)
            rounded = round(value, digits + 2) + 0.0
            return str(format_percent(rounded, locale=locale, decimal_quantization=False))
        if spec == "g":
            digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
            rounded = round(value, digits) + 0.0
            return str(format_decimal(rounded, locale=locale, decimal_quantization=False))
        digits = int(spec[1:] or 0)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(round(value, digits) + 0.0, format=pattern, locale=locale))

    def _money(self, amount: float, currency: str) -> str:
        from babel.numbers import format_currency

        pattern = "¤#,##0;-¤#,##0"
        return str(format_currency(round(amount), currency, pattern, _locale(self.language), currency_digits=False))

    def _date(self, value: dt.date) -> str:
        from babel.dates import format_date, format_datetime

        if isinstance(value, dt.datetime):
            return str(format_datetime(value, "d MMM y HH:mm", tzinfo=value.tzinfo, locale=_locale(self.language)))
        return str(format_date(value, "d MMM y", locale=_locale(self.language)))

    def _join(self, parts: Iterable[str]) -> str:
        from babel.lists import format_list

        return str(format_list(list(parts), locale=_locale(self.language)))


def _is_number(value: Any) -> bool:
    return not isinstance(value, (str, bool, bytes)) and hasattr(value, "__float__")
