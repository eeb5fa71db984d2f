"""Pictures of burnout answers: drivers and ratios, always with their interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from staffcalc._words import has_word, label
from staffcalc.outputs import theme
from staffcalc.reference.lookup import figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from staffcalc.burnout.answer import BurnoutRisk

MOST_ROLES = 20


def size_burnout_risk(answer: BurnoutRisk) -> tuple[float, float]:
    """Return width and height: one line a role, or one a driver where there is a single role. [inch]"""
    rows = len(answer.drivers) if len(answer.roles) == 1 else min(MOST_ROLES, len(answer.roles))
    return theme.WIDTH, 2.1 + 0.27 * max(3, rows)


def draw_burnout_risk(answer: BurnoutRisk, ax: Axes, language: str) -> None:
    """Draw the ratio of each role to the baseline; for one role, the drivers behind it."""
    if len(answer.roles) == 1:
        _draw_drivers(answer, ax, language)
    else:
        _draw_ratios(answer, ax, language)


def _draw_drivers(answer: BurnoutRisk, ax: Axes, language: str) -> None:
    rows = answer.drivers.sort_values("log_odds", ascending=False).to_dict("records")
    for y, row in enumerate(rows):
        ends = np.exp([row["log_odds_low"], row["log_odds_high"]])
        middle = float(np.exp(row["log_odds"]))
        colour = theme.MAIN if row["given"] else theme.QUIET
        ax.plot(ends, [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
        ax.plot(
            middle, y, marker="s" if row["status"] == "judgement" else "o", color=colour, markersize=6,
            markerfacecolor=colour if row["given"] else theme.PAPER,
        )  # fmt: skip
    ax.axvline(1, color=theme.INK, linewidth=0.9)
    ax.set_yticks(range(len(rows)), [_driver_name(str(row["driver"]), language) for row in rows])
    ax.invert_yaxis()
    ax.set_xlabel(label("axis_burnout_odds", language))
    theme.dress(ax, grid="x")
    _legend(
        ax,
        [("o", theme.MAIN, "legend_burnout_published"), ("s", theme.MAIN, "legend_burnout_judgement"),
         ("o", theme.QUIET, "legend_burnout_average")],
        language,
    )  # fmt: skip


def _draw_ratios(answer: BurnoutRisk, ax: Axes, language: str) -> None:
    frame = answer.to_frame().sort_values("ratio", ascending=False).head(MOST_ROLES)
    for y, row in enumerate(frame.to_dict("records")):
        ax.plot([row["ratio_low"], row["ratio_high"]], [y, y], color=theme.MAIN, linewidth=1.4, solid_capstyle="butt")
        ax.plot(
            [row["ratio_low_50"], row["ratio_high_50"]], [y, y], color=theme.MAIN, linewidth=5, solid_capstyle="butt"
        )
        ax.plot(row["ratio"], y, marker="o", color=theme.PAPER, markeredgecolor=theme.INK, markersize=6)
    lines = [("-", theme.INK, 1.0, "legend_burnout_baseline")]
    lines += [
        (style, theme.DANGER, figure(f"{level}_ratio_median").value, f"legend_burnout_{level}")
        for level, style in (("amber", ":"), ("red", "--"))
    ]
    for style, colour, at, key in lines:
        ax.axvline(at, color=colour, linewidth=1.1, linestyle=style, label=label(key, language), zorder=1.5)
    ax.set_yticks(range(len(frame)), [theme.wrapped(_word(str(role), language), 30) for role in frame["role"]])
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.set_xlim(left=min(0.9, float(frame["ratio_low"].min()) - 0.05))
    ax.set_xlabel(label("axis_burnout_ratio", language))
    theme.dress(ax, grid="x")
    _below(ax, *ax.get_legend_handles_labels())


def _driver_name(driver: str, language: str) -> str:
    return theme.wrapped(label(f"term_{driver}", language), 34)


def _word(code: str, language: str) -> str:
    return label(f"term_{code}", language) if has_word(f"term_{code}") else code


def _legend(ax: Axes, items: list[tuple[str, str, str]], language: str) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker=marker, color=colour, markerfacecolor=theme.PAPER if colour == theme.QUIET else colour)
        for marker, colour, _ in items
    ]
    _below(ax, handles, [label(key, language) for *_, key in items])


def _below(ax: Axes, handles: Sequence[Artist], names: Sequence[str]) -> None:
    """Put the legend a fixed distance below the axes, and settle the layout so that the title knows its width."""
    from matplotlib.transforms import ScaledTranslation

    figure_ = ax.get_figure(root=True)
    if figure_ is None:
        return
    down = ScaledTranslation(0, -0.45, figure_.dpi_scale_trans)
    place = {"bbox_to_anchor": (0.5, 0.0), "bbox_transform": ax.transAxes + down}
    ax.legend(handles, names, loc="upper center", ncols=3, **place)
    figure_.draw_without_rendering()
