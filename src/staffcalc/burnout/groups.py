"""Groups of one survey: who is in them, how many were asked, and which of them may be shown together."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc._checks import whole
from staffcalc.burnout.settled import Levels
from staffcalc.burnout.sheets import LINES, RANGES, Scores
from staffcalc.burnout.suppression import suppress
from staffcalc.burnout.waves import EVERYBODY, Name, Wave, behind_small_changes, groups_of
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure


@dataclasses.dataclass(frozen=True, eq=False)
class Groups:
    """
    All groups of a survey with their members; the first is everybody.

    Parameters
    ----------
    names : tuple
        Grouping and group of each.
    members : array, groups x sheets
        Which answer sheets belong to each.
    """

    names: tuple[Name, ...]
    members: NDArray[np.bool_]

    @classmethod
    def of(cls, frame: pd.DataFrame, groupings: Sequence[str]) -> Groups:
        """Return everybody and the groups of each grouping, in the order of the answer sheets."""
        names: list[Name] = [(EVERYBODY, EVERYBODY)]
        members = [np.ones(len(frame), dtype=bool)]
        for grouping in groupings:
            column = frame[grouping].astype(str).to_numpy()
            for group in dict.fromkeys(column):
                names.append((str(grouping), str(group)))
                members.append(column == group)
        return cls(tuple(names), np.array(members))

    @property
    def tables(self) -> list[int]:
        """The table of each group: groups of one grouping do not overlap."""
        order = list(dict.fromkeys(grouping for grouping, _ in self.names))
        return [order.index(grouping) for grouping, _ in self.names]

    def invited(self, counts: Any) -> dict[Name, int]:
        """
        Return how many were asked, by group; everybody where the groups of one grouping are all known.

        Raises
        ------
        InputError
            If a group is unknown, its name stands in two groupings, a count is no count, or more answered than asked.
        """
        if counts is None:
            return {}
        if not isinstance(counts, Mapping):
            raise InputError("burnout_survey_invited", known=[group for _, group in self.names])
        asked: dict[Name, int] = {}
        groupings = list(dict.fromkeys(grouping for grouping, _ in self.names[1:]))
        for key, people in counts.items():
            named = [name for name in self.names if (isinstance(key, tuple) and key == name) or str(key) == name[1]]
            if not named and isinstance(key, tuple) and len(key) == 2 and key[0] in groupings:
                named = [(str(key[0]), str(key[1]))]  # everybody there stayed silent
            if not named:
                raise InputError("burnout_survey_invited", known=list(dict.fromkeys(group for _, group in self.names)))
            if len(named) > 1:
                raise InputError("burnout_survey_two_groups", group=str(key), groupings=[name[0] for name in named])
            asked[named[0]] = whole(f"invited[{key}]", people, 1, unit="people")
        for grouping in groupings:
            if all(name in asked for name in self.names if name[0] == grouping):
                asked.setdefault(self.names[0], sum(n for name, n in asked.items() if name[0] == grouping))
        for name, members in zip(self.names, self.members, strict=True):
            if asked.get(name, len(members)) < members.sum():
                raise InputError("burnout_survey_more_answers", group=name[1], invited=asked[name])
        return asked


def withheld_groups(
    groups: Groups, sheets: list[Scores], scales: Sequence[str], *, least: int, before: Sequence[pd.DataFrame] = ()
) -> tuple[dict[str, dict[Name, str]], bool]:
    """
    Return what must not be shown on each scale with the reason, and whether all sums could be searched.

    Parameters
    ----------
    groups : Groups
        Everybody, and the groups of all tables.
    sheets : list of dict
        Scored sheets.
    scales : sequence of str
        Scales of the survey.
    least : int
        Smallest group that may be told apart. [people]
    before : sequence of DataFrame
        What earlier surveys have shown: grouping, group, scale, released, people.

    Notes
    -----
    A group that falls on one scale falls on all, which can leave a rest on another scale that is too small; so the
    scales are decided again until nothing more falls.
    """
    reasons: dict[str, dict[Name, str]] = {scale: {} for scale in scales}
    searched = dict.fromkeys(scales, True)
    todo = list(scales)
    while todo:
        closed = {name for found in reasons.values() for name in found}
        shut = np.array([name in closed for name in groups.names])
        for scale in todo:
            found, searched[scale] = _verdict(groups, sheets, scale, least=least, before=before, shut=shut)
            reasons[scale] = found | reasons[scale]
        fallen = {name for found in reasons.values() for name in found}
        todo = [scale for scale in scales if set(reasons[scale]) != fallen]
    return reasons, all(searched.values())


def _verdict(
    groups: Groups,
    sheets: list[Scores],
    scale: str,
    *,
    least: int,
    before: Sequence[pd.DataFrame],
    shut: NDArray[np.bool_],
) -> tuple[dict[Name, str], bool]:
    answered = np.array([scale in sheet for sheet in sheets])
    pairs = [sheet[scale] for sheet in sheets if scale in sheet]
    low, high, step = RANGES[scale]
    scores = (np.array([score for score, _ in pairs]) - low) / step
    levels = Levels(scores, (figure(LINES[scale]).value - low) / step, (high - low) / step, scale == "single_item")
    verdict = suppress(
        groups.members[:, answered],
        np.array([at_line for _, at_line in pairs], dtype=bool),
        tables=groups.tables,
        least=least,
        levels=levels,
        moved=_moved(groups, answered, [Wave.of(frame, scale) for frame in before], least),
        closed=shut,
    )
    return {n: why for n, why in zip(groups.names, verdict.reasons, strict=True) if why is not None}, verdict.searched


def _moved(
    groups: Groups, answered: NDArray[np.bool_], earlier: Sequence[Wave], least: int
) -> Callable[[frozenset[int]], list[int]]:
    """Return what finds the groups behind a change of few people, given which are shown."""
    sizes = groups.members[:, answered].sum(axis=1).tolist()
    place = {name: i for i, name in enumerate(groups.names)}
    known = groups_of(groups.names)

    def find(shown: frozenset[int]) -> list[int]:
        now = Wave(known, {groups.names[i]: sizes[i] for i in shown})
        return [place[name] for name in behind_small_changes(now, earlier, least=least)]

    return find


def shown_sizes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the sizes that a table of results has shown, and the groups that it has not."""
    return table[["grouping", "group", "scale", "released", "people"]].reset_index(drop=True)
