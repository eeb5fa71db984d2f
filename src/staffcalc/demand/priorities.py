"""When the hours do not suffice: what goes undone; when governance is a role of its own; how large the peers are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import ClassVar

import pandas as pd

from staffcalc._checks import at_least, whole
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.demand.workload import Workload, size_workload
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import DUTIES
from staffcalc.reference.lookup import figure

KEEP_FIRST = ("crisis", "security", "community", "on_call", "publishing", "analytics", "education", "tools", "change")
"""Order in which duties are kept where the client gives none: what hurts most when left undone comes first."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Triage(Result):
    """
    Which duties go undone when the hours do not suffice.

    Parameters
    ----------
    table : DataFrame
        Columns priority, duty, hours_per_week, done, undone.
    hours : float
        Hours at hand. [hour/week]
    """

    kind: ClassVar[str] = "triage"

    table: pd.DataFrame
    hours: float

    @property
    def undone(self) -> float:
        """Hours a week that nobody works. [hour/week]"""
        return float(self.table["undone"].sum())

    @property
    def headline(self) -> Sentence:
        """What goes undone in one sentence."""
        dropped = self.table.loc[self.table["undone"] > 0.05, "duty"]
        if dropped.empty:
            return Sentence("triage_all_done", hours=self.hours)
        names = [Sentence(f"term_{duty}") for duty in dropped]
        return Sentence("triage_headline", undone=self.undone, hours=self.hours, duties=names)

    def to_frame(self) -> pd.DataFrame:
        """Return priority, duty, hours_per_week, done, undone."""
        return self.table.copy()


def triage(work: Workload, *, hours: float, order: tuple[str, ...] = KEEP_FIRST) -> Triage:
    """
    Return the ledger of what is done and what is dropped.

    Parameters
    ----------
    work : Workload
        All nine duties.
    hours : float
        Productive hours a week of the team. [hour/week]
    order : tuple of str
        Duties in the order in which they are kept; duties not named come last.

    Returns
    -------
    Triage
        Hours done and undone by duty.

    Raises
    ------
    InputError
        If a duty is not one of the nine, or hours are negative.

    Notes
    -----
    Each duty gets its hours in turn until none are left. The default order is a judgement: let the client choose.

    Examples
    --------
    >>> from staffcalc.inputs.desk import Desk
    >>> work = size_workload(Desk.model_validate({"name": "Desk", "timezone": "UTC"}))
    >>> round(triage(work, hours=5).undone + 5 - work.hours_per_week, 9)
    0.0
    """
    left = at_least("hours", hours, unit="hour/week")
    unknown = [duty for duty in order if duty not in DUTIES]
    if unknown:
        raise InputError("not_one_of", name="order", value=unknown[0], known=list(DUTIES))
    rows = []
    for place, duty in enumerate([*dict.fromkeys(order), *(duty for duty in DUTIES if duty not in order)], start=1):
        needed = work.hours_by_duty[duty]
        done = min(left, needed)
        left -= done
        rows.append({"priority": place, "duty": duty, "hours_per_week": needed, "done": done, "undone": needed - done})
    notes = (Sentence("triage_order_is_judgement"),) if order == KEEP_FIRST else ()
    return Triage(table=pd.DataFrame(rows), hours=float(hours), notes=(*notes, *work.notes), desk=work.desk)


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
    rule = figure("productive_hours_rule_of_thumb")
    low, high = hours_per_role if hours_per_role is not None else (rule.range[0], rule.range[2])
    low, high = at_least("hours_per_role", low, above=True), at_least("hours_per_role", high, above=True)
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


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Peers(Result):
    """
    The team beside other companies.

    Parameters
    ----------
    table : DataFrame
        Columns group, share_of_companies, this_team.
    people : int
        People of this team.
    smaller : tuple of float
        Share of companies with a smaller team: at least and at most. [share]
    ratios : mapping of str to float
        People for each 1,000 employees, by function.
    """

    kind: ClassVar[str] = "peers"

    table: pd.DataFrame
    people: int
    smaller: tuple[float, float]
    ratios: Mapping[str, float]

    @property
    def headline(self) -> Sentence:
        """Place among peers in one sentence."""
        low, high = self.smaller
        if round(low, 2) == round(high, 2):
            return Sentence("peers_headline_one", count=self.people, share=low)
        return Sentence("peers_headline", count=self.people, low=low, high=high)

    def to_frame(self) -> pd.DataFrame:
        """Return group, share_of_companies, this_team."""
        return self.table.copy()


def compare_with_peers(desk: Desk, *, functions: Mapping[str, float] | None = None) -> Peers:
    """
    Place the team among other companies, and beside other functions of its own company.

    Parameters
    ----------
    desk : Desk
        Facts about the team; ``employees`` is needed for ratios.
    functions : mapping of str to float, optional
        People in other functions, such as ``{"hr": 14, "finance": 22}``. [people]

    Returns
    -------
    Peers
        Share of companies with smaller teams, and people for each 1,000 employees.

    Raises
    ------
    InputError
        If functions are given and the desk has no ``employees``.

    Notes
    -----
    The shares are of companies with people who work only on social media, in 2012: old, and a different base from all
    companies. A percentile is no target.

    Examples
    --------
    >>> desk = Desk.model_validate({
    ...     "name": "Solo", "timezone": "UTC", "employees": 1000, "people": [{"id": "p1", "role": "manager"}],
    ... })
    >>> compare_with_peers(desk, functions={"hr": 12}).ratios["hr"]
    12.0
    """
    people = len(desk.team())
    one, few, many = (
        figure(name) for name in ("team_of_one_share_of_companies", "team_2_3_share", "team_over_6_share")
    )
    middle = max(0.0, 1 - one.value - few.value - many.value)
    groups = [("one_person", 1, 1, one.value), ("two_or_three", 2, 3, few.value), ("four_to_six", 4, 6, middle),
              ("seven_or_more", 7, 10**9, many.value)]  # fmt: skip
    rows, below, within = [], 0.0, 0.0
    for name, first, last, part in groups:
        here = first <= people <= last
        rows.append({"group": name, "share_of_companies": part, "this_team": here})
        below += part if people > last else 0.0
        within += part if here else 0.0
    ratios: dict[str, float] = {}
    if functions and not desk.employees:
        raise InputError("employees_missing")
    if desk.employees:
        ratios["social_media"] = 1000 * people / desk.employees
        for name, count in (functions or {}).items():
            ratios[name] = 1000 * at_least(f"functions[{name}]", count) / desk.employees
    notes = [Sentence("peers_old")]
    if ratios:
        texts = [Sentence("peers_ratio", function=_function(name), ratio=ratio) for name, ratio in ratios.items()]
        notes.append(Sentence("peers_ratios", ratios=texts))
    edge = within if people < 7 and people != 1 else 0.0
    return Peers(
        table=pd.DataFrame(rows),
        people=whole("people", people),
        smaller=(below, below + edge),
        ratios=ratios,
        notes=tuple(notes),
        assumptions=(one.assumption(), few.assumption(), many.assumption()),
        sources=(one.source,),
        desk=desk,
    )


def _function(name: str) -> Sentence | str:
    """Return a function of the company for a sentence; those of the client stay as they are given."""
    return Sentence("term_social_media") if name == "social_media" else name.replace("_", " ")
