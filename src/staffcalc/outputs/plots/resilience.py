"""Pictures of what a team cannot lose."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from staffcalc._words import Sentence, format_number, label
from staffcalc.outputs import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from staffcalc.resilience.absence_test import AbsenceTest
    from staffcalc.resilience.access_review import AccessReview, KeyBalance
    from staffcalc.resilience.cells import DeskCell
    from staffcalc.resilience.loss_ranking import LossRanking
    from staffcalc.resilience.single_points import SinglePoints
    from staffcalc.resilience.training_plan import TrainingPlan

MOST_ROWS = 45
MOST_PEOPLE = 24
MOST_SPARE, MOST_EXCESS, PANELS_A_ROW = 5, 3, 2
ON_PAPER = {"facecolor": theme.PAPER, "edgecolor": "none", "pad": 0.8}
"""A plain ground for numbers that stand on a hatched bar."""

BALANCE_MARKERS = ("s", "D", "o")
"""At risk, exposed, in order: told apart by shape too."""

KINDS = ("answering", "owner", "editor", "recovery_email", "second_factor", "duty", "hours")


def size_single_points(answer: SinglePoints) -> tuple[float, float]:
    """Return the size of the matrix: one line a cell, or one a person where there are too many cells. [inch]"""
    if len(answer.cells) <= MOST_ROWS:
        return theme.WIDTH, 1.9 + 0.19 * max(4, len(answer.cells))
    return theme.WIDTH, 2.1 + 0.24 * min(MOST_PEOPLE, max(3, len(answer.losses)))


def draw_single_points(answer: SinglePoints, ax: Axes, language: str) -> None:
    """Draw cells by holder with the spare of each; for many cells, people by what hangs on them alone."""
    if not answer.cells:
        ax.set_axis_off()
    elif len(answer.cells) <= MOST_ROWS:
        _draw_cells(answer, ax, language)
    else:
        _draw_people(answer, ax, language)


def size_access_review(answer: AccessReview) -> tuple[float, float]:
    """Return the size of the panels: one for each access layer that the desk describes. [inch]"""
    return theme.WIDTH, 3.2 if len({key.layer for key in answer.keys}) <= PANELS_A_ROW else 5.2


def draw_access_review(answer: AccessReview, ax: Axes, language: str) -> None:
    """
    Draw spare against excess holders: how many keys stand where, a panel for each access layer.

    Left of the band a key hangs on one person or on nobody; above it too many people hold it.
    """
    ax.set_axis_off()
    layers = [kind for kind in KINDS if any(key.layer == kind for key in answer.keys)]
    rows, columns = -(-len(layers) // PANELS_A_ROW), min(len(layers), PANELS_A_ROW)
    for place, layer in enumerate(layers):
        row, column = divmod(place, PANELS_A_ROW)
        left, bottom = column / columns + 0.04, 1 - (row + 0.9) / rows
        panel = ax.inset_axes((left, bottom, 0.92 / columns, 0.72 / rows))
        _draw_balance(panel, [key for key in answer.keys if key.layer == layer], language)
        panel.set_title(label(f"term_{layer}", language), fontsize=theme.BODY, loc="left", pad=4)
    ax.text(0.52, -0.03, label("axis_spare_holders", language), ha="center", va="top", transform=ax.transAxes)
    side = label("axis_excess_holders", language)
    ax.text(-0.02, 0.5, side, ha="right", va="center", ma="center", rotation=90, transform=ax.transAxes)
    named = ("legend_keys_at_risk", "legend_keys_exposed", "legend_keys_in_order")
    colours = (theme.DANGER, theme.COMPARED, theme.FINE)
    handles = [
        ax.scatter([], [], color=colour, marker=marker, label=label(name, language), s=45)
        for name, colour, marker in zip(named, colours, BALANCE_MARKERS, strict=True)
    ]
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.09), ncols=1, frameon=False)


def filled_access_review(answer: AccessReview) -> bool:
    """Return whether any key is described."""
    return bool(answer.keys)


def draw_loss_ranking(answer: LossRanking, ax: Axes, language: str) -> None:
    """Draw what each person leaves undone, and beside it the loss curve where it has more than one step."""
    if len(answer.curve) <= 2:
        _draw_losses(answer, ax, language)
        return
    ax.set_axis_off()
    left, right = ax.inset_axes((0.0, 0.0, 0.56, 1.0)), ax.inset_axes((0.7, 0.0, 0.3, 1.0))
    _draw_losses(answer, left, language)
    _draw_curve(answer, right, language)


def _draw_losses(answer: LossRanking, ax: Axes, language: str) -> None:
    rows = answer.table[answer.table["loss"] == "one_person"].head(MOST_PEOPLE)
    undone, harm = rows["added_hours"].astype(float), rows["harm_share"].astype(float) * answer.work_hours
    ax.barh(range(len(rows)), undone, label=label("legend_left_undone", language), **theme.bar_style(3))
    ax.plot(harm, range(len(rows)), "o", color=theme.MAIN, label=label("legend_harm_hours", language))
    for place, (bar, dot) in enumerate(zip(undone, harm, strict=True)):
        ax.text(0, place, f" {format_number(bar, 1, language)} ", va="center", fontsize=theme.SMALL, bbox=ON_PAPER)
        ax.annotate(
            format_number(dot, 1, language), (dot, place), xytext=(6, 0), textcoords="offset points", va="center",
            fontsize=theme.SMALL, color=theme.MAIN, bbox=ON_PAPER if dot < bar else None,
        )  # fmt: skip
    ax.set_yticks(range(len(rows)), list(rows["who"]))
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set_xlabel(label("axis_hours_a_week", language))
    theme.dress(ax, grid="x")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), borderaxespad=4.5)


def size_loss_ranking(answer: LossRanking) -> tuple[float, float]:
    """Return the size of the picture: one line a person, or a curve. [inch]"""
    people = int((answer.table["loss"] == "one_person").sum())
    least = 3 if len(answer.curve) <= 2 else 8
    return theme.WIDTH, 1.8 + 0.22 * min(MOST_PEOPLE, max(least, people))


def size_training_plan(answer: TrainingPlan) -> tuple[float, float]:
    """Return the size of the bars: one line a person who learns. [inch]"""
    return theme.WIDTH, 1.5 + 0.28 * min(MOST_PEOPLE, max(3, len({lesson.learner for lesson in answer.lessons})))


def draw_training_plan(answer: TrainingPlan, ax: Axes, language: str) -> None:
    """Draw the hours of lessons of each person, and how many accesses each is given."""
    hours: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    for lesson in answer.lessons:
        if lesson.cell.kind in ("answering", "duty"):
            hours[lesson.learner] += lesson.hours  # type: ignore[assignment]
        else:
            keys[lesson.learner] += 1
    people = sorted(hours.keys() | keys.keys(), key=lambda one: (-hours[one], -keys[one], one))[:MOST_PEOPLE]
    if not people:
        ax.set_axis_off()
        ax.text(0.5, 0.5, label("nothing_to_draw", language), ha="center", va="center", color=theme.QUIET)
        return
    bars = ax.barh(range(len(people)), [hours[one] for one in people], **theme.bar_style(0))
    notes = [
        f"{format_number(hours[one], 0, language)}  (+{Sentence('legend_keys', count=keys[one]).say(language)})"
        for one in people
    ]
    ax.bar_label(bars, notes, padding=3, fontsize=theme.SMALL)
    ax.set_yticks(range(len(people)), people)
    ax.invert_yaxis()
    ax.margins(x=0.2, y=0.01)
    ax.set_xlabel(label("axis_lesson_hours", language))
    theme.dress(ax, grid="x")


def draw_absence_test(answer: AbsenceTest, ax: Axes, language: str) -> None:
    """Draw the work that waits, by duty, day by day."""
    table = answer.table
    waits = [duty for duty in table["duty"].unique() if table.loc[table["duty"] == duty, "hours_waiting"].max() > 0]
    days = sorted(table["day"].unique())
    bottom = [0.0] * len(days)
    for place, duty in enumerate(waits):
        hours = table.loc[table["duty"] == duty, "hours_waiting"].tolist()
        ax.bar(days, hours, bottom=bottom, label=label(f"term_{duty}", language), **theme.bar_style(place))
        bottom = [below + more for below, more in zip(bottom, hours, strict=True)]
    if answer.days_until_late <= answer.days:
        ax.axvline(
            answer.days_until_late + 0.5, color=theme.DANGER, linestyle="--", label=label("legend_late", language)
        )
    ax.set_xlabel(label("axis_days_away", language))
    ax.set_ylabel(label("col_hours_waiting", language))
    theme.dress(ax, grid="y")
    if waits:
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _draw_balance(ax: Axes, keys: Sequence[KeyBalance], language: str) -> None:
    """Draw one mark for each pair of spare and excess, with the number of keys in it, and the band to aim at."""
    theme.dress(ax)
    counts = Counter((max(-1, min(key.spare, MOST_SPARE)), min(key.excess, MOST_EXCESS)) for key in keys)
    ax.fill_between([0.5, MOST_SPARE + 0.6], -0.5, 0.5, color=theme.PALE, zorder=0)
    ax.axvline(0.5, color=theme.QUIET, linestyle="--", linewidth=0.8, zorder=1)
    top = max(counts.values(), default=1)
    for (spare, excess), count in counts.items():
        verdict = 0 if spare <= 0 else 1 if excess else 2
        colour = (theme.DANGER, theme.COMPARED, theme.FINE)[verdict]
        ax.scatter(
            spare, excess, s=110 + 260 * (count / top) ** 0.5, color=colour, marker=BALANCE_MARKERS[verdict], zorder=2
        )
        ink = theme.INK if verdict == 1 else theme.PAPER
        text = format_number(count, 0, language)
        ax.text(spare, excess, text, ha="center", va="center", fontsize=7, color=ink, fontweight="bold", zorder=3)
    ax.set_xlim(-1.6, MOST_SPARE + 0.6)
    ax.set_ylim(-0.7, MOST_EXCESS + 0.7)
    ax.set_xticks(range(-1, MOST_SPARE + 1), ["<0", *map(str, range(MOST_SPARE)), f"{MOST_SPARE}+"], fontsize=7.5)
    ax.set_yticks(range(MOST_EXCESS + 1), [*map(str, range(MOST_EXCESS)), f"{MOST_EXCESS}+"], fontsize=7.5)


def _draw_curve(answer: LossRanking, ax: Axes, language: str) -> None:
    curve = answer.curve
    ax.plot(curve["people"], curve["worst"], label=label("legend_worst", language), **theme.line_style(3))
    ax.plot(curve["people"], curve["average"], label=label("legend_average_loss", language), **theme.line_style(0))
    if (curve["bound"] > curve["worst"] + 1e-9).any():
        ax.fill_between(
            curve["people"], curve["worst"], curve["bound"], color=theme.PALE, label=label("legend_at_most", language)
        )
    ax.set_xticks(curve["people"])
    ax.set_ylim(bottom=0)
    ax.set_xlabel(label("axis_people_away", language))
    ax.set_ylabel(label("col_unserved_hours", language))
    theme.dress(ax, grid="y")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), borderaxespad=4.5)


def _draw_cells(answer: SinglePoints, ax: Axes, language: str) -> None:
    cells = sorted(answer.cells, key=lambda cell: (KINDS.index(cell.kind), cell.spare))
    held = Counter(holder for cell in cells for holder in cell.holders)
    people = sorted(held, key=lambda one: (-held[one], one))
    shown, hidden = people[:MOST_PEOPLE], people[MOST_PEOPLE:]
    columns = [*shown, *([f"+{len(hidden)}"] if hidden else [])]
    for row, cell in enumerate(cells):
        _shade(ax, row, cell, len(columns))
        for column, person in enumerate(shown):
            if person in cell.holders:
                colour = theme.DANGER if cell.spare <= 0 else theme.MAIN
                ax.plot(column, row, "s" if cell.spare <= 0 else "o", color=colour, markersize=6)
        if hidden and cell.holders & set(hidden):
            ax.text(len(shown), row, str(len(cell.holders & set(hidden))), ha="center", va="center", fontsize=7.5)
        ax.text(
            len(columns) + 0.1, row, format_number(cell.spare, 0, language), ha="center", va="center",
            fontsize=theme.SMALL, fontweight="bold" if cell.spare <= 0 else "normal",
        )  # fmt: skip
    ax.set_yticks(range(len(cells)), [_row_name(cell, language) for cell in cells], fontsize=7.5)
    names = [*columns, label("legend_spare", language)]
    places = [*range(len(columns)), len(columns) + 0.1]
    steep = len(columns) > 8 or max(map(len, columns), default=0) > 6
    ax.set_xticks(places, names, rotation=60 if steep else 0, ha="left" if steep else "center", fontsize=theme.SMALL)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_xlim(-0.6, len(columns) + 0.7)
    ax.set_ylim(len(cells) - 0.4, -0.6)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    red = ax.plot([], [], "s", color=theme.DANGER, label=label("legend_no_spare", language))
    blue = ax.plot([], [], "o", color=theme.MAIN, label=label("legend_with_spare", language))
    ax.legend(handles=[*red, *blue], loc="upper left", bbox_to_anchor=(0, -0.01), ncols=2)


def _shade(ax: Axes, row: int, cell: DeskCell, columns: int) -> None:
    if cell.spare < 0:
        ax.axhspan(row - 0.5, row + 0.5, color=theme.PALE, zorder=0)
    ax.plot([-0.5, columns - 0.5], [row, row], color=theme.PALE, linewidth=0.8, zorder=0)


def _draw_people(answer: SinglePoints, ax: Axes, language: str) -> None:
    losses = answer.losses[:MOST_PEOPLE]
    kinds = [kind for kind in KINDS if any(cell.kind == kind for loss in losses for cell in loss.cells)]
    counts = [[sum(cell.kind == kind for cell in loss.cells) for kind in kinds] for loss in losses]
    top = max((value for row in counts for value in row), default=1)
    ax.imshow(counts, cmap=theme.heat_colours(), vmin=0, vmax=max(1, top), aspect="auto")
    for row, values in enumerate(counts):
        for column, value in enumerate(values):
            if value:
                colour = theme.PAPER if value > 0.55 * top else theme.INK
                ax.text(
                    column, row, format_number(value, 0, language), ha="center", va="center", color=colour, fontsize=8
                )
        ax.text(
            len(kinds) - 0.35, row, format_number(len(losses[row].channels), 0, language), ha="left", va="center",
            fontsize=theme.SMALL, fontweight="bold",
        )  # fmt: skip
    ax.text(
        len(kinds) - 0.35, -0.75, label("legend_channels_stop", language), ha="left", va="bottom", fontsize=theme.SMALL
    )
    ax.set_yticks(range(len(losses)), [loss.who for loss in losses])
    ax.set_xticks(range(len(kinds)), [theme.wrapped(label(f"term_{kind}", language), 12) for kind in kinds])
    ax.xaxis.tick_top()
    ax.set_xlim(-0.5, len(kinds) + 0.6)
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    rest = len(answer.losses) - len(losses)
    words = label("axis_only_this_person", language)
    ax.set_xlabel(words if rest <= 0 else f"{words} (+{format_number(rest, 0, language)})")


def _row_name(cell: DeskCell, language: str) -> str:
    kind = label(f"term_{cell.kind}", language)
    if cell.kind == "duty":
        return f"{kind}: {label(f'term_{cell.subject}', language)}"
    if cell.kind == "hours":
        return theme.wrapped(f"{kind}: {cell.words().values['hours'].say(language)}", 48)
    return f"{cell.name}: {kind}"


def filled_training_plan(answer: TrainingPlan) -> bool:
    """Return whether there is a lesson to draw."""
    return bool(answer.lessons)


def filled_loss_ranking(answer: LossRanking) -> bool:
    """Return whether there are losses to hold against each other."""
    return len(answer.to_frame()) > 1
