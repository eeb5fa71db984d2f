"""Waves of one survey: what a group, or the rest of a table, gained or lost since an earlier wave was shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

EVERYBODY = "everybody"
"""Name of the group of all answers."""

Name = tuple[str, str]
"""Grouping and group."""

WHOLE: Name = (EVERYBODY, EVERYBODY)


@dataclasses.dataclass(frozen=True)
class Wave:
    """
    What one wave shows of one scale.

    Parameters
    ----------
    groups : mapping
        Groups of each grouping, shown or not.
    shown : mapping
        Size of each group that is shown; the whole is :data:`WHOLE`. [people]
    """

    groups: Mapping[str, frozenset[str]]
    shown: Mapping[Name, int]

    @classmethod
    def of(cls, table: pd.DataFrame, scale: str) -> Wave:
        """Return a wave from its table of results."""
        rows = table[table["scale"] == scale]
        names = list(zip(rows["grouping"], rows["group"], strict=True))
        shown = {
            name: int(people)
            for name, people, released in zip(names, rows["people"], rows["released"], strict=True)
            if released
        }
        return cls(groups_of(names), shown)

    def size(self, grouping: str, groups: frozenset[str]) -> tuple[int, frozenset[Name]] | None:
        """Return the size of some groups together and the results it follows from; None where it does not follow."""
        all_ = self.groups.get(grouping, frozenset())
        inside = {(grouping, group) for group in groups & all_}
        if inside <= self.shown.keys():
            return sum(self.shown[name] for name in inside), frozenset(inside)
        outside = {(grouping, group) for group in all_ - groups}
        if WHOLE in self.shown and outside <= self.shown.keys():
            rest = self.shown[WHOLE] - sum(self.shown[name] for name in outside)
            return rest, frozenset({WHOLE, *outside})
        return None

    def hidden(self, grouping: str) -> frozenset[str]:
        """Return the groups of a grouping that are not shown."""
        return frozenset(g for g in self.groups.get(grouping, frozenset()) if (grouping, g) not in self.shown)


def groups_of(names: Sequence[Name]) -> dict[str, frozenset[str]]:
    """Return the groups of each grouping."""
    groupings = dict.fromkeys(grouping for grouping, _ in names if grouping != EVERYBODY)
    return {grouping: frozenset(group for part, group in names if part == grouping) for grouping in groupings}


def behind_small_changes(now: Wave, earlier: Sequence[Wave], *, least: int) -> frozenset[Name]:
    """
    Return results that together show a change of fewer than ``least`` people since an earlier wave; empty if none.

    Notes
    -----
    Compared are single groups, the groups that either wave hides taken together, and the whole, wherever their size
    follows from what is shown: as a sum of groups, or as the whole less the other groups. Waves know sizes and no
    people: one who leaves and one who joins go unseen.
    """
    for before in earlier:
        if WHOLE in now.shown and WHOLE in before.shown and 0 < abs(now.shown[WHOLE] - before.shown[WHOLE]) < least:
            return frozenset({WHOLE})
        for grouping, groups in _comparable(now, before):
            new, old = now.size(grouping, groups), before.size(grouping, groups)
            if new is not None and old is not None and 0 < abs(new[0] - old[0]) < least and new[1]:
                return new[1]
    return frozenset()


def _comparable(now: Wave, before: Wave) -> Iterator[tuple[str, frozenset[str]]]:
    for grouping in now.groups:
        both = now.groups[grouping] | before.groups.get(grouping, frozenset())
        yield from ((grouping, frozenset({group})) for group in sorted(both))
        yield grouping, before.hidden(grouping)
        yield grouping, now.hidden(grouping)
        yield grouping, both
