"""How sleepy a roster makes people, hour by hour, by a published model and a stated rule for sleep."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import given, number, whole
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.coverage.duty_pieces import split
from staffcalc.coverage.duty_rows import DAY, HOUR, STANDBY, WORK, Ints, Rows, as_frame, local_days, local_instants
from staffcalc.coverage.fatigue_models import three_process_fatigue, unified_fatigue
from staffcalc.coverage.sleep_rule import SleepRule, Span, assumed_sleep, broken_by
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure

Mask = npt.NDArray[np.bool_]

COARSEST_STEP = 240
"""Longest distance between two readings. [minute]"""

CLIP = (1.0, 9.0)
"""Range of the Karolinska scale, for display."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Fatigue(Result):
    """
    Sleepiness of each person by hour.

    Parameters
    ----------
    people : DataFrame
        For each person: ``hours_on_duty``, ``share_above_alarm`` of them, ``highest_kss`` on duty, ``broken_nights``,
        ``sleep_hours_per_day``.
    hours : DataFrame
        ``person``, ``time`` (UTC), ``local_hour``, ``on_duty``, ``kss`` (1 to 9), ``unified`` fatigue in its own unit.
    sleep : DataFrame
        Sleeps assumed or given: ``person``, ``start``, ``end`` (UTC).
    alarm : float
        Sleepiness from which an hour counts. [KSS]
    share_above_alarm : float
        Share of all hours on duty above it. [share]
    broken_nights : int
        Nights whose longest unbroken sleep a call-out cut below the limit; the models do not see them. [night]
    """

    kind: ClassVar[str] = "fatigue"

    people: pd.DataFrame
    hours: pd.DataFrame
    sleep: pd.DataFrame
    alarm: float
    share_above_alarm: float
    broken_nights: int

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        if not len(self.people):
            return Sentence("fatigue_nothing")
        worst = self.people.sort_values("share_above_alarm", ascending=False).iloc[0]
        values = {"share": self.share_above_alarm, "alarm": self.alarm, "nights": self.broken_nights}
        if self.share_above_alarm == 0:
            return Sentence("fatigue_low", **values)
        return Sentence("fatigue_found", **values, person=str(worst["person"]), most=float(worst["share_above_alarm"]))

    def to_frame(self) -> pd.DataFrame:
        """Return sleepiness by hour and person: person, time (UTC), local_hour, on_duty, kss, unified."""
        return self.hours.copy()


def assess_fatigue(
    roster: Rows,
    *,
    sleep: Any = None,
    rule: SleepRule | None = None,
    alarm: float | None = None,
    timezone: str | None = None,
    step_minutes: int = 60,
) -> Fatigue:
    """
    Sleepiness of people on a roster, by hour.

    Parameters
    ----------
    roster : Roster, DataFrame or rows
        Duties, as for :func:`staffcalc.check_rest`; rows of kind ``call_out`` at night break the sleep.
    sleep : rows, optional
        Sleeps that are known: ``person``, ``start``, ``end``. People without any follow the rule.
    rule : SleepRule, optional
        How people sleep around duties where it is not known.
    alarm : float, optional
        Sleepiness from which an hour counts as too much; 7 if left out. [KSS]
    timezone : str, optional
        Time zone of stamps that have none. [zone]
    step_minutes : int
        Distance between two readings. [minute]

    Returns
    -------
    Fatigue
        Karolinska sleepiness by hour and person, share of duty hours above the alarm, and page-broken nights apart.
        [KSS]

    Raises
    ------
    InputError
        If rows cannot be read, or a known sleep overlaps another.

    Notes
    -----
    Three-Process Model on body-clock time, taken as the local clock at home; the Unified model runs beside it in its
    own unit. The first hour after a sleep is not counted for the alarm: sleep inertia passes. People wake rested
    before their first duty.

    **When not to use it**: not for a person's fitness for work, and not for the day after a page, which the models
    hardly see: broken nights are counted apart. Group data of shift workers; no jet lag; not medical advice.

    References
    ----------
    .. [1] source keys ``ingre_2014``, ``rajdev_2013`` and ``akerstedt_review_2014`` in ``reference/sources.csv``.

    Examples
    --------
    >>> nights = [
    ...     {"person": "p1", "start": f"2027-01-{day:02d} 22:00", "end": f"2027-01-{day + 1:02d} 06:00"}
    ...     for day in (4, 5, 6)
    ... ]
    >>> tired = assess_fatigue(nights, timezone="Europe/Berlin")
    >>> tired.share_above_alarm > 0.3
    True
    """
    frame = as_frame(roster, timezone=timezone)
    chosen = SleepRule() if rule is None else given("rule", rule, SleepRule, maker="SleepRule")
    limit = figure("default_kss_alarm").value if alarm is None else number("alarm", alarm, unit="KSS")
    if not CLIP[0] <= limit <= CLIP[1]:
        raise InputError("alarm_off_the_scale", value=limit, low=CLIP[0], high=CLIP[1])
    step_minutes = whole("step_minutes", step_minutes, 1, unit="minute")
    if step_minutes > COARSEST_STEP:
        raise InputError("step_too_coarse", value=step_minutes, most=COARSEST_STEP)
    known = _known_sleep(sleep, timezone)
    tables, nights, sleeps_found, rows, ended = [], 0, [], [], []
    duties = frame[frame["kind"].isin(WORK)]
    for person, mine in duties.groupby("person", sort=True):
        planned = mine[mine["kind"] != "call_out"]
        zone = str(mine["timezone"].iloc[0])
        calls = [
            (int(a.timestamp()), int(b.timestamp()))
            for a, b in mine.loc[mine["kind"] == "call_out", ["start", "end"]].to_numpy()
        ]
        sleeps = known.get(str(person)) or _assumed(planned, mine, zone, chosen)
        sleeps, broken = broken_by(sleeps, calls) if calls else (sleeps, 0)
        nights += broken
        every = split(mine, counted_share=0.0)[0]
        table = _by_hour(str(person), every.start, every.end, sleeps, zone, step_minutes)
        tables.append(table)
        sleeps_found += [(str(person), a, b) for a, b in sleeps]
        worked = float((every.end - every.start).sum()) / HOUR
        rows.append(_summary(str(person), table, sleeps, broken, limit, worked))
        if str(person) in known and sleeps[-1][1] < every.end[-1] - DAY:
            ended.append(str(person))
    hours = pd.concat(tables, ignore_index=True) if tables else _no_hours()
    counted = hours[hours["on_duty"] & ~hours["just_awake"]]
    sleep_table = pd.DataFrame(sleeps_found, columns=["person", "start", "end"])
    for name in ("start", "end"):
        sleep_table[name] = pd.to_datetime(sleep_table[name].to_numpy(dtype="int64"), unit="s", utc=True)
    return Fatigue(
        people=pd.DataFrame(
            rows,
            columns=[
                "person",
                "hours_on_duty",
                "share_above_alarm",
                "highest_kss",
                "broken_nights",
                "sleep_hours_per_day",
            ],
        ),
        hours=hours.drop(columns="just_awake"),
        sleep=sleep_table,
        alarm=limit,
        share_above_alarm=float((counted["kss"] >= limit).mean()) if len(counted) else 0.0,
        broken_nights=nights,
        notes=_doubts(set(duties["person"]) - set(known), ended, frame, nights),
        assumptions=_assumptions(chosen, limit),
        sources=("akerstedt_folkard_1997", "akerstedt_review_2014", "ingre_2014", "rajdev_2013"),
        desk=getattr(roster, "desk", None),
    )


def _assumed(planned: pd.DataFrame, mine: pd.DataFrame, zone: str, rule: SleepRule) -> list[Span]:
    within = (int(mine["start"].min().timestamp()), int(mine["end"].max().timestamp()))
    start = end = np.zeros(0, dtype=np.int64)
    if len(planned):
        pieces = split(planned, counted_share=0.0)[0]
        start, end = pieces.start, pieces.end
    return assumed_sleep(start, end, zone=zone, rule=rule, within=within)


def _by_hour(person: str, start: Ints, end: Ints, sleeps: list[Span], zone: str, step: int) -> pd.DataFrame:
    """Return readings from the first waking to the end of the last duty."""
    day = local_days(int(start[0]), int(start[0]), zone)[0]
    midnight = int(local_instants([day], 0, zone)[0])
    base = midnight - 2 * DAY  # hour modulo 24 is the clock at the start; a clock change moves the body later
    before = [sleep for sleep in sleeps if sleep[1] <= start[0]]
    wake = before[0][1] if before else min([int(start[0]), *(sleep[0] for sleep in sleeps[:1])])
    later = [sleep for sleep in sleeps if sleep[0] >= wake]
    first = max(wake, midnight - DAY)
    moments = np.arange(math.ceil(first / (step * 60)) * step * 60, int(end[-1]) + 1, step * 60, dtype=np.int64)
    hours = (moments - base) / HOUR
    spans = [((a - base) / HOUR, (b - base) / HOUR) for a, b in later]
    three = three_process_fatigue(spans, at=hours, wake_at=(wake - base) / HOUR)
    chronic = unified_fatigue(spans, at=hours, start=(wake - base) / HOUR)
    edges = np.array(later, dtype=np.int64).reshape(-1, 2)
    on_duty, asleep = _inside(moments, start, end), _inside(moments, edges[:, 0], edges[:, 1])
    just_awake = moments - _last_before(moments, edges[:, 1]) < HOUR
    times = pd.DatetimeIndex(moments.astype("datetime64[s]")).tz_localize("UTC")
    table = pd.DataFrame(
        {
            "person": person,
            "time": times,
            "local_hour": times.tz_convert(zone).hour + times.tz_convert(zone).minute / 60,
            "on_duty": on_duty,
            "kss": np.clip(three["kss"], *CLIP),
            "unified": chronic["fatigue"],
            "just_awake": just_awake,
        }
    )
    return table[~asleep].reset_index(drop=True)


def _inside(moments: Ints, start: Ints, end: Ints) -> Mask:
    """Return which moments lie in one of the stretches, which follow each other without overlap."""
    number = np.searchsorted(start, moments, side="right") - 1
    return np.asarray((number >= 0) & (moments < np.append(end, 0)[number]))


def _last_before(moments: Ints, ends: Ints) -> Ints:
    """Return for each moment the last of the ends that has passed; long ago where none has."""
    padded = np.concatenate([[np.iinfo(np.int64).min // 2], ends])
    return np.asarray(padded[np.searchsorted(ends, moments, side="right")])


def _summary(
    person: str, table: pd.DataFrame, sleeps: list[Span], broken: int, limit: float, worked: float
) -> tuple[Any, ...]:
    duty = table[table["on_duty"]]
    counted = duty[~duty["just_awake"]]
    days = max(1.0, (sleeps[-1][1] - sleeps[0][0]) / DAY) if sleeps else 1.0
    slept = sum(b - a for a, b in sleeps) / HOUR / days
    share = float((counted["kss"] >= limit).mean()) if len(counted) else 0.0
    highest = float(counted["kss"].max()) if len(counted) else math.nan
    return person, worked, share, highest, broken, slept


def _known_sleep(rows: Any, timezone: str | None) -> Mapping[str, list[Span]]:
    if rows is None:
        return {}
    frame = as_frame(rows, timezone=timezone)
    known: dict[str, list[Span]] = {}
    for row in frame.sort_values("start").to_dict("records"):
        span = (int(row["start"].timestamp()), int(row["end"].timestamp()))
        mine = known.setdefault(row["person"], [])
        if mine and span[0] < mine[-1][1]:
            raise InputError("sleep_rows_overlap", person=str(row["person"]), start=row["start"].to_pydatetime())
        mine.append(span)
    return known


def _no_hours() -> pd.DataFrame:
    table = pd.DataFrame(columns=["person", "time", "local_hour", "on_duty", "kss", "unified", "just_awake"])
    return table.astype({"on_duty": bool, "just_awake": bool, "kss": float})


def _doubts(assumed: set[str], ended: list[str], frame: pd.DataFrame, nights: int) -> tuple[Sentence, ...]:
    notes = [Sentence("fatigue_limits")]
    if assumed:
        notes.append(Sentence("fatigue_sleep_assumed"))
    if ended:
        notes.append(Sentence("fatigue_sleep_ends", count=len(ended), people=ended[:8]))
    if (frame["kind"] == STANDBY).any() and not (frame["kind"] == "call_out").any():
        notes.append(Sentence("fatigue_no_pages"))
    if nights:
        notes.append(Sentence("fatigue_broken", count=nights, hours=figure("default_broken_night_below").value))
    return tuple(notes)


def _assumptions(rule: SleepRule, limit: float) -> tuple[Assumption, ...]:
    used = {
        "sleep_bedtime": rule.bedtime,
        "sleep_hours": rule.hours,
        "sleep_commute": rule.commute_hours,
        "sleep_least": rule.least_hours,
        "sleep_by_day": rule.day_hours,
        "default_kss_alarm": limit,
    }
    return tuple(figure(name).assumption(value) for name, value in used.items())
