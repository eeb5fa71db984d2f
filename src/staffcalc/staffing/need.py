"""How many people a desk takes: the answer."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.staffing.certified import Certified
from staffcalc.staffing.levels import TargetLevel, duration
from staffcalc.staffing.programme import Plan
from staffcalc.staffing.rules import Rule

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class StaffingNeed(Result):
    """
    People that a desk takes.

    Parameters
    ----------
    fte : float
        Full-time equivalents for work and cover in one plan, not rounded. [FTE]
    fte_low, fte_high : float
        80% range (P10 to P90) over what is not known about the work and the contracts. [FTE]
    headcount : int
        Whole people that satisfy every rule. [people]
    present_fte : float
        Contracts of the present team. [FTE]
    present_people : int
        People of the present team. [people]
    gap : float
        ``fte`` less ``present_fte``: above zero people are missing. [FTE]
    binding : str
        Rule that decides the headcount: work, cover_hours, minimum_seats, on_call_share or whole_people.
    rules_checked : tuple of Rule
        Every rule with the people it asks for; ``.rules`` is the same as a table.
    targets : tuple of TargetLevel
        Share reached for each response target at ``fte``.
    one_less : tuple of TargetLevel
        The same with one person less than ``headcount``.
    coverage_ceiling : float
        Ceiling of the response target with the least room between ceiling and share. [share]
    service_level, ci_low, ci_high : float
        Share reached for the response target that is closest to being missed, and its 95% interval. [share]
    hours_per_week : float
        All work of a mean week. [hours per week]
    safety : float
        What the people that the work asks for can do, over all work: room for busy days, bursts and short targets.
        [ratio]
    occupancy : float
        Busy share of productive time at ``fte``. [share]
    work_by_hour, capacity_by_hour, people_by_hour : array (168,)
        Work arriving, work that can be done, and people present in each hour of the week.
        [hours per hour], [hours per hour], [people]
    tours : DataFrame
        Whole people by weekly pattern: start, days, shift_hours, people.
    by_channel : DataFrame
        The FTE shared out by the work done in each hour: name, hours_per_week, fte, and fte_alone, what a plan of its
        own would take. The shares add up to ``fte``; separate plans cost ``separate_fte``. [FTE]
    draws : array
        FTE of each draw behind the range. [FTE]
    policy : str
        Who goes first: priority, fifo, edf or triage.
    """

    kind: ClassVar[str] = "staffing_need"

    fte: float
    fte_low: float
    fte_high: float
    headcount: int
    present_fte: float
    present_people: int
    gap: float
    binding: str
    rules_checked: tuple[Rule, ...] = dataclasses.field(repr=False)
    targets: tuple[TargetLevel, ...] = dataclasses.field(repr=False)
    one_less: tuple[TargetLevel, ...] = dataclasses.field(repr=False)
    coverage_ceiling: float
    service_level: float
    ci_low: float
    ci_high: float
    hours_per_week: float
    safety: float
    occupancy: float
    work_by_hour: Floats = dataclasses.field(repr=False)
    capacity_by_hour: Floats = dataclasses.field(repr=False)
    people_by_hour: Floats = dataclasses.field(repr=False)
    tours: pd.DataFrame = dataclasses.field(repr=False)
    by_channel: pd.DataFrame = dataclasses.field(repr=False)
    draws: Floats = dataclasses.field(repr=False)
    policy: str = "priority"
    certified: Certified = dataclasses.field(repr=False)
    whole: Plan = dataclasses.field(repr=False)

    def __post_init__(self) -> None:
        for name in ("work_by_hour", "capacity_by_hour", "people_by_hour", "draws"):
            getattr(self, name).flags.writeable = False

    @property
    def hours_help_not_people(self) -> bool:
        """Whether a target lies above its ceiling, so that other hours are needed and not more people."""
        return any(part.ceiling < part.share for part in self.targets)

    @property
    def headline(self) -> Sentence:
        """FTE, range, people and gap in one sentence."""
        key = "gap_missing" if self.gap > 0.05 else "gap_spare" if self.gap < -0.05 else "gap_none"
        if key != "gap_missing" and self.headcount > self.present_people > 0:
            key = "gap_people"
        gap = Sentence(
            key,
            fte=abs(self.gap),
            present=self.present_fte,
            people=Sentence("people_count", count=self.present_people),
            needed=self.headcount,
        )
        values = {
            "fte": self.fte,
            "low": self.fte_low,
            "high": self.fte_high,
            "people": Sentence("people_count", count=self.headcount),
            "rule": Sentence(f"decides_{self.binding}"),
            "gap": gap,
        }
        if not self.hours_help_not_people:
            return Sentence("staffing_headline", **values)
        short = min((part for part in self.targets), key=lambda part: part.ceiling - part.share)
        return Sentence(
            "staffing_headline_hours",
            **values,
            ceiling=short.ceiling,
            share=short.share,
            time=duration(short.within_hours),
        )

    @property
    def separate_fte(self) -> float:
        """FTE if every channel had a plan of its own, as calculators add them up. [FTE]"""
        return float(self.by_channel["fte_alone"].sum())

    @property
    def separate_people(self) -> int:
        """Whole people if every channel had people of its own. [people]"""
        return int(np.ceil(self.by_channel["fte_alone"].dropna() - 1e-9).sum())

    @property
    def rules(self) -> pd.DataFrame:
        """Every rule: rule, fte, people, applies, binds, source, reason; a fresh copy."""
        rows = [
            (
                rule.name, rule.fte, rule.people, rule.applies, rule.name == self.binding, rule.source, rule.reason,
            )
            for rule in self.rules_checked
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["rule", "fte", "people", "applies", "binds", "source", "reason"])

    @property
    def levels(self) -> pd.DataFrame:
        """Every response target with its ceiling and the share reached; a fresh copy."""
        return pd.DataFrame([dataclasses.asdict(part) for part in self.targets])

    @property
    def by_hour(self) -> pd.DataFrame:
        """Work, capacity and people in each hour of the week; a fresh copy."""
        return pd.DataFrame(
            {
                "hour_of_week": np.arange(168),
                "work_hours": self.work_by_hour,
                "capacity_hours": self.capacity_by_hour,
                "people_present": self.people_by_hour,
            }
        )

    def to_frame(self) -> pd.DataFrame:
        """Return every rule with the people it asks for."""
        return self.rules
