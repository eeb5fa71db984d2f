"""Asks every question that the facts of one desk allow, and names those that they do not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from staffcalc._result import Result
from staffcalc._words import Sentence, label
from staffcalc.burnout.assess import assess_burnout
from staffcalc.burnout.levers import weigh_levers
from staffcalc.burnout.outlook import project_team
from staffcalc.coverage.hours import find_gaps
from staffcalc.coverage.oncall import size_on_call
from staffcalc.decisions.budget import cost_team, pay_is_known
from staffcalc.demand.workload import size_workload
from staffcalc.resilience.absence_test import survive
from staffcalc.resilience.access_review import review_access
from staffcalc.resilience.cross_training import plan_cross_training
from staffcalc.resilience.losses import rank_losses
from staffcalc.resilience.single_points import find_single_points_of_failure
from staffcalc.staffing.whole_desk import staff

if TYPE_CHECKING:
    import pandas as pd

    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk


@dataclasses.dataclass(frozen=True, kw_only=True)
class OpenQuestions(Result):
    """
    Questions that could not be answered, and the fact that each one lacks.

    Parameters
    ----------
    missing : tuple of (str, Sentence)
        Kind of the answer that was left out, and what the desk must say first.
    """

    kind: ClassVar[str] = "open_questions"

    missing: tuple[tuple[str, Sentence], ...]

    @property
    def headline(self) -> Sentence:
        """How many questions stay open."""
        return Sentence("questions_open", count=len(self.missing))

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each open question: question, missing_fact."""
        import pandas as pd

        rows = [(Sentence(f"title_{kind}"), fact) for kind, fact in self.missing]
        return pd.DataFrame(rows, columns=["question", "missing_fact"])


@dataclasses.dataclass(frozen=True)
class _Step:
    kind: str
    ask: Callable[[], Result]
    missing: str | None = None


def assess(desk: Desk, volume: Volume, *, seed: int = 0, progress: bool = False, language: str = "en") -> list[Result]:
    """
    Return every answer that the facts allow, in the order of a report.

    Parameters
    ----------
    desk : Desk
        The facts about the team.
    volume : Volume
        The messages that arrive, from :func:`staffcalc.fit_volume`.
    seed : int
        Seed of every simulation; the same seed gives the same answers.
    progress : bool
        Show on standard error which question is being answered.
    language : str
        Language of what ``progress`` shows: ``en`` or ``tr``. The answers speak both.

    Returns
    -------
    list of Result
        Answers; the last one lists the questions that the facts leave open, if there are any.

    Raises
    ------
    InputError
        If the volume has channels that the desk does not know.

    Examples
    --------
    >>> import staffcalc as sc
    >>> desk = sc.read_desk("data/sample_desk.yaml")
    >>> volume = sc.fit_volume(sc.read_volumes("data/sample_volumes.csv"))
    >>> answers = sc.assess(desk, volume, seed=0)
    >>> [answer.kind for answer in answers][:3]
    ['volume', 'workload', 'staffing_need']
    """
    answers: list[Result] = [volume]
    missing: list[tuple[str, Sentence]] = []
    for step in _reported(list(_steps(desk, volume, seed, answers)), language if progress else None):
        if step.missing is None:
            answers.append(step.ask())
        else:
            missing.append((step.kind, Sentence(step.missing)))
    if missing:
        answers.append(OpenQuestions(missing=tuple(missing), desk=desk))
    return answers


def _steps(desk: Desk, volume: Volume, seed: int, answers: list[Result]) -> Iterator[_Step]:
    """Yield the questions in order; later ones read earlier answers."""

    def earlier(kind: str) -> Any:
        return next(answer for answer in answers if answer.kind == kind)

    nobody = None if desk.people else "missing_people"
    cover = nobody or (None if desk.calendar.cover else "missing_cover")
    access = None if any(channel.access for channel in desk.channels) else "missing_access"
    yield _Step("workload", lambda: size_workload(desk, volume))
    yield _Step("staffing_need", lambda: staff(desk, volume, seed=seed))
    yield _Step("coverage_gaps", lambda: find_gaps(desk, year=desk.today.year + 1), cover)
    yield _Step("on_call_need", lambda: size_on_call(desk), None if desk.on_call else "missing_on_call")
    yield _Step("single_points", lambda: find_single_points_of_failure(desk), nobody)
    ranking = lambda: rank_losses(desk, volume, people=3, need=earlier("staffing_need"), seed=seed)  # noqa: E731 - one question
    yield _Step("loss_ranking", ranking, nobody)
    yield _Step(
        "absence_test", lambda: survive(desk, volume, person=str(earlier("loss_ranking").table["who"].iloc[0])), nobody
    )
    yield _Step("training_plan", lambda: plan_cross_training(desk, volume), nobody)
    yield _Step("access_review", lambda: review_access(desk), access)
    yield _Step("burnout_risk", lambda: assess_burnout(desk, volume, earlier("staffing_need"), seed=seed), nobody)
    yield _Step("burnout_levers", lambda: weigh_levers(earlier("burnout_risk"), seed=seed), nobody)
    outlook = lambda: project_team(desk, volume, need=earlier("staffing_need"), seed=seed)  # noqa: E731 - one question
    yield _Step("team_outlook", outlook, nobody)
    pay = None if pay_is_known(desk) else "missing_pay"
    yield _Step("team_cost", lambda: cost_team(desk, earlier("staffing_need")), pay)


def _reported(steps: list[_Step], language: str | None) -> Iterator[_Step]:
    """Yield the steps, naming each on standard error while it runs, if a language is given."""
    if language is None:
        yield from steps
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(steps))
        for step in steps:
            bar.update(task, description=label(f"title_{step.kind}", language))
            yield step
            bar.advance(task)
