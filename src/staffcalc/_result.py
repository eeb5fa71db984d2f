"""What every answer has in common: a sentence, a table, a picture, doubts, assumptions and sources."""

from __future__ import annotations

import dataclasses
import html
from typing import TYPE_CHECKING, Any, ClassVar

from staffcalc._words import Sentence, format_value, has_word, label

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from staffcalc.inputs.desk import Desk


@dataclasses.dataclass(frozen=True)
class Assumption:
    """
    One number that an answer rests on.

    Parameters
    ----------
    name : str
        Name of the figure, as in the desk or in the reference tables.
    value, low, high : float, str or None
        The value used and its range. [unit]
    unit : str
        Unit of the value.
    source : str
        Key of ``reference/sources.csv``, or ``desk`` for what the client gave.
    status : str
        ``given`` by the client, or the status of the reference row: confirmed, confirmed_secondary, derived, judgement,
        recalled, assumption.
    note : str
        What the reader should know about it.
    """

    name: str
    value: float | str | None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    source: str = "desk"
    status: str = "given"
    note: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """
    Base of every answer.

    Parameters
    ----------
    notes : tuple of Sentence
        Doubts: what to read before the number is used.
    assumptions : tuple of Assumption
        What was given or assumed, with range, source and status.
    sources : tuple of str
        Keys of ``reference/sources.csv``.
    desk : Desk or None
        The facts behind the answer.
    """

    kind: ClassVar[str] = "result"

    notes: tuple[Sentence, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    sources: tuple[str, ...] = ()
    desk: Desk | None = dataclasses.field(default=None, repr=False)

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        raise TypeError(f"{type(self).__name__} has no headline")

    @property
    def points(self) -> tuple[Sentence, ...]:
        """What follows from the answer, point by point in plain words; empty where the headline says it all."""
        return ()

    def to_frame(self) -> pd.DataFrame:
        """Return the answer as a tidy table, a fresh copy at each call."""
        raise TypeError(f"{type(self).__name__} has no table")

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """
        Draw the answer.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure if not given.
        language : str
            Language of the words in the picture: ``en`` or ``tr``.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        from staffcalc.outputs import plots

        return plots.draw(self, ax, language=language)

    def __str__(self) -> str:
        return str(self.headline)

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        shown = frame.head(20).map(_in_words).rename(columns=self._header)
        parts = [f"<p><strong>{html.escape(str(self.headline))}</strong></p>", shown.to_html(index=False)]
        if len(frame) > 20:
            parts.append(f"<p>{html.escape(str(Sentence('rows_shown', shown=20, rows=len(frame))))}</p>")
        for title, sentences in ((label("points"), self.points), (label("notes"), self.notes)):
            if sentences:
                items = "".join(f"<li>{html.escape(str(sentence))}</li>" for sentence in sentences)
                parts.append(f"<p>{html.escape(title)}</p><ul>{items}</ul>")
        return "".join(parts)

    def _header(self, column: Any) -> str:
        keys = (f"col_{self.kind}_{column}", f"col_{column}")
        return next((label(key) for key in keys if has_word(key)), str(column))


def _in_words(value: Any) -> Any:
    """Return one value of a table as a reader of a notebook expects it."""
    if isinstance(value, str):
        return label(f"term_{value}") if has_word(f"term_{value}") else value
    if type(value).__name__ in ("bool", "bool_"):
        return format_value(bool(value))
    return format_value(value, spec="g") if isinstance(value, float) else value


def as_row(assumption: Assumption) -> dict[str, Any]:
    """Return an assumption as one row of the assumptions log."""
    return dataclasses.asdict(assumption)
