"""Duties against rest rules: every breach with its article, and how close the rest comes. Not legal advice."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterator
from typing import ClassVar

import pandas as pd

from staffcalc._checks import share
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence, has_word
from staffcalc.coverage import rest_windows as measure
from staffcalc.coverage.duty_pieces import split
from staffcalc.coverage.duty_rows import HOUR, STANDBY, WORK, Rows, as_frame, as_table, days_of
from staffcalc.coverage.oncall_rules import standby_rota_size
from staffcalc.coverage.presets import RestRules, as_rules
from staffcalc.coverage.rest_flags import flags
from staffcalc.coverage.rest_measures import (
    BREAK_RULES,
    LEAST,
    PARAMETERS,
    TESTS,
    TIE,
    Horizon,
    average_hours,
)
from staffcalc.reference.lookup import figure

COLUMNS = ("rule", "article", "person", "start", "measured", "limit", "margin")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RestCheck(Result):
    """
    A roster held against a set of rest rules.

    Parameters
    ----------
    rules : RestRules
        The rules used, with what the user changed.
    counted_share : float
        Share of standby taken as working time. [share]
    people : int
        People checked. [people]
    duty_hours : float
        Hours checked, counted standby included. [hour]
    breaches : DataFrame
        One row a breach.
    closest : DataFrame
        For each rule and person the measurement that comes closest to the limit, breach or not.
    flags : DataFrame
        What is no breach and still wears people out or costs pay: quick returns, long stretches, long weeks, overtime.
    standby : DataFrame
        With standby in the roster: breaches, most average hours, and people that the rotation would take, by the
        share of standby that counts. Empty without standby.
    unchecked : tuple of str
        Rules of the set that rows of duties cannot show.
    """

    kind: ClassVar[str] = "rest_check"

    rules: RestRules
    counted_share: float
    people: int
    duty_hours: float
    breaches: pd.DataFrame
    closest: pd.DataFrame
    flags: pd.DataFrame
    standby: pd.DataFrame
    unchecked: tuple[str, ...]

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        preset = Sentence(f"preset_{self.rules.name}") if self.rules.name in PRESETS else self.rules.name
        if not len(self.closest):
            return Sentence("rest_no_rule" if self.duty_hours else "rest_nothing_to_check", preset=preset)
        if not len(self.breaches):
            return Sentence("rest_kept", preset=preset, count=self.people)
        worst = self.breaches["rule"].value_counts()
        article = _article(self.rules, str(worst.index[0]))
        return Sentence(
            "rest_broken",
            preset=preset,
            count=len(self.breaches),
            people=self.breaches["person"].nunique(),
            rule=_name(str(worst.index[0])),
            article=article,
        )

    @property
    def lawful(self) -> bool:
        """Whether no rule is broken; never more than the rows and rules show."""
        return not len(self.breaches)

    def to_frame(self) -> pd.DataFrame:
        """Return the breaches: rule, article, person, start (UTC), measured, limit, margin (negative)."""
        return self.breaches.copy()


PRESETS = ("eu_wtd", "uk_wtr", "us_flsa", "tr_4857", "au_fwa")


def check_rest(
    roster: Rows, *, rules: str | RestRules = "eu", counted_share: float | None = None, timezone: str | None = None
) -> RestCheck:
    """
    Hold a roster against rest rules.

    Parameters
    ----------
    roster : Roster, DataFrame or iterable of mappings
        Duties: ``person``, ``start``, ``end``, and where known ``kind`` (work, on_call, call_out, training, leave …),
        ``timezone`` and ``break_minutes`` (unpaid).
    rules : str or RestRules
        ``eu``, ``uk``, ``us``, ``tr``, ``au``, or rules of one's own.
    counted_share : float, optional
        Share of standby that counts as working time: 1 fully, 0 not. None at all if left out. [share]
    timezone : str, optional
        Time zone of stamps and people that have none. [zone]

    Returns
    -------
    RestCheck
        Breaches with rule, article, person, start, measured, limit and margin. [hour]

    Raises
    ------
    InputError
        If rows lack columns, time zones or order, or the rules are not known.

    Notes
    -----
    Lengths are measured in UTC, so a night from 22 to 06 lasts seven or nine hours when clocks change; what is night
    is read on the local clock. Touching rows are one duty.

    * Average week: the most hours in any window of the reference period, leave cut out; a roster shorter than the
      period is judged as if it repeated.
    * Daily rest: longest rest in the 24 hours from each duty that follows a full rest. * Weekly rest: longest rest in
    each fixed week from Monday 00:00 local time; a rolling week would flag ordinary weeks. * Night: Turkey caps a
    duty more than half of which lies between 20 and 06; an average for night workers elsewhere. * Standby counted in
    part shows how much hangs on the answer: law knows working time and rest only.

    **When not to use it**: as legal advice. Agreements, exemptions and compensatory rest are not in it; ``unchecked``
    lists the rules that rows of duties cannot show.

    References
    ----------
    .. [1] table ``rest_rules`` in ``reference/``; source key ``cjeu_c306_16`` for weekly rest.

    Examples
    --------
    A late duty before an early one leaves ten hours:

    >>> rows = [
    ...     {"person": "p1", "start": "2027-01-04 13:00", "end": "2027-01-04 21:00"},
    ...     {"person": "p1", "start": "2027-01-05 07:00", "end": "2027-01-05 15:00"},
    ... ]
    >>> check = check_rest(rows, rules="eu", timezone="Europe/Berlin")
    >>> check.to_frame()[["rule", "measured", "limit", "margin"]].values.tolist()
    [['daily_rest_min', 10.0, 11.0, -1.0]]
    """
    chosen = as_rules(rules)
    table = as_table(roster)
    frame = as_frame(table, timezone=timezone)
    counted = share("counted_share", _counted(roster) if counted_share is None else counted_share)
    on_call = bool((frame["kind"] == STANDBY).any())
    plain = isinstance(roster, pd.DataFrame) or not hasattr(roster, "to_frame")  # a roster has the column in any case
    breaks_known = (plain and "break_minutes" in table.columns) or bool((frame["break_minutes"] > 0).any())
    horizon = _horizon(roster, frame)
    found = _check(frame, chosen, counted, breaks_known=breaks_known, horizon=horizon)
    people = split(frame, counted_share=counted)
    used = set(found["rule"])
    unchecked = tuple(row.rule for row in chosen.rules if row.rule not in _measured_rules(chosen, breaks_known))
    return RestCheck(
        rules=chosen,
        counted_share=counted,
        people=frame["person"].nunique(),
        duty_hours=sum(measure.total_hours(duties) for duties in people),
        breaches=found[found["margin"] < -TIE].reset_index(drop=True),
        closest=_closest(found),
        flags=flags(people, chosen),
        standby=_sensitivity(frame, chosen, breaks_known=breaks_known, horizon=horizon) if on_call else _no_standby(),
        unchecked=unchecked,
        notes=_doubts(chosen, counted, on_call=on_call, breaks_known=breaks_known, horizon=horizon),
        assumptions=tuple(_assumptions(chosen, found, counted if on_call else None)),
        sources=tuple(sorted({row.source for row in chosen.rules if row.rule in used} - {"", "desk"})),
        desk=getattr(roster, "desk", None),
    )


def _article(rules: RestRules, rule: str) -> Sentence | str:
    """Return the article of a rule in words of the reader's language, as far as it is that of the preset."""
    row, key = rules.get(rule), f"article_{rules.name}_{rule}"
    if row is None:
        return ""
    return Sentence(key) if has_word(key) and str(Sentence(key)) == row.article else row.article


def _name(rule: str) -> Sentence | str:
    return Sentence(f"term_{rule}") if has_word(f"term_{rule}") else rule


def _check(
    frame: pd.DataFrame, rules: RestRules, counted: float, *, breaks_known: bool, horizon: Horizon
) -> pd.DataFrame:
    people = split(frame, counted_share=counted)
    rows = []
    for row in rules.rules:
        test = TESTS.get(row.rule)
        if test is None or row.value is None or (row.rule in BREAK_RULES and not breaks_known):
            continue
        for duties in people:
            for person, start, measured in test(duties, row, rules, horizon):
                below = row.rule in LEAST
                margin = measured - row.value if below else row.value - measured
                rows.append((row.rule, row.article, person, start, measured, row.value, margin))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["start"] = pd.to_datetime(table["start"].to_numpy(dtype="int64"), unit="s", utc=True)
    return table.astype({"measured": float, "limit": float, "margin": float})


def _counted(roster: Rows) -> float:
    """Return the share of standby that the desk behind a roster counts; none where nothing is said. [share]"""
    setup = getattr(getattr(roster, "desk", None), "on_call", None)
    counted = getattr(setup, "counted_share", None)
    return figure("default_counted_share").value if counted is None else float(counted)


def _horizon(roster: Rows, frame: pd.DataFrame) -> Horizon:
    """Return the days that the roster spans: its own, else whole weeks from the first day of duty."""
    duty = frame[frame["kind"].isin([*WORK, STANDBY])]
    first, last = (dt.date(1970, 1, 1),) * 2 if duty.empty else days_of(duty)
    days = float(getattr(roster, "horizon_days", 0.0))
    begins = getattr(roster, "first", None)
    if days and isinstance(begins, dt.date):
        return Horizon(begins, days)
    return Horizon(first, days or 7.0 * math.ceil(((last - first).days + 1) / 7))


def _measured_rules(rules: RestRules, breaks_known: bool) -> set[str]:
    shown = {row.rule for row in rules.rules if row.value is None} | set(PARAMETERS)
    return shown | {rule for rule in TESTS if breaks_known or rule not in BREAK_RULES}


def _closest(found: pd.DataFrame) -> pd.DataFrame:
    if found.empty:
        return found
    rows = found.groupby(["rule", "person"], sort=False)["margin"].idxmin()
    return found.loc[rows].reset_index(drop=True)


def _no_standby() -> pd.DataFrame:
    return pd.DataFrame(columns=["counted_share", "breaches", "most_average_hours", "rota_size"])


def _sensitivity(frame: pd.DataFrame, rules: RestRules, *, breaks_known: bool, horizon: Horizon) -> pd.DataFrame:
    lengths = (frame["end"] - frame["start"]).dt.total_seconds() / HOUR
    weeks = horizon.days / 7
    off = float(lengths[frame["kind"] == STANDBY].sum()) / weeks
    work = frame["kind"].isin(WORK)
    base = (
        float(lengths[work].sum()) / weeks / max(1, frame.loc[frame["kind"].isin([*WORK, STANDBY]), "person"].nunique())
    )
    cap = rules.limit("week_hours_avg_max") or rules.limit("week_hours_max")
    rows = []
    for counted in (0.0, 0.25, 0.5, 0.75, 1.0):
        found = _check(frame, rules, counted, breaks_known=breaks_known, horizon=horizon)
        people = split(frame, counted_share=counted)
        averages = [average_hours(duties, 7.0 * weeks, horizon) for duties in people]
        size = math.nan
        if cap is not None and cap > base:
            size = float(standby_rota_size(off, counted_share=counted, base_hours=base, cap_hours=cap))
        most = max((average.value for average in averages if average), default=0.0)
        rows.append((counted, int((found["margin"] < -TIE).sum()), most, size))
    return pd.DataFrame(rows, columns=["counted_share", "breaches", "most_average_hours", "rota_size"])


def _doubts(
    rules: RestRules, counted: float, *, on_call: bool, breaks_known: bool, horizon: Horizon
) -> tuple[Sentence, ...]:
    notes = [Sentence("rest_not_legal_advice")]
    average = rules.get("week_hours_avg_max")
    if average is not None and average.value is not None and horizon.days < (average.window_days or 0):
        notes.append(Sentence("rest_short_roster", days=horizon.days, window=average.window_days))
    recalled = [_name(row.rule) for row in rules.rules if row.status == "recalled" and row.rule in TESTS]
    if recalled:
        notes.append(Sentence("rest_recalled", rules=recalled))
    blank = [_name(row.rule) for row in rules.rules if row.value is None and row.rule in TESTS]
    if blank:
        notes.append(Sentence("rest_no_limit", rules=blank))
    if rules.overridden:
        notes.append(Sentence("rest_overridden", rules=[_name(rule) for rule in rules.overridden]))
    if on_call:
        notes.append(Sentence("rest_standby", share=counted))
    if not breaks_known:
        notes.append(Sentence("rest_breaks_unknown"))
    if rules.get("weekly_rest_fortnight_min") is not None:
        notes.append(Sentence("rest_fortnight"))
    if rules.name == "tr_4857":
        notes.append(Sentence("rest_turkey"))
    if rules.name == "au_fwa":
        notes.append(Sentence("rest_australia"))
    return tuple(notes)


def _assumptions(rules: RestRules, found: pd.DataFrame, counted: float | None) -> Iterator[Assumption]:
    used = set(found["rule"])
    for row in rules.rules:
        if row.rule in used:
            yield Assumption(
                f"{rules.name}.{row.rule}",
                row.value,
                unit=row.unit,
                source=row.source or "desk",
                status=row.status,
                note=row.article,
            )
    if counted is not None:
        yield Assumption("on_call.counted_share", counted, 0.0, 1.0, "share", source="judgement", status="judgement")
