"""What one full-time contract is worth in work: the desk's own figures, and reference figures for the rest."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from staffcalc._result import Assumption
from staffcalc.reference.lookup import figure
from staffcalc.staffing.headcount import WEEKS_PER_YEAR, absence_share, productive_hours

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk

FIELDS = {
    "contract_hours_per_week": "contract_hours_per_week",
    "days_per_week": "days_per_week",
    "leave_days": "leave_days",
    "holiday_days": "holiday_days",
    "sick_days": "sick_days",
    "training_days": "training_days",
    "meetings_share": "meetings_share",
    "paid_breaks_share": "paid_breaks_share",
    "max_occupancy": "occupancy_cap",
}
"""Fields of ``desk.absence`` and the reference figure that stands in for each."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Contract:
    """
    One full-time contract.

    Parameters
    ----------
    contract_hours_per_week, days_per_week : float
        Contract and working days of a week. [hours per week], [days per week]
    leave_days, holiday_days, sick_days, training_days : float
        Days away. [working days per year]
    meetings_share, paid_breaks_share : float
        Shares of a working day that do not go into work. [share]
    max_occupancy : float
        Largest busy share planned for work that can wait. [share]
    """

    contract_hours_per_week: float
    days_per_week: float
    leave_days: float
    holiday_days: float
    sick_days: float
    training_days: float
    meetings_share: float
    paid_breaks_share: float
    max_occupancy: float

    @property
    def absence(self) -> float:
        """Share of working days away. [share]"""
        return absence_share(
            leave_days=self.leave_days,
            holiday_days=self.holiday_days,
            sick_days=self.sick_days,
            training_days=self.training_days,
            days_per_week=self.days_per_week,
        )

    @property
    def sick_share(self) -> float:
        """Share of working days away without notice. [share]"""
        return self.sick_days / (WEEKS_PER_YEAR * self.days_per_week)

    @property
    def at_work(self) -> float:
        """Part of an hour present that is not meetings or breaks. [share]"""
        return (1 - self.meetings_share) * (1 - self.paid_breaks_share)

    @property
    def productive(self) -> float:
        """Part of an hour present that can be planned for work that can wait. [share]"""
        return self.at_work * self.max_occupancy

    @property
    def shift_hours(self) -> float:
        """Length of a shift. [hours]"""
        return self.contract_hours_per_week / self.days_per_week

    @property
    def present_hours_per_week(self) -> float:
        """Hours a week that one full-time person is present, over a whole year. [hours per week]"""
        return self.contract_hours_per_week * (1 - self.absence)

    @property
    def productive_hours(self) -> float:
        """Productive hours of one FTE. [hours per year]"""
        names = [name for name in FIELDS if name != "max_occupancy"]
        return productive_hours(**{name: getattr(self, name) for name in names})


def contract_of(desk: Desk) -> tuple[Contract, tuple[Assumption, ...]]:
    """Return the contract of a desk, and where each of its figures comes from."""
    values: dict[str, float] = {}
    rows: list[Assumption] = []
    for field, name in FIELDS.items():
        given = getattr(desk.absence, field)
        known = figure(name)
        if given is None:
            values[field] = known.value
            rows.append(known.assumption())
        else:
            values[field] = float(given)
            rows.append(Assumption(name=name, value=float(given), unit=known.unit))
    return Contract(**values), tuple(rows)
