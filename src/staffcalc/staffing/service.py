"""What a team of a given size gives: the share on time, the backlog and the reply times, simulated on fresh draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc._checks import at_least, generator, given, one_of, whole
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure
from staffcalc.staffing.certified import prepare, tell
from staffcalc.staffing.certify import make_trial, share_interval
from staffcalc.staffing.classes import DUTIES, Load
from staffcalc.staffing.levels import TargetLevel, duration, measured_levels, tightest
from staffcalc.staffing.message_desk import MessageRun, run_desk
from staffcalc.staffing.messages import POLICIES
from staffcalc.staffing.need import StaffingNeed
from staffcalc.staffing.plan import total_capacity

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk

Floats = NDArray[np.float64]

MOST_MESSAGES = 1_000_000
"""Messages in all runs together, unless the weeks are given."""

LEAST_WEEKS = 40
"""Weeks of messages in one run above which a desk counts as huge: fewer runs, and weeks that settle sooner."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Service(Result):
    """
    What a plan gives.

    Parameters
    ----------
    fte : float
        Contracts behind the plan. [FTE]
    targets : tuple of TargetLevel
        Share reached for each response target; ``.levels`` is the same as a table.
    service_level, ci_low, ci_high : float
        Of the target that is closest to being missed; 95% interval over replications. [share]
    backlog : DataFrame
        Work waiting at the end of each week: week, low, median, high (80% range over replications). [hours]
    reply_hours : DataFrame
        Share of the messages answered within a time: target, hours, share.
    weeks, replications : int
        Weeks simulated in each run, and runs.
    start_backlog_hours : float
        Work waiting at the start. [hours]
    engine : str
        ``backlog`` or ``messages``.
    """

    kind: ClassVar[str] = "service"

    fte: float
    targets: tuple[TargetLevel, ...] = dataclasses.field(repr=False)
    service_level: float
    ci_low: float
    ci_high: float
    backlog: pd.DataFrame = dataclasses.field(repr=False)
    reply_hours: pd.DataFrame = dataclasses.field(repr=False)
    weeks: int
    replications: int
    start_backlog_hours: float = 0.0
    engine: str = "backlog"

    @property
    def headline(self) -> Sentence:
        """The share on time of the tightest target."""
        tight = tightest(self.targets)
        met = round(self.service_level, 3) >= tight.share
        return Sentence(
            "service_headline_met" if met else "service_headline_missed",
            fte=self.fte,
            level=self.service_level,
            low=self.ci_low,
            high=self.ci_high,
            share=tight.share,
            time=duration(tight.within_hours),
        )

    @property
    def levels(self) -> pd.DataFrame:
        """Every response target with its ceiling and the share reached; a fresh copy."""
        return pd.DataFrame([dataclasses.asdict(part) for part in self.targets])

    def to_frame(self) -> pd.DataFrame:
        """Return every response target with the share reached."""
        return self.levels


def simulate(
    desk: Desk,
    volume: Volume,
    need: StaffingNeed,
    *,
    engine: str = "backlog",
    policy: str | None = None,
    fte: float | None = None,
    channels: Mapping[str, str] | None = None,
    start_backlog_hours: float = 0.0,
    finish_in_hand: bool = False,
    weeks: int | None = None,
    replications: int | None = None,
    seed: int | np.random.Generator = 0,
    progress: bool = False,
) -> Service:
    """
    Service level, backlog and reply times of a plan, on draws of its own.

    Parameters
    ----------
    desk, volume
        Facts and messages.
    need : StaffingNeed
        The plan, from :func:`staffcalc.staff`.
    engine : str
        ``backlog``: work as a flow, all runs at once, absence by chance. ``messages``: whole people on the plan's
        tours, message by message, nobody absent; slower, and independent of the other.
    policy : str, optional
        Who goes first; that of the plan if not given. ``priority``: shortest target first; ``fifo``: first in first
        out; ``edf``: earliest due first, which fails all targets together in overload; ``triage``: the same, with late
        messages on a shelf until nothing else waits. No reply times of the last two with the backlog engine.
    fte : float, optional
        Another number of FTE on the same pattern of hours. Not given: the plan's with ``backlog``; the whole people
        on its tours with ``messages``, who else work at the pace that gives this number. [FTE]
    channels : mapping, optional
        Channel names in the volume to channel names in the desk, where they differ.
    start_backlog_hours : float
        Work waiting today. With it the next ``weeks`` are simulated from today, without it the steady state. [hours]
    finish_in_hand : bool
        Count the time after a shift in which its last message is finished; only with the backlog engine, the other one
        has it anyway.
    weeks : int, optional
        Weeks counted in each run; 52 with a backlog at the start. [weeks]
    replications : int, optional
        Independent runs. [runs]
    seed : int or Generator
        Where the random numbers come from; another one than :func:`staffcalc.staff` was given.
    progress : bool
        Say on standard error what is being computed.

    Returns
    -------
    Service
        Share on time with its 95% interval, backlog by week, reply times.

    Raises
    ------
    InputError
        If a number is negative or not whole, or the plan was made for targets on another grid of time.

    Notes
    -----
    Messages are Poisson with gamma day and week factors shared by all channels; the shortest target is served first,
    first in first out inside a target. Intervals come from independent replications, never from counting messages.

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
    >>> from staffcalc.staffing.whole_desk import staff
    >>> need = staff(desk, volume, replications=20)
    >>> service = simulate(desk, volume, need, replications=20, seed=7)
    >>> service.ci_low <= service.service_level <= service.ci_high
    True
    """
    given("need", need, StaffingNeed, maker="staff")
    behind = at_least("start_backlog_hours", start_backlog_hours, unit="hours")
    people = need.fte if fte is None else at_least("fte", fte, unit="FTE")
    runs = None if replications is None else whole("replications", replications, 2, unit="runs")
    span = 52 if weeks is None and behind > 0 else (None if weeks is None else whole("weeks", weeks, 1, unit="weeks"))
    certified = need.certified
    live = tuple(part.name for part in certified.prepared.load.realtime)
    prepared = prepare(desk, volume, channels=channels, realtime=live)
    load, fine, contract = prepared.load, prepared.fine, certified.prepared.contract
    factor = people / need.fte if need.fte > 0 else 1.0
    capacity = total_capacity(certified.setting, certified.plan) * factor
    if load.per_hour != certified.prepared.load.per_hour:
        raise InputError("plan_of_another_desk")
    one_of("engine", engine, ("backlog", "messages"))
    rule = one_of("policy", need.policy if policy is None else policy, POLICIES)
    tell(progress, "simulation")
    if engine == "messages":
        return _by_messages(desk, need, load, rule, behind, span, runs, seed, fte)
    trial = make_trial(
        load,
        fine,
        capacity_per_week=float(capacity.sum()),
        sick_share=contract.sick_share,
        people_per_day=certified.plan.cost / 7 / contract.shift_hours * factor,
        seed=seed,
        replications=runs,
        weeks=span,
        warm_up=0 if behind > 0 else None,
    )
    if finish_in_hand:
        capacity = capacity + overrun(load, certified.plan.present * factor, capacity)
    # who goes first changes reply times, not the backlog
    measured = trial.serve(
        capacity, start_backlog=behind, keep_all=True, policy="fifo" if rule == "fifo" else "priority"
    )
    by_due = rule in ("edf", "triage")
    on_time = trial.serve(capacity, start_backlog=behind, policy=rule).on_time if by_due else measured.on_time
    targets = measured_levels(load, on_time)
    tight = tightest(targets)
    assert measured.backlog is not None
    assert measured.delays is not None
    return Service(
        fte=people,
        targets=targets,
        service_level=tight.service_level,
        ci_low=tight.ci_low,
        ci_high=tight.ci_high,
        backlog=_fan(measured.backlog, fine.slots, trial.draws.counted.stop // fine.slots),
        reply_hours=_reply_hours(measured.delays * (not by_due), load, fine.per_hour),
        weeks=(trial.draws.counted.stop - trial.draws.counted.start) // fine.slots,
        replications=trial.draws.work.shape[1],
        start_backlog_hours=behind,
        notes=(*load.notes, *_cap_notes(desk, measured.delays, load, fine.per_hour)),
        assumptions=(figure("statistical_level").assumption(), *load.assumptions),
        sources=("staffcalc_deadline",),
        desk=desk,
    )


def _cap_notes(desk: Desk, delays: Floats, load: Load, per_hour: int) -> list[Sentence]:
    """Return a note for each hard cap that some messages break (calendar clock)."""
    notes = []
    caps = {target.id: target.hard_cap_hours for target in desk.targets if target.hard_cap_hours is not None}
    for k, part in enumerate(load.deferred):
        total = float(delays[k].sum())
        if part.name not in caps or part.business_clock or total <= 0:
            continue
        slots = min(round(caps[part.name] * per_hour), delays.shape[1] - 1)
        over = 1 - float(delays[k][: slots + 1].sum()) / total
        if over > 0.0005:
            notes.append(Sentence("cap_broken", target=part.name, time=duration(caps[part.name]), share=over))
    return notes


def _by_messages(
    desk: Desk,
    need: StaffingNeed,
    load: Load,
    policy: str,
    behind: float,
    weeks: int | None,
    replications: int | None,
    seed: int | np.random.Generator,
    fte: float | None,
) -> Service:
    """Return the service of whole people, message by message, with the interval over independent runs."""
    contract = need.certified.prepared.contract
    known = figure("message_replications")
    present, plan = need.whole.present, need.certified.plan.present
    pace = 1.0 if fte is None else float(plan.sum()) * fte / max(need.fte * float(present.sum()), 1e-12)
    per_week = sum(float(part.stream.messages.sum()) for part in load.deferred)
    per_week += sum(float(part.messages.sum()) / load.per_hour for part in load.realtime)
    huge = per_week * known.value * LEAST_WEEKS > MOST_MESSAGES
    runs = replications or round(known.range[0] if huge else known.value)
    settle = 2 if huge else round(figure("simulation_warm_up_least").value)
    warm_up = 0 if behind > 0 else settle
    room = MOST_MESSAGES / runs / max(per_week, 1.0) - warm_up
    span = weeks or int(min(figure("simulation_weeks").value, max(2.0 if huge else 8.0, room)))
    clock = desk.calendar.open
    open_share = load.window if clock is None else np.array(clock.slots(load.per_hour))
    rngs = generator(seed).spawn(runs)
    done = [
        run_desk(
            load,
            contract,
            present,
            pace=pace,
            weeks=span,
            warm_up=warm_up,
            policy=policy,
            start_backlog=behind,
            clock_open=open_share,
            rng=rng,
        )
        for rng in rngs
    ]
    levels = []
    for number, part in enumerate(done[0].classes):
        if part.name == DUTIES:
            continue
        engine = "realtime" if number < len(load.realtime) else "deadline"
        levels.append(TargetLevel.of(part, engine, share_interval(np.array([run.on_time(number) for run in done]))))
    total = warm_up + span
    ends = np.array([run.backlog(total) for run in done])
    low, middle, high = np.quantile(ends, [0.1, 0.5, 0.9], axis=0)
    tight = tightest(tuple(levels))
    return Service(
        fte=need.fte * float(present.sum()) / float(plan.sum()) if fte is None else fte,
        targets=tuple(levels),
        service_level=tight.service_level,
        ci_low=tight.ci_low,
        ci_high=tight.ci_high,
        backlog=pd.DataFrame({"week": np.arange(1, total + 1), "low": low, "median": middle, "high": high}),
        reply_hours=_message_reply_hours(done),
        weeks=span,
        replications=runs,
        start_backlog_hours=behind,
        engine="messages",
        notes=(*load.notes, Sentence("whole_people_on_tours", people=int(need.whole.heads.sum()))),
        assumptions=(figure("statistical_level").assumption(), *load.assumptions),
        sources=("staffcalc_deadline",),
        desk=desk,
    )


def _message_reply_hours(runs: list[MessageRun]) -> pd.DataFrame:
    """Return the share of each target's answered messages by the time to the reply."""
    frames = []
    for number, part in enumerate(runs[0].classes):
        if part.name == DUTIES:
            continue
        times = np.sort(np.concatenate([run.reply_hours(number) for run in runs]))
        if times.size == 0:
            continue
        hours = np.geomspace(max(times[0], 1e-3), max(times[-1], 2e-3), 60)
        share = np.searchsorted(times, hours, side="right") / times.size
        frames.append(pd.DataFrame({"target": part.name, "hours": hours, "share": share}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"target": [], "hours": [], "share": []})


def overrun(load: Load, present: Floats, capacity: Floats) -> Floats:
    r"""
    Return the work done after the end of shifts, in the slots in which they end. [hours per slot]

    Notes
    -----
    Each person who leaves is busy with probability :math:`\rho`, with :math:`h (1 + c_h^2) / 2` left on average.
    """
    parts = [part.stream for part in load.deferred if part.name != DUTIES]
    messages = sum((part.messages for part in parts), np.zeros(load.slots)).sum()
    second = sum(float(part.second_moment.sum()) for part in parts)
    work = sum(float(part.work.sum()) for part in parts)
    if messages <= 0 or work <= 0 or capacity.sum() <= 0:
        return np.zeros(load.slots)
    busy = min(1.0, load.hours_per_week / float(capacity.sum()))
    leaving = np.maximum(0.0, present - np.roll(present, -1))
    return np.asarray(leaving * busy * second / work / 2)


def _fan(backlog: NDArray[np.float32], slots: int, weeks: int) -> pd.DataFrame:
    ends = backlog[:, slots - 1 :: slots][:, :weeks]
    low, middle, high = np.quantile(ends, [0.1, 0.5, 0.9], axis=0)
    return pd.DataFrame({"week": np.arange(1, ends.shape[1] + 1), "low": low, "median": middle, "high": high})


def _reply_hours(delays: Floats, load: Load, per_hour: int) -> pd.DataFrame:
    """Return the share of each target's messages answered within a time; short times in fine steps."""
    frames = []
    for k, part in enumerate(load.deferred):
        total = float(delays[k].sum())
        if part.name == DUTIES or total <= 0:
            continue
        slots = np.unique(np.round(np.geomspace(1, delays.shape[1] - 1, 60)).astype(int))
        share = np.cumsum(delays[k])[slots] / total
        frames.append(pd.DataFrame({"target": part.name, "hours": slots / per_hour, "share": share}))
    if not frames:
        return pd.DataFrame({"target": [], "hours": [], "share": []})
    return pd.concat(frames, ignore_index=True)
