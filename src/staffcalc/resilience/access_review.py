"""The access review: who should lose, gain or move access, and which passwords to change, in order of urgency."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import ClassVar

import pandas as pd

from staffcalc import _checks
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence, format_value, label
from staffcalc.inputs.access import LAYERS
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure
from staffcalc.resilience.access_findings import MOST, Finding, find_faults
from staffcalc.resilience.cells import DeskCell, list_cells
from staffcalc.resilience.consequences import shortened
from staffcalc.resilience.key_holders import Givers

URGENCIES = {"today": dt.timedelta(0), "this_week": dt.timedelta(weeks=1), "this_quarter": dt.timedelta(weeks=13)}
"""When a step is due, counted from the day of the facts."""

REASONS = (
    "left",
    "nobody_holds",
    "knew_password",
    "never_changed",
    "single_holder",
    "nobody_to_add",
    "only_outsiders",
    "private_account",
    "private_address",
    "answers_without_access",
    "outsider_unlocks",
    "too_many_holders",
    "does_not_answer",
    "outsider_owns",
    "outsider_posts",
)
"""Why a step is advised, most urgent first."""

DUE = {
    "left": "today",
    "nobody_holds": "today",
    "knew_password": "today",
    "never_changed": "this_week",
    "single_holder": "this_week",
    "nobody_to_add": "this_quarter",
    "only_outsiders": "this_week",
    "private_account": "this_week",
    "private_address": "this_week",
    "answers_without_access": "this_week",
    "outsider_unlocks": "this_week",
    "too_many_holders": "this_quarter",
    "does_not_answer": "this_quarter",
    "outsider_owns": "this_quarter",
    "outsider_posts": "this_quarter",
}
"""When a step is due, by its reason."""

MINUTES = {
    "remove": "minutes_per_access_review_item",
    "add": "minutes_to_grant_access",
    "rotate": "minutes_per_password_rotation",
    "move": "minutes_to_grant_access",
    "check": "minutes_per_access_review_item",
}


@dataclasses.dataclass(frozen=True)
class AccessStep:
    """
    One step of the review.

    Parameters
    ----------
    due : str
        One of :data:`URGENCIES`.
    due_on : date
        Last day for it.
    action : str
        ``remove``, ``add``, ``rotate``, ``move`` or ``check``.
    channel : str
        Account.
    layer : str
        Access layer; empty where the step is about the whole account.
    holder : str
        Who loses, gains or moves access; empty where the desk names nobody suitable.
    reason : str
        One of :data:`REASONS`.
    responsible : str
        Who can do it: an owner of the account, else whoever carries security; empty where the desk names neither.
    minutes : float
        Time it takes. [minute]
    """

    due: str
    due_on: dt.date
    action: str
    channel: str
    layer: str
    holder: str
    reason: str
    responsible: str
    minutes: float

    def words(self) -> Sentence:
        """Return the step as an order in one sentence."""
        what = Sentence(f"key_{self.layer or 'account'}", channel=self.channel)
        if not self.holder and self.action in ("add", "check", "move"):
            return Sentence(f"order_{self.action}_anybody", what=what)
        return Sentence(f"order_{self.action}", what=what, holder=self.holder)


@dataclasses.dataclass(frozen=True)
class KeyBalance:
    """
    Too few and too many holders of one key, side by side.

    Parameters
    ----------
    channel, layer : str
        Account and access layer.
    holders : int
        Everybody who holds the key, leavers included. [person]
    spare : int
        Holders still here beyond those required: below 0 it is short, at 0 it hangs on one person. [person]
    excess : int
        Holders whom the review takes the key from, or asks about: leavers, outsiders where employees should hold it,
        people of the team who do not answer the channel, and those above the upper limit. [person]
    """

    channel: str
    layer: str
    holders: int
    spare: int
    excess: int


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class AccessReview(Result):
    """
    What an access review would change.

    Parameters
    ----------
    steps : tuple of AccessStep
        The steps, most urgent first.
    hours : float
        Time to do them all. [hour]
    accesses : int
        Accesses held, leavers included. [access]
    keys : tuple of KeyBalance
        Spare and excess holders of each access layer of each channel.
    """

    kind: ClassVar[str] = "access_review"

    steps: tuple[AccessStep, ...]
    hours: float
    accesses: int
    keys: tuple[KeyBalance, ...] = ()

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        if not self.accesses and not self.steps:
            return Sentence("review_nothing_told")
        if not self.steps:
            return Sentence("review_in_order", count=self.accesses)
        return Sentence(
            "review_headline",
            count=len(self.steps),
            accesses=self.accesses,
            today=sum(step.due == "today" for step in self.steps),
            leavers=len({step.holder for step in self.steps if step.reason == "left"}),
            hours=self.hours,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the checklist: due, due_on, action, channel, layer, holder, reason, responsible, minutes."""
        columns = [field.name for field in dataclasses.fields(AccessStep)]
        return pd.DataFrame([dataclasses.astuple(step) for step in self.steps], columns=columns)

    def balance(self) -> pd.DataFrame:
        """Return one row a key: channel, layer, holders, spare, excess."""
        columns = [field.name for field in dataclasses.fields(KeyBalance)]
        return pd.DataFrame([dataclasses.astuple(key) for key in self.keys], columns=columns)

    def checklist(self, language: str = "en") -> pd.DataFrame:
        """
        Return the steps in words, with columns to sign: for a ticket system, a sheet of paper or a CSV file.

        Parameters
        ----------
        language : str
            ``en`` or ``tr``.
        """
        names = ("number", "due_on", "step", "reason", "responsible", "minutes", "done_on", "checked_by")
        rows = [
            (
                place,
                format_value(step.due_on, language),
                step.words().say(language),
                label(f"term_{step.reason}", language),
                step.responsible or label("nobody_named", language),
                step.minutes,
                "",
                "",
            )
            for place, step in enumerate(self.steps, start=1)
        ]
        return pd.DataFrame(rows, columns=[label(f"col_{name}", language) for name in names])

    @property
    def points(self) -> tuple[Sentence, ...]:
        """The same as ``findings``."""
        return self.findings

    @property
    def findings(self) -> tuple[Sentence, ...]:
        """What was found, one sentence for each reason, most urgent first."""
        spoken = []
        for reason in REASONS:
            steps = [step for step in self.steps if step.reason == reason]
            nobody = reason == "nobody_holds" and not any(step.holder for step in steps)
            if steps:
                spoken.append(
                    Sentence(
                        "found_nobody_can_hold" if nobody else f"found_{reason}",
                        count=len(steps),
                        people=len({step.holder for step in steps}),
                        channels=shortened(step.channel for step in steps),
                        holders=shortened(step.holder for step in steps if step.holder),
                    )
                )
        return tuple(spoken)


def review_access(desk: Desk, *, spare: int = 1) -> AccessReview:
    """
    Go through every access of a desk and list what should change.

    Parameters
    ----------
    desk : Desk
        Channels with their access layers, the team and other holders; judged on the desk's day of the facts.
    spare : int
        Holders that every layer should have beyond those it needs. [person]

    Returns
    -------
    AccessReview
        Steps in order of urgency; ``to_frame()`` is a checklist that can be saved as CSV or put on a sheet.

    Raises
    ------
    InputError
        If ``spare`` is negative or not whole.

    Notes
    -----
    Leavers are removed first, and are no cover for anything. A password that several people know is changed when one of
    them left after the last change, or when no change is on record. Whoever is proposed to gain access is an employee
    of the team, one who answers the channel before others, the one with fewest accesses first; nobody posts who does
    not answer. A step falls to an owner of the account who stays an owner; where there is none, to whoever carries the
    duty of security, who has to ask the platform. Upper limits of holders are judgement. Ids begin with a letter or a
    digit, so no cell of the checklist can be read as a formula.

    Examples
    --------
    >>> import staffcalc as sc
    >>> review = review_access(sc.read_desk("data/sample_desk.yaml"))
    >>> print(review.to_frame()[["due", "action", "channel", "layer", "holder"]].head(1).to_string(index=False))
      due action  channel layer   holder
    today remove facebook owner former-1
    """
    _checks.given("desk", desk, Desk, maker="read_desk")
    spare = _checks.whole("spare", spare, unit="person")
    cells = [cell for cell in list_cells(desk) if cell.kind in LAYERS]
    found = find_faults(desk, cells, spare)
    order = {reason: place for place, reason in enumerate(REASONS)}
    ranked = sorted(found, key=lambda one: (list(URGENCIES).index(DUE[one.reason]), order[one.reason]))
    givers = Givers(desk, cells)
    steps = tuple(
        AccessStep(
            due=DUE[one.reason],
            due_on=desk.today + URGENCIES[DUE[one.reason]],
            **dataclasses.asdict(one),
            responsible=givers.of(one.channel, one.layer, not_by=one.holder),
            minutes=figure(MINUTES[one.action]).value,
        )
        for one in ranked
    )
    needed = sorted({*MINUTES.values(), *MOST.values()})
    return AccessReview(
        steps=steps,
        hours=sum(step.minutes for step in steps) / 60,
        accesses=sum(
            len(channel.access.holders(layer) or ()) for channel in desk.channels if channel.access for layer in LAYERS
        ),
        keys=_balance(desk, cells, found),
        notes=_doubts(desk),
        assumptions=_assumed(needed),
        sources=tuple(dict.fromkeys(figure(name).source for name in needed)),
        desk=desk,
    )


def _balance(desk: Desk, cells: Sequence[DeskCell], found: Iterable[Finding]) -> tuple[KeyBalance, ...]:
    """Return spare and excess of each key; excess is what the steps take away or ask about."""
    doubted: dict[tuple[str, str], set[str]] = {}
    for one in found:
        if one.action in ("remove", "check") and one.holder:
            doubted.setdefault((one.channel, one.layer), set()).add(one.holder)
    access = {channel.id: channel.access for channel in desk.channels}
    keys = []
    for cell in cells:
        layers = access[cell.subject]
        everybody = set(layers.holders(cell.kind) or ()) if layers is not None else set[str]()
        excess = doubted.get((cell.subject, cell.kind), set())
        above = len(everybody - excess) - round(figure(MOST[cell.kind]).value)
        keys.append(
            KeyBalance(cell.subject, cell.kind, len(everybody), cell.spare, len(excess) + max(0, above))
        )  # fmt: skip
    return tuple(keys)


def _doubts(desk: Desk) -> tuple[Sentence, ...]:
    silent = [channel.id for channel in desk.channels if channel.access is None]
    return (Sentence("access_not_told", count=len(silent), channels=shortened(silent)),) if silent else ()


def _assumed(names: Sequence[str]) -> tuple[Assumption, ...]:
    return tuple(figure(name).assumption() for name in names)
