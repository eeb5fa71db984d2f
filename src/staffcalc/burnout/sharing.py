"""Who gets which work: the duties and channels of a desk spread over the people who may do them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffcalc.reference.lookup import figure

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk
    from staffcalc.inputs.people import Person

Floats = NDArray[np.float64]


class Task(NamedTuple):
    """Work of one duty, or of one channel of it, and the places of those who may do it."""

    duty: str
    channel: str | None
    hours: float
    able: list[int]


@dataclasses.dataclass(frozen=True, eq=False)
class Sharing:
    """Tasks, and the hours a week of each that each person of the team gets: (tasks, people)."""

    tasks: tuple[Task, ...]
    given: Floats

    @property
    def load(self) -> Floats:
        """Hours a week of each person. [hours per week]"""
        return np.asarray(self.given.sum(axis=0))

    def pools(self) -> list[list[int]]:
        """Return the groups of people who share work, directly or through others; without those who have none."""
        group = list(range(self.given.shape[1]))
        for hours in self.given:
            together = np.flatnonzero(hours > _STILL)
            if together.size:
                names = {group[i] for i in together}
                group = [min(names) if name in names else name for name in group]
        busy = self.load > _STILL
        members = [[i for i, name in enumerate(group) if name == first and busy[i]] for first in sorted(set(group))]
        return [pool for pool in members if pool]


def carries(person: Person, duty: str) -> bool:
    """Return whether a person may do a duty."""
    if duty == "on_call":
        return person.on_call
    return person.duties == "all" or duty in person.duties


def share_work(
    desk: Desk,
    team: Sequence[Person],
    volume: Volume | None,
    hours_by_duty: Mapping[str, float],
    capacity: Floats,
) -> Sharing:
    """
    Spread the work over the people who may do it, as evenly as their duties and channels allow.

    Parameters
    ----------
    desk, team, volume
        Facts, the people in order, and messages.
    hours_by_duty : mapping
        Work of each duty. [hours per week]
    capacity : array
        What each person can do. [hours per week]

    Notes
    -----
    Minimises the sum of ``load ** 2 / capacity`` by pouring one task after the other until nothing moves. Work that
    nobody carries is left out.
    """
    there = capacity > 0
    tasks: list[Task] = []
    for duty, hours in hours_by_duty.items():
        carriers = [i for i, person in enumerate(team) if there[i] and carries(person, duty)]
        if duty == "community" and volume is not None and desk.channels:
            for channel, part in _channel_parts(desk, volume).items():
                able = [i for i in carriers if team[i].channels == "all" or channel in team[i].channels]
                tasks.append(Task(duty, channel, hours * part, able))
        else:
            tasks.append(Task(duty, None, hours, carriers))
    tasks = [task for task in tasks if task.hours > 0 and task.able]
    given = np.zeros((len(tasks), len(team)))
    load = np.zeros(len(team))
    for _ in range(_ROUNDS):
        moved = 0.0
        for t, task in enumerate(tasks):
            able = task.able
            others = load[able] - given[t, able]
            pour = _pour(task.hours, others, capacity[able])
            moved = max(moved, float(np.abs(pour - given[t, able]).max()))
            load[able] = others + pour
            given[t, able] = pour
        if moved < _STILL:
            break
    return Sharing(tuple(tasks), given)


_ROUNDS, _STILL = 200, 1e-6


def _pour(hours: float, others: Floats, capacity: Floats) -> Floats:
    """Fill the emptiest first until ``hours`` are gone: a common utilisation level above what others already take."""
    level = others / capacity
    order = np.argsort(level)
    room = np.cumsum(capacity[order]) * level[order] - np.cumsum(others[order])
    k = int(np.searchsorted(room, hours, side="left"))
    height = (hours + others[order][:k].sum()) / capacity[order][:k].sum()
    return np.asarray(np.maximum(height * capacity - others, 0.0), dtype=float)


def _channel_parts(desk: Desk, volume: Volume) -> dict[str, float]:
    """Share of the answering work that falls on each channel, by messages, need of reply and handle time."""
    weekly = volume.weekly_profile.sum()
    unset = figure("share_of_inbound_needing_reply").value
    work = {}
    for channel in desk.channels:
        need = channel.needs_reply_share.typical if channel.needs_reply_share else unset
        minutes = channel.aht_minutes.typical if channel.aht_minutes else figure("aht_social_message").value
        work[channel.id] = float(weekly.get(channel.id, 0.0)) * need * minutes / (channel.concurrency or 1.0)
    total = sum(work.values())
    if total <= 0:
        return {channel: 1 / len(work) for channel in work}
    return {channel: part / total for channel, part in work.items()}
