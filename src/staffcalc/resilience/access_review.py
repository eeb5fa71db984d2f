"""The access review: who should lose, gain or move access, and which passwords to change, in order of urgency."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

import pandas as pd

from staffcalc import _checks
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.inputs.access import LAYERS, AccessHolder
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import Person
from staffcalc.reference.lookup import figure
from staffcalc.resilience.cells import DeskCell, gone_by, list_cells

URGENCIES = ("today", "this_week", "this_quarter")
"""When a step is due."""

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
    "too_many_holders",
    "does_not_answer",
    "outsider_owns",
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
    "too_many_holders": "this_quarter",
    "does_not_answer": "this_quarter",
    "outsider_owns": "this_quarter",
}
MINUTES = {
    "remove": "minutes_per_access_review_item",
    "add": "minutes_to_grant_access",
    "rotate": "minutes_per_password_rotation",
    "move": "minutes_to_grant_access",
    "check": "minutes_per_access_review_item",
}
MOST = {"owner": "max_owners", "editor": "max_editors"}


@dataclasses.dataclass(frozen=True)
class AccessStep:
    """
    One step of the review.

    Parameters
    ----------
    due : str
        One of :data:`URGENCIES`.
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
    """

    due: str
    action: str
    channel: str
    layer: str
    holder: str
    reason: str


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
    """

    kind: ClassVar[str] = "access_review"

    steps: tuple[AccessStep, ...]
    hours: float
    accesses: int

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        if not self.accesses:
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
        """Return the checklist: due, action, channel, layer, holder, reason."""
        columns = [field.name for field in dataclasses.fields(AccessStep)]
        return pd.DataFrame([dataclasses.astuple(step) for step in self.steps], columns=columns)

    @property
    def findings(self) -> tuple[Sentence, ...]:
        """What was found, one sentence for each reason, most urgent first."""
        spoken = []
        for reason in REASONS:
            steps = [step for step in self.steps if step.reason == reason]
            if steps:
                spoken.append(
                    Sentence(
                        f"found_{reason}",
                        count=len(steps),
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
    who answers the channel, the one with fewest accesses first. Upper limits of holders are judgement. Ids begin with a
    letter or a digit, so no cell of the checklist can be read as a formula.

    Examples
    --------
    >>> import staffcalc as sc
    >>> review = review_access(sc.read_desk("data/sample_desk.yaml"))
    >>> print(review.to_frame()[["due", "action", "channel", "layer", "holder"]].head(1).to_string(index=False))
      due action  channel layer   holder
    today remove facebook owner former-1
    """
    spare = _checks.whole("spare", spare, unit="person")
    cells = [cell for cell in list_cells(desk) if cell.kind in LAYERS]
    steps = [*_leavers(desk), *_passwords(desk), *_gains(desk, cells, spare), *_outsiders(desk, cells), *_excess(cells)]
    steps += [*_private(desk, cells), *_mismatches(desk, cells)]
    order = {reason: place for place, reason in enumerate(REASONS)}
    steps.sort(key=lambda step: (URGENCIES.index(step.due), order[step.reason]))
    needed = sorted({*MINUTES.values(), *MOST.values()})
    return AccessReview(
        steps=tuple(dict.fromkeys(steps)),
        hours=sum(figure(MINUTES[step.action]).value for step in dict.fromkeys(steps)) / 60,
        accesses=sum(
            len(channel.access.holders(layer) or ()) for channel in desk.channels if channel.access for layer in LAYERS
        ),
        notes=_doubts(desk),
        assumptions=_assumed(needed),
        sources=tuple(dict.fromkeys(figure(name).source for name in needed)),
        desk=desk,
    )


def shortened(names: Iterable[str], most: int = 6) -> list[str | Sentence]:
    """Return names, each once and in order, the tail as a count."""
    unique = list(dict.fromkeys(names))
    if len(unique) <= most:
        return list(unique)
    return [*unique[: most - 1], Sentence("further_ones", count=len(unique) - most + 1)]


def outsiders(desk: Desk) -> frozenset[str]:
    """Return the ids of contractors and agencies."""
    everyone: list[Person | AccessHolder] = [*desk.people, *desk.access_holders]
    return frozenset(one.id for one in everyone if one.employment != "employee")


def _step(action: str, channel: str, layer: str, holder: str, reason: str) -> AccessStep:
    return AccessStep(DUE[reason], action, channel, layer, holder, reason)


def _leavers(desk: Desk) -> Iterator[AccessStep]:
    left = gone_by(desk, desk.today)
    for channel in desk.channels:
        for layer in LAYERS if channel.access else ():
            for holder in (channel.access.holders(layer) if channel.access else None) or ():
                if holder in left:
                    yield _step("remove", channel.id, layer, holder, "left")


def _passwords(desk: Desk) -> Iterator[AccessStep]:
    left = gone_by(desk, desk.today)
    for channel in desk.channels:
        if channel.access is None or not channel.access.shared_password:
            continue
        changed = channel.access.password_changed_on
        knew = {holder for layer in LAYERS for holder in channel.access.holders(layer) or ()}
        if any(holder in left and (changed is None or left[holder] >= changed) for holder in knew):
            yield _step("rotate", channel.id, "", "", "knew_password")
        elif changed is None:
            yield _step("rotate", channel.id, "", "", "never_changed")


def _gains(desk: Desk, cells: Sequence[DeskCell], spare: int) -> Iterator[AccessStep]:
    outside = outsiders(desk)
    granted: dict[str, int] = {}
    for cell in cells:
        for holder in cell.holders:
            granted[holder] = granted.get(holder, 0) + 1
    for cell in cells:
        missing = max(cell.required + spare, cell.advised) - len(cell.holders)
        if missing <= 0:
            continue
        suitable = [
            person.id
            for person in desk.holders_of_channel(cell.subject)
            if person.id not in cell.holders and person.id not in outside
        ]
        suitable.sort(key=lambda one: (granted.get(one, 0), one))
        for holder in [*suitable[:missing], *[""] * min(1, max(0, missing - len(suitable)))]:
            if holder:
                granted[holder] = granted.get(holder, 0) + 1
            reason = "nobody_holds" if cell.spare < 0 else "single_holder" if holder else "nobody_to_add"
            yield _step("add", cell.subject, cell.kind, holder, reason)


def _outsiders(desk: Desk, cells: Sequence[DeskCell]) -> Iterator[AccessStep]:
    outside = outsiders(desk)
    for cell in cells:
        strangers = sorted(cell.holders & outside)
        if cell.kind != "owner" or not strangers:
            continue
        if cell.holders <= outside:
            employees = [person.id for person in desk.holders_of_channel(cell.subject) if person.id not in outside]
            yield _step("add", cell.subject, "owner", employees[0] if employees else "", "only_outsiders")
        else:
            for holder in strangers:
                yield _step("check", cell.subject, "owner", holder, "outsider_owns")


def _excess(cells: Sequence[DeskCell]) -> Iterator[AccessStep]:
    for cell in cells:
        if cell.kind in MOST and len(cell.holders) > figure(MOST[cell.kind]).value:
            yield _step("check", cell.subject, cell.kind, "", "too_many_holders")


def _private(desk: Desk, cells: Sequence[DeskCell]) -> Iterator[AccessStep]:
    private = {holder.id for holder in desk.access_holders if holder.private_address}
    for channel in desk.channels:
        if channel.access is not None and channel.access.private_address:
            yield _step("move", channel.id, "", "", "private_account")
    for cell in cells:
        for holder in sorted(cell.holders & private):
            yield _step("move", cell.subject, cell.kind, holder, "private_address")


def _mismatches(desk: Desk, cells: Sequence[DeskCell]) -> Iterator[AccessStep]:
    """Yield who answers a channel without access, and who of the team has access without answering it."""
    team = {person.id for person in desk.team()}
    for cell in cells:
        if cell.kind != "editor":
            continue
        answering = {person.id for person in desk.holders_of_channel(cell.subject)}
        for holder in sorted(answering - cell.holders):
            yield _step("add", cell.subject, "editor", holder, "answers_without_access")
        for holder in sorted((cell.holders & team) - answering):
            yield _step("check", cell.subject, "editor", holder, "does_not_answer")


def _doubts(desk: Desk) -> tuple[Sentence, ...]:
    silent = [channel.id for channel in desk.channels if channel.access is None]
    return (Sentence("access_not_told", count=len(silent), channels=shortened(silent)),) if silent else ()


def _assumed(names: Sequence[str]) -> tuple[Assumption, ...]:
    return tuple(figure(name).assumption() for name in names)
