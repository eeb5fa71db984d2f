"""Who should hold the next key of an account, and who can hand it over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from staffcalc.inputs.access import AccessHolder
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import Person
from staffcalc.resilience.cells import DeskCell

KEYS_FROM_OWNERS = ("owner", "editor")
"""Layers to which only an owner of the account can add people."""


def outsiders(desk: Desk) -> frozenset[str]:
    """Return the ids of contractors and agencies."""
    everyone: list[Person | AccessHolder] = [*desk.people, *desk.access_holders]
    return frozenset(one.id for one in everyone if one.employment != "employee")


def candidates(
    desk: Desk, cell: DeskCell, answering: Collection[str] = (), given: Mapping[str, int] | None = None
) -> list[str]:
    """
    Return the employees of the team who could get a key they do not hold, the fittest first.

    Parameters
    ----------
    desk : Desk
        The team and its channels.
    cell : DeskCell
        An access layer of a channel.
    answering : collection of str
        People who answer the channel beside those whom the desk names, for example because they are to learn it.
    given : mapping of str to int, optional
        Keys each person holds already; those with fewest come first.

    Notes
    -----
    Whoever answers the channel comes first. Posting is for those who answer; the other keys may lie with a colleague
    of the team. Contractors, agencies and people who are about to leave get none.
    """
    outside, held = outsiders(desk), given or {}
    answers = {person.id for person in desk.holders_of_channel(cell.subject)} | set(answering)
    able = [
        person.id
        for person in desk.team()
        if person.end is None
        and person.id not in cell.holders
        and person.id not in outside
        and (person.id in answers or cell.kind != "editor")
    ]
    return sorted(able, key=lambda one: (one not in answers, held.get(one, 0), one))


class Givers:
    """Who can hand over, take away or change a key; work is spread over those who are equally fit."""

    def __init__(self, desk: Desk, cells: Sequence[DeskCell]) -> None:
        self.holders = {(cell.subject, cell.kind): cell.holders for cell in cells}
        self.outside = outsiders(desk)
        self.team = {person.id for person in desk.team()}
        self.security = {person.id for person in desk.holders_of_duty("security")}
        self.asked: Counter[str] = Counter()

    def of(self, channel: str, layer: str = "", *, not_by: str = "") -> str:
        """Return who acts on a key: an owner of the account, else whoever carries the duty of security."""
        owners = self.holders.get((channel, "owner"), frozenset())
        own = owners if layer in KEYS_FROM_OWNERS or not layer else self.holders.get((channel, layer)) or owners
        able = (own or self.holders.get((channel, layer), frozenset())) - {not_by} or self.security - {not_by}
        if not able:
            return ""
        chosen = min(able, key=lambda one: (one in self.outside, one not in self.team, self.asked[one], one))
        self.asked[chosen] += 1
        return chosen
