"""Scoring rules of burnout questionnaires, for answers that users bring; no item text is shipped."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from staffcalc._checks import number, one_of
from staffcalc.burnout.form_answers import in_form_order, whole_answers
from staffcalc.burnout.other_scales import effort_reward_ratio as effort_reward_ratio
from staffcalc.burnout.other_scales import mean_from_prevalence as mean_from_prevalence
from staffcalc.burnout.other_scales import rogan_gladen as rogan_gladen
from staffcalc.burnout.other_scales import score_copsoq as score_copsoq
from staffcalc.burnout.other_scales import task_load as task_load
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure

CBI_POINTS: Mapping[str, int] = {
    **dict.fromkeys(("always", "very_high"), 100),
    **dict.fromkeys(("often", "high"), 75),
    **dict.fromkeys(("sometimes", "somewhat"), 50),
    **dict.fromkeys(("seldom", "low"), 25),
    **dict.fromkeys(("never", "very_low"), 0),
}
"""Points of each answer of the Copenhagen Burnout Inventory, as the official form prints them."""

CBI_ITEMS: Mapping[str, int] = {"personal": 6, "work": 7, "client": 6}
"""Items of each scale."""

BAT_ITEMS: Mapping[int, tuple[int, int, int, int]] = {12: (3, 3, 3, 3), 23: (8, 5, 5, 5)}
"""Items of exhaustion, mental distance, cognitive and emotional impairment in each version."""

BAT_SCALES = ("EX", "MD", "CI", "EI")
"""Subscales of the Burnout Assessment Tool in the order of the answers."""

_CBI_REVERSED = {("work", 7)}
_OLBI_REVERSED = (2, 3, 4, 6, 8, 9, 11, 12)
_OLBI_EXHAUSTION = (2, 4, 5, 8, 10, 12, 14, 16)
_OLBI_DISENGAGEMENT = (1, 3, 6, 7, 9, 11, 13, 15)


def score_cbi(
    answers: Sequence[str | float | None] | Mapping[Any, str | float | None], *, scale: str = "personal"
) -> dict[str, Any]:
    """
    Score one form of the Copenhagen Burnout Inventory.

    Parameters
    ----------
    answers : sequence or mapping
        One answer an item, None where it was left out: always, often, sometimes, seldom, never, or very_high, high,
        somewhat, low, very_low, or the points that the form prints beside them (100, 75, 50, 25, 0). Six answers for
        personal and client, seven for work. A mapping is read by item number: ``{1: "often", "work_7": "seldom"}``;
        items that it lacks were left out.
    scale : str
        ``personal``, ``work`` or ``client``.

    Returns
    -------
    dict
        ``score`` 0 to 100 or None, ``n`` answered items, ``reason`` (None or ``non_responder``) and
        ``at_or_above_line`` (the line of 50, a convention of research, not a diagnosis).

    Raises
    ------
    InputError
        If an answer is not known, or there are too many or too few items.

    Notes
    -----
    The scale is the mean of the answered items; item 7 of the work scale is reversed. Fewer than three (personal,
    client) or four (work) answers make a non-responder. Use it for groups, never to judge a person.

    References
    ----------
    .. [1] source keys ``kristensen_2005``, ``cbi_form_copy``, ``cbi_programs`` in ``reference/sources.csv``.

    Examples
    --------
    >>> score_cbi(["always", "often", "sometimes", "seldom", "never", "often"])["score"]
    54.166666666666664
    """
    one_of("scale", scale, tuple(CBI_ITEMS))
    given = in_form_order("answers", answers, items=CBI_ITEMS[scale])
    if len(given) != CBI_ITEMS[scale]:
        raise InputError("burnout_item_count", instrument=f"CBI {scale}", value=len(given), expected=[CBI_ITEMS[scale]])
    points = []
    for item, answer in enumerate(given, start=1):
        if answer is None:
            continue
        worth = _cbi_points(answer, item)
        points.append(100 - worth if (scale, item) in _CBI_REVERSED else worth)
    if len(points) < figure(f"cbi_{scale}_min_answered").value:
        return {"score": None, "n": len(points), "reason": "non_responder", "at_or_above_line": None}
    score = statistics.fmean(points)
    line = figure("cbi_reference_line").value
    return {"score": score, "n": len(points), "reason": None, "at_or_above_line": score >= line}


def _cbi_points(answer: Any, item: int) -> int:
    """Return the points of an answer before any item is turned round."""
    if isinstance(answer, str) and answer in CBI_POINTS:
        return CBI_POINTS[answer]
    if type(answer).__name__ not in ("str", "bool", "bool_") and answer in CBI_POINTS.values():
        return int(answer)
    raise InputError("burnout_unknown_answer", item=item, value=str(answer), known=list(CBI_POINTS))


def score_bat(items: Sequence[int] | Mapping[Any, int]) -> dict[str, Any]:
    """
    Score one form of the Burnout Assessment Tool, 12 or 23 answers.

    Parameters
    ----------
    items : sequence or mapping of int
        Answers 1 to 5 in the order exhaustion, mental distance, cognitive and emotional impairment; a mapping is read
        by item number. [1..5]

    Returns
    -------
    dict
        ``core`` (mean of the items), ``rounded``, ``band`` (below_at_risk, at_risk, high), the subscale means ``EX``,
        ``MD``, ``CI``, ``EI``, and ``n``; with 23 answers also ``EX_band`` and ``CI_band``.

    Raises
    ------
    InputError
        If there are not 12 or 23 answers, or one is missing or out of range.

    Notes
    -----
    The score is rounded half up to two decimals, then compared; lines are inclusive. The authors call the lines
    tentative. The standard error of one person's BAT-12 is .24, so its interval is wider than the whole at-risk band:
    never judge a person by it.

    References
    ----------
    .. [1] source keys ``schaufeli_2023``, ``bat_manual_2020`` in ``reference/sources.csv``.

    Examples
    --------
    >>> score_bat([3, 3, 3, 2, 2, 2, 3, 3, 2, 2, 2, 2])["band"]
    'below_at_risk'
    """
    given = whole_answers("items", items, low=1, high=5, counts=tuple(BAT_ITEMS), instrument="BAT")
    version = len(given)
    core = statistics.fmean(given)
    result: dict[str, Any] = {"core": core, "n": version}
    start = 0
    for scale, size in zip(BAT_SCALES, BAT_ITEMS[version], strict=True):
        result[scale] = statistics.fmean(given[start : start + size])
        start += size
    result |= bat_band(core, items=version)
    if version == 23:
        for scale, name in (("EX", "exhaustion"), ("CI", "cognitive")):
            result[f"{scale}_band"] = _band(result[scale], f"bat23_{name}")["band"]
    return result


def bat_band(core: float, *, items: int = 12) -> dict[str, Any]:
    """
    Return the band of a core score of the Burnout Assessment Tool.

    Parameters
    ----------
    core : float
        Mean of the items, 1 to 5. [score]
    items : int
        Version: 12 (pooled lines) or 23 (lines of Flanders). [items]

    Returns
    -------
    dict
        ``band`` and ``rounded``, the score rounded half up to two decimals.

    Examples
    --------
    >>> bat_band(2.539)
    {'band': 'at_risk', 'rounded': 2.54}
    """
    if items not in BAT_ITEMS:
        raise InputError("burnout_item_count", instrument="BAT", value=items, expected=list(BAT_ITEMS))
    value = number("core", core, unit="score")
    if not 1 <= value <= 5:
        raise InputError("burnout_answer_range", name="core", value=value, low=1, high=5)
    return _band(value, f"bat{items}")


def _band(score: float, line: str) -> dict[str, Any]:
    rounded = half_up(score)
    band = "below_at_risk"
    if rounded >= figure(f"{line}_orange").value:
        band = "at_risk"
    if rounded >= figure(f"{line}_red").value:
        band = "high"
    return {"band": band, "rounded": rounded}


def half_up(value: float, /) -> float:
    """Return ``value`` with two decimals, halves rounded up as published lines expect."""
    return float(Decimal(repr(float(value))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def bat_core_methods(items: Sequence[int], *, subscale_means: Mapping[str, float]) -> dict[str, float]:
    """
    Return the core score by both rules in use; the mean of the items is the one this library reports.

    Examples
    --------
    >>> bat_core_methods([4] * 8 + [2] * 15, subscale_means={"EX": 4.0, "MD": 2.0, "CI": 2.0, "EI": 2.0})
    {'mean_of_items': 2.695..., 'mean_of_subscales': 2.5}
    """
    given = whole_answers("items", items, low=1, high=5, counts=tuple(BAT_ITEMS), instrument="BAT")
    return {"mean_of_items": statistics.fmean(given), "mean_of_subscales": statistics.fmean(subscale_means.values())}


def score_olbi(items: Sequence[int] | Mapping[Any, int]) -> dict[str, Any]:
    """
    Score one form of the Oldenburg Burnout Inventory, 16 answers.

    Parameters
    ----------
    items : sequence or mapping of int
        1 strongly agree to 4 strongly disagree, in the order of the published form; a mapping is read by item number.
        [1..4]

    Returns
    -------
    dict
        ``EXH`` and ``DIS`` (means 1 to 4), ``exhausted``, ``disengaged``, ``both_above_cut`` and ``n``.

    Raises
    ------
    InputError
        If there are not 16 answers, or one is missing or out of range.

    Notes
    -----
    Items 2, 3, 4, 6, 8, 9, 11 and 12 are reversed (5 minus the answer). Two public programs use another subscale key,
    so the subscales are to be checked against the form you used.

    References
    ----------
    .. [1] source key ``olbi_programs`` in ``reference/sources.csv``.

    Examples
    --------
    >>> score_olbi([1] * 16)["EXH"]
    2.5
    """
    given = whole_answers("items", items, low=1, high=4, counts=(16,), instrument="OLBI")
    scored = [5 - value if item in _OLBI_REVERSED else value for item, value in enumerate(given, start=1)]
    exhaustion = statistics.fmean(scored[item - 1] for item in _OLBI_EXHAUSTION)
    disengagement = statistics.fmean(scored[item - 1] for item in _OLBI_DISENGAGEMENT)
    return {"EXH": exhaustion, "DIS": disengagement, **olbi_flags(exhaustion, disengagement), "n": len(given)}


def olbi_flags(exhaustion: float, disengagement: float) -> dict[str, bool]:
    """
    Return which subscales of the Oldenburg Burnout Inventory are at or above their line.

    Examples
    --------
    >>> olbi_flags(2.25, 2.0)
    {'exhausted': True, 'disengaged': False, 'both_above_cut': False}
    """
    exhausted = number("exhaustion", exhaustion) >= figure("olbi_exhaustion_cut").value
    disengaged = number("disengagement", disengagement) >= figure("olbi_disengagement_cut").value
    return {"exhausted": exhausted, "disengaged": disengaged, "both_above_cut": exhausted and disengaged}


def score_single_item(level: int) -> dict[str, Any]:
    """
    Score the single item of the Physician Work Life study, level 1 to 5.

    Examples
    --------
    >>> score_single_item(3)
    {'burned_out': True, 'level': 3}
    """
    (value,) = whole_answers("level", [level], low=1, high=5, counts=(1,), instrument="single item")
    return {"burned_out": value >= figure("single_item_cut").value, "level": value}
