"""Survey results of teams: scored, released together or not at all, with intervals and the doubt of silence."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from staffcalc._checks import one_of
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.burnout import guardrails
from staffcalc.burnout.groups import Groups, shown_sizes, withheld_groups
from staffcalc.burnout.sheets import LINES, form_of, score_sheets
from staffcalc.burnout.shown import COLUMNS, shown_row
from staffcalc.burnout.shown import wilson as wilson
from staffcalc.burnout.signals import Signal, signal_frame
from staffcalc.burnout.survey_file import read_survey_file
from staffcalc.burnout.waves import EVERYBODY
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure

if TYPE_CHECKING:
    from staffcalc.burnout.answer import BurnoutRisk

INSTRUMENTS = ("cbi", "bat", "bat12", "bat23", "olbi", "single_item")
"""Questionnaires whose answers can be scored."""

_WAVES = re.compile(
    r"(survey_)?(wave|round|date|month|quarter|period|year|week|timestamp|time|day)s?"
    r"|(anket_)?(dalga|tur|tarih|ay|ceyrek|donem|yil|hafta|gun|saat)i?"
)


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
    shown_before : tuple of DataFrame
        Sizes of the groups that earlier surveys of the same people have shown.
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
    shown_before: tuple[pd.DataFrame, ...] = dataclasses.field(default=(), repr=False)

    @property
    def signals(self) -> pd.DataFrame:
        """The survey layer: groups whose share at or above a published line is surely above the baseline."""
        return self.signal_table.copy()

    @property
    def headline(self) -> Sentence:
        """The share of everybody at or above the line with its interval, and how many groups are not shown."""
        whole_ = self.table[(self.table["grouping"] == EVERYBODY) & self.table["released"]]
        values = {
            "groups": self.groups,
            "count": self.withheld,
            "instrument": Sentence(f"term_{form_of(self.instrument)}"),
        }
        if whole_.empty:
            return Sentence("burnout_survey_nothing", **values)
        row = whole_.iloc[0]
        if not self.withheld:
            values = {"instrument": values["instrument"]}
        return Sentence(
            "burnout_survey_headline" if self.withheld else "burnout_survey_headline_all",
            **values,
            scale=Sentence(f"term_{row['scale']}"),
            share=float(row["share"]),
            low=float(row["share_low"]),
            high=float(row["share_high"]),
            people=int(row["people"]),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a grouping, group and scale; empty where a result is not released."""
        return self.table.copy()


def score_survey(
    frame: pd.DataFrame | str | os.PathLike[str] | Any,
    *,
    instrument: str,
    by: str | Sequence[str],
    min_group: int | None = None,
    invited: Mapping[Any, int] | None = None,
    prior: BurnoutRisk | None = None,
    previous: SurveyScore | None = None,
    purpose: str = "work_design",
) -> SurveyScore:
    """
    Score a survey for all groups at once and show what singles nobody out.

    Parameters
    ----------
    frame : DataFrame or path
        One row an answer sheet: the columns of ``by``, and one column an item in the order of the form. No names, no
        ids. Items of the Copenhagen Burnout Inventory are named by scale: ``personal_1``, ``work_1``, ``client_1``. A
        path is read as a file made from :func:`staffcalc.write_survey_template`, or any table with these columns.
        Tables of other libraries are taken through their ``to_pandas``.
    instrument : str
        ``cbi``, ``bat12``, ``bat23`` (or ``bat`` for either), ``olbi`` or ``single_item``.
    by : str or sequence of str
        Columns to group by; each gives a table, all tables are released together.
    min_group : int, optional
        Smallest group that is shown: five, or more. [people]
    invited : mapping, optional
        People asked, by group, or by (grouping, group) where two groupings share a name; gives the bounds for those who
        stayed silent. A file brings its own where it has the sheet ``invited``. [people]
    prior : BurnoutRisk, optional
        Model answer whose roles are groups of this survey; combined with answers to the Burnout Assessment Tool.
    previous : SurveyScore, optional
        Earlier survey of the same groups; a group that changed by one to four people since any survey it goes back to
        is withheld.
    purpose : str
        ``work_design`` or ``research``.

    Returns
    -------
    SurveyScore
        Mean score and share at or above the published line with a 95% interval, rounded; bounds for silence.

    Raises
    ------
    InputError
        If a column describes a person, items do not fit the form, an answer is not known, ``min_group`` is too low, or
        the sheets of several waves are mixed.

    Notes
    -----
    A result is withheld where fewer than ``min_group`` people answered, where all or none of them are at or above the
    line, where fewer than ``min_group`` people could be computed from the results shown (searched by linear algebra
    over all tables of the call), and where the counts and means shown would leave somebody one possible side of the
    line only; a group withheld on one scale is withheld on all. Separate calls cannot be policed: ask every grouping in
    one call, and keep the answer sheets away from readers of the results. Each wave of a repeated survey is a call of
    its own, with the answer of the wave before it as ``previous``: people are counted, not sheets.

    An answer that was left out stays out: the Copenhagen scales are means of what was answered, three answers or more
    (four on the work scale); the other forms count only where every item is answered. Lines are conventions of
    research, not diagnoses.

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
    if isinstance(frame, (str, os.PathLike)):
        frame, told = read_survey_file(frame)
        invited = {key: people for key, people in told.items() if key[0] in groupings} if invited is None else invited
    elif not isinstance(frame, pd.DataFrame) and hasattr(frame, "to_pandas"):
        frame = frame.to_pandas()
    items = _check_columns(frame, groupings)
    if prior is not None and not hasattr(prior, "roles"):
        raise InputError("burnout_wrong_answer", name="prior", value=type(prior).__name__, maker="assess_burnout")
    if previous is not None and not isinstance(previous, SurveyScore):
        raise InputError("burnout_wrong_answer", name="previous", value=type(previous).__name__, maker="score_survey")
    sheets = score_sheets(frame[items], instrument)
    scales = list(dict.fromkeys(scale for sheet in sheets for scale in sheet))
    groups = Groups.of(frame, groupings)
    asked = groups.invited(invited)
    before = () if previous is None else (*previous.shown_before, shown_sizes(previous.table))
    withheld, searched = withheld_groups(groups, sheets, scales, least=least, before=before)
    log = [(*name, scale, why) for scale, reasons in withheld.items() for name, why in reasons.items()]
    closed = {name for reasons in withheld.values() for name in reasons}
    rows = [
        shown_row(
            name,
            scale,
            [sheets[i] for i in np.flatnonzero(members)],
            released=name not in closed,
            invited=asked.get(name),
            prior=prior,
        )
        for scale in scales
        for name, members in zip(groups.names, groups.members, strict=True)
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
        shown_before=before,
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
        raise InputError(
            "burnout_survey_by",
            missing=[str(column) for column in missing],
            known=[str(column) for column in frame.columns],
        )
    items = [column for column in frame.columns if column not in groupings]
    guardrails.refuse_personal([*groupings, *items])
    twice = sorted({str(column) for column in frame.columns[frame.columns.duplicated()]})
    if twice:
        raise InputError("burnout_survey_twice", columns=twice)
    if frame[groupings].isna().any(axis=None):
        raise InputError("burnout_survey_no_group", by=groupings)
    for column in groupings:
        if frame[column].astype(str).str.contains("@", regex=False).any():  # addresses stand for people
            raise InputError("burnout_no_person", name=str(column))
        if str(column) == EVERYBODY:
            raise InputError("burnout_survey_taken", column=str(column))
        if _WAVES.fullmatch(guardrails.plain(str(column))):
            raise InputError("burnout_survey_wave", column=str(column))
    return items


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
    invited: Mapping[Any, int] | None,
    previous: SurveyScore | None,
    purpose: str,
) -> tuple[Sentence, ...]:
    notes = [
        Sentence("burnout_note_survey_group"),
        Sentence("burnout_note_survey_lines"),
        Sentence("burnout_note_survey_small"),
        Sentence("burnout_note_survey_calls"),
    ]
    if not invited:
        notes.append(Sentence("burnout_note_survey_silent"))
    if instrument == "olbi":
        notes.append(Sentence("burnout_note_olbi_key"))
    if instrument.startswith("bat"):
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
