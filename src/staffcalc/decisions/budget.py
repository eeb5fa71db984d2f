"""What a year of the present team costs, and what it costs to close the gap."""

from __future__ import annotations

import dataclasses
import statistics
from typing import TYPE_CHECKING, ClassVar

from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.reference.lookup import Figure, figure

if TYPE_CHECKING:
    import pandas as pd

    from staffcalc.inputs.desk import Desk
    from staffcalc.inputs.people import Person
    from staffcalc.staffing.need import StaffingNeed

PUBLISHED_PAY = {
    ("US", "USD"): "salary_us_social_media_manager",
    ("GB", "GBP"): "salary_uk_social_media_manager",
    ("DE", "EUR"): "salary_de_social_media_manager",
}
"""Figures of pay by country and currency, for teams that gave none."""

GRID = 99
"""Points of the quantile grids on which cost and gap are multiplied."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TeamCost(Result):
    """
    Cost a year of the present team and of the people it lacks.

    Parameters
    ----------
    currency : str
        Currency of all amounts.
    present_per_year, present_low, present_high : float
        Pay, on-cost and overhead of the present team; the interval is the plausible range of the on-cost. [money/year]
    gap_fte : float
        FTE that are missing; 0 where none are. [FTE]
    gap_per_year, gap_low, gap_high : float
        Cost of closing the gap, with its 80% interval (P10 to P90). [money/year]
    cost_per_fte : float
        Cost of one missing FTE. [money/year]
    tools_per_year : float or None
        Licences as given. [money/year]
    """

    kind: ClassVar[str] = "team_cost"

    currency: str
    present_fte: float
    present_per_year: float
    present_low: float
    present_high: float
    gap_fte: float
    gap_per_year: float
    gap_low: float
    gap_high: float
    cost_per_fte: float
    tools_per_year: float | None = None

    @property
    def headline(self) -> Sentence:
        """What the team costs, and what the gap adds."""
        present, gap, low, high = (
            (_three_digits(amount), self.currency)
            for amount in (self.present_per_year, self.gap_per_year, self.gap_low, self.gap_high)
        )
        if self.gap_fte <= 0:
            return Sentence("cost_no_gap", present=present)
        return Sentence("cost_of_gap", present=present, fte=self.gap_fte, gap=gap, low=low, high=high)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each part: item, FTE, cost_per_year, low, high."""
        import pandas as pd

        rows = [
            ("present_team", self.present_fte, self.present_per_year, self.present_low, self.present_high),
            ("missing_people", self.gap_fte, self.gap_per_year, self.gap_low, self.gap_high),
        ]
        if self.tools_per_year is not None:
            rows.append(("licences", float("nan"), self.tools_per_year, self.tools_per_year, self.tools_per_year))
        return pd.DataFrame(rows, columns=["item", "fte", "cost_per_year", "low", "high"])


def cost_team(desk: Desk, need: StaffingNeed) -> TeamCost:
    """
    Return the cost a year of the present team and of the people it lacks.

    Parameters
    ----------
    desk : Desk
        The facts; pay comes from ``costs.salary_per_year`` by grade, or from a person's own ``salary_per_year``.
    need : StaffingNeed
        How many FTE the work takes, from :func:`staffcalc.staff`.

    Returns
    -------
    TeamCost
        Present cost, cost of the gap with its 80% interval, cost of one FTE. [money/year]

    Raises
    ------
    InputError
        If no pay is known for a grade, neither given nor published for the country and currency.

    Notes
    -----
    Cost of a person = contract hours / full-time hours x (pay x (1 + on-cost) + overhead). A missing FTE is costed at
    the mean cost of a present FTE, or of the grades given where there is no team. The interval multiplies that of
    the need with the range of the on-cost, on a grid of quantiles; both are taken as independent. Hiring, training and
    turnover are not in it.

    Examples
    --------
    >>> import staffcalc as sc
    >>> desk = sc.Desk.model_validate({
    ...     "name": "Two", "timezone": "Europe/Berlin", "costs": {"salary_per_year": {"standard": 40000},
    ...     "employer_on_cost_share": 0.25}, "people": [{"id": "p1", "role": "agent"}]})
    >>> class Need:
    ...     fte, fte_low, fte_high, gap = 2.0, 1.8, 2.4, 1.0
    >>> print(sc.cost_team(desk, Need()))
    The present team costs €50,000 a year. Closing the gap of 1.0 FTE costs €50,000 a year more
    (80% interval: €39,800 to €70,400).
    """
    on_cost, on_cost_assumed = _given_or_figure(desk, "employer_on_cost_share", "employer_on_cost")
    overhead = desk.costs.overhead_per_fte_year
    extra = (0.0, 0.0, 0.0) if overhead is None else _bounds(overhead.low, overhead.typical, overhead.high)
    contract = desk.absence.contract_hours_per_week or figure("contract_hours_per_week").value

    team = desk.team()
    shares = [(person.contract_hours_per_week or contract) / contract for person in team]
    pays, pay_assumptions = _pays(desk, team)
    full_pays = pays or list(desk.costs.salary_per_year.values())
    if not full_pays:
        full_pays, pay_assumptions = _published_pay(desk, "standard")

    def cost(pay: float, place: int) -> float:
        return pay * (1 + on_cost[place]) + extra[place]

    present = [sum(cost(pay, place) * part for pay, part in zip(pays, shares, strict=True)) for place in range(3)]
    fte = sum(shares)
    mean_pay = (
        sum(pay * part for pay, part in zip(pays, shares, strict=True)) / fte if fte else statistics.fmean(full_pays)
    )
    unit_costs = [cost(mean_pay, place) for place in range(3)]
    gap = max(0.0, need.gap)
    low, high = _gap_interval(need, fte, unit_costs)

    notes = [Sentence("cost_leaves_out")]
    if on_cost_assumed.status != "given":
        notes.append(Sentence("cost_on_cost_assumed", share=on_cost[1]))
    if any(line.status != "given" for line in pay_assumptions):
        notes.append(Sentence("cost_pay_published"))
    if overhead is None:
        notes.append(Sentence("cost_no_overhead"))
    tools = desk.duties.tools.cost_per_year if desk.duties.tools else None
    assumptions = (*pay_assumptions, on_cost_assumed)
    return TeamCost(
        currency=desk.currency,
        present_fte=fte,
        present_per_year=present[1],
        present_low=present[0],
        present_high=present[2],
        gap_fte=gap,
        gap_per_year=gap * unit_costs[1],
        gap_low=low,
        gap_high=high,
        cost_per_fte=unit_costs[1],
        tools_per_year=tools.typical if tools else None,
        notes=tuple(notes),
        assumptions=assumptions,
        sources=tuple(sorted({line.source for line in assumptions if line.source != "desk"})),
        desk=desk,
    )


def _gap_interval(need: StaffingNeed, present_fte: float, unit_costs: list[float]) -> tuple[float, float]:
    """Return P10 and P90 of gap times cost of one FTE, both two-piece normal or linear between their bounds."""
    normal = statistics.NormalDist()
    z80 = normal.inv_cdf(0.9)
    points = [(place + 0.5) / GRID for place in range(GRID)]

    def fte(point: float) -> float:
        z = normal.inv_cdf(point)
        return need.fte + z / z80 * ((need.fte_high - need.fte) if z > 0 else (need.fte - need.fte_low))

    def unit(point: float) -> float:
        low, typical, high = unit_costs
        return low + (typical - low) * 2 * point if point < 0.5 else typical + (high - typical) * (2 * point - 1)

    gaps, units = [max(0.0, fte(point) - present_fte) for point in points], [unit(point) for point in points]
    deciles = statistics.quantiles((gap * cost for gap in gaps for cost in units), n=10)
    return deciles[0], deciles[-1]


def _three_digits(amount: float) -> float:
    return float(f"{amount:.3g}")


def _bounds(low: float | None, typical: float, high: float | None) -> tuple[float, float, float]:
    return typical if low is None else low, typical, typical if high is None else high


def _given_or_figure(desk: Desk, field: str, name: str) -> tuple[tuple[float, float, float], Assumption]:
    given = getattr(desk.costs, field)
    if given is None:
        return figure(name).range, figure(name).assumption()
    bounds = _bounds(given.low, given.typical, given.high)
    return bounds, Assumption(name=field, value=bounds[1], low=given.low, high=given.high, unit="share")


def _pays(desk: Desk, team: tuple[Person, ...]) -> tuple[list[float], list[Assumption]]:
    """Return the full-time pay of each person and where it comes from."""
    pays: list[float] = []
    log: dict[str, Assumption] = {}
    for person in team:
        pay = (
            person.salary_per_year
            if person.salary_per_year is not None
            else desk.costs.salary_per_year.get(person.grade)
        )
        if pay is None:
            (pay,), (line,) = _published_pay(desk, person.grade)
            log[person.grade] = line
        elif person.salary_per_year is None:
            log[person.grade] = Assumption(
                name=f"salary_per_year.{person.grade}", value=pay, unit=f"{desk.currency}/year"
            )
        pays.append(pay)
    return pays, list(log.values())


def pay_is_known(desk: Desk) -> bool:
    """Return whether the pay of every grade in the team is given, or a figure is published for country and currency."""
    if (desk.calendar.country, desk.currency) in PUBLISHED_PAY:
        return True
    grades = desk.costs.salary_per_year
    team = desk.team()
    return bool(grades or team) and all(person.salary_per_year is not None or person.grade in grades for person in team)


def _published_pay(desk: Desk, grade: str) -> tuple[list[float], list[Assumption]]:
    country = desk.calendar.country or "–"
    name = PUBLISHED_PAY.get((country, desk.currency))
    if name is None:
        raise InputError("no_pay_known", grade=grade, country=country, currency=desk.currency)
    row: Figure = figure(name)
    return [row.value], [row.assumption()]
