"""The five numbers of the first page."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from staffcalc._words import Sentence

if TYPE_CHECKING:
    from staffcalc._result import Result

MOST_FIGURES = 5


@dataclasses.dataclass(frozen=True)
class KeyFigure:
    """
    A number that a director remembers.

    Parameters
    ----------
    value : str
        The number with its unit.
    name : str
        What it is.
    range : str
        Its interval with the level in words, or what it is compared with.
    alarm : bool
        Whether it asks for action.
    """

    value: str
    name: str
    range: str
    alarm: bool = False


def key_figures(answers: Sequence[Result], language: str) -> tuple[KeyFigure, ...]:
    """
    Return at most five numbers of a list of answers.

    Parameters
    ----------
    answers : list of Result
        Any answers; those of other kinds give no number here.
    language : str
        ``en`` or ``tr``.

    Returns
    -------
    tuple of KeyFigure
        People needed, gap, single points, strain, money, in this order.
    """
    found = [
        KeyFigure(value.say(language), name.say(language), range_.say(language) if range_ else "", alarm)
        for kind, speak in FIGURES.items()
        for answer in answers
        if answer.kind == kind
        for value, name, range_, alarm in speak(answer)
    ]
    return tuple(found[:MOST_FIGURES])


Spoken = Iterator[tuple[Sentence, Sentence, Sentence | None, bool]]


def _staffing_need(answer: Any) -> Spoken:
    interval = Sentence("interval_80", low=answer.fte_low, high=answer.fte_high)
    yield Sentence("figure_fte", fte=answer.fte), Sentence("figure_name_fte"), interval, False
    short = answer.gap > 0
    gap = Sentence("figure_fte", fte=abs(answer.gap))
    present = Sentence("figure_range_present", fte=answer.present_fte)
    yield gap, Sentence("figure_name_gap" if short else "figure_name_spare"), present, short


def _single_points(answer: Any) -> Spoken:
    count, short, cells = len(answer.single), len(answer.short), len(answer.cells)
    key = "figure_range_cells_short" if short else "figure_range_cells"
    name = Sentence("figure_name_single_points", count=count)
    yield Sentence("figure_number", number=count), name, Sentence(key, cells=cells, short=short), count + short > 0


def _burnout_risk(answer: Any) -> Spoken:
    table = answer.to_frame()
    worst = table.loc[table["ratio"].idxmax()]
    yield (
        Sentence("figure_ratio", ratio=float(worst["ratio"])),
        Sentence("figure_name_burnout"),
        Sentence("interval_95", low=float(worst["ratio_low"]), high=float(worst["ratio_high"])),
        bool(worst["ratio_low"] > 1),
    )


def _team_cost(answer: Any) -> Spoken:
    if answer.gap_fte > 0:
        low, cost, high = (
            (_three_digits(amount), answer.currency)
            for amount in (answer.gap_low, answer.gap_per_year, answer.gap_high)
        )
        interval = Sentence("interval_80_money", low=low, high=high)
        yield Sentence("figure_money", money=cost), Sentence("figure_name_cost"), interval, False


def _three_digits(amount: float) -> float:
    """Round an amount as far as its interval allows to speak of it."""
    return float(f"{amount:.3g}")


FIGURES: dict[str, Callable[[Any], Spoken]] = {
    "staffing_need": _staffing_need,
    "single_points": _single_points,
    "burnout_risk": _burnout_risk,
    "team_cost": _team_cost,
}
