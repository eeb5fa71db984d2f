"""Pictures of cover: the year as a heat map, days with nobody, rosters, fairness, rest margins and sleepiness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from staffcalc._words import format_value, label
from staffcalc.outputs import theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from staffcalc.coverage.fatigue import Fatigue
    from staffcalc.coverage.hours import CoverageGaps
    from staffcalc.coverage.oncall import OnCallNeed
    from staffcalc.coverage.rest_rules import RestCheck
    from staffcalc.coverage.roster import Roster


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
    frame = answer.nobody[answer.nobody["days_dependent"] >= 0.05].head(MOST_SHARING)
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
            if value >= 0.005
            else ""
            for value in frame[column]
        ]
        ax.bar_label(bars, texts, fontsize=theme.SMALL, padding=2)
    ax.set_xticks(places, [str(people) for people in frame["people"]])
    ax.set_xlabel(label("axis_people_sharing", language))
    ax.set_ylabel(label("axis_days_with_nobody", language))
    ax.margins(y=0.12)
    ax.legend(loc="upper right")


MOST_PEOPLE = 60
MOST_SHARING = 8
NIGHT = (23, 6)
"""Clock hours of the shaded nights."""


def size_roster(answer: Roster) -> tuple[float, float]:
    """Return width and height of the Gantt chart. [inch]"""
    return theme.WIDTH * 1.5, 2.2 + 0.26 * min(MOST_PEOPLE, max(3, len(answer.fairness)))


def draw_roster(answer: Roster, ax: Axes, language: str) -> None:
    """Draw people down and time across: duties by shift, standby, leave, local nights shaded, fairness beside them."""
    from matplotlib.patches import Patch

    duties = answer.to_frame()
    people = answer.fairness["person"].tolist()[:MOST_PEOPLE]
    zone = answer.timezone
    start = _days(duties["start"], zone, answer)
    length = (duties["end"] - duties["start"]).dt.total_seconds().to_numpy() / 86400
    span = answer.horizon_days
    for row, person in enumerate(people):
        mine = duties["person"] == person
        home = str(duties.loc[mine, "timezone"].iloc[0]) if mine.any() else zone
        shift = _offset_hours(home, answer) - _offset_hours(zone, answer)
        nights = [((NIGHT[0] - 24 - shift) / 24 + day, (24 - NIGHT[0] + NIGHT[1]) / 24) for day in range(int(span) + 2)]
        ax.broken_barh(nights, (row - 0.5, 1.0), facecolor=theme.PALE, linewidth=0)
    tours = sorted(duties.loc[duties["kind"] == "work", "tour"].unique())
    patches = []
    for number, tour in enumerate(tours):
        which = ((duties["kind"] == "work") & (duties["tour"] == tour)).to_numpy()
        style = theme.bar_style(number)
        patches.append(_bars(ax, duties[which], start[which], length[which], people, tour, style, height=0.78))
    for kind, style, height in (
        ("on_call", {"facecolor": theme.PAPER, "edgecolor": theme.INK, "hatch": "////", "linewidth": 0.6}, 0.3),
        ("leave", {"facecolor": theme.GREY, "edgecolor": theme.GREY, "linewidth": 0.4}, 0.3),
    ):
        which = (duties["kind"] == kind).to_numpy()
        if which.any():
            patches.append(
                _bars(
                    ax,
                    duties[which],
                    start[which],
                    length[which],
                    people,
                    label(f"legend_{kind}", language),
                    style,
                    height=height,
                )
            )
    patches.append(Patch(facecolor=theme.PALE, label=label("legend_night", language)))
    ax.set_xlim(0, span)
    ax.set_ylim(len(people) - 0.5, -0.5)
    ax.set_yticks(range(len(people)), people)
    step = 1 if span <= 10 else 2 if span <= 16 else 7
    ticks = np.arange(0, span, step)
    ax.set_xticks(ticks, [_day(answer, int(tick), language) for tick in ticks], ha="left")
    ax.set_xlabel(label("axis_roster_day", language))
    ax.legend(handles=patches, loc="upper left", bbox_to_anchor=(0, -0.9 / max(3.0, 0.26 * len(people) + 1)), ncols=7)
    _fairness(answer, ax, people, language)


def _fairness(answer: Roster, ax: Axes, people: list[str], language: str) -> None:
    """Draw nights, weekend and holiday duties of each person as stacked bars to the right of the chart."""
    from matplotlib.ticker import MaxNLocator

    side = ax.inset_axes((1.02, 0.0, 0.24, 1.0))
    theme.dress(side)
    table = answer.fairness.set_index("person").loc[people]
    before = np.zeros(len(people))
    for number, name in enumerate(("nights", "weekends", "holidays")):
        values = table[name].to_numpy(dtype=float)
        side.barh(
            range(len(people)),
            values,
            left=before,
            height=0.7,
            label=label(f"col_{name}", language),
            **theme.bar_style(number),
        )
        before += values
    side.set_ylim(ax.get_ylim())
    side.set_yticks([])
    side.set_xlim(0, max(1.0, 1.05 * float(before.max(initial=0.0))))
    side.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    side.set_xlabel(label("axis_duties", language))
    side.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=1, handlelength=1.2)


def _bars(
    ax: Axes,
    rows: pd.DataFrame,
    start: Any,
    length: Any,
    people: list[str],
    word: str,
    style: dict[str, Any],
    *,
    height: float,
) -> Any:
    from matplotlib.patches import Patch

    place = {person: number for number, person in enumerate(people)}
    for person, first, size in zip(rows["person"], start, length, strict=True):
        if person in place:
            ax.broken_barh([(first, size)], (place[person] - height / 2, height), **style)
    return Patch(label=word, **style)


def _days(moments: pd.Series[Any], zone: str, answer: Roster) -> Any:
    """Return local days since the first day of the roster."""
    import pandas as pd

    local = moments.dt.tz_convert(zone).dt.tz_localize(None)
    return ((local - pd.Timestamp(answer.first)).dt.total_seconds() / 86400).to_numpy()


def _offset_hours(zone: str, answer: Roster) -> float:
    import pandas as pd

    moment = pd.Timestamp(answer.first).tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    offset = moment.utcoffset()
    return offset.total_seconds() / 3600 if offset is not None else 0.0


def _day(answer: Roster, number: int, language: str) -> str:
    import datetime as dt

    from babel.dates import format_date

    return str(format_date(answer.first + dt.timedelta(days=number), "d MMM", locale=language))


def size_rest_check(answer: RestCheck) -> tuple[float, float]:
    """Return width and height of the margins. [inch]"""
    return theme.WIDTH, 1.6 + 0.4 * max(2, answer.closest["rule"].nunique())


def draw_rest_check(answer: RestCheck, ax: Axes, language: str) -> None:
    """Draw for each rule how far the closest measurement is from its limit, as a share of the limit."""
    closest = answer.closest.assign(share=answer.closest["margin"] / answer.closest["limit"].replace(0, np.nan))
    worst = closest.sort_values("share").groupby("rule", sort=False).head(1).iloc[::-1]
    colours = [theme.DANGER if margin < 0 else theme.FINE for margin in worst["margin"]]
    hatches = ["xxx" if margin < 0 else "" for margin in worst["margin"]]
    bars = ax.barh(range(len(worst)), worst["share"], color=colours, hatch=hatches, edgecolor=theme.PAPER, height=0.6)
    texts = [
        f"{format_value(measured, language, 'n1')} / {format_value(limit, language, 'n1')}"
        for measured, limit in zip(worst["measured"], worst["limit"], strict=True)
    ]
    ax.bar_label(bars, texts, fontsize=theme.SMALL, padding=3)
    ax.set_yticks(range(len(worst)), [theme.wrapped(label(f"term_{rule}", language), 26) for rule in worst["rule"]])
    ax.axvline(0, color=theme.INK, linewidth=0.8)
    ax.margins(x=0.3)
    ax.set_xlabel(label("axis_margin", language))
    theme.number_ticks(ax.xaxis, language, "p0")


def draw_fatigue(answer: Fatigue, ax: Axes, language: str) -> None:
    """Draw sleepiness on duty by hour of the local day: median, the middle eight tenths, and the alarm."""
    hours = answer.to_frame()
    duty = hours[hours["on_duty"]]
    by_hour = duty.groupby(np.floor(duty["local_hour"].astype(float)))["kss"]
    clock = [*range(12, 24), *range(12)]
    low, middle, high = (by_hour.quantile(level).reindex(clock) for level in (0.1, 0.5, 0.9))
    places = np.arange(24)
    ax.fill_between(
        places,
        low,
        high,
        color=theme.SKY,
        alpha=0.35,
        linewidth=0,
        label=label("legend_kss_band", language),
    )
    ax.plot(places, middle, label=label("legend_kss_median", language), **theme.line_style(0))
    ax.axhline(
        answer.alarm, color=theme.DANGER, linestyle="--", linewidth=1.2, label=label("legend_kss_alarm", language)
    )
    ax.set_xlim(-0.5, 23.5)
    ax.set_ylim(1, 9)
    ax.set_xticks(places[::3], [f"{(12 + place) % 24:02d}" for place in places[::3]])
    ax.set_xlabel(label("axis_local_hour", language))
    ax.set_ylabel(label("axis_kss", language))
    ax.legend(loc="upper left", ncols=3)


def _month_days(year: int, month: int) -> int:
    import calendar

    return calendar.monthrange(year, month)[1]


def _month(month: int, language: str) -> str:
    from babel.dates import get_month_names

    names: Any = get_month_names("abbreviated", locale=language)
    return str(names[month])
