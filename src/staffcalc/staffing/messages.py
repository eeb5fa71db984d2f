"""
Message by message: whole heads, nobody interrupted unless the work can be parked, senders who give up.

An independent check of the closed forms and of the backlog simulation, and the way to reply times. Events are taken in
the order of time; waiting messages sit in one queue a class; an agent who is busy at the end of a shift finishes the
message and leaves.
"""

from __future__ import annotations

import dataclasses
import heapq
import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from staffcalc._checks import generator
from staffcalc.errors import InputError

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

POLICIES = ("priority", "fifo", "edf", "triage")
"""
Shortest target first; first in first out over all classes; earliest due first; earliest due first with late messages
on a shelf until nothing else waits.
"""


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Messages:
    """
    Messages in order of arrival.

    Parameters
    ----------
    arrive : array
        Arrival. [hours]
    kind : array of int
        Class of each message; class 0 is served first under ``priority``.
    handle : array
        Handle time. [hours]
    patience : array
        Time after which the sender gives up; infinite for those who never do. [hours]
    due : array
        Moment at which the answer is late. [hours]
    """

    arrive: Floats
    kind: Whole
    handle: Floats
    patience: Floats
    due: Floats

    @classmethod
    def merge(cls, parts: Sequence[Messages]) -> Messages:
        """Return the messages of several classes in order of arrival."""
        order = np.argsort(np.concatenate([part.arrive for part in parts]), kind="stable")
        names = [field.name for field in dataclasses.fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts])[order] for name in names})


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Crew:
    """
    People who work on the same classes.

    Parameters
    ----------
    times, heads : array
        Moments at which the number of people changes, the first at or before the first message, and the number from
        then on. [hours], [people]
    skills : tuple of int, optional
        Classes that they answer; all if not given.
    """

    times: Floats
    heads: Floats
    skills: tuple[int, ...] | None = None


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Outcome:
    """What became of each message: moments in hours, NaN where it did not happen."""

    messages: Messages
    start: Floats
    finish: Floats
    abandoned: NDArray[np.bool_]

    @property
    def wait(self) -> Floats:
        """Time to the start of the answer, or to giving up. [hours]"""
        waited = self.start - self.messages.arrive
        return np.where(self.abandoned, self.messages.patience, waited)


def serve_messages(
    messages: Messages,
    crews: Sequence[Crew],
    *,
    policy: str = "priority",
    per_agent: Sequence[float] | None = None,
    parkable: Sequence[int] = (),
    urgent: Sequence[int] = (),
    behind: Sequence[int] = (),
    repeat_share: float = 0.0,
    repeat_hours: float = 1.0,
    seed: int | np.random.Generator = 0,
) -> Outcome:
    """
    Serve messages one by one.

    Parameters
    ----------
    messages : Messages
        In order of arrival.
    crews : sequence of Crew
        Who is there when, and for which classes; a message goes to the first crew with a free agent.
    policy : str
        One of :data:`POLICIES`; inside a class always first in first out.
    per_agent : sequence of float, optional
        Messages of each class that one agent serves at the same time; 1 if not given. [messages]
    parkable : sequence of int
        Classes whose messages are put aside when an urgent one finds nobody free, and taken up again later.
    urgent : sequence of int
        Classes that may do that.
    behind : sequence of int
        Classes that wait until no other message does, whatever the policy.
    repeat_share : float
        Share of late answers after which the sender writes again. [share]
    repeat_hours : float
        Mean time until then. [hours]
    seed : int or Generator
        Where the random numbers of repeated messages come from.

    Returns
    -------
    Outcome
        Start, finish and abandonment of each message, repeated ones at the end.

    Raises
    ------
    InputError
        If the policy is not known, or the messages are not in order.

    Notes
    -----
    A sender who gives up leaves the queue at once; nobody is taken from a message that has begun, unless it can be
    parked. With ``per_agent`` above 1 a message takes that part of an agent, so handle times are those of a full agent.
    """
    if policy not in POLICIES:
        raise InputError("not_one_of", name="policy", value=policy, known=list(POLICIES))
    if (np.diff(messages.arrive) < 0).any():
        raise InputError("messages_not_in_order")
    run = _Run(messages, crews, policy, per_agent, parkable, urgent, behind, repeat_share, repeat_hours, seed)
    run.play()
    return run.outcome()


class _Run:
    """One run: plain lists and local names, because the loop is the cost."""

    def __init__(
        self,
        messages: Messages,
        crews: Sequence[Crew],
        policy: str,
        per_agent: Sequence[float] | None,
        parkable: Sequence[int],
        urgent: Sequence[int],
        behind: Sequence[int],
        repeat_share: float,
        repeat_hours: float,
        seed: int | np.random.Generator,
    ) -> None:
        self.arrive = messages.arrive.tolist()
        self.kind = messages.kind.tolist()
        self.left = messages.handle.tolist()
        self.handle = list(self.left)
        self.expire = (messages.arrive + messages.patience).tolist()
        self.due = messages.due.tolist()
        count = len(self.arrive)
        self.start = [math.nan] * count
        self.finish = [math.nan] * count
        self.gone = [False] * count
        self.version = [0] * count
        kinds = max(self.kind, default=0) + 1
        self.kinds = kinds
        self.queues: list[deque[int]] = [deque() for _ in range(kinds)]
        self.units = [1.0 / value for value in per_agent] if per_agent is not None else [1.0] * kinds
        self.skills = [list(range(kinds)) if crew.skills is None else sorted(crew.skills) for crew in crews]
        self.crews_of = [[g for g, skill in enumerate(self.skills) if k in skill] for k in range(kinds)]
        self.heads = [0.0] * len(crews)
        self.busy = [0.0] * len(crews)
        self.parked: list[list[int]] = [[] for _ in crews]
        changes = [
            (float(time), g, float(heads))
            for g, crew in enumerate(crews)
            for time, heads in zip(crew.times, crew.heads, strict=True)
        ]
        self.changes = sorted(changes)
        self.key = {"priority": None, "fifo": self.arrive, "edf": self.due, "triage": self.due}[policy]
        self.shelves: list[deque[int]] | None = [deque() for _ in range(kinds)] if policy == "triage" else None
        self.behind = [k in behind for k in range(kinds)]
        self.parkable = [k in parkable for k in range(kinds)]
        self.urgent = [k in urgent for k in range(kinds)]
        self.events: list[tuple[float, int, int, int]] = []
        self.repeat_share, self.repeat_hours = repeat_share, repeat_hours
        self.rng = generator(seed)
        self.again: list[tuple[float, int]] = []
        self.patience = messages.patience.tolist()
        self.grace = (messages.due - messages.arrive).tolist()

    def play(self) -> None:
        """Take the events in order of time: changes of the crew, completions, arrivals."""
        arrive, kind, queues, events, changes = self.arrive, self.kind, self.queues, self.events, self.changes
        version, busy, heads, units, finish = self.version, self.busy, self.heads, self.units, self.finish
        begin, dispatch, again = self._begin, self._dispatch, self.again
        first, total, change, last = 0, len(arrive), 0, len(changes)
        inf = math.inf
        while True:
            at = arrive[first] if first < total else inf
            if again and again[0][0] < at:
                at = again[0][0]
            done = events[0][0] if events else inf
            turn = changes[change][0] if change < last else inf
            if turn <= at and turn <= done:
                if turn == inf:
                    break
                _, g, number = changes[change]
                change += 1
                heads[g] = number
                dispatch(g, turn)
            elif done <= at:
                when, i, g, seen = heapq.heappop(events)
                if version[i] != seen:
                    continue
                version[i] = -1
                busy[g] -= units[kind[i]]
                finish[i] = when
                dispatch(g, when)
            else:
                if again and again[0][0] == at:
                    i = heapq.heappop(again)[1]
                else:
                    i = first
                    first += 1
                k = kind[i]
                queue = queues[k]
                if not queue:
                    for g in self.crews_of[k]:
                        if busy[g] + units[k] <= heads[g] + 1e-9:
                            begin(i, g, at)
                            break
                    else:
                        queue.append(i)
                        if self.urgent[k]:
                            self._park_for(k, at)
                else:
                    queue.append(i)
                    if self.urgent[k]:
                        self._park_for(k, at)

    def _begin(self, i: int, g: int, now: float) -> None:
        k = self.kind[i]
        self.busy[g] += self.units[k]
        if self.version[i] == 0:
            self.start[i] = now
            if self.repeat_share and now > self.due[i] and self.rng.random() < self.repeat_share:
                self._write_again(i, now)
        self.version[i] += 1
        heapq.heappush(self.events, (now + self.left[i], i, g, self.version[i]))
        if self.parkable[k]:
            self.finish[i] = now + self.left[i]
            self.parked[g].append(i)

    def _dispatch(self, g: int, now: float) -> None:
        """Give free agents of a crew the next messages."""
        busy, heads, units = self.busy, self.heads, self.units
        while busy[g] < heads[g] - 1e-9:
            k = self._next(g, now)
            if k < 0 or busy[g] + units[k] > heads[g] + 1e-9:
                return
            self._begin(self.queues[k].popleft(), g, now)

    def _next(self, g: int, now: float) -> int:
        """Return the class whose first message comes next, or -1; those who gave up are dropped on the way."""
        best, best_key = -1, math.inf
        last, last_key = -1, math.inf
        expire, key = self.expire, self.key
        for k in self.skills[g]:
            queue = self.queues[k]
            while queue and expire[queue[0]] <= now and self.version[queue[0]] == 0:
                self.gone[queue.popleft()] = True
            if self.shelves is not None and not self.behind[k]:
                while queue and self.due[queue[0]] <= now:
                    self.shelves[k].append(queue.popleft())
            if not queue:
                continue
            order = 0.0 if key is None else key[queue[0]]
            if self.behind[k]:
                if order < last_key:
                    last, last_key = k, order
            elif key is None:
                return k
            elif order < best_key:
                best, best_key = k, order
        if best < 0 and self.shelves is not None:
            best = self._from_shelf(g, now)
        return best if best >= 0 else last

    def _from_shelf(self, g: int, now: float) -> int:
        """Put the message that is late for longest back in front of its queue and return its class, or -1."""
        assert self.shelves is not None
        best, oldest = -1, math.inf
        for k in self.skills[g]:
            shelf = self.shelves[k]
            while shelf and self.expire[shelf[0]] <= now and self.version[shelf[0]] == 0:
                self.gone[shelf.popleft()] = True
            if shelf and self.arrive[shelf[0]] < oldest:
                best, oldest = k, self.arrive[shelf[0]]
        if best >= 0:
            self.queues[best].appendleft(self.shelves[best].popleft())
        return best

    def _park_for(self, k: int, now: float) -> None:
        """Put one parkable message aside so that an urgent one can start."""
        for g in self.crews_of[k]:
            stack = self.parked[g]
            while stack:
                i = stack.pop()
                if self.version[i] < 0 or self.finish[i] <= now:
                    continue
                self.left[i] = self.finish[i] - now
                self.version[i] += 1
                self.finish[i] = math.nan
                self.busy[g] -= self.units[self.kind[i]]
                self.queues[self.kind[i]].appendleft(i)
                self._dispatch(g, now)
                return

    def _write_again(self, i: int, now: float) -> None:
        new = len(self.arrive)
        when = now + float(self.rng.exponential(self.repeat_hours))
        for same in (self.kind, self.handle, self.patience, self.grace):
            same.append(same[i])
        self.left.append(self.handle[i])
        self.arrive.append(when)
        self.expire.append(when + self.patience[i])
        self.due.append(when + self.grace[i])
        self.start.append(math.nan)
        self.finish.append(math.nan)
        self.gone.append(False)
        self.version.append(0)
        heapq.heappush(self.again, (when, new))

    def outcome(self) -> Outcome:
        """Return what became of each message."""
        arrive = np.array(self.arrive)
        start = np.array(self.start)
        gone = np.array(self.gone, dtype=bool)
        patience = np.array(self.patience)
        gone |= np.isnan(start) & np.isfinite(patience)
        return Outcome(
            messages=Messages(
                arrive=arrive,
                kind=np.array(self.kind, dtype=np.int64),
                handle=np.array(self.handle),
                patience=patience,
                due=np.array(self.due),
            ),
            start=start,
            finish=np.array(self.finish),
            abandoned=gone,
        )
