"""Numbers that remember how they were found: whom they name, and whether a solver proved them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Self

EXACT = "exact"
"""Status of a proven number."""

AT_MOST = "at_most"
"""Status of a number that was not proven in the time allowed: the truth is this or less."""

AT_LEAST = "at_least"
"""Status of a number that was not proven in the time allowed: the truth is this or more."""


class ProvenCount(int):
    """
    A count of losses that carries its witness and its proof; otherwise a plain ``int``.

    Attributes
    ----------
    people : frozenset
        People of one smallest set of losses.
    groups : frozenset
        Groups of that set that are lost as a whole.
    cells : frozenset
        What that set leaves uncovered.
    status : str
        ``exact``, or ``at_most`` when a time limit struck.
    bound : int
        Proven lower bound; equal to the count when exact.
    gap : float
        Distance between count and bound, as a share of the count. [share]
    """

    people: frozenset[Hashable]
    groups: frozenset[Hashable]
    cells: frozenset[Hashable]
    status: str
    bound: int

    def __new__(  # noqa: D102
        cls,
        value: int,
        *,
        people: frozenset[Hashable] = frozenset(),
        groups: frozenset[Hashable] = frozenset(),
        cells: frozenset[Hashable] = frozenset(),
        bound: int | None = None,
    ) -> Self:
        self = super().__new__(cls, value)
        self.people, self.groups, self.cells = people, groups, cells
        self.bound = value if bound is None else min(bound, value)
        self.status = EXACT if self.bound == value else AT_MOST
        return self

    @property
    def gap(self) -> float:
        """Distance between count and bound. [share of the count]"""
        return (self - self.bound) / self if self else 0.0


class ProvenAmount(float):
    """
    An amount of load that carries its witness and its proof; otherwise a plain ``float``.

    Attributes
    ----------
    people : frozenset
        People of the worst set of losses.
    groups : frozenset
        Groups of that set that are lost as a whole.
    cells : frozenset
        Cells that compete for too little capacity after the loss.
    status : str
        ``exact``, or ``at_least`` when a time limit struck.
    bound : float
        Proven upper bound; equal to the amount when exact.
    gap : float
        Distance between amount and bound, as a share of the bound. [share]
    """

    people: frozenset[Hashable]
    groups: frozenset[Hashable]
    cells: frozenset[Hashable]
    status: str
    bound: float

    def __new__(  # noqa: D102
        cls,
        value: float,
        *,
        people: frozenset[Hashable] = frozenset(),
        groups: frozenset[Hashable] = frozenset(),
        cells: frozenset[Hashable] = frozenset(),
        bound: float | None = None,
    ) -> Self:
        self = super().__new__(cls, value)
        self.people, self.groups, self.cells = people, groups, cells
        self.bound = float(value) if bound is None else max(bound, float(value))
        self.status = EXACT if self.bound == value else AT_LEAST
        return self

    @property
    def unserved(self) -> float:
        """The amount as a plain float. [unit of the load]"""
        return float(self)

    @property
    def gap(self) -> float:
        """Distance between amount and bound. [share of the bound]"""
        return (self.bound - self) / self.bound if self.bound > self else 0.0
