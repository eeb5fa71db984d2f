"""
One picture for each kind of answer.

How to add one
--------------
A room draws its answers in ``outputs/plots/<room>.py``. For an answer with ``kind = "staffing_need"``, defined anywhere
in ``staffcalc/staffing/``, write in ``outputs/plots/staffing.py``::

    def draw_staffing_need(answer: StaffingNeed, ax: Axes, language: str) -> None:
        ax.barh(...)
        ax.set_xlabel(label("axis_fte", language))

    def size_staffing_need(answer: StaffingNeed) -> tuple[float, float]:   # optional, inches: width, height
        return 7.2, 1.2 + 0.3 * len(answer.to_frame())

    def filled_staffing_need(answer: StaffingNeed) -> bool:   # optional: whether the picture would show anything
        return len(answer.to_frame()) > 0

It draws on the given axes and returns nothing; it computes nothing, saves nothing and sets no title:
:func:`draw` puts the headline there, wrapped. Colours, markers, hatches and sizes come from
:mod:`staffcalc.outputs.theme` (``line_style(i)``, ``bar_style(i)``, ``heat_colours()``, ``dress(ax, grid="x")``), words
from the catalogues (``label("axis_...", language)``, ``format_number``, ``format_money``); axes carry their unit.
Ticks get the decimal sign of the language by themselves (``theme.number_ticks(ax.xaxis, language, "p0")`` for shares).
Nothing has to be registered: the function is found by the room and the kind of the answer when it is first drawn.
In tests draw on ``theme.new_figure().subplots()``, which leaves no open figure behind.

An answer without a function of its own is drawn as horizontal bars of its table.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import TYPE_CHECKING, Any

from staffcalc._words import format_value, has_word, label
from staffcalc.outputs import theme
from staffcalc.outputs.tables import column_format, header

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from staffcalc._result import Result

ROOMS = ("demand", "staffing", "coverage", "resilience", "burnout", "decisions")
"""Rooms whose answers can have a picture."""

MOST_BARS = 15


def draw(answer: Result, ax: Axes | None = None, *, language: str = "en") -> Axes:
    """
    Draw an answer.

    Parameters
    ----------
    answer : Result
        Any answer.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.
    language : str
        Language of the words in the picture: ``en`` or ``tr``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on; the title is the headline of the answer.

    Examples
    --------
    Any answer draws itself through this function: ``answer.plot()`` is ``draw(answer)``.
    """
    figure = None
    if ax is None:
        from matplotlib import pyplot as plt

        # Outside the settings of the house: a notebook switches its display on here, and that must stay.
        figure = plt.figure(figsize=size(answer), layout="constrained")
    with theme.applied():
        ax = ax if figure is None else figure.subplots()
        assert ax is not None
        paint(answer, ax, language)
        _entitle(ax, answer.headline.say(language))
    return ax


def paint(answer: Result, ax: Axes, language: str) -> None:
    """Draw an answer on ``ax`` without a title, for pages that say the headline beside it."""
    with theme.applied():
        theme.dress(ax)
        painter = _own(answer, "draw") or _draw_table
        painter(answer, ax, language)
        for drawn in (ax, *ax.child_axes):
            for axis in (drawn.xaxis, drawn.yaxis):
                if type(axis.get_major_formatter()).__name__ == "ScalarFormatter":
                    theme.number_ticks(axis, language)


def _entitle(ax: Axes, text: str) -> None:
    """Set the title over the whole picture, its labels included, in as many lines as it takes."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    frame = ax.get_window_extent()
    drawn = ax.get_tightbbox(for_layout_only=True) or frame
    start = min(drawn.x0, frame.x0)
    one_line = ax.set_title(text, loc="left").get_window_extent().width
    letters = int(0.92 * len(text) * (frame.x1 - start) / max(1.0, one_line))
    ax.set_title(theme.wrapped(text, max(24, letters)), loc="left", x=(start - frame.x0) / frame.width)


def size(answer: Result) -> tuple[float, float]:
    """Return the width and height a picture of ``answer`` needs. [inch]"""
    own = _own(answer, "size")
    if own is not None:
        width, height = own(answer)
        return float(width), float(height)
    if _own(answer, "draw") is None:
        return theme.WIDTH, 1.2 + 0.28 * min(MOST_BARS, max(3, len(answer.to_frame())))
    return theme.WIDTH, theme.HEIGHT


def room_of(answer: Result) -> str:
    """Return the room that made an answer; nothing where it was made elsewhere."""
    for base in type(answer).__mro__:
        package, _, rest = base.__module__.partition(".")
        room = rest.partition(".")[0]
        if package == "staffcalc" and room in ROOMS:
            return room
    return ""


def _own(answer: Result, verb: str) -> Callable[..., Any] | None:
    """Return the function ``<verb>_<kind>`` of the room that made the answer, or None."""
    room = room_of(answer)
    return getattr(_module(room), f"{verb}_{answer.kind}", None) if room else None


def _module(room: str) -> ModuleType | None:
    name = f"{__name__}.{room}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def drawable(answer: Result) -> bool:
    """Return whether there is something to draw: a picture of its own that is not empty, or numbers in its table."""
    if _own(answer, "draw") is None:
        return _bars(answer) is not None
    filled = _own(answer, "filled")
    return filled is None or bool(filled(answer))


def _bars(answer: Result) -> tuple[list[str], str] | None:
    """Return the text columns and the first column of numbers that are not all zero; None where there are none."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    frame = answer.to_frame()
    columns = [str(name) for name in frame]
    numeric = [name for name in columns if is_numeric_dtype(frame[name]) and not is_bool_dtype(frame[name])]
    telling = [name for name in numeric if (frame[name].fillna(0).head(MOST_BARS) != 0).any()]
    if not telling:
        return None
    return [name for name in columns if name not in numeric], telling[0]


def _draw_table(answer: Result, ax: Axes, language: str) -> None:
    """Draw the first numbers of the table as bars, named by the text columns before them."""
    found = _bars(answer)
    if found is None:
        ax.set_axis_off()
        ax.text(0.5, 0.5, label("nothing_to_draw", language), ha="center", va="center", color=theme.QUIET)
        return
    texts, column = found
    shown = answer.to_frame().head(MOST_BARS)
    labels = texts[:1] if texts and shown[texts[0]].astype(str).is_unique else texts[:2]
    names = [" · ".join(_cell(value, language) for value in row) for row in shown[labels].itertuples(index=False)]
    values = shown[column].astype(float)
    ax.barh(range(len(shown)), values, **theme.bar_style(0))
    ax.set_yticks(range(len(shown)), [theme.wrapped(name, 36) for name in names])
    ax.invert_yaxis()
    ax.set_xlabel(header(column, language, kind=answer.kind))
    spec = column_format(column, values, kind=answer.kind)
    spec = spec if spec.startswith("p") else "g"
    ax.bar_label(ax.containers[0], [format_value(value, language, spec) for value in values], padding=3)  # type: ignore[arg-type]
    if spec != "g":
        theme.number_ticks(ax.xaxis, language, "p0")
    theme.dress(ax, grid="x")


def _cell(value: Any, language: str) -> str:
    if isinstance(value, str) and has_word(f"term_{value}"):
        return label(f"term_{value}", language)
    return format_value(value, language)
