"""The published effects behind the burnout model, each with its source and status, read from the reference tables."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import NamedTuple

from staffcalc._result import Assumption
from staffcalc.errors import InputError
from staffcalc.reference.lookup import table

TO_VERIFY = "verify before release"
"""Start of the note of a row that still waits for a check."""
Z95 = 1.959964
"""Standard normal quantile that published 95% intervals are read with."""
Z99 = 2.575829
"""Standard normal quantile that published 99% intervals are read with."""


class Scale(NamedTuple):
    """How an input becomes exposure: ``x = (input - start) / (full - start)``."""

    field: str
    driver: str
    start: float
    full: float
    if_missing: float | None
    status: str
    source: str
    note: str
    unit: str = ""

    @property
    def assumption(self) -> Assumption:
        """The scale as a line of the assumptions log: from no exposure to full exposure."""
        return Assumption(
            name=f"burnout_ramp_{self.field}",
            value=self.full,
            low=self.start,
            high=self.full,
            unit=self.unit,
            source=self.source,
            status=self.status,
            note=self.note,
        )


@functools.cache
def scales() -> tuple[Scale, ...]:
    """Return the scale of every input, from the reference table ``burnout_exposures``."""
    return tuple(
        Scale(
            field=row["field"],
            driver=row["driver"],
            start=float(row["start"]),
            full=float(row["full"]),
            if_missing=float(row["if_missing"]) if row["if_missing"] else None,
            status=row["status"],
            source=row["source"],
            note=row["note"],
            unit=row["unit"],
        )
        for row in table("burnout_exposures")
    )


@dataclasses.dataclass(frozen=True)
class Driver:
    """
    One exposure of the burnout model and its published effect.

    Parameters
    ----------
    key : str
        Name of the exposure, for example ``weekly_hours``.
    role : str
        ``driver`` for the twelve of the model, ``optional_driver`` or ``optional_survey_driver`` for those that count
        only where they are given.
    odds_ratio, low, high : float
        Odds ratio for one unit of exposure and its 95% interval. [odds ratio]
    x_ref, x_min, x_max : float
        Exposure already contained in the baseline, and the ends of the range the effect is believed in. [exposure]
    sources : tuple of str
        Keys of ``reference/sources.csv``, the main one first.
    status : str
        How well the number is known: confirmed, confirmed_secondary, derived, judgement or recalled.
    certainty : str
        Grade of the evidence as published or judged.
    outcome, design, definition, note : str
        What was measured, how, how exposure is counted, and what was done to the number.
    scales : tuple of Scale
        How the inputs become exposure. Replace them, or any other part, with :func:`dataclasses.replace`.
    """

    key: str
    role: str
    odds_ratio: float
    low: float
    high: float
    x_ref: float
    x_min: float
    x_max: float
    sources: tuple[str, ...]
    status: str
    certainty: str = ""
    outcome: str = ""
    design: str = ""
    definition: str = ""
    note: str = ""
    scales: tuple[Scale, ...] = ()

    @property
    def assumption(self) -> Assumption:
        """The effect as a line of the assumptions log."""
        return Assumption(
            name=f"burnout_or_{self.key}",
            value=self.odds_ratio,
            low=self.low,
            high=self.high,
            unit="odds ratio",
            source=self.sources[0],
            status=self.status,
            note=self.note,
        )

    @property
    def to_verify(self) -> bool:
        """Whether the effect, or the scale from input to exposure, still waits for a check before release."""
        notes = (self.note, *(scale.note for scale in self.scales))
        return self.status == "recalled" or any(note.startswith(TO_VERIFY) for note in notes)

    @property
    def log_or(self) -> float:
        """Natural logarithm of the odds ratio, at full precision. [log-odds per unit]"""
        return math.log(self.odds_ratio)

    @property
    def se(self) -> float:
        """Standard error of :attr:`log_or`, from the 95% interval. [log-odds per unit]"""
        return or_interval_to_se(self.low, self.high)


@functools.cache
def drivers() -> tuple[Driver, ...]:
    """
    Return the drivers of the model: the twelve that always count, then the optional ones.

    Returns
    -------
    tuple of Driver
        In the order of the reference table.

    Examples
    --------
    >>> [driver.key for driver in drivers()][:3]
    ['weekly_hours', 'high_demands', 'emotional_abuse']
    """
    rows = [
        row for row in table("burnout_coefficients") if row["role"] == "driver" or row["role"].startswith("optional")
    ]
    return tuple(_driver(row) for row in rows)


def _driver(row: dict[str, str]) -> Driver:
    return Driver(
        key=row["key"],
        role=row["role"],
        odds_ratio=float(row["OR_per_unit"]),
        low=float(row["lo95"]),
        high=float(row["hi95"]),
        x_ref=float(row["x_ref"]),
        x_min=float(row["x_min"]),
        x_max=float(row["x_max"]),
        sources=(row["source"], *row["other_sources"].split()),
        status=row["status"],
        certainty=row["certainty"],
        outcome=row["source_outcome"],
        design=row["design"],
        definition=row["exposure_definition"],
        note=row["derivation_note"],
        scales=tuple(scale for scale in scales() if scale.driver == row["key"]),
    )


def or_interval_to_se(low: float, high: float, /, *, z: float = Z95) -> float:
    """
    Return the standard error of a log odds ratio from its confidence interval.

    Parameters
    ----------
    low, high : float
        Ends of the interval of the odds ratio. [odds ratio]
    z : float
        Normal quantile of the interval: 1.959964 for 95%, 2.575829 for 99%.

    Returns
    -------
    float
        Standard error. [log-odds]

    Raises
    ------
    InputError
        If the ends are not positive or not in order.

    Examples
    --------
    >>> round(or_interval_to_se(1.41, 1.72), 4)
    0.0507
    """
    if not 0 < low <= high:
        raise InputError("burnout_interval_order", low=low, high=high)
    return (math.log(high) - math.log(low)) / (2 * z)


def log_or_per_sd(r: float, /) -> float:
    """
    Return the log odds ratio per standard deviation of exposure that a correlation stands for.

    Parameters
    ----------
    r : float
        Correlation between exposure and a continuous outcome, inside -1..1. [correlation]

    Returns
    -------
    float
        ``(pi / sqrt 3) * r / sqrt(1 - r**2)``. [log-odds per standard deviation]

    Examples
    --------
    >>> round(log_or_per_sd(0.12), 5)
    0.21924
    """
    if not -1 < r < 1:
        raise InputError("burnout_correlation_range", value=r)
    return math.pi / math.sqrt(3) * r / math.sqrt(1 - r * r)


def log_or_from_d(d: float, /) -> float:
    """
    Return the log odds ratio of a standardised mean difference ``d``: ``(pi / sqrt 3) * d``.

    Examples
    --------
    >>> round(log_or_from_d(0.12), 4)
    0.2177
    """
    return math.pi / math.sqrt(3) * d


def hours_slope(hours: float, odds_ratio: float, *, reference_hours: float) -> float:
    """
    Return the log odds ratio per hour a week between two working times.

    Parameters
    ----------
    hours : float
        Working time the odds ratio is published for. [hours per week]
    odds_ratio : float
        Published odds ratio against the reference. [odds ratio]
    reference_hours : float
        Working time of the reference group. [hours per week]

    Examples
    --------
    >>> round(hours_slope(60, 2, reference_hours=40), 5)
    0.03466
    """
    if hours == reference_hours:
        raise InputError("burnout_same_hours", value=hours)
    return math.log(odds_ratio) / (hours - reference_hours)


def compose_odds_ratio(odds_ratio: float, units: float) -> float:
    """
    Return the odds ratio of several units of one exposure: ``odds_ratio ** units``.

    Examples
    --------
    >>> round(compose_odds_ratio(1.23, 4), 2)
    2.29
    """
    return float(odds_ratio**units)


def implied_overlap(first: float, second: float, *, joint: float) -> float:
    """
    Return the mean correlation of two exposures implied by their marginal and their joint odds ratio.

    Examples
    --------
    >>> round(implied_overlap(1.6, 1.3, joint=1.77), 4)
    0.2827
    """
    if joint <= 0 or joint == 1:
        raise InputError("burnout_joint_ratio", value=joint)
    return (math.log(first) + math.log(second)) / math.log(joint) - 1
