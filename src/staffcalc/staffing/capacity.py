"""The other way round: what the present people give, and how long a backlog takes them to clear."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc._checks import at_least
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.reference.lookup import figure
from staffcalc.staffing.certified import prepare, tell
from staffcalc.staffing.certify import make_trial
from staffcalc.staffing.classes import DeferredClass, Load
from staffcalc.staffing.deadline import answerable
from staffcalc.staffing.levels import TargetLevel, duration, measured_levels, tightest

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Capacity(Result):
    """
    What the present people give.

    Parameters
    ----------
    fte : float
        Contracts of the present team. [FTE]
    capacity_hours, hours_per_week : float
        Work they can do in a mean week, and work that arrives. [hours per week]
    targets : tuple of TargetLevel
        Share reached for each response target; the ceiling is that of the hours in which somebody is there.
    service_level, ci_low, ci_high : float
        Of the target that is closest to being missed; 95% interval. [share]
    backlog_hours : float
        Work waiting today. [hours]
    weeks_to_clear, weeks_low, weeks_high : float
        Weeks until less than a day's work waits: median and 80% range; infinite where capacity is short. [weeks]
    backlog : DataFrame
        Work waiting at the end of each week: week, low, median, high. [hours]
    """

    kind: ClassVar[str] = "capacity"

    fte: float
    capacity_hours: float
    hours_per_week: float
    targets: tuple[TargetLevel, ...] = dataclasses.field(repr=False)
    service_level: float
    ci_low: float
    ci_high: float
    backlog_hours: float
    weeks_to_clear: float
    weeks_low: float
    weeks_high: float
    backlog: pd.DataFrame = dataclasses.field(repr=False)

    @property
    def headline(self) -> Sentence:
        """The service of the present people, or that work grows faster than they can do it."""
        tight = tightest(self.targets)
        values = {
            "fte": self.fte,
            "level": self.service_level,
            "low": self.ci_low,
            "high": self.ci_high,
            "share": tight.share,
            "time": duration(tight.within_hours),
        }
        if self.capacity_hours <= self.hours_per_week:
            return Sentence(
                "capacity_headline_short", fte=self.fte, work=self.hours_per_week, capacity=self.capacity_hours
            )
        if self.backlog_hours > 0:
            if not np.isfinite(self.weeks_to_clear):
                return Sentence("capacity_headline_not_cleared", backlog=self.backlog_hours, **values)
            clear = {"weeks": self.weeks_to_clear, "early": self.weeks_low, "late": self.weeks_high}
            return Sentence("capacity_headline_clear", backlog=self.backlog_hours, **clear, **values)
        return Sentence("capacity_headline", **values)

    @property
    def levels(self) -> pd.DataFrame:
        """Every response target with its ceiling and the share reached; a fresh copy."""
        return pd.DataFrame([dataclasses.asdict(part) for part in self.targets])

    def to_frame(self) -> pd.DataFrame:
        """Return every response target with the share reached."""
        return self.levels


def find_capacity(
    desk: Desk,
    volume: Volume,
    *,
    backlog_hours: float = 0.0,
    channels: Mapping[str, str] | None = None,
    replications: int | None = None,
    seed: int | np.random.Generator = 0,
    progress: bool = False,
) -> Capacity:
    """
    Service level of the present people in their present hours, and the time they need to clear a backlog.

    Parameters
    ----------
    desk, volume
        Facts and messages.
    backlog_hours : float
        Work waiting today. [hours]
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
    Capacity
        Share on time with its 95% interval over the next 52 weeks, and the weeks to clear the backlog.

    Raises
    ------
    InputError
        If ``backlog_hours`` is negative, or the desk and the volume do not fit.

    Notes
    -----
    People are there in their working hours, where the desk gives them, else evenly over the cover hours; leave and
    sickness are taken off on average, sick days by chance. 52 weeks from today's backlog, no warm-up: with more work
    than capacity there is no steady state, and the share on time is that of these weeks.

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
    >>> present = find_capacity(desk, volume, replications=20)
    >>> present.capacity_hours < present.hours_per_week
    True
    """
    behind = at_least("backlog_hours", backlog_hours, unit="hours")
    prepared = prepare(desk, volume, channels=channels)
    load, contract = prepared.load, prepared.contract
    people, notes = present_people(desk, load, contract.contract_hours_per_week)
    capacity = people * (1 - contract.absence) * contract.productive / load.per_hour
    tell(progress, "simulation")
    trial = make_trial(
        load,
        prepared.fine,
        capacity_per_week=float(capacity.sum()),
        sick_share=contract.sick_share,
        people_per_day=float(people.sum()) / load.per_hour / 7 / contract.shift_hours,
        seed=seed,
        replications=replications,
        weeks=52,
        warm_up=0,
    )
    measured = trial.serve(capacity, start_backlog=behind, keep_all=True)
    assert measured.backlog is not None
    levels = tuple(
        dataclasses.replace(level, ceiling=_ceiling(level, load, people))
        for level in measured_levels(load, measured.on_time, agents=people * (1 - contract.absence) * contract.at_work)
    )
    ends = measured.backlog[:, prepared.fine.slots - 1 :: prepared.fine.slots][:, :52]
    clear = np.array([_first(row <= load.hours_per_week / 7) for row in ends])
    low, middle, high = np.quantile(ends, [0.1, 0.5, 0.9], axis=0)
    early, weeks, late = (float(value) for value in np.quantile(clear, [0.1, 0.5, 0.9], method="nearest"))
    tight = tightest(levels)
    return Capacity(
        fte=float(people.sum()) / load.per_hour / contract.contract_hours_per_week,
        capacity_hours=float(capacity.sum()),
        hours_per_week=load.hours_per_week,
        targets=levels,
        service_level=tight.service_level,
        ci_low=tight.ci_low,
        ci_high=tight.ci_high,
        backlog_hours=behind,
        weeks_to_clear=weeks if behind > 0 else 0.0,
        weeks_low=early if behind > 0 else 0.0,
        weeks_high=late if behind > 0 else 0.0,
        backlog=pd.DataFrame({"week": np.arange(1, ends.shape[1] + 1), "low": low, "median": middle, "high": high}),
        notes=(*load.notes, *notes),
        assumptions=(*prepared.contract_rows, figure("statistical_level").assumption()),
        sources=("staffcalc_deadline",),
        desk=desk,
    )


def present_people(desk: Desk, load: Load, full_time: float) -> tuple[Floats, tuple[Sentence, ...]]:
    """Return the people at work in each slot if nobody were away, in the desk's time zone, and notes."""
    people = np.zeros(load.slots)
    unknown = []
    for person in desk.team():
        contract = person.contract_hours_per_week or full_time
        if person.working_hours is None:
            unknown.append(person.id)
            people += load.window / load.window.sum() * contract * load.per_hour
            continue
        own = np.array(person.working_hours.slots(load.per_hour))
        people += np.roll(own, _shift(desk.timezone_of(person), desk.timezone, load.per_hour))
    note = (Sentence("hours_spread", names=unknown[:8], count=len(unknown)),) if unknown else ()
    return people, note


def _shift(zone: str, home: str, per_hour: int) -> int:
    """Return the slots by which clock time in one zone runs behind the desk's, on a day in January."""
    if zone == home:
        return 0
    import datetime as dt
    import zoneinfo

    day = dt.datetime(2026, 1, 15, 12)
    there, here = (day.replace(tzinfo=zoneinfo.ZoneInfo(name)).utcoffset() for name in (zone, home))
    assert there is not None
    assert here is not None
    return round((here - there).total_seconds() / 3600 * per_hour)


def _ceiling(level: TargetLevel, load: Load, people: Floats) -> float:
    part = next(part for part in load.message_classes if part.name == level.target)
    if not isinstance(part, DeferredClass):
        total = float(part.messages.sum())
        return float(part.messages[people > 0].sum() / total) * part.ceiling if total > 0 else 1.0
    total = float(part.stream.messages.sum())
    reach = answerable(people > 0, part.stream.last)
    return float(part.stream.messages[reach].sum() / total) if total > 0 else 1.0


def _first(clear: NDArray[np.bool_]) -> float:
    return float(np.argmax(clear)) + 1 if clear.any() else np.inf
