"""What a reader sees of one group of a survey: means and shares rounded, intervals rounded outward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from staffcalc.burnout.release import effective_size, non_response_bounds, update_share
from staffcalc.burnout.sheets import LINES, Scores
from staffcalc.reference.lookup import figure

if TYPE_CHECKING:
    from staffcalc.burnout.answer import BurnoutRisk

COLUMNS = (
    "grouping", "group", "scale", "released", "people", "mean_score", "line", "share", "share_low", "share_high",
    "bound_low", "bound_high", "posterior", "posterior_low", "posterior_high",
)  # fmt: skip
"""Columns of the table; what is not released stays empty."""


def shown_row(
    name: tuple[str, str],
    scale: str,
    scored: list[Scores],
    *,
    released: bool,
    invited: int | None = None,
    prior: BurnoutRisk | None = None,
) -> dict[str, Any]:
    """
    Return one row of the table: a group on a scale, empty where it is not released.

    Parameters
    ----------
    name : tuple of str
        Grouping and group.
    scale : str
        Scale, a key of :data:`staffcalc.burnout.sheets.LINES`.
    scored : list of dict
        Scored sheets of the group; a sheet without the scale does not count.
    released : bool
        Whether the group may be shown.
    invited : int, optional
        People asked. [people]
    prior : BurnoutRisk, optional
        Model answer; combined with the answers where the group is one of its roles.
    """
    row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
    row |= {"grouping": name[0], "group": name[1], "scale": scale, "released": released, "line": _line(scale)}
    if released:
        pairs = [sheet[scale] for sheet in scored if scale in sheet]
        row |= _results(scale, name[1], pairs, invited, prior)
    return row


def _line(scale: str) -> float:
    return figure(LINES[scale]).value


def _results(
    scale: str, group: str, pairs: list[tuple[float, bool]], invited: int | None, prior: BurnoutRisk | None
) -> dict[str, Any]:
    n, k = len(pairs), sum(at_line for _, at_line in pairs)
    step = figure("burnout_share_step").value
    fine = "burnout_cbi_step" if scale.startswith("cbi_") else "burnout_score_step"
    low, high = wilson(k, n)
    found = {
        "people": n,
        "mean_score": _round(float(np.mean([score for score, _ in pairs])), figure(fine).value),
        "share": min(max(_round(k / n, step), step), 1 - step),  # shown groups are never all or none
        "share_low": outward(low, step, down=True),
        "share_high": outward(high, step, down=False),
    }
    if invited is not None:
        bounds = non_response_bounds(k, answered=n, invited=invited)
        found["bound_low"] = outward(bounds[0], step, down=True)
        found["bound_high"] = outward(bounds[1], step, down=False)
    if prior is not None and group in prior.roles and scale in ("bat12", "bat23"):
        line = prior.of(group).to_frame().iloc[0]
        posterior = update_share(
            float(line["mean"]), effective_size(float(line["mean"]), float(line["sd"])), at_line=k, answered=n
        )
        found["posterior"] = _round(posterior.mean, step)
        found["posterior_low"] = outward(posterior.low, step, down=True)
        found["posterior_high"] = outward(posterior.high, step, down=False)
    return found


def wilson(k: int, n: int, /) -> tuple[float, float]:
    """
    Return the 95% Wilson interval of a share ``k / n``.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(4, 5)]
    [0.376, 0.964]
    """
    z = 1.959964
    middle = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * float(np.sqrt(k * (n - k) / n + z * z / 4))
    return max(0.0, middle - half), min(1.0, middle + half)


def _round(value: float, step: float) -> float:
    return round(round(value / step) * step, 6)


def outward(value: float, step: float, *, down: bool) -> float:
    """
    Return an end of an interval rounded outward, so that rounding never makes it look surer.

    Examples
    --------
    >>> outward(0.376, 0.1, down=True), outward(0.964, 0.1, down=False)
    (0.3, 1.0)
    """
    scaled = np.floor(value / step + 1e-9) if down else np.ceil(value / step - 1e-9)
    return float(min(1.0, max(0.0, round(scaled * step, 6))))
