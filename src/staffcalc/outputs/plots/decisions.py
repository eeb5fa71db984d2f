"""Pictures of costs and options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from staffcalc._words import format_money, label, template
from staffcalc.outputs import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from staffcalc.decisions.budget import TeamCost


def draw_team_cost(answer: TeamCost, ax: Axes, language: str) -> None:
    """Draw what the team costs and what the gap adds, each with its interval."""
    rows = [
        ("term_present_team", answer.present_per_year, answer.present_low, answer.present_high),
        ("term_missing_people", answer.gap_per_year, answer.gap_low, answer.gap_high),
    ]
    widest = max(high for *_, high in rows) or 1.0
    for place, (_, value, low, high) in enumerate(rows):
        ax.barh(place, value, height=0.55, **theme.bar_style(place))
        ax.plot([low, high], [place, place], color=theme.INK, linewidth=1.6, marker="|", markersize=9)
        text = format_money(value, answer.currency, language)
        ax.text(max(value, high) + 0.02 * widest, place, text, va="center", fontsize=theme.SMALL)
    ax.set_yticks(range(len(rows)), [label(term, language) for term, *_ in rows])
    ax.invert_yaxis()
    ax.set_xlim(0, widest * 1.22)
    ax.set_xlabel(template("axis_cost_per_year", language).format(currency=answer.currency))
    theme.number_ticks(ax.xaxis, language, "n0")
    theme.dress(ax, grid="x")


def size_team_cost(answer: TeamCost) -> tuple[float, float]:
    """Return width and height. [inch]"""
    del answer
    return theme.WIDTH, 2.0
