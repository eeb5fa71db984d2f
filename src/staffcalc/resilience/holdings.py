"""Who can cover what: cells, their holders, how many are required, and groups that are lost together."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any

from staffcalc import _checks
from staffcalc.errors import InputError

Cell = Hashable
"""What must stay covered."""

Person = Hashable
"""Who can cover it."""

Groups = Mapping[Hashable, Collection[Hashable]]
"""Named sets of people, or of other groups, that can be lost in one stroke."""


@dataclasses.dataclass(frozen=True, eq=False)
class Holdings:
    """
    Checked cells in a fixed order; people and groups are numbered.

    Parameters
    ----------
    cells : tuple
        Names of the cells.
    people : tuple
        Names of the people, sorted, each once.
    holders : tuple of frozenset of int
        Numbers of the people who hold each cell.
    required : tuple of int
        People each cell needs. [person]
    groups : tuple
        Names of the groups.
    members : tuple of frozenset of int
        Numbers of the people of each group.
    """

    cells: tuple[Cell, ...]
    people: tuple[Person, ...]
    holders: tuple[frozenset[int], ...]
    required: tuple[int, ...]
    groups: tuple[Hashable, ...] = ()
    members: tuple[frozenset[int], ...] = ()

    def spare(self, cell: int) -> int:
        """Return how many holders a cell can lose and still stand; below 0 it is short already. [person]"""
        return len(self.holders[cell]) - self.required[cell]

    def deficit(self, cell: int) -> int:
        """Return how many holders must go until a cell is uncovered, 0 if it is short already. [person]"""
        return max(0, self.spare(cell) + 1)

    def held_by(self) -> list[list[int]]:
        """Return the cells of each person."""
        held: list[list[int]] = [[] for _ in self.people]
        for cell, holders in enumerate(self.holders):
            for person in holders:
                held[person].append(cell)
        return held

    def losses(self) -> list[frozenset[int]]:
        """Return what each single loss takes away: first every person, then every group."""
        return [frozenset([person]) for person in range(len(self.people))] + list(self.members)


def read_holdings(
    holders: Mapping[Any, Iterable[Any]],
    required: Any = 1,
    *,
    groups: Groups | None = None,
) -> Holdings:
    """
    Check and number the holders of cells.

    Parameters
    ----------
    holders : mapping of cell to collection of people
        Who can cover each cell. An empty collection means nobody.
    required : int or mapping of cell to int
        People each cell needs, 1 or more. [person]
    groups : mapping of name to collection, optional
        People, or names of other groups, that are lost together. Groups that contain each other are the same group.

    Returns
    -------
    Holdings
        Cells in the order given, people sorted.

    Raises
    ------
    InputError
        If there is no cell, a collection of people is a text, a number is missing or not whole, or a group bears the
        name of a person.
    """
    if not isinstance(holders, Mapping):
        raise InputError("holders_not_a_mapping", value=type(holders).__name__)
    if not holders:
        raise InputError("no_cells")
    sets = {cell: _people_of(cell, people) for cell, people in holders.items()}
    expanded = expand_groups(groups or {})
    people = in_order({person for holding in sets.values() for person in holding})
    numbers = {person: number for number, person in enumerate(people)}
    for name in expanded:
        if name in numbers:
            raise InputError("group_named_like_person", name=str(name))
    needed = [
        _checks.whole(f"required[{cell!r}]", look_up("required", required, cell), 1, unit="person") for cell in sets
    ]
    return Holdings(
        cells=tuple(sets),
        people=people,
        holders=tuple(frozenset(numbers[person] for person in holding) for holding in sets.values()),
        required=tuple(needed),
        groups=tuple(expanded),
        members=tuple(frozenset(numbers[person] for person in held if person in numbers) for held in expanded.values()),
    )


def expand_groups(groups: Groups) -> dict[Hashable, frozenset[Person]]:
    """
    Return the people of each group, with groups inside groups resolved.

    Parameters
    ----------
    groups : mapping of name to collection
        Members are people or names of groups. A cycle is no error: its groups are always lost together.

    Examples
    --------
    >>> expanded = expand_groups({"site": ["p1", "floor"], "floor": ["p2", "site"]})
    >>> sorted(expanded["site"]) == sorted(expanded["floor"]) == ["p1", "p2"]
    True
    """
    if not isinstance(groups, Mapping):
        raise InputError("groups_not_a_mapping", value=type(groups).__name__)
    direct = {name: _people_of(name, members) for name, members in groups.items()}
    expanded: dict[Hashable, frozenset[Person]] = {}
    for name in direct:
        reached, waiting = {name}, [name]
        people: set[Person] = set()
        while waiting:
            for member in direct[waiting.pop()]:
                if member not in direct:
                    people.add(member)
                elif member not in reached:
                    reached.add(member)
                    waiting.append(member)
        expanded[name] = frozenset(people)
    return expanded


def look_up(name: str, values: Any, key: Hashable) -> Any:
    """Return the value of ``key``: one number for all, a mapping, or a sequence where keys are 0, 1, 2 and so on."""
    if isinstance(values, (str, bytes)) or values is None:
        raise InputError("not_a_number", name=name, value=values)
    if hasattr(values, "__float__") and not hasattr(values, "__len__"):
        return values
    try:
        if not hasattr(values, "keys") and not (isinstance(key, int) and 0 <= key < len(values)):
            raise KeyError(key)
        return values[key]
    except (KeyError, IndexError, TypeError):
        raise InputError("value_missing", name=name, missing=str(key)) from None


def amounts(name: str, keys: Iterable[Hashable], values: Any) -> list[float]:
    """Return the value of every key: 0 or more, and finite even when added up."""
    listed = [_checks.at_least(f"{name}[{key!r}]", look_up(name, values, key)) for key in keys]
    _checks.number(name, sum(listed))
    return listed


def in_order(names: Iterable[Hashable]) -> tuple[Any, ...]:
    """Return names sorted, by their text where they cannot be compared, so that answers never depend on chance."""
    listed: list[Any] = list(names)
    try:
        return tuple(sorted(listed))
    except TypeError:
        return tuple(sorted(listed, key=lambda name: (type(name).__name__, repr(name))))


def _people_of(cell: Hashable, people: Any) -> frozenset[Person]:
    if isinstance(people, (str, bytes)) or not isinstance(people, Iterable):
        raise InputError("not_a_set_of_people", cell=str(cell), value=str(people)[:60])
    try:
        return frozenset(people)
    except TypeError:
        raise InputError("not_a_set_of_people", cell=str(cell), value=str(people)[:60]) from None
