"""What a team lacks to survive losses, hour block by hour block, and who could learn it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import Person
from staffcalc.resilience.cells import DeskCell, Reach, known_shifts, list_cells

REASONS = (
    "nobody_else", "nobody_speaks", "nobody_on_shift", "nobody_may_learn", "whole_team_does", "more_at_work",
    "no_employee", "no_lessons_left",
)  # fmt: skip
"""Why no lesson closes a need; all but the last call for a hire or other working hours."""

Blocks = dict[tuple[frozenset[str], frozenset[str]], tuple[int, ...]]
"""Hours of the week by who can do something in them, and who could learn it; no hours stand for all."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Need:
    """
    Something with too few holders, in the hours in which they are too few.

    Parameters
    ----------
    skill : DeskCell
        What a lesson teaches: the cell without hours, with everybody who can do it.
    cell : DeskCell
        The same in the hours of the block, with those who are there.
    missing : int
        Holders to add. [person]
    learners : frozenset of str
        Who could learn it and is at work in these hours.
    reason : str
        Why there are no more learners; one of :data:`REASONS`.
    share : float
        Part of the hours in which the cell is asked for. [share]
    """

    skill: DeskCell
    cell: DeskCell
    missing: int
    learners: frozenset[str]
    reason: str
    share: float = 1.0

    @property
    def shortage(self) -> int:
        """Holders that no lesson can give. [person]"""
        return max(0, self.missing - len(self.learners))


def list_needs(desk: Desk, *, extra: int = 1) -> tuple[Need, ...]:
    """
    Return what needs more people before the loss of any ``extra`` of them uncovers nothing, keys of accounts left out.

    Parameters
    ----------
    desk : Desk
        The team, its channels, duties and hours.
    extra : int
        People that may be lost at once. [person]

    Notes
    -----
    Where an answer cannot wait a day the hours of the week are taken apart by who can still answer in time; a lesson
    helps in those in which the learner works. Somebody whose hours are not given counts at all hours. Who may learn: a
    member of the team who stays, speaks the language, and is not kept from it by licence, region or contract
    (``may_learn``). Hours in which nobody at all works are gaps of cover and are left out.
    """
    team = desk.team()
    staying = [person for person in team if person.end is None]
    shifts = known_shifts(desk)
    whole = [cell for cell in list_cells(desk) if cell.kind in ("duty", "hours")]
    needs = [*_answering(desk, team, staying, shifts, extra)]
    for cell in whole:
        missing = cell.required + extra - len(cell.holders)
        if missing > 0:
            others = [person for person in staying if person.id not in cell.holders]
            able = frozenset(person.id for person in others if may_learn(person, cell.subject))
            reason = "nobody_may_learn" if len(able) < len(others) else "whole_team_does"
            reason = "nobody_else" if len(team) == 1 else reason
            if cell.kind == "hours":
                able, reason = frozenset(), "more_at_work"
            needs.append(Need(skill=cell, cell=cell, missing=missing, learners=able, reason=reason))
    return tuple(needs)


def may_learn(person: Person, subject: str) -> bool:
    """Return whether licence, region and contract let a person learn a channel or duty."""
    return person.may_learn in (None, "all") or subject in (person.may_learn or ())


def _answering(
    desk: Desk,
    team: Sequence[Person],
    staying: Sequence[Person],
    shifts: Mapping[str, frozenset[int]],
    extra: int,
) -> Iterator[Need]:
    reach = Reach(desk, shifts)
    for channel in desk.channels:
        found = reach.of(channel)
        able = {person.id for person in team if person.channels == "all" or channel.id in person.channels}
        for language in channel.languages or ("",):
            fluent = {
                person.id for person in team if not language or not person.languages or language in person.languages
            }
            speakers = frozenset(able & fluent)
            others = [person for person in staying if person.id not in speakers and person.id in fluent]
            learners = frozenset(person.id for person in others if may_learn(person, channel.id))
            skill = DeskCell(
                kind="answering", subject=channel.id, language=language,
                only_language=len(channel.languages) < 2, holders=speakers,
            )  # fmt: skip
            if len(team) == 1:
                reason = "nobody_else"
            elif len(learners) < len(others):
                reason = "nobody_may_learn"
            else:
                reason = "nobody_speaks" if len(fluent) < len(team) else "whole_team_does"
            if found is None or not speakers <= reach.known:
                blocks: Blocks = {(speakers, learners): ()}
            else:
                blocks = _blocks(found, speakers, learners, reach.known)
            asked = sum(map(len, blocks.values()))
            for (there, could), hours in blocks.items():
                missing = 1 + extra - len(there)
                if missing > 0:
                    absent = len(there | could) < len(speakers | learners)
                    yield Need(
                        skill=skill,
                        cell=dataclasses.replace(skill, holders=there, hours=tuple(sorted(hours))),
                        missing=missing,
                        learners=could,
                        reason="nobody_on_shift" if absent else reason,
                        share=len(hours) / asked if hours else 1.0,
                    )


def _blocks(
    found: Mapping[frozenset[str], Sequence[int]],
    speakers: frozenset[str],
    learners: frozenset[str],
    known: frozenset[str],
) -> Blocks:
    """Return hours of the week by who can answer in time and who could learn to; one block of all hours where alike."""
    blocks: dict[tuple[frozenset[str], frozenset[str]], list[int]] = {}
    for people, hours in found.items():
        at_any_hour = learners - known
        if people or at_any_hour:
            blocks.setdefault((speakers & people, (learners & people) | at_any_hour), []).extend(hours)
    if len(blocks) == 1:
        return dict.fromkeys(blocks, ())
    return {block: tuple(hours) for block, hours in blocks.items()}
