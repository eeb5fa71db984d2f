"""Tool count against administration hours: each tool costs hours, and so does each pair of tools that must agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import ClassVar

import pandas as pd

from staffcalc._checks import given, whole
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.demand.duties import tools
from staffcalc.demand.estimate import Inputs, add
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ToolCurve(Result):
    """
    Administration hours as the number of tools grows.

    Parameters
    ----------
    table : DataFrame
        Columns tools, hours_per_week, low, high.
    tools : int
        Tools of this desk.
    """

    kind: ClassVar[str] = "tool_curve"

    table: pd.DataFrame
    tools: int

    @property
    def hours_per_week(self) -> float:
        """Administration of the tools of today. [hour/week]"""
        return float(self._row(self.tools)["hours_per_week"])

    @property
    def next_tool(self) -> tuple[float, float, float]:
        """Hours that one more tool adds: low, typical, high. [hour/week]"""
        now, later = self._row(self.tools), self._row(self.tools + 1)
        steps = sorted(float(later[side] - now[side]) for side in ("low", "high"))
        return steps[0], float(later["hours_per_week"] - now["hours_per_week"]), steps[1]

    @property
    def headline(self) -> Sentence:
        """Hours of today and of one more tool in one sentence."""
        low, typical, high = self.next_tool
        return Sentence(
            "tool_curve_headline", count=self.tools, hours=self.hours_per_week, more=typical, low=low, high=high
        )

    def to_frame(self) -> pd.DataFrame:
        """Return tools, hours_per_week, low, high."""
        return self.table.copy()

    def _row(self, count: int) -> pd.Series:
        return self.table[self.table["tools"] == count].iloc[0]


def trace_tools(desk: Desk, *, counts: Iterable[int] | None = None) -> ToolCurve:
    r"""
    Trace administration hours over the number of tools.

    Parameters
    ----------
    desk : Desk
        Facts about the team; ``duties.tools.tools`` is needed.
    counts : iterable of int, optional
        Tool counts to show; one to twice the tools of the desk if not given. Today's and the next are always shown.

    Returns
    -------
    ToolCurve
        Hours a week by tool count, with their range.

    Raises
    ------
    InputError
        If the desk does not say how many tools it has, or a count is not a whole number.

    Notes
    -----
    With :math:`n` tools, hours are :math:`a (n + r\,n(n-1)/2)`: each tool takes :math:`a` hours, and each pair of tools
    the share :math:`r` of that, for what must agree between them: rights, tags, numbers. :math:`a` is such that the
    curve passes through the hours of the desk at its own tools. Nobody has published :math:`r`
    (``tool_link_hours_share``); low and high take it from none to its upper range. Do not read the curve far beyond
    twice the tools of today.

    Examples
    --------
    >>> desk = Desk.model_validate({
    ...     "name": "Desk", "timezone": "UTC", "duties": {"tools": {"tools": 3, "admin_hours_per_week": 3.3}},
    ... })
    >>> curve = trace_tools(desk, counts=[1, 6])
    >>> [round(hours, 2) for hours in curve.table["hours_per_week"]]
    [1.0, 3.3, 4.6, 7.5]
    """
    given("desk", desk, Desk, maker="read_desk")
    facts = desk.duties.tools
    if facts is None or not facts.tools:
        raise InputError("tools_missing")
    today = facts.tools
    asked = range(1, 2 * today + 1) if counts is None else [whole("counts", count, least=1) for count in counts]
    inputs = Inputs()
    hours = add(item.hours for item in tools(desk, inputs))
    link = figure("tool_link_hours_share")
    least, usual, most = link.range

    def curve(count: int, share: float) -> float:
        """Return the hours of a number of tools over those of today."""
        return (count + share * count * (count - 1) / 2) / (today + share * today * (today - 1) / 2)

    rows = []
    for count in sorted({*asked, today, today + 1}):
        edges = [curve(count, least), curve(count, most)]
        rows.append(
            {
                "tools": count,
                "hours_per_week": hours.typical * curve(count, usual),
                "low": hours.low * min(edges),
                "high": hours.high * max(edges),
            }
        )
    log = (*inputs.used, link.assumption())
    return ToolCurve(
        table=pd.DataFrame(rows),
        tools=today,
        notes=(Sentence("tool_curve_assumed", share=usual, low=least, high=most),),
        assumptions=log,
        sources=tuple(dict.fromkeys(part.source for part in log)),
        desk=desk,
    )
