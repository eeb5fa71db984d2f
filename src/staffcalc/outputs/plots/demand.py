"""Pictures of demand: the week, the iceberg of duties, the quality of the data, the backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from staffcalc._words import Sentence, format_number, format_value, label
from staffcalc.outputs import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from staffcalc.demand.backtest import Backtest
    from staffcalc.demand.diary import TimeDiary
    from staffcalc.demand.governance import GovernanceRole
    from staffcalc.demand.history import History
    from staffcalc.demand.priorities import Triage
    from staffcalc.demand.tool_stack import ToolCurve
    from staffcalc.demand.volume import Volume
    from staffcalc.demand.workload import Workload

_LINES = 5


def draw_volume(answer: Volume, ax: Axes, language: str) -> None:
    """Draw messages an hour over the week, with the range of four hours in five, and the busiest channels."""
    total = answer.profile.sum(axis=1)
    hours = np.arange(169)
    band = answer.interval(0.8)
    band = band[band["period"] == "hour"]
    low, high = (np.append(band[side].to_numpy(), band[side].iloc[-1]) for side in ("low", "high"))
    ax.fill_between(
        hours,
        low,
        high,
        step="post",
        color=theme.QUIET,
        alpha=0.25,
        linewidth=0,
        label=label("legend_four_in_five", language),
    )
    ax.step(
        hours,
        np.append(total, total[-1]),
        where="post",
        **{**theme.line_style(0), "marker": ""},
        label=label("legend_all_channels", language),
    )
    if len(answer.channels) > 1:
        order = np.argsort(answer.profile.sum(axis=0))[::-1][: _LINES - 1]
        for place, column in enumerate(order, start=1):
            values = answer.profile[:, column]
            style = {**theme.line_style(place), "linewidth": 1.0, "marker": ""}
            ax.step(hours, np.append(values, values[-1]), where="post", **style, label=answer.channels[column])
    ax.set_xlim(0, 168)
    ax.set_ylim(0, 1.3 * max(float(high.max()), 1.0))
    ax.set_xticks(np.arange(0, 169, 24), [])
    ax.set_xticks(np.arange(12, 168, 24), theme.short_days(language), minor=True)
    ax.tick_params(axis="x", which="minor", length=0)
    ax.set_xlabel(f"{label('axis_hour_of_week', language)} ({answer.timezone})")
    ax.set_ylabel(label(f"axis_{answer.per}s_per_hour", language))
    ax.legend(fontsize="small", ncols=2, loc="upper left")


def draw_workload(answer: Workload, ax: Axes, language: str) -> None:
    """Draw the iceberg: publishing above the waterline, every other duty below, each with its range."""
    frame = answer.to_frame()
    seen = frame[frame["duty"] == "publishing"]
    below = frame[frame["duty"] != "publishing"].sort_values("hours_per_week", ascending=False)
    rows = pd.concat([seen, below])
    names, hours = list(rows["duty"]), rows["hours_per_week"].to_numpy(dtype=float)
    lows, highs = rows["low"].to_numpy(dtype=float), rows["high"].to_numpy(dtype=float)
    places = np.array([0.0, *(np.arange(1, len(rows)) + 0.6)])
    for place, name, typical, low, high in zip(places, names, hours, lows, highs, strict=True):
        ax.barh(place, typical, height=0.7, **theme.bar_style(1 if name == "publishing" else 0))
        ax.plot([low, high], [place, place], color=theme.INK, linewidth=1.2, marker="|", markersize=6)
        text = format_number(typical, 1, language)
        ax.annotate(
            text,
            (max(high, typical), place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )
    ax.axhline(0.8, color=theme.QUIET, linewidth=1.5, linestyle="--")
    ax.annotate(
        label("legend_waterline", language),
        (1.0, 0.8),
        xycoords=("axes fraction", "data"),
        xytext=(-4, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize="small",
        color=theme.QUIET,
    )
    ax.set_yticks(places, [label(f"term_{name}", language) for name in names])
    ax.set_ylim(places[-1] + 0.6, -0.6)
    ax.set_xlim(0, 1.12 * max(1.0, float(frame["high"].max())))
    ax.set_xlabel(label("axis_hours_per_week_range", language))
    theme.dress(ax, grid="x")


def size_workload(answer: Workload) -> tuple[float, float]:
    """Return the size of the iceberg. [inch]"""
    return theme.WIDTH, 1.4 + 0.34 * len(answer.to_frame())


def draw_history(answer: History, ax: Axes, language: str) -> None:
    """Draw messages a day, with collection gaps hatched."""
    local = answer.counts.index.tz_convert(answer.timezone).tz_localize(None)  # type: ignore[attr-defined]
    daily = answer.counts.sum(axis=1, min_count=1).groupby(local.normalize()).agg(lambda day: day.sum(min_count=1))
    ax.step(
        daily.index,
        daily.to_numpy(dtype=float),
        where="post",
        **{**theme.line_style(0), "marker": "", "linewidth": 1.0},
    )
    first = True
    for gap in answer.gaps.to_dict("records"):
        start, end = (gap[side].tz_convert(answer.timezone).tz_localize(None) for side in ("start", "end"))
        name = label("legend_gap", language) if first else None
        ax.axvspan(
            start, end, facecolor="none", edgecolor=theme.INK, hatch="////", linewidth=0.5, alpha=0.6, label=name
        )
        first = False
    ax.set_ylim(bottom=0)
    ax.set_ylabel(label(f"axis_{answer.per}s_per_day", language))
    ticks = pd.date_range(daily.index.min(), daily.index.max(), periods=min(6, len(daily)))
    ax.set_xticks(ticks, [format_value(tick.date(), language) for tick in ticks])
    ax.set_xlabel(f"{label('axis_day', language)} ({answer.timezone})")
    if not first:
        ax.legend(fontsize="small", loc="lower left")


def draw_triage(answer: Triage, ax: Axes, language: str) -> None:
    """Draw the hours done and undone of each duty, in the order in which duties are kept."""
    frame = answer.to_frame()
    places = np.arange(len(frame))
    done, undone = frame["done"].to_numpy(dtype=float), frame["undone"].to_numpy(dtype=float)
    ax.barh(places, done, **theme.bar_style(0), label=label("legend_done", language))
    lost = {**theme.bar_style(1), "color": theme.DANGER}
    ax.barh(places, undone, left=done, **lost, label=label("legend_undone", language))
    for place, hours, most in zip(places, undone, done + undone, strict=True):
        if hours > 0.05:
            text = format_number(hours, 1, language)
            ax.annotate(text, (most, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize="small")
    ax.set_yticks(places, [label(f"term_{duty}", language) for duty in frame["duty"]])
    ax.invert_yaxis()
    ax.set_xlim(0, 1.12 * max(1.0, float((done + undone).max())))
    ax.set_xlabel(label("col_hours_per_week", language))
    ax.legend(fontsize="small", loc="lower right")
    theme.dress(ax, grid="x")


def draw_time_diary(answer: TimeDiary, ax: Axes, language: str) -> None:
    """Draw the measured hours of each duty with their intervals."""
    frame = answer.to_frame()
    places = np.arange(len(frame))
    ax.barh(places, frame["hours_per_week"], height=0.7, **theme.bar_style(0))
    for place, low, high, typical in zip(places, frame["low"], frame["high"], frame["hours_per_week"], strict=True):
        ax.plot([low, high], [place, place], color=theme.INK, linewidth=1.2, marker="|", markersize=6)
        text = format_number(float(typical), 1, language)
        ax.annotate(text, (high, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize="small")
    ax.set_yticks(places, [label(f"term_{duty}", language) for duty in frame["duty"]])
    ax.invert_yaxis()
    ax.set_xlim(0, 1.15 * max(1.0, float(frame["high"].max())))
    ax.set_xlabel(Sentence("axis_hours_with_interval", level=answer.level).say(language))
    theme.dress(ax, grid="x")


def draw_governance_role(answer: GovernanceRole, ax: Axes, language: str) -> None:
    """Draw the accounts at which governance fills a role, in both readings, beside the accounts of this desk."""
    frame = answer.to_frame()
    readings = list(dict.fromkeys(frame["reading"]))
    for place, reading in enumerate(readings):
        values = frame.loc[frame["reading"] == reading, "accounts"].to_numpy(dtype=float)
        ax.plot([values.min(), values.max()], [place, place], color=theme.MAIN, linewidth=8, solid_capstyle="butt")
        for value, side in ((values.min(), "right"), (values.max(), "left")):
            shift = (-6, 0) if side == "right" else (6, 0)
            text = format_number(float(value), 0, language)
            ax.annotate(text, (value, place), xytext=shift, textcoords="offset points", ha=side, va="center")
    ax.axvline(
        answer.accounts, color=theme.INK, linestyle="--", linewidth=1.2, label=label("legend_this_desk", language)
    )
    ax.set_yticks(range(len(readings)), [theme.wrapped(label(f"term_{reading}", language), 28) for reading in readings])
    ax.set_ylim(len(readings) - 0.4, -0.6)
    ax.set_xlim(0, 1.2 * max(float(frame["accounts"].max()), answer.accounts))
    ax.set_xlabel(label("axis_accounts_for_role", language))
    ax.legend(fontsize="small", loc="lower left")
    theme.dress(ax, grid="x")


def size_governance_role(answer: GovernanceRole) -> tuple[float, float]:  # noqa: ARG001
    """Return the size of the two readings. [inch]"""
    return theme.WIDTH, 2.4


def draw_tool_curve(answer: ToolCurve, ax: Axes, language: str) -> None:
    """Draw administration hours over the number of tools, with the range of the assumption and the tools of today."""
    frame = answer.to_frame()
    count, hours, low, high = (frame[name].to_numpy(dtype=float) for name in ("tools", "hours_per_week", "low", "high"))
    band = label("legend_links_assumed", language)
    ax.fill_between(count, low, high, color=theme.QUIET, alpha=0.25, linewidth=0, label=band)
    ax.plot(count, hours, **theme.line_style(0))
    ax.axvline(answer.tools, color=theme.INK, linestyle="--", linewidth=1.2, label=label("legend_this_desk", language))
    ax.set_ylim(bottom=0)
    ax.set_xlabel(label("col_tools", language))
    ax.set_ylabel(label("col_hours_per_week", language))
    ax.locator_params(axis="x", integer=True)
    ax.legend(fontsize="small", loc="upper left")


def draw_backtest(answer: Backtest, ax: Axes, language: str) -> None:
    """Draw the coverage of hours and days of each model beside the level asked for."""
    frame = answer.to_frame()
    models, periods = list(dict.fromkeys(frame["model"])), list(dict.fromkeys(frame["period"]))
    width = 0.8 / len(periods)
    for number, period in enumerate(periods):
        rows = frame[frame["period"] == period].set_index("model").reindex(models)
        places = np.arange(len(models)) + (number - (len(periods) - 1) / 2) * width
        ax.bar(
            places, rows["coverage"], width=width, **theme.bar_style(number), label=label(f"term_{period}", language)
        )
    ax.axhline(
        answer.level, color=theme.INK, linestyle="--", linewidth=1.0, label=label("legend_level_asked", language)
    )
    ax.set_xticks(np.arange(len(models)), [label(f"term_{model}", language) for model in models])
    ax.set_ylim(0, 1.0)
    ax.set_ylabel(label("axis_share_inside", language))
    theme.number_ticks(ax.yaxis, language, "p0")
    ax.legend(fontsize="small", ncols=3, loc="lower center", bbox_to_anchor=(0.5, -0.28))
