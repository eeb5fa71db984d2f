"""Pictures of staffing: demand against capacity by hour of the week, the backlog fan and the time to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from staffcalc._words import Sentence, label
from staffcalc.outputs import theme
from staffcalc.staffing.levels import duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from staffcalc.staffing.capacity import Capacity
    from staffcalc.staffing.frontier import Frontier
    from staffcalc.staffing.growth import ChannelGrowth
    from staffcalc.staffing.need import StaffingNeed
    from staffcalc.staffing.service import Service

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def draw_staffing_need(answer: StaffingNeed, ax: Axes, language: str) -> None:
    """Draw work arriving and work that can be done in each hour of the week."""
    hours = np.arange(169)
    work = np.append(answer.work_by_hour, answer.work_by_hour[-1])
    capacity = np.append(answer.capacity_by_hour, answer.capacity_by_hour[-1])
    ax.fill_between(
        hours, capacity, step="post", color=theme.SKY, alpha=0.35, linewidth=0, label=label("legend_capacity", language)
    )
    ax.step(hours, capacity, where="post", color=theme.MAIN, linewidth=1.2)
    ax.step(
        hours, work, where="post", color=theme.COMPARED, linestyle="--", linewidth=1.6,
        label=label("legend_work", language),
    )  # fmt: skip
    ax.set_xlim(0, 168)
    ax.set_ylim(0, 1.18 * max(float(work.max()), float(capacity.max()), 1e-9))
    ax.set_xticks(np.arange(0, 169, 24), [])
    ax.set_xticks(np.arange(12, 168, 24), [label(f"term_{day}", language) for day in DAYS], minor=True)
    ax.tick_params(axis="x", which="minor", length=0)
    ax.grid(True, axis="x", color=theme.PALE)
    ax.set_ylabel(label("axis_work_per_hour", language))
    ax.set_xlabel(label("axis_hour_of_week", language))
    ax.legend(loc="upper right", ncols=2)


def size_staffing_need(answer: StaffingNeed) -> tuple[float, float]:  # noqa: ARG001 - the same for every answer
    """Return width and height. [inch]"""
    return theme.WIDTH, 4.2


def draw_service(answer: Service, ax: Axes, language: str) -> None:
    """Draw the backlog fan where a backlog was given, else the share answered by the time that has passed."""
    if answer.start_backlog_hours > 0 or answer.reply_hours.empty:
        _fan(answer, ax, language)
    else:
        _reply_times(answer, ax, language)


def _fan(answer: Service | Capacity, ax: Axes, language: str) -> None:
    frame = answer.backlog
    ax.fill_between(
        frame["week"], frame["low"], frame["high"], color=theme.SKY, alpha=0.4, linewidth=0,
        label=label("legend_range_80", language),
    )  # fmt: skip
    ax.plot(frame["week"], frame["median"], color=theme.MAIN, label=label("legend_median", language))
    ax.set_xlabel(label("axis_week", language))
    ax.set_ylabel(label("axis_backlog_hours", language))
    ax.set_ylim(bottom=0)
    ax.legend(loc="best")


def _reply_times(answer: Service, ax: Axes, language: str) -> None:
    for number, target in enumerate(dict.fromkeys(answer.reply_hours["target"])):
        part = answer.reply_hours[answer.reply_hours["target"] == target]
        style = theme.line_style(number) | {"marker": ""}
        ax.plot(part["hours"], part["share"], **style, label=str(target))
        goal = next(row for row in answer.targets if row.target == target)
        words = Sentence("legend_target", target=goal.target, share=goal.share, time=duration(goal.within_hours))
        ax.plot(
            [goal.within_hours], [goal.share], color=style["color"], marker=theme.MARKERS[number % 8], linestyle="",
            label=words.say(language),
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_ylim(0, 1.02)
    theme.number_ticks(ax.yaxis, language, "p0")
    ticks = [hours for hours in (0.25, 1, 4, 8, 24, 72, 168) if hours <= float(answer.reply_hours["hours"].max())]
    ax.set_xticks(ticks)
    ax.minorticks_off()
    theme.number_ticks(ax.xaxis, language, "g")
    ax.set_xlabel(label("axis_reply_hours", language))
    ax.set_ylabel(label("axis_share_answered", language))
    ax.legend(loc="lower right")


def draw_capacity(answer: Capacity, ax: Axes, language: str) -> None:
    """Draw the backlog of the next year."""
    _fan(answer, ax, language)


def draw_frontier(answer: Frontier, ax: Axes, language: str) -> None:
    """Draw the share on time against FTE, with its band, the target and the ceiling."""
    ax.fill_between(
        answer.fte, answer.ci_low, answer.ci_high, color=theme.SKY, alpha=0.4, linewidth=0,
        label=label("legend_range_95", language),
    )  # fmt: skip
    ax.plot(answer.fte, answer.service_level, color=theme.MAIN, marker="o")
    ax.axhline(answer.share, color=theme.COMPARED, linestyle="--", label=label("legend_goal", language))
    if answer.ceiling < 0.9995:
        ax.axhline(answer.ceiling, color=theme.DANGER, linestyle=":", label=label("legend_ceiling", language))
    ax.set_ylim(0, 1.02)
    theme.number_ticks(ax.yaxis, language, "p0")
    ax.set_xlabel(label("axis_fte", language))
    ax.set_ylabel(label("axis_share_on_time", language))
    ax.legend(loc="lower right")


def draw_channel_growth(answer: ChannelGrowth, ax: Axes, language: str) -> None:
    """Draw FTE against the number of channels, in one plan and in separate plans."""
    frame = answer.table
    ax.plot(frame["channels"], frame["fte"], color=theme.MAIN, label=label("legend_one_plan", language))
    ax.plot(
        frame["channels"], frame["fte_separate"], color=theme.COMPARED, linestyle="--",
        label=label("legend_separate_plans", language),
    )  # fmt: skip
    ax.set_ylim(bottom=0)
    ax.set_xlabel(label("axis_channels", language))
    ax.set_ylabel(label("axis_fte", language))
    ax.legend(loc="upper left")
