"""How a table looks to a reader: headers and codes in words, numbers with the decimals they deserve."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from staffcalc._words import Sentence, format_money, format_value, has_word, label

if TYPE_CHECKING:
    import pandas as pd

SHARES = ("share", "occupancy", "shrinkage", "service_level", "probability", "coverage", "ceiling", "level")
MONEY = ("cost", "salary", "money", "saving", "savings", "spend", "budget", "npv")
BOUNDS = ("low", "high", "ci_low", "ci_high", "median", "typical", "value")
PLAIN_NUMBERS = ("year", "week_of_year")
ROLES = ("role", "tour")
SHARES_BY_NAME = ("half_empty",)
"""Measures that are shares although their name does not say so."""
FORMATS_OF_KIND = {
    "survey_score": {
        **dict.fromkeys(("bound_low", "bound_high", "posterior", "posterior_low", "posterior_high"), "p0"),
        **dict.fromkeys(("mean_score", "line"), "g"),
    },
    "burnout_risk": dict.fromkeys(
        ("point", "median", "low", "high", "low_50", "high_50", "mean", "sd", "judgement_share"), "p0"
    ),
}
"""Formats that the name of a column does not tell."""

MOST_NAMES = 6


@dataclasses.dataclass(frozen=True)
class Table:
    """
    A table ready to be read.

    Parameters
    ----------
    headers : tuple of str
        Column headers in the reader's language.
    rows : tuple of tuple of str
        Cells as text.
    numeric : tuple of bool
        Which columns hold numbers, to be set flush right.
    total_rows : int
        Rows of the whole table; more than ``rows`` where it was cut.
    source_column : int or None
        Place of the column that names sources, if there is one.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    total_rows: int
    source_column: int | None = None


def readable(
    frame: pd.DataFrame,
    *,
    language: str = "en",
    kind: str = "",
    most_rows: int | None = None,
    currency: str = "",
    numbers: Mapping[str, int] | None = None,
) -> Table:
    """
    Return a frame as a reader of ``language`` expects it.

    Parameters
    ----------
    frame : DataFrame
        A table of an answer.
    language : str
        ``en`` or ``tr``.
    kind : str
        Kind of the answer, where its columns have formats of their own.
    most_rows : int, optional
        Rows to keep; all if not given.
    currency : str
        ISO code of the amounts of money in it, where no column ``currency`` says so.
    numbers : mapping of str to int, optional
        Number of each source in a list of sources, to be told in place of its key.

    Returns
    -------
    Table
        Headers and cells as text; columns without any value are left out.
    """
    shown = frame if most_rows is None else frame.head(most_rows)
    names = [str(name) for name in frame.columns]
    filled = [place for place, name in enumerate(names) if len(frame) == 0 or not _all_missing(shown.iloc[:, place])]
    columns = []
    numeric = []
    measures = shown["measure"] if "measure" in names else [""] * len(shown)
    for place in filled:
        name = names[place]
        spec = column_format(name, frame.iloc[:, place], names, kind=kind)
        numeric.append(spec not in ("", "raw"))
        codes = shown["currency"] if "currency" in names else [currency] * len(shown)
        columns.append(
            [
                cited(value, language, numbers or {})
                if name == "source"
                else cell(_spoken(value, name), _spec_of_row(value, spec, measure), language, str(code))
                for value, code, measure in zip(shown.iloc[:, place], codes, measures, strict=True)
            ]
        )
    return Table(
        headers=tuple(header(names[place], language, kind=kind) for place in filled),
        rows=tuple(zip(*columns, strict=True)) if columns else (),
        numeric=tuple(numeric),
        total_rows=len(frame),
        source_column=next((at for at, place in enumerate(filled) if names[place] == "source"), None),
    )


def _spoken(value: Any, name: str) -> Any:
    """Return the code of a role in words where the catalogues have none for it."""
    is_code = name in ROLES and isinstance(value, str) and not has_word(f"term_{value}")
    return value.replace("_", " ") if is_code else value


def _spec_of_row(value: Any, spec: str, measure: str) -> str:
    """Return the format of a number in a table in which every row measures something else."""
    if spec != "g" or not measure or not _is_number(value):
        return spec
    if measure in SHARES_BY_NAME or _speaks_of(measure, SHARES):
        return "p1" if abs(value) <= 1 else spec
    return "money" if _speaks_of(measure, MONEY) else spec


def header(name: str, language: str, *, kind: str = "") -> str:
    """
    Return the reader's word for a column, of this kind of answer first; the name with spaces where there is none.

    Examples
    --------
    >>> header("share", "en", kind="workload"), header("fte", "tr"), header("no_such_column", "en")
    ('Share of all hours', 'TZE', 'no such column')
    """
    keys = (f"col_{kind}_{name}", f"col_{name}")
    return next((label(key, language) for key in keys if has_word(key)), name.replace("_", " "))


def column_format(name: str, values: Iterable[Any], beside: Collection[str] = (), *, kind: str = "") -> str:
    """
    Return the format of a column: ``n0`` to ``n4``, ``p0`` or ``p1`` for shares, ``money``, or nothing for text.

    Parameters
    ----------
    name : str
        Name of the column; its last word says what it holds.
    values : iterable
        Its values.
    beside : collection of str
        Names of all columns: bounds follow the column they belong to.
    kind : str
        Kind of the answer, where its columns have formats of their own.

    Examples
    --------
    >>> column_format("fte", [0.5, 6.41]), column_format("messages", [3.0, 12_400.0])
    ('n2', 'n0')
    >>> column_format("needs_reply_share", [0.4]), column_format("cost_per_year", [41_000.0])
    ('p0', 'money')
    """
    numbers = [float(value) for value in values if _is_number(value)]
    present = [value for value in values if not _missing(value)]
    if not numbers or len(numbers) < len(present):
        return ""
    if name in FORMATS_OF_KIND.get(kind, {}):
        return FORMATS_OF_KIND[kind][name]
    if ("measure" in beside and name in BOUNDS) or name == "this_team":
        return "g"  # every row has a unit of its own
    finite = [abs(value) for value in numbers if math.isfinite(value)] or [0.0]
    is_share = _speaks_of(name, SHARES) or (name in BOUNDS and any(other in SHARES for other in beside))
    if is_share and max(finite) <= 1:
        return "p0" if all(abs(value * 100 - round(value * 100)) < 1e-9 for value in finite) else "p1"
    if _speaks_of(name, MONEY) or (name in BOUNDS and any(_speaks_of(other, MONEY) for other in beside)):
        return "money"
    if name in PLAIN_NUMBERS:
        return "raw"
    if all(value.is_integer() for value in finite):
        return "n0"
    largest = max(finite)
    return "n0" if largest >= 1000 else "n1" if largest >= 20 else "n2" if largest >= 0.1 else "n4"


def cell(value: Any, spec: str, language: str, currency: str = "") -> str:
    """
    Return one value as text.

    Examples
    --------
    >>> cell(["p1", "p2"], "", "en"), cell(0.815, "p1", "tr"), cell(1200.0, "money", "en", "EUR")
    ('p1 and p2', '%81,5', '€1,200')
    """
    if _missing(value):
        return "–"
    if spec == "raw":
        return str(int(value))
    if spec == "money":
        return (
            format_money(float(value), currency, language) if currency else format_value(float(value), language, "n0")
        )
    if isinstance(value, str):
        return label(f"term_{value}", language) if has_word(f"term_{value}") else value
    if isinstance(value, (list, tuple, set, frozenset)):
        return _names(value, language)
    if isinstance(value, dt.timedelta):
        return format_value(value.total_seconds() / 3600, language, "n1")
    return format_value(_python(value), language, spec)


def cited(value: Any, language: str, numbers: Mapping[str, int]) -> str:
    """
    Return sources, one key or several with commas, as numbers of a list of sources; in words or as keys without one.

    Examples
    --------
    >>> cited("desk, sre_on_call, no_source", "en", {"sre_on_call": 7, "no_source": 4})
    'given by the team, [7], [4]'
    """
    keys = value.split(",") if isinstance(value, str) else [] if _missing(value) else list(value)
    named = [str(key).strip() for key in keys]
    return ", ".join(f"[{numbers[key]}]" if key in numbers else cell(key, "", language) for key in named) or "–"


def sentence_case(text: str, language: str, own: Collection[str] = ()) -> str:
    """
    Return ``text`` with a capital at its start, unless that is a word of ``own``, such as the id of a channel.

    Examples
    --------
    >>> sentence_case("icap nöbeti 5 kişi ister.", "tr"), sentence_case("p1 is away", "en", {"p1"})
    ('İcap nöbeti 5 kişi ister.', 'p1 is away')
    """
    first = text.replace(",", " ").replace(":", " ").split(" ", 1)[0]
    if first in own or not first.isalpha() or not first[0].islower():
        return text
    capital = "İ" if language == "tr" and text[0] == "i" else text[0].upper()
    return capital + text[1:]


def _names(values: Collection[Any], language: str) -> str:
    parts = sorted(values) if isinstance(values, (set, frozenset)) else list(values)
    texts = [cell(part, "", language) for part in parts]
    if len(texts) > MOST_NAMES:
        shown = ", ".join(texts[: MOST_NAMES - 1])
        return Sentence("and_more", names=shown, more=len(texts) - MOST_NAMES + 1).say(language)
    return format_value(texts, language) if texts else "–"


def _speaks_of(name: str, words: Collection[str]) -> bool:
    parts = name.split("_")
    return name in words or any(part in words for part in parts) or any(name.endswith(f"_{word}") for word in words)


def _is_number(value: Any) -> bool:
    return hasattr(value, "__float__") and not isinstance(value, (str, bool)) and type(value).__name__ != "bool"


def _missing(value: Any) -> bool:
    if value is None or type(value).__name__ == "NAType":
        return True
    if isinstance(value, (str, list, tuple, set, frozenset, Sentence)):
        return False
    return bool(value != value)


def _all_missing(values: Iterable[Any]) -> bool:
    return all(_missing(value) or value == "" for value in values)


def _python(value: Any) -> Any:
    """Return numpy and pandas scalars as Python values."""
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
        return value.date() if value.time() == dt.time() and value.tzinfo is None else value
    return value.item() if hasattr(value, "item") else value
