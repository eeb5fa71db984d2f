"""The answer to who should learn what: lessons in order, keys to hand over, and where only a hire helps."""

from __future__ import annotations

import dataclasses
import math
from typing import ClassVar

import pandas as pd

from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.inputs.access import LAYERS
from staffcalc.reference.lookup import figure
from staffcalc.resilience.cells import DeskCell
from staffcalc.resilience.consequences import shortened
from staffcalc.resilience.hour_words import hours_in_full, hours_in_words

AFTERNOON = 4.0
"""Hours of work that fit in an afternoon. [hour]"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lesson:
    """
    One person who learns one thing, or gets one access.

    Parameters
    ----------
    learner : str
        Who learns, or gets the access.
    cell : DeskCell
        What is learned, with its holders before any lesson.
    teacher : str
        Who teaches it, or hands over the access; empty where nobody can.
    hours : float
        Hours of the learner. [hour]
    helps : tuple of int
        Hours of the week in which the lesson closes a need, empty for all. [hour of week]
    risk_removed : float
        Hours of work a year that no longer find all their holders away; for access, of the channel behind it.
        [hour/year]
    cost : float or None
        Pay and on-cost of these hours; None where pay is not known. [money]
    """

    learner: str
    cell: DeskCell
    teacher: str
    hours: float
    helps: tuple[int, ...]
    risk_removed: float
    cost: float | None


@dataclasses.dataclass(frozen=True)
class Gap:
    """
    What stays too thin after all lessons.

    Parameters
    ----------
    cell : DeskCell
        What it is, in which hours, and who is there.
    missing : int
        Holders that are missing. [person]
    reason : str
        Why no lesson helps, one of ``needs.REASONS``.
    """

    cell: DeskCell
    missing: int
    reason: str

    def what(self) -> Sentence:
        """Return what is missing, and in which hours."""
        if self.cell.hours and self.cell.kind != "hours":
            return Sentence("gap_in_hours", what=self.cell.words(), hours=hours_in_words(self.cell.hours))
        return self.cell.words()

    def words(self) -> Sentence:
        """Return what is missing, how many, and why no lesson helps."""
        reason = Sentence(f"term_{self.reason}")
        return Sentence("gap_and_reason", what=self.what(), count=self.missing, reason=reason)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TrainingPlan(Result):
    """
    Lessons after which the loss of any ``survive`` people uncovers nothing that lessons can protect.

    Parameters
    ----------
    survive : int
        People that may be lost at once. [person]
    lessons : tuple of Lesson
        Access first, then what removes most risk an hour.
    only_hire : tuple of Gap
        What nobody of the team can learn in the hours concerned: only a hire, or other working hours, helps.
    unmet : tuple of Gap
        What stays thin because those who could learn it have reached their limit.
    hours, cost : float, float or None
        All lessons. [hour], [money]
    status : str
        ``exact`` if the plan is proven to be the cheapest, else ``at_most``.
    bound : float
        Proven lower bound of the hours. [hour]
    """

    kind: ClassVar[str] = "training_plan"

    survive: int
    lessons: tuple[Lesson, ...]
    only_hire: tuple[Gap, ...]
    unmet: tuple[Gap, ...]
    hours: float
    cost: float | None
    status: str
    bound: float

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        if not self.lessons:
            if self.only_hire:
                return Sentence("training_only_hire", count=len(self.only_hire))
            nothing = any(note.key == "nothing_to_cover" for note in self.notes)
            return Sentence("points_nothing_told" if nothing else "training_none")
        access = sum(lesson.cell.kind in LAYERS for lesson in self.lessons)
        lessons = len(self.lessons) - access
        given = {
            "given": [
                *([Sentence("accesses_given", count=access)] if access else []),
                *([Sentence("lessons_given", count=lessons)] if lessons else []),
            ],
            "hours": self.hours,
        }
        if self.only_hire or self.unmet:
            left = len(self.only_hire) + len(self.unmet)
            losses = Sentence("loss_of_any", count=self.survive)
            return Sentence("training_partly", count=left, losses=losses, **given)
        return Sentence("training_headline", count=self.survive, **given)

    @property
    def points(self) -> tuple[Sentence, ...]:
        """The three cheapest steps, then where no lesson helps and why."""
        alike: dict[str, list[Gap]] = {}
        for gap in (*self.only_hire, *self.unmet):
            alike.setdefault(gap.reason, []).append(gap)
        return (
            *self.steps,
            *(
                Sentence("gaps_alike", reason=Sentence(f"term_{reason}"), things=shortened(gap.what() for gap in gaps))
                for reason, gaps in alike.items()
            ),
        )

    @property
    def steps(self) -> tuple[Sentence, ...]:
        """The three cheapest steps out, in words."""
        access = [lesson for lesson in self.lessons if lesson.cell.kind in LAYERS]
        taught = [lesson for lesson in self.lessons if lesson.cell.kind not in LAYERS]
        keys = [gap.cell for gap in self.only_hire if gap.cell.kind in LAYERS]
        work = [gap.cell for gap in self.only_hire if gap.cell.kind not in LAYERS]
        spoken = []
        if access:
            people = shortened(lesson.learner for lesson in access)
            hours = math.fsum(lesson.hours for lesson in access)
            key = "step_access" if hours <= AFTERNOON else "step_access_many"
            spoken.append(Sentence(key, count=len(access), people=people, hours=hours))
        if keys:
            hours = len(keys) * figure("minutes_to_grant_access").value / 60
            channels = shortened(cell.subject for cell in keys)
            spoken.append(Sentence("step_borrow", count=len(keys), channels=channels, hours=hours))
        spoken += [
            Sentence("step_lesson", learner=lesson.learner, what=lesson.cell.words(), hours=lesson.hours)
            for lesson in taught[:2]
        ]
        known = [cell for cell in work if cell.kind != "hours"]
        thin = sorted({hour for cell in work if cell.kind == "hours" for hour in cell.hours})
        if known:
            spoken.append(Sentence("step_write_down", count=len(known)))
        elif thin:
            spoken.append(Sentence("step_other_hours", hours=hours_in_words(thin)))
        if work:
            languages = shortened(dict.fromkeys(cell.language for cell in known if cell.language))
            if languages:
                spoken.append(Sentence("step_hire_speaking", count=len(self.only_hire), languages=languages))
            else:
                spoken.append(Sentence("step_hire", count=len(self.only_hire)))
        return tuple(spoken[:3])

    @property
    def handover(self) -> pd.DataFrame:
        """Hand-over pack: who gets which access to which channel, and who gives it. One row an access."""
        rows = [
            {
                "learner": lesson.learner,
                "channel": lesson.cell.subject,
                "layer": lesson.cell.kind,
                "teacher": lesson.teacher,
            }
            for lesson in self.lessons
            if lesson.cell.kind in LAYERS
        ]
        frame = pd.DataFrame(rows, columns=["learner", "channel", "layer", "teacher"])
        return frame.sort_values(["learner", "channel"], kind="stable").reset_index(drop=True)

    def to_frame(self) -> pd.DataFrame:
        """
        Return one row a lesson, then what needs a hire.

        Columns: when, learner, kind, cell, helps, teacher, hours, people_missing, risk_removed, cost, reason.
        """
        rows: list[dict[str, object]] = [
            {
                "when": "this_afternoon" if lesson.cell.kind in LAYERS else "in_this_order",
                "learner": lesson.learner,
                "kind": lesson.cell.kind,
                "cell": lesson.cell.label(),
                "helps": hours_in_full(lesson.helps),
                "teacher": lesson.teacher,
                "hours": lesson.hours,
                "people_missing": math.nan,
                "risk_removed": lesson.risk_removed,
                "cost": math.nan if lesson.cost is None else lesson.cost,
                "reason": "",
            }
            for lesson in self.lessons
        ]
        for when, gaps in (("only_hire", self.only_hire), ("no_lessons_left", self.unmet)):
            rows += [
                {"when": when, "learner": "", "kind": gap.cell.kind, "cell": gap.cell.label(), "helps": "",
                 "teacher": "", "hours": math.nan, "people_missing": gap.missing, "risk_removed": math.nan,
                 "cost": math.nan, "reason": gap.reason}
                for gap in gaps
            ]  # fmt: skip
        columns = ["when", "learner", "kind", "cell", "helps", "teacher", "hours", "people_missing", "risk_removed"]
        return pd.DataFrame(rows, columns=[*columns, "cost", "reason"])
