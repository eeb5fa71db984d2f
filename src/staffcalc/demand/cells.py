"""Cells of an export: ids, short codes, directions, states and durations; whatever may be personal is left behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from staffcalc.demand.quality import safe_cell
from staffcalc.demand.vocabulary import fold, is_null_word, layouts, value_words
from staffcalc.errors import InputError

MOST_CODES = 2_000
"""Most channels or teams of a log; a column with more holds names, addresses or numbers."""


def is_sentinel(wall: pd.Series) -> pd.Series:
    """Return which times are false dates that stand for nothing, such as 1970-01-01."""
    dates = {np.datetime64(text[:10], "D") for text in layouts()["values"]["sentinel_times"]}
    false: pd.Series = wall.dt.normalize().isin([pd.Timestamp(date) for date in dates]) | (wall.dt.year < 1990)
    return false


def first_example(column: pd.Series, rows: pd.Series, name: str) -> str:
    """Return row, column and safe cell of the first row of a mask."""
    if not rows.any():
        return ""
    place = int(np.flatnonzero(rows.to_numpy())[0])
    return f"row {place + 1}, {name}: {safe_cell(column.iloc[place])}"


def repeated_rows(frame: pd.DataFrame) -> np.ndarray:
    """Return which rows repeat an earlier row in every cell; lists and other nested cells are compared as text."""
    try:
        return frame.duplicated(keep="first").to_numpy()
    except TypeError:
        return frame.astype("str").duplicated(keep="first").to_numpy()


def flat(column: pd.Series) -> pd.Series:
    """Return a column as objects that can be compared; lists and other nested cells become text."""
    cells = column.astype("object").reset_index(drop=True)
    nested = cells.map(lambda cell: isinstance(cell, (list, dict, set, np.ndarray)))
    return cells.mask(nested, cells.astype("str")) if nested.any() else cells


def id_texts(column: pd.Series) -> pd.Series:
    """Return ids as text without a trailing .0 that a float column leaves; missing ones as None."""
    text = column.astype("object").map(lambda cell: None if is_null(cell) else str(cell).strip().removesuffix(".0"))
    return text.reset_index(drop=True)


def is_null(cell: Any) -> bool:
    """Return whether a cell is missing, in any spelling."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NaT:
        return True
    return isinstance(cell, str) and is_null_word(cell)


def short_codes(frame: pd.DataFrame, column: str | None, otherwise: str) -> pd.Series:
    """Return short codes such as channels; addresses, handles and sentences become numbered stand-ins."""
    if column is None:
        return pd.Series(otherwise, index=range(len(frame)), dtype="object")
    codes, uniques = pd.factorize(flat(frame[column]))
    if len(uniques) > MOST_CODES:
        raise InputError("too_many_codes", column=column, count=len(uniques), most=MOST_CODES)
    names, hidden = [], 0
    for unique in uniques:
        text = str(unique).strip()
        if is_null(unique):
            text = otherwise or "unknown"
        elif is_personal(text):
            hidden += 1
            text = f"hidden-{hidden}"
        names.append(text)
    return pd.Series(np.array([*names, otherwise or "unknown"], dtype="object")[codes])


def is_personal(text: str) -> bool:
    """Return whether a short text may be an address, a handle, a number or a sentence."""
    digits = sum(letter.isdigit() for letter in text)
    return "@" in text or len(text) > 60 or len(text.split()) > 6 or "http" in text or digits > 8


def states(frame: pd.DataFrame, column: str | None) -> pd.Series:
    """Return a status as open, closed or other; the words themselves are not kept."""
    if column is None:
        return pd.Series("", index=range(len(frame)), dtype="object")
    open_words, closed_words = value_words("open_states"), value_words("closed_states")
    known = {"open": open_words, "closed": closed_words}

    def word(cell: object) -> str:
        text = fold(cell)
        return next((name for name, words in known.items() if text in words), "other")

    codes, uniques = pd.factorize(flat(frame[column]))
    return pd.Series(np.array([*(word(unique) for unique in uniques), "other"], dtype="object")[codes])


def directions(
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    channel: pd.Series,
    *,
    weights: np.ndarray | None,
    filled: str | None,
) -> pd.Series:
    """Return inbound, outbound or internal for each row; the marker may sit in the channel column."""
    direction = pd.Series("inbound", index=range(len(frame)), dtype="object")
    column = columns.get("direction")
    if column is not None:
        words = {word: name for name in ("inbound", "outbound", "internal") for word in value_words(name)}
        codes, uniques = pd.factorize(flat(frame[column]))
        names = [words.get(fold(str(unique).removesuffix(".0")), "") for unique in uniques]
        strange = [
            safe_word(unique) for unique, name in zip(uniques, names, strict=True) if not name and not is_null(unique)
        ]
        heavy = None if weights is None else weights[codes >= 0]
        counts = np.bincount(codes[codes >= 0], weights=heavy, minlength=len(uniques))
        lost = sum(count for count, name in zip(counts, names, strict=True) if not name)
        if strange and lost > 0.01 * (len(frame) if weights is None else weights.sum()):
            raise InputError(
                "direction_unknown", column=column, values=sorted(set(strange)) if len(strange) <= 8 else ["…"]
            )
        direction = pd.Series(np.array([*(name or "inbound" for name in names), "inbound"], dtype="object")[codes])
    if filled is not None:
        direction = direction.where(frame[filled].map(is_null).to_numpy(dtype=bool), "outbound")
    folded = channel.map({name: fold(name) for name in channel.unique()})
    direction = direction.where(~folded.isin(value_words("channel_outbound")), "outbound")
    marked: pd.Series = direction.where(~folded.isin(value_words("channel_internal")), "internal")
    return marked


def safe_word(value: object) -> str:
    """Return a short code for a message, or dots where it may be personal."""
    text = str(value).strip()
    return text if len(text) <= 24 and not is_personal(text) and len(text.split()) <= 2 else "…"
