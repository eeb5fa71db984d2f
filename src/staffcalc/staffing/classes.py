"""The classes of work that the engines serve: arrays by slot of the local week."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.inputs.calendars import WeekHours
from staffcalc.reference.lookup import figure
from staffcalc.staffing.simulation import Stream

if TYPE_CHECKING:
    from staffcalc.inputs.targets import Target

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

DUTIES = "other_duties"
"""Name of the class that holds all duties beside messages."""


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class ChannelFacts:
    """What the desk says about its channels, as arrays in the desk's order; ranges are (low, typical, high)."""

    ids: tuple[str, ...]
    messages: Floats
    """Messages an hour, (168, channels). [messages per hour]"""
    reply_share: Floats
    """(3, channels). [share]"""
    aht_hours: Floats
    """Handle time of one message that needs a reply, replies that follow included, (3, channels). [hours]"""
    aht_cv: Floats
    concurrency: Floats
    patience_hours: Floats
    """Mean patience; infinite where senders do not give up. [hours]"""
    targets: tuple[Target, ...]

    @property
    def replies(self) -> Floats:
        """Messages that need a reply, (168, channels). [messages per hour]"""
        return np.asarray(self.messages * self.reply_share[1])

    @property
    def work_hours(self) -> Floats:
        """Time of one person on one message that needs a reply, (3, channels). [hours]"""
        return np.asarray(self.aht_hours / self.concurrency)

    @property
    def hours(self) -> Floats:
        """Work of one week by channel. [hours per week]"""
        return np.asarray(self.replies.sum(axis=0) * self.work_hours[1])


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class DeferredClass:
    """Messages with one hours-long target, or the other duties."""

    name: str
    share: float
    within_hours: float
    business_clock: bool
    channels: NDArray[np.int64]
    """Places of its channels; empty for the other duties."""
    stream: Stream
    planned_last: Whole
    """Last slot in the plan: messages that no cover can answer in time are due in the first covered slot."""
    ceiling: float
    cap_hours: float | None = None
    """Longest that any message may wait, on the clock of the target. [hours]"""
    cap_last: Whole | None = None
    """Last slot within the cap."""

    @property
    def goal(self) -> float:
        """Share to certify: the target, or as much of it as the ceiling allows at a sane price. [share]"""
        return goal_of(self.share, self.ceiling)


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class RealtimeClass:
    """Messages with one minutes-long target."""

    name: str
    share: float
    within_hours: float
    channels: NDArray[np.int64]
    messages: Floats
    """Messages an hour in covered slots. [messages per hour]"""
    aht_hours: float
    agents_per_conversation: float
    patience_hours: float
    ceiling: float
    outside: float = 0.0
    """Share of its messages that arrive outside the hours in which people may work. [share]"""
    abandoned: int = 0
    """How the share counts senders who gave up: 0 as missed, 1 not at all."""

    @property
    def goal(self) -> float:
        """Share to plan for among the messages of covered hours, so that it is enough for all of them. [share]"""
        if self.ceiling < self.share:
            return self.share
        return goal_of(self.share, self.ceiling) / self.ceiling

    @property
    def load(self) -> Floats:
        """Agents busy on average in each slot. [erlangs]"""
        return np.asarray(self.messages * self.aht_hours * self.agents_per_conversation)


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Load:
    """Everything a team has to do in a week, in slots of the local week."""

    per_hour: int
    hours: WeekHours
    """Hours in which people may work."""
    window: Floats
    """Part of each slot in which people may work. [share]"""
    seats: Floats
    """People that cover hours ask for in each slot. [people]"""
    channels: ChannelFacts
    deferred: tuple[DeferredClass, ...]
    """Shortest target first; the other duties last."""
    realtime: tuple[RealtimeClass, ...]
    duty_hours: tuple[float, float, float]
    """Other duties: low, typical, high. [hours per week]"""
    day_cv: float
    week_cv: float
    hour_cv: float
    level_sd: float
    notes: tuple[Sentence, ...]
    assumptions: tuple[Assumption, ...]

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams of the deferred classes."""
        return tuple(part.stream for part in self.deferred)

    @property
    def slots(self) -> int:
        """Slots in the week."""
        return 168 * self.per_hour

    @property
    def hours_per_week(self) -> float:
        """All work of a mean week. [hours per week]"""
        waiting = sum(float(part.stream.work.sum()) for part in self.deferred)
        return waiting + sum(float(part.load.sum()) / self.per_hour for part in self.realtime)

    @property
    def message_classes(self) -> tuple[DeferredClass | RealtimeClass, ...]:
        """All classes of messages."""
        return (*self.realtime, *(part for part in self.deferred if part.name != DUTIES))


def goal_of(share: float, ceiling: float) -> float:
    """
    Return the share that a plan is held to. [share]

    Notes
    -----
    With a ceiling below the target, the target's share of what can be answered; with one just above it, not the last
    part, which would take people without end. So the promise itself, and with it the need, rises where a target comes
    within reach.
    """
    most = figure("most_of_the_ceiling").value
    if ceiling < share:
        return min(share, most) * ceiling
    return min(share, ceiling * most) if ceiling < 1 else share
