"""Answer sheets of a survey, each scored by the rule of its form; nothing of a sheet is kept but its scores."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from staffcalc._words import Sentence
from staffcalc.burnout.form_answers import is_blank
from staffcalc.burnout.instruments import CBI_ITEMS, score_bat, score_cbi, score_olbi, score_single_item
from staffcalc.errors import InputError

LINES = {
    "cbi_personal": "cbi_reference_line",
    "cbi_work": "cbi_reference_line",
    "cbi_client": "cbi_reference_line",
    "bat12": "bat12_orange",
    "bat23": "bat23_orange",
    "exhaustion_bat23": "bat23_exhaustion_orange",
    "cognitive_bat23": "bat23_cognitive_orange",
    "exhaustion_olbi": "olbi_exhaustion_cut",
    "disengagement_olbi": "olbi_disengagement_cut",
    "single_item": "single_item_cut",
}
"""The published line of each scale, as a figure of the reference tables."""

RANGES: dict[str, tuple[float, float, float]] = {
    **dict.fromkeys(LINES, (1.0, 5.0, 0.05)),
    **{f"cbi_{scale}": (0.0, 100.0, 2.0) for scale in CBI_ITEMS},
    "exhaustion_olbi": (1.0, 4.0, 0.05),
    "disengagement_olbi": (1.0, 4.0, 0.05),
    "single_item": (1.0, 5.0, 1.0),
}
"""The lowest and the highest score of each scale, and the smallest difference that counts when answers are guessed."""

ITEMS: dict[str, tuple[int, ...]] = {
    "bat": (12, 23),
    "bat12": (12,),
    "bat23": (23,),
    "olbi": (16,),
    "single_item": (1,),
}
"""How many items a form may have."""

Scores = dict[str, tuple[float, bool]]
"""Score of each scale of a sheet, and whether it is at or above the line."""


def form_of(instrument: str) -> str:
    """Return the questionnaire of a version: ``bat`` for ``bat12`` and ``bat23``."""
    return "bat" if instrument.startswith("bat") else instrument


def score_sheets(items: pd.DataFrame, instrument: str) -> list[Scores]:
    """Score every sheet; a scale without enough answers is left out."""
    columns = [str(column) for column in items.columns]
    scorer: Callable[[list[Any]], Scores]
    if instrument == "cbi":
        places = {scale: _in_form_order(where, columns) for scale, where in _cbi_places(columns).items()}

        def scorer(sheet: list[Any]) -> Scores:
            return _cbi(sheet, places)
    else:
        scorer = {"olbi": _olbi, "single_item": _single}.get(instrument, _bat)
        expected = ITEMS[instrument]
        if len(columns) not in expected:
            raise InputError(
                "burnout_survey_items",
                instrument=Sentence(f"term_{form_of(instrument)}"),
                columns=columns[:30],
                expected=list(expected),
            )
        items = items.iloc[:, _in_form_order(range(len(columns)), columns)]
    return [
        scorer([None if is_blank(value) else value for value in sheet])
        for sheet in items.itertuples(index=False, name=None)
    ]


def _in_form_order(where: Sequence[int], columns: Sequence[str]) -> list[int]:
    """Return places of columns by the item number in their names (``work_7``); as they stand where names have none."""
    parts = {i: re.fullmatch(r"(\D*)(\d+)", columns[i]) for i in where}
    found = {i: (part[1], int(part[2])) for i, part in parts.items() if part}
    numbered = len(found) == len(where) == len(set(found.values())) and len({name for name, _ in found.values()}) == 1
    return sorted(where, key=lambda i: found[i]) if numbered else list(where)


def _cbi_places(columns: list[str]) -> dict[str, list[int]]:
    places = {
        scale: [i for i, column in enumerate(columns) if re.match(rf"{scale}(_|\b|\d)", column.lower())]
        for scale in CBI_ITEMS
    }
    if not any(places.values()):
        by_count = {6: ("personal",), 7: ("work",), 13: ("personal", "work"), 19: ("personal", "work", "client")}
        start = 0
        for scale in by_count.get(len(columns), ()):
            places[scale] = list(range(start, start + CBI_ITEMS[scale]))
            start += CBI_ITEMS[scale]
    found = {scale: where for scale, where in places.items() if where}
    if not found or any(len(where) != CBI_ITEMS[scale] for scale, where in found.items()):
        raise InputError(
            "burnout_survey_items",
            instrument=Sentence("term_cbi"),
            columns=columns[:30],
            expected=list(CBI_ITEMS.values()),
        )
    if sum(len(where) for where in found.values()) != len(columns):
        used = {i for where in found.values() for i in where}
        raise InputError("burnout_survey_extra", columns=[column for i, column in enumerate(columns) if i not in used])
    return found


def _cbi(sheet: list[Any], places: dict[str, list[int]]) -> Scores:
    result: Scores = {}
    for scale, where in places.items():
        scored = score_cbi([sheet[i] for i in where], scale=scale)
        if scored["score"] is not None:
            result[f"cbi_{scale}"] = scored["score"], bool(scored["at_or_above_line"])
    return result


def _bat(sheet: list[Any]) -> Scores:
    if None in sheet:
        return {}
    scored = score_bat(sheet)
    result: Scores = {f"bat{scored['n']}": (scored["core"], scored["band"] != "below_at_risk")}
    if scored["n"] == 23:
        result["exhaustion_bat23"] = scored["EX"], scored["EX_band"] != "below_at_risk"
        result["cognitive_bat23"] = scored["CI"], scored["CI_band"] != "below_at_risk"
    return result


def _olbi(sheet: list[Any]) -> Scores:
    if None in sheet:
        return {}
    scored = score_olbi(sheet)
    return {
        "exhaustion_olbi": (scored["EXH"], scored["exhausted"]),
        "disengagement_olbi": (scored["DIS"], scored["disengaged"]),
    }


def _single(sheet: list[Any]) -> Scores:
    if sheet[0] is None:
        return {}
    scored = score_single_item(sheet[0])
    return {"single_item": (float(scored["level"]), scored["burned_out"])}
