"""Survey results of teams: scored, released together or not at all, with intervals and the doubt of silence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from staffcalc._checks import one_of, whole
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.burnout import guardrails
from staffcalc.burnout.release import effective_size, non_response_bounds, update_share
from staffcalc.burnout.sheets import LINES, Scores, score_sheets
from staffcalc.burnout.signals import Signal, signal_frame
from staffcalc.burnout.suppression import suppress
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure

if TYPE_CHECKING:
    from staffcalc.burnout.answer import BurnoutRisk

INSTRUMENTS = ("cbi", "bat", "olbi", "single_item")
"""Questionnaires whose answers can be scored."""

EVERYBODY = "everybody"
"""Name of the group of all answers."""

COLUMNS = (
    "grouping", "group", "scale", "released", "people", "mean_score", "line", "share", "share_low", "share_high",
    "bound_low", "bound_high", "posterior", "posterior_low", "posterior_high",
)  # fmt: skip
"""Columns of the table; what is not released stays empty."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SurveyScore(Result):
    """
    Results of one survey, group by group, as far as they may be shown.

    Parameters
    ----------
    instrument : str
        Questionnaire: ``cbi``, ``bat``, ``olbi`` or ``single_item``.
    answered : int
        Answers that could be scored; zero where even the whole may not be shown. [people]
    min_group : int
        Smallest group that is shown. [people]
    groups, withheld : int
        Groups asked for, and those of them that are not shown on at least one scale.
    audit : DataFrame
        Reason of every result withheld, for the audit log. Never publish it: a reason can give the answer away.
    """

    kind: ClassVar[str] = "survey_score"

    instrument: str
    answered: int
    min_group: int
    groups: int
    withheld: int
    purpose: str = "work_design"
    table: pd.DataFrame = dataclasses.field(repr=False)
    signal_table: pd.DataFrame = dataclasses.field(repr=False)
    audit: pd.DataFrame = dataclasses.field(repr=False)

    @property
    def signals(self) -> pd.DataFrame:
        """The survey layer: groups whose share at or above a published line is surely above the baseline."""
        return self.signal_table.copy()

    @property
    def headline(self) -> Sentence:
        """The share of everybody at or above the line with its interval, and how many groups are not shown."""
        whole_ = self.table[(self.table["grouping"] == EVERYBODY) & self.table["released"]]
        values = {"groups": self.groups, "count": self.withheld, "instrument": Sentence(f"term_{self.instrument}")}
        if whole_.empty:
            return Sentence("burnout_survey_nothing", **values)
        row = whole_.iloc[0]
        return Sentence(
            "burnout_survey_headline",
            **values,
            scale=Sentence(f"term_{row['scale']}"),
            share=float(row["share"]),
            low=float(row["share_low"]),
            high=float(row["share_high"]),
            people=self.answered,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a grouping, group and scale; empty where a result is not released."""
        return self.table.copy()


def score_survey(
    frame: pd.DataFrame,
    *,
    instrument: str,
    by: str | Sequence[str],
    min_group: int | None = None,
    invited: Mapping[str, int] | None = None,
    prior: BurnoutRisk | None = None,
    previous: SurveyScore | None = None,
    purpose: str = "work_design",
) -> SurveyScore:
    """
    Score a survey for all groups at once and show what singles nobody out.

    Parameters
    ----------
    frame : DataFrame
        One row an answer sheet: the columns of ``by``, and one column an item in the order of the form. No names, no
        ids. Items of the Copenhagen Burnout Inventory are named by scale: ``personal_1``, ``work_1``, ``client_1``.
    instrument : str
        ``cbi``, ``bat`` (12 or 23 items), ``olbi`` or ``single_item``.
    by : str or sequence of str
        Columns to group by; each gives a table, all tables are released together.
    min_group : int, optional
        Smallest group that is shown: five, or more. [people]
    invited : mapping, optional
        People asked, by group; gives the bounds for those who stayed silent. [people]
    prior : BurnoutRisk, optional
        Model answer whose roles are groups of this survey; combined with answers to the Burnout Assessment Tool.
    previous : SurveyScore, optional
        Earlier survey of the same groups; a group that changed by one to four people is withheld.
    purpose : str
        ``work_design`` or ``research``.

    Returns
    -------
    SurveyScore
        Mean score and share at or above the published line with a 95 % interval, rounded; bounds for silence.

    Raises
    ------
    InputError
        If a column describes a person, items do not fit the form, an answer is not known, or ``min_group`` is too low.

    Notes
    -----
    A result is withheld where fewer than ``min_group`` people answered, where all or none of them are at or above the
    line, and where it could be computed from the other results shown (searched by linear algebra over all tables of
    the call); a group withheld on one scale is withheld on all. Separate calls cannot be policed: ask every grouping in
    one call, and keep the answer sheets away from readers of the results. Lines are conventions of research, not
    diagnoses.

    References
    ----------
    .. [1] source keys ``kristensen_2005``, ``schaufeli_2023``, ``olbi_programs``, ``dolan_2015`` in
       ``reference/sources.csv``.

    Examples
    --------
    >>> sheets = pd.DataFrame({"team": ["a"] * 6 + ["b"] * 4, "level": [1, 4, 2, 3, 1, 2, 2, 1, 5, 1]})
    >>> score = score_survey(sheets, instrument="single_item", by="team")
    >>> score.to_frame()[["group", "released"]].to_numpy().tolist()
    [['everybody', True], ['a', False], ['b', False]]
    """
    one_of("instrument", instrument, INSTRUMENTS)
    guardrails.check_purpose(purpose)
    least = guardrails.check_min_group(min_group)
    groupings = [by] if isinstance(by, str) or not isinstance(by, Iterable) else list(dict.fromkeys(by))
    items = _check_columns(frame, groupings)
    if prior is not None and not hasattr(prior, "roles"):
        raise InputError("burnout_wrong_answer", name="prior", value=type(prior).__name__, maker="assess_burnout")
    if previous is not None and not isinstance(previous, SurveyScore):
        raise InputError("burnout_wrong_answer", name="previous", value=type(previous).__name__, maker="score_survey")
    sheets = score_sheets(frame[items], instrument)
    scales = list(dict.fromkeys(scale for sheet in sheets for scale in sheet))
    names, members = _cells(frame, groupings)
    asked = _asked(invited, [group for _, group in names])
    found = {scale: _withheld(names, members, scale, sheets, least=least, previous=previous) for scale in scales}
    withheld = {scale: reasons for scale, (reasons, _) in found.items()}
    searched = all(complete for _, complete in found.values())
    log = [(*name, scale, why) for scale, reasons in withheld.items() for name, why in reasons.items()]
    closed = {name for reasons in withheld.values() for name in reasons}
    rows = [
        _row(
            name,
            scale,
            mask,
            sheets,
            asked.get(name[1]),
            prior,
            open_=name not in closed,
        )
        for scale in scales
        for name, mask in zip(names, members, strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    released = table.groupby(["grouping", "group"], sort=False)["released"].all() if rows else pd.Series(dtype=bool)
    everybody = table[(table["grouping"] == EVERYBODY) & table["released"]]
    overlap = () if searched else (Sentence("burnout_note_survey_overlap"),)
    return SurveyScore(
        instrument=instrument,
        answered=int(everybody["people"].max()) if len(everybody) else 0,
        min_group=least,
        groups=max(0, len(released) - 1),
        withheld=int((~released.iloc[1:]).sum()) if len(released) else 0,
        purpose=purpose,
        table=table,
        signal_table=signal_frame(_signals(table)),
        audit=pd.DataFrame(log, columns=["grouping", "group", "scale", "reason"]),
        notes=(*_notes(instrument, scales, invited, previous, purpose), *overlap),
        assumptions=_lines(scales, least),
        sources=tuple(dict.fromkeys(figure(LINES[scale]).source for scale in scales)),
    )


def _check_columns(frame: pd.DataFrame, groupings: list[str]) -> list[str]:
    if not isinstance(frame, pd.DataFrame):
        raise InputError("burnout_survey_frame", value=type(frame).__name__)
    if len(frame) == 0:
        raise InputError("burnout_survey_empty")
    missing = [column for column in groupings if column not in frame.columns]
    if missing or not groupings:
        raise InputError("burnout_survey_by", missing=missing, known=[str(column) for column in frame.columns])
    items = [column for column in frame.columns if column not in groupings]
    guardrails.refuse_personal([*groupings, *items])
    twice = sorted({str(column) for column in frame.columns[frame.columns.duplicated()]})
    if twice:
        raise InputError("burnout_survey_twice", columns=twice)
    if frame[groupings].isna().any(axis=None):
        raise InputError("burnout_survey_no_group", by=groupings)
    return items


Name = tuple[str, str]


def _cells(frame: pd.DataFrame, groupings: list[str]) -> tuple[list[Name], list[Any]]:
    """Return the groups of every table with their members; the first is everybody."""
    names: list[Name] = [(EVERYBODY, EVERYBODY)]
    members = [np.ones(len(frame), dtype=bool)]
    for grouping in groupings:
        column = frame[grouping].astype(str).to_numpy()
        for group in dict.fromkeys(column):
            names.append((grouping, str(group)))
            members.append(column == group)
    return names, members


def _withheld(
    names: list[Name],
    members: list[Any],
    scale: str,
    sheets: list[Scores],
    *,
    least: int,
    previous: SurveyScore | None,
) -> tuple[dict[Name, str], bool]:
    """Return the groups that must not be shown on one scale, with the reason, and whether all sums were searched."""
    answered = np.array([scale in sheet for sheet in sheets])
    at_line = np.array([sheet[scale][1] for sheet in sheets if scale in sheet], dtype=bool)
    cells = np.array(members)[:, answered]
    order = list(dict.fromkeys(grouping for grouping, _ in names))
    verdict = suppress(
        cells,
        at_line,
        tables=[order.index(grouping) for grouping, _ in names],
        least=least,
        before=None if previous is None else _sizes_shown(previous, names, scale),
    )
    withheld = {name: reason for name, reason in zip(names, verdict.reasons, strict=True) if reason is not None}
    return withheld, verdict.searched


def _row(
    name: Name,
    scale: str,
    mask: Any,
    sheets: list[Scores],
    invited: int | None,
    prior: BurnoutRisk | None,
    *,
    open_: bool,
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
    row |= {
        "grouping": name[0],
        "group": name[1],
        "scale": scale,
        "released": open_,
        "line": figure(LINES[scale]).value,
    }
    if open_:
        scored = [sheets[i][scale] for i in np.flatnonzero(mask) if scale in sheets[i]]
        scores, at_line = np.array([score for score, _ in scored]), np.array([line for _, line in scored])
        row |= _shown(scale, name[1], scores, at_line, invited, prior)
    return row


def _sizes_shown(previous: SurveyScore, names: list[Name], scale: str) -> list[float]:
    """Return the size of each group that an earlier answer has shown on a scale; NaN where it did not."""
    old = previous.table
    rows = old[(old["scale"] == scale) & old["released"]]
    sizes = dict(zip(zip(rows["grouping"], rows["group"], strict=True), rows["people"], strict=True))
    return [float(sizes.get(name, np.nan)) for name in names]


def _asked(invited: Any, groups: list[str]) -> dict[str, int]:
    if invited is None:
        return {}
    if not isinstance(invited, Mapping) or not set(map(str, invited)) <= set(groups):
        raise InputError("burnout_survey_invited", known=list(dict.fromkeys(groups)))
    return {str(group): whole(f"invited[{group}]", people, 1, unit="people") for group, people in invited.items()}


def _shown(
    scale: str, group: str, scores: Any, at_line: Any, invited: int | None, prior: BurnoutRisk | None
) -> dict[str, Any]:
    n, k = len(scores), int(at_line.sum())
    step = figure("burnout_share_step").value
    fine = "burnout_cbi_step" if scale.startswith("cbi_") else "burnout_score_step"
    low, high = wilson(k, n)
    shown = {
        "people": n,
        "mean_score": _round(float(scores.mean()), figure(fine).value),
        "share": min(max(_round(k / n, step), step), 1 - step),  # shown groups are never all or none
        "share_low": _outward(low, step, down=True),
        "share_high": _outward(high, step, down=False),
    }  # fmt: skip
    if invited is not None:
        bounds = non_response_bounds(k, answered=n, invited=invited)
        shown["bound_low"] = _outward(bounds[0], step, down=True)
        shown["bound_high"] = _outward(bounds[1], step, down=False)
    if prior is not None and group in prior.roles and scale in ("bat12", "bat23"):
        line = prior.of(group).to_frame().iloc[0]
        posterior = update_share(
            float(line["mean"]), effective_size(float(line["mean"]), float(line["sd"])), at_line=k, answered=n
        )
        shown["posterior"] = _round(posterior.mean, step)
        shown["posterior_low"] = _outward(posterior.low, step, down=True)
        shown["posterior_high"] = _outward(posterior.high, step, down=False)
    return shown


def wilson(k: int, n: int, /) -> tuple[float, float]:
    """
    Return the 95 % Wilson interval of a share ``k / n``.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(4, 5)]
    [0.376, 0.964]
    """
    z = 1.959964
    middle = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * float(np.sqrt(k * (n - k) / n + z * z / 4))
    return max(0.0, middle - half), min(1.0, middle + half)


def _round(value: float, step: float) -> float:
    return round(round(value / step) * step, 6)


def _outward(value: float, step: float, *, down: bool) -> float:
    """Round an end of an interval outward, so that rounding never makes it look surer."""
    scaled = np.floor(value / step + 1e-9) if down else np.ceil(value / step - 1e-9)
    return float(min(1.0, max(0.0, round(scaled * step, 6))))


def _signals(table: pd.DataFrame) -> list[Signal]:
    baseline = figure("baseline_bat_at_or_above_orange")
    found = []
    for row in table[table["released"]].to_dict("records"):
        if row["scale"] in ("bat12", "bat23"):
            level = "above_baseline" if row["share_low"] > baseline.value else "below"
            signal = Signal(
                str(row["group"]), "survey", "bat_share", level, float(row["share"]), baseline.value, baseline.source
            )
            found.append(signal)
    return found


def _notes(
    instrument: str,
    scales: list[str],
    invited: Mapping[str, int] | None,
    previous: SurveyScore | None,
    purpose: str,
) -> tuple[Sentence, ...]:
    notes = [
        Sentence("burnout_note_survey_group"),
        Sentence("burnout_note_survey_lines"),
        Sentence("burnout_note_survey_small"),
        Sentence("burnout_note_survey_calls"),
    ]
    if invited is None:
        notes.append(Sentence("burnout_note_survey_silent"))
    if instrument == "olbi":
        notes.append(Sentence("burnout_note_olbi_key"))
    if instrument == "bat":
        notes.append(Sentence("burnout_note_bat_tentative"))
    if previous is None:
        notes.append(Sentence("burnout_note_survey_repeat"))
    recalled = [scale for scale in scales if figure(LINES[scale]).status != "confirmed"]
    if recalled:
        notes.append(Sentence("burnout_note_survey_verify", scales=[Sentence(f"term_{scale}") for scale in recalled]))
    return (*notes, *guardrails.short_notes(purpose))


def _lines(scales: list[str], least: int) -> tuple[Assumption, ...]:
    names = dict.fromkeys(LINES[scale] for scale in scales)
    return (*(figure(name).assumption() for name in names), figure("min_group").assumption(value=least))
