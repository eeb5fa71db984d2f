"""Pictures of cover: the year as a heat map, days with nobody, rosters, fairness, rest margins and sleepiness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from staffcalc._words import format_value, label
from staffcalc.outputs import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from staffcalc.coverage.hours import CoverageGaps
    from staffcalc.coverage.oncall import OnCallNeed


def size_coverage_gaps(_answer: CoverageGaps) -> tuple[float, float]:
    """Return width and height of the heat map. [inch]"""
    return theme.WIDTH, 4.2


def draw_coverage_gaps(answer: CoverageGaps, ax: Axes, language: str) -> None:
    """Draw the year: days across, hours of the local day down, the state of cover as colour."""
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    colours = [theme.DANGER, theme.ORANGE, theme.SKY, "#E8F3EC"]
    heat = np.ma.masked_invalid(answer.heat.T)
    cells = ListedColormap(colours).with_extremes(bad=theme.PAPER)
    days = answer.heat.shape[0]
    ax.pcolormesh(
        np.arange(days + 1), np.arange(25), heat, cmap=cells, norm=BoundaryNorm(np.arange(5) - 0.5, 4), rasterized=True
    )
    starts = np.cumsum([0, *[_month_days(answer.year, month) for month in range(1, 12)]])
    ax.set_xticks(starts, [_month(month, language) for month in range(1, 13)], ha="left")
    ax.set_yticks(range(0, 25, 6), [f"{hour:02d}" for hour in range(0, 25, 6)])
    ax.set_xlim(0, days)
    ax.set_ylim(24, 0)
    ax.set_ylabel(label("axis_local_hour", language))
    ax.set_xlabel(label("axis_day_of_year", language))
    shown = [code for code in range(4) if (answer.heat == code).any()]
    names = ["legend_nobody", "legend_too_few", "legend_standby", "legend_covered"]
    patches = [
        Patch(facecolor=colours[code], edgecolor=theme.GREY, linewidth=0.5, label=label(names[code], language))
        for code in shown
    ]
    if patches:
        ax.legend(handles=patches, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=4)


def draw_on_call_need(answer: OnCallNeed, ax: Axes, language: str) -> None:
    """Draw the days a year with nobody there for one, two, three … people, independent and dependent."""
    frame = answer.nobody[answer.nobody["days_dependent"] >= 0.01]
    width = 0.38
    places = np.arange(len(frame))
    for number, (column, word) in enumerate(
        [("days_independent", "legend_independent"), ("days_dependent", "legend_dependent")]
    ):
        bars = ax.bar(
            places + (number - 0.5) * width,
            frame[column],
            width,
            label=label(word, language),
            **theme.bar_style(number),
        )
        texts = [
            format_value(value, language, "n0" if value >= 9.5 else "n1" if value >= 0.095 else "n2")
            for value in frame[column]
        ]
        ax.bar_label(bars, texts, fontsize=theme.SMALL, padding=2)
    ax.set_xticks(places, [str(people) for people in frame["people"]])
    ax.set_xlabel(label("axis_people_sharing", language))
    ax.set_ylabel(label("axis_days_with_nobody", language))
    ax.margins(y=0.12)
    ax.legend(loc="upper right")


def _month_days(year: int, month: int) -> int:
    import calendar

    return calendar.monthrange(year, month)[1]


def _month(month: int, language: str) -> str:
    from babel.dates import get_month_names

    names: Any = get_month_names("abbreviated", locale=language)
    return str(names[month])
