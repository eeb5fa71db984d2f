"""Pictures of burnout answers: drivers and ratios, always with their interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from staffcalc._words import Sentence, format_value, has_word, label
from staffcalc.burnout.answer import role_words
from staffcalc.outputs import theme
from staffcalc.reference.lookup import figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from staffcalc.burnout.answer import BurnoutRisk
    from staffcalc.burnout.levers import BurnoutLevers
    from staffcalc.burnout.outlook import TeamOutlook
    from staffcalc.burnout.survey import SurveyScore

MOST_ROLES = 20
FEW_SEATS = 8
SEEN = 0.005
"""Smallest chance of an empty team that a reader can see. [probability]"""


def size_burnout_risk(answer: BurnoutRisk) -> tuple[float, float]:
    """Return width and height: one line a role, or one a driver where there is a single role. [inch]"""
    rows = len(answer.drivers) if len(answer.roles) == 1 else min(MOST_ROLES, len(answer.roles))
    return theme.WIDTH, 2.3 + 0.27 * max(3, rows)


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
    ax.set_yticks(range(len(frame)), [theme.wrapped(_role(str(role), language), 30) for role in frame["role"]])
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.set_xlim(left=min(0.9, float(frame["ratio_low"].min()) - 0.05))
    ax.set_xlabel(label("axis_burnout_ratio", language))
    theme.dress(ax, grid="x")
    _below(ax, *ax.get_legend_handles_labels(), above=label("burnout_picture_guard", language))


def _driver_name(driver: str, language: str) -> str:
    return theme.wrapped(label(f"term_{driver}", language), 34)


def _role(role: str, language: str) -> str:
    """Return a role as the client writes it, as headlines do."""
    return format_value(role_words(role), language)


def _word(code: str, language: str) -> str:
    return label(f"term_{code}", language) if has_word(f"term_{code}") else code.replace("_", " ")


def _legend(ax: Axes, items: list[tuple[str, str, str]], language: str) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker=marker, color=colour, markerfacecolor=theme.PAPER if colour == theme.QUIET else colour)
        for marker, colour, _ in items
    ]
    names = [label(key, language) for *_, key in items]
    _below(ax, handles, names, above=label("burnout_picture_guard", language))


def _below(ax: Axes, handles: Sequence[Artist], names: Sequence[str], *, columns: int = 3, above: str = "") -> None:
    """Put the legend, with a line ``above`` it, a fixed distance below the axes."""
    from matplotlib.transforms import ScaledTranslation

    figure_ = ax.get_figure(root=True)
    if figure_ is None:
        return
    down = ScaledTranslation(0, -0.45, figure_.dpi_scale_trans)
    place = {"bbox_to_anchor": (0.5, 0.0), "bbox_transform": ax.transAxes + down}
    ax.legend(handles, names, loc="upper center", ncols=columns, title=above or None, **place)


def size_burnout_levers(answer: BurnoutLevers) -> tuple[float, float]:
    """Return width and height: one line a lever. [inch]"""
    return theme.WIDTH, 2.3 + 0.36 * max(3, len(answer.to_frame()))


def draw_burnout_levers(answer: BurnoutLevers, ax: Axes, language: str) -> None:
    """Draw the change of the ratio that each lever brings, with its interval."""
    rows = answer.to_frame().to_dict("records")
    for y, row in enumerate(rows):
        judged = row["effect_status"] == "judgement"
        ax.plot([row["change_low"], row["change_high"]], [y, y], color=theme.FINE, linewidth=1.6, solid_capstyle="butt")
        ax.plot(row["change"], y, marker="s" if judged else "o", color=theme.FINE, markersize=6)
    ax.axvline(0, color=theme.INK, linewidth=0.9)
    names = [theme.wrapped(_word(str(row["lever"]), language), 30) for row in rows]
    ax.set_yticks(range(len(rows)), names)
    ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    ax.set_xlabel(label("axis_burnout_change", language))
    theme.dress(ax, grid="x")
    _legend(
        ax,
        [("o", theme.FINE, "legend_burnout_published"), ("s", theme.FINE, "legend_burnout_judged_driver")],
        language,
    )


def draw_team_outlook(answer: TeamOutlook, ax: Axes, language: str) -> None:
    """Draw the chance of empty seats week by week; for larger teams, the seats filled with their intervals."""
    if answer.seats <= FEW_SEATS:
        _draw_empty_seats(answer, ax, language)
    else:
        _draw_filled_seats(answer, ax, language)
    ax.set_xlim(1, len(answer.weeks))
    ax.set_xlabel(label("axis_weeks", language))
    theme.dress(ax, grid="y")
    _below(ax, *ax.get_legend_handles_labels(), columns=2)


def _draw_empty_seats(answer: TeamOutlook, ax: Axes, language: str) -> None:
    from matplotlib.ticker import MaxNLocator

    weeks = answer.weeks
    shades = (theme.PALE, theme.SKY, theme.MAIN, theme.INK)
    counts = [k for k in range(1, min(len(shades), answer.seats) + 1) if weeks[f"empty_{k}"].max() >= SEEN]
    for k in counts:
        nobody = k == answer.seats
        words = (
            label("legend_nobody_there", language)
            if nobody
            else Sentence("legend_empty_at_least", count=k).say(language)
        )
        colour = theme.DANGER if nobody else shades[k - 1]
        ax.fill_between(weeks["week"], 0, weeks[f"empty_{k}"], color=colour, linewidth=0, label=words)
        ax.plot(weeks["week"], weeks[f"empty_{k}"], color=theme.INK, linewidth=0.7, linestyle=theme.LINES[k - 1])
    ax.set_ylim(0, max(0.05, 1.25 * float(weeks["empty_1"].max())))
    ax.yaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10]))
    theme.number_ticks(ax.yaxis, language, "p0")
    ax.set_ylabel(label("axis_empty_chance", language))


def _draw_filled_seats(answer: TeamOutlook, ax: Axes, language: str) -> None:
    from matplotlib.ticker import MaxNLocator

    weeks = answer.weeks
    for ends, colour, key in (("_95", theme.PALE, "legend_seats_range_95"), ("", theme.SKY, "legend_seats_range")):
        low, high = weeks[f"filled_low{ends}"], weeks[f"filled_high{ends}"]
        ax.fill_between(weeks["week"], low, high, step="mid", color=colour, linewidth=0, label=label(key, language))
    ax.plot(weeks["week"], weeks["filled"], color=theme.MAIN, label=label("legend_seats_mean", language))
    plan = label("legend_seats_plan", language)
    ax.axhline(answer.seats, color=theme.INK, linewidth=0.9, linestyle="--", label=plan)
    lowest = float(weeks["filled_low_95"].min())
    room = max(answer.seats - lowest, 1.0)
    ax.set_ylim(max(0.0, np.floor(lowest - room / 2)), answer.seats + 0.35 * room)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylabel(label("axis_seats_filled", language))


def draw_survey_score(answer: SurveyScore, ax: Axes, language: str) -> None:
    """Draw the share at or above the line of each group that is released, with its interval."""
    frame = answer.to_frame()
    shown = frame[frame["released"]].head(MOST_ROLES).to_dict("records")
    for y, row in enumerate(shown):
        ax.plot([row["share_low"], row["share_high"]], [y, y], color=theme.MAIN, linewidth=1.6, solid_capstyle="butt")
        ax.plot(row["share"], y, marker="o", color=theme.MAIN, markersize=6)
    scales = {row["scale"] for row in shown}
    names = [
        _group(row, language) + (f" · {_word(str(row['scale']), language)}" if len(scales) > 1 else "") for row in shown
    ]
    ax.set_yticks(range(len(shown)), [theme.wrapped(name, 34) for name in names])
    ax.set_ylim(max(len(shown), 1) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    theme.number_ticks(ax.xaxis, language, "p0")
    ax.set_xlabel(f"{label('axis_survey_share', language)}\n{label('burnout_picture_survey', language)}")
    theme.dress(ax, grid="x")


def _group(row: Mapping[Any, Any], language: str) -> str:
    """Return a group as the client names it; only the whole has a name of its own."""
    name = str(row["group"])
    return label(f"term_{name}", language) if row["grouping"] == name else name


def size_survey_score(answer: SurveyScore) -> tuple[float, float]:
    """Return width and height: one line a result shown. [inch]"""
    return theme.WIDTH, 2.0 + 0.36 * min(MOST_ROLES, max(3, int(answer.to_frame()["released"].sum())))
