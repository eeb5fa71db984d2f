"""The answer to what each loss leaves undone: a table of losses, a curve, and what absence costs a year."""

from __future__ import annotations

import dataclasses
import math
from typing import ClassVar

import pandas as pd

from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.resilience.common_causes import CAUSES

LEAST_HOURS = 0.05
"""Work below which a loss counts as adding nothing. [hour/week]"""

HOPELESS = 0.005
"""Share answered in time below which a team is too small whoever is there. [share]"""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LossRanking(Result):
    """
    Work left undone after each loss.

    Parameters
    ----------
    table : DataFrame
        One row a loss, as :meth:`to_frame` gives it.
    curve : DataFrame
        For 0, 1, 2 .. people away: hours left undone in the worst case, on average, and the proven bound. [hour/week]
    work_hours : float
        Work in all. [hour/week]
    present_unserved : float
        Work left undone with everybody there. [hour/week]
    expected_hours, expected_hours_together : float
        Hours of work a year whose holders are all away, if absences are independent, and if they come together.
        [hour/year]
    expected_cells, expected_cells_together : float
        Things to cover, keys of accounts included, that have too few people at a random moment. [cell]
    cells : int
        Things to cover. [cell]
    service_level_present, service_level_start : float
        Share answered in time by the present team, and by the team from which the losses are taken: the present one, or
        one of the size that the work needs where the present one is too small whoever is there. Not a number without a
        staffing need. [share]
    service_fte : float
        Size of the team from which the losses are taken. [FTE]
    """

    kind: ClassVar[str] = "loss_ranking"

    table: pd.DataFrame
    curve: pd.DataFrame
    work_hours: float
    present_unserved: float
    expected_hours: float
    expected_hours_together: float
    expected_cells: float = 0.0
    expected_cells_together: float = 0.0
    cells: int = 0
    service_level_present: float = math.nan
    service_level_start: float = math.nan
    service_fte: float = math.nan

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        people = self.table[self.table["loss"] == "one_person"]
        if people.empty or self.work_hours == 0:
            return Sentence("losses_nothing_told")
        worst = people.iloc[0]
        late = worst["days_until_late"]
        values = {"who": worst["who"], "hours": worst["added_hours"], "work": self.work_hours}
        values["share"] = worst["added_hours"] / self.work_hours
        if worst["unserved_hours"] <= 0:
            if math.isnan(worst["peak_utilisation"]):
                return Sentence("losses_absorbed_by_many", work=self.work_hours)
            return Sentence("losses_absorbed", work=self.work_hours, busy=float(worst["peak_utilisation"]))
        if len(people) == 1 and math.isfinite(late):
            return Sentence("losses_headline_alone", **values, days=late)
        if worst["added_hours"] < LEAST_HOURS and not math.isfinite(late):
            return Sentence("losses_add_nothing", hours=worst["unserved_hours"], work=self.work_hours)
        if math.isfinite(late):
            return Sentence("losses_headline", **values, days=late)
        return Sentence("losses_headline_no_target", **values)

    @property
    def points(self) -> tuple[Sentence, ...]:
        """The service level after the loss, the worst loss of a group and of several, and what absence costs a year."""
        if self.table.empty:
            return ()
        single = self.table[self.table["loss"] == "one_person"]
        spoken = []
        if "service_level" in self.table and not single["service_level"].isna().all():
            low = single.sort_values("service_level", kind="stable").iloc[0]
            values = {"who": low["who"], "after": low["service_level"], "now": self.service_level_start}
            if self.service_level_present < HOPELESS:
                spoken.append(Sentence("service_of_needed_team", fte=self.service_fte, **values))
            else:
                spoken.append(Sentence("service_after_loss", **values))
        groups = self.table[self.table["loss"].isin([cause for cause in CAUSES if cause != "grade"])]
        if len(groups) and groups.iloc[0]["added_hours"] > 0:
            worst = groups.iloc[0]
            who = Sentence(f"cause_{worst['loss']}", name=worst["who"])
            spoken.append(Sentence("worst_cause", who=who, hours=worst["added_hours"], work=self.work_hours))
        several = self.table[self.table["loss"].isin(["pair", "worst"])]
        if len(several):
            worst = several.sort_values("people", ascending=False, kind="stable").iloc[0]
            spoken.append(
                Sentence("worst_set", who=worst["who"], count=int(worst["people"]), hours=worst["added_hours"])
            )
        if len(single) > 1:
            carries = single.sort_values("harm_share", ascending=False, kind="stable").iloc[0]
            matters = single.sort_values("importance", ascending=False, kind="stable").iloc[0]
            spoken.append(Sentence("carries_most", who=carries["who"], share=carries["harm_share"]))
            if matters["importance"] > 0:
                spoken.append(Sentence("matters_most", who=matters["who"], hours=matters["importance"]))
        hours = {"hours": self.expected_hours, "together": self.expected_hours_together}
        alone = self.expected_hours_together < 1.01 * self.expected_hours
        spoken.append(Sentence("expected_loss_hours_alone" if alone else "expected_loss_hours", **hours))
        if self.cells:
            cells = {"count": self.cells, "expected": self.expected_cells, "together": self.expected_cells_together}
            spoken.append(Sentence("expected_loss_cells_alone" if alone else "expected_loss_cells", **cells))
        return tuple(spoken)

    def to_frame(self) -> pd.DataFrame:
        """
        Return one row a loss, worst first within its kind.

        Columns: loss, who, people, unserved_hours, added_hours, unserved_share, starved, peak_utilisation,
        days_until_late, harm_share, importance; and service_level where a staffing need was given. A loss is
        one_person, pair, worst, or what takes several at once: site, vendor, phone, email_domain, grade, group.
        """
        return self.table.copy()
