"""The frontier: service against people, simulated with the same draws at every point."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc._checks import numbers
from staffcalc._checks import share as check_share
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure
from staffcalc.staffing.certified import prepare, tell
from staffcalc.staffing.certify import make_trial
from staffcalc.staffing.classes import DUTIES
from staffcalc.staffing.levels import TargetLevel, duration, measured_levels
from staffcalc.staffing.plan import best_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk

Floats = NDArray[np.float64]

RATIOS = (1.0, 1.03, 1.06, 1.1, 1.15, 1.2, 1.3, 1.45)
"""Capacity over work at which the frontier is simulated."""

MOST_POINTS, FURTHER = 18, 1.3
"""Points at most, and the step beyond the last of :data:`RATIOS` while a target is not reached."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Frontier(Result):
    """
    Service that more people buy.

    Parameters
    ----------
    reserved_hours : float
        Other duties, set aside at every point. [hours per week]
    target : str
        Id of the response target shown: the one closest to being missed.
    share, within_hours : float
        What the target asks for. [share], [hours]
    ceiling : float
        Largest share that any number of people can reach. [share]
    fte, ratio : array
        People, and capacity over work. [FTE], [ratio]
    service_level, ci_low, ci_high : array
        Share on time and its 95% interval. [share]
    """

    kind: ClassVar[str] = "frontier"

    reserved_hours: float
    target: str
    share: float
    within_hours: float
    ceiling: float
    fte: Floats
    ratio: Floats
    service_level: Floats
    ci_low: Floats
    ci_high: Floats

    def __post_init__(self) -> None:
        for name in ("fte", "ratio", "service_level", "ci_low", "ci_high"):
            getattr(self, name).flags.writeable = False

    @property
    def headline(self) -> Sentence:
        """FTE for the target, and for the next five points."""
        now, more = self.fte_for(self.share), self.fte_for(min(0.99, self.share + 0.05))
        values = {"share": self.share, "time": duration(self.within_hours), "ceiling": self.ceiling}
        if now is None:
            return Sentence("frontier_headline_ceiling", **values)
        if more is None:
            return Sentence("frontier_headline_last", fte=now, **values)
        key = "frontier_headline_reserved" if self.reserved_hours > 0.5 else "frontier_headline"
        return Sentence(key, fte=now, more=more - now, higher=min(0.99, self.share + 0.05), **values)

    def fte_for(self, share: float) -> float | None:
        """
        Return the FTE at which the simulated share reaches ``share``, or None where no point of the frontier does.

        Parameters
        ----------
        share : float
            Share on time. [share]
        """
        wanted = check_share("share", share)
        level = np.maximum.accumulate(self.service_level)
        if level[-1] < wanted:
            return None
        if level[0] >= wanted:
            return float(self.fte[0])
        place = int(np.argmax(level >= wanted))
        part = (wanted - level[place - 1]) / max(level[place] - level[place - 1], 1e-12)
        return float(self.fte[place - 1] + part * (self.fte[place] - self.fte[place - 1]))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a point: fte, capacity_over_work, service_level, ci_low, ci_high."""
        return pd.DataFrame(
            {
                "fte": self.fte,
                "capacity_over_work": self.ratio,
                "service_level": self.service_level,
                "ci_low": self.ci_low,
                "ci_high": self.ci_high,
            }
        )


def trace_frontier(
    desk: Desk,
    volume: Volume,
    *,
    ratios: Sequence[float] | None = None,
    target: str | None = None,
    channels: Mapping[str, str] | None = None,
    replications: int | None = None,
    seed: int | np.random.Generator = 0,
    progress: bool = False,
) -> Frontier:
    """
    Share on time against FTE, simulated with the same draws at every point.

    Parameters
    ----------
    desk, volume
        Facts and messages.
    ratios : sequence of float, optional
        Capacity over work; 1 is a plan for the mean. Not given: from 1 to 1.45, and on until the target or its ceiling
        is reached. [ratio]
    target : str, optional
        Id of the response target; the one that more people help most if not given.
    channels : mapping, optional
        Channel names in the volume to channel names in the desk, where they differ.
    replications : int, optional
        Independent runs. [runs]
    seed : int or Generator
        Where the random numbers come from.
    progress : bool
        Say on standard error what is being computed.

    Returns
    -------
    Frontier
        fte, service_level, ci_low, ci_high.

    Raises
    ------
    InputError
        If a ratio is below 1, or the desk has no target of that name that the backlog model serves.

    Notes
    -----
    The other duties keep their hours here and cannot lend them to messages, so the curve shows what messages need by
    themselves; in :func:`staffcalc.staff` duties wait behind messages for up to a week, and messages do better.
    Shortest target first: at the work floor the longest target suffers. No cover seats: they only set a floor.

    References
    ----------
    .. [1] source key ``staffcalc_deadline`` in ``reference/sources.csv``.

    Examples
    --------
    Sixty messages a day on one channel, answered within a day from Monday to Sunday, 8 to 18:

    >>> import numpy as np
    >>> from staffcalc.demand.volume import Volume
    >>> from staffcalc.inputs.desk import Desk
    >>> desk = Desk.model_validate({
    ...     "name": "Mail", "timezone": "UTC", "people": [{"id": "p1", "role": "agent"}],
    ...     "targets": [{"id": "day", "share": 0.9, "within_hours": 24}],
    ...     "channels": [{"id": "mail", "aht_minutes": 6, "needs_reply_share": 1}],
    ...     "calendar": {"open": {"daily": ["08:00-18:00"]}},
    ... })
    >>> profile = np.full((168, 1), 2.5)
    >>> volume = Volume(channels=("mail",), timezone="UTC", profile=profile, day_cv=0.2, week_cv=0.1, level_sd=0.05)
    >>> curve = trace_frontier(desk, volume, ratios=(1.0, 1.2, 1.5), replications=20)
    >>> bool(curve.service_level[0] < 0.8 < curve.service_level[-1])
    True
    """
    points = np.sort(np.ravel(numbers("ratios", RATIOS if ratios is None else ratios)))
    if points.size < 2 or not np.isfinite(points).all() or points[0] < 1:
        raise InputError("ratios_below_one")
    prepared = prepare(desk, volume, channels=channels)
    load, contract = prepared.load, prepared.contract
    messages = [place for place, part in enumerate(load.deferred) if part.name != DUTIES and part.stream.work.any()]
    if not messages:
        raise InputError("no_deferred_messages")
    work = sum(float(load.deferred[place].stream.work.sum()) for place in messages)
    week = prepared.setting.week(seats=False)
    only = dataclasses.replace(week, work=week.work[messages], last=week.last[messages])
    tell(progress, "weekly programme")
    base = best_plan(prepared.setting, only)
    shape = base.capacity / float(base.capacity.sum())
    trial = make_trial(
        load,
        dataclasses.replace(prepared.fine, deferred=tuple(prepared.fine.deferred[place] for place in messages)),
        capacity_per_week=work * float(points[0]) * 1.02,
        sick_share=contract.sick_share,
        people_per_day=prepared.setting.people_present(base),
        seed=seed,
        replications=replications,
    )
    carried = sum((part.load for part in load.realtime), np.zeros(load.slots)) / load.per_hour
    duties = sum(float(part.stream.work.sum()) for part in load.deferred) - work
    served = dataclasses.replace(load, deferred=tuple(load.deferred[place] for place in messages))
    rows, fte, done = [], [], []
    ahead = list(points)
    while ahead:
        ratio = float(ahead.pop(0))
        tell(progress, f"capacity over work {ratio:.2f}")
        capacity = shape * work * ratio + carried
        rows.append(measured_levels(served, trial.serve(capacity).on_time))
        present = (float(capacity.sum()) + duties) / contract.productive
        fte.append(present / contract.present_hours_per_week)
        done.append(ratio)
        if ratios is None and not ahead and len(done) < MOST_POINTS and _short_of_target(rows[-1]):
            ahead.append(ratio * FURTHER)
    known = [part.target for part in rows[0] if part.engine == "deadline"]
    name = target or _most_helped(rows, known)
    if name not in known:
        raise InputError("target_not_deferred", target=str(name), known=known)
    found = [next(part for part in row if part.target == name) for row in rows]
    return Frontier(
        reserved_hours=duties,
        target=found[0].target,
        share=found[0].share,
        within_hours=found[0].within_hours,
        ceiling=found[0].ceiling,
        fte=np.array(fte),
        ratio=np.array(done),
        service_level=np.array([part.service_level for part in found]),
        ci_low=np.array([part.ci_low for part in found]),
        ci_high=np.array([part.ci_high for part in found]),
        notes=(*load.notes, *((Sentence("frontier_reserves_duties", hours=duties),) if duties > 0.5 else ())),
        assumptions=(*prepared.contract_rows, figure("statistical_level").assumption()),
        sources=("staffcalc_deadline",),
        desk=desk,
    )


def _short_of_target(row: tuple[TargetLevel, ...]) -> bool:
    """Return whether more people would still help a target, and it needs them."""
    return any(
        part.service_level < min(part.share + 0.05, 0.99, 0.98 * part.ceiling)
        for part in row
        if part.engine == "deadline"
    )


def _most_helped(rows: list[tuple[TargetLevel, ...]], known: list[str]) -> str | None:
    """Return the target whose share on time moves most from the first point to the last."""

    def gain(name: str) -> float:
        first, last = (next(part.service_level for part in row if part.target == name) for row in (rows[0], rows[-1]))
        return last - first

    return max(known, key=gain) if known else None
