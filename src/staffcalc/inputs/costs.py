"""What people cost, and how much of a contract is productive."""

from __future__ import annotations

from staffcalc.inputs.fields import Amount, AmountRange, Facts, Id, Positive, Share, ShareRange, fact


class Absence(Facts):
    """How an FTE-year shrinks to productive hours. What is left out is filled from the reference tables."""

    contract_hours_per_week: Positive | None = fact("Full-time contract", unit="hour/week", example=40)
    days_per_week: Positive | None = fact("Working days of a full-time week", unit="day/week", example=5)
    leave_days: Amount | None = fact("Annual leave", unit="day/year", example=20)
    holiday_days: Amount | None = fact("Public holidays on working days", unit="day/year", example=10)
    sick_days: Amount | None = fact("Sick days", unit="day/year", example=7)
    training_days: Amount | None = fact("Training days", unit="day/year", example=5)
    meetings_share: Share | None = fact("Share of working time in meetings", unit="share", example=0.05)
    paid_breaks_share: Share | None = fact("Share of working time in paid breaks", unit="share", example=0.05)
    leave_untaken_share: Share | None = fact("Share of annual leave that is not taken", unit="share", example=0.1)
    max_occupancy: Share | None = fact("Largest busy share planned for work that can wait", unit="share", example=0.85)


class Costs(Facts):
    """Pay and what comes on top of it, a year, in the desk's currency."""

    salary_per_year: dict[Id, Amount] = fact(
        "Gross pay of a full-time person by grade", unit="money/year", default={}, example={"standard": 30000}
    )
    employer_on_cost_share: ShareRange | None = fact(
        "Employer's on-cost on top of gross pay", unit="share", example=0.25
    )
    overhead_per_fte_year: AmountRange | None = fact("Desk, licences and equipment of one FTE", unit="money/year")
    turnover_cost_share: AmountRange | None = fact(
        "Cost of replacing one leaver, as a share of yearly pay", unit="share of pay"
    )
    on_call_pay_per_hour: Amount | None = fact("Pay for one hour of standby", unit="money/hour")
