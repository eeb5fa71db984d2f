"""What takes several people at once: a site, a vendor, a shared phone, an e-mail domain, a grade."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from staffcalc._words import Sentence
from staffcalc.inputs.access import AccessHolder
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import Person
from staffcalc.resilience.cells import present_holders
from staffcalc.resilience.holdings import expand_groups

CAUSES = ("site", "vendor", "phone", "email_domain", "grade", "group")
"""Kinds of common causes; ``group`` is whatever the desk groups for another reason."""

FIELDS = {"site": "site", "organisation": "vendor", "email_domain": "email_domain", "grade": "grade"}
"""Facts about people and access holders that those with the same value share."""


@dataclasses.dataclass(frozen=True)
class CommonCause:
    """
    People who can be lost in one stroke.

    Parameters
    ----------
    name : str
        Name of the site, vendor, phone, domain, grade or group; never the id of a person.
    kind : str
        One of :data:`CAUSES`.
    members : frozenset of str
        Ids of the people and access holders lost with it.
    """

    name: str
    kind: str
    members: frozenset[str]

    def words(self) -> Sentence:
        """Return who is lost, for sentences."""
        return Sentence(f"cause_{self.kind}", name=self.name)


def common_causes(desk: Desk, held: Iterable[str]) -> tuple[CommonCause, ...]:
    """
    Return who is lost together: groups of the desk first, then sites, vendors, e-mail domains and grades.

    Parameters
    ----------
    desk : Desk
        The team and its access holders.
    held : iterable of str
        Ids that hold anything; others do not matter.

    Notes
    -----
    Groups of one person say nothing new and are left out. So is what everybody shares without the desk naming it as a
    group: a team at one site needs no table to know that it is lost with its site.
    """
    wanted = frozenset(held)
    named = {("group", group.id): group for group in desk.groups}
    inner = {group.id for group in desk.groups} - {one.id for one in desk.people}
    inner -= {one.id for one in desk.access_holders}
    members = expand_groups(
        {key: [("group", one) if one in inner else one for one in group.members] for key, group in named.items()}
    )
    found: dict[tuple[str, str], set[str]] = {}
    for key, group in named.items():
        kind = "group" if group.kind == "other" else str(group.kind)
        found[kind, group.id] = {str(one) for one in members[key]} & wanted
    given = set(found)
    everyone: list[Person | AccessHolder] = [*desk.team(), *present_holders(desk)]
    for field, shared in FIELDS.items():
        for member in everyone:
            value = getattr(member, field, None)
            if value and member.id in wanted:
                found.setdefault((shared, str(value)), set()).add(member.id)
    taken = set(wanted)
    causes = []
    for (sort, name), who in found.items():
        if len(who) < 2 or (who == wanted and (sort, name) not in given):
            continue
        unique = name if name not in taken else f"{sort}:{name}"
        taken.add(unique)
        causes.append(CommonCause(unique, sort, frozenset(who)))
    return tuple(causes)
