"""Agents for every interval of a table: one row an interval in, one row out, a million rows and more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc import _checks
from staffcalc.errors import InputError
from staffcalc.staffing import array_laws, fast
from staffcalc.staffing.day_rate import law_level_days
from staffcalc.staffing.offered_load import METHODS, offered_load
from staffcalc.staffing.required import law_plan

Floats = npt.NDArray[np.float64]
ADDED = (
    "load_erlangs",
    "agents",
    "expected_service_level",
    "average_wait_minutes",
    "occupancy",
    "unmet",
)
"""Columns that :func:`staff_intervals` adds; ``abandoned_share`` too where patience is given."""
REASONS = (
    "",
    "messages_missing",
    "messages_negative",
    "aht_invalid",
    "within_invalid",
    "service_level_invalid",
    "service_level_certain",
    "patience_invalid",
    "max_occupancy_invalid",
    "too_few_agents",
)
"""What the column ``unmet`` can say."""
_POSITIVE = (("aht_minutes", "aht_invalid"), ("patience_minutes", "patience_invalid"))
_GROUPS = ("channel", "queue", "language", "site")
_LEFTOVER = 0.01


def staff_intervals(
    frame: pd.DataFrame,
    *,
    method: str = "mol_max",
    by: str | Sequence[str] | None = None,
    interval_minutes: float | None = None,
    aht_minutes: float | None = None,
    within_minutes: float | None = None,
    service_level: float | None = None,
    patience_minutes: float | None = None,
    max_occupancy: float | None = None,
    most_agents: float | None = None,
    day_cv: float = 0.0,
    engine: str = "numpy",
) -> pd.DataFrame:
    r"""
    Agents that every interval of a table needs.

    Parameters
    ----------
    frame : DataFrame
        One row an interval. Columns: ``messages`` [messages in the interval] or ``messages_per_hour`` [messages per
        hour]; ``aht_minutes``, ``within_minutes``, ``service_level`` and, if wanted, ``interval_minutes``,
        ``patience_minutes``, ``max_occupancy`` and ``most_agents``, each as a column or as the keyword of that name for
        all rows; ``start`` [time, or minutes] gives the order, else the rows are in order. Other columns are kept.
    method : {"sipp", "lagged", "mol", "mol_max"}
        Load of an interval: the work that arrives in it; the same one handle time earlier; the mean work in progress;
        the largest work in progress (the default, for targets that are a promise).
    by : str or list of str, optional
        Columns that keep series apart; not given: those of ``channel``, ``queue``, ``language``, ``site`` that exist.
    interval_minutes : float, optional
        Length of an interval; not given and no such column: the distance of the ``start`` times. [minutes]
    aht_minutes, within_minutes, service_level, patience_minutes, max_occupancy, most_agents : float, optional
        Settings for all rows, see the columns. ``most_agents`` is what is there at most. [minutes, share, agents]
    day_cv : float
        Coefficient of variation of a gamma day factor, see :func:`staffcalc.service_level`. [ratio]
    engine : {"numpy", "numba"}
        ``numba`` gives the same numbers faster on large tables; it needs ``pip install "staffcalc[fast]"``.

    Returns
    -------
    DataFrame
        The rows of ``frame`` in their order, with ``load_erlangs``, ``agents``, ``expected_service_level``,
        ``average_wait_minutes``, ``occupancy``, with patience ``abandoned_share``, and ``unmet``: empty, or why the row
        cannot be met (``messages_missing``, ``messages_negative``, ``aht_invalid``, ``within_invalid``,
        ``service_level_invalid``, ``service_level_certain``, ``patience_invalid``, ``max_occupancy_invalid``,
        ``too_few_agents``).

    Raises
    ------
    InputError
        If a column is missing or given twice, levels are percentages, intervals overlap, or their length is unknown.
    MissingExtraError
        If ``engine="numba"`` and numba is not installed.

    Notes
    -----
    ``mol`` and ``mol_max`` solve :math:`m' = \lambda - m/h` exactly for rates that are constant in each interval and
    exponential handle times; before its first interval a series is taken to have run at its first rate, and a row with
    a missing count at the rate of the row before. Each interval is then a stationary Erlang C or A queue of that load.
    Use ``sipp`` for comparison with other software only: with a handle time of half an interval or more it is far off.
    Do not use any of them for hours-long targets: see :func:`staffcalc.staff`.

    References
    ----------
    .. [1] source keys ``eick1993`` and ``jennings1996`` in ``reference/sources.csv``.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.DataFrame({"messages": [10, 40, 60, 20]})
    >>> plan = staff_intervals(
    ...     day, interval_minutes=30, aht_minutes=6, within_minutes=1, service_level=0.8
    ... )
    >>> plan["agents"].tolist()
    [4, 11, 15, 15]
    """
    _checks.one_of("method", method, METHODS)
    _checks.one_of("engine", engine, ("numpy", "numba"))
    spread = _checks.at_least("day_cv", day_cv, unit="ratio")
    if not isinstance(frame, pd.DataFrame):
        raise InputError("not_a_frame", name="frame")
    clash = [name for name in (*ADDED, "abandoned_share") if name in frame.columns]
    if clash:
        raise InputError("column_taken", columns=clash)
    given = {
        "interval_minutes": interval_minutes,
        "aht_minutes": aht_minutes,
        "within_minutes": within_minutes,
        "service_level": service_level,
        "patience_minutes": patience_minutes,
        "max_occupancy": max_occupancy,
        "most_agents": most_agents,
    }
    table = {name: _setting(frame, name, value) for name, value in given.items()}
    missing = [name for name in ("aht_minutes", "within_minutes", "service_level") if table[name] is None]
    both = [name for name in ("messages", "messages_per_hour") if name in frame.columns]
    if not both:
        missing.insert(0, "messages")
    if len(both) > 1:
        raise InputError("given_twice", name="messages")
    if missing:
        raise InputError("column_missing", columns=missing)
    messages = _numbers(frame[both[0]], both[0])
    for name in ("service_level", "max_occupancy"):
        _refuse_percentages(name, table[name])
    needs_length = method != "sipp" or both[0] == "messages"
    span = table["interval_minutes"] if needs_length else np.full(len(frame), 60.0)
    order, first, length, gap = _timeline(frame, _groups(frame, by), span, method)
    if both[0] == "messages_per_hour":
        back = length if order is None else length[np.argsort(order)]
        messages = messages * back / 60
    with np.errstate(all="ignore"):
        fault = _faults(messages, table)
        load = _loads(messages, _there(table["aht_minutes"]), order, first, length, gap, method)
        rows = np.flatnonzero(fault == 0) if fault.any() else slice(None)
        settings = {name: None if values is None else values[rows] for name, values in table.items()}
        answers = _answers(load[rows], settings, spread, engine)
    short = answers.pop("short")
    if short.any():
        fault[np.arange(len(frame))[rows][short]] = REASONS.index("too_few_agents")
    load[(fault != 0) & (fault != REASONS.index("too_few_agents"))] = np.nan
    added: dict[str, Any] = {"load_erlangs": load}
    for name, values in answers.items():
        if isinstance(rows, slice):
            added[name] = values
        else:
            added[name] = np.full(len(frame), np.nan)
            added[name][rows] = values
    empty = np.isnan(added["agents"])
    added["agents"] = pd.arrays.IntegerArray(np.where(empty, 0, added["agents"]).astype(np.int64), empty)
    added["unmet"] = pd.Categorical.from_codes(fault, categories=list(REASONS), validate=False)  # type: ignore[call-overload]
    return pd.concat([frame, pd.DataFrame(added, index=frame.index, copy=False)], axis=1)


def _loads(
    messages: Floats,
    aht: Floats,
    order: npt.NDArray[np.intp] | None,
    first: npt.NDArray[np.bool_],
    length: Floats,
    gap: Floats,
    method: str,
) -> Floats:
    """Return the load of every row, whatever the order of the rows is."""
    counts = _carried(messages if order is None else messages[order], first, least=0.0, default=0.0)
    times = _carried(aht if order is None else aht[order], first, least=1e-300, default=1.0)
    load = offered_load(counts / length, times, length, gap, first, method)
    if method != "sipp":
        load[(counts == 0.0) & (load < _LEFTOVER)] = 0.0  # under 1% of one agent is left over and nothing arrives
    if order is None:
        return load
    back = np.empty_like(load)
    back[order] = load
    return back


def _answers(load: Floats, settings: dict[str, Floats | None], day_cv: float, engine: str) -> dict[str, Any]:
    """Return the answer columns of the rows without fault."""
    aht, level = _there(settings["aht_minutes"]), _there(settings["service_level"])
    horizon = _there(settings["within_minutes"]) / aht
    patience, cap, most = settings["patience_minutes"], settings["max_occupancy"], settings["most_agents"]
    waits = None if patience is None else patience / aht
    cap = np.ones(load.shape) if cap is None else cap
    limit = None if most is None else np.floor(np.where(np.isnan(most), np.inf, most))
    if engine == "numba" and day_cv == 0.0:
        agents, short, reached, wait, left = fast.answer(load, horizon, level, cap, waits, limit)
    else:
        agents, free = law_plan(load, horizon, level, cap, waits, 0, day_cv)
        short = np.zeros(load.shape, dtype=bool) if limit is None else agents > limit
        if limit is not None:
            agents = np.minimum(agents, limit)
        reached, wait, left = _measure(agents, load, horizon, waits, np.where(short, np.nan, free))
    if day_cv > 0.0:
        reached = law_level_days(agents, load, horizon, waits, 0, day_cv)
    found: dict[str, Any] = {"agents": agents, "short": short}
    found["expected_service_level"] = reached
    found["average_wait_minutes"] = wait * aht
    found["occupancy"] = np.where(load == 0.0, 0.0, np.minimum(load * (1.0 - left) / np.maximum(agents, 1e-300), 1.0))
    if waits is not None:
        found["abandoned_share"] = left
    return found


def _measure(
    agents: Floats, load: Floats, horizon: Floats, patience: Floats | None, free: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return service level, average wait in handle times and abandoned share; ``free`` is 1/B - 1 where known."""
    if patience is not None:
        left, reached = array_laws.law_a(agents, load, patience, horizon)[1:3]
        return reached, patience * left, left
    spare = agents - load
    missing = np.flatnonzero(np.isnan(free))
    free[missing] = array_laws.law_excess(agents[missing], load[missing])
    share = agents / (agents + spare * free)
    reached, wait = 1.0 - share * np.exp(-spare * horizon), share / spare
    over = spare <= 0.0
    reached[over], wait[over] = 0.0, np.inf
    idle = load == 0.0
    reached[idle], wait[idle] = 1.0, 0.0
    return reached, wait, np.zeros(load.shape)


def _setting(frame: pd.DataFrame, name: str, value: float | None) -> Floats | None:
    """Return a setting for every row, from its column or its keyword, or None."""
    if name in frame.columns:
        if value is not None:
            raise InputError("given_twice", name=name)
        return _numbers(frame[name], name)
    return None if value is None else np.full(len(frame), _checks.number(name, value))


def _there(values: Floats | None) -> Floats:
    if values is None:
        raise TypeError("a setting is missing")
    return values


def _numbers(column: pd.Series[Any], name: str) -> Floats:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiu":
        return column.to_numpy(dtype=float)
    if pd.api.types.is_bool_dtype(column.dtype):
        raise InputError("column_not_numbers", name=name, value=str(column.iloc[0]) if len(column) else "")
    try:
        return column.to_numpy(dtype=float, na_value=np.nan, copy=True)
    except (TypeError, ValueError) as error:
        bad = column[pd.to_numeric(column, errors="coerce").isna() & column.notna()]
        value = str(bad.iloc[0]) if len(bad) else str(column.dtype)
        raise InputError("column_not_numbers", name=name, value=value) from error


def _refuse_percentages(name: str, values: Floats | None) -> None:
    if values is not None:
        percent = values[(values > 1.0) & (values <= 100.0)]
        if percent.size:
            raise InputError("looks_like_percent", name=name, value=float(percent[0]), share=float(percent[0]) / 100)


def _groups(frame: pd.DataFrame, by: str | Sequence[str] | None) -> npt.NDArray[np.intp]:
    """Return the number of the series that each row belongs to."""
    names = [by] if isinstance(by, str) else [] if by is None else _checks.listed("by", by)
    if by is None:
        names = [name for name in _GROUPS if name in frame.columns]
    unknown = [name for name in names if name not in frame.columns]
    if unknown:
        raise InputError("column_missing", columns=unknown)
    if not names:
        return np.zeros(len(frame), dtype=np.intp)
    numbers = frame.groupby(list(names), sort=False, dropna=False, observed=True).ngroup()
    return np.asarray(numbers, dtype=np.intp)


def _timeline(
    frame: pd.DataFrame, group: npt.NDArray[np.intp], given: Floats | None, method: str
) -> tuple[npt.NDArray[np.intp] | None, npt.NDArray[np.bool_], Floats, Floats]:
    """
    Return the order of the rows, where series begin, the length of each interval and the gap after it, in that order.

    The order is None where the rows already are in order.
    """
    rows = len(frame)
    minutes = _minutes(frame)
    order = np.arange(rows)
    if minutes is not None:
        order = np.lexsort((minutes, group))
    elif (group[1:] < group[:-1]).any():
        order = np.argsort(group, kind="stable")
    first = np.ones(rows, dtype=bool)
    first[1:] = group[order][1:] != group[order][:-1]
    steps = np.array([]) if minutes is None else np.diff(minutes[order])[~first[1:]]
    if given is not None:
        length = given[order]
        bad = ~(length > 0.0) | np.isinf(length)
        if bad.any():
            raise InputError("not_above", name="interval_minutes", value=float(length[bad][0]), least=0, unit="minutes")
    elif steps.size and (steps > 0).any():
        values, counts = np.unique(np.round(steps[steps > 0], 6), return_counts=True)
        length = np.full(rows, float(values[counts.argmax()]))
    elif rows == 0:
        length = np.zeros(0)
    else:
        raise InputError("interval_unknown")
    gap = np.zeros(rows)
    if minutes is not None and method != "sipp":
        gap[:-1] = np.where(first[1:], 0.0, np.diff(minutes[order]) - length[:-1])
        if (gap < -1e-6).any():
            place = int(order[int(np.flatnonzero(gap < -1e-6)[0]) + 1])
            raise InputError("intervals_overlap", row=str(frame.index[place]), start=str(frame["start"].iloc[place]))
    in_order = minutes is None and not (group[1:] < group[:-1]).any()
    return None if in_order else order, first, length, np.where(gap > 1e-6, gap, 0.0)


def _minutes(frame: pd.DataFrame) -> Floats | None:
    """Return the start of every interval in minutes, or None without a column ``start``."""
    if "start" not in frame.columns:
        return None
    start = frame["start"]
    if pd.api.types.is_object_dtype(start.dtype) or pd.api.types.is_string_dtype(start.dtype):
        try:
            start = pd.to_datetime(start, format="ISO8601")
        except (TypeError, ValueError) as error:
            raise InputError("start_unreadable") from error
    if start.isna().any():
        raise InputError("start_unreadable")
    if pd.api.types.is_datetime64_any_dtype(start.dtype):
        if getattr(start.dtype, "tz", None) is not None:
            start = start.dt.tz_convert("UTC")
        return np.asarray((start - start.min()).dt.total_seconds(), dtype=float) / 60
    return _numbers(start, "start")


def _carried(values: Floats, first: npt.NDArray[np.bool_], *, least: float, default: float) -> Floats:
    """Return the values with unusable ones taken from the row before in the same series, else after, else a default."""
    usable = np.isfinite(values) & (values >= least)
    if usable.all():
        return values
    series = pd.Series(np.where(usable, values, np.nan)).groupby(np.cumsum(first))
    return np.asarray(series.ffill().fillna(series.bfill()).fillna(default), dtype=float)


def _faults(messages: Floats, table: dict[str, Floats | None]) -> npt.NDArray[np.int8]:
    """Return for every row the place in :data:`REASONS` of why it cannot be met; 0 where it can."""
    fault = np.zeros(messages.shape, dtype=np.int8)

    def note(reason: str, fine: npt.NDArray[np.bool_]) -> None:
        if not fine.all():
            fault[~fine & (fault == 0)] = REASONS.index(reason)

    note("messages_missing", np.isfinite(messages))
    note("messages_negative", messages >= 0.0)
    for name, reason in _POSITIVE:
        values = table[name]
        if values is not None:
            note(reason, (values > 0.0) & (values < np.inf))
    within, level, cap = _there(table["within_minutes"]), _there(table["service_level"]), table["max_occupancy"]
    note("within_invalid", (within >= 0.0) & (within < np.inf))
    note("service_level_invalid", (level >= 0.0) & (level <= 1.0))
    note("service_level_certain", level < 1.0)
    if cap is not None:
        note("max_occupancy_invalid", (cap > 0.0) & (cap <= 1.0))
    return fault
