"""When the governance of access is a role of its own."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import pandas as pd

from staffcalc._checks import at_least, given, listed
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.demand.workload import size_workload
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class GovernanceRole(Result):
    """
    From how many accounts on access governance fills a role of its own.

    Parameters
    ----------
    table : DataFrame
        Columns reading, hours_per_role, accounts.
    hours_per_year : float
        Governance hours of this desk. [hour/year]
    accounts : int
        Accounts of this desk.
    hours_per_role : tuple of float
        Productive hours of one role, low and high. [hour/year]
    """

    kind: ClassVar[str] = "governance_role"

    table: pd.DataFrame
    hours_per_year: float
    accounts: int
    hours_per_role: tuple[float, float]

    @property
    def fte(self) -> tuple[float, float]:
        """Full-time equivalents that governance takes now, low and high. [FTE]"""
        return self.hours_per_year / self.hours_per_role[1], self.hours_per_year / self.hours_per_role[0]

    @property
    def dedicated(self) -> bool:
        """Whether governance fills a whole role already, at the lower hours of a role."""
        return self.fte[1] >= 1

    @property
    def headline(self) -> Sentence:
        """Hours, FTE and the threshold in one sentence."""
        low, high = self.fte
        return Sentence(
            "governance_headline",
            hours=self.hours_per_year,
            accounts=self.accounts,
            low=low,
            high=high,
            first=float(self.table["accounts"].min()),
            last=float(self.table["accounts"].max()),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return reading, hours_per_role, accounts."""
        return self.table.copy()


def find_governance_role(desk: Desk, *, hours_per_role: tuple[float, float] | None = None) -> GovernanceRole:
    """
    Find from how many accounts on access governance is one whole role, in two readings.

    Parameters
    ----------
    desk : Desk
        Facts about the team.
    hours_per_role : tuple of float, optional
        Productive hours a year of one role, low and high; the rule of thumb of the reference if not given. [hour/year]

    Returns
    -------
    GovernanceRole
        Accounts at which one role is full, if every item scales with accounts, and if watch and policy stay fixed.

    Raises
    ------
    InputError
        If the desk has no channels, or no governance hours.

    Notes
    -----
    300 channels do not make a role by themselves: the answer is the threshold, not an opinion. A role that is full is
    cheaper than spread work only if it is paid no more than those who do it now.

    Examples
    --------
    >>> desk = Desk.model_validate({
    ...     "name": "Group", "timezone": "UTC", "targets": [{"id": "t", "share": 0.9, "within_hours": 24}],
    ...     "channels": [{"id": "all", "account_count": 300}], "duties": {"security": {"users": 300}},
    ... })
    >>> found = find_governance_role(desk, hours_per_role=(1300, 1550))
    >>> [round(accounts) for accounts in found.table["accounts"]]
    [457, 544, 582, 741]
    """
    given("desk", desk, Desk, maker="read_desk")
    rule = figure("productive_hours_rule_of_thumb")
    pair = (rule.range[0], rule.range[2]) if hours_per_role is None else listed("hours_per_role", hours_per_role)
    bounds = sorted(at_least("hours_per_role", each, above=True) for each in pair or (0,))
    low, high = bounds[0], bounds[-1]
    work = size_workload(desk)
    lines = {item.item: item.hours.typical * 52 for item in work.items if item.duty == "security"}
    total = sum(lines.values())
    accounts = sum(channel.account_count for channel in desk.channels)
    if not accounts or total <= 0:
        raise InputError("governance_nothing")
    fixed = lines["watch"] + lines["policy"]
    rows = []
    for reading, still in (("all_scale", 0.0), ("watch_and_policy_fixed", fixed)):
        for hours in (low, high):
            count = accounts * (hours - still) / max(total - still, 1e-9) if hours > still else 0.0
            rows.append({"reading": reading, "hours_per_role": hours, "accounts": count})
    log = (
        (rule.assumption(),)
        if hours_per_role is None
        else (Assumption(name="hours_per_role", value=low, low=low, high=high),)
    )
    return GovernanceRole(
        table=pd.DataFrame(rows),
        hours_per_year=total,
        accounts=accounts,
        hours_per_role=(low, high),
        notes=tuple(note for note in work.notes if note.key == "governance_scaled"),
        assumptions=(*log, *(a for a in work.assumptions if a.name.startswith("duties.security"))),
        desk=desk,
    )
