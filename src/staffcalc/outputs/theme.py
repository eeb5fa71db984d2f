"""
How every picture and page looks, in one place.

The colours are those of Okabe and Ito: told apart by colour-blind readers. They differ in lightness too, and every
series also has its own marker, line style or hatch, so that a black and white print says the same.
"""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from unicodedata import category

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
YELLOW = "#F0E442"
INK = "#1F2933"
GREY = "#66727F"
PALE = "#E4E9EE"
PAPER = "#FFFFFF"

MAIN = BLUE
"""What the sentence is about."""
COMPARED = ORANGE
"""What it is compared with."""
DANGER = VERMILLION
"""What is missing, late or too much."""
FINE = GREEN
"""What is in order."""
QUIET = GREY
"""What is only there for orientation."""

SERIES = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, YELLOW, INK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), "-")
HATCHES = ("", "///", "---", "xxx", "\\\\\\", "+++", "|||", "//")
"""Lines only: a page of dots and circles is ten times as heavy."""

SMALL = 8.5
BODY = 9.5
TITLE = 11.5

WIDTH = 7.2
HEIGHT = 3.6
"""Size of a picture unless its room asks for another. [inch]"""


def line_style(index: int) -> dict[str, Any]:
    """
    Return colour, marker and line style of the series ``index``, as keywords of ``ax.plot``.

    Examples
    --------
    >>> line_style(0)
    {'color': '#0072B2', 'marker': 'o', 'linestyle': '-'}
    """
    return {
        "color": SERIES[index % len(SERIES)],
        "marker": MARKERS[index % len(MARKERS)],
        "linestyle": LINES[index % len(LINES)],
    }


def bar_style(index: int) -> dict[str, Any]:
    """
    Return colour and hatch of the series ``index``, as keywords of ``ax.bar`` and ``ax.barh``.

    Examples
    --------
    >>> bar_style(1)
    {'facecolor': '#E69F00', 'hatch': '///', 'edgecolor': '#FFFFFF', 'linewidth': 0.6}
    """
    return {
        "facecolor": SERIES[index % len(SERIES)],
        "hatch": HATCHES[index % len(HATCHES)],
        "edgecolor": PAPER,
        "linewidth": 0.6,
    }


def heat_colours() -> Colormap:
    """Return the colour map of heat maps: white to dark blue, so that it is also a scale of grey."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("staffcalc_heat", [PAPER, "#CFE3F2", "#7FB5DA", BLUE, "#00324F"])


def settings() -> dict[str, Any]:
    """Return the matplotlib settings of every picture."""
    return {
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": BODY,
        "axes.titlesize": TITLE,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "axes.titlecolor": INK,
        "axes.labelsize": BODY,
        "axes.labelcolor": INK,
        "axes.edgecolor": GREY,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": False,
        "grid.color": PALE,
        "grid.linewidth": 0.8,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "legend.fontsize": SMALL,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "lines.markersize": 5,
        "hatch.linewidth": 0.7,
        "text.color": INK,
        "text.parse_math": False,
        "figure.facecolor": PAPER,
        "svg.fonttype": "path",
        "svg.hashsalt": "staffcalc",
    }


@contextlib.contextmanager
def applied() -> Iterator[None]:
    """Apply :func:`settings` inside a ``with`` block and put the reader's own settings back after it."""
    import matplotlib as mpl

    with mpl.rc_context(settings()):  # type: ignore[arg-type]  # plain names of settings
        yield


def new_figure(width: float = WIDTH, height: float = HEIGHT) -> Figure:
    """Return an empty figure that no global state knows, for pages and files. [inch]"""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def dress(ax: Axes, *, grid: str = "") -> None:
    """Give ``ax`` the look of the house, also where the caller made it; ``grid`` is ``x``, ``y`` or ``both``."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)
    if grid in ("x", "y", "both"):
        ax.grid(True, axis=grid, color=PALE, linewidth=0.8)  # type: ignore[arg-type]


def number_ticks(axis: Axis, language: str, spec: str = "") -> None:
    """
    Write the ticks of ``axis`` (``ax.xaxis``, ``ax.yaxis``) in the style of ``language``.

    ``spec`` is a format of the catalogues, such as ``p0`` for shares; without it, as many decimals as the ticks need.
    """
    from matplotlib.ticker import Formatter

    from staffcalc._words import format_value

    class Localised(Formatter):
        def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002
            return format_value(x, language, spec)

        def format_ticks(self, values: Iterable[float]) -> list[str]:
            ticks = [float(value) for value in values]
            return [format_value(tick, language, spec or f"n{_decimals(ticks)}") for tick in ticks]

    axis.set_major_formatter(Localised())


def _decimals(values: list[float]) -> int:
    span = max(values, default=0.0) - min(values, default=0.0)
    return next((n for n in range(6) if all(abs(round(v, n) - v) <= 1e-6 * span for v in values)), 6)


def legible(text: str) -> str:
    r"""
    Return ``text`` with control characters, which could steer a terminal or break a file, made visible.

    Line breaks and tabs stay.

    Examples
    --------
    >>> legible("a\x1b[31mb")
    'a\ufffd[31mb'
    """
    return "".join("\ufffd" if category(sign) in ("Cc", "Cs") and sign not in "\n\t" else sign for sign in text)


def lacks_letters(texts: Iterable[str]) -> bool:
    """Return whether the font of the pictures lacks a letter of the texts, such as Chinese ones."""
    from matplotlib import font_manager

    known = font_manager.get_font(font_manager.findfont("DejaVu Sans")).get_charmap()
    return any(ord(sign) not in known for text in texts for sign in text if sign != "\n")


def short_days(language: str) -> list[str]:
    """
    Return the short names of the days, Monday first.

    Examples
    --------
    >>> short_days("tr")
    ['Pzt', 'Sal', 'Çar', 'Per', 'Cum', 'Cmt', 'Paz']
    """
    from babel.dates import get_day_names

    names = get_day_names("abbreviated", locale=language)
    return [names[day] for day in range(7)]


def wrapped(text: str, width: int = 84) -> str:
    r"""
    Return ``text`` broken into lines of at most ``width`` characters.

    Examples
    --------
    >>> wrapped("six point four people", 12)
    'six point\nfour people'
    """
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)
