"""Uncertain amounts: low, typical and high, added and multiplied with their ranges; and where each input came from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

from staffcalc._result import Assumption
from staffcalc.inputs.fields import Range
from staffcalc.reference.lookup import figure


@dataclasses.dataclass(frozen=True)
class Estimate:
    """
    An amount with its range.

    Notes
    -----
    Ranges of independent amounts are combined by the root of the sum of squares: of differences in a sum, of
    logarithms in a product. Adding all low values would claim that everything goes well at once.

    Examples
    --------
    >>> (Estimate(1, 2, 4) * Estimate(5, 5, 5)).high
    20.0
    """

    low: float
    typical: float
    high: float

    def __mul__(self, other: Estimate | float) -> Estimate:
        if not isinstance(other, Estimate):
            return Estimate(self.low * other, self.typical * other, self.high * other)
        typical = self.typical * other.typical
        if typical <= 0:
            return Estimate(0.0, 0.0, self.high * other.high)
        low = _combined(self.low / self.typical, other.low / other.typical, down=True)
        high = _combined(self.high / self.typical, other.high / other.typical, down=False)
        return Estimate(typical * low, typical, typical * high)

    __rmul__ = __mul__


def _combined(first: float, second: float, *, down: bool) -> float:
    """Combine two relative bounds; a bound at zero is taken as a difference, since it has no logarithm."""
    if down and min(first, second) <= 0:
        return max(0.0, 1 - math.hypot(1 - first, 1 - second))
    distance = math.hypot(math.log(first), math.log(second))
    return math.exp(-distance if down else distance)


def add(parts: Iterable[Estimate]) -> Estimate:
    """Return the sum of independent amounts."""
    parts = list(parts)
    typical = math.fsum(part.typical for part in parts)
    below = math.sqrt(math.fsum((part.typical - part.low) ** 2 for part in parts))
    above = math.sqrt(math.fsum((part.high - part.typical) ** 2 for part in parts))
    return Estimate(max(0.0, typical - below), typical, typical + above)


def add_together(parts: Iterable[Estimate]) -> Estimate:
    """Return the sum of amounts that share their unknowns: low with low, high with high."""
    parts = list(parts)
    return Estimate(*(math.fsum(getattr(part, side) for part in parts) for side in ("low", "typical", "high")))


@dataclasses.dataclass
class Inputs:
    """Collects the inputs of a ledger: what the desk gave, what the reference tables filled in, what nobody knows."""

    assumptions: dict[str, Assumption] = dataclasses.field(default_factory=dict)
    used: list[Assumption] = dataclasses.field(default_factory=list)
    asked: list[str] = dataclasses.field(default_factory=list)

    def take(
        self, name: str, given: Range | float | None, *, unit: str = "", default: str | None = None
    ) -> Estimate | None:
        """
        Return an input as an estimate.

        Parameters
        ----------
        name : str
            Name for the assumptions log, such as ``security.users``.
        given : Range, number or None
            What the desk says.
        unit : str
            Unit of the input.
        default : str, optional
            Figure that stands in where the desk says nothing.

        Returns
        -------
        Estimate or None
            None where neither the desk nor a published figure knows it; then it is asked for.
        """
        if given is not None:
            spread = given if isinstance(given, Range) else Range(typical=float(given))
            low = spread.typical if spread.low is None else spread.low
            high = spread.typical if spread.high is None else spread.high
            return self._log(Assumption(name=name, value=spread.typical, low=low, high=high, unit=unit))
        found = figure(default) if default is not None else None
        if found is None or found.published is None:
            self.asked.append(name)
            return None
        low, typical, high = found.range
        return self._log(
            Assumption(
                name=name,
                value=typical,
                low=low,
                high=high,
                unit=found.unit,
                source=found.source,
                status=found.status,
                note=found.note,
            )
        )

    def _log(self, assumption: Assumption) -> Estimate:
        self.assumptions[assumption.name] = assumption
        self.used.append(assumption)
        return Estimate(*(float(part or 0.0) for part in (assumption.low, assumption.value, assumption.high)))
